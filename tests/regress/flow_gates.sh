#!/usr/bin/env bash
# The long hand-off checks of Yosys: a real layer on mapped netlists, with the golden model; a broken netlist is seen.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
BITLINE=${BITLINE:-$BUILD/bitline}
export BUILD BITLINE
dir=$BUILD/test/flow_gates
model=../shared/models/students/monarch_b4.safetensors
rm -rf "$dir"
mkdir -p "$dir"
fails=0
[ -r "$model" ] || { echo "ok flow_gates # SKIP $model is not there"; exit $fails; }

# NAME CONFIG OVERRIDES...
gates() {
	local name=$1 config=$2 options=() s
	shift 2
	for s; do options+=(-s "$s"); done
	"$BITLINE" gen --config "configs/$config.xml" "${options[@]}" --with yosys --out "$dir/$name" >/dev/null &&
		bash "$dir/$name/flow/yosys/run.sh" --gates >"$dir/$name.log" 2>&1 || { echo "FAIL $name: $(tail -n 1 "$dir/$name.log")"; fails=1; return 1; }
}
run() { # DIR LOG
	"$BITLINE" cosim --config "$1/config.xml" --rtl "$1" --no-probes --model "$model" --layers 0.wq --tokens 1 >"$2" 2>&1
}
layer() { # NAME
	local g=$dir/$1/work/yosys-top-osu018/gates
	if run "$g" "$dir/$1.log" && grep -q ' 0 mismatches' "$dir/$1.log"; then echo "ok $1: $(grep '^compared' "$dir/$1.log")"; else echo "FAIL $1: $(tail -n 1 "$dir/$1.log")"; fails=1; fi
}
if gates digital8 digital8 scheduler.program_depth=32 scheduler.activation_depth=128 scheduler.accumulator_depth=64 scheduler.channel_depth=64; then
	layer digital8
	# an exclusive or next to the drain's registers becomes its complement
	b=$dir/broken
	cp -r "$dir/digital8/work/yosys-top-osu018/gates" "$b"
	sed -i '0,/u_drain.* ^ /{/u_drain.* ^ /s/ ^ / ~^ /}' "$b/netlist.v"
	if cmp -s "$b/netlist.v" "$dir/digital8/work/yosys-top-osu018/gates/netlist.v"; then echo "FAIL broken: nothing was broken"; fails=1
	elif run "$b" "$dir/broken.log"; then echo "FAIL broken: no mismatch"; fails=1
	elif [ $? = 1 ]; then echo "ok broken: $(grep -m 1 "layer '0.wq'" "$dir/broken.log")"
	else echo "FAIL broken: $(tail -n 1 "$dir/broken.log")"; fails=1; fi
fi
gates digital64 digital64 && layer digital64
exit $fails
