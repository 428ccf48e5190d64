#!/usr/bin/env bash
# IP-XACT (--with ipxact): valid against the schemas of both editions, and right where the schema does not look (ipxact_check.py). Ports and parameters against
# Verilator: tests/unit/test_gen_ipxact.c; registers against the RTL: tests/flow/regs.sh.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3
BUILD=${BUILD:-build}
BITLINE=${BITLINE:-$BUILD/bitline}
schemas=../shared/schemas
dir=$BUILD/test/flow_ipxact
failed=0
rm -rf "$dir"
mkdir -p "$dir"
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2"; failed=1; fi; }

names=()
emit() { # NAME CONFIG VIEWS OPTION...
	names+=("$1")
	"$BITLINE" gen --config "$2" --with "$3" "${@:4}" --out "$dir/$1" >/dev/null || { echo "FAIL ipxact: gen $1"; exit 1; }
}
sed 's/name="tiny"/name="8.a--b_c"/' configs/tiny.xml >"$dir/odd.xml"
emit tiny configs/tiny.xml all
emit edge64 configs/edge64.xml ipxact
emit flash configs/edge64-flash.xml ipxact
emit tree configs/edge64-asymmetric.xml ipxact,regs
emit other configs/tiny.xml ipxact -s array.rows=33 -s array.cols=65 -s interface.prefix=my_
emit digital configs/digital8.xml ipxact
emit odd "$dir/odd.xml" ipxact
prefix() { [ "$1" = other ] && echo my_ || echo cim_; }

valid() { xmllint --noout --nonet --schema "$schemas/ieee-1685-$1/index.xsd" "$2" >"$dir/log" 2>&1; } # YEAR FILE
for year in 2014 2022; do
	if [ ! -f "$schemas/ieee-1685-$year/index.xsd" ]; then
		echo "ok ipxact: valid against IEEE 1685-$year # SKIP no $schemas"
		continue
	fi
	for n in "${names[@]}"; do
		valid $year "$dir/$n/ipxact/$(prefix "$n")top.$year.xml"
		result $? "ipxact $n: valid against IEEE 1685-$year$([ -s "$dir/log" ] && grep -m 1 error "$dir/log")"
	done
	for edit in 's/ipxact:bitWidth>/ipxact:width>/' 's/ipxact:logicalPort/ipxact:logicPort/' 's/memoryMapRef="registers"/memoryMapRef="register"/' 's/read-only/readable/'; do
		sed "$edit" "$dir/tiny/ipxact/cim_top.$year.xml" >"$dir/bad.xml"
		! valid $year "$dir/bad.xml"
		result $? "ipxact: the schema of $year refuses $edit"
	done
done

for n in "${names[@]}"; do
	/usr/bin/python3 -B tests/flow/ipxact_check.py "$dir/$n" "$(prefix "$n")" || failed=1
done
"$BITLINE" gen --config configs/tiny.xml --with all --out "$dir/again" >/dev/null && diff -r "$dir/tiny/ipxact" "$dir/again/ipxact" >/dev/null
result $? "ipxact: the same bytes twice"

seen() { # WHAT SED
	rm -rf "$dir/bad"
	cp -r "$dir/tiny" "$dir/bad"
	sed -i "$2" "$dir/bad/ipxact/cim_top.2022.xml"
	! cmp -s "$dir/bad/ipxact/cim_top.2022.xml" "$dir/tiny/ipxact/cim_top.2022.xml" && ! /usr/bin/python3 -B tests/flow/ipxact_check.py "$dir/bad" cim_ >"$dir/bad/out" 2>&1 && grep -q '^FAIL' "$dir/bad/out"
	result $? "ipxact: seen: $1"
}
seen "a bus definition of another version" '0,/r0p0_1/s//r0p0_0/'
seen "a port on the wrong signal" '0,/>s_axi_wvalid_i</s//>s_axi_wready_o</'
seen "a file that is not there" '0,/cim_fifo.sv/s//cim_fifos.sv/'
seen "two files in the other order" '0,/cim_fifo.sv/s//cim_x.sv/;0,/cim_ram.sv/s//cim_fifo.sv/;0,/cim_x.sv/s//cim_ram.sv/'
seen "a parameter that the other edition has otherwise" 's/<ipxact:value>64</<ipxact:value>65</'
seen "a wrong file type" '0,/SDC</s//tclSource</'
exit $failed
