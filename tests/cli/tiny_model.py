# Writes into the current folder a random dense and a random Monarch model with a tokenizer of 33 pieces, small enough for an 8 x 8 array, and greedy.json:
# the tokens that numpy draws behind the prompt "abba" in float32, by formulas written down here a second time.
# SPDX-License-Identifier: Apache-2.0
import json
import struct

import numpy as np

rng = np.random.default_rng(5)
DIM, HIDDEN, LAYERS, HEADS, KV, VOCAB, SEQ = 24, 33, 2, 3, 1, 33, 20
SIZE = DIM // HEADS
SHAPES = {"wq": (DIM, DIM), "wk": (SIZE * KV, DIM), "wv": (SIZE * KV, DIM), "wo": (DIM, DIM), "w1": (HIDDEN, DIM), "w2": (DIM, HIDDEN), "w3": (HIDDEN, DIM)}


def normal(*shape, scale=1.0):
    return (rng.standard_normal(shape) * scale).astype(np.float32)


def model(blocks):
    t = {"tok_embeddings": normal(VOCAB, DIM), "norm": normal(DIM), "attention_norm": normal(LAYERS, DIM), "ffn_norm": normal(LAYERS, DIM), "output": normal(VOCAB, DIM, scale=0.5)}
    for layer in range(LAYERS):
        for name, (o, i) in SHAPES.items():
            at = f"layers.{layer}.{name}"
            if blocks == 1:
                t[at] = normal(o, i, scale=0.3)
            else:
                t[at + ".R"], t[at + ".L"] = normal(blocks, blocks * 2, -(-i // blocks), scale=0.5), normal(blocks, -(-o // blocks), blocks * 2, scale=0.5)
    return t


def write(name, tensors):
    meta = {"n_heads": str(HEADS), "n_kv_heads": str(KV), "hidden": str(HIDDEN), "seq_len": str(SEQ)}
    head, data = {"__metadata__": meta}, b""
    for key, a in tensors.items():
        head[key] = {"dtype": "F32", "shape": list(a.shape), "data_offsets": [len(data), len(data) + a.nbytes]}
        data += a.tobytes()
    text = json.dumps(head).encode()
    with open(name, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def rmsnorm(x, g):
    return g * x / np.sqrt(np.mean(x * x) + 1e-5)


def rotate(v, pos):
    out = v.astype(np.float64).copy()
    for i in range(0, len(v), 2):
        a = pos * 10000.0 ** (-(i % SIZE) / SIZE)
        out[i], out[i + 1] = v[i] * np.cos(a) - v[i + 1] * np.sin(a), v[i] * np.sin(a) + v[i + 1] * np.cos(a)
    return out


def logits(t, tokens):
    """behind the last token; every position anew, in double"""
    keys, values = [[] for _ in range(LAYERS)], [[] for _ in range(LAYERS)]
    for pos, token in enumerate(tokens):
        x = t["tok_embeddings"][token].astype(np.float64)
        for n in range(LAYERS):
            w = {k: t[f"layers.{n}.{k}"].astype(np.float64) for k in SHAPES}
            h = rmsnorm(x, t["attention_norm"][n])
            q = rotate(w["wq"] @ h, pos)
            keys[n].append(rotate(w["wk"] @ h, pos))
            values[n].append(w["wv"] @ h)
            a = []
            for head in range(HEADS):
                s = np.array([q[head * SIZE : (head + 1) * SIZE] @ k for k in keys[n]]) / np.sqrt(SIZE)
                p = np.exp(s - s.max())
                a.append((p / p.sum()) @ np.array(values[n]))
            x = x + w["wo"] @ np.concatenate(a)
            h = rmsnorm(x, t["ffn_norm"][n])
            g = w["w1"] @ h
            x = x + w["w2"] @ (g / (1 + np.exp(-g)) * (w["w3"] @ h))
    return t["output"].astype(np.float64) @ rmsnorm(x, t["norm"])


dense = model(1)
write("dense.safetensors", dense)
write("monarch.safetensors", model(3))
write("huge.safetensors", dict(dense, norm=np.full(DIM, 3e38, np.float32)))
write("two.safetensors", {k: v[:2] if k in ("tok_embeddings", "output") else v for k, v in dense.items()})
pieces = [b"<unk>", b"<s>", b"</s>", b" "] + [bytes([97 + i]) for i in range(25)] + [b"\xff", b"ab", b" a", b"abc"]
assert len(pieces) == VOCAB
with open("tok.bin", "wb") as f:
    f.write(struct.pack("<i", 5) + b"".join(struct.pack("<fi", i / 10, len(p)) + p for i, p in enumerate(pieces)))

tokens = [1, 31, 5, 5, 4]  # BOS, " a", "b", "b", "a": "ab" is the worse merge
while len(tokens) < SEQ + 1:
    tokens.append(int(np.argmax(logits(dense, tokens))))
    assert tokens[-1] not in (1, 2), "mend this file: another seed"
with open("greedy.json", "w") as f:
    json.dump(tokens[5:], f)
