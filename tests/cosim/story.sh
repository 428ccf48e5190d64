#!/usr/bin/env bash
# The embedded model through RTL: `make demo` in short; its text is golden's.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
B=${BITLINE:-build/bitline}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fails=0
ok() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "FAIL - $2${3:+: $3}"; fails=1; fi; }

unset BITLINE_CXXFLAGS # as users run it
TOKENS=6 SEED=4 tools/demo.sh >"$work/demo" 2>"$work/figures"
ok $? "make demo" "$(tail -n 3 "$work/figures")"
grep -q '^text: golden.s, every logit equal' "$work/figures" && grep -q ': 0 mismatches;' "$work/figures" && grep -q '^verdict: equal, bit by bit' "$work/figures"
ok $? "its verdict" "$(cat "$work/figures")"
"$B" golden --model models/story.safetensors --config configs/edge64-sm4.xml --generate 6 --temperature 0.8 --seed 4 >"$work/golden" 2>/dev/null
sed '1,/ files of configuration /d; /^demo: the page$/,$d' "$work/demo" >"$work/text"
[ -s "$work/golden" ] && cmp -s "$work/text" "$work/golden"
ok $? "its text is what golden writes" "$(cat "$work/text") | $(cat "$work/golden")"
page=$(tail -n 1 "$work/demo")
[ -s "$page" ] && /usr/bin/python3 tests/cli/report_page.py "$page" text run timeline arrays counts codes perplexity cost config absent
ok $? "its last line is the path of a page with every section but the layout" "$page"
exit $fails
