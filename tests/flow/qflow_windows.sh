#!/usr/bin/env bash
# flow-qflow in windows, as large dies are routed, forced on the smallest block: clean all the same, and a hold repair keeps the wires that it does not concern.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
. tests/flow_common.sh
"$BITLINE" gen --config "$configs/digital8.xml" --with yosys,sta,qflow --out d >/dev/null || exit 1
qflow() { bash d/flow/qflow/run.sh --block adc --no-sim "$@"; }
at=d/work/qflow-adc-osu018
check "adc in windows of 40 and 80 um: laid out" qflow --windows 40,40,80
check "... routed, no violated rule, netlists equal, setup and hold met" python3 -c "
import json; r = json.load(open('$at/result.json')); print(r)
assert r['failed_routes'] == 0 and r['drc_errors'] == 0 and r['lvs'] == 'match' and r['setup_slack_ns'] > 0 and r['hold_slack_ns'] >= 0 and r['hold_repairs'] >= 1"
check "... there were windows, and the rest was routed on the whole die" grep -qE '^@ pass 3 windows 1 ' $at/route.log
check "... several of them in a pass" grep -qE '^@ pass 0 windows ([4-9]|[1-9][0-9]) ' $at/route.log
check "... the last look found no wire too near to other metal" bash -c "tail -n 3 $at/route1.log | grep -q '^@ near 0 '"
check "... the repair kept most wires" awk '/^@ kept/ { kept = $3; left = $5 } END { exit !(kept > 100 && left < kept / 2) }' $at/route1.log
refused "windows that are none" "flow-qflow: --windows '5' is no list of sizes in um" qflow --windows 5
exit $status
