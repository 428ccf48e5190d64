#!/usr/bin/env bash
# `bitline doctor`: what is found, missing or too old, for which feature; exit 0 where co-simulation can run, 3 where not. Tools are impostors in a folder of their own.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C TMPDIR=$work
unset CXX
failed=0
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2${3:+: $3}"; failed=1; fi; }
mkdir "$work/tools"
tool() { printf '#!/bin/sh\n%s\n' "$2" >"$work/tools/$1"; chmod +x "$work/tools/$1"; }
doctor() { PATH=$work/tools "$BITLINE" doctor "$@" >"$work/out" 2>"$work/err"; rc=$?; }
row() { grep -E "^$1 +$2 " "$work/out"; } # feature, tool

doctor
[ $rc = 3 ] && [ "$(cat "$work/err")" = "bitline: co-simulation needs 'verilator', 5.006 or newer: it is missing; 'apt-get install verilator' installs it" ]
result $? "nothing there: exit 3, one line" "exit $rc, $(head -n 1 "$work/err")"
grep -qE ' - +- +netgen-lvs +missing$' <(row flow-qflow netgen-lvs); result $? "a missing tool, its feature and package" "$(row flow-qflow netgen-lvs)"

tool verilator 'echo "Verilator 5.006 2023-01-22 rev (Debian 5.006-3)"'
tool g++ 'echo "g++ (Debian 12.2.0-14) 12.2.0"'
doctor
[ $rc = 0 ] && [ ! -s "$work/err" ]; result $? "the core is there: exit 0" "exit $rc, $(head -n 1 "$work/err")"
grep -qE ' 5\.006 +5\.006 +verilator +found$' <(row cosim verilator); result $? "version found, minimum, package" "$(row cosim verilator)"
tool verilator 'echo "Verilator 4.038 2020-07-11"'
doctor
[ $rc = 3 ] && [ "$(cat "$work/err")" = "bitline: co-simulation needs 'verilator', 5.006 or newer: it is older than tested; 'apt-get install verilator' installs it" ]
result $? "an old one: exit 3" "exit $rc, $(head -n 1 "$work/err")"
tool verilator 'echo "Verilator 5.030"'
doctor
[ $rc = 0 ]; result $? "a newer one" "exit $rc"

tool yosys 'echo "Yosys 0.9 (git sha1 1979e0b)"'
tool nextpnr-ice40 'echo "nextpnr-ice40 -- Next Generation Place and Route (Version 0.4-1)" >&2'
tool sta 'echo 2.0.17; exit 1'
tool z3 'exit 9'
tool pkg-config 'case $2 in zlib) echo 1.2.13 ;; *) echo "Package $2 was not found" >&2; exit 1 ;; esac'
tool graywolf 'touch "$0.was.asked"'
doctor
[ $rc = 0 ]; result $? "what is not the core does not fail it" "exit $rc"
grep -q ' 0\.9 .*older than tested$' <(row 'adc: cells, area' yosys); result $? "0.9 is older than 0.23" "$(row 'adc: cells, area' yosys)"
grep -q ' 0\.4 .*found$' <(row flow-ice40 nextpnr-ice40); result $? "a version on standard error" "$(row flow-ice40 nextpnr-ice40)"
grep -q ' 2\.0\.17 .*found$' <(row 'adc: clock; flow-sta' sta); result $? "a version with a status of 1" "$(row 'adc: clock; flow-sta' sta)"
grep -q 'missing$' <(row 'make formal' z3); result $? "a tool that says nothing and fails is missing" "$(row 'make formal' z3)"
grep -q ' 1\.2\.13 .*found$' <(row 'cosim --trace' zlib) && grep -q 'missing$' <(row 'cosim --engine systemc' systemc); result $? "libraries" "$(grep pkg-config "$work/out")"
grep -q 'found$' <(row flow-qflow graywolf) && [ ! -e "$work/tools/graywolf.was.asked" ]; result $? "a tool without a version is not run" "$(row flow-qflow graywolf)"
CXX=clang++-99 doctor
[ $rc = 3 ] && grep -q "co-simulation needs 'clang++-99'" "$work/err"; result $? "CXX names the compiler" "$(head -n 1 "$work/err")"

doctor --json
/usr/bin/python3 -B -c '
import json, sys
d = json.load(open(sys.argv[1]))
by = {(t["feature"], t["tool"]): t for t in d["tools"]}
assert d["ready"] is True and d["bitline"], d
assert by["cosim", "verilator"] == {"feature": "cosim", "tool": "verilator", "version": "5.030", "minimum": "5.006", "package": "verilator", "state": "found", "core": True}, by["cosim", "verilator"]
assert "version" not in by["flow-qflow", "qrouter"] and by["flow-qflow", "qrouter"]["state"] == "missing"
packages = set(open(sys.argv[2]).read().split()) | {"gtkwave", "slurm-wlm"}  # two that nothing here needs
named = {p for t in d["tools"] for p in t["package"].split()}
assert named <= packages, named - packages' "$work/out" "$top/packages.txt" >"$work/log" 2>&1
result $? "JSON; every package it names is in packages.txt" "$(tail -n 1 "$work/log")"
[ "$(TMPDIR=/nowhere "$BITLINE" doctor 2>&1)" = "bitline: cannot make a file in '/nowhere'; set TMPDIR to a folder that is writable" ]; result $? "no place for a temporary file"
grep -q $'\033' "$work/out"; [ $? = 1 ]; result $? "no colour in a file"
CLICOLOR_FORCE=1 doctor; grep -q $'\033\\[31;\|\033\\[1;31mmissing' "$work/out"; result $? "colour when it is forced"
NO_COLOR=1 CLICOLOR_FORCE=1 doctor; grep -q $'\033' "$work/out"; [ $? = 1 ]; result $? "NO_COLOR wins"
ls "$work" | grep -q bitline-doctor; [ $? = 1 ]; result $? "nothing stays behind"
exit $failed
