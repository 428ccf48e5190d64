#!/usr/bin/env bash
# Stuck cells and comparators, spare positions and the repair map (docs/faults.md sections 4 and 5) on the emitted RTL, every kind of converter, awkward shapes:
# RTL and golden machine agree bit by bit whatever is stuck and whatever the map says; known-bad columns that spares replace cost nothing, and cost something
# without the map; no map takes a clock. Faults are drawn from SEED (1). ALL=1: more shapes (make regress).
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
export B=${BITLINE:-build/bitline} SEED=${SEED:-1}
dir=$(mktemp -d)
export dir
trap 'rm -rf "$dir"' EXIT
echo "# SEED=$SEED"
# name | -s KEY=VALUE ... of configs/tiny.xml | more options
# the slices of a weight fill all columns, so that the last position is used
cat >"$dir/cases" <<'CASES'
sar with sample-and-hold, two words of rows, four spares|array.rows=70 array.cols=64 readout.adcs=8 readout.bits=7 array.sample_hold=true array.spares=4|
flash, majority|array.rows=9 array.cols=10 numbers.weight_bits=5 readout.kind=flash readout.bits=3 array.spares=1|
hybrid|array.rows=12 array.cols=10 array.tiles=2 numbers.weight_bits=5 readout.adcs=2 readout.kind=hybrid readout.flash_bits=2 array.spares=2|
sense|array.rows=10 array.cols=33 numbers.weight_bits=3 readout.kind=sense readout.bits=1 array.spares=4|
asymmetric|array.rows=12 array.cols=33 numbers.weight_bits=3 readout.search=asymmetric readout.resolution=full array.spares=2|
pairs of columns|array.rows=12 array.cols=33 array.tiles=2 readout.bits=5 readout.low=-12 numbers.weight_code=dif numbers.weight_bits=5 array.spares=4|
pairs of cells of two bits|array.rows=9 array.cols=37 array.cell_bits=2 readout.adcs=2 readout.bits=6 readout.low=-27 numbers.weight_code=dif numbers.weight_bits=5 array.spares=2|
no spares|array.rows=9 array.cols=11 readout.adcs=2|
immersed references, no spares|array.rows=17 array.cols=34 array.tiles=2 readout.adcs=2 array.sample_hold=false readout.reference=immersed readout.network=pair|
digital|array.kind=digital array.rows=12 array.cols=10 numbers.weight_bits=5 readout.adcs=2 array.spares=2|
Icarus|array.rows=8 array.cols=10 numbers.weight_bits=5 array.spares=2|--engine icarus
golden machine behind the registers|array.rows=12 array.cols=33 array.tiles=2 numbers.weight_bits=3 array.spares=2|--engine tlm
CASES
[ -z "${ALL:-}" ] || cat >>"$dir/cases" <<'CASES'
flash, ones, one converter|array.rows=9 array.cols=9 numbers.weight_bits=3 readout.adcs=1 readout.kind=flash readout.bubble=ones array.spares=3|
stochastic|array.rows=10 array.cols=18 numbers.weight_bits=3 readout.kind=stochastic readout.resolution=full readout.samples=9 array.spares=2|
pairs of columns, an entry for none|array.rows=12 array.cols=30 readout.adcs=2 readout.bits=5 readout.low=-12 numbers.weight_code=dif numbers.weight_bits=4 array.spares=3|
cells of two bits|array.rows=9 array.cols=33 array.cell_bits=2 numbers.weight_bits=6 readout.bits=5 array.spares=3|
real converters and noise|array.rows=12 array.cols=33 numbers.weight_bits=3 array.spares=2 nonideal.offset=700 nonideal.noise=300|
sar, odd positions, a last one of one column|array.rows=12 array.cols=33 array.tiles=2 numbers.weight_bits=3 array.spares=2|
CASES
cat >"$dir/run.py" <<'PY'
import json, os, random, subprocess, sys
import numpy as np
B, top, SEED = os.environ["B"], os.environ["dir"], int(os.environ["SEED"])
name, settings, more = sys.argv[1].split("|")
d = "%s/%s" % (top, sys.argv[2])
os.mkdir(d)
value = {"array.rows": "8", "array.cols": "8", "array.tiles": "1", "array.cell_bits": "1", "array.spares": "0", "readout.adcs": "4", "readout.kind": "sar", "readout.bits": "4",
         "readout.flash_bits": "1", "numbers.weight_code": "tc", "numbers.weight_bits": "8", "array.kind": "analog"}
value.update(s.split("=") for s in settings.split())
rows, cols, tiles, cell_bits, spares = (int(value["array." + k]) for k in ("rows", "cols", "tiles", "cell_bits", "spares"))
adcs, bits, weight_bits = int(value["readout.adcs"]), int(value["readout.bits"]), int(value["numbers.weight_bits"])
dif = value["numbers.weight_code"] == "dif"
refs = {"flash": 2**bits - 1, "hybrid": 2**int(value["readout.flash_bits"]) - 1}.get(value["readout.kind"], 1)
positions = -(-cols // adcs)
even = positions + positions % 2
columns = (even + spares) * adcs if spares else cols
wide, entries = (2 * adcs, spares // 2) if dif else (adcs, spares)        # of what one entry replaces
used = cols // 2 * 2 if dif else cols                                     # the last of an odd number is in no pair
rng = random.Random("%s %s" % (SEED, name))
slices = -(-(weight_bits - 1) // cell_bits) + (not dif)
out, rows_in = 2 * (used // (2 if dif else 1) // slices), rows + 3
r = np.random.default_rng(rng.getrandbits(32))
np.save(d + "/w.npy", r.integers(1 - 2**(weight_bits - 1) if dif else -2**(weight_bits - 1), 2**(weight_bits - 1), (out, rows_in)).astype(np.int8))
np.save(d + "/x.npy", r.integers(-127, 128, (3, rows_in)).astype(np.int8))

def run(what, faults=None, bad=None):
    args = [B, "cosim", "--config", "configs/tiny.xml", "-s", "scheduler.program_depth=256", *(a for s in settings.split() for a in ("-s", s)), "--matrix", d + "/w.npy", "--input", d + "/x.npy",
            "--json", "--dump", d + "/dump", *more.split()]
    if faults is not None:
        open(d + "/faults", "w").write("# %s\n" % what + "".join("%s %d %d %d %d\n" % f for f in faults))
        args += ["--faults", d + "/faults"]
    if bad is not None and bad != "auto":
        open(d + "/bad", "w").write("".join("column %d %d\n" % b for b in bad))
    if bad is not None:
        args += ["--bad", "auto" if bad == "auto" else d + "/bad"]
    p = subprocess.run(args, capture_output=True, text=True)
    if p.returncode:
        sys.exit("%s: exit status %d: %s%s" % (what, p.returncode, p.stderr, (p.stdout and json.loads(p.stdout).get("first_difference", "")).split("\n")[0]))
    j = json.loads(p.stdout)
    if j["mismatches"] or ("--engine tlm" not in more and not j["codes_compared"]):
        sys.exit("%s: %d mismatches of %d codes" % (what, j["mismatches"], j["codes_compared"]))
    if "asymmetric" not in settings and j["rtl_cycles"] != j["predicted_cycles"]:
        sys.exit("%s: %d clocks, predicted %d" % (what, j["rtl_cycles"], j["predicted_cycles"]))
    y = np.load(d + "/dump/matrix.y.npy")
    return j, y

def cell(column=None, tile=None):
    return ("cell", rng.randrange(tiles) if tile is None else tile, rng.randrange(rows), rng.randrange(columns) if column is None else column, rng.randrange(2**cell_bits))

def once(faults):
    return list({f[:4]: f for f in faults}.values())

def comparators(n):
    return [("comparator", rng.randrange(tiles), rng.randrange(adcs), rng.randrange(1, refs + 1), rng.randrange(2)) for _ in range(n)]

base, clean = run("as it is")
if spares:                                                                # a map of columns that are well changes nothing
    same, y = run("a map, nothing stuck", bad=[(t, rng.randrange(used)) for t in range(tiles)] if entries else [])
    if not (y == clean).all() or same["rtl_cycles"] != base["rtl_cycles"] or (entries and same["repaired_positions"] < 1):
        sys.exit("a map of columns that are well changes outputs, clocks, or replaces nothing")
if value["array.kind"] == "digital":
    sys.exit(0)
changed = 0
for n in range(3):                                                        # anything, anywhere, with and without a map
    faults = once([cell() for _ in range(1 + 4 * n)] + comparators(n))
    j, y = run("random faults %d" % n, faults)
    if j["faults"]["cells"] + j["faults"]["comparators"] != len(faults):
        sys.exit("random faults %d: %d named, %s told" % (n, len(faults), j["faults"]))
    changed += (y != clean).any()
    known = j["faults"]["outputs_changed"]
    if known is not None and (known > 0) != (y != clean).any():
        sys.exit("random faults %d: %d outputs changed, as told" % (n, known))
    if entries:
        run("random faults %d, a random map" % n, faults, [(t, rng.randrange(cols)) for t in range(tiles) for _ in range(rng.randrange(2))])
if not changed:
    sys.exit("no random fault changed anything: draw others")
# comparators alone: every comparator of a lane; an order of questions that never ends otherwise
run("a whole lane stuck", [("comparator", 0, adcs - 1, m, rng.randrange(2)) for m in range(1, refs + 1)])
if entries:                                                               # known-bad columns, as many positions as there are spares: whole columns stuck the wrong way
    last = ((cols // 2 if dif else cols) - 1) // adcs
    bad = []
    for t in range(tiles):
        for p in sorted({0, last} | set(rng.sample(range(1, last), min(entries, last + 1) - 2))) if entries > 1 else {rng.randrange(last + 1)}:
            c = [x for x in range(p * wide, min((p + 1) * wide, used))]
            bad += [(t, x) for x in rng.sample(c, min(len(c), 2))]
    faults = [("cell", t, row, x, 2**cell_bits - 1) for t, x in bad for row in range(rows)]
    j, y = run("bad columns, no map", faults)
    if not (y != clean).any() or j["faults"]["outputs_changed"] == 0:
        sys.exit("bad columns without a map change nothing: this says nothing of the map")
    for how in ("auto", bad):
        k, y = run("bad columns, repaired", faults, how)
        if not (y == clean).all() or k["faults"]["outputs_changed"]:
            sys.exit("bad columns, repaired: %d outputs differ from the fault-free ones" % (y != clean).sum())
        if k["rtl_cycles"] != j["rtl_cycles"] and "asymmetric" not in settings or k["repaired_positions"] != len({(t, x // wide) for t, x in bad}):
            sys.exit("bad columns, repaired: %d clocks, %d without the map; %d positions" % (k["rtl_cycles"], j["rtl_cycles"], k["repaired_positions"]))
    if spares:                                                            # a bad spare is not repaired
        worse = faults + [("cell", t, row, even * adcs + i, 0) for t in range(tiles) for row in range(rows) for i in range(wide)]
        j, y = run("bad columns, bad spares", worse, bad)
        if not (y != clean).any():
            sys.exit("bad spares change nothing: the columns of the map are not where they should be")
PY
one() {
	local name=${1%%|*}
	if why=$(/usr/bin/python3 "$dir/run.py" "$1" "$2" 2>&1); then echo "ok - $name"; else echo "FAIL - $name: $(tail -n 1 <<<"$why")"; fi
}
export -f one
n=$(grep -c . "$dir/cases") k=0
while IFS= read -r line; do k=$((k + 1)); printf '%s\0%s\0' "$line" "$k"; done <"$dir/cases" | xargs -0 -n 2 -P "${JOBS:-$(nproc)}" bash -c 'one "$0" "$1"' >"$dir/out"
sort "$dir/out"
[ "$(grep -c . "$dir/out")" = "$n" ] || { echo "FAIL - not every case ran"; exit 1; }
! grep -q '^FAIL' "$dir/out"
