#!/usr/bin/python3
# Checks docs/numerics.md against its second rendering (reference.py): every worked vector, then its claims exhaustively or on random data.
# SPDX-License-Identifier: Apache-2.0
#
#   check.py             vectors and properties
#   check.py --dump DIR  what `bitline cosim --dump DIR` wrote (dump.py)
#
# One `ok` or `FAIL` line per check, last line `N passed, N failed`; exit status 1 when something failed, 2 when there is nothing to check.
import sys
from fractions import Fraction

sys.dont_write_bytecode = True  # sources only in the source tree
import numpy as np
import converters  # registers its checks
import dump
from cases import CHECKS, awkward_matrices, cells_of, check, every_shape, weights_of
from dump import same
from reference import *

# ---- worked vectors, in the order of numerics.md


@check("section 1 vectors: weight slices of -5")
def _():
    same(cells_of("tc", 4, 1, -5), [1, 1, 0, 1])
    same(weights_of(slices("tc", 4, 1)), [1, 2, 4, -8])
    same(cells_of("tc", 4, 2, -5), [3, 0, 1])
    same(weights_of(slices("tc", 4, 2)), [1, 4, -8])
    same(cells_of("sm", 4, 1, -5), [0, 0, 0, 1, 0, 1])
    same(weights_of(slices("sm", 4, 1)), [1, 2, 4, -1, -2, -4])


@check("section 1 vectors: input planes of -3, codes of one bit")
def _():
    same([int(f(np.int64(-3))) for _, f in planes("sm", 3)], [0, 0, 1, 1])
    same(weights_of(planes("sm", 3)), [1, 2, -1, -2])
    same(code_range("tc", 1), (-1, 0))
    same(code_range("sm", 1), (-1, 1))
    same(qrange("tc", 1), (-1, 0))
    same(qrange("tc", 8), (-127, 127))


@check("section 4 vectors: 64 rows, floor, nearest, low")
def _():
    assert lossless(1, 0, 7, 64, 1) and not lossless(1, 0, 6, 64, 1)
    assert resolution(1, 0, "floor", 12, 4, 64, 1) == 7

    def convert(S, bits, lsb, low, rounding):
        T = table(lsb, low, rounding, bits, 4)
        code = int(code_definition(T, S, bits, 4))
        assert code == code_sar(T, S, bits, 4)
        return code, low + code * lsb

    same(convert(40, 5, 1, 0, "floor"), (31, 31))
    same(convert(13, 5, 2, 0, "floor"), (6, 12))
    assert table(2, 0, "nearest", 5, 4)[7] == 224 - 16 == 208 == 13 * 16
    same(convert(13, 5, 2, 0, "nearest"), (7, 14))
    same(convert(2, 3, 1, 4, "floor"), (0, 4))
    same(convert(9, 3, 1, 4, "floor"), (5, 9))
    same(convert(20, 3, 1, 4, "floor"), (7, 11))


@check("section 5 vector: one-bit clip, y = -1 where the exact sum is 2")
def _():
    x, w = np.array([3, -2, 1]), np.array([1, 1, 1])
    same([f(x) for _, f in planes("tc", 3)], [[1, 0, 1], [1, 1, 0], [0, 1, 0]])
    same([f(w) for _, f in slices("tc", 2, 1)], [[1, 1, 1], [0, 0, 0]])
    ro = Readout(bits=1, input_bits=3, weight_bits=2)
    same(read_out(ro, w[None], x[None]), [[-1]])
    same(w @ x, 2)


@check("section 6 vectors: requantiser")
def _():
    same(requantise([5, -5, 1000], [1, 1, 32768], [1, 1, 18], -127, 127), [3, -2, 125])
    same((32768000 + 131072) // 262144, 125)
    assert factor(0.0) == (0, 1)
    assert factor(65535.5 / 2) is None and factor(np.nextafter(65535.5 / 2, 0)) == (65535, 1)


@check("isa.md section 6 vector: one activation, rtl_cycles = 73")
def _():
    rows, cols, P, bits, adcs, pre, ev, cmp_ = 8, 8, 8, 4, 8, 1, 1, 1
    E, C = pre + ev, -(-cols // adcs) * (bits * cmp_ + 1)
    a = 0 + 2
    h = a + rows
    out_begin = 2 + rows + 1
    v, f, takes = h + 1 + 1, None, []
    for p in range(P):
        k = v + E if f is None else max(v + E, f)
        takes.append(k)
        f, v = k + C, k + 1
    assert h == 10 and takes[0] == 14 and takes[1] == 19 and f == 54
    g = f + 2 + cols + 2
    work = max(out_begin + 2, g)
    end = out_begin + 2 + (work - (out_begin + 2)) + 1 + 4
    same([out_begin, g, end, end + 2], [11, 66, 71, 73])


# ---- properties


@check("section 1: every value of every code is the weighted sum of its planes and of its slices")
def _():
    for code in ("tc", "sm", "dif"):
        for bits in range(1, 9):
            lo, hi = code_range(code, bits)
            x = np.arange(lo, hi + 1)
            if code != "dif":
                same(sum(w * f(x) for w, f in planes(code, bits)), x, f"{code} {bits} planes")
                n_planes = bits if code == "tc" else 2 * max(1, bits - 1)
                assert len(planes(code, bits)) == n_planes
            for c in (1, 2):
                parts = slices(code, bits, c)
                digits = -(-max(1, bits - 1) // c)
                K = {"tc": -(-(bits - 1) // c) + 1, "sm": 2 * digits, "dif": digits}[code]
                assert len(parts) == K
                same(sum(w * f(x) for w, f in parts), x, f"{code} {bits} slices of {c}")
                cells = np.stack([f(x) for _, f in parts])
                assert cells.min() >= (1 - 2**c if code == "dif" else 0) and cells.max() < 2**c


@check("section 2: quantiser stays in range, is float32 arithmetic, half to even, scale 1 for zeros")
def _():
    rng = np.random.default_rng(2)
    for code in ("tc", "sm"):
        for bits in range(1, 9):
            lo, hi = qrange(code, bits)
            for n in (1, 3, 7, 33):
                v = (rng.standard_normal(n) * 10.0 ** rng.integers(-6, 6)).astype(np.float32)
                q, s = quantise(code, bits, v)
                assert q.min() >= lo and q.max() <= hi
                # one binary64 division rounded to binary32 is the correctly rounded binary32 division (53 >= 2*24 + 2)
                assert s == np.float32(np.float64(np.max(np.abs(v))) / qmax(bits))
                t = (v.astype(np.float64) / np.float64(s)).astype(np.float32)
                for i in range(n):
                    exact = Fraction(float(t[i]))
                    down = exact.numerator // exact.denominator
                    rest = exact - down
                    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and down % 2 == 1)
                    assert q[i] == min(max(down + up, lo), hi)
    q, s = quantise("tc", 8, np.zeros(7))
    assert s == 1 and not q.any()
    q, s = quantise("tc", 8, [127, 0.5, 1.5, -0.5, -2.5])
    assert s == 1
    same(q, [127, 0, 2, 0, -2])
    same(quantise("tc", 1, [0.5, -0.5, 0.1])[0], [0, -1, 0])
    same(quantise("sm", 1, [0.5, -0.5, 0.1])[0], [1, -1, 0])
    same(quantise("tc", 8, [np.float32(1e-45), 0])[1], 1)


@check("section 4: SAR equals the definition for monotone tables, all counts, 1..12 bits")
def _():
    rng = np.random.default_rng(4)
    S = np.arange(0, 3 * 1024 + 1)
    for bits in range(1, 13):
        for F in (1, 4, 8):
            tables = [table(lsb, low, r, bits, F) for lsb in (1, 3) for low in (-5, 0, 4) for r in ("floor", "nearest")]
            for spread in (40, 4000):  # crowded with ties, and wide
                tables.append(np.concatenate([[0], np.sort(rng.integers(-16, spread * 2**F, 2**bits - 1))]))
            for T in tables:
                want = np.searchsorted(T[1:], S * 2**F, side="right")  # how many thresholds are <= S
                same(code_sar(T, S, bits, F), want, f"{bits} bits")
                if bits <= 6:
                    same(code_definition(T, S, bits, F), want, f"{bits} bits, definition")


@check("section 4: the SAR's order decides on a table that is not monotone")
def _():
    T = np.array([0, 5, 3, 4]) * 16
    same(code_sar(T, np.arange(7), 2, 4), [0, 0, 0, 2, 3, 3, 3])  # T[2] is asked first, T[1] only below it
    same(code_definition(T, np.arange(7), 2, 4), [0, 0, 0, 1, 2, 3, 3])


@check("section 4: ideal tables in closed form, saturation at both ends")
def _():
    for bits in (1, 2, 3, 5, 8):
        for lsb in (1, 2, 3, 7):
            for low in (-9, 0, 6):
                S, top = np.arange(0, 400), 2**bits - 1
                same(code_sar(table(lsb, low, "floor", bits, 4), S, bits, 4), np.clip((S - low) // lsb, 0, top), "floor")
                # a tie goes up: half towards +infinity
                same(code_sar(table(lsb, low, "nearest", bits, 4), S, bits, 4), np.clip((2 * (S - low) + lsb) // (2 * lsb), 0, top), "nearest")


@check("section 4: fit and full give the same codes, fit is the smallest that does")
def _():
    for bits in (1, 2, 5, 8, 12):
        for lsb, low in ((1, 0), (2, 0), (3, 4), (1, -3), (5, 200)):
            for rounding in ("floor", "nearest"):
                T = table(lsb, low, rounding, bits, 4)
                for rows in (1, 3, 7, 33, 64, 65):
                    for c in (1, 2):
                        S = np.arange(0, rows * (2**c - 1) + 1)
                        b = resolution(lsb, low, rounding, bits, 4, rows, c)
                        assert 1 <= b <= bits
                        full = code_sar(T, S, bits, 4)
                        same(code_sar(T, S, b, 4), full, f"{bits} bits, {rows} rows")
                        assert b == 1 or full.max() >= 2 ** (b - 1)


@check("section 4: lossless exactly when every count comes back (low = 0)")
def _():
    for bits in range(1, 13):
        for rows in (1, 3, 7, 8, 33, 63, 64, 65, 1024):
            for c in (1, 2):
                for lsb in (1, 2):
                    for rounding in ("floor", "nearest"):
                        S = np.arange(0, rows * (2**c - 1) + 1)
                        for mode in ("fit", "full"):
                            b = resolution(lsb, 0, rounding, bits, 4, rows, c, mode)
                            value = lsb * code_sar(table(lsb, 0, rounding, bits, 4), S, b, 4)
                            if lossless(lsb, 0, b, rows, c):
                                same(value, S)
                            elif lsb == 1 or S[-1] % 2 == 1 or b < bits:
                                assert not np.array_equal(value, S), f"{bits} bits, {rows} rows, lsb {lsb}"
    assert lossless(1, 0, 11, 1024, 1) and not lossless(1, 0, 10, 1024, 1) and lossless(1, 0, 12, 1024, 2) and not lossless(1, 0, 11, 1024, 2)


@check("section 5: lossless read-out equals the integer matrix product (1200 shapes)")
def _():
    rng = np.random.default_rng(5)
    for n_in, ib, wb, ic, wc, c in every_shape():
        ro = Readout(input_bits=ib, weight_bits=wb, input_code=ic, weight_code=wc, cell_bits=c, bits=8)
        assert ro.lossless(min(n_in, ro.rows))
        w, x = awkward_matrices(rng, ro, n_in)
        same(read_out(ro, w, x), x @ w.T, f"in {n_in}, {ic} {ib} x {wc} {wb}, cells of {c}")


@check("section 5: codes first, then lsb and low, is the same integer as value by value (lossy)")
def _():
    rng = np.random.default_rng(6)
    differs = 0
    for n_in, ib, wb, ic, wc, c in every_shape():
        if n_in in (1, 64) or ib in (2, 7) or wb in (2, 7):
            continue
        for lsb, low, rounding, bits in ((1, 0, "floor", 3), (3, -2, "nearest", 4), (2, 5, "floor", 2)):
            ro = Readout(input_bits=ib, weight_bits=wb, input_code=ic, weight_code=wc, cell_bits=c, bits=bits, lsb=lsb, low=low, rounding=rounding)
            w, x = awkward_matrices(rng, ro, n_in)
            y = read_out(ro, w, x)
            same(read_out(ro, w, x, codes_first=True), y)
            assert np.abs(y).max() <= accumulator_bound(ro, len(row_groups(n_in, ro.rows)))
            differs += not np.array_equal(y, x @ w.T)
    assert differs > 100, "the read-outs of this check were meant to be lossy"


@check("section 5: accumulator bound is reached, never exceeded, at full scale")
def _():
    # sm x sm, one row group: w = x = +top drives the positive columns of the positive phase only, so the bound counts four such quarters
    ro = Readout(rows=7, input_bits=4, weight_bits=4, input_code="sm", weight_code="sm", bits=3)
    y = read_out(ro, np.full((1, 7), 7), np.full((1, 7), 7))
    same(y, [[7 * 7 * 7]])
    assert accumulator_bound(ro, 1) == 4 * 7 * 7 * 7
    # a value of low where nothing flows: signed weights cancel, whatever low is
    ro = Readout(rows=7, input_bits=4, weight_bits=4, input_code="sm", weight_code="sm", bits=3, low=5)
    same(read_out(ro, np.zeros((1, 7), int), np.zeros((1, 7), int)), [[0]])
    # tc planes do not cancel: sum of weights is -1 on either side
    ro = Readout(rows=7, input_bits=4, weight_bits=4, bits=3, low=5)
    same(read_out(ro, np.zeros((1, 7), int), np.zeros((1, 7), int)), [[5]])
    assert accumulator_bound(Readout(bits=12), 1) <= 2**31 - 1 < accumulator_bound(Readout(bits=12), 9)


@check("section 6: requantiser is half towards +infinity, against exact fractions")
def _():
    rng = np.random.default_rng(7)
    edge = [-(2**31), -(2**31) + 1, -1, 0, 1, 2**31 - 1]
    for s in range(1, 48):
        for M in [0, 1, 2, 32767, 32768, 65535] + rng.integers(0, 65536, 3).tolist():
            accs = edge + rng.integers(-(2**31), 2**31, 6).tolist()
            if M % 2 and s <= 30:  # products that land on a half exactly
                accs += [(2 * n + 1) * 2 ** (s - 1) for n in (-3, -1, 0, 2) if abs((2 * n + 1) * 2 ** (s - 1)) < 2**31]
            for acc in accs:
                half_up = Fraction(acc * M, 2**s) + Fraction(1, 2)
                want = half_up.numerator // half_up.denominator
                for lo, hi in ((-127, 127), (-1, 0), (-(2**62), 2**62)):
                    assert requantise(acc, M, s, lo, hi) == min(max(want, lo), hi), f"acc {acc} M {M} s {s}"
    # product and rounding constant together pass 2^47: 48 signed bits would wrap to -1
    same(requantise(2**31 - 1, 65535, 47, -127, 127), 1)


@check("section 6: (M, s) of a factor: largest s, M is the rounding, half to even")
def _():
    rng = np.random.default_rng(8)
    fs = list(2.0 ** rng.uniform(-60, 15.9, 2000)) + [1.0, 0.5, 1.5, 65535.0 / 2, 65535.49 / 2, 2.0**-47, 2.0**-48, 3 * 2.0**-48, 2.0**-49, 65534.5 / 2**20, 65535.5 / 2**20]
    for f in fs:
        got = factor(f)
        if got is None:
            assert f >= 65535.5 / 2
            continue
        M, s = got

        def rounded(s):
            v = Fraction(f) * 2**s
            n, rest = v.numerator // v.denominator, v - v.numerator // v.denominator
            return n + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and n % 2 == 1))

        assert M == rounded(s) <= 65535 and (s == 47 or rounded(s + 1) > 65535), f"factor {f!r}: {got}"
        if s < 47:
            assert M >= 32767 and abs(M / 2.0**s - f) <= f / 65534
    same(factor(1.0), (32768, 15))
    same(factor(2.0**-48), (0, 47))  # a half rounds to even
    same(factor(3 * 2.0**-48), (2, 47))
    same(factor(65535.5 / 2**20), (32768, 19))


MONARCH_SHAPES = ((3, 2, 13, 10), (4, 1, 7, 33), (1, 3, 5, 4), (2, 5, 8, 6), (5, 2, 21, 3))  # b, r, in, out: not square, padded, cut


def monarch_case(rng, b, r, n_in, n_out):
    p, s = -(-n_in // b), -(-n_out // b)
    return rng.standard_normal((b, b * r, p)), rng.standard_normal((b, s, b * r)), p, s


@check("section 7: Monarch layer equals a dense matrix built entry by entry")
def _():
    rng = np.random.default_rng(9)
    for b, r, n_in, n_out in MONARCH_SHAPES:
        R, L, p, s = monarch_case(rng, b, r, n_in, n_out)
        D = np.zeros((n_out, n_in))
        for o in range(n_out):  # out[po*b + l] hears input k*p + i over the r channels that block k hands to block l
            po, l = divmod(o, b)
            for i in range(n_in):
                k, ii = divmod(i, p)
                D[o, i] = sum(L[l, po, k * r + j] * R[k, l * r + j, ii] for j in range(r))
        x = rng.standard_normal(n_in)
        _, out = monarch_float(R, L, x, n_out)
        assert out.shape == (n_out,) and np.allclose(out, D @ x, rtol=1e-12, atol=1e-12)


@check("section 7: two integer stages with k_l per block come near the float layer, k_out fills the range")
def _():
    rng = np.random.default_rng(10)
    for code in ("tc", "sm"):
        for b, r, n_in, n_out in MONARCH_SHAPES:
            R, L, p, s = monarch_case(rng, b, r, n_in, n_out)
            for l in range(b):  # block l of L reads numbers of a size of its own: a k_l taken from another block would show
                R[:, l * r : (l + 1) * r] *= 10.0**l
                L[l] *= 10.0**-l
            X = [rng.standard_normal(n_in) * 3.0**t for t in range(4)]
            xq = [quantise(code, 8, x) for x in X]
            k, k_out = monarch_calibrate(R, L, X, [float(q[1]) for q in xq], 8, n_out)
            ro = Readout(input_code=code, weight_code=code, bits=8)
            biggest = 0
            for x, (q, sx) in zip(X, xq):
                acc, scale, out_q = monarch_integer(ro, R, L, k, k_out, q, n_out)
                _, want = monarch_float(R, L, x, n_out)
                top = np.abs(want).max()
                assert np.abs(acc * scale * float(sx) - want).max() < 0.06 * top, f"b {b} r {r}"
                assert np.abs(out_q * float(sx) * k_out - want).max() < 0.06 * top + float(sx) * k_out
                biggest = max(biggest, np.abs(out_q).max())
            assert 120 <= biggest <= 127
    k, k_out = monarch_calibrate(np.zeros((2, 2, 3)), np.zeros((2, 3, 2)), [np.ones(6)], [1.0], 8, 6)
    same(k, [1, 1])
    assert k_out == 1


@check("section 8: row groups cover the inputs in order, converters by column modulo ADCS")
def _():
    same([len(g) for g in row_groups(65, 64)], [64, 1])
    same(np.concatenate(row_groups(172, 33)), np.arange(172))
    same([len(g) for g in row_groups(172, 33)], [33] * 5 + [7])
    # 65 columns, K = 8: 8 outputs per array, column 64 stays empty; output 8 begins again at column 0
    same([converter(o, 0, 8, 65, 16, 16) for o in (0, 1, 2, 7, 8, 9)], [0, 8, 0, 8, 0, 8])
    same([converter(o, 0, 8, 65, 16, 9) for o in (0, 1, 4, 5, 8)], [0, 8, 0, 0, 8])  # two arrays of 5 and 4
    same([converter(1, j, 3, 33, 4, 2) for j in range(3)], [3, 0, 1])
    # K > cols: one output at a time, its 14 slices in parts of 8 columns
    same([converter(o, j, 14, 8, 4, 6) for o in (0, 5) for j in (0, 7, 8, 13)], [0, 3, 0, 1] * 2)


@check("section 8: a read-out with a table per converter equals a column-by-column rendering")
def _():
    rng = np.random.default_rng(11)
    for rows, cols, adcs, n_in, n_out in ((8, 8, 4, 7, 5), (33, 65, 8, 70, 11), (3, 8, 2, 7, 2)):
        for code in ("tc", "sm"):
            bits, F = 3, 4
            tables = np.stack([np.concatenate([[0], rng.permutation(table(1, 0, "floor", bits, F)[1:]) + rng.integers(-20, 20, 7)]) for _ in range(adcs)])
            ro = Readout(rows=rows, cols=cols, adcs=adcs, bits=bits, input_bits=3, weight_bits=8, input_code=code, weight_code=code, thresholds=tables, resolution="full")
            xl, xh = code_range(code, 3)
            wl, wh = code_range(code, 8)
            x, w = rng.integers(xl, xh + 1, n_in), rng.integers(wl, wh + 1, (n_out, n_in))
            y = np.zeros(n_out, int)
            P, C = planes(code, 3), slices(code, 8, 1)
            K, next_column = len(C), 0
            for o in range(n_out):
                if next_column + K > cols:
                    next_column = 0
                for j in range(K):
                    lane = (next_column + j) % cols % adcs
                    for a in range(0, n_in, rows):
                        for wp, bit in P:
                            S = sum(int(bit(x[i])) * int(C[j][1](w[o, i])) for i in range(a, min(a + rows, n_in)))
                            got = 0
                            for step in (4, 2, 1):
                                if S * 16 >= tables[lane][got + step]:
                                    got += step
                            y[o] += got * wp * C[j][0]
                next_column += K
            same(read_out(ro, w, x[None])[0], y, f"{rows} x {cols}, {code}")


check("dump reader: takes a right dump, sees one wrong number in every part of it")(dump.self_test)


# ---------------------------------------------------------------- main


def main():
    if not __debug__:
        print("check.py: python -O removes the assertions that this file is made of", file=sys.stderr)
        return 2
    if len(sys.argv) == 1:
        todo = CHECKS
    elif len(sys.argv) == 3 and sys.argv[1] == "--dump":
        try:
            todo = list(dump.dump_checks(sys.argv[2]))
        except AssertionError as e:
            print(f"check.py: {e}", file=sys.stderr)
            return 2
    else:
        print("usage: check.py [--dump DIR]", file=sys.stderr)
        return 2
    passed = failed = 0
    for name, f in todo:
        try:
            f()
        except (AssertionError, LookupError, TypeError, ValueError, OSError) as e:
            failed += 1
            print(f"FAIL - {name}: {str(e) or 'assertion, see the check'}", flush=True)
        else:
            passed += 1
            print(f"ok - {name}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
