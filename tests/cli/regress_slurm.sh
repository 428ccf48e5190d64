#!/usr/bin/env bash
# `bitline regress --executor slurm`: with sbatch and squeue of our own (tasks that die, a controller that is away, refusals), then 40 cases on a real Slurm where it is installed.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
. tests/slurm_common.sh
work=$(mktemp -d)
trap 'slurm_stop; rm -rf "$work"' EXIT
suite=slurm
. tests/check_common.sh
. tests/regress_common.sh
echo "config=tiny.xml model=w.npy tokens=1 seed=1..12 engine=tlm" >ok.list

# ---- a Slurm of two scripts. mock/: jobs/N.K the tasks that are there, submitted: the words of every sbatch; files that change what happens:
# down: nobody answers; refuse: sbatch does not like it; idle: tasks end without doing anything; kill-KEY: the worker dies over this case, N times
mkdir -p mock/bin mock/jobs
cat >mock/bin/sbatch <<'EOF'
#!/usr/bin/env bash
mock=$(dirname "$0")/..
[ -e "$mock/down" ] && { echo "sbatch: error: Unable to contact slurm controller (connect failure)" >&2; exit 1; }
[ -e "$mock/refuse" ] && { echo "sbatch: error: invalid partition specified: none" >&2; exit 1; }
echo "$*" >>"$mock/submitted"
for word; do case $word in --array=0-*) last=${word#--array=0-}; last=${last%\%*} ;; esac; done
script=$word
for k in $(seq 0 "$last"); do touch "$mock/jobs/$k"; done
setsid "$mock/bin/tasks" "$script" "$last" >>"$mock/tasks.log" 2>&1 </dev/null &
until [ -e "$mock/started" ]; do sleep 0.01; done # in a session of its own: not killed with sbatch
rm "$mock/started"
[ -e "$mock/lose" ] && { rm "$mock/lose"; echo "sbatch: error: Socket timed out on send/recv operation" >&2; exit 1; }
echo 17
EOF
cat >mock/bin/tasks <<'EOF'
#!/usr/bin/env bash
mock=$(dirname "$0")/..
touch "$mock/started"
script=$1
plan=$(sed -n "s/.*--worker \([^ ]*\) .*/\1/p" "$script")
for k in $(seq 0 "$2"); do
	first=$(/usr/bin/python3 -c "import json, sys; p = json.load(open('$plan')); print(p['cases'][p['batches'][$k]]['key'])")
	if [ -s "$mock/kill-$first" ]; then
		sed -i 1d "$mock/kill-$first"
		echo "$first begin" >"$(dirname "$plan")/../attempts/mock-$RANDOM$RANDOM"
	elif [ ! -e "$mock/idle" ]; then
		SLURM_ARRAY_TASK_ID=$k sh "$script"
	fi
	rm "$mock/jobs/$k"
done
EOF
cat >mock/bin/squeue <<'EOF'
#!/usr/bin/env bash
mock=$(dirname "$0")/..
[ -e "$mock/down" ] && { echo "slurm_load_jobs error: Unable to contact slurm controller (connect failure)" >&2; exit 1; }
for t in "$mock"/jobs/*; do [ -e "$t" ] && echo RUNNING; done
exit 0
EOF
chmod +x mock/bin/*
: >mock/submitted
mocked() { PATH=$work/mock/bin:$PATH "$BITLINE" regress "$@" --executor slurm; }
submitted() { wc -l <mock/submitted; }

"$BITLINE" regress ok.list --out local >/dev/null
mocked ok.list --out one --batch 5 --jobs 2 --timeout 60 --slurm=--partition=long --slurm=--mem=1G >one.txt 2>one.err
check "12 cases in batches" test "$?: $(cat one.txt one.err)" = "0: 12 cases: 12 equal (12 run, 0 known before); one/matrix.html"
check "... as one array of three, at most two at a time" grep -qE '^--partition=long --mem=1G --job-name=bitline-[0-9a-f]{16} --array=0-2%2 --output=.*/one/slurm/%A_%a.log --parsable .*/one/slurm/plan-[0-9a-f]{16}\.sh$' mock/submitted
check "... once" test "$(submitted) $(attempts one)" = "1 12"
check "... results.json is that of the local executor" cmp one/results.json local/results.json
mocked ok.list --out one >one.txt
check "what is done is not submitted" test "$(submitted) $(cat one.txt)" = "1 12 cases: 12 equal (0 run, 12 known before); one/matrix.html"

key() { /usr/bin/python3 -c "import json; print(json.load(open('local/results.json'))['cases'][$1]['key'])"; }
echo >mock/kill-"$(key 0)" # once
: >mock/submitted
mocked ok.list --out lost --batch 12 --retries 1 >lost.txt 2>&1
check "a worker dies over its first case: the batch is submitted again" test "$(tail -n 1 lost.txt): $(submitted) $(attempts lost) $(attempts lost equal)" = "12 cases: 12 equal (12 run, 0 known before); lost/matrix.html: 2 13 12"
check "... that case alone" grep -q -- '--array=0-1 ' mock/submitted
check "... results.json is the same" cmp lost/results.json local/results.json
printf '\n\n\n' >mock/kill-"$(key 0)"
: >mock/submitted
mocked ok.list --out deadly --batch 12 --retries 1 >deadly.txt 2>&1
check "a worker dies over it every time: it crashed, the others are there, exit 1" test "$?: $(submitted): $(cat deadly.txt)" = "1: 2: crashed: tiny.xml w.npy tokens=1 seed=1 engine=tlm: the worker ended 2 times while it ran this case
12 cases: 11 equal, 1 crashed (12 run, 0 known before); deadly/matrix.html"
: >mock/kill-"$(key 0)"
mocked ok.list --out deadly >deadly.txt 2>&1
check "... the next run tries it again" test "$(cat deadly.txt)" = "12 cases: 12 equal (1 run, 11 known before); deadly/matrix.html"

: >mock/submitted
touch mock/lose
mocked ok.list --out answer --batch 3 >answer.txt 2>&1
check "an answer of sbatch got lost: not submitted twice" test "$(submitted): $(cat answer.txt)" = "1: 12 cases: 12 equal (12 run, 0 known before); answer/matrix.html"
touch mock/down
( sleep 2; rm mock/down ) &
mocked ok.list --out away --batch 3 >away.txt 2>&1
check "a controller that is away is waited for" test "$(cat away.txt): $(attempts away)" = "12 cases: 12 equal (12 run, 0 known before); away/matrix.html: 12"
wait
touch mock/down
mocked ok.list --out gone --patience 1 >gone.txt 2>&1
check "... not for ever" test "$?: $(cat gone.txt)" = "3: bitline: squeue has failed for 1 s, last with: slurm_load_jobs error: Unable to contact slurm controller (connect failure); the same command goes on when Slurm answers (--patience S waits longer)"
rm mock/down
touch mock/refuse
mocked ok.list --out no >no.txt 2>&1
check "a refusal is said at once" test "$?: $(cat no.txt)" = "3: bitline: sbatch refuses: sbatch: error: invalid partition specified: none"
rm mock/refuse
touch mock/idle
mocked ok.list --out no --retries 0 >no.txt 2>&1
check "tasks that do nothing are not submitted for ever" test "$?: $(cat no.txt)" = "3: bitline: 12 cases have no result and no task began one, 1 times in a row; 'no/slurm' has what the tasks said"
rm mock/idle
mv mock/bin/sbatch mock/sbatch
mkdir only; ln -s "$(command -v bash)" "$(command -v dirname)" "$work/mock/bin/squeue" only
PATH=$work/only "$BITLINE" regress ok.list --out no --executor slurm >no.txt 2>&1
check "without sbatch" test "$?: $(cat no.txt)" = "3: bitline: 'sbatch' is missing: install Slurm's commands (Debian: slurm-client), or take --executor local"
rm only/squeue
PATH=$work/only "$BITLINE" regress ok.list --out no --executor slurm >no.txt 2>&1
check "without squeue" test "$?: $(cat no.txt)" = "3: bitline: 'squeue' is missing or does not run"
mv mock/sbatch mock/bin/sbatch
plan=$(ls one/slurm/*.json | head -n 1)
"$BITLINE" regress --worker "$plan" --task 3 >no.txt 2>&1
check "a task that the plan does not have" test "$?: $(cat no.txt)" = "2: bitline: --task 3: '$plan' has batches 0..2"

# stopped: the tasks go on, the same command waits for them
sed 's/tokens=1 /tokens=2000 /' ok.list >slow.list
: >mock/submitted
mocked slow.list --out stopped --batch 3 >stopped.txt 2>&1 &
pid=$!
for _ in $(seq 200); do [ -s mock/submitted ] && break; sleep 0.05; done
sleep 0.2
child=$(cut -d' ' -f1 /proc/$pid/task/$pid/children 2>/dev/null) # of the function's subshell, which is bitline itself where bash saved the fork
kill -TERM "${child:-$pid}"
wait $pid
for _ in $(seq 1200); do grep -q 'tasks go on' stopped.txt && break; sleep 0.05; done
check "stopped: says how to go on" grep -qE "^bitline: the tasks go on; the same command waits for them, 'scancel --name=bitline-[0-9a-f]{16}' ends them$" stopped.txt
mocked slow.list --out stopped --batch 3 >stopped.txt 2>&1
check "... the same command waits for them" test "$(submitted) $(attempts stopped) $(cut -d'(' -f1 stopped.txt)" = "1 12 12 cases: 12 equal "
rm -rf mock/jobs

# ---- a real one
missing=$(slurm_missing)
if [ -n "$missing" ]; then
	echo "ok - 40 cases on a real Slurm # SKIP $missing"
elif ! slurm_start "$work/slurm" >slurm.log 2>&1; then
	echo "FAIL - Slurm does not start here"; tail -n 20 slurm.log | sed 's/^/# /'; failed=1
else
	sed 's/1\.\.12/1..40/' ok.list >forty.list
	timeout 120 "$BITLINE" regress forty.list --out real --executor slurm --batch 4 >real.txt 2>&1
	check "40 cases on a real Slurm" test "$?: $(cat real.txt)" = "0: 40 cases: 40 equal (40 run, 0 known before); real/matrix.html"
	check "... each once" test "$(attempts real) $(ls real/results | wc -l) $(cat real/attempts/* | grep begin | sort -u | wc -l)" = "40 40 40"
	timeout 120 "$BITLINE" regress forty.list --out real --executor slurm --slurm=--partition=none >real.txt 2>&1
	check "... known now" test "$?: $(cat real.txt)" = "0: 40 cases: 40 equal (0 run, 40 known before); real/matrix.html"
	timeout 120 "$BITLINE" regress forty.list --out other --executor slurm --slurm=--partition=none >real.txt 2>&1
	check "... what Slurm refuses is quoted" test "$?: $(cat real.txt)" = "3: bitline: sbatch refuses: sbatch: error: invalid partition specified: none"
fi
exit $failed
