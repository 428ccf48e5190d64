# Sourced by the tests that need real checkpoints, from the root of the project: where they are, a scratch folder $dir, and check(). Skips all of it where there are none.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
B=${BITLINE:-build/bitline}
models=../shared/models
if [ ! -d $models ]; then echo "ok - models # SKIP no ../shared/models beside the project"; exit 0; fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fails=0
story=$models/stories260K/stories260K.bin student=$models/students/monarch_b4.safetensors text=$models/eval/stories-1-3.txt
check() { # name, python expression over j (the JSON of the command), command...
	local name=$1 expr=$2; shift 2
	"$@" --json >"$dir/j" 2>"$dir/err"; rc=$?
	if why=$(/usr/bin/python3 - "$dir/j" "$rc" "$expr" <<'PY' 2>&1
import json, sys
rc = int(sys.argv[2])
j = json.load(open(sys.argv[1]))
if not eval(sys.argv[3]):
    sys.exit("rc %d, not true: %s; got %s" % (rc, sys.argv[3], {k: v for k, v in j.items() if not isinstance(v, list)}))
PY
	); then echo "ok - $name"; else echo "FAIL - $name: $(tail -n 1 <<<"$why") $(head -n 1 "$dir/err")"; fails=1; fi
}
# check, then the same co-simulation once more with idle streams and a slow bus: other clocks, nothing else. The seed is printed
both() { # name, python expression, bitline cosim ...
	local n=${SEED:-$((RANDOM + 1))} name=$1
	check "$@"
	shift 2
	check "$name: with idle streams, seed $n" 'rc == 0 and j["mismatches"] == 0 and j["outputs_compared"] > 0 and j["stalls"] > 0' "$@" --stall 0.3 --seed $n
}
