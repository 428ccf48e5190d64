#!/usr/bin/env bash
# What a user sees of `bitline map`, `golden` and `cosim` when something is wrong: every message, against tests/expected/input_errors.txt.
# Each case: one line on standard error, nothing on standard output, the documented exit status, and no file or folder that was not there before.
# UPDATE=1 rewrites the expected file; review it as a diff.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
expected=$PWD/tests/expected/input_errors.txt
tests=$PWD/tests/cli
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/here" "$work/tools"
cp configs/*.xml "$work/here"
cd "$work/here"
export BITLINE_CACHE=../cache TMPDIR=$work LC_ALL=C
unset CXX
/usr/bin/python3 -B "$tests/bad_files.py" || exit 1

# everything here but build/ (where cosim emits; its temporaries are looked for at the end)
inventory() { find . -path ./build -prune -o -printf '%p %y %s\n' | sort; }
# without what changes with the machine, the tool's version, or an innocent line more in a template
plain() { sed -E "s,$work,WORK,g; s/[0-9a-f]{16}(\.log|\.\.)/HASH\1/g; s/device-[0-9a-f]{64}/device-HASH/g; s,src/[0-9]+/,src/NN/,; s/(\.sv):[0-9]+(:[0-9]+)?/\1:LINE/; s/[0-9]+ clocks \(predicted [0-9]+/N clocks (predicted N/; s/^\[[0-9]+\]/[TIME]/; s/pc [0-9]+/pc N/; s/ +/ /g"; }
# how a case ended: ../out, ../err, exit status, what is new in the folder
judge() {
	local rc=$1
	[ -s ../out ] && echo "UNEXPECTED OUTPUT: $(head -n 1 ../out)"
	[ "$(wc -l <../err)" = 1 ] || echo "NOT ONE LINE"
	plain <../err
	echo "exit $rc"
	inventory >../after
	cmp -s ../before ../after || { echo "LEFT BEHIND:"; diff ../before ../after; }
}
try() {
	printf '$ bitline %s\n' "$*"
	inventory >../before
	env "${with[@]}" "$BITLINE" "$@" >../out 2>../err
	judge $?
}
with=() # changes of the environment for the cases that follow
map() { try map --config tiny.xml --out d "$@"; }
golden() { try golden --text text.txt "$@"; }
cosim() { try cosim --config tiny.xml "$@"; }
matrix() { cosim --matrix "$@"; }

{
	echo "# the program itself"
	try frobnicate
	try
	try help zzzzzzzz
	nowhere() { printf '$ bitline %s >/dev/full\n' "$*"; inventory >../before; "$BITLINE" "$@" >/dev/full 2>../err; judge $?; }
	: >../out
	nowhere config edge64.xml
	nowhere gen --config tiny.xml --out ../gen-full --json
	nowhere map --config tiny.xml --model st.safetensors --out ../map-full
	nowhere golden --model st.safetensors --tokenizer tok.bin --text text.txt

	echo "# options"
	try map --config tiny.xml --out d
	try map --model st.safetensors --out d
	map --model st.safetensors --placment linear
	map --model st.safetensors --placement diagonal
	map --model st.safetensors --placement packed --optimise space
	map --model st.safetensors --placement dense --optimise area
	map --model st.safetensors --tokens 0
	map --model st.safetensors --tokens 1000001
	map --model st.safetensors --tokens many
	map --model st.safetensors more
	map --model st.safetensors --layers 1.wq
	map --model st.safetensors --layers 0.wq,0.wx
	map --model st.safetensors --layers 0.wq+0.wo
	map --model st.safetensors --layers 0.w1+0.wk
	map --model st.safetensors --layers 0.wk+0.wk
	map --model st.safetensors --layers 0.wq+
	map --model st.safetensors --layers 00.wq
	map --model st.safetensors --layers ,
	map --model st.safetensors --layers ''
	map --model st.safetensors -s array.row=8
	try map --config big.xml --model st.safetensors --out d
	try golden --model st.safetensors
	golden
	golden --model st.safetensors --tokenizer tok.bin --placement dense
	golden --model st.safetensors --tokenizer tok.bin --placement sparse
	golden --model st.safetensors --tokenizer tok.bin -s array.rows=8
	golden --model st.safetensors --tokenizer tok.bin --seed -1
	try cosim
	cosim
	cosim --model st.safetensors --placement diagonal
	cosim --model st.safetensors --matrix w.npy
	matrix w.npy --tensor norm
	matrix w.npy --dump ''
	cosim --model st.safetensors --input x.npy
	matrix w.npy --text text.txt
	matrix w.npy --stall 0.96
	matrix w.npy --stall 2
	matrix w.npy --stall often
	matrix w.npy --stall nan
	matrix w.npy --engine modelsim
	matrix w.npy --engine tlm --stall 0.4
	matrix w.npy --engine tlm --trace x.fst
	matrix w.npy --engine tlm --rtl nowhere
	matrix w.npy --engine tlm --no-probes
	matrix w.npy --seed 2147483648
	cosim --model st.safetensors --layers ,
	cosim --model st.safetensors --layers 0.wq+0.w2
	cosim --model st.safetensors --layers 7.wq

	golden --model st.safetensors --tokenizer tok.bin --histogram h.json
	golden --model st.safetensors --tokenizer tok.bin --thresholds thresholds-short.txt
	golden --model st.safetensors --tokenizer tok.bin --config tiny.xml --thresholds thresholds-short.txt
	golden --model st.safetensors --tokenizer tok.bin --config tiny.xml --histogram nodir/h.json
	map --model st.safetensors --tree tree2.json
	matrix w.npy --tree tree2.json
	for f in tree2.json tree-cut.json missing.json; do matrix w.npy --tree $f -s readout.search=asymmetric -s readout.resolution=full; done
	matrix w.npy --thresholds thresholds-short.txt
	matrix w.npy --thresholds missing.txt
	matrix w.npy --thresholds thresholds-short.txt -s array.kind=digital

	echo "# checkpoints"
	map --model missing.bin
	map --model .
	for f in v0-*.bin v2-*.bin st-*.safetensors; do
		case $f in v0-seq1.bin | v0-vocab50.bin | st-monarch.safetensors) ;; *) map --model "$f" ;; esac
	done
	golden --model v0-cut.bin --tokenizer tok.bin
	cosim --model st-length.safetensors
	for f in v0-nan.bin v0-inf.bin; do
		golden --model $f --tokenizer tok.bin
		golden --model $f --tokenizer tok.bin --config tiny.xml
		cosim --model $f --layers 0.wk
	done

	echo "# tokenizers and texts"
	golden --model st.safetensors
	for f in missing.bin tok-*.bin v0.bin; do
		[ $f = tok-nospace.bin ] || golden --model st.safetensors --tokenizer $f
	done
	golden --model st.safetensors --tokenizer tok-nospace.bin
	golden --model v0-vocab50.bin --tokenizer tok50.bin
	for f in missing.txt text-empty.txt text-blank.txt text-nul.txt; do try golden --model st.safetensors --tokenizer tok.bin --text $f; done
	golden --model v0-seq1.bin --tokenizer tok.bin
	cosim --model st.safetensors --text text.txt
	cosim --model st.safetensors --text text-empty.txt --tokenizer tok.bin
	cosim --model st.safetensors --text text.txt --tokenizer tok.bin --tokens 999
	cosim --model st.safetensors --tokens 999999

	echo "# models that do not fit"
	cosim --model st-monarch.safetensors --layers 0.wk+0.wv -s scheduler.program_depth=16
	map --model st-monarch.safetensors
	map --model st.safetensors -s scheduler.activation_depth=64 -s array.rows=8 --layers 0.wq --placement linear --tokens 3 -s scheduler.channel_depth=64 -s scheduler.accumulator_depth=64 -s scheduler.program_depth=16
	map --model st.safetensors -s readout.lsb=4095 -s readout.bits=12
	golden --model st.safetensors --tokenizer tok.bin --config tiny.xml -s readout.lsb=4095 -s readout.bits=12
	golden --model st-huge.safetensors --tokenizer tok.bin --config tiny.xml
	golden --model st-monarch.safetensors --tokenizer tok.bin --config tiny.xml -s readout.bits=1 --placement linear
	cosim --model st-huge.safetensors --layers 0.wq

	echo "# arrays"
	matrix missing.npy
	for f in npy-*.npy; do matrix $f; done
	matrix w-value.npy
	matrix w-nan.npy
	matrix w-beyond.npy
	matrix w-big.npy
	matrix w.npy --input x-cols.npy
	matrix w.npy --input x-value.npy
	matrix w.npy --input npy-3d.npy
	matrix w.npy -s numbers.weight_bits=4
	cosim --tensor norm
	cosim --tensor st.safetensors:
	cosim --tensor st.safetensors:wq
	cosim --tensor missing.safetensors:wq
	cosim --tensor v0.bin:wq
	cosim --tensor w.npy:wq
	cosim --tensor st-short.safetensors:w
	cosim --tensor st-brace.safetensors:w
	cosim --tensor st-bool.safetensors:w
	cosim --tensor st-empty.safetensors:w
	cosim --model st.safetensors --tensor nothing

	echo "# places to write"
	file=v0.bin
	try map --config tiny.xml --model st.safetensors --out ''
	try map --config tiny.xml --model st.safetensors --out $file
	try map --config tiny.xml --model st.safetensors --out $file/d
	try map --config tiny.xml --model st.safetensors --out /proc/bitline
	mkdir -p dir/map.json
	try map --config tiny.xml --model st.safetensors --layers 0.wq --out dir
	mkdir full && ln -s /dev/full full/map.json
	try map --config tiny.xml --model st.safetensors --layers 0.wq --out full
	mkdir socket && /usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket/map.json")'
	try map --config tiny.xml --model st.safetensors --layers 0.wq --out socket
	try gen --config tiny.xml --out /proc/bitline
	ln -s nowhere dangling
	try gen --config tiny.xml --out dangling

	for d in $file $file/d /proc/bitline /proc; do matrix w.npy --dump $d; done
	for f in nodir/x.fst dir dir/map.json /proc/x.fst; do matrix w.npy --trace $f; done
	matrix w.npy --trace x.fst --dump $file
	[ -e build ] && echo "SOMETHING WAS BUILT"

	echo "# emitted RTL of --rtl"
	"$BITLINE" gen --config tiny.xml --out good >../gen.log && "$BITLINE" gen --config edge64.xml --out edge64 >../gen.log || echo "gen FAILED"
	# ten seconds of compiling less: the device need not be fast
	printf '#!/bin/sh\nexec g++ "$@" -O0\n' >../tools/cxx0
	chmod +x ../tools/cxx0
	export CXX=$work/tools/cxx0
	matrix w.npy --rtl missing
	matrix w.npy --rtl dir
	matrix w.npy --rtl edge64
	matrix w.npy --rtl good -s array.rows=9
	# a copy of the emitted directory under that name, edited by sed: file, command
	edit() { cp -r good "$1" && sed -i "$3" "$1/$2"; }
	edit option sim.f '1i -DFAST'
	edit nofiles sim.f d
	edit gone sim.f '$a rtl/gone.sv'
	for i in $(seq 1001); do echo rtl/cim_pkg.sv; done >many && cp -r good crowd && mv many crowd/sim.f
	for d in option nofiles gone crowd; do matrix w.npy --rtl $d; done
	edit syntax rtl/cim_requant.sv '/^module/i )'
	matrix w.npy --rtl syntax
	: >extra.sv
	edit include rtl/cim_requant.sv "1i \`include \"$work/here/extra.sv\""
	matrix w.npy --rtl include

	echo "# tools and environment"
	mkdir ../none ../no-compiler
	for t in verilator perl sh env; do ln -s "$(command -v $t)" ../no-compiler; done
	with=(PATH=../none)
	matrix w.npy
	with=(-u CXX PATH=../no-compiler)
	matrix w.npy
	with=(CXX=c++-missing)
	matrix w.npy
	with=(PATH=../none) # what needs no tool
	cosim --model v0-cut.bin
	printf '#!/bin/sh\ncase $1 in --version) echo fake;; *) exit 7;; esac\n' >../tools/failing
	printf '#!/bin/sh\ncase $1 in --version) echo dead;; *) kill -9 $$;; esac\n' >../tools/killed
	printf '#!/bin/sh\ncase $1 in --version) echo empty;; *) for o; do case $o in *.so|*.o) echo x >$o;; esac; done;; esac\n' >../tools/empty
	printf '#!/bin/sh\ncase $1 in --version) echo stranger;; *) for o; do case $o in *.o) echo x >$o;; device.so) g++ -shared -x c++ /dev/null -o $o;; esac; done;; esac\n' >../tools/stranger
	chmod +x ../tools/*
	for t in failing killed empty stranger; do
		with=(CXX="$work/tools/$t")
		matrix w.npy --dump new --trace new.fst
		ls -d ../cache/device-* >/dev/null 2>&1 && echo "A DEVICE THAT DOES NOT LOAD IS KEPT"
	done
	for c in v0.bin /proc/bitline; do
		with=(BITLINE_CACHE=$c)
		matrix w.npy
	done
	with=()
} >../seen

# edited RTL: the verdict goes to standard output with exit status 1 (more of them: tests/cosim/edits.sh).
edit differs rtl/cim_macro.behavioural.sv 's/above_ideal = .*unsigned(level\[lane\])/& - 1/'
verdict() {
	"$BITLINE" cosim --config tiny.xml --matrix w.npy --rtl "$1" >"../$1.out" 2>"../$1.err"
	echo "exit $?" >>"../$1.err"
}
inventory >../before
verdict differs
inventory >../after
{
	echo "# verdicts on edited RTL"
	echo "\$ bitline cosim --config tiny.xml --matrix w.npy --rtl differs"
	grep -E 'differ|expected|repeat' ../differs.out | plain
	plain <../differs.err
	cmp -s ../before ../after || { echo "LEFT BEHIND:"; diff ../before ../after; }
	echo "# a layer that does not fit, and places to write, on a device that runs"
	"$BITLINE" cosim --config tiny.xml --matrix w.npy --rtl good >/dev/null || echo "good RTL DIFFERS"
	matrix w-wide.npy --rtl good --dump new
	mkdir -p blocked/matrix.x.npy
	matrix w.npy --rtl good --json --dump blocked
	: >../out
	nowhere cosim --config tiny.xml --matrix w.npy --rtl good --json
	nowhere cosim --config tiny.xml --matrix w.npy --rtl good
	echo "# a device that broke in the cache is built again"
	for so in ../cache/device-*/device.so; do : >"$so"; done
	printf '$ bitline cosim --config tiny.xml --matrix w.npy --rtl good\n'
	"$BITLINE" cosim --config tiny.xml --matrix w.npy --rtl good | sed -nE 's/.*(device .*) in .*/\1/p; /^verdict/p'
} >>../seen
find build ../cache \( -name 'tmp-*' -o -name '*.??????' \) >../temporaries
[ -s ../temporaries ] && { echo "TEMPORARIES:"; cat ../temporaries; } >>../seen

if [ "${UPDATE:-}" = 1 ]; then cp ../seen "$expected"; fi
n=$(grep -c '^\$ ' ../seen)
if diff -u "$expected" ../seen; then echo "ok - $n messages as expected"; else echo "not ok - messages differ from $expected; if they should, run UPDATE=1 tests/cli/input_errors.sh"; exit 1; fi
