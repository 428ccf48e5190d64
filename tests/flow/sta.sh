#!/usr/bin/env bash
# flow-sta: constraints, slacks and their classes, the shortest clock, paths as JSON; what is violated, unconstrained, unknown or missing; a macro; parasitics.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
. tests/flow_common.sh
# NAME STATUS TEXT COMMAND...: ends with STATUS, and TEXT (an extended regular expression, of the whole line) is on standard error
says() {
	local name=$1 want=$2 text=$3 rc
	shift 3
	"$@" >out.txt 2>err.txt; rc=$?
	check "$name" bash -c '[ "$1" = "$2" ] && grep -q -x -E -e "$3" err.txt' - "$rc" "$want" "$text"
	{ [ "$rc" = "$want" ] && grep -q -x -E -e "$text" err.txt; } || { echo "# exit status $rc"; sed 's/^/# /' err.txt out.txt; }
}
gen() { "$BITLINE" gen --config "$configs/digital8.xml" --with yosys,sta --out "$@" >/dev/null; }
result() { python3 -c "import json, sys; r = json.load(open(sys.argv[1])); p = r['paths']; assert ($2), (r, p)" "$1" x; }
gen d
sta() { bash d/flow/sta/run.sh "$@"; }

# -- the constraints: one place, no exceptions, no name of a port but the clock
check "no exceptions, no port but the clock is named" bash -c '
	! grep -v "^#" d/constraints/cim_top.sdc | grep -E "set_(false_path|multicycle_path|max_delay|min_delay|disable_timing|case_analysis|clock_groups)" &&
	[ "$(grep -v "^#" d/constraints/cim_top.sdc | grep -o "get_ports [a-z_]*" | sort -u)" = "get_ports clk_i" ] && grep -q "^set clk_period_ns 20.000$" d/constraints/cim_top.sdc'

# -- a real block, from RTL on
check "the converters' controller, synthesised first" bash -c 'bash d/flow/sta/run.sh --block adc >lines; rc=$?; tail -n 1 lines >line; exit $rc'
check "one summary line" grep -q -x -E 'flow-sta digital8 adc osu018: setup [0-9.]+, hold [0-9.]+, recovery [0-9.]+, removal [0-9.]+ ns at 20.000 ns; shortest clock [0-9.]+ ns \([0-9.]+ MHz\), flip-flop to flip-flop [0-9.]+ ns; d/work/sta-adc-osu018/result.json' line
# k T - slack = k P: 1/50 of the period is uncertainty, a third lies outside each port
check "slacks and periods agree, paths have points" result d/work/sta-adc-osu018/result.json '
	all(r[c + "_slack_ns"] >= 0 for c in ("setup", "hold", "recovery", "removal")) and r["clock_ns"] == 20 and
	abs(0.98 * r["period_reg_ns"] - (0.98 * 20 - r["setup_reg_slack_ns"])) < 2e-4 and
	abs(r["period_io_ns"] - max([20 - r["setup_in_slack_ns"] / (0.98 - 1/3), 20 - r["setup_out_slack_ns"] / (0.98 - 1/3), 20 - r["recovery_slack_ns"] / (0.98 - 1/3)] + [20 - r[k] / (0.98 - 2/3) for k in r if k == "setup_through_slack_ns"])) < 2e-4 and
	r["period_ns"] == max(r["period_reg_ns"], r["period_io_ns"]) and
	r["setup_slack_ns"] == min(q["slack_ns"] for q in p if q["check"] == "setup") and r["hold_slack_ns"] == min(q["slack_ns"] for q in p if q["check"] == "hold") and
	{q["class"] for q in p} >= {"reg", "in", "out", "reset"} and {q["check"] for q in p} == {"setup", "hold", "recovery", "removal"} and
	all(len(q["points"]) >= 2 and q["points"][-1]["pin"] == q["endpoint"] and all(a["time_ns"] <= b["time_ns"] for a, b in zip(q["points"], q["points"][1:])) for q in p) and
	any("_q" in q["register"] for q in p)'
check "what is up to date is not run again" bash -c 'touch -d yesterday d/work/sta-adc-osu018/timing.log && bash d/flow/sta/run.sh --block adc >line2 && cmp line <(tail -n 1 line2) && [ -n "$(find d/work/sta-adc-osu018/timing.log -mmin +60)" ]'
check "the same constraints at 2 ns" gen fast -s interface.clock_period_ps=2000
says "setup is violated: which path, by how much" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: (setup|recovery) is violated by -[0-9.]+ ns at the configured clock of 2.000 ns: .+ -> .+; shortest period [0-9.]+ ns; log: fast/work/sta-adc-osu018/timing.log" \
	bash fast/flow/sta/run.sh --block adc --netlist d/work/yosys-adc-osu018/netlist.v
check "... and leaves no result" test ! -e fast/work/sta-adc-osu018/result.json
check "at that shortest period it is met" bash -c '
	p=$(sed -n "s/.*shortest period \([0-9.]*\) ns.*/\1/p" err.txt) && ps=$(awk -v p="$p" "BEGIN { printf \"%d\", p * 1000 + 2 }") &&
	"$1" gen --config "$2" --with yosys,sta -s interface.clock_period_ps=$ps --out edge >/dev/null && bash edge/flow/sta/run.sh --block adc --netlist d/work/yosys-adc-osu018/netlist.v' - "$BITLINE" "$configs/digital8.xml"

# -- a netlist by hand: two flip-flops, a gate between them, an output that is tied
cat >hand.v <<'END'
module cim_adc(clk_i, rst_ni, a_i, q_o, tied_o);
  input clk_i;
  wire clk_i;
  input rst_ni;
  wire rst_ni;
  input a_i;
  wire a_i;
  output q_o;
  wire q_o;
  output tied_o;
  wire tied_o;
  wire first_q;
  wire n;
  wire s;
  assign tied_o = 1'b0;
  assign s = 1'b1;
  DFFSR f1 ( .CLK(clk_i), .D(a_i), .Q(first_q), .R(rst_ni), .S(s) );
  INVX1 g ( .A(first_q), .Y(n) );
  DFFSR f2 ( .CLK(clk_i), .D(n), .Q(q_o), .R(rst_ni), .S(s) );
endmodule
END
hand() { sta --block adc --netlist "$@"; }
check "by hand; a constant output needs no path" hand hand.v
check "... its worst register path is the gate's" result d/work/sta-adc-osu018/result.json '[[x["pin"] for x in q["points"]] for q in p if q["check"] == "setup" and q["class"] == "reg"][0] == ["f1/CLK", "f1/Q", "g/Y", "f2/D"] and p[0]["register"] == "first_q" and r["parasitics"] is False'
cp d/work/sta-adc-osu018/result.json plain.json
sed 's/INVX1 g/NOSUCH g/' hand.v >unknown.v
says "a cell that no library has" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: .*NOSUCH.*black box.*; log: d/work/sta-adc-osu018/timing.log" hand unknown.v
sed 's/DFFSR f2 ( .CLK(clk_i), .D(n), .Q(q_o), .R(rst_ni), .S(s) )/DFFNEGX1 f2 ( .CLK(clk_i), .D(n), .Q(q_o) )/' hand.v >falling.v
says "a falling-edge flip-flop" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: .*falling edge-triggered.* all of it is meant to be rising-edge; log: .*" hand falling.v
sed 's/\.CLK(clk_i), \.D(n)/.CLK(a_i), .D(n)/' hand.v >unclocked.v
says "a flip-flop without a clock" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: @ unconstrained .*; log: .*" hand unclocked.v
sed 's/cim_adc/other/' hand.v >other.v
says "a netlist of something else" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: Error.*; log: .*" hand other.v
cp -r d broken
grep -v '^set_output_delay' d/constraints/cim_top.sdc >broken/constraints/cim_top.sdc
says "an output without a delay" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: @ unconstrained .*; log: .*" bash broken/flow/sta/run.sh --block adc --netlist hand.v
sed 's/^set hold_uncertainty_ns .*/set hold_uncertainty_ns 1.0/' d/constraints/cim_top.sdc >broken/constraints/cim_top.sdc
says "hold is violated" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: (hold|removal) is violated by -[0-9.]+ ns at the configured clock of 20.000 ns: .*" bash broken/flow/sta/run.sh --block adc --netlist hand.v
sed 's/^set io_hold_ns .*/set io_hold_ns 0.0/' d/constraints/cim_top.sdc >broken/constraints/cim_top.sdc
sed 's/, \.D(a_i)/, .D(first_q)/' hand.v >own.v
says "a reset that is released at the edge" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: removal is violated by -[0-9.]+ ns .*: rst_ni -> f./R; .*" bash broken/flow/sta/run.sh --block adc --netlist own.v
sed 's|^set io_delay_ns .*|set io_delay_ns [expr {$clk_period_ns / 3.0 + 1}]|' d/constraints/cim_top.sdc >broken/constraints/cim_top.sdc
says "constraints that are not in proportion to the period: the arithmetic is not believed" 1 "flow-sta: digital8 adc osu018: step 'shortest' failed in sta: at the shortest period [0-9.]+ ns the slack is -?[0-9.]+ ns, not 0; log: .*" bash broken/flow/sta/run.sh --block adc --netlist hand.v

# -- parasitics: a slow net between the flip-flops
cat >slow.spef <<'END'
*SPEF "IEEE 1481-1998"
*DESIGN "cim_adc"
*DATE "none"
*VENDOR "hand"
*PROGRAM "hand"
*VERSION "1"
*DESIGN_FLOW "NETLIST_TYPE_VERILOG"
*DIVIDER /
*DELIMITER :
*BUS_DELIMITER []
*T_UNIT 1 NS
*C_UNIT 1 PF
*R_UNIT 1 OHM
*L_UNIT 1 HENRY

*PORTS
clk_i I

*D_NET n 1.0
*CONN
*I g:Y O
*I f2:D I
*CAP
1 g:Y 0.5
2 f2:D 0.5
*RES
1 g:Y f2:D 1000
*END
END
check "parasitics and delays for simulation" hand hand.v --spef slow.spef --sdf hand.sdf
check "... the slow net is slower, the result says so" python3 -c '
import json; a, b = json.load(open("plain.json")), json.load(open("d/work/sta-adc-osu018/result.json")); assert b["parasitics"] is True and b["setup_reg_slack_ns"] < a["setup_reg_slack_ns"] - 1, (a["setup_reg_slack_ns"], b["setup_reg_slack_ns"])'
check "... the delays are there" grep -q INTERCONNECT hand.sdf
rm hand.sdf
check "a file of delays that is gone is written again" bash -c 'bash d/flow/sta/run.sh --block adc --netlist hand.v --spef slow.spef --sdf hand.sdf && [ -s hand.sdf ]'

# -- a macro: paths through it are timed by its Liberty
cat >macro.v <<'END'
module cim_adc(clk_i, rst_ni, a_i, q_o);
  input clk_i;
  wire clk_i;
  input rst_ni;
  wire rst_ni;
  input a_i;
  wire a_i;
  output q_o;
  wire q_o;
  wire r;
  wire c;
  wire s;
  assign s = 1'b1;
  DFFSR f1 ( .CLK(clk_i), .D(a_i), .Q(r), .R(rst_ni), .S(s) );
  cim_macro u_macro (
    .clk_i(clk_i),
    .ref_i(r),
    .cmp_o(c)
  );
  DFFSR f2 ( .CLK(clk_i), .D(c), .Q(q_o), .R(rst_ni), .S(s) );
endmodule
END
says "a macro without its Liberty" 2 "flow-sta: 'd/macro/cim_macro.lib' is missing and the netlist holds the macro: emit the design with it \(bitline gen --with macro,sta\)" hand macro.v
mkdir -p d/macro
cat >d/macro/cim_macro.lib <<'END'
library (hand) {
  delay_model : table_lookup;
  time_unit : "1ns";
  voltage_unit : "1V";
  current_unit : "1uA";
  capacitive_load_unit (1, pf);
  input_threshold_pct_rise : 50; input_threshold_pct_fall : 50; output_threshold_pct_rise : 50; output_threshold_pct_fall : 50;
  slew_lower_threshold_pct_rise : 20; slew_lower_threshold_pct_fall : 20; slew_upper_threshold_pct_rise : 80; slew_upper_threshold_pct_fall : 80;
  cell (cim_macro) {
    area : 1000;
    pin (clk_i) { direction : input; capacitance : 0.01; clock : true; }
    pin (ref_i) {
      direction : input; capacitance : 0.02;
      timing () { related_pin : "clk_i"; timing_type : setup_rising; rise_constraint (scalar) { values ("1.5"); } fall_constraint (scalar) { values ("1.5"); } }
      timing () { related_pin : "clk_i"; timing_type : hold_rising; rise_constraint (scalar) { values ("0.1"); } fall_constraint (scalar) { values ("0.1"); } }
    }
    pin (cmp_o) {
      direction : output;
      timing () { related_pin : "ref_i"; timing_sense : non_unate; cell_rise (scalar) { values ("7.25"); } cell_fall (scalar) { values ("7.25"); } rise_transition (scalar) { values ("0.1"); } fall_transition (scalar) { values ("0.1"); } }
    }
  }
}
END
check "a macro as a black box" hand macro.v
check "... its arcs are in the worst path" result d/work/sta-adc-osu018/result.json 'r["macro"] is True and [(x["pin"], x["delay_ns"]) for x in p[0]["points"] if x["cell"] == "cim_macro"] == [("u_macro/cmp_o", 7.25)] and any(q["endpoint"] == "u_macro/ref_i" for q in p)'

# -- arguments and tools
says "an unknown option" 2 "flow-sta: '--fast' is no option of this flow: --netlist, --spef, --sdf, --paths, --lib, --block, --work" sta --block adc --fast 1
says "an option without its value" 2 "flow-sta: --spef needs a value" sta --block adc --spef
says "a number of paths" 2 "flow-sta: --paths '0' is no number of 1..999" sta --block adc --netlist hand.v --paths 0
says "a file that is not there" 2 "flow-sta: 'none.v' cannot be read" hand none.v
mkdir mock
mock() { printf '#!/bin/sh\n%s\n' "$1" >mock/sta; chmod +x mock/sta; }
mock 'exit 139'
says "OpenSTA crashes" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta:  \(exit status 139\); log: .*" env PATH="$work/mock:$PATH" bash d/flow/sta/run.sh --block adc --netlist hand.v
mock 'echo all is well'
says "OpenSTA does nothing" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: no line matches '\^@ done\\\$'; all is well; log: .*" env PATH="$work/mock:$PATH" bash d/flow/sta/run.sh --block adc --netlist hand.v
mock 'echo "@ slack setup 1.0"; echo "@ slack hold 1.0"; echo "@ done"'
says "OpenSTA reports no path" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: no path was reported; log: .*" env PATH="$work/mock:$PATH" bash d/flow/sta/run.sh --block adc --netlist hand.v
mock 'printf "@ slack setup 1.0\n@ slack hold 1.0\n@ paths setup reg\nStartpoint: a (x)\n   2.0  slack (MET)\n@ end\n@ done\n"'
says "OpenSTA reports a path without points" 1 "flow-sta: digital8 adc osu018: step 'parse' failed in awk: paths.awk: a path without points or slack before line [0-9]+; log: .*" env PATH="$work/mock:$PATH" bash d/flow/sta/run.sh --block adc --netlist hand.v
points='@ paths setup reg\nStartpoint: a (x)\n 0.0 1.0 ^ a/Q (D)\n 0.0 1.0 ^ b/D (D)\n  1.0 data arrival time\n  2.0  slack (MET)\n@ paths hold reg\nStartpoint: a (x)\n 0.0 1.0 ^ a/Q (D)\n  2.0  slack (MET)\n@ end\n@ done\n'
mock "printf '@ slack setup 1.0\n@ slack hold 2.0\n$points'"
says "a worst path outside the classes" 1 "flow-sta: digital8 adc osu018: step 'timing' failed in sta: worst slack 1.0 ns is that of no class \(setup recovery: 2.0\): paths outside the classes; log: .*" env PATH="$work/mock:$PATH" bash d/flow/sta/run.sh --block adc --netlist hand.v
mkdir bare && for t in bash awk cat cut sha256sum grep sed sort mkdir rm mv head tail dirname basename realpath env; do ln -s "$(command -v $t)" bare/$t; done
says "OpenSTA is missing" 3 "flow-sta: sta is missing: install the Debian package opensta" env PATH="$work/bare" bash d/flow/sta/run.sh --block adc --netlist hand.v
exit $status
