#!/usr/bin/env python3
"""Line coverage of our C, from the counts that a build with --coverage left behind. usage: gcov.py BUILD [-v] [--least PERCENT]
Prints a table: folder, lines, covered, percent; then, with -v, every file's lines that no test ran. Exit status 1: less than PERCENT in all. Tests themselves are left out, and so are lines that
begin with BUG(: bitline's own faults, which a test that ran them would have found.
SPDX-License-Identifier: Apache-2.0"""
import argparse
import collections
import json
import os
import subprocess
import sys

SKIP = ("tests/", "tools/")


def ranges(numbers):
    """1 2 3 7 -> 1-3, 7"""
    out = []
    for n in sorted(numbers):
        if out and out[-1][1] == n - 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)


def assertions(name):
    """lines of a source that only a fault of bitline runs"""
    return {n for n, text in enumerate(open(name, encoding="utf-8"), 1) if text.lstrip().startswith("BUG(")} if os.path.exists(name) else set()


def counts(build):
    """file -> line -> how often it ran"""
    lines = collections.defaultdict(lambda: collections.defaultdict(int))
    notes = [os.path.join(d, f) for d, _, files in os.walk(os.path.join(build, "obj")) for f in files if f.endswith(".gcno")]
    for k in range(0, len(notes), 40):
        out = subprocess.run(["gcov", "--json-format", "--stdout"] + sorted(notes)[k:k + 40], check=True, capture_output=True, text=True).stdout
        for text in out.splitlines():
            if not text.startswith("{"):
                continue
            for f in json.loads(text)["files"]:
                name = f["file"]
                if name.startswith("/") or name.startswith(SKIP) or name.startswith(build):
                    continue
                for line in f["lines"]:
                    lines[name][line["line_number"]] += line["count"]
    for name, of in lines.items():
        for n in assertions(name):
            of.pop(n, None)
    return lines


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("-v", action="store_true")
    p.add_argument("--least", type=float, default=0)
    a = p.parse_args()
    lines = counts(a.build)
    if not any(n for of in lines.values() for n in of.values()):
        print(f"gcov: nothing was counted in '{a.build}': run tests with a build that counts first (make coverage)", file=sys.stderr)
        return 2
    folders = collections.defaultdict(lambda: [0, 0])
    for name, of in lines.items():
        for key in (name.split("/")[0], "all"):
            folders[key][0] += len(of)
            folders[key][1] += sum(1 for n in of.values() if n)
    print(f"{'folder':<12} {'lines':>7} {'run':>7} {'%':>6}")
    for key in sorted(folders, key=lambda k: (k == "all", k)):
        total, run = folders[key]
        print(f"{key:<12} {total:>7} {run:>7} {100 * run / total:>6.1f}")
    if a.v:
        for name in sorted(lines):
            missed = [n for n, c in lines[name].items() if not c]
            if missed:
                print(f"{name}: {len(missed)} of {len(lines[name])}: {ranges(missed)}")
    total, run = folders["all"]
    if 100 * run < a.least * total:
        print(f"gcov: {100 * run / total:.1f} % of {total} lines were run, wanted are {a.least:g} % at least", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
