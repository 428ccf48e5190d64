#!/usr/bin/env bash
# docs/file-formats.md and docs/isa.md held against files: programs decoded by the page's table, lengths of streams, every JSON key on some page.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
B=${BITLINE:-${BUILD:-build}/bitline}
M=models/story.safetensors
check=(/usr/bin/python3 -B tests/cli/file_formats.py)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
say() { # NAME COMMAND ...
	local name=$1
	shift
	if "$@" >"$dir/log" 2>&1; then
		echo "ok $name"
	else
		echo "FAIL $name: $(tr "\n" "|" <"$dir/log")"
		failed=1
	fi
}
refuses() { if "$@"; then return 1; fi; }

# configuration, layers, placement, beats of a row of cells
while read -r config layers placement beats; do
	"$B" map --config "configs/$config.xml" --model $M --layers "$layers" --placement "$placement" --out "$dir/$config" >"$dir/log" 2>&1 || { echo "FAIL map $config: $(tail -n 1 "$dir/log")"; failed=1; continue; }
	stem=$dir/$config/$layers
	say "$config: the program is what the table of isa.md and the assembler text say" "${check[@]}" program "$stem.program.bin" "$stem.asm.txt"
	say "$config: the stream is what the program takes" "${check[@]}" stream "$stem.stream.bin" "$stem.program.bin" "$beats"
done <<'CASES'
edge64-sm4 0.wq sparse 1
edge64 0.wq+0.wk+0.wv packed 1
std256 0.w1 dense 4
edge64-dif 0.w1 linear 1
CASES
stem=$dir/edge64-sm4/0.wq
head -c -32 "$stem.program.bin" >"$dir/short.bin"
say "a program that lacks an instruction is noticed" refuses "${check[@]}" program "$dir/short.bin" "$stem.asm.txt"
sed 's/lag=3/lag=2/' "$stem.asm.txt" >"$dir/other.txt"
say "a field that differs is noticed" refuses "${check[@]}" program "$stem.program.bin" "$dir/other.txt"

/usr/bin/python3 -c 'import sys; d = bytearray(open(sys.argv[1], "rb").read()); d[26] = 1; open(sys.argv[2], "wb").write(d)' "$stem.program.bin" "$dir/lag.bin" # PARAM with a lag
say "a field that an instruction does not read is noticed" refuses "${check[@]}" program "$dir/lag.bin" "$stem.asm.txt"

echo '{"first": 0, "counts": [2, 10, 40, 60, 20, 10, 2, 1]}' >"$dir/counts.json"
/usr/bin/python3 -c 'import numpy as np, sys; d = sys.argv[1]; np.save(d + "/w.npy", np.eye(2, 8, dtype=np.int8)); np.save(d + "/x.npy", np.ones((1, 8), np.int8))' "$dir" || exit 3
ask() { # NAME ARGUMENTS: what a command prints as JSON
	"$B" "${@:2}" --json >"$dir/$1.json" 2>"$dir/log" || { echo "FAIL $1: $(tail -n 1 "$dir/log")"; failed=1; }
}
ask config config configs/tiny.xml
ask gen gen --config configs/tiny.xml --out "$dir/tiny"
ask map map --config configs/edge64-sm4.xml --model $M --layers 0.wq
ask shapes map --config configs/paper-a.xml --model shapes:bert-large --placement packed
ask cosim cosim --config configs/tiny.xml --matrix "$dir/w.npy" --input "$dir/x.npy" --dump "$dir/dump"
ask tree adc --tree "$dir/counts.json" --bits 3 --out "$dir/tree.json"
ask tables adc --tables --config configs/tiny.xml -s nonideal.offset=900 --out "$dir/t.hex"
ask adc adc --bits 4 --kind sar --no-cells
ask generate golden --model $M --generate 2 --config configs/edge64-sm4.xml
printf 'Once there was a dog.\n' >"$dir/text"
ask text golden --model $M --text "$dir/text" --config configs/edge64-sm4.xml
ask macro check-macro "$dir/tiny/rtl/cim_macro.digital.sv" --config configs/tiny.xml --engine icarus
ask explore explore --config configs/paper-a.xml --model shapes:stories15m --adcs 8 --out "$dir/sweep"
say "every key of every --json is on a page" "${check[@]}" keys "$dir"/*.json "$dir"/dump/*.json
say "every key that a source writes is on a page" "${check[@]}" sources cli/*.c explore/*.c regress/*.c
echo 'json_object_set_new(j, "no_such_key", x);' >"$dir/unknown.c"
say "a source with a key that is on no page is noticed" refuses "${check[@]}" sources "$dir/unknown.c"
echo '{"no_such_key": 1}' >"$dir/unknown.json"
say "a key that is on no page is noticed" refuses "${check[@]}" keys "$dir/unknown.json"

size=$(wc -c <"$dir/t.hex") # tiny: 1 tile, 4 converters, 4 sets, 16 entries of 7 bytes
say "thresholds: as many lines as the page says" test "$size" = $((1 * 4 * 4 * 16 * 7))
printf '{\n "bits": 3,\n "root": 3,\n "left": [0, 0, 1, 2, 0, 0, 0, 0],\n "right": [0, 0, 0, 4, 5, 6, 7, 0]\n}\n' >"$dir/page.tree"
say "the search tree is the page's example" cmp "$dir/tree.json" "$dir/page.tree"
exit $failed
