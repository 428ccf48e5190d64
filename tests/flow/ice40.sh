#!/usr/bin/env bash
# flow-ice40: the real tools on the serial line with a stub for the core (seconds instead of minutes; tests/regress/ice40.sh takes the core), the same bytes twice,
# and what is said when a tool is missing, crashes, does not fit the design, is too slow, or says nonsense.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3
B=${BITLINE:-${BUILD:-build}/bitline}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fails=0
ok() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "FAIL - $2"; [ -z "${3:-}" ] || tail -n 5 "$3"; fails=1; fi; }
says() { # STATUS WORDS NAME COMMAND...: exit status and one line with the words
	local want=$1 words=$2 name=$3 rc; shift 3
	"$@" >"$dir/out" 2>&1; rc=$?
	[ $rc = "$want" ] && [ "$(wc -l <"$dir/out")" = 1 ] && grep -q -F -- "$words" "$dir/out"
	ok $? "$name" "$dir/out"
}
number() { sed -n "s/^  \"$2\": \([0-9.]*\),*$/\1/p" "$1/result.json"; } # DIR KEY
"$B" gen --config configs/digital8.xml --with ice40 --out "$dir/d" >/dev/null && /usr/bin/python3 tests/rtl/uart_stub.py "$dir/d" || { echo "FAIL - ice40: gen"; exit 1; }
run="$dir/d/flow/ice40/run.sh" w=$dir/d/work/ice40-top-hx8k-ct256

if command -v yosys nextpnr-ice40 icetime icepack >/dev/null; then
	says 0 "bitstream top.bin" "ice40: bitstream of the serial line" bash "$run"
	lc=$(number "$w" logic_cells) fmax=$(number "$w" fmax_mhz) slow=$(number "$w" icetime_mhz)
	awk -v a="$lc" -v f="$fmax" -v i="$slow" 'BEGIN { exit !(a > 200 && a <= 320 && f > 50 && i > 50 && f < 400) }'; ok $? "ice40: $lc logic cells, $fmax MHz, $slow MHz by icetime"
	/usr/bin/python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); assert j["timing_met"] is True and j["constraint_mhz"] == 12 and j["logic_cells_available"] == 7680' "$w/result.json" 2>"$dir/out"; ok $? "ice40: result.json" "$dir/out"
	[ "$(number "$w" bitstream_bytes)" = "$(stat -c %s "$w/top.bin")" ] && grep -q "$(sha256sum <"$w/top.bin" | cut -c 1-64)" "$w/result.json"; ok $? "ice40: size and digest of the bitstream"
	stamp=$(stat -c %y "$w/top.bin"); bash "$run" >/dev/null; [ "$stamp" = "$(stat -c %y "$w/top.bin")" ]; ok $? "ice40: nothing changed, nothing made again"
	cp -r "$dir/d" "$dir/elsewhere with blank"; rm -rf "$dir/elsewhere with blank/work"
	bash "$dir/elsewhere with blank/flow/ice40/run.sh" >"$dir/out" 2>&1; ok $? "ice40: a directory with blanks in its name" "$dir/out"
	cmp -s "$w/top.bin" "$dir/elsewhere with blank/work/ice40-top-hx8k-ct256/top.bin"; ok $? "ice40: the same bitstream elsewhere, byte by byte"
	bash "$run" --seed 2 --work "$dir/seed" >/dev/null; ! cmp -s "$w/top.bin" "$dir/seed/ice40-top-hx8k-ct256/top.bin"; ok $? "ice40: another seed, another layout"
else
	echo "ok - ice40: real tools # SKIP yosys, nextpnr-ice40 or fpga-icestorm is not installed"
fi

# -- arguments
says 2 "--baud '100' is no number of 184..3000000" "ice40: --baud below" bash "$run" --baud 100
says 2 "--baud '3000001' is no number of 184..3000000" "ice40: --baud above" bash "$run" --baud 3000001
says 2 "--seed 'x' is no number of 1..999999999" "ice40: --seed" bash "$run" --seed x
says 2 "'--fast' is no option of this flow" "ice40: unknown option" bash "$run" --fast
says 2 "the cells are those of the device, hx8k-ct256" "ice40: --lib" bash "$run" --lib osu035
says 2 "only top has the serial line" "ice40: --block" bash "$run" --block adc
"$B" gen --config configs/tiny.xml -s array.kind=analog --with ice40 --out "$dir/analog" >/dev/null
says 2 "an FPGA takes a digital one" "ice40: analog array" bash "$dir/analog/flow/ice40/run.sh"

# -- mock tools, each of which can be told to fail
mkdir "$dir/mock" "$dir/bin"
for t in bash env dirname sha256sum cut cat grep awk sed tail head tr wc mkdir mv rm stat printf realpath basename sleep; do ln -s "$(command -v $t)" "$dir/bin/$t"; done
cat >"$dir/mock/yosys" <<'M'
#!/bin/bash
[ "$1" = -V ] && { echo "Yosys mock"; exit; }
case ${MOCK:-} in synth-crash) echo "ERROR: mock syntax error"; exit 1 ;; synth-empty) echo "=== cim_fpga_top ==="; exit 0 ;; esac
printf '=== cim_fpga_top ===\n     SB_DFFER 7\n     SB_DFF 2\n     SB_LUT4 50\n     SB_RAM40_4K 3\n'
M
cat >"$dir/mock/nextpnr-ice40" <<'M'
#!/bin/bash
[ "$1" = -V ] && { echo "nextpnr mock"; exit; }
used=60 fmax=40.5
case ${MOCK:-} in
place-full) echo 'Info: 	         ICESTORM_LC:  9000/ 7680   117%'; echo 'ERROR: Unable to place cell'; exit 1 ;;
place-crash) echo 'ERROR: mock abort'; exit 134 ;;
place-silent) exit 0 ;;
place-slow) fmax=11.9 ;;
place-endless) endless=1 ;;
place-again) case "$*" in *"--seed 1 "*) endless=1 ;; esac ;;
esac
[ -z "${endless:-}" ] || { for i in 4 5 6 7 8 9; do echo "Info:      ${i}000 |   2826       1981 | 1000     0 |     14839|       0.24     129.76|"; done; exec sleep 60; }
echo "Info: 	         ICESTORM_LC:    $used/ 7680     0%"
while [ $# -gt 0 ]; do case $1 in --asc) echo x >"$2" ;; --report) r=$2 ;; esac; shift; done
if [ "${MOCK:-}" = place-nonsense ]; then echo '{"fmax": {}}' >"$r"; else
printf '{"critical_paths": [], "fmax": {"clk_i$SB_IO_IN_$glb_clk": {"achieved": %s, "constraint": 12.0}}, "utilization": {"ICESTORM_LC": {"available": 7680, "used": %s}, "ICESTORM_RAM": {"available": 32, "used": 3}}}' $fmax $used >"$r"; fi
M
cat >"$dir/mock/icetime" <<'M'
#!/bin/bash
case ${MOCK:-} in time-silent) echo nothing ;; time-slow) echo 'Total path delay: 100.00 ns (10.00 MHz)' ;; *) echo 'Total path delay: 25.00 ns (40.00 MHz)' ;; esac
M
cat >"$dir/mock/icepack" <<'M'
#!/bin/bash
case ${MOCK:-} in pack-empty) : >"$2" ;; *) echo bits >"$2" ;; esac
M
chmod +x "$dir"/mock/*
mock() { MOCK=$1 PATH=$dir/mock:$dir/bin bash "$run" --work "$dir/m-$1"; }
says 0 "60 of 7680 logic cells, 3 block RAMs, 40.5 MHz (40.0 by icetime) at 12 MHz" "ice40: mock tools, all well" mock none
says 1 "step 'synth' failed in yosys: ERROR: mock syntax error" "ice40: synthesis fails" mock synth-crash
says 1 "step 'synth' failed in yosys: no SB_LUT4" "ice40: an empty netlist" mock synth-empty
says 1 "it does not fit: 9000 of 7680 logic cells" "ice40: does not fit" mock place-full
says 1 "step 'place' failed in nextpnr-ice40: ERROR: mock abort (exit status 134)" "ice40: placer crashes" mock place-crash
says 1 "it wrote no report or no layout" "ice40: placer says nothing" mock place-silent
says 1 "its report has no clock" "ice40: placer's report is nonsense" mock place-nonsense
says 1 "the router does not end with any of the seeds 1..8: try --seed 9" "ice40: a router that never ends" mock place-endless
says 0 "bitstream top.bin" "ice40: a router that does not end with the first seed" mock place-again
grep -q '^  "seed": 2,*$' "$dir"/m-place-again/*/result.json; ok $? "ice40: the second seed is told"
says 1 "11.9 MHz (nextpnr), 40.00 MHz (icetime), the board's clock is 12 MHz" "ice40: too slow for nextpnr" mock place-slow
says 1 "40.5 MHz (nextpnr), 10.00 MHz (icetime), the board's clock is 12 MHz" "ice40: too slow for icetime" mock time-slow
says 1 "step 'time' failed in icetime" "ice40: icetime says nothing" mock time-silent
says 1 "it wrote no bitstream" "ice40: an empty bitstream" mock pack-empty
ls "$dir"/m-*/*/result.json | grep -v -e m-none -e m-place-again | grep -q . ; [ $? = 1 ]; ok $? "ice40: no result.json of a flow that failed"
for t in yosys nextpnr-ice40 icetime icepack; do
	mv "$dir/mock/$t" "$dir/$t"
	says 3 "$t is missing: install the Debian package" "ice40: $t is missing" mock none
	mv "$dir/$t" "$dir/mock/$t"
done
exit $fails
