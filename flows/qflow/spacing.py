"""Which wires come nearer to other metal than the spacing of their layer asks, and at which points of the routing grid. qrouter minds only pins of nets that it routes:
not the fingers of power pins inside cells, nor a pin that is tied to a rail already; and it moves vias off the grid. Here all metal counts: wires, pins, obstructions.
SPDX-License-Identifier: Apache-2.0"""


def metal_of_kinds(die):
    """kind of cell -> (pin or None, layer, x0, y0, x1, y1) of its pins and obstructions"""
    out = {}
    for m in die.lef.macros.values():
        rects = [(p.name, *r) for p in m.pins.values() for r in p.rects] + [(None, *r) for r in m.obstructions]
        out[m.name] = [(pin, layer, *(round(v * die.dbu) for v in r)) for pin, layer, *r in rects if layer in die.widths]
    return out


def turned(cell, a, b, c, d):
    """a rectangle of a cell where that cell stands"""
    _, x, y, orient, w, h = cell
    if orient in ("FN", "S"):
        a, c = w - c, w - a
    if orient in ("FS", "S"):
        b, d = h - d, h - b
    return x + a, y + b, x + c, y + d


def violations(die, fresh):
    """(net, layer, box of its wire, other net or None, box of the other metal), for every pair one of which is a wire of `fresh`: net -> wires that are new. What no net
    may touch has no net. Of two wires the net is the one that costs less to route again."""
    step = 16 * max(die.px, die.py)
    gaps = {y.name: round(y.spacing * die.dbu) for y in die.lef.layers}
    reach = max(gaps.values())
    squares_of = {}

    def squares(a, b, c, d):
        return [(x, y) for x in range((a - reach) // step, (c + reach) // step + 1) for y in range((b - reach) // step, (d + reach) // step + 1)]

    def add(layer, a, b, c, d, net, wire):
        for at in squares(a, b, c, d):
            if at in squares_of:
                squares_of[at].setdefault(layer, []).append((a, b, c, d, net, wire))

    for some in fresh.values():
        for _, *box in die.boxes(some):
            squares_of.update((at, {}) for at in squares(*box))
    owner = {part: net for net, pins in die.nets.items() for part in pins}
    kinds = metal_of_kinds(die)
    for name, cell in die.cells.items():
        kind, x, y, _, w, h = cell
        if any(at in squares_of for at in squares(x, y, x + w, y + h)):
            for pin, layer, *r in kinds[kind]:
                add(layer, *turned(cell, *r), pin if pin in die.power else owner.get((name, pin)), False)
    for n, (body, x, y) in die.pins.items():
        layer, a, b, c, d = die.port(body)
        add(layer, x + a, y + b, x + c, y + d, n, False)
    for n, some in [*die.wires.items(), *die.fixed.items()]:
        for r in die.boxes(some):
            add(*r, n, True)
    cost = lambda s: (not s[5], s[4] in die.power, s[4] not in fresh, die.spans[s[4]][2] - die.spans[s[4]][0] if s[4] in die.spans else 0, s[:4])
    found = set()
    for layers in squares_of.values():
        for layer, shapes in layers.items():
            gap = gaps[layer]
            shapes.sort(key=lambda s: s[:4])
            for i, one in enumerate(shapes):
                a, b, c, d, net, wire = one
                for k in range(i + 1, len(shapes)):
                    e, f, g, h, other, second = two = shapes[k]
                    if e >= c + gap:
                        break
                    if (wire and net in fresh or second and other in fresh) and (net != other or net is None) and f < d + gap and b < h + gap:
                        mine, its = (one, two) if cost(one) <= cost(two) else (two, one)
                        found.add((mine[4], layer, mine[:4], its[4], its[:4]))
    return sorted(found, key=str)


def points(die, layer, box, other, gap):
    """grid points of the wire or via `box` at which it comes too near to `other`: those of the nearest tracks"""
    half = min(box[2] - box[0], box[3] - box[1]) // 2
    track = lambda v, pitch: (v + pitch // 2) // pitch
    grid = [(kx * die.px, ky * die.py) for kx in range(track(box[0] + half, die.px), track(box[2] - half, die.px) + 1)
            for ky in range(track(box[1] + half, die.py), track(box[3] - half, die.py) + 1)]
    away = lambda x, y: max(other[0] - x - half, x - half - other[2], other[1] - y - half, y - half - other[3])
    near = [p for p in grid if away(*p) < gap] or [min(grid, key=lambda p: away(*p))]
    return {(layer, *p) for p in near}


def mend(die):
    """Takes out new wires that break a rule and blocks the grid points where they do, for the next pass. Returns the number of violations."""
    found = violations(die, die.fresh)
    die.fresh = {}
    gaps = {y.name: round(y.spacing * die.dbu) for y in die.lef.layers}
    gone = set()
    for net, layer, box, other, metal in found:
        if other in gone:
            continue
        die.blocked |= points(die, layer, box, metal, gaps[layer])
        if net in die.power:
            die.forget_part(net, (layer, *box))
        elif net not in gone:
            die.forget(net)
            gone.add(net)
    return len(found)
