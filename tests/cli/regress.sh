#!/usr/bin/env bash
# `bitline regress` on one machine: lists, resuming, killed cases, what differs, JUnit, the same JSON every time; one line for what is wrong.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
suite=regress
. tests/check_common.sh
. tests/regress_common.sh
# an expression over results.json of a directory: j, its cases c
json() { /usr/bin/python3 -c "import json, sys; j = json.load(open('$1/results.json')); c = j['cases']; sys.exit(not ($2))"; }
# the text, then the words: one line, the exit status, nothing on standard output
refused() {
	local code=$1 text=$2; shift 2
	"$BITLINE" regress "$@" >out.txt 2>err.txt
	local rc=$?
	if [ $rc = "$code" ] && [ ! -s out.txt ] && [ "$(wc -l <err.txt)" = 1 ] && grep -qF -- "$text" err.txt; then
		echo "ok - refused: $text"
	else
		echo "FAIL - refused: $text"; echo "# exit $rc, $(cat err.txt)"; failed=1
	fi
}

# ---- every key of a list is an option of cosim
echo "config=tiny.xml wherever=1" >bad.list
"$BITLINE" cosim --help >help.txt
"$BITLINE" regress bad.list --out x 2>&1 | sed 's/.*legal: //; s/,//g' | tr ' ' '\n' | grep -v '^set$' >keys.txt
check "23 keys are options of cosim" /usr/bin/python3 -c "
import re
options = set(re.findall(r'^ +--([a-z-]+)', open('help.txt').read(), re.M))
keys = open('keys.txt').read().split()
assert len(keys) == 23 and not set(keys) - options, set(keys) - options
"

# ---- what is wrong
refused 2 "no list of cases; write bitline regress LIST --out DIR" --out x
refused 2 "no directory for the results; write --out DIR" bad.list
refused 2 "cannot open 'none.list'" none.list --out x
refused 2 "bad.list:1: unknown key 'wherever'; legal: config, set, model" bad.list --out x
echo "config=tiny.xml modle=w.npy" >bad.list
refused 2 "bad.list:1: unknown key 'modle'; did you mean 'model'" bad.list --out x
printf '# a comment\n\nconfig=tiny.xml model=w.npy seed=0..99999\nconfig=tiny.xml model=w.npy seed=1..2' >bad.list
refused 2 "bad.list:4: this line makes 2 cases, 100002 with those above; legal up to 100000" bad.list --out x
echo "config=tiny.xml model=none.npy" >bad.list
refused 2 "bad.list:1: cannot read 'none.npy': No such file or directory" bad.list --out x
check "... and nothing was made" test ! -e x
echo "config=tiny.xml model=w.npy tokens=1 seed=1..12 engine=tlm" >ok.list
refused 2 "--executor 'moon': legal local, slurm" ok.list --out x --executor moon
refused 2 "--slurm '--time=1' belongs to --executor slurm" ok.list --out x --slurm=--time=1
refused 2 "'ok.list' is no plan of 'bitline regress --executor slurm', which alone calls --worker" --worker ok.list --task 0
touch file
refused 3 "cannot make folder 'file" ok.list --out file

# ---- a list
"$BITLINE" regress ok.list --out one --jobs 3 >one.txt 2>one.err
check "exit 0 when all are equal" test $? = 0
check "... says so in the last line" test "$(tail -n 1 one.txt)" = "12 cases: 12 equal (12 run, 0 known before); one/matrix.html"
check "... and nothing on standard error" test ! -s one.err
check "in the order of the list" json one "[int(x['options']['seed']) for x in c] == list(range(1, 13)) and j['totals']['equal'] == 12"
check "outputs were compared" json one "all(x['outputs_compared'] == 5 and x['mismatches'] == 0 for x in c)"
"$BITLINE" regress ok.list --out one >again.txt
check "the second time nothing runs" test "$(tail -n 1 again.txt) $(attempts one)" = "12 cases: 12 equal (0 run, 12 known before); one/matrix.html 12"
cp one/results.json first.json
rm "$(ls one/results/* | head -n 1)" "$(ls one/results/* | tail -n 1)"
"$BITLINE" regress ok.list --out one >again.txt
check "two results are gone: two cases run" test "$(tail -n 1 again.txt) $(attempts one)" = "12 cases: 12 equal (2 run, 10 known before); one/matrix.html 14"
check "... results.json is the same" cmp one/results.json first.json
"$BITLINE" regress ok.list --out two --jobs 1 --json >two.json
check "in another directory, one at a time: the same bytes" cmp two/results.json first.json
check "... also on standard output" cmp two.json first.json
check "... and the same page" cmp one/matrix.html two/matrix.html
printf 'config=tiny.xml model=w.npy tokens=1 seed=11..14 engine=tlm\nconfig=tiny.xml model=w.npy tokens=1 seed=12 engine=tlm\n' >more.list
"$BITLINE" regress more.list --out one >again.txt
check "another list: what is known is not run, what stands twice once" test "$(tail -n 1 again.txt) $(attempts one)" = "5 cases: 5 equal (2 run, 2 known before); one/matrix.html 16"
check "the repeated command runs" bash -c "$(/usr/bin/python3 -c "import json; print(json.load(open('one/results.json'))['cases'][0]['repeat'].replace('bitline', '\"$BITLINE\"', 1))")"
cp w.npy w2.npy; printf '\3' | dd of=w2.npy bs=1 seek=140 conv=notrunc 2>/dev/null
cmp -s w.npy w2.npy && printf '\2' | dd of=w2.npy bs=1 seek=140 conv=notrunc 2>/dev/null
mv w2.npy w.npy
"$BITLINE" regress ok.list --out one >again.txt
check "an edited model: all run again" test "$(tail -n 1 again.txt)" = "12 cases: 12 equal (12 run, 0 known before); one/matrix.html"
mkdir lists; echo "config=../tiny.xml,../other.xml model=../w.npy tokens=1 seed=12 engine=tlm" >lists/here.list
sed 's/name="tiny"/name="other"/' tiny.xml >other.xml
"$BITLINE" regress lists/here.list --out one >again.txt
check "paths are relative to the list" json one "[x['repeat'].split()[3] for x in c] == ['lists/../tiny.xml', 'lists/../other.xml']"

# ---- killed: the case is tried again
echo "config=tiny.xml model=w.npy tokens=3000 seed=1..6 engine=tlm" >long.list
"$BITLINE" regress long.list --out killed --jobs 2 >killed.txt 2>&1 &
pid=$!
killed=0
for _ in $(seq 400); do
	child=$(cut -d' ' -f1 /proc/$pid/task/$pid/children 2>/dev/null)
	if [ -n "$child" ] && [ -s "$(ls killed/attempts/* 2>/dev/null | head -n 1)" ] && grep -q cosim "/proc/$child/cmdline" 2>/dev/null && kill -9 "$child" 2>/dev/null; then killed=1; break; fi
	sleep 0.02
done
wait $pid
check "a case was killed" test $killed = 1 -a "$(attempts killed crashed)" = 1
check "... and tried again: six results" test "$(tail -n 1 killed.txt) $(attempts killed) $(attempts killed equal)" = "6 cases: 6 equal (6 run, 0 known before); killed/matrix.html 7 6"
check "... results.json does not know of it" json killed "'attempts' not in str(j) and j['totals']['crashed'] == 0"
check "... timing.json does" /usr/bin/python3 -c "import json; assert sorted(x['attempts'] for x in json.load(open('killed/timing.json'))) == [1] * 5 + [2]"

# ---- stopped: the same command goes on
sed -i s/3000/3001/ long.list
"$BITLINE" regress long.list --out stopped --jobs 1 >stopped.txt 2>&1 &
pid=$!
for _ in $(seq 400); do [ -n "$(ls stopped/results 2>/dev/null)" ] && break; sleep 0.02; done
kill -TERM $pid; wait $pid
check "stopped by a signal" test $? = 143
check "... before it was ready" test ! -e stopped/results.json
known=$(ls stopped/results | wc -l)
"$BITLINE" regress long.list --out stopped --jobs 2 >again.txt
check "... and what was done stays" test "$(tail -n 1 again.txt)" = "6 cases: 6 equal ($((6 - known)) run, $known known before); stopped/matrix.html"
check "two at once share the work" bash -c "'$BITLINE' regress long.list --out both --jobs 1 >a.txt & '$BITLINE' regress long.list --out both --jobs 1 >b.txt && wait \$! && cmp both/results.json stopped/results.json && [ \$(cat both/attempts/* | grep -c begin) = 6 ]"

# ---- what differs, what is refused, what fails
"$BITLINE" gen --config tiny.xml --out bent >/dev/null
sed -i 's/~(above_i & /~((above_i ^ 1) \& /' bent/rtl/cim_adc_binary.sv
cat >mixed.list <<-EOF
	config=tiny.xml model=w.npy tokens=1 seed=1 engine=tlm
	config=tiny.xml model=w.npy tokens=1 seed=1,2 engine=icarus rtl=bent
	config=tiny.xml model=w.npy tokens=1 seed=1 set=readout.bits=99 engine=tlm
EOF
"$BITLINE" regress mixed.list --out mixed --jobs 2 >mixed.txt 2>&1
check "exit 1 when one differs" test $? = 1
check "... a line for each" test "$(cut -d: -f1 mixed.txt | tr '\n' ' ')" = "different different refused 4 cases "
check "... with the place" grep -qE "^different: tiny.xml w.npy tokens=1 seed=2 engine=icarus rtl=bent: layer 'matrix': .*expected code" mixed.txt
check "... the refusal is cosim's" grep -qF 'refused: tiny.xml readout.bits=99 w.npy tokens=1 seed=1 engine=tlm: -s readout.bits=99: readout.bits "99" is out of range' mixed.txt
check "... JSON has the first difference and the command" json mixed "'expected code' in c[1]['first_difference'] and 'repeat' not in c[1]['first_difference'] and c[1]['repeat'].endswith('--seed 1 --engine icarus --rtl bent') and j['totals'] == {'cases': 4, 'equal': 1, 'different': 2, 'refused': 1, 'error': 0, 'crashed': 0, 'timeout': 0}"
check "JUnit is XML and counts the same" /usr/bin/python3 -c "
import xml.etree.ElementTree as t
r = t.parse('mixed/junit.xml').getroot()
assert r.tag == 'testsuites' and (r.get('tests'), r.get('failures'), r.get('errors')) == ('4', '2', '1'), r.attrib
assert [s.get('name') for s in r] == ['tiny.xml', 'tiny.xml readout.bits=99'] and [s.get('tests') for s in r] == ['3', '1']
assert len(r.findall('*/testcase/failure')) == 2 and all('repeat: bitline cosim' in f.text for f in r.findall('*/testcase/failure'))
assert len({(c.get('classname'), c.get('name')) for c in r.iter('testcase')}) == 4
"
check "the page is XML, failing cases first" /usr/bin/python3 -c "
import xml.etree.ElementTree as t
h = '{http://www.w3.org/1999/xhtml}'
s = list(t.parse('mixed/matrix.html').iter(h + 'section'))
assert [x.get('id') for x in s] == ['failing', 'matrix'] and len(list(s[0].iter(h + 'h3'))) == 3
assert '1 equal, 2 different' in ''.join(s[1].itertext())
"
"$BITLINE" regress mixed.list --out mixed >again.txt 2>&1
check "what differs, and what is refused, is known" test "$(tail -n 1 again.txt)" = "4 cases: 1 equal, 2 different, 1 refused (0 run, 4 known before); mixed/matrix.html"
cat >fail.list <<-EOF
	config=tiny.xml model=w.npy tokens=1 seed=1
EOF
mkdir nothing
BITLINE_CACHE=$work/nothing PATH=$work/nothing "$BITLINE" regress fail.list --out failed --retries 0 >failed.txt 2>&1
check "exit 3 when a tool is missing" test $? = 3
check "... a line says which" grep -q "^error: tiny.xml w.npy tokens=1 seed=1: 'verilator' is missing" failed.txt
sed 's/3001/1000000/; s/1\.\.6/1/' long.list >late.list
"$BITLINE" regress late.list --out late --timeout 1 --retries 1 >late.txt 2>&1
check "a limit of time ends a case, exit 1" test "$?: $(head -n 1 late.txt)" = "1: timeout: tiny.xml w.npy tokens=1000000 seed=1 engine=tlm: stopped after 1 s"
check "... after another attempt" test "$(attempts late) $(attempts late timeout)" = "2 2"
exit $failed
