#!/usr/bin/env bash
# What a terminal sees and a pipe does not: progress with rate and time left, colour, notes; -q and -v. The terminal is a pseudo-terminal (on_terminal.py).
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C BITLINE_CACHE=$work/cache TMPDIR=$work TERM=xterm
unset NO_COLOR CLICOLOR_FORCE
failed=0
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2${3:+: $3}"; failed=1; fi; }
terminal() { /usr/bin/python3 -B tests/cli/on_terminal.py "$@"; }
/usr/bin/python3 -c '
import sys, struct
def npy(name, rows, cols, v):
    h = "{\x27descr\x27: \x27|i1\x27, \x27fortran_order\x27: False, \x27shape\x27: (%d, %d), }" % (rows, cols)
    h += " " * (63 - (10 + len(h)) % 64) + "\n"
    open(name, "wb").write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(h)) + h.encode() + bytes(x & 255 for x in v))
npy(sys.argv[1] + "/w.npy", 5, 40, [i * 37 % 256 for i in range(200)])' "$work"
icarus=(cosim --config configs/tiny.xml -s scheduler.activation_depth=64 --matrix "$work/w.npy" --engine icarus) # a token per program

# a run of several programs on the slow engine: compiled first
terminal --stderr "$BITLINE" "${icarus[@]}" --tokens 6 >"$work/seen"; rc=$?
line='^programs: [0-9]+ of [0-9]+ \([0-9]+ %\), [0-9.]+( s each|/s), [0-9]+ (s|min) leftESC\[KCR?$'
[ $rc = 0 ] && grep -qE "$line" "$work/seen"; result $? "programs: how far, rate, time left" "exit $rc, $(head -n 3 "$work/seen" | tr '\n' ' ')"
[ "$(tail -c 6 "$work/seen")" = "CR
ESC"'[' ] || grep -q 'ESC\[K$' <(tail -n 1 "$work/seen"); result $? "the line is erased" "$(tail -n 1 "$work/seen")"
awk '{ if (length($0) - 6 > 80) exit 1 }' "$work/seen"; result $? "no line is wider than the terminal"
"$BITLINE" "${icarus[@]}" --tokens 2 >"$work/out" 2>"$work/err"; rc=$?
[ $rc = 0 ] && [ ! -s "$work/err" ] && grep -q '^verdict: equal' "$work/out"; result $? "a pipe sees none" "exit $rc, $(head -n 1 "$work/err")"
terminal --stderr "$BITLINE" "${icarus[@]}" --tokens 3 -q >"$work/seen"; rc=$?
[ $rc = 0 ] && [ ! -s "$work/seen" ]; result $? "nor a terminal with -q" "exit $rc, $(head -n 2 "$work/seen")"
cmp -s <("$BITLINE" "${icarus[@]}" --tokens 1 -q 2>&1 | sed 's/cache in.*//; s/converters busy.*//') <("$BITLINE" "${icarus[@]}" --tokens 1 -v 2>"$work/err" | sed 's/cache in.*//; s/converters busy.*//')
result $? "-q and -v leave results as they are"
grep -qE "^bitline: device [0-9a-f]{16} is found in '.*/device-[0-9a-f]{64}'\$" "$work/err"; result $? "-v: the device of the cache" "$(head -n 1 "$work/err")"
BITLINE_CACHE=$work/new "$BITLINE" "${icarus[@]}" --tokens 1 -v >"$work/out" 2>"$work/err"
grep -q "^bitline: device [0-9a-f]* is not there yet, it is built into '" "$work/err" && grep -qE '^bitline: run in .*: iverilog ' "$work/err" && grep -qE '^bitline: device ready after [0-9.]+ s$' "$work/err"
result $? "-v: a device that is built, the tools that run" "$(head -n 2 "$work/err")"

terminal --stderr "$BITLINE" paper-a >"$work/seen"
grep -qE '^placements: [0-9]+ of 36 \(' "$work/seen"; result $? "paper-a: placements" "$(head -n 2 "$work/seen")"
mkdir "$work/sweep"
terminal --stderr "$BITLINE" explore --config configs/paper-a.xml --model shapes:bert-large --rows 128,256 --adcs 8,16,32 --jobs 1 --out "$work/sweep" >"$work/seen"
grep -qE '^points: [0-9]+ of [0-9]+ \([0-9]+ %\), .* leftESC' "$work/seen"; result $? "explore: points" "$(head -n 2 "$work/seen")"
terminal --stderr "$BITLINE" explore --config configs/paper-a.xml --model shapes:bert-large --rows 128,256 --adcs 8,16,32 --out "$work/sweep" >"$work/seen"
grep -q "explore.jsonl': [0-9]* points were finished before, the others follow" "$work/seen"; result $? "a note" "$(head -n 1 "$work/seen")"
terminal --stderr "$BITLINE" explore --config configs/paper-a.xml --model shapes:bert-large --rows 128,256 --adcs 8,16,32 --out "$work/sweep" -q >"$work/seen"
[ ! -s "$work/seen" ]; result $? "no note with -q" "$(head -n 1 "$work/seen")"
# many words of random letters: slow to merge on any machine, as nothing under half a second is shown
awk 'BEGIN { srand(1); print "story = {a} {b} {c} {d} {e} {f} {g} {h}."
	for (r = 1; r <= 8; r++) { printf "%s =", substr("abcdefgh", r, 1)
		for (i = 0; i < 500; i++) { s = ""; for (k = 0; k < 12; k++) s = s sprintf("%c", 97 + int(26 * rand())); printf "%s %s", i ? " |" : "", s }
		print "" } }' >"$work/words.grammar"
terminal --stderr "$BITLINE" stories --grammar "$work/words.grammar" --n 6000 --tokenizer "$work/tok.bin" --vocab 700 >"$work/seen"
grep -qE '^pieces: [0-9]+ of 441 \(.* leftESC' "$work/seen"; result $? "stories: pieces of the tokenizer" "$(head -n 2 "$work/seen")"

# colour: of a terminal that has some
red='^ESC\[1;31mbitline:ESC\[0m cannot open'
wrong() { env "$@" /usr/bin/python3 -B tests/cli/on_terminal.py "$BITLINE" config nothing.xml; }
grep -qE "$red" <(wrong A=1); result $? "an error is red on a terminal" "$(wrong A=1)"
for none in NO_COLOR=1 TERM=dumb; do
	grep -q '^bitline: cannot open' <(wrong $none); result $? "not with $none" "$(wrong $none)"
done
grep -qE "$red" <(wrong NO_COLOR=); result $? "an empty NO_COLOR says nothing" "$(wrong NO_COLOR=)"
"$BITLINE" config nothing.xml 2>"$work/err"; grep -q '^bitline: cannot open' "$work/err"; result $? "not in a pipe" "$(cat "$work/err")"
CLICOLOR_FORCE=1 "$BITLINE" config nothing.xml 2>"$work/err"; grep -q $'^\033\\[1;31mbitline:\033\\[0m cannot' "$work/err"; result $? "CLICOLOR_FORCE in a pipe" "$(cat "$work/err")"
CLICOLOR_FORCE=1 NO_COLOR=1 "$BITLINE" config nothing.xml 2>"$work/err"; grep -q '^bitline: cannot open' "$work/err"; result $? "NO_COLOR wins over it" "$(cat "$work/err")"
grep -q ESC <(terminal "$BITLINE" config configs/tiny.xml); [ $? = 1 ]; result $? "a result has no colour on a terminal"

# every command takes -q and -v
wrong=
for c in $("$BITLINE" help | sed -n '/^bitline help TOPIC/q; s/^  \([a-z-]*\) .*/\1/p'); do
	grep -qE '^  -q +quiet' <("$BITLINE" "$c" -q -v --help) || wrong+=" $c"
done
[ -z "$wrong" ]; result $? "every command takes -q and -v" "$wrong"
exit $failed
