#!/usr/bin/env bash
# flow-ecp5: synthesis with Yosys of the serial line with a stub for the core; placement and packing with mock tools, since Debian 12 has no others.
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
"$B" gen --config configs/digital8.xml --with ecp5 --out "$dir/d" >/dev/null && /usr/bin/python3 tests/rtl/uart_stub.py "$dir/d" || { echo "FAIL - ecp5: gen"; exit 1; }
run="$dir/d/flow/ecp5/run.sh" w=$dir/d/work/ecp5-top-lfe5u-85f-cabga381
if command -v yosys >/dev/null; then
	says 0 "0 multipliers, not placed" "ecp5: synthesis of the serial line" bash "$run" --synth-only
	luts=$(sed -n 's/^  "luts": \([0-9]*\),$/\1/p' "$w/result.json")
	awk -v n="$luts" 'BEGIN { exit !(n > 150 && n < 600) }'; ok $? "ecp5: $luts LUTs"
	grep -q '"LUT4"' "$w/top.json" && grep -q 'TRELLIS_FF' "$w/top.v"; ok $? "ecp5: netlist as JSON and as Verilog"
else
	echo "ok - ecp5: yosys # SKIP yosys is not installed"
fi
# every port of the top has a site, and every site a port
diff <(sed -n 's/^LOCATE COMP "\([^"]*\)" SITE "[A-Z][0-9]*";$/\1/p' "$dir/d/flow/ecp5/ulx3s.lpf" | sort) <({ echo clk_i; echo uart_rx_i; echo uart_tx_o; printf 'led_o[%d]\n' 0 1 2 3 4 5 6 7; } | sort) >"$dir/out"; ok $? "ecp5: a site for every port" "$dir/out"
[ "$(sed -n 's/^LOCATE.*SITE "\(.*\)";$/\1/p' "$dir/d/flow/ecp5/ulx3s.lpf" | sort | uniq -d | wc -l)" = 0 ]; ok $? "ecp5: no site twice"
says 2 "--baud '381' is no number of 382..6250000" "ecp5: --baud below" bash "$run" --baud 381
says 2 "--seed '' is no number of 1..999999999" "ecp5: --seed" bash "$run" --seed
says 2 "'--fast' is no option of this flow" "ecp5: unknown option" bash "$run" --fast
"$B" gen --config configs/tiny.xml -s array.kind=analog --with ecp5 --out "$dir/analog" >/dev/null
says 2 "an FPGA takes a digital one" "ecp5: analog array" bash "$dir/analog/flow/ecp5/run.sh"

mkdir "$dir/mock" "$dir/bin"
for t in bash env dirname sha256sum cut cat grep awk sed tail head tr wc mkdir mv rm stat printf realpath basename; do ln -s "$(command -v $t)" "$dir/bin/$t"; done
cat >"$dir/mock/yosys" <<'M'
#!/bin/bash
[ "$1" = -V ] && { echo "Yosys mock"; exit; }
case ${MOCK:-} in synth-crash) echo "ERROR: mock syntax error"; exit 1 ;; synth-empty) echo "=== cim_fpga_top ==="; exit 0 ;; esac
printf '=== cim_fpga_top ===\n     TRELLIS_FF 7\n     LUT4 50\n     DP16KD 3\n     MULT18X18D 4\n'
M
cat >"$dir/mock/nextpnr-ecp5" <<'M'
#!/bin/bash
[ "$1" = -V ] && { echo "nextpnr mock"; exit; }
fmax=60.25
case ${MOCK:-} in place-crash) echo 'ERROR: mock abort'; exit 134 ;; place-silent) exit 0 ;; place-slow) fmax=24.9 ;; esac
case "$*" in *--85k*--package\ CABGA381*--lpf*ulx3s.lpf*--freq\ 25*) ;; *) echo "ERROR: mock: options"; exit 1 ;; esac
while [ $# -gt 0 ]; do case $1 in --textcfg) echo x >"$2" ;; --report) r=$2 ;; esac; shift; done
if [ "${MOCK:-}" = place-nonsense ]; then echo '{"fmax": {}}' >"$r"; else
printf '{"critical_paths": [], "fmax": {"$glbnet$clk_i": {"achieved": %s, "constraint": 25.0}}, "utilization": {}}' $fmax >"$r"; fi
M
cat >"$dir/mock/ecppack" <<'M'
#!/bin/bash
while [ $# -gt 0 ]; do case $1 in --bit) if [ "${MOCK:-}" = pack-empty ]; then : >"$2"; else echo bits >"$2"; fi ;; esac; shift; done
M
chmod +x "$dir"/mock/*
mock() { MOCK=$1 PATH=$dir/mock:$dir/bin bash "$run" --work "$dir/m-$1"; }
says 0 "50 LUTs, 3 block RAMs, 60.2 MHz at 25 MHz, bitstream top.bit" "ecp5: mock tools, all well" mock none
grep -q '"multipliers": 4,' "$dir/m-none/ecp5-top-lfe5u-85f-cabga381/result.json"; ok $? "ecp5: result.json"
says 1 "step 'synth' failed in yosys: ERROR: mock syntax error" "ecp5: synthesis fails" mock synth-crash
says 1 "no LUT4 in the netlist" "ecp5: an empty netlist" mock synth-empty
says 1 "step 'place' failed in nextpnr-ecp5: ERROR: mock abort (exit status 134)" "ecp5: placer crashes" mock place-crash
says 1 "it wrote no report or no layout" "ecp5: placer says nothing" mock place-silent
says 1 "its report has no clock" "ecp5: placer's report is nonsense" mock place-nonsense
says 1 "24.9 MHz, the board's clock is 25 MHz" "ecp5: too slow" mock place-slow
says 1 "it wrote no bitstream" "ecp5: an empty bitstream" mock pack-empty
for t in yosys nextpnr-ecp5 ecppack; do
	mv "$dir/mock/$t" "$dir/$t"
	says 3 "$t is missing: install the Debian package" "ecp5: $t is missing" mock none
	mv "$dir/$t" "$dir/mock/$t"
done
exit $fails
