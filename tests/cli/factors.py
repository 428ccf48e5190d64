# Calibrated factors in a model's file. `make SOURCE`: copies of a safetensors model with factors of every layer (full) and with some (some), and one with
# integers instead of floats (ints). `check MODEL STREAM LAYER [CALIBRATED]`: the requantisers at the head of a mapped layer's stream (docs/isa.md, PARAM: M and
# shift) are those of the model's weights and factors by docs/numerics.md sections 6 and 7, reckoned here with numpy. A factor that MODEL has not is the
# one of CALIBRATED, a stream of the same layer without any factors.
# SPDX-License-Identifier: Apache-2.0
import json
import struct
import sys

import numpy as np

TYPES = {"F32": np.dtype("<f4"), "I8": np.dtype("i1")}


def load(name):
    with open(name, "rb") as f:
        data = f.read()
    n = struct.unpack("<Q", data[:8])[0]
    head = json.loads(data[8 : 8 + n])
    meta = head.pop("__metadata__")
    return meta, {k: np.frombuffer(data[8 + n :][slice(*t["data_offsets"])], TYPES[t["dtype"]]).reshape(t["shape"]) for k, t in head.items()}


def save(name, meta, tensors):
    head, data = {"__metadata__": meta}, b""
    for k, a in tensors.items():
        head[k] = {"dtype": "I8" if a.dtype == np.int8 else "F32", "shape": list(a.shape), "data_offsets": [len(data), len(data) + a.nbytes]}
        data += a.tobytes()
    text = json.dumps(head).encode()
    with open(name, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def quantised(w):
    """rows of the last dimension: integers, scales"""
    top = np.abs(w).max(-1)
    s = np.where(top > 0, top / np.float32(127), np.float32(1)).astype(np.float32)
    return np.rint(w / s[..., None]).astype(np.int8), s


def make(source):
    meta, t = load(source)
    layers = sorted({".".join(k.split(".")[:3]) for k in t if k.startswith("layers.")})
    full, some, ints = dict(t), dict(t), dict(t)
    for i, name in enumerate(layers):
        k_out = np.array([0.05 + 0.01 * i], np.float32)
        full[name + ".k_out"] = k_out
        if not name.endswith("wk"):
            some[name + ".k_out"] = k_out
        if name + ".R" in t:
            full[name + ".k"] = np.array([0.02 + 0.003 * j for j in range(len(t[name + ".R"]))], np.float32)
        for part in ("", ".R", ".L"):
            if name + part in t:
                ints[name + part], s = quantised(t[name + part])
                ints[name + part + ".scale"] = s.reshape(-1)
    save("full.safetensors", meta, full)
    save("some.safetensors", meta, some)
    save("ints.safetensors", meta, ints)


def requantiser(f):
    for s in range(47, 0, -1):
        if np.rint(f * 2.0**s) <= 65535:
            return int(np.rint(f * 2.0**s)), s


def params(stream, n):
    with open(stream, "rb") as f:
        beats = struct.unpack(f"<{n}Q", f.read(8 * n))
    return sorted((b & 0xFFFF, b >> 16 & 63) for b in beats)


def check(model, stream, layer, calibrated=None):
    t = load(model)[1]
    name = "layers." + layer
    k_out = float(t[name + ".k_out"][0]) if name + ".k_out" in t else None
    if name in t:
        s = quantised(t[name])[1].astype(np.float64)
        want = [requantiser(f / k_out) for f in s] if k_out else params(calibrated, len(s))
    else:
        R, L, k = t[name + ".R"], t[name + ".L"], t[name + ".k"].astype(np.float64)
        sR, sL = quantised(R)[1].astype(np.float64), quantised(L)[1].astype(np.float64)
        b, r = len(R), R.shape[1] // len(R)
        want = [requantiser(sR[i, l * r + j] / k[l]) for i in range(b) for l in range(b) for j in range(r)]
        want += [requantiser(sL[l, o] * k[l] / k_out) for l in range(b) for o in range(L.shape[1])]
    got = params(stream, len(want))
    if got != sorted(want):
        sys.exit(f"{layer}: requantisers {got}, expected {sorted(want)}")


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    check(*sys.argv[2:])
