# A Monarch model of one layer, dim 1024, b = 32 blocks, slice rank r = 1, with random weights: what a 1024 x 1024 layer needs, and a small vocabulary.
# Names and layouts: shared/models/SOURCES.md. usage: /usr/bin/python3 tests/models_monarch1024.py OUT.safetensors [DIM BLOCKS]
# SPDX-License-Identifier: Apache-2.0
import json
import struct
import sys

import numpy as np

VOCAB, HEADS = 64, 16
DIM, BLOCKS = (int(x) for x in (sys.argv[2:4] or (1024, 32)))
LINEAR = ("wq", "wk", "wv", "wo", "w1", "w3", "w2")  # hidden = dim, so all are 1024 x 1024


def tensors(rng):
    side = DIM // BLOCKS
    yield "tok_embeddings", rng.standard_normal((VOCAB, DIM))
    yield "norm", np.ones(DIM)
    yield "attention_norm", np.ones((1, DIM))
    yield "ffn_norm", np.ones((1, DIM))
    for name in LINEAR:
        # R [b, b*r, p], L [b, s, b*r]
        yield f"layers.0.{name}.R", rng.standard_normal((BLOCKS, BLOCKS, side)) / np.sqrt(side)
        yield f"layers.0.{name}.L", rng.standard_normal((BLOCKS, side, BLOCKS)) / np.sqrt(BLOCKS)


def main(path):
    header, data, at = {}, [], 0
    header["__metadata__"] = {"dim": str(DIM), "hidden": str(DIM), "n_layers": "1", "n_heads": str(HEADS), "n_kv_heads": str(HEADS), "vocab": str(VOCAB), "seq_len": "64",
                              "nblocks": str(BLOCKS), "norm_eps": "1e-05", "rope_theta": "10000"}
    for name, value in tensors(np.random.default_rng(7)):
        raw = value.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [at, at + len(raw)]}
        data.append(raw)
        at += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(data))


if __name__ == "__main__":
    main(sys.argv[1])
