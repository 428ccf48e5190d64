"""A flat netlist of standard cells and hard macros: read from Yosys' JSON, buffered, written as Verilog, SPICE and for graywolf.
Names are made new (u0, n0 ...): no tool of the flow stumbles over them; names.txt holds the old ones. Ports keep theirs.
SPDX-License-Identifier: Apache-2.0"""
import json


class Cell:
    def __init__(self, name, kind, pins):
        self.name, self.kind, self.pins = name, kind, pins  # pins: pin -> net name


class Netlist:
    """cells: name -> Cell in order; ports: list of (bit name 'a[3]', 'input'|'output'); nets are known by their pins"""

    def __init__(self, top, lef):
        self.top, self.lef = top, lef
        self.cells, self.ports, self.buses, self.origin = {}, [], [], {}
        self.serial = 0

    def output(self, cell, pin):
        return self.lef.macros[cell.kind].pins[pin].direction == "OUTPUT"

    def pins_of_nets(self):
        """net -> (drivers, sinks), each a list of (cell name or None for a port, pin or port)"""
        nets = {}
        for name, direction in self.ports:
            nets.setdefault(name, ([], []))[direction == "output"].append((None, name))
        for c in self.cells.values():
            for pin, net in c.pins.items():
                nets.setdefault(net, ([], []))[not self.output(c, pin)].append((c.name, pin))
        return nets

    def add(self, kind, pins, stem):
        self.serial += 1
        c = Cell(f"{stem}{self.serial}", kind, pins)
        self.cells[c.name] = c
        return c

    def net(self, stem):
        self.serial += 1
        return f"{stem}{self.serial}"


def read(path, top, lef, buffer):
    """buffer: (cell, input, output) that drives outputs which no cell drives alone"""
    with open(path, encoding="utf-8") as f:
        module = json.load(f)["modules"][top]
    n = Netlist(top, lef)
    const = {"0": lef.ground, "1": lef.power, "x": lef.ground, "z": lef.ground}
    names, doubles = {}, []
    for port, p in module["ports"].items():
        wide = len(p["bits"]) > 1 or module["netnames"].get(port, {}).get("offset", 0) != 0
        n.buses.append((port, p["direction"], len(p["bits"]) if wide else 0))
        for i, bit in enumerate(p["bits"]):
            name = f"{port}[{i}]" if wide else port
            n.ports.append((name, p["direction"]))
            if bit in names or bit in const:
                doubles.append((name, bit))
            else:
                names[bit] = name

    def net(bit):
        if bit in const:
            return const[bit]
        if bit not in names:
            names[bit] = f"n{len(names)}"
        return names[bit]

    for i, (old, c) in enumerate(sorted(module["cells"].items())):
        if c["type"] not in lef.macros:
            raise SystemExit(f"netlist: cell '{old}' is of type '{c['type']}', which no LEF file has")
        pins = {}
        for pin, bits in c["connections"].items():
            for k, bit in enumerate(bits):
                pins[pin if len(bits) == 1 and pin in lef.macros[c["type"]].pins else f"{pin}[{k}]"] = net(bit)
        missing = [p for p in pins if p not in lef.macros[c["type"]].pins]
        if missing:
            raise SystemExit(f"netlist: cell '{old}' of type '{c['type']}' has a pin '{missing[0]}', which the LEF file has not")
        n.cells[f"u{i}"] = Cell(f"u{i}", c["type"], pins)
        n.origin[f"u{i}"] = old
    for name, bit in doubles:
        n.add(buffer[0], {buffer[1]: net(bit), buffer[2]: name}, "ub")
    # pins that Yosys left open: outputs get a net of their own
    for c in n.cells.values():
        for pin, p in lef.macros[c.kind].pins.items():
            if pin not in c.pins and p.use not in ("POWER", "GROUND"):
                if p.direction != "OUTPUT":
                    raise SystemExit(f"netlist: input '{pin}' of cell '{n.origin.get(c.name, c.name)}' ({c.kind}) is not connected")
                c.pins[pin] = n.net("nc")
    return n


def write_verilog(n, path):
    def quote(net):
        return {n.lef.power: "1'b1", n.lef.ground: "1'b0"}.get(net, net)

    buses = {}
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"module {n.top}({', '.join(b[0] for b in n.buses)});\n")
        for name, direction, width in n.buses:
            f.write(f"  {direction} {f'[{width - 1}:0] ' if width else ''}{name};\n")
        ports = {name for name, _ in n.ports}
        for net in n.pins_of_nets():
            if net not in ports and net not in (n.lef.power, n.lef.ground):
                f.write(f"  wire {net};\n")
        for c in n.cells.values():
            pins, buses = [], {}
            for pin, net in c.pins.items():
                bare, _, index = pin.partition("[")
                if index:
                    buses.setdefault(bare, {})[int(index[:-1])] = quote(net)
                else:
                    pins.append(f".{pin}({quote(net)})")
            for bare, bits in buses.items():
                pins.append(f".{bare}({{{', '.join(bits[i] for i in sorted(bits, reverse=True))}}})")
            f.write(f"  {c.kind} {c.name} ({', '.join(pins)});\n")
        f.write("endmodule\n")


def write_spice(n, fill, path):
    """The schematic of LVS. Cells are black boxes with the pins of the LEF file; those of one kind are declared once. fill: names of filler cells -> kind."""
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"* {n.top}: the netlist that is laid out\n")
        pins = {}
        for kind in sorted({c.kind for c in n.cells.values()} | set(fill.values())):
            m = n.lef.macros[kind]
            pins[kind] = list(m.pins)  # the order of the LEF file is that of the extracted black boxes
            f.write(f".subckt {kind} {' '.join(pins[kind])}\n.ends\n")
        line = f".subckt {n.top} {n.lef.power} {n.lef.ground} " + " ".join(name for name, _ in n.ports)
        f.write(wrap(line))
        for c in n.cells.values():
            nets = [c.pins.get(p) or (n.lef.power if n.lef.macros[c.kind].pins[p].use == "POWER" else n.lef.ground) for p in pins[c.kind]]
            f.write(wrap(f"X{c.name} {' '.join(nets)} {c.kind}"))
        f.write(".ends\n")


def wrap(line):
    line = line.replace("[", "<").replace("]", ">")  # as DEF and therefore Magic name them
    out, row = [], ""
    for word in line.split():
        if row and len(row) + len(word) > 120:
            out.append(row)
            row = "+"
        row += (" " if row else "") + word
    return "\n".join(out + [row]) + "\n"
