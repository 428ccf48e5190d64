# The list of checks, and what several of them need: small helpers, awkward data.
# SPDX-License-Identifier: Apache-2.0
import numpy as np
from reference import code_range, slices

CHECKS = []


def check(name):
    def add(f):
        CHECKS.append((name, f))
        return f

    return add


def cells_of(code, bits, c, w):
    return [int(f(np.int64(w))) for _, f in slices(code, bits, c)]


def weights_of(parts):
    return [w for w, _ in parts]


def awkward_matrices(rng, ro, n_in, n_out=3):
    wl, wh = code_range(ro.weight_code, ro.weight_bits)
    xl, xh = code_range(ro.input_code, ro.input_bits)
    w = rng.integers(wl, wh + 1, (n_out, n_in))
    w[0] = wl
    x = np.stack([np.zeros(n_in, int), np.full(n_in, xl), np.full(n_in, xh), rng.integers(xl, xh + 1, n_in)])
    return w, x


def every_shape(weight_codes=("tc", "sm")):
    for n_in in (1, 3, 7, 33, 64, 65):
        for ib in (1, 2, 4, 7, 8):
            for wb in (1, 2, 4, 7, 8):
                for ic in ("tc", "sm"):
                    for wc in weight_codes:
                        for c in (1, 2):
                            yield n_in, ib, wb, ic, wc, c
