# Second reckoning for map_shapes.sh, from the models' published dimensions and docs/placement.md section 1 alone.
# usage: map_shapes.py JSON EXPRESSION     exit status 0 where the expression holds
# SPDX-License-Identifier: Apache-2.0
import json
import math
import sys

# layers, dim, outputs of k and v, hidden, matrices of dim -> hidden
LLAMA = {"stories260k": (5, 64, 32, 172), "bit1m": (8, 128, 64, 256), "bit3m": (8, 256, 128, 256), "stories15m": (6, 288, 288, 768), "llama2-7b": (32, 4096, 4096, 11008),
         "llama3-8b": (32, 4096, 1024, 14336), "qwen2.5-0.5b": (24, 896, 128, 4864), "tinyllama-1.1b": (22, 2048, 256, 5632)}
PLAIN = {"gpt2-small": (12, 768, 4), "gpt2-medium": (24, 1024, 4), "bert-large": (24, 1024, 4)}


def up(a, b):
    return -(-a // b)


def bits(n):
    return max(1, math.ceil(math.log2(n)))


def matrices(name):
    """(out, in, times)"""
    if name in LLAMA:
        n, d, kv, h = LLAMA[name]
        return [(d, d, 2 * n), (kv, d, 2 * n), (h, d, 2 * n), (d, h, n)]
    if name in PLAIN:
        n, d, m = PLAIN[name]
        return [(d, d, 4 * n), (4 * d, d, n), (d, 4 * d, n)]
    return [(1024, 1024, 144), (4096, 1024, 24), (1024, 4096, 24)]  # BART-large: 12 + 12 layers, the decoder's with two attentions


def blocks(out, n):
    """real (in, out) of both stages, the paper's factors"""
    b = math.isqrt(max(out, n) - 1) + 1
    k = up(n, b)
    return [(min(b, n - i * b), b) for i in range(k)] + [(k, up(out - l, b)) for l in range(min(b, out))]


def over(m, f):
    return sum(t * sum(f(i, o) for i, o in blocks(out, n)) for out, n, t in m)


def linear(m, rows, cols):
    return sum(t * up(n, rows) * up(out, cols) for out, n, t in m)


def linear_comparisons(m, rows):
    return sum(t * out * (n // rows * bits(rows) + (bits(n % rows) if n % rows else 0)) for out, n, t in m)


def real_conversions(m, rows):
    return over(m, lambda i, o: o * up(i, rows))


def real_comparisons(m):
    """no block is taller than an array here"""
    return over(m, lambda i, o: o * bits(i))


def cells(m):
    return over(m, lambda i, o: i * o)


def sum_converters(j):
    """all conversions of 7 bits: edge64, resolution full"""
    return j["conversions"] * (100 * 7 + 0.001 * 4**7) * 0.9**2 * 1e-6


j = json.load(open(sys.argv[1]))
M = matrices(j["model"].split(":")[1]) if j.get("model", "").startswith("shapes:") else []
if not eval(sys.argv[2]):
    sys.exit("not true: %s" % {k: v for k, v in j.items() if not isinstance(v, (list, dict))})
