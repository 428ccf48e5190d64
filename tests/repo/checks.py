# Checks about the repository itself: arrows between folders, licence lines, plain text, no machine in it, headers that keep their word.
# Each check is a function tree -> [violations]; tests/repo/selftest.py proves that every one can fail. Run by tests/repo/run.sh.
# SPDX-License-Identifier: Apache-2.0
import os
import re
import subprocess
import sys

SOURCE = (".c", ".h", ".cpp", ".sv", ".svh", ".sh", ".py", ".tcl", ".sdc", ".mk", ".def")
LICENSED = SOURCE + (".xsd", ".xml")
NO_TABS = (".md", ".sv", ".svh", ".py", ".xml")
BINARY = (".npy", ".bin", ".safetensors", ".png")
MAX_LINES = 600
MAX_BYTES = 1 << 20

# DESIGN.md section 2: which folders' headers a folder may include
ARROWS = {
    "common": {"common"},
    "checkpoint": {"common", "checkpoint"},
    "golden": {"golden", "common", "checkpoint"},
    "train": {"train", "golden", "common", "checkpoint"},
    "workload": {"workload", "common", "checkpoint"},
    "sparsify": {"sparsify", "common", "checkpoint"},
    "place": {"place", "common"},
    "map": {"map", "place", "common", "checkpoint"},
    "cost": {"cost", "map", "place", "workload", "common", "checkpoint"},
    "explore": {"explore", "cost", "map", "place", "workload", "common", "checkpoint"},
    "report": {"report", "place", "common"},
    "regress": {"regress", "report", "common"},
    "gen": {"gen", "common", "checkpoint"},
    "adc": {"adc", "common"},
    "spice": {"spice", "common"},
    "cosim": {"cosim", "golden", "common"},
    "lib": {"lib", "golden", "adc", "checkpoint", "common"},
}
C_FOLDERS = tuple(ARROWS)
# init, release, clear, free, new, close mean what they mean in git: no comment needed
VERBS = ("init", "release", "clear", "free", "new", "close")


class Tree:
    """the files that git tracks or would track, read once"""

    def __init__(self, root):
        self.root = root
        out = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"], check=True, capture_output=True).stdout
        self.paths = sorted({p for p in out.decode().split("\0") if p and os.path.isfile(os.path.join(root, p))})
        self.bytes = {}
        for p in self.paths:
            if not p.startswith("models/"):
                with open(os.path.join(root, p), "rb") as f:
                    self.bytes[p] = f.read()

    def texts(self, endings=None, folders=None):
        """(path, text) of text files by ending, first folder; Makefile and files with a shebang count as sources"""
        for p, data in self.bytes.items():
            if p.endswith(BINARY) or (folders and p.split("/")[0] not in folders):
                continue
            is_script = os.path.basename(p) == "Makefile" or ("." not in os.path.basename(p) and data.startswith(b"#!"))
            if endings is None or p.endswith(endings) or (is_script and endings in (SOURCE, LICENSED)):
                yield p, data.decode("latin-1")


def blank(text):
    """a comment or string, its newlines kept, so that line numbers stay"""
    return re.sub(r"[^\n]", " ", text)


def strip_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: blank(m.group()), text, flags=re.S)


def lines_matching(tree, pattern, unless=None, **which):
    bad = []
    for p, text in tree.texts(**which):
        for n, line in enumerate(text.split("\n"), 1):
            m = re.search(pattern, line)
            if m and not (unless and re.search(unless, line)):
                bad.append(f"{p}:{n}: {m.group().strip() or 'here'}")
    return bad


# ---- arrows


def freestanding(tree):
    """the driver that users take with them: its own header, the emitted one, and what every freestanding compiler has"""
    bad = []
    for p, text in tree.texts((".c", ".h"), ("cosim",)):
        if p.startswith("cosim/driver/"):
            names = re.findall(r'^[ \t]*#[ \t]*include[ \t]*([<"][^>"]+[>"])', strip_comments(text), re.M)
            bad += [f"{p}: includes {n}" for n in names if n not in ("<stddef.h>", "<stdint.h>", '"cim_driver.h"', '"cim_regs.h"')]
    return bad


def arrows(tree):
    bad = []
    subfolders = {os.path.dirname(p) for p in tree.paths if p.count("/") > 1}
    for p, text in tree.texts((".c", ".h", ".cpp"), C_FOLDERS):
        folder = p.split("/")[0]
        for m in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', strip_comments(text), re.M):
            name = m.group(1)
            target = name.split("/")[0] if "/" in name else folder
            if ".." in name.split("/"):
                bad.append(f"{p}: includes '{name}' by a relative path")
            elif target not in ARROWS[folder] and os.path.join(folder, target) not in subfolders: # glue says "systemc/x.h", as it is compiled in the cache
                bad.append(f"{p}: {folder} may not include '{name}'")
    return bad


def no_simulator(tree):
    """the C++ glue in cosim (cover.h is C++ too), its SystemC part and its VPI module are the only places that see a simulator"""
    bad = []
    for p, text in tree.texts((".c", ".h", ".cpp"), C_FOLDERS):
        if p.startswith(("cosim/systemc/", "cosim/icarus/")) or (p.startswith("cosim/") and p.endswith(".cpp")) or p == "cosim/cover.h":
            continue
        for m in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*[<"]((?:verilated|svdpi|systemc|vpi_user|V\w+)[^>"]*)[>"]', strip_comments(text), re.M):
            bad.append(f"{p}: includes '{m.group(1)}'")
    return bad


ATTRIBUTE = r"__attribute__\(\((?:[^()]|\([^()]*\))*\)\)[ \t]*"


def functions(text):
    """names of the functions that a C or C++ file defines"""
    text = re.sub(r'^extern "C" (?!\{)', "", re.sub(ATTRIBUTE, "", text), flags=re.M)
    text = re.sub(r"^[A-Z_]+\([^\n;{}]*\)$", "", text, flags=re.M)  # FILES(TAKE): a macro that makes declarations
    return re.findall(r"^(?![ \t#/*}]|typedef|struct \w+ \{|enum(?: \w+)? \{)[^;{}=\n]*?\b(\w+)\([^;{}]*\)[ \t]*\n?\{", strip_comments(text), re.M)


def containers_only(tree):
    """common and checkpoint hold containers and parsing. Undoing a file's own coding (dequantise, unpack) is parsing"""
    bad = []
    for p, text in tree.texts((".c", ".h"), ("common", "checkpoint")):
        bad += [f"{p}: {f}()" for f in functions(text) if re.search(r"(^|_)(threshold|quantis|quantiz|requant|pack)", f)]
    return bad


def knows_nothing(tree):
    """rtl-templates, constraints, configs: nothing outside themselves. cim_illegal_*: the elaboration check that instantiates what nobody defines;
    cim_top is emitted (gen/emit_top.c), and the FPGA wrapper is around it"""
    bad = []
    texts = dict(tree.texts(None, ("rtl-templates", "constraints", "configs")))
    code = {p: strip_comments(t) for p, t in texts.items() if p.endswith((".sv", ".svh"))}
    own = set(re.findall(r"^[ \t]*(?:module|package|interface)[ \t]+(\w+)", "\n".join(code.values()), re.M))
    for p, t in code.items():
        for m in re.finditer(r"`include[^\n]*", t):
            bad.append(f"{p}: {m.group()}")
        bad += [f"{p}: string '{s}' holds a path" for s in re.findall(r'"([^"\n]*)"', t) if re.search(r"\w/\w|\.\./", s)]
        used = set(re.findall(r"\b(\w+)::", t)) | set(re.findall(r"^[ \t]*(cim_\w+)[ \t]+(?:#[ \t]*\(|u_\w+|g_\w+)", t, re.M))
        bad += [f"{p}: '{u}' is not defined in rtl-templates" for u in sorted(used - own) if not u.startswith("cim_illegal_") and u != "cim_top"]
    for p, t in texts.items():
        if p.startswith(("constraints/", "configs/")):
            t = re.sub(r"<!--.*?-->", lambda m: blank(m.group()), t, flags=re.S)
            t = re.sub(r"^[ \t]*#[^\n]*", lambda m: blank(m.group()), t, flags=re.M)
            for m in re.finditer(r"\.\./|\b(?:common|checkpoint|gen|map|golden|cosim|cli|tests|tools|rtl-templates|build)/\w", t):
                bad.append(f"{p}: refers to '{m.group()}'")
    return bad


# ---- text


def licence(tree):
    return [f"{p}: no SPDX line among the first 20" for p, t in tree.texts(LICENSED) if "SPDX-License-Identifier: " not in "\n".join(t.split("\n")[:20])]


def ascii_only(tree):
    return lines_matching(tree, r"[^\x09\x0a\x20-\x7e]")


def first_of_file(violations):
    return sorted({v.split(":")[0]: v.rpartition(": ")[0] for v in reversed(violations)}.values())


def no_tabs(tree):
    return first_of_file(lines_matching(tree, r"\t", endings=NO_TABS))


def no_trailing_space(tree):
    """tests/expected/: what the program printed, as it printed it"""
    return first_of_file([v for v in lines_matching(tree, r"[ \t]+$") if not v.startswith("tests/expected/")])


def last_newline(tree):
    return [p for p, t in tree.texts() if not t.endswith("\n") or t.endswith("\n\n")]


# ---- nothing of one machine


# written in two parts, so that this file passes its own check
MACHINE = r"(?<![\w.}])/(?:" + "|".join(("wo" "rk", "ho" "me", "ro" "ot", "t" "mp")) + r")/[\w.]*"
REGISTRIES = ("py" "pi.org", "python" "hosted.org", "npm" "js.org", "crat" "es.io", "proxy.gol" "ang.org", "ruby" "gems.org", "maven" ".org", "anaconda" ".org",
              "deb.debi" "an.org", "ftp.debi" "an.org", "archive.ubu" "ntu.com", "jsdel" "ivr.net", "unp" "kg.com")


def machine_paths(tree):
    """tests/ may write where a system has its temporaries"""
    return [v for v in lines_matching(tree, MACHINE, unless=r"mktemp|XXXXXX") if not v.startswith("tests/")]


def registry_hosts(tree):
    return lines_matching(tree, r"\b(?:" + "|".join(re.escape(h) for h in REGISTRIES) + ")")


def big_files(tree):
    bad = [f"{p}: {len(d)} bytes" for p, d in tree.bytes.items() if len(d) > MAX_BYTES]
    return bad + [f"{p}: generated files are not committed" for p in tree.paths if p.startswith("build/")]


def long_sources(tree):
    return [f"{p}: {n} lines, split it" for p, t in tree.texts(SOURCE) if (n := t.count("\n")) > MAX_LINES]


# ---- headers


def declarations(text):
    """(name, first line, last line) of every function that a header declares, lines from 0"""
    code = re.sub(ATTRIBUTE, lambda m: blank(m.group()), strip_comments(text))
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: blank(m.group()), code, flags=re.M)
    code = re.sub(r'^[ \t]*extern "C" \{|typedef\b[^;{]*;', lambda m: blank(m.group()), code, flags=re.M)
    while True:  # bodies of structs, enums and inline functions, from the inside out
        less = re.sub(r"\{[^{}]*\}", lambda m: blank(m.group()), code)
        if less == code:
            break
        code = less
    for m in re.finditer(r"^(?!typedef|static)[A-Za-z_][^;=\n]*?\b(\w+)\([^;]*?;", code, re.M):
        yield m.group(1), code.count("\n", 0, m.start()), code.count("\n", 0, m.end())


def has_comment(lines, first, last):
    """in its paragraph (lines without a blank one between them): a header explains in groups"""
    while first > 0 and lines[first - 1].strip():
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].strip():
        last += 1
    return any("/*" in l or "*/" in l or "//" in l for l in lines[first : last + 1])


def headers_defined(tree):
    bad = []
    for folder in C_FOLDERS:
        defined = set()
        for p, t in tree.texts((".c", ".cpp", ".h"), (folder,)):
            defined.update(functions(t))
            defined.update(re.findall(r"\bfriend \w+ (\w+)\([^;{}]*\) \{", t))  # defined in its class
        for p, t in tree.texts((".h",), (folder,)):
            bad += [f"{p}:{line + 1}: {name}() has no definition in {folder}/" for name, line, _ in declarations(t) if name not in defined]
    return bad


def headers_said(tree):
    bad = []
    for p, t in tree.texts((".h",), C_FOLDERS):
        lines = t.split("\n")
        for name, first, last in declarations(t):
            if name.split("_")[-1] not in VERBS and not has_comment(lines, first, last):
                bad.append(f"{p}:{first + 1}: {name}() has no comment")
    return bad


# ---- one register map, one set of opcodes (docs/isa.md sections 2 and 4): C headers against the SystemVerilog that has them as numbers


def camel(prefix, name):
    return prefix + "".join(w.capitalize() for w in name.split("_"))


PAGE = 1 << 16  # bytes: registers are in page 0, a long array of them has a page of its own


def registers(tree):
    """gen/regs.def against cim_csr.sv (word offsets, gaps, pages, identity); C takes the emitted header"""
    sources = "gen/regs.def", "rtl-templates/top/cim_csr.sv"
    missing = [f"{p}: missing" for p in sources if p not in tree.bytes]
    if missing:
        return missing
    table, csr = (strip_comments(tree.bytes[p].decode("latin-1")) for p in sources)
    at, words, singles, pages, bad = {}, set(), set(), {}, []
    for name, offset in re.findall(r"^REG\((\w+), (\w+),", table, re.M):
        at[name] = int(offset, 0)
        words.add(at[name] // 4)
        singles.add(name)
    for name, offset, stride, count in re.findall(r"^REGS\((\w+), (\w+), (\d+), (\d+),", table, re.M):
        at[name] = int(offset, 0)
        if at[name] >= PAGE:
            pages[camel("Page", name)] = at[name]
            continue
        for i in range(int(count)):
            at[f"{name}{i}"] = at[name] + int(stride) * i
            words.add(at[f"{name}{i}"] // 4)
    if not words:
        return [f"{sources[0]}: no register found"]
    at["LAST"] = 4 * max(words)
    numbers = {camel("Reg", n): v // 4 for n, v in at.items()}
    said = {n: int(v, 16) for n, v in re.findall(r"\b(Reg\w+) = 14'h(\w+)", csr)}
    bad += [f"{sources[1]}: {n} is word {v:#05x}, {sources[0]} has {f'{numbers[n]:#05x}' if n in numbers else 'no such register'}" for n, v in said.items() if numbers.get(n) != v]
    bad += [f"{sources[1]}: no {camel('Reg', n)}" for n in sorted(singles) if camel("Reg", n) not in said]
    said = {n: int(v, 16) * PAGE for n, v in re.findall(r"\b(Page\w+) = 6'h(\w+)", csr)}
    if said != pages:
        bad.append(f"{sources[1]}: pages {said}, {sources[0]} has {pages}")
    gaps = {int(v, 16) for v in re.findall(r"\bword != 14'h(\w+)", csr)}
    if gaps != set(range(max(words))) - words:
        bad.append(f"{sources[1]}: words {sorted(gaps)} do not exist, of {sources[0]} {sorted(set(range(max(words))) - words)}")
    for name in ("ID", "VERSION"):
        value = re.search(rf"^VALUE\({name}_VALUE, (\w+),", table, re.M)
        reads = re.search(rf"\bReg{name.capitalize()}: *rdata_o = 32'h(\w+)", csr)
        if not value or not reads or int(value.group(1), 0) != int(reads.group(1), 16):
            bad.append(f"{sources[1]}: {name} does not read as {sources[0]} says")
    return bad


def opcodes(tree):
    """map/map.h against golden's own list and the decoders"""
    headers, decoders = {"map/map.h": "MAP_", "golden/machine_parts.h": "GM_"}, ("rtl-templates/sched/cim_decode.sv", "rtl-templates/sched/cim_sequencer.sv")
    missing = [f"{p}: missing" for p in (*headers, *decoders) if p not in tree.bytes]
    if missing:
        return missing
    lists, bad = {}, []
    for p, prefix in headers.items():
        m = re.search(rf"enum \w+_op \{{ *({prefix}\w+ = 1[^}}]*)\}}", strip_comments(tree.bytes[p].decode("latin-1")))
        lists[p] = {w.strip().split(" ")[0][len(prefix) :]: n for n, w in enumerate(m.group(1).split(","), 1)} if m else {}
    ops = lists["map/map.h"]
    if not ops:
        return ["map/map.h: no opcode found"]
    if lists["golden/machine_parts.h"] != ops:
        bad.append(f"golden/machine_parts.h: opcodes {lists['golden/machine_parts.h']}, map/map.h has {ops}")
    for p in decoders:
        said = {n: int(v) for n, v in re.findall(r"\bOp(\w+) = 4'd(\d+)", strip_comments(tree.bytes[p].decode("latin-1")))}
        bad += [f"{p}: Op{n} is {v}, map/map.h has {ops.get(n.upper())}" for n, v in said.items() if ops.get(n.upper()) != v]
        if not said:
            bad.append(f"{p}: no opcode found")
    return bad


def packages(tree):
    if "packages.txt" not in tree.bytes:
        return ["packages.txt: missing"]
    names = tree.bytes["packages.txt"].decode("latin-1").split("\n")[:-1]
    bad = [f"packages.txt:{n}: '{v}' is no Debian package name" for n, v in enumerate(names, 1) if not re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", v)]
    if not names:
        bad.append("packages.txt: empty")
    bad += [f"packages.txt:{n + 1}: '{b}' does not sort after '{a}'" for n, (a, b) in enumerate(zip(names, names[1:]), 1) if not a < b]
    return bad


CHECKS = [
    ("folders include only what the arrows allow", arrows),
    ("the driver includes nothing of its host", freestanding),
    ("no simulator header outside the glue", no_simulator),
    ("common and checkpoint define no threshold, quantiser or packing", containers_only),
    ("templates, constraints and configurations refer to nothing outside", knows_nothing),
    ("sources carry an SPDX line", licence),
    ("text is ASCII", ascii_only),
    ("no tabs where they are not the style", no_tabs),
    ("no trailing white space", no_trailing_space),
    ("files end with one newline", last_newline),
    ("no path of one machine", machine_paths),
    ("no package registry", registry_hosts),
    ("nothing large, nothing generated", big_files),
    (f"sources have at most {MAX_LINES} lines", long_sources),
    ("functions in headers are defined", headers_defined),
    ("functions in headers are explained", headers_said),
    ("register offsets agree: regs.def, cim_csr.sv", registers),
    ("opcodes agree: map.h, golden, decoder, sequencer", opcodes),
    ("packages.txt is a sorted list of names", packages),
]


def main():
    tree = Tree(sys.argv[1] if len(sys.argv) > 1 else ".")
    failed = 0
    for name, f in CHECKS:
        bad = f(tree)
        failed += bool(bad)
        if bad:
            print(f"FAIL - {name}: {bad[0]}" + (f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""))
            for v in bad[1:]:
                print(f"  {v}")
        else:
            print(f"ok - {name}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
