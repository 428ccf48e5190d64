#!/usr/bin/env bash
# What a user sees of `bitline config` and `bitline gen` when something is wrong: every message, against tests/expected/config_errors.txt.
# UPDATE=1 rewrites the expected file; review it as a diff.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
expected=$PWD/tests/expected/config_errors.txt
configs=$PWD/configs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$configs"/*.xml .

# one case: the command, its standard error, its exit status; nothing may stand on standard output
try() {
	printf '$ bitline %s\n' "$*"
	"$BITLINE" "$@" >out 2>err
	local rc=$?
	[ -s out ] && echo "UNEXPECTED OUTPUT: $(head -n 1 out)"
	[ "$(wc -l <err)" = 1 ] || echo "NOT ONE LINE"
	cat err
	echo "exit $rc"
}

# a file of one line per argument
file() { local f=$1; shift; printf '%s\n' "$@" >"$f"; }

{
	file key.xml '<bitline name="x">' '	<array' '		cols="8"' '		row="33"/>' '</bitline>'
	file range.xml '<!-- <array rows="9"/> -->' '<bitline name="x">' '	<array' '		cols="8"' '		rows="4"/>' '	<readout adcs="4"/>' '</bitline>'
	file group.xml '<bitline name="x">' '	<arrray rows="33"/>' '</bitline>'
	file twice.xml '<bitline name="x">' '	<array rows="33"/>' '	<array rows="34"/>' '</bitline>'
	file text.xml '<bitline name="x">' '	<array>64</array>' '</bitline>'
	file root.xml '<config name="x"/>'
	file noname.xml '' '<bitline>' '</bitline>'
	file cut.xml '<bitline name="x">' '	<array rows="33"'
	file bomb.xml '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' '<bitline name="&b;"/>'
	file outside.xml '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]>' '<bitline name="x">&a;</bitline>'
	printf 'rows = 64\n' >plain.xml
	printf '<?xml version="1.0" encoding="EUC-JP"?>\n<bitline name="x\217\377\376"/>\n' >encoding.xml
	: >empty.xml
	for f in key range group twice text root noname cut bomb outside plain encoding empty missing; do try config $f.xml; done
	try config .

	try config edge64.xml -s array.row=33
	try config edge64.xml -s rows=33
	try config edge64.xml -s voltage=33
	try config edge64.xml -s array.rows
	try config edge64.xml -s array.rows=4
	try config edge64.xml -s array.rows=1025
	try config edge64.xml -s array.rows=many
	try config edge64.xml -s array.rows=
	try config edge64.xml -s array.rows=64x
	try config edge64.xml -s array.kind=analogue
	try config edge64.xml -s array.sample_hold=yes
	try config edge64.xml -s numbers.input_code=dif
	try config edge64.xml -s readout.adcs=12
	try config edge64.xml -s readout.adcs=128
	try config edge64.xml -s readout.adcs=64 -s array.cols=33
	try config edge64.xml -s scheduler.program_depth=1000
	try config edge64.xml -s scheduler.watchdog=65536
	try config edge64.xml -s array.spares=5
	try config edge64-immersed-pair.xml -s array.spares=1
	try config edge64.xml -s array.cols=1024 -s array.spares=1
	try config edge64.xml -s readout.kind=pipeline
	try config edge64.xml -s readout.samples=0
	try config edge64.xml -s nonideal.gain=300001
	try config edge64.xml -s numbers.weight_code=ternary
	try config edge64.xml -s numbers.weight_code=dif -s readout.adcs=64
	try config edge64.xml -s readout.resolution=log2
	try config paper-a.xml -s numbers.weight_code=tc
	try config paper-a.xml -s readout.kind=sense -s readout.bits=1
	try config paper-a.xml -s readout.reference=immersed
	try config paper-a.xml -s readout.bits=8 -s readout.search=asymmetric
	try config edge64.xml -s readout.kind=flash -s readout.bits=9
	try config edge64.xml -s readout.kind=hybrid -s readout.bits=1
	try config edge64.xml -s readout.kind=sense
	try config edge64.xml -s readout.kind=hybrid -s readout.flash_bits=6 -s readout.bits=6
	try config edge64-stochastic.xml -s readout.bits=6
	try config edge64-stochastic.xml -s readout.low=1
	try config edge64.xml -s readout.kind=stochastic
	try config edge64.xml -s readout.kind=flash -s readout.search=asymmetric
	try config edge64-asymmetric.xml -s readout.bits=9
	try config edge64.xml -s readout.search=asymmetric
	try config edge64-asymmetric.xml -s readout.depth=6
	try config edge64-immersed-pair.xml -s array.kind=digital
	try config edge64-immersed-pair.xml -s array.sample_hold=true
	try config edge64-immersed-pair.xml -s numbers.weight_code=dif
	try config edge64-immersed-pair.xml -s readout.low=-1
	try config edge64-immersed-pair.xml -s array.cell_bits=2
	try config edge64-immersed-pair.xml -s array.rows=30
	try config edge64-immersed-pair.xml -s array.tiles=3
	try config edge64-immersed-pair.xml -s readout.kind=hybrid
	try config edge64-immersed-pair.xml -s readout.network=broadcast
	try config edge64-immersed-pair.xml -s readout.adcs=4
	try config edge64-immersed-pair.xml -s readout.bits=6
	try config edge64-immersed-ring-hybrid2.xml -s array.tiles=3
	try config edge64-broadcast-flash.xml -s array.tiles=7
	try config edge64-broadcast-flash.xml -s readout.lsb=10
	try config edge64.xml -s array.kind=digital -s nonideal.offset=5
	try config edge64.xml -s interface.prefix=9lives
	try config edge64.xml -s interface.prefix=abcdefghijklmnopqrstuvwxy
	try config edge64.xml -s name=../up
	try config edge64.xml -s array.rows=4444444444444444444444444444444444444444444444444444444444444444444444444

	try config
	try config edge64.xml tiny.xml
	try config edge64.xml --config tiny.xml
	try config edge64.xml --jsn
	try config edge64.xml --json=yes
	try config edge64.xml -s
	try config edge64.xml -x
	try gen --out d
	try gen --config edge64.xml
	try gen --config edge64.xml --out --json
	try gen --config edge64.xml --out ''
	try gen --config edge64.xml --out edge64.xml
	mkdir foreign && echo x >foreign/x
	try gen --config edge64.xml --out foreign
	mkdir other && echo '{"tool":"other"}' >other/manifest.bitline
	try gen --config edge64.xml --out other
	try gen --config range.xml --out d
	try gen --config paper-a.xml --out d
	try gen --config edge64.xml -s numbers.weight_code=cell --out d
	try golden --config paper-a.xml --model missing --text missing
	try cosim --config paper-a.xml --model missing
	[ -e d ] && echo "d WAS WRITTEN"
} >seen

if [ "${UPDATE:-}" = 1 ]; then cp seen "$expected"; fi
n=$(grep -c '^\$ ' seen)
if diff -u "$expected" seen; then echo "ok - $n messages as expected"; else echo "not ok - messages differ from $expected; if they should, run UPDATE=1 tests/cli/config_errors.sh"; exit 1; fi
