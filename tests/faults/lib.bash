# What the suites of this directory share: emit a core, list its registers, build a bench around it. Sourced; needs root, out (absolute).
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
export LC_ALL=C
. "$root/tests/rtl/verilated.bash"
failed=0
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2"; failed=1; fi; }
skip_without() { # SUITE COMMAND...
	local suite=$1 tool
	shift
	for tool in "$@"; do
		command -v "$tool" >/dev/null || { echo "ok $suite # SKIP no $tool"; exit 0; }
	done
}
fault_emit() { # NAME gen's options...: $out/NAME/rtl
	local d=$out/$1
	shift
	rm -rf "$d" && mkdir -p "$d"
	"$bitline" gen "$@" --out "$d/emitted" >"$d/log" 2>&1 || { cat "$d/log"; return 1; }
}
fault_list() { # NAME: the flip-flops of the digital view, Yosys's word for it
	local d=$out/$1
	(cd "$d/emitted" && yosys -q -p "read_verilog -sv $(grep -v '^//' syn.f | tr '\n' ' '); hierarchy -check -top cim_top; proc; opt_clean; write_json $d/netlist.json") >"$d/log" 2>&1 || { cat "$d/log"; return 1; }
}
fault_model() { # NAME [-O level]: Verilator's model of the same files, every register writable: $out/NAME/model.o, registers.inc
	local d=$out/$1 opt=${2:--O1}
	fault_list "$1" && python3 "$here/registers.py" public "$d/netlist.json" cim_top >"$d/public.vlt" || return 1
	rm -rf "$d/model"
	(cd "$d/emitted" && verilator --cc $cover_verilator -Wno-fatal -O3 --flatten --x-assign fast --x-initial fast --noassert --prefix Vdut --top-module cim_top --Mdir "$d/model" "$d/public.vlt" $(grep -v '^//' syn.f)) >"$d/log" 2>&1 || { cat "$d/log"; return 1; }
	python3 "$here/registers.py" table "$d/netlist.json" cim_top "$d/model/Vdut___024root.h" >"$d/registers.inc" || return 1
	cat "$d/model"/Vdut*.cpp >"$d/model/all.cc"
	$CXX "$opt" -c -I"$d/model" -x c++ "$d/model/all.cc" -o "$d/model.o" >"$d/log" 2>&1 || { head -20 "$d/log"; return 1; }
}
fault_bench() { # NAME BENCH [libraries...]
	local d=$out/$1 bench=$2
	shift 2
	$CXX -O1 -I"$d/model" -I"$d" -I"$here" -I"$root" -I"$root/tests/rtl" "$here/$bench.cpp" "$d/model.o" $objects "$@" -pthread -o "$d/$bench" >"$d/log" 2>&1 || { head -20 "$d/log"; return 1; }
}
fault_build() { # NAME BENCH [-O level]
	fault_model "$1" "${3:--O1}" && fault_bench "$1" "$2"
}
