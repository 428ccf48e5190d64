"""qrouter's resistances and capacitances (.rc) as SPEF. A line is
  NET drivers DRIVER sinks TREE,   TREE: ( ohm picofarad BRANCH , ... )   BRANCH: TREE or a pin CELL/PIN, PIN/PORT
The SPEF that qflow's own rc2dly writes says femtofarad where picofarad is meant and has names that OpenSTA does not find.
SPDX-License-Identifier: Apache-2.0"""


def pin_of(word):
    word = word.replace("<", "[").replace(">", "]")
    cell, _, pin = word.partition("/")
    return pin if cell == "PIN" else f"{cell}:{pin}"


def tree(words, i, node, net, count, caps, ress):
    """one TREE that begins at words[i] == '('; returns the index behind it"""
    ohm, pf = float(words[i + 1]), float(words[i + 2])
    i += 3
    count[0] += 1
    here = f"{net}:{count[0]}"
    pins = []
    children = []
    while words[i] != ")":
        if words[i] == ",":
            i += 1
        elif words[i] == "(":
            children.append(i)
            depth = 0
            while True:
                depth += {"(": 1, ")": -1}.get(words[i], 0)
                i += 1
                if depth == 0:
                    break
        else:
            pins.append(words[i])
            i += 1
    if pins:
        here = pin_of(pins[0])
    caps[node] = caps.get(node, 0.0) + pf / 2
    caps[here] = caps.get(here, 0.0) + pf / 2
    ress.append((node, here, max(ohm, 0.001)))
    for other in pins[1:]:
        ress.append((here, pin_of(other), 0.001))
    for c in children:
        tree(words, c, here, net, count, caps, ress)
    return i + 1


HEAD = ('*BUS_DELIMITER []\n*T_UNIT 1 NS\n*C_UNIT 1 PF\n*R_UNIT 1 OHM\n*L_UNIT 1 HENRY\n')


def estimate(n, where, dbu, path):
    with open(path, "w", encoding="utf-8") as out:
        out.write(f'*SPEF "IEEE 1481-1998"\n*DESIGN "{n.top}"\n*DATE ""\n*VENDOR ""\n*PROGRAM "estimate"\n*VERSION ""\n*DESIGN_FLOW ""\n*DIVIDER /\n*DELIMITER :\n' + HEAD)
        for net, (drivers, sinks) in n.pins_of_nets().items():
            points = [where[c] for c, _ in drivers + sinks if c]
            if len(drivers) != 1 or not sinks or not points:
                continue
            um = sum(max(p[k] for p in points) - min(p[k] for p in points) for k in (0, 1)) / dbu
            pf = max(um, 1.0) * 0.0002
            lump(out, n, net, drivers, sinks, pf, max(um, 1.0) * 0.3)


def lump(out, n, net, drivers, sinks, pf, ohm):
    """one capacitance at the driver, one resistance to every sink"""
    names = [pin if c is None else f"{c}:{pin}" for c, pin in drivers + sinks]
    out.write(f"\n*D_NET {net} {pf:.6g}\n*CONN\n")
    for k, ((c, _), name) in enumerate(zip(drivers + sinks, names)):
        out.write(f"{'*P' if c is None else '*I'} {name} {'IO'[(k == 0) == (c is not None)]}\n")
    out.write(f"*CAP\n1 {names[0]} {pf:.6g}\n*RES\n")
    for k, name in enumerate(names[1:]):
        out.write(f"{k + 1} {names[0]} {name} {max(ohm, 0.001):.6g}\n")
    out.write("*END\n")


def convert(rc, n, lengths, path):
    """n: the netlist with its pins. lengths: net -> um of wire. qrouter leaves a net out when its wire does not begin on the layer of the driving port, or loses a node of it: such
    nets get the mean capacitance and resistance per um of the others, in one lump. Returns (nets of the router, nets in one lump, total pF)."""
    seen, sums = set(), [0.0, 0.0, 0.0]
    outs = {name for name, d in n.ports if d == "output"}
    ports = {name for name, _ in n.ports}

    def connection(node):
        if node in ports:
            return f"*P {node} {'O' if node in outs else 'I'}"
        cell, _, pin = node.rpartition(":")
        return f"*I {node} {'O' if n.output(n.cells[cell], pin) else 'I'}"

    nets, total = 0, 0.0
    with open(rc, encoding="utf-8") as f, open(path, "w", encoding="utf-8") as out:
        out.write(f'*SPEF "IEEE 1481-1998"\n*DESIGN "{n.top}"\n*DATE ""\n*VENDOR ""\n*PROGRAM "qrouter"\n*VERSION ""\n*DESIGN_FLOW ""\n*DIVIDER /\n*DELIMITER :\n' + HEAD)
        for line in f:
            words = line.split()
            if len(words) < 5:
                continue
            net = words[0].replace("<", "[").replace(">", "]")
            if net in (n.lef.power, n.lef.ground) or any(w.startswith("ERROR") for w in words):  # a node that the router lost
                continue
            driver = pin_of(words[2])
            caps, ress, count = {}, [], [0]
            i = 4
            # several trees begin at the driver, or one whose root is the driver's own wire
            while i < len(words):
                if words[i] == "(":
                    i = tree(words, i, driver, net, count, caps, ress)
                else:
                    i += 1
            known = [p for p in {a for r in ress for a in r[:2]} | {driver} if not p.startswith(net + ":") or p.split(":")[0] in n.cells]
            sum_c = sum(caps.values())
            total += sum_c
            seen.add(net)
            sums = [sums[0] + lengths.get(net, 0.0), sums[1] + sum_c, sums[2] + sum(r[2] for r in ress)]
            nets += 1
            out.write(f"\n*D_NET {net} {sum_c:.6g}\n*CONN\n")
            for p in sorted(known):
                out.write(connection(p) + "\n")
            out.write("*CAP\n")
            for k, (node, pf) in enumerate(sorted(caps.items())):
                out.write(f"{k + 1} {node} {pf:.6g}\n")
            out.write("*RES\n")
            for k, (a, b, ohm) in enumerate(ress):
                out.write(f"{k + 1} {a} {b} {ohm:.6g}\n")
            out.write("*END\n")
        lumps = 0
        for net, (drivers, sinks) in n.pins_of_nets().items():
            if net in seen or net not in lengths or len(drivers) != 1 or not sinks or not sums[0]:
                continue
            lump(out, n, net, drivers, sinks, lengths[net] * sums[1] / sums[0], lengths[net] * sums[2] / sums[0])
            lumps += 1
    return nets, lumps, total
