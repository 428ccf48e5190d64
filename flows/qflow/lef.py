"""LEF and Liberty: what place and route needs of them. Lengths in micrometres, capacitances in pF.
SPDX-License-Identifier: Apache-2.0"""
import re


class Layer:
    def __init__(self, name):
        self.name, self.kind, self.vertical = name, "", False
        self.pitch = self.offset = self.width = self.spacing = 0.0


class Pin:
    def __init__(self, name):
        self.name, self.direction, self.use = name, "INPUT", "SIGNAL"
        self.rects = []  # (layer, x0, y0, x1, y1)

    def centre(self):
        """the middle of the largest rectangle"""
        rects = self.rects or [("", 0.0, 0.0, 0.0, 0.0)]
        r = max(rects, key=lambda q: (q[3] - q[1]) * (q[4] - q[2]))
        return r[0], (r[1] + r[3]) / 2, (r[2] + r[4]) / 2


class Macro:
    def __init__(self, name):
        self.name, self.kind, self.width, self.height = name, "CORE", 0.0, 0.0
        self.origin = (0.0, 0.0)
        self.pins = {}
        self.obstructions = []  # (layer, x0, y0, x1, y1)


class Lef:
    """layers (routing, bottom up), vias (default ones: lower layer -> name), pads ((via, layer) -> its metal x0, y0, x1, y1), macros, site (width, height)"""

    def __init__(self, files):
        self.layers, self.vias, self.pads, self.macros, self.site = [], {}, {}, {}, None
        self.power, self.ground = "vdd", "gnd"
        for f in files:
            self._read(f)
        names = [y.name for y in self.layers]
        first = {}
        for n, v in self.vias.items():
            if len(v) == 2:
                first.setdefault(min(v, key=names.index), n)
        self.vias = first
        for m in self.macros.values():
            for p in m.pins.values():
                if p.use == "POWER":
                    self.power = p.name
                elif p.use == "GROUND":
                    self.ground = p.name

    def _read(self, path):
        with open(path, encoding="utf-8") as f:
            text = re.sub(r"#[^\n]*", "", f.read())
        words = text.split()
        i = 0
        layer = macro = pin = via = None
        rect_layer = ""
        section = None
        while i < len(words):
            w = words[i]
            if w == "END":
                n = words[i + 1] if i + 1 < len(words) else ""
                if pin and n == pin.name:
                    pin, i = None, i + 1
                elif macro and n == macro.name:
                    macro, i = None, i + 1
                elif layer and n == layer.name:
                    layer, i = None, i + 1
                elif via and n == via[0]:
                    via, i = None, i + 1
                elif section and n == section:
                    section, i = None, i + 1
                elif section in ("OBS", "PORT"):
                    section = "PIN" if pin else None
            elif section in ("PROPERTYDEFINITIONS", "UNITS", "VIARULE", "SPACING"):
                pass
            elif macro is None and layer is None and via is None:
                if w == "LAYER":
                    layer = Layer(words[i + 1])
                    i += 1
                elif w == "MACRO":
                    macro = Macro(words[i + 1])
                    self.macros[macro.name] = macro
                    i += 1
                elif w.upper() == "VIA":
                    via = (words[i + 1], "DEFAULT" in words[i + 2:i + 4])
                    layers = []
                    i += 1
                elif w == "VIARULE":
                    section = words[i + 1]
                    i += 1
                    while words[i] != "END" or words[i + 1] != section:
                        i += 1
                    section, i = None, i + 1
                elif w == "SITE":
                    name = words[i + 1]
                    size = None
                    while words[i] != "END" or words[i + 1] != name:
                        if words[i] == "SIZE":
                            size = (float(words[i + 1]), float(words[i + 3]))
                        i += 1
                    i += 1
                    if size and (self.site is None or "core" in name.lower()):
                        self.site = size
                elif w in ("UNITS", "PROPERTYDEFINITIONS", "SPACING"):
                    while words[i] != "END":
                        i += 1
                    i += 1
            elif layer is not None:
                if w == "TYPE":
                    layer.kind = words[i + 1]
                    if layer.kind == "ROUTING" and layer not in self.layers:
                        self.layers.append(layer)
                elif w == "DIRECTION":
                    layer.vertical = words[i + 1] == "VERTICAL"
                elif w == "PITCH":
                    two = words[i + 2] != ";"  # x and y
                    layer.pitch = float(words[i + 2] if two and not layer.vertical else words[i + 1])
                elif w == "OFFSET":
                    layer.offset = float(words[i + 1])
                elif w == "WIDTH" and layer.width == 0:
                    layer.width = float(words[i + 1])
                elif w == "SPACING" and layer.spacing == 0:
                    layer.spacing = float(words[i + 1])
            elif via is not None:
                if w == "LAYER":
                    rect_layer = words[i + 1]
                elif w == "RECT":
                    self.pads[via[0], rect_layer] = tuple(float(q) for q in words[i + 1:i + 5])
                if w == "LAYER" and via[1] and words[i + 1] in [y.name for y in self.layers]:
                    layers.append(words[i + 1])
                    self.vias[via[0]] = layers
            elif pin is not None:
                if w == "DIRECTION":
                    pin.direction = words[i + 1]
                elif w == "USE":
                    pin.use = words[i + 1]
                elif w == "LAYER":
                    rect_layer = words[i + 1]
                elif w == "PORT":
                    section = "PORT"
                elif w == "RECT":
                    pin.rects.append((rect_layer, *(float(q) for q in words[i + 1:i + 5])))
            elif w == "CLASS":
                macro.kind = words[i + 1]
            elif w == "SIZE" and words[i + 2] == "BY":
                macro.width, macro.height = float(words[i + 1]), float(words[i + 3])
            elif w == "ORIGIN":
                macro.origin = (float(words[i + 1]), float(words[i + 2]))
            elif w == "PIN":
                pin = Pin(words[i + 1])
                macro.pins[pin.name] = pin
                i += 1
            elif w == "OBS":
                section = "OBS"
            elif section == "OBS" and w == "LAYER":
                rect_layer = words[i + 1]
            elif section == "OBS" and w == "RECT":
                macro.obstructions.append((rect_layer, *(float(q) for q in words[i + 1:i + 5])))
            i += 1


class Liberty:
    """pins: (cell, pin) -> {direction, capacitance, clock, max_capacitance, function}; area: cell -> area"""

    def __init__(self, *paths):
        self.pins, self.area = {}, {}
        for path in paths:
            self._read(path)

    def _read(self, path):
        cell = pin = None
        depth = cell_depth = pin_depth = 0
        with open(path, encoding="utf-8", errors="replace") as f:
            text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
        text = text.replace("\\\n", " ")
        for line in text.split("\n"):
            m = re.match(r'\s*(cell|pin)\s*\(\s*"?([^")]*)"?\s*\)', line)
            if m and "{" in line:
                if m.group(1) == "cell":
                    cell, cell_depth, pin = m.group(2).strip(), depth, None
                elif cell:
                    pin, pin_depth = m.group(2).strip(), depth
                    self.pins[cell, pin] = {}
            else:
                m = re.match(r'\s*(\w+)\s*:\s*"?([^";]*)"?\s*;', line)
                if m and cell:
                    if pin and depth == pin_depth + 1:
                        self.pins[cell, pin].setdefault(m.group(1), m.group(2).strip())
                    elif not pin and m.group(1) == "area" and depth == cell_depth + 1:
                        self.area[cell] = float(m.group(2))
            depth += line.count("{") - line.count("}")
            if pin and depth <= pin_depth:
                pin = None
            if cell and depth <= cell_depth:
                cell = None

    def clock(self, cell, pin):
        return self.pins.get((cell, pin), {}).get("clock") == "true"

    def buffers(self):
        """(cell, input, output) of every cell that only repeats its input, weakest first"""
        cells = {}
        for (c, p), a in self.pins.items():
            cells.setdefault(c, []).append((p, a))
        out = []
        for c, pins in cells.items():
            ins = [p for p, a in pins if a.get("direction") == "input"]
            outs = [(p, a) for p, a in pins if a.get("direction") == "output"]
            if len(ins) == 1 and len(outs) == 1 and outs[0][1].get("function", "").strip("() ") == ins[0] and "three_state" not in outs[0][1]:
                out.append((self.area.get(c, 0.0), c, ins[0], outs[0][0]))
        return [b[1:] for b in sorted(out)]
