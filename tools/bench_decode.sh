#!/usr/bin/env bash
# Tokens per second of the embedded model: every linear layer and the head through a device, for each engine that is worth waiting for, and through golden alone.
# usage: bench_decode.sh [TOKENS]; part of `make bench`
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build} n=${1:-8} m=models/story.safetensors
field() { /usr/bin/python3 -c 'import json, sys; j = json.load(sys.stdin); print(*(j[k] for k in sys.argv[1:]))' "$@"; }

printf '\nDecoding %d tokens of %s, code by code where the engine has codes\n%-14s %-12s %10s %12s %10s %9s\n' "$n" "$m" configuration engine tokens/s clocks/token mismatches "peak MB"
for c in edge64-sm4 std256; do
	for e in verilator systemc tlm; do
		"$BUILD/bitline" cosim --engine $e --generate 1 --model $m --config configs/$c.xml --json >"$BUILD/bench_decode.json" # builds the device
		"$BUILD/bitline" cosim --engine $e --generate "$n" --model $m --config configs/$c.xml --json >"$BUILD/bench_decode.json"
		read -r s clocks bad mb < <(field seconds_per_token rtl_cycles mismatches peak_mb <"$BUILD/bench_decode.json")
		awk -v c=$c -v e=$e -v s="$s" -v k="$clocks" -v n="$n" -v b="$bad" -v mb="$mb" 'BEGIN { printf "%-14s %-12s %10.2f %12.0f %10d %9.1f\n", c, e, 1 / s, k / n, b, mb }'
	done
	t=$("$BUILD/bitline" golden --generate 200 --model $m --config configs/$c.xml --json | field tokens_per_second)
	awk -v c=$c -v s="$t" 'BEGIN { printf "%-14s %-12s %10.0f %12s %10s %9s\n", c, "golden", s, "-", "-", "-" }'
done
