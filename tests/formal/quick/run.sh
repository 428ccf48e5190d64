#!/usr/bin/env bash
# The quick part of `make formal` (lines with * in tests/formal/*.list), prove.py's tests of itself first, and what prove.py refuses.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../../.." || exit 3
export BUILD=${BUILD:-build}/formal_quick
mkdir -p "$BUILD"
for tool in yosys yosys-abc; do
	if ! command -v $tool >/dev/null; then echo "ok formal quick # SKIP $tool is not installed"; exit 0; fi
done
failed=0
tests/formal/prove.py --quick --jobs 2 >"$BUILD/table.txt" || failed=1
awk '/^ok /     { $1 = ""; print "ok formal" $0 }
     /^FAIL /   { $1 = ""; print "FAIL formal" $0; bad = 1; next }
     /^        / { if (bad) print }' "$BUILD/table.txt"
grep -q ' passed, 0 failed$' "$BUILD/table.txt" || { echo "FAIL formal quick: $(tail -n 1 "$BUILD/table.txt")"; failed=1; }

refused() { # WHAT WORDS OPTION...
	local got rc
	got=$(tests/formal/prove.py "${@:3}" 2>&1)
	rc=$?
	if [ $rc = 2 ] && [[ $got == *"$2"* ]]; then echo "ok formal refuses $1"; else echo "FAIL formal refuses $1: exit $rc, $got"; failed=1; fi
}
refused "an option that it does not have" "options are --quick" --fast
refused "words that no obligation has" "no obligation has these words" cim_nobody_prove
exit $failed
