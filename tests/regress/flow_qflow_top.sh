#!/usr/bin/env bash
# flow-qflow of the whole digital core: RTL to a routed, DRC-clean, LVS-clean layout in osu018, with setup and hold met and the netlist simulated with its delays.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
export BUILD=${BUILD:-build} CONFIG=digital8 LIB= BLOCK=top SET=
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
check() { # name, then a command that must succeed
	local name=$1; shift
	if "$@" >"$log" 2>&1; then echo "ok - $name"; else echo "not ok - $name"; sed 's/^/# /' "$log" | tail -n 20; status=1; fi
}
work=$BUILD/flow/digital8/work/qflow-top-osu018
check "the core of digital8: laid out" tools/flow.sh qflow
check "... one line says what was checked" grep -qE '^flow-qflow \S+ top osu018: [0-9]+ cells on [0-9.]+ mm2, [0-9]+ % used, no failed routes; DRC 0, LVS match; setup [0-9.]+, hold [0-9.]+ ns after layout; [0-9]+ cycles with delays: 0 of [0-9]+ bits differ; GDS ' "$work/summary"
check "... so does the JSON file" python3 -c '
import json, sys; r = json.load(open(sys.argv[1])); print(r)
assert r["failed_routes"] == 0 and r["drc_errors"] == 0 and r["lvs"] == "match" and r["setup_slack_ns"] > 0 and r["hold_slack_ns"] >= 0
assert r["differences"] == 0 and r["compared_bits"] > 1000 and r["differences_at_impossible_clock"] > 0 and r["cells"] > 20000' "$work/result.json"
check "... the last check of spacings found nothing" bash -c 'test "$(grep -h "^@ near" "$0"/route*.log | tail -n 1 | cut -d " " -f 3)" = 0' "$work"
exit $status
