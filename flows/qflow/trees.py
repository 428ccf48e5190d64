"""Buffer trees after placement: sinks are grouped by where they lie, so that a buffer's sinks are neighbours.
The clock gets a balanced tree (the same number of buffers before every flip-flop), other wide nets get leaves only as deep as they need.
SPDX-License-Identifier: Apache-2.0"""


def groups(points, size):
    """(x, y, key) points into groups of at most `size`, halved along the longer side: even in number, near in place"""
    count = -(-len(points) // size)
    if count <= 1:
        return [points]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    axis = 0 if max(xs) - min(xs) >= max(ys) - min(ys) else 1
    points = sorted(points, key=lambda p: (p[axis], p[1 - axis], p[2]))
    left = count // 2
    cut = len(points) * left // count
    return groups(points[:cut], size) + groups(points[cut:], size)


def middle(points):
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def grow(n, where, net, sinks, buffer, size, stem, root):
    """Puts a tree of `buffer` cells between `net` and its sinks. Each level has at most `size` loads per buffer.
    root: the net drives exactly one buffer; otherwise up to `size`. where: cell -> (x, y), new cells are entered. Returns (levels, buffers)."""
    points = [(*where[c or pin], (c or "", pin)) for c, pin in sinks]
    levels = made = 0
    while len(points) > size or (root and (levels == 0 or len(points) > 1)):
        up = []
        for g in groups(points, size):
            out = n.net(f"{stem}n")
            c = n.add(buffer[0], {buffer[1]: net, buffer[2]: out}, f"{stem}u")
            for _, _, (sink, pin) in g:
                n.cells[sink].pins[pin] = out
            where[c.name] = middle(g)
            up.append((*where[c.name], (c.name, buffer[1])))
            made += 1
        points = up
        levels += 1
    return levels, made


def delay(n, where, net_pins, sink, pin, buffer, stem, count):
    """`count` buffers in front of one pin: a hold repair"""
    for _ in range(count):
        out = n.net(f"{stem}n")
        c = n.add(buffer[0], {buffer[1]: n.cells[sink].pins[pin], buffer[2]: out}, f"{stem}u")
        n.cells[sink].pins[pin] = out
        where[c.name] = where[sink]
