# A folder of results in the form of docs/report.md, made up, with as much in every section as makes labels crowd: for tests of how the page looks.
# usage: report_folder.py DIR
# SPDX-License-Identifier: Apache-2.0
import base64
import json
import os
import random
import shutil
import sys

DIR = sys.argv[1]
HASH = "0" * 64
random.seed(3)
os.makedirs(DIR)
shutil.copy("configs/edge64-sm4.xml", DIR + "/config.xml")


def write(name, **j):
    with open(f"{DIR}/{name}", "w") as f:
        json.dump(dict(j, config_sha256=HASH), f)


layers = [f"{n}.{w}" for n in range(5) for w in ("wq", "wk", "wv", "wo", "w1", "w2", "w3")]
cycles = {n: random.randrange(20000, 400000) for n in layers}
run = {"mismatches": 0, "codes_compared": 137984000, "partials_compared": 70400, "outputs_compared": 70400, "rtl_cycles": sum(cycles.values()), "predicted_cycles": sum(cycles.values()),
       "layers": layers, "engine": "verilator", "layer_check": "golden layer",
       "per_layer": [{"name": n, "layer_check": "threshold tables differ from converter to converter", "out": 256, "in": 96, "codes_compared": 1379840, "outputs_compared": 704, "mismatches": 0,
                      "rtl_cycles": c, "predicted_cycles": c} for n, c in cycles.items()]}
for key in ("activations", "conversions", "comparisons", "compute_clocks", "convert_clocks", "serve_clocks", "wait_load", "wait_act", "wait_out", "wait_end", "stalls"):
    run[key] = random.randrange(10**6)
write("run.json", **run)
write("text.json", **dict(run, text="Once there was a playful girl named Amy who loved to cook with her uncle. " * 6, positions=120, cycles_per_token=[1234567] * 120, head="rtl", text_check="golden text",
      temperature=0.8, seed=1))

STATES = ("load", "evaluate", "hold", "ask", "convert", "serve", "drain")
tiles = 10
lane = [["hold", 210, 250], ["evaluate", 250, 252], ["ask", 252, 300], ["serve", 300, 420], ["load", 430, 500]]
write("timeline.json", layer="0.w1", tokens=2, clocks=27466, watched=27466, tiles=tiles, **{"from": 200, "to": 800},
      checked={"engine": "verilator", "takes": 2464, "finishes": 2464, "differ": 0}, totals=[dict.fromkeys(STATES, 12345) for _ in range(tiles)],
      profile=dict({s: [random.randrange(tiles * 256) for _ in range(108)] for s in STATES}, step=256),
      sequencer=[["control", 200, 210], ["input", 210, 260], ["load", 260, 300], ["activate", 300, 340], ["wait", 340, 700], ["output", 700, 760], ["end", 760, 800]],
      tile=[{"array": lane, "converter": [["convert", 260, 340], ["convert", 340, 420]], "adder": [["drain", 500, 700]]}] * tiles)
images = [{"tile": i % 4, "turn": i // 4, "cells": 1344} for i in range(88)]
write("occupancy.json", layer="0.w1", rows=64, cols=64, slices=14, cells=4096, all=88, images=images, pieces=[[i, i // 44, i, 0, 1, 24, i % 8, 1, 56] for i in range(88)])
write("counts.json", config="edge64-sm4", layer="0.w1", first=-64, counts=[0] * 64 + [int(60000 / (1.6 ** i)) for i in range(30)] + [0] * 35)
write("codes.json", layer="0.w1", kind="sar", converters=64, adcs=16, codes=64 * 1600, equal=True, engine="verilator",
      cells=[[c, i, max(0, min(15, i + random.choice((-1, 0, 0, 1)) * (c % 5))), 100] for c in range(64) for i in range(16)])
for bits in range(1, 13):
    write(f"perplexity.{bits}.json", tokens=326, perplexity=990775.98 if bits == 1 else 1.7414 + 0.5 / bits**4, float_perplexity=1.7414, lossless=bits > 6, config="edge64-sm4", bits=bits)
constants = [{"name": f"constant_number_{i}", "value": None if i == 3 else i * 1.5, "unit": "nJ", "source": "A source whose name is as long as such names are, section 4, table II, fit at 28 nm"} for i in range(18)]
write("map.json", cost="default", arrays=88, utilisation=0.328, cycles=27466, energy_nj=None, converter_energy_nj=44.7, array_energy_nj=577.5, movement_energy_nj=4.2, load_energy_nj=None,
      area_um2=None, converter_area_um2=5856.9, not_given=["energy of writing a cell", "area of a cell"], constants=constants)
write("layout.json", flow="qflow", design="digital8", block="sequencer", library="osu018", cells=919, nets=1270, die_area_um2=51480.0, wire_um=50009.15, failed_routes=0, drc_errors=0, lvs="match")
with open(DIR + "/layout.png", "wb") as f:
    f.write(base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))
