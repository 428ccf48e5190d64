# Checks of the converter family: docs/numerics.md sections 1 (dif), 4 (kinds), 8 (order), 10, 11, docs/network.md section 5. Run by check.py.
# SPDX-License-Identifier: Apache-2.0
import hashlib

import numpy as np
from cases import awkward_matrices, cells_of, check, every_shape, weights_of
from dump import same
from reference import *


@check("section 1 vectors: pairs of -5, ternary")
def _():
    parts = slices("dif", 4, 1)
    same(cells_of("dif", 4, 1, -5), [-1, 0, -1])  # even minus odd cell of (0,1), (0,0), (0,1)
    same(cells_of("dif", 4, 2, -5), [-1, -1])
    same(cells_of("dif", 4, 2, 6), [2, 1])
    same(weights_of(parts), [1, 2, 4])
    same(weights_of(slices("sm", 1, 1)), [1, -1])
    same(weights_of(slices("dif", 1, 1)), [1])


@check("section 4 vectors: a table that is not monotone, LFSR start, bubbles")
def _():
    T = [0, 4, 2, 6]  # F = 1, S = 1
    same(convert(Converter("sar"), T, 2, [2]), [2])
    same(convert(Converter("flash", bubble="ones"), T, 2, [2]), [1])
    same(convert(Converter("flash"), T, 2, [2]), [1])
    same(convert(Converter("tree", tree=(1, [0, 0, 0, 0], [0, 2, 3, 0])), T, 2, [2]), [0])
    assert lfsr_start(1, 0) == 0x9E38 and lfsr_start(2**16 - 0x9E37, 0) == 1
    assert lfsr_step(1) == 0xB400 and lfsr_step(0x9E38) == 0x4F1C
    # two draws of 2 bits from 0x9E38: 0x278E, u = 2; 0x09E3 after a tap, worked by hand: 0x278E -> 0x13C7 -> 0x09E3 ^ 0xB400 = 0xBDE3, u = 3
    conv = Converter("stochastic", bits=2, samples=1)
    same(stochastic(conv, [0, 0, 0, 0], 2, 0, 0x9E38), (1, 0x278E))
    same(stochastic(conv, [0, 0, 0, 0], 2, 0, 0x278E), (0, 0xBDE3))  # u = 2^b - 1 asks nobody


def random_tree(rng, first, last, left, right):
    if first > last:
        return 0
    k = int(rng.integers(first, last + 1))
    left[k], right[k] = random_tree(rng, first, k - 1, left, right), random_tree(rng, k + 1, last, left, right)
    return k


@check("section 4: every kind equals the definition for monotone tables, negative levels too")
def _():
    rng = np.random.default_rng(14)
    for bits in range(1, 9):
        for spread in (3, 2**bits, 5 * 2**bits):
            T = np.concatenate([[0], np.sort(rng.integers(-16 * spread, 16 * spread + 1, 2**bits - 1))])
            L = np.arange(-17 * spread, 17 * spread, 1 + spread // 40)
            left, right = [0] * 2**bits, [0] * 2**bits
            kinds = [Converter("tree", tree=(random_tree(rng, 1, 2**bits - 1, left, right), left, right))]
            for rule in ("majority", "ones"):
                kinds.append(Converter("flash", bubble=rule))
                kinds += [Converter("hybrid", flash_bits=f, bubble=rule) for f in range(1, min(6, bits - 1) + 1)]
            for conv in kinds:
                for b in range(bits if conv.kind == "tree" else 1, bits + 1):
                    same(convert(conv, T, b, L), np.searchsorted(T[1 : 2**b], L, side="right"), f"{conv.kind} {bits} bits at {b}")


@check("section 4: what the bubble rules say of one flipped answer")
def _():
    for bits in range(1, 7):
        n = 2**bits
        for c in range(n):
            for k in range(1, n):
                t = np.array([[(i <= c) != (i == k)] for i in range(1, n)])
                same(bubble_rule(t, "ones"), [c - 1 if k <= c else c + 1])
                same(bubble_rule(t, "majority"), [c if k <= c - 2 or k >= c + 3 else c - 1 if k <= c else c + 1])


@check("section 4: stochastic mean is n * reached / 2^b over a period of the register")
def _():
    x = start = lfsr_start(3, 5)
    total, T, conv = 0, list(range(16)), Converter("stochastic", bits=4, samples=15)
    for _ in range(65535 // 15):
        code, x = stochastic(conv, T, 4, 6, x)
        total += code
    assert x == start and total == 6 * 4096 - 1  # the register is never 0


@check("section 4: dif is lossless exactly when every difference comes back")
def _():
    for bits in range(1, 9):
        for smax in (1, 3, 7, 33, 63, 64):
            S = np.arange(-smax, smax + 1)
            for low in (-smax - 1, -smax, -smax + 1, 0):
                for rounding in ("floor", "nearest"):
                    b = resolution(1, low, rounding, bits, 4, smax, 1)
                    value = low + code_sar(table(1, low, rounding, bits, 4), S, b, 4)
                    assert np.array_equal(value, S) == lossless(1, low, b, smax, 1, "dif"), f"{bits} bits, low {low}, {smax} rows"


@check("section 5: lossless read-out of pairs equals the integer matrix product (600 shapes)")
def _():
    rng = np.random.default_rng(15)
    for n_in, ib, wb, ic, wc, c in every_shape(("dif",)):
        ro = Readout(input_bits=ib, weight_bits=wb, input_code=ic, weight_code=wc, cell_bits=c, bits=9, low=-64 * (2**c - 1))
        assert ro.lossless(min(n_in, ro.rows))
        w, x = awkward_matrices(rng, ro, n_in)
        same(read_out(ro, w, x), x @ w.T, f"in {n_in}, {ic} {ib} x {wc} {wb}, cells of {c}")


@check("section 8: order of conversions does not matter without state, and is the definition with it")
def _():
    rng = np.random.default_rng(16)
    for wc, kind in (("tc", "sar"), ("dif", "flash"), ("sm", "hybrid")):
        ro = Readout(rows=7, cols=9, adcs=4, bits=3, input_bits=3, weight_bits=3, weight_code=wc, low=-3 if wc == "dif" else 0, conv=Converter(kind, flash_bits=2))
        w, x = awkward_matrices(rng, ro, 10)
        same(read_out_in_order(ro, w, x), read_out(ro, w, x))
    # one row, one column, one plane: S = 0 never hears yes, S = 1 in the second conversion hears it from T[1]
    one = Readout(rows=1, cols=1, adcs=1, bits=3, input_bits=1, weight_bits=1, resolution="full", conv=Converter("stochastic", bits=3, samples=7, seed=5))
    assert not one.lossless(1)
    same(read_out_in_order(one, [[-1]], [[0], [-1]]), [[0], [code_of_draws(5, 7, 1)]])


def code_of_draws(seed, n, reached):
    """of the second conversion of converter 0: n draws of 3 bits passed, n more"""
    x, code = lfsr_start(seed, 0), 0
    for i in range(2 * n):
        for _ in range(3):
            x = lfsr_step(x)
        code += i >= n and x % 8 < reached
    return code


ALL = {"offset": 300, "inl": 700, "gain": 20000, "capacitor": 30000}
TABLES = [
    ({"tiles": 2, "adcs": 4, "seed": 7, **ALL}, "8915d293e6033ede"),
    ({"adcs": 4, "bits": 6, "F": 8, "dac": "binary", "seed": 8, **ALL}, "0059af98072d9ebd"),
    ({"tiles": 3, "adcs": 2, "bits": 4, "F": 1, "kind": "flash", "offset": 400, "seed": 9}, "d59c2a4909369244"),
    ({"tiles": 2, "adcs": 2, "bits": 5, "kind": "hybrid", "flash_bits": 2, "offset": 400, "inl": 100, "seed": 10}, "5fc0decaa13f6a73"),
    ({"tiles": 2, "adcs": 1, "bits": 4, "capacitor": 40000, "network": "pair", "seed": 11}, "85ef8d4b5f9a9535"),
    ({"rows": 33, "cols": 130, "tiles": 5, "adcs": 2, "bits": 4, "kind": "hybrid", "flash_bits": 2, "network": "ring", "seed": 12, **ALL}, "e2fd9f64b0e14aa6"),
    ({"rows": 100, "cols": 70, "tiles": 5, "adcs": 4, "bits": 2, "kind": "flash", "capacitor": 200000, "network": "broadcast", "seed": 13}, "76df345e74cfb858"),
    ({"rows": 64, "cols": 128, "tiles": 7, "adcs": 2, "bits": 4, "kind": "hybrid", "flash_bits": 2, "network": "broadcast", "seed": 14, **ALL}, "37c7b655e1f81698"),
]
DEVIATES = [-6449, 23234, 37967]
NOISES = [-12, 1, 14, 5, 5, 5]

# ---- sections 10 and 11. golden (tests/unit/test_golden_nonideal.c) is held to the same numbers.


@check("section 10: deviates")
def _():
    same([deviate(1, 1, 0, 0), deviate(7, 5, 4095, 3), deviate(2**64 - 1, 6, 63, 2**40)], DEVIATES)
    g = np.array([deviate(3, 6, i % 5, i) for i in range(20000)], float)
    assert abs(g.mean()) < 65536 * 0.03 and abs(g.std() / 65536 - 1) < 0.02 and np.abs(g).max() <= 393210 + 12 * 0.5


WINDOWS = [(1, 0, "floor"), (3, 2, "nearest"), (2, 5, "floor"), (1, 1, "nearest")]


@check("sections 10, network 5: tables of every model, by their digests")
def _():
    for core, want in TABLES:
        got = hashlib.sha256(Core(**core).file(WINDOWS).encode()).hexdigest()
        assert got[:16] == want, f"{core}: {got[:16]}, expected {want}"


@check("section 10: no error gives the ideal tables; network 5: equal lines give (c - 1/2) * 2^F")
def _():
    for rounding in ("floor", "nearest"):
        for lsb, low in ((1, 0), (3, 2)):
            same(Core(bits=6).table(0, 3, lsb, low, rounding)[1:], table(lsb, low, rounding, 6, 4)[1:])
            core = Core(bits=4, tiles=2, adcs=1, network="pair")
            plain = np.array(core.table(1, 0, lsb, low, rounding))
            core.capacitor = 1
            core.line = lambda t, column: 65536
            same(core.table(1, 0, lsb, low, rounding), plain)
            S = np.arange(0, 80)  # ... which answers every whole count as the local table does
            same(code_sar(plain, S, 4, 4), code_sar(table(lsb, low, rounding, 4, 4), S, 4, 4))


@check("section 11: noise of single conversions")
def _():
    same([noise(500, 9, 4, i, j) for i in (0, 5) for j in (0, 1, 2)], NOISES)
    v = np.array([noise(1000, 2, 8, 1, j) for j in range(4000)]) / 256
    assert abs(v.std() - 1) < 0.05 and abs(v.mean()) < 0.06
