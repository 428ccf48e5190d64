#!/usr/bin/env bash
# docs/registers.md: what `bitline gen --with regs` emits for configs/tiny.xml, as a page.
# usage: tools/registers.sh [--check]    --check writes nothing and fails when the page is another
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/.."
B=${BITLINE:-${BUILD:-build}/bitline}
page=docs/registers.md
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$B" gen --config configs/tiny.xml --with regs --out "$dir/tiny" >/dev/null || exit 3
{
	echo '<!-- Written by tools/registers.sh from gen/regs.def: edit that, then run it. -->'
	# without the emitted file's own head, which names program and configuration
	sed -e '1,/^-->$/d' -e 's/^# Registers of .*/# Registers/' -e 's,docs/isa.md section 4 of bitline,[isa.md](isa.md) section 4,' "$dir/tiny/regs/cim_regs.md" | sed '0,/^$/s//\
The list that `bitline gen --with regs` emits for `configs\/tiny.xml`, from `gen\/regs.def`. Offsets, widths and accesses are the same for every configuration; reset values and numbers of entries are those of tiny. As C: `include\/cim_regs.h` of every emitted directory; as SystemRDL, HTML, IP-XACT: [views.md](views.md).\
/'
} >"$dir/page"
if [ "${1:-}" = --check ]; then
	cmp -s "$page" "$dir/page" || { echo "$page: not what gen/regs.def says; run tools/registers.sh" >&2; exit 1; }
else
	cp "$dir/page" "$page"
fi
