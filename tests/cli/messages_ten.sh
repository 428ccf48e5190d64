#!/usr/bin/env bash
# Ten inputs, each broken in a way of its own: exit 2, one line that names the place, the value, and what is legal or how to mend it. docs/terminal.md shows them
# with the very text they give (UPDATE=1 writes it there).
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
document=$PWD/docs/terminal.md tests=$PWD/tests/cli
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/here"
cp configs/tiny.xml "$work/here"
cd "$work/here" || exit 1
export LC_ALL=C TMPDIR=$work BITLINE_CACHE=$work/cache
/usr/bin/python3 -B "$tests/bad_files.py" || exit 1
sed 's/rows="8"/rows="4"/' tiny.xml >range.xml
sed 's/rows=/rwos=/' tiny.xml >key.xml
head -n 6 tiny.xml >cut.xml
printf 'cell 0 1 2 7\n' >faults.txt
mkdir mine
echo "something of mine" >mine/notes.txt
failed=0
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2${3:+: $3}"; failed=1; fi; }
find . | sort >../before
# what is broken; where, the value, the mend (pieces of the line); arguments
broken() {
	local name=$1 where=$2 value=$3 mend=$4 line rc; shift 4
	"$BITLINE" "$@" >../out 2>../err; rc=$?
	line=$(cat ../err)
	printf '$ bitline %s\n%s\n' "$*" "$line" >>../seen
	[ $rc = 2 ] && [ ! -s ../out ] && [ "$(wc -l <../err)" = 1 ] && [[ $line == "bitline: "*"$where"* ]] && [[ $line == *"$value"* ]] && [[ $line == *"$mend"* ]]
	result $? "$name: exit 2, one line, place, value and mend" "exit $rc, $line"
}
broken "a value out of range" "range.xml:5: array.rows" '"4"' "legal 8..1024" config range.xml
broken "an unknown key" "key.xml:5: " '"array.rwos"' 'did you mean "array.rows"' config key.xml
broken "a file cut off" "cut.xml:7: " "end of data in tag bitline" "mend it or begin from configs/edge64.xml" config cut.xml
broken "a wrong override" "-s array.rows=many: array.rows" '"many"' "legal 8..1024" config tiny.xml -s array.rows=many
broken "a checkpoint cut off" "'v0-cut.bin'" "10875 bytes" "asks for exactly 10876; fetch the whole file" golden --text text.txt --model v0-cut.bin --tokenizer tok.bin
broken "a tokenizer cut off" "'tok-cut.bin'" "piece 253 of 260" "name the model's own tokenizer" golden --text text.txt --model st.safetensors --tokenizer tok-cut.bin
broken "thresholds of something else" "'thresholds-short.txt'" "1 lines" "give one line for each" cosim --config tiny.xml --matrix w.npy --thresholds thresholds-short.txt
broken "a layer that is not there" "layer '0.wx'" "not in the model" "NAME one of wq wk wv wo w1 w2 w3" map --config tiny.xml --model st.safetensors --layers 0.wq,0.wx
broken "a fault that cannot be" "faults.txt:1: VALUE" "7 is outside" "0..1: correct it" cosim --config tiny.xml --matrix w.npy --faults faults.txt
broken "a folder that is somebody else's" "'mine'" "holds other things" "name an empty or a new one" gen --config tiny.xml --out mine
[ "$(cat mine/notes.txt)" = "something of mine" ] && cmp -s ../before <(find . | sort); result $? "nothing is left behind, and nothing lost"

# the document has them between these two lines
begin='<!-- ten broken inputs: tests/cli/messages_ten.sh -->' end='<!-- end -->'
{ echo "$begin"; echo '```'; cat ../seen; echo '```'; echo "$end"; } >../block
if [ "${UPDATE:-}" = 1 ]; then
	awk -v b="$begin" -v e="$end" -v f=../block '$0 == b { while ((getline line < f) > 0) print line; skip = 1 } !skip { print } $0 == e { skip = 0 }' "$document" >../new && cp ../new "$document"
fi
cmp -s ../block <(sed -n "\\|^$begin\$|,\\|^$end\$|p" "$document"); result $? "docs/terminal.md shows them as they are" "UPDATE=1 $0 writes them"
exit $failed
