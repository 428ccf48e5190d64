#!/usr/bin/env bash
# flow/yosys/run.sh: what it writes, what it refuses, what it says when Yosys is missing, crashes or finds nothing to say.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
BITLINE=${BITLINE:-$BUILD/bitline}
dir=$BUILD/test/yosys
rm -rf "$dir"
mkdir -p "$dir"
fails=0
check() { if eval "$2"; then echo "ok $1"; else echo "FAIL $1: $(tail -n 1 "$dir/said" 2>/dev/null)"; fails=1; fi; }
says() { # NAME STATUS TEXT COMMAND...
	local name=$1 want=$2 text=$3 rc
	shift 3
	"$@" >"$dir/said" 2>&1
	rc=$?
	if [ $rc = "$want" ] && grep -q -F -- "$text" "$dir/said"; then echo "ok $name"; else echo "FAIL $name: exit status $rc, wanted $want, '$text': $(tail -n 1 "$dir/said")"; fails=1; fi
}
lib=/usr/share/qflow/tech/osu018/osu018_stdcells.lib
command -v yosys >/dev/null && [ -r "$lib" ] || { echo "ok yosys # SKIP yosys or qflow-tech-osu018 is not installed"; exit 0; }
out=$dir/digital8
"$BITLINE" gen --config configs/digital8.xml --with yosys --out "$out" >/dev/null || exit 1
run() { bash "$out/flow/yosys/run.sh" "$@"; }

says synthesis 0 "flow-yosys digital8 sequencer osu018: " run --block sequencer
w=$out/work/yosys-sequencer-osu018
check json "python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); assert r[\"cells\"] == sum(r[\"cells_by_type\"].values()) == sum(m[\"cells\"] for m in r[\"modules\"]); assert abs(r[\"area\"] - sum(m[\"area\"] for m in r[\"modules\"])) < 0.01; assert r[\"flip_flops\"] > 0 and r[\"most_readers\"] <= 16' $w/result.json"
check netlist "grep -q '^module cim_sequencer(' $w/netlist.v && ! grep -q -E '\(\*|assign \{' $w/netlist.v"
stamp=$(stat -c %Y.%i "$w/netlist.v")
says fresh 0 "flow-yosys digital8 sequencer osu018: " run --block sequencer --work "$out/work" --lib osu018
check fresh-untouched "[ $(stat -c %Y.%i "$w/netlist.v") = $stamp ]"
sum=$(sha256sum <"$w/netlist.v")
says again 0 "flow-yosys digital8 sequencer osu018: " run --block sequencer --work "$dir/again"
check deterministic "[ '$sum' = '$(sha256sum <"$dir/again/yosys-sequencer-osu018/netlist.v")' ]"
says osu035 0 "flow-yosys digital8 adc osu035: " run --block adc --lib osu035
ihp=../shared/pdk/ihp-sg13g2/lib/sg13g2_stdcell_typ_1p20V_25C.lib
if [ -r "$ihp" ]; then says ihp 0 "flow-yosys digital8 adc sg13g2_stdcell_typ_1p20V_25C: " run --block adc --lib "$ihp"; else echo "ok ihp # SKIP ../shared/pdk is not there"; fi

# a net of 100 readers becomes a tree, no level of which has more than 16
{ echo 'module t(a, clk_i);'; for i in $(seq 100); do printf '  DFFSR _%d_ (\n    .CLK(clk_i),\n    .D(x),\n    .Q(q%d),\n    .R(a),\n    .S(1%sb1)\n  );\n' "$i" "$i" "'"; done; echo endmodule; } >"$dir/fan.v"
awk -v CELL=BUFX2 -v IN=A -v OUTPUT=Y -f flows/yosys/liberty.awk -f flows/yosys/fanout.awk stage=lib "$lib" stage=count "$dir/fan.v" stage=write "$dir/fan.v" >"$dir/fan.out"
check fanout "[ $(grep -c '^  BUFX2 ' "$dir/fan.out") = 14 ] && [ $(grep -oE '\.(R|D|A)\([^)]*\)' "$dir/fan.out" | sort | sed 's/.*(//' | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }') -le 16 ]"
check clock-is-left "[ $(grep -c '\.CLK(clk_i)' "$dir/fan.out") = 100 ]"

# the netlist as expressions, for simulators: proven to be the netlist; a gate of it bent is not
flat() { awk -f flows/yosys/flat.awk stage=cells "$1/cells.v" stage=netlist "$1/netlist.v"; }
same() { # FLAT
	cat >"$dir/flat.ys" <<END
read_liberty -overwrite -ignore_miss_func $lib
read_verilog $w/netlist.v
hierarchy -top cim_sequencer
flatten
splitnets
opt -full
async2sync
rename cim_sequencer gold
design -stash gold
read_verilog $1
proc
setattr -unset init w:*
opt -full
simplemap
async2sync
rename cim_sequencer gate
design -stash gate
design -copy-from gold -as gold gold
design -copy-from gate -as gate gate
equiv_make gold gate equiv
hierarchy -top equiv
clean
equiv_simple -undef
equiv_induct -undef
equiv_status -assert
END
	yosys -q "$dir/flat.ys" >"$dir/said" 2>&1
}
check flat "flat $w >$dir/flat.v && same $dir/flat.v"
check flat-no-cells "! grep -q -E '^  [A-Z0-9]+X[0-9]+ ' $dir/flat.v && [ $(grep -c '^  DFF' "$w/netlist.v") = $(grep -c "^  reg .* = 1'b[01];" "$dir/flat.v") ] && grep -q \"= 1'b1;\" $dir/flat.v"
awk '/ & / && ++n % 20 == 0 { sub(/ \& /, " | ") } 1' "$dir/flat.v" >"$dir/bent.v" # one gate in twenty: a single one may be where nothing depends on it
check flat-bent "! same $dir/bent.v && grep -q 'unproven' $dir/said"
mkdir -p "$dir/odd"
cp "$w/cells.v" "$dir/odd/"
sed 's/^  NAND2X1 /  NAND9X9 /' "$w/netlist.v" >"$dir/odd/netlist.v"
says flat-cell 1 "cell 'NAND9X9' is not in cells.v" flat "$dir/odd"
echo '  specify' >>"$dir/odd/cells.v"
says flat-syntax 1 "'  specify' is not understood" flat "$dir/odd"

says bad-option 2 "'--fast' is no option: --lib, --block, --work, --view digital, --equiv, --gates" run --fast
says bad-view 2 "--view 'analog' is not 'digital'" run --view analog
says gates-of-a-block 2 "--gates with --block 'adc': the harness drives the whole core; take --block top" run --block adc --gates
"$BITLINE" gen --config configs/tiny.xml --with macro,yosys --out "$dir/tiny" >/dev/null
says gates-of-analog 2 "--gates of the analog design tiny: its macro has no gates; add --view digital" bash "$dir/tiny/flow/yosys/run.sh" --gates
says equiv-of-analog 2 "--equiv of a block with the analog macro: prove its controllers (--block adc, sequencer, link), or add --view digital" bash "$dir/tiny/flow/yosys/run.sh" --block tile --equiv
# the macro as a cell of a library: it stays in the netlist, with its area
says analog-tile 0 "flow-yosys tiny tile osu018: " bash "$dir/tiny/flow/yosys/run.sh" --block tile
check macro-in-netlist "[ $(grep -c '^  cim_macro ' "$dir/tiny/work/yosys-tile-osu018/netlist.v") = 1 ] && python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); assert r[\"macro\"] == \"cim_macro\" and r[\"cells_by_type\"][\"cim_macro\"] == 1' $dir/tiny/work/yosys-tile-osu018/result.json"
rm -rf "$dir/tiny/macro"
says no-macro 2 "macro/cim_macro.lib is missing, the Liberty of the analog macro" bash "$dir/tiny/flow/yosys/run.sh"
mkdir -p "$dir/mock"
printf '#!/bin/sh\n[ "$1" = -V ] && { echo Yosys mock; exit 0; }\necho "ERROR: it broke here"\nexit 1\n' >"$dir/mock/yosys"
chmod +x "$dir/mock/yosys"
says crash 1 "step 'synth' failed in yosys: ERROR: it broke here (exit status 1); log: " env PATH="$PWD/$dir/mock:$PATH" bash "$out/flow/yosys/run.sh" --block adc --work "$dir/crash"
printf '#!/bin/sh\necho Yosys mock\n' >"$dir/mock/yosys"
says says-nothing 1 "step " env PATH="$PWD/$dir/mock:$PATH" bash "$out/flow/yosys/run.sh" --block adc --work "$dir/crash"
mkdir -p "$dir/none"
for t in bash dirname sed awk cat mkdir basename realpath; do ln -s "$(command -v $t)" "$dir/none/$t"; done
says missing 3 "yosys is missing: install the Debian package yosys" env PATH="$PWD/$dir/none" bash "$out/flow/yosys/run.sh"
says no-probes-engine 2 "--no-probes with --engine tlm: leave it out, or take --engine verilator or icarus" "$BITLINE" cosim --config configs/tiny.xml --engine tlm --no-probes --model x
# a device without probes is judged by what it shows: nothing inside is compared, outputs and counters are
python3 -c 'import struct, sys
h = b"{\x27descr\x27: \x27|i1\x27, \x27fortran_order\x27: False, \x27shape\x27: (8, 8), }"
h += b" " * (118 - len(h) - 1) + b"\n"
open(sys.argv[1], "wb").write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(h)) + h + bytes((7 * i * i + 3) % 256 for i in range(64)))' "$dir/w.npy"
blind() { "$BITLINE" cosim --config configs/tiny.xml --engine icarus --no-probes --matrix "$dir/w.npy" --tokens 2 "$@"; }
says no-probes 0 "compared 0 codes, 0 partial sums, 16 outputs: 0 mismatches" blind
"$BITLINE" gen --config configs/tiny.xml --out "$dir/bent" >/dev/null
sed -i 's/m_axis_tdata_o    (m_axis_tdata_o)/m_axis_tdata_o    (right)/; s/^  cim_core #(/  logic [63:0] right;\n  assign m_axis_tdata_o = right ^ 64'"'"'h4;\n  cim_core #(/' "$dir/bent/rtl/cim_top.sv"
says no-probes-differ 1 "result beat 0, pc " blind --rtl "$dir/bent"
rm "$out/flow/yosys/equiv.sh"
says missing-part 2 "flow/yosys/equiv.sh is missing: emit the design again" run --block adc --equiv
exit $fails
