#!/usr/bin/env bash
# --faults and --bad of `bitline cosim` and `bitline map` (docs/faults.md sections 4 and 5): what is wrong with them is one line and exit 2, and leaves nothing behind;
# the map is in map.json. What the two files themselves must be: tests/unit/test_golden_faults.c.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
tests=$PWD/tests/cli
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/here"
cp configs/{tiny,tiny-pair,digital8,edge64-dif}.xml "$work/here"
cd "$work/here" || exit 1
export BITLINE_CACHE=$work/cache TMPDIR=$work LC_ALL=C
/usr/bin/python3 -B "$tests/bad_files.py" || exit 1
failed=0
printf 'cell 0 1 2 1\n' >cell
printf 'cell 0 1 2 1\ncell 0 1 2 0\n' >twice
printf 'column 0 5\ncolumn 0 1\n' >two
printf 'column 0 8\n' >beyond
: >none
refuse() { # name, what the line says, arguments of bitline
	local name=$1 says=$2; shift 2
	local before after
	before=$(find . | sort)
	"$BITLINE" "$@" >../out 2>../err
	local rc=$?
	after=$(find . -path ./build -prune -o -print | sort)
	if [ $rc = 2 ] && [ ! -s ../out ] && [ "$(wc -l <../err)" = 1 ] && [ "$(cat ../err)" = "bitline: $says" ] && [ "$before" = "$after" ]; then
		echo "ok - $name"
	else
		echo "FAIL - $name: exit $rc, $(head -n 1 ../err)"
		failed=1
	fi
}
check() { # name, command...
	local name=$1; shift
	if "$@" >../log 2>&1; then echo "ok - $name"; else echo "FAIL - $name: $(tail -n 1 ../log)"; failed=1; fi
}
cosim=(cosim --config tiny.xml --matrix w.npy)
map=(map --config tiny.xml --model st.safetensors --layers 0.wq)

refuse "a fault file that is not there" "cannot open 'nothing': No such file or directory; name a readable file" "${cosim[@]}" --faults nothing
refuse "a bad-column file that is not there" "cannot open 'nothing': No such file or directory; name a readable file" "${map[@]}" --bad nothing
refuse "a cell twice" "twice:2: this cell is stuck already by line 1: leave one of them out" "${cosim[@]}" --faults twice
refuse "a column of another configuration" "beyond:1: COLUMN 8 is outside 0..7: correct it, or take the configuration that the file belongs to" "${map[@]}" --bad beyond
refuse "spares that do not suffice" "tile 0 has bad positions 0, 1, 2 in all; array.spares \"1\" replaces 1: raise array.spares (0..4), or name fewer columns" "${map[@]}" -s array.spares=1 --bad two
refuse "... for cosim" "tile 0 has bad positions 0, 1, 2 in all; array.spares \"0\" replaces 0: raise array.spares (0..4), or name fewer columns" "${cosim[@]}" --bad two
refuse "... found in the faults" "tile 0 has bad positions 0, 1 in all; array.spares \"0\" replaces 0: raise array.spares (0..4), or name fewer columns" "${cosim[@]}" --faults cell --bad auto
read -r digital <<'END'
--faults 'cell' with array.kind "digital": only the behavioural view has faults; set array.kind=analog
END
refuse "faults of a digital array" "$digital" cosim --config digital8.xml --matrix w.npy --faults cell
refuse "the columns of no faults" "--bad auto takes the columns of a fault file's cells: add --faults FILE, or name a bad-column file" "${cosim[@]}" --bad auto
refuse "... of map, which has none" "--bad auto takes the columns of a fault file's cells: add --faults FILE, or name a bad-column file" "${map[@]}" --bad auto
refuse "faults while it writes" "--faults together with --generate, which runs every layer of --model FILE on the tokens of --prompt and those it writes: leave it out" \
	cosim --config tiny.xml --model st.safetensors --generate 2 --faults cell
refuse "a map of shapes" "--bad is of layers compiled for a core, a model of shapes is costed as a whole: leave it out" map --config tiny.xml --model shapes:bert-large --bad two
refuse "spares of immersed references" "-s array.spares=1: array.spares \"1\" with readout.reference \"immersed\": legal 0; set array.spares=0 or readout.reference=local" \
	map --config tiny-pair.xml -s array.spares=1 --model st.safetensors
repair() { # expected list, more arguments
	local want=$1; shift
	"$BITLINE" map --model st.safetensors --layers 0.wq --out out "$@" >text && /usr/bin/python3 - "$want" <<'PY'
import json, sys
got = json.load(open("out/map.json")).get("repair")
got = got and [[r["tile"], r["spare"], r["position"]] for r in got] if got != [] else []
sys.exit(got != json.loads(sys.argv[1]) and "repair is %s" % got)
PY
}
check "the map is in map.json" repair '[[0, 0, 0], [0, 1, 1]]' --config tiny.xml -s array.spares=2 --bad two
check "... and is told" grep -qx 'tile 0: spare position 1 replaces position 1' text
check "no bad column, no entry" repair '[]' --config tiny.xml -s array.spares=2 --bad none
check "no --bad, no map" repair 'null' --config tiny.xml -s array.spares=2
check "pairs of columns" repair '[[0, 0, 0]]' --config edge64-dif.xml -s array.spares=2 --bad two
exit $failed
