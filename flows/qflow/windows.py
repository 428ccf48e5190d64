"""Routes a large die in pieces. usage: windows.py HEAD TAIL PROCESSES [SIZE_UM...]
qrouter copies its whole grid once per net, so its time grows with nets times area. Each pass cuts the die into windows of one size and routes the nets that lie inside
one. The last pass takes what is left on the whole die. Wires of nets inside a window, and all wires in the last pass, may be ripped up; the others are obstructions.
Reads TOP_unroute.def (as physical.py writes it) and, if it is there, before.def: a routed DEF file of nearly the same placement, whose wires are kept where net and
cells did not change. HEAD: qrouter commands before read_def, TAIL: those that route. Writes TOP_route.def and TOP_route.rc.
SPDX-License-Identifier: Apache-2.0"""
import bisect
import json
import os
import re
import subprocess
import sys
import time

import lef as reader
import spacing


class Die:
    def __init__(self, path, lef, dbu):
        self.lef, self.dbu = lef, dbu
        with open(path, encoding="utf-8") as f:
            self.text = f.read()
        self.top = re.search(r"\nDESIGN (\S+) ;", self.text).group(1)
        self.box = tuple(int(v) for v in re.search(r"DIEAREA \( (\S+) (\S+) \) \( (\S+) (\S+) \)", self.text).groups())
        self.tracks = re.findall(r"TRACKS ([XY]) \S+ DO \d+ STEP (\d+) LAYER (\S+) ;", self.text)
        self.px = min(int(s) for d, s, _ in self.tracks if d == "X")
        self.py = min(int(s) for d, s, _ in self.tracks if d == "Y")
        self.widths = {y.name: round(y.width * dbu) for y in lef.layers}
        self.cells = {}
        for name, kind, x, y, orient in re.findall(r"\n- (\S+) (\S+) \+ PLACED \( (\S+) (\S+) \) (\S+) ;", self.text):
            m = lef.macros[kind]
            self.cells[name] = (kind, int(x), int(y), orient, round(m.width * dbu), round(m.height * dbu))
        self.pins = {}
        for name, body, x, y in re.findall(r"\n- (\S+) \+ NET \S+\n(  \+ LAYER [^\n]*)\n  \+ PLACED \( (\S+) (\S+) \) N ;", self.text):
            self.pins[name] = (body, int(x), int(y))
        self.nets = {name: re.findall(r"\( (\S+) (\S+) \)", body.partition("+")[0]) for name, body in nets_of(self.text, "NETS")}
        self.special = re.search(r"\nSPECIALNETS .*?END SPECIALNETS", self.text, re.S).group(0)
        self.power = {lef.power, lef.ground}
        self.left = {n: p for n, p in self.nets.items() if len(p) > 1 or n in self.power}  # what has no wires yet
        self.routes, self.stubs, self.rc, self.wires, self.spans = {}, {}, {}, {}, {}
        self.fresh, self.blocked = {}, set()  # net -> wires that spacing.py has not seen, (layer, x, y) of the grid that no wire may take
        self.fixed = {n: [] for n in self.power}  # wires that no pass may rip up
        for n, body in nets_of("\n" + self.special, "SPECIALNETS"):
            for layer, w, x, y, rest in re.findall(r"(?:FIXED|NEW) (\S+) (\d+) \( (\S+) (\S+) \) ([^\n]*)", body if n in self.power else ""):
                self.fixed[n].append(self.power_wire(layer, int(w), int(x), int(y), rest))
        for n in self.nets:
            self.measure(n)

    def power_wire(self, layer, w, x, y, rest):
        m = re.match(r"\( (\S+) (\S+) \) ?(\S*)", rest)
        x2, y2 = x if m.group(1) == "*" else int(m.group(1)), y if m.group(2) == "*" else int(m.group(2))
        return layer, w, x, y, x2, y2, m.group(3) or None

    def measure(self, net):
        """the box of a net's cells, ports and wires"""
        xs, ys = [], []
        for cell, pin in self.nets[net]:
            if cell == "PIN":
                xs.append(self.pins[pin][1]), ys.append(self.pins[pin][2])
            else:
                _, x, y, _, w, h = self.cells[cell]
                xs += [x, x + w]
                ys += [y, y + h]
        for _, _, a, b, c, d, _ in self.wires.get(net, ()):
            xs += [a, c]
            ys += [b, d]
        self.spans[net] = (min(xs), min(ys), max(xs), max(ys)) if xs else (0, 0, 0, 0)

    def write(self, path, box, nets, wires):
        """A DEF file of one window; nets: name -> pins; wires: obstructions. Returns qrouter commands. qrouter crashes on cells that leave its grid: the grid is wider by
        a cell on every side, and nothing is routed in that seam."""
        wide = -(-max(c[4] for c in self.cells.values()) // self.px) * self.px + 2 * self.px
        high = -(-max(c[5] for c in self.cells.values()) // self.py) * self.py + 2 * self.py
        x0, y0, x1, y1 = max(0, box[0] - wide), max(0, box[1] - high), min(self.box[2], box[2] + wide), min(self.box[3], box[3] + high)
        seams = [(x0, y0, box[0], y1), (box[2], y0, x1, y1), (x0, y0, x1, box[1]), (x0, box[3], x1, y1)]
        inside = lambda a, b, c, d: a <= x1 and c >= x0 and b <= y1 and d >= y0
        cells = [(n, c) for n, c in self.cells.items() if x0 <= c[1] and c[1] + c[4] <= x1 and y0 <= c[2] and c[2] + c[5] <= y1]
        # qrouter crashes on a port whose metal leaves the grid: it goes in as a wire
        near = [(n, p) for n, p in self.pins.items() if inside(p[1] - self.px, p[2] - self.py, p[1] + self.px, p[2] + self.py)]
        ports = {n: p for n, p in near if x0 < p[1] - self.px < p[1] + self.px < x1 and y0 < p[2] - self.py < p[2] + self.py < y1}
        with open(path, "w", encoding="utf-8") as f:
            f.write(f'VERSION 5.6 ;\nNAMESCASESENSITIVE ON ;\nDIVIDERCHAR "/" ;\nBUSBITCHARS "<>" ;\nDESIGN {self.top} ;\nUNITS DISTANCE MICRONS {self.dbu} ;\n\n')
            f.write(f"DIEAREA ( {x0} {y0} ) ( {x1} {y1} ) ;\n\n")
            for direction, step, layer in self.tracks:
                low, high = (x0, x1) if direction == "X" else (y0, y1)
                step = int(step)
                first = -(-low // step) * step
                f.write(f"TRACKS {direction} {first} DO {(high - first) // step + 1} STEP {step} LAYER {layer} ;\n")
            f.write(f"\nCOMPONENTS {len(cells)} ;\n")
            for n, (kind, x, y, orient, _, _) in cells:
                f.write(f"- {n} {kind} + PLACED ( {x} {y} ) {orient} ;\n")
            f.write(f"END COMPONENTS\n\nPINS {len(ports)} ;\n")
            for n, (body, x, y) in ports.items():
                f.write(f"- {n} + NET {n}\n{body}\n  + PLACED ( {x} {y} ) N ;\n")
            f.write(f"END PINS\n\nNETS {len(nets)} ;\n")
            for n, pins in nets.items():
                f.write(f"- {n}\n" + "".join(f"  ( {c} {p} )\n" for c, p in pins) + self.routed(n))
            f.write("END NETS\n\n")
            lines = []
            for n, (body, x, y) in near:
                if n not in ports:
                    layer, a, b, c, d = self.port(body)
                    lines.append(f"{layer} {d - b} ( {x + a} {y + (b + d) // 2} ) ( {x + c} {y + (b + d) // 2} )")
            for layer, w, a, b, c, d, via in wires:
                if not inside(min(a, c) - w, min(b, d) - w, max(a, c) + w, max(b, d) + w):
                    continue
                if via is None:
                    lo_x, hi_x = max(min(a, c), x0 - self.px), min(max(a, c), x1 + self.px)
                    lo_y, hi_y = max(min(b, d), y0 - self.py), min(max(b, d), y1 + self.py)
                    if lo_x <= hi_x and lo_y <= hi_y:
                        lines.append(f"{layer} {w} ( {lo_x} {lo_y} ) ( {hi_x} {hi_y} )")
                else:
                    lines.append(f"{layer} {w} ( {a} {b} ) ( * * ) {via}")
            f.write("SPECIALNETS 1 ;\n- wires_before\n+ FIXED " + "\n  NEW ".join(lines or [f"{self.tracks[0][2]} 1 ( {x0} {y0} ) ( {x0} {y0} )"]) + "\n ;\nEND SPECIALNETS\nEND DESIGN\n")
        shut = [(*s, layer) for s in seams if s[0] < s[2] and s[1] < s[3] for _, _, layer in self.tracks]
        shut += [(x - 1, y - 1, x + 1, y + 1, layer) for layer, x, y in sorted(self.blocked) if inside(x, y, x, y)]
        um = lambda v: v / self.dbu
        return "".join(f"obstruction {um(a):.3f} {um(b):.3f} {um(c):.3f} {um(d):.3f} {layer}\n" for a, b, c, d, layer in shut)

    def port(self, body):
        """layer and rectangle of a port around its place"""
        layer, *r = re.search(r"LAYER (\S+) \( (\S+) (\S+) \) \( (\S+) (\S+) \)", body).groups()
        return layer, *(int(v) for v in r)

    def routed(self, net):
        if net in self.power or not self.routes.get(net):
            return "  ;\n"
        return "+ ROUTED " + "\n  NEW ".join(self.routes[net]) + " ;\n"

    def enter(self, net, route, stub, pins):
        """a net has wires: those of `pins` of a power net, or all of a signal net"""
        routes, stubs = ([" ".join(piece.split()) for piece in re.split(r"\bNEW\b", text) if piece.strip()] for text in (route, stub))
        if net in self.power:
            wires = self.metal_of(routes, stubs)
            self.fixed[net] += wires
            self.routes.setdefault(net, []).extend(routes)
            self.stubs.setdefault(net, []).extend(stubs)
            self.fresh.setdefault(net, []).extend(wires)
            metal = [r[1:] for r in self.boxes(wires) if r[0] == self.lef.layers[0].name]
            taken = {p for p in pins if touch(self.pin_boxes([p]), metal)}  # qrouter says nothing of a power pin that it passes over
            self.left[net] = [p for p in self.left[net] if p not in taken]
            return
        self.routes[net], self.stubs[net] = self.prune(net, routes, stubs), stubs
        self.patch(net)
        self.wires[net] = self.fresh[net] = self.metal_of(self.routes[net], stubs)
        self.left.pop(net, None)
        self.measure(net)

    def metal_of(self, routes, stubs):
        return [w for text in routes for w in segments(text, self.widths, False)] + [w for text in stubs for w in segments(text, None, True)]

    def enter_all(self):
        """the wires of a DEF file that is routed already"""
        routes, stubs = routes_of(self.text, "NETS"), routes_of(self.text, "SPECIALNETS")
        for n in routes:
            self.enter(n, routes[n], stubs.get(n, ""), self.nets[n])
        self.fresh = {}

    def boxes(self, wires):
        """(layer, x0, y0, x1, y1) of wires; a via is a box on two layers"""
        out = []
        for layer, w, a, b, c, d, via in wires:
            if via is None:
                h = w // 2
                out.append((layer, min(a, c) - (h if a == c else 0), min(b, d) - (h if b == d else 0), max(a, c) + (h if a == c else 0), max(b, d) + (h if b == d else 0)))
            else:
                out += [(k, *(round(at + v * self.dbu) for at, v in zip((a, b, a, b), pad))) for (name, k), pad in self.lef.pads.items() if name == via and k in self.widths]
        return out

    def pin_boxes(self, pins):
        """(x0, y0, x1, y1) of the lowest layer's metal in pins of cells"""
        out = []
        for cell, pin in pins:
            if cell == "PIN":
                continue
            kind, x, y, orient, w, h = self.cells[cell]
            for layer, *r in self.lef.macros[kind].pins[pin].rects:
                a, b, c, d = (round(v * self.dbu) for v in r)
                if layer == self.lef.layers[0].name:
                    a, c = (w - c, w - a) if orient in ("FN", "S") else (a, c)
                    b, d = (h - d, h - b) if orient in ("FS", "S") else (b, d)
                    out.append((x + a, y + b, x + c, y + d))
        return out

    def prune(self, net, routes, stubs):
        """the routes without vias down to the lowest layer that meet no pin and no wire there: qrouter leaves one now and then, and its metal is below the least area"""
        low = self.lef.layers[0].name
        down = self.lef.vias[low]
        x0, y0, x1, y1 = (round(v * self.dbu) for v in self.lef.pads[down, low])
        wires = self.metal_of(routes, stubs)
        metal = self.pin_boxes(self.nets[net]) + [r[1:] for r in self.boxes([w for w in wires if w[6] is None]) if r[0] == low]
        metal += [(x - 1, y - 1, x + 1, y + 1) for _, x, y in (self.pins[p] for c, p in self.nets[net] if c == "PIN")]
        dead = {(x, y) for _, _, x, y, _, _, via in wires if via == down and not touch([(x + x0, y + y0, x + x1, y + y1)], metal)}
        kept = []
        for piece in routes:
            w = segments(piece, self.widths, False)
            if any(s[6] == down and s[2:4] in dead for s in w):
                if len(w) == 1:
                    continue
                piece = re.sub(r"\s" + re.escape(down) + r"\b", "", piece)
            kept.append(piece)
        return kept

    def patch(self, net):
        """fills the slits between a net's own wires that are narrower than its layer's least spacing: vias that are moved off the grid leave some"""
        layers, stubs = {}, self.stubs[net]
        for r in self.boxes(self.metal_of(self.routes[net], stubs)):
            layers.setdefault(r[0], set()).add(r[1:])
        for layer, boxes in layers.items():
            gap = next(round(y.spacing * self.dbu) for y in self.lef.layers if y.name == layer)
            boxes = sorted(boxes)
            for i, (a, b, c, d) in enumerate(boxes):
                for e, f, g, h in boxes[i + 1:]:
                    if e >= c + gap:
                        break
                    low, high, left, right = max(b, f), min(d, h), max(a, e), min(c, g)
                    if c < e and low < high:
                        stubs.append(f"{layer} {high - low} ( {c} {(low + high) // 2} ) ( {e} * )")
                    elif left < right and 0 < low - high < gap:
                        stubs.append(f"{layer} {right - left} ( {(left + right) // 2} {high} ) ( * {low} )")
        stubs[:] = dict.fromkeys(stubs)  # of wires that were kept the patches are there already

    def forget_part(self, net, box):
        """takes out the piece of a power net's wires that has the metal `box`, and what hangs on it"""
        pieces = [(False, text) for text in self.routes[net]] + [(True, text) for text in self.stubs[net]]
        wires = [self.metal_of([], [text]) if stub else self.metal_of([text], []) for stub, text in pieces]
        metal = [self.boxes(w) for w in wires]
        gone = {k for k, boxes in enumerate(metal) if box in boxes}
        edge = list(gone)
        while edge:
            k = edge.pop()
            more = {j for j, boxes in enumerate(metal) if j not in gone and any(p[0] == q[0] and touch([p[1:]], [q[1:]]) for p in metal[k] for q in boxes)}
            gone |= more
            edge += more
        self.routes[net] = [text for k, (stub, text) in enumerate(pieces) if not stub and k not in gone]
        self.stubs[net] = [text for k, (stub, text) in enumerate(pieces) if stub and k not in gone]
        removed = {w for k in gone for w in wires[k]}
        self.fixed[net] = [w for w in self.fixed[net] if w not in removed]
        low = [r[1:] for k in gone for r in metal[k] if r[0] == self.lef.layers[0].name]
        self.left[net] += [p for p in self.nets[net] if p not in self.left[net] and touch(self.pin_boxes([p]), low)]

    def forget(self, net):
        """a net that was ripped up"""
        for part in (self.routes, self.stubs, self.wires, self.rc, self.fresh):
            part.pop(net, None)
        self.left[net] = self.nets[net]
        self.measure(net)

    def take(self, stem, nets):
        """the routes of a window; nets that qrouter did not complete wait for the next pass. Of wires that it read and left alone it writes vias that are moved off the
        grid back onto it: such a net keeps what it had."""
        with open(stem + ".log", encoding="utf-8") as f:
            ripped = set(re.findall(r"^Ripping up blocking net (\S+)", f.read(), re.M))
        with open(stem + "_route.def", encoding="utf-8") as f:
            text = f.read()
        with open(stem + ".failed", encoding="utf-8") as f:
            failed = set(f.read().split())
        routes, stubs = routes_of(text, "NETS"), routes_of(text, "SPECIALNETS")
        fresh = {n for n in nets if n in self.left or n in ripped}
        for n, pins in nets.items():
            if n not in fresh:
                continue
            if n not in failed:
                self.enter(n, routes.get(n, ""), stubs.get(n, ""), pins)
            elif n not in self.power:
                self.forget(n)
        with open(stem + "_route.rc", encoding="utf-8") as f:
            for line in f:
                net = line.split(" ", 1)[0]
                if net in fresh and net not in failed:
                    self.rc[net] = line

    def keep(self, path, rc):
        """takes over the wires of an earlier layout for nets whose pins are the same and whose cells stand where they stood"""
        old = Die(path, self.lef, self.dbu)
        routes, stubs = routes_of(old.text, "NETS"), routes_of(old.text, "SPECIALNETS")
        lines = {}
        with open(rc, encoding="utf-8") as f:
            for line in f:
                lines[line.split(" ", 1)[0]] = line
        for n, pins in self.nets.items():
            same = old.nets.get(n) == pins and all(self.cells[c] == old.cells.get(c) if c != "PIN" else self.pins[p] == old.pins.get(p) for c, p in pins)
            if same and n in routes and n in self.left:
                self.enter(n, routes[n], stubs.get(n, ""), pins)
                if n in lines:
                    self.rc[n] = lines[n]
        self.fresh = {}

    def finish(self):
        out, names = [], {n for n, s in self.stubs.items() if s}
        head = re.match(r"(.*?\nNETS \d+ ;\n)", self.text, re.S).group(1)
        out.append(head)
        for name, pins in self.nets.items():
            out.append(f"- {name}\n" + "".join(f"  ( {c} {p} )\n" for c, p in pins))
            out.append("+ ROUTED " + "\n  NEW ".join(self.routes[name]) + " ;\n" if self.routes.get(name) else "  ;\n")
        out.append("END NETS\n\n")
        body = re.search(r"SPECIALNETS \d+ ;\n(.*?)END SPECIALNETS", self.special, re.S).group(1)
        out.append(f"SPECIALNETS {2 + len(names)} ;\n{body}")
        for name in sorted(names):
            out.append(f"- {name}\n+ ROUTED " + "\n  NEW ".join(self.stubs[name]) + " ;\n")
        out.append("END SPECIALNETS\nEND DESIGN\n")
        with open(f"{self.top}_route.def", "w", encoding="utf-8") as f:
            f.write("".join(out))
        with open(f"{self.top}_route.rc", "w", encoding="utf-8") as f:
            f.writelines(self.rc.values())


def touch(some, others):
    return any(a <= g and c >= e and b <= h and d >= f for a, b, c, d in some for e, f, g, h in others)


def metal(path, lef, dbu, layer):
    """boxes of the metal of one layer in a routed DEF file"""
    die = Die(path, lef, dbu)
    die.enter_all()
    return [r[1:] for wires in [*die.wires.values(), *die.fixed.values()] for r in die.boxes(wires) if r[0] == layer]


def nets_of(text, section):
    m = re.search(r"\n" + section + r" \d+ ;\n(.*?)END " + section, text, re.S)
    return re.findall(r"- (\S+)\s(.*?);", m.group(1), re.S) if m else []


def routes_of(text, section):
    """net -> what stands behind the last '+ ROUTED': of a net that was read with wires and ripped up qrouter writes the old ones too, before the new"""
    found = ((n, body.rpartition("+ ROUTED ")[2].strip() if "+ ROUTED " in body else "") for n, body in nets_of(text, section))
    return {n: route for n, route in found if route}


def segments(text, widths, special):
    """'layer [width] ( x y ) ( x * ) ... [via] NEW ...' as (layer, width, x, y, x2, y2, via)"""
    out, words, i = [], text.split(), 0
    layer, w, x, y = None, 0, None, None
    fresh = True
    while i < len(words):
        if words[i] == "NEW":
            fresh = True
        elif fresh:
            layer, x, y, fresh = words[i], None, None, False
            if special:
                i += 1
                w = int(words[i])
            else:
                w = widths[layer]
        elif words[i] == "(":
            nx, ny = (old if v == "*" else int(v) for v, old in zip(words[i + 1:i + 3], (x, y)))
            if x is not None:
                h = 0 if special else w // 2
                dx, dy = (h, 0) if ny == y else (0, h)
                out.append((layer, w, min(x, nx) - dx, min(y, ny) - dy, max(x, nx) + dx, max(y, ny) + dy, None))
            x, y = nx, ny
            i = words.index(")", i)
        elif words[i] != "+":
            out.append((layer, w, x, y, x, y, words[i]))
        i += 1
    return out


def run(jobs, processes, head, tail):
    """qrouter on every (stem, commands, layers, power nets to route, others, nets that have wires, last pass); a few at a time. write_delays never ends on some wires that were read: they are
    removed before it."""
    running, waiting = [], list(jobs)
    while waiting or running:
        while waiting and len(running) < processes:
            stem, seam, layers, power, nets, old, last = waiting.pop(0)
            with open(stem + ".cfg", "w", encoding="utf-8") as f:
                f.write(f"{head}\ncatch {{layers {layers}}}\n{seam}read_def {stem}.def\nset power {{{' '.join(power)}}}\nset todo {{{' '.join(nets)}}}\nset last {int(last)}\n{tail}\nwrite_def {stem}_route.def\n"
                        f"set list [open {stem}.failed w]\nputs $list [failing]\nclose $list\n"
                        f'foreach net {{{" ".join(old)}}} {{ remove net $net }}\nwrite_delays {stem}_route.rc\nputs "@ done"\nquit\n')
            with open(stem + ".log", "w", encoding="utf-8") as log:
                running.append((stem, subprocess.Popen(["qrouter", "-nog", "-s", stem + ".cfg"], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)))
        ended = [r for r in running if r[1].poll() is not None]
        if not ended:
            time.sleep(0.02)
        for stem, p in ended:
            running.remove((stem, p))
            if not all(os.path.exists(stem + end) for end in ("_route.def", "_route.rc", ".failed")):
                for _, other in running:
                    other.kill()
                raise SystemExit(f"Error: qrouter ended without a result in {stem}.log")


def cuts(total, size, shifted, pitch):
    """where windows of about `size` end; every second pass is moved by half a window, so that its windows lie over the cuts of the pass before"""
    count = max(1, round(total / size))
    if shifted and count > 1:
        marks = [0] + [total * (2 * k + 1) // (2 * count) for k in range(count)] + [total]
    else:
        marks = [total * k // count for k in range(count + 1)]
    return [m // pitch * pitch for m in marks]


def window(xs, ys, span, margin_x, margin_y):
    """(column, row) of the window that holds a box with its margin, or None. The edge of the die needs no margin."""
    x0, y0, x1, y1 = span
    kx, ky = bisect.bisect_right(xs, x0) - 1, bisect.bisect_right(ys, y0) - 1
    kx, ky = min(max(kx, 0), len(xs) - 2), min(max(ky, 0), len(ys) - 2)
    fits = (kx == 0 or x0 >= xs[kx] + margin_x) and (ky == 0 or y0 >= ys[ky] + margin_y) \
        and (kx == len(xs) - 2 or x1 <= xs[kx + 1] - margin_x) and (ky == len(ys) - 2 or y1 <= ys[ky + 1] - margin_y)
    return (kx, ky) if fits else None


def touched(marks, low, high, margin):
    """numbers of the windows that a stretch lies in or comes near"""
    return range(max(0, bisect.bisect_right(marks, low - margin) - 1), min(len(marks) - 2, bisect.bisect_right(marks, high + margin) - 1) + 1)


def split(die, xs, ys):
    """(column, row) -> ({net: pins} that lie inside, wires that pass, {net: pins} of others without wires: qrouter keeps the way to their pins free)"""
    grid = {(kx, ky): ({}, [], {}) for kx in range(len(xs) - 1) for ky in range(len(ys) - 1)}
    passing = [w for wires in die.fixed.values() for w in wires]
    for n, pins in die.nets.items():
        if n in die.power:
            for c, p in die.left[n]:
                _, x, y, _, w, h = die.cells[c]
                at = window(xs, ys, (x, y, x + w, y + h), 4 * die.px, 4 * die.py)
                if at:
                    grid[at][0].setdefault(n, []).append((c, p))
        elif n in die.left or n in die.wires:
            at = window(xs, ys, die.spans[n], 2 * die.px, 2 * die.py)
            if at:
                grid[at][0][n] = pins
                continue
            passing += die.wires.get(n, ())
            for c, p in pins if n in die.left else ():
                if c != "PIN":
                    _, x, y, _, w, h = die.cells[c]
                    at = window(xs, ys, (x, y, x + w, y + h), 2 * die.px, 2 * die.py)
                    if at:
                        grid[at][2].setdefault(n, []).append((c, p))
    for wire in passing:
        _, w, a, b, c, d, _ = wire
        for kx in touched(xs, min(a, c), max(a, c), w + 2 * die.px):
            for ky in touched(ys, min(b, d), max(b, d), w + 2 * die.py):
                grid[kx, ky][1].append(wire)
    return grid


def route(die, sizes, processes, head, tail):
    """routes what has no wires yet, one pass for every size and the last on the whole die. Returns the number of nets that are left."""
    for level, size in enumerate(sizes):
        begin = time.time()
        last = level == len(sizes) - 1
        xs, ys = cuts(die.box[2], size, level % 2 and not last, die.px), cuts(die.box[3], size, level % 2 and not last, die.py)
        if last:
            xs, ys = [0, die.box[2]], [0, die.box[3]]
        jobs, wanted = [], {}
        for (kx, ky), (nets, wires, others) in split(die, xs, ys).items():
            box = (xs[kx] + die.px * (kx > 0), ys[ky] + die.py * (ky > 0), xs[kx + 1] - die.px * (kx < len(xs) - 2), ys[ky + 1] - die.py * (ky < len(ys) - 2))
            todo = sorted((n for n in nets if n in die.left and (n not in die.power or nets[n])), key=lambda n: die.spans[n][2] - die.spans[n][0] + die.spans[n][3] - die.spans[n][1])
            if not todo:
                continue
            stem = f"windows/{level}_{kx}_{ky}"
            wanted[stem] = nets
            jobs.append((stem, die.write(stem + ".def", box, {**nets, **others}, wires), 4 if level == 0 and not last else len(die.tracks), [n for n in todo if n in die.power], [n for n in todo if n not in die.power], [n for n in nets if n in die.wires], last))
        run(jobs, processes, head, tail)
        for stem, nets in wanted.items():
            die.take(stem, nets)
        left = sum(1 for n, p in die.left.items() if p)
        print(f"@ pass {level} windows {len(jobs)} size {size} routed {len(die.wires)} left {left} seconds {time.time() - begin:.0f}", flush=True)
        if not left:
            break
    return left


def main():
    with open("job.json", encoding="utf-8") as f:
        job = json.load(f)
    with open(sys.argv[1], encoding="utf-8") as f:
        head = f.read()
    with open(sys.argv[2], encoding="utf-8") as f:
        tail = f.read()
    die = Die(job["top"] + "_unroute.def", reader.Lef(job["lef"]), job["dbu"])
    os.makedirs("windows", exist_ok=True)
    if os.path.exists("before.def"):
        die.keep("before.def", "before.rc")
        print(f"@ kept {len(die.wires)} left {len(die.left)}", flush=True)
    sizes = [round(float(size) * job["dbu"]) for size in sys.argv[4:]] + [max(die.box)]
    left = route(die, sizes, int(sys.argv[3]), head, tail)
    for _ in range(8):
        begin = time.time()
        near = 0 if left else spacing.mend(die)
        print(f"@ near {near} blocked {len(die.blocked)} seconds {time.time() - begin:.0f}", flush=True)
        if not near:
            break
        left = route(die, sizes, int(sys.argv[3]), head, tail)
    else:
        raise SystemExit(f"Error: {near} wires come too near to other metal, also after they were routed again eight times")
    die.finish()
    print(f"@ failed {left}\n@ done")


if __name__ == "__main__":
    main()
