# Noise that macro_bench printed (`noise CONVERTER CONVERSION GRID_BITS LEVEL` lines on stdin) against numerics.md sections 10 and 11 in numpy's wrapping
# 64-bit words. Usage: macro_noise.py NOISE SEED LINES; exit 1 when a level differs or the number of lines is another.
# SPDX-License-Identifier: Apache-2.0
import sys

import numpy as np

np.seterr(over="ignore")
U = np.uint64


def mix(z):
    z = (z ^ (z >> U(30))) * U(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> U(27))) * U(0x94D049BB133111EB)
    return z ^ (z >> U(31))


def deviate(seed, what, ident, n):
    key = mix(mix(U(seed) + U(0x9E3779B97F4A7C15)) + U(what * 2**32 + ident))
    words = mix(key + np.arange(3 * n, 3 * n + 3, dtype=U))
    return int(words.view(np.uint16).astype(np.int64).sum()) - 393210


def divide(a, b):
    q = (2 * abs(a) + b) // (2 * b)
    return -q if a < 0 else q


noise, seed, wanted = (int(a) for a in sys.argv[1:4])
lines = bad = 0
levels = []
for line in sys.stdin:
    f = line.split()
    if not f or f[0] != "noise":
        continue
    ident, n, grid, level = (int(x) for x in f[1:])
    expected = divide(divide(noise * deviate(seed, 6, ident, n), 65536) * 2**grid, 1000)
    lines += 1
    levels.append(level / 2**grid)
    if level != expected:
        bad += 1
        print(f"converter {ident} conversion {n}: expected {expected}, seen {level}")
print(f"{lines} levels, standard deviation {np.std(levels) if levels else 0:.3f} counts, {bad} wrong")
sys.exit(1 if bad or lines != wanted else 0)
