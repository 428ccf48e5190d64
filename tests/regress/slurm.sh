#!/usr/bin/env bash
# 1000 cases over a real Slurm, while one worker is killed and the controller is stopped and started again: all 1000 results, none twice, none lost.
# usage: slurm.sh; N=1000 cases. SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
export BITLINE_CACHE=${BITLINE_CACHE:-$PWD/build/cache}
n=${N:-1000}
. tests/slurm_common.sh
missing=$(slurm_missing)
[ -n "$missing" ] && { echo "ok - $n cases over Slurm # SKIP $missing"; exit 0; }
work=$(mktemp -d)
trap 'slurm_stop; rm -rf "$work"' EXIT
cp configs/tiny.xml "$work"
cd "$work"
status=0
check() { # name, then a command that must succeed
	local name=$1; shift
	if "$@" >log 2>&1; then echo "ok - $name"; else echo "FAIL - $name"; sed 's/^/# /' log | head -n 20; status=1; fi
}
/usr/bin/env perl -e 'my $h = sprintf("{\x27descr\x27: \x27|i1\x27, \x27fortran_order\x27: False, \x27shape\x27: (%d, %d), }", 5, 12); $h .= " " x (63 - (10 + length($h)) % 64) . "\n";
	print "\x93NUMPY\x01\x00", pack("v", length($h)), $h, pack("c*", map { ($_ * 37 + 11) % 7 - 3 } 0..59);' >w.npy
# through the RTL: one device for all
echo "config=tiny.xml model=w.npy tokens=1..2 seed=1..$((n / 2))" >thousand.list
if ! slurm_start "$work/slurm" >slurm.log 2>&1; then
	echo "FAIL - Slurm does not start here"; tail -n 20 slurm.log | sed 's/^/# /'; exit 1
fi
results() { find out/results -name '*.json' 2>/dev/null | wc -l; }
past() { until [ "$(results)" -ge "$1" ] || ! kill -0 $pid 2>/dev/null; do sleep 0.2; done; }
t0=$SECONDS
"$BITLINE" regress thousand.list --out out --executor slurm --batch 10 >out.txt 2>err.txt &
pid=$!
past $((n / 4))
# a task's bitline, with SIGKILL
worker=''
for _ in $(seq 200); do
	for p in /proc/[0-9]*; do
		{ tr '\0' ' ' <"$p/cmdline"; } 2>/dev/null | grep -q "regress --worker $work/out/slurm/plan-.*--task " && worker=${p#/proc/} && break
	done
	[ -n "$worker" ] && kill -9 "$worker" 2>/dev/null && break
	worker=''
	sleep 0.05
done
at_kill=$(results)
check "a worker is killed in the middle" test -n "$worker" -a "$at_kill" -lt "$n"
past $((n / 2))
at_stop=$(results)
slurm_controller_stop
check "the controller is stopped in the middle" test "$at_stop" -lt "$n"
check "... and does not answer" bash -c '! timeout 60 squeue >/dev/null 2>&1'
sleep 3
slurm_controller_start
wait $pid
check "exit 0" test $? = 0
check "all $n results" test "$(cat out.txt err.txt)" = "$n cases: $n equal ($n run, 0 known before); out/matrix.html"
check "none lost: a result each" test "$(results)" = "$n"
check "none twice: one verdict each" test "$(cat out/attempts/* | grep -c ' equal$') $(cat out/attempts/* | grep ' equal$' | sort -u | wc -l)" = "$n $n"
begun=$(cat out/attempts/* | grep -c ' begin$')
check "begun once, but for the one that was killed" test "$begun" = $((n + 1)) -o "$begun" = "$n"
check "another array was submitted for what the killed worker left" test "$(ls out/slurm/plan-*.sh | wc -l)" -ge 2
check "the results are those of the keys" /usr/bin/python3 -c "
import json, os
c = json.load(open('out/results.json'))['cases']
assert len(c) == len({x['key'] for x in c}) == $n and {x['key'] + '.json' for x in c} == set(os.listdir('out/results'))
assert all(x['codes_compared'] > 0 and x['mismatches'] == 0 for x in c)
"
echo "# $n cases in $((SECONDS - t0)) s; killed at $at_kill results, controller stopped at $at_stop; $begun attempts; $(ls out/attempts | wc -l) workers"
exit $status
