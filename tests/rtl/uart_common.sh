# Sourced by the tests of the serial line, from the root of the project: a layer, its golden figures, and the bench over RTL or a netlist. $dir: scratch.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
B=${BITLINE:-${BUILD:-build}/bitline}
root=$PWD
. tests/rtl/verilated.bash
# eight instructions hold no layer of a model; the rest is digital8 as it is
uart_config="--config configs/digital8.xml -s scheduler.program_depth=32"
layer="/usr/bin/python3 tests/rtl/uart_layer.py"

# Emitted design $dir/d, program and stream of a layer in $dir/map, golden's figures of it in $dir/dump. uart_edit, if there is such a function, edits the emitted RTL first.
uart_layer() {
	# shellcheck disable=SC2086
	"$B" gen $uart_config --with ice40,ecp5 --out "$dir/d" && { ! declare -F uart_edit || uart_edit "$dir/d/rtl"; } &&
		$layer model "$dir/model.bin" &&
		"$B" map $uart_config --model "$dir/model.bin" --layers 0.wq --tokens 1 --out "$dir/map" &&
		"$B" cosim $uart_config --model "$dir/model.bin" --layers 0.wq --tokens 3 --rtl "$dir/d" --dump "$dir/dump" &&
		$layer input "$dir/map/0.wq.stream.bin" "$dir/dump/0.wq.x.npy" "$dir/stream.bin"
}
uart_build() { # NAME VERILATOR-ARGUMENT...: $dir/NAME/bench
	local d=$dir/d out=$dir/$1 f; shift
	mkdir -p "$out" || return
	for f in driver serial; do
		gcc -std=c11 -O1 -Wall -Wextra -Werror -ffreestanding -I"$d/include" -I"$d/driver" -c "$d/driver/cim_$f.c" -o "$out/$f.o" || return
	done
	verilated_plain && verilator $cover_verilator --cc --x-assign fast --prefix Vtop --top-module cim_fpga_top --Mdir "$out" "$@" && cat "$out"/Vtop*.cpp >"$out/model.cc" &&
		$CXX -O1 -I"$out" -I"$d/include" -I"$d/driver" "$out/model.cc" "$root/tests/rtl/uart_bench.cpp" "$out/driver.o" "$out/serial.o" $objects -pthread -o "$out/bench"
}
uart_run() { # NAME CLOCKS_PER_BIT: prints the bench's lines
	"$dir/$1/bench" "$2" "$dir/map/0.wq.program.bin" "$dir/stream.bin" 8 "$dir/$1/results.bin" 32
}
uart_judge() { $layer judge "$dir/stream.bin" "$dir/$1/results.bin" "$dir/dump/0.wq" 2; } # NAME
