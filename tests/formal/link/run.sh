#!/bin/bash
# Unbounded proofs of cim_link (property directed reachability, yosys and abc): roles, locks, bounded waiting. Then the same with a broken link:
# there must be a counterexample. Prints `ok`/`FAIL` lines; exit 1 on any FAIL.
# usage: tests/formal/link/run.sh    (scratch in $BUILD or build, /formal_link)
# SPDX-License-Identifier: Apache-2.0
cd "$(dirname "$0")/../../.." || exit 3
out=$PWD/${BUILD:-build}/formal_link
mkdir -p "$out" || exit 3
failed=0

prove() {  # prove WANT NAME LINK_FOLDER PARAMETER VALUE ...: WANT proved or broken
	local set= i verdict
	for ((i = 4; i < $#; i += 2)); do set="$set -chparam ${@:i:1} ${@:i+1:1}"; done
	yosys -q -p "read_verilog -formal -sv $3/*.sv rtl-templates/formal/cim_link_prove.sv; hierarchy -check -top cim_link_prove $set; proc; flatten; opt -full;
		async2sync; chformal -early; setundef -undriven -anyseq; opt -fast; techmap; opt -fast; dffunmap; aigmap; opt_clean;
		write_aiger -zinit $out/$2.aig" >"$out/$2.log" 2>&1 &&
		(ulimit -t 120; exec timeout 900 yosys-abc -c "read_aiger $out/$2.aig; fold; strash; scorr; pdr") >>"$out/$2.log" 2>&1 # of its own time: other work does not make it fail
	verdict=unknown
	grep -q "Property proved" "$out/$2.log" && verdict=proved
	grep -q "was asserted in frame\|Networks are not equivalent\|is asserted" "$out/$2.log" && verdict=broken
	if [ "$verdict" = "$1" ]; then echo "ok formal link $2: $verdict"; else echo "FAIL formal link $2: $verdict"; failed=1; tail -n 8 "$out/$2.log"; fi
}

link=$PWD/rtl-templates/link
prove proved pair4 "$link" Tiles 4 Network 0 Bound 32
prove proved ring4 "$link" Tiles 4 Network 1 Bound 32
prove proved ring3 "$link" Tiles 3 Network 1 Bound 24
prove proved ring6_hybrid3 "$link" Tiles 6 Network 1 Kind 2 Refs 3 Bound 48

# a link that forgets what it has granted, one that releases too early, one where the first asker can be overtaken, and a bound that is too short
rm -rf "$out/forget" "$out/early" "$out/unfair"
cp -r "$link" "$out/forget" && sed -i "s/looked  = held_q;/looked  = '0;/" "$out/forget/cim_link_ring.sv"
cp -r "$link" "$out/early" && sed -i 's/freed = end_i | up(end_i, 1)/freed = end_i | up(flash_done_i, 1)/' "$out/early/cim_link_ring.sv"
cp -r "$link" "$out/unfair" && sed -i 's/ || first\[i%Tiles\])/)/' "$out/unfair/cim_link_ring.sv"
prove broken ring3_forgets "$out/forget" Tiles 3 Network 1 Bound 24
prove broken ring6_hybrid3_early "$out/early" Tiles 6 Network 1 Kind 2 Refs 3 Bound 48
prove broken ring4_unfair "$out/unfair" Tiles 4 Network 1 Bound 32
prove broken pair4_short_bound "$link" Tiles 4 Network 0 Bound 6
exit $failed
