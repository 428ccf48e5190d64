#!/usr/bin/env bash
# Waveforms: every signal of the save files is in the waveform and the groups are those of the configuration (waves.py); a difference is cut out by itself,
# with the clock of the difference marked, the wrong value in it, and nothing else.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C BITLINE_CACHE=${BITLINE_CACHE:-$work/cache} TMPDIR=$work
failed=0
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2${3:+: $3}"; failed=1; fi; }
reader=/usr/share/verilator/include/gtkwave
if [ ! -r $reader/fstapi.c ]; then echo "ok waveforms # SKIP no $reader (apt-get install verilator)"; exit 0; fi
gcc -w -I$reader -DFST_CONFIG_INCLUDE='"fst_config.h"' -o "$work/wave_signals" tests/cli/wave_signals.c $reader/{fstapi,fastlz,lz4}.c -lz -lpthread || exit 1
/usr/bin/python3 -c '
import sys, struct
def npy(name, rows, cols, v):
    h = "{\x27descr\x27: \x27|i1\x27, \x27fortran_order\x27: False, \x27shape\x27: (%d, %d), }" % (rows, cols)
    h += " " * (63 - (10 + len(h)) % 64) + "\n"
    open(name, "wb").write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(h)) + h.encode() + bytes(x & 255 for x in v))
npy(sys.argv[1] + "/w.npy", 3, 20, [(i * 37 + 11) % 256 for i in range(60)])
npy(sys.argv[1] + "/x.npy", 1, 20, [(i * 53 + 7) % 256 for i in range(20)])' "$work"
matrix=(--matrix "$work/w.npy" --input "$work/x.npy" --seed 3)
general=(clock "input stream" "result stream" AXI-Lite sequencer "guard and registers" outputs)
of_tile() { for g in "${@:2}"; do printf 'tile %s: %s\n' "$1" "$g"; done; }
mapfile -t local0 < <(of_tile 0 "macro phases" converter sums)
mapfile -t local1 < <(of_tile 1 "macro phases" converter sums)
mapfile -t linked < <(echo "turns on the link"; of_tile 0 "macro phases" converter link sums; of_tile 1 "macro phases" converter link sums)
traced() { # name, groups that are more than the general ones, arguments
	local name=$1 file said; local -n more=$2; shift 2
	file=$work/${name// /_}.fst
	"$BITLINE" cosim "${matrix[@]}" --trace "$file" -q "$@" >"$work/out" 2>"$work/err"; local rc=$?
	"$work/wave_signals" "$file" >"$work/signals" && said=$(/usr/bin/python3 -B tests/cli/waves.py "$file" "$work/signals" "${general[@]}" "${more[@]}" 2>&1)
	[ $? = 0 ] && [ $rc = 0 ] && [ ! -s "$work/err" ]; result $? "$name: every signal is there, groups by unit" "exit $rc, $said $(head -n 1 "$work/err")"
}
traced "tiny" local0 --config configs/tiny.xml
tiles=("${local0[@]}" "${local1[@]}")
traced "two tiles, Icarus" tiles --config configs/tiny.xml -s array.tiles=2 --engine icarus
traced "an immersed pair, Icarus" linked --config configs/tiny-pair.xml --engine icarus

# a difference: one lane's decision is bent
"$BITLINE" gen --config configs/tiny.xml --out "$work/rtl" >/dev/null || exit 1
sed -i 's/above_i & /(above_i ^ 1) \& /' "$work/rtl/rtl/cim_adc_binary.sv"
bent=(cosim --config configs/tiny.xml --rtl "$work/rtl" "${matrix[@]}" --engine icarus)
cut=$work/mismatch.fst
"$BITLINE" "${bent[@]}" --mismatch-trace "$cut" >"$work/out" 2>"$work/err"; rc=$?
said=$(sed -nE "s/^bitline: waveform of clocks ([0-9]+)\.\.([0-9]+), the difference at ([0-9]+): '.*mismatch\.fst', with \.gtkw and \.sucl beside it\$/\1 \2 \3/p" "$work/err")
read -r from to at <<<"$said"
[ $rc = 1 ] && [ "$(wc -l <"$work/err")" = 1 ] && [ -n "$said" ] && [ $((at - from)) = 200 ] && [ $((to - at)) = 51 ]; result $? "a difference: one line says where" "exit $rc, $(head -n 1 "$work/err")"
"$work/wave_signals" "$cut" >"$work/signals"
/usr/bin/python3 -B tests/cli/waves.py "$cut" "$work/signals" "${general[@]}" "${local0[@]}" >"$work/said" 2>&1; result $? "its save files" "$(cat "$work/said")"
read -r start end <"$work/signals"
[ "$start" = $((from * 10)) ] && [ "$end" -le $((to * 10 + 10)) ] && [ "$end" -ge $((to * 10 - 10)) ]; result $? "it covers these clocks and no others" "$start..$end for $said"
grep -q "^\*-6.0 $((at * 10 + 5)) " "$work/mismatch.gtkw" && grep -qx "cursor_set $((at * 10 + 5))" "$work/mismatch.sucl"; result $? "the difference is marked"
[ "$(stat -c %s "$cut")" -lt 100000 ]; result $? "it is small" "$(stat -c %s "$cut") bytes"
# "column C ...: expected code E, seen S": the code stands in the waveform at the mark, in lane C mod 4 of 4 bits
seen=$(sed -nE 's/^first difference: .* column ([0-9]+),.*expected code [0-9]+, seen ([0-9]+)$/\1 \2/p' "$work/out")
code=$("$work/wave_signals" "$cut" "$(grep -o '^[^ ]*u_readout\.code_o' "$work/signals")" $((at * 10 + 4)))
[ -n "$seen" ] && [ $((2#$code >> ${seen% *} % 4 * 4 & 15)) = "${seen#* }" ]; result $? "the wrong code is seen at the mark" "'$seen' in $code"
"$BITLINE" "${bent[@]}" --mismatch-trace "$cut" --trace-window 40 >"$work/out" 2>"$work/err"
grep -q "^bitline: waveform of clocks $((at - 40))\.\.$((at + 11)), " "$work/err"; result $? "--trace-window" "$(head -n 1 "$work/err")"
rm -f "$work"/mismatch.*
"$BITLINE" cosim --config configs/tiny.xml "${matrix[@]}" --engine icarus --mismatch-trace "$cut" >"$work/out" 2>"$work/err"; rc=$?
[ $rc = 0 ] && [ ! -s "$work/err" ] && ! ls "$work"/mismatch.* >/dev/null 2>&1; result $? "no difference, no waveform" "exit $rc, $(head -n 1 "$work/err")"
"$BITLINE" "${bent[@]}" >"$work/out" 2>"$work/err"; rc=$?
[ $rc = 1 ] && [ ! -s "$work/err" ]; result $? "unasked it is not cut" "exit $rc, $(head -n 1 "$work/err")"

refuse() { # name, text, arguments
	local name=$1 says=$2; shift 2
	"$BITLINE" cosim --config configs/tiny.xml "${matrix[@]}" "$@" >"$work/out" 2>"$work/err"
	[ $? = 2 ] && [ "$(cat "$work/err")" = "bitline: $says" ]; result $? "$name" "$(head -n 1 "$work/err")"
}
refuse "an engine without waveforms" "--mismatch-trace with --engine tlm, which writes no waveform: leave it out, or take --engine verilator" --engine tlm --mismatch-trace "$cut"
refuse "several devices" "--mismatch-trace with --jobs 2: a waveform is of one device; leave --jobs out" --jobs 2 --mismatch-trace "$cut"
refuse "a window of nothing" "--trace-window belongs to --mismatch-trace: add --mismatch-trace FILE.fst" --trace-window 9
exit $failed
