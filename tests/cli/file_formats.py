# What docs/ says of files, held against files that bitline wrote.
# usage: file_formats.py keys NAME.json ...                   every key of the JSON stands in `...` on some page
#        file_formats.py sources FILE.c ...                   and so does every key that a source writes into JSON
#        file_formats.py program PROGRAM.bin ASM.txt          PROGRAM.bin decoded by the table of docs/isa.md section 2 is what ASM.txt says
#        file_formats.py stream STREAM.bin ASM.txt            its length is what the instructions take
# SPDX-License-Identifier: Apache-2.0
import glob
import json
import re
import struct
import sys


def page_words():
    words = set()
    for name in glob.glob("docs/*.md"):
        with open(name, encoding="utf-8") as f:
            for code in re.findall(r"`([^`\n]+)`", f.read()):
                words.update(re.findall(r"\w+", code))
    return words


def keys(j):
    if isinstance(j, dict):
        for k, v in j.items():
            yield k
            yield from keys(v)
    elif isinstance(j, list):
        for v in j[:1]:
            yield from keys(v)


def check_keys(files):
    known, bad = page_words(), []
    for name in files:
        with open(name, encoding="utf-8") as f:
            bad += [f"{name}: key \"{k}\" is on no page of docs/" for k in keys(json.load(f)) if not set(re.findall(r"\w+", k)) <= known]
    return sorted(set(bad))


def check_sources(files):
    known, bad = page_words(), []
    for name in files:
        with open(name, encoding="utf-8") as f:
            text = f.read()
        keys_ = re.findall(r'json_object_set_new\([^;"]*?, "(\w+)"', text) + re.findall(r'\bput_\w+\(\w+, "(\w+)"', text)
        for call in re.findall(r'json_pack\(\s*"[^"]*"([^;]*);', text):
            keys_ += re.findall(r',\s*"(\w+)"\s*,', call)
        bad += [f"{name}: key \"{k}\" is on no page of docs/" for k in sorted(set(keys_)) if k not in known]
    return bad


def table():
    """of docs/isa.md section 2: fields, name -> (word, shift, width); the numbers of the instructions; the fields that each reads"""
    with open("docs/isa.md", encoding="utf-8") as f:
        text = f.read()
    section = text[text.index("## 2. Instructions"):text.index("## 3. ")]
    field = {}
    for word, bits, names in re.findall(r"^\| w(\d) \| ([^|]+) \| ([^|]+) \|$", section, re.M):
        spans = [tuple(int(n) for n in b.split(":")) for b in bits.split(", ")]
        if word == "7":
            named = ["r_" + n.strip() for n in names.removeprefix("index register of ").split(",")]
        else:
            named = [n.strip() for n in re.split("[:;]", re.sub(r"\([^)]*\)", "", names))[0].split(",")]
        for (hi, lo), name in zip(spans, named):
            field[name] = (int(word), lo, hi - lo + 1)
    ops = {int(n): op for n, op in re.findall(r"^\| (\d+) \| ([A-Z]+) \|", section, re.M)}
    reads = {}
    for names, fields in re.findall(r"^\| ([A-Z]+(?:, [A-Z]+)*) \| ([^|]+) \|$", section, re.M):
        for name in names.split(", "):
            reads[name] = set(re.findall(r"\w+", re.sub(r"\([^)]*\)", "", fields)))
    return field, ops, reads


def decode(path):
    field, ops, reads = table()
    with open(path, "rb") as f:
        data = f.read()
    if len(data) % 32:
        sys.exit(f"{path}: {len(data)} bytes are no instructions of 32")
    for at in range(0, len(data), 32):
        w = struct.unpack_from("<8I", data, at)
        i = {name: w[word] >> shift & (1 << width) - 1 for name, (word, shift, width) in field.items()}
        name = ops.get(i["op"], "?")
        # channel lies over row_start, and imm over acc_base: a field is read, or its bits are another's that is
        taken = [(w_, lo, n) for f, (w_, lo, n) in field.items() if f == "op" or f in reads.get(name, ())]
        i["other"] = [f for f, (w_, lo, n) in field.items() if i[f] and not any(w_ == t[0] and lo < t[1] + t[2] and t[1] < lo + n for t in taken)]
        i["name"] = name
        yield i


def plus(n, r):
    return f"{n}+r{r}" if r else f"{n}"


def as_text(i):
    """the parts of a line of the assembler text that stand for fields"""
    op = i["name"]
    tiles = f"tiles={plus(i['tile'], i['r_tile'])}:{i['tile_stride']}*{i['tile_count']}"
    rows = f"rows={plus(i['row_start'], i['r_row_start'])}:{i['row_stride']}*{i['row_count']}"
    cols = f"cols={plus(i['col_start'], i['r_col_start'])}:{i['col_stride']}*{i['col_count']}"
    pattern = [f"at={plus(i['base'], i['r_base'])}", f"inner={i['inner']}:{i['inner_stride']}", f"outer={i['outer_stride']}"]
    channel = f"channel={plus(i['channel'], i['r_channel'])}"
    acc = f"acc={plus(i['acc_base'], i['r_acc_base'])}"
    return {
        "END": [], "NEXT": [], "LOOP": [str(i["count"])], "IDX": [f"r{i['r_base']}", f"r{i['r_row_start']}", str(i["imm"])],
        "PARAM": [f"count={i['count']}", channel], "XIN": [f"count={i['count']}"] + pattern, "LOAD": [tiles, rows],
        "ACT": [tiles, rows, cols] + pattern + [acc, f"slices={i['slice0']}*{i['nslice']}", f"bits={i['bits']}", f"set={i['set']}"],
        "OUT": [f"count={i['count']}", tiles, acc, channel, f"lag={i['lag']}"],
    }.get(op, ["?"])


def check_program(binary, asm):
    with open(asm, encoding="ascii") as f:
        lines = [line.split(None, 1)[1].strip() for line in f]
    bad, program = [], list(decode(binary))
    if len(program) != len(lines):
        return [f"{binary}: {len(program)} instructions, {asm} has {len(lines)}"]
    for n, (i, line) in enumerate(zip(program, lines)):
        word = line.split()
        bad += [f"instruction {n}: '{line}' has no '{part}'" for part in [i["name"]] + as_text(i) if part not in word]
        bad += [f"instruction {n}: '{line}': {f} is {i[f]}, and {i['name']} does not read it" for f in i["other"]]
    return bad


def check_stream(binary, program, beats_per_row):
    """beats that PARAM, XIN and LOAD take, loops run"""
    code, at, loops, beats = list(decode(program)), 0, [], 0
    while code[at]["name"] != "END":
        i = code[at]
        beats += {"PARAM": i["count"], "XIN": (i["count"] + 7) // 8, "LOAD": i["row_count"] * beats_per_row}.get(i["name"], 0)
        if i["name"] == "LOOP":
            loops.append([at, i["count"]])
        elif i["name"] == "NEXT":
            loops[-1][1] -= 1
            if loops[-1][1]:
                at = loops[-1][0]
            else:
                loops.pop()
        at += 1
    with open(binary, "rb") as f:
        size = len(f.read())
    return [] if size == 8 * beats else [f"{binary}: {size} bytes, the program takes {beats} beats of 8"]


what, rest = sys.argv[1], sys.argv[2:]
found = check_keys(rest) if what == "keys" else check_sources(rest) if what == "sources" else check_program(*rest) if what == "program" else check_stream(rest[0], rest[1], int(rest[2]))
for line in found:
    print(line)
sys.exit(bool(found))
