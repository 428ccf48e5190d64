"""The harness mutates itself: comparisons off, a wrong seed, swapped operands (harness.txt). A test must fail of each.
SPDX-License-Identifier: Apache-2.0"""
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import source
from rtl_model import Stop, TOP

LIST = os.path.join(os.path.dirname(__file__), "harness.txt")
# all of `make test`, the nearest first
NEAR = ["test_cosim_judge", "test_cosim_wrap", "test_cosim_messages", "test_golden_code", "test_golden_readout", "test_golden_machine"]


class Edit:
    def __init__(self, line, number):
        part = line.split(" @@ ")
        if len(part) != 4:
            raise Stop(2, f"tests/mutate/harness.txt:{number}: {len(part)} fields instead of 4: NAME @@ FILE @@ TEXT @@ TEXT INSTEAD")
        self.name, self.path, self.old, self.new = part
        text = open(os.path.join(TOP, self.path)).read()
        if text.count(self.old) != 1:
            raise Stop(2, f"tests/mutate/harness.txt:{number}: '{self.old}' stands {text.count(self.old)} times in {self.path} instead of once: write what stands there now")
        self.text = text.replace(self.old, self.new)


def edits():
    return [Edit(x.rstrip("\n"), n) for n, x in enumerate(open(LIST), 1) if x.strip() and not x.startswith("#")]


def noticed(b, e, k):
    """the test that fails; None: nobody notices"""
    d = os.path.join(b.work, f"harness{k}")
    os.makedirs(os.path.join(d, os.path.dirname(e.path)), exist_ok=True)
    obj = b.compile(e, d, e.text.split("\n"), "mutant.o")
    if obj is None:
        raise Stop(1, f"harness '{e.name}': {e.path} does not compile with the edit")
    own = os.path.join(b.dir, "obj", e.path[:-2] + ".o")
    b.link([obj if x == own else x for x in b.objects], os.path.join(d, "libbitline.so"))
    for t in NEAR:
        if source.fails([b.tests[t]], b.environment(d), 300):
            return t
    return None


def campaign(work, jobs, say):
    """False when something goes unnoticed"""
    todo = edits()
    b = source.Build(work, jobs, NEAR)
    for t in NEAR:
        p = subprocess.run([b.tests[t]], cwd=TOP, env=b.environment(work), capture_output=True, text=True)
        if p.returncode:
            raise Stop(1, f"'{t}' fails without an edit of the harness: {(p.stdout + p.stderr).strip().splitlines()[-1:]}")
    with ThreadPoolExecutor(jobs) as pool:
        found = list(pool.map(lambda x: noticed(b, x[1], x[0]), enumerate(todo)))
    for e, who in zip(todo, found):
        say(f"harness: {e.name}: {'noticed by ' + who if who else 'NOBODY NOTICES'}")
    say(f"harness: {sum(w is not None for w in found)} of {len(todo)} edits noticed")
    return all(found)
