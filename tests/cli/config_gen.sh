#!/usr/bin/env bash
# `bitline config` and `bitline gen` where nothing is wrong: resolved form, identical bytes, speed, cleanliness, and that the emitted RTL is read by all three tools.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
configs=$PWD/configs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
status=0
check() { # name, then a command that must succeed
	local name=$1; shift
	if "$@" >log 2>&1; then echo "ok - $name"; else echo "not ok - $name"; sed 's/^/# /' log | head -n 20; status=1; fi
}
skip() { echo "ok - $1 # SKIP $2"; }

for c in $(basename -s .xml "$configs"/*.xml); do
	"$BITLINE" config "$configs/$c.xml" >$c.xml
	"$BITLINE" config $c.xml >again.xml
	check "$c: the resolved form resolves to itself" cmp $c.xml again.xml
	if command -v xmllint >/dev/null; then
		check "$c: the resolved form follows the schema" xmllint --nonet --noout --schema "$configs/bitline.xsd" $c.xml
	else
		skip "$c: the resolved form follows the schema" "no xmllint here"
	fi
	hash=$(sha256sum <$c.xml | cut -d ' ' -f 1)
	check "$c: --json names the SHA-256 of those bytes" grep -q "\"config_sha256\": \"$hash\"" <("$BITLINE" config "$configs/$c.xml" --json)
	if [ $c = paper-a ]; then
		"$BITLINE" gen --config "$configs/$c.xml" --out a/$c >/dev/null 2>err
		check "$c: for cost only, gen refuses it and writes nothing" test $? = 2 -a ! -e a/$c -a "$(grep -c 'for cost only' err)" = 1
		continue
	fi
	"$BITLINE" gen --config "$configs/$c.xml" --with all --out a/$c >/dev/null
	mkdir -p far/away/b/$c
	(cd far/away && "$BITLINE" gen --config "$work/$c.xml" --with all --out b/$c --json >"$work/$c.json")
	check "$c: two emissions in two places are the same" diff -r a/$c far/away/b/$c
	check "$c: gen --json names the configuration" grep -q "\"config_sha256\": \"$hash\"" $c.json
	check "$c: the manifest's sums are those of the files" bash -c "cd a/$c && sed -nE 's/^    \"(.*)\": \"([0-9a-f]{64})\",?\$/\\2  \\1/p' manifest.bitline | sha256sum -c --quiet"
done
check "no path, user or host in emitted files" bash -c "! grep -rlE '$work|$HOME/' a && ! grep -rlw '$(hostname)' a"
touch stamp; sleep 0.05
"$BITLINE" gen --config "$configs/edge64.xml" --with all --out a/edge64 >/dev/null
check "a second emission touches nothing" test -z "$(find a/edge64 -newer stamp -type f)"

# emission does not grow with the array: the largest beside the smallest, best of five each, in turns (bound: equal; seen: about 1)
emit_us() { # overrides -> microseconds
	local t0
	t0=$(date +%s%N)
	"$BITLINE" gen --config "$configs/edge64.xml" "$@" --out "timed$((++timed))" >/dev/null
	us=$((($(date +%s%N) - t0) / 1000))
}
timed=0 large=999999999 small=999999999
for _ in 1 2 3 4 5; do
	emit_us -s array.rows=1024 -s array.cols=1024 -s array.tiles=64
	[ $us -lt $large ] && large=$us
	emit_us -s array.rows=8 -s array.cols=8 -s readout.adcs=8
	[ $us -lt $small ] && small=$us
done
check "1024 x 1024 x 64 ($large us) takes less than three times 8 x 8 ($small us)" test $large -lt $((3 * small))

"$BITLINE" gen --config "$configs/edge64.xml" -s array.rows=33 -s array.cols=65 -s interface.prefix=Odd1_ -s array.kind=digital --out odd >/dev/null
check "no module keeps the template's prefix" bash -c "! grep -rhE '^(module|package) cim_' odd"
if command -v verilator >/dev/null; then
	for list in sim syn blackbox; do
		check "33 x 65, prefix Odd1_, $list.f: verilator -Wall" verilator --lint-only -Wall -F odd/$list.f --top-module Odd1_top
	done
	check "edge64: verilator -Wall" verilator --lint-only -Wall -F a/edge64/sim.f --top-module cim_top
else
	skip "verilator -Wall" "no verilator here"
fi
if command -v iverilog >/dev/null; then
	check "33 x 65, prefix Odd1_: iverilog" bash -c "cd odd && iverilog -g2012 -o /dev/null -s Odd1_top -f sim.f"
else
	skip "iverilog" "no iverilog here"
fi
if command -v yosys >/dev/null; then
	check "tiny: yosys reads it as a black box" bash -c "cd a/tiny && yosys -q -p \"read_verilog -sv \$(grep -v '^//' blackbox.f | tr '\n' ' '); hierarchy -check -top cim_top\""
else
	skip "yosys" "no yosys here"
fi
if command -v "${CC:-gcc}" >/dev/null; then
	printf '#include "cim_regs.h"\nint main(void) { return CIM_PROG_OFFSET(1, 2) != 0x10028u || CIM_HASH_OFFSET(7) != 0x24u || CIM_STATUS_CODE_MASK != 0xf0u; }\n' >regs.c
	check "the C header compiles and says the right numbers" bash -c "${CC:-gcc} -std=c11 -Wall -Werror -Wpedantic -Ia/tiny/include regs.c -o regs && ./regs"
fi
check "--help lists the options" grep -q -- '--out DIR' <("$BITLINE" gen --help)
check "--fields lists every key with its range" grep -q 'legal 8..1024' <("$BITLINE" config --fields)
exit $status
