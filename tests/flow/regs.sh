#!/usr/bin/env bash
# Register documents (--with regs, ipxact): the five documents and the C header say the same; the HTML is well-formed; the RTL of two configurations, run by
# Icarus, has their reset values, writable bits and windows. Each check is seen to fail on a document or an RTL with one thing changed.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3
BUILD=${BUILD:-build}
BITLINE=${BITLINE:-$BUILD/bitline}
dir=$BUILD/test/flow_regs
failed=0
py=(/usr/bin/python3 -B)
rm -rf "$dir"
mkdir -p "$dir"
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2"; failed=1; fi; }
check() { "${py[@]}" tests/flow/regs_check.py "$@"; }

emit() { # NAME CONFIG OPTION...
	"$BITLINE" gen --config "configs/$2.xml" "${@:3}" --with regs,ipxact --out "$dir/$1" >/dev/null || { echo "FAIL regs: gen $1"; exit 1; }
}
rtl() { # DIR PREFIX: the bench's answers in DIR/answers
	check accesses "$1" "$2" >"$1/accesses" &&
		(cd "$1" && iverilog -g2012 -DTOP="$2top" -s regs_bench -o bench.vvp -f sim.f "$OLDPWD/tests/flow/regs_bench.sv" >iverilog.log 2>&1 && timeout 100 vvp bench.vvp +accesses=accesses >answers 2>&1)
}

# every number differs from its default and from its neighbours
emit tiny tiny
emit tree edge64-asymmetric -s interface.prefix=my_ -s array.rows=33 -s array.cols=65 -s array.tiles=3 -s array.spares=2 -s readout.bits=5 -s timing.precharge=3 -s timing.evaluate=5 -s timing.compare=7
emit ring edge64-immersed-ring-hybrid2 -s timing.reference_precharge=9 -s timing.share=11 -s timing.settle=13
emit draws edge64-stochastic -s readout.samples=77 -s readout.seed=4660
for d in "tiny cim_" "tree my_" "ring cim_" "draws cim_"; do
	set -- $d
	check same "$dir/$1" "$2" || failed=1
	out=$(xmllint --html --noout "$dir/$1/regs/$2regs.html" 2>&1) && [ -z "$out" ]
	result $? "regs $1: the HTML is well-formed"
	! grep -nE '(src|href)="?(https?:|//)|@import|url\(|<script' "$dir/$1/regs/$2regs.html"
	result $? "regs $1: the HTML fetches nothing"
done
for d in "tiny cim_" "tree my_"; do
	set -- $d
	if rtl "$dir/$1" "$2"; then check answers "$dir/$1" "$2" "$dir/$1/answers" || failed=1; else result 1 "regs $1: the bench does not run"; fi
done

# names, escaping: a configuration may be called a--b
sed 's/name="tiny"/name="a--b"/' configs/tiny.xml >"$dir/odd.xml"
"$BITLINE" gen --config "$dir/odd.xml" --with regs,ipxact --out "$dir/odd" >/dev/null && check same "$dir/odd" cim_ >/dev/null &&
	out=$(xmllint --html --noout "$dir/odd/regs/cim_regs.html" 2>&1) && [ -z "$out" ]
result $? "regs: a configuration with -- in its name"

# each of these must be seen
seen() { # WHAT FILE SED
	rm -rf "$dir/bad"
	mkdir "$dir/bad"
	cp -r "$dir/tiny/ipxact" "$dir/tiny/regs" "$dir/tiny/include" "$dir/bad"
	sed -i "$3" "$dir/bad/$2"
	! cmp -s "$dir/bad/$2" "$dir/tiny/$2" && ! check same "$dir/bad" cim_ >"$dir/bad/out" 2>&1
	result $? "regs: seen in $2: $1"
}
seen "a reset value" ipxact/cim_top.2022.xml "s/'h434D4931/'h434D4932/"
seen "an access" ipxact/cim_top.2014.xml '0,/oneToClear/s//oneToSet/'
seen "an offset" regs/cim_regs.rdl 's/SEED @0xC8/SEED @0xCC/'
seen "an element's reset value" regs/cim_regs.rdl "s/HASH\[3\].VALUE->reset = 32'h./HASH[3].VALUE->reset = 32'h/"
seen "a missing semicolon" regs/cim_regs.rdl 's/} CTRL @0x40;/} CTRL @0x40/'
seen "a value too wide for its field" regs/cim_regs.rdl "s/asymmetric = 1'd1/asymmetric = 2'd2/"
seen "a width" regs/cim_regs.md 's/^| 11:0 | DRAWS/| 12:0 | DRAWS/'
seen "a link" regs/cim_regs.html 's/href="#SEED"/href="#SEEDS"/'
seen "a mask" include/cim_regs.h 's/CIM_SAMPLES_DRAWS_MASK 0xFFFu/CIM_SAMPLES_DRAWS_MASK 0x1FFFu/'
rtl_seen() { # WHAT SED
	rm -rf "$dir/bad"
	cp -r "$dir/tiny" "$dir/bad"
	sed -i "$2" "$dir/bad/rtl/cim_csr.sv"
	! cmp -s "$dir/bad/rtl/cim_csr.sv" "$dir/tiny/rtl/cim_csr.sv" && rtl "$dir/bad" cim_ && ! check answers "$dir/bad" cim_ "$dir/bad/answers" >"$dir/bad/out" 2>&1
	result $? "regs: seen in the RTL: $1"
}
rtl_seen "a reset value" "s/char_step_q  <= 16'd1;/char_step_q  <= 16'd2;/"
rtl_seen "no reset value" "/^ *seed_q  *<= 16'(SeedReset);/d"
rtl_seen "a bit that keeps nothing" "s/samples_q <= 12'(put({20'd0, samples_q}/samples_q <= 12'h7ff \& 12'(put({20'd0, samples_q}/"
rtl_seen "a window one entry too long" "s/w_instr < 17'(ProgDepth)/w_instr <= 17'(ProgDepth)/"
exit $failed
