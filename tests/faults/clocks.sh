#!/bin/bash
# One clock domain (docs/faults.md section 6): every flip-flop and memory of an emitted core has the rising edge of clk_i, every asynchronous reset is rst_ni
# or straight from one of the guard's two reset registers, nothing is a latch; in the FPGA top the serial line reaches one register only, its synchroniser's. ALL=1: two more netlists (make regress).
# SPDX-License-Identifier: Apache-2.0
here=$(cd "$(dirname "$0")" && pwd) root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-$root/${BUILD:-build}/faults/clocks}
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 3
bitline=$(realpath "${BITLINE:-$root/${BUILD:-build}/bitline}") || exit 3
. "$here/lib.bash"
skip_without clocks yosys python3

one_domain() { # NETLIST TOP RESET: clocks and resets as a set; RESET: rst_ni, or what drives it
	local list
	list=$(python3 "$here/registers.py" list "$1" "$2") || { echo "$list"; return 1; }
	[ "$(wc -l <<<"$list")" -gt 100 ] || { echo "only $(wc -l <<<"$list") registers in $1"; return 1; }
	awk -v reset="$3" '$6 != "clk_i" || ($7 != "-" && $7 != reset && $7 !~ /^(u_top\.)?u_core\.u_guard\.(machine|out)_rst_nq$/) { print "  " $1 ": clock " $6 " reset " $7; bad = 1 } END { exit bad }' <<<"$list" || return 1
	# all three kinds of reset are there: the names above mean something
	for r in "$3" machine_rst_nq out_rst_nq; do grep -q "$r\$" <<<"$list" || { echo "  no register has the reset $r"; return 1; }; done
}
netlist() { # DIRECTORY FILE-LIST TOP JSON [flatten]
	(cd "$1" && yosys -q -p "read_verilog -sv $(grep -hv '^//' $2 | tr '\n' ' '); hierarchy -check -top $3; proc; ${5:-}; opt_clean; select -assert-none t:\$dlatch t:\$adlatch t:\$sr t:\$dffsr; select -clear; write_json $4") >"$out/log" 2>&1 || { tail -3 "$out/log"; return 1; }
}
for core in tiny ${ALL:+tiny-ring}; do
	fault_emit $core --config "$root/configs/$core.xml" && netlist "$out/$core/emitted" syn.f cim_top "$out/$core.json" && one_domain "$out/$core.json" cim_top rst_ni
	result $? "clocks_$core"
done
if [ -n "${ALL:-}" ]; then
	netlist "$out/tiny/emitted" blackbox.f cim_top "$out/box.json" && one_domain "$out/box.json" cim_top rst_ni
	result $? "clocks_tiny_macro_as_a_box"
fi

fault_emit fpga --config "$root/configs/digital8.xml" --with all && netlist "$out/fpga/emitted" "syn.f fpga.f" cim_fpga_top "$out/fpga.json" && one_domain "$out/fpga.json" cim_fpga_top rst_n
result $? "clocks_fpga"
netlist "$out/fpga/emitted" "syn.f fpga.f" cim_fpga_top "$out/flat.json" flatten && python3 "$here/registers.py" from "$out/flat.json" cim_fpga_top uart_rx_i >"$out/reached" && [ "$(cat "$out/reached")" = 'u_uart.sync_q[0]' ]
rc=$?
[ $rc = 0 ] || sed 's/^/  uart_rx_i reaches /' "$out/reached"
result $rc "clocks_fpga_crossing"

# the tests' own test: a falling edge, a second clock, a reset that is logic, a line past its synchroniser
d=$out/tiny/emitted/rtl
broken() { # FILE SED
	cp "$d/$1" "$out/kept" && sed -i "$2" "$d/$1"
	! cmp -s "$out/kept" "$d/$1" || { echo "  nothing to break in $1"; result 1 "clocks_break_$1"; }
}
broken cim_drain.sv 's/@(posedge clk_i/@(negedge clk_i/'
broken cim_row_feed.sv 's/@(posedge clk_i/@(posedge read_i/'
broken cim_out_pipe.sv 's/always_ff @(posedge clk_i or negedge rst_ni)/wire r_n = rst_ni \& ~issue_i; always_ff @(posedge clk_i or negedge r_n)/; s/if (!rst_ni) begin/if (!r_n) begin/'
netlist "$out/tiny/emitted" syn.f cim_top "$out/broken.json"
! one_domain "$out/broken.json" cim_top rst_ni >"$out/said"
result $? "clocks_notices_a_break"
for said in 'u_drain.reading_q: clock !clk_i' 'u_row_feed.we_q: clock u_core.u_control.act_read_o' 'u_out_pipe.valid_q: clock clk_i reset u_core.u_out_pipe.r_n'; do
	grep -q "$said" "$out/said"
	rc=$?
	[ $rc = 0 ] || head -5 "$out/said"
	result $rc "clocks_says $said"
done
sed -i 's/assign line  *= sync_q\[1\];/assign line = rx_i;/' "$out/fpga/emitted/rtl/cim_fpga_uart.sv"
echo rtl/cim_fpga_uart.sv >"$out/fpga/emitted/uart.f"
netlist "$out/fpga/emitted" uart.f cim_fpga_uart "$out/uart.json" flatten && python3 "$here/registers.py" from "$out/uart.json" cim_fpga_uart rx_i >"$out/said" && grep -q '^rx_bit_q' "$out/said"
result $? "clocks_notices_a_bypassed_synchroniser"
exit $failed
