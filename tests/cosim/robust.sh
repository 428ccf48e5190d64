#!/usr/bin/env bash
# The harness when things go wrong around it: killed, disk full, tools that are missing, crash, hang or write nonsense, several runs in one directory, an entry of
# the cache that is cut or has a flipped bit. Whatever happened, the next run gives the right result. usage: robust.sh [BITLINE]; ends with "N passed, N failed".
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
B=$(realpath "${1:-${BITLINE:-build/bitline}}")
root=$PWD
dir=$(mktemp -d)
mounted=""
trap '[ -z "$mounted" ] || umount "$mounted"; rm -rf "$dir"' EXIT
passed=0 failed=0 skipped=0
count() { if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2${3:+: $3}"; failed=$((failed + 1)); fi; }
skip() { echo "ok - $1 # SKIP $2"; skipped=$((skipped + 1)); }
seed=${SEED:-$((RANDOM + 1))}
RANDOM=$seed
echo "# seed $seed"
if ! command -v iverilog >/dev/null; then echo "ok - robust # SKIP no iverilog here"; exit 0; fi
/usr/bin/python3 -c 'import numpy as np; np.save("'"$dir"'/w.npy", np.arange(-6, 9).reshape(3, 5).astype(np.int8))' || exit 3
cd "$dir" || exit 3
cp "$root/configs/tiny.xml" .
tiny=(--config tiny.xml --matrix w.npy --tokens 2)
export BITLINE_CACHE=$dir/cache
# Icarus: an entry in a second; FLAGS: another engine
run() { timeout 100 "$B" cosim "${tiny[@]}" --engine "${engine:-icarus}" "$@" >log 2>&1; }
right() { grep -q '^verdict: equal, bit by bit' log; }
tail1() { tail -n 1 log | cut -c 1-300; }
fresh() { rm -rf cache 2>/dev/null || { sleep 0.5; rm -rf cache; }; } # a compiler whose caller was killed may still be writing
left() { find "${1:-.}" -name '*bitline~*' -print -quit; }

# --- killed: an emission, over what was there before and into a new place; a build; then the next run
"$B" gen --config tiny.xml --out ref/new >log 2>&1; "$B" gen --config tiny.xml -s array.rows=9 --out ref/old >log 2>&1
bad=""
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	rm -rf out; mkdir out
	[ $((i % 3)) = 0 ] || { rm -rf out; [ $((i % 3)) = 1 ] || cp -r ref/old out; }
	"$B" gen --config tiny.xml --out out >log 2>&1 & pid=$!
	sleep "0.0$((RANDOM % 5))$((RANDOM % 10))"
	kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
	# what looks whole is whole: a manifest says which configuration it is, and every file is that one's
	if [ -e out/manifest.bitline ]; then
		for r in ref/new ref/old; do cmp -s out/manifest.bitline $r/manifest.bitline && { diff -rq out $r | grep -v 'bitline~' && bad="$bad $i: a manifest without its files;"; }; done
	fi
	"$B" gen --config tiny.xml --out out >log 2>&1 && diff -r out ref/new >log 2>&1 || bad="$bad $i: $(tail1);"
	[ -z "$(left)" ] || bad="$bad $i: $(left) stays;"
done
[ -z "$bad" ]; count $? "gen killed at twelve moments: the next one is whole, nothing else stays" "$bad"
run; right; count $? "a cold cache" "$(tail1)"
bad="" ; BITLINE_CXXFLAGS="${BITLINE_CXXFLAGS:-} -O1" run; right && [ "$(find cache -maxdepth 1 -name 'device-*' | wc -l)" = 2 ]; count $? "other options of the compiler: another device" "$(tail1)"
fresh; run; entries=$(find cache -maxdepth 1 -name 'device-*' | wc -l)
[ "$entries" = 1 ] || bad=" $entries entries"
for i in 1 2 3 4 5 6; do
	fresh
	run & pid=$!
	sleep "0.$((RANDOM % 9))"
	kids=$(pgrep -P $pid)
	kill -9 "$pid" $kids 2>/dev/null; wait $pid 2>/dev/null
	run && right || bad="$bad $i: $(tail1);"
done
[ -z "$bad" ]; count $? "a build killed at six moments: the next run builds and is right" "$bad"
fresh
for signal in TERM INT; do
	(trap - INT; exec timeout 100 "$B" cosim "${tiny[@]}" --engine icarus) >log 2>&1 & pid=$!
	sleep 0.4; kill -$signal $pid; wait $pid
done
sleep 1
find cache -maxdepth 1 -name 'tmp-*' -exec touch -d '2 minutes ago' {} +
run -s timing.evaluate=2 && right; count $? "after SIGTERM and SIGINT" "$(tail1)"
[ -z "$(find cache -maxdepth 1 -name 'tmp-*')" ]; count $? "... what they left in the cache has been taken away" "$(ls cache)"
mkdir -p stale/d && printf '%s' half >stale/d/matrix.y.npy.bitline~
run --dump stale/d && right && [ -z "$(left stale)" ]; count $? "a temporary file of a killed run is taken over, and goes" "$(tail1)$(ls stale/d)"
mkdir -p stale/e.bitline~/rtl && echo half >stale/e.bitline~/rtl/cim_core.sv
"$B" gen --config tiny.xml --out stale/e >log 2>&1 && diff -r stale/e ref/new >log && [ ! -e stale/e.bitline~ ]; count $? "a temporary directory of a killed gen is taken over, and goes" "$(tail1)$(ls stale)"

# --- entries of the cache that are not what was put there
spoil() { # what, name of the file, command that spoils it
	local f
	for f in cache/device-*/$2; do eval "$3"; done
	run && right && ! grep -q 'cannot' log; count $? "cache: $1" "$(tail1)"
}
fresh; run
spoil "a program that is cut" bench.vvp 'head -c 3000 "$f" >part && cat part >"$f"'
spoil "a program with a flipped bit" bench.vvp 'printf "\x31" | dd of="$f" bs=1 seek=5000 conv=notrunc status=none; grep -q . "$f"'
spoil "a module with a flipped bit" bl.vpi 'printf "\xff" | dd of="$f" bs=1 seek=4200 conv=notrunc status=none'
spoil "a module that is gone" bl.vpi 'rm "$f"'
spoil "an empty program" bench.vvp ': >"$f"'
spoil "no seal" sha256 'rm "$f"'
spoil "half a seal" sha256 'head -c 70 "$f" >part && cat part >"$f"'
run; [ "$("$B" cosim "${tiny[@]}" --engine icarus --json 2>/dev/null | grep -c '"cached": true')" = 1 ]; count $? "an entry that is whole is taken as it is" "$(tail1)"

# --- tools: PATH holds these only
mkdir bin
tools() { rm -f bin/*; for t in bash sh env cat sleep gcc g++ as ld iverilog vvp iverilog-vpi sed grep rm cp ls; do ln -sf "$(command -v $t)" bin/$t; done; }
mock() { rm -f "bin/$1"; printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"; chmod +x "bin/$1"; }
says() { # name, status, words
	local rc
	fresh
	timeout 60 env PATH="$dir/bin" "$B" cosim "${tiny[@]}" --engine "${engine:-icarus}" >log 2>&1; rc=$?
	[ $rc = "$2" ] && grep -qE "^bitline: $3" log && [ "$(grep -c '^bitline:' log)" = 1 ]; count $? "$1" "exit $rc, $(tail1)"
}
real=$(command -v iverilog)
tools; rm bin/iverilog; says "iverilog missing" 3 "'iverilog' is missing or does not run: 'make deps' installs it"
tools; mock iverilog "case \$1 in -V) exec $real -V ;; esac; kill -SEGV \$\$"; says "iverilog crashes" 3 "'iverilog' was killed by signal 11 \(log: '.*'\)"
tools; mock iverilog "case \$1 in -V) exec $real -V ;; esac; exit 139"; says "a tool beneath iverilog crashes" 3 "'iverilog' was killed by signal 11 \(log: '.*'\)"
tools; mock iverilog "case \$1 in -V) exec $real -V ;; esac; exit 0"; says "iverilog does nothing and says that all is well" 3 "'iverilog' says that all is well and has left no 'src/read' in '.*': it is not the tool that it says it is; 'make deps' installs it"
tools; mock iverilog "case \$1 in -V) exec $real -V ;; esac; : >src/read; echo src/x >src/read; echo nonsense >bench.vvp"; says "iverilog writes nonsense" 3 "cannot simulate '.*/bench.vvp': .*; 'make deps' installs Icarus Verilog, the next run builds it anew"
tools; timeout 60 env PATH="$dir/bin" "$B" cosim "${tiny[@]}" --engine icarus >log 2>&1; right; count $? "... and the next run, in the same cache, is right" "$(tail1)"
read -r limit <<'END'
BITLINE_TOOL_LIMIT=N gives it N seconds
END
export BITLINE_TOOL_LIMIT=2
tools; mock iverilog "case \$1 in -V) exec $real -V ;; esac; exec sleep 100"; says "iverilog hangs" 3 "'iverilog' had not ended after 2 s and was stopped \(log: '.*'\): $limit"
tools; mock iverilog "exec sleep 100"; says "iverilog hangs when asked for its version" 3 "'iverilog -V' had not ended after 2 s and was stopped: it hangs; 'make deps' installs it anew"
unset BITLINE_TOOL_LIMIT
tools; mock iverilog "case \$1 in -V) exec $real -V ;; esac; echo \$\$ >$dir/pid; exec sleep 100"
fresh; rm -f pid; PATH=$dir/bin "$B" cosim "${tiny[@]}" --engine icarus >log 2>&1 & pid=$!
for _ in $(seq 100); do [ -s pid ] && break; sleep 0.05; done
kill -9 $pid; wait $pid 2>/dev/null
for _ in $(seq 40); do kill -0 "$(cat pid)" 2>/dev/null || break; sleep 0.05; done
! kill -0 "$(cat pid)" 2>/dev/null; count $? "bitline killed: its tool goes with it"
# the C++ compiler, with the smallest thing that wants one: cim_tlm
if echo '#include <systemc>' | g++ -E -x c++ - >/dev/null 2>&1; then
	engine=tlm
	real=$(command -v g++)
	tools; rm bin/g++; says "g++ missing" 3 "'g\+\+' is missing or does not run: 'make deps' installs it"
	tools; mock g++ "case \$1 in --version) exec $real --version ;; esac; kill -SEGV \$\$"; says "g++ crashes" 3 "'g\+\+' was killed by signal 11"
	tools; mock g++ "case \$1 in --version) exec $real --version ;; esac; exit 0"; says "g++ does nothing and says that all is well" 3 "'g\+\+' says that all is well and has left no 'unit.o'"
	tools; mock g++ "case \$1 in --version) exec $real --version ;; esac; for o; do [ \"\$last\" = -o ] && echo nonsense >\$o; last=\$o; done"; says "g++ writes nonsense" 3 "cannot load '.*/device.so': .*; set CXX"
	empty='/* nothing */'
	tools; mock g++ "case \$1 in --version) exec $real --version ;; esac; case \"\$*\" in *-shared*) exec $real \"\$@\" ;; esac; for o; do [ \"\$last\" = -o ] && out=\$o; last=\$o; done; echo '$empty' | $real -x c++ -c -fPIC - -o \$out"
	says "g++ writes objects with nothing in them" 3 "'.*device.so' has no sc_get_api; set CXX to a compiler that works"
	[ -z "$(find cache/objects -mindepth 1 -maxdepth 1)" ]; count $? "... none of which stays in the cache" "$(ls cache/objects)"
	tools; BITLINE_CXXFLAGS=-fnothing says "options that g++ does not know" 3 "'g\+\+' failed with status 1: .*-fnothing"
	unset engine
else skip "the C++ compiler" "no SystemC here"; fi

# --- several at once, in one cache, one working directory, one output directory
for n in 2 8; do
	fresh; rm -rf build dump
	for i in $(seq $n); do "$B" cosim "${tiny[@]}" --engine icarus --dump dump >"log$i" 2>&1 & done
	wait
	[ "$(cat $(seq -f 'log%g' $n) | grep -c '^verdict: equal, bit by bit')" = $n ]; count $? "$n runs at once in an empty place" "$(grep -h '^bitline' log[1-8] | head -n 2)"
	run --dump alone && diff -r dump alone >log2 && [ "$(find cache -maxdepth 1 -name 'device-*' | wc -l)" = 1 ] && [ -z "$(left)" ]; count $? "... leave what one leaves" "$(head -n 2 log2) $(left)"
done
for i in $(seq 8); do "$B" gen --config tiny.xml $([ $((i % 2)) = 0 ] && echo -s array.rows=9) --out both >"log$i" 2>&1 || echo "bitline: failed" >>"log$i" & done; wait
! grep -q '^bitline:' log[1-8]; count $? "eight emissions of two configurations into one directory: each ends well" "$(cat log[1-8] | grep '^bitline:' | sort | uniq -c | head -n 3)"
"$B" gen --config tiny.xml --out both >log 2>&1 && diff -r both ref/new >log 2>&1 && [ -z "$(left)" ]; count $? "... the next one is whole" "$(tail1)"

# --- a disk that is full
if mkdir full && mount -t tmpfs -o size=160k tmpfs full 2>/dev/null; then
	mounted=$dir/full
	no_room() { # name, what must not be there, command...
		local name=$1 gone=$2 rc; shift 2
		timeout 60 "$@" >log 2>&1; rc=$?
		[ $rc = 3 ] && grep -q 'No space left on device' log && [ "$(grep -c '^bitline:' log)" = 1 ] && [ ! -e "$gone" ] && [ -z "$(left full)" ]; count $? "disk full: $name" "exit $rc, $(tail1) $(left full)"
		rm -rf full/*
	}
	no_room "gen, a new directory" full/out "$B" gen --config tiny.xml --out full/out
	mkdir full/out; no_room "gen, an empty directory" full/out/manifest.bitline "$B" gen --config tiny.xml --out full/out
	head -c 130000 /dev/zero >full/fill; no_room "map" full/out/map.json "$B" map --config "$root/configs/edge64.xml" --model "$root/models/story.safetensors" --layers 0.wq,0.w1 --out full/out
	head -c 159000 /dev/zero >full/fill; no_room "--dump" full/none "$B" cosim --config tiny.xml --engine icarus --matrix w.npy --tokens 2 --dump full/dump
	BITLINE_CACHE=$dir/full/cache timeout 60 "$B" cosim "${tiny[@]}" --engine icarus >log 2>&1; rc=$?
	[ $rc = 3 ] && [ -z "$(find full/cache -maxdepth 1 -name 'device-*' -o -maxdepth 1 -name 'tmp-*' 2>/dev/null)" ]; count $? "disk full: the cache; no entry" "exit $rc, $(tail1), $(find full | head -n 5 | tr '\n' ' ')"
	umount full && mount -t tmpfs -o size=40m tmpfs full
	BITLINE_CACHE=$dir/full/cache timeout 60 "$B" cosim "${tiny[@]}" --engine icarus >log 2>&1; right; count $? "... and a right one when there is room" "$(tail1)"
	# a cache that can be read only
	mount -o remount,ro full
	BITLINE_CACHE=$dir/full/cache timeout 60 "$B" cosim "${tiny[@]}" --engine icarus --json >log 2>&1 && grep -q '"cached": true' log; count $? "read-only cache: what is in it is taken" "$(tail1)"
	BITLINE_CACHE=$dir/full/cache timeout 60 "$B" cosim "${tiny[@]}" --engine icarus -s timing.evaluate=3 >log 2>&1; rc=$?
	[ $rc = 3 ] && grep -q "^bitline: cannot make '.*/tmp-.*': Read-only file system" log; count $? "read-only cache: what is not in it cannot be built" "exit $rc, $(tail1)"
	umount full && mounted=""
else skip "a disk that is full, a cache that can be read only" "no right to mount here"; fi
timeout 60 "$B" cosim "${tiny[@]}" --engine icarus --json >/dev/full 2>log; rc=$?
[ $rc = 3 ] && grep -q 'cannot write the result to standard output; make room there' log; count $? "JSON into a full disk" "exit $rc, $(tail1)"
timeout 60 "$B" config tiny.xml --json >/dev/full 2>log; rc=$?
[ $rc = 3 ] && grep -q 'cannot write the result to standard output; make room there' log; count $? "a configuration's JSON into a full disk" "exit $rc, $(tail1)"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
