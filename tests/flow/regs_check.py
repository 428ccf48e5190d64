# The register documents of an emitted directory against each other, and against what the RTL answers (regs_bench.sv). One `ok` or `FAIL` line per check.
# usage: regs_check.py same DIR PREFIX          five documents and the header say the same
#        regs_check.py accesses DIR PREFIX      prints what the bench is to do
#        regs_check.py answers DIR PREFIX FILE  ... and compares what it printed
# SPDX-License-Identifier: Apache-2.0
import os
import sys

import regs_model as model


def same(directory, prefix):
    docs = {"ipxact-2014": model.ipxact(f"{directory}/ipxact/{prefix}top.2014.xml")}
    first = docs["ipxact-2014"]
    hashes = [first.registers[8 + 4 * k][1][0][4] for k in range(8)]
    docs["ipxact-2022"] = model.ipxact(f"{directory}/ipxact/{prefix}top.2022.xml")
    docs["systemrdl"] = model.rdl(f"{directory}/regs/{prefix}regs.rdl")
    docs["markdown"] = model.markdown(f"{directory}/regs/{prefix}regs.md", hashes)
    docs["html"] = model.html(f"{directory}/regs/{prefix}regs.html", hashes)
    good = True
    for name, d in docs.items():
        bad = [f"{a:#x} {first.registers.get(a)} but {d.registers.get(a)}" for a in sorted(set(first.registers) | set(d.registers)) if first.registers.get(a) != d.registers.get(a)]
        bad += [f"{w} {first.windows.get(w)} but {d.windows.get(w)}" for w in sorted(set(first.windows) | set(d.windows)) if first.windows.get(w) != d.windows.get(w)]
        print(f"{'FAIL' if bad else 'ok'} regs {os.path.basename(directory)} {name}: {len(d.registers)} registers, {len(d.windows)} windows{': ' + bad[0] if bad else ''}")
        good &= not bad
    offsets, masks = model.header(f"{directory}/include/{prefix}regs.h", prefix.upper())
    bad = [f"{n} at {a:#x}" for a, (n, _) in first.registers.items() if offsets.get(n) != min(x for x, r in first.registers.items() if r[0] == n)]
    bad += [f"{n}.{f[0]}" for n, fields in first.registers.values() for f in fields if f[0] != "VALUE" and masks.get(f"{n}_{f[0]}") != ((1 << f[2]) - 1) << f[1]]
    bad += [n for n, w in first.windows.items() if offsets.get(n) != w[0]]
    print(f"{'FAIL' if bad else 'ok'} regs {os.path.basename(directory)} header: {len(offsets)} offsets, {len(masks)} masks{': ' + bad[0] if bad else ''}")
    return good and not bad


def plan(m):
    """[(kind, address, data, wanted data or None, wanted response, why)]"""
    out = []
    for a in range(0, 256, 4):
        name, fields = m.registers.get(a, ("no register", []))
        value = sum(f[4] << f[1] for f in fields)
        out.append(("r", a, 0, value if fields else 0, 0 if fields else 2, f"{name} after reset"))
    for a, (name, fields) in sorted(m.registers.items()):
        mask = sum(((1 << f[2]) - 1) << f[1] for f in fields if f[3] == "rw")
        once = sum(((1 << f[2]) - 1) << f[1] for f in fields if f[3] == "rw1s")
        value = sum(f[4] << f[1] for f in fields)
        kept = value & ~mask
        for data in (0xffffffff & ~once, 0, 0xffffffff & ~once & ~value):
            out.append(("w", a, data, None, 0, f"{name} written"))
            out.append(("r", a, 0, kept | data & mask, 0, f"{name} after {data:#x} was written"))
    for name, (a, size, access, _) in sorted(m.windows.items()):
        for where, there in ((a, True), (a + size - 4, True), (a + size, False)):
            if "w" in access:
                out.append(("w", where, 0, None, 0 if there else 2, f"{name} written at {where:#x}"))
            out.append(("r", where, 0, None, 0 if there and "r" in access else 2, f"{name} read at {where:#x}"))
    if "TREE" not in m.windows:
        out.append(("w", 0x220000, 0, None, 2, "TREE, which this configuration does not have"))
    return out


def answers(m, directory, path):
    got = [line.split() for line in open(path, encoding="ascii") if line[:2] in ("r ", "w ")]
    bad, todo = [], plan(m)
    if len(got) != len(todo):
        bad.append(f"{len(got)} answers to {len(todo)} accesses")
    for (kind, address, data, value, response, why), have in zip(todo, got):
        if have[0] != kind or int(have[1], 16) != address:
            bad.append(f"answer {have} to {kind} {address:#x}")
        elif int(have[3]) != response:
            bad.append(f"{why}: response {have[3]}, not {response}")
        elif value is not None and have[2] != f"{value:08x}":
            bad.append(f"{why}: {have[2]}, not {value:08x}")
    print(f"{'FAIL' if bad else 'ok'} regs {directory} RTL: {len(todo)} accesses, reset values, writable bits, ends of windows{': ' + bad[0] if bad else ''}")
    return not bad


def main(what, directory, prefix, path=None):
    if what == "same":
        return same(directory, prefix)
    m = model.ipxact(f"{directory}/ipxact/{prefix}top.2022.xml")
    if what == "answers":
        return answers(m, os.path.basename(directory), path)
    for kind, address, data, _, _, _ in plan(m):
        print(f"{kind} {address:x}" + (f" {data:x}" if kind == "w" else ""))
    return True


sys.exit(0 if main(*sys.argv[1:]) else 1)
