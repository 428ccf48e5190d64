#!/usr/bin/env bash
# Templates lint by themselves; what is emitted passes Verilator -Wall without waivers, Icarus and Yosys, has no latch, and is the same twice.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=${BITLINE:-build/bitline}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fails=0
check() { # name, command...: quiet when good
	local name=$1; shift
	if out=$("$@" 2>&1); then echo "ok - $name"; else echo "FAIL - $name"; echo "$out" | head -n 20; fails=1; fi
}
y="-y rtl-templates/macro -y rtl-templates/adc -y rtl-templates/sched -y rtl-templates/prim -y rtl-templates/top"
# -- templates: each module by itself, with its defaults
for f in rtl-templates/*/*.sv; do
	m=$(basename "$f" .sv); view=
	case $m in cim_macro.*) m=cim_macro ;; *) view=rtl-templates/macro/cim_macro.behavioural.sv ;; esac
	# shellcheck disable=SC2086
	check "template $f: verilator -Wall" verilator --lint-only -Wall --top-module "$m" $y $view "$f"
done
# -- emitted
emit() { # name, view list, overrides...
	local name=$1 d; shift
	d=$dir/$name
	"$BITLINE" gen --config configs/edge64.xml "$@" --out "$d" >/dev/null || { echo "FAIL - gen $name"; fails=1; return; }
}
lint() { # name: verilator, icarus and yosys over an emitted directory
	local name=$1 d=$dir/$1 top
	top=$(basename "$(ls "$d"/rtl/*top.sv)" .sv)
	check "emitted $name: verilator -Wall, behavioural or its own view" bash -c "cd $d && verilator --lint-only -Wall --top-module $top -f sim.f"
	check "emitted $name: verilator -Wall, digital view" bash -c "cd $d && verilator --lint-only -Wall --top-module $top -f syn.f"
	check "emitted $name: icarus, simulation view" bash -c "cd $d && iverilog -g2012 -Wall -s $top -o x.vvp -f sim.f 2>&1 | tee log && ! grep -vE 'timescale' log | grep -q ."
	check "emitted $name: icarus, black box" bash -c "cd $d && iverilog -g2012 -s $top -o x.vvp -f blackbox.f"
}
synth() { # name, list: yosys reads, no latch, check -assert
	local name=$1 list=$2 d=$dir/$1 top
	top=$(basename "$(ls "$d"/rtl/*top.sv)" .sv)
	check "emitted $name: yosys check -assert, no latch ($list)" bash -c "cd $d && yosys -q -p 'read_verilog -sv $(grep -v '^//' "$d/$list" | tr '\n' ' '); hierarchy -check -top $top; proc; opt; select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr; check -assert'"
}
emit edge64
emit tiny -s array.rows=8 -s array.cols=8 -s array.tiles=1 -s readout.adcs=4 -s readout.bits=4
emit odd -s array.rows=33 -s array.cols=65 -s array.tiles=3 -s readout.adcs=8 -s readout.bits=7 -s array.cell_bits=2 -s array.sample_hold=false -s interface.prefix=my_
emit wide -s array.rows=1024 -s array.cols=1024 -s array.tiles=1 -s readout.adcs=256 -s readout.bits=12
for n in edge64 tiny odd wide; do lint $n; done
synth tiny syn.f
synth odd blackbox.f
synth edge64 blackbox.f
"$BITLINE" gen --config configs/edge64.xml --out "$dir/again" >/dev/null
check "same configuration twice: identical bytes" diff -r --exclude=x.vvp --exclude=log "$dir/edge64" "$dir/again"
exit $fails
