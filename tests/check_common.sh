# One verdict for one command, for suites that set $suite (their name in each line) and $work (a scratch directory): check, and $failed for the exit status.
# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: Apache-2.0

failed=0
check() { # name, then a command that must succeed
	local name=$1
	shift
	if "$@" >"$work/log" 2>&1; then
		echo "ok $suite: $name"
	else
		echo "FAIL $suite: $name: $(tail -n 4 "$work/log" | tr '\n' '|')"
		failed=1
	fi
}
