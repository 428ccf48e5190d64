#!/usr/bin/env bash
# What the other suites of the command line pass by (docs/coverage.md): figures as text where they ask for JSON, search trees that a run makes for itself,
# remainders of batches, numbers of blocks, --.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
B=$(realpath "${BITLINE:-build/bitline}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(cd "$dir" && /usr/bin/python3 -B "$OLDPWD/tests/cli/tiny_model.py") || exit 1
failed=0
# NAME, extended expression that a line of the output must hold, command...
says() {
	local name=$1 line=$2; shift 2
	if "$B" "$@" >"$dir/out" 2>"$dir/err" && cat "$dir/out" "$dir/err" | grep -aqE -- "$line"; then echo "ok - $name"; else echo "FAIL - $name: $(tail -n 1 "$dir/err") $(tail -n 1 "$dir/out")"; failed=1; fi
}
# NAME, python expression over the JSON j, command...
holds() {
	local name=$1 expr=$2; shift 2
	if "$B" "$@" --json >"$dir/out" 2>"$dir/err" && /usr/bin/python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$dir/out" "$expr"; then
		echo "ok - $name"; else echo "FAIL - $name: $(tail -n 1 "$dir/err") $(head -c 300 "$dir/out")"; failed=1; fi
}
refuses() { # NAME, line, command...
	local name=$1 line=$2 rc; shift 2
	"$B" "$@" >"$dir/out" 2>"$dir/err"; rc=$?
	if [ $rc = 2 ] && [ "$(cat "$dir/err")" = "bitline: $line" ]; then echo "ok - $name"; else echo "FAIL - $name: exit $rc, $(cat "$dir/err")"; failed=1; fi
}
dense=(--model "$dir/dense.safetensors" --tokenizer "$dir/tok.bin")
monarch=(--model "$dir/monarch.safetensors" --tokenizer "$dir/tok.bin")
tree=(--config configs/tiny.xml -s readout.search=asymmetric -s readout.resolution=full)
printf 'abba\n\nabbaw\n' >"$dir/text"
printf 'abbaabbaabbaabbaabbaabba\n' >"$dir/long"

# -- golden: a search tree for the counts of the run
says "golden: perplexity by the best tree, as text" '^comparisons of a conversion [0-9.]+ on the average with the best search tree for these counts, 4 with the binary search$' \
	golden "${dense[@]}" "${tree[@]}" --text "$dir/text"
holds "golden: and as JSON, fewer than the binary search's" '0 < j["tree_mean"] < 4' golden "${dense[@]}" "${tree[@]}" --text "$dir/text"
says "golden: what it writes by the best tree" '^comparisons of a conversion [0-9.]+ on the average with the best search tree' golden "${dense[@]}" "${tree[@]}" --generate 3 --prompt ab
says "golden --whole, as text" '^[0-9.]+ nats per character in floats, [0-9.]+ through the read-out: whole sequences of [0-9]+ characters, each with its end$' \
	golden "${dense[@]}" --config configs/tiny.xml --text "$dir/text" --whole
says "golden --whole in floats alone" '^[0-9.]+ nats per character in floats: whole' golden "${dense[@]}" --text "$dir/text" --whole
refuses "golden: --whole with --generate" "--whole belongs to --text: leave it out" golden "${dense[@]}" --generate 2 --whole
refuses "golden: --head with --generate" "--head belongs to --text: with --generate the head goes through the read-out unless --host-head says no" golden "${dense[@]}" --generate 2 --head
# -- map
holds "map: the last batch of a layer is the smaller one" 'j["layers"][0]["tokens"] == 7 and j["layers"][0]["tokens_per_run"] == 2 and j["layers"][0]["runs"] == 4' \
	map --config configs/tiny.xml -s scheduler.activation_depth=64 --model "$dir/dense.safetensors" --layers 0.wq --tokens 7
holds "map: the bounds of a search without a tree" 'all(l["cycles_least"] <= l["cycles"] <= l["cycles_most"] for l in j["layers"])' map "${tree[@]}" --model "$dir/dense.safetensors" --layers 0.wq --tokens 2
holds "map: packed says what it made small" 'j["optimise"] == "conversions"' \
	map --config configs/tiny.xml -s scheduler.program_depth=256 --model "$dir/monarch.safetensors" --layers 0.wq --placement packed --optimise conversions --tokens 2
holds "map: a number of blocks: half of them, half the cells" 'j["cells"] == 11560' map --config configs/paper-a.xml --model shapes:stories260k --factors 2
holds "map: a number of blocks" 'j["cells"] == 23120' map --config configs/paper-a.xml --model shapes:stories260k --factors 4
# -- explore
says "explore: as many arrays as there are" 'points are on the front' explore --config configs/paper-a.xml --model shapes:stories260k --rows 64,128,256 --cols 64,128,256 --adcs 1,2,4,8,16,32 --arrays 8 --out "$dir/explored"
grep -q '8 arrays' "$dir/explored/explore.svg" && echo "ok - explore: the plot says how many" || { echo "FAIL - explore: the plot does not say how many arrays"; failed=1; }
# -- words
says "a word behind -- is no option" 'name="tiny"' config -- configs/tiny.xml
refuses "an option behind -- is a word" "cannot open '--json': No such file or directory; name a readable file" config -- --json
# -- paper-a, as people read it
says "paper-a: a table" '^arrays, linear +bert-large +4608 +4608 ' paper-a
# -- a machine that writes by a tree of its own, through the RTL
if command -v verilator >/dev/null; then
	holds "cosim: writes by the best tree for what it will write" 'j["mismatches"] == 0 and 0 < j["tree_mean"] < 4 and j["predicted_least"] <= j["rtl_cycles"] <= j["predicted_most"]' \
		cosim "${dense[@]}" "${tree[@]}" --generate 1
	says "cosim: and says what the tree promised" '^comparisons of a conversion: [0-9.]+ promised by the search tree; cycles predicted within [0-9]+\.\.[0-9]+$' cosim "${dense[@]}" "${tree[@]}" --generate 1
	says "cosim: a Monarch model by the best tree for its counts" 'verdict: equal' cosim "${monarch[@]}" "${tree[@]}" --layers 0.wq --tokens 2
else
	echo "ok - cosim by a tree of its own # SKIP no verilator"
fi
exit $failed
