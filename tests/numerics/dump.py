# Verifies what `bitline cosim --dump DIR` writes: accumulators, requantised values, factors, the permutation between Monarch stages.
# SPDX-License-Identifier: Apache-2.0
import glob
import json
import os
import tempfile

import numpy as np
from reference import Readout, code_range, factor, qrange, read_out, requantise, row_groups, slices


def same(got, want, what=""):
    got, want = np.asarray(got), np.asarray(want)
    if got.shape != want.shape or not np.array_equal(got, want):
        if got.shape == want.shape and got.ndim:
            at = tuple(int(v) for v in np.argwhere(got != want)[0])
            raise AssertionError(f"{what} at {at}: {got[at]}, expected {want[at]}")
        raise AssertionError(f"{what}: {got.tolist()}, expected {want.tolist()}")


def need(meta, key, where):
    for part in key.split("."):
        if not isinstance(meta, dict) or part not in meta:
            raise AssertionError(f"{where}: no key '{key}'")
        meta = meta[part]
    return meta


def load_meta(stem):
    with open(stem + ".meta.json", encoding="ascii") as f:
        return json.load(f)


def load_int(path):
    a = np.load(path, allow_pickle=False)
    assert a.dtype == np.int32 and a.ndim == 2 and a.flags["C_CONTIGUOUS"], f"{path}: {a.dtype}, {a.ndim} dimensions; expected int32, 2, C order"
    return a.astype(np.int64)


def recomputable(meta):
    """are ideal tables, without noise and draws, all that decided the codes (any order of asking then gives the same); keys that are not there say so"""
    r = meta["readout"]
    return r.get("kind", "sar") != "stochastic" and not r.get("noise", 0) and r.get("tables", "ideal") == "ideal"


def real_scale(meta):
    """numerics.md section 4: what a stochastic value stands for"""
    r = meta["readout"]
    return 2 ** r["bits"] / r["samples"] if r.get("kind") == "stochastic" else 1


def meta_readout(meta, name):
    fields = {k: need(meta, "readout." + k, name) for k in ("bits", "lsb", "low", "rounding", "resolution", "grid_bits")}
    return Readout(input_code=need(meta, "input_code.code", name), input_bits=need(meta, "input_code.bits", name), weight_code=need(meta, "weight_code.code", name),
                   weight_bits=need(meta, "weight_code.bits", name), cell_bits=need(meta, "weight_code.cell_bits", name), **fields)


def monarch_order(b, r):
    """channel k*b*r + l*r + j of stage R goes to input l*b*r + k*r + j of stage L"""
    return [l * b * r + k * r + j for k in range(b) for l in range(b) for j in range(r)]


def dump_stage(stem):
    """verifies one stage: LAYER or LAYER.R or LAYER.L"""
    name, meta = os.path.basename(stem), load_meta(stem)
    stage = name[-1] if name.endswith((".R", ".L")) else "dense"
    x, w, y, q = (load_int(f"{stem}.{part}.npy") for part in "xwyq")
    b, n_out, n_in = (need(meta, k, name) for k in ("blocks", "block_out", "block_in"))
    assert w.shape == (b * n_out, b * n_in) and x.shape[1] == w.shape[1], f"{name}: shapes x {x.shape} w {w.shape}, {b} blocks of {n_out} x {n_in}"
    assert y.shape == q.shape == (x.shape[0], w.shape[0]), f"{name}: shapes x {x.shape} w {w.shape} y {y.shape} q {q.shape}"
    ro = meta_readout(meta, name)
    for what, a, code, bits in (("x", x, ro.input_code, ro.input_bits), ("w", w, ro.weight_code, ro.weight_bits)):
        lo, hi = code_range(code, bits)
        assert a.min() >= lo and a.max() <= hi, f"{name}.{what}: {a.min()} .. {a.max()} is outside {code} of {bits} bits"
    inside = np.kron(np.eye(b, dtype=bool), np.ones((n_out, n_in), bool))
    assert not w[~inside].any(), f"{name}.w: not zero outside the blocks"
    if stage != "L":
        assert not x[:, need(meta, "layer_in", name) :].any(), f"{name}.x: padding is not zero"

    # sections 5 and 8: the accumulators
    n_mat, m_out, m_in = (need(meta, "partition." + k, name) for k in ("matrices", "matrix_out", "matrix_in"))
    assert (n_mat, m_out, m_in) in ((b, n_out, n_in), (1, b * n_out, b * n_in)), f"{name}: {n_mat} matrices of {m_out} x {m_in}"
    groups = [np.arange(a, z) for a, z in need(meta, "partition.row_groups", name)]
    same(np.concatenate(groups), np.arange(m_in), f"{name}: row groups")
    assert len({len(g) for g in groups[:-1]}) <= 1 and len(groups[-1]) <= len(groups[0]), f"{name}: row groups of unequal length"
    assert len(slices(ro.weight_code, ro.weight_bits, ro.c)) == need(meta, "partition.slices", name), f"{name}: slices"
    claimed = need(meta, "lossless", name)
    if recomputable(meta):
        assert claimed == all(ro.lossless(len(g)) for g in groups), f"{name}: lossless is {claimed}"
    if claimed:
        same(y, x @ w.T, f"{name}.y, integer matrix product")
    elif recomputable(meta):
        want = [read_out(ro, w[m * m_out : (m + 1) * m_out, m * m_in : (m + 1) * m_in], x[:, m * m_in : (m + 1) * m_in], groups=groups) for m in range(n_mat)]
        same(y, np.concatenate(want, axis=1), f"{name}.y, read-out")

    # sections 6 and 7: the requantiser and its factors
    M, s, (lo, hi) = need(meta, "M", name), need(meta, "shift", name), need(meta, "clamp", name)
    same((lo, hi), qrange(ro.input_code, ro.input_bits), f"{name}.clamp")
    scale, k, k_out = need(meta, "scale_w", name), need(meta, "k", name), need(meta, "k_out", name)
    for channel in range(w.shape[0]):
        block, i = divmod(channel, n_out)
        f = {"R": lambda: scale[channel] / k[i // (n_out // b)], "L": lambda: scale[channel] * k[block] / k_out, "dense": lambda: scale[channel] / k_out}[stage]() * real_scale(meta)
        assert (M[channel], s[channel]) == factor(f), f"{name}: channel {channel} has M {M[channel]}, shift {s[channel]}; factor {f!r} gives {factor(f)}"
    same(q, requantise(y, M, s, lo, hi), f"{name}.q")

    # section 7: where the channels go
    to = {
        "R": lambda: monarch_order(b, n_out // b),
        "L": lambda: [o if o < meta["layer_out"] else -1 for o in (po * b + l for l in range(b) for po in range(n_out))],
        "dense": lambda: list(range(n_out)),
    }[stage]()
    same(need(meta, "permutation", name), to, f"{name}.permutation")


def dump_link(layer):
    """stage L reads what stage R's requantiser made, through the permutation"""
    b = need(load_meta(layer + ".R"), "blocks", layer)
    q, x = load_int(layer + ".R.q.npy"), load_int(layer + ".L.x.npy")
    moved = np.empty_like(q)
    moved[:, monarch_order(b, q.shape[1] // (b * b))] = q
    same(x, moved, "input of stage L")


def dump_checks(folder):
    stems = sorted(f[: -len(".meta.json")] for f in glob.glob(os.path.join(glob.escape(folder), "*.meta.json")))
    if not stems:
        raise AssertionError(f"'{folder}' holds no LAYER.meta.json")
    for stem in stems:
        yield f"dump {os.path.basename(stem)}", lambda stem=stem: dump_stage(stem)
    for stem in stems:
        if stem.endswith(".L"):
            yield f"dump {os.path.basename(stem)[:-2]}: R to L", lambda stem=stem: dump_link(stem[:-2])


def write_dump(folder, name, ro, x, blocks, scale, factors, to, extra):
    """a dump as `bitline cosim --dump` writes it; blocks [b][out][in]"""
    b, n_out, n_in = blocks.shape
    w = np.zeros((b * n_out, b * n_in), np.int64)
    for k in range(b):
        w[k * n_out : (k + 1) * n_out, k * n_in : (k + 1) * n_in] = blocks[k]
    y = np.concatenate([read_out(ro, blocks[k], x[:, k * n_in : (k + 1) * n_in]) for k in range(b)], axis=1)
    M, s = zip(*(factor(f) for f in factors))
    lo, hi = qrange(ro.input_code, ro.input_bits)
    q = requantise(y, M, s, lo, hi)
    for part, a in (("x", x), ("w", w), ("y", y), ("q", q)):
        np.save(os.path.join(folder, f"{name}.{part}.npy"), np.ascontiguousarray(a, np.int32))
    groups = row_groups(n_in, ro.rows)
    meta = {
        "lossless": all(ro.lossless(len(g)) for g in groups), "blocks": b, "block_out": n_out, "block_in": n_in,
        "input_code": {"code": ro.input_code, "bits": ro.input_bits}, "weight_code": {"code": ro.weight_code, "bits": ro.weight_bits, "cell_bits": ro.c},
        "readout": {"bits": ro.bits, "lsb": ro.lsb, "low": ro.low, "rounding": ro.rounding, "resolution": ro.resolution, "grid_bits": ro.F},
        "clamp": [int(lo), int(hi)], "M": M, "shift": s, "scale_w": scale, "permutation": to,
        "partition": {"matrices": b, "matrix_out": n_out, "matrix_in": n_in, "row_groups": [[int(g[0]), int(g[-1]) + 1] for g in groups],
                      "slices": len(slices(ro.weight_code, ro.weight_bits, ro.c))},
    }
    with open(os.path.join(folder, name + ".meta.json"), "w", encoding="ascii") as f:
        json.dump({**meta, **extra}, f)
    return q


def dump_failures(folder):
    bad = []
    for name, f in dump_checks(folder):
        try:
            f()
        except AssertionError as e:
            bad.append(f"{name}: {e}")
    return bad


def self_test():
    """a right dump is taken, one wrong number in any part of it is seen"""
    rng = np.random.default_rng(12)
    b, r, p, s, tokens, n_in, n_out = 3, 2, 5, 4, 3, 13, 10
    k, k_out = [0.5, 2.0, 3.0], 7.0
    for ro in (Readout(rows=8, input_bits=4, weight_bits=4), Readout(rows=3, input_bits=4, weight_bits=4, bits=2),
               Readout(rows=8, input_bits=4, weight_bits=4, weight_code="dif", low=-8, bits=5), Readout(rows=3, input_bits=4, weight_bits=4, weight_code="dif", low=-1, bits=2)):
        with tempfile.TemporaryDirectory() as d:
            extra = {"layer_in": n_in, "layer_out": n_out, "k": k, "k_out": k_out}
            x = rng.integers(-8, 8, (tokens, b * p))
            x[:, n_in:] = 0
            scale = rng.uniform(0.01, 0.1, b * b * r).tolist()
            q = write_dump(d, "0.wq.R", ro, x, rng.integers(-7, 8, (b, b * r, p)), scale, [v / k[n % (b * r) // r] for n, v in enumerate(scale)], monarch_order(b, r), extra)
            z = q.reshape(tokens, b, b, r).transpose(0, 2, 1, 3).reshape(tokens, -1)  # [k][l][j] -> [l][k][j]
            to = [po * b + l if po * b + l < n_out else -1 for l in range(b) for po in range(s)]
            scale = rng.uniform(0.01, 0.1, b * s).tolist()
            write_dump(d, "0.wq.L", ro, z, rng.integers(-7, 8, (b, s, b * r)), scale, [v * k[n // s] / k_out for n, v in enumerate(scale)], to, extra)
            write_dump(d, "m", ro, x, rng.integers(-7, 8, (1, 6, b * p)), [1.0] * 6, [1 / k_out] * 6, list(range(6)), {**extra, "layer_out": 6, "k": []})
            same(dump_failures(d), [])
            assert len(list(dump_checks(d))) == 4
            for file, where in (("0.wq.R.y", "0.wq.R.y"), ("0.wq.L.q", "0.wq.L.q"), ("0.wq.R.w", "0.wq.R.w"), ("0.wq.L.x", "input of stage L"), ("m.y", "m.y"), ("m.x", "m.y")):
                path = os.path.join(d, file + ".npy")
                a = np.load(path)
                broken = a.copy()
                if file.endswith(".w"):
                    broken[0, -1] = 1  # outside the blocks
                else:
                    at = np.argmax(np.abs(np.roll(broken[-1], 1) - broken[-1]))
                    broken[-1, at] = np.roll(broken[-1], 1)[at]
                np.save(path, broken)
                assert any(where in line for line in dump_failures(d)), f"a wrong {file} was not seen"
                np.save(path, a)
            for key, at, where in (("M", 1, "channel 1"), ("shift", 2, "channel 2"), ("permutation", 3, "permutation"), ("scale_w", 0, "channel 0"), ("clamp", 0, "clamp")):
                path = os.path.join(d, "0.wq.L.meta.json")
                with open(path, encoding="ascii") as f:
                    text = f.read()
                meta = json.loads(text)
                meta[key][at] += 1
                with open(path, "w", encoding="ascii") as f:
                    json.dump(meta, f)
                assert any(where in line for line in dump_failures(d)), f"a wrong {key} was not seen"
                with open(path, "w", encoding="ascii") as f:
                    f.write(text)
            same(dump_failures(d), [])
