# Sourced by run.sh: the laid-out netlist with OpenSTA's delays (SDF) beside the RTL. The vendor's flip-flops start at X; registers without reset would keep it
# through logic that does not care, so a copy of the vendor's file starts its flip-flops and latches at 0. iverilog -Tmax: OpenSTA writes (min::max).
# SPDX-License-Identifier: Apache-2.0
[ -r "$LIB_TECH/${LIB_NAME}_stdcells.v" ] || flow_die 3 "'$LIB_TECH/${LIB_NAME}_stdcells.v' is missing: install the Debian package qflow-tech-$LIB_NAME"
awk '/^primitive/ { state = 0 } /^ *reg / { state = 1 } /^ *table/ && state { print "   initial out = 0;" } { print }' "$LIB_TECH/${LIB_NAME}_stdcells.v" >cells.v
grep -q 'initial out = 0' cells.v || flow_die 1 "$DESIGN $BLOCK $LIB_NAME: '$LIB_TECH/${LIB_NAME}_stdcells.v' has no flip-flop with state"
timed groups python3 python3 "$here/groups.py" layout.v layout.sdf "$BLOCK_TOP"
simulate() { # STEP PERIOD CYCLES
	timed "bench_$1" python3 python3 "$here/testbench.py" layout.v "$BLOCK_TOP" "$BLOCK_PARAMS" "$2" "$3" groups.log
	cp "bench_$1.log" "bench_$1.v"
	(cd "$OUT" && grep '\.sv$' syn.f | grep -v '^//') | sed "s|^|$OUT/|" >rtl.f
	timed "compile_$1" iverilog iverilog -g2012 -gspecify -Tmax -s bench -o "$1.vvp" "bench_$1.v" layout_sim.v cells.v -f rtl.f
	timed "$1" vvp vvp -n "$1.vvp"
	flow_expect "$1" vvp '^@ cycles'
	flow_refuse "$1" vvp 'SDF ERROR|[Ee]rror:'
}
simulate simulation "$CLOCK_NS" "$cycles"
sim_cycles=$(said simulation cycles) sim_known=$(said simulation known) sim_bits=$(said simulation bits) sim_wrong=$(said simulation wrong)
((sim_known * 10 >= sim_bits)) || flow_fail simulation vvp "the RTL knows only $sim_known of $sim_bits output bits: nothing was compared"
[ "$sim_wrong" = 0 ] || flow_fail simulation vvp "$sim_wrong of $sim_known output bits differ from the RTL, in $(said simulation cycles_wrong) of $sim_cycles cycles at $CLOCK_NS ns"
# the delays are really there: at a clock that no path can keep, it must differ
impossible=$(awk -v t="$(member "$post" period_ns)" 'BEGIN { printf "%.3f", t / 8 }')
simulate impossible "$impossible" $((cycles < 200 ? cycles : 200))
sim_fast_wrong=$(said impossible wrong)
((sim_fast_wrong > 0)) || flow_fail impossible vvp "no difference at $impossible ns either: the delays were not applied"
sim_words="$sim_cycles cycles with delays: 0 of $sim_known bits differ"
