"""Models of the whole core with mutants inside: Yosys reads and flattens the templates, `mutate -ctrl` puts every chosen mutant behind one
selector, Verilator compiles the netlist with the bench that `make test` runs (tests/rtl/core_bench.cpp). A mutant is a number in the environment.
SPDX-License-Identifier: Apache-2.0"""
import glob
import hashlib
import os
import re
import subprocess
import sys
import threading

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
RTL = os.path.join(TOP, "rtl-templates")
SELECT_BITS = 16
LOCK = threading.Lock()
# deeper is more exact: a mutant belongs to the innermost module that its cell came from
DEPTH = {"cim_core": 0, "cim_control": 1, "cim_tiles": 1, "cim_out_pipe": 1, "cim_tile": 2, "cim_decode": 2, "cim_readout": 3, "cim_link": 2, "cim_adc": 4}
LEAF = 9


class Stop(Exception):
    """A tool failed: (status, one line)."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def run(command, log, limit=900):
    """one tool; its words go to a file, which a failure names"""
    try:
        with open(log, "w") as f:
            rc = subprocess.run(command, stdout=f, stderr=subprocess.STDOUT, timeout=limit, cwd=os.path.dirname(log)).returncode
    except FileNotFoundError:
        raise Stop(3, f"'{command[0]}' is missing: 'make deps' installs it")
    except subprocess.TimeoutExpired:
        raise Stop(1, f"'{command[0]}' took more than {limit} s (log: '{log}')")
    if rc:
        text = open(log).read()
        first = next((x for x in text.splitlines() if re.search("ERROR|%Error|error:", x)), "")
        raise Stop(1, f"'{command[0]}' failed with status {rc}: {first} (log: '{log}')")


class Bench:
    """One line `bench NAME "kind bubble search immersed network flashbits" geometry` of tests/rtl/run_core.sh: what `make test` runs is what mutants meet."""
    GEOMETRY = ["Rows", "Cols", "Tiles", "Adcs", "AdcBits", "CellBits", "SampleHold", "ActDepth", "AccDepth", "ChDepth", "ProgDepth"]
    READOUT = ["Kind", "Bubble", "Search", "Immersed", "Network", "FlashBits"]

    top = "cim_core"
    main = None

    def __init__(self, name, readout, geometry):
        self.name = name
        words = readout.split()
        r, g = [int(x) for x in words if x[0] != "-"], [int(x) for x in geometry.split()]
        self.more = [x for x in words if x.startswith("-D")]
        self.par = dict(zip(self.READOUT, r)) | dict(zip(self.GEOMETRY, g))
        self.par.update((k, int(v)) for k, v in re.findall(r"-G(\w+)=(\d+)", readout))
        self.runs = g[11]

    def parameters(self):
        fixed = {"EvaluateReset": 2, "CompareReset": 3, "RefPrechargeReset": 2, "ShareReset": 3, "SettleReset": 4, "SeedReset": 44257}
        return self.par | fixed

    def defines(self):
        p = self.par
        value = p["Kind"] | p["Bubble"] << 3 | p["Search"] << 4 | p["Immersed"] << 5 | p["Network"] << 6 | (p["FlashBits"] << 8 if p["Kind"] == 2 else 0)
        return self.more + [f"-DREADOUT_VALUE={value}"] + [f"-D{d}={p[k]}" for d, k in (("ROWS", "Rows"), ("COLS", "Cols"), ("TILES", "Tiles"), ("ADCS", "Adcs"),
                ("CELL_BITS", "CellBits"), ("SAMPLE_HOLD", "SampleHold"))]

    def columns(self):
        """of the macro: spare positions too (docs/faults.md section 5)"""
        p = self.par
        positions = -(-p["Cols"] // p["Adcs"])
        return (positions + positions % 2 + p["Spares"]) * p["Adcs"] if p.get("Spares") else p["Cols"]

    def refs(self):
        p = self.par
        return (1 << p["AdcBits"]) - 1 if p["Kind"] == 1 else (1 << p["FlashBits"]) - 1 if p["Kind"] == 2 else 1


class ModuleBench:
    """A bench of one module (tests/rtl/run_link.sh), at one shape that it runs with."""
    defines = staticmethod(lambda: [])

    def __init__(self, name, top, main, par):
        self.name, self.top, self.main, self.par = name, top, main, par

    def parameters(self):
        """what the bench elaborates the module with: its own constants too"""
        text = open(os.path.join(TOP, "tests/rtl", self.main + ".sv")).read()
        own = {k: int(v) for k, v in re.findall(r"(?:localparam|parameter) int (\w+) *= *(\d+)", text)}
        names = re.findall(r"\.(\w+)\((\w+)\)", text[text.index(self.top + " #("):].split(") u_", 1)[0])
        return {k: (own | self.par)[v] for k, v in names}

    def flat_names(self, text):
        """the netlist has no hierarchy any more, but the bench looks into it"""
        return re.sub(r"\bu_char\.(u_histogram\.mem)\[", r"u_char.\\\1 [", text)

    def header(self, text):
        """the netlist has no parameters any more, but the bench sets them"""
        source = open(next(x for x in sources() if os.path.basename(x) == self.top + ".sv")).read()
        names = re.findall(r"parameter (?:int )?(\w+) *= *([^,\n/)]+)", source[:source.index(") (")])
        return re.sub(rf"^module {self.top}\s*\(", f"module {self.top} #(" + ", ".join(f"parameter {k} = {v.strip()}" for k, v in names) + ") (", text, flags=re.M)


def module_benches():
    """shapes of tests/rtl/run_link.sh: each network and way of serving; characterisation of two kinds"""
    text = open(os.path.join(TOP, "tests/rtl/run_link.sh")).read()
    link, char = ("Network", "Kind", "Tiles", "Refs", "AdcBits", "FlashBits"), ("Kind", "AdcBits", "FlashBits")
    found = []
    for name, top, names, shape in (("link_pair", "link", link, "0 0 6 1 4 2"), ("link_ring", "link", link, "1 2 7 3 4 2"), ("link_unit", "link", link, "2 1 11 7 3 2"), ("link_units", "link", link, "2 2 9 3 5 2"),
                                    ("char_search", "char", char, "0 4 2"), ("char_hybrid", "char", char, "2 5 2")):
        if not re.search(rf'^(<<<)?(done <<<)?"?{shape}"?$', text, re.M):
            raise Stop(1, f"tests/rtl/run_link.sh: shape '{shape}' is gone: name another in tests/mutate/rtl_model.py")
        found.append(ModuleBench(name, "cim_" + top, top + "_bench", dict(zip(names, [int(x) for x in shape.split()]))))
    return {b.name: b for b in found}


def benches():
    text = open(os.path.join(TOP, "tests/rtl/run_core.sh")).read()
    local = re.search(r'^LOCAL="([^"]*)"', text, re.M).group(1)
    found = [Bench(n, r.replace("$LOCAL", local), g) for n, r, g in re.findall(r'\bbench (\w+) "([^"]*)" ([0-9 ]+)', text)]
    if len(found) < 10:
        raise Stop(1, f"tests/rtl/run_core.sh: {len(found)} lines 'bench NAME \"READOUT\" GEOMETRY' instead of ten and more")
    return {b.name: b for b in found}


def sources():
    return sorted(sum((glob.glob(os.path.join(RTL, d, "*.sv")) for d in ("prim", "sched", "adc", "link", "top")), []))


def probed():
    """names that the probe of the core binds to: they must survive flattening"""
    text = open(os.path.join(TOP, "cosim/probe_core.sv")).read()
    return sorted(set(re.findall(r"\.\w+\s*\((\w+)", text[text.index("bind cim_core"):])) - {"clk_i"})


def flatten(b, out):
    """the core of one bench, flat and cleaned, as RTLIL; the macro stays a black box of the right widths"""
    if b.main:
        keep = ""
        box = ""
    else:
        keep = f"setattr -set keep 1 {' '.join('cim_core/w:' + w for w in probed())}"
        box = open(os.path.join(RTL, "macro/cim_macro.blackbox.sv")).read()
        for k, v in {**b.parameters(), "Refs": b.refs(), "Cols": b.columns()}.items():
            box = re.sub(rf"(parameter int {k} *= )\d+", rf"\g<1>{v}", box)
    open(os.path.join(out, "macro.sv"), "w").write(box)
    sets = " ".join(f"-set {k} {v}" for k, v in b.parameters().items())
    if not b.main:
        sets += " -set ConfigHash 256'h" + "".join(f"{i:02x}" for i in range(1, 33))
    script = f"""read_verilog -sv {' '.join(sources())}
read_verilog -sv -lib macro.sv
chparam {sets} {b.top}
hierarchy -check -top {b.top}
proc
flatten
{keep}
opt -full
wreduce
memory -nomap
opt -full
clean
write_rtlil flat.il
"""
    made = hashlib.sha256("".join([script, box] + [open(x).read() for x in sources()]).encode()).hexdigest()
    stamp = os.path.join(out, "flat.of")
    if os.path.exists(stamp) and open(stamp).read() == made:
        return
    open(os.path.join(out, "flat.ys"), "w").write(script)
    run(["yosys", "-q", "flat.ys"], os.path.join(out, "flat.log"))
    open(stamp, "w").write(made)


class Mutant:
    """mode, cell, port and bit as Yosys wrote them; file and line of the innermost source"""

    def __init__(self, line):
        self.line = line
        self.args = re.sub(r"mutate -ctrl \S+ \d+ \d+ ", "", line)
        word = dict(re.findall(r" -(mode|cell|port|portbit|ctrlbit|wire|wirebit) (\S+)", line))
        self.mode, self.port, self.bit, self.cell = word["mode"], word["port"], int(word["portbit"]), word["cell"]
        self.what = f"{self.mode}{' by ' + word['ctrlbit'] if 'ctrlbit' in word else ''} {self.cell_kind()}.{self.port}[{self.bit}]"
        self.wire = f"{word['wire']}[{word['wirebit']}]" if "wire" in word else ""
        self.file, self.lineno, self.instance = self.place()

    def cell_kind(self):
        m = re.search(r"\$(\w+)\$[^$]*\$?\d+$", self.cell) or re.search(r"\$(\w+)\$?\d*$", self.cell)
        return m.group(1) if m else self.cell.split(".")[-1].strip("\\")

    def place(self):
        """(file below rtl-templates, line, instance) or ("", 0, "")"""
        spans = []
        for path, l0, c0, l1, c1 in re.findall(r"-src (\S+?):(\d+)\.(\d+)-(\d+)\.(\d+)", self.line):
            path = path.split("|")[-1]
            if path.startswith(RTL + "/") and int(l0):
                rel = path[len(RTL) + 1:]
                module = os.path.basename(rel)[:-3]
                spans.append((-DEPTH.get(module, LEAF), (int(l1) - int(l0)) * 1000 + int(c1) - int(c0), rel, int(l0)))
        if not spans:
            return "", 0, ""
        best = min(spans)
        prefix = re.match(r"\$flatten((?:\\[^.$]+(?:\[\d+\])?(?:\.[^\\$.]+)*\.)+)", self.cell)
        name = prefix.group(1).replace("\\", "")[:-1] if prefix else ""
        return best[2], best[3], name


def candidates(out, n, seed):
    script = f"read_rtlil flat.il\nmutate -list {n} -seed {seed} -ctrl mutsel {SELECT_BITS} 1 -o candidates.txt\n"
    made, stamp = hashlib.sha256((script + open(os.path.join(out, "flat.of")).read()).encode()).hexdigest(), os.path.join(out, "candidates.of")
    if not (os.path.exists(stamp) and open(stamp).read() == made):
        open(os.path.join(out, "list.ys"), "w").write(script)
        run(["yosys", "-q", "list.ys"], os.path.join(out, "list.log"))
        open(stamp, "w").write(made)
    return [m for m in map(Mutant, open(os.path.join(out, "candidates.txt")).read().splitlines()) if m.file]


# registers that notice every flipped bit of theirs, and the watchdog's clocks: the bench flips them (tests/rtl/core_upsets.h), as tests/faults does in the templates
FLIPPED = {"cim_core": r"u_sequencer\.state_q|u_char\.state_q|u_plane_seq\.state_q|u_(?:in|out)_fifo\.(?:valid|count|rptr|wptr)_q|u_guard\.(?:(?:machine|out)_rst_nq|stopping_q|waited_q)"
           r"|u_tile\.(?:bank_used_q|shadow_full_q|pending_q)", "cim_char": r"\\state_q", "cim_link": r"(?!)"}


def flips(b, out):
    """[(register, bit, cell, bit of its port)]"""
    found = []
    for cell, body in re.findall(r"^  cell \$\w*dff\w* (\S+)\n(.*?)\n  end$", open(os.path.join(out, "flat.il")).read(), re.S | re.M):
        q = re.search(r"connect \\Q (\S+)(?: \[(?:\d+:)?(\d+)\])?$", body, re.M)
        if q and re.search(rf"(?:{FLIPPED[b.top]})$", q[1]):
            width = int(re.search(r"parameter \\WIDTH (\d+)", body)[1])
            found += [(q[1].lstrip("\\"), int(q[2] or 0) + k, cell, k) for k in range(width)]
    return sorted(found)


def apply(b, out, mutants):
    """all mutants in one netlist, number k + 1 chosen by mutsel: one RTLIL for the proofs, one Verilog for the simulation"""
    bits = flips(b, out)
    open(os.path.join(out, "flips.h"), "w").write("".join(f'{{"{name}", {bit}}},\n' for name, bit, _, _ in bits))
    lines = [f"mutate -ctrl flip_i 8 {k + 1} -mode inv -module {b.top} -cell {cell} -port \\Q -portbit {bit}" for k, (_, _, cell, bit) in enumerate(bits)]
    lines += [f"mutate -ctrl mutsel {SELECT_BITS} {k + 1} {m.args}" for k, m in enumerate(mutants)]
    script = "read_rtlil flat.il\n" + "\n".join(lines) + f"\ndelete -input {b.top}/w:mutsel\nwrite_verilog -noattr core.v\n"
    open(os.path.join(out, "apply.ys"), "w").write(script)
    run(["yosys", "-q", "apply.ys"], os.path.join(out, "apply.log"))
    path = os.path.join(out, "core.v")
    text = open(path).read()
    decl = f"  wire [{SELECT_BITS - 1}:0] mutsel;"
    if text.count(decl) != 1:
        raise Stop(1, f"{path}: {text.count(decl)} declarations of mutsel instead of 1")
    text = text.replace(decl, f"  import \"DPI-C\" function int bl_mutant();\n  reg [{SELECT_BITS - 1}:0] mutsel;\n  initial mutsel = {SELECT_BITS}'(bl_mutant());")
    open(path, "w").write(b.header(text) if b.main else text)


def include_dir():
    p = subprocess.run(["pkg-config", "--variable=includedir", "verilator"], capture_output=True, text=True)
    return p.stdout.strip() or "/usr/share/verilator/include"


def compiler():
    inc = include_dir()
    return ["g++", "-std=c++17", "-I" + inc, "-I" + inc + "/vltstd", "-DVERILATOR=1", "-DVM_COVERAGE=0", "-DVM_SC=0", "-DVM_TRACE=0", "-DVL_THREADED=0", "-faligned-new"]


def runtime(work, parts=("verilated", "verilated_threads", "verilated_dpi"), options=(), prefix=""):
    """Verilator's own objects, the same for all models"""
    objects = []
    with LOCK:
        for f in parts:
            source, o = os.path.join(include_dir(), f + ".cpp"), os.path.join(work, prefix + f + ".o")
            if os.path.exists(source):
                if not os.path.exists(o):
                    run(compiler() + list(options) + ["-O1", "-c", source, "-o", o], o + ".log")
                objects.append(o)
    return objects


def thresholds(b, out):
    """the file of run_core.sh: the same awk, the same seed"""
    p = b.par
    program = re.search(r"awk -v n=\$\(\(.*?\)\) .*?'(BEGIN.*?)' > ", open(os.path.join(TOP, "tests/rtl/run_core.sh")).read(), re.S).group(1)
    path = os.path.join(out, "thresholds.hex")
    text = subprocess.run(["awk", "-v", f"n={p['Tiles'] * p['Adcs'] * 4}", "-v", f"codes={1 << p['AdcBits']}", program], capture_output=True, text=True, check=True).stdout
    open(path, "w").write(text)
    return path


def build_module(b, out, work):
    """a bench that Verilator makes a program of"""
    obj = os.path.join(out, "obj")
    bench = os.path.join(out, b.main + ".sv")
    open(bench, "w").write(b.flat_names(open(os.path.join(TOP, "tests/rtl", b.main + ".sv")).read()))
    run(["verilator", "--cc", "--main", "--timing", "-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-UNOPTFLAT", "-Wno-TIMESCALEMOD", "--prefix", "Vbench", "--top-module", b.main,
         "--Mdir", obj, os.path.join(out, "core.v"), bench] + [f"-G{k}={v}" for k, v in b.par.items()] + (["-DFLIPS"] if b.top == "cim_char" else []), os.path.join(out, "verilate.log"))
    model = os.path.join(out, "model.cc")
    with open(model, "w") as f:
        for part in sorted(glob.glob(os.path.join(obj, "Vbench*.cpp"))):
            f.write(open(part).read())
    objects = runtime(work, ("verilated", "verilated_threads", "verilated_timing", "verilated_dpi"), ["-std=gnu++17", "-fcoroutines"], "timing_")
    run(compiler() + ["-std=gnu++17", "-fcoroutines", "-O1", "-I" + obj, model, os.path.join(TOP, "tests/mutate/mutant.cpp")] + objects + ["-pthread", "-latomic", "-o", os.path.join(out, "bench")],
        os.path.join(out, "bench.log"))


def build(b, out, work):
    """one model with its bench"""
    if b.main:
        return build_module(b, out, work)
    obj = os.path.join(out, "obj")
    verilate(out, obj)
    run(compiler() + ["-O1"] + b.defines() + [f"-DRUNS={b.runs}", "-DFLIPS", "-I" + obj, "-I" + out, "-I" + os.path.join(TOP, "tests/rtl"), os.path.join(TOP, "tests/mutate/stop_bench.cpp"), os.path.join(out, "model.o")]
        + runtime(work) + ["-pthread", "-o", os.path.join(out, "bench")], os.path.join(out, "bench.log"))
    thresholds(b, out)


def verilate(out, obj):
    """the model without its bench, unless it is there already"""
    files = [os.path.join(out, "core.v"), os.path.join(RTL, "macro/cim_macro.behavioural.sv"), os.path.join(TOP, "cosim/probe_core.sv"), os.path.join(TOP, "tests/rtl/core_macro_rules.sv")]
    made, stamp = hashlib.sha256("".join([include_dir()] + [open(x).read() for x in files]).encode()).hexdigest(), os.path.join(out, "model.of")
    if os.path.exists(stamp) and open(stamp).read() == made:
        return
    run(["verilator", "--cc", "-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-UNOPTFLAT", "-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert", "--no-timing", "--prefix", "Vdut",
         "--top-module", "cim_core", "--Mdir", obj] + files, os.path.join(out, "verilate.log"))
    model = os.path.join(out, "model.cc")
    with open(model, "w") as f:
        for part in sorted(glob.glob(os.path.join(obj, "Vdut*.cpp"))):
            f.write(open(part).read())
    run(compiler() + ["-O1", "-I" + obj, "-c", model, "-o", os.path.join(out, "model.o")], os.path.join(out, "model.log"))
    open(stamp, "w").write(made)
