# A second rendering of docs/numerics.md, in numpy, that shares nothing with the C code: read it as a specification with an interpreter.
# SPDX-License-Identifier: Apache-2.0
import numpy as np

# ---------------------------------------------------------------- section 1: integer codes


def qmax(bits):
    return max(1, 2 ** (bits - 1) - 1)


def qrange(code, bits):
    """[qlo, qhi]: what a quantiser or requantiser may emit"""
    return -qmax(bits), 0 if code == "tc" and bits == 1 else qmax(bits)


def code_range(code, bits):
    """what the hardware must compute with: the tc code has one value more than the quantiser emits"""
    if code == "tc":
        return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return -qmax(bits), qmax(bits)


def planes(code, bits):
    """[(weight, function x -> bit)] in the order in which one activation sends them"""
    if code == "tc":
        weight = [2**p for p in range(bits - 1)] + [-(2 ** (bits - 1))]
        return [(weight[p], lambda x, p=p: (x >> p) & 1) for p in range(bits)]
    m = max(1, bits - 1)
    positive = [(2**p, lambda x, p=p: (np.maximum(x, 0) >> p) & 1) for p in range(m)]
    negative = [(-(2**p), lambda x, p=p: (np.maximum(-x, 0) >> p) & 1) for p in range(m)]
    return positive + negative


def slices(code, bits, c):
    """[(weight, function w -> cell content)], slice 0 first; a cell holds c bits"""

    def digits(n_bits):  # (shift, mask) of each digit of an n_bits number, least significant first
        return [(s, 2 ** min(c, n_bits - s) - 1) for s in range(0, n_bits, c)]

    if code == "tc":
        low = [(2**s, lambda w, s=s, k=k: (w >> s) & k) for s, k in digits(bits - 1)]
        return low + [(-(2 ** (bits - 1)), lambda w: (w >> (bits - 1)) & 1)]
    m = max(1, bits - 1)
    positive = [(2**s, lambda w, s=s, k=k: (np.maximum(w, 0) >> s) & k) for s, k in digits(m)]
    negative = [(-(2**s), lambda w, s=s, k=k: (np.maximum(-w, 0) >> s) & k) for s, k in digits(m)]
    return positive + negative


# ---------------------------------------------------------------- section 2: quantisation


def quantise(code, bits, v):
    """float vector -> (integers, float32 scale); every step is one binary32 operation"""
    v = np.asarray(v, np.float32)
    top = np.max(np.abs(v)) if v.size else np.float32(0)
    scale = top / np.float32(qmax(bits)) if top > 0 else np.float32(1)
    if scale == 0:  # the division underflowed: as an all-zero row
        scale = np.float32(1)
    lo, hi = qrange(code, bits)
    return np.clip(np.rint(v / scale), lo, hi).astype(np.int64), np.float32(scale)


# ---------------------------------------------------------------- section 4: conversion


def table(lsb, low, rounding, bits, F):
    """ideal T[0 .. 2^bits - 1] on the grid; T[0] is not used"""
    k = np.arange(2**bits, dtype=np.int64)
    T = (low + k * lsb) * 2**F
    return T - lsb * 2 ** (F - 1) if rounding == "nearest" else T


def code_definition(T, S, bits, F):
    """code = #{k : S * 2^F >= T[k]}"""
    return sum((np.asarray(S) * 2**F >= T[k]).astype(np.int64) for k in range(1, 2**bits))


def code_sar(T, S, bits, F):
    """the successive approximation's own order of asking"""
    S = np.asarray(S, np.int64)
    code = np.zeros_like(S)
    for k in range(bits - 1, -1, -1):
        trial = code + 2**k
        code = np.where(S * 2**F >= T[trial], trial, code)
    return code


def resolution(lsb, low, rounding, bits, F, rows_active, c, mode="fit"):
    """bits that an activation uses"""
    if mode == "full":
        return bits
    smax = rows_active * (2**c - 1)
    T = table(lsb, low, rounding, bits, F)
    k_max = int(np.sum(T[1:] <= smax * 2**F))
    return max(1, k_max.bit_length())  # ceil(log2(k_max + 1))


def lossless(lsb, low, bits_act, rows_active, c):
    return lsb == 1 and low == 0 and 2**bits_act > rows_active * (2**c - 1)


# ---------------------------------------------------------------- section 8: read-out partition


def row_groups(n_in, rows):
    return [np.arange(a, min(a + rows, n_in)) for a in range(0, n_in, rows)]


def converter(o, j, K, cols, adcs, out):
    groups = -(-out // max(1, cols // K))
    per_array = -(-out // groups)
    column = ((o % per_array) * K + j) % cols
    return column % adcs


# ---------------------------------------------------------------- sections 3 and 5: counts, shift-add


class Readout:
    """numbers that decide a result; thresholds: [adcs][2^bits] measured tables, or None for the ideal one"""

    def __init__(self, rows=64, cols=64, adcs=8, bits=12, cell_bits=1, grid_bits=4, input_bits=8, weight_bits=8, input_code="tc", weight_code="tc",
                 lsb=1, low=0, rounding="floor", resolution="fit", thresholds=None):
        self.rows, self.cols, self.adcs, self.bits, self.c, self.F = rows, cols, adcs, bits, cell_bits, grid_bits
        self.input_bits, self.weight_bits, self.input_code, self.weight_code = input_bits, weight_bits, input_code, weight_code
        self.lsb, self.low, self.rounding, self.resolution, self.thresholds = lsb, low, rounding, resolution, thresholds

    def table_of(self, lane):
        if self.thresholds is not None:
            return np.asarray(self.thresholds[lane])
        return table(self.lsb, self.low, self.rounding, self.bits, self.F)

    def bits_for(self, n_rows):
        return resolution(self.lsb, self.low, self.rounding, self.bits, self.F, n_rows, self.c, self.resolution)

    def lossless(self, n_rows):
        return self.thresholds is None and lossless(self.lsb, self.low, self.bits_for(n_rows), n_rows, self.c)


def read_out(ro, w, x, codes_first=False, groups=None):
    """y [tokens][out] of one matrix: w [out][in], x [tokens][in]. codes_first: the hardware's order of adding. groups: rows driven together"""
    w, x = np.asarray(w, np.int64), np.asarray(x, np.int64)
    P = planes(ro.input_code, ro.input_bits)
    C = slices(ro.weight_code, ro.weight_bits, ro.c)
    K = len(C)
    # outputs that share a converter in slice j are converted together
    lanes = [[converter(o, j, K, ro.cols, ro.adcs, w.shape[0]) for o in range(w.shape[0])] for j in range(K)]
    y = np.zeros((x.shape[0], w.shape[0]), np.int64)
    for rows in row_groups(w.shape[1], ro.rows) if groups is None else groups:
        b_act = ro.bits_for(len(rows))
        for j, (wj, cell) in enumerate(C):
            cells = cell(w[:, rows])
            column = np.zeros_like(y)
            for wp, bit in P:
                S = bit(x[:, rows]) @ cells.T
                code = np.empty_like(S)
                if ro.thresholds is None:
                    code = code_sar(ro.table_of(0), S, b_act, ro.F)
                else:
                    for o in range(w.shape[0]):
                        code[:, o] = code_sar(ro.table_of(lanes[j][o]), S[:, o], b_act, ro.F)
                if codes_first:
                    column += wp * code
                else:
                    y += (ro.low + code * ro.lsb) * wj * wp
            if codes_first:
                y += wj * (ro.lsb * column + ro.low * sum(wp for wp, _ in P))
    return y


def accumulator_bound(ro, groups):
    """the largest |y| any data can reach; a legal configuration keeps it at or below 2^31 - 1"""
    vmax = max(abs(ro.low), abs(ro.low + (2**ro.bits - 1) * ro.lsb))
    p = sum(abs(v) for v, _ in planes(ro.input_code, ro.input_bits))
    j = sum(abs(v) for v, _ in slices(ro.weight_code, ro.weight_bits, ro.c))
    return vmax * p * j * groups


# ---------------------------------------------------------------- section 6: requantiser


def requantise(acc, M, s, lo, hi):
    """arrays of matching shape; int64 holds the 48-bit product and the rounding constant, whose sum needs 49 bits"""
    acc, M, s = np.asarray(acc, np.int64), np.asarray(M, np.int64), np.asarray(s, np.int64)
    return np.clip((acc * M + (np.int64(1) << (s - 1))) >> s, lo, hi)


def factor(f):
    """real factor -> (M, s), or None when there is none"""
    if f == 0:
        return 0, 1
    for s in range(47, 0, -1):
        if f * 2.0**s < 2.0**17 and round(f * 2.0**s) <= 65535:  # Python rounds half to even
            return round(f * 2.0**s), s
    return None


# ---------------------------------------------------------------- section 7: Monarch


def monarch_float(R, L, x, n_out):
    """R [b][b*r][p], L [b][s][b*r]; returns y [b][b*r] and the layer's output"""
    b, br, p = R.shape
    r, s = br // b, L.shape[1]
    x = np.concatenate([x, np.zeros(b * p - len(x))])
    y = np.stack([R[k] @ x[k * p : (k + 1) * p] for k in range(b)])
    out = np.zeros(s * b)
    for l in range(b):
        z = L[l] @ np.concatenate([y[k][l * r : (l + 1) * r] for k in range(b)])
        for po in range(s):
            out[po * b + l] = z[po]
    return y, out[:n_out]


def monarch_calibrate(R, L, X, s_x, input_bits, n_out):
    """k_l of every L block, k_out"""
    b, br, _ = R.shape
    r = br // b
    k, k_out = np.zeros(b), 0.0
    for x, sx in zip(X, s_x):
        y, out = monarch_float(R, L, x, n_out)
        for l in range(b):
            k[l] = max(k[l], np.max(np.abs(y[:, l * r : (l + 1) * r])) / sx)
        k_out = max(k_out, np.max(np.abs(out)) / sx)
    k, k_out = k / qmax(input_bits), k_out / qmax(input_bits)
    return np.where(k > 0, k, 1.0), k_out if k_out > 0 else 1.0


def monarch_integer(ro, R, L, k, k_out, x_q, n_out):
    """quantised layer of one token: acc_L in output order, the float factor of each, q of the last requantiser"""
    b, br, p = R.shape
    r, s = br // b, L.shape[1]
    lo, hi = qrange(ro.input_code, ro.input_bits)
    x = np.concatenate([x_q, np.zeros(b * p - len(x_q), np.int64)])
    mid = np.zeros((b, br), np.int64)
    for kk in range(b):
        rows = [quantise(ro.weight_code, ro.weight_bits, R[kk][i]) for i in range(br)]
        acc = read_out(ro, np.stack([q for q, _ in rows]), x[None, kk * p : (kk + 1) * p])[0]
        for i in range(br):
            M, sh = factor(float(rows[i][1]) / k[i // r])
            mid[kk][i] = requantise(acc[i], M, sh, lo, hi)
    acc_out, scale, q = np.zeros(s * b, np.int64), np.zeros(s * b), np.zeros(s * b, np.int64)
    for l in range(b):
        rows = [quantise(ro.weight_code, ro.weight_bits, L[l][po]) for po in range(s)]
        z = np.concatenate([mid[kk][l * r : (l + 1) * r] for kk in range(b)])
        acc = read_out(ro, np.stack([w for w, _ in rows]), z[None])[0]
        for po in range(s):
            o = po * b + l
            acc_out[o], scale[o] = acc[po], float(rows[po][1]) * k[l]
            M, sh = factor(scale[o] / k_out)
            q[o] = requantise(acc[po], M, sh, lo, hi)
    return acc_out[:n_out], scale[:n_out], q[:n_out]
