#!/usr/bin/env bash
# Templates lint by themselves; what is emitted passes Verilator -Wall without waivers, Icarus and Yosys, has no latch, and is the same twice.
# ALL=1: Yosys for every kind of core, and Yosys and all views for every named configuration (make regress)
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
all=${ALL:-}
BITLINE=${BITLINE:-build/bitline}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fails=0
check() { # name, command...: quiet when good
	local name=$1; shift
	if out=$("$@" 2>&1); then echo "ok - $name"; else echo "FAIL - $name"; echo "$out" | head -n 20; fails=1; fi
}
y="-y rtl-templates/macro -y rtl-templates/adc -y rtl-templates/link -y rtl-templates/sched -y rtl-templates/prim -y rtl-templates/top -y rtl-templates/formal"
# -- templates: each module by itself, with its defaults
for f in rtl-templates/*/*.sv; do
	m=$(basename "$f" .sv); view=
	[ "$m" = cim_fpga_top ] && continue # around the emitted top: tests/flow/uart.sh
	case $m in cim_macro.*) m=cim_macro ;; *) view=rtl-templates/macro/cim_macro.behavioural.sv ;; esac
	# shellcheck disable=SC2086
	check "template $f: verilator -Wall" verilator --lint-only -Wall --top-module "$m" $y $view "$f"
done
# -- the core with every legal converter, reference and network, at small odd shapes: parameters as NAME=VALUE
core="$(ls rtl-templates/{prim,sched,adc,link}/*.sv) $(ls rtl-templates/top/cim_*.sv)"
readers() { # parameters...: verilator -Wall, icarus
	local view=rtl-templates/macro/cim_macro.behavioural.sv
	# shellcheck disable=SC2086
	check "core $*: verilator -Wall" verilator --lint-only -Wall --top-module cim_core "${@/#/-G}" $core $view
	# shellcheck disable=SC2086
	check "core $*: icarus" bash -c 'out=$(iverilog -g2012 -Wall -Wno-timescale -s cim_core "$@" -o /dev/null 2>&1) && [ -z "$out" ] || { echo "$out"; false; }' - "${@/#/-Pcim_core.}" $core $view
}
yosys_reads() { # view, parameters...
	local view=rtl-templates/macro/cim_macro.$1.sv lib=; shift
	[[ $view == *blackbox* ]] && lib=-lib
	check "core $* ($(basename "$view" .sv)): yosys check -assert, no latch" yosys -q -p "read_verilog -sv $(echo $core); read_verilog -sv $lib $view; chparam $(printf -- '-set %s %s ' $(printf '%s\n' "$@" | tr = ' ')) cim_core; hierarchy -check -top cim_core; proc; opt_clean; select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr; check -assert"
}
refuses() { # parameter it must name, parameters...
	local name=$1; shift
	# shellcheck disable=SC2086
	check "core $*: refused" bash -c 'verilator --lint-only --top-module cim_core "$@" 2>&1 | grep -q "cim_illegal_parameter_'"$name"'"' - "${@/#/-G}" $core rtl-templates/macro/cim_macro.behavioural.sv
}
odd="Rows=9 Cols=11 CellBits=2 Adcs=4 AdcBits=3"
alone="$odd Tiles=3" lent="$odd SampleHold=0 Immersed=1"
pair="$lent Network=0 Tiles=2" ring="$lent Network=1" unit="$lent Network=2"
{
	for p in "$alone" "$alone Spares=1" "$alone Adcs=1 Spares=4" "$alone SampleHold=0" "$alone Search=1" "$alone Kind=1" "$alone Kind=1 Bubble=1 SampleHold=0" "$alone Kind=2 FlashBits=2" "$alone Kind=2 FlashBits=1 Bubble=1" \
		 "$alone Kind=3 AdcBits=1" "$alone Kind=4 SampleHold=0" "$ring Tiles=3"; do
		readers $p
	done
	[ -z "$all" ] || for p in "$alone Kind=2 FlashBits=2 Bubble=1" "$alone Search=1" "$alone Spares=3" "$alone Kind=1" "$alone Kind=4"; do yosys_reads blackbox $p; done
	yosys_reads digital Tiles=1 Kind=1 AdcBits=2 Adcs=2
} > "$dir/local.txt" 2>&1 &
{
	for p in "$pair" "$pair Search=1" "$pair Kind=1 AdcBits=1" "$pair Kind=2 FlashBits=1" "$pair Kind=3 AdcBits=1 Adcs=1" "$pair Kind=4" "$ring Tiles=5 Kind=1 AdcBits=2" \
		 "$ring Tiles=7 Kind=2 FlashBits=2" "$unit Tiles=9 Kind=1" "$unit Tiles=5 Kind=2 FlashBits=2 Bubble=1" "$unit Tiles=2 Kind=2 FlashBits=1"; do
		readers $p
	done
	yosys_reads blackbox $ring Tiles=5 Kind=2 FlashBits=2
	[ -z "$all" ] || for p in "$pair Kind=3 AdcBits=1" "$unit Tiles=5 Kind=1 AdcBits=2" "$unit Tiles=5 Kind=2 FlashBits=2"; do yosys_reads blackbox $p; done
	refuses Network $lent Tiles=3 Network=0
	refuses Network $lent Tiles=4 Network=0 Kind=2 FlashBits=2
	refuses Network $lent Tiles=3 Network=1 Kind=1 AdcBits=2
	refuses Network $lent Tiles=3 Network=2
	refuses Immersed Tiles=2 Immersed=1
} > "$dir/lent.txt" 2>&1
wait
for t in local lent; do cat "$dir/$t.txt"; grep -q '^FAIL' "$dir/$t.txt" && fails=1; done
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
	[ "${2:-}" = one ] && return
	check "emitted $name: verilator -Wall, digital view" bash -c "cd $d && verilator --lint-only -Wall --top-module $top -f syn.f"
	check "emitted $name: icarus, simulation view" bash -c "cd $d && iverilog -g2012 -Wall -s $top -o x.vvp -f sim.f 2>&1 | tee log && ! grep -vE 'timescale' log | grep -q ."
	check "emitted $name: icarus, black box" bash -c "cd $d && iverilog -g2012 -s $top -o x.vvp -f blackbox.f"
}
synth() { # name, list: yosys reads, no latch, check -assert
	local name=$1 list=$2 d=$dir/$1 top
	top=$(basename "$(ls "$d"/rtl/*top.sv)" .sv)
	check "emitted $name: yosys check -assert, no latch ($list)" bash -c "cd $d && yosys -q -p 'read_verilog -sv $(grep -v '^//' "$d/$list" | tr '\n' ' '); hierarchy -check -top $top; proc; opt_clean; select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr; check -assert'"
}
emit edge64
emit tiny -s array.rows=8 -s array.cols=8 -s array.tiles=1 -s readout.adcs=4 -s readout.bits=4
emit odd -s array.rows=33 -s array.cols=65 -s array.tiles=3 -s readout.adcs=8 -s readout.bits=7 -s array.cell_bits=2 -s array.sample_hold=false -s interface.prefix=my_
emit wide -s array.rows=1024 -s array.cols=1024 -s array.tiles=1 -s readout.adcs=256 -s readout.bits=12
for n in edge64 tiny odd wide; do lint $n; done
synth odd blackbox.f
[ -z "$all" ] || { synth tiny syn.f; synth edge64 blackbox.f; }
# named configurations that can be emitted
for f in configs/*.xml; do
	n=$(basename "$f" .xml)
	[ -n "$all" ] || case $n in tiny-*|digital8|edge64-hybrid2|edge64-broadcast-flash|edge64-asymmetric|paper-*) ;; *) continue ;; esac
	[ "$n" = edge64 ] || [ "$n" = tiny ] && continue
	[ "$n" = paper-a ] && continue # for cost only, gen refuses it: tests/cli/config_gen.sh
	if ! out=$("$BITLINE" gen --config "$f" --out "$dir/$n" 2>&1 >/dev/null); then
		[[ $out == *"for cost only"* ]] && { echo "ok - gen $n: refused, for cost only"; continue; }
		echo "FAIL - gen $n: $out"; fails=1; continue
	fi
	if [ -n "$all" ]; then lint "$n"; synth "$n" blackbox.f; else lint "$n" one; fi
done
"$BITLINE" gen --config configs/edge64.xml --out "$dir/again" >/dev/null
check "same configuration twice: identical bytes" diff -r --exclude=x.vvp --exclude=log "$dir/edge64" "$dir/again"
exit $fails
