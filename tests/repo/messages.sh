#!/usr/bin/env bash
# Every message of the program has a test (messages.py), and that check can fail: on small trees with a message nobody tests, a half tested one,
# a reason for a message that is tested, and a reason for none.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
result() { if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2"; failed=$((failed + 1)); fi; }

# name, wanted line, what a test says, what messages_untested.txt says
expect() {
	local out
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree/map" "$dir/tree/tests/expected" "$dir/tree/tests/repo"
	printf 'int f(void)\n{\n\t/* err_set(e, 1, "in a comment") */\n\treturn err_set(e, ERR_INPUT, "layer %%s is " /* joined */ "too large by %%d: " MEND, "a, b", f(3));\n}\n' >"$dir/tree/map/a.c"
	printf '%s\n' "$3" >"$dir/tree/tests/expected/a.txt"
	printf "$4" >"$dir/tree/tests/repo/messages_untested.txt"
	out=$(/usr/bin/python3 -B tests/repo/messages.py "$dir/tree")
	grep -qxF -- "$2" <<<"$out"
	result $? "messages.py: $1"
}
key='map/a.c: layer %%s is too large by %%d: %%s'
expect "a tested message passes" "1 passed, 0 failed" "bitline: layer '0.wq' is too large by 33: cut it" ''
expect "a message without a test fails" "FAIL - map/a.c:4: no test for: layer %s is too large by %d: %s" "something else" ''
expect "half a message with other words is no test" "0 passed, 1 failed" "layer '0.wq' is too small by 33: cut it" ''
expect "a reason excuses" "1 passed, 0 failed" "something else" "$key\tno disk that large\n"
expect "an empty reason does not" "0 passed, 1 failed" "something else" "$key\t\n"
expect "a reason for a tested message fails" "FAIL - map/a.c:4: listed as untested, but has a test: layer %s is too large by %d: %s" "layer 0 is too large by 7: cut it" "$key\tno disk that large\n"
expect "a reason for no message fails" "FAIL - tests/repo/messages_untested.txt:1: no such message: map/b.c: gone" "layer 0 is too large by 7: cut it" 'map/b.c: gone\twhy\n'

out=$(/usr/bin/python3 -B tests/repo/messages.py)
sed '$d' <<<"$out"
read -r p f < <(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' <<<"$out")
passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
