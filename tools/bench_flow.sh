#!/usr/bin/env bash
# make bench-flow: the emitted controllers beside those of others: cells, area, clocks of a conversion, codes; and the highest clock of every one, with its limit.
# Cells, area, clock: tools/synth_adc.sh, osu018 typical, before layout. Codes: tests/rtl/run_adc.sh, every converter in a closed loop over all counts.
# Exit status 1: below the limit, or a code is wrong. 3: a tool is missing.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
. tools/adc_peers.sh
limit=200 # MHz
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
status=0
kinds="sar asymmetric hybrid hybrid-ones stochastic flash flash-ones"

"$BUILD/bitline" adc --reference local --bits 3..12 $(printf -- '--kind %s ' $kinds encoder encoder-ones) --json >"$out/adc.json" || exit $?
# JSON -> KIND BITS CLOCKS CELLS AREA NS
awk '
	{ gsub(/[",]/, "") }
	$1 == "kind:" { kind = $2; clocks = "-" }
	$1 == "bits:" { bits = $2 }
	$1 == "clocks:" { clocks = $2 }
	$1 == "cells:" && $2 != "{" { cells = $2 }
	$1 == "area:" { area = $2 }
	$1 == "period_ns:" { print kind, bits, clocks, cells, area, $2 }' "$out/adc.json" >"$out/rows"
[ -s "$out/rows" ] || { echo "bench-flow: bitline adc gave no cells" >&2; exit 1; }
row() { awk -v kind="$1" -v bits="$2" -v n="$3" '$1 == kind && $2 == bits { print $n; found = 1 } END { exit !found }' "$out/rows" || echo -; }
mhz() { awk -v ns="$1" 'BEGIN { if (ns + 0 > 0) printf "%.0f", 1000 / ns; else print "-" }'; }

codes="tests/rtl/run_adc.sh was not run (CODES=0)" right=untested
if [ "${CODES:-1}" != 0 ]; then
	if BUILD=$BUILD bash tests/rtl/run_adc.sh >"$out/codes" 2>&1; then right=yes; else right=NO status=1; fi
	codes="tests/rtl/run_adc.sh: $(tail -n 1 "$out/codes")"
fi
echo "osu018 typical, one lane, wires weigh nothing; $codes"
printf '%-42s %4s %6s %7s %8s %5s  %s\n' controller bits cells area clocks MHz "all codes right"
line() { printf '%-42s %4s %6s %7s %8s %5s  %s\n' "$@"; }
ours() { line "  ours, $1" "$2" "$(row "$1" "$2" 4)" "$(row "$1" "$2" 5 | sed 's/\..*//')" "$(row "$1" "$2" 3)" "$(mhz "$(row "$1" "$2" 6)")" "$right"; }
while IFS='|' read -r name bits cells area clocks good; do
	line "$name" "$bits" "$cells" "$area" "$clocks" - "$good"
	case $name in
	*encoder*) ours encoder "$bits"; ours encoder-ones "$bits" ;;
	*) ours sar "$bits" ;;
	esac
done <<<"$adc_peers"

echo
echo "highest clock, MHz; limit $limit"
printf '%-14s' bits; printf '%6d' {3..12}; echo
for kind in $kinds; do
	printf '%-14s' "$kind"
	low=
	for bits in {3..12}; do
		f=$(mhz "$(row "$kind" "$bits" 6)")
		printf '%6s' "$f"
		[ "$f" = - ] || [ "$f" -ge $limit ] || low+=" $bits"
	done
	case $kind in
	flash*) echo "${low:+  no limit: a count of 2^B - 1 answers within a clock;$low bits below $limit}" ;; # no search, hence no SAR
	*) if [ -n "$low" ]; then echo "  BELOW THE LIMIT at$low bits"; status=1; else echo "  met"; fi ;;
	esac
done
[ "$(awk '$1 == "sar"' "$out/rows" | wc -l)" = 10 ] || { echo "bench-flow: widths of sar are missing: $(awk '$1 == "sar" { print $2 }' "$out/rows" | tr '\n' ' ')" >&2; status=1; }

echo
echo "sequencer of a configuration: cells, flip-flops, area, MHz"
cases=() names=()
for config in digital8 digital64 edge64 std256 tiny-ring; do
	"$BUILD/bitline" gen --config "configs/$config.xml" --with sta --out "$out/$config" >/dev/null || exit $?
	cases+=("$(. "$out/$config/flow/design.sh" && echo "$BLOCK_sequencer")") names+=("$config")
done
printf '%s\n' "${cases[@]}" | bash tools/synth_adc.sh rtl-templates/sched "${BITLINE_CACHE:-$BUILD}/sequencer" >"$out/sequencer" 2>"$out/log" || { grep -v '^done' "$out/log" >&2; exit 3; }
i=0
while read -r cells flops area ns _; do
	f=$(mhz "$ns") verdict=met
	[ "$f" -ge $limit ] || { verdict="BELOW THE LIMIT"; status=1; }
	printf '%-14s %6s %6s %8s %6s  %s\n' "${names[i]}" "$cells" "$flops" "$area" "$f" "$verdict"
	i=$((i + 1))
done <"$out/sequencer"
[ $i = ${#names[@]} ] || { echo "bench-flow: $i of ${#names[@]} sequencers" >&2; status=1; }
exit $status
