#!/bin/bash
# Fault campaign over some cores (docs/faults.md section 6). Not a suite of `make test`: campaign_quick.sh runs a slice of it there.
# Usage: [N=2000] [SEED=1] [CONFIG=name] [JOBS=2] tests/faults/campaign.bash [build directory]
#        CONFIG: one of tiny pair ring hybrid stochastic tree (default all of them), or a configuration of configs/
# Prints the outcomes by class of register; exit 1 on an outcome that the document does not allow, or when software cannot recover.
# SPDX-License-Identifier: Apache-2.0
here=$(cd "$(dirname "$0")" && pwd) root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-$root/${BUILD:-build}/faults/campaign}
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 3
bitline=$(realpath "${BITLINE:-$root/${BUILD:-build}/bitline}") || exit 3
. "$here/lib.bash"
for tool in yosys verilator python3; do command -v $tool >/dev/null || { echo "faults: $tool is missing: install the Debian package $tool" >&2; exit 3; }; done
N=${N:-2000} SEED=${SEED:-1} JOBS=${JOBS:-2}
cores=${CONFIG:-tiny pair ring hybrid stochastic tree}
configs=$root/configs

options() { # CORE: gen's options for it
	case $1 in
	pair | ring) echo "--config $configs/tiny-$1.xml" ;;
	hybrid) echo "--config $configs/tiny.xml -s readout.kind=hybrid -s array.sample_hold=true" ;;
	stochastic) echo "--config $configs/tiny.xml -s readout.kind=stochastic -s readout.resolution=full -s array.tiles=2" ;;
	tree) echo "--config $configs/tiny.xml -s readout.search=asymmetric -s readout.resolution=full -s array.spares=2" ;;
	*) echo "--config $configs/$1.xml" ;;
	esac
}
one() { # CORE COUNT FIRST
	fault_emit "$1" $(options "$1") && fault_build "$1" campaign >"$out/$1.txt" 2>&1 || { echo "FAIL campaign_$1 cannot be built" >>"$out/$1.txt"; return; }
	timeout 1800 "$out/$1/campaign" "$2" "$SEED" "$3" >"$out/$1.txt" 2>&1
	rc=$?
	if [ $rc = 0 ]; then echo "ok campaign_$1 $2 injections, seed $SEED, from $3" >>"$out/$1.txt"; else echo "FAIL campaign_$1 $2 injections, seed $SEED, from $3: exit $rc" >>"$out/$1.txt"; fi
}
verilated_plain || exit 3
k=0 of=$(echo $cores | wc -w)
for core in $cores; do
	first=$((N * k / of)) k=$((k + 1)) next=$((N * k / of))
	while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n; done
	one "$core" $((next - first)) "$first" &
	k=$k
done
wait
for core in $cores; do grep -vE '^(class|codes|total|  )' "$out/$core.txt"; grep -q '^FAIL' "$out/$core.txt" && failed=1; done
# the last column but one and the one before say whether a class allows what it shows: campaign.cpp knows, here they are only added up
for core in $cores; do cat "$out/$core.txt"; done | awk -F';' '
	/^class / { name = substr($1, 7); if (!(name in n)) order[++classes] = name; for (i = 2; i <= NF; i++) { n[name] = 1; sum[name, i] += $i; all[i] += $i } }
	/^codes;/ { for (i = 2; i <= NF; i++) code[i - 1] += $i }
	/^total / { split($0, w, " "); total += w[2]; bad += w[4] }
	function row(name, s, i) { for (i = 2; i <= 10; i++) s = s sprintf(" %6d |", i in v ? v[i] : 0); printf "| %-30s |%s\n", name, s }
	END {
		printf "| %-30s | flips  | masked | late   | detect | silent | no vd. | longer | hang   | bus    |\n", "registers"
		print "|---|---|---|---|---|---|---|---|---|---|"
		for (c = 1; c <= classes; c++) { for (i = 2; i <= 10; i++) v[i] = sum[order[c], i]; row(order[c]) }
		for (i = 2; i <= 10; i++) v[i] = all[i]
		row("all")
		printf "error codes of the detected:"; for (k = 1; k <= 9; k++) printf " %d: %d%s", k, code[k], k < 9 ? "," : "\n"
		printf "%d injections, %d outcomes that the document does not allow\n", total, bad
	}'
exit $failed
