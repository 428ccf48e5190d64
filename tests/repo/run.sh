#!/usr/bin/env bash
# Tests about the repository (checks.py), each of them proven able to fail (selftest.py), and of the runner of the documents' examples (docs.sh).
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
py=(/usr/bin/python3 -B)
log=$(mktemp)
dir=$(mktemp -d)
trap 'rm -rf "$log" "$dir"' EXIT

if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	"${py[@]}" tests/repo/checks.py . | tee -a "$log"
	[ "${PIPESTATUS[0]}" -le 1 ] || echo "FAIL - checks.py: stopped" | tee -a "$log"
	"${py[@]}" tests/repo/selftest.py | tee -a "$log"
	[ "${PIPESTATUS[0]}" -le 1 ] || echo "FAIL - selftest.py: stopped" | tee -a "$log"
else
	echo "ok - repository checks # SKIP not a git work tree" | tee -a "$log"
fi

# docs.sh on documents of its own
expect() { # name, wanted line, lines of a document
	local name=$1 want=$2 out
	mkdir -p "$dir/tree/docs"
	printf '%s\n' "${@:3}" >"$dir/tree/docs/page.md"
	out=$(BITLINE_DOCS='' SLOW='' bash tests/repo/docs.sh "$dir/tree" 2>&1)
	if grep -qxE "$want" <<<"$out"; then echo "ok - docs.sh: $name"; else echo "FAIL - docs.sh: $name: $(tr '\n' '|' <<<"$out")"; fi | tee -a "$log"
}
expect "a right example passes" 'ok - docs/page\.md:2' '<!-- run -->' '```sh' 'test -d docs' '```'
expect "a wrong example fails" 'FAIL - docs/page\.md:2: .*' '<!-- run -->' '```sh' 'false' 'true' '```'
expect "an unset variable fails" 'FAIL - docs/page\.md:2: .*' '<!-- run -->' '```sh' 'echo $no_such_variable' '```'
expect "an unmarked block is left alone" '1 passed, 0 failed' '<!-- run -->' '```sh' 'true' '```' '```sh' 'false' '```'
expect "a slow block waits for SLOW=1" 'ok - docs/page\.md:2 # SKIP .*' '<!-- run: slow -->' '```sh' 'false' '```'
expect "a block that needs a model is left out" 'ok - docs/page\.md:2 # SKIP .*' '<!-- run: model -->' '```sh' 'false' '```'
expect "a mark without a block fails" 'FAIL - docs/page\.md:1: .*' '<!-- run -->' 'text'
expect "a block without an end fails" 'FAIL - docs/page\.md:2: .*' '<!-- run -->' '```sh' 'true'
expect "an excerpt of what was printed passes" 'ok - docs/page\.md:6' '<!-- run -->' '```sh' 'echo begin; echo "took 3 s"; echo end' '```' '<!-- output -->' '```' 'begin' 'took ... s' '```'
expect "an excerpt that was not printed fails" 'FAIL - docs/page\.md:6: .*' '<!-- run -->' '```sh' 'echo begin; echo end' '```' '<!-- output -->' '```text' 'end' 'begin' '```'
expect "an excerpt of what did not run is left out" 'ok - docs/page\.md:6 # SKIP .*' '<!-- run: slow -->' '```sh' 'echo end' '```' '<!-- output -->' '```' 'end' '```'
expect "an unknown mark fails" 'FAIL - docs/page\.md:1: .*' '<!-- run: later -->' '```sh' 'true' '```'

passed=$(grep -E '^ok ' "$log" | grep -vc '# SKIP')
skipped=$(grep -cE '^ok .*# SKIP' "$log")
failed=$(grep -cE '^FAIL ' "$log")
echo "$passed passed, $failed failed$([ "$skipped" -gt 0 ] && echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
