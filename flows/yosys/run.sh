#!/usr/bin/env bash
# Yosys: RTL -> netlist of library cells, with its figures; optionally proven equal to the RTL, or made ready for gate-level co-simulation.
#   run.sh [--lib L] [--block B] [--work DIR] [--view digital] [--equiv] [--gates]
#     --view digital   an analog design out of adder trees instead of its macro (syn.f instead of blackbox.f)
#     --equiv          proves netlist.v equal to the RTL: equiv.json; exit 1 unless every point is proven
#     --gates          gates/: a directory that `bitline cosim --rtl gates --no-probes` takes in place of the emitted one
# In WORK: netlist.v, cells.v (the cells that it uses, as Verilog, out of the Liberty), result.json. The later two run the synthesis first, if it is not up to date.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
flow_begin yosys "$@"
here=$FLOW_DIR/yosys
[ -r "$here/sources.sh" ] || flow_die 2 "flow/yosys/sources.sh is missing: emit the design again (bitline gen --with yosys)"
. "$here/sources.sh"

view='' equiv='' gates=''
set -- "${ARGS[@]}"
while [ $# -gt 0 ]; do
	case $1 in
	--view) view=${2:-}; [ "$view" = digital ] || flow_die 2 "--view '$view' is not 'digital'"; shift 2 ;;
	--equiv) equiv=1; shift ;;
	--gates) gates=1; shift ;;
	*) flow_die 2 "'$1' is no option: --lib, --block, --work, --view digital, --equiv, --gates" ;;
	esac
done
flow_tool yosys yosys
flow_tool yosys-abc berkeley-abc
FLOW_TOOLS=$(yosys -V) FLOW_WORDS=$view # whoever asks, however the directory is named: the same netlist
sources_list "$view"
# before minutes of synthesis, not after
[ -z "$gates" ] || [ "$BLOCK" = top ] || flow_die 2 "--gates with --block '$BLOCK': the harness drives the whole core; take --block top"
[ -z "$gates" ] || [ -z "$MACRO_LIB" ] || flow_die 2 "--gates of the analog design $DESIGN: its macro has no gates; add --view digital"
[ -z "$equiv" ] || [ -z "$MACRO_LIB" ] || flow_die 2 "--equiv of a block with the analog macro: prove its controllers (--block adc, sequencer, link), or add --view digital"

if [ -n "$equiv$gates" ]; then
	bash "$here/run.sh" --work "$FLOW_WORK" --lib "$FLOW_LIB" --block "$BLOCK" ${view:+--view "$view"} >/dev/null || exit $?
	for part in ${equiv:+equiv} ${gates:+gates}; do
		[ -r "$here/$part.sh" ] || flow_die 2 "flow/yosys/$part.sh is missing: emit the design again (bitline gen --with yosys)"
		. "$here/$part.sh"
	done
	exit 0
fi

flow_fresh "${SOURCES[@]}" ${MACRO_LIB:+"$MACRO_LIB"}
ps=$(awk -v ns="$CLOCK_NS" 'BEGIN { printf "%d", 1000 * ns }')
ff=$(awk -v pf="$LIB_LOAD" 'BEGIN { printf "%g", 1000 * pf }')
printf 'set_driving_cell %s\nset_load %s\n' "$LIB_DRIVE" "$ff" >"$WORK/abc.constr"
# Yosys' own script for -constr without `&fraig -x`, which took 48 of 64 seconds on an 8 x 8 core and found nothing that scorr did not;
# `buffer -p`: nets that come out of flip-flops and ports too.
cat >"$WORK/abc.script" <<END
strash
scorr
dc2
dretime
strash
&get -n
&dch -f
&nf -D $ps
&put
buffer -p
upsize -D $ps
dnsize -D $ps
stime -p
END
{
	sources_read
	cat <<END
synth -nofsm -run coarse:fine -top $BLOCK_TOP
opt -fast -full
memory_map
opt -full
select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr t:\$sr
techmap
simplemap
opt_clean
dfflibmap -liberty "$LIB_FILE"
abc -liberty "$LIB_FILE" -script abc.script -constr abc.constr
setundef -zero
opt_clean -purge
check -assert
select -assert-none t:\$*
write_verilog -noattr -noexpr -nohex -nodec -simple-lhs mapped.v
END
} >"$WORK/synth.ys"
flow_step synth yosys in_work yosys -q synth.ys

# reset and whatever else has more readers than one cell drives well
read -r cell in out < <(flow_buffer "$LIB_FILE")
libraries=(stage=lib "$LIB_FILE" ${MACRO_LIB:+"$MACRO_LIB"})
awk -v CELL="$cell" -v IN="$in" -v OUTPUT="$out" -f "$here/liberty.awk" -f "$here/fanout.awk" "${libraries[@]}" stage=count "$WORK/mapped.v" stage=write "$WORK/mapped.v" \
	>"$WORK/netlist.v" 2>"$WORK/fanout.log" || flow_fail fanout awk "$(flow_complaint "$WORK/fanout.log")"
rm -f "$WORK/mapped.v"

cat >"$WORK/report.ys" <<END
read_liberty -lib "$LIB_FILE"
${MACRO_LIB:+read_liberty -lib "$MACRO_LIB"}
read_verilog netlist.v
hierarchy -check -top $BLOCK_TOP
check -assert
tee -q -o stat.txt stat ${MACRO_LIB:+-liberty "$MACRO_LIB"} -liberty "$LIB_FILE"
END
flow_step report yosys in_work yosys -q report.ys
cells_model || exit $?
awk -f "$here/liberty.awk" -f "$here/modules.awk" "${libraries[@]}" stage=netlist "$WORK/netlist.v" >"$WORK/modules.txt" 2>"$WORK/modules.log" ||
	flow_fail modules awk "$(flow_complaint "$WORK/modules.log")"

total=$(awk '/Number of cells:/ { n = $4 } END { print n }' "$WORK/stat.txt")
area=$(awk '/Chip area/ { a = $NF } END { printf "%.3f", a }' "$WORK/stat.txt")
flops=$(awk '$1 == "flops" { print $2 }' "$WORK/modules.txt")
fanout=$(awk '$1 == "fanout" { print $2 }' "$WORK/modules.txt")
flow_num cells "$total"
flow_num flip_flops "$flops"
flow_num area "$area"
flow_num clock_ns "$CLOCK_NS"
flow_num most_readers "$fanout"
flow_text macro "${MACRO_LIB:+${PREFIX}macro}"
flow_text yosys "$(yosys -V)"
flow_raw modules "$(awk '$1 == "module" { printf "%s\n    {\"module\": \"%s\", \"cells\": %d, \"area\": %.3f}", n++ ? "," : "[", $2, $3, $4 } END { print n ? "\n  ]" : "[]" }' "$WORK/modules.txt")"
flow_raw cells_by_type "$(awk '$1 == "type" { printf "%s\n    \"%s\": %d", n++ ? "," : "{", $2, $3 } END { print n ? "\n  }" : "{}" }' "$WORK/modules.txt")"
flow_end "$total cells, $flops of them flip-flops, area $area, no net has more than $fanout readers"
