#!/usr/bin/env bash
# Fuzz campaigns (docs/fuzzing.md). `make fuzz` calls it; from a build with clang:
#   fuzz.sh run               N inputs to each target, a table, exit 1 on a crash or when edges still appeared in the last quarter
#   fuzz.sh pack              few inputs with all edges seen (not: how often) -> tests/fuzz/corpus/TARGET.bin
# Environment: BUILD, N (10000000), TARGET (all), SEED (1), TIMEOUT (5 s by the clock for one input), WORK (where inputs found and logs stay, $BUILD/fuzz/work), JOBS (targets side by side, 1).
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 3
BUILD=${BUILD:-build} N=${N:-10000000} SEED=${SEED:-1} JOBS=${JOBS:-1}
WORK=${WORK:-$BUILD/fuzz/work}
all=$(sed -n 's/^TARGET(\(.*\))$/\1/p' tests/fuzz/targets.def)
targets=${TARGET:-$all}
for t in $targets; do
	grep -qx "$t" <<<"$all" || { echo "fuzz: target '$t': legal $(tr '\n' ' ' <<<"$all")" >&2; exit 2; }
	[ -x "$BUILD/fuzz/fuzz_$t" ] || { echo "fuzz: $BUILD/fuzz/fuzz_$t is not there: install clang and libclang-rt-14-dev, then make fuzz" >&2; exit 3; }
done

# longest input: as much as a small file of the format with every part in it has
longest() {
	case $1 in
	config) echo 800 ;;
	safetensors) echo 3000 ;;
	llama2c) echo 1200 ;;
	tokenizer | json) echo 1000 ;;
	thresholds) echo 460 ;;
	program) echo 600 ;;
	faults) echo 300 ;;
	*) echo 400 ;;
	esac
}

# leaks are looked for; a freed block stays poisoned for 8 MB of later ones
export ASAN_OPTIONS=malloc_context_size=4:quarantine_size_mb=8:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
# no allocation beyond 512 MB whatever a header claims, no input beyond TIMEOUT s (5) by the clock: sanitizers, a machine that does other things too
limits="-timeout=${TIMEOUT:-5} -malloc_limit_mb=512 -rss_limit_mb=2048"

first_inputs() {
	local t=$1 dir=$WORK/$1/inputs
	mkdir -p "$dir" "$WORK/seeds"
	/usr/bin/python3 tests/fuzz/seeds.py "$WORK/seeds" || return 3
	/usr/bin/python3 tests/fuzz/pack.py unpack "$WORK/seeds/$t" "tests/fuzz/corpus/$t.bin" || return 3
	cp tests/fuzz/found/"$t"-* "$WORK/seeds/$t/" 2>/dev/null
	return 0
}

run_one() {
	local t=$1 dir=$WORK/$1 rc
	first_inputs "$t" || return 3
	(
		TIMEFORMAT='cpu %U %S %R'
		# shellcheck disable=SC2086
		time "$BUILD/fuzz/fuzz_$t" -runs="$N" -seed="$SEED" -max_len="$(longest "$t")" $limits -print_final_stats=1 -artifact_prefix="$dir/crash-" "$dir/inputs" "$WORK/seeds/$t"
	) >"$dir/log" 2>&1
	rc=$?
	echo "rc $rc" >>"$dir/log"
}

# one line of the table out of a log: target, inputs, edges, input of the last new edge, inputs a second, CPU seconds, crashes, verdict
row() {
	awk -v t="$1" -v n="$N" -v found="$(find "$WORK/$1" -maxdepth 1 -name 'crash-*' ! -name 'crash-slow-unit-*' | wc -l)" '
	/^#[0-9]+\t/ { k = substr($1, 2) + 0; for (i = 2; i < NF; i++) if ($i == "cov:" && $(i + 1) > edges) { edges = $(i + 1) + 0; if ($2 != "INITED" && $2 != "READ") last = k; else last = 0 } if (k > runs) runs = k }
	/^cpu / { cpu = $2 + $3; wall = $4 }
	/^rc / { rc = $2 }
	END {
		why = "ok"
		if (rc != 0 || found + 0) why = "CRASH"
		else if (runs < n) why = "SHORT"
		else if (last > 0.75 * n) why = "GROWING"
		printf "%-12s %10d %6d %10d %8d %8.0f %7d  %s\n", t, runs, edges, last, (wall + 0 ? runs / wall : 0), cpu, found, why
		exit why != "ok"
	}' "$WORK/$1/log"
}

run() {
	local bad=0
	export -f run_one first_inputs longest
	export BUILD N SEED WORK limits
	# shellcheck disable=SC2086
	printf '%s\n' $targets | xargs -P "$JOBS" -I{} bash -c 'run_one {}'
	printf '%-12s %10s %6s %10s %8s %8s %7s\n' target inputs edges last-new inputs/s 'CPU s' crashes
	for t in $targets; do row "$t" || bad=1; done
	if [ $bad = 1 ]; then
		echo "fuzz: CRASH: input and log in $WORK/TARGET/; GROWING: edges still appeared in the last quarter, run again (what was found is kept) or with a larger N"
	fi
	return $bad
}

pack() {
	for t in $targets; do
		rm -rf "$WORK/$t/least"
		mkdir -p "$WORK/$t/least" "$WORK/$t/inputs"
		first_inputs "$t" || return 3
		# shellcheck disable=SC2086
		"$BUILD/fuzz/fuzz_$t" -merge=1 -use_counters=0 -max_len="$(longest "$t")" $limits "$WORK/$t/least" "$WORK/$t/inputs" "$WORK/seeds/$t" >"$WORK/$t/merge.log" 2>&1 || { tail -n 5 "$WORK/$t/merge.log"; return 1; }
		/usr/bin/python3 tests/fuzz/pack.py pack "$WORK/$t/least" "tests/fuzz/corpus/$t.bin" || return 3
	done
}

case ${1:-run} in
run) run ;;
pack) pack ;;
*) echo "fuzz: '$1': legal run, pack" >&2; exit 2 ;;
esac
