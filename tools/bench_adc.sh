#!/usr/bin/env bash
# make bench-adc: area of the emitted converter controllers beside controllers of others, as ratios, and the whole family at one width.
# Figures of others: adc_peers.sh. Exit status 1: a limit is exceeded.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
. tools/adc_peers.sh
out=$(mktemp)
trap 'rm -f "$out"' EXIT

"$BUILD/bitline" adc --reference local --bits 3..12 --kind sar --kind encoder --kind encoder-ones >"$out"
# KIND BITS -> area of its row
area() { awk -v kind="$1" -v bits="$2" '$1 == kind && $2 == bits { print kind ~ /^encoder/ ? $5 : $15 }' "$out"; }
clocks() { awk -v bits="$1" '$1 == "sar" && $2 == bits { print $5 }' "$out"; }

status=0
# what, ours, theirs, limit in percent (0: none), name of theirs, what differs
line() {
	local percent verdict=""
	percent=$(awk -v a="$2" -v b="$3" 'BEGIN { printf "%.1f", 100 * a / b }')
	if [ "$4" != 0 ]; then
		verdict=", limit $4 %: met"
		awk -v p="$percent" -v l="$4" 'BEGIN { exit !(p >= l) }' && { verdict=", limit $4 %: EXCEEDED"; status=1; }
	fi
	printf '%-34s %7s of %6s = %5s %%%s\n    %s; %s\n' "$1" "$2" "$3" "$percent" "$verdict" "$5" "$6"
}
echo "area in liberty units of osu018 (one lane, clock and reset included; abc may add buffers for 0.05 pF loads)"
line "sar, 8 bits" "$(area sar 8)" "$(peer area agorararmard)" 60 "agorararmard SAR, 8 bits" "theirs: 13 clocks in the mean, one code of 256 never ends. Ours: 1..8 bits and 1..255 clocks a comparison at run time, $(clocks 8) clocks, lane enables, rounds back to back"
line "sar, 10 bits" "$(area sar 10)" "$(peer area youssef47048)" 60 "youssef47048 SAR, 10 bits" "theirs: 35 clocks. Ours: as above, $(clocks 10) clocks"
line "sar, 12 bits" "$(area sar 12)" "$(peer area SKY130_SAR-ADC)" 0 "SKY130_SAR-ADC core, 12 bits" "theirs: fixed width, non-binary weights, 16 clocks. Ours: binary, $(clocks 12) clocks"
line "flash encoder, 8 bits, majority" "$(area encoder 8)" "$(peer area FLASHADC)" 100 "FLASHADC encoder, 8 bits" "theirs fails its own test bench. Ours: every single bubble two or more from the edge is corrected, any pattern ends in a code"
line "flash encoder, 8 bits, ones" "$(area encoder-ones 8)" "$(peer area FLASHADC)" 0 "FLASHADC encoder, 8 bits" "ours: counts the ones, off by one for every wrong answer"
line "flash encoder, 3 bits, majority" "$(area encoder 3)" "$(peer area "Gior-gio flash encoder")" 0 "Gior-gio flash encoder, 3 bits" "theirs: any bubble gives 0"
line "flash encoder, 3 bits, ones" "$(area encoder-ones 3)" "$(peer area "Gior-gio flash encoder")" 0 "Gior-gio flash encoder, 3 bits" "as above"
echo
"$BUILD/bitline" adc --bits 5
exit $status
