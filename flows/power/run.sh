#!/usr/bin/env bash
# flow-power: energy per token of the netlist while it runs a real layer.
# usage: run.sh [--lib osu018|osu035|FILE] [--work DIR] [--netlist FILE] [--slew NS] [--cost FILE] [LAYER...]
#   --netlist FILE  netlist of the core (default: the one flow-yosys makes)
#   --slew NS       transition time at which the library's energy tables are read (default 0.15)
#   --cost FILE     analog designs, needed: the table of constants (configs/cost/default.json of bitline)
#   LAYER...        as for bitline cosim: --model FILE --layers NAME --tokens N, or --matrix W.npy --tokens N (default: a drawn layer of 4 outputs and 8 inputs, 1 token)
# 1. bitline cosim runs the layer on the RTL, judges it, and a recorder in the copied top module writes down every pin in every clock.
# 2. Icarus replays the pins on the netlist: every output in every clock must be the RTL's; transitions of every net are counted while the core is busy.
# 3. energy.awk adds up what the Liberty says of each transition; leakage; clock. OpenSTA 2.0.17 cannot be told activities: set_power_activity -pins ends in an
#    error there, and what it propagates by itself has nothing to do with the layer.
# Analog designs: the macro's behavioural view runs beside the netlist; it has no gates to count. Its events come from the run, its constants from the table:
#   converters  (a * comparisons + c * 4^b * conversions) fF * Vdd^2, b = comparisons / conversions: of a plain search
#   arrays      mvm_nj * (share of rows * share of columns) of every step, a step being all planes of one activation: exact where one layer is placed without gaps
# Moving bits outside the core, and writing cells, are not in it.
# Limits: zero-delay simulation, so glitches are not there; wires weigh nothing; no clock tree. Loads of weights count, shared by the tokens.
# BITLINE: the program, if it is not in PATH.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
flow_begin power "$@"
[ "$BLOCK" = top ] || flow_die 2 "--block '$BLOCK' runs no layer: only top does"
netlist='' slew=0.15 cost='' layer=()
for ((i = 0; i < ${#ARGS[@]}; i++)); do
	case ${ARGS[i]} in
	--netlist) netlist=${ARGS[++i]:-}; [ -r "$netlist" ] || flow_die 2 "--netlist '$netlist' cannot be read"; netlist=$(realpath "$netlist") ;;
	--slew) slew=${ARGS[++i]:-}; [[ $slew =~ ^[0-9]*\.?[0-9]+$ ]] || flow_die 2 "--slew '$slew' is no number of nanoseconds" ;;
	--cost) cost=${ARGS[++i]:-}; [ -r "$cost" ] || flow_die 2 "--cost '$cost' cannot be read" ;;
	*) layer+=("${ARGS[i]}") ;;
	esac
done
macro=
size() { local v=" $BLOCK_tile "; [[ $v == *" $1="* ]] || flow_die 2 "design.sh says no $1 of the tile"; v=${v#* "$1"=}; echo "${v%% *}"; } # parameter of the tile
if [ "$KIND" = analog ]; then
	[ "$(size Kind)$(size Search)$(size Immersed)" = 000 ] || flow_die 2 "design '$DESIGN': the source of the energies has a plain search with a reference of its own; other converters are not given"
	[ -n "$cost" ] || flow_die 2 "design '$DESIGN' has an analog macro: --cost FILE, its energies (configs/cost/default.json of bitline), is needed"
	macro=${PREFIX}macro
fi
bitline=${BITLINE:-bitline}
command -v "$bitline" >/dev/null || flow_die 3 "$bitline is missing: put bitline into PATH, or name it in BITLINE"
flow_tool yosys yosys; flow_tool iverilog iverilog; flow_tool verilator verilator
if [ -z "$netlist" ]; then flow_need yosys; netlist=$NEEDED/netlist.v; fi
FLOW_TOOLS="$("$bitline" --version 2>&1) $(yosys -V) $(iverilog -V 2>/dev/null | head -n 1) $(verilator --version)"
inputs=()
for word in "${layer[@]}"; do [ -f "$word" ] && inputs+=("$word"); done
flow_fresh "$netlist" "$OUT"/rtl/*.sv ${cost:+"$cost"} "${inputs[@]}"
here=$FLOW_DIR/power

# a layer of bell-shaped weights, 4 outputs of 8 inputs
if [ ${#layer[@]} = 0 ]; then
	{
		header="{'descr': '|i1', 'fortran_order': False, 'shape': (4, 8), }"
		printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$header"
		printf "$(awk 'BEGIN { s = 1; for (i = 0; i < 32; i++) { v = 0; for (k = 0; k < 4; k++) { s = (s * 16807) % 2147483647; v += int(s / 65536) % 64 } printf "\\x%02x", (v - 126 + 256) % 256 } }')"
	} >"$WORK/drawn.npy"
	layer=(--matrix "$WORK/drawn.npy" --tokens 1)
fi

# 1. record
awk -v TOP="$BLOCK_TOP" -f "$here/ports.awk" "$netlist" >"$WORK/ports"
grep -q ' clk_i 1$' "$WORK/ports" || flow_die 2 "'$(flow_show "$netlist")' holds no module $BLOCK_TOP with a port clk_i"
list() { awk -v dir="$1" '$1 == dir && $2 != "clk_i" { printf "%s%s", n++ ? ", " : "", $2 }' "$WORK/ports"; }
width() { awk -v dir="$1" '$1 == dir && $2 != "clk_i" { n += $3 } END { print n }' "$WORK/ports"; }
rm -rf "$WORK/record" "$WORK/pins"
mkdir "$WORK/record" && (cd "$OUT" && cp -r rtl include driver constraints config.xml manifest.bitline ./*.f "$WORK/record/") || flow_die 1 "cannot copy the design to $(flow_show "$WORK/record")"
top=$WORK/record/rtl/${PREFIX}top.sv
awk -v pins="$WORK/pins" -v ins="$(list input)" -v outs="$(list output)" '
	/^endmodule/ {
		print "  // recorder of flow-power: inputs, outputs, busy, as they stand before each rising edge"
		print "  integer recorder;"
		print "  initial recorder = $fopen(\"" pins "\", \"w\");"
		print "  always @(posedge clk_i) begin"
		print "    $fwrite(recorder, \"%h %h %b\\n\", {" ins "}, {" outs "}, u_core.busy);"
		print "    $fflush(recorder);"
		print "  end"
	}
	{ print }' "$OUT/rtl/${PREFIX}top.sv" >"$top"
if ! "$bitline" cosim --config "$OUT/config.xml" --rtl "$WORK/record" "${layer[@]}" --json >"$WORK/cosim.json" 2>"$WORK/record.log" </dev/null; then flow_fail record bitline "$(flow_complaint "$WORK/record.log")"; fi
json() { awk -v key="\"$1\":" '$1 == key { gsub(/[",]/, "", $2); print $2; exit }' "$WORK/cosim.json"; }
tokens=$(json tokens)
[ "$(json mismatches)" = 0 ] && [ -s "$WORK/pins" ] || flow_fail record bitline "the layer did not run clean, or no pin was recorded"

# 2. replay
flow_step models yosys yosys -q -p "read_liberty -overwrite $LIB_FILE; proc; write_verilog -noattr $WORK/models.v"
# flip-flops without reset begin at 0, as in the co-simulation
sed -i -E 's/^  reg ([A-Za-z0-9_\\]+ ?);/  reg \1 = 1'"'b0"';/' "$WORK/models.v"
{
	echo "module tb;"
	echo "  reg clk_i = 0, busy = 0, on = 0; reg [$(($(width input) - 1)):0] in = 0; reg [$(($(width output) - 1)):0] want; wire [$(($(width output) - 1)):0] out;"
	awk '$2 != "clk_i" { printf "  wire [%d:0] %s;\n", $3 - 1, $2 }' "$WORK/ports"
	echo "  assign {$(list input)} = in; assign out = {$(list output)};"
	echo "  $BLOCK_TOP dut($(awk '{ printf "%s.%s(%s)", n++ ? ", " : "", $2, $2 }' "$WORK/ports"));"
	cat <<'END'
  integer file, bad = 0, clocks = 0, counted = 0;
  initial begin
    file = $fopen("pins", "r");
    $dumpfile("nets.vcd");
    $dumpvars(1, dut);
    $dumpoff;
    while ($fscanf(file, "%h %h %b\n", in, want, busy) == 3) begin
      #1;
      if (out !== want) begin
        if (bad == 0) $display("first difference: clock %0d: %h, RTL %h", clocks, out, want);
        bad = bad + 1;
      end
      if (busy != on) begin
        if (busy) $dumpon; else $dumpoff;
        on = busy;
      end
      clk_i = 1;
      #1 clk_i = 0;
      clocks = clocks + 1;
      counted = counted + busy;
    end
    $display("replay clocks %0d busy %0d different %0d", clocks, counted, bad);
    $finish;
  end
endmodule
END
} >"$WORK/tb.v"
models=("$WORK/models.v")
if [ -n "$macro" ]; then # the netlist's instance has no parameters: those of the design become the defaults, in the renamed copy
	edit=
	for p in Rows Cols Adcs AdcBits CellBits SampleHold GridBits; do edit+="s/^( *parameter int $p *= *)[0-9]+/\\1$(size $p)/;"; done
	edit+="s/^( *parameter int Cols *= *)[0-9]+/\\1$MACRO_COLS/;"
	sed -E "$edit" "$OUT/rtl/$macro.behavioural.sv" >"$WORK/macro.sv"
	models+=("$WORK/macro.sv")
fi
flow_step compile iverilog iverilog -g2012 -s tb -o "$WORK/replay.vvp" "$WORK/tb.v" "$netlist" "${models[@]}"
# the dump goes through a pipe: nothing of its size is kept
rm -f "$WORK/nets.vcd" "$WORK/unknown"
mkfifo "$WORK/nets.vcd" || flow_die 1 "cannot make a pipe in $(flow_show "$WORK")"
awk -v UNKNOWN="$WORK/unknown" -f "$here/toggles.awk" <"$WORK/nets.vcd" >"$WORK/toggles" 2>"$WORK/count.log" &
counter=$!
(cd "$WORK" && exec vvp -n replay.vvp) >"$WORK/replay.log" 2>&1 </dev/null
rc=$?
[ $rc = 0 ] || kill "$counter" 2>/dev/null
wait "$counter" || rc=1
rm -f "$WORK/nets.vcd"
[ $rc = 0 ] || flow_fail replay vvp "$(flow_complaint "$WORK/replay.log") $(head -n 1 "$WORK/count.log")"
read -r clocks busy different < <(awk '$1 == "replay" { print $3, $5, $7 }' "$WORK/replay.log")
[ "${different:-}" = 0 ] || flow_fail replay vvp "the netlist is not the RTL in ${different:-?} of ${clocks:-?} clocks; $(grep -m 1 'first difference' "$WORK/replay.log")"
[ "$busy" -gt 0 ] || flow_fail replay vvp "the core was never busy"
[ ! -s "$WORK/unknown" ] || flow_fail replay vvp "$(cat "$WORK/unknown") transitions to or from an unknown value while the core was busy"

# 3. add up
awk -v CLOCKS="$busy" -v PERIOD="$CLOCK_NS" -v SLEW="$slew" -v LOAD="$LIB_LOAD" -v CLOCK=clk_i -v MACRO="$macro" -f "$here/energy.awk" stage=lib "$LIB_FILE" stage=net "$netlist" stage=toggles "$WORK/toggles" \
	>"$WORK/energy" 2>"$WORK/energy.log" || flow_fail energy awk "$(head -n 1 "$WORK/energy.log")"
part() { awk -v key="$1" '$1 == key { print $2 }' "$WORK/energy"; }
per() { awk -v key="$1" -v tokens="$tokens" '$1 == key { printf "%.3f", $2 / tokens }' "$WORK/energy"; } # pJ per token
# analog part, pJ per token: converters, arrays
converters=0 arrays=0
if [ -n "$macro" ]; then
	constant() { awk -v key="\"$1\":" '$1 == key { for (i = 2; i < NF; i++) if ($i == "\"value\":") { v = $(i + 1); sub(/,$/, "", v); print v; exit } }' "$cost"; }
	for key in converter_fF_per_bit converter_fF_per_level converter_supply mvm_nj mvm_fixed; do
		[[ $(constant $key) =~ ^[0-9.]+$ ]] || flow_die 2 "--cost '$cost' gives no '$key'"
	done
	read -r converters arrays < <(awk -v a="$(constant converter_fF_per_bit)" -v c="$(constant converter_fF_per_level)" -v v="$(constant converter_supply)" -v mvm="$(constant mvm_nj)" -v fixed="$(constant mvm_fixed)" \
		-v n="$(json conversions)" -v d="$(json comparisons)" -v planes="$(json activations)" -v P="$(sed -n 's/.* input_bits="\([0-9]*\)".*/\1/p' "$OUT/config.xml")" \
		-v rows="$(size Rows)" -v cols="$(size Cols)" -v in_="$(json in)" -v tokens="$tokens" 'BEGIN {
			b = d / n
			share = n / (P * cols) * in_ / (int((in_ + rows - 1) / rows) * rows) # of the array, summed over steps
			printf "%.3f %.3f\n", (a * d + c * 4 ^ b * n) * v * v / 1000 / tokens, 1000 * mvm * (fixed * planes / P + (1 - fixed) * share) / tokens
		}')
fi
total=$(awk -v tokens="$tokens" -v analog="$(awk -v a="$converters" -v b="$arrays" 'BEGIN { printf "%.3f", a + b }')" '$1 ~ /^(switching|internal|leakage|clock)$/ { e += $2 } END { printf "%.3f", e / tokens + analog }' "$WORK/energy")
mw=$(awk -v e="$total" -v tokens="$tokens" -v clocks="$busy" -v ns="$CLOCK_NS" 'BEGIN { printf "%.4f", e * tokens / (clocks * ns) }')
flow_num tokens "$tokens"; flow_num clocks_per_token "$(awk -v c="$busy" -v t="$tokens" 'BEGIN { printf "%.2f", c / t }')"; flow_num clock_ns "$CLOCK_NS"
flow_num energy_per_token_pj "$total"
for p in switching internal clock leakage; do flow_num "digital_${p}_pj" "$(per $p)"; done
flow_num analog_converters_pj "$converters"; flow_num analog_arrays_pj "$arrays"
flow_num power_mw "$mw"; flow_num volt "$(part volt)"; flow_num slew_ns "$slew"
for n in cells nets transitions silent; do flow_num $n "$(part $n)"; done
for n in activations conversions comparisons; do flow_num $n "$(json $n)"; done
flow_num replayed_clocks "$clocks"; flow_num different_clocks "$different"
flow_end "$(awk -v e="$total" 'BEGIN { printf "%.2f", e / 1000 }') nJ per token (switching $(per switching), internal $(per internal), clock $(per clock), leakage $(per leakage)${macro:+, converters $converters, arrays $arrays} pJ), $busy clocks for $tokens token(s), $mw mW; $clocks clocks replayed, 0 different"
