#!/usr/bin/env bash
# `bitline spice` and tools/spice.sh: circuits of several immersed pairs agree with the thresholds, spoilt circuits and other thresholds do not, every message.
# Mismatch is 20 % here, so that a wrong weight of a line would show (the tolerance is a tenth of a count). Last line: N passed, N failed.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
pair=configs/edge64-immersed-pair.xml
tiny=configs/tiny-pair.xml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
result() { # status, name
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2"; failed=$((failed + 1)); sed 's/^/# /' "$work/out" "$work/err" | head -n 20; fi
}
spice() { "$BITLINE" spice "$@" --out "$work/d" >"$work/out" 2>"$work/err"; }
# expected exit status and message (text, or part of it when it names a file), then the arguments
refuses() {
	spice "${@:3}"
	[ $? = "$1" ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -qxF -- "bitline: ${2//WORK/$work}" "$work/err" && ! [ -s "$work/out" ]
	result $? "exit $1: $2"
}
is="change it with -s, or take configs/edge64-immersed-pair.xml"

refuses 2 "readout.reference and readout.network of edge64 are no immersed pair, which is all that the circuit is for: take configs/edge64-immersed-pair.xml" --config configs/edge64.xml
refuses 2 "array.rows is 129; the circuit is for at most 128 rows: change it with -s, or take configs/edge64-immersed-pair.xml" --config $pair -s array.rows=129
refuses 2 "nonideal.gain is 5; the circuit is for capacitor and offset errors only, 0 here: $is" --config $pair -s nonideal.gain=5
refuses 2 "nonideal.inl is 6; the circuit is for capacitor and offset errors only, 0 here: $is" --config $pair -s nonideal.inl=6
refuses 2 "nonideal.noise is 7; the circuit is for capacitor and offset errors only, 0 here: $is" --config $pair -s nonideal.noise=7
refuses 2 "no tile 2; legal: 0..1" --config $pair --tile 2
refuses 2 "no lane 3; legal: 0..1" --config $pair --lane 3
refuses 2 "no lane 3; legal: 0..1" --config $pair --lane 3 --compare
refuses 2 "column line 7 of tile 0 has 0.344 of a line's capacitance, the circuit needs 0.55: lower nonideal.capacitor or take another nonideal.seed" --config $tiny -s nonideal.capacitor=300000 -s nonideal.seed=13 --tile 1
[ ! -e "$work/d" ]
result $? "nothing is written when it refuses"

spice --config $tiny
result $? "a deck is written"
cp "$work/d/deck.cir" "$work/first.cir"
spice --config $tiny
cmp -s "$work/first.cir" "$work/d/deck.cir"
result $? "the same deck twice"
[ "$(grep -vc '^#' "$work/d/expected.txt")" = 7 ]
result $? "expected.txt has a line per code"
refuses 3 "cannot open 'WORK/d/levels.txt': No such file or directory; name a readable file" --config $tiny --compare
# ngspice stopped early: no, few, or other numbers
printf ' 9.5e-09 0 0 0 0 0 0 0 0 0 0\n' >"$work/d/levels.txt"
refuses 3 "'WORK/d/levels.txt' ends or is no number in line 2, needs 8 lines of 11 numbers: see what ngspice says in ngspice.log" --config $tiny --compare
printf ' 9.5e-09 0 0 nan 0 0 0 0 0 0 0\n' >"$work/d/levels.txt"
refuses 3 "'WORK/d/levels.txt' ends or is no number in line 1, needs 8 lines of 11 numbers: see what ngspice says in ngspice.log" --config $tiny --compare
printf ' 9.5e-09 0 0 0 0 0 0 0 0 0 0\n 2e-08 0 0\n' >"$work/d/levels.txt"
refuses 3 "'WORK/d/levels.txt' has time 2e-08 s in line 2, needs 1.95e-08 s: see what ngspice says in ngspice.log" --config $tiny --compare

mkdir "$work/empty"
for tool in bash dirname realpath; do ln -s "$(command -v $tool)" "$work/empty/$tool"; done
PATH=$work/empty BITLINE=$BITLINE tools/spice.sh >"$work/out" 2>"$work/err"
[ $? = 3 ] && [ "$(cat "$work/err")" = "spice: ngspice is missing; install it: apt-get install ngspice" ]
result $? "without ngspice: exit 3 and the package's name"

if ! command -v ngspice >/dev/null; then
	echo "ok - circuits # SKIP no ngspice here"
	echo "$passed passed, $failed failed, 1 skipped"
	[ $failed -eq 0 ]
	exit
fi

run() { (cd "$work/d" && timeout 100 ngspice -b deck.cir >ngspice.log 2>&1); }
agrees() { # name, arguments
	rm -rf "$work/d"
	spice "${@:2}" && run && spice "${@:2}" --compare && grep -q ' 0 beyond the tolerance: agrees$' "$work/out"
	result $? "$1: $(cut -d : -f 2- "$work/out")"
}
agrees "edge64-immersed-pair" --config $pair
agrees "edge64-immersed-pair, lines 20 %" --config $pair -s nonideal.capacitor=200000 --tile 1 --lane 1
agrees "offset of half a count, steps of 2, nearest" --config $pair -s nonideal.offset=500 -s nonideal.capacitor=200000 -s readout.lsb=2 -s readout.bits=3 -s readout.low=3 -s readout.rounding=nearest --lane 1
agrees "33 x 65, more lines than rows" --config $pair -s array.rows=33 -s array.cols=65 -s readout.adcs=1 -s nonideal.capacitor=200000 --tile 1
agrees "one code" --config $tiny -s readout.kind=sense -s readout.bits=1 -s nonideal.capacitor=200000
agrees "no dummy lines" --config $tiny -s nonideal.capacitor=200000 -s nonideal.seed=77 --tile 1
"$BITLINE" spice --config $tiny -s nonideal.capacitor=200000 -s nonideal.seed=77 --tile 1 --out "$work/d" --compare --json >"$work/out" 2>"$work/err"
/usr/bin/python3 -c 'import json, sys; r = json.load(sys.stdin); sys.exit(not (r["agrees"] and r["codes"] == 7 and r["counts"] == 9 and r["decisions"] == 63 and 0 < r["reference_difference"] < 0.1))' <"$work/out"
result $? "--json"

differs() { # name, sed expression for the deck, arguments of the comparison
	rm -rf "$work/d"
	spice --config $tiny -s nonideal.capacitor=200000
	cp "$work/d/deck.cir" "$work/as_it_was"
	[ -z "$2" ] || sed -i -E "$2" "$work/d/deck.cir"
	[ -z "$2" ] || ! cmp -s "$work/d/deck.cir" "$work/as_it_was" || { result 1 "$1: the deck is as it was"; return; }
	run
	spice --config $tiny "${@:3}" --compare
	[ $? = 1 ] && grep -q 'DIFFERS$' "$work/out" && grep -qE "^bitline: the circuit in '$work/d' and the thresholds differ by more than the tolerance of docs/spice.md: [0-9]+ levels, [0-9]+ decisions; compare.txt there has both$" "$work/err"
	result $? "$1 differs:$(cut -d : -f 2- "$work/out")"
}
same=(-s nonideal.capacitor=200000)
differs "a comparison with other lines" "" -s nonideal.capacitor=200000 -s nonideal.seed=2
differs "a comparison with nominal lines" ""
differs "a comparison with another window" "" "${same[@]}" -s readout.rounding=nearest -s readout.lsb=2 -s readout.bits=2
differs "a tie that does not step" 's/^Vhalf .*/Vhalf half 0 1/' "${same[@]}"
differs "a line that is never charged" 's/^Vq3 .*/Vq3 q3 0 0/' "${same[@]}"
differs "a line that is not shared" 's/^Ss5 /*&/' "${same[@]}"
differs "switches too slow for the phases" 's/ron=1k/ron=30k/' "${same[@]}"
differs "a comparator with an offset of a count" 's/offset_volts=[^ ]*/offset_volts=0.125/' "${same[@]}"

BUILD=$work/build BITLINE=$BITLINE tools/spice.sh $tiny nonideal.capacitor=20000 >"$work/out" 2>"$work/err"
[ $? = 0 ] && [ "$(tail -n 1 "$work/out")" = "spice: 2 converters, all agree; pictures in $work/build/spice" ] && ! [ -s "$work/err" ]
result $? "tools/spice.sh"
if command -v gnuplot >/dev/null && command -v xmllint >/dev/null; then
	xmllint --noout "$work"/build/spice/tile{0,1}-lane0.svg 2>"$work/err"
	result $? "its pictures are well-formed"
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
