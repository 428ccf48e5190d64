#!/bin/bash
# A slice of the fault campaign for `make test`, and the campaign's own test: a core whose guard is deaf to upsets must fail it.
# SPDX-License-Identifier: Apache-2.0
here=$(cd "$(dirname "$0")" && pwd) root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-$root/${BUILD:-build}/faults/quick}
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 3
bitline=$(realpath "${BITLINE:-$root/${BUILD:-build}/bitline}") || exit 3
. "$here/lib.bash"
skip_without campaign_quick yosys verilator python3
verilated_plain || exit 3
slice() { # NAME COUNT gen's options...
	local n=$1 count=$2
	shift 2
	fault_emit "$n" "$@" && fault_build "$n" campaign -O0 && "$out/$n/campaign" "$count" 1 >"$out/$n.txt" 2>&1
	local rc=$?
	[ $rc = 0 ] || grep -E '^(BAD|FAIL)' "$out/$n.txt" | head -5
	result $rc "campaign_$n $count injections, seed 1"
}
deaf() { # no upset reaches the guard: flips of state registers must show as hangs or silent
	fault_emit deaf --config "$root/configs/tiny.xml" || return 1
	local core=$out/deaf/emitted/rtl/cim_core.sv
	sed -i -E 's/(\.upset_i +)\(control_upset \|\| tiles_upset \|\| in_upset\)/\1(1'"'"'b0)/' "$core"
	grep -q "upset_i *(1'b0)" "$core" || { echo "cim_core.sv has no upset to disconnect"; return 1; }
	fault_build deaf campaign -O0 || return 1
	"$out/deaf/campaign" 40 1 0 0 >"$out/deaf.txt" 2>&1
	[ $? = 1 ] && grep -qE '^BAD .*(hang|silent|no verdict)' "$out/deaf.txt"
}
slice tiny 150 --config "$root/configs/tiny.xml" >"$out/a" &
if [ -n "${ALL:-}" ]; then slice pair 60 --config "$root/configs/tiny-pair.xml"; fi >"$out/b" &
deaf >"$out/c"
result $? "campaign_notices_a_deaf_guard" >>"$out/c"
wait
cat "$out/a" "$out/b" "$out/c"
! grep -q '^FAIL' "$out/a" "$out/b" "$out/c"
