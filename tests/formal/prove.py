#!/usr/bin/python3 -B
# Runs proof obligations (tests/formal/*.list) with yosys and abc and prints a table; docs/formal.md says what is asked of each.
# usage: tests/formal/prove.py [--quick] [--jobs N] [--seconds N] [WORD...]   lines marked * alone; CPU seconds for one step; lines that hold every WORD
# A line: [*] WANT BENCH NAME=VALUES ... [| FILE sed-expression]     VALUES: 3, 1..4 or 0,2 (every combination is an obligation)
#   proved         no property of the bench fails from reset on, without a bound; every antecedent and cover is reached; every property notices a fault
#   broken:NAME    property NAME of the bench fails, with FILE of the RTL edited
#   vacuous:NAME   property NAME has an antecedent that is never there; unreached:NAME: a cover; deaf:NAME: a property that notices no fault (tests of this program)
# Scratch: $BUILD/formal. Exit 1 when an obligation is not met, 2 for a list with an error, 3 without yosys or abc.
# SPDX-License-Identifier: Apache-2.0
import itertools
import os
import re
import resource
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(ROOT, os.environ.get("BUILD", "build"), "formal")
KEEP = os.environ.get("KEEP") == "1"  # scratch of obligations that are met, too
FAULTS = 255   # single faults that a property is shown; one of them must break it
CPU = 900      # seconds that one step may take: of its own time, so that other work does not make it fail
BASE, STEPS = 8, 3  # clocks looked at for the beginning of an induction, and its steps
SHORT, LONG = 20, 300  # seconds by the clock that the attempts get which another engine follows
INDUCTION = 120  # and an induction: the search tree of 8 bits takes 26 s for its first clocks
NEAR, DEEP = 100, 1100  # clocks that the search for covers goes, for all of them together and for one

# As sby does for mode prove; every property becomes an output of the AIG, in the order of its name. Three models of one reading:
# prove: the properties; reach: antecedents and covers; notice: a fault at a time, chosen by a constant that the prover picks, in the cells of instances
# (u_..), for faults of the bench itself would prove nothing. Nothing is merged before: a cell that bench and RTL share would be wrong in both.
READ = ("read_verilog -formal -sv {files}; hierarchy -check -top {top} {set}; proc; opt_clean; read_verilog -icells {here}/wire.v; insbuf -buf prove_wire A Y; "
        "flatten; {peek}opt_clean; memory -nomap; memory_map; setundef -undriven -anyseq; "
        "setundef -anyseq; async2sync; chformal -early; wreduce; design -save base; ")
PROVE = "design -load base; chformal -cover -remove; opt; "
REACH = "design -load base; techmap -max_iter 1 -map {here}/reach.v t:$assert t:$cover; opt_clean; opt; "
NOTICE = ("design -load base; chformal -cover -remove; select -set dut c:*u_*; mutate -list {faults} -seed 1 -none -ctrl mutsel 8 0 -o {out}/faults.txt @dut; "
          "script {out}/faults.txt; delete -port {top}/mutsel; setundef -undriven -anyconst; ")
WRITE = ("opt -fast; techmap; opt -fast; setundef -anyseq; dffunmap; aigmap; opt_clean; tee -o {out}/{name}.names select -list t:$assert; tee -o {out}/{name}.stat stat; "
         "write_aiger -zinit {out}/{name}.aig; ")
SOLVE = "read_aiger {out}/{name}.aig; fold; strash; "


class ListError(Exception):
    pass


def modules():
    """Where each module stands: name -> file."""
    found = {}
    for base, _, names in os.walk(os.path.join(ROOT, "rtl-templates")):
        for n in names:
            if n.endswith(".sv") and n.count(".") == 1:
                found[n[:-3]] = os.path.join(base, n)
    for n in os.listdir(os.path.join(HERE, "self")):
        found[n[:-3]] = os.path.join(HERE, "self", n)
    return found


MODULES = modules()


def files_of(top):
    """The bench and every module below it."""
    files, todo = [], [top]
    while todo:
        name = todo.pop()
        path = MODULES.get(name)
        if path is None or path in files:
            continue
        files.append(path)
        code = re.sub(r"//.*", "", open(path, encoding="ascii").read())
        todo += re.findall(r"\b(\w+)\s*(?:#\s*\(|[ui]_\w+\s*\()", code)
    return files


def peeks(o):
    """`// peek: wire register, ...` of a bench, or `// peek NAME=VALUE: ..`: wires that are joined with registers inside, for what no port shows."""
    commands = ""
    for name, wanted, pairs in re.findall(r"^// peek(?: (\w+)=(\d+))?: (.*)$", open(MODULES[o.bench], encoding="ascii").read(), re.M):
        if not name or dict(o.parameters).get(name) == wanted:
            commands += "".join("connect -nomap -set {} {}; ".format(*pair.split()) for pair in pairs.split(", "))
    return commands


def values(text, where):
    found = []
    for part in text.split(","):
        m = re.fullmatch(r"(\d+)(?:\.\.(\d+))?", part)
        if not m:
            raise ListError(f"{where}: '{text}' is no value: 3, 1..4 or 0,2")
        found += [str(v) for v in range(int(m[1]), int(m[2] or m[1]) + 1)]
    return found


class Obligation:
    def __init__(self, want, bench, parameters, edit, quick, number, where):
        self.want, self.bench, self.parameters, self.edit, self.quick, self.where = want, bench, parameters, edit, quick, where
        self.verdict = "unknown"
        self.notes, self.seconds, self.properties, self.covers, self.method = [], 0.0, 0, 0, ""
        self.out = os.path.join(OUT, f"{number:04d}")

    def text(self):
        return " ".join(f"{k}={v}" for k, v in self.parameters) + (f" | {' '.join(self.edit)}" if self.edit else "")


def read_list(path):
    obligations = []
    for number, line in enumerate(open(path, encoding="ascii"), 1):
        where = f"{os.path.relpath(path, ROOT)}:{number}"
        line = line.split("#", 1)[0].strip() if not re.search(r"\|", line) else line.strip()
        if not line:
            continue
        left, _, edit = line.partition(" | ")
        words = left.split()
        quick = words[0] == "*"
        words = words[1:] if quick else words
        if len(words) < 2 or not re.fullmatch(r"proved|(broken|vacuous|unreached|deaf):\w+", words[0]):
            raise ListError(f"{where}: a line is: [*] proved|broken:NAME BENCH NAME=VALUES ... [| FILE sed-expression]")
        if words[1] not in MODULES:
            raise ListError(f"{where}: no bench {words[1]} in rtl-templates/formal")
        names = []
        for w in words[2:]:
            if not re.fullmatch(r"\w+=\S+", w):
                raise ListError(f"{where}: '{w}' is no NAME=VALUES")
            names.append((w.split("=")[0], values(w.split("=")[1], where)))
        edit = tuple(edit.split(" ", 1)) if edit else None
        for combination in itertools.product(*[v for _, v in names]):
            obligations.append((words[0], words[1], list(zip([k for k, _ in names], combination)), edit, quick, where))
    return obligations


def run(command, log, seconds):
    """Runs it with a bound on its CPU time; (exit code, output, CPU seconds)."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    p = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=limit, cwd=ROOT)
    text = p.stdout.read().decode("utf-8", "replace")
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    log.write(text)
    return p.returncode, text, usage.ru_utime + usage.ru_stime


class Run:
    """One obligation, step by step."""
    def __init__(self, o, seconds):
        self.o, self.seconds = o, seconds
        os.makedirs(o.out, exist_ok=True)
        self.times = []
        self.log = open(os.path.join(o.out, "log"), "w", encoding="utf-8")

    def models(self):
        """The AIGs of the bench; False when yosys refuses."""
        o = self.o
        files = files_of(o.bench)
        if o.edit:
            path = next((f for f in files if os.path.basename(f) == o.edit[0]), None)
            if path is None:
                o.notes.append(f"{o.edit[0]} is no file of this bench")
                return False
            mended = os.path.join(o.out, o.edit[0])
            with open(mended, "wb") as f:
                f.write(subprocess.run(["sed", "-E", o.edit[1], path], stdout=subprocess.PIPE, check=True).stdout)
            if open(mended, "rb").read() == open(path, "rb").read():
                o.notes.append(f"the edit of {o.edit[0]} changes nothing")
                return False
            files = [mended if f == path else f for f in files]
        script = READ + PROVE + WRITE.replace("{name}", "prove")
        if not o.want.startswith("broken"):
            script += REACH + WRITE.replace("{name}", "reach") + NOTICE + WRITE.replace("{name}", "notice")
        script = script.format(files=" ".join(files), top=o.bench, set=" ".join(f"-chparam {k} {v}" for k, v in o.parameters), out=o.out, here=HERE, faults=FAULTS, peek=peeks(o))
        with open(os.path.join(o.out, "script.ys"), "w", encoding="utf-8") as f:
            f.write(script.replace("; ", "\n"))
        rc, text, used = run(["yosys", "-q", "-s", os.path.join(o.out, "script.ys")], self.log, self.seconds)
        o.seconds += used
        self.times.append(("yosys", round(used, 2)))
        if rc != 0:
            o.notes.append("yosys refuses: " + (text.strip().splitlines() or [f"exit {rc}"])[-1])
        return rc == 0

    def names(self, name):
        return [line.split("/", 1)[1].strip() for line in open(os.path.join(self.o.out, name + ".names"), encoding="ascii")]

    def abc(self, name, commands):
        rc, text, used = run(["yosys-abc", "-c", SOLVE.format(out=self.o.out, name=name) + commands], self.log, self.seconds)
        self.o.seconds += used
        self.times.append((name, commands, round(used, 2)))
        return text

    def prove(self):
        o = self.o
        names = self.names("prove")
        o.properties = len(names)
        if not names:
            o.notes.append("the bench asserts nothing")
            return
        # properties that hold each other up are soon done by induction; for it the first clocks are looked at by themselves
        text = self.abc("prove", f"orpos; bmc3 -F {BASE} -T {INDUCTION}; ind -F {STEPS} -u -T {INDUCTION}")
        if f"No output asserted in {BASE} frames" in text and "Networks are equivalent" in text:
            o.verdict, o.method = "proved", f"{STEPS}-induction"
            return
        if "was asserted in frame" not in text:
            text = self.abc("prove", f"scorr; orpos; pdr -T {self.seconds}")
        if "was asserted in frame" in text:
            text = self.abc("prove", f"scorr; pdr -T {self.seconds}")  # which one
        m = re.search(r"Output (\d+) of miter \S+ was asserted in frame (\d+)", text)
        if m:
            o.verdict = "broken:" + names[int(m[1])]
            o.method = f"pdr, fails in clock {m[2]}"
        elif "Property proved" in text:
            m = re.search(r"Invariant F\[(\d+)\] : (\d+) clauses", text)
            o.verdict, o.method = "proved", f"pdr, {m[1]} frames, {m[2]} clauses" if m else "pdr"
        elif "Networks are equivalent" in text:
            o.verdict, o.method = "proved", "by structure"
        else:
            o.notes.append(f"no verdict within {self.seconds} s")

    def search(self, name):
        """Outputs that can be 1, those that cannot, those nobody knows of, by name."""
        names = self.names(name)
        todo, hit, never = set(range(len(names))), set(), set()

        def together(commands):
            text = self.abc(name, "scorr; " + commands)
            hit.update(int(n) for n in re.findall(r"Output +(\d+) was (?:trivially )?asserted in frame", text) + re.findall(r"Output +(\d+) is trivially SAT", text))
            return re.search(r"All = (\d+)\. Proved = (\d+)\. Disproved = (\d+)\. Undecided = 0", text)

        def one_by_one(seconds):  # abc's search for many outputs crashes where one of them lies a thousand clocks away
            hit.update(i for i in todo - hit if "was asserted in frame" in self.abc(name, f"scorr; cone -s -O {i}; bmc3 -F {DEEP} -T {seconds}"))

        together(f"bmc3 -ag -F {NEAR} -T {SHORT}")
        one_by_one(SHORT)
        if todo - hit and together(f"pdr -aq -T {LONG}"):
            never = todo - hit
        elif todo - hit:
            one_by_one(self.seconds)
        todo -= hit | never
        return [{names[i] for i in s} for s in (hit, never, todo)]

    def reach(self):
        o = self.o
        hit, never, open_ = self.search("reach")
        o.covers = len(hit)
        for name in sorted(never | open_):
            kind = "unreached" if name.startswith("c_") else "vacuous"
            o.notes.append(f"{kind}: {name}" + (" (not decided)" if name in open_ else ""))
            o.verdict = f"{kind}:{name}"

    def notice(self):
        o = self.o
        _, never, open_ = self.search("notice")
        for name in sorted(never | open_):
            o.notes.append(f"no fault breaks {name}" + (" (not decided)" if name in open_ else ""))
            o.verdict = f"deaf:{name}"

    def all(self):
        if self.models():
            self.prove()
        if self.o.verdict == "proved":
            self.reach()
        if self.o.verdict == "proved":
            self.notice()
        self.log.write(f"{self.times}\n")
        self.log.close()


def main(argv):
    quick, jobs, seconds, words = False, int(os.environ.get("JOBS", "2")), CPU, []
    argv = list(argv)
    while argv:
        a = argv.pop(0)
        if a == "--quick":
            quick = True
        elif a in ("--jobs", "--seconds") and argv and argv[0].isdigit() and int(argv[0]) > 0:
            n = int(argv.pop(0))
            jobs, seconds = (n, seconds) if a == "--jobs" else (jobs, n)
        elif a.startswith("-"):
            print(f"prove.py: {a}: options are --quick, --jobs N, --seconds N", file=sys.stderr)
            return 2
        else:
            words.append(a)
    for tool in ("yosys", "yosys-abc"):
        if shutil.which(tool) is None:
            print(f"prove.py: {tool} is not installed: apt-get install yosys berkeley-abc", file=sys.stderr)
            return 3
    lines = []
    try:
        for name in sorted(os.listdir(HERE)):
            if name.endswith(".list"):
                lines += read_list(os.path.join(HERE, name))
    except ListError as e:
        print(e, file=sys.stderr)
        return 2
    obligations = [Obligation(*line[:5], i, line[5]) for i, line in enumerate(lines)]
    obligations = [o for o in obligations if (o.quick or not quick) and all(w in f"{o.where} {o.want} {o.bench} {o.text()}".split() or w in o.bench for w in words)]
    if not obligations:
        print("prove.py: no obligation has these words", file=sys.stderr)
        return 2
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    started, lock = time.monotonic(), threading.Lock()
    row = "{:<7} {:<22} {:<44} {:>5} {:>6}  {:<30} {:<26} {:>7}"
    print(row.format("", "bench", "parameters", "props", "covers", "method", "result", "seconds"), flush=True)

    def one(o):
        Run(o, seconds).all()
        o.good = o.verdict == o.want
        with lock:
            if o.good and not KEEP:
                shutil.rmtree(o.out)
        return o

    failed = 0
    with ThreadPoolExecutor(jobs) as pool:
        for o in pool.map(one, obligations):
            failed += not o.good
            result = o.verdict if o.good else f"{o.verdict}, not {o.want}"
            print(row.format("ok" if o.good else "FAIL", o.bench.replace("_prove", ""), o.text(), o.properties, o.covers or "", o.method, result, f"{o.seconds:.1f}"), flush=True)
            if not o.good:
                for n in o.notes:
                    print(f"        {n}")
                print(f"        {o.where}, log: {os.path.relpath(o.out, ROOT)}/log", flush=True)
    used = sum(o.seconds for o in obligations)
    proofs = [o for o in obligations if o.want == "proved" and o.good]
    print(f"{len(proofs)} proofs of {sum(o.properties for o in proofs)} properties in {used:.0f} CPU seconds, {time.monotonic() - started:.0f} s with {jobs} at a time")
    print(f"{len(obligations) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
