#!/usr/bin/env bash
# The grid of all codes and widths at each array size (lossless = integer product), then random layers over all elaborations of at most 33 rows;
# ALL=1: of those above too, half as many again (make regress).
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
run=${BUILD:-build}/test/sweep
jobs=${JOBS:-$(nproc)}
total=0 failed=0
for args in --grid "--n $([ -n "${ALL:-}" ] && echo 420 || echo 280) --seed 1"; do
	[ -n "${ALL:-}" ] || args+=" --rows 33"
	# shellcheck disable=SC2086
	out=$($run $args --jobs "$jobs" 2>&1)
	echo "$out"
	read -r p f < <(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' <<<"$out" | tail -n 1)
	total=$((total + ${p:-0})); failed=$((failed + ${f:-1}))
done
echo "$total passed, $failed failed"
[ $failed = 0 ]
