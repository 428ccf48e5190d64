#!/usr/bin/env bash
# flow-sta: setup, hold, recovery and removal of a netlist in OpenSTA at the configured clock, and the shortest clock.
# usage: run.sh [--lib osu018|osu035|FILE] [--block NAME] [--work DIR] [--netlist FILE] [--spef FILE] [--sdf FILE] [--paths N]
#   --netlist FILE  Verilog netlist (default: the one flow-yosys makes)
#   --spef FILE     parasitics of its layout: nets weigh something, clock and reset have the trees they were given
#   --sdf FILE      writes the delays for simulation
#   --paths N       worst paths of each class in the result (default 3)
# Constraints come from constraints/<prefix>top.sdc for every block. An analog macro is timed by macro/<prefix>macro.lib.
# Classes of paths: reg (flip-flop to flip-flop), in, out, through (input to output), reset. All are linear in the period, so
#   shortest period of a class = (k T - slack) / k, k = 1 - uncertainty - budget outside its ports, as shares of the period T;
# the longest of them is run again as the clock and must leave no slack.
# Other results side by side: another --work. Exit status 1: a violation, a complaint of check_setup, or a step that failed.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
flow_begin sta "$@"
netlist='' spef='' sdf='' count=3
for ((i = 0; i < ${#ARGS[@]}; i += 2)); do
	value=${ARGS[i + 1]:-}
	[ -n "$value" ] || flow_die 2 "${ARGS[i]} needs a value"
	case ${ARGS[i]} in
	--netlist) netlist=$value ;;
	--spef) spef=$value ;;
	--sdf) sdf=$(realpath -m "$value") ;;
	--paths) count=$value; [[ $count =~ ^[1-9][0-9]{0,2}$ ]] || flow_die 2 "--paths '$count' is no number of 1..999" ;;
	*) flow_die 2 "'${ARGS[i]}' is no option of this flow: --netlist, --spef, --sdf, --paths, --lib, --block, --work" ;;
	esac
done
for file in ${netlist:+"$netlist"} ${spef:+"$spef"}; do [ -r "$file" ] || flow_die 2 "'$file' cannot be read"; done
netlist=${netlist:+$(realpath "$netlist")} spef=${spef:+$(realpath "$spef")}
flow_tool sta opensta
if [ -z "$netlist" ]; then flow_need yosys; netlist=$NEEDED/netlist.v; fi
[ -r "$netlist" ] || flow_die 1 "$DESIGN $BLOCK $LIB_NAME: '$(flow_show "$netlist")' is not there, flow-yosys should have made it"
sdc=$OUT/constraints/${PREFIX}top.sdc libs=$LIB_FILE macro=
[ -r "$sdc" ] || flow_die 2 "'$(flow_show "$sdc")' is missing: emit the design again"
if grep -q "^ *${PREFIX}macro " "$netlist"; then
	macro=$OUT/macro/${PREFIX}macro.lib
	[ -r "$macro" ] || flow_die 2 "'$(flow_show "$macro")' is missing and the netlist holds the macro: emit the design with it (bitline gen --with macro,sta)"
	libs+=" $macro"
fi
FLOW_TOOLS=$(sta -version 2>&1)
[ -n "$sdf" ] && FLOW_TOOLS+=" $([ -r "$sdf" ] && echo there || date +%s%N)" # a file that somebody removed is written again
flow_fresh "$netlist" "$sdc" ${macro:+"$macro"} ${spef:+"$spef"}

export LIBS=$libs NETLIST=$netlist TOP=$BLOCK_TOP SDC=$sdc DRIVE=$LIB_DRIVE LOAD=$LIB_LOAD SPEF=$spef SDF=$sdf COUNT=$count
analyse() { # STEP: sta says nothing by its exit status
	flow_step "$1" sta sta -no_splash -exit "$FLOW_DIR/sta/sta.tcl"
	flow_refuse "$1" sta '^Error|Creating black box'
	flow_expect "$1" sta '^@ done$'
}
analyse timing
flow_refuse timing sta '^@ unconstrained'
log=$WORK/timing.log
if ! awk -v PATHS="$WORK/paths.json" -f "$FLOW_DIR/sta/paths.awk" "$log" >"$WORK/classes" 2>"$WORK/parse.log"; then flow_fail parse awk "$(head -n 1 "$WORK/parse.log")"; fi
[ -s "$WORK/classes" ] || flow_fail timing sta "no path was reported"
! grep -q -E 'falling edge-triggered|level-sensitive' "$log" || flow_fail timing sta "$(grep -m 1 -E 'falling edge-triggered|level-sensitive' "$log"): all of it is meant to be rising-edge"

value() { awk -v key="$1" -v name="$2" '$1 == "@" && $2 == key && $3 == name { print $4; exit }' "$log"; }
class() { awk -v check="$1" -v class="$2" -v column="$3" '$1 == check && $2 == class { print $column; exit }' "$WORK/classes"; }
worst() { sort -k 3,3g "$WORK/classes" | awk -v checks="$1" -v column="$2" 'index(checks, $1) { print $column; exit }'; } # CHECKS COLUMN
setup=$(value slack setup) hold=$(value slack hold)
# no path outside the classes
for pair in "setup recovery,$setup" "hold removal,$hold"; do
	[ "$(worst "${pair%,*}" 3)" = "${pair#*,}" ] || flow_fail timing sta "worst slack ${pair#*,} ns is that of no class (${pair%,*}: $(worst "${pair%,*}" 3)): paths outside the classes"
done

# shortest period: ns, of the classes named
period() {
	awk -v T="$CLOCK_NS" -v u="$(value share setup_uncertainty)" -v io="$(value share io_delay)" -v classes=" $* " '
		($1 == "setup" || $1 == "recovery") && index(classes, " " $2 " ") {
			k = 1 - u - ($2 == "reg" || $2 == "stop" ? 0 : $2 == "through" ? 2 * io : io)
			p = (k * T - $3) / k
			if (p > most) most = p
		}
		END { if (most > 0) printf "%.4f", most + 0.00005 }' "$WORK/classes"
}
mhz() { awk -v p="$1" 'BEGIN { printf "%.1f", 1000 / p }'; }
all=$(period reg in out through reset stop)
[ -n "$all" ] || flow_fail timing sta "no class of paths has a shortest period"
sed "s/^set clk_period_ns .*/set clk_period_ns $all/" "$sdc" >"$WORK/shortest.sdc"
SDC=$WORK/shortest.sdc COUNT=0 SDF='' analyse shortest
rest=$(awk '$1 == "@" && $2 == "slack" && $3 == "setup" { print $4 }' "$WORK/shortest.log")
awk -v s="$rest" 'BEGIN { exit !(s != "none" && s > -0.0005 && s < 0.0015) }' || flow_fail shortest sta "at the shortest period $all ns the slack is $rest ns, not 0"

met() { awk -v s="$1" 'BEGIN { exit !(s == "none" || s + 0 >= 0) }'; }
for pair in "setup recovery,$setup" "hold removal,$hold"; do
	met "${pair#*,}" || flow_fail timing sta "$(worst "${pair%,*}" 1) is violated by ${pair#*,} ns at the configured clock of $CLOCK_NS ns: $(worst "${pair%,*}" 4) -> $(worst "${pair%,*}" 5); shortest period $all ns"
done

flow_num clock_ns "$CLOCK_NS"
for check in setup hold; do
	flow_num ${check}_slack_ns "$(worst $check 3)"
	for c in reg in out through; do s=$(class $check $c 3); [ -z "$s" ] || flow_num "${check}_${c}_slack_ns" "$s"; done
done
for check in recovery removal; do
	s=$(class $check reset 3); [ -z "$s" ] || flow_num ${check}_slack_ns "$s"
	s=$(class $check stop 3); [ -z "$s" ] || flow_num ${check}_stop_slack_ns "$s"
done
flow_num period_ns "$all"; flow_num max_mhz "$(mhz "$all")"
inner=$(period reg stop) ports=$(period in out through reset)
[ -z "$inner" ] || { flow_num period_reg_ns "$inner"; flow_num max_reg_mhz "$(mhz "$inner")"; }
[ -z "$ports" ] || flow_num period_io_ns "$ports"
flow_bool parasitics "$([ -n "$spef" ] && echo true || echo false)"; flow_bool macro "$([ -n "$macro" ] && echo true || echo false)"
flow_text driving_cell "$LIB_DRIVE"; flow_num load_pf "$LIB_LOAD"
flow_raw paths "$(cat "$WORK/paths.json")"
flow_end "setup $(worst setup 3), hold $(worst hold 3)$(s=$(class recovery reset 3); [ -z "$s" ] || echo ", recovery $s, removal $(class removal reset 3)") ns at $CLOCK_NS ns; shortest clock $all ns ($(mhz "$all") MHz)${inner:+, flip-flop to flip-flop $inner ns}"
