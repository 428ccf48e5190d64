#!/usr/bin/env bash
# flow-ice40: the core behind a UART as a bitstream for the iCE40-HX8K breakout board: Yosys, nextpnr-ice40, icetime, icepack.
# usage: run.sh [--work DIR] [--baud N] [--seed N] [--synth-only]
#   --baud N      bits per second of the serial line (default 115200; the clock is 12 MHz, 184..3000000)
#   --seed N      of the placer (default 1); another seed is another layout. Where the router does not end the next ones are tried, up to N + 7
#   --synth-only  ends behind Yosys: netlist top.json and top.v
# Exit status 1: it does not fit, or is slower than the board's clock in nextpnr's or in icetime's estimate, or a step failed.
# SPDX-License-Identifier: Apache-2.0
FLOW_DEVICE=hx8k-ct256
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
flow_begin ice40 "$@"
flow_fpga 12000000 184
flow_tool yosys yosys
[ -n "$synth_only" ] || { flow_tool nextpnr-ice40 nextpnr-ice40; flow_tool icetime fpga-icestorm; flow_tool icepack fpga-icestorm; }
pcf=$FLOW_DIR/ice40/hx8k-breakout.pcf
FLOW_TOOLS="$(yosys -V 2>&1) $(nextpnr-ice40 -V 2>&1)"
flow_fresh "${sources[@]}" syn.f fpga.f

# Sources are named relative to the emitted directory, so that the netlist holds no path of this machine. -no-rw-check: no memory of the core is read and
# written at one address in one clock where the value read matters (docs/fpga.md).
flow_step synth yosys yosys -p "read_verilog -sv ${sources[*]}; chparam -set ClockHz $CLOCK_HZ -set Baud $baud ${PREFIX}fpga_top; synth_ice40 -top ${PREFIX}fpga_top -no-rw-check; stat; write_json \"$WORK/top.json\"; write_verilog -noattr \"$WORK/top.v\""
flow_refuse synth yosys '^ERROR|Latch inferred for signal|multiple conflicting drivers'
luts=$(flow_cells SB_LUT4) flops=$(flow_cells 'SB_DFF.*') rams=$(flow_cells SB_RAM40_4K)
((luts > 0)) || flow_fail synth yosys "no SB_LUT4 in the netlist"
flow_num clock_hz "$CLOCK_HZ"; flow_num baud "$baud"; flow_num luts "$luts"; flow_num flip_flops "$flops"
if [ -n "$synth_only" ]; then
	flow_num block_rams "$rams"
	flow_end "$luts LUTs, $flops flip-flops, $rams block RAMs, not placed"
	exit 0
fi

# With some placements nextpnr's router rips up the same few wires forever (YosysHQ/nextpnr issue 1341): every thousand rounds it tells how many are left, and that
# number does not change any more. Then the next seed is tried. Rounds are counted and not seconds, so that what comes out hangs on no machine's speed.
SAME=5 SEEDS=8
report=$WORK/report.json placer=
trap '[ -z "$placer" ] || kill "$placer" 2>/dev/null' EXIT
astray() { awk -v same=$SAME '/^Info: +[0-9]+ \|/ { n = $10 == left ? n + 1 : 0; left = $10; if (n > most) most = n } END { exit !(most >= same) }' "$WORK/place.log"; }
place() { # SEED: exit status of nextpnr in rc. The report is written when it was routed
	rm -f "$report" "$WORK/top.asc"
	nextpnr-ice40 --hx8k --package ct256 --json "$WORK/top.json" --pcf "$pcf" --asc "$WORK/top.asc" --report "$report" --freq $((CLOCK_HZ / 1000000)) --seed "$1" --timing-allow-fail >"$WORK/place.log" 2>&1 </dev/null &
	placer=$!
	while kill -0 "$placer" 2>/dev/null; do
		sleep 0.2
		! astray || kill "$placer" 2>/dev/null
	done
	wait "$placer" 2>/dev/null # bash tells of the kill there
	rc=$?
	placer=
}
for ((last = seed + SEEDS - 1; ; seed++)); do
	place "$seed"
	astray || break
	((seed < last)) || flow_fail place nextpnr-ice40 "the router does not end with any of the seeds $((last - SEEDS + 1))..$last: try --seed $((last + 1))"
done
read -r used room < <(sed -n 's/.*ICESTORM_LC: *\([0-9]*\) *\/ *\([0-9]*\).*/\1 \2/p' "$WORK/place.log" | tail -n 1)
[ -z "${used:-}" ] || ((used <= room)) || flow_fail place nextpnr-ice40 "it does not fit: $used of $room logic cells"
[ $rc = 0 ] || flow_fail place nextpnr-ice40 "$(flow_complaint "$WORK/place.log") (exit status $rc)"
# one member of the report: OBJECT KEY -> number
member() { tr -d ' \n' <"$report" | grep -o "\"$1\":{[^}]*}" | head -n 1 | sed -n "s/.*\"$2\":\([0-9.eE+-]*\).*/\1/p"; }
[ -s "$report" ] && [ -s "$WORK/top.asc" ] || flow_fail place nextpnr-ice40 "it wrote no report or no layout"
clock=$(tr -d ' \n' <"$report" | sed -n 's/.*"fmax":{"\([^"]*\)".*/\1/p')
fmax=$(tr -d ' \n' <"$report" | sed -n 's/.*"fmax":{"[^"]*":{\([^}]*\)}.*/\1/p' | sed -n 's/.*"achieved":\([0-9.eE+-]*\).*/\1/p')
cells=$(member ICESTORM_LC used) brams=$(member ICESTORM_RAM used)
[ -n "$clock" ] && [ -n "$fmax" ] && [ -n "$cells" ] && [ -n "$brams" ] || flow_fail place nextpnr-ice40 "its report has no clock, logic cells or block RAMs; report: $(flow_show "$report")"
flow_step time icetime icetime -d hx8k -P ct256 -p "$pcf" -t "$WORK/top.asc"
flow_expect time icetime '^Total path delay: '
slow=$(sed -n 's/^Total path delay: .*(\([0-9.]*\) MHz).*/\1/p' "$WORK/time.log")
flow_step pack icepack icepack "$WORK/top.asc" "$WORK/top.bin"
[ -s "$WORK/top.bin" ] || flow_fail pack icepack "it wrote no bitstream"
met=$(awk -v a="$fmax" -v b="$slow" -v c="$CLOCK_HZ" 'BEGIN { print (a * 1e6 >= c && b * 1e6 >= c ? "true" : "false") }')
flow_num logic_cells "$cells"; flow_num logic_cells_available "$room"; flow_num block_rams "$brams"
flow_num fmax_mhz "$fmax"; flow_num icetime_mhz "$slow"; flow_num constraint_mhz $((CLOCK_HZ / 1000000)); flow_bool timing_met "$met"; flow_num seed "$seed"
flow_num bitstream_bytes "$(stat -c %s "$WORK/top.bin")"; flow_text bitstream_sha256 "$(sha256sum <"$WORK/top.bin" | cut -c 1-64)"
[ $met = true ] || flow_fail time icetime "$fmax MHz (nextpnr), $slow MHz (icetime), the board's clock is $((CLOCK_HZ / 1000000)) MHz"
flow_end "$cells of $room logic cells, $brams block RAMs, $(printf '%.1f' "$fmax") MHz ($(printf '%.1f' "$slow") by icetime) at $((CLOCK_HZ / 1000000)) MHz, bitstream top.bin"
