#!/usr/bin/env bash
# `bitline help`: topics, keys from the schema, did-you-mean; manual page and --help agree (manual.py); completion of bash and zsh.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
tests=$PWD/tests/cli top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
failed=0
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2${3:+: $3}"; failed=1; fi; }
# name, exit status, text that the first line of standard error is (after "bitline: "), arguments
refuse() {
	local name=$1 want=$2 says=$3 rc; shift 3
	"$BITLINE" "$@" >"$work/out" 2>"$work/err"; rc=$?
	[ $rc = "$want" ] && [ ! -s "$work/out" ] && [ "$(cat "$work/err")" = "bitline: $says" ]
	result $? "$name" "exit $rc, $(head -n 1 "$work/err")"
}
# name, what standard output must have, arguments
says() {
	local name=$1 text=$2; shift 2
	"$BITLINE" "$@" >"$work/out" 2>"$work/err" && grep -qF -- "$text" "$work/out"
	result $? "$name" "$(head -n 2 "$work/out")"
}

"$BITLINE" help --man >"$work/bitline.1" && "$BITLINE" help --completion bash >"$work/bash" && "$BITLINE" help --completion zsh >"$work/_bitline"
result $? "manual page and completion are printed"
/usr/bin/python3 -B "$tests/manual.py" "$BITLINE" "$work/bitline.1" "$work/bash" || failed=1
if command -v mandoc >/dev/null; then
	# no date in it: the page of a version is always the same
	lint=$(cd "$work" && mandoc -Tlint bitline.1 | grep -v 'WARNING: missing date, using "": TH$')
	[ -z "$lint" ]; result $? "mandoc finds nothing wrong" "$(head -n 2 <<<"$lint")"
	mandoc -Tascii "$work/bitline.1" >"$work/page" && grep -q 'EXIT STATUS' <(col -b <"$work/page"); result $? "mandoc shows it"
else
	echo "ok mandoc finds nothing wrong # SKIP no mandoc (apt-get install mandoc)"
fi

says "the list of commands" "cosim       run layers" help
cmp -s <("$BITLINE" help) <("$BITLINE" --help); result $? "--help is help"
grep -q '^bitline [0-9]' <("$BITLINE" --version); result $? "--version"
says "help on a command has its options" "--mismatch-trace FILE.fst" help cosim
says "help on exit statuses" "compared and different" help exit
says "help on the environment" "NO_COLOR" help environment
says "help on formats" ".gtkw for GTKWave" help formats
says "help on keys" "any number of times, in order; the last one wins." help keys
says "help on commands" "check-macro a supplied model" help commands
says "help on a bare name" "array.rows: rows of one array" help rows
[ "$("$BITLINE" help array.rows)" = "array.rows: rows of one array
  type     whole number
  legal    8..1024
  default  64
  written  <array rows=\"...\"/> in the file, or -s array.rows=..." ]; result $? "help on a key: type, range, meaning"
# every key of the schema, with the legal values that config --fields prints
keys=0 wrong=
while read -r key; do
	keys=$((keys + 1))
	legal=$("$BITLINE" config --fields | grep -A 1 "^$key " | sed -n '2s/^ *legal //p')
	grep -qF "legal    $legal" <("$BITLINE" help "$key") || wrong+=" $key"
done < <("$BITLINE" config --fields | sed -n 's/^\([a-z][a-z_.]*\) .*/\1/p')
[ $keys -gt 40 ] && [ -z "$wrong" ]; result $? "help on each of $keys keys" "$wrong"
[ "$("$BITLINE" help floorplan | grep -c '^floorplan\.')" = "$("$BITLINE" config --fields | grep -c '^floorplan\.')" ]; result $? "help on a group of keys"

refuse "no command" 2 "no command; 'bitline help' lists the commands"
refuse "a misspelt command" 2 'unknown command "cosmi"; did you mean "cosim"' cosmi
refuse "no command at all like it" 2 "unknown command \"frobnicate\"; 'bitline help' lists the commands" frobnicate
refuse "a misspelt option" 2 'unknown option "--engin"; did you mean "--engine"' cosim --engin icarus
refuse "a misspelt topic" 2 'no help on "arry.rows"; did you mean "array.rows"' help arry.rows
refuse "no such topic" 2 "no help on \"zzzzzzzz\": it is no command, topic or configuration key; 'bitline help' lists commands and topics, 'bitline config --fields' the keys" help zzzzzzzz
refuse "two things to print" 2 "a topic, --man and --completion are different things to print; take one of them" help cosim --man
refuse "a shell without completion" 2 '--completion "fish": no such shell; legal: bash, zsh' help --completion fish
refuse "a misspelt configuration" 2 "cannot open 'configs/tinny.xml': there is no such configuration; did you mean 'configs/tiny.xml'" config configs/tinny.xml
refuse "a misspelt configuration without its folder" 2 "cannot open 'tinny': there is no such configuration; did you mean 'configs/tiny.xml'" config tinny
refuse "no configuration at all like it" 2 "cannot open 'configs/zzzzzzzz.xml': No such file or directory; name a readable file" config configs/zzzzzzzz.xml
refuse "a misspelt key" 2 '-s aray.rows=8: unknown key "aray.rows"; did you mean "array.rows"' config configs/tiny.xml -s aray.rows=8

# completion of bash, as the shell calls it
cd "$top" || exit 1
completes() { # name, words that must be offered (NONE: nothing), words of the line; the last one is being typed
	local name=$1 want=$2 got w missing=; shift 2
	got=$(bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bitline; printf "%s\n" "${COMPREPLY[@]}"' bash "$work/bash" "$@" 2>"$work/err")
	for w in $want; do grep -qxF -- "$w" <<<"$got" || [ "$w" = NONE ] || missing+=" $w"; done
	[ "$want" != NONE ] || [ -z "$got" ] || missing=" nothing"
	[ -z "$missing" ] && [ ! -s "$work/err" ]; result $? "completion: $name" "wanted$missing, got $(tr '\n' ' ' <<<"$got")"
}
completes "commands" "config cosim check-macro" bitline c
[ "$(bash -c 'source "$1"; complete -p bitline' bash "$work/bash")" = "complete -F _bitline bitline" ]; result $? "completion: bitline has it"
completes "options" "--engine" bitline cosim --eng
completes "common options" "-q -v --help" bitline map -
completes "configurations" "configs/tiny.xml configs/tiny-pair.xml" bitline cosim --config tin
completes "configurations behind =" "configs/tiny.xml" bitline cosim --config = configs/tin
completes "keys of -s" "array.rows= array.cols=" bitline gen --config configs/tiny.xml -s array.
completes "files" "README.md" bitline cosim --text READ
completes "folders" "configs" bitline gen --out conf
completes "no file where a number stands" NONE bitline cosim --seed ""
completes "topics" "environment exit" bitline help e
completes "a configuration as a word" "configs/tiny.xml" bitline config tin

if command -v zsh >/dev/null; then
	zsh -n "$work/_bitline"; result $? "zsh reads its completion"
	# the functions of compsys, told to say what they were asked
	got=$(zsh -f -c '_arguments() { print -rl -- "$@" }; _describe() { print -rl -- "${(@P)2}" }; compadd() { print -rl -- "$@" }; words=(bitline cosim --e); CURRENT=3; source "$1"' zsh "$work/_bitline")
	grep -qF -- '--engine=[what runs the device\:' <<<"$got" && grep -q '^\*-s\[.*:_bitline_keys$' <<<"$got"; result $? "zsh is offered the options" "$(head -n 2 <<<"$got")"
	got=$(zsh -f -c '_describe() { print -rl -- "${(@P)2}" }; words=(bitline c); CURRENT=2; source "$1"' zsh "$work/_bitline")
	grep -q '^cosim:run layers' <<<"$got"; result $? "zsh is offered the commands" "$(head -n 2 <<<"$got")"
else
	echo "ok zsh reads its completion # SKIP no zsh (apt-get install zsh)"
fi
exit $failed
