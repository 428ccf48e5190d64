#!/usr/bin/env bash
# Equivalence of netlist and RTL that takes longer: every kind of controller at three widths; a whole tile and a whole top; other libraries, one of them without
# flip-flops that can be set; one gate swapped in the top is found.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
BITLINE=${BITLINE:-$BUILD/bitline}
export BUILD BITLINE
dir=$BUILD/test/flow_equiv
sg13g2=../shared/pdk/ihp-sg13g2
rm -rf "$dir"
mkdir -p "$dir"
command -v yosys >/dev/null && [ -r /usr/share/qflow/tech/osu018/osu018_stdcells.lib ] || { echo "ok flow_equiv # SKIP yosys or qflow-tech-osu018 is not installed"; exit 0; }
fails=0
WIDTHS=all bash tests/flow/yosys_equiv.sh || fails=1

# NAME DIR OPTIONS...
prove() {
	local name=$1 out=$2 t0=$SECONDS
	shift 2
	if bash "$out/flow/yosys/run.sh" --equiv "$@" >"$dir/$name.log" 2>&1; then
		echo "ok $name: $(sed -n 's/^.*: netlist equals RTL, \(.*\);.*/\1/p' "$dir/$name.log"), $((SECONDS - t0)) s"
	else echo "FAIL $name: $(tail -n 1 "$dir/$name.log")"; fails=1; fi
}
"$BITLINE" gen --config configs/digital8.xml --with yosys --out "$dir/digital8" >"$dir/gen.log" 2>&1 && "$BITLINE" gen --config configs/edge64.xml --with yosys --out "$dir/edge64" >>"$dir/gen.log" 2>&1 &&
	"$BITLINE" gen --config configs/edge64-asymmetric.xml -s readout.bits=5 -s readout.depth=8 -s readout.adcs=2 --with yosys --out "$dir/asymmetric" >>"$dir/gen.log" 2>&1 || { echo "FAIL gen: $(tail -n 1 "$dir/gen.log")"; exit 1; }

prove osu035 "$dir/edge64" --block adc --lib osu035
lib=$(ls "$sg13g2"/*/*typ*.lib "$sg13g2"/*typ*.lib 2>/dev/null | grep stdcell | head -n 1)
if [ -n "$lib" ]; then
	prove sg13g2 "$dir/edge64" --block adc --lib "$lib"
	prove sg13g2-set "$dir/asymmetric" --block adc --lib "$lib" # registers that reset to 1, kept inverted
else echo "ok sg13g2 # SKIP $sg13g2 is not there"; fi
prove tile "$dir/digital8" --block tile
prove top "$dir/digital8"

work=$dir/digital8/work/yosys-top-osu018
cp "$work/netlist.v" "$dir/right.v"
sed -i '0,/^  XOR2X1 /s/^  XOR2X1 /  XNOR2X1 /' "$work/netlist.v"
if cmp -s "$dir/right.v" "$work/netlist.v"; then echo "FAIL broken top: nothing was broken"; fails=1
elif bash "$dir/digital8/flow/yosys/run.sh" --equiv >"$dir/broken.log" 2>&1; then echo "FAIL broken top: proven equal"; fails=1
elif grep -q 'the netlist is not the RTL: at least [1-9]' "$dir/broken.log"; then echo "ok broken top: $(sed 's/.*failed in [^:]*: //; s/; log: .*//' "$dir/broken.log")"
else echo "FAIL broken top: $(tail -n 1 "$dir/broken.log")"; fails=1; fi
echo "# $SECONDS s"
exit $fails
