#!/usr/bin/env bash
# `bitline check-macro`: our views keep the contract in several configurations and both engines; models that are broken on purpose are named with the rule that
# they break; every message about wrong input. Icarus runs most of them: it is there in a second. Last line: N passed, N failed.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.." || exit 3
BITLINE=$(realpath "${BITLINE:-build/bitline}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export BITLINE_CACHE=${BITLINE_CACHE:-${BUILD:-build}/cache}
passed=0 failed=0
result() { # status, name
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2"; failed=$((failed + 1)); sed 's/^/# /' "$work/out" "$work/err" | head -n 20; fi
}
check() { env PATH="${tools:-$PATH}" timeout 200 "$BITLINE" check-macro "$@" >"$work/out" 2>"$work/err"; }
views=rtl-templates/macro/cim_macro

# ---- ours hold
holds() { # name, view, rules, arguments
	check "$views.$2.sv" "${@:4}"
	[ $? = 0 ] && ! [ -s "$work/err" ] && grep -qE "^cim_macro: $3 rules hold, [0-9]+ checks(; not asked: .*)?$" "$work/out"
	result $? "$1, $2 view: $(cat "$work/out")"
}
for engine in verilator icarus; do
	e=(--engine $engine)
	holds "tiny, $engine" digital 21 --config configs/tiny.xml "${e[@]}"
	holds "tiny, $engine" behavioural 21 --config configs/tiny.xml "${e[@]}"
	holds "edge64-hybrid2, $engine" behavioural 23 --config configs/edge64-hybrid2.xml "${e[@]}"
done
e=(--engine icarus)
holds "edge64" digital 21 --config configs/edge64.xml "${e[@]}"
holds "edge64" behavioural 21 --config configs/edge64.xml "${e[@]}"
holds "edge64-flash" digital 23 --config configs/edge64-flash.xml "${e[@]}"
holds "edge64-flash" behavioural 23 --config configs/edge64-flash.xml "${e[@]}"
holds "edge64-hybrid2" digital 23 --config configs/edge64-hybrid2.xml "${e[@]}"
holds "edge64-dif" digital 21 --config configs/edge64-dif.xml "${e[@]}"
holds "edge64-dif" behavioural 21 --config configs/edge64-dif.xml "${e[@]}"
holds "edge64-immersed-pair" behavioural 22 --config configs/edge64-immersed-pair.xml "${e[@]}"
holds "edge64-immersed-pair, ideal" digital 22 --config configs/edge64-immersed-pair.xml --ideal "${e[@]}"
holds "tiny-pair, second tile, bent" behavioural 22 --config configs/tiny-pair.xml -s nonideal.offset=300 --tile 1 "${e[@]}"
holds "33 x 65" digital 21 --config configs/edge64.xml -s array.rows=33 -s array.cols=65 "${e[@]}"
holds "33 x 65" behavioural 21 --config configs/edge64.xml -s array.rows=33 -s array.cols=65 "${e[@]}"
holds "two bits per cell, no sample-and-hold" digital 21 --config configs/tiny.xml -s array.cell_bits=2 -s array.sample_hold=false "${e[@]}"
holds "two bits per cell, no sample-and-hold" behavioural 21 --config configs/tiny.xml -s array.cell_bits=2 -s array.sample_hold=false "${e[@]}"
holds "one bit" digital 21 --config configs/tiny.xml -s readout.kind=sense -s readout.bits=1 "${e[@]}"
holds "built-in window" behavioural 21 --config configs/tiny.xml --fixed-window "${e[@]}"
holds "other seed" behavioural 21 --config configs/tiny.xml --seed 77 "${e[@]}"
# numerics.md sections 3, 4 with errors of half a count: the tables that the model is told, one window
holds "bent tables" behavioural 21 --config configs/tiny.xml -s nonideal.offset=500 -s nonideal.inl=400 "${e[@]}"

check "$views.digital.sv" --config configs/tiny.xml --json "${e[@]}"
/usr/bin/python3 -c 'import json, sys; r = json.load(sys.stdin); sys.exit(not (r["holds"] and r["module"] == "cim_macro" and len(r["rules"]) == 24 and sum(x["checks"] > 0 for x in r["rules"]) == 21))' <"$work/out"
result $? "--json"

# ---- broken ones are named
broken() { # name, rule, text of the line, sed expression, arguments
	local name=$1 rule=$2 want=$3
	sed -E "$4" "$views.${view:-digital}.sv" >"$work/macro.sv"
	if cmp -s "$work/macro.sv" "$views.${view:-digital}.sv"; then result 1 "$name: the model is as it was"; return; fi
	check "$work/macro.sv" "${@:5}"
	[ $? = 1 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -qE "^bitline: 'cim_macro' breaks rule $rule \\([^)]*\\): .*$want" "$work/err" && ! [ -s "$work/out" ]
	result $? "$name: $(cut -c 10-160 "$work/err")"
}
t=(--config configs/tiny.xml -s array.sample_hold=true --engine icarus)
vt=(--config configs/tiny.xml -s array.sample_hold=true)
for engine in icarus verilator; do
	e=(--config configs/tiny.xml --engine $engine)
	broken "a port too wide, $engine" 8 "port cmp_o: expected an output of 4 bits, seen an output of 5 bits$" 's/\[Adcs\*Refs-1:0\]( +cmp_o)/[Adcs*Refs:0]\1/' "${e[@]}"
	broken "a port of another name, $engine" 8 "port hold_i: expected an input of 1 bit, it is missing; the contract does not know 'hold_in'$" 's/\bhold_i\b/hold_in/g' "${e[@]}"
	broken "a port of the other direction, $engine" 8 "port serve_share_i: expected an input of 1 bit, seen an output of 1 bit$" 's/input  logic( +serve_share_i)/output logic\1/; s/serve_share_i, serve_ref_i/serve_ref_i/; s/^endmodule/assign serve_share_i = 0; endmodule/' "${e[@]}"
	broken "an input more, $engine" 8 "port trim_i: expected no input of that name, which the core would leave open; seen one of 3 bits$" 's/(  input  logic +clk_i,)/\1 input logic [2:0] trim_i,/' "${e[@]}"
	broken "a parameter of another name, $engine" 8 "parameter TileIndex: expected by this name, it is missing$" 's/TileIndex/Tile/g' "${e[@]}"
done
broken "the simulation stops" 9 "the model ended the simulation \(status 0\), saying: .*pairs of columns" 's/^endmodule/always @(posedge clk_i) if (pair_i) begin $display("no pairs here"); $finish; end endmodule/' "${t[@]}"
broken "an assertion fails, verilator" 9 "the model ended the simulation \(status [0-9]+\), saying: .*pairs of columns" 's/^endmodule/always @(posedge clk_i) assert (!pair_i); endmodule/' "${vt[@]}"
broken "a written row disturbs its neighbour" 10 "rdata_o is" 's/( +)cells\[waddr_i\] <= .*/\1begin cells[waddr_i] <= RowBits'"'"'(wdata_i); cells[waddr_i ^ 1] <= cells[waddr_i ^ 1] \& ~RowBits'"'"'(4); end/' "${t[@]}"
broken "a stuck cell" 10 "bit 0 of column 2: expected" 's/RowBits.\(wdata_i\)/RowBits'"'"'(wdata_i) | RowBits'"'"'(4)/' "${t[@]}"
broken "data two clocks late" 11 "rdata_o is . ?; clock [0-9]+, read latency|rdata_o is .; clock [0-9]+, read latency" 's/rdata_o <= cells\[raddr_i\].*/begin end/; s/^endmodule/logic re_q; logic [$clog2(Rows)-1:0] ra_q; always @(posedge clk_i) begin re_q <= re_i; ra_q <= raddr_i; if (re_q) rdata_o <= cells[ra_q][Cols*CellBits-1:0]; end endmodule/' "${t[@]}"
broken "data that follow the address" 11 "read latency" 's/else if \(re_i\)/else/' "${t[@]}"
broken "reset clears the cells" 12 "rdata_o is 0; clock [0-9]+, reset between write and read" 's/^endmodule/always @(negedge rst_ni) for (int i = 0; i < Rows; i++) cells[i] = 0; endmodule/; s/always_ff @\(posedge clk_i\)$/always @(posedge clk_i)/' "${t[@]}"
broken "an unknown answer" 13 "expected 0 or 1, cmp_o is x" "s/'0 : 0/&/; s/cmp_o = \(Adcs\*Refs\)'\(0\);/cmp_o = cmp_i ? 0 : {(Adcs*Refs){1'bx}};/" "${t[@]}"
broken "answers without strobe" 14 "expected 0, cmp_o is 1 while cmp_i is 0" 's/if \(cmp_i && !flash_i\)/if (!flash_i)/' "${t[@]}"
broken "lanes that are off compare" 15 "expected 0, cmp_o is 1 while lane_en_i is 0 there" "s/^( +)if \(lane_en_i\[lane\]\) begin/\1if (1'b1) begin/" "${t[@]}"
broken "comparators that are not asked" 16 "of a comparator that is not asked" 's/if \(m < \(1 << flash_bits\)\)/if (m >= 0)/' --config configs/tiny.xml -s readout.kind=flash --engine icarus
broken "inverted answers" 17 "expected 0, cmp_o is 1; clock [0-9]+, a plane of zeros, levels forced far below" 's/>= limit/< limit/' "${t[@]}"
broken "greater, not equal" 17 "expected 1, cmp_o is 0; clock [0-9]+, levels forced to thresholds" 's/>= limit/> limit/' "${t[@]}"
broken "forced levels ignored" 18 "expected 1, cmp_o is 0" 's/<= force_i \? force_level_i/<= 1'"'"'b0 ? force_level_i/' "${t[@]}"
broken "answers that rise with the reference" 19 "expected 0, as for a lower reference of the same level, cmp_o is 1" 's/limit = origin \+ \(\(/limit = (code[0] ? LimitBits'"'"'(40) : LimitBits'"'"'(0)) + origin + ((/' "${t[@]}" --tolerance 3
broken "a registered reference" 20 "reference, set and strobe change within a clock" 's/code = ref_i\[/code = ref_q[/; s/^endmodule/logic [Adcs*AdcBits-1:0] ref_q; always @(negedge clk_i) ref_q <= ref_i; endmodule/' "${t[@]}"
broken "lanes that are off sample" 21 "some lanes sample" "s/^( +)if \(lane_en_i\[lane\]\)$/\1if (1'b1)/" "${t[@]}"
broken "a comparison spends the level" 22 "some lanes compare" "s/^( +)else if \(sample_i\)$/\1else if (cmp_i) level_q <= '0; else if (sample_i)/" "${t[@]}"
broken "a flash step one code late" 23 "flash steps" 's/^( +)limit = limit \+ step;/\1limit = limit + step + $signed(LimitBits'"'"'(lsb_i)) * (1 << GridBits);/' --config configs/tiny.xml -s readout.kind=flash --engine icarus
broken "a count one too high" 24 "expected 0, cmp_o is 1; clock [0-9]+, columns of random cells, plane of zeros, level 0 counts" "s/even_sum = '0;/even_sum = (Adcs*CountBits)'(1);/" "${t[@]}"
broken "a row that is not counted" 24 "columns of random cells" 's/for \(int row = 0; row < Rows; row/for (int row = 1; row < Rows; row/' "${t[@]}"
broken "lanes swapped" 24 "columns of random cells" 's/\(LevelBits.\(even_sum\[lane\*CountBits/(LevelBits'"'"'(even_sum[(Adcs-1-lane)*CountBits/' "${t[@]}"
broken "lanes swapped, verilator" 24 "columns of random cells" 's/\(LevelBits.\(even_sum\[lane\*CountBits/(LevelBits'"'"'(even_sum[(Adcs-1-lane)*CountBits/' "${vt[@]}"
broken "pairs ignored" 25 "pairs of columns" "s/\bpair_i \?/1'b0 ?/; s/&& !pair_i//" "${t[@]}"
broken "pairs added" 25 "minus the next" 's/\) - LevelBits.\(odd_sum/) + LevelBits'"'"'(odd_sum/' "${t[@]}"
broken "the plane is taken when it is held" 26 "plane_i changes after the capture" 's/held_q <= line_q/held_q <= plane_i/' "${t[@]}"
broken "a hold that comes one plane late" 27 "" "s/held_q <= line_q;/begin held_q <= late_q; late_q <= line_q; end/; s/logic \[Rows-1:0\] held_q;/& logic [Rows-1:0] late_q = '0;/" "${t[@]}"
broken "no hold" 27 "the next plane is evaluated while this one is held" 's/assign held = held_q/assign held = line_q/' "${t[@]}"
broken "bit lines that leak" 27 "the bit lines hold" "s/else if \(capture_i\)/else if (leak_q == 20) begin line_q <= '0; leak_q <= 0; end else if (capture_i)/; s/^endmodule/int leak_q; always @(posedge clk_i) leak_q <= capture_i ? 0 : cmp_i ? 0 : leak_q + 1; endmodule/" "${t[@]}" -s array.sample_hold=false
broken "a hold that wears out" 28 "one plane converted again" "s/^( +)else if \(hold_i\)$/\1else if (worn_q > 5 \&\& !hold_i) held_q <= '0; else if (hold_i)/; s/^endmodule/int worn_q; always @(posedge clk_i) worn_q <= hold_i || !rst_ni ? 0 : worn_q + 32'(sample_i \&\& !force_i); endmodule/" "${t[@]}"
broken "answers that depend on force_i" 29 "inputs change outside their phase" 's/(cmp_o\[lane\*Refs\] = )(.*);/\1(\2) ^ force_i;/' "${t[@]}"
broken "rows written at the falling edge" 30 "rdata_o is" '0,/always_ff @\(posedge clk_i\)$/s//always_ff @(negedge clk_i)/' "${t[@]}"
broken "serving disturbs a row" 31 "the lines serve as another array's reference" "s/^( +)cells\[waddr_i\] <= .*/&\n else if (serve_precharge_i) cells[3] <= ~cells[3];/" --config configs/tiny-pair.xml --ideal --engine icarus
broken "answers while it serves" 31 "expected 0, cmp_o is 1 while cmp_i is 0" 's/^endmodule/always @* if (serve_i) cmp_o = 1; endmodule/; s/always_comb/always @*/' --config configs/tiny-pair.xml --ideal --engine icarus
view=behavioural
broken "thresholds of the file ignored" 17 "levels forced to thresholds" "s/from_file = 1'b1/from_file = 1'b0/" "${t[@]}" -s nonideal.offset=700
broken "thresholds of another lane" 17 "levels forced to thresholds" 's/\(32.\(lane\) \* Sets/(32'"'"'(lane ^ 1) * Sets/' "${t[@]}" -s nonideal.offset=700
broken "reset clears the cells, verilator" 12 "reset between write and read" 's/^endmodule/always @(negedge rst_ni) for (int i = 0; i < Cells * Words; i++) cells[i] = 0; endmodule/' "${vt[@]}"
view=

# ---- --tolerance
sed -E 's/^( +)limit = origin \+ .*/&\n limit = limit + 8;/' "$views.digital.sv" >"$work/off.sv"
check "$work/off.sv" "${t[@]}"
[ $? = 1 ] && grep -q "breaks rule 17" "$work/err"
result $? "half a count off: without tolerance it breaks rule 17"
check "$work/off.sv" "${t[@]}" --tolerance 0.5
result $? "half a count off: within a tolerance of 0.5: $(cat "$work/out")"
check "$work/off.sv" "${t[@]}" --tolerance 0.4
[ $? = 1 ] && grep -q "breaks rule 17" "$work/err"
result $? "half a count off: beyond a tolerance of 0.4"
check "$work/macro.sv" "${t[@]}" --json # the last broken one
[ $? = 1 ] && /usr/bin/python3 -c 'import json, sys; r = json.load(sys.stdin); sys.exit(r["holds"] or r["broken"]["rule"] != 12)' <"$work/out"
result $? "--json of a broken one"
sed 's/cim_macro/foundry_cim8/' "$views.digital.sv" >"$work/named.sv"
check "$work/named.sv" "${t[@]}" --module foundry_cim8
[ $? = 0 ] && grep -q "^foundry_cim8: 21 rules hold" "$work/out"
result $? "--module"
sed '/^module/i `timescale 1ns / 1ps' "$views.digital.sv" | sed -E 's/rdata_o <= cells/rdata_o <= #0.4 cells/' >"$work/delay.sv"
for engine in icarus verilator; do
	check "$work/delay.sv" --config configs/tiny.xml --engine $engine
	result $? "a model with delays and a time scale, $engine"
done
# two files, one below the other
sed 's/cim_macro #/cim_inner #/' "$views.digital.sv" >"$work/inner.sv"
sed -n '1,/^);/p' "$views.digital.sv" >"$work/outer.sv"
echo '  cim_inner #(.Rows(Rows), .Cols(Cols), .Adcs(Adcs), .AdcBits(AdcBits), .Refs(Refs), .CellBits(CellBits), .SampleHold(SampleHold), .Sets(Sets), .GridBits(GridBits), .TileIndex(TileIndex)) u_inner (.*);
endmodule' >>"$work/outer.sv"
check "$work/outer.sv" "$work/inner.sv" "${t[@]}"
result $? "two files: $(cat "$work/out" "$work/err")"

# ---- wrong input: one line
refuses() { # exit status, message (WORK stands for the folder; a text or a pattern), arguments
	check "${@:3}"
	[ $? = "$1" ] && [ "$(wc -l <"$work/err")" = 1 ] && { grep -qxF -- "bitline: ${2//WORK/$work}" "$work/err" || grep -qxE -- "bitline: ${2//WORK/$work}" "$work/err"; } && ! [ -s "$work/out" ]
	result $? "exit $1: $(cut -c 10-170 "$work/err")"
}
m=$views.digital.sv
sed 's/if (we_i)/if (we_i \&\& waddr_i != 3)/' "$m" >"$work/row3.sv"
refuses 1 "'cim_macro' breaks rule 13 (outputs are 0 or 1): bit 0 of column 0: expected 1, rdata_o is x; clock 27, write and read back every row, raddr_i 3, re_i 1, waddr_i 0, we_i 0" \
	"$work/row3.sv" "${t[@]}"
refuses 2 "no file: name the SystemVerilog of the macro, as in bitline check-macro macro.sv --config FILE" --config configs/tiny.xml
refuses 2 "cannot open 'WORK/none.sv': No such file or directory; name a readable file" "$work/none.sv" "${t[@]}"
refuses 2 "--engine verilog is not legal: verilator, icarus" "$m" --config configs/tiny.xml --engine verilog
refuses 2 "--ideal together with --thresholds 'x.hex': thresholds are ideal or those of a file, name one" "$m" --config configs/tiny.xml --ideal --thresholds x.hex
refuses 2 "no tile 9; legal: 0..[0-9]+" "$m" --config configs/tiny.xml --tile 9
for engine in verilator icarus; do
	e=(--config configs/tiny.xml --engine $engine)
	refuses 2 "no module 'other' in '$m': name it with --module, or add the file that has it" "$m" "${e[@]}" --module other
	refuses 2 "no module 'cim_macro' in 'WORK/inner.sv' and the others: name it with --module, or add the file that has it" "$work/inner.sv" "$work/named.sv" "${e[@]}"
	sed 's/^endmodule/assign = ;\n&/' "$m" >"$work/syntax.sv"
	refuses 2 "(verilator|iverilog) does not take the model: .*WORK/syntax.sv:[0-9]+.*syntax error.*" "$work/syntax.sv" "${e[@]}"
	printf '// first\n`include "cells.vh"\n' >"$work/include.sv"
	refuses 2 'WORK/include.sv:2: `include is not followed: name the file on the command line before this one, without `include' "$m" "$work/include.sv" "${e[@]}"
done
sed 's/^endmodule/always @(posedge clk_i) if (pair_i) while (1) rdata_o <= rdata_o; &/; s/always_ff/always/' "$m" >"$work/loop.sv"
refuses 3 "the simulation took more than 2 s and was stopped: a loop in the model, or a larger --limit" "$work/loop.sv" "${t[@]}" --limit 2

# ---- without tools, and with tools that do not work
mkdir "$work/empty" "$work/mock"
for tool in bash timeout; do ln -s "$(command -v $tool)" "$work/empty/$tool"; done
tools=$work/empty refuses 3 "'verilator' is missing or does not run: 'make deps' installs it" "$m" --config configs/tiny.xml
mock() { printf '#!/bin/sh\n%s\n' "$2" >"$work/mock/$1"; chmod +x "$work/mock/$1"; }
real=$(command -v verilator)
mock verilator "case \$1 in --version) echo mock 1;; --getenv) exec $real \"\$@\";; *) kill -9 \$\$;; esac"
tools=$work/mock:$PATH refuses 3 "'verilator' was killed by signal 9; run it again, with more free memory" "$m" --config configs/tiny.xml
mock verilator 'case $1 in --version) echo mock 2;; *) exit 7;; esac'
tools=$work/mock:$PATH refuses 2 "verilator does not take the model and says nothing (status 7)" "$m" --config configs/tiny.xml
mock verilator 'case $1 in --version) echo mock 4;; *) exit 127;; esac'
tools=$work/mock:$PATH refuses 3 "'verilator' is missing or does not run: 'make deps' installs it" "$m" --config configs/tiny.xml
mock verilator 'case $1 in --version) echo mock 3;; *) echo "<x/>" >ports.xml;; esac'
tools=$work/mock:$PATH refuses 3 "no ports in what 'verilator --xml-only' wrote to '.*/ports.xml': use Verilator 5, or --engine icarus" "$m" --config configs/tiny.xml
mock iverilog 'case $1 in -V) echo mock 4;; *) echo ":ivl" >ports.vvp;; esac'
tools=$work/mock:$PATH refuses 3 "no ports of 'cim_macro' in what iverilog wrote to '.*/ports.vvp': use Icarus Verilog 11, or --engine verilator" "$m" "${t[@]}"
rm "$work/mock/iverilog"
mock vvp 'case $1 in -V) echo mock 5;; *) exit 127;; esac'
tools=$work/mock:$PATH refuses 3 "'vvp' is missing or does not run: 'make deps' installs it" "$m" "${t[@]}"
(trap '' XFSZ; ulimit -f 8; check "$m" --config configs/tiny.xml)
[ $? = 3 ] && grep -qxE "bitline: cannot write '.*/bitline-macro-vectors-.{6}': File too large" "$work/err"
result $? "exit 3: $(cat "$work/err")"
TMPDIR=$work/none refuses 3 "cannot make 'WORK/none/bitline-macro-vectors-.{6}': No such file or directory" "$m" --config configs/tiny.xml
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
