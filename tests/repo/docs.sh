#!/usr/bin/env bash
# Runs the examples of README.md, models/*.md and docs/*.md: every ```sh block behind a line `<!-- run -->`, with bash -eu in the repository's root.
# Blocks behind `<!-- run: slow -->` run with SLOW=1, behind `<!-- run: model -->` when ../shared/models is there. An example that calls `make test` comes back here: then nothing is run twice.
# A ``` block behind `<!-- output -->` is an excerpt of what the run block before it printed: docs_output.py.
# usage: tests/repo/docs.sh [ROOT]
# SPDX-License-Identifier: Apache-2.0
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$(dirname "$0")/../..}"
if [ -n "${BITLINE_DOCS:-}" ]; then
	echo "ok - examples # SKIP called from an example"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
export BITLINE_DOCS=1
unset BITLINE_CXXFLAGS # as users run them
dir=$(mktemp -d)
trap 'rm -rf "$dir" "$dir.log"' EXIT
passed=0 failed=0 skipped=0
pass() { echo "ok - $1"; passed=$((passed + 1)); }
fail() { echo "FAIL - $1: $2"; failed=$((failed + 1)); }
skip() { echo "ok - $1 # SKIP $2"; skipped=$((skipped + 1)); }

for page in README.md models/*.md docs/*.md; do
	[ -f "$page" ] || continue
	# NNNNN.fast, .slow, .model: the commands of the block that begins in that line; NNNNN.bad: what is wrong there
	rm -f "$dir"/*
	awk -v dir="$dir" '
		function bad(line, why) { print why > sprintf("%s/%05d.bad", dir, line) }
		inside && /^```[ ]*$/ { inside = 0; close(out); next }
		inside { print > out; next }
		mark == "output" && /^```(text)?[ ]*$/ { inside = start = NR; out = sprintf("%s/%05d.output", dir, NR); printf "" > out; mark = ""; next }
		mark && mark != "output" && /^```sh[ ]*$/ { inside = start = NR; out = sprintf("%s/%05d.%s", dir, NR, mark); printf "" > out; mark = ""; next }
		mark { bad(NR - 1, "no " (mark == "output" ? "```" : "```sh") " block behind the mark"); mark = "" }
		/^<!-- run -->$/ { mark = "fast"; next }
		/^<!-- run: (slow|model) -->$/ { mark = $3; next }
		/^<!-- output -->$/ { mark = "output"; next }
		/^<!-- run/ { bad(NR, "unknown mark, expected <!-- run -->, <!-- run: slow --> or <!-- run: model -->") }
		END {
			if (mark) bad(NR, "no ```sh block behind the mark")
			if (inside) { close(out); system("rm -f " out); bad(start, "the block does not end") }
		}' "$page"
	ran=
	for block in "$dir"/*; do
		[ -f "$block" ] || continue
		line=$(basename "$block") kind=${block##*.}
		name=$page:$((10#${line%.*}))
		if [ "$kind" = bad ]; then
			fail "$name" "$(cat "$block")"
		elif [ "$kind" = output ]; then
			if [ "$ran" != yes ]; then
				skip "$name" "what it shows was not run"
			elif why=$(/usr/bin/python3 -B "$here/docs_output.py" "$block" "$dir.log"); then
				pass "$name"
			else
				fail "$name" "$why"
			fi
			continue
		elif [ "$kind" = slow ] && [ "${SLOW:-}" != 1 ]; then
			skip "$name" "slow, SLOW=1 runs it"
			ran=
		elif [ "$kind" = model ] && [ ! -d ../shared/models ]; then
			skip "$name" "no checkpoint in ../shared/models"
			ran=
		elif bash -eu -o pipefail "$block" >"$dir.log" 2>&1 </dev/null; then
			pass "$name"
			ran=yes
		else
			fail "$name" "exit status $?, $(tail -n 1 "$dir.log")"
			ran=
		fi
	done
done
echo "$passed passed, $failed failed$([ $skipped -gt 0 ] && echo ", $skipped skipped")"
[ $failed -eq 0 ]
