# Shared by the studies that tune models (tools/paper_c.sh, tools/paper_b_accuracy.sh): options, points that are files, a pool of jobs.
# A point is one run of bitline: $out/points/NAME.json is what it printed, NAME.key what decided it (command, options, SHA-256 of every file it read).
# A point whose key is still the same is not run again, so an interrupted study goes on where it stopped; a training inside it goes on from its saved state.
# SPDX-License-Identifier: Apache-2.0
BUILD=${BUILD:-build}
BITLINE=${BITLINE:-$BUILD/bitline}
CONFIG=${CONFIG:-configs/edge64.xml}
GRID=${GRID:-full}
BATCH=${BATCH:-8} SEED=${SEED:-1}
JOBS=${JOBS:-$(nproc)} # points at a time, one thread each: the result does not depend on it
shared=../shared/models
# one point, one thread, also inside OpenBLAS
export OMP_NUM_THREADS=1 LC_ALL=C

die() { # exit status, message
	echo "$study: $2" >&2
	exit "$1"
}

whole() { # name, value, least
	[[ $2 =~ ^[0-9]{1,9}$ ]] && [ "$2" -ge "$3" ] || die 2 "$1='$2', legal is a whole number of at least $3"
}

readable() { # name, path
	[ -f "$2" ] && [ -r "$2" ] || die 2 "$1='$2' is not a file that can be read; name one"
}

# the only file of a pattern, or nothing
only() {
	[ $# = 1 ] && [ -f "$1" ] && echo "$1" || true
}

# the model of the repository, else the shared student
default_model() {
	local own
	own=$(only models/*.safetensors)
	echo "${own:-$shared/students/monarch_b4.safetensors}"
}

default_teacher() {
	[ "$MODEL" = $shared/students/monarch_b4.safetensors ] && echo $shared/stories260K/stories260K.bin || echo "$MODEL" # the model itself, in floats
}

default_tokenizer() {
	local at dir
	dir=$(dirname "$MODEL")
	for at in "$dir/tok512.bin" "$dir/../stories260K/tok512.bin"; do
		[ -f "$at" ] && { echo "$at"; return; }
	done
	only "$dir"/tok*.bin
}

# Evaluation text: the shared stories for a model of theirs, else stories that the grammar tells with another seed than training's
default_text() {
	if [[ $MODEL == $shared/* ]]; then
		echo $shared/eval/stories-1-3.txt
	else
		"$BITLINE" stories --n 40 --seed 900001 --out "$out/held-out.txt" >/dev/null || die $? "cannot write '$out/held-out.txt'"
		echo "$out/held-out.txt"
	fi
}

# As long as a story of the evaluation: what was never trained at a position is worse there. Never longer than the context, where a safetensors file says it.
default_length() {
	{ head -c 65536 "$TEACHER" "$MODEL" | grep -aoE '"seq_len": *"[0-9]+"' | grep -oE '[0-9]+' || true; echo 288; } | sort -n | head -n 1
}

study_setup() { # name of the study, default STEPS
	study=$1
	out=$BUILD/$study
	STEPS=${STEPS:-$2}
	[ -x "$BITLINE" ] || die 3 "'$BITLINE' is not there; run make"
	case $GRID in quick | full) ;; *) die 2 "GRID='$GRID', legal: quick, full" ;; esac
	local n
	for n in STEPS BATCH JOBS; do whole $n "${!n}" 1; done
	SAMPLES=${SAMPLES:-$((STEPS * BATCH))} # no sequence twice: a small set is learnt by heart
	whole SAMPLES "$SAMPLES" 1
	whole SEED "$SEED" 0
	MODEL=${MODEL:-$(default_model)}
	readable MODEL "$MODEL"
	mkdir -p "$out/points" || die 3 "cannot make '$out/points'"
	TEACHER=${TEACHER:-$(default_teacher)}
	readable TEACHER "$TEACHER"
	LENGTH=${LENGTH:-$(default_length)}
	whole LENGTH "$LENGTH" 2
	TOKENIZER=${TOKENIZER:-$(default_tokenizer)}
	[ -n "$TOKENIZER" ] || die 2 "no tokenizer beside '$MODEL'; name it with TOKENIZER=FILE"
	readable TOKENIZER "$TOKENIZER"
	TEXT=${TEXT:-$(default_text)}
	readable TEXT "$TEXT"
	readable CONFIG "$CONFIG"
	rm -f "$out/failed"
	sha_tokenizer=$(sha "$TOKENIZER") sha_text=$(sha "$TEXT") sha_teacher=$(sha "$TEACHER") sha_config=$(sha "$CONFIG") sha_model=$(sha "$MODEL")
}

# when all options are checked
study_begin() {
	echo "$study: model $MODEL, teacher $TEACHER, text $TEXT, $STEPS steps of $BATCH x $LENGTH tokens, grid $GRID, $JOBS at a time; everything is kept in $out" >&2
}

sha() { sha256sum <"$1" | cut -c1-64; }

# settings "a=1 b=2" as options
options() {
	local s
	for s; do printf -- '-s\n%s\n' "$s"; done
}

# point NAME KEY COMMAND...
point() {
	local name=$1 at=$out/points/$1 key=$2 rc=0
	shift 2
	if [ "$(cat "$at.key" 2>/dev/null)" != "$key" ]; then
		rm -f "$at.json" "$at.state" "$at.safetensors"
		printf '%s' "$key" >"$at.key"
	fi
	[ -e "$at.json" ] && return
	"$@" >"$at.tmp" 2>"$at.log" &
	trap "kill $! 2>/dev/null" TERM # the study was told to end
	wait $! || rc=$?
	if [ $rc != 0 ]; then
		echo "$rc $name: $(tail -n 1 "$at.log")" >>"$out/failed"
		return
	fi
	mv "$at.tmp" "$at.json"
	rm -f "$at.state"
	echo "$study: $name" >&2
}

# measure NAME MODEL TEXT SETTING...: perplexity of a model through the read-out
measure() {
	local name=$1 model=$2 text=$3 opts
	shift 3
	mapfile -t opts < <(options "$@")
	point "$name" "golden model $(sha "$model") tokenizer $sha_tokenizer text $(sha "$text") config $sha_config $*" \
		"$BITLINE" golden --model "$model" --tokenizer "$TOKENIZER" --text "$text" --config "$CONFIG" "${opts[@]}" --json
}

# tune NAME RATE DRAWS SETTING...: the model trained through the read-out, as points/NAME.safetensors
tune() {
	local name=$1 rate=$2 draws=$3 opts
	shift 3
	mapfile -t opts < <(options "$@")
	point "$name" "train model $sha_model teacher $sha_teacher tokenizer $sha_tokenizer config $sha_config samples $SAMPLES steps $STEPS batch $BATCH length $LENGTH rate $rate seed $SEED draws $draws $*" \
		"$BITLINE" train --model "$MODEL" --teacher "$TEACHER" --tokenizer "$TOKENIZER" --samples "$SAMPLES" --sample-length "$LENGTH" --length "$LENGTH" --steps "$STEPS" --batch "$BATCH" \
		--rate "$rate" --seed "$SEED" --config "$CONFIG" "${opts[@]}" --draws "$draws" --threads 1 --state "$out/points/$name.state" --save-every 25 --resume --out "$out/points/$name.safetensors" --json
}

# lines of standard input, each a command of this shell, JOBS at a time; no new one after a failure
pool() {
	local lines line
	mapfile -t lines
	trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
	for line in "${lines[@]}"; do
		while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n || true; done
		[ -e "$out/failed" ] && break
		$line &
	done
	wait
	[ ! -e "$out/failed" ] || die "$(head -n 1 "$out/failed" | cut -d ' ' -f 1)" "$(head -n 1 "$out/failed" | cut -d ' ' -f 2-)"
}

# field of a point: field NAME KEY
field() { sed -nE "s/^ \"$2\": ([^,]*),?$/\1/p" "$out/points/$1.json"; }

# tokens that a training run saw: sequences are of about the same length
tokens_of() { awk -v t="$(field "$1" tokens)" -v s="$(field "$1" sequences)" -v n=$((STEPS * BATCH)) 'BEGIN { printf "%.0f", t / s * n }'; }

# a CSV file as a table with columns
show() {
	awk -F , 'NR == FNR { for (i = 1; i <= NF; i++) if (length($i) > w[i]) w[i] = length($i); next }
		{ for (i = 1; i <= NF; i++) printf "%*s%s", w[i], $i, i < NF ? "  " : "\n" }' "$1" "$1"
}
