#!/usr/bin/env bash
# `bitline map` of models that are shapes, and of checkpoints at one weight per cell: figures against a reckoning by hand (map_shapes.py), every message, limits of time and memory.
# Last line: N passed, N failed.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
paper=configs/paper-a.xml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
result() { # status, name
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2"; failed=$((failed + 1)); sed 's/^/# /' "$work/out" "$work/err" | head -n 20; fi
}
map() { "$BITLINE" map "$@" >"$work/out" 2>"$work/err"; }
refuses() { # message, arguments
	map "${@:2}"
	[ $? = 2 ] && [ "$(wc -l <"$work/err")" = 1 ] && [ "$(cat "$work/err")" = "bitline: $1" ] && ! [ -s "$work/out" ]
	result $? "$1"
}
# a python expression over j, the JSON of the command; s(NAME, rows, cols) etc. are of map_shapes.py
holds() { # expression, arguments
	map "${@:2}" --json && /usr/bin/python3 -B tests/cli/map_shapes.py "$work/out" "$1" >>"$work/err" 2>&1
	result $? "${*:2}: $1"
}

for model in stories260k bit1m bit3m stories15m gpt2-small gpt2-medium bert-large bart-large llama2-7b llama3-8b qwen2.5-0.5b tinyllama-1.1b; do
	holds "j['arrays'] == linear(M, 256, 256) and j['comparisons'] == linear_comparisons(M, 256) * 8 * j['tokens']" --config $paper --model shapes:$model --placement linear
	holds "j['conversions'] == real_conversions(M, 256) * 8 * j['tokens'] and j['lower_bound_conversions'] == j['conversions'] and j['comparisons'] == real_comparisons(M) * 8 * j['tokens']" \
		--config $paper --model shapes:$model --optimise conversions --placement packed
	holds "j['cells'] == cells(M) and j['lower_bound_arrays'] == up(cells(M), 256 * 256) and (j['utilisation'] >= 0.97 or j['arrays'] <= up(cells(M), 256 * 256) + 1)" --config $paper --model shapes:$model
	holds "j['cells'] == cells(M) and (j['utilisation'] >= 0.95 or j['arrays'] <= up(cells(M), 200 * 120) + 1)" --config $paper --model shapes:$model -s array.rows=200 -s array.cols=120
done
for model in bert-large gpt2-medium; do
	holds "j['arrays'] == 4608" --config $paper --model shapes:$model --placement linear
	holds "j['arrays'] == 2304 and j['comparisons'] == j['comparisons_padded']" --config $paper --model shapes:$model --placement sparse
	holds "j['arrays'] == 480 and j['padding_cells'] == 480 * 65536 - j['cells']" --config $paper --model shapes:$model --placement dense
	holds "j['arrays'] == 480 and j['bits'] == 3" --config $paper --model shapes:$model --placement dense-strided
	holds "j['arrays'] <= 0.11 * 4608 and 4.1 < linear_comparisons(M, 256) * 8 * j['tokens'] / j['comparisons'] < 4.2 and 2.8 < linear_comparisons(M, 256) * 8 * j['tokens'] / j['comparisons_padded'] < 2.9" \
		--config $paper --model shapes:$model
done

# every key is there, what is not given is null and named
holds "all(k in j for k in 'arrays utilisation cycles latency_ns energy_nj activations conversions comparisons comparisons_padded lower_bound_arrays lower_bound_cycles lower_bound_conversions distance_arrays distance_cycles distance_conversions padding_cells load_cycles bits bits_moved area_um2 converter_energy_nj chosen not_given config config_sha256 images steps'.split())" \
	--config $paper --model shapes:bert-large
holds "j['area_um2'] is None and j['energy_nj'] > j['converter_energy_nj'] > 0 and j['not_given'] == ['area of a cell'] and j['regime'] == 'own' and j['latency_ns'] == j['cycles']" --config $paper --model shapes:bert-large
holds "j['energy_nj'] is None and j['loads'] > 0 and j['load_cycles'] == 1024 * j['loads'] and 'energy of writing a cell' in j['not_given'] and j['regime'] == 'equal' and j['arrays'] == 7" --config $paper --model shapes:bert-large --arrays 7
holds "j['converter_energy_nj'] is None and 'energy of a conversion' in j['not_given']" --config $paper --model shapes:bit1m -s readout.kind=flash -s readout.bits=8
holds "j['regime'] == 'area' and j['arrays'] * j['converter_area_um2'] / j['arrays'] <= 1e6 and (j['arrays'] + 1) * j['converter_area_um2'] / j['arrays'] > 1e6" \
	--config $paper --model shapes:bert-large --placement linear --regime area --area 1e6
holds "j['converter_area_um2'] <= 1.4e6 and j['images'] == 2304" --config $paper --model shapes:bert-large --placement sparse --regime area
holds "j['cost'] == 'paper-a' and j['array_energy_nj'] == 10 * j['steps'] * j['tokens']" --config $paper --model shapes:bit1m --cost configs/cost/paper-a.json
holds "j['tokens'] == 33 and j['activations'] == 33 * 8 * j['steps']" --config $paper --model shapes:bit1m --tokens 33
holds "j['cells'] == cells(M) + 512 * 128 and j['matrices'] == 57" --config $paper --model shapes:bit1m --with-head
holds "j['matrices'] == 56 and j['bits'] == 5" --config $paper --model shapes:bit1m --factors fit -s readout.resolution=fit
holds "[m['optimise'] for m in j['modes']] == ['area', 'conversions', 'latency'] and min(m['images'] for m in j['modes']) == j['modes'][0]['images'] and min(m['comparisons'] for m in j['modes']) == j['modes'][1]['comparisons'] and min(m['cycles'] for m in j['modes']) == j['modes'][2]['cycles'] == j['cycles'] and j['modes'][2]['front']" \
	--config $paper --model shapes:qwen2.5-0.5b -s array.rows=200 -s array.cols=120 --arrays 900 --placement packed --optimise latency
holds "j['optimise'] == 'latency' and j['regime'] == 'equal' and j['cycles'] >= j['lower_bound_cycles']" --config $paper --model shapes:stories15m --placement packed --optimise latency --arrays 33
holds "j['cells'] == 8 * 8 * cells(M) // 8 and j['bits'] <= 7" --config configs/edge64.xml --model shapes:stories15m
map --config $paper --model shapes:bert-large --json && cp "$work/out" "$work/first" && map --config $paper --model shapes:bert-large --json --out "$work/new" && cmp -s "$work/first" "$work/out" && cmp -s "$work/first" "$work/new/map.json"
result $? "the same bytes twice, and in --out"
map --config $paper --model shapes:bert-large && grep -qE '^arrays +[0-9]+ +least +[0-9]+ ' "$work/out" && grep -q '^area  *not given$' "$work/out"
result $? "a table for people"
map --config $paper --model shapes:bert-large --arrays 7 && grep -qE '^arrays +7   loaded [0-9]+ times per 512 tokens' "$work/out"
result $? "a table with reloads"
"$BITLINE" map --config $paper --model shapes:bit1m >/dev/full 2>"$work/err"
[ $? = 3 ] && grep -q '^bitline: cannot write the result to standard output; make room there$' "$work/err"
result $? "a full standard output"

# time of the processor and memory
within() {
	/usr/bin/python3 - "$1" "$BITLINE" map --config $paper "${@:2}" >"$work/out" 2>"$work/err" <<'PY'
import resource, subprocess, sys
rc = subprocess.run(sys.argv[2:]).returncode
u = resource.getrusage(resource.RUSAGE_CHILDREN)
print("exit %d, %.2f s, %d MB" % (rc, u.ru_utime + u.ru_stime, u.ru_maxrss // 1024), file=sys.stderr)
sys.exit(rc != 0 or u.ru_utime + u.ru_stime > float(sys.argv[1]) or u.ru_maxrss > 1 << 20)
PY
	result $? "within $1 s and 1 GB: ${*:2} ($(tail -n 1 "$work/err"))"
}
for mode in area conversions latency; do
	within 1 --model shapes:bert-large --placement packed --optimise $mode
	within 10 --model shapes:llama3-8b --placement packed --optimise $mode
done
within 10 --model shapes:llama3-8b --placement dense-strided

# messages
refuses "--placement 'diagonal' is unknown: legal are linear, sparse, dense, dense-strided, packed, auto" --config $paper --model shapes:bit1m --placement diagonal
refuses "--optimise 'space' is unknown: legal are area, conversions, latency" --config $paper --model shapes:bit1m --placement packed --optimise space
refuses "--optimise 'area' is of the placement packed alone: add --placement packed" --config $paper --model shapes:bit1m --optimise area
refuses '--factors "most" is not legal: paper, fit, or a number of blocks from 1; change --factors' --config $paper --model shapes:bit1m --factors most
refuses '--factors "0" is not legal: paper, fit, or a number of blocks from 1; change --factors' --config $paper --model shapes:bit1m --factors 0
refuses "--regime 'mine' is unknown: legal are own, equal, area" --config $paper --model shapes:bit1m --regime mine
refuses "--regime equal needs a number of arrays: add --arrays N" --config $paper --model shapes:bit1m --regime equal
refuses "--arrays 7 is of --regime equal: leave one of them out" --config $paper --model shapes:bit1m --regime own --arrays 7
refuses "--area 33 is of --regime area: leave one of them out" --config $paper --model shapes:bit1m --regime own --area 33
refuses "an area of 33 um2 holds no array, one with its converters of 8 bits has 16677.5 um2: raise --area" --config $paper --model shapes:bert-large --placement linear --area 33
refuses "the cost table gives no area of this configuration's converters, so that arrays cannot be compared by area: take --regime own or equal" \
	--config $paper --model shapes:bit1m -s readout.kind=flash -s readout.bits=8 --placement linear --area 33
refuses "--layers is of layers compiled for a core, a model of shapes is costed as a whole: leave it out" --config $paper --model shapes:bit1m --layers all
refuses "--seed is of layers compiled for a core, a model at one weight per cell is costed as a whole: leave it out" --config $paper --model "$work/none.bin" --seed 3
refuses "--regime is of a system of arrays, this is a checkpoint compiled for the tiles of a core: leave it out, or take --model shapes:NAME" --config configs/edge64.xml --model "$work/none.bin" --regime own
refuses "--factors is of shapes, a checkpoint is taken as it is: leave it out" --config $paper --model "$work/none.bin" --factors fit
refuses "output directory \"\" has no name; write --out DIR" --config $paper --model shapes:bit1m --out ''
refuses "cannot open '$work/none.json': No such file or directory; name a readable file" --config $paper --model shapes:bit1m --cost "$work/none.json"
map --config $paper --model shapes:bert-lage
[ $? = 2 ] && grep -q '^bitline: no shapes "bert-lage": legal stories260k, .*; did you mean "bert-large"$' "$work/err"
result $? "an unknown name"

# a small checkpoint, dense and Monarch
mkdir "$work/files"
(cd "$work/files" && /usr/bin/python3 -B "$OLDPWD/tests/cli/bad_files.py")
for f in st.safetensors st-monarch.safetensors; do
	holds "j['arrays'] >= 1 and j['cells'] > 0 and j['model'].endswith('$f') and j['utilisation'] > 0" --config $paper --model "$work/files/$f"
done
holds "j['arrays'] == sum(l['arrays'] for l in j['layers']) and j['cycles'] == j['total']['cycles'] >= j['lower_bound_cycles'] > 0 and j['arrays'] >= j['lower_bound_arrays'] >= 1 and j['latency_ns'] == 10 * j['cycles']" \
	--config configs/edge64.xml --model "$work/files/st.safetensors"
holds "j['energy_nj'] > j['converter_energy_nj'] > 0 and j['not_given'] == ['area of a cell'] and j['area_um2'] is None and j['converter_area_um2'] > 0 and all(l['passes'] == 1 for l in j['layers'])" --config configs/edge64.xml --model "$work/files/st.safetensors" --tokens 1
holds "abs(j['converter_energy_nj'] - sum_converters(j)) < 1e-6" --config configs/edge64.xml -s readout.resolution=full --model "$work/files/st.safetensors"
map --config configs/edge64.xml --model "$work/files/st.safetensors" && grep -qE '^the sequencer waited [0-9]+ clocks for tiles: ' "$work/out"
result $? "a checkpoint without --out: figures only"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
