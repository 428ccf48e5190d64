#!/usr/bin/env bash
# `bitline stories`: stories, entropy, scores, tokenizers, every message of the command. Last line: N passed, N failed.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0
result() { # status, name
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2"; failed=$((failed + 1)); sed 's/^/# /' out err | head -n 20; fi
}
refuses() { # message, arguments
	local message=$1; shift
	"$BITLINE" stories "$@" >out 2>err
	[ $? = 2 ] && [ "$(cat err)" = "bitline: $message" ] && ! [ -s out ] && ! [ -e no.bin ]
	result $? "$message"
}
judge() { # name, python expression over j (the JSON in out)
	/usr/bin/python3 -c 'import json, math, sys; j = json.load(open("out")); sys.exit(0 if eval(sys.argv[1]) else 1)' "$2"
	result $? "$1"
}

"$BITLINE" stories --n 33 --seed 7 --out a.txt >out 2>err && grep -qx "a.txt: 33 stories, $(wc -c <a.txt) bytes" out
result $? "33 stories in a file"
/usr/bin/python3 -c '
t = open("a.txt").read()
s = t.strip("\n").split("\n\n")
assert len(s) == 33 == len(set(s)) and all("\n" not in x and 250 <= len(x) <= 700 for x in s) and t.endswith(".\n") or t.endswith("!\n")' >out 2>err
result $? "separated by blank lines"
"$BITLINE" stories --n 33 --seed 7 >b.txt 2>err && cmp -s a.txt b.txt
result $? "the same printed, and from the same seed"
"$BITLINE" stories --n 7 --seed 7 >c.txt 2>err && cmp -s <(head -n 13 a.txt) c.txt
result $? "the first stories do not depend on how many there are"
"$BITLINE" stories --seed 8 >d.txt 2>err && [ "$(grep -c . d.txt)" = 10 ] && ! grep -qxFf <(grep . a.txt) d.txt
result $? "another seed, other stories; 10 of them by default"

"$BITLINE" stories --entropy --json >out 2>err
judge "entropy: nats per character is entropy over mean length" 'abs(j["nats_per_story"] / j["characters_per_story"] - j["nats_per_character"]) < 1e-8 and j["nats_per_story"] > 20'
"$BITLINE" stories --entropy >out 2>err && grep -qxE 'entropy of a story [0-9.]+ nats, mean length [0-9.]+ characters, [0-9.]+ nats per character' out
result $? "entropy in words"

cat >g.grammar <<'END'
# half, a quarter, a quarter
story = 2: Hello, {x}. | Bye, {x}. | Good night.
x = Tom | 3: Amy
END
printf 'Hello, Tom.\n\n  Bye, Amy. \n \n\nGood night.\n' >g.txt
"$BITLINE" stories --grammar g.grammar --score g.txt --json >out 2>err
judge "scores by hand" '[s["characters"] for s in j["stories"]] == [11, 9, 11] and all(abs(s["nats"] + math.log(p)) < 1e-8 for s, p in zip(j["stories"], (1/8, 3/16, 1/4))) and abs(j["nats_per_character"] + math.log(1/8 * 3/16 / 4) / 31) < 1e-8 and abs(j["nats_per_story"] * 3 - j["nats_per_character"] * 31) < 1e-7'
"$BITLINE" stories --grammar g.grammar --entropy --json >out 2>err
judge "entropy by hand" 'abs(j["nats_per_story"] - (1.5 * math.log(2) + 0.75 * (0.25 * math.log(4) + 0.75 * math.log(4/3)))) < 1e-8 and abs(j["characters_per_story"] - (5.5 + 2.25 + 2.75)) < 1e-8'
"$BITLINE" stories --score a.txt >out 2>err && [ "$(wc -l <out)" = 35 ] && grep -qE '^33 stories, mean [0-9.]+ nats per story, [0-9.]+ nats per character$' out
result $? "the table of scores"

"$BITLINE" stories --n 300 --tokenizer t.bin --vocab 512 >out 2>err && grep -qx "t.bin: 512 pieces, from 300 stories" out
result $? "a tokenizer"
"$BITLINE" stories --n 300 --tokenizer t2.bin --vocab 512 >out 2>err && cmp -s t.bin t2.bin
result $? "the same bytes again"

refuses "--out, --entropy, --score and --tokenizer are different things to do; take one of them" --entropy --score a.txt
refuses "--out, --entropy, --score and --tokenizer are different things to do; take one of them" --entropy --out no.bin
refuses "--json prints figures, and stories are none; add --entropy or --score" --json
refuses "--vocab is the size of a tokenizer; add --tokenizer" --vocab 512
refuses "--tokenizer needs its size: add --vocab, 512 for example" --tokenizer no.bin
printf '\n\nHello, Tom.\n\n\nHello, Ben. And more of the same, so that it is a long story, too long to show whole.\n' >bad.txt
refuses "bad.txt:6: the grammar cannot write this story: 'Hello, Ben. And more of the same, so that it is a long story' .." --grammar g.grammar --score bad.txt
printf ' \n\n' >empty.txt
refuses "'empty.txt': no story, legal is one or more; name a file of stories" --score empty.txt
printf 'story = a {b}\n' >bad.grammar
refuses "bad.grammar:1: there is no rule 'b'; a field of a table is written {table.field}" --grammar bad.grammar
refuses "a vocabulary of 100, legal for this text are 278..32768: 259 fixed pieces and its 19 characters are always there" --grammar g.grammar --n 300 --tokenizer no.bin --vocab 100
"$BITLINE" stories --grammar missing.grammar >out 2>err; [ $? = 2 ] && grep -q missing.grammar err
result $? "a grammar that is not there"
"$BITLINE" stories --out missing/no.txt >out 2>err; [ $? = 3 ] && ! [ -s out ]
result $? "a place that is not there"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
