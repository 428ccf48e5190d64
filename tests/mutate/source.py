"""Mutants of the golden model and the mapper: one small change of C source each, compiled into one shared object that the unit tests and
`sweep` are linked with; what the tests of `make test` say of it.
SPDX-License-Identifier: Apache-2.0"""
import glob
import hashlib
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor, as_completed

from kept import Kept, digest
from rtl_model import Stop, TOP, run

TESTS = {"golden": ["test_golden_*", "test_map_*"], "map": ["test_map_*", "test_golden_*", "test_cost_program"]}
SLOW = {"test_map_compile", "test_map_join", "test_map_orders", "test_map_turns"}    # ten seconds and more: last
# machine code for processors that the reference machine need not have, and what only prints
LEFT_OUT = {"golden/layer_avx512.c", "map/print.c"}
FLAGS = ["-O1", "-fPIC"]
# what a mutant meets in turn, the quick before the long: unit tests; the same under sanitizers (`make regress`); the sweep and the grid of `make test`; longer ones
STAGES = ["units", "sanitizers", "sweeps", "longer"]

ALLOCATES = re.compile(r"\b(MEM_NEW|mem_(re|c)?alloc)\(([^()]|\(([^()]|\([^()]*\))*\))*\)")

# (name, what is found, what replaces it); {x} of a match is kept by groups
RULES = [
    ("relation", r" (<|>) (?!=)", lambda m: {"<": " <= ", ">": " >= "}[m.group(1)]),
    ("relation", r" (<=|>=) ", lambda m: {"<=": " < ", ">=": " > "}[m.group(1)]),
    ("relation", r" (==|!=) ", lambda m: {"==": " != ", "!=": " == "}[m.group(1)]),
    ("operator", r" ([+-]) (?=[\w(])", lambda m: {"+": " - ", "-": " + "}[m.group(1)]),
    ("operator", r" (\*|/) (?=[\w(])", lambda m: {"*": " / ", "/": " * "}[m.group(1)]),
    ("operator", r" (<<|>>) ", lambda m: {"<<": " >> ", ">>": " << "}[m.group(1)]),
    ("operator", r" ([&|]) ", lambda m: {"&": " | ", "|": " & "}[m.group(1)]),
    ("operator", r" (&&|\|\|) ", lambda m: {"&&": " || ", "||": " && "}[m.group(1)]),
    ("constant", r"(?<=[=+\-*<>(,?:] )(\d+)(?=[;,) ])", lambda m: str(int(m.group(1)) + 1)),
    ("constant", r"(?<=[=+\-*<>(,?:] )([1-9]\d*)(?=[;,) ])", lambda m: str(int(m.group(1)) - 1)),
    ("condition", r"\b(if|while) \((?=[^;{]*\)$)", None),
    ("deleted", r"^\t+((?!return|break|continue|goto|case|default|const|struct|enum|static|int|size_t|bool|long|uint|char|double|float)[\w>.\[\]\-+*()]+( [-+*/|&^<>]*= .*|\(.*\)|\+\+|--);)$", None),
]


def same_by_form(rule, line, new, m):
    """no mutants: more memory than is needed; a < b ? a : b with <=, the lesser of two either way"""
    if rule == "constant":
        asked = any(a.start() < m.start() < a.end() for a in ALLOCATES.finditer(line))
        return asked and line[m.start() - 2] not in "-/" and int(re.match(r"\d+", new[m.start(1):])[0]) > int(m.group(1))
    if rule != "relation" or m.group(1) in ("==", "!="):
        return False
    chosen = re.match(r"([^?:]+) \? ([^?:]+) : ([^?:;,)]+)", line[m.end():])
    return bool(chosen) and any(line[:m.start()].endswith(own) and chosen[1] == other for own, other in (chosen.group(2, 3), chosen.group(3, 2)))


class Change:
    def __init__(self, path, line, rule, old, new):
        self.path, self.line, self.rule, self.old, self.new = path, line, rule, old, new

    def key(self):
        """stands in explained.txt: no line number, so that it lives as long as the line does"""
        return f"{self.path}: {self.old.strip()} => {self.new.strip()}"

    def number(self):
        """stands for it where verdicts are kept"""
        return int(hashlib.sha256(self.key().encode()).hexdigest()[:12], 16)


def changes(path):
    """every change of one file that the rules know"""
    found, comment = [], False
    for n, line in enumerate(open(os.path.join(TOP, path)).read().split("\n"), 1):
        bare = re.sub(r"/\*.*?\*/", lambda m: " " * len(m.group(0)), line)
        bare = re.sub(r'"(\\.|[^"\\])*"', lambda m: '"' + "x" * (len(m.group(0)) - 2) + '"', bare)
        if comment:
            comment = "*/" not in bare
            continue
        if "/*" in bare:
            comment = True
            bare = bare[:bare.index("/*")]
        if not bare.startswith("\t") or "err_set" in bare or "printf" in bare or bare.strip().startswith("#"):
            continue
        for name, pattern, replace in RULES:
            for m in re.finditer(pattern, bare):
                if name == "deleted":
                    new = re.match(r"\t+", line).group(0) + ";"
                elif name == "condition":
                    at = m.end()
                    new = line[:at] + "!(" + line[at:bare.rindex(")")] + ")" + line[bare.rindex(")"):]
                else:
                    new = line[:m.start()] + replace(m) + line[m.end():]
                if new != line and not same_by_form(name, bare, new, m):
                    found.append(Change(path, n, name, line, new))
    return found


def paths():
    return {p for d in TESTS for p in (os.path.relpath(x, TOP) for x in glob.glob(os.path.join(TOP, d, "*.c"))) if p not in LEFT_OUT}


def chosen(n, seed, only=None):
    """n changes, dealt over the files by their length, over the rules evenly. Which of a rule's come first is drawn from their words: a line that is edited
    moves no other line's mutants"""
    files = sorted(p for p in paths() if only is None or p == only)
    every = {p: changes(p) for p in files}
    total = sum(len(v) for v in every.values())

    def drawn(text):
        return hashlib.sha256(f"{seed} {text}".encode()).hexdigest()
    picked = []
    for p in (x for x in files if every[x]):
        pool = {}
        for c in {c.key(): c for c in every[p]}.values():
            pool.setdefault(c.rule, []).append(c)
        for v in pool.values():
            v.sort(key=lambda c: drawn(c.key()))
        ranked = [c for turn in range(max(map(len, pool.values()))) for r in sorted(pool, key=lambda r: drawn(f"{p} {r}")) for c in pool[r][turn:turn + 1]]
        picked += ranked[:max(1, round(n * len(every[p]) / total))]
    return picked


def fails(command, environment, limit):
    """True when a test fails, or takes more processor time than the limit; one that waits for ever ends at ten times that: load of the machine does not count"""
    try:
        p = subprocess.run(["bash", "-c", f'ulimit -c 0 -t {limit}; exec "$@"', "bash"] + command, cwd=TOP, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=10 * limit)
    except subprocess.TimeoutExpired:
        return True
    return p.returncode != 0


class Build:
    """objects of the whole program, position independent; a mutant replaces one of them in the shared object that every test loads"""

    def __init__(self, work, jobs, more=(), options=()):
        os.makedirs(work, exist_ok=True)
        self.work, self.options = work, options
        self.dir = os.path.join(work, "pic")
        run(["make", "-C", TOP, f"BUILD={self.dir}", "CFLAGS=" + " ".join(FLAGS), f"-j{jobs}", *options, "all"], os.path.join(work, "pic.log"), 1800)
        left = {"-MMD", "-MP", "-g"}
        self.flags = [x for x in self.ask("CFLAGS_ALL") + FLAGS if x not in left and not x.startswith("-I.")] + ["-w", "-I" + TOP]
        self.libs = self.ask("LDLIBS_ALL")
        self.objects = sorted(x for x in glob.glob(self.dir + "/obj/*/*.o") + glob.glob(self.dir + "/obj/*/*/*.o") if not re.search(r"/obj/(cli|tests|tools)/", x))
        self.tests = {}
        self.link(self.objects, os.path.join(work, "libbitline.so"))
        names = sorted({t for v in TESTS.values() for g in v for t in glob.glob(os.path.join(TOP, "tests/unit", g + ".c"))} | {os.path.join(TOP, "tests/unit", t + ".c") for t in more})
        os.makedirs(os.path.join(work, "test"), exist_ok=True)
        for source in names:
            exe = os.path.join(work, "test", os.path.basename(source)[:-2])
            run(["gcc"] + self.flags + ["-c", source, "-o", exe + ".o"], exe + ".log")
            run(["gcc", "-o", exe, exe + ".o", "-L" + work, "-lbitline", "-lcmocka"] + self.libs, exe + ".log")
            self.tests[os.path.basename(exe)] = exe
        self.sweep = os.path.join(work, "test/sweep")
        parts = glob.glob(os.path.join(TOP, "tests/cosim/sweep*.c"))
        cli = [x for x in glob.glob(self.dir + "/obj/cli/*.o") if re.match(r"(cosim|cli)_", os.path.basename(x))]
        run(["gcc"] + self.flags + ["-rdynamic", "-o", self.sweep] + parts + cli + ["-L" + work, "-lbitline"] + self.libs, self.sweep + ".log")

    def ask(self, name):
        p = subprocess.run(["make", "-s", "-C", TOP, f"BUILD={self.dir}", *self.options, "-f", "Makefile", "-f", "/dev/stdin", "ask"], input=f"ask:\n\t@echo '$({name})'\n", capture_output=True, text=True)
        if p.returncode:
            raise Stop(1, f"make does not tell {name}: {p.stderr.strip()[:200]}")
        return p.stdout.split()

    def link(self, objects, target):
        run(["gcc", "-shared", "-Wl,--no-undefined", "-o", target] + objects + self.libs, target + ".log")

    def environment(self, folder):
        cache = os.environ.get("BITLINE_CACHE", os.path.join(self.work, "cache"))
        return {**os.environ, "LD_LIBRARY_PATH": folder, "UBSAN_OPTIONS": "halt_on_error=1", "BITLINE_CACHE": cache, "OMP_NUM_THREADS": "1", "BUILD": self.dir}

    def ordered(self, path):
        stem = os.path.basename(path)[:-2]
        names = [t for g in TESTS[path.split("/")[0]] for t in sorted(self.tests) if re.fullmatch(g.replace("*", ".*"), t)]
        return sorted(names, key=lambda t: 0 if stem in t else 1)

    def stimuli(self, path, stage):
        """(level, name, command, seconds): what a mutant of this file meets, the nearest first"""
        def sweep(level, name, *words):
            return level, name, [self.sweep, *words, "--jobs", "1"], 900
        if stage == "sweeps":
            return [sweep("test", "sweep of `make test`", "--n", "280", "--seed", "1", "--rows", "33"), sweep("test", "grid of `make test`", "--grid", "--rows", "33")]
        if stage == "longer":
            return [sweep("regress", "sweep of `make regress`", "--n", "420", "--seed", "1"), sweep("regress", "grid of `make regress`", "--grid"),
                    sweep("regress", "sweep, another seed", "--n", "420", "--seed", "2")]
        names = self.ordered(path)
        if stage == "sanitizers":
            return [("regress", f"{t} with sanitizers", [self.tests[t]], 300) for t in names if t not in SLOW]
        return [("test", t, [self.tests[t]], 30) for t in names if t not in SLOW] + [("test", t, [self.tests[t]], 300) for t in names if t in SLOW]

    def text_of(self, obj):
        return subprocess.run(["objdump", "-d", "-r", "-s", "--no-show-raw-insn", "-j", ".text", "-j", ".text.unlikely", "-j", ".rodata", obj], capture_output=True, text=True).stdout.split("\n", 3)[-1]

    def judge(self, c, k, stage, before):
        """(class, words): killed by test or regress, equal (same machine code), survived, or void (does not compile); first meets what killed it before"""
        d = os.path.join(self.work, f"mutant{k}")
        shutil.rmtree(d, ignore_errors=True)
        os.makedirs(os.path.join(d, os.path.dirname(c.path)))
        try:
            return self.meets(c, d, stage, before)
        finally:
            shutil.rmtree(d, ignore_errors=True)

    def compile(self, c, d, lines, name):
        source, obj = os.path.join(d, c.path), os.path.join(d, name)
        open(source, "w").write("\n".join(lines))
        p = subprocess.run(["gcc"] + self.flags + ["-I" + os.path.join(TOP, os.path.dirname(c.path)), "-c", c.path, "-o", obj], cwd=d, capture_output=True, text=True)
        return None if p.returncode else obj

    def meets(self, c, d, stage, before):
        lines = open(os.path.join(TOP, c.path)).read().split("\n")
        plain = self.compile(c, d, lines, "plain.o")
        lines[c.line - 1] = c.new
        obj = self.compile(c, d, lines, "mutant.o")
        if plain is None:
            raise Stop(1, f"{c.path} does not compile untouched")
        if obj is None:
            return "void", "does not compile"
        if self.text_of(plain) == self.text_of(obj):
            return "equal", "the same machine code"
        own = os.path.join(self.dir, "obj", c.path[:-2] + ".o")
        self.link([obj if x == own else x for x in self.objects], os.path.join(d, "libbitline.so"))
        for level, name, command, limit in sorted(self.stimuli(c.path, stage), key=lambda x: x[1] != before):
            if fails(command, self.environment(d), limit):
                return level, name
        return "survived", "-"


def campaign(work, n, seed, jobs, only=None, say=print):
    """[(change, class, words)]"""
    todo = chosen(n, seed, only)
    if not todo:
        return []
    plain = Build(work, jobs)
    # the tests, and what they and the mutants are made of
    tests = digest(sum((glob.glob(os.path.join(TOP, x)) for x in ("golden/*", "map/*", "common/*", "place/*", "tests/unit/*", "tests/cosim/sweep*", "cosim/*.c", "tests/mutate/source.py")), []))
    change = {c.number(): c for c in todo}

    def judged(stage, numbers):
        def find(unknown, before):
            if not unknown:
                return
            b = Build(os.path.join(work, "sanitized"), jobs, (), ("ASAN=1", "OPT=-O1")) if stage == "sanitizers" else plain
            for _, name, command, _ in b.stimuli("golden/code.c", stage):
                p = subprocess.run(command, cwd=TOP, env=b.environment(b.work), capture_output=True, text=True)
                if p.returncode:
                    raise Stop(1, f"'{name}' fails without a mutant: {(p.stdout + p.stderr).strip().splitlines()[-1:]}")
            with ThreadPoolExecutor(jobs) as pool:
                running = {pool.submit(b.judge, change[k], k, stage, before.get(k, "|").split("|", 1)[1]): k for k in unknown}
                for f in as_completed(running):
                    yield running[f], "|".join(f.result())
        known = Kept(os.path.join(work, f"source_{stage}.txt"), "", tests).all(numbers, find)
        return {k: v.split("|", 1) for k, v in known.items()}
    verdict, left = {}, list(change)
    for stage in STAGES:
        say(f"source: {len(left)} mutants meet the {stage}")
        verdict.update(judged(stage, left))
        left = [k for k in left if verdict[k][0] == "survived"]
    return [(change[k], *v) for k, v in verdict.items()]
