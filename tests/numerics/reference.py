# A second rendering of docs/numerics.md, in numpy, that shares nothing with the C code: read it as a specification with an interpreter.
# SPDX-License-Identifier: Apache-2.0
import math

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
    """[(weight, function w -> cell content)], slice 0 first; a cell holds c bits. dif: a pair's even cell minus its odd one"""

    def digits(n_bits):  # (shift, mask) of each digit of an n_bits number, least significant first
        return [(s, 2 ** min(c, n_bits - s) - 1) for s in range(0, n_bits, c)]

    if code == "tc":
        low = [(2**s, lambda w, s=s, k=k: (w >> s) & k) for s, k in digits(bits - 1)]
        return low + [(-(2 ** (bits - 1)), lambda w: (w >> (bits - 1)) & 1)]
    m = max(1, bits - 1)
    positive = [(2**s, lambda w, s=s, k=k: (np.maximum(w, 0) >> s) & k) for s, k in digits(m)]
    if code == "dif":  # even minus odd column of the pair
        return [(2**s, lambda w, s=s, k=k: (np.maximum(w, 0) >> s & k) - (np.maximum(-w, 0) >> s & k)) for s, k in digits(m)]
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


class Converter:
    """how a table is asked: kind sar, tree, flash, hybrid, stochastic; tree: (root, left, right)"""

    def __init__(self, kind="sar", bits=0, flash_bits=0, bubble="majority", samples=0, seed=0, tree=None):
        self.kind, self.bits, self.flash_bits, self.bubble, self.samples, self.seed, self.tree = kind, bits, flash_bits, bubble, samples, seed, tree


def bubble_rule(t, rule):
    """t: answers t_1 .. t_(n-1), first axis; the code they stand for"""
    n = len(t) + 1
    if rule == "ones":
        return np.sum(t, axis=0).astype(np.int64)
    one, zero = np.ones_like(t[0])[None], np.zeros_like(t[0])[None]
    full = np.concatenate([one, t, zero]).astype(np.int64)
    maj = [None] + [full[k - 1] + full[k] + full[k + 1] >= 2 for k in range(1, n)]
    maj = np.stack([np.zeros_like(maj[1])] + maj[1:])
    code = np.zeros(t.shape[1:], np.int64)
    step = n // 2
    while step:
        code = np.where(np.take_along_axis(maj, (code + step)[None], 0)[0], code + step, code)
        step //= 2
    return code


def lfsr_start(seed, number):
    return (seed + 0x9E37 * (number + 1)) % 2**16 or 1


def lfsr_step(x):
    return (x >> 1) ^ (0xB400 if x & 1 else 0)


def stochastic(conv, T, b, level, x):
    """(code, register) after one conversion"""
    code = 0
    for _ in range(conv.samples):
        for _ in range(conv.bits):
            x = lfsr_step(x)
        u = x % 2**b
        code += u < 2**b - 1 and level >= T[u + 1]
    return int(code), x


def convert(conv, T, b, level):
    """codes of an array of levels on the grid; the kinds without state"""
    T, level = np.asarray(T, np.int64), np.asarray(level, np.int64)
    if conv.kind == "tree":
        root, left, right = conv.tree

        def walk(v):
            k = root
            while True:
                yes = v >= T[k]
                down = right[k] if yes else left[k]
                if not down:
                    return k if yes else k - 1
                k = down

        return np.array([walk(v) for v in level.ravel()], np.int64).reshape(level.shape)
    e = {"sar": 0, "sense": 0, "flash": b, "hybrid": min(conv.flash_bits, b)}[conv.kind]
    code, left = np.zeros_like(level), b - e
    if e:
        t = np.stack([level >= T[m * 2**left] for m in range(1, 2**e)])
        code = bubble_rule(t, conv.bubble) * 2**left
    for k in range(left - 1, -1, -1):
        trial = code + 2**k
        code = np.where(level >= T[trial], trial, code)
    return code


def resolution(lsb, low, rounding, bits, F, rows_active, c, mode="fit"):
    """bits that an activation uses"""
    if mode == "full":
        return bits
    smax = rows_active * (2**c - 1)
    T = table(lsb, low, rounding, bits, F)
    k_max = int(np.sum(T[1:] <= smax * 2**F))
    return max(1, k_max.bit_length())  # ceil(log2(k_max + 1))


def lossless(lsb, low, bits_act, rows_active, c, code="tc"):
    smax = rows_active * (2**c - 1)
    return lsb == 1 and low + 2**bits_act > smax and (low <= -smax if code == "dif" else low == 0)


# ---------------------------------------------------------------- sections 10 and 11: tables of real converters, noise; network.md sections 1, 2, 5

M64 = 2**64 - 1
OFFSET, GAIN, INL, CAPACITOR, LINE, NOISE = range(1, 7)


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & M64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & M64
    return z ^ (z >> 31)


def word(seed, what, number, n):
    return mix((mix((mix((seed + 0x9E3779B97F4A7C15) & M64) + what * 2**32 + number) & M64) + n) & M64)


def deviate(seed, what, number, n):
    quarters = [word(seed, what, number, 3 * n + i) >> (16 * q) & 0xFFFF for i in range(3) for q in range(4)]
    return sum(quarters) - 393210


def div(a, b):
    """rounded half away from zero"""
    q = (2 * abs(a) + b) // (2 * b)
    return q if a >= 0 else -q


class Core:
    """numbers that the tables depend on"""

    def __init__(self, rows=64, cols=64, tiles=1, adcs=8, bits=5, F=4, kind="sar", flash_bits=0, network=None, offset=0, inl=0, gain=0, capacitor=0, dac="unary", seed=1):
        self.rows, self.cols, self.tiles, self.adcs, self.bits, self.F, self.kind, self.flash_bits, self.network = rows, cols, tiles, adcs, bits, F, kind, flash_bits, network
        self.offset, self.inl, self.gain, self.capacitor, self.dac, self.seed = offset, inl, gain, capacitor, dac, seed

    def servers(self):
        return {"flash": 2**self.bits - 1, "hybrid": 2**self.flash_bits - 1}.get(self.kind, 1)

    def server(self, t, m):
        return {"pair": t ^ 1, "ring": (t + m) % self.tiles, "broadcast": self.tiles - self.servers() + m - 1}[self.network]

    def levels(self, number):
        """capacitor array of one converter: level of every code, total"""
        n, s, g = 2**self.bits, self.capacitor, lambda i: deviate(self.seed, CAPACITOR, number, i)
        if self.dac == "unary":
            c = [65536 + div(s * g(i), 10**6) for i in range(n)]
            return [sum(c[:k]) for k in range(n)], max(1, sum(c))
        w = [2**j * 65536 + div(s * div(g(j) * math.isqrt(2 ** (j + 16)), 256), 10**6) for j in range(self.bits)]
        return [sum(w[j] for j in range(self.bits) if k >> j & 1) for k in range(n)], max(1, sum(w) + 65536)

    def line(self, t, column):
        return 65536 + div(self.capacitor * deviate(self.seed, LINE, t * self.cols + column, 0), 10**6)

    def comparator(self, k):
        """(is it a flash step, which comparator asks k)"""
        if self.kind == "flash":
            return True, k
        if self.kind == "hybrid" and k % 2 ** (self.bits - self.flash_bits) == 0:
            return True, k // 2 ** (self.bits - self.flash_bits)
        return False, 0

    def immersed(self, t, lane, k, c):
        flash, m = self.comparator(k)
        if flash:
            s, columns = self.server(t, m), range(self.cols)
        else:
            N = self.cols // self.adcs
            s, columns = self.server(t, t % self.servers() + 1 if self.network == "broadcast" else 1), range(lane * N, (lane + 1) * N)
        w = [self.line(s, column) for column in columns]
        total = sum(w[: self.rows]) + 65536 * max(0, self.rows - len(w))
        return div((sum(w[:c]) - 32768) * self.rows * 2**self.F, total)

    def table(self, t, lane, lsb, low, rounding):
        number, n, grid = t * self.adcs + lane, 2**self.bits, 2**self.F
        level, total = self.levels(number)
        T = [0]
        for k in range(1, n):
            if self.network:
                c = low + k * lsb - (lsb // 2 if rounding == "nearest" else 0)
                v = self.immersed(t, lane, k, c) if self.capacitor else c * grid - grid // 2
            else:
                v = (low + k * lsb) * grid - (lsb * grid // 2 if rounding == "nearest" else 0)
                if self.capacitor:
                    v += div((level[k] * n - k * total) * lsb * grid, total)
            if self.gain:
                v += div(div(v * self.gain, 10**6) * deviate(self.seed, GAIN, number, 0), 65536)
            if self.inl:
                bow = div(4 * k * (n - k) * 65536, n * n)
                v += div(div(div(self.inl * deviate(self.seed, INL, number, 0), 65536) * bow, 65536) * grid, 1000)
            if self.offset:
                v += div(div(self.offset * deviate(self.seed, OFFSET, number, self.comparator(k)[1]), 65536) * grid, 1000)
            T.append(min(max(v, -(2**23)), 2**23 - 1))
        return T

    def file(self, windows):
        """the threshold file of docs/macro.md: four sets (lsb, low, rounding) of every converter"""
        tables = [self.table(t, lane, *w) for t in range(self.tiles) for lane in range(self.adcs) for w in windows]
        return "".join(f"{v & 0xFFFFFF:06x}\n" for T in tables for v in T)


def noise(sigma, seed, F, number, j):
    return div(div(sigma * deviate(seed, NOISE, number, j), 65536) * 2**F, 1000)


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
                 lsb=1, low=0, rounding="floor", resolution="fit", thresholds=None, conv=None, noise=0, noise_seed=0):
        self.rows, self.cols, self.adcs, self.bits, self.c, self.F = rows, cols, adcs, bits, cell_bits, grid_bits
        self.input_bits, self.weight_bits, self.input_code, self.weight_code = input_bits, weight_bits, input_code, weight_code
        self.lsb, self.low, self.rounding, self.resolution, self.thresholds = lsb, low, rounding, resolution, thresholds
        self.conv, self.noise, self.noise_seed = conv or Converter(), noise, noise_seed

    def table_of(self, lane):
        if self.thresholds is not None:
            return np.asarray(self.thresholds[lane])
        return table(self.lsb, self.low, self.rounding, self.bits, self.F)

    def bits_for(self, n_rows):
        return resolution(self.lsb, self.low, self.rounding, self.bits, self.F, n_rows, self.c, self.resolution)

    def lossless(self, n_rows):
        if self.thresholds is not None or self.noise or self.conv.kind == "stochastic":
            return False
        return lossless(self.lsb, self.low, self.bits_for(n_rows), n_rows, self.c, self.weight_code)

    def pairs(self):
        """columns of a layer: dif pairs them"""
        return self.cols // 2 if self.weight_code == "dif" else self.cols


def read_out(ro, w, x, codes_first=False, groups=None):
    """y [tokens][out] of one matrix: w [out][in], x [tokens][in]. codes_first: the hardware's order of adding. groups: rows driven together"""
    w, x = np.asarray(w, np.int64), np.asarray(x, np.int64)
    P = planes(ro.input_code, ro.input_bits)
    C = slices(ro.weight_code, ro.weight_bits, ro.c)
    K = len(C)
    # outputs that share a converter in slice j are converted together
    lanes = [[converter(o, j, K, ro.pairs(), ro.adcs, w.shape[0]) for o in range(w.shape[0])] for j in range(K)]
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
                    code = convert(ro.conv, ro.table_of(0), b_act, S * 2**ro.F)
                else:
                    for o in range(w.shape[0]):
                        code[:, o] = convert(ro.conv, ro.table_of(lanes[j][o]), b_act, S[:, o] * 2**ro.F)
                if codes_first:
                    column += wp * code
                else:
                    y += (ro.low + code * ro.lsb) * wj * wp
            if codes_first:
                y += wj * (ro.lsb * column + ro.low * sum(wp for wp, _ in P))
    return y


def read_out_in_order(ro, w, x):
    """read_out where a conversion depends on those before it (stochastic, noise): row groups, planes, columns ascending; a token after another"""
    w, x = np.asarray(w, np.int64), np.asarray(x, np.int64)
    P, C = planes(ro.input_code, ro.input_bits), slices(ro.weight_code, ro.weight_bits, ro.c)
    register = [lfsr_start(ro.conv.seed, i) for i in range(ro.adcs)]
    done = [0] * ro.adcs
    y = np.zeros((x.shape[0], w.shape[0]), np.int64)
    for token in range(x.shape[0]):
        for rows in row_groups(w.shape[1], ro.rows):
            b_act = ro.bits_for(len(rows))
            cells = [cell(w[:, rows]) for _, cell in C]
            for wp, bit in P:
                driven = bit(x[token, rows])
                for o in range(w.shape[0]):
                    for j, (wj, _) in enumerate(C):
                        i = converter(o, j, len(C), ro.pairs(), ro.adcs, w.shape[0])
                        level = int(cells[j][o] @ driven) * 2**ro.F + (noise(ro.noise, ro.noise_seed, ro.F, i, done[i]) if ro.noise else 0)
                        done[i] += 1
                        if ro.conv.kind == "stochastic":
                            code, register[i] = stochastic(ro.conv, ro.table_of(i), b_act, level, register[i])
                        else:
                            code = int(convert(ro.conv, ro.table_of(i), b_act, level))
                        y[token, o] += wj * wp * (ro.low + code * ro.lsb)
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
