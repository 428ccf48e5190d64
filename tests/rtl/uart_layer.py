# A layer for the UART bench, and what must come back. `model FILE`: a llama2.c checkpoint of one layer of eight wide, drawn from a fixed seed.
# `input STREAM X OUT`: the stream of `bitline map` (its vector is zeros) with a vector of golden's in it. `judge STREAM RESULTS DUMP TURNS`: an integer
# matrix product of what the stream holds against the result beats of each turn, and both against golden's dump.
# SPDX-License-Identifier: Apache-2.0
import random
import struct
import sys

import numpy as np

N = 8  # rows, columns of the array; inputs, outputs, weight and input bits of the layer


def model(path):
    layers, heads, vocab, seq = 1, 2, 32, 16
    r = random.Random(7)

    def drawn(n, s=0.35):
        return struct.pack("<%df" % n, *[r.gauss(0, s) for _ in range(n)])

    ones = struct.pack("<%df" % N, *[1.0] * N)
    out = struct.pack("<7i", N, N, layers, heads, heads, vocab, seq) + drawn(vocab * N, 1.0) + ones
    for _ in range(4):  # wq wk wv wo
        out += drawn(N * N)
    out += ones
    for _ in range(3):  # w1 w2 w3
        out += drawn(N * N)
    out += ones + bytes(4 * seq * N // heads)
    open(path, "wb").write(out)


def put_input(stream, x, out):
    beats = bytearray(open(stream, "rb").read())
    beats[8 * N:8 * N + N] = np.load(x)[-1].astype(np.int8).tobytes()
    open(out, "wb").write(beats)


def judge(stream, results, dump, turns):
    b = np.fromfile(stream, dtype="<u8")
    param, x = b[:N], b[N:N + 1].view(np.int8).astype(np.int64)
    rows = b[N + 1:].reshape(N, N)  # [output][input row]: bit c is slice c of the weight
    bits = (rows[:, :, None] >> np.arange(N, dtype=np.uint64)) & np.uint64(1)
    w = bits.astype(np.int64) @ np.array([1 << k for k in range(N - 1)] + [-(1 << (N - 1))])
    acc = w @ x
    m, s = (param & np.uint64(0xffff)).astype(np.int64), (param >> np.uint64(16)).astype(np.int64)
    q = np.clip((acc * m + (1 << (s - 1))) >> s, -128, 127)
    want = ((q & 0xffff) << 32) | (acc & 0xffffffff)
    if not acc.any() or len(set(q)) < 4:
        sys.exit("the layer says nothing: %s %s" % (acc, q))
    for name, mine in (("x", x), ("w", w), ("y", acc), ("q", q)):
        golden = np.load("%s.%s.npy" % (dump, name)).astype(np.int64)
        golden = golden if name == "w" else golden[-1]
        if (golden != mine).any():
            sys.exit("%s of golden differs from the product's: %s, %s" % (name, golden, mine))
    got = np.fromfile(results, dtype="<u8").astype(np.int64).reshape(-1, N)
    if len(got) != int(turns) or (got != want).any():
        sys.exit("%d differences in %d beats: got %s, expected %s" % ((got != want).sum(), got.size, got, want))
    print("%d beats, 0 differences; accumulators %s" % (got.size, acc))


{"model": model, "input": put_input, "judge": judge}[sys.argv[1]](*sys.argv[2:])
