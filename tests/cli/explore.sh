#!/usr/bin/env bash
# `bitline explore`: tables, plot and pictures of a sweep; the same bytes for any number of threads and after an interruption; one line for what is wrong.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp configs/*.xml configs/cost/default.json "$work"
cd "$work"
export LC_ALL=C
status=0
check() { # name, then a command that must succeed
	local name=$1; shift
	if "$@" >log 2>&1; then echo "ok - $name"; else echo "not ok - $name"; sed 's/^/# /' log | head -n 20; status=1; fi
}
skip() { echo "ok - $1 # SKIP $2"; }
# an expression over explore.json: j, its points p
json() { /usr/bin/python3 -c "import json, sys; j = json.load(open('$1')); p = j['points']; sys.exit(not ($2))"; }
same() { cmp "$1/explore.csv" "$2/explore.csv" && cmp "$1/explore.json" "$2/explore.json" && cmp "$1/explore.svg" "$2/explore.svg"; }
# the text, then the command: one line, the exit status, nothing on standard output
refused() {
	local code=$1 text=$2; shift 2
	"$BITLINE" explore "$@" >out 2>err
	local rc=$?
	if [ $rc = "$code" ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -qF -- "$text" err; then
		echo "ok - refused: $text"
	else
		echo "not ok - refused: $text"; echo "# exit $rc, $(cat err)"; status=1
	fi
}

# ---- a sweep
bert() { "$BITLINE" explore --config paper-a.xml --model shapes:bert-large --rows 200,256 --adcs 8 "$@"; }
bert --jobs 1 --out one >front.txt 2>one.err
check "a sweep" json one/explore.json "len(p) == 2 * 7 and j['done'] == 14 and j['skipped'] == 0 and j['front'] == sum(x['front'] for x in p) > 0"
check "... says nothing on standard error" test ! -s one.err
check "... in the order of its lists" json one/explore.json "[(x['rows'], x['adcs'], x['placement'], x['optimise']) for x in p] == [(r, a, *m) for r in (200, 256) for a in (8,) for m in [(k, None) for k in ('linear', 'sparse', 'dense', 'dense-strided')] + [('packed', o) for o in ('area', 'conversions', 'latency')]]"
check "... with the arrays that the paper counts" json one/explore.json "all(x['arrays'] == {'linear': 4608, 'sparse': 2304}[x['placement']] for x in p if x['rows'] == 256 and x['placement'] in ('linear', 'sparse'))"
check "... every point of the front is said to people" test "$(grep -cE '^(200|256) ' front.txt)" = "$(grep -c ',done,yes,' one/explore.csv)"
bert --jobs 4 --out four >log 2>&1
"$BITLINE" map --config paper-a.xml --model shapes:bert-large --placement packed --optimise conversions --json >map.json
check "the figures of bitline map" json one/explore.json "all(x[k] == m[k] for m in [json.load(open('map.json'))] for x in p if x['rows'] == 256 and x['optimise'] == 'conversions' for k in ('arrays', 'images', 'cycles', 'latency_ns', 'energy_nj', 'comparisons', 'utilisation', 'lower_bound_cycles'))"
check "1 thread and 4: the same bytes" same one four
check "the table for people too" diff <(sed 's/ in one$//' front.txt) <(bert --jobs 3 --out three | sed 's/ in three$//')
check "CSV and JSON say the same" /usr/bin/python3 -c "
import csv, json
rows, points = list(csv.DictReader(open('one/explore.csv'))), json.load(open('one/explore.json'))['points']
assert len(rows) == len(points)
for r, p in zip(rows, points):
    for k, v in p.items():
        t = r[k]
        assert (t == '') if v in (None, '') else t == ('yes' if v else 'no') if isinstance(v, bool) else abs(float(t) - v) <= 1e-8 * abs(v) if isinstance(v, (int, float)) else t == v, (k, t, v)
"
check "the front, by brute force" /usr/bin/python3 -c "
import json
p = [x for x in json.load(open('one/explore.json'))['points']]
keys = ['latency_ns', 'energy_nj'] + (['area_um2'] if all(x['area_um2'] is not None for x in p) else ['array_cells', 'converter_um2'])
v = [[x[k] for k in keys] + [max(0, x['bits_wanted'] - x['bits'])] for x in p]
for a, x in zip(v, p):
    beaten = any(all(s <= t for s, t in zip(b, a)) and b != a for b in v)
    assert x['front'] != beaten, (x, beaten)
"
check "the plot is XML and names every point" /usr/bin/python3 -c "
import xml.etree.ElementTree as t
s = '{http://www.w3.org/2000/svg}'
g = [x for x in t.parse('one/explore.svg').iter(s + 'g') if x.find(s + 'title') is not None]
assert len(g) == 14 and len({x.find(s + 'title').text for x in g}) == 14, len(g)
"

# ---- what is not legal is listed; what clips does not push out what does not
"$BITLINE" explore --config edge64.xml --model shapes:stories260k --factors fit --cols 33,64 --adcs 8,64 --bits 3,7 --kind sar,flash,sense --placement sparse --out mixed >log 2>&1
check "illegal combinations are skipped, with the reason" json mixed/explore.json "[x['state'] == 'done' for x in p] == [x['adcs'] <= x['cols'] and x['kind'] != 'sense' for x in p] and all('legal' in x['reason'] for x in p if x['state'] == 'skipped') and j['skipped'] == 12"
check "... in the CSV too" test "$(grep -cE ',skipped,,,.*readout' mixed/explore.csv)" = 12
check "clipping points do not push out lossless ones" json mixed/explore.json "{x['bits'] for x in p if x.get('front')} == {3, 7} and all(x['bits_wanted'] > 3 for x in p if x['state'] == 'done')"
check "bits that nobody can use change nothing" json <("$BITLINE" explore --config edge64.xml --model shapes:stories260k --bits 7,9 --placement dense --out wide --json) "p[0]['latency_ns'] == p[1]['latency_ns'] and p[0]['bits_wanted'] == p[1]['bits_wanted'] == p[1]['bits_used'] <= 7"
sed 's/"cell_um2": { "value": null/"cell_um2": { "value": 0.3/' default.json >area.json
bert --cost area.json --placement sparse,packed --out area >log 2>&1
check "with a cell's area the front is of latency, energy, area" json area/explore.json "{x['front_of'] for x in p} == {'latency energy area'} and all(x['area_um2'] >= 0.3 * x['array_cells'] for x in p)"
check "without, of array cells and converters" json one/explore.json "{x['front_of'] for x in p} == {'latency energy array_cells converter_area'} and all(x['area_um2'] is None and 'area' in x['missing'] for x in p)"

# ---- interrupted
"$BITLINE" explore --config paper-a.xml --model shapes:bert-large --rows 200,256 --adcs 8 --jobs 1 --out cut >log 2>&1 & # not through a function: its shell would be killed
pid=$!
for _ in $(seq 600); do [ "$(wc -l 2>/dev/null <cut/explore.jsonl || echo 0)" -ge 4 ] && break; sleep 0.01; done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
before=$(($(wc -l <cut/explore.jsonl) - 1))
check "killed between its beginning and its end" test $before -ge 3 -a $before -lt 14 -a ! -e cut/explore.csv
truncate -s -33 cut/explore.jsonl # as if in the middle of a line
bert --jobs 2 --out cut >log 2>cut.err
check "continued: the same bytes" same one cut
check "... with two notices" grep -qF "bitline: 'cut/explore.jsonl': a half-written last line was dropped" cut.err
check "... the second of what was there" grep -qF "bitline: 'cut/explore.jsonl': $((before - 1)) points were finished before, the others follow" cut.err
"$BITLINE" explore --config paper-a.xml --model shapes:bert-large --rows 256,200 --adcs 8 --placement packed,sparse --optimise area --out cut >log 2>cut.err
check "other lists take what is there" json cut/explore.json "len(p) == 4 and all(x['state'] == 'done' for x in p)"
check "... nothing is costed twice" grep -qF "bitline: 'cut/explore.jsonl': 4 points were finished before, the others follow" cut.err
if command -v script >/dev/null; then
	script -qec "'$BITLINE' explore --config paper-a.xml --model shapes:gpt2-medium --adcs 4,32 --jobs 1 --out tty" typescript >/dev/null 2>&1 </dev/null
	check "progress on a terminal" grep -qaE 'points: [0-9]+ of 14 \([0-9]+ %\)' typescript
else
	skip "progress on a terminal" "no script(1)"
fi

# ---- another request in the same folder
cp cut/explore.jsonl kept
refused 2 "'cut/explore.jsonl' is of another exploration: model 'shapes:bert-large' there, 'shapes:gpt2-medium' here; name another --out, or remove it to begin again" --config paper-a.xml --model shapes:gpt2-medium --out cut
refused 2 "is of another exploration: config_sha256" --config paper-a.xml -s numbers.input_bits=4 --model shapes:bert-large --out cut
refused 2 "is of another exploration: tokens 512 there, 7 here" --config paper-a.xml --model shapes:bert-large --tokens 7 --out cut
refused 2 "is of another exploration: arrays 0 there, 33 here" --config paper-a.xml --model shapes:bert-large --arrays 33 --out cut
refused 2 "is of another exploration: factors 'paper' there, 'fit' here" --config paper-a.xml --model shapes:bert-large --factors fit --out cut
refused 2 "is of another exploration: cost 'default' there, 'area.json' here" --config paper-a.xml --model shapes:bert-large --cost area.json --out cut
check "... and left as it was" cmp kept cut/explore.jsonl

# ---- pictures
for k in linear sparse dense dense-strided packed; do
	check "arrays of $k" "$BITLINE" explore --config edge64.xml --model shapes:stories260k --factors fit --rows 33 --cols 70 --arrays 9 --placement $k --optimise area --first 1 --count 3 --occupancy $k.svg
	check "... are drawn, three of them" /usr/bin/python3 -c "
import sys, xml.etree.ElementTree as t
g = [x for x in t.parse('$k.svg').iter('{http://www.w3.org/2000/svg}g') if x.get('class') == 'array']
sys.exit(len(g) != 3 or not all(len(x) for x in g))"
done
cp packed.svg before.svg
"$BITLINE" explore --config edge64.xml --model shapes:stories260k --factors fit --rows 33 --cols 70 --arrays 9 --placement packed --optimise area --first 1 --count 3 --occupancy packed.svg >log 2>&1
check "a picture is the same every time" cmp before.svg packed.svg

# ---- a checkpoint
model=$top/../shared/models/students/monarch_b4.safetensors
if [ -r "$model" ]; then
	check "a checkpoint with its own factors" json <("$BITLINE" explore --config edge64.xml --model "$model" --placement sparse,packed --out model --json) "j['done'] == 4 and j['request']['factors'] == 'own'"
	check "... as a picture" "$BITLINE" explore --config edge64.xml --model "$model" --placement sparse --occupancy model.svg
	refused 2 '--factors "fit" with a checkpoint, which has its own: legal with --model shapes:NAME; leave --factors out, or make factors by bitline sparsify' --config edge64.xml --model "$model" --factors fit --out m2
else
	skip "a checkpoint" "none in ../shared/models"
fi

# ---- wrong options
base=(--config edge64.xml --model shapes:stories260k)
refused 2 "give either --out DIR for a sweep or --occupancy FILE.svg for a picture of one placement's arrays" "${base[@]}"
refused 2 "give either --out DIR for a sweep" "${base[@]}" --out x --occupancy y.svg
refused 2 '--out "" names no folder; write --out DIR' "${base[@]}" --out ""
refused 2 '--factors "0" is not legal: paper, fit, or a number of blocks from 1; change --factors' "${base[@]}" --factors 0 --out x
refused 2 '--factors "paperr" is not legal' "${base[@]}" --factors paperr --out x
refused 2 '--factors "99999999999999999999" is not legal' "${base[@]}" --factors 99999999999999999999 --out x
refused 2 'no shapes "bert-larg"' --config edge64.xml --model shapes:bert-larg --out x
refused 2 "missing.bin" --config edge64.xml --model missing.bin --out x
refused 2 "missing.json" "${base[@]}" --cost missing.json --out x
refused 2 '--rows "7" is not legal' "${base[@]}" --rows 64,7 --out x
refused 2 '--placement "dens" is unknown' "${base[@]}" --placement dens --out x
refused 2 '--jobs "0" is out of range: legal 1..256' "${base[@]}" --jobs 0 --out x
refused 2 '--tokens "0" is out of range' "${base[@]}" --tokens 0 --out x
refused 2 'unknown option "--placment"; did you mean "--placement"' "${base[@]}" --placment packed --out x
refused 2 "--occupancy draws one placement, the lists make 7: give one --placement, with packed one --optimise, and one value in every other list" "${base[@]}" --occupancy x.svg
refused 2 'readout.bits "7" with readout.kind "sense"' "${base[@]}" --kind sense --placement sparse --occupancy x.svg
refused 2 '--first "100000" is beyond the last array image: legal 0..1159; lower --first' "${base[@]}" --placement sparse --first 100000 --occupancy x.svg
refused 2 "--occupancy: dense-strided has 87138304 activations, too many to lay out: legal up to 5000000; take a smaller model, larger arrays or another placement" --config paper-a.xml --model shapes:llama3-8b --placement dense-strided --occupancy x.svg
refused 3 "cannot create 'none/x.svg'" "${base[@]}" --placement sparse --occupancy none/x.svg
: >file
refused 3 "cannot make folder 'file'" "${base[@]}" --out file
mkdir -p full/explore.csv
refused 3 "cannot write 'full/explore.csv': it is a directory" "${base[@]}" --placement sparse --out full
bad=$'bad\xff.json'
cp default.json "$bad"
refused 2 "the names of --model 'shapes:stories260k' and --cost '$bad' must be UTF-8 text; rename the files" "${base[@]}" --cost "$bad" --out x
check "nothing was made by them" test ! -e x -a ! -e x.svg -a ! -e y.svg -a ! -s file
exit $status
