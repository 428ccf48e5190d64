#!/usr/bin/env bash
# The cores of the hand-off through flow-yosys, flow-sta, flow-power: met at the configured clock; no configuration register begins the slowest path, so the
# constraints need no multicycle exception for them; the netlist that power counts on is the RTL, and a broken one is caught.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
BITLINE=$(realpath "${BITLINE:-$BUILD/bitline}")
export BITLINE
dir=$BUILD/test/flow_sta
rm -rf "$dir"
mkdir -p "$dir"
for tool in yosys sta iverilog; do command -v $tool >/dev/null || { echo "ok flow_sta # SKIP $tool is not installed"; exit 0; }; done
status=0
check() { # name, then a command that must succeed
	local name=$1; shift
	if "$@" >"$dir/log" 2>&1; then echo "ok - $name"; else echo "FAIL - $name"; sed 's/^/# /' "$dir/log" | tail -n 20; status=1; fi
}
# digital8's program memory as configured may be too small for the layer of flow-power
small=(-s scheduler.program_depth=32)
gen() { "$BITLINE" gen --config "configs/$1.xml" "${@:3}" --with yosys,sta,power --out "$dir/$2" >/dev/null; }
met() { # EMITTED
	bash "$dir/$1/flow/sta/run.sh" --paths 20 && python3 - "$dir/$1/work/sta-top-osu018/result.json" <<'END'
import json, re, sys
r = json.load(open(sys.argv[1]))
configuration = re.compile(r"^u_core\.(u_csr\.)?(numbers_q|timing_q|reference_q|samples|seed|lsb|low|nearest|input_bits|input_sm|weight_|precharge|evaluate|compare\[|ref_precharge|share|settle|char_)")
paths = [p for p in r["paths"] if p["check"] == "setup" and p["class"] == "reg"]
first = [p["register"] for p in paths if p["slack_ns"] == r["setup_reg_slack_ns"]]
print("setup %s hold %s recovery %s removal %s ns, shortest clock %s ns; slowest: %s" % (r["setup_slack_ns"], r["hold_slack_ns"], r["recovery_slack_ns"], r["removal_slack_ns"], r["period_ns"], first))
assert all(r[c + "_slack_ns"] >= 0 for c in ("setup", "hold", "recovery", "removal"))
assert r["clock_ns"] == 20 and len(paths) == 20 and first and not any(configuration.search(q) for q in first)
END
}
check "digital8 as configured" gen digital8 d8
check "digital8 is met at 20 ns, the slowest path is of the datapath" met d8
tail -n 2 "$dir/log" | sed 's/^/# /'
check "digital64 as configured" gen digital64 d64
check "digital64 is met at 20 ns, the slowest path is of the datapath" met d64
tail -n 2 "$dir/log" | sed 's/^/# /'

# the macro is a black box in the netlist, timed by its Liberty
analog=(-s scheduler.program_depth=8 -s scheduler.activation_depth=16 -s scheduler.accumulator_depth=8 -s scheduler.channel_depth=8 -s interface.clock_period_ps=20000)
macro() {
	"$BITLINE" gen --config configs/tiny.xml "${analog[@]}" --with macro,yosys,sta --out "$dir/tiny" >/dev/null && bash "$dir/tiny/flow/sta/run.sh" &&
		python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); assert r["macro"] is True and r["setup_slack_ns"] >= 0 and r["hold_slack_ns"] >= 0' "$dir/tiny/work/sta-top-osu018/result.json"
}
check "an analog core around its macro is met at 20 ns" macro
tail -n 2 "$dir/log" | sed 's/^/# /'

check "digital8 with a program memory that holds a layer" gen digital8 p8 "${small[@]}"
check "energy per token of a drawn layer" bash -c 'bash "$1/p8/flow/power/run.sh" >"$1/line"' - "$dir"
tail -n 1 "$dir/line" | sed 's/^/# /'
check "parts add up, every output of every clock is the RTL's" python3 - "$dir/p8/work/power-top-osu018/result.json" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
parts = [r["digital_%s_pj" % p] for p in ("switching", "internal", "clock", "leakage")]
assert all(p > 0 for p in parts) and abs(sum(parts) + r["analog_converters_pj"] + r["analog_arrays_pj"] - r["energy_per_token_pj"]) < 0.01, r
assert r["different_clocks"] == 0 and r["replayed_clocks"] > r["clocks_per_token"] > 500 and r["tokens"] == 1 and r["conversions"] > 0, r
assert abs(r["power_mw"] - r["energy_per_token_pj"] / (r["clocks_per_token"] * r["clock_ns"])) < 1e-3, r
END
# the first adder of the netlist becomes its opposite
awk '!done && / XOR2X1 / { sub(/XOR2X1/, "XNOR2X1"); done = 1 } { print }' "$dir/p8/work/yosys-top-osu018/netlist.v" >"$dir/broken.v"
broken() { ! bash "$dir/p8/flow/power/run.sh" --netlist "$dir/broken.v" 2>"$dir/err" && cat "$dir/err" && grep -q -E "^flow-power: digital8 top osu018: step 'replay' failed in vvp: the netlist is not the RTL in [0-9]+ of [0-9]+ clocks; first difference: clock [0-9]+: " "$dir/err"; }
if cmp -s "$dir/broken.v" "$dir/p8/work/yosys-top-osu018/netlist.v"; then echo "FAIL - no gate to break"; status=1; else check "a broken netlist is not counted on" broken; fi
exit $status
