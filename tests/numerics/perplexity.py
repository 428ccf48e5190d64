# A whole model in numpy: perplexity over a text in floats, in int8 with the static scale between the Monarch stages (docs/numerics.md section 7; factors k out of
# the file), and in int8 with a scale per token there. Independent of the C code: its own reader, tokenizer, transformer, quantisers.
# usage: perplexity.py MODEL.safetensors TOKENIZER.bin TEXT [--heads N --kv-heads N --hidden N]; prints JSON.
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import struct

import numpy as np

QMAX = 127


def read_safetensors(path):
    with open(path, "rb") as f:
        n = struct.unpack("<Q", f.read(8))[0]
        head = json.loads(f.read(n))
        data = f.read()
    meta = head.pop("__metadata__", {})
    kinds = {"F32": np.float32, "I8": np.int8}
    t = {}
    for name, x in head.items():
        a, b = x["data_offsets"]
        t[name] = np.frombuffer(data[a:b], kinds[x["dtype"]]).reshape(x["shape"])
    for name in [n for n in t if n + ".scale" in t]:  # integers, one scale per row
        q = t[name].astype(np.float32)
        t[name] = (q.reshape(-1, q.shape[-1]) * t[name + ".scale"].reshape(-1, 1)).reshape(q.shape).astype(np.float32)
    return t, meta


def read_tokenizer(path, vocab):
    with open(path, "rb") as f:
        data = f.read()
    at, pieces, scores = 4, [], []
    for _ in range(vocab):
        score, n = struct.unpack_from("<fi", data, at)
        pieces.append(data[at + 8:at + 8 + n])
        scores.append(score)
        at += 8 + n
    return pieces, scores


def encode(pieces, scores, text):
    index = {}
    for i, p in enumerate(pieces):
        index.setdefault(p, i)
    out = [1, index[b" "]]
    for c in text:
        raw = c.encode()
        out += [index[raw]] if raw in index else [b + 3 for b in raw]
    while True:
        best = None
        for i in range(len(out) - 1):
            m = index.get(pieces[out[i]] + pieces[out[i + 1]], -1)
            if m >= 0 and (best is None or scores[m] > best[0]):
                best = (scores[m], i, m)
        if best is None:
            return out
        out[best[1]:best[1] + 2] = [best[2]]


def scale_of(x):
    s = (np.abs(x).max(-1, keepdims=True) / np.float32(QMAX)).astype(np.float32)
    return np.where(s > 0, s, np.float32(1)).astype(np.float32)


def quantise(x, s):
    return np.clip(np.rint((x / s).astype(np.float32)), -QMAX, QMAX).astype(np.int64)


def factor(f):
    s = 47
    while s > 1 and np.rint(f * 2.0 ** s) > 65535:
        s -= 1
    return int(np.rint(f * 2.0 ** s)), s


class Model:
    def __init__(self, t, meta, heads, kv_heads, hidden, mode):
        self.t, self.mode = t, mode
        self.dim = t["tok_embeddings"].shape[1]
        self.layers = t["attention_norm"].shape[0]
        self.heads = int(meta.get("n_heads", heads))
        self.kv = int(meta.get("n_kv_heads", kv_heads))
        self.hidden = int(meta.get("hidden", hidden))
        self.eps = float(meta.get("norm_eps", 1e-5))
        self.theta = float(meta.get("rope_theta", 10000))

    def outputs(self, name):
        return {"wk": self.dim // self.heads * self.kv, "wv": self.dim // self.heads * self.kv, "w1": self.hidden, "w3": self.hidden}.get(name, self.dim)

    def linear(self, layer, name, x):
        key = "layers.%d.%s" % (layer, name)
        n = self.outputs(name)
        if key in self.t:
            w = self.t[key]
            if self.mode == "float":
                return x @ w.T
            sx, sw = scale_of(x), scale_of(w)
            return (quantise(x, sx) @ quantise(w, sw).T) * sw.T.astype(np.float64) * sx
        R, L = self.t[key + ".R"], self.t[key + ".L"]
        b, br, p = R.shape
        r, s = br // b, L.shape[1]
        T = x.shape[0]
        pad = lambda v: np.concatenate([v, np.zeros((T, b * p - v.shape[1]), v.dtype)], 1).reshape(T, b, p)
        to_mid = lambda y: y.reshape(T, b, b, r).transpose(0, 2, 1, 3).reshape(T, b, br)  # y[k][l*r+j] -> mid[l][k*r+j]
        out = lambda z: z.transpose(0, 2, 1).reshape(T, s * b)[:, :n]                     # z[l][po] -> out[po*b+l]
        if self.mode == "float":
            mid = to_mid(np.einsum("tkp,kip->tki", pad(x), R))
            return out(np.einsum("tlm,lom->tlo", mid, L))
        sx = scale_of(x)
        sR, sL = scale_of(R), scale_of(L)  # [b, rows, 1]
        acc = np.einsum("tkp,kip->tki", pad(quantise(x, sx)), quantise(R, sR))
        if self.mode == "static":
            k = self.t[key + ".k"].astype(np.float64)  # per l
            y = np.empty_like(acc)
            for kk in range(b):
                for i in range(br):
                    M, sh = factor(float(sR[kk, i, 0]) / k[i // r])
                    y[:, kk, i] = np.clip((acc[:, kk, i] * M + (1 << (sh - 1))) >> sh, -QMAX, QMAX)
            mid, smid = to_mid(y), sx.astype(np.float64)[:, :, None] * k[None, :, None]
        else:  # a scale per token
            v = to_mid((acc * sR[:, :, 0] * sx[:, :, None]).astype(np.float32)).reshape(T, -1)
            smid = scale_of(v)
            mid, smid = quantise(v, smid).reshape(T, b, br), smid[:, :, None].astype(np.float64)
        acc = np.einsum("tlm,lom->tlo", mid, quantise(L, sL))
        return out(acc * sL[:, :, 0].astype(np.float64) * smid)

    def norm(self, x, g):
        return g * x / np.sqrt((x * x).mean(-1, keepdims=True) + self.eps)

    def rotate(self, v, size):
        T, n = v.shape
        v = v.reshape(T, n // size, size // 2, 2)
        angle = np.arange(T)[:, None] * self.theta ** (-np.arange(0, size, 2) / size)
        c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
        return np.stack([v[..., 0] * c - v[..., 1] * s, v[..., 0] * s + v[..., 1] * c], -1).reshape(T, n)

    def logits(self, tokens):
        t, size = self.t, self.dim // self.heads
        f = lambda layer, name, x: self.linear(layer, name, x.astype(np.float32)).astype(np.float32)
        x = t["tok_embeddings"][tokens]
        T = len(tokens)
        mask = np.triu(np.full((T, T), -np.inf), 1)
        for i in range(self.layers):
            h = self.norm(x, t["attention_norm"][i])
            q, k, v = self.rotate(f(i, "wq", h), size), self.rotate(f(i, "wk", h), size), f(i, "wv", h)
            a = np.empty((T, self.dim), np.float32)
            for head in range(self.heads):
                at, kv = slice(head * size, (head + 1) * size), head // (self.heads // self.kv) * size
                score = q[:, at] @ k[:, kv:kv + size].T / np.sqrt(size) + mask
                w = np.exp(score - score.max(-1, keepdims=True))
                a[:, at] = w / w.sum(-1, keepdims=True) @ v[:, kv:kv + size]
            x = x + f(i, "wo", a)
            h = self.norm(x, t["ffn_norm"][i])
            g = f(i, "w1", h)
            x = x + f(i, "w2", g / (1 + np.exp(-g)) * f(i, "w3", h))
        return self.norm(x, t["norm"]) @ t.get("output", t["tok_embeddings"]).T


def main():
    p = argparse.ArgumentParser()
    p.add_argument("model")
    p.add_argument("tokenizer")
    p.add_argument("text")
    p.add_argument("--heads", type=int, default=8)
    p.add_argument("--kv-heads", type=int, default=4)
    p.add_argument("--hidden", type=int, default=172)
    o = p.parse_args()
    t, meta = read_safetensors(o.model)
    pieces, scores = read_tokenizer(o.tokenizer, t["tok_embeddings"].shape[0])
    with open(o.text) as f:
        texts = [s.strip() for s in f.read().split("\n\n") if s.strip()]
    tokens = [encode(pieces, scores, s) for s in texts]
    result = {"tokens": sum(len(s) - 1 for s in tokens)}
    modes = ["float", "dynamic"] + (["static"] if any(n.endswith(".k") for n in t) else [])
    for mode in modes:
        m = Model(t, meta, o.heads, o.kv_heads, o.hidden, mode)
        nll = 0.0
        for s in tokens:
            z = m.logits(s[:-1]).astype(np.float64)
            z -= z.max(-1, keepdims=True)
            nll += (np.log(np.exp(z).sum(-1)) - z[np.arange(len(s) - 1), s[1:]]).sum()
        result[mode] = float(np.exp(nll / result["tokens"]))
    print(json.dumps(result))


main()
