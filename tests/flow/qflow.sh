#!/usr/bin/env bash
# flow-qflow: the controllers of digital8 from netlist to a layout that is clean, and the same checks on layouts and tools that are not.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
. tests/flow_common.sh
spacing=$configs/../tests/flow/qflow_spacing.py
# NAME STATUS REGEX COMMAND...: ends with STATUS, and standard error matches
says() {
	local name=$1 want=$2 text=$3 rc
	shift 3
	"$@" >out.txt 2>err.txt; rc=$?
	if [ "$rc" = "$want" ] && { [ -z "$text" ] || grep -q -E "$text" err.txt; }; then echo "ok - $name"; else echo "not ok - $name (status $rc)"; sed 's/^/# /' err.txt | head -n 5; status=1; fi
}
"$BITLINE" gen --config "$configs/digital8.xml" --with yosys,sta,qflow --out d >/dev/null || exit 1
qflow() { bash d/flow/qflow/run.sh "$@"; }
result() { # BLOCK LIB EXPRESSION of r
	python3 -c "
import json, sys
r = json.load(open('d/work/qflow-$1-$2/result.json'))
print(r)
assert $3"
}
clean='r["failed_routes"] == 0 and r["drc_errors"] == 0 and r["lvs"] == "match" and r["setup_slack_ns"] > 0 and r["hold_slack_ns"] >= 0 and r["clock_buffers"] > 0 and r["wire_um"] > 1000 and r["vias"] > 100'
equal='r["simulated_cycles"] >= 1000 and r["compared_bits"] > 10000 and r["differences"] == 0 and r["differences_at_impossible_clock"] > 0'
for block in adc sequencer; do
	check "$block in osu018: laid out" qflow --block $block
	check "... routed, no violated rule, netlists equal, setup and hold met" result $block osu018 "$clean"
	check "... its delays simulated, and only an impossible clock makes a difference" result $block osu018 "$equal"
done
check "no wire outside of the die" python3 -B - d/flow/qflow d/work/qflow-sequencer-osu018 <<'END'
import json, os, sys
sys.path.insert(0, sys.argv[1])
import lef, windows
os.chdir(sys.argv[2])
job = json.load(open("job.json"))
die = windows.Die("cim_sequencer_route.def", lef.Lef(job["lef"]), job["dbu"])
die.enter_all()
out = [(n, w) for n, wires in die.wires.items() for w in wires if min(w[2:6]) < -die.px // 2 or max(w[2], w[4]) > die.box[2] + die.px // 2 or max(w[3], w[5]) > die.box[3] + die.py // 2]
assert die.wires and not out, out
END
check "every cell has its delays, in several groups" bash -c 'cd d/work/qflow-sequencer-osu018 && [ "$(ls g*.sdf | wc -l)" -gt 1 ] && [ "$(cat g*.sdf | grep -c "(INSTANCE [a-z]")" = "$(python3 -c "import json; print(json.load(open(\"place.json\"))[\"cells\"])")" ]'
check "wires too near to other metal are found, taken out and routed again elsewhere" python3 "$spacing" d/flow/qflow d/work/qflow-adc-osu018
check "the GDS is called hollow, and is" result adc osu018 'r["gds_hollow_kinds"] == r["gds_cell_kinds"] > 5'
check "GDS and picture are there" bash -c 'cd d/work/qflow-adc-osu018 && [ "$(head -c 4 cim_adc.gds | od -An -tx1 | tr -d " ")" = 00060002 ] && file cim_adc.png | grep -q "PNG image data, 1200 x 1200"'
# one of nothing but the background packs into 7 kB
check "the picture shows something" /usr/bin/python3 - d/work/qflow-adc-osu018/cim_adc.png <<'PY'
import struct, sys, zlib
png, at, data = open(sys.argv[1], "rb").read(), 8, b""
while at < len(png):
    n, kind = struct.unpack(">I4s", png[at:at + 8])
    data += png[at + 8:at + 8 + n] if kind == b"IDAT" else b""
    at += 12 + n
assert len(zlib.decompress(data)) > 1200 * 1200 and len(data) > 15000, len(data)
PY
check "what is up to date is not laid out again" bash -c '[ "$(stat -c %Y d/work/qflow-adc-osu018/cim_adc.gds)" = "$(bash d/flow/qflow/run.sh --block adc >/dev/null; stat -c %Y d/work/qflow-adc-osu018/cim_adc.gds)" ]'
check "adc in osu035: laid out" qflow --block adc --lib osu035 --no-sim
check "... clean" result adc osu035 "$clean"

# the same checks on layouts that are wrong: what Magic and netgen say of them, by check.sh as run.sh calls it
broken() { # NAME STATUS REGEX, PROGRAM of Python over the words d (routed DEF) and s (schematic)
	rm -rf b && cp -r d/work/qflow-adc-osu018 b && cat >break.py <<END
import re
d, s = open('b/cim_adc_route.def').read(), open('b/schematic.spice').read()
$4
open('b/cim_adc_route.def', 'w').write(d); open('b/schematic.spice', 'w').write(s)
END
	python3 break.py || { echo "not ok - $1 (nothing to break)"; status=1; return; }
	says "$1" "$2" "$3" bash -c '
		. d/flow/lib.sh
		flow_begin qflow --block adc
		WORK=$(cd b && pwd) here=$FLOW_DIR/qflow lef=$LIB_TECH/osu018_stdcells.lef fill=FILL
		cd b
		timed() { flow_step "$@"; }
		said() { awk -v key="$2" "\$1 == \"@\" { for (i = 2; i < NF; i++) if (\$i == key) v = \$(i + 1) } END { print v }" "$WORK/$1.log"; }
		member() { python3 -c "import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])" "$1" "$2"; }
		. "$here/check.sh"'
}
broken "a copy that is not broken passes the same checks" 0 '' 'pass'
broken "two metal2 wires too near each other: design rules" 1 "step 'magic' failed in magic: [1-9][0-9]* violated design rules" '
m = re.search(r"NEW metal2 \( (\d+) (\d+) \) \( \* (\d+) \)", d)
x, y, z = (int(v) for v in m.groups())
d = d.replace("SPECIALNETS ", "SPECIALNETS ", 1).replace(m.group(0), m.group(0) + f"\n  NEW metal2 ( {x + 45} {y} ) ( * {z} )", 1)
assert abs(z - y) > 0'
broken "two nets of the schematic swapped: LVS" 1 "step 'lvs' failed in netgen-lvs: .*(do not match|mismatch)" '
a, b = re.findall(r"^Xu\d+ (\S+) \S+ gnd \S+ vdd NAND2X1", s, re.M)[:2]
assert a != b
s = re.sub(r"^(Xu\d+) " + re.escape(a) + r" (\S+ gnd \S+ vdd NAND2X1)", lambda m: f"{m.group(1)} {b} {m.group(2)}", s, 1, re.M)'
broken "a cell missing in the schematic: LVS" 1 "step 'lvs' failed in netgen-lvs" 's = re.sub(r"^Xu\d+ .* INVX1\n", "", s, 1, re.M)'

# arguments
says "a density that is none" 2 "^flow-qflow: --density '2' is no number of 0.3..1$" qflow --block adc --density 2
says "an unknown option" 2 "^flow-qflow: '--rotate' is no option of this flow" qflow --block adc --rotate
# tools that are missing, crash, or end well without their work
mkdir mock
mock() { printf '#!/bin/sh\n%s\n' "$2" >"mock/$1"; chmod +x "mock/$1"; }
with_mock() { PATH=$PWD/mock:$PATH qflow --block adc --no-sim --work "$PWD/m"; }
cp -r d/work/yosys-adc-osu018 keep && mkdir m && cp -r keep m/yosys-adc-osu018
mock graywolf 'echo "syntax error near pin_group"; exit 1'
says "graywolf stops" 1 "step 'graywolf' failed in graywolf: syntax error near pin_group \(exit status 1\); log: m/qflow-adc-osu018/graywolf.log" with_mock
mock graywolf 'exit 0'
says "graywolf places nothing" 1 "step 'graywolf' failed in graywolf: no placement" with_mock
rm mock/graywolf
mock qrouter 'echo "@ stage1 7"; echo "@ failed 7"; echo "@ done"'
says "qrouter leaves nets" 1 "step 'route' failed in qrouter: 7 of [0-9]+ nets not routed at density 0.9" with_mock
mock qrouter 'exit 0'
says "qrouter does nothing" 1 "step 'route' failed in qrouter: no line matches '\^@ done'" with_mock
rm mock/qrouter
mkdir bare && for t in bash awk sed grep cat mkdir python3 dirname basename tr ls head realpath; do ln -s "$(command -v $t)" bare/$t; done
says "graywolf is missing" 3 '^flow-qflow: (yosys|graywolf) is missing: install the Debian package' env PATH="$PWD/bare" "$(command -v bash)" d/flow/qflow/run.sh --block adc --work "$PWD/m"
exit $status
