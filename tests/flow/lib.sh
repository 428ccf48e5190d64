#!/usr/bin/env bash
# flows/lib.sh with a flow of three lines: arguments, libraries, steps that fail, results, what is made again and what is not.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
ihp=$PWD/../shared/pdk/ihp-sg13g2/lib/sg13g2_stdcell_typ_1p20V_25C.lib
. tests/flow_common.sh
# NAME STATUS TEXT COMMAND...: ends with STATUS, and one line of standard error is TEXT
says() {
	local name=$1 want=$2 text=$3 rc
	shift 3
	"$@" >out.txt 2>err.txt; rc=$?
	check "$name" test "$rc" = "$want" -a "$(cat err.txt)" = "$text"
	[ "$(cat err.txt)" = "$text" ] || sed 's/^/# /' err.txt
}
"$BITLINE" gen --config "$configs/digital8.xml" --with sta --out d >/dev/null
rm -rf d/flow/sta && mkdir d/flow/demo
cat >d/flow/demo/run.sh <<'END'
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
flow_begin demo "$@"
flow_tool "${TOOL:-true}" demo-package
FLOW_TOOLS="${VERSION:-1}"
flow_fresh "$OUT/input"
flow_step work bash bash -c "${WORD:-echo fine}"
flow_expect work bash "${WANT:-^fine}"
flow_refuse work bash '^Error'
flow_text said "$(cat "$WORK/work.log")"; flow_num n "${N:-1.5e-3}"; flow_bool good true; flow_raw list '[1, 2]'
echo made >>"$WORK/made"
flow_end "one ${ARGS[*]:-}"
END
demo() { bash d/flow/demo/run.sh "$@"; }
echo 1 >d/input

line='flow-demo digital8 top osu018: one ; d/work/demo-top-osu018/result.json'
check "one line, which names the result" bash -c '[ "$(bash d/flow/demo/run.sh)" = "$1" ]' - "$line"
check "the result is JSON" python3 -c "
import json; r = json.load(open('d/work/demo-top-osu018/result.json'))
assert r['flow'] == 'demo' and r['design'] == 'digital8' and r['block'] == 'top' and r['library'] == 'osu018' and len(r['config_sha256']) == 64
assert r['said'] == 'fine' and r['n'] == 0.0015 and r['good'] is True and r['list'] == [1, 2]"
check "what is up to date is not made again, and says the same" bash -c '[ "$(bash d/flow/demo/run.sh)" = "$1" ] && [ $(wc -l <d/work/demo-top-osu018/made) = 1 ]' - "$line"
echo 2 >d/input
check "other input: made again" bash -c 'bash d/flow/demo/run.sh && [ $(wc -l <d/work/demo-top-osu018/made) = 2 ]'
check "another tool version: made again" bash -c 'VERSION=2 bash d/flow/demo/run.sh && [ $(wc -l <d/work/demo-top-osu018/made) = 3 ]'
check "block, library, place and other words" bash -c '
	[ "$(bash d/flow/demo/run.sh --block adc --lib osu035 --work w a b)" = "flow-demo digital8 adc osu035: one a b; w/demo-adc-osu035/result.json" ]'
VERSION=2 demo >/dev/null
says "a step that fails" 1 "flow-demo: digital8 top osu018: step 'work' failed in bash: Error: no such gate (exit status 7); log: d/work/demo-top-osu018/work.log" \
	env WORD='echo one; echo Error: no such gate; echo two; exit 7' VERSION=3 bash d/flow/demo/run.sh
check "... leaves no old result behind" test ! -e d/work/demo-top-osu018/result.json
says "a step that ends well without doing its work" 1 "flow-demo: digital8 top osu018: step 'work' failed in bash: no line matches '^fine'; nothing; log: d/work/demo-top-osu018/work.log" \
	env WORD='echo nothing' bash d/flow/demo/run.sh
says "an error behind exit status 0" 1 "flow-demo: digital8 top osu018: step 'work' failed in bash: Error 12: no port; log: d/work/demo-top-osu018/work.log" \
	env WORD='echo fine; echo Error 12: no port' bash d/flow/demo/run.sh
says "a figure that is none" 1 "flow-demo: digital8 top osu018: 'nan' is no number for 'n': a report was not understood; see d/work/demo-top-osu018" env N=nan bash d/flow/demo/run.sh
says "a tool that is missing" 3 "flow-demo: no-such-tool is missing: install the Debian package demo-package" env TOOL=no-such-tool bash d/flow/demo/run.sh
says "a block that is not there" 2 "flow-demo: --block 'link' is not one of: top adc sequencer tile" demo --block link
says "a library that is not there" 2 "flow-demo: --lib 'osu999' is neither osu018, osu035 nor a file that can be read" demo --lib osu999
says "a file that is no library" 2 "flow-demo: --lib 'd/input' has no buffer cell that could drive the inputs: is it a Liberty file?" demo --lib d/input
says "technologies in another place" 3 "flow-demo: '/nowhere/osu018/osu018_stdcells.lib' is missing: install the Debian package qflow-tech-osu018, or name the folder of the technologies in QFLOW_TECH" \
	env QFLOW_TECH=/nowhere bash d/flow/demo/run.sh
printf 'fine "x\\y\t\001z' >odd
WORD="cat odd" VERSION=9 demo >/dev/null
check "text of any kind stays JSON" python3 -c '
import json; said = json.load(open("d/work/demo-top-osu018/result.json"))["said"]; print(repr(said)); assert said == "fine \"x\\y  z"'
buffer() { (. d/flow/lib.sh; flow_buffer "$1"); }
check "the buffer in front of inputs: osu018" test "$(buffer /usr/share/qflow/tech/osu018/osu018_stdcells.lib)" = "BUFX2 A Y"
if [ -r "$ihp" ]; then check "... of IHP's library" test "$(buffer "$ihp")" = "sg13g2_buf_1 A X"; else echo "ok - ... of IHP's library # SKIP no $ihp here"; fi
exit $status
