#!/usr/bin/env bash
# flow-ecp5: the core behind a UART as a bitstream for the ULX3S board with an ECP5 85F: Yosys, nextpnr-ecp5, ecppack.
# usage: run.sh [--work DIR] [--baud N] [--seed N] [--synth-only]
#   --baud N      bits per second of the serial line (default 115200; the clock is 25 MHz, 382..6250000)
#   --seed N      of the placer (default 1); another seed is another layout
#   --synth-only  ends behind Yosys: netlist top.json and top.v
# Debian 12 has no nextpnr-ecp5 and no ecppack (Debian 13 has: nextpnr-ecp5, prjtrellis); without them --synth-only runs all the same.
# Exit status 1: it does not fit, or is slower than the board's clock in nextpnr's estimate, or a step failed.
# SPDX-License-Identifier: Apache-2.0
FLOW_DEVICE=lfe5u-85f-cabga381
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
flow_begin ecp5 "$@"
flow_fpga 25000000 382
flow_tool yosys yosys
[ -n "$synth_only" ] || { flow_tool nextpnr-ecp5 "nextpnr-ecp5 (Debian 13 and later; --synth-only needs none)"; flow_tool ecppack "prjtrellis (Debian 13 and later)"; }
lpf=$FLOW_DIR/ecp5/ulx3s.lpf
FLOW_TOOLS="$(yosys -V 2>&1) $(nextpnr-ecp5 -V 2>&1)"
flow_fresh "${sources[@]}" syn.f fpga.f

# -no-rw-check: as for the iCE40
flow_step synth yosys yosys -p "read_verilog -sv ${sources[*]}; chparam -set ClockHz $CLOCK_HZ -set Baud $baud ${PREFIX}fpga_top; synth_ecp5 -top ${PREFIX}fpga_top -no-rw-check; stat; write_json \"$WORK/top.json\"; write_verilog -noattr \"$WORK/top.v\""
flow_refuse synth yosys '^ERROR|Latch inferred for signal|multiple conflicting drivers'
luts=$(flow_cells LUT4) flops=$(flow_cells 'TRELLIS_FF') brams=$(flow_cells DP16KD) dsps=$(flow_cells MULT18X18D)
((luts > 0)) || flow_fail synth yosys "no LUT4 in the netlist"
flow_num clock_hz "$CLOCK_HZ"; flow_num baud "$baud"; flow_num luts "$luts"; flow_num flip_flops "$flops"; flow_num block_rams "$brams"; flow_num multipliers "$dsps"
[ -z "$synth_only" ] || { flow_end "$luts LUTs, $flops flip-flops, $brams block RAMs, $dsps multipliers, not placed"; exit 0; }

report=$WORK/report.json
rm -f "$report"
flow_step place nextpnr-ecp5 nextpnr-ecp5 --85k --package CABGA381 --json "$WORK/top.json" --lpf "$lpf" --textcfg "$WORK/top.config" --report "$report" --freq $((CLOCK_HZ / 1000000)) --seed "$seed" --timing-allow-fail
[ -s "$report" ] && [ -s "$WORK/top.config" ] || flow_fail place nextpnr-ecp5 "it wrote no report or no layout"
fmax=$(tr -d ' \n' <"$report" | sed -n 's/.*"fmax":{"[^"]*":{\([^}]*\)}.*/\1/p' | sed -n 's/.*"achieved":\([0-9.eE+-]*\).*/\1/p')
[ -n "$fmax" ] || flow_fail place nextpnr-ecp5 "its report has no clock; report: $(flow_show "$report")"
flow_step pack ecppack ecppack --compress --input "$WORK/top.config" --bit "$WORK/top.bit"
[ -s "$WORK/top.bit" ] || flow_fail pack ecppack "it wrote no bitstream"
met=$(awk -v a="$fmax" -v c="$CLOCK_HZ" 'BEGIN { print (a * 1e6 >= c ? "true" : "false") }')
flow_num fmax_mhz "$fmax"; flow_num constraint_mhz $((CLOCK_HZ / 1000000)); flow_bool timing_met "$met"; flow_num seed "$seed"
flow_num bitstream_bytes "$(stat -c %s "$WORK/top.bit")"; flow_text bitstream_sha256 "$(sha256sum <"$WORK/top.bit" | cut -c 1-64)"
[ $met = true ] || flow_fail place nextpnr-ecp5 "$fmax MHz, the board's clock is $((CLOCK_HZ / 1000000)) MHz"
flow_end "$luts LUTs, $brams block RAMs, $(printf '%.1f' "$fmax") MHz at $((CLOCK_HZ / 1000000)) MHz, bitstream top.bit"
