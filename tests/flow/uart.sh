#!/usr/bin/env bash
# The core behind its serial line in RTL: protocol, garbage, and a layer that the emitted driver runs over the line; equal to golden and to an integer product.
# Memories read garbage where they are read and written at one address in one clock (docs/fpga.md): that must not matter.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/rtl/uart_common.sh
fails=0
check() { # name, command...: quiet when good
	local name=$1 out; shift
	if out=$("$@" 2>&1); then echo "ok - $name"; else echo "FAIL - $name"; tail -n 20 <<<"$out"; fails=1; fi
}
uart_edit() { # DIR: two reads of the accumulators get garbage; the other memories with two ports are not read in the clock of a write, and nobody has added one
	local n
	sed -i 's/<= words\[\(raddr_i\|out_addr_i\)\];/<= we_i \&\& waddr_i == \1 ? 32'"'"'hdeadbeef : words[\1];/' "$1/cim_acc_mem.sv"
	n=$(grep -c 'we_i && waddr_i ==' "$1/cim_acc_mem.sv")
	[ "$n" = 2 ] || { echo "$n reads of the accumulators were edited, not 2: has one been added or renamed?"; return 1; }
	for n in prog_mem index_regs; do
		grep -A 3 -F 'if (re_i && !we_i)' "$1/cim_$n.sv" | grep -q '<= mem\[raddr_i' || { echo "cim_$n.sv: no read of mem under 're_i && !we_i'"; return 1; }
	done
	n=$(cd "$1" && grep -l -E '<= (mem|words)\[' -- *.sv | tr '\n' ' ')
	[ "$n" = "cim_index_regs.sv cim_prog_mem.sv cim_ram.sv " ] || { echo "besides the accumulators memories are read in $n: a new one needs its own edit here"; return 1; }
}
check "uart: a layer through the emitted RTL is golden's, with garbage in every collision of the memories" uart_layer
[ $fails = 0 ] || exit 1
mapfile -t rtl < <(sed "/^\/\//d;s|^|$dir/d/|" "$dir/d/syn.f" "$dir/d/fpga.f")
watch=(-Wno-DECLFILENAME -Wno-SYNCASYNCNET "$PWD/cosim/protocol.sv" "$PWD/cosim/protocol_stop.sv") # the rules of AXI between bridge and core: a broken one ends the run
for rate in "12 1000000" "104 115200"; do
	read -r divider baud <<<"$rate"
	check "uart: bench with $divider clocks per bit is built" uart_build "b$divider" -Wall "-GBaud=$baud" "${rtl[@]}" "${watch[@]}"
	uart_run "b$divider" "$divider" || fails=1
	check "uart: $divider clocks per bit: result beats are golden's and the integer product's" uart_judge "b$divider"
done
# another prefix: names follow
"$B" gen --config configs/digital8.xml -s interface.prefix=my_ --with ecp5 --out "$dir/my" >/dev/null
mapfile -t rtl < <(sed "/^\/\//d;s|^|$dir/my/|" "$dir/my/syn.f" "$dir/my/fpga.f")
check "uart: another prefix: verilator -Wall" verilator --lint-only -Wall --top-module my_fpga_top "${rtl[@]}"
check "uart: another prefix: icarus -Wall" bash -c 'out=$(iverilog -g2012 -Wall -Wno-timescale -s my_fpga_top -o /dev/null "$@" 2>&1) && [ -z "$out" ] || { echo "$out"; false; }' - "${rtl[@]}"
check "uart: another prefix: the host's side compiles, freestanding" gcc -std=c11 -Wall -Wextra -Werror -ffreestanding -I"$dir/my/include" -I"$dir/my/driver" -c "$dir/my/driver/my_serial.c" -o "$dir/my.o"
check "uart: no latch" yosys -q -p "read_verilog -sv $(ls "$dir"/my/rtl/my_fpga_{uart,bridge}.sv | tr '\n' ' '); proc; opt_clean; select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr; check -assert"
for n in 3 65536; do
	check "uart: Divider $n is refused" bash -c 'verilator --lint-only -GDivider='"$n"' --top-module cim_fpga_uart rtl-templates/fpga/cim_fpga_uart.sv 2>&1 | grep -q cim_illegal_parameter_Divider'
done
exit $fails
