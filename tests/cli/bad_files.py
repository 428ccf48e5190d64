# Writes into the current folder the good and the hostile files that input_errors.sh hands to the program: checkpoints, tokenizers, arrays, texts.
# A file is named after what is wrong with it. Made with struct and json alone, so that nothing of the program is used to test it.
# SPDX-License-Identifier: Apache-2.0
import json
import random
import struct

rng = random.Random(7)
DIM, HIDDEN, LAYERS, HEADS, VOCAB, SEQ = 8, 12, 1, 2, 260, 16


def write(name, data):
    with open(name, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def floats(n):
    return struct.pack(f"<{n}f", *(rng.uniform(-1, 1) for _ in range(n)))


# ---- llama2.c


def v0(dim=DIM, hidden=HIDDEN, layers=LAYERS, heads=HEADS, kv=HEADS, vocab=VOCAB, seq=SEQ, body=True):
    head = struct.pack("<7i", dim, hidden, layers, heads, kv, vocab, seq)
    if not body:
        return head
    n = vocab * dim + layers * (2 * dim + 2 * dim * dim + 2 * dim * kv * dim // heads + 3 * dim * hidden) + dim + seq * (dim // heads)
    return head + floats(n)


good = v0()
write("tree2.json", json.dumps({"bits": 2, "root": 2, "left": [0, 0, 1, 0], "right": [0, 0, 3, 0]}))
write("tree-cut.json", '{"bits": 2,')
write("thresholds-short.txt", "000000\n")
write("v0.bin", good)
write("v0-short.bin", good[:27])
write("v0-cut.bin", good[:-1])
write("v0-long.bin", good + b"\0")
write("v0-2e64.bin", v0(dim=1 << 30, heads=1 << 28, kv=1, layers=1, seq=1, vocab=(1 << 31) - 1, hidden=(1 << 31) - 1, body=False))
write("v0-layers.bin", v0(layers=0, body=False))
write("v0-heads.bin", v0(heads=3, body=False))
write("v0-odd.bin", v0(dim=6, body=False))
write("v0-kv.bin", v0(heads=4, kv=3, body=False))
write("v0-seq.bin", v0(seq=(1 << 31) - 1, body=False))
write("v0-seq1.bin", v0(seq=1))
write("v0-vocab50.bin", v0(vocab=50))
nan = bytearray(good)
nan[28 + 4 * (VOCAB * DIM + DIM) : 32 + 4 * (VOCAB * DIM + DIM)] = struct.pack("<f", float("nan"))  # wq[0][0]
write("v0-nan.bin", bytes(nan))
at = 28 + 4 * (VOCAB * DIM + DIM + 4 * DIM * DIM + DIM + HIDDEN * DIM + 2 * HIDDEN + 3)  # w2[2][3]
write("v0-inf.bin", good[:at] + struct.pack("<f", float("-inf")) + good[at + 4 :])


def v2(group=4, shared=1, version=2, pad=0, **o):
    d = dict(dim=DIM, hidden=HIDDEN, layers=LAYERS, heads=HEADS, kv=HEADS, vocab=VOCAB, seq=SEQ, **o)
    return (struct.pack("<Ii7iBi", 0x616B3432, version, *d.values(), shared, group) + bytes([pad])).ljust(256, b"\0")


write("v2-cut.bin", v2()[:255])
write("v2-version.bin", v2(version=3))
write("v2-shared.bin", v2(shared=2))
write("v2-group0.bin", v2(group=0))
write("v2-group7.bin", v2(group=7))
write("v2-pad.bin", v2(pad=9))

# ---- safetensors


def raw(header, data=b"", length=None):
    if not isinstance(header, bytes):
        header = header.encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def st(tensors, meta=None):
    """tensors: name -> shape, all float32"""
    head, data = ({"__metadata__": meta} if meta else {}), b""
    for name, shape in tensors.items():
        n = 1
        for d in shape:
            n *= d
        head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + 4 * n]}
        data += floats(n)
    return raw(json.dumps(head), data)


META = {"n_heads": str(HEADS), "seq_len": str(SEQ)}
NORMS = {"tok_embeddings": [VOCAB, DIM], "norm": [DIM], "attention_norm": [LAYERS, DIM], "ffn_norm": [LAYERS, DIM]}
DENSE = {f"layers.0.{n}": [o, i] for n, o, i in (("wq", DIM, DIM), ("wk", DIM, DIM), ("wv", DIM, DIM), ("wo", DIM, DIM), ("w1", HIDDEN, DIM), ("w2", DIM, HIDDEN), ("w3", HIDDEN, DIM))}
MODEL = dict(NORMS, **DENSE)


def model(changes=None, meta=None, without=()):
    t = dict(MODEL, **(changes or {}))
    return st({k: v for k, v in t.items() if k not in without}, dict(META, **(meta or {})))


WQ = "layers.0.wq"
monarch = {WQ + ".R": [2, 4, 4], WQ + ".L": [2, 4, 4]}
write("st.safetensors", model())
write("st-monarch.safetensors", model(monarch, without=(WQ,)))
write("st-short.safetensors", raw("{}")[:7])
write("st-brace.safetensors", raw("[1]"))
write("st-length.safetensors", raw('{"a":1}', length=1 << 62))
write("st-json.safetensors", raw('{"a":}'))
write("st-twice.safetensors", raw('{"a":{},"a":{}}'))
write("st-deep.safetensors", raw('{"a":{"b":[[1]]}}'))
write("st-values.safetensors", raw('{"a":[' + "0," * (1 << 20) + "0]}"))
write("st-many.safetensors", raw("{" + ",".join(f'"t{i}":0' for i in range(4097)) + "}"))
write("st-metalist.safetensors", raw('{"__metadata__":[]}'))
write("st-metanumber.safetensors", raw('{"__metadata__":{"n_heads":2}}'))


def one(shape="[2]", offsets="[0,8]", dtype='"F32"', data=b"\0" * 8, more=""):
    return raw(f'{{"w":{{"dtype":{dtype},"shape":{shape},"data_offsets":{offsets}{more}}}}}', data)


write("st-extra.safetensors", one(more=',"x":1'))
write("st-dtype.safetensors", one(dtype='"F8_E4M3"'))
write("st-shape.safetensors", one(shape="2"))
write("st-negative.safetensors", one(shape="[-2]"))
write("st-overflow.safetensors", one(shape="[4294967296,4294967296]"))
write("st-offsets.safetensors", one(offsets="[0]"))
write("st-hole.safetensors", one(offsets="[4,12]"))
write("st-cut.safetensors", one(offsets="[0,8]", data=b"\0" * 7))
write("st-bytes.safetensors", one(shape="[3]"))
write("st-tail.safetensors", one(data=b"\0" * 9))
write("st-escape.safetensors", raw(b'{"\\u001b[31m\\n":{}}'))
write("st-nheads.safetensors", model(meta={"n_heads": "two"}))
write("st-eps.safetensors", model(meta={"norm_eps": "-1"}))
write("st-dim.safetensors", model(meta={"dim": "9"}))
write("st-unknown.safetensors", st(MODEL, {"seq_len": "16"}))
write("st-dims.safetensors", model({"tok_embeddings": [VOCAB, 2, 4]}))
write("st-zero.safetensors", model({"tok_embeddings": [VOCAB, 0]}))
write("st-nonorm.safetensors", model(without=("norm",)))
write("st-wq.safetensors", model({WQ: [DIM, DIM + 1]}))
write("st-factors.safetensors", model({WQ + ".R": [2, 4, 4], WQ + ".L": [2, 4, 3]}, without=(WQ,)))
write("st-blocks.safetensors", model({WQ + ".R": [2, 4, 3], WQ + ".L": [2, 4, 4]}, without=(WQ,)))
write("st-both.safetensors", model(monarch))
write("st-half.safetensors", model({WQ + ".R": [2, 4, 4]}, without=(WQ,)))
write("st-stray.safetensors", model({"layers.1.wq": [DIM, DIM]}))
write("st-bool.safetensors", raw('{"w":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}', b"\1\0"))
write("st-empty.safetensors", raw('{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'))
# Monarch factors whose quotient is beyond the requantiser: R of 3e38
write("st-huge.safetensors", model(monarch, without=(WQ,)))
with open("st-huge.safetensors", "r+b") as f:
    data = bytearray(f.read())
    at = 8 + struct.unpack("<Q", data[:8])[0] + json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])[WQ + ".R"]["data_offsets"][0]
    data[at : at + 128] = struct.pack("<32f", *[3e38] * 32)
    f.seek(0)
    f.write(data)


def retype(name, tensor, dtype, values, add=(), source=None):
    """model() with one tensor of another type and tensors of F32 beside it"""
    data = source or model()
    n = struct.unpack("<Q", data[:8])[0]
    old, body = json.loads(data[8 : 8 + n]), data[8 + n :]
    head, new = {"__metadata__": old.pop("__metadata__")}, b""
    for key, t in [*old.items(), *((k, {"dtype": "F32", "shape": [len(v)], "values": v}) for k, v in add)]:
        part = struct.pack(f"<{len(t['values'])}f", *t["values"]) if "values" in t else body[slice(*t["data_offsets"])]
        if key == tensor:
            part, t = struct.pack(f"<{len(values)}b", *values), dict(t, dtype=dtype)
        head[key] = {"dtype": t["dtype"], "shape": t["shape"], "data_offsets": [len(new), len(new) + len(part)]}
        new += part
    write(name, raw(json.dumps(head), new))


ints_wq = [i % 255 - 127 for i in range(DIM * DIM)]
retype("st-int-noscale.safetensors", WQ, "I8", ints_wq)
retype("st-int-scales.safetensors", WQ, "I8", ints_wq, [(WQ + ".scale", [1.0] * (DIM + 1))])
retype("st-int-scale0.safetensors", WQ, "I8", ints_wq, [(WQ + ".scale", [1.0] * (DIM - 1) + [0.0])])
retype("st-int-least.safetensors", WQ, "I8", ints_wq[:-1] + [-128], [(WQ + ".scale", [1.0] * DIM)])
retype("st-int-type.safetensors", WQ, "U8", ints_wq, [(WQ + ".scale", [1.0] * DIM)])
retype("st-int-float.safetensors", None, None, (), [(WQ + ".scale", [1.0] * DIM)])
retype("st-int-kout.safetensors", None, None, (), [(WQ + ".k_out", [float("inf")])])
retype("st-int-k.safetensors", None, None, (), [(WQ + ".k", [1.0, 1.0])])

# ---- tokenizers


def tokenizer(pieces, longest=7, score=0.0):
    return struct.pack("<I", longest) + b"".join(struct.pack("<fi", score, len(p)) + p for p in pieces)


pieces = [b"<unk>", b"\n<s>\n", b"\n</s>\n"] + [b"<0x%02X>" % i for i in range(256)] + [b" "]
write("tok.bin", tokenizer(pieces))
write("tok-short.bin", b"\1\0\0")
write("tok-longest.bin", tokenizer(pieces, longest=1 << 30))
write("tok-few.bin", tokenizer(pieces[:100]))
write("tok-cut.bin", tokenizer([b"a" * 7] * 253))
write("tok-score.bin", tokenizer(pieces, score=float("inf")))
write("tok-length.bin", tokenizer([b"a" * 8] + pieces[1:]))
write("tok-nul.bin", tokenizer([b"<u\0k>"] + pieces[1:]))
write("tok-tail.bin", tokenizer(pieces) + b"\0")
write("tok-nospace.bin", tokenizer(pieces[:-1] + [b"x"]))
write("tok50.bin", tokenizer([b" "] * 50))

# ---- texts

write("text.txt", "once upon a time\n\nthe end\n")
write("text-empty.txt", "")
write("text-blank.txt", " \n\t\n\n")
write("text-nul.txt", b"once\0upon\n")

# ---- arrays


def npy(header, data=b"", version=(1, 0), length=None):
    if not isinstance(header, bytes):
        header = header.encode()
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H", len(header) if length is None else length) + header + data


def array(shape, data, descr="<i4", fortran=False):
    return npy(f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n", data)


def ints(*v):
    return struct.pack(f"<{len(v)}i", *v)


write("w.npy", array((3, 7), ints(*range(-10, 11))))
write("x.npy", array((2, 7), ints(*range(14))))
write("x-cols.npy", array((2, 6), ints(*range(12))))
write("x-value.npy", array((1, 7), ints(0, 0, 0, 128, 0, 0, 0)))
write("w-value.npy", array((1, 7), ints(0, 0, -129, 0, 0, 0, 0)))
write("w-nan.npy", array((1, 7), struct.pack("<7f", 0, 1, float("nan"), 3, 4, 5, 6), "<f4"))
write("w-beyond.npy", array((1, 3), struct.pack("<3d", 0, 1e300, 1), "<f8"))
write("w-wide.npy", array((1, 1025), b"\1" * 1025, "|i1"))
write("w-big.npy", array((1, 65537), b"\0" * 65537, "|i1"))
write("npy-not.npy", "PK\x03\x04 something")
write("npy-version.npy", npy("{}", version=(3, 0)))
write("npy-header.npy", npy("{}", length=65535))
write("npy-nul.npy", npy(b"{'descr': '\0'}"))
write("npy-brace.npy", npy("('descr', '<i4')"))
write("npy-key.npy", npy("{'colour': '<i4'}"))
write("npy-missing.npy", npy("{'descr': '<i4', 'fortran_order': False, }"))
write("npy-comma.npy", npy("{'descr': '<i4' 'fortran_order': False}"))
write("npy-descr.npy", array((1, 2), b"\0" * 16, ">i8"))
write("npy-object.npy", array((1, 2), b"\0" * 16, "|O"))
write("npy-fortran.npy", array((1, 2), ints(1, 2), fortran=True))
write("npy-shape.npy", array(7, ints(1)))
write("npy-3d.npy", array((1, 1, 1), ints(1)))
write("npy-0d.npy", array("()", ints(1)))
write("npy-word.npy", array("(a,)", ints(1)))
write("npy-huge.npy", array("(99999999999999999999,)", ints(1)))
write("npy-zero.npy", array("(0, 7)", b""))
write("npy-gap.npy", array("(1 2)", ints(1, 2)))
write("npy-product.npy", array((1 << 62, 1 << 62), ints(1)))
write("npy-cut.npy", array((3, 7), ints(*range(20))))
write("npy-int64.npy", array((1, 2), struct.pack("<2q", 1, 1 << 60), "<i8"))

write("big.xml", "<!--" + "x" * (1 << 21) + "-->")
