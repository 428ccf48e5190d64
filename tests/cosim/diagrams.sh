#!/usr/bin/env bash
# The timing diagrams of docs/waves: every lane is what the RTL does, under Icarus, whose waveform is text; every SVG is what its source says.
# usage: tests/cosim/diagrams.sh [record] [NAME ...]    record: write what is seen into docs/waves/NAME.json, then draw
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
B=${BITLINE:-${BUILD:-build}/bitline}
py=(/usr/bin/python3 -B tests/cosim/diagrams.py)
what=check
[ "${1:-}" = record ] && what=record && shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if ! command -v iverilog >/dev/null; then
	echo "ok timing diagrams against the RTL # SKIP no iverilog (package iverilog)"
	exit 0
fi
# the bench writes a waveform where +bl_trace asks for one; without vvp's -fst it is text
mkdir "$dir/bin"
printf '#!/bin/sh\nexec %s "$@" "+bl_trace=$DIAGRAM_VCD"\n' "$(command -v vvp)" >"$dir/bin/vvp"
chmod +x "$dir/bin/vvp"
# codes around 3 are frequent, so the search begins there
echo '{"first": 0, "counts": [2, 10, 40, 60, 20, 10, 2, 1]}' >"$dir/counts.json"
"$B" adc --tree "$dir/counts.json" --bits 3 --out "$dir/TREE" >/dev/null || { echo "FAIL a search tree"; exit 1; }

failed=0
trace() { # NAME: runs what the diagram names
	local json=docs/waves/$1.json config
	local -a set args words
	config=$("${py[@]}" ask "$json" config)
	read -ra words <<<"$("${py[@]}" ask "$json" set)"
	set=()
	for w in "${words[@]}"; do set+=(-s "$w"); done
	read -ra args <<<"$("${py[@]}" ask "$json" args)"
	"${py[@]}" matrix "$json" "$dir/w.npy" "$dir/x.npy" &&
		DIAGRAM_VCD=$dir/$1.vcd PATH=$dir/bin:$PATH "$B" cosim --config "configs/$config.xml" --engine icarus --matrix "$dir/w.npy" --input "$dir/x.npy" \
			"${set[@]}" "${args[@]/TREE/$dir/TREE}" >"$dir/log" 2>&1
}
names=("$@")
[ $# -gt 0 ] || { names=(docs/waves/*.json); names=("${names[@]##*/}"); names=("${names[@]%.json}"); }
for name in "${names[@]}"; do
	if ! trace "$name"; then
		echo "FAIL $name: $(tail -n 1 "$dir/log")"
		failed=1
	elif ! "${py[@]}" "$what" "docs/waves/$name.json" "$dir/$name.vcd" >"$dir/log" 2>&1; then
		echo "FAIL $name: $(head -n 1 "$dir/log")"
		failed=1
	else
		echo "ok $name: what the RTL does"
	fi
done
if [ $what = record ]; then
	/usr/bin/python3 -B tools/wavedrom.py "${names[@]/#/docs/waves/}" 2>/dev/null
	for name in "${names[@]}"; do /usr/bin/python3 -B tools/wavedrom.py "docs/waves/$name.json" || failed=1; done
elif [ $failed = 0 ]; then
	# a lane that is off by one clock is noticed
	name=${names[0]}
	sed '0,/"wave": "0/s//"wave": "1/' "docs/waves/$name.json" >"$dir/bent.json"
	if "${py[@]}" check "$dir/bent.json" "$dir/$name.vcd" >"$dir/log" 2>&1; then
		echo "FAIL a bent lane is noticed: $name"
		failed=1
	else
		echo "ok a bent lane is noticed"
	fi
fi
exit $failed
