#!/bin/bash
# Link tests: lint at many shapes, benches of turns and roles under Verilator and Icarus, the steady state, Yosys; then the characterisation
# machine (char_bench). Prints `ok`/`FAIL` lines; exit 1 on any FAIL.
# usage: [ALL=1] tests/rtl/run_link.sh [CLOCKS]    (per random bench under Verilator, default 6000; scratch in $BUILD or build, /rtl_link)
# SPDX-License-Identifier: Apache-2.0
cd "$(dirname "$0")/../.." || exit 3
root=$PWD
clocks=${1:-6000}
out=$root/${BUILD:-build}/rtl_link
mkdir -p "$out" || exit 3
. tests/rtl/verilated.bash
verilated_timed || exit 3
link=$(echo "$root"/rtl-templates/link/*.sv)
char="$root/rtl-templates/sched/cim_char.sv $root/rtl-templates/prim/cim_ram.sv"
bench=$root/tests/rtl
failed=0

# network kind tiles servers adc_bits flash_bits: all under Verilator, those of up to 11 tiles also under Icarus
shapes="0 0 2 1 3 2
0 0 6 1 4 2
0 2 2 1 4 1
0 1 4 1 1 2
1 4 3 1 3 2
1 3 7 1 1 2
1 0 64 1 3 2
1 2 7 3 4 2
1 1 8 7 3 2
2 1 11 7 3 2
2 2 9 3 5 2
2 2 3 1 3 1"
steady="0 0 2 1 4 2
1 0 7 1 4 2
1 1 8 7 3 2
1 2 4 3 4 2
2 1 11 7 3 2
2 2 5 3 4 2"
if [ -n "${ALL:-}" ]; then # with `make regress`
	shapes+="
0 0 64 1 3 2
1 0 2 1 3 2
1 2 4 3 5 2
1 2 33 3 5 2
1 1 9 7 3 2
2 1 8 7 3 2
2 1 33 7 3 2
2 2 4 3 4 2
2 2 33 3 5 2"
	steady+="
0 0 64 1 4 2
1 0 2 1 4 2
1 0 8 1 4 2
1 1 17 7 3 2
1 2 9 3 4 2
2 2 9 3 4 2"
fi

say() {  # say STATUS TEXT [LOG]
	if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2"; failed=1; [ -n "$3" ] && tail -n 20 "$3"; fi
}

options() {  # options PREFIX NETWORK KIND TILES SERVERS ADC_BITS FLASH_BITS: one parameter option each
	echo "$1Network=$2 $1Kind=$3 $1Tiles=$4 $1Refs=$5 $1AdcBits=$6 $1FlashBits=$7"
}

lint() {  # lint TOP FILES OPTION ...
	verilator --lint-only -Wall --top-module "$1" $2 "${@:3}" >"$out/lint.log" 2>&1
	say $? "lint $1 ${*:3}" "$out/lint.log"
}

refuse() {  # refuse TOP FILES PARAMETER OPTION ...: the elaboration check must name the parameter
	verilator --lint-only -Wall --top-module "$1" $2 "${@:4}" >"$out/refuse.log" 2>&1
	grep -q "cim_illegal_parameter_$3" "$out/refuse.log"
	say $? "$1 refuses ${*:4}" "$out/refuse.log"
}

verilated() {  # verilated NAME TOP FILES OPTION ...
	verilated_bench "$out/$1" "$2" -Wno-WIDTH -Wno-TIMESCALEMOD $3 "${@:4}" >"$out/$1.log" 2>&1 && "$out/$1/bench" >"$out/$1.out" 2>&1
}

icarus() {  # icarus NAME TOP FILES OPTION ...
	iverilog -g2012 -s "$2" "${@:4}" -o "$out/$1.vvp" $3 >"$out/$1.log" 2>&1 && vvp -n "$out/$1.vvp" >"$out/$1.out" 2>&1
}

report() {  # report NAME: the bench must have said ok once and FAIL never
	grep -v '\$finish' "$out/$1.out" | sed 's/^\(ok\|FAIL\) /\1 '"${1%%_*}: /"
	if [ "$(grep -c '^ok ' "$out/$1.out")" != 1 ] || grep -q '^FAIL' "$out/$1.out"; then
		echo "FAIL $1"
		failed=1
		tail -n 20 "$out/$1.log"
	fi
}

synth() {  # synth TOP FILES [PARAMETER VALUE ...]
	local set=
	for ((i = 3; i < $#; i += 2)); do set="$set -chparam ${@:i:1} ${@:i+1:1}"; done
	yosys -q -p "read_verilog -sv $2; hierarchy -check -top $1 $set; proc; flatten; memory_collect; opt -fast; check -assert; select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr" >"$out/yosys.log" 2>&1
	say $? "yosys check, no latches, $1$set" "$out/yosys.log"
}

read_all() {  # lint, refusals, synthesis
	while read -r n k t r b f; do
		lint cim_link "$link" $(options -G $n $k $t $r $b $f)
	done <<<"$shapes"
	lint cim_link "$link" -GNetwork=0 -GTiles=64 -GAdcs=256 -GAdcBits=12
	lint cim_link "$link" -GNetwork=1 -GKind=1 -GTiles=64 -GRefs=63 -GAdcBits=6 -GAdcs=1
	lint cim_link "$link" -GNetwork=1 -GKind=2 -GTiles=64 -GRefs=63 -GAdcBits=12 -GFlashBits=6 -GAdcs=256
	refuse cim_link "$link" Tiles -GTiles=1
	refuse cim_link "$link" Tiles -GTiles=65 -GNetwork=1
	refuse cim_link "$link" Tiles -GTiles=3
	refuse cim_link "$link" Tiles -GTiles=3 -GNetwork=1 -GKind=2 -GRefs=3
	refuse cim_link "$link" Tiles -GTiles=7 -GNetwork=2 -GKind=1 -GRefs=7 -GAdcBits=3
	refuse cim_link "$link" Adcs -GAdcs=3
	refuse cim_link "$link" AdcBits -GAdcBits=13
	refuse cim_link "$link" AdcBits -GKind=3 -GAdcBits=2
	refuse cim_link "$link" Network -GNetwork=3
	refuse cim_link "$link" Network -GNetwork=2
	refuse cim_link "$link" Network -GTiles=4 -GKind=2 -GRefs=3
	refuse cim_link "$link" Refs -GTiles=4 -GNetwork=1 -GRefs=2
	refuse cim_link "$link" Kind -GKind=5
	refuse cim_link "$link" FlashBits -GTiles=64 -GNetwork=1 -GKind=2 -GFlashBits=4 -GRefs=15 -GAdcBits=4
	lint cim_char "$char"
	lint cim_char "$char" -GTiles=64 -GAdcBits=12
	lint cim_char "$char" -GTiles=33 -GAdcBits=1 -GKind=3
	lint cim_char "$char" -GKind=1 -GAdcBits=8
	lint cim_char "$char" -GKind=2 -GAdcBits=12 -GFlashBits=6
	refuse cim_char "$char" Tiles -GTiles=65
	refuse cim_char "$char" AdcBits -GAdcBits=0
	refuse cim_char "$char" Kind -GKind=5
	refuse cim_char "$char" FlashBits -GKind=2 -GFlashBits=4
	synth cim_link "$link"
	synth cim_link "$link" Tiles 64
	synth cim_link "$link" Tiles 64 Network 1
	synth cim_link "$link" Tiles 33 Network 1 Kind 2 Refs 3 AdcBits 5
	synth cim_link "$link" Tiles 9 Network 1 Kind 1 Refs 7 AdcBits 3
	synth cim_link "$link" Tiles 33 Network 2 Kind 1 Refs 7 AdcBits 3
	synth cim_link "$link" Tiles 9 Network 2 Kind 2 Refs 3 AdcBits 5
	synth cim_char "$char" Tiles 3 AdcBits 6 Kind 2
}

rm -f "$out"/*.out
jobs_max() { while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done; }  # two at a time
read_all >"$out/read.txt" &
names=
while read -r n k t r b f; do
	jobs_max
	names="$names verilator_${n}_${k}_$t"
	verilated "verilator_${n}_${k}_$t" link_bench "$link $bench/link_bench.sv" $(options -G $n $k $t $r $b $f) -GClocks="$clocks" &
	if [ "$t" -le 11 ]; then
		jobs_max
		names="$names icarus_${n}_${k}_$t"
		icarus "icarus_${n}_${k}_$t" link_bench "$link $bench/link_bench.sv" $(options -Plink_bench. $n $k $t $r $b $f) -Plink_bench.Clocks=1500 &
	fi
done <<<"$shapes"
while read -r n k t r b f; do
	jobs_max
	names="$names steady_${n}_${k}_$t"
	icarus "steady_${n}_${k}_$t" link_bench "$link $bench/link_bench.sv" $(options -Plink_bench. $n $k $t $r $b $f) -Plink_bench.Steady=1 -Plink_bench.Clocks=3000 &
done <<<"$steady"
while read -r k b f; do
	jobs_max
	names="$names verilator_char_${k}_$b icarus_char_${k}_$b"
	verilated "verilator_char_${k}_$b" char_bench "$char $bench/char_bench.sv" -GKind="$k" -GAdcBits="$b" -GFlashBits="$f" &
	jobs_max
	icarus "icarus_char_${k}_$b" char_bench "$char $bench/char_bench.sv" -Pchar_bench.Kind="$k" -Pchar_bench.AdcBits="$b" -Pchar_bench.FlashBits="$f" &
done <<<"0 4 2
1 3 2
2 5 2
3 1 2"
wait
for name in $names; do report "$name"; done
cat "$out/read.txt"
grep -q '^FAIL' "$out/read.txt" && failed=1
exit $failed
