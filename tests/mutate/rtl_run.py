"""Which mutants of which model, and what the benches say of each.
SPDX-License-Identifier: Apache-2.0"""
import os
import random
import re
import subprocess
import tempfile

import rtl_model as rm

LEVELS = ("test", "regress")
LONGER = 3             # times as many random programs, or clocks, as in `make test`: what tests/regress/stimuli.sh runs
LINK_CLOCKS = 6000     # of tests/rtl/run_link.sh
# The counters of 64 bits never fill in a simulation: theirs are mutated where they have 16 (tests/cosim/kinds.sh runs them over the end).
COUNTER_FILES = {"top/cim_counters.sv"}


def quota(path):
    """mutants of a file: by its length"""
    lines = len(open(os.path.join(rm.RTL, path)).read().splitlines())
    return max(10, min(40, lines // 5))


def belongs(path, b):
    """is this file mutated in that model?"""
    if path in COUNTER_FILES:
        return b.name == "a16"
    if path.startswith("link/"):
        return b.top == "cim_link"
    if path == "sched/cim_char.sv":
        return b.top == "cim_char"
    return b.top == "cim_core"


def share(models, pool, wanted, seed, only=None):
    """pool: {model name: candidates}; a file's quota is dealt over the models that have it, each at most what it has. {model name: mutants}"""
    have = {}
    for name, found in pool.items():
        for m in found:
            if belongs(m.file, models[name]) and (only is None or os.path.basename(m.file)[:-3] == only):
                have.setdefault(m.file, {}).setdefault(name, []).append(m)
    total = sum(quota(f) for f in have)
    chosen = {model: [] for model in pool}
    for path in sorted(have):
        draw = random.Random(f"{seed} {path}")
        n = max(4, round(quota(path) * wanted / total)) if total else 0
        models = sorted(have[path])
        draw.shuffle(models)
        for x in models:
            draw.shuffle(have[path][x])
        while n > 0 and any(have[path][x] for x in models):
            for x in models:
                if n > 0 and have[path][x]:
                    chosen[x].append(have[path][x].pop())
                    n -= 1
    return chosen


def spent(command, out, environment, limit):
    """(exit status, what it printed, seconds of processor time); stopped when it takes more than the limit: load of the machine does not count"""
    with tempfile.TemporaryFile() as f:
        p = subprocess.Popen(["bash", "-c", f'ulimit -c 0 -t {limit}; exec "$@"', "bash"] + command, cwd=out, env={**os.environ, **environment}, stdout=f, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        f.seek(0)
        return p.returncode, f.read().decode(errors="replace"), usage.ru_utime + usage.ru_stime


def runs(b, level):
    """arguments and environment of every start of the bench"""
    factor = LONGER if level == "regress" else 1
    alone = [[f"+clocks={LINK_CLOCKS * factor}"]] if b.main else [[], ["+cim_thresholds=thresholds.hex", "characterisation"], ["+cim_thresholds=thresholds.hex", "random"]]
    return [(extra, {"RUNS_FACTOR": str(factor)}) for extra in alone]


def one_run(b, out, extra, environment, limit):
    """(None when every comparison held, else the words of the first that did not, behind the arguments that show it; seconds of processor time)"""
    status, text, seconds = spent([os.path.join(out, "bench")] + extra, out, environment, limit)
    lines = text.splitlines()
    said = next((x for x in lines if x.startswith("FAIL")), None)
    if not said and status:
        said = f"still running after {limit} s" if status in (-9, -24) else f"status {status}"
    if not said and b.main and not any(x.startswith("ok") for x in lines):
        said = "the bench gives no verdict"
    at = [x[3:] for x in lines if x.startswith("at ")]
    return f"[{' '.join(extra or at[-1:])}] {said}" if said else None, seconds


def simulate(b, out, level, mutant, limit, hint=""):
    """(words of the first comparison that failed, else None; the longest run's seconds of processor time); the test that noticed it before goes first"""
    longest = 0
    first = re.match(r"\[([^\]]+)\] ", hint)
    extras = runs(b, level)
    if first and not b.main:
        extras.insert(0, (first[1].split(" "), extras[0][1]))
    for extra, environment in extras:
        said, seconds = one_run(b, out, extra, {"MUTANT": str(mutant)} | environment, limit)
        longest = max(longest, seconds)
        if said:
            return said, longest
    return None, longest


def limit_of(b, out, level):
    """five times what the unmutated model takes, which must pass"""
    why, seconds = simulate(b, out, level, 0, 600)
    if why:
        raise rm.Stop(1, f"{out}: the bench fails without a mutant at '{level}': {why}")
    return 3 + int(5 * seconds)


def campaign(b, out, level, numbers, before):
    """pairs: number, words of the first comparison that failed, or none"""
    if numbers:
        limit = limit_of(b, out, level)
    for k in numbers:
        yield k, simulate(b, out, level, k, limit, before.get(k, ""))[0] or ""
