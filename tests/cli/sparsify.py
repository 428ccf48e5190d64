# Judges what `bitline sparsify --json` wrote, with numpy alone: reads both files by itself, multiplies the factors out by the formula of docs/numerics.md section 7,
# and compares the error of every layer with the singular values that numpy finds for its slices. Everything else must be the source's to the bit.
# usage: sparsify.py SOURCE RESULT JSON WANTED: an expression over total (of the JSON), form (layer -> form), error (layer -> error), shape (layer -> (b, r, p, s))
# SPDX-License-Identifier: Apache-2.0
import json
import struct
import sys

import numpy as np

LINEAR = ("wq", "wk", "wv", "wo", "w1", "w2", "w3")


def safetensors(data):
    n = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + n])
    meta = header.pop("__metadata__", {})
    body = data[8 + n :]
    return {k: np.frombuffer(body[slice(*t["data_offsets"])], "<f4").reshape(t["shape"]) for k, t in header.items()}, meta


def llama2c(data):
    dim, hidden, layers, heads, kv, vocab, seq = struct.unpack("<7i", data[:28])
    at, out = 28, {}

    def take(*shape):
        nonlocal at
        n = int(np.prod(shape))
        a = np.frombuffer(data, "<f4", n, at).reshape(shape)
        at += 4 * n
        return a

    side = dim // heads * kv
    out["tok_embeddings"] = take(vocab, dim)
    out["attention_norm"] = take(layers, dim)
    shapes = {"wq": (dim, dim), "wk": (side, dim), "wv": (side, dim), "wo": (dim, dim), "w1": (hidden, dim), "w2": (dim, hidden), "w3": (hidden, dim)}
    for name in LINEAR:
        if name == "w1":
            out["ffn_norm"] = take(layers, dim)
        for i, w in enumerate(take(layers, *shapes[name])):
            out[f"layers.{i}.{name}"] = w
    out["norm"] = take(dim)
    return out, {"n_heads": str(heads), "n_kv_heads": str(kv), "hidden": str(hidden), "seq_len": str(seq)}


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    return safetensors(data) if data[8:9] == b"{" and data[9:10] != b"\0" else llama2c(data)


def slices(w, b, p, s):
    """[l][k][po][i], zeros where there is no weight"""
    padded = np.zeros((s * b, b * p))
    padded[: w.shape[0], : w.shape[1]] = w
    return padded.reshape(s, b, b, p).transpose(1, 2, 0, 3)


def product(R, L, out, cols):
    """the dense matrix of the factors: y[k] = R[k] x[k], z[l] = L[l] concat_k y[k][l*r:(l+1)*r], out[po*b + l] = z[l][po]"""
    b, br, p = R.shape
    s, r = L.shape[1], br // b
    y = np.zeros((b, br, b * p))
    for k in range(b):
        y[k, :, k * p : (k + 1) * p] = R[k]
    m = np.zeros((s * b, b * p))
    for l in range(b):
        z = L[l].astype(float) @ np.concatenate([y[k, l * r : (l + 1) * r] for k in range(b)])
        m[np.arange(s) * b + l] = z
    return m[:out, :cols]


def relative(a, w):
    n = np.linalg.norm(w)
    return np.linalg.norm(a - w) / n if n else 0.0


def plprp(old, name, x):
    """M[po*b + l][i*b + k] = L_l[po][k] R_k[l][i], summed over the rank"""
    R, L = (old[name + s].astype(float) for s in (".R", ".L"))
    b, r = R.shape[0], R.shape[1] // R.shape[0]
    m = np.zeros((x["out"], x["in"]))
    for o in range(x["out"]):
        for c in range(x["in"]):
            k, i, l, po = c % b, c // b, o % b, o // b
            m[o, c] = L[l, po, k * r : (k + 1) * r] @ R[k, l * r : (l + 1) * r, i]
    return m


def layer(x, old, new):
    name = "layers." + x["layer"]
    w = old.get(name)
    w = w.astype(float) if w is not None else None if x["form"] == "factors" else plprp(old, name, x)
    if x["form"] == "dense":
        assert new[name].tobytes() == old[name].tobytes(), "a dense layer has changed"
    elif x["form"] == "factors":
        assert all(new[name + s].tobytes() == old[name + s].tobytes() for s in (".R", ".L")), "factors have changed"
    elif x["form"] == "expanded":
        assert np.allclose(new[name], plprp(old, name, x), rtol=1e-5, atol=1e-6), "not the P L P R P matrix"
    elif x["form"] == "block-diagonal":
        mask = np.arange(x["out"])[:, None] // x["s"] == np.arange(x["in"])[None, :] // x["p"]
        assert np.array_equal(new[name], np.where(mask, old[name], np.float32(0))), "not the blocks"
        assert abs(relative(new[name], w) - x["error"]) < 1e-6 and x["parameters_after"] == mask.sum()
    else:
        b, r, p, s = (x[k] for k in "brps")
        R, L = new[name + ".R"], new[name + ".L"]
        assert name not in new and R.shape == (b, b * r, p) and L.shape == (b, s, b * r), "shapes"
        tail = np.linalg.svd(slices(w, b, p, s), compute_uv=False)[..., r:]
        least = np.sqrt((tail**2).sum()) / np.linalg.norm(w)
        got = relative(product(R, L, *w.shape), w)
        assert abs(got - least) < 1e-6 and abs(got - x["error"]) < 1e-6, f"error {got}, said {x['error']}, least {least}"
        assert x["parameters_after"] == r * (b * w.shape[1] + -(-w.shape[1] // p) * w.shape[0])


def main():
    (old, old_meta), (new, meta) = read(sys.argv[1]), read(sys.argv[2])
    with open(sys.argv[3]) as f:
        said = json.load(f)
    for x in said["layers"]:
        try:
            layer(x, old, new)
        except AssertionError as e:
            sys.exit(f"{x['layer']}: {e}")
    rest = [k for k in old if not k.startswith("layers.")]
    assert sorted(rest) == sorted(k for k in new if not k.startswith("layers.")), "other tensors than before"
    assert all(old[k].tobytes() == new[k].tobytes() for k in rest), "a norm, the embedding or the head has changed"
    assert all(meta[k] == v for k, v in old_meta.items() if k in meta), f"{meta} of {old_meta}"
    by = {k: {x["layer"]: x[k] for x in said["layers"]} for k in ("form", "error", "b", "r", "p", "s")}
    shape = {n: tuple(by[k][n] for k in "brps") for n in by["b"]}
    if not eval(sys.argv[4], {"total": said["total"], "form": by["form"], "error": by["error"], "shape": shape}):
        sys.exit(f"not true: {sys.argv[4]}; {said['total']}")


if __name__ == "__main__":
    main()
