"""`make mutate`: mutants of the emitted RTL, of the golden model and the mapper, of the harness; a table, the survivors, two percentages.
SPDX-License-Identifier: Apache-2.0"""
import argparse
import glob
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import harness
from kept import Kept, digest
import rtl_model as rm
import rtl_prove
import rtl_run
import source

CORES = ["a16", "b", "tree", "draws", "sense", "spares", "ring", "unit"]     # every kind of converter, references of both kinds, rows of several beats
NEED = {"test": 0.95, "regress": 0.99}
EXPLAINED = os.path.join(os.path.dirname(__file__), "explained.txt")


class Row:
    """one mutant: place, words, class (test, regress, equivalent, survived) and what was said of it"""

    def __init__(self, module, key, where, verdict, words, place=""):
        self.module, self.key, self.where, self.verdict, self.words, self.place = module, key, where, verdict, words, place


def explained():
    """key -> why; a line: KEY | WHY, or KEY @ MODEL INSTANCE | WHY"""
    lines = [x.rstrip("\n") for x in open(EXPLAINED) if x.strip() and not x.startswith("#")] if os.path.exists(EXPLAINED) else []
    return dict((x.rsplit(" | ", 1)[0], x.rsplit(" | ", 1)[1]) for x in lines if " | " in x)


def text_at(path, line):
    return open(os.path.join(rm.RTL, path)).read().split("\n")[line - 1].strip()


def rtl_models():
    return {k: v for k, v in rm.benches().items() if k in CORES} | rm.module_benches()


class Judge:
    """verdicts of the mutants of one model: killed by test, else equivalent, else killed by regress, else survived"""

    def __init__(self, b, work, mutants, say):
        self.b, self.work, self.mutants, self.say, self.built = b, work, mutants, say, False
        self.out = os.path.join(work, b.name)
        self.numbers, self.test, self.proof, self.longer = list(range(1, len(mutants) + 1)), {}, {}, {}

    def kept(self, level):
        here = os.path.join(rm.TOP, "tests/mutate/")
        bench = glob.glob(os.path.join(rm.TOP, "tests/rtl", self.b.main + ".sv" if self.b.main else "core_*"))
        files = [here + "aig.py", here + "rtl_prove.py"] if level == "proof" else [here + "rtl_run.py", here + "stop_bench.cpp", here + "mutant.cpp"] + bench
        circuit = digest([os.path.join(self.out, "flat.il"), os.path.join(self.out, "apply.ys")])
        return Kept(os.path.join(self.out, level + ".txt"), circuit, digest(files))

    def simulated(self, level, numbers):
        def find(unknown, before):
            if unknown and not self.built:
                rm.build(self.b, self.out, self.work)
                self.built = True
            return rtl_run.campaign(self.b, self.out, level, unknown, before)
        return self.kept(level).all(numbers, find)

    def proven(self, unknown, _):
        c = rtl_prove.prepare(self.b, self.out, [self.mutants[k - 1] for k in unknown]) if unknown else None
        for i, k in enumerate(unknown, 1):
            same, how = rtl_prove.prove(c, i, self.out)
            yield k, ("equivalent " if same else "differs ") + how

    def step(self, level):
        """of all models test first, then what is slow: proofs, longer simulation"""
        t0 = time.monotonic()
        if level == "test":
            rm.apply(self.b, self.out, self.mutants)
            self.test = self.simulated(level, self.numbers)
            left = [k for k in self.numbers if not self.test[k]]
        elif level == "proof":
            left = self.proof = self.kept(level).all([k for k in self.numbers if not self.test[k]], self.proven)
        else:
            left = self.longer = self.simulated(level, [k for k, v in self.proof.items() if v.startswith("differs")])
        self.say(f"{self.b.name}: {level}, {time.monotonic() - t0:.0f} s; {len(left)} of {len(self.mutants)} " + {"test": "not killed", "proof": "asked", "regress": "run longer"}[level])

    def verdict(self, k):
        if self.test[k]:
            return "test", self.test[k]
        if k not in self.longer:
            return tuple(self.proof[k].split(" ", 1))
        return ("regress", self.longer[k]) if self.longer[k] else ("survived", self.proof[k].split(" ", 1)[1])

    def rows(self):
        for k, m in enumerate(self.mutants, 1):
            where = f"{m.file}:{m.lineno} {m.what} {m.wire or m.instance} (model {self.b.name}, number {k})"
            yield Row(os.path.basename(m.file)[:-3], f"{m.file}: {m.what}: {text_at(m.file, m.lineno)}", where, *self.verdict(k), f"{self.b.name} {m.instance}".strip())


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
        judges = [Judge(models[k], work, chosen[k], say) for k in sorted(chosen, key=lambda k: (models[k].main is None, models[k].par.get("Rows", 0), k))]
        for level in ("test", "proof", "regress"):
            list(threads.map(lambda j: j.step(level), judges))
    return [r for j in judges for r in j.rows()]


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
            because = why.get(f"{r.key} @ {r.place}", why.get(r.key))
            say(f"          {because or 'not explained: ' + r.key + (' @ ' + r.place if r.place else '')}")
            open_ += because is None
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
