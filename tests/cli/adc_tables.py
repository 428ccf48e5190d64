# Threshold tables once more, from the text of docs/numerics.md section 10 and docs/network.md sections 1, 2, 5, in whole numbers of any size. Not a translation of adc/tables.c.
# usage: adc_tables.py <RESOLVED.xml >FILE     (`bitline config` prints the resolved form)
# SPDX-License-Identifier: Apache-2.0
import sys
import xml.etree.ElementTree as tree
from functools import lru_cache
from math import isqrt

MASK = (1 << 64) - 1


def near(a, b):
    """a / b rounded half away from zero"""
    q = (2 * abs(a) + b) // (2 * b)
    return q if a >= 0 else -q


def mix(z):
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


def word(seed, what, ident, n):
    return mix((mix((mix((seed + 0x9E3779B97F4A7C15) & MASK) + what * 2**32 + ident) & MASK) + n) & MASK)


@lru_cache(None)
def g(seed, what, ident, n):
    words = [word(seed, what, ident, 3 * n + i) for i in range(3)]
    return sum(w >> shift & 0xFFFF for w in words for shift in (0, 16, 32, 48)) - 393210


def tables(text):
    root = tree.fromstring(text)
    v = {f"{group.tag}.{name}": value for group in root for name, value in group.attrib.items()}
    num = {k: int(x) for k, x in v.items() if x.lstrip("-").isdigit()}
    bits, f_bits, adcs, tiles = num["readout.bits"], num["readout.flash_bits"], num["readout.adcs"], num["array.tiles"]
    rows, cols, lsb, low = num["array.rows"], num["array.cols"], num["readout.lsb"], num["readout.low"]
    grid, seed, kind = 2 ** num["readout.grid_bits"], num["nonideal.seed"], v["readout.kind"]
    nearest, offset, inl, gain, cap = v["readout.rounding"] == "nearest", num["nonideal.offset"], num["nonideal.inl"], num["nonideal.gain"], num["nonideal.capacitor"]
    n = 2**bits
    servers = {"flash": n - 1, "hybrid": 2**f_bits - 1}.get(kind, 1)

    def flash(k):
        if kind == "flash":
            return k
        m, rest = divmod(k, 2 ** max(bits - f_bits, 0))
        return m if kind == "hybrid" and rest == 0 else None

    def server(t, m):
        if v["readout.network"] == "pair":
            return t ^ 1
        if v["readout.network"] == "ring":
            return (t + (m or 1)) % tiles
        return tiles - servers + (m - 1 if m else t % servers)

    def lines(t, lane, k):
        m = flash(k)
        width, first = (cols, 0) if m else (cols // adcs, lane * (cols // adcs))
        w = [65536 + near(cap * g(seed, 5, server(t, m) * cols + first + i, 0), 10**6) for i in range(width)]
        charged = low + k * lsb - (lsb // 2 if nearest else 0)
        total = sum(w[: min(width, rows)]) + 65536 * max(0, rows - width)
        return near((sum(w[:charged]) - 32768) * rows * grid, max(total, 1))

    def capacitors(ident):
        if v["nonideal.dac"] == "unary":
            c = [65536 + near(cap * g(seed, 4, ident, i), 10**6) for i in range(n)]
            return [sum(c[:k]) for k in range(n)], max(sum(c), 1)
        w = [2**j * 65536 + near(cap * near(g(seed, 4, ident, j) * isqrt(2 ** (j + 16)), 256), 10**6) for j in range(bits)]
        return [sum(w[j] for j in range(bits) if k >> j & 1) for k in range(n)], max(sum(w) + 65536, 1)

    out = []
    for t in range(tiles):
        for lane in range(adcs):
            ident = t * adcs + lane
            local = v["readout.reference"] == "local"
            level, total = capacitors(ident) if local and cap else (None, None)
            table = [0]
            for k in range(1, n):
                if local:
                    x = (low + k * lsb) * grid - (lsb * grid // 2 if nearest else 0)
                    if cap:
                        x += near((level[k] * n - k * total) * lsb * grid, total)
                else:
                    x = lines(t, lane, k)
                x += near(near(x * gain, 10**6) * g(seed, 2, ident, 0), 65536)
                bow = near(4 * k * (n - k) * 65536, n * n)
                x += near(near(near(inl * g(seed, 3, ident, 0), 65536) * bow, 65536) * grid, 1000)
                x += near(near(offset * g(seed, 1, ident, flash(k) or 0), 65536) * grid, 1000)
                table.append(max(-(2**23), min(2**23 - 1, x)))
            out += table * 4
    return "".join(f"{x & 0xFFFFFF:06x}\n" for x in out)


sys.stdout.write(tables(sys.stdin.read()))
