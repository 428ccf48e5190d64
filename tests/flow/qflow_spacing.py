"""flow-qflow's own check of spacings, on a copy of the layout of adc. usage: qflow_spacing.py FLOW WORK, the emitted flow/qflow and the directory of a clean layout
SPDX-License-Identifier: Apache-2.0"""
import json
import os
import shutil
import sys

flow, work = (os.path.abspath(p) for p in sys.argv[1:3])
sys.dont_write_bytecode = True
sys.path.insert(0, flow)
import lef
import spacing
import windows

os.makedirs("spacing/windows")
for name in ("job.json", "route.head", "cim_adc_route.def"):
    shutil.copy(os.path.join(work, name), "spacing")
os.chdir("spacing")
with open("job.json", encoding="utf-8") as f:
    job = json.load(f)
die = windows.Die("cim_adc_route.def", lef.Lef(job["lef"]), job["dbu"])
die.enter_all()
layer = die.lef.layers[0]
low, gap, half = layer.name, round(layer.spacing * die.dbu), die.widths[layer.name] // 2
everything = lambda: {**die.wires, **die.fixed}
assert spacing.violations(die, everything()) == [], "what Magic finds clean is clean here"

net = next(n for n in sorted(die.wires) if len(die.nets[n]) == 2)
cell = next(c for c in sorted(die.cells) if die.cells[c][0] == "NAND2X1" and (c, "Y") not in die.nets[net])
owner = next(n for n, pins in die.nets.items() if (cell, "Y") in pins)
finger = max(die.pin_boxes([(cell, "gnd")]), key=lambda r: r[3] - r[1])
pin = die.pin_boxes([(cell, "Y")])[0]
clean = die.wires[net]


def near(x0, y0, x1, y1, box):
    """what `box` belongs to, if a wire of `net` from (x0, y0) to (x1, y1) is too near to it"""
    die.wires[net] = clean + [(low, 2 * half, x0, y0, x1, y1, None)]
    die.fresh = {net: die.wires[net]}
    return [v[3] for v in spacing.violations(die, die.fresh) if v[0] == net and v[4] == box]


def beside(away):
    return near(pin[2] + away + half, pin[1], pin[2] + away + half, pin[3], pin)


def below(away):
    return near(pin[0], pin[1] - away - half, pin[2], pin[1] - away - half, pin)


for where in beside, below:
    assert where(gap - 10) == [owner] and where(gap) == [], "0.1 um too near to the pin of another net, and just not"
middle = (finger[1] + finger[3]) // 2
assert near(finger[0] - 100, middle, finger[2] + 100, middle, finger) == ["gnd"], "across a finger of the ground pin inside a cell"

# taken out with the points of the grid blocked, and so is a piece that ties a pin to a rail; both are routed again, and all is clean
assert spacing.mend(die) > 0 and net not in die.wires and die.left[net] == die.nets[net]
assert die.blocked and all(at[0] == low and at[1] % die.px == 0 and at[2] % die.py == 0 for at in die.blocked)
tied = die.nets["vdd"][0]
piece = next(r for w in die.fixed["vdd"] for r in die.boxes([w]) if r[0] == low and windows.touch([r[1:]], die.pin_boxes([tied])))
before = len(die.fixed["vdd"])
die.forget_part("vdd", piece)
assert tied in die.left["vdd"] and len(die.fixed["vdd"]) < before
with open("route.head", encoding="utf-8") as head, open(os.path.join(flow, "route.tcl"), encoding="utf-8") as tail:
    assert windows.route(die, [max(die.box)], 1, head.read(), tail.read()) == 0
assert net in die.wires and not die.left["vdd"] and spacing.violations(die, everything()) == []
shut = die.write("check.def", (0, 0, *die.box[2:]), {}, [])
assert shut.count("obstruction") == len(die.blocked), shut
