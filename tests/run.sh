#!/usr/bin/env bash
# Runs test suites side by side and adds them up. A suite is a program; it prints `ok ...` / `not ok ...` / `FAIL ...` lines
# (`# SKIP why` on a skipped one), or ends with its own line `N passed, N failed[, N skipped]`, which then counts instead.
# A suite that fails without saying what counts as one failure. Logs: $BUILD/test/log/. One suite alone: tests/run.sh NAME...
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
export BUILD BITLINE=${BITLINE:-$BUILD/bitline} CMOCKA_MESSAGE_OUTPUT=TAP
jobs=${JOBS:-$(($(nproc) + 1))} # some wait for clocks or for one tool of theirs
log=$BUILD/test/log
rm -rf "$log"
mkdir -p "$log"

suites() { # a name may come twice, the first counts
	# the longest suites first, so that nothing waits for them at the end
	for t in tests/repo/docs.sh tests/rtl/run_*.sh tests/cosim/*.sh tests/faults/*.sh tests/formal/*/run.sh tests/flow/*.sh tests/cli/*.sh tests/repo/*.sh tests/fuzz/*.sh tests/mutate/*.sh tests/numerics/check.py; do
		[ -f "$t" ] && echo "$t"
	done
	for t in tests/unit/test_*.c; do echo "$BUILD/test/$(basename "$t" .c)"; done
}
# `make regress` runs those that take longer
if [ "${1:-}" != regress ]; then export BITLINE_CXXFLAGS=${BITLINE_CXXFLAGS--O0}; fi # devices run for moments here: compiling them is most of the time
if [ "${1:-}" = regress ]; then list=$(ls tests/regress/*.sh | sort)
elif [ $# -gt 0 ]; then list=$(printf '%s\n' "$@"); else list=$(suites | awk '!seen[$0]++'); fi

run_one() {
	local s=$1 name out rc t0=$SECONDS
	name=${s#"$BUILD/test/"} name=${name#tests/} name=${name%.*} name=${name%/run} name=${name//\//_} # cosim_clocks, faults_clocks: no two share a log
	out=$log/$name.log
	case $s in
	*.py) /usr/bin/python3 "$s" >"$out" 2>&1 ;;
	*.sh) bash "$s" >"$out" 2>&1 ;;
	*) "$s" >"$out" 2>&1 ;;
	esac
	rc=$?
	local p f k last cpu
	times >"$log/$name.cpu" # of what this shell started: not in a subshell, which would start anew
	cpu=$(awk 'NR == 2 { split($1, u, "[ms]"); split($2, s, "[ms]"); printf "%d", 60 * (u[1] + s[1]) + u[2] + s[2] }' "$log/$name.cpu")
	last=$(grep -aE '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$out" | tail -n 1)
	if [ -n "$last" ]; then
		read -r p f k < <(sed -E 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 \4/' <<<"$last")
	else
		# cmocka says `not ok N # SKIP name` of a skipped test
		k=$(grep -acE '^(not )?ok\b.*# SKIP' "$out"); p=$(grep -aE '^ok\b' "$out" | grep -acv '# SKIP'); f=$(grep -aE '^(not ok|FAIL)\b' "$out" | grep -acv '# SKIP')
	fi
	if [ $rc -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
	if [ $rc -eq 0 ] && [ $((p + f + ${k:-0})) -eq 0 ]; then f=1; echo "FAIL $name ran no test" >>"$out"; fi
	echo "$p $f ${k:-0}" >"$log/$name.sum"
	printf '%-4s %-32s %5d passed %3d failed %3d skipped  %4d s %5d CPU s\n' "$([ "$f" = 0 ] && echo ok || echo FAIL)" "$name" "$p" "$f" "${k:-0}" $((SECONDS - t0)) "$cpu"
	grep -ahE '# SKIP' "$out" | sort -u | sed -E 's/^(not )?ok *[0-9]* *-? *//; s/# SKIP *//; s/^/       skipped: /'
	if [ "$f" != 0 ]; then grep -ahE '^(not ok|FAIL)\b' "$out" | grep -av '# SKIP' | head -n 12 | sed 's/^/       /'; echo "       log: $out"; tail -n 5 "$out" | sed 's/^/       | /'; fi
}
export -f run_one
export log
# what all devices share (Verilator's run-time library, compiled headers, the SystemC bench) is in the cache before several suites want it at once
warm() { for e in verilator systemc; do "$BITLINE" cosim --engine $e --config configs/tiny.xml --model shapes:stories260k --layers 0.attn.q --tokens 1; done; }
if [ $# = 0 ]; then warm >"$log/warm.txt" 2>&1 & fi
printf '%s\n' "$list" | xargs -P "$jobs" -I{} bash -c 'run_one {}'
awk '{p+=$1; f+=$2; k+=$3} END {s = k ? sprintf(", %d skipped", k) : ""; printf "%d passed, %d failed%s\n", p, f, s; exit f > 0}' "$log"/*.sum
