#!/usr/bin/env bash
# Standard cells of converter controllers: the same Yosys script for every case, OpenSTA for the clock.
# usage: synth_adc.sh RTL CACHE <CASES     RTL: folder of the .sv files; CACHE: folder of results, one file for each content
# A case is one line, "MODULE PARAMETER=VALUE ...". One line comes out for each, in their order:
#   CELLS FLIPFLOPS AREA PERIOD TAKEN   area in units of the liberty file; PERIOD: shortest clock period (without flip-flops: delay) in ns; TAKEN: cached or made
# On standard error: "done CASE" for each that was made, "synth_adc: ..." for what is wrong.
# Wires weigh nothing; inputs come from INVX1 at the clock edge, outputs drive 0.05 pF and may take the whole clock; the clock is ideal. At most two cases at once.
# OSU018: the liberty file (default: where qflow-tech-osu018 puts it). Exit status 3: a tool is missing or failed.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
export LC_ALL=C
die() { echo "synth_adc: $*" >&2; exit 3; }
lib=${OSU018:-/usr/share/qflow/tech/osu018/osu018_stdcells.lib}
[ $# = 2 ] || { echo "usage: synth_adc.sh RTL CACHE <CASES" >&2; exit 2; }
command -v yosys >/dev/null || die "yosys is missing: install the package yosys"
command -v sta >/dev/null || die "sta is missing: install the package opensta"
[ -r "$lib" ] || die "'$lib' is missing: install the package qflow-tech-osu018, or name the liberty file in OSU018"
mkdir -p "$2" || die "cannot make the folder '$2'"
rtl=$(realpath "$1") cache=$(realpath "$2")
tmp=$(mktemp -d) || die "cannot make a temporary folder"
trap 'rm -rf "$tmp"' EXIT
version=$({ yosys -V; sta -version; } 2>&1)
export tmp rtl cache lib

# one case: number, key, "MODULE PARAMETER=VALUE ..."
synth() {
	local dir=$tmp/$1 key=$2 top params="" p cells flops area period clock
	read -ra p <<<"$3"
	top=${p[0]}
	for p in "${p[@]:1}"; do params+=" -chparam ${p%%=*} ${p#*=}"; done
	mkdir "$dir" && cd "$dir" || return 1
	printf 'set_driving_cell INVX1\nset_load 0.05\n' >x.constr # pF; with them abc buffers nets of many readers
	cat >x.ys <<-END
		read_liberty -lib $lib
		read_verilog -sv $rtl/*.sv
		hierarchy -check -top $top$params
		synth -nofsm -flatten -top $top
		dfflibmap -liberty $lib
		abc -liberty $lib -D 5000 -constr x.constr
		setundef -zero
		opt_clean -purge
		check -assert
		select -assert-none t:\$* t:LATCH
		rename -top mapped
		tee -q -o stat.txt stat -liberty $lib
		write_verilog -noattr -noexpr -nohex -nodec -simple-lhs mapped.v
	END
	yosys -q x.ys >yosys.log 2>&1 || { echo "synth_adc: $3: yosys: $(grep -m 1 ERROR yosys.log || tail -n 1 yosys.log)" >&2; return 1; }
	cells=$(awk '/Number of cells:/ { n = $4 } END { print n }' stat.txt)
	flops=$(awk '$1 ~ /^DFF/ { n += $2 } END { print n + 0 }' stat.txt)
	area=$(awk '/Chip area/ { a = $NF } END { printf "%.0f", a }' stat.txt)
	clock='[get_ports clk_i]'
	[ "$flops" = 0 ] && clock='-name virtual'
	cat >x.tcl <<-END
		read_liberty $lib
		read_verilog mapped.v
		link_design mapped
		create_clock $clock -period 1000
		set clk [lindex [all_clocks] 0]
		foreach port [all_inputs] { if {[lsearch {clk_i rst_ni reg_rst_ni} [get_property \$port full_name]] < 0} { set_input_delay 0 -clock \$clk \$port } }
		set_driving_cell -lib_cell INVX1 [all_inputs]
		set_load 0.05 [all_outputs]
		set_output_delay 0 -clock \$clk [all_outputs]
		puts "slack [worst_slack -max]"
	END
	sta -no_splash -exit x.tcl >sta.log 2>&1
	period=$(awk '$1 == "slack" && $2 + 0 < 1000 { printf "%.3f", 1000 - $2 }' sta.log)
	if grep -q '^Error' sta.log || [ -z "$period" ]; then echo "synth_adc: $3: sta: $(grep -m 1 '^Error' sta.log || tail -n 1 sta.log)" >&2; return 1; fi
	echo "$cells $flops $area $period" >result && mv result "$cache/$key" && echo "done $3" >&2
}
export -f synth

content=$(cat "$lib" "$rtl"/*.sv "${BASH_SOURCE[0]}" | sha256sum) || die "cannot read '$1'"
n=0 keys=() taken=()
while read -r case; do
	key=$(printf '%s\n' "$content" "$version" "$case" | sha256sum | cut -c 1-32)
	keys[n]=$key taken[n]=cached
	[ -s "$cache/$key" ] || { taken[n]=made; printf '%s\0%s\0%s\0' "$n" "$key" "$case"; }
	n=$((n + 1))
done >"$tmp/todo"
xargs -0 -r -n 3 -P 2 bash -c 'synth "$@" || exit 255' synth <"$tmp/todo" || exit 3
for ((i = 0; i < n; i++)); do echo "$(cat "$cache/${keys[i]}") ${taken[i]}"; done
