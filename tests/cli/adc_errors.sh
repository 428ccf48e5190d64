#!/usr/bin/env bash
# What a user sees of `bitline adc` when something is wrong: one line on standard error, nothing on standard output, the documented exit status, no file left.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/here" "$work/tools"
cp configs/tiny.xml configs/edge64.xml "$work/here"
cd "$work/here"
export BITLINE_CACHE=$work/cache LC_ALL=C
status=0
echo '{"first": 0, "counts": [1, 2, 3, 4]}' >h.json
echo '{"first": 0, "counts": [0]}' >zero.json
head -c 7 /dev/zero | tr '\0' 0 >short.hex
before=$(ls -A)

# exit status, message, arguments; `with` before the program
with=()
wrong() {
	local code=$1 message=$2 rc
	shift 2
	env "${with[@]}" "$BITLINE" adc "$@" >../out 2>../err
	rc=$?
	if [ $rc = "$code" ] && [ "$(sed "s,$work,WORK,g" ../err)" = "bitline: $message" ] && [ ! -s ../out ] && [ "$(ls -A)" = "$before" ]; then
		echo "ok - $message"
	else
		echo "not ok - $message"
		{ echo "exit status $rc"; cat ../err; head -n 3 ../out; ls -A; } | sed 's/^/# /'
		status=1
	fi
}
wrong 2 "--tree, --tables and --check are one task each; give one of them" --tables --check t.hex --config tiny.xml
wrong 2 "--kind means nothing without the cost table; leave it out" --tables --config tiny.xml --kind sar
wrong 2 "--no-cells means nothing without the cost table; leave it out" --tree h.json --bits 2 --no-cells
wrong 2 "--config means nothing for the cost table; leave it out" --config tiny.xml
wrong 2 "--out means nothing for the cost table; leave it out" --out t
wrong 2 "--bits means nothing for threshold tables, which are the configuration's; leave it out" --tables --config tiny.xml --bits 3
wrong 2 "--check writes nothing: --out 't' is for --tree and --tables; leave it out" --check t.hex --config tiny.xml --out t
wrong 2 "--tables needs a configuration; add --config FILE" --tables
wrong 2 "--check needs a configuration; add --config FILE" --check t.hex
wrong 2 "--tree takes its bits from --bits, or bits and window from --config; give one of them" --tree h.json
wrong 2 "--tree takes its bits from --bits, or bits and window from --config; give one of them" --tree h.json --bits 3 --config tiny.xml
wrong 2 "--tree with --config takes the depth from it; give -s readout.depth=5" --tree h.json --config tiny.xml --depth 5
wrong 2 "-s changes a configuration; add --config FILE" --tree h.json --bits 3 -s readout.bits=3
read -r message <<'END'
readout.bits "9" of 'tiny.xml': a search tree has 1..8 bits; lower readout.bits
END
wrong 2 "$message" --tree h.json --config tiny.xml -s readout.bits=9
wrong 2 "--bits '9' of a search tree: legal 1..8" --tree h.json --bits 9
wrong 2 "--bits '2..3' of a search tree: legal 1..8" --tree h.json --bits 2..3
wrong 2 "a search tree of depth 2 holds 4 codes, 3 bits have 8: legal is a depth of 0 (no limit) or 3..255; raise the depth" --tree h.json --bits 3 --depth 2 --out t
read -r message <<'END'
'zero.json': every number of "counts" is 0: nothing was counted; make the histogram of a longer text
END
wrong 2 "$message" --tree zero.json --bits 3
wrong 2 "cannot open 'none.json': No such file or directory; name a readable file" --no-cells --histogram none.json
wrong 2 "--kind 'pipeline' is unknown: legal are sar, asymmetric, flash, flash-ones, hybrid, hybrid-ones, sense, stochastic, encoder, encoder-ones" --kind pipeline
wrong 2 "--reference 'remote' is unknown: legal are local, immersed" --reference remote
for bits in 0 13 5..4 3..13 3.. x 1..2x -1; do
	wrong 2 "--bits '$bits' is no width and no range of widths: legal 1..12, as 5 or 3..8" --bits=$bits
done
wrong 2 "no converter is left: no kind of --kind with a width of --bits is legal with such a reference; legal widths: docs/numerics.md section 4" --kind sense --bits 2
wrong 2 "a search tree of depth 4 holds 16 codes, 5 bits have 32: legal is a depth of 0 (no limit) or 5..255; raise the depth" --no-cells --kind asymmetric --bits 5 --depth 4
read -r message <<'END'
'edge64': array.kind "digital" counts by adders and has no threshold tables; set array.kind=analog
END
wrong 2 "$message" --tables --config edge64.xml -s array.kind=digital
wrong 2 "'none.hex' cannot be opened: No such file or directory; name a file of thresholds" --check none.hex --config tiny.xml
wrong 2 "'short.hex', line 1: '0000000' is no threshold: legal are exactly six hexadecimal digits and a newline, 800000..7fffff (two's complement)" --check short.hex --config tiny.xml

# tools
for tool in bash cat sha256sum cut mktemp mkdir realpath rm xargs awk grep tail mv tr printf env dirname; do ln -s "$(command -v $tool)" ../tools/; done
one=(--kind sense --reference local)
with=(PATH="$work/tools")
wrong 3 "synth_adc: yosys is missing: install the package yosys" "${one[@]}"
ln -s /bin/false ../tools/yosys
wrong 3 "synth_adc: sta is missing: install the package opensta" "${one[@]}"
ln -s /bin/false ../tools/sta
with=(PATH="$work/tools" OSU018="$work/none.lib")
wrong 3 "synth_adc: 'WORK/none.lib' is missing: install the package qflow-tech-osu018, or name the liberty file in OSU018" "${one[@]}"
echo 'library(x) {}' >../empty.lib
rm ../tools/yosys
printf '#!/bin/sh\necho "ERROR: no such thing"\nexit 1\n' >../tools/yosys
chmod +x ../tools/yosys
with=(PATH="$work/tools" OSU018="$work/empty.lib")
wrong 3 "synth_adc: cim_adc Adcs=1 AdcBits=1 Kind=3 Search=0 Bubble=0 CycleBits=8: yosys: ERROR: no such thing" "${one[@]}"
printf '#!/bin/sh\n[ "$1" = -V ] && exit\ntouch mapped.v\necho "Number of cells: 3" >stat.txt\n' >../tools/yosys
ln -s "$(command -v touch)" ../tools/
rm ../tools/sta
printf '#!/bin/sh\necho "Error: x.tcl, 4 no clock"\n' >../tools/sta
chmod +x ../tools/sta
wrong 3 "synth_adc: cim_adc Adcs=1 AdcBits=1 Kind=3 Search=0 Bubble=0 CycleBits=8: sta: Error: x.tcl, 4 no clock" "${one[@]}"
printf '#!/bin/sh\ntrue\n' >../tools/bash.new
rm ../tools/bash
mv ../tools/bash.new ../tools/bash
ln -s /bin/sh ../tools/sh
chmod +x ../tools/bash
wrong 3 'synth_adc.sh gave no result for "cim_adc Adcs=1 AdcBits=1 Kind=3 Search=0 Bubble=0 CycleBits=8"; remove the folder build/adc or $BITLINE_CACHE/adc and try again' "${one[@]}"
printf '#!/bin/sh\nexit 1\n' >../tools/bash
wrong 3 'synth_adc.sh ended without a word' "${one[@]}"
rm ../tools/bash
wrong 3 'cannot run bash: No such file or directory; install the package bash' "${one[@]}"
exit $status
