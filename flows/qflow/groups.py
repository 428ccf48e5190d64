"""Splits the laid-out netlist for the simulation. usage: groups.py LAYOUT.v SDF MODULE
Icarus looks up every cell of an SDF file among all nets and cells of its scope: for 46 000 cells that took more than five minutes. Here 200 cells each are a module of
their own with an SDF file; the nets stay where they were. Icarus 11 takes no INTERCONNECT of the SDF file anyway, so those of the top are left out.
Writes layout_sim.v with the module layout_MODULE, whose instance must be bench.gate, and gK.sdf; prints the calls that annotate.
SPDX-License-Identifier: Apache-2.0"""
import re
import sys

SIZE = 200


def main():
    layout, sdf, module = sys.argv[1:4]
    head, groups, group_of = [], [], {}
    with open(layout, encoding="utf-8") as f:
        for line in f:
            m = re.match(r"  (\w+) (\w+) \(\.", line)
            if not m:
                head.append(re.sub(rf"^module {module}\b", f"module layout_{module}", line))
                continue
            if not groups or len(groups[-1]) == SIZE:
                groups.append([])
            groups[-1].append(re.sub(r"(\.\w+\()(?=[A-Za-z_])", r"\1bench.gate.", line))
            group_of[m.group(2)] = len(groups) - 1
    end = head.pop()  # endmodule
    with open("layout_sim.v", "w", encoding="utf-8") as f:
        f.writelines(head + [f"  layout_group{k} g{k} ();\n" for k in range(len(groups))] + [end])
        for k, lines in enumerate(groups):
            f.write(f"module layout_group{k};\n{''.join(lines)}endmodule\n")
    with open(sdf, encoding="utf-8") as f:
        parts = re.split(r"^ (?=\(CELL$)", f.read(), flags=re.M)
    start, cells = parts[0], parts[1:]
    cells[-1] = cells[-1].rstrip().removesuffix(")")  # of the file
    mine = [[start] for _ in groups]
    for cell in cells:
        name = re.search(r"\(INSTANCE (\w+)\)", cell)
        if name:
            mine[group_of[name.group(1)]].append(" " + cell)
    for k, texts in enumerate(mine):
        with open(f"g{k}.sdf", "w", encoding="utf-8") as f:
            f.write("".join(texts) + ")\n")
        print(f'$sdf_annotate("g{k}.sdf", gate.g{k});')


main()
