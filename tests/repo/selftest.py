# Proves that every check of checks.py can fail: a tiny tree that passes all of them, then one violation at a time.
# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import checks

SPDX = "SPDX-License-Identifier: Apache-2.0"
C = f"/* {SPDX} */\n"
SV = f"// {SPDX}\n"
HASH = f"# {SPDX}\n"

CLEAN = {
    "common/buf.h": C + "struct buf { int (*f)(int); };\nvoid buf_init(struct buf *b);\n\n/* grows */\nint buf_add(struct buf *b,\n\t    int n) __attribute__((pure));\n",
    "common/buf.c": C + '#include "common/buf.h"\n\nvoid buf_init(struct buf *b)\n{\n\tb->f = 0;\n}\n\nint buf_add(struct buf *b,\n\t    int n)\n{\n\tif (n) {\n\t}\n\treturn n;\n}\n',
    "checkpoint/q8.c": C + '#include "common/buf.h"\nstatic int q8_dequantise(int v)\n{\n\treturn v;\n}\n',
    "golden/code.h": C + "int gc_planes(int bits); /* planes */\n",
    "golden/code.c": C + '#include "golden/code.h"\nint gc_planes(int bits) { return bits; }\n',
    "cosim/shim.h": C + 'extern "C" {\nvoid shim_get(void); /* the symbol */\n}\n',
    "cosim/shim.cpp": C + '#include "verilated.h"\n#include "shim.h"\nextern "C" __attribute__((visibility("default"))) void shim_get(void)\n{\n}\n',
    "cli/main.c": C + '#include "map/map.h"\n',
    "rtl-templates/prim/cim_one.sv": SV + "module cim_one;\nendmodule\n",
    "gen/regs.def": C + 'REG(ID, 0x000, RO, "what")\nVALUE(ID_VALUE, 0x41, "A")\nREG(VERSION, 0x004, RO, "which")\nVALUE(VERSION_VALUE, 0x10, "1.0")\n'
    'REGS(LSB, 0x00C, 8, 2, RW, "steps")\nWINDOW(PROG, 0x10000, 32, 4, WO, "program")\n',
    "cosim/driver/cim_driver.c": C + '#include <stdint.h>\n#include "cim_regs.h"\n',
    "cosim/systemc/cim_tlm.h": C + "#include <systemc>\n",
    "rtl-templates/top/cim_csr.sv": SV + "module cim_csr;\n  localparam logic [13:0] RegId = 14'h000, RegVersion = 14'h001, RegLsb0 = 14'h003, RegLast = 14'h005;\n"
    "  assign ok = word != 14'h002 && word != 14'h004;\n  RegId:  rdata_o = 32'h41;\n  RegVersion: rdata_o = 32'h00000010;\nendmodule\n",
    "map/map.h": C + "enum map_op { MAP_END = 1, MAP_LOOP, MAP_ACT };\n",
    "golden/machine_parts.h": C + "enum gm_op { GM_END = 1, GM_LOOP, GM_ACT };\n",
    "rtl-templates/sched/cim_decode.sv": SV + "module cim_decode;\n  localparam logic [3:0] OpEnd = 4'd1, OpAct = 4'd3;\nendmodule\n",
    "rtl-templates/sched/cim_sequencer.sv": SV + "module cim_sequencer;\n  localparam logic [3:0] OpLoop = 4'd2;\nendmodule\n",
    "rtl-templates/top/cim_top.sv": SV + "module cim_top;\n  cim_one u_one ();\nendmodule\n",
    "constraints/top.sdc": HASH + "create_clock -period $clk_period_ns clk_i\n",
    "configs/tiny.xml": f"<!-- {SPDX} -->\n<bitline/>\n",
    "docs/page.md": "A page, `mktemp -d /" + "tmp/x.XXXXXX`.\n",
    "tests/expected/page.txt": "$ bitline gen --out \n",
    "tests/unit/test_a.c": "\n" * 19 + C + 'char *dir = "/' + 'tmp/a";\n',
    "packages.txt": "g++\nlibxml2-dev\n",
    "Makefile": HASH + "all:\n\ttrue\n",
    "models/weights.bin": "\x00" * (checks.MAX_BYTES + 1),
}

# (check that must fail, file, new content or None to append to the clean one, what is appended)
A = "append"
VIOLATIONS = [
    ("arrows", "golden/code.c", A, '#include "gen/gen.h"\n'),
    ("arrows", "golden/code.c", A, '#include "map/map.h"\n'),
    ("arrows", "golden/code.c", A, '# include "cosim/device.h"\n'),
    ("arrows", "common/buf.c", A, '#include "checkpoint/npy.h"\n'),
    ("arrows", "common/buf.c", A, '#include "../golden/code.h"\n'),
    ("arrows", "cosim/shim.cpp", A, '#include "map/map.h"\n'),
    ("no_simulator", "golden/code.c", A, "#include <verilated.h>\n"),
    ("no_simulator", "golden/code.c", A, '#include "Vcim_top.h"\n'),
    ("containers_only", "common/buf.c", A, "static int buf_pack(int a)\n{\n\treturn a;\n}\n"),
    ("containers_only", "checkpoint/q8.c", A, "static int threshold_of(int a,\n\tint b)\n{\n\treturn a;\n}\n"),
    ("containers_only", "checkpoint/q8.c", A, "static int q8_quantise(int a) { return a; }\n"),
    ("knows_nothing", "rtl-templates/top/cim_top.sv", A, '`include "cim_defs.svh"\n'),
    ("knows_nothing", "rtl-templates/top/cim_top.sv", A, "module cim_b;\n  cim_elsewhere #(.A(1)) u_e ();\nendmodule\n"),
    ("knows_nothing", "rtl-templates/top/cim_top.sv", A, 'module cim_b;\n  initial $readmemh("gen/t.hex", m);\nendmodule\n'),
    ("knows_nothing", "constraints/top.sdc", A, "source ../gen/x.tcl\n"),
    ("knows_nothing", "configs/tiny.xml", A, '<include href="tests/x.xml"/>\n'),
    ("licence", "common/new.c", "", "int new_x;\n"),
    ("licence", "tools/run", "", "#!/bin/sh\ntrue\n"),
    ("licence", "configs/tiny.xml", "", "<bitline/>\n"),
    ("licence", "golden/late.c", "", "\n" * 20 + C),
    ("ascii_only", "docs/page.md", A, "caf\xe9\n"),
    ("ascii_only", "docs/page.md", A, "dos\r\n"),
    ("no_tabs", "docs/page.md", A, "a\tb\n"),
    ("no_tabs", "rtl-templates/prim/cim_one.sv", A, "\t// x\n"),
    ("no_trailing_space", "golden/code.c", A, "int gc_x; \n"),
    ("no_trailing_space", "tests/unit/test_a.c", A, "int x;\t\n"),
    ("last_newline", "docs/page.md", A, "end"),
    ("last_newline", "docs/page.md", A, "end\n\n"),
    ("machine_paths", "docs/page.md", A, "see /" + "work/main\n"),
    ("machine_paths", "golden/code.c", A, 'char *gc_p = "/' + 'tmp/out";\n'),
    ("machine_paths", "docs/page.md", A, "in /" + "home/me\n"),
    ("registry_hosts", "docs/page.md", A, "https://" + "py" + "pi.org/simple\n"),
    ("big_files", "docs/page.md", A, ("x" * 99 + "\n") * (checks.MAX_BYTES // 100 + 1)),
    ("big_files", "build/a.txt", "", "generated\n"),
    ("long_sources", "golden/code.c", A, "/* x */\n" * checks.MAX_LINES),
    ("headers_defined", "golden/code.h", A, "int gc_missing(int a); /* said, never done */\n"),
    ("headers_defined", "common/buf.h", A, "int buf_missing(int a,\n\tint b); /* in two lines */\n"),
    ("headers_said", "golden/code.h", A, "\nint gc_planes(int bits);\n"),
    ("registers", "gen/regs.def", A, 'REG(LATE, 0x018, RW, "after all")\n'),
    ("registers", "rtl-templates/top/cim_csr.sv", A, "// x\nmodule cim_b;\n  localparam logic [13:0] RegLsb1 = 14'h004;\nendmodule\n"),
    ("registers", "rtl-templates/top/cim_csr.sv", A, "module cim_b;\n  localparam logic [13:0] RegOther = 14'h003;\nendmodule\n"),
    ("registers", "rtl-templates/top/cim_csr.sv", A, "module cim_b;\n  assign no = word != 14'h003;\nendmodule\n"),
    ("registers", "rtl-templates/top/cim_csr.sv", A, "module cim_b;\n  localparam logic [5:0] PageLate = 6'h22;\nendmodule\n"),
    ("registers", "gen/regs.def", "", CLEAN["gen/regs.def"].replace("0x41", "0x42")),
    ("registers", "gen/regs.def", "", CLEAN["gen/regs.def"].replace("0x00C, 8", "0x00C, 4")),
    ("registers", "gen/regs.def", "", C),
    ("freestanding", "cosim/driver/cim_driver.c", A, "#include <string.h>\n"),
    ("freestanding", "cosim/driver/cim_driver.c", A, '#include "cosim/shim.h"\n'),
    ("opcodes", "map/map.h", "", C + "enum map_op { MAP_END = 1, MAP_ACT, MAP_LOOP };\n"),
    ("opcodes", "map/map.h", "", C),
    ("opcodes", "golden/machine_parts.h", "", C + "enum gm_op { GM_END = 1, GM_ACT };\n"),
    ("opcodes", "rtl-templates/sched/cim_sequencer.sv", A, "module cim_b;\n  localparam logic [3:0] OpAct = 4'd4;\nendmodule\n"),
    ("opcodes", "rtl-templates/sched/cim_decode.sv", "", SV + "module cim_decode;\nendmodule\n"),
    ("packages", "packages.txt", "", "libxml2-dev\ng++\n"),
    ("packages", "packages.txt", "", "g++\ng++\n"),
    ("packages", "packages.txt", "", "g++\nlib xml\n"),
    ("packages", "packages.txt", "", ""),
]


def put(root, path, text):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as f:
        f.write(text.encode("latin-1"))


def failing(root):
    tree = checks.Tree(root)
    return {f.__name__: bad for _, f in checks.CHECKS if (bad := f(tree))}


def main():
    failed = 0

    def say(good, name, why=""):
        nonlocal failed
        failed += not good
        print(f"ok - {name}" if good else f"FAIL - {name}: {why}")

    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["git", "init", "-q", root], check=True)
        for path, text in CLEAN.items():
            put(root, path, text)
        found = failing(root)
        say(not found, "self-test: a clean tree passes", found)
        for name, path, how, text in VIOLATIONS:
            put(root, path, CLEAN[path] + text if how == A else text)
            found = failing(root)
            say(name in found and (len(found) == 1 or path == "packages.txt"), f"self-test: {name} sees {path} {text.strip()[:40]!a}", found or "nothing found")
            if path in CLEAN:
                put(root, path, CLEAN[path])
            else:
                os.remove(os.path.join(root, path))
        untested = {f.__name__ for _, f in checks.CHECKS} - {v[0] for v in VIOLATIONS}
        say(not untested, "self-test: every check has a violation", untested)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
