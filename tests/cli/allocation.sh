#!/usr/bin/env bash
# Memory runs out at the n-th allocation (BITLINE_FAIL_ALLOC=n, common/mem.c): one line, exit 3, nothing half-written.
# n goes over all allocations of a command where it makes at most MOST, else over every k-th of them and each of the last LAST, in which files are written.
# MOST=0: over all (docs/fuzzing.md).
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
BITLINE=$(realpath "${BITLINE:-build/bitline}")
MOST=${MOST:-240} LAST=${LAST:-80}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 -B tests/fuzz/seeds.py "$work/seeds" || exit 1
cp configs/tiny.xml configs/digital8.xml "$work"
cd "$work" || exit 1
mkdir run
bad=0

# what is wrong with how a command ended, nothing: all is well. Files below run/ are whole: those of ref/, byte for byte
wrong() { # exit status, how the place must look: empty, or some
	local first rest
	{ IFS= read -r first; IFS= read -r rest; } <err
	[ "$1" = 3 ] || { echo "exit $1: $first"; return; }
	[[ $first =~ ^bitline:\ out\ of\ memory\ asking\ for\ [0-9]+\ elements\ of\ [0-9]+\ bytes$ ]] || { echo "says: $first"; return; }
	[ -z "$rest" ] || { echo "a second line: $rest"; return; }
	if [ "$2" = empty ]; then
		[ -z "$(find run -mindepth 1 ! -path run/out -print -quit)" ] || find run -mindepth 1 | head -n 2
	else
		diff -rq run ref 2>&1 | grep -v '^Only in ref' | head -n 2
	fi
}

# name, how the place looks after a failure (empty, some), what is there before (new, empty, full), arguments
walk() {
	local name=$1 look=$2 before=$3 total n step rc said tried=0
	shift 3
	rm -rf run ref
	mkdir run
	[ "$before" = new ] || mkdir run/out
	if ! BITLINE_FAIL_ALLOC=0 "$BITLINE" "$@" >out 2>err; then
		echo "FAIL $name: without a failure: $(head -n 1 err)"; bad=1; return
	fi
	total=$(sed -n 's/^bitline: \([0-9]*\) allocations$/\1/p' err)
	mv run ref
	step=$((MOST > 0 && total > MOST ? (total - LAST) / (MOST - LAST) + 1 : 1))
	n=1
	while [ "$n" -le "$total" ]; do
		rm -rf run
		if [ "$before" = full ]; then cp -r ref run; else mkdir run; [ "$before" = new ] || mkdir run/out; fi
		BITLINE_FAIL_ALLOC=$n "$BITLINE" "$@" >out 2>err
		rc=$?
		# libxml2's dictionaries grow by chance, so that the number of allocations is not always the same: the last few may not be there
		if [ $rc = 0 ] && [ $n -gt $((total - 60)) ] && diff -rq run ref >/dev/null; then break; fi
		said=$(wrong $rc "$look")
		if [ -n "$said" ]; then echo "FAIL $name: allocation $n of $total: $said"; bad=1; return; fi
		tried=$((tried + 1))
		if [ $n -gt $((total - LAST)) ]; then n=$((n + 1)); else n=$((n + step)); fi
	done
	# what was left must not be in the way
	if "$BITLINE" "$@" >out 2>err && diff -rq run ref >/dev/null; then
		echo "ok $name: $tried of $total allocations"
	else
		echo "FAIL $name: cannot be done after a failure: $(head -n 1 err)"; bad=1
	fi
}

walk config empty new config tiny.xml --json
walk gen-new empty new gen --config digital8.xml --out run/out
walk gen-empty empty empty gen --config digital8.xml --out run/out
walk gen-over some full gen --config digital8.xml --out run/out
walk map some new map --config tiny.xml --model seeds/safetensors/monarch-F32 --out run/out
walk checkpoint-v0 empty new map --config tiny.xml --model seeds/llama2c/v0 --json
walk checkpoint-v2 empty new map --config tiny.xml --model seeds/llama2c/v2 --json

BITLINE_FAIL_ALLOC=x "$BITLINE" config tiny.xml >out 2>err
rc=$?
if [ $rc = 2 ] && [ "$(cat err)" = "bitline: BITLINE_FAIL_ALLOC is 'x', legal 1..18446744073709551615: the allocation that fails, or 0: their number is printed" ]; then
	echo "ok wrong-number"
else
	echo "FAIL wrong-number: exit $rc: $(head -n 1 err)"; bad=1
fi
exit $bad
