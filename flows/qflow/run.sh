#!/usr/bin/env bash
# flow-qflow: from the netlist of flow-yosys to a layout: graywolf places, qrouter routes, Magic checks the design rules and extracts, netgen compares,
# OpenSTA times with the parasitics of the routes, Icarus Verilog simulates with those delays, KLayout writes GDS and a picture.
# usage: run.sh [--lib osu018|osu035|FILE] [--block NAME|all] [--work DIR] [--density D] [--fast N] [--windows S,S...] [--cycles N] [--lef FILES] [--gds FILE] [--netlist FILE] [--no-sim]
#   --block all   adc, sequencer and top one after the other
#   --density D   share of a row that cells fill, 0.3..1 (default 0.9, with windows 0.75)
#   --fast N      graywolf's annealing is N times as short, 1..100 (default by number of cells: 1, above 2000 5, above 8000 4)
#   --windows S,S routes in windows of these sizes in um, one pass after the other, then the rest on the whole die, and repairs hold without routing all again
#                 (default above 8000 cells 250,250,500,500,1000, but not around a hard macro; below that the whole die at once)
#   --cycles N    clock cycles of the simulation with delays (default 2000)
#   --lef A,B     LEF files, technology first (default: of the technology, or ../lef/*.lef beside the Liberty file)
#   --gds FILE    GDS of the standard cells (default: ../gds/*.gds beside the Liberty file; none for osu018 and osu035, Debian has none)
#   --netlist F   Verilog netlist with the block as top module (default: the one flow-yosys makes)
#   --no-sim      leaves the simulation out
# The analog macro is laid out as a hard macro, out of macro/<prefix>macro.lef.
# Exit status 1: nets that were not routed, a violated design rule, netlists that differ, a violated setup or hold time, a difference in the simulation, a failed step.
# SPDX-License-Identifier: Apache-2.0
for ((i = 1; i < $#; i++)); do
	[ "${!i}" = --block ] && { j=$((i + 1)); [ "${!j}" = all ] || continue; for block in adc sequencer top; do
		bash "${BASH_SOURCE[0]}" "${@:1:i}" $block "${@:i + 2}" || exit $?
	done; exit 0; }
done
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
flow_begin qflow "$@"
here=$FLOW_DIR/qflow
density='' fast='' windows='' cycles='' lef='' gds='' simulate=1 netlist=''
range() { awk -v v="$2" -v lo="$3" -v hi="$4" 'BEGIN { exit !(v ~ /^[0-9]+(\.[0-9]+)?$/ && v + 0 >= lo && v + 0 <= hi) }' || flow_die 2 "$1 '$2' is no number of $3..$4"; }
for ((i = 0; i < ${#ARGS[@]}; i++)); do
	value=${ARGS[i + 1]:-}
	case ${ARGS[i]} in
	--no-sim) simulate=; continue ;;
	--density) range --density "$value" 0.3 1; density=$value ;;
	--fast) range --fast "$value" 1 100; fast=$value ;;
	--windows) [[ $value =~ ^[1-9][0-9]{1,3}(,[1-9][0-9]{1,3})*$ ]] || flow_die 2 "--windows '$value' is no list of sizes in um, like 250,250,500"; windows=${value//,/ } ;;
	--cycles) range --cycles "$value" 10 1000000; cycles=$value ;;
	--lef) lef=${value//,/ } ;;
	--gds) gds=$value ;;
	--netlist) netlist=$value ;;
	*) flow_die 2 "'${ARGS[i]}' is no option of this flow: --density, --fast, --windows, --cycles, --lef, --gds, --netlist, --no-sim, --lib, --block, --work" ;;
	esac
	i=$((i + 1))
done
flow_tool python3 python3; flow_tool yosys yosys; flow_tool graywolf graywolf; flow_tool qrouter qrouter; flow_tool sta opensta; flow_tool klayout klayout
[ -z "$LIB_TECH" ] || { flow_tool magic magic; flow_tool netgen-lvs netgen-lvs; }
[ -z "$LIB_TECH$simulate" ] || flow_tool iverilog iverilog
beside=$(dirname "$(dirname "$LIB_FILE")")
if [ -n "$LIB_TECH" ]; then lef=${lef:-$LIB_TECH/${LIB_NAME}_stdcells.lef}; else
	[ -n "$lef" ] || lef=$({ ls "$beside"/lef/*tech*.lef; ls "$beside"/lef/*stdcell*.lef; } 2>/dev/null | tr '\n' ' ')
	[ -n "$gds" ] || gds=$(ls "$beside"/gds/*.gds 2>/dev/null | head -n 1)
fi
[ -n "${lef// /}" ] || flow_die 2 "no LEF files beside '$(flow_show "$LIB_FILE")' (../lef): name them with --lef"
for file in $lef ${gds:+"$gds"}; do [ -r "$file" ] || flow_die 2 "'$file' cannot be read"; done

if [ -z "$netlist" ]; then flow_need yosys >/dev/null; netlist=$NEEDED/netlist.v; else
	[ -r "$netlist" ] || flow_die 2 "'$netlist' cannot be read"
	netlist=$(realpath "$netlist")
fi
[ -r "$netlist" ] || flow_die 1 "$DESIGN $BLOCK $LIB_NAME: '$(flow_show "$netlist")' is not there, flow-yosys should have made it"
macro=
if grep -q "^ *${PREFIX}macro " "$netlist"; then
	macro=$OUT/macro/${PREFIX}macro
	for e in lef lib v; do [ -r "$macro.$e" ] || flow_die 2 "'$(flow_show "$macro.$e")' is missing and the netlist holds the macro: emit the design with it (bitline gen --with macro,qflow)"; done
	lef+=" $macro.lef"
fi
FLOW_TOOLS="$(graywolf 2>&1 </dev/null | grep -i -m 1 version) $(dpkg-query -W graywolf qrouter magic netgen-lvs opensta klayout iverilog 2>/dev/null | tr '\n\t' '  ')"
flow_fresh "$netlist" $lef ${gds:+"$gds"} ${macro:+"$macro.lib"} "$OUT/constraints/${PREFIX}top.sdc"
cd "$WORK" || exit 2
find . -mindepth 1 -maxdepth 1 ! -name '*.log' -exec rm -rf {} +
export PYTHONDONTWRITEBYTECODE=1 QT_QPA_PLATFORM=offscreen

SECONDS_JSON=
timed() { # STEP TOOL COMMAND...: the wall time goes to the result
	local t=$EPOCHREALTIME
	flow_step "$@"
	SECONDS_JSON+="${SECONDS_JSON:+, }\"$1\": $(awk -v a="$t" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')"
}
said() { awk -v key="$2" '$1 == "@" { for (i = 2; i < NF; i++) if ($i == key) v = $(i + 1) } END { print v }' "$WORK/$1.log"; }
member() { python3 -c "import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])" "$1" "$2"; }

# 1. one flat module for the placer. A constant is a pin on a power rail: the libraries have no cell for it.
timed flatten yosys yosys -q -p "read_liberty -lib \"$LIB_FILE\"; ${macro:+read_liberty -lib \"$macro.lib\";} read_verilog \"$netlist\"; hierarchy -check -top $BLOCK_TOP; flatten; opt_clean -purge; write_json netlist.json"
cells=$(python3 -c "import json; print(len(json.load(open('netlist.json'))['modules']['$BLOCK_TOP']['cells']))")
((cells > 0)) || flow_fail flatten yosys "no cell in $(flow_show "$netlist")"
large=$((cells > 8000)) middle=$((cells > 2000))
[ -n "$windows" ] || ! ((large)) || windows="250 250 500 500 1000"
[ -z "$macro" ] || windows=
density=${density:-$( [ -n "$windows" ] && echo 0.75 || echo 0.9)}
fast=${fast:-$( ((large)) && echo 4 || { ((middle)) && echo 5 || echo 1; })}
cycles=${cycles:-2000}
dbu=100
[ -n "$LIB_TECH" ] || dbu=1000
python3 - "$BLOCK_TOP" "$LIB_FILE" "$dbu" "$density" "$lef" "$macro" "$windows" >job.json <<'END' || exit 1
import json, sys
top, lib, dbu, density, lef, macro, windows = sys.argv[1:]
libs = [lib] + ([macro + ".lib"] if macro else [])
json.dump({"top": top, "libs": libs, "lef": lef.split(), "dbu": int(dbu), "density": float(density), "windows": windows != "", "margin": 12, "stripe_um": 50 if "osu018" in lib else 100,
           "global_fanout": 60, "clock_fanout": 12, "fanout": 16, "hold_margin_ns": 0.03, "delay_ns": 0.1}, sys.stdout, indent=1)
END
timed cel python3 python3 "$here/layout.py" cel

# 2. graywolf. Its global router only refines what qrouter does anyway, and took 65 of 70 seconds on 3700 cells: off.
{
	if [ -n "$LIB_TECH" ]; then sed 's/^TWSC\*do\.global\.route.*/TWSC*do.global.route : off/' "$LIB_TECH/$LIB_NAME.par"; else python3 "$here/layout.py" par; fi
	((fast == 1)) || echo "TWSC*fast : $fast"
} >"$BLOCK_TOP.par"
timed graywolf graywolf graywolf -n "$BLOCK_TOP"
[ -s "$BLOCK_TOP.pl1" ] || flow_fail graywolf graywolf "no placement ($BLOCK_TOP.pl1)"

# 3. trees, rows, power; routes; parasitics; repaired until no end point is reached too early
fill=$(python3 "$here/layout.py" fill) power=$(python3 "$here/layout.py" power) || flow_fail cel python3 "no power pins in the LEF files"
route() {
	timed "place$1" python3 python3 "$here/layout.py" place
	{
		echo "verbose 1"
		for f in $lef; do echo "read_lef $f"; done
		echo "via stack $([ "$LIB_NAME" = osu035 ] && echo 2 || echo 1)"
		echo "vdd ${power% *}"
		echo "gnd ${power#* }"
		cat "$BLOCK_TOP.obs"
	} >route.head
	rm -rf before.def before.rc windows
	if [ -n "$windows" ]; then
		[ -z "$1" ] || { mv "${BLOCK_TOP}_route.def" before.def && mv "${BLOCK_TOP}_route.rc" before.rc; }
		timed "route$1" qrouter python3 "$here/windows.py" route.head "$here/route.tcl" "${FLOW_JOBS:-2}" $windows
	else
		rm -f "${BLOCK_TOP}_route.def" "${BLOCK_TOP}_route.rc"
		{
			cat route.head
			echo "read_def ${BLOCK_TOP}_unroute.def"
			cat "$here/route.tcl"
			printf 'write_def %s_route.def\nwrite_delays %s_route.rc\nputs "@ done"\nquit\n' "$BLOCK_TOP" "$BLOCK_TOP"
		} >route.cfg
		timed "route$1" qrouter qrouter -nog -s route.cfg
	fi
	flow_expect "route$1" qrouter '^@ done'
	failed=$(said "route$1" failed)
	[ "$failed" = 0 ] || flow_fail "route$1" qrouter "${failed:-?} of $(member place.json nets) nets not routed at density $density: a lower --density or a smaller --fast gives more room"
	[ -z "$macro" ] || timed "stubs$1" python3 python3 "$here/stubs.py"
	timed "spef$1" python3 python3 "$here/layout.py" spef
}
export LIBS="$LIB_FILE${macro:+ $macro.lib}" NETLIST=$WORK/layout.v TOP=$BLOCK_TOP SDC=$OUT/constraints/${PREFIX}top.sdc SPEF=$WORK/layout.spef DRIVE=$LIB_DRIVE LOAD=$LIB_LOAD
early() { # STEP: number of end points below the margin
	timed "$1" sta sta -no_splash -exit "$here/hold.tcl"
	flow_refuse "$1" sta '^Error'
	flow_expect "$1" sta '^@ done$'
	cp "$1.log" hold.log
	violated=$(awk '$1 == "@" && NF == 3 && $3 < 0 { n++ } END { print n + 0 }' hold.log)
}
rounds=0
timed place_first python3 python3 "$here/layout.py" place
timed estimate python3 python3 "$here/layout.py" estimate
early hold_estimate
if grep -q '^@ .*/' hold.log; then timed repair python3 python3 "$here/layout.py" hold; fi
while route "$([ $rounds = 0 ] || echo $rounds)"; early "hold_routed$rounds"; ((violated > 0 && rounds < 4)); do
	rounds=$((rounds + 1))
	timed "repair$rounds" python3 python3 "$here/layout.py" hold
done
timed measure python3 python3 "$here/layout.py" measure

# 4. design rules and netlist of the layout: cells are their LEF abstracts
drc=null lvs='"not checked"' drc_words="DRC and LVS not checked (no Magic technology for $LIB_NAME)"
if [ -n "$LIB_TECH" ]; then . "$here/check.sh"; fi

# 5. timing with the trees and the routes; --sdf for the simulation
sdf=$WORK/layout.sdf
timed sta sta bash "$FLOW_DIR/sta/run.sh" --work "$WORK/post" --lib "$FLOW_LIB" --block "$BLOCK" --netlist "$WORK/layout.v" --spef "$WORK/layout.spef" --sdf "$sdf"
post=$(ls "$WORK"/post/sta-*/result.json)
setup=$(member "$post" setup_slack_ns) hold=$(member "$post" hold_slack_ns)

# 6. the laid-out netlist with its delays beside the RTL
sim_words="not simulated"
if [ -n "$simulate" ] && [ -n "$LIB_TECH" ] && [ -z "$macro" ]; then . "$here/simulate.sh"; fi

# 7. GDS and picture
timed picture klayout klayout -b -r "$here/picture.rb" -rd "def=${BLOCK_TOP}_route.def" -rd "lef=${lef// /,}" -rd "gds=${gds:-none}" -rd "out=$BLOCK_TOP.gds" -rd "png=$BLOCK_TOP.png"
flow_expect picture klayout '^@ done'
[ -s "$BLOCK_TOP.gds" ] && [ -s "$BLOCK_TOP.png" ] || flow_fail picture klayout "no GDS or no picture"
kinds=$(said picture cells) hollow=$(said picture hollow)

for key in cells netlist_cells clock_buffers clock_levels fanout_buffers hold_buffers fillers rows nets die_area_um2; do flow_num $key "$(member place.json $key)"; done
flow_num utilisation "$(printf %.4f "$(member place.json utilisation)")"
flow_num density "$density"; flow_num fast "$fast"
flow_num wire_um "$(member measure.json wire_um)"; flow_num vias "$(member measure.json vias)"; flow_num failed_routes "$failed"; flow_num hold_repairs "$rounds"
flow_raw drc_errors "$drc"; flow_raw lvs "$lvs"
flow_num setup_slack_ns "$setup"; flow_num hold_slack_ns "$hold"; flow_num period_ns "$(member "$post" period_ns)"
[ -z "${sim_cycles:-}" ] || { flow_num simulated_cycles "$sim_cycles"; flow_num compared_bits "$sim_known"; flow_num differences "$sim_wrong"; flow_num differences_at_impossible_clock "$sim_fast_wrong"; flow_num impossible_clock_ns "$impossible"; }
flow_text gds "$BLOCK_TOP.gds"; flow_num gds_cell_kinds "$kinds"; flow_num gds_hollow_kinds "$hollow"; flow_text picture "$BLOCK_TOP.png"
flow_bool macro "$([ -n "$macro" ] && echo true || echo false)"
flow_raw seconds "{$SECONDS_JSON}"
area=$(awk -v a="$(member place.json die_area_um2)" 'BEGIN { printf "%.4f", a / 1e6 }')
flow_end "$(member place.json cells) cells on $area mm2, $(printf %.0f "$(awk -v u="$(member place.json utilisation)" 'BEGIN { print 100 * u }')") % used, no failed routes; $drc_words; setup $setup, hold $hold ns after layout; $sim_words; GDS $([ "$hollow" = 0 ] && echo "with all $kinds kinds of cells" || echo "hollow: $hollow of $kinds kinds of cells have no shapes (Debian ships no cell GDS)"); $SECONDS s"
