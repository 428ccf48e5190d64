#!/usr/bin/env python3
# The timing diagrams of docs/waves against the RTL. A diagram names its configuration, the matrix and vector that run, the clock in which it begins, and
# for each lane the signal it shows; the waveform of a run under Icarus (VCD) says what the lane must be.
#   "bitline": {"config": NAME, "set": [KEY=VALUE, ...], "w": [..], "x": [..], "args": [..], "begin": SIGNAL, "nth": N, "clocks": N}
#              begin: the N-th clock (0 is the first) in which SIGNAL goes to 1 is the diagram's first; "before": K clocks earlier
#   "rtl": SIGNAL[HI:LO]   of a lane; its first word stands for a place in the hierarchy (PLACES). One bit is drawn as a level, more as a bus
#   "show": SIGNAL         the lane is drawn where this is 1, and `x` elsewhere
#   "base": 2, 16          labels in this base (10 unless given)
#   "each": 1              a value of its own in every clock, also when it is the one before
# usage: diagrams.py ask FILE.json KEY                     prints what a shell needs of it
#        diagrams.py matrix FILE.json W.npy X.npy          writes the matrix and the vector
#        diagrams.py check FILE.json TRACE.vcd             one line per lane that differs, exit 1
#        diagrams.py record FILE.json TRACE.vcd            writes waves and data of the run into FILE.json
# SPDX-License-Identifier: Apache-2.0
import json
import re
import struct
import sys

TILE = "bl_bench.u_top.u_core.u_tiles.g_tile[%d].u_tile"
PLACES = {"top": "bl_bench.u_top", "core": "bl_bench.u_top.u_core", "tiles": "bl_bench.u_top.u_core.u_tiles", "tile": TILE % 0, "tile1": TILE % 1}


def place(name):
    """(path in the VCD, hi, lo); hi is None without a slice"""
    m = re.fullmatch(r"(\w+)\.([\w.\[\]]+?)(?:\[(\d+):(\d+)\])?", name)
    if not m or m.group(1) not in PLACES:
        sys.exit(f"'{name}' is no signal: PLACE.PATH with an optional [HI:LO], PLACE one of {' '.join(PLACES)}")
    return f"{PLACES[m.group(1)]}.{m.group(2)}", m.group(3) and int(m.group(3)), m.group(4) and int(m.group(4))


def read_vcd(path, wanted):
    """values of the wanted signals in every clock: what stood before its rising edge"""
    clock = "bl_bench.u_top.clk_i"
    scope, code, width = [], {}, {}
    with open(path, encoding="ascii") as f:
        for line in f:
            word = line.split()
            if line.startswith("$scope"):
                scope.append(word[2])
            elif line.startswith("$upscope"):
                scope.pop()
            elif line.startswith("$var"):
                name = ".".join(scope + [word[4]])
                if name == clock or name in wanted:
                    code[name], width[name] = word[3], int(word[2])
            elif line.startswith("$enddefinitions"):
                break
        for name in wanted:
            if name not in code:
                sys.exit(f"{path}: no signal '{name}'")
        value, change, clocks = {}, {}, []

        def settle():
            if change.get(code[clock]) == "1" and value.get(code[clock]) == "0":
                clocks.append({name: value.get(code[name], "x").rjust(width[name], "0" if value.get(code[name], "x")[0] in "01" else "x") for name in wanted})
            value.update(change)
            change.clear()

        for line in f:
            if line[0] == "#":
                settle()
            elif line[0] == "b":
                bits, c = line[1:].split()
                change[c] = bits
            elif line[0] in "01xz":
                change[line[1:].strip()] = line[0]
        settle()
    return clocks


def lanes(wave):
    for item in wave["signal"]:
        if isinstance(item, list):
            yield from lanes({"signal": item[1:]})
        elif "rtl" in item:
            yield item


def run(wave, path):
    """(wave, data) of every lane with a signal"""
    me = wave["bitline"]
    names = [me["begin"]] + [lane[k] for lane in lanes(wave) for k in ("rtl", "show") if k in lane]
    clocks = read_vcd(path, {place(n)[0] for n in names})

    def bit(clock, name):
        path_, hi, lo = place(name)
        text = clocks[clock][path_]
        if hi is None and len(text) > 1:
            sys.exit(f"'{name}' has {len(text)} bits: say which, [HI:LO]")
        return text if hi is None else text[len(text) - 1 - hi:len(text) - lo]

    starts = [n for n in range(1, len(clocks)) if bit(n, me["begin"]) == "1" and bit(n - 1, me["begin"]) != "1"]
    if me["nth"] >= len(starts):
        sys.exit(f"{path}: '{me['begin']}' goes to 1 {len(starts)} times, not {me['nth'] + 1}")
    first = starts[me["nth"]] - me.get("before", 0)
    if first + me["clocks"] > len(clocks):
        sys.exit(f"{path}: ends after {len(clocks) - first} of {me['clocks']} clocks")
    out = []
    for lane in lanes(wave):
        text, data, before = "", [], None
        _, hi, lo = place(lane["rtl"])
        bus = hi is not None and hi > lo
        for n in range(first, first + me["clocks"]):
            v = bit(n, lane["rtl"])
            hidden = "show" in lane and bit(n, lane["show"]) != "1"
            if hidden or set(v) - set("01"):
                v = "x"
            if v == before and not (bus and v != "x" and lane.get("each")):
                text += "."
            elif bus and v != "x":
                text += "="
                data.append(v if lane.get("base") == 2 else format(int(v, 2), "X" if lane.get("base") == 16 else "d"))
            else:
                text += v
            before = v
        out.append((lane, text, data))
    return out


def write(wave, path):
    """one lane a line"""
    def lane_text(item, indent):
        if isinstance(item, list):
            inner = ",\n".join(lane_text(i, indent + "  ") for i in item[1:])
            return f"{indent}[{json.dumps(item[0])},\n{inner}\n{indent}]"
        return indent + json.dumps(item)

    parts = ['  "signal": [\n' + ",\n".join(lane_text(i, "    ") for i in wave["signal"]) + "\n  ]"]
    parts += [f'  "{k}": {json.dumps(v)}' for k, v in wave.items() if k != "signal"]
    with open(path, "w", encoding="utf-8") as f:
        f.write("{\n" + ",\n".join(parts) + "\n}\n")


def npy(path, values):
    head = "{'descr': '|i1', 'fortran_order': False, 'shape': (%d, %d), }" % (len(values), len(values[0]))
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + b"".join(struct.pack("b", v) for row in values for v in row))


def main():
    what, path = sys.argv[1], sys.argv[2]
    with open(path, encoding="utf-8") as f:
        wave = json.load(f)
    if what == "ask":
        value = wave["bitline"].get(sys.argv[3], [])
        print(value if isinstance(value, str) else " ".join(value))
    elif what == "matrix":
        npy(sys.argv[3], wave["bitline"]["w"])
        npy(sys.argv[4], wave["bitline"]["x"])
    elif what in ("check", "record"):
        bad = 0
        for lane, text, data in run(wave, sys.argv[3]):
            if what == "record":
                lane["wave"] = text
                lane.pop("data", None)
                if data:
                    lane["data"] = data
            elif (text, data) != (lane.get("wave"), lane.get("data", [])):
                print(f"lane '{lane['name']}': drawn {lane.get('wave')} {' '.join(lane.get('data', []))}, seen {text} {' '.join(data)}")
                bad = 1
        if what == "record":
            for item in wave["signal"]:
                if isinstance(item, dict) and item.get("name") == "clk":
                    item["wave"] = "p" + "." * (wave["bitline"]["clocks"] - 1)
            write(wave, path)
        return bad
    return 0


sys.exit(main())
