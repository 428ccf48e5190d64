#!/usr/bin/env bash
# `bitline paper-a`: the figures that are claimed to be reproduced are, and packed is never behind the paper's placements in the same row.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
B=${BITLINE:-build/bitline}
fails=0
j=$("$B" paper-a --json)
ask() { # name, python expression over rows (list) and row(figure, model) (the first)
	if /usr/bin/python3 -c '
import json, sys
rows = json.loads(sys.stdin.read())
def row(figure, model="bert-large", note=""):
    return next(r for r in rows if r["figure"] == figure and r["model"] == model and note in r["note"])
sys.exit(0 if eval(sys.argv[1]) else 1)' "$2" <<<"$j"; then echo "ok - $1"; else echo "FAIL - $1"; fails=1; fi
}
for m in bert-large gpt2-medium; do
	ask "$m: 4608 linear, 2304 sparse" "row('arrays, linear', '$m')['here'] == 4608 and row('arrays, sparse', '$m')['here'] == 2304"
	ask "$m: dense 87 % fewer than linear, 73 % fewer than sparse, packed 89 %" "row('arrays, dense, % fewer than linear', '$m')['here'] >= 87 and row('arrays, dense, % fewer than sparse', '$m')['here'] >= 73 and row('arrays, dense, % fewer than linear', '$m')['packed'] >= 89"
done
for m in bert-large gpt2-medium bart-large; do
	ask "$m: 4 x fewer comparisons, 2.5 x less converter energy" "row('comparisons, linear / sparse (padding converted)', '$m')['packed'] >= 4 and row('converter energy, linear / sparse', '$m')['packed'] >= 2.5 and 2.7 < row('comparisons, linear / sparse (padding converted)', '$m')['here'] < 2.9"
done
ask "strided diagonals come within a tenth of the paper's latency at 4 converters, contiguous ones do not" "row('latency, linear / dense-strided', note=' 4 conv')['reproduced'] and not row('latency, linear / dense', note=' 4 conv')['reproduced']"
ask "converters alone: packed is more than five times quicker than each of the paper's placements" "len([r for r in rows if r['figure'].startswith('latency, linear') and 'converters only' in r['note']]) == 15 and all(r['packed'] > 5 * r['here'] for r in rows if r['figure'].startswith('latency, linear') and 'converters only' in r['note'])"
ask "with 100 ns per activation packed is quicker than each" "len([r for r in rows if 'and 100 ns' in r['note']]) == 6 and all(r['packed'] > r['here'] for r in rows if 'and 100 ns' in r['note'])"
ask "converter energy: packed needs less than each" "len([r for r in rows if r['figure'].startswith('energy') and 'model' in r['note']]) == 2 and all(r['packed'] > r['here'] for r in rows if r['figure'].startswith('energy') and 'model' in r['note'])"
ask "in every regime packed is more than ten times quicker" "len([r for r in rows if r['figure'].startswith('latency, ms')]) == 12 and all(10 * r['packed'] < r['here'] for r in rows if r['figure'].startswith('latency, ms'))"
ask "what is not reproduced has a reason" "all(r['note'] for r in rows)"
if "$B" paper-a --cost no/such.json >/dev/null 2>&1; then echo "FAIL - a table that is not there is refused"; fails=1; else echo "ok - a table that is not there is refused"; fi
want="bitline: paper-a: configuration 'edge64' has arrays of 64 x 64, the paper's figures are of 256 x 256 at one weight per cell: take configs/paper-a.xml, or bitline map for other arrays"
if got=$("$B" paper-a --config configs/edge64.xml 2>&1) || [ "$got" != "$want" ]; then echo "FAIL - other arrays: $got"; fails=1; else echo "ok - other arrays are refused"; fi
exit $fails
