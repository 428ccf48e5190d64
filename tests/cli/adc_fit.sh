#!/usr/bin/env bash
# `bitline adc --fit`: the threshold tables of emitted RTL, found over its registers. Hidden mismatch is found exactly at step 1 without noise, within bounds otherwise;
# the file is then what `cosim --thresholds` and `golden --thresholds` run on, as they run on the configuration's own tables. Hidden tables come from the model of
# docs/numerics.md section 10 or from a second rendering of it (adc_tables.py). Then what is refused.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
configs=$PWD/configs
py=$PWD/tests/cli/adc_tables.py
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export BITLINE_CACHE=${BITLINE_CACHE:-$PWD/build/cache}
cd "$work"
status=0
check() { # name, then a command that must succeed
	local name=$1; shift
	if "$@" >"$work/log" 2>&1; then echo "ok - $name"; else echo "not ok - $name"; sed 's/^/# /' "$work/log" | head -n 20; status=1; fi
}
json() { /usr/bin/python3 -c "import json, sys; j = json.load(open('$1')); sys.exit(not ($2))"; }
digest() { sha256sum <"$1" | cut -d ' ' -f 1; }
n=nonideal
bent=(-s $n.offset=900 -s $n.gain=30000 -s $n.inl=700 -s $n.capacitor=20000 -s $n.seed=33)
small=(-s array.tiles=2 -s array.rows=16 -s array.cols=16 -s readout.adcs=2 -s readout.bits=5)

# tiny: 4 converters of 4 bits
"$BITLINE" adc --fit --config "$configs/tiny.xml" "${bent[@]}" --out fit.hex --json >fit.json 2>err
"$BITLINE" config "$configs/tiny.xml" "${bent[@]}" | /usr/bin/python3 -B "$py" >want.hex
check "tiny: the file is the hidden one, byte by byte" cmp fit.hex want.hex
check "... which is bent" test "$("$BITLINE" adc --tables --config "$configs/tiny.xml" --json | grep -c "$(digest want.hex)")" = 0
check "... and that is said" json fit.json "j['sha256'] == j['hidden_sha256'] == '$(digest want.hex)' and j['thresholds_measured'] == 60 and j['thresholds_different'] == 0 and j['largest_difference'] == 0 and j['rms_difference'] == 0"
check "... tables, monotone, effort" json fit.json "j['tables'] == 16 and j['entries'] == 256 and j['monotone'] and j['converters'] == 4 and j['decisions'] == 15 * j['levels'] and j['levels'] >= 4 * 16 * 16"
check "every file of the folder is whole" test "$(ls)" = "$(printf '%s\n' build err fit.hex fit.json log want.hex)"
"$BITLINE" adc --fit --config "$configs/tiny.xml" "${bent[@]}" --hidden want.hex --set 2 --out again.hex >again.txt 2>err
check "--hidden, another set: the same file" cmp again.hex want.hex
check "... for people" diff again.txt - <<-END
	4 converters of 'tiny' asked in set 2: $(sed -n 's/.*"levels": \([0-9]*\),/\1/p' fit.json) levels 1 apart (grid 1/16 count), each 1 times; $(sed -n 's/.*"decisions": \([0-9]*\)$/\1/p' fit.json) decisions in $(sed -n 's/.*"characterisations": \([0-9]*\),/\1/p' fit.json) characterisations
	16 tables, all monotone
	60 thresholds are the hidden ones, exactly
	sha256 $(digest want.hex), hidden the same
	thresholds: again.hex
	END

# a hidden file in which one set of one converter is another: only who asks there sees it
/usr/bin/python3 -c "
T = open('want.hex').read().split()
i = ((0 * 4 + 3) * 4 + 1) * 16 + 5 # tile 0, lane 3, set 1, threshold 5
T[i] = '%06x' % (int(T[i], 16) + 3)
open('other.hex', 'w').write('\n'.join(T) + '\n')"
"$BITLINE" adc --fit --config "$configs/tiny.xml" "${bent[@]}" --hidden other.hex --out set0.hex --json >set0.json 2>err
"$BITLINE" adc --fit --config "$configs/tiny.xml" "${bent[@]}" --hidden other.hex --set 1 --out set1.hex --json >set1.json 2>err
check "a difference in set 1 is not seen in set 0" cmp set0.hex want.hex
check "... but its file is not the hidden one" json set0.json "j['thresholds_different'] == 0 and j['sha256'] == '$(digest want.hex)' and j['hidden_sha256'] == '$(digest other.hex)'"
check "... and in set 1 it is measured" json set1.json "j['thresholds_different'] == 0 and j['sha256'] != '$(digest want.hex)'"
check "... at that converter and threshold" /usr/bin/python3 -c "
a, b = open('set1.hex').read().split(), open('want.hex').read().split()
assert [i for i in range(256) if a[i] != b[i]] == [(3 * 4 + s) * 16 + 5 for s in range(4)]
assert all(int(a[i], 16) == int(b[i], 16) + 3 for i in range(256) if a[i] != b[i])"

# other kinds, tables that are not monotone: their comparators are asked one by one
for kind in hybrid2 flash; do
	more=("${small[@]}" "${bent[@]}" -s $n.capacitor=300000)
	"$BITLINE" adc --fit --config "$configs/edge64-$kind.xml" "${more[@]}" --out $kind.hex --json >$kind.json 2>err
	"$BITLINE" config "$configs/edge64-$kind.xml" "${more[@]}" | /usr/bin/python3 -B "$py" >want-$kind.hex
	check "$kind: the file is the hidden one" cmp $kind.hex want-$kind.hex
	check "... not monotone, and the first is named" json $kind.json "j['not_monotone'] > 0 and not j['monotone'] and j['thresholds_measured'] == 124 and j['sha256'] == '$(digest want-$kind.hex)'"
done
check "not monotone, for people: as --check says" test \
	"$("$BITLINE" adc --fit --config "$configs/edge64-hybrid2.xml" "${more[@]}" --out h.hex 2>err | sed -nE 's/^([0-9]+) of [0-9]+ tables are not monotone, the first at (.*)$/\1 \2/p')" = \
	"$("$BITLINE" adc --check hybrid2.hex --config "$configs/edge64-hybrid2.xml" "${more[@]}" | sed -nE 's/^([0-9]+) are not monotone, the first at (.*threshold [0-9]+): .*$/\1 \2/p')"

# noise of 0.3 counts = 4.8 of the grid: sqrt(0.56 * 4.8 * 2 / 64) = 0.29 and the rounding of a step; four deviations
noisy=("${bent[@]}" -s $n.noise=300)
"$BITLINE" adc --fit --config "$configs/tiny.xml" "${noisy[@]}" --step 2 --repeats 64 --out noisy.hex --json >noisy.json 2>err
check "noise: 64 repeats of every other level find it within 2" json noisy.json "0 < j['largest_difference'] <= 2 and 0 < j['rms_difference'] < 0.8 and j['repeats'] == 64 and j['step'] == 2"
check "... counted right: largest, rms, where" /usr/bin/python3 -c "
import json
j = json.load(open('noisy.json'))
T, H = ([int(x, 16) for x in open(f).read().split()] for f in ('noisy.hex', 'want.hex'))
d = {(l, k): abs(T[l * 64 + k] - H[l * 64 + k]) for l in range(4) for k in range(1, 16)}
assert max(d.values()) == j['largest_difference'] and sum(x > 0 for x in d.values()) == j['thresholds_different']
assert abs((sum(x * x for x in d.values()) / 60) ** .5 - j['rms_difference']) < 1e-6
at = min(k for k in d if d[k] == max(d.values()))
assert j['largest_at'] == 'tile 0, lane %d, set 0, threshold %d' % at"
"$BITLINE" adc --fit --config "$configs/tiny.xml" "${noisy[@]}" --out once.hex --json >once.json 2>err
check "... asked once each: worse" /usr/bin/python3 -c "
import json
a, b = json.load(open('once.json')), json.load(open('noisy.json'))
assert a['rms_difference'] > 2 * b['rms_difference'], (a['rms_difference'], b['rms_difference'])"
"$BITLINE" adc --fit --config "$configs/tiny.xml" "${bent[@]}" --step 5 --out step.hex --json >step.json 2>err
check "step 5 without noise: (step - 1) / 2 at most" json step.json "0 < j['largest_difference'] <= 2"

# read back: the measured file stands for the configuration's own tables
/usr/bin/python3 -c "
import numpy as np
np.save('w.npy', np.random.default_rng(5).integers(-127, 128, (20, 33)).astype(np.int8))"
run() { "$BITLINE" cosim --config "$configs/tiny.xml" "${bent[@]}" --matrix w.npy --tokens 2 --json --dump "$1" "${@:2}"; }
run own >own.json 2>err
check "cosim --thresholds runs on it: equal" eval 'run measured --thresholds fit.hex >cosim.json'
check "... on these tables" json cosim.json "j['mismatches'] == 0 and j['codes_compared'] > 10000 and j['thresholds_sha256'] == '$(digest want.hex)'"
check "... and gives what the configuration's own give" cmp own/matrix.y.npy measured/matrix.y.npy
"$BITLINE" cosim --config "$configs/tiny.xml" --matrix w.npy --tokens 2 --dump ideal >log 2>&1
check "... which is not what ideal ones give" eval '! cmp -s own/matrix.y.npy ideal/matrix.y.npy'
model=$top/../shared/models/stories260K/stories260K.bin text=$top/../shared/models/eval/stories-1-3.txt
if [ -r "$model" ]; then
	head -c 300 "$text" >text
	for run in fit own ideal; do
		case $run in fit) of=(--thresholds fit.hex) ;; own) of=("${bent[@]}") ;; ideal) of=() ;; esac
		"$BITLINE" golden --model "$model" --tokenizer "$(dirname "$model")/tok512.bin" --text text --config "$configs/tiny.xml" "${of[@]}" --json >golden-$run.json 2>err
	done
	check "golden --thresholds: the perplexity of the configuration's own tables" diff <(grep -E '"(perplexity|thresholds_sha256)"' golden-fit.json) <(grep -E '"(perplexity|thresholds_sha256)"' golden-own.json)
	check "... with the digest of the file" json golden-fit.json "j['thresholds_sha256'] == '$(digest want.hex)'"
	check "... unlike ideal ones" json golden-fit.json "j['perplexity'] != json.load(open('golden-ideal.json'))['perplexity']"
else
	echo "ok - golden --thresholds # SKIP no checkpoint in ../shared/models"
fi

# ---- refused: exit status, message, arguments; nothing is written ----
mkdir here && cd here && cp "$configs/tiny.xml" .
wrong() {
	local code=$1 message=$2 rc
	shift 2
	"$BITLINE" adc "$@" >../out 2>../err
	rc=$?
	if [ $rc = "$code" ] && [ "$(cat ../err)" = "bitline: $message" ] && [ ! -s ../out ] && [ "$(ls -A)" = tiny.xml ]; then
		echo "ok - $message"
	else
		echo "not ok - $message"
		{ echo "exit status $rc"; cat ../err; head -n 3 ../out; ls -A; } | sed 's/^/# /'
		status=1
	fi
}
fit=(--fit --config tiny.xml)
for other in --tables "--tree h.json" "--check t.hex"; do
	wrong 2 "--fit is a task by itself; leave out --tree, --tables and --check" "${fit[@]}" $other --out t.hex
done
wrong 2 "--fit needs a configuration; add --config FILE" --fit --out t.hex
wrong 2 "--fit measures a threshold file and has no name for it; add --out FILE" "${fit[@]}"
wrong 2 "--hidden means nothing without --fit; leave it out" --tables --config tiny.xml --hidden t.hex
wrong 2 "--set means nothing without --fit; leave it out" --check t.hex --config tiny.xml --set 0
wrong 2 "--step means nothing without --fit; leave it out" --no-cells --step 1
wrong 2 "--repeats means nothing without --fit; leave it out" --tree h.json --bits 3 --repeats 1
wrong 2 "--kind means nothing without the cost table; leave it out" "${fit[@]}" --kind sar --out t.hex
wrong 2 "--bits means nothing for threshold tables, which are the configuration's; leave it out" "${fit[@]}" --bits 3 --out t.hex
read -r message <<'END'
'tiny': array.kind "digital" counts by adders and has no threshold tables; set array.kind=analog
END
wrong 2 "$message" "${fit[@]}" -s array.kind=digital --out t.hex
wrong 2 "'none.hex' cannot be opened: No such file or directory; name a file of thresholds" "${fit[@]}" --hidden none.hex --out t.hex
for range in "--set 4 0..3" "--step 0 1..65535" "--step 65536 1..65535" "--repeats 0 1..256" "--repeats 257 1..256"; do
	read -r option value legal <<<"$range"
	"$BITLINE" adc "${fit[@]}" $option $value --out t.hex >../out 2>../err
	check "$option $value: legal $legal" test "$?:$(grep -cF -- "$option" ../err):$(grep -cF -- "$legal" ../err):$(ls -A)" = 2:1:1:tiny.xml
done
"$BITLINE" adc "${fit[@]}" --out none/t.hex >../out 2>../err
check "a file that cannot be written is refused before anything is built" test "$?:$(grep -c "none/t.hex" ../err):$(ls -A)" = 3:1:tiny.xml
exit $status
