#!/usr/bin/env bash
# flow-power: the sum against figures worked out by hand, the count of transitions, ports, refusals; the whole flow: tests/regress/flow_sta.sh.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-${BUILD:-build}/bitline}")
configs=$PWD/configs power=$PWD/flows/power ihp=$PWD/../shared/pdk/ihp-sg13g2/lib/sg13g2_stdcell_typ_1p20V_25C.lib
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
status=0
check() { # name, then a command that must succeed
	local name=$1; shift
	if "$@" >log 2>&1; then echo "ok - $name"; else echo "not ok - $name"; sed 's/^/# /' log | head -n 20; status=1; fi
}
says() { # NAME STATUS TEXT COMMAND...: ends with STATUS, and one line of standard error is TEXT
	local name=$1 want=$2 text=$3 rc
	shift 3
	"$@" >out.txt 2>err.txt; rc=$?
	check "$name" bash -c '[ "$1" = "$2" ] && grep -q -x -F -e "$3" err.txt' - "$rc" "$want" "$text"
	{ [ "$rc" = "$want" ] && grep -q -x -F -e "$text" err.txt; } || { echo "# exit status $rc"; sed 's/^/# /' err.txt out.txt; }
}

# -- transitions: scalars, parts of vectors (a short value is filled up), what is switched off and on does not count, unknown is told
cat >x.vcd <<'END'
$timescale 1s $end
$scope module dut $end
$var wire 1 ! a $end
$var wire 1 ! b $end
$var wire 1 " v [2] $end
$var wire 4 # \u.w [7:4] $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
x!
x"
bx #
$end
#0
$dumpoff
x!
$end
#3
$dumpon
0!
1"
b1 #
$end
#4
1!
b110 #
#5
0!
0"
#6
b1110 #
$dumpoff
x!
x"
bx #
$end
#7
1!
#8
$dumpon
1!
0"
b0 #
$end
#9
0!
END
awk -v UNKNOWN=unknown -f "$power/toggles.awk" x.vcd | sort >got
check "transitions of every bit of every net" diff got - <<'END'
1 u.w[4]
1 u.w[5]
1 u.w[6]
1 u.w[7]
1 v[2]
3 a
3 b
END
check "nothing unknown" test ! -e unknown
sed 's/^#9/#9\nx"/' x.vcd | awk -v UNKNOWN=unknown -f "$power/toggles.awk" >/dev/null
check "an unknown value is told" test "$(cat unknown)" = 1

# -- the sum: 2 V, loads and tables in round figures
cat >x.lib <<'END'
/* hand */
library (x) {
  voltage_unit : "1V";
  time_unit : "1ns";
  leakage_power_unit : "1nW";
  capacitive_load_unit (1,pf);
  nom_voltage : 2.0;
  power_lut_template (LS) {
    variable_1 : total_output_net_capacitance;
    variable_2 : input_transition_time;
    index_1 ("0, 1");
    index_2 ("0, 1");
  }
  power_lut_template (S) {
    variable_1 : input_transition_time;
    index_1 ("0, 1");
  }
  cell (INV) {
    cell_leakage_power : 5;
    pin (A) { direction : input; capacitance : 0.1; }
    pin (Y) {
      direction : output;
      internal_power () {
        related_pin : "A";
        rise_power (LS) { values ("1, 2", \
                                  "3, 4"); }
        fall_power (LS) { values ("0, 0", "0, 0"); }
      }
    }
  }
  cell (FF) {
    cell_leakage_power : 10;
    pin (C) { direction : input; capacitance : 0.2; clock : true;
      internal_power () { rise_power (S) { values ("0.5, 1.5"); } fall_power (S) { values ("0.5, 1.5"); } }
    }
    pin (D) { direction : input; capacitance : 0.3; }
    pin (Q) { direction : output; }
  }
}
END
cat >x.v <<'END'
module top(clk_i, q_o);
  input clk_i;
  wire clk_i;
  output q_o;
  wire q_o;
  wire \a [1];
  FF f (
    .C(clk_i),
    .D(\a [1]),
    .Q(q_o)
  );
  INV i (
    .A(q_o),
    .Y(\a [1])
  );
endmodule
END
printf '200 clk_i\n10 q_o\n20 a[1]\n' >x.toggles
sum() { awk -v CLOCKS=100 -v PERIOD=10 -v SLEW="${SLEW:-0.5}" -v LOAD=0.4 -v CLOCK=clk_i -f "$power/energy.awk" stage=lib "${1:-x.lib}" stage=net "${2:-x.v}" stage=toggles "${3:-x.toggles}"; }
# switching: q_o 10 * (0.1 + 0.4)/2 * 4 = 10, a[1] 20 * 0.3/2 * 4 = 12. internal: Y at load 0.3, slew 0.5: rise 1 + 2*0.3 + 0.5 = 2.1, mean with fall 1.05, 20 times = 21.
# clock: net 200 * 0.2/2 * 4 = 80, pin 200 * 1 = 200. leakage: 15 nW for 1000 ns = 0.015 pJ.
check "the sum, by hand" diff <(sum) - <<'END'
switching 22
internal 21
leakage 0.015
clock 280
cells 2
nets 3
transitions 230
silent 0
volt 2
END
check "beyond a table its edge counts" bash -c '[ "$1" = "internal 26" ]' - "$(SLEW=9 sum | grep internal)"
says "a cell of no library" 1 "energy.awk: cell 'FG' of the netlist is in no Liberty file" sum x.lib <(sed 's/FF f/FG f/' x.v)
says "a net that was not simulated" 1 "energy.awk: 1 nets of the netlist were not in the simulation, as 'q_o'" sum x.lib x.v <(grep -v q_o x.toggles)
says "a table that is not understood" 1 "energy.awk: INV/Y: a power table of 3 values over axes of 2 and 2 is not understood" sum <(sed 's/"3, 4"/"3"/' x.lib)
sed 's/1ns/1ps/' x.lib >other.lib
says "a library in other units" 1 "energy.awk: other.lib: time_unit '1ps' is not 1ns" sum other.lib
# every cell of the real libraries: read whole, nothing refused
every() { # LIB: one transition on every pin of every cell
	awk '
		/^[ \t]*cell[ \t]*\(/ { if (cell) print "  );"; cell = $0; sub(/^[^(]*\([ "]*/, "", cell); sub(/[ ")].*/, "", cell); printf "  %s c%d (\n", cell, ++n }
		/^[ \t]*pin[ \t]*\(/ && cell { p = $0; sub(/^[^(]*\([ "]*/, "", p); sub(/[ ")].*/, "", p); printf "    .%s(n%d%s),\n", p, n, p; print 1, "n" n p >"all.toggles" }
		END { print "  );" }' "$1" >all.v
	sum "$1" all.v all.toggles >all.energy && awk '$1 ~ /^(switching|internal|leakage)$/ && $2 <= 0 { print; bad = 1 } END { exit bad }' all.energy
}
for lib in osu018 osu035; do
	if [ -r /usr/share/qflow/tech/$lib/${lib}_stdcells.lib ]; then check "every cell of $lib" every /usr/share/qflow/tech/$lib/${lib}_stdcells.lib; else echo "ok - every cell of $lib # SKIP qflow-tech-$lib is not installed"; fi
done
if [ -r "$ihp" ]; then check "every cell of IHP's library" every "$ihp"; else echo "ok - every cell of IHP's library # SKIP no $ihp here"; fi

# -- the flow's own refusals
"$BITLINE" gen --config "$configs/digital8.xml" --with yosys,power --out d >/dev/null
run() { bash d/flow/power/run.sh "$@"; }
says "a block runs no layer" 2 "flow-power: --block 'adc' runs no layer: only top does" run --block adc
analog() { "$BITLINE" gen --config "$configs/$1.xml" --with yosys,power --out "$1" >/dev/null && bash "$1/flow/power/run.sh" "${@:2}"; }
says "an analog macro wants its energies" 2 "flow-power: design 'tiny' has an analog macro: --cost FILE, its energies (configs/cost/default.json of bitline), is needed" analog tiny
says "a table that is not there" 2 "flow-power: --cost 'none.json' cannot be read" analog tiny --cost none.json
says "a converter without a source" 2 "flow-power: design 'edge64-flash': the source of the energies has a plain search with a reference of its own; other converters are not given" analog edge64-flash --cost "$configs/cost/default.json"
says "bitline is missing" 3 "flow-power: no-bitline is missing: put bitline into PATH, or name it in BITLINE" env BITLINE=no-bitline bash d/flow/power/run.sh
says "a netlist that is not there" 2 "flow-power: --netlist 'none.v' cannot be read" env BITLINE="$BITLINE" bash d/flow/power/run.sh --netlist none.v
says "a slew that is none" 2 "flow-power: --slew 'x' is no number of nanoseconds" run --slew x
says "a netlist of something else" 2 "flow-power: 'x.v' holds no module cim_top with a port clk_i" env BITLINE="$BITLINE" bash d/flow/power/run.sh --netlist x.v
says "a layer that does not fit: bitline says why" 1 "flow-power: digital8 top osu018: step 'record' failed in bitline: bitline: layer '0.wq' needs 24 of 'scheduler.activation_depth', which is 16: raise it to 64; log: d/work/power-top-osu018/record.log" \
	env BITLINE="$BITLINE" bash -c 'sed "s/top(/cim_top(/" x.v >named.v; bash d/flow/power/run.sh --netlist named.v --model "$1/../models/story.safetensors" --layers 0.wq --tokens 1' - "$configs"
exit $status
