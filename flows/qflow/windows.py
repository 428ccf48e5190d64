"""Routes a large die in pieces. usage: windows.py HEAD TAIL PROCESSES [SIZE_UM...]
qrouter copies its whole grid once per net, so its time grows with nets times area: a die of 2 mm2 takes hours, windows of it seconds. Each pass cuts the die into
windows of one size and routes the nets that lie inside one; wires of earlier passes are obstructions. The last pass takes what is left on the whole die.
Reads TOP_unroute.def (as physical.py writes it); HEAD: qrouter commands before read_def, TAIL: those that route. Writes TOP_route.def and TOP_route.rc.
SPDX-License-Identifier: Apache-2.0"""
import bisect
import json
import os
import re
import subprocess
import sys

import lef as reader


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
        self.cells = {}
        for name, kind, x, y, orient in re.findall(r"\n- (\S+) (\S+) \+ PLACED \( (\S+) (\S+) \) (\S+) ;", self.text):
            m = lef.macros[kind]
            self.cells[name] = (kind, int(x), int(y), orient, round(m.width * dbu), round(m.height * dbu))
        self.pins = {}
        for name, body, x, y in re.findall(r"\n- (\S+) \+ NET \S+\n(  \+ LAYER [^\n]*)\n  \+ PLACED \( (\S+) (\S+) \) N ;", self.text):
            self.pins[name] = (body, int(x), int(y))
        self.nets = {}
        section = re.search(r"\nNETS \d+ ;\n(.*?)END NETS", self.text, re.S).group(1)
        for name, body in re.findall(r"- (\S+)\n(.*?)\n  ;\n", section, re.S):
            self.nets[name] = re.findall(r"\( (\S+) (\S+) \)", body)
        self.special = re.search(r"\nSPECIALNETS .*?END SPECIALNETS", self.text, re.S).group(0)
        self.routes, self.stubs, self.rc, self.wires = {}, {}, {}, []
        for layer, w, x, y, rest in re.findall(r"(?:FIXED|NEW) (\S+) (\d+) \( (\S+) (\S+) \) ([^\n]*)", self.special):
            self.wires.append(self.power_wire(layer, int(w), int(x), int(y), rest))

    def power_wire(self, layer, w, x, y, rest):
        m = re.match(r"\( (\S+) (\S+) \) ?(\S*)", rest)
        x2, y2 = x if m.group(1) == "*" else int(m.group(1)), y if m.group(2) == "*" else int(m.group(2))
        return layer, w, x, y, x2, y2, m.group(3) or None

    def span(self, net):
        """box of a net's cells and ports; None: a power net, whose pins lie everywhere"""
        if net in (self.lef.power, self.lef.ground):
            return None
        xs, ys = [], []
        for cell, pin in self.nets[net]:
            if cell == "PIN":
                xs.append(self.pins[pin][1]), ys.append(self.pins[pin][2])
            else:
                _, x, y, _, w, h = self.cells[cell]
                xs += [x, x + w]
                ys += [y, y + h]
        return min(xs), min(ys), max(xs), max(ys)

    def write(self, path, box, nets):
        """A DEF file of one window; nets: name -> pins. Returns qrouter commands. qrouter crashes on cells that leave its grid: the grid is wider by a cell on every
        side, and nothing is routed in that seam."""
        wide = -(-max(c[4] for c in self.cells.values()) // self.px) * self.px + 2 * self.px
        high = -(-max(c[5] for c in self.cells.values()) // self.py) * self.py + 2 * self.py
        x0, y0, x1, y1 = max(0, box[0] - wide), max(0, box[1] - high), min(self.box[2], box[2] + wide), min(self.box[3], box[3] + high)
        seams = [(x0, y0, box[0], y1), (box[2], y0, x1, y1), (x0, y0, x1, box[1]), (x0, box[3], x1, y1)]
        inside = lambda a, b, c, d: a <= x1 and c >= x0 and b <= y1 and d >= y0
        cells = [(n, c) for n, c in self.cells.items() if x0 <= c[1] and c[1] + c[4] <= x1 and y0 <= c[2] and c[2] + c[5] <= y1]
        # qrouter crashes on a port whose metal leaves the grid: it goes in as a wire
        near = [(n, p) for n, p in self.pins.items() if inside(p[1] - self.px, p[2] - self.py, p[1] + self.px, p[2] + self.py)]
        ports = [(n, p) for n, p in near if x0 < p[1] - self.px < p[1] + self.px < x1 and y0 < p[2] - self.py < p[2] + self.py < y1]
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
            for n, (body, x, y) in ports:
                f.write(f"- {n} + NET {n}\n{body}\n  + PLACED ( {x} {y} ) N ;\n")
            f.write(f"END PINS\n\nNETS {len(nets)} ;\n")
            for n, pins in nets.items():
                f.write(f"- {n}\n" + "".join(f"  ( {c} {p} )\n" for c, p in pins) + "  ;\n")
            f.write("END NETS\n\n")
            lines = []
            for n, (body, x, y) in near:
                if (n, (body, x, y)) not in ports:
                    layer, half = re.search(r"LAYER (\S+) \( -(\d+)", body).groups()
                    lines.append(f"{layer} {2 * int(half)} ( {x - int(half)} {y} ) ( {x + int(half)} {y} )")
            for layer, w, a, b, c, d, via in self.wires:
                lo_x, hi_x, lo_y, hi_y = min(a, c), max(a, c), min(b, d), max(b, d)
                if not inside(lo_x - w, lo_y - w, hi_x + w, hi_y + w):
                    continue
                if via is None:
                    lo_x, hi_x = max(lo_x, x0 - self.px), min(hi_x, x1 + self.px)
                    lo_y, hi_y = max(lo_y, y0 - self.py), min(hi_y, y1 + self.py)
                    if lo_x <= hi_x and lo_y <= hi_y:
                        lines.append(f"{layer} {w} ( {lo_x} {lo_y} ) ( {hi_x} {hi_y} )")
                else:
                    lines.append(f"{layer} {w} ( {a} {b} ) ( * * ) {via}")
            f.write("SPECIALNETS 1 ;\n- wires_before\n+ FIXED " + "\n  NEW ".join(lines or [f"{self.tracks[0][2]} 1 ( {x0} {y0} ) ( {x0} {y0} )"]) + "\n ;\nEND SPECIALNETS\nEND DESIGN\n")
        um = lambda v: v / self.dbu
        return "".join(f"obstruction {um(a):.3f} {um(b):.3f} {um(c):.3f} {um(d):.3f} {layer}\n"
                       for a, b, c, d in seams if a < c and b < d for _, _, layer in self.tracks)

    def take(self, stem, wanted):
        """the routes of a window that qrouter completed; those that failed wait for the next pass"""
        with open(stem + "_route.def", encoding="utf-8") as f:
            text = f.read()
        failed = set()
        if os.path.exists(stem + ".failed"):
            with open(stem + ".failed", encoding="utf-8") as f:
                failed = {w for w in f.read().split()}
        section = re.search(r"\nNETS \d+ ;\n(.*?)END NETS", text, re.S).group(1)
        special = re.search(r"\nSPECIALNETS \d+ ;\n(.*?)END SPECIALNETS", text, re.S)
        done = set()
        for name, body in re.findall(r"- (\S+)\n(.*?);", section, re.S):
            m = re.search(r"\+ ROUTED (.*)", body, re.S)
            if name in wanted and name not in failed:
                done.add(name)
                if m:
                    self.routes.setdefault(name, []).append(m.group(1).strip())
                    self.wires += segments(m.group(1), {y.name: round(y.width * self.dbu) for y in self.lef.layers}, False)
        for name, body in re.findall(r"- (\S+)\s(.*?);", special.group(1) if special else "", re.S):
            m = re.search(r"\+ ROUTED (.*)", body, re.S)
            if m and name in done:
                self.stubs.setdefault(name, []).append(m.group(1).strip())
                self.wires += segments(m.group(1), None, True)
        with open(stem + "_route.rc", encoding="utf-8") as f:
            for line in f:
                if line.split(" ", 1)[0] in done:
                    self.rc[line.split(" ", 1)[0]] = line
        return done

    def finish(self):
        out, names = [], set(self.stubs)
        head, rest = re.match(r"(.*?\nNETS \d+ ;\n)(.*)", self.text, re.S).groups()
        out.append(head)
        for name, pins in self.nets.items():
            out.append(f"- {name}\n" + "".join(f"  ( {c} {p} )\n" for c, p in pins))
            if name in self.routes:
                out.append("+ ROUTED " + "\n  NEW ".join(self.routes[name]) + " ;\n")
            else:
                out.append("  ;\n")
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
    """qrouter on every (stem, commands, layers); a few at a time"""
    running, waiting = [], list(jobs)
    while waiting or running:
        while waiting and len(running) < processes:
            stem, seam, layers = waiting.pop(0)
            with open(stem + ".cfg", "w", encoding="utf-8") as f:
                f.write(f"{head}\ncatch {{layers {layers}}}\n{seam}read_def {stem}.def\n{tail}\nwrite_def {stem}_route.def\nwrite_delays {stem}_route.rc\n"
                        f'set list [open {stem}.failed w]\ncatch {{puts $list [failing]}}\nclose $list\nputs "@ done"\nquit\n')
            log = open(stem + ".log", "w", encoding="utf-8")
            running.append((stem, log, subprocess.Popen(["qrouter", "-nog", "-s", stem + ".cfg"], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)))
        stem, log, p = running.pop(0)
        p.wait()
        log.close()
        if not os.path.exists(stem + "_route.rc") or not os.path.exists(stem + "_route.def"):
            for _, _, other in running:
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


def main():
    with open("job.json", encoding="utf-8") as f:
        job = json.load(f)
    with open(sys.argv[1], encoding="utf-8") as f:
        head = f.read()
    with open(sys.argv[2], encoding="utf-8") as f:
        tail = f.read()
    die = Die(job["top"] + "_unroute.def", reader.Lef(job["lef"]), job["dbu"])
    os.makedirs("windows", exist_ok=True)
    power = {die.lef.power, die.lef.ground}
    spans = {n: die.span(n) for n in die.nets if n not in power}
    left = {n: p for n, p in die.nets.items() if len(p) > 1 or n in power}
    for level, size in enumerate(sys.argv[4:]):
        size = round(float(size) * job["dbu"])
        xs, ys = cuts(die.box[2], size, level % 2, die.px), cuts(die.box[3], size, level % 2, die.py)
        jobs, wanted, grid = [], {}, {}
        for n, pins in left.items():
            if n in power:
                for c, p in pins:
                    _, x, y, _, w, h = die.cells[c]
                    at = window(xs, ys, (x, y, x + w, y + h), 4 * die.px, 4 * die.py)
                    if at:
                        grid.setdefault(at, {}).setdefault(n, []).append((c, p))
            else:
                at = window(xs, ys, spans[n], 2 * die.px, 2 * die.py)
                if at:
                    grid.setdefault(at, {})[n] = pins
        for (kx, ky), nets in sorted(grid.items()):
            stem = f"windows/{level}_{kx}_{ky}"
            box = (xs[kx] + die.px * (kx > 0), ys[ky] + die.py * (ky > 0), xs[kx + 1] - die.px, ys[ky + 1] - die.py)
            seam = die.write(stem + ".def", box, nets)
            jobs.append((stem, seam, 4 if level == 0 and len(die.tracks) > 4 else len(die.tracks)))
            wanted[stem] = nets
        run(jobs, int(sys.argv[3]), head, tail)
        done = 0
        for stem, nets in wanted.items():
            for n in die.take(stem, nets):
                done += 1
                if n in power:
                    inside = set(nets[n])
                    left[n] = [p for p in left[n] if p not in inside]
                else:
                    del left[n]
        print(f"@ pass {level} windows {len(jobs)} size {size} routed {done} left {len(left)}", flush=True)
    left = {n: p for n, p in left.items() if p}
    die.write("windows/last.def", die.box, left)
    run([("windows/last", "", len(die.tracks))], 1, head, tail)
    failed = len(left) - len(die.take("windows/last", left))
    with open("windows/last.log", encoding="utf-8") as f:
        said = re.findall(r"^@ failed (\d+)", f.read(), re.M)
    die.finish()
    print(f"@ last nets {len(left)} failed {max(failed, int(said[-1]) if said else len(left))}")
    print("@ done")


if __name__ == "__main__":
    main()
