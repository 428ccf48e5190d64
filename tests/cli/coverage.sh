#!/usr/bin/env bash
# Coverage (docs/coverage.md): processes that count however they end, models that count, counts that add up, holes that are found, explanations that must be true, pairs that are counted.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
B=${BITLINE:-build/bitline}
BUILD=${BUILD:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
say() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "FAIL - $2"; failed=1; [ -f "$dir/out" ] && tail -n 5 "$dir/out" | sed 's/^/# /'; fi; }
skip_without() { command -v "$1" >/dev/null || { echo "ok - coverage # SKIP no $1"; exit 0; }; }

# -- lines of C: however a process ends, with the words of make coverage
mkdir -p "$dir/c/b/obj"
cat >"$dir/c/part.c" <<'C'
#include <stdlib.h>
#include <unistd.h>
#define BUG(text) abort()
int main(int argc, char **argv)
{
	(void)argv;
	if (argc == 2)
		_exit(7);
	if (argc == 3)
		abort();
	if (argc == 4)
		execlp("true", "true", (char *)0);
	if (argc == 5)
		BUG("never");
	return 0;
}
C
root=$PWD
wraps=$(sed -n 's/.*\(-Wl,--wrap[^ ]*\).*/\1/p' mk/coverage.mk)
(cd "$dir/c" && gcc -std=c11 -D_GNU_SOURCE -c "$root/tools/gcov_ends.c" -o ends.o && gcc -std=c11 -D_GNU_SOURCE --coverage -c part.c -o b/obj/part.o && gcc --coverage "$wraps" -o part b/obj/part.o ends.o) >"$dir/out" 2>&1
say $? "a program that counts"
part() { bash -c 'cd "$0" && ulimit -c 0 && ./part "$@"; exit 0' "$dir/c" "$@" >/dev/null 2>&1; }
left() { (cd "$dir/c" && "$root/tools/gcov.py" b -v) >"$dir/out" 2>&1; sed -n 's/^part.c: .*: //p' "$dir/out"; }
(cd "$dir/c" && "$root/tools/gcov.py" b) >"$dir/out" 2>&1; [ $? = 2 ] && grep -q "nothing was counted in 'b'" "$dir/out"; say $? "nothing run, nothing counted"
part; [ "$(left)" = "8, 10, 12" ]; say $? "lines that no run took, BUG left out"
part 1; [ "$(left)" = "10, 12" ]; say $? "a process that ends with _exit"
part 1 2; [ "$(left)" = 12 ]; say $? "... with abort"
(cd "$dir/c" && "$root/tools/gcov.py" b --least 95) >"$dir/out" 2>&1; [ $? = 1 ] && grep -qE "^gcov: [0-9.]+ % of [0-9]+ lines were run, wanted are 95 % at least" "$dir/out"; say $? "too few lines"
part 1 2 3; [ -z "$(left)" ]; say $? "... by becoming another program"
(cd "$dir/c" && "$root/tools/gcov.py" b --least 95) >"$dir/out" 2>&1; say $? "enough lines"

# -- what make coverage-rtl simulates with bits counted: in another engine, which builds nothing
words=$(sed -n 's/.*--engine verilator \(--model [^>]*\) >.*/\1/p' tools/cover_rtl.sh)
for config in tiny tiny-ring; do
	# shellcheck disable=SC2086
	[ -n "$words" ] && "$B" cosim --config configs/$config.xml --engine tlm $words >"$dir/out" 2>&1; say $? "$config runs with $words"
done
skip_without verilator
/usr/bin/python3 - "$dir" <<'PY' || exit 3
import sys
import numpy as np
np.save(sys.argv[1] + "/w.npy", np.random.default_rng(7).integers(-7, 8, (3, 8)).astype(np.int8))
PY
cosim() { "$B" cosim --config configs/digital8.xml -s scheduler.program_depth=32 --matrix "$dir/w.npy" --tokens 1 "$@" >"$dir/out" 2>&1; }
times() { # how often the first block of a file was taken
	grep -ah "$1" "$dir"/counts/*.dat | grep -a 'v_line' | sed "s/.*' //" | sort -n | tail -n 1
}

# -- models that count
BITLINE_COVERAGE=$dir/counts cosim; rc=$?
say $rc "a co-simulation whose model counts lines"
[ "$(ls "$dir"/counts/*.dat | wc -l)" = 1 ] && [ "$(ls "$dir"/counts/*.xml | wc -l)" = 1 ] && ! ls "$dir"/counts/part-* >/dev/null 2>&1
say $? "one file of counts, one configuration, nothing half-written"
once=$(times cim_sequencer.sv)
BITLINE_COVERAGE=$dir/counts cosim && twice=$(times cim_sequencer.sv)
[ "$once" -gt 0 ] && [ "${twice:-0}" = $((2 * once)) ] && [ "$(ls "$dir"/counts/*.dat | wc -l)" = 1 ]
say $? "a second run adds its own: $once, then ${twice:-nothing}"
BITLINE_COVERAGE=$dir/counts cosim --stall 0.3 & BITLINE_COVERAGE=$dir/counts cosim --stall 0.3; wait
[ "$(times cim_sequencer.sv)" -gt $((3 * once)) ] && [ "$(ls "$dir"/counts/*.dat | wc -l)" = 1 ]
say $? "two at once lose nothing"
mkdir "$dir/shut" && : >"$dir/shut/file"
(BITLINE_COVERAGE=$dir/shut/file cosim) 2>/dev/null; rc=$?
[ $rc != 0 ] && grep -q "coverage: cannot write '$dir/shut/file/part-.*': BITLINE_COVERAGE names a folder that can be written" "$dir/out"
say $? "counts that cannot be written are told, and the run is none"

# -- the report, on counts made by hand: the first block of cim_fifo.sv, taken or not
"$B" gen --config configs/digital8.xml --out "$dir/emitted" >"$dir/out" 2>&1 || { say 1 "gen"; exit 1; }
fifo=rtl-templates/prim/cim_fifo.sv
text=$(grep -m1 always_ff $fifo | sed 's/^ *//') line=$(grep -nm1 always_ff $fifo | cut -d: -f1) at=$(grep -nm1 always_ff "$dir/emitted/rtl/cim_fifo.sv" | cut -d: -f1)
by_hand() { # FOLDER COUNT
	mkdir -p "$dir/$1"
	printf "# SystemC::Coverage-3\nC '\1f\2src/07/cim_fifo.sv\1l\2%d\1n\0023\1page\2v_line/cim_fifo\1o\2block\1S\2%d\1h\2top' %d\n" "$at" "$at" "$2" >"$dir/$1/a.dat"
}
report() { tools/cover_rtl.py "$@" --emitted "$dir/emitted" >"$dir/out" 2>&1; }
by_hand taken 5; by_hand never 0
report "$dir/taken"; say $? "a line that was taken is no hole"
report "$dir/never"; [ $? = 1 ] && grep -qF "HOLE      $fifo:$line: $text  [block]" "$dir/out"
say $? "one that never was is a hole, at the template's line"
cp "$dir/taken/a.dat" "$dir/never/b.dat"; report "$dir/never"; say $? "another model's count fills it"
rm "$dir/never/b.dat"
report "$dir/never" "$dir/taken"; say $? "... from another folder, too"
printf 'cim_fifo.sv | %s | because\n' "$text" >"$dir/why"
report "$dir/never" --explained "$dir/why" && grep -q "^explained .*because" "$dir/out"; say $? "an explained hole is none"
printf 'cim_fifo.sv | nothing of the kind; | because\n' >>"$dir/why"
report "$dir/never" --explained "$dir/why"; [ $? = 1 ] && grep -q "^GONE" "$dir/out"; say $? "an explanation of a line that is gone fails"
report "$dir/shut"; [ $? = 2 ] && grep -q "no .dat file in '$dir/shut': run tests with BITLINE_COVERAGE=$dir/shut first" "$dir/out"; say $? "nothing counted is no coverage"
sed -i '$d' "$dir/emitted/rtl/cim_fifo.sv"; report "$dir/taken"; [ $? = 2 ] && grep -q "emit it anew" "$dir/out"; say $? "an emitted directory of other templates is refused"
# -- pairs
one=$("$BUILD/test/pairs" --report "$dir/counts" | sed -nE 's/.*; ([0-9]+) of ([0-9]+) legal pairs.*/\1 \2/p')
[ "${one% *}" -gt 500 ] && [ "${one% *}" -lt 1000 ] && [ "${one#* }" -gt 5000 ]; say $? "pairs of one configuration, of all: $one"
none=$("$BUILD/test/pairs" --report "$dir/taken" | tail -n 1)
grep -q '; 0 of' <<<"$none"; say $? "no configuration, no pair"
"$BUILD/test/pairs" --report "$dir/nowhere" >"$dir/out" 2>&1; [ $? = 2 ] && grep -q "cannot read '$dir/nowhere'" "$dir/out"; say $? "no such folder"
exit $failed
