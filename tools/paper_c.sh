#!/usr/bin/env bash
# make paper-c: converters that are never calibrated, and what training through them gives back (docs/studies.md): perplexity over resolutions, strengths of mismatch
# and draws of it: ideal, uncalibrated, tuned on that very draw, tuned on fresh draws. Table, CSV and plot in build/paper-c.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tools/study_common.sh
. tools/study_common.sh
RATE=${RATE:-3e-3}
study_setup paper-c 400

# what every point has: magnitudes, half-way thresholds (an offset below half a count changes nothing), binary capacitor arrays
base=${BASE:-numbers.weight_code=sm numbers.input_code=sm readout.rounding=nearest nonideal.dac=binary}
if [ $GRID = quick ]; then
	BITS=${BITS:-4} STRENGTHS=${STRENGTHS:-800} SEEDS=${SEEDS:-1} UNSEEN=${UNSEEN:-101 102 103}
else
	BITS=${BITS:-3 4} STRENGTHS=${STRENGTHS:-800 0:0:300000 200:150000:50000:500} SEEDS=${SEEDS:-1 2} UNSEEN=${UNSEEN:-101 102 103 104}
fi
fresh_seed=1000000000 # fresh draws are those of seeds above it
for s in $SEEDS $UNSEEN; do
	whole "SEEDS or UNSEEN" "$s" 0
	[ "$s" -lt $fresh_seed ] || die 2 "seed $s of a draw, legal is below $fresh_seed: those above are the fresh draws of training"
done
for b in $BITS; do whole BITS "$b" 1; done

settings() { # strength offset[:capacitor[:gain[:inl]]] -> settings
	local offset capacitor gain inl
	IFS=: read -r offset capacitor gain inl <<<"$1"
	echo "nonideal.offset=${offset:-0} nonideal.capacitor=${capacitor:-0} nonideal.gain=${gain:-0} nonideal.inl=${inl:-0}"
}
for s in $STRENGTHS; do
	[[ $s =~ ^[0-9]+(:[0-9]+){0,3}$ ]] || die 2 "strength '$s', legal is OFFSET[:CAPACITOR[:GAIN[:INL]]] in the units of nonideal"
done
name() { echo "b$1-${2//:/_}"; } # bits, strength
tuned() { echo "$out/points/$1.safetensors"; }

# first everything that is trained, then everything that is measured
trainings() {
	local b s seed
	for b in $BITS; do
		echo "tune b$b-ideal-tuned $RATE fixed $base readout.bits=$b"
		for s in $STRENGTHS; do
			echo "tune $(name "$b" "$s")-fresh $RATE fresh $base readout.bits=$b $(settings "$s") nonideal.seed=$fresh_seed"
			for seed in $SEEDS; do echo "tune $(name "$b" "$s")-fixed$seed $RATE fixed $base readout.bits=$b $(settings "$s") nonideal.seed=$seed"; done
		done
	done
}
measurements() {
	local b s seed draw point how
	for b in $BITS; do
		how="$base readout.bits=$b"
		echo "measure b$b-ideal $MODEL $TEXT $how"
		echo "measure b$b-ideal-tuned-at-ideal $(tuned "b$b-ideal-tuned") $TEXT $how"
		for s in $STRENGTHS; do
			point=$(name "$b" "$s")
			for draw in $SEEDS $UNSEEN; do
				echo "measure $point-at$draw $MODEL $TEXT $how $(settings "$s") nonideal.seed=$draw"
				echo "measure $point-fresh-at$draw $(tuned "$point-fresh") $TEXT $how $(settings "$s") nonideal.seed=$draw"
			done
			for seed in $SEEDS; do
				for draw in $seed $UNSEEN; do
					echo "measure $point-fixed$seed-at$draw $(tuned "$point-fixed$seed") $TEXT $how $(settings "$s") nonideal.seed=$draw"
				done
			done
		done
	done
}

# One row: what was trained (fixed: on the draw of its seed; fresh), judged on one draw
row() { # bits, strength, tuning, seed of its draw or -, point of the tuned model, draw, whose
	local b=$1 s=$2 how=$3 seed=$4 model=$5 draw=$6 whose=$7 offset capacitor gain inl
	IFS=: read -r offset capacitor gain inl <<<"$s"
	awk -v ideal="$(field "b$b-ideal" perplexity)" -v same="$(field "b$b-ideal-tuned-at-ideal" perplexity)" -v bent="$(field "$(name "$b" "$s")-at$draw" perplexity)" \
		-v tuned="$(field "$model-at$draw" perplexity)" -v tokens="$(tokens_of "$model")" -v cpu="$(field "$model" cpu_seconds)" \
		-v head="$b,${offset:-0},${capacitor:-0},${gain:-0},${inl:-0},$how,$seed,$draw,$whose" '
		# the share of what the bent tables took away, in logarithms, that is back; - where they took nothing
		function share(from, to, now) { return from > 1.01 * to ? sprintf("%.1f", 100 * (log(from) - log(now)) / (log(from) - log(to))) : "-" }
		BEGIN { printf "%s,%.6g,%.6g,%.6g,%.6g,%s,%s,%d,%.1f\n", head, ideal, same, bent, tuned, share(bent, ideal, tuned), share(bent, same, tuned), tokens, cpu }'
}
table() {
	local b s seed draw point
	echo "bits,offset,capacitor,gain,inl,tuning,seed,draw,whose,ideal,ideal_tuned,uncalibrated,tuned,recovered,recovered_of_tuned,tokens,cpu_s"
	for b in $BITS; do
		for s in $STRENGTHS; do
			point=$(name "$b" "$s")
			for seed in $SEEDS; do
				row "$b" "$s" fixed "$seed" "$point-fixed$seed" "$seed" own
				for draw in $UNSEEN; do row "$b" "$s" fixed "$seed" "$point-fixed$seed" "$draw" unseen; done
			done
			for draw in $SEEDS $UNSEEN; do row "$b" "$s" fresh - "$point-fresh" "$draw" unseen; done
		done
	done
}

summary() {
	awk -F , '
		NR > 1 && $12 >= 2 * $10 {
			k = $6 == "fresh" ? 3 : $9 == "own" ? 1 : 2
			n[k]++; sum[k] += $14; strict[k] += $15
			lost[k] += log($12) - log($10); back[k] += log($12) - log($13)
			if (n[k] == 1 || $14 < least[k]) least[k] = $14
			met[k] += $14 >= 90
		}
		BEGIN {
			what[1] = "tuned on these very converters      "
			what[2] = "tuned on others, drawn once         "
			what[3] = "tuned on fresh draws, judged on more"
		}
		END {
			print "recovered share of ln perplexity, where the loss is at least 2 x perplexity:"
			for (k = 1; k <= 3; k++)
				if (n[k]) printf "  %s  together %6.1f %%, mean %6.1f %%, least %6.1f %%, 90 %% met by %d of %d; mean of what an ideal converter trained as long has: %.1f %%\n", what[k], 100 * back[k] / lost[k], sum[k] / n[k], least[k], met[k], n[k], strict[k] / n[k]
				else printf "  %s  no such point in this grid\n", what[k]
		}' "$1"
}

picture() {
	command -v gnuplot >/dev/null || { echo "paper-c: no picture: gnuplot is missing (apt-get install gnuplot-nox)" >&2; return; }
	# a place for every (bits, strength, draw); a figure for each of the four
	awk -F , 'NR > 1 {
			k = $1 " bits, " $2 ":" $3 ":" $4 ":" $5 ", draw " $8
			if (!(k in at)) { at[k] = ++n; label[n] = k }
			i = at[k]; ideal[i] = $10; bent[i] = $12
			if ($6 == "fresh") fresh[i] = $13; else if ($9 == "own") own[i] = $13; else if (!(i in other)) other[i] = $13
		}
		function or(v) { return v == "" ? "?" : v }
		END { for (i = 1; i <= n; i++) printf "%d \"%s\" %s %s %s %s %s\n", i, label[i], ideal[i], bent[i], or(own[i]), or(other[i]), or(fresh[i]) }' "$out/paper-c.csv" >"$out/plot.txt"
	gnuplot <<-END
		set terminal svg size 1100,700 background "white" noenhanced
		set output "$out/paper-c.svg"
		set title "perplexity; labels: bits, offset:capacitor:gain:inl, draw"
		set datafile missing "?"
		set logscale y
		set grid y
		set key outside bottom center horizontal
		set xtics rotate by -60 font ",8"
		set bmargin 16
		set ylabel "perplexity"
		plot "$out/plot.txt" using 1:3:xtic(2) with points pt 5 lc "gray" title "ideal", "" using 1:4 with points pt 2 lc "red" title "uncalibrated", \
			"" using 1:5 with points pt 7 lc "blue" title "tuned on this draw", "" using 1:6 with points pt 6 lc "blue" title "tuned on another draw", \
			"" using 1:7 with points pt 9 lc "dark-green" title "tuned on fresh draws"
	END
}

study_begin
pool < <(trainings)
pool < <(measurements)
table >"$out/paper-c.csv.tmp" && mv "$out/paper-c.csv.tmp" "$out/paper-c.csv"
{ show "$out/paper-c.csv"; echo; summary "$out/paper-c.csv"; } >"$out/paper-c.txt"
picture
cat "$out/paper-c.txt"
echo "table, CSV and picture: $out/paper-c.txt, .csv, .svg"
