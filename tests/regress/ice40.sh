#!/usr/bin/env bash
# The core on the iCE40, with real tools: its netlist runs a layer over the serial line, 0 differences with golden and an integer product; then the bitstream.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3
command -v yosys nextpnr-ice40 icetime icepack verilator >/dev/null || { echo "ok - ice40 core # SKIP yosys, nextpnr-ice40, fpga-icestorm or verilator is not installed"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/rtl/uart_common.sh
fails=0
check() { # name, command...: quiet when good
	local name=$1 out; shift
	if out=$("$@" 2>&1); then echo "ok - $name"; else echo "FAIL - $name"; tail -n 20 <<<"$out"; fails=1; fi
}
check "ice40 core: a layer" uart_layer
check "ice40 core: netlist" bash "$dir/d/flow/ice40/run.sh" --synth-only --baud 1000000 --work "$dir/n"
[ $fails = 0 ] || exit 1
# The vendor's cells as Yosys models them; Verilator takes no default values of ports. Minutes: every LUT is an instance.
models=/usr/share/yosys/ice40/cells_sim.v
check "ice40 core: bench over the netlist is built" uart_build net -Wno-fatal -Wno-lint -Wno-WIDTH -DNO_ICE40_DEFAULT_ASSIGNMENTS "$dir/n/ice40-top-hx8k-ct256/top.v" "$models"
uart_run net 12 || fails=1
check "ice40 core: result beats of the netlist are golden's and the integer product's" uart_judge net
# -- bitstreams: with room for the layer, and digital8 as it is
"$B" gen --config configs/digital8.xml --with ice40 --out "$dir/plain" >/dev/null
for d in d plain; do
	out=$(bash "$dir/$d/flow/ice40/run.sh" 2>&1) && echo "ok - $out" || { echo "FAIL - $out"; fails=1; }
done
# the same bytes again, elsewhere
bash "$dir/plain/flow/ice40/run.sh" --work "$dir/again" >/dev/null && cmp "$dir"/{plain/work,again}/ice40-top-hx8k-ct256/top.bin; [ $? = 0 ] && echo "ok - ice40 core: the same bitstream twice" || { echo "FAIL - ice40 core: another bitstream"; fails=1; }
exit $fails
