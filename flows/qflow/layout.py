"""Steps of flow-qflow that no tool of Debian does as it is needed. usage: layout.py COMMAND, with the numbers of the block in a JSON file "job.json":
  cel       netlist.json -> TOP.cel for graywolf
  place     graywolf's TOP.pl1 -> buffer trees, rows, power: TOP_unroute.def, layout.v, schematic.spice, TOP.obs, place.json
  spef      qrouter's TOP_route.rc -> layout.spef
  hold      sta's list of violated end points -> hold.json, read by `place`: a list of rounds
  measure   TOP_route.def -> measure.json: wire, vias, cells
SPDX-License-Identifier: Apache-2.0"""
import json
import os
import re
import sys

import lef as reader
import netlist
import parasitics
import physical
import trees
import windows


def load():
    with open("job.json", encoding="utf-8") as f:
        job = json.load(f)
    lef = reader.Lef(job["lef"])
    for part, what in (("layers", "no routing layer"), ("macros", "no cell"), ("vias", "no default via"), ("site", "no site")):
        if not getattr(lef, part):
            raise SystemExit(f"lef: {what} in {' '.join(job['lef'])}")
    lib = reader.Liberty(*job["libs"])
    job.setdefault("fill", filler(lef))
    buffers = [b for b in lib.buffers() if b[0] in lef.macros and lef.macros[b[0]].kind.startswith("CORE")]
    if not buffers:
        raise SystemExit(f"liberty: no cell of {job['libs'][0]} only repeats its input and is in the LEF file")
    plain = [b for b in buffers if not b[0].upper().startswith("CLK")] or buffers
    clocks = [b for b in buffers if b[0].upper().startswith("CLK")] or plain
    n = netlist.read("netlist.json", job["top"], lef, plain[0])
    return job, lef, lib, n, plain, clocks


def read_json(path, default):
    if not os.path.exists(path):
        return default
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def filler(lef):
    """the narrowest cell without signals: it closes the gaps of a row"""
    empty = sorted((m.width, m.name) for m in lef.macros.values() if m.kind.startswith("CORE") and m.width > 0 and "FILL" in m.name.upper()
                   and all(p.use in ("POWER", "GROUND") for p in m.pins.values()))
    if not empty:
        raise SystemExit("lef: no filler cell (a cell whose name has 'fill', with power pins only)")
    return empty[0][1]


def clock_nets(n, lib):
    nets = {}
    for c in n.cells.values():
        for pin, net in c.pins.items():
            if lib.clock(c.kind, pin) or (n.lef.macros[c.kind].kind == "BLOCK" and n.lef.macros[c.kind].pins[pin].use == "CLOCK"):
                nets[net] = nets.get(net, 0) + 1
    return nets


def command_cel():
    job, lef, lib, n, plain, clocks = load()
    skip = set(clock_nets(n, lib)) | {lef.power, lef.ground}
    ports = {name for name, _ in n.ports}
    for net, (_, sinks) in n.pins_of_nets().items():
        if len(sinks) > job["global_fanout"]:
            skip.add(net)
    physical.write_cel(n, skip, f"{n.top}.cel", lef, job["dbu"])
    print(f"{len(n.cells)} cells, {len(n.ports)} ports, nets that do not pull: {len(skip - ports)} inner, {len(skip & ports)} ports")


def command_place():
    job, lef, lib, n, plain, clocks = load()
    before = len(n.cells)
    floor = physical.Floor(lef, job["dbu"], job["margin"], job["density"], job["stripe_um"])
    physical.read_placement(floor, n, f"{n.top}.pl1")
    floor.macros = [(c.name, c.kind, 0, 0) for c in n.cells.values() if lef.macros[c.kind].kind == "BLOCK"]
    for name, _, _, _ in floor.macros:
        floor.where[name] = (0.0, len(floor.rows) * floor.height / 2)
    first = set(n.cells)
    report = {"clock_buffers": 0, "clock_levels": 0, "fanout_buffers": 0, "hold_buffers": 0}
    rounds = read_json("hold.json", [{}])

    def repair(hold):
        for sink, count in sorted(hold.items()):
            cell, _, pin = sink.partition("/")
            if cell in n.cells and pin in n.cells[cell].pins:
                trees.delay(n, floor.where, None, cell, pin, plain[0], "h", count)
                report["hold_buffers"] += count

    repair(rounds[0])
    clock = clock_nets(n, lib)
    for net, (drivers, sinks) in sorted(n.pins_of_nets().items()):
        inner = [s for s in sinks if s[0] is not None]
        if net in (lef.power, lef.ground):
            continue
        if net in clock:
            levels, made = trees.grow(n, floor.where, net, inner, clocks[0], job["clock_fanout"], "ck", True)
            report["clock_buffers"] += made
            report["clock_levels"] = max(report["clock_levels"], levels)
        elif len(inner) > job["fanout"]:
            report["fanout_buffers"] += trees.grow(n, floor.where, net, inner, plain[-1], job["fanout"], "t", False)[1]
    physical.insert(floor, n, [c for c in n.cells if c not in first])
    standing = set(n.cells)
    for hold in rounds[1:]:
        repair(hold)
    floor.late = read_json("late.json", {})
    floor.late.update((c, None) for c in n.cells if c not in standing and c not in floor.late)
    if None in floor.late.values():
        floor.busy = windows.metal(f"{n.top}_route.def", lef, job["dbu"], lef.layers[0].name)
    fillers, die, obstructions, area = physical.write_def(floor, n, clock, job["fill"], f"{n.top}_unroute.def")
    with open("late.json", "w", encoding="utf-8") as f:
        json.dump(floor.late, f)
    netlist.write_verilog(n, "layout.v")
    netlist.write_spice(n, fillers, "schematic.spice")
    with open(f"{n.top}.obs", "w", encoding="utf-8") as f:
        for r in obstructions:
            f.write("obstruction %.3f %.3f %.3f %.3f %s\n" % r)
    with open("names.txt", "w", encoding="utf-8") as f:
        for new, old in n.origin.items():
            f.write(f"{new} {old}\n")
    used = sum(floor.width(c.kind) * floor.height for c in n.cells.values() if lef.macros[c.kind].kind != "BLOCK")
    dbu2 = job["dbu"] ** 2
    report.update(cells=len(n.cells), netlist_cells=before, fillers=len(fillers), rows=len(floor.rows), die_um=[die[2] / job["dbu"], die[3] / job["dbu"]],
                  die_area_um2=die[2] * die[3] / dbu2, utilisation=used / area, nets=len(n.pins_of_nets()), macros=len(floor.macros))
    with open("place.json", "w", encoding="utf-8") as f:
        json.dump(report, f, indent=1)
    print(json.dumps(report))


def command_power():
    lef = reader.Lef(json.load(open("job.json", encoding="utf-8"))["lef"])
    print(lef.power, lef.ground)


def command_fill():
    print(filler(reader.Lef(json.load(open("job.json", encoding="utf-8"))["lef"])))


def command_par():
    """graywolf's parameters for a library that qflow has no technology of: pitches and widths alone, nothing is routed with them"""
    job = json.load(open("job.json", encoding="utf-8"))
    lef, unit = reader.Lef(job["lef"]), job["dbu"]
    layers = lef.layers[:4]
    u = lambda v: round(v * unit)
    print("RULES")
    for y in layers:
        print(f"  layer {y.name} 0.07 0.02 {'vertical' if y.vertical else 'horizontal'}")
    for a, b in zip(layers, layers[1:]):
        print(f"  via via{a.name}{b.name} {a.name} {b.name}")
    for y in layers:
        print(f"  width {y.name} {u(y.width)}\n  spacing {y.name} {y.name} {u(y.pitch - y.width)}")
    for a, b in zip(layers, layers[1:]):
        print(f"  width via{a.name}{b.name} {u(a.width)}\n  overhang via{a.name}{b.name} {a.name} 0\n  overhang via{a.name}{b.name} {b.name} 0")
    for a, b, c in zip(layers, layers[1:], layers[2:]):
        print(f"  spacing via{a.name}{b.name} via{b.name}{c.name} 0")
    px, py = u(layers[1].pitch), u(layers[0].pitch)
    print(f"""ENDRULES
*vertical_wire_weight : 1.0
*vertical_path_weight : 1.0
*padspacing : variable
*rowSep : 0.0 0
*track.pitch : {px}
*minimum_pad_space : {2 * px}
*gridX : {px}
*gridY : {py}
*gridOffsetX : 0
*gridOffsetY : 0
*graphics.wait : off
*last_chance.wait : off
*random.seed : 12345
TWMC*chip.aspect.ratio : 0.75
TWSC*feedThruWidth : {px} layer 1
TWSC*do.global.route : off
TWSC*ignore_feeds : true
TWSC*call_row_evener : true
TWSC*even_rows_maximally : true
GENR*row_to_tile_spacing: 1
GENR*flip_alternate_rows : 1""")


def command_estimate():
    """layout.spef before there are routes: half the perimeter of a net's pins at 0.2 fF per um and 0.3 ohm per um, in one lump"""
    job, lef, lib, n, plain, clocks = load()
    n, where = placed(True), {}
    with open(f"{n.top}_unroute.def", encoding="utf-8") as f:
        for line in f:
            m = re.match(r"- (\S+) (\S+) \+ PLACED \( (-?\d+) (-?\d+) \)", line)
            if m:
                where[m.group(1)] = (int(m.group(3)), int(m.group(4)))
    parasitics.estimate(n, where, job["dbu"], "layout.spef")


def placed(pins=False):
    """the netlist that was laid out, read back from layout.v (written by `place`)"""
    job = json.load(open("job.json", encoding="utf-8"))
    lef = reader.Lef(job["lef"])
    n = netlist.Netlist(job["top"], lef)
    with open("layout.v", encoding="utf-8") as f:
        for line in f:
            m = re.match(r"  (input|output) (?:\[(\d+):0\] )?(\w+);", line)
            if m:
                n.ports += [(f"{m.group(3)}[{i}]", m.group(1)) for i in range(int(m.group(2)) + 1)] if m.group(2) else [(m.group(3), m.group(1))]
                continue
            m = re.match(r"  (\w+) (\w+) \(\.", line)
            if m:
                found = dict(re.findall(r"\.(\w+)\(([^(){}]+)\)", line)) if pins else {}
                n.cells[m.group(2)] = netlist.Cell(m.group(2), m.group(1), {p: w for p, w in found.items() if not w.startswith("1'b")})
    return n


def command_spef():
    job = json.load(open("job.json", encoding="utf-8"))
    n = placed(True)
    lengths = {net: um for net, (um, _) in routes(f"{n.top}_route.def", job["dbu"]).items()}
    nets, lumps, total = parasitics.convert(f"{n.top}_route.rc", n, lengths, "layout.spef")
    if nets == 0 or lumps * 20 > nets:
        raise SystemExit(f"parasitics: the router's .rc file has {nets} nets and lacks {lumps} that are routed")
    print(f"@ nets {nets} lumps {lumps} pf {total:.4f}")


def routes(path, dbu):
    """net -> (um of wire, vias), out of '+ ROUTED layer ( x y ) ( x * ) ... [via] NEW ...'"""
    with open(path, encoding="utf-8") as f:
        words = re.search(r"\nNETS .*?\nEND NETS", f.read(), re.S).group(0).split()
    out, net, routed, wire, vias, x, y = {}, None, False, 0, 0, None, None
    i = 0
    while i < len(words):
        if words[i] == "-":
            net = words[i + 1].replace("<", "[").replace(">", "]")
            i += 1
        elif words[i] == "+":
            routed = words[i + 1] == "ROUTED"
            wire = vias = 0
        elif words[i] == ";":
            if routed:
                out[net] = (wire / dbu, vias)
            routed = False
        elif routed and words[i] in ("ROUTED", "NEW"):
            x = y = None
            i += 1  # the layer
        elif routed and words[i] == "(":
            nx, ny = (old if w == "*" else int(w) for w, old in zip(words[i + 1:i + 3], (x, y)))
            if x is not None:
                wire += abs(nx - x) + abs(ny - y)
            x, y = nx, ny
            i = words.index(")", i)
        elif routed:
            vias += 1
        i += 1
    return out


def command_measure():
    job = json.load(open("job.json", encoding="utf-8"))
    nets = routes(f"{job['top']}_route.def", job["dbu"])
    if not nets:
        raise SystemExit("measure: the router's DEF file has no routed net")
    out = {"wire_um": round(sum(n[0] for n in nets.values()), 2), "vias": sum(n[1] for n in nets.values()), "routed_nets": len(nets)}
    with open("measure.json", "w", encoding="utf-8") as f:
        json.dump(out, f)
    print(json.dumps(out))


def command_hold():
    """hold.log: '@ PIN SLACK' of hold.tcl; adds to hold.json. Prints the number of pins below the margin. Of a design routed in windows every repair after the first is a round of its
    own: its buffers go into gaps, and the routes stay."""
    job = json.load(open("job.json", encoding="utf-8"))
    n = placed()
    rounds = read_json("hold.json", [{}])
    if job["windows"] and os.path.exists(f"{job['top']}_route.def"):
        rounds.append({})
    hold = rounds[-1]
    count = 0
    with open("hold.log", encoding="utf-8") as f:
        for line in f:
            words = line.split()
            if len(words) != 3 or words[0] != "@" or "/" not in words[1]:
                continue
            count += 1
            slack = float(words[2])
            slack *= 1e9 if abs(slack) < 1e-6 else 1  # seconds in some versions
            hold[words[1]] = hold.get(words[1], 0) + max(1, round((job["hold_margin_ns"] - slack) / job["delay_ns"] + 0.5))
    with open("hold.json", "w", encoding="utf-8") as f:
        json.dump(rounds, f, indent=1)
    print(f"@ violated {count} buffers {sum(hold.values())}")


def main():
    commands = {k[8:]: v for k, v in globals().items() if k.startswith("command_")}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        raise SystemExit(f"usage: layout.py {'|'.join(commands)}")
    commands[sys.argv[1]]()


main()
