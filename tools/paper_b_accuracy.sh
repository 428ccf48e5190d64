#!/usr/bin/env bash
# make paper-b-accuracy: perplexity over kinds of converters and bits (docs/studies.md), the model untouched and trained for the converter. Table, CSV and plot in build/paper-b.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tools/study_common.sh
. tools/study_common.sh
RATE=${RATE:-2e-3}
study_setup paper-b 400
[ $GRID = quick ] && widths="2 3" || widths="1 2 3 4 5 6 7 8"
BITS=${BITS:-$widths} CODES=${CODES:-sm tc}
for b in $BITS; do
	whole BITS "$b" 1
	[ "$b" -le 8 ] || die 2 "BITS='$b', legal are 1..8"
done
for c in $CODES; do case $c in sm | tc) ;; *) die 2 "CODES='$c', legal: sm, tc" ;; esac; done
SEARCH_STEPS=${SEARCH_STEPS:-50}
whole SEARCH_STEPS "$SEARCH_STEPS" 1
[ $GRID = quick ] && lsbs="1 2" lows=0 || { lsbs="1 2 3 4"; lows="0 1"; } # windows that are tried

code() { echo "numbers.weight_code=$1 numbers.input_code=$1"; }
sar() { echo "$(code "$1") readout.kind=sar readout.bits=$2"; }                                # clip: lsb 1, low 0
window() { echo "$(code "$1") readout.kind=$2 readout.bits=$3 readout.lsb=$4 readout.low=$5 readout.rounding=nearest"; }
# n draws of 2^bits thresholds, n = 2^bits - 1, the most there are
stochastic() { echo "$(code "$1") readout.kind=stochastic readout.bits=$2 readout.resolution=full readout.samples=$(((1 << $2) - 1))"; }

lossless() { [ "$(field "$1" lossless)" = true ]; }
# widths of a code that lose something, and the first that does not
lossy_bits() {
	local b
	for b in $BITS; do lossless "sar-$1-b$b" || echo "$b"; done
}
coarse_bits() { lossy_bits "$1" | awk '$1 > 1 && $1 <= 3'; } # where a wider lsb could pay; 1 bit is `sense`
# kind, code, bits -> lsb and low of the window that trains best: least loss after SEARCH_STEPS steps on the same sequences; of equal ones the first.
# The untouched model cannot say it: in a window this coarse its perplexity is that of noise.
best() {
	local l o
	for l in $lsbs; do
		for o in $lows; do echo "$(field "search-$1-$2-b$3-lsb$l-low$o" loss) $l $o"; done
	done | sort -s -g -k 1,1 | awk 'NR == 1 { print $2, $3 }'
}

untrained() {
	local c b
	for c in $CODES; do
		for b in $BITS; do
			echo "measure sar-$c-b$b $MODEL $TEXT $(sar "$c" "$b")"
			echo "measure stochastic-$c-b$b $MODEL $TEXT $(stochastic "$c" "$b")"
		done
		# equal by theorem (docs/numerics.md section 4): one point of each is looked at
		echo "measure flash-$c-b3 $MODEL $TEXT $(code "$c") readout.kind=flash readout.bits=3"
		echo "measure hybrid-$c-b3 $MODEL $TEXT $(code "$c") readout.kind=hybrid readout.flash_bits=2 readout.bits=3"
		echo "measure sar-$c-b3 $MODEL $TEXT $(sar "$c" 3)"
	done | sort -u
}
searches() {
	local c b l o
	for c in $CODES; do
		for l in $lsbs; do
			for o in $lows; do
				echo "tune search-sense-$c-b1-lsb$l-low$o $RATE fixed $(window "$c" sense 1 "$l" "$o")"
				for b in $(coarse_bits "$c"); do echo "tune search-sar-$c-b$b-lsb$l-low$o $RATE fixed $(window "$c" sar "$b" "$l" "$o")"; done
			done
		done
	done
}
# lines: point, model, settings; what is trained and what is measured after it differ in the command alone
points() {
	local c b l o
	for c in $CODES; do
		for b in $(lossy_bits "$c"); do echo "sar-$c-b$b $(sar "$c" "$b")"; done
		for b in $BITS; do echo "stochastic-$c-b$b $(stochastic "$c" "$b")"; done
		for b in $(coarse_bits "$c"); do
			read -r l o < <(best sar "$c" "$b")
			echo "window-$c-b$b $(window "$c" sar "$b" "$l" "$o")"
		done
		read -r l o < <(best sense "$c" 1)
		echo "sense-$c-b1 $(window "$c" sense 1 "$l" "$o")"
	done
	# the same integers in every lossless converter and code: trained once
	for c in $CODES; do
		for b in $BITS; do lossless "sar-$c-b$b" && { echo "lossless $(sar "$c" "$b")"; return; }; done
	done
	return 0
}
trainings() { points | while read -r p s; do echo "tune $p-trained $RATE fixed $s"; done; }
measurements() {
	points | while read -r p s; do
		case $p in window-* | sense-*) echo "measure $p $MODEL $TEXT $s" ;; esac
		echo "measure $p-trained-at $out/points/$p-trained.safetensors $TEXT $s"
	done
}

row() { # code, kind, bits, lsb, low, samples, untrained point, trained point or nothing
	local trained="-" tokens="-" cpu="-" kept
	if [ -n "$8" ]; then
		trained=$(field "$8-trained-at" perplexity) tokens=$(tokens_of "$8-trained") cpu=$(field "$8-trained" cpu_seconds)
	fi
	kept=$(field "$7" lossless)
	awk -v head="$1,$2,$3,$4,$5,$6,$kept" -v f="$(field "$7" float_perplexity)" -v u="$(field "$7" perplexity)" -v t="$trained" -v n="$tokens" -v cpu="$cpu" \
		'BEGIN { printf "%s,%.6g,%.6g,%s,%s,%s\n", head, f, u, t == "-" ? t : sprintf("%.6g", t), n, cpu == "-" ? cpu : sprintf("%.1f", cpu) }'
}
table() {
	local c b l o
	echo "code,kind,bits,lsb,low,samples,lossless,floats,untrained,trained,tokens,cpu_s"
	for c in $CODES; do
		for b in $BITS; do
			if lossless "sar-$c-b$b"; then row "$c" sar "$b" 1 0 - "sar-$c-b$b" lossless; else row "$c" sar "$b" 1 0 - "sar-$c-b$b" "sar-$c-b$b"; fi
		done
		for b in $(coarse_bits "$c"); do
			read -r l o < <(best sar "$c" "$b")
			row "$c" window "$b" "$l" "$o" - "window-$c-b$b" "window-$c-b$b"
		done
		row "$c" flash 3 1 0 - "flash-$c-b3" ""
		row "$c" hybrid 3 1 0 - "hybrid-$c-b3" ""
		read -r l o < <(best sense "$c" 1)
		row "$c" sense 1 "$l" "$o" - "sense-$c-b1" "sense-$c-b1"
		for b in $BITS; do row "$c" stochastic "$b" 1 0 $(((1 << b) - 1)) "stochastic-$c-b$b" "stochastic-$c-b$b"; done
	done
}

# flash and hybrid are the very figures of sar
equal() {
	local c k
	for c in $CODES; do
		for k in flash hybrid; do
			[ "$(field "$k-$c-b3" perplexity)" = "$(field "sar-$c-b3" perplexity)" ] || die 1 "$k and sar at 3 bits, code $c: perplexity $(field "$k-$c-b3" perplexity) and $(field "sar-$c-b3" perplexity), they must be equal"
		done
	done
	echo "flash and hybrid at 3 bits: the same perplexity as sar"
}

picture() {
	command -v gnuplot >/dev/null || { echo "paper-b: no picture: gnuplot is missing (apt-get install gnuplot-nox)" >&2; return; }
	local c k plot="" color style
	: >"$out/plot.txt"
	for c in $CODES; do
		color=$([ "$c" = sm ] && echo blue || echo red)
		for k in sar window sense stochastic; do
			awk -F , -v c="$c" -v k=$k '$1 == c && $2 == k { print $3, $9, $10 }' "$out/paper-b.csv" >"$out/plot-$c-$k.txt"
			[ -s "$out/plot-$c-$k.txt" ] || continue
			case $k in sar) style=7 ;; window) style=5 ;; sense) style=9 ;; *) style=13 ;; esac
			plot+="\"$out/plot-$c-$k.txt\" using 1:2 with linespoints dt 2 pt $style lc \"$color\" title \"$c $k, untouched\", \"\" using 1:3 with linespoints pt $style lc \"$color\" title \"$c $k, trained\", "
		done
	done
	gnuplot <<-END
		set terminal svg size 900,700 background "white" noenhanced
		set output "$out/paper-b.svg"
		set title "perplexity over converters"
		set logscale y
		set grid
		set key outside bottom center horizontal
		set xlabel "bits"
		set ylabel "perplexity"
		set xrange [0.5:8.5]
		plot ${plot%, }
	END
	rm -f "$out/plot.txt"
}

study_begin
pool < <(untrained)
STEPS=$SEARCH_STEPS SAMPLES=$((SEARCH_STEPS * BATCH)) pool < <(searches)
pool < <(trainings)
pool < <(measurements)
table >"$out/paper-b.csv.tmp" && mv "$out/paper-b.csv.tmp" "$out/paper-b.csv"
{ show "$out/paper-b.csv"; echo; equal; } >"$out/paper-b.txt"
picture
cat "$out/paper-b.txt"
echo "table, CSV and picture: $out/paper-b.txt, .csv, .svg"
