"""`make mutate`: mutants of the emitted RTL, of the golden model and the mapper, of the harness; a table, the survivors, two percentages.
SPDX-License-Identifier: Apache-2.0"""
import argparse
import glob
import hashlib
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import harness
import rtl_model as rm
import rtl_prove
import rtl_run
import source

CORES = ["a16", "b", "tree", "draws", "sense", "spares", "ring", "unit"]     # every kind of converter, references of both kinds, rows of several beats
NEED = {"test": 0.95, "regress": 0.99}
EXPLAINED = os.path.join(os.path.dirname(__file__), "explained.txt")


class Row:
    """one mutant: place, words, class (test, regress, equivalent, survived) and what was said of it"""

    def __init__(self, module, key, where, verdict, words):
        self.module, self.key, self.where, self.verdict, self.words = module, key, where, verdict, words


def explained():
    """key -> why; a line: KEY | WHY"""
    lines = [x.rstrip("\n") for x in open(EXPLAINED) if x.strip() and not x.startswith("#")] if os.path.exists(EXPLAINED) else []
    return dict((x.rsplit(" | ", 1)[0], x.rsplit(" | ", 1)[1]) for x in lines if " | " in x)


def text_at(path, line):
    return open(os.path.join(rm.RTL, path)).read().split("\n")[line - 1].strip()


def rtl_models():
    return {k: v for k, v in rm.benches().items() if k in CORES} | rm.module_benches()


def digest(paths):
    return hashlib.sha256(b"".join(open(x, "rb").read() for x in sorted(paths) if os.path.isfile(x))).hexdigest()


class Kept:
    """what is known of each mutant, in a file: an interrupted campaign goes on where it was, with the same circuit, mutants, tests"""

    def __init__(self, path, name):
        self.path, self.known = path, {}
        lines = open(path).read().split("\n") if os.path.exists(path) else [""]
        if lines[0] == name:
            self.known = {int(k): v for k, _, v in (x.partition("\t") for x in lines[1:] if x)}
        else:
            open(path, "w").write(name + "\n")

    def all(self, numbers, find):
        """{number: words}; find takes the numbers that are not known and yields pairs"""
        with open(self.path, "a") as f:
            for k, words in find([k for k in numbers if k not in self.known]):
                self.known[k] = words.replace("\n", " ")
                f.write(f"{k}\t{self.known[k]}\n")
                f.flush()
        return {k: self.known[k] for k in numbers}


def one_model(b, work, mutants, say):
    """verdicts of the mutants of one model: killed by test, else equivalent, else killed by regress, else survived"""
    out = os.path.join(work, b.name)
    rm.apply(b, out, mutants)
    here = os.path.join(rm.TOP, "tests/mutate/")
    circuit = digest([os.path.join(out, "flat.il"), os.path.join(out, "apply.ys")])
    stimuli = digest([here + "rtl_run.py", here + "stop_bench.cpp", here + "mutant.cpp"] + glob.glob(os.path.join(rm.TOP, "tests/rtl", b.main + ".sv" if b.main else "core_*")))
    proofs = digest([here + "aig.py", here + "rtl_prove.py"])
    built = []

    def simulated(level):
        def find(numbers):
            if numbers and not built:
                built.append(rm.build(b, out, work))
            return rtl_run.campaign(b, out, level, numbers)
        return find

    def proven(numbers):
        c = rtl_prove.prepare(b, out, [mutants[k - 1] for k in numbers]) if numbers else None
        for i, k in enumerate(numbers, 1):
            same, how = rtl_prove.prove(c, i, out)
            yield k, ("equivalent " if same else "differs ") + how

    numbers, t0 = list(range(1, len(mutants) + 1)), time.monotonic()
    test = Kept(os.path.join(out, "test.txt"), circuit + stimuli).all(numbers, simulated("test"))
    left = [k for k in numbers if not test[k]]
    t1 = time.monotonic()
    proof = Kept(os.path.join(out, "proof.txt"), circuit + proofs).all(left, proven)
    left = [k for k in left if proof[k].startswith("differs")]
    t2 = time.monotonic()
    longer = Kept(os.path.join(out, "regress.txt"), circuit + stimuli).all(left, simulated("regress"))
    say(f"{b.name}: {len(mutants)} mutants, {t1 - t0:.0f} s built and simulated, {t2 - t1:.0f} s proofs, {time.monotonic() - t2:.0f} s longer simulation")
    rows = []
    for k, m in enumerate(mutants, 1):
        verdict = ("test", test[k]) if test[k] else tuple(proof[k].split(" ", 1)) if k not in longer else ("regress", longer[k]) if longer[k] else ("survived", proof[k].split(" ", 1)[1])
        where = f"{m.file}:{m.lineno} {m.what} {m.wire or m.instance} (model {b.name}, number {k})"
        rows.append(Row(os.path.basename(m.file)[:-3], f"{m.file}: {m.what}: {text_at(m.file, m.lineno)}", where, *verdict))
    return rows


def rtl(work, n, seed, jobs, only, say):
    models, pool = rtl_models(), {}

    def gather(name):
        out = os.path.join(work, name)
        os.makedirs(out, exist_ok=True)
        rm.flatten(models[name], out)
        return name, rm.candidates(out, 4000, seed)
    with ThreadPoolExecutor(jobs) as threads:
        pool = dict(threads.map(gather, models))
        chosen = {k: v for k, v in rtl_run.share(models, pool, n, seed, only).items() if v}
        parts = list(threads.map(lambda k: one_model(models[k], work, chosen[k], say), sorted(chosen, key=lambda k: (models[k].main is None, models[k].par.get("Rows", 0), k))))
    return sum(parts, [])


def c_source(work, n, seed, jobs, only, say):
    rows = []
    for c, verdict, words in source.campaign(work, n, seed, jobs, only, say):
        verdict = {"equal": "equivalent"}.get(verdict, verdict)
        if verdict != "void":
            rows.append(Row(c.path, c.key(), f"{c.path}:{c.line}  {c.old.strip()}  =>  {c.new.strip()}", verdict, words))
    return rows


def table(rows, say):
    names = ("test", "regress", "equivalent", "survived")
    say(f"{'module':28} {'mutants':>8} {'by test':>8} {'regress':>8} {'equiv.':>8} {'survived':>8}")
    for module in sorted({r.module for r in rows}) + ["all"]:
        own = [r for r in rows if module in ("all", r.module)]
        counts = [sum(1 for r in own if r.verdict == v) for v in names]
        say(f"{module:28} {len(own):8d} {counts[0]:8d} {counts[1]:8d} {counts[2]:8d} {counts[3]:8d}")


def survivors(rows, say):
    """how many have no explanation"""
    why, open_ = explained(), 0
    for r in rows:
        if r.verdict == "survived":
            say(f"survived  {r.where}  [{r.words}]")
            say(f"          {why.get(r.key, 'not explained: ' + r.key)}")
            open_ += r.key not in why
    return open_


def percentages(rows, say):
    differ = [r for r in rows if r.verdict != "equivalent"]
    killed = {"test": sum(1 for r in differ if r.verdict == "test")}
    killed["regress"] = killed["test"] + sum(1 for r in differ if r.verdict == "regress")
    good = True
    for level, need in NEED.items():
        part = killed[level] / len(differ) if differ else 1.0
        good &= part >= need
        say(f"killed by make {level}: {killed[level]} of {len(differ)} that are not proven equivalent, {100 * part:.2f} % (at least {100 * need:.0f} %)")
    return good


def main():
    p = argparse.ArgumentParser(prog="make mutate")
    p.add_argument("--n", type=int, default=600)
    p.add_argument("--source", type=int, default=150)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--module", default="")
    p.add_argument("--part", default="rtl,source,harness")
    p.add_argument("--work", required=True)
    a = p.parse_args()
    work = os.path.realpath(a.work)
    os.makedirs(work, exist_ok=True)

    def say(text):
        print(text, flush=True)
    t0, rows, parts, ok = time.monotonic(), [], a.part.split(","), True
    only = a.module or None
    known = {os.path.basename(x)[:-3] for x in rm.sources()} | source.paths()
    if only and only not in known:
        raise rm.Stop(2, f"MODULE={only}: no such module; name one of rtl-templates/ (cim_csr) or a file (golden/code.c)")
    for x in set(parts) - {"rtl", "source", "harness"}:
        raise rm.Stop(2, f"--part '{x}': of rtl, source, harness")
    if "rtl" in parts and not (only or "").endswith(".c"):
        rows += rtl(work, a.n, a.seed, a.jobs, only, say)
    if "source" in parts and (only is None or only.endswith(".c")):
        rows += c_source(work, a.source, a.seed, a.jobs, only, say)
    if rows:
        table(rows, say)
        unexplained = survivors(rows, say)
        ok = percentages(rows, say)
        say(f"{unexplained} survivors without a line in tests/mutate/explained.txt")
    if "harness" in parts and only is None:
        ok &= harness.campaign(work, a.jobs, say)
    say(f"{time.monotonic() - t0:.0f} s, seed {a.seed}")
    return 0 if ok else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except rm.Stop as e:
        print(f"mutate: {e}", file=sys.stderr)
        sys.exit(e.status)
