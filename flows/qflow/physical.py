"""From graywolf's placement to a DEF file: rows, pins, power stripes, fillers. Lengths are whole database units (DBU per micrometre).
A hard macro stands left of the rows; its pins must lie on the routing grid or be wide enough to be met by it.
SPDX-License-Identifier: Apache-2.0"""
import re


class Floor:
    """Geometry of one layout. dbu: units per micrometre; margin: tracks around the rows; density: share of a row that cells may fill."""

    def __init__(self, lef, dbu, margin, density, stripe_um):
        self.lef, self.dbu, self.density = lef, dbu, density
        horizontal = [y for y in lef.layers if not y.vertical]
        vertical = [y for y in lef.layers if y.vertical]
        self.px, self.py = self.u(vertical[0].pitch), self.u(horizontal[0].pitch)
        self.ox, self.oy = self.u(vertical[0].offset), self.u(horizontal[0].offset)
        self.site, self.height = self.u(lef.site[0]), self.u(lef.site[1])
        self.margin_x, self.margin_y = margin * self.px, margin * self.py
        self.stripe_step = self.u(stripe_um) // self.site * self.site
        # a stripe takes the widest odd number of tracks below four sites
        self.stripe_sites = 3
        self.rows = []     # each: list of [wanted x of the middle, kind, cell name], orientation "N"|"FS"
        self.macros = []   # (cell name, kind, x, y)
        self.sides = {}    # side -> list of (wanted coordinate, port)
        self.where = {}    # cell or port -> (x, y) of its middle, before legalisation
        self.late = {}     # cell that came after the routes -> (row, left), None: not placed yet
        self.busy = []     # metal of the lowest layer that is routed already: (x0, y0, x1, y1) of the die

    def u(self, um):
        return round(um * self.dbu)

    def width(self, kind):
        return self.u(self.lef.macros[kind].width)


def write_cel(n, skip, path, lef, dbu):
    """graywolf's netlist without the nets in `skip` and without feed-throughs: nothing is routed there"""
    unit = dbu
    with open(path, "w", encoding="utf-8") as f:
        number = 0
        for c in n.cells.values():
            m = lef.macros[c.kind]
            if m.kind == "BLOCK":
                continue
            w, h = round(m.width * unit), round(m.height * unit)
            f.write(f"cell {number} {c.name}\nleft {-(w // 2)} right {w - w // 2} bottom {-(h // 2)} top {h - h // 2}\n")
            number += 1
            for pin, net in c.pins.items():
                if net in skip:
                    continue
                _, x, y = m.pins[pin].centre()
                x, y = round((x + m.origin[0]) * unit) - w // 2, round((y + m.origin[1]) * unit) - h // 2
                f.write(f"pin name {pin} signal {net} layer 1 {x} {y}\n")
        half_x, half_y = round(lef.layers[1].pitch * unit) // 2, round(lef.layers[0].pitch * unit) // 2
        for k, (name, _) in enumerate(n.ports):
            f.write(f"pad {k + 1} name twpin_{name}\ncorners 4 -{half_x} -{half_y} -{half_x} {half_y} {half_x} {half_y} {half_x} -{half_y}\n")
            f.write(f"pin name {name} signal {name} layer 1 0 0\n\n")


def read_placement(floor, n, path):
    """graywolf's .pl1: 'name left bottom right top orientation row', pads have row -1 right, -2 left, -3 bottom, -4 top"""
    rows, x_of = {}, {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            name, left, bottom, right, top, orient, row = line.split()
            left, bottom, right, top, row = int(left), int(bottom), int(right), int(top), int(row)
            if name.startswith("twpin_"):
                port = name[6:]
                floor.sides.setdefault({-1: "left", -2: "right", -3: "bottom", -4: "top"}[row], []).append(((left + right) // 2 if row <= -3 else (bottom + top) // 2, port))
                floor.where[port] = ((left + right) / 2, (bottom + top) / 2)
            elif name in n.cells:
                rows.setdefault(row, []).append((left, right, bottom, orient, name))
    placed = sum(len(r) for r in rows.values())
    cells = sum(1 for c in n.cells.values() if n.lef.macros[c.kind].kind != "BLOCK")
    if placed != cells:
        raise SystemExit(f"placement: graywolf placed {placed} of {cells} cells")
    floor.left = min(c[0] for r in rows.values() for c in r)
    floor.bottom = min(c[2] for r in rows.values() for c in r)
    for k, row in enumerate(sorted(rows)):
        cells = []
        for left, right, bottom, orient, name in sorted(rows[row]):
            x = (left + right) / 2 - floor.left
            cells.append([x, n.cells[name].kind, name, int(orient)])
            floor.where[name] = (x, (k + 0.5) * floor.height)
        floor.rows.append(cells)
    for name, (x, y) in list(floor.where.items()):
        if name not in n.cells:
            floor.where[name] = (x - floor.left, y - floor.bottom)


def insert(floor, n, names):
    """new cells go into the row near their place that is shortest"""
    width = [sum(floor.width(c[1]) for c in r) for r in floor.rows]
    for name in names:
        x, y = floor.where[name]
        want = min(max(int(y // floor.height), 0), len(floor.rows) - 1)
        near = range(max(0, want - 3), min(len(floor.rows), want + 4))
        row = min(near, key=lambda r: (width[r] + abs(r - want) * floor.height // 2, abs(r - want), r))
        kind = n.cells[name].kind
        floor.rows[row].append([x, kind, name, 0])
        width[row] += floor.width(kind)
        floor.where[name] = (x, (row + 0.5) * floor.height)


def blocked(floor, width):
    """stripes: (left, right, net) in rising order, power and ground by turns; at least one of each"""
    step, w = floor.stripe_step, floor.stripe_sites * floor.site
    count = max(2, width // step)
    step = (width // count) // floor.site * floor.site
    names = (floor.lef.power, floor.lef.ground)
    # the middle of a stripe is on a vertical track: rows begin at the track offset
    return [(k * step + step // 2 // floor.site * floor.site, k * step + step // 2 // floor.site * floor.site + w, names[k % 2]) for k in range(count)]


def legalise(floor):
    """Rows without overlap on sites, off the stripes. Returns the width of the rows and the stripes; cells become (left, kind, name, orientation)."""
    longest = max(sum(floor.width(c[1]) for c in r) for r in floor.rows)
    graywolf = max(c[0] + floor.width(c[1]) / 2 for r in floor.rows for c in r)
    width = int(longest / floor.density) // floor.site * floor.site + floor.site
    width = max(width + (width // floor.stripe_step + 2) * floor.stripe_sites * floor.site, 12 * floor.stripe_sites * floor.site)
    while True:
        stripes = blocked(floor, width)
        rows = [pack(floor, r, width, stripes, width / graywolf) for r in floor.rows]
        if all(r is not None for r in rows):
            floor.rows = rows
            return width, stripes
        width += floor.stripe_sites * 4 * floor.site


def fit(floor, n, width, stripes, x0, y0):
    """late cells go into gaps between cells that keep their place, near the middle of what they are connected to, and not where routed metal lies"""
    spots, taken = {}, [[(a, b) for a, b, _ in stripes] + [(c[0], c[0] + floor.width(c[1])) for c in row] for row in floor.rows]
    for k, row in enumerate(floor.rows):
        spots.update((c[2], (k, c[0])) for c in row)
    nets = n.pins_of_nets()
    metal, space = [[] for _ in floor.rows], floor.u(floor.lef.layers[0].spacing)
    for a, b, c, d in floor.busy:
        for k in range(max(0, (b - y0) // floor.height), min(len(metal), (d - y0) // floor.height + 1)):
            metal[k].append((a - x0 - space, c - x0 + space))
    stand = [c for c in floor.late.items() if c[1]]
    for name, spot in stand + [c for c in reversed(floor.late.items()) if not c[1]]:  # a chain from its sink backwards
        cell = n.cells[name]
        w = floor.width(cell.kind)
        if spot is None:
            near = [spots[c] for net in cell.pins.values() for part in nets[net] for c, _ in part if c in spots]
            near = near or [(0, 0)]
            want, wish = near[-1]  # the sink: the output is the last pin
            for k in sorted(range(len(floor.rows)), key=lambda k: abs(k - want)):
                away = abs(k - want) * floor.height
                if spot and away >= spot[0]:
                    break
                edges = sorted(taken[k] + metal[k]) + [(width, width)]
                x = 0
                for a, b in edges:
                    free = -(-x // floor.site) * floor.site
                    if free + w <= a:
                        at = min(max(free, wish // floor.site * floor.site), (a - w) // floor.site * floor.site)
                        if spot is None or away + abs(at - wish) < spot[0]:
                            spot = (away + abs(at - wish), k, at)
                    x = max(x, b)
            if spot is None:
                raise SystemExit(f"placement: no gap for '{name}' ({cell.kind})")
            spot = spot[1:]
        k, left = floor.late[name] = spot
        spots[name] = (k, left)
        taken[k].append((left, left + w))
        floor.rows[k].append((left, cell.kind, name, 0))
    for row in floor.rows:
        row.sort()


def pack(floor, row, width, stripes, scale):
    cells = sorted(row, key=lambda c: (c[0], c[2]))
    at, x = [], 0
    for c in cells:
        w = floor.width(c[1])
        x = max(x, int(c[0] * scale - w / 2) // floor.site * floor.site)
        for left, right, _ in stripes:
            if x < right and x + w > left:
                x = right
        at.append(x)
        x += w
    limit = width
    for k in range(len(cells) - 1, -1, -1):
        w = floor.width(cells[k][1])
        x = min(at[k], limit - w)
        for left, right, _ in reversed(stripes):
            if x < right and x + w > left:
                x = left - w
        if x < 0:
            return None
        at[k] = limit = x
    return [(x, c[1], c[2], c[3]) for x, c in zip(at, cells)]


def spread(wanted, low, high, step):
    """pins in the order wanted, at least `step` apart between low and high, on multiples of step from low"""
    slots = (high - low) // step + 1
    if len(wanted) > slots:
        return None
    out, last = [], -1
    for k, (want, port) in enumerate(wanted):
        slot = max(last + 1, min((want - low) // step, slots - (len(wanted) - k)))
        out.append((low + slot * step, port))
        last = slot
    return out


def write_def(floor, n, clock_nets, fill, path):
    """DEF with everything but the routes; returns (filler cells by name, die (x0, y0, x1, y1), obstructions for the router in micrometres)"""
    lef, dbu = floor.lef, floor.dbu
    width, stripes = legalise(floor)
    count = len(floor.rows)
    macro_w = max([floor.width(k) for _, k, _, _ in floor.macros], default=0)
    gap = 30 * floor.px if macro_w else 0
    macro_h = sum(floor.u(lef.macros[k].height) + 20 * floor.py for _, k, _, _ in floor.macros)
    left_side = floor.margin_x + -(-(macro_w + gap) // floor.px) * floor.px
    x0, y0 = left_side + floor.ox, floor.margin_y + floor.oy
    fit(floor, n, width, stripes, x0, y0)
    x1, y1 = x0 + width, y0 + count * floor.height
    die_x = -(-(x1 + floor.margin_x) // floor.px) * floor.px
    die_y = -(-(max(y1, y0 + macro_h) + floor.margin_y) // floor.py) * floor.py
    scale_x, scale_y = (x1 - x0) / max(1, width), 1.0
    vertical = [y for y in lef.layers if y.vertical]
    horizontal = [y for y in lef.layers if not y.vertical]
    pin_v, pin_h = vertical[0], horizontal[1]

    # pins on the edge, two tracks apart or more
    pins, left_over = [], []
    grow_x = width / max(1.0, max((c[0] for r in floor.rows for c in r), default=1))
    for side in ("left", "right", "bottom", "top"):
        entries = sorted(floor.sides.get(side, []))
        tall = side in ("left", "right")
        if tall:
            wanted = [(int(v - floor.bottom + y0), p) for v, p in entries]
            where = spread(wanted, floor.margin_y, die_y - floor.margin_y, 2 * floor.py) or spread(wanted, 4 * floor.py, die_y - 4 * floor.py, floor.py)
        else:
            wanted = [(int((v - floor.left) * grow_x + x0), p) for v, p in entries]
            where = spread(wanted, floor.margin_x, die_x - floor.margin_x, 2 * floor.px) or spread(wanted, 4 * floor.px, die_x - 4 * floor.px, floor.px)
        if where is None:
            room = (die_y - 8 * floor.py) // floor.py if tall else (die_x - 8 * floor.px) // floor.px
            raise SystemExit(f"placement: {len(entries)} pins do not fit on the {side} edge, which has room for {room}")
        for v, p in where:
            if tall:
                half = floor.u(pin_h.width) * 5 // 6  # its own area is legal when the wire leaves by a via at once
                x = 2 * floor.px if side == "left" else die_x - 2 * floor.px
                pins.append((p, pin_h, x, v, half))
            else:
                half = floor.u(pin_v.width) * 5 // 6
                y = 2 * floor.py if side == "bottom" else die_y - 2 * floor.py
                pins.append((p, pin_v, v, y, half))

    components, fillers = [], {}
    fill_w = floor.width(fill)
    for k, row in enumerate(floor.rows):
        base = "N" if k % 2 == 0 else "FS"
        y, x = y0 + k * floor.height, 0
        for left, kind, name, orient in row + [(width, None, None, 0)]:
            while x + fill_w <= left:
                fname = f"fill{len(fillers)}"
                fillers[fname] = fill
                components.append((fname, fill, x0 + x, y, base))
                x += fill_w
            if kind:
                mirrored = orient in (2, 3)
                components.append((name, kind, x0 + left, y, {"N": "FN", "FS": "S"}[base] if mirrored else base))
                x = left + floor.width(kind)
    y, placed_macros = y0, []
    for name, kind, _, _ in floor.macros:
        at = (floor.margin_x + floor.ox, floor.oy + -(-(y - floor.oy) // floor.py) * floor.py)
        components.append((name, kind, *at, "N"))
        placed_macros.append((kind, *at))
        y = at[1] + floor.u(lef.macros[kind].height) + 20 * floor.py

    nets = n.pins_of_nets()
    with open(path, "w", encoding="utf-8") as f:
        f.write(f'VERSION 5.6 ;\nNAMESCASESENSITIVE ON ;\nDIVIDERCHAR "/" ;\nBUSBITCHARS "<>" ;\nDESIGN {n.top} ;\nUNITS DISTANCE MICRONS {dbu} ;\n\n')
        f.write(f"DIEAREA ( 0 0 ) ( {die_x} {die_y} ) ;\n\n")
        for layer in lef.layers:
            pitch = floor.u(layer.pitch)
            # all layers on the grid of the lowest ones: wider pitches take every second track
            base = floor.px if layer.vertical else floor.py
            pitch = -(-pitch // base) * base
            f.write(f"TRACKS {'X' if layer.vertical else 'Y'} 0 DO {(die_x if layer.vertical else die_y) // pitch + 1} STEP {pitch} LAYER {layer.name} ;\n")
        f.write(f"\nCOMPONENTS {len(components)} ;\n")
        for name, kind, x, y, orient in components:
            f.write(f"- {name} {kind} + PLACED ( {x} {y} ) {orient} ;\n")
        f.write(f"END COMPONENTS\n\nPINS {len(pins) + 2} ;\n")
        for port, layer, x, y, half in pins:
            f.write(f"- {angle(port)} + NET {angle(port)}\n  + LAYER {layer.name} ( {-half} {-half} ) ( {half} {half} )\n  + PLACED ( {x} {y} ) N ;\n")
        top = stripe_layer(lef)
        for net in (lef.power, lef.ground):
            left, right, _ = next(s for s in stripes if s[2] == net)
            x, half = stripe_at(floor, x0, left, right), floor.u(top.width) * 3 // 2
            f.write(f"- {net} + NET {net}\n  + LAYER {top.name} ( {-half} 0 ) ( {half} {2 * half} )\n  + PLACED ( {x} 0 ) N ;\n")
        f.write(f"END PINS\n\nNETS {len(nets)} ;\n")
        for net, (drivers, sinks) in nets.items():
            f.write(f"- {angle(net)}\n")
            for c, pin in drivers + sinks:
                f.write(f"  ( {'PIN ' + angle(pin) if c is None else c + ' ' + pin} )\n")
            f.write("  ;\n")
        f.write("END NETS\n\n")
        write_power(floor, f, stripes, placed_macros, x0, y0, count, die_y)
        f.write("END DESIGN\n")
    um = lambda v: v / dbu
    edge = [(0, y1, die_x, die_y), (0, 0, die_x, y0 - floor.py // 2), (0, 0, x0 - floor.px, die_y), (x1 + floor.px // 2, 0, die_x, die_y)]
    if floor.macros:
        edge = []
    obstructions = [(*(um(v) for v in r), lef.layers[0].name) for r in edge]
    # qrouter's grid has a track more than the die, and in windows it does not see the wires there
    beyond = [(die_x + floor.px // 2, 0, die_x + 2 * floor.px, die_y + 2 * floor.py), (0, die_y + floor.py // 2, die_x + 2 * floor.px, die_y + 2 * floor.py)]
    obstructions += [(*(um(v) for v in r), layer.name) for r in beyond for layer in lef.layers]
    return fillers, (0, 0, die_x, die_y), obstructions, width * count * floor.height


def stripe_layer(lef):
    """the highest vertical layer but one, of the six lowest: the highest one has twice the pitch"""
    vertical = [y for y in lef.layers[:6] if y.vertical]
    return vertical[-1] if len(vertical) < 3 else vertical[-2]


def stripe_at(floor, x0, left, right):
    return round((x0 + (left + right) // 2) / floor.px) * floor.px


def write_power(floor, f, stripes, macros, x0, y0, count, die_y):
    """stripes on the highest vertical layer, with a stack of vias down to every rail of their net"""
    lef = floor.lef
    top = lef.layers.index(stripe_layer(lef))
    wire = floor.u(lef.layers[top].width)
    pad = floor.u(lef.layers[0].width) * 4 // 3
    f.write("SPECIALNETS 2 ;\n")
    for net in (lef.power, lef.ground):
        lines = []
        for left, right, name in stripes:
            if name != net:
                continue
            x = stripe_at(floor, x0, left, right)
            for rail in range(count + 1):
                if (rail % 2 == 0) != (net == lef.ground):
                    continue
                y = y0 + rail * floor.height
                for k in range(top):
                    lower = lef.layers[k].name
                    lines.append(f"{lower} {pad} ( {x} {y} ) ( * * ) {lef.vias[lower]}")
                    if k:  # a lone via's metal would be below the least area
                        lines.append(f"{lower} {pad} ( {x - 3 * pad // 2} {y} ) ( {x + 3 * pad // 2} * )")
            lines.append(f"{lef.layers[top].name} {wire * 3} ( {x} 0 ) ( * {die_y} )")
        if macros:
            lines += strap(floor, stripes, macros, net, x0, top)
        f.write(f"- {net}\n+ FIXED " + "\n  NEW ".join(lines) + "\n ;\n")
    f.write("END SPECIALNETS\n")


def strap(floor, stripes, macros, net, x0, top):
    """below the rows, one layer under the stripes: joins the stripes of a net with the same pins of the macros"""
    lef = floor.lef
    y = floor.py * (5 if net == lef.power else 9)
    under, width = lef.layers[top - 1].name, floor.u(lef.layers[top].width) * 3
    lines, xs = [], [stripe_at(floor, x0, left, right) for left, right, name in stripes if name == net]
    for kind, x, bottom in macros:
        for layer, a, b, c, _ in lef.macros[kind].pins[net].rects if net in lef.macros[kind].pins else []:
            if layer != lef.layers[top].name:
                raise SystemExit(f"power: pin '{net}' of macro '{kind}' is on {layer}, the stripes are on {lef.layers[top].name}")
            xs.append(x + floor.u((a + c) / 2))
            lines.append(f"{layer} {floor.u(c - a)} ( {xs[-1]} {y - width // 2} ) ( * {bottom + floor.u(b) + floor.py} )")
    lines += [f"{under} {width} ( {x} {y} ) ( * * ) {lef.vias[under]}" for x in xs]
    return lines + [f"{under} {width} ( {min(xs) - width // 2} {y} ) ( {max(xs) + width // 2} * )"]


def angle(name):
    return name.replace("[", "<").replace("]", ">")


def cells_of(path):
    """what a DEF file places: cell -> kind"""
    out = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            m = re.match(r"- (\S+) (\S+) \+ PLACED", line)
            if m:
                out[m.group(1)] = m.group(2)
    return out
