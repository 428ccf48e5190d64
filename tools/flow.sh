#!/usr/bin/env bash
# make flow-NAME: emits the configuration with every view, then runs the emitted flow NAME there, as a user without this repository would.
# CONFIG: a name in configs/ or a file; SET: overrides, "array.rows=16 ..."; LIB, BLOCK: as the flows' options; everything else is the flow's.
# Emitted: $BUILD/flow/CONFIG[-overrides]; working directories: work/ below it.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1
shift
file=$CONFIG
[ -f "$file" ] || file=configs/$CONFIG.xml
[ -f "$file" ] || { echo "flow-$name: CONFIG '$CONFIG' is neither a file nor a name in configs/: $(cd configs && ls *.xml | sed 's/\.xml$//' | tr '\n' ' ')" >&2; exit 2; }
export BITLINE=$(realpath "$BUILD/bitline")
out=$BUILD/flow/$(basename "$file" .xml)
set_options=()
for s in $SET; do set_options+=(-s "$s"); out+=-${s##*.}; done
"$BUILD/bitline" gen --config "$file" "${set_options[@]}" --with all --out "$out" >/dev/null
[ -f "$out/flow/$name/run.sh" ] || { echo "flow-$name: there is no flow of this name: $(cd "$out/flow" && ls -d */ | tr -d / | tr '\n' ' ')" >&2; exit 2; }
exec bash "$out/flow/$name/run.sh" ${LIB:+--lib "$LIB"} ${BLOCK:+--block "$BLOCK"} "$@"
