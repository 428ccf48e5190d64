#!/usr/bin/env bash
# flow-qflow with the analog macro as a hard macro (the column side of a tile of an analog 8 x 8), and with a library whose cells have layouts (IHP).
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-${BUILD:-build}/bitline}")
configs=$PWD/configs
pdk=$(realpath -m ../shared/pdk/ihp-sg13g2)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
status=0
check() { # name, then a command that must succeed
	local name=$1; shift
	if "$@" >log 2>&1; then echo "ok - $name"; else echo "not ok - $name"; sed 's/^/# /' log | head -n 20; status=1; fi
}
lib=/usr/share/qflow/tech/osu018/osu018_stdcells.lib
"$BITLINE" gen --config "$configs/tiny.xml" -s readout.adcs=1 -s interface.clock_period_ps=30000 --with yosys,sta,qflow,macro --out a >/dev/null || exit 1
# the smallest module that holds the macro
printf 'BLOCKS="$BLOCKS readout"\nBLOCK_readout="cim_readout Rows=8 Cols=8 Adcs=1 AdcBits=4 SampleHold=0"\n' >>a/flow/design.sh
{
	printf 'read_liberty -lib %s\nread_liberty -lib cim_macro.lib\n' "$lib"
	grep '^[^/].*\.sv$' a/macro/hard.f | sed 's/^/read_verilog -sv /'
	printf 'hierarchy -check -top cim_readout -chparam Rows 8 -chparam Cols 8 -chparam Adcs 1 -chparam AdcBits 4 -chparam SampleHold 0\n'
	printf 'synth -nofsm -flatten -top cim_readout\ndfflibmap -liberty %s\nabc -liberty %s -D 8000\nsetundef -zero; opt_clean -purge\nrename -top cim_readout\n' "$lib" "$lib"
	printf 'write_verilog -noattr -noexpr -nohex -nodec -simple-lhs ../../readout.v\n'
} >readout.ys
check "netlist with the macro" bash -c 'cd a/macro && yosys -q ../../readout.ys && grep -q "^ *cim_macro " ../../readout.v'
check "hard macro: laid out" bash a/flow/qflow/run.sh --block readout --netlist readout.v
check "... no failed route, DRC 0, LVS with the macro, setup and hold" python3 -c '
import json; r = json.load(open("a/work/qflow-readout-osu018/result.json")); print(r)
assert r["macro"] is True and r["failed_routes"] == 0 and r["drc_errors"] == 0 and r["lvs"] == "match" and r["setup_slack_ns"] > 0 and r["hold_slack_ns"] >= 0'
check "... and the macro is in both netlists that were compared" bash -c 'cd a/work/qflow-readout-osu018 && for f in schematic.spice cim_readout.spice; do tr -s "\n+" "  " <$f | grep -q " cim_macro" || exit 1; done'
if [ -r "$pdk/gds/sg13g2_stdcell.gds" ]; then
	"$BITLINE" gen --config "$configs/digital8.xml" --with yosys,sta,qflow --out d >/dev/null || exit 1
	check "adc with IHP's cells: laid out" bash d/flow/qflow/run.sh --block adc --lib "$pdk/lib/sg13g2_stdcell_typ_1p20V_25C.lib"
	check "... every kind of cell has its shapes, DRC and LVS are called not checked" python3 -c '
import json; r = json.load(open("d/work/qflow-adc-sg13g2_stdcell_typ_1p20V_25C/result.json")); print(r)
assert r["gds_hollow_kinds"] == 0 and r["gds_cell_kinds"] > 5 and r["failed_routes"] == 0 and r["drc_errors"] is None and r["lvs"] == "not checked"'
else
	echo "ok - adc with IHP's cells # SKIP no $pdk here"
fi
exit $status
