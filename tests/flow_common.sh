# What the tests of the hand-off share. Sourced from the top of the tree; goes to a folder of its own, which is removed at the end.
# Sets BITLINE (absolute), configs, work, status. check NAME COMMAND...: must succeed; refused NAME TEXT COMMAND...: must fail and say TEXT.
# SPDX-License-Identifier: Apache-2.0
BITLINE=$(realpath "${BITLINE:-${BUILD:-build}/bitline}")
configs=$PWD/configs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
status=0
check() {
	local name=$1; shift
	if "$@" >log 2>&1; then echo "ok - $name"; else echo "FAIL - $name"; sed 's/^/# /' log | head -n 20; status=1; fi
}
refused() {
	local name=$1 text=$2; shift 2
	if "$@" >log 2>&1; then echo "FAIL - $name: not refused"; status=1
	elif grep -qF -- "$text" log; then echo "ok - $name"
	else echo "FAIL - $name: says something else"; sed 's/^/# /' log | head -n 5; status=1; fi
}
