#!/usr/bin/env python3
"""What stuck cells and comparators cost: layers of a model through the emitted RTL with faults drawn from seeds, without and with a repair map
(docs/faults.md section 4). Prints the table of that section.
usage: tools/fault_cost.py [--seeds N] [--layers LIST] [--tokens N]
SPDX-License-Identifier: Apache-2.0"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

TILES, ROWS, COLS, ADCS, SPARES = 4, 64, 64, 8, 4  # configs/edge64.xml, with spares
BITLINE = os.environ.get("BITLINE", "build/bitline")


def cells(rng, n):
    """n cells that are stuck at 0 or 1, as many in each tile, anywhere"""
    return [f"cell {t} {p // COLS} {p % COLS} {rng.randrange(2)}" for t in range(TILES) for p in rng.sample(range(ROWS * COLS), n // TILES)]


def columns(rng, n):
    """n whole columns, as many in each tile, of different positions"""
    lines = []
    for t in range(TILES):
        for p in rng.sample(range(COLS // ADCS), n // TILES):
            column, value = p * ADCS + rng.randrange(ADCS), rng.randrange(2)
            lines += [f"cell {t} {row} {column} {value}" for row in range(ROWS)]
    return lines


def comparators(rng, n):
    return [f"comparator {p // ADCS} {p % ADCS} 1 {rng.randrange(2)}" for p in rng.sample(range(TILES * ADCS), n)]


def run(args, lines, mend):
    with tempfile.NamedTemporaryFile("w", suffix=".faults") as f:
        f.write("".join(line + "\n" for line in lines))
        f.flush()
        command = [BITLINE, "cosim", "--config", "configs/edge64.xml", "-s", f"array.spares={SPARES}", "--model", "models/story.safetensors", "--layers", args.layers,
                   "--tokens", str(args.tokens), "--faults", f.name, "--json", *(["--bad", "auto"] if mend else [])]
        p = subprocess.run(command, capture_output=True, text=True, check=False)
    if p.returncode:
        sys.exit(f"{' '.join(command)}: {p.stderr}{p.stdout[-400:]}")
    return json.loads(p.stdout)["faults"]


def row(args, what, draw, n, mend):
    got = [run(args, draw(random.Random(f"{what} {seed}"), n), mend) for seed in range(1, args.seeds + 1)]
    changed = sum(f["outputs_changed"] / f["outputs_compared"] for f in got) / len(got)
    error = sum(f["mean_error"] / f["mean_output"] for f in got) / len(got)
    return f"{100 * changed:.2f} % | {100 * error:.2f} %"


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--seeds", type=int, default=5)
    a.add_argument("--layers", default="0.wq,0.w1,0.w2")
    a.add_argument("--tokens", type=int, default=8)
    args = a.parse_args()
    print("| stuck | outputs that differ | mean error / mean output | the same, repaired | |\n|---|---|---|---|---|")
    for what, draw, n, mend in (("cells", cells, 4, True), ("cells", cells, 16, True), ("cells", cells, 64, False), ("cells", cells, 256, False), ("cells", cells, 1024, False),
                                ("columns", columns, 4, True), ("columns", columns, 16, True), ("comparators", comparators, 1, False), ("comparators", comparators, 4, False)):
        total = {"cells": TILES * ROWS * COLS, "columns": TILES * COLS, "comparators": TILES * ADCS}[what]
        print(f"| {n} of {total} {what} | {row(args, what, draw, n, False)} | {row(args, what, draw, n, True) if mend else '- | -'} |", flush=True)


main()
