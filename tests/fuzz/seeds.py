#!/usr/bin/env python3
# First inputs of the fuzz targets: seeds.py DIR writes DIR/TARGET/NAME. Small valid files of every form a reader knows, and the known attacks on each format
# (lengths of 2^64 - 1, overlapping, repeated and descending offsets, products that overflow, duplicate keys, deep nesting, trailing bytes, NaN, negative
# counts, cut files). tests/fuzz/replay.sh runs them all, so that every attack is an input of `make test`.
# SPDX-License-Identifier: Apache-2.0
import glob
import json
import os
import struct
import sys

seeds = {}


def put(target, name, data):
    seeds[target, name] = data.encode() if isinstance(data, str) else data


def floats(n, first=0.125):
    return b"".join(struct.pack("<f", first * (i % 7 - 3) + 0.01) for i in range(n))


# ---- configurations

def config_seeds():
    for path in sorted(glob.glob("configs/*.xml")):
        put("config", os.path.basename(path)[:-4], open(path, "rb").read())
    full = open("configs/tiny.xml").read()
    put("config", "least", '<bitline name="a"/>')
    put("config", "overrides", "-s array.rows=16\n-s readout.bits=5\n-s array.rows=9\n<bitline name=\"a\"/>")
    put("config", "override-unknown", "-s array.rosw=16\n<bitline name=\"a\"/>")
    put("config", "override-no-value", "-s array.rows\n<bitline name=\"a\"/>")
    put("config", "override-not-utf8", b"-s name=\xff\xfe\n<bitline name=\"a\"/>")
    put("config", "empty", "")
    put("config", "no-name", "<bitline/>")
    put("config", "other-root", '<core name="a"/>')
    put("config", "namespace", '<b:bitline xmlns:b="urn:b" name="a"/>')
    put("config", "twice", '<bitline name="a"><array rows="8"/><array rows="9"/></bitline>')
    put("config", "attribute-twice", '<bitline name="a"><array rows="8" rows="9"/></bitline>')
    put("config", "text", '<bitline name="a">x<array>y</array></bitline>')
    put("config", "inner", '<bitline name="a"><array><rows>8</rows></array></bitline>')
    put("config", "doctype", '<!DOCTYPE bitline [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><bitline name="&b;"/>')
    put("config", "external", '<!DOCTYPE bitline SYSTEM "file:///etc/passwd"><bitline name="a"/>')
    put("config", "utf16", '<?xml version="1.0" encoding="UTF-16"?><bitline name="a"><array rows="7"/></bitline>'.encode("utf-16"))
    put("config", "comment", '<!-- <array rows="7"/> --><bitline name="a"><?x <array rows="7"/>?><array\n rows="7"/></bitline>')
    put("config", "cdata", '<bitline name="a"><![CDATA[<array rows="7"/>]]></bitline>')
    put("config", "deep", "<bitline>" + "<a>" * 300)
    put("config", "number", full.replace('rows="8"', 'rows="99999999999999999999"').replace('cols="8"', 'cols=" +8"'))
    put("config", "long", '<bitline name="' + "n" * 200 + '"/>')
    put("config", "character", '<bitline name="a&#0;b&#x10ffff;"/>')
    put("config", "near", '<bitline name="a"><arrya rows="8"/></bitline>')


# ---- safetensors

def tensor_file(tensors, meta=None, header=None, length=None, tail=b""):
    """tensors: (name, dtype, shape, bytes); header: text in place of the right one"""
    text, data = {}, b""
    if meta is not None:
        text["__metadata__"] = meta
    for name, dtype, shape, raw in tensors:
        text[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    h = (header if header is not None else json.dumps(text)).encode()
    return struct.pack("<Q", len(h) if length is None else length) + h + data + tail


def one(extra, dtype="F32", shape="[2]", offsets="[0,8]", data=b"\0" * 8, **how):
    return tensor_file([], header='{"a":{"dtype":"%s","shape":%s,"data_offsets":%s}%s}' % (dtype, shape, offsets, extra), tail=data, **how)


SIZES = {"F32": 4, "F16": 2, "BF16": 2, "I8": 1, "U8": 1, "I16": 2, "I32": 4, "I64": 8, "F64": 8, "BOOL": 1}
LINEAR = {"wq": ("d", "d"), "wk": ("k", "d"), "wv": ("k", "d"), "wo": ("d", "d"), "w1": ("h", "d"), "w2": ("d", "h"), "w3": ("h", "d")}


def number_data(dtype, n):
    if dtype in ("F32", "F64"):
        return b"".join(struct.pack("<f" if dtype == "F32" else "<d", 0.25 * (i % 5) + 0.5) for i in range(n))
    return bytes((i % 50) + 1 for i in range(n * SIZES[dtype]))


def model(form, dtype="F32", head=False, factors=False, layers=1, meta=None, d=4, h=4, vocab=3):
    size = {"d": d, "k": d, "h": h}
    t = [("attention_norm", "F32", [layers, d], floats(layers * d)), ("ffn_norm", "F32", [layers, d], floats(layers * d))]
    for layer in range(layers):
        for name, (o, i) in LINEAR.items():
            base, out, inp = f"layers.{layer}.{name}", size[o], size[i]
            if form == "dense":
                parts = [(base, [out, inp], out)]
            else:
                b = 2
                parts = [(base + ".R", [b, b, inp // b], b * b), (base + ".L", [b, out // b, b], out)]
            for n, shape, rows in parts:
                count = 1
                for x in shape:
                    count *= x
                t.append((n, dtype, shape, number_data(dtype, count)))
                if dtype == "I8":
                    t.append((n + ".scale", "F32", [rows], number_data("F32", rows)))
            if factors:
                if form != "dense":
                    t.append((base + ".k", "F32", [2], number_data("F32", 2)))
                t.append((base + ".k_out", "F32", [1], number_data("F32", 1)))
    t += [("norm", "F32", [d], floats(d)), ("tok_embeddings", "F32", [vocab, d], floats(vocab * d))]
    if head:
        t.append(("output", "F16", [vocab, d], number_data("F16", vocab * d)))
    t.sort(key=lambda x: x[0])
    return tensor_file(t, {"n_heads": "2", "seq_len": "8"} if meta is None else meta)


def safetensors_seeds():
    p = "safetensors"
    for form in ("dense", "monarch"):
        for dtype in ("F32", "I8", "BF16", "F64"):
            put(p, f"{form}-{dtype}", model(form, dtype, head=dtype == "F32", factors=dtype == "I8"))
    put(p, "two-layers", model("monarch", "F16", layers=2))
    put(p, "metadata", model("dense", meta={"dim": "4", "n_layers": "1", "vocab": "3", "n_heads": "2", "n_kv_heads": "2", "hidden": "4", "seq_len": "9", "norm_eps": "1e-6", "rope_theta": "5e5"}))
    put(p, "metadata-differs", model("dense", meta={"n_heads": "2", "seq_len": "8", "dim": "5"}))
    put(p, "metadata-no-text", model("dense", meta={"n_heads": 2}))
    put(p, "metadata-wrong", model("dense", meta={"n_heads": "0x2", "seq_len": "8", "norm_eps": "nan"}))
    put(p, "metadata-heads", model("dense", meta={"n_heads": "3", "seq_len": "99999999"}))
    put(p, "no-metadata", model("dense", meta={}))
    for dtype in SIZES:
        put(p, "type-" + dtype, one("", dtype, "[2]", "[0,%d]" % (2 * SIZES[dtype]), b"\x81" * (2 * SIZES[dtype])))
    put(p, "empty", "")
    put(p, "no-tensor", tensor_file([], header="{}"))
    put(p, "length-most", one("", length=2**64 - 1))
    put(p, "length-beyond", one("", length=10**6))
    put(p, "length-short", one("", length=20))
    put(p, "length-cap", one("", length=10**8 + 1))
    put(p, "no-brace", tensor_file([], header=" {}"))
    put(p, "overlap", one(',"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}', data=b"\0" * 12))
    put(p, "same-bytes", one(',"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'))
    put(p, "descending", tensor_file([], header='{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', tail=b"\0" * 8))
    put(p, "backwards", one("", offsets="[8,0]"))
    put(p, "hole", one(',"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}', data=b"\0" * 16))
    put(p, "trailing", one("", data=b"\0" * 9))
    put(p, "cut", one("", data=b"\0" * 7))
    put(p, "shape-more", one("", shape="[3]"))
    put(p, "shape-less", one("", shape="[1]"))
    put(p, "shape-huge", one("", shape="[1000000000000]"))
    put(p, "product", one("", shape="[4294967296,4294967296,4]"))
    put(p, "product-beside-zero", one("", shape="[0,4294967296,4294967296,4]", offsets="[0,0]", data=b""))
    put(p, "zero", one("", shape="[0]", offsets="[0,0]", data=b""))
    put(p, "scalar", one("", shape="[]", offsets="[0,4]", data=b"\0" * 4))
    put(p, "negative", one("", shape="[-2]"))
    put(p, "negative-offset", one("", offsets="[-8,0]"))
    put(p, "real", one("", shape="[2.0]"))
    put(p, "huge-number", one("", shape="[99999999999999999999]"))
    put(p, "dimensions", one("", shape="[1,1,1,1,1,1,1,1,2]"))
    put(p, "unknown-type", one("", dtype="F8_E4M3"))
    put(p, "extra-key", one(',"b":{"dtype":"F32","shape":[0],"data_offsets":[8,8],"x":1}'))
    put(p, "duplicate", one(',"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'))
    put(p, "deep", tensor_file([], header="{" + '"a":' + "[" * 100 + "]" * 100 + "}"))
    put(p, "many", tensor_file([], header="{" + ",".join('"%x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}' % i for i in range(60)) + "}"))
    put(p, "escape", tensor_file([], header='{"\\u0000\\ud800\\"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', tail=b"\0" * 8))
    put(p, "not-utf8", struct.pack("<Q", 6) + b'{"\xff":1')
    put(p, "nan", one("", data=struct.pack("<ff", float("nan"), float("-inf"))))
    wrong = model("dense", "I8")
    put(p, "scale-nan", wrong.replace(struct.pack("<f", 0.5), struct.pack("<f", float("nan"))))


# ---- llama2.c

def v0(dim=4, hidden=4, layers=1, heads=2, kv=1, vocab=3, seq=2, cut=0, tail=b""):
    head = dim // heads
    n = abs(vocab) * dim * (1 if vocab > 0 else 2) + (2 * layers + 1) * dim + layers * (2 * dim * dim + 2 * dim * head * kv + 3 * dim * hidden) + seq * (head // 2) * 2
    data = struct.pack("<7i", dim, hidden, layers, heads, kv, vocab, seq) + floats(n) + tail
    return data[:len(data) - cut]


def v2(dim=4, hidden=4, layers=1, heads=2, kv=2, vocab=4, seq=2, group=4, shared=1, version=2, pad=b"", tail=b""):
    kv_dim = dim // heads * kv
    tensors = [vocab * dim] + [n for n in (dim * dim, kv_dim * dim, kv_dim * dim, dim * dim, hidden * dim, hidden * dim, hidden * dim) for _ in range(layers)] + [vocab * dim] * (not shared)
    h = struct.pack("<Ii7iBi", 0x616B3432, version, dim, hidden, layers, heads, kv, vocab, seq, shared, group) + pad
    data = b"".join(bytes(i % 256 for i in range(n)) + floats(n // max(group, 1)) for n in tensors)
    return h + b"\0" * (256 - len(h)) + floats((2 * layers + 1) * dim) + data + tail


def header(*v):
    return struct.pack("<7i", *v)


def llama_seeds():
    p = "llama2c"
    put(p, "v0", v0())
    put(p, "v0-own-head", v0(vocab=-3))
    put(p, "v0-layers", v0(layers=2, hidden=6, heads=1))
    put(p, "v0-cut", v0(cut=1))
    put(p, "v0-trailing", v0(tail=b"\0"))
    put(p, "v2", v2())
    put(p, "v2-own-head", v2(shared=0))
    put(p, "v2-rows", v2(hidden=6, group=8))
    put(p, "v2-version", v2(version=1))
    put(p, "v2-group", v2(group=3))
    put(p, "v2-group-negative", v2(group=-1))
    put(p, "v2-shared", v2(shared=2))
    put(p, "v2-padding", v2(pad=b"\1"))
    put(p, "v2-header", v2()[:255])
    put(p, "v2-trailing", v2(tail=b"\0"))
    put(p, "empty", "")
    put(p, "header-only", header(4, 4, 1, 2, 1, 3, 2))
    put(p, "negative", header(-4, 4, 1, 2, 1, 3, 2))
    put(p, "zero-heads", header(4, 4, 1, 0, 1, 3, 2))
    put(p, "least-vocab", header(4, 4, 1, 2, 1, -2**31, 2))
    put(p, "overflow", header(2**31 - 2, 2**31 - 1, 2**31 - 1, 1, 1, 2**31 - 1, 1))
    put(p, "overflow-small", header(65536, 65536, 65536, 2, 1, 65536, 1))
    put(p, "sequence", header(4, 4, 1, 2, 1, 3, 2**31 - 1))
    put(p, "heads", header(5, 4, 1, 2, 1, 3, 2))
    put(p, "odd-head", header(6, 4, 1, 2, 1, 3, 2))
    put(p, "kv", header(12, 4, 1, 6, 4, 3, 2))
    put(p, "nan", v0().replace(struct.pack("<f", 0.01), struct.pack("<f", float("nan"))))
    put(p, "safetensors", model("dense"))


# ---- tokenizer: vocabulary, text, file

def tokenizer_file(pieces, longest=None, tail=b""):
    out = struct.pack("<i", max(len(x) for x, _ in pieces) if longest is None else longest)
    for text, score in pieces:
        out += struct.pack("<fi", score, len(text)) + text
    return out + tail


def tokenizer_seeds():
    base = [(b"<unk>", 0.0), (b"\n<s>\n", 0.0), (b"\n</s>\n", 0.0)]
    words = base + [(b" ", -1.0), (b"a", -2.0), (b"b", -3.0), (b"ab", -4.0), (b" a", -5.0), (b"aba", -4.5), (b"<0x41>", 0.0), (b"\xc3\xa9", -6.0), (b"abab", -1e11)]

    def add(name, text, data, vocab):
        put("tokenizer", name, bytes([vocab, len(text)]) + text + data)
    good = tokenizer_file(words)
    add("words", b"abab ab", good, len(words))
    add("empty-text", b"", good, len(words))
    add("utf8", "\u00e9\u20ac\U0001d11ea".encode() + b"\x80\x80\x80\x80\xff", good, len(words))
    add("vocabulary-more", b"a", good, len(words) + 1)
    add("vocabulary-less", b"a", good, len(words) - 1)
    add("vocabulary-none", b"a", good, 0)
    add("no-space", b"a", tokenizer_file(base), 3)
    add("longest-zero", b"a", tokenizer_file(words, 0), len(words))
    add("longest-less", b"a", tokenizer_file(words, 3), len(words))
    add("longest-most", b"a", tokenizer_file(words, 2**31 - 1), len(words))
    add("longest-4096", b"abab", tokenizer_file(words, 4096), len(words))
    add("score-nan", b"a", tokenizer_file(base + [(b" ", float("nan"))]), 4)
    add("nul", b"a", tokenizer_file(base + [(b" \0", 0.0)]), 4)
    add("equal", b"aa", tokenizer_file(base + [(b" ", 0.0), (b"a", 0.0), (b"a", 1.0), (b"aa", 0.0), (b"aa", 2.0)]), 8)
    add("length-negative", b"a", struct.pack("<i", 8) + struct.pack("<fi", 0.0, -1) + b"\0" * 20, 1)
    add("length-most", b"a", struct.pack("<i", 8) + struct.pack("<fi", 0.0, 2**31 - 1) + b"\0" * 20, 1)
    add("cut", b"a", good[:-1], len(words))
    add("trailing", b"a", good + b"x", len(words))
    add("short", b"a", b"\1\0", 1)
    bytes_ = base + [(b"<0x%02X>" % i, 0.0) for i in range(200)] + [(b" ", -1.0)]
    add("bytes", b"\x01\x7f\xc6\xc7", tokenizer_file(bytes_), len(bytes_))


# ---- thresholds: shape, file

def threshold_seeds():
    for shape in range(8):
        tables = (1 + (shape & 1)) * (1 + (shape >> 1 & 1)) * 4
        size = 2 << (shape >> 2 & 1)
        text = "".join("%06x\n" % (i % size * 16) for i in range(tables * size))
        put("thresholds", f"shape-{shape}", bytes([shape]) + text.encode())
    good = "".join("%06x\n" % (i % 2 * 16) for i in range(8))
    for name, text in {"upper": good.replace("000010", "FFFFF0"), "least": good.replace("000010", "800000"), "unsorted": good.replace("000010", "7fffff", 1),
                       "cut": good[:-1], "line-more": good + "000000\n", "byte-more": good + "\n", "entry-0": good.replace("000000", "000001", 1), "carriage": good.replace("\n", "\r\n"),
                       "sign": good.replace("000010", "-00010"), "blank": good.replace("000010", " 00010"), "short": good.replace("000010", "10"), "empty": "", "x": good.replace("000010", "0x0010")}.items():
        put("thresholds", name, b"\0" + text.encode())
    put("thresholds", "nul", b"\0" + good.replace("000010", "00\0010").encode())
    put("thresholds", "unsorted-4", b"\4" + "".join("%06x\n" % (0 if i % 4 == 0 else 0xFFFFFF - i % 4) for i in range(16)).encode())


# ---- programs: machine and registers, number of instructions, instructions, stream

END, LOOP, NEXT, IDX, PARAM, LOAD, XIN, ACT, OUT = range(1, 10)


def instr(op, flags=0, tile=(0, 1, 1), row=(0, 1, 1), col=(0, 1, 1), base=0, inner=1, inner_stride=1, outer=0, acc=0, count=1, bits=3, aset=0, slice0=0, nslice=1, lag=0, regs=0, channel=None):
    w1 = row[0] | row[1] << 10 | row[2] << 20 if channel is None else channel
    return struct.pack("<8I", op | flags << 4 | tile[0] << 8 | tile[1] << 16 | tile[2] << 24, w1, col[0] | col[1] << 10 | col[2] << 20, base | inner << 16, inner_stride | outer << 16,
                       acc | count << 16, bits | aset << 4 | slice0 << 8 | nslice << 12 | lag << 16, regs)


def program(machine, code, stream=b"", shape=None):
    # the most program memory and 64 words of activations, 8-bit two's complement numbers where nothing else is said
    return bytes([machine] + (shape or [15, 63, 31, 15, 0x3F, 0, 0, 0x80, 1, 2, 3, 1, 2, 0, 0])) + bytes([len(code)]) + b"".join(code) + stream


def program_seeds():
    p = "program"
    beats = b"".join(struct.pack("<Q", 0x0123456789ABCDEF * (i + 1) & 2**64 - 1) for i in range(40))
    for m, (rows, bits, slices) in enumerate([(8, 4, 8), (8, 4, 4), (70, 3, 8), (8, 3, 8), (9, 4, 8), (8, 1, 8), (8, 3, 8), (8, 4, 8), (8, 4, 8), (8, 2, 8), (8, 4, 8), (8, 4, 8), (8, 4, 8), (8, 3, 8)]):
        act = instr(ACT, 1, row=(0, 1, min(rows, 8)), col=(0, 1, slices), inner=8, bits=bits, nslice=slices)
        code = [instr(PARAM, channel=0, count=2), instr(LOAD, row=(0, 1, 8)), instr(XIN, count=8, inner=8), act, instr(OUT, 7, channel=0, inner=2, count=2, lag=1), instr(END)]
        put(p, f"machine-{m}", program(m, code, beats))
        put(p, f"machine-{m}-broken", program(m | 0x80, code, beats, [0x1F, 63, 31, 15, 0x3F, 0, 0, 0x80, 0, 0x82, 3, 1, 2, 0, 0]))
        shape = [15, 63, 31, 15, 0x1B, 3, 0x15, 0xAA, 9, 7, 0x85, 2, 1, 250, 3]
        put(p, f"machine-{m}-magnitudes", program(m, [x if x is not act else instr(ACT, 1, row=(0, 2, 3), col=(0, 1, 3), inner=3, bits=bits, nslice=3, aset=2) for x in code], beats, shape))
    loop = [instr(LOOP, count=3), instr(LOOP, count=2), instr(IDX, acc=1, count=0, regs=1 | 1 << 4), instr(NEXT), instr(NEXT), instr(XIN, count=4, inner=2, outer=3, regs=1), instr(END)]
    put(p, "loops", program(0, loop, beats))
    put(p, "loops-five", program(0, [instr(LOOP)] * 5 + [instr(END)]))
    put(p, "loop-zero", program(0, [instr(LOOP, count=0)]))
    put(p, "next-alone", program(0, [instr(NEXT)]))
    put(p, "loop-long", program(0, [instr(LOOP, count=65535)] * 4 + [instr(XIN, count=65535)] + [instr(NEXT)] * 4 + [instr(END)]))
    put(p, "no-end", program(0, [instr(IDX)] * 16))
    put(p, "nothing", program(0, []))
    put(p, "short-stream", program(0, [instr(LOAD, row=(0, 1, 8)), instr(END)], beats[:16]))
    put(p, "tile", program(1, [instr(LOAD, tile=(1, 1, 2))]))
    put(p, "row", program(0, [instr(LOAD, row=(7, 1, 2))]))
    put(p, "count-zero", program(0, [instr(OUT, channel=0, count=0)]))
    put(p, "stride-zero", program(0, [instr(LOAD, row=(0, 0, 2))]))
    put(p, "bits", program(0, [instr(ACT, bits=5)]))
    put(p, "slices", program(0, [instr(ACT, slice0=7, nslice=2, col=(0, 1, 2), bits=4)]))
    put(p, "serves", program(7, [instr(LOAD, tile=(1, 1, 1))]))
    put(p, "all-ones", b"\0" * 16 + bytes([4]) + b"\xff" * 128)
    for op in range(10, 16):
        put(p, f"op-{op}", program(0, [instr(op)]))


# ---- .npy

def npy_file(text, data=b"", major=1, length=None, magic=b"\x93NUMPY"):
    t = text.encode() if isinstance(text, str) else text
    n = len(t) if length is None else length
    return magic + bytes([major, 0]) + struct.pack("<H" if major == 1 else "<I", n) + t + data


def npy_seeds():
    p = "npy"

    def head(descr="'<f4'", order="False", shape="(2, 3)"):
        return "{'descr': %s, 'fortran_order': %s, 'shape': %s, }          \n" % (descr, order, shape)
    for descr, size in {"|i1": 1, "|u1": 1, "<i2": 2, "<u2": 2, "<i4": 4, "<u4": 4, "<i8": 8, "<f2": 2, "<f4": 4, "<f8": 8}.items():
        put(p, descr[1:], npy_file(head("'%s'" % descr), bytes((i * 7) % 256 for i in range(6 * size)) if descr != "<i8" else b"\1\0\0\0\0\0\0\0" * 6))
    put(p, "one", npy_file(head(shape="(5,)"), b"\0" * 20))
    put(p, "version-2", npy_file(head(), b"\0" * 24, major=2))
    put(p, "version-3", npy_file(head(), b"\0" * 24, major=3))
    put(p, "quotes", npy_file('{"shape":(1,),"fortran_order":False,"descr":"|i1"}', b"\0"))
    put(p, "i8-large", npy_file(head("'<i8'", shape="(1,)"), b"\xff" * 7 + b"\x7f"))
    put(p, "f2-special", npy_file(head("'<f2'", shape="(5,)"), struct.pack("<5H", 0x7C00, 0x7E01, 1, 0x8001, 0xFC00)))
    put(p, "fortran", npy_file(head(order="True"), b"\0" * 24))
    put(p, "object", npy_file(head("'|O'")))
    put(p, "fields", npy_file(head("[('a', '<f4')]")))
    put(p, "cut", npy_file(head(), b"\0" * 23))
    put(p, "trailing", npy_file(head(), b"\0" * 25))
    put(p, "overflow", npy_file(head(shape="(4294967296, 4294967296)")))
    put(p, "overflow-bytes", npy_file(head(shape="(9223372036854775807, 1)")))
    put(p, "huge", npy_file(head(shape="(99999999999999999999,)")))
    put(p, "negative", npy_file(head(shape="(-1,)")))
    put(p, "zero", npy_file(head(shape="(0,)")))
    put(p, "three", npy_file(head(shape="(1, 1, 1)"), b"\0" * 4))
    put(p, "none", npy_file(head(shape="()"), b"\0" * 4))
    put(p, "twice", npy_file("{'shape': (1,), 'shape': (2,), 'fortran_order': False}"))
    put(p, "key", npy_file("{'shape': (1,), 'x': 1}"))
    put(p, "nul", npy_file(head().replace("'<f4'", "'<f\x004'")))
    put(p, "header-beyond", npy_file(head(), length=65535))
    put(p, "header-2-beyond", npy_file(head(), major=2, length=2**32 - 1))
    put(p, "short", b"\x93NUMPY\2\0\0\0\0")
    put(p, "magic", npy_file(head(), magic=b"\x93NUMPZ"))


# ---- JSON files: kind, file

def json_seeds():
    p = "json"

    def add(kind, name, value):
        put(p, f"{kind}-{name}", kind.encode() + (value if isinstance(value, str) else json.dumps(value)).encode())
    tree = {"bits": 2, "root": 2, "left": [0, 0, 1, 0], "right": [0, 0, 3, 0]}
    add("t", "binary", tree)
    add("t", "chain", {"bits": 2, "root": 1, "left": [0, 0, 0, 0], "right": [0, 2, 3, 0]})
    add("t", "one", {"bits": 1, "root": 1, "left": [0, 0], "right": [0, 0]})
    add("t", "8", {"bits": 8, "root": 1, "left": [0] * 256, "right": [0] + [k + 1 for k in range(1, 255)] + [0]})
    add("t", "circle", dict(tree, right=[0, 2, 3, 0]))
    add("t", "bits", dict(tree, bits=9))
    add("t", "beyond", dict(tree, root=4))
    add("t", "short", dict(tree, left=[0, 0, 1]))
    add("t", "text", dict(tree, left=[0, 0, "1", 0]))
    add("t", "real", dict(tree, root=2.0))
    add("t", "huge", json.dumps(tree).replace('"root": 2', '"root": 99999999999999999999'))
    add("t", "twice", '{"bits":2,"bits":2}')
    add("t", "list", "[]")
    add("t", "deep", "[" * 3000)
    add("h", "counts", {"first": -2, "counts": [1, 2, 3, 0, 5]})
    add("h", "zero", {"first": 0, "counts": [0, 0]})
    add("h", "none", {"first": 0, "counts": []})
    add("h", "edge", {"first": 3072, "counts": [1]})
    add("h", "beyond", {"first": 3072, "counts": [1, 1]})
    add("h", "least", {"first": -9223372036854775808, "counts": [1]})
    add("h", "sum", {"first": 0, "counts": [9007199254740992, 1]})
    add("h", "negative", {"first": 0, "counts": [-1]})
    table = json.load(open("configs/cost/default.json"))
    add("c", "default", json.dumps(table, separators=(",", ":")))
    small = {"name": "a", "entries": {k: dict(v, source="s") for k, v in table["entries"].items()}}
    add("c", "small", json.dumps(small, separators=(",", ":")))
    add("c", "unknown", {"name": "a", "entries": {"cell_um3": {"value": 1, "unit": "um2", "source": "s"}}})
    add("c", "no-name", {"entries": {}})
    add("c", "no-entries", {"name": "a"})
    add("c", "no-object", {"name": "a", "entries": {"cell_um2": 1}})
    add("c", "list", "[]")
    add("c", "nothing", "")
    hash_ = "0123456789abcdef" * 4
    good = {"tool": "bitline", "config_sha256": hash_, "files": {"rtl/a.sv": hash_, "b": hash_}}
    add("m", "good", good)
    add("m", "root", dict(good, files={"/etc/passwd": hash_}))
    add("m", "up", dict(good, files={"a/../../b": hash_}))
    add("m", "blank", dict(good, files={"": hash_}))
    add("m", "hash", dict(good, config_sha256=hash_[1:]))
    add("m", "no-files", {"tool": "bitline", "config_sha256": hash_})
    add("m", "tool", dict(good, tool="x"))


# ---- fault files and bad-column files: machine and kind, file

def fault_seeds():
    p = "faults"
    for m in range(4):
        put(p, f"columns-{m}", bytes([m]) + b"# worn\ncolumn 0 3\n\n  column\t0 7 # both\r\ncolumn 0 3\n")
        put(p, f"columns-{m}-pairs", bytes([m | 8]) + b"column 0 1\ncolumn 0 6\n")
        put(p, f"faults-{m}", bytes([m | 4]) + b"cell 0 7 7 1\ncomparator 0 0 1 0\ncell 0 0 0 0")
    for name, text in {"word": "colum 0 1", "beyond": "column 9 1", "negative": "column -1 0", "huge": "column 0 99999999999999999999", "missing": "column 0", "more": "column 0 1 2",
                       "prefix": "columns 0 1", "nul": "column 0 1\n\0column", "empty": "", "sign": "column +0 1", "hexadecimal": "column 0x0 1", "full": "\n".join(f"column 0 {i}" for i in range(8))}.items():
        put(p, "columns-" + name, b"\0" + text.encode())
    for name, text in {"twice": "cell 0 1 1 0\ncell 0 1 1 1", "spare": "cell 0 0 12 1", "beyond": "cell 0 0 99 1", "value": "cell 0 0 0 2", "index": "comparator 0 0 0 1", "last": "comparator 0 0 15 1",
                       "word": "cells 0 0 0 0", "long": "cell " + "1" * 60 + " 0 0 0"}.items():
        put(p, "faults-" + name, b"\4" + text.encode())


def main():
    out = sys.argv[1]
    config_seeds()
    safetensors_seeds()
    llama_seeds()
    tokenizer_seeds()
    threshold_seeds()
    program_seeds()
    npy_seeds()
    json_seeds()
    fault_seeds()
    for (target, name), data in seeds.items():
        os.makedirs(os.path.join(out, target), exist_ok=True)
        with open(os.path.join(out, target, name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main()
