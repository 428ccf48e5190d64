#!/usr/bin/env bash
# make spice: the circuit of every converter of a small immersed pair in ngspice, against the thresholds of docs/network.md section 5 (docs/spice.md).
# Prints per converter the largest difference of levels in counts and how many of all decisions differ; a picture of each in build/spice/*.svg.
# usage: tools/spice.sh [CONFIG [KEY=VALUE ...]]    default: configs/edge64-immersed-pair.xml with nonideal.capacitor=20000
# Exit status: 0 all agree, 1 one does not, 2 bad configuration, 3 no ngspice, or it failed.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.." || exit 3
BUILD=${BUILD:-build}
BITLINE=$(realpath "${BITLINE:-$BUILD/bitline}")
config=configs/edge64-immersed-pair.xml
[ $# -gt 0 ] && { config=$1; shift; }
[ $# -gt 0 ] || set -- nonideal.capacitor=20000
args=(--config "$config")
for s in "$@"; do args+=(-s "$s"); done
if ! command -v ngspice >/dev/null; then
	echo "spice: ngspice is missing; install it: apt-get install ngspice" >&2
	exit 3
fi
out=$BUILD/spice
mkdir -p "$out" && rm -rf "$out"/tile* || exit 3

resolved=$("$BITLINE" config "$config" $(printf -- '-s %q ' "$@")) || exit 2
field() { sed -nE "s/.*[ <]$1=\"([0-9]+)\".*/\1/p" <<<"$resolved" | head -n 1; }
tiles=$(field tiles) lanes=$(field adcs)

picture() { # directory, title
	command -v gnuplot >/dev/null || { echo "spice: no picture: gnuplot is missing (apt-get install gnuplot-nox)" >&2; return; }
	gnuplot <<-END
		set terminal svg size 900,700 background "white"
		set output "$1.svg"
		set multiplot layout 2,1 title "$2"
		set key left top
		set grid
		set ylabel "level, counts"
		set xlabel "code of a reference, count of a column"
		plot "$1/compare.txt" index 1 using 1:2 with lines lc "gray" title "column, count", "" index 1 using 1:3 with points pt 7 ps 0.3 lc "blue" title "column, ngspice", \
			"" index 0 using 1:2 with steps lc "black" title "reference, threshold T", "" index 0 using 1:3 with points pt 2 lc "red" title "reference, ngspice"
		set ylabel "ngspice - model, counts"
		plot "$1/compare.txt" index 1 using 1:(\$3-\$2) with points pt 7 ps 0.3 lc "blue" title "column", "" index 0 using 1:(\$3-\$2) with linespoints pt 2 lc "red" title "reference"
	END
}

status=0
for ((t = 0; t < tiles; t++)); do
	for ((l = 0; l < lanes; l++)); do
		dir=$out/tile$t-lane$l
		"$BITLINE" spice "${args[@]}" --tile $t --lane $l --out "$dir" >/dev/null || exit $?
		if ! (cd "$dir" && ngspice -b deck.cir >ngspice.log 2>&1); then
			echo "spice: ngspice failed; see $dir/ngspice.log" >&2
			exit 3
		fi
		"$BITLINE" spice "${args[@]}" --tile $t --lane $l --out "$dir" --compare
		rc=$?
		[ $rc -gt 1 ] && exit $rc
		[ $rc = 0 ] || status=1
		picture "$dir" "$(basename "$config" .xml) $*: tile $t, lane $l"
	done
done
echo "spice: $((tiles * lanes)) converters, $([ $status = 0 ] && echo all agree || echo not all agree); pictures in $out"
exit $status
