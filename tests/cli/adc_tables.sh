#!/usr/bin/env bash
# `bitline adc --tables` and `--check`: the bytes against a second rendering of docs/numerics.md section 10 (adc_tables.py), what is said of them, and that a file is told from the configuration's own.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
configs=$PWD/configs
py=$PWD/tests/cli/adc_tables.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
status=0
check() { # name, then a command that must succeed
	local name=$1; shift
	if "$@" >log 2>&1; then echo "ok - $name"; else echo "not ok - $name"; sed 's/^/# /' log | head -n 20; status=1; fi
}
# base configuration, then overrides as words
same() {
	local set=() word
	for word in "${@:2}"; do set+=(-s "$word"); done
	"$BITLINE" adc --tables --config "$configs/$1.xml" "${set[@]}" --out t.hex --json >t.json &&
		"$BITLINE" config "$configs/$1.xml" "${set[@]}" | /usr/bin/python3 -B "$py" >want.hex &&
		cmp t.hex want.hex && grep -q "\"sha256\": \"$(sha256sum <want.hex | cut -d ' ' -f 1)\"" t.json
}
n=nonideal
all="$n.offset=300 $n.gain=9000 $n.inl=800 $n.capacitor=30000"
check "ideal" same tiny
check "ideal, window of a lossy converter" same edge64 array.tiles=1 readout.bits=5 readout.lsb=3 readout.low=-7 readout.rounding=nearest
check "offset" same tiny $n.offset=2500
check "gain" same tiny $n.gain=50000 readout.low=-3
check "bow" same tiny $n.inl=3300 $n.seed=2147483647
check "unary capacitors" same tiny $n.capacitor=40000
check "binary capacitors" same tiny $n.capacitor=40000 $n.dac=binary
check "binary capacitors, 12 bits" same tiny array.tiles=1 readout.adcs=1 readout.bits=12 $n.capacitor=90000 $n.dac=binary readout.grid_bits=8 readout.lsb=3
check "everything, lsb 5" same edge64 array.tiles=3 readout.bits=4 readout.lsb=5 readout.low=-9 $all readout.rounding=nearest
check "one bit, mismatch of 30 %" same tiny readout.bits=1 $n.capacitor=300000 $n.seed=7
check "flash: an offset for each comparator" same edge64-flash array.tiles=2 readout.bits=3 $all
check "hybrid: an offset for each comparator of the flash step" same edge64-hybrid2 array.tiles=2 readout.bits=5 $all
check "stochastic" same edge64-stochastic array.tiles=1 readout.bits=4 readout.samples=15 $all
check "held within 24 bits" same tiny readout.lsb=4095 readout.low=4095 readout.bits=10 readout.grid_bits=8 $all
check "immersed pair" same edge64-immersed-pair $all
check "immersed pair, no mismatch" same edge64-immersed-pair
check "immersed pair, more columns than rows" same edge64-immersed-pair array.rows=33 array.cols=130 $all $n.seed=5
check "immersed pair, fewer columns than rows" same tiny-pair array.rows=100 $n.capacitor=300000 readout.rounding=nearest
check "immersed ring, hybrid" same edge64-immersed-ring-hybrid2 $all
check "immersed broadcast, flash" same edge64-broadcast-flash $all
check "immersed broadcast, hybrid" same edge64-broadcast-hybrid2 $all

# what is said
"$BITLINE" adc --tables --config "$configs/tiny.xml" -s $n.capacitor=300000 -s $n.dac=binary --out bent.hex >bent.txt
read -r bad at k < <(/usr/bin/python3 - <<-'END'
	T = [int(line, 16) for line in open("bent.hex")]
	T = [t - 2**24 if t >= 2**23 else t for t in T]
	first = bad = 0
	for i in range(0, len(T), 16):
	    down = [k for k in range(1, 15) if T[i + k] > T[i + k + 1]]
	    if down and not bad:
	        first = i + down[0]
	    bad += bool(down)
	print(bad, first // 16, first % 16)
	END
)
check "some of those tables are not monotone" test "$bad" -gt 0
adcs=$("$BITLINE" config "$configs/tiny.xml" | sed -nE 's/.* adcs="([0-9]+)".*/\1/p')
check "they are counted, the first is named" grep -q "^$bad are not monotone, the first at tile $((at / 4 / adcs)), lane $((at / 4 % adcs)), set $((at % 4)), threshold $k: " bent.txt
"$BITLINE" adc --tables --config "$configs/tiny.xml" >ideal.txt
check "ideal tables are monotone" grep -q "^all monotone" ideal.txt
"$BITLINE" adc --check bent.hex --config "$configs/tiny.xml" >checked.txt
check "a file that is read back is as it was written" diff <(grep 'monotone' bent.txt) <(grep 'monotone' checked.txt)
check "... and has the digest of its bytes" grep -q "^sha256 $(sha256sum <bent.hex | cut -d ' ' -f 1), not the configuration's own" checked.txt
"$BITLINE" adc --check bent.hex --config "$configs/tiny.xml" -s $n.capacitor=300000 -s $n.dac=binary >checked.txt
check "... and is known to be of that configuration" grep -q ", the configuration's own" checked.txt
exit $status
