#!/usr/bin/env bash
# The driver that `bitline gen` emits: freestanding, for any prefix, against registers alone; and that register headers differ in nothing but names and hash.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
B=${BITLINE:-build/bitline}
CC=${CC:-gcc}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0
check() { # name, command
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then echo "ok - $name"; else echo "FAIL - $name: $(head -n 3 <<<"$out" | tr '\n' ' ')"; status=1; fi
}

strict="-std=c11 -ffreestanding -nostdlib -Wall -Wextra -Werror -Wpedantic -Wconversion -O2"
one() { # configuration, prefix
	local d=$dir/$1 up
	up=$(tr '[:lower:]' '[:upper:]' <<<"$2")
	"$B" gen --config "configs/$1.xml" -s interface.prefix="$2" --out "$d" >"$dir/log" 2>&1 || return 1
	# shellcheck disable=SC2086
	check "$1, prefix $2: freestanding" "$CC" $strict -I "$d/include" -c "$d/driver/$2driver.c" -o "$d/driver.o"
	check "$1, prefix $2: calls nothing" test -z "$(nm -u "$d/driver.o")"
	check "$1, prefix $2: defines its own names only" bash -c "nm -g --defined-only '$d/driver.o' | awk '{print \$3}' | grep -qv '^$2' && exit 1 || exit 0"
	check "$1, prefix $2: listed in the manifest" grep -q "\"driver/$2driver.h\"" "$d/manifest.bitline"
	sed "s/\\bcim_/$2/g; s/\\bCIM_/$up/g" tests/cosim/driver_bus.c >"$d/bus.c"
	check "$1, prefix $2: a program against it compiles" "$CC" -std=c11 -Wall -Wextra -Werror -I "$d/include" -I "$d/driver" "$d/bus.c" "$d/driver.o" -o "$d/bus"
	check "$1, prefix $2: it does what it says" "$d/bus"
}
one tiny cim_
one edge64 Npu1_
check "two drivers in one program" "$CC" -nostdlib -r "$dir/tiny/driver.o" "$dir/edge64/driver.o" -o "$dir/both.o"

n=0
for f in configs/*.xml; do
	name=$(basename "$f" .xml)
	"$B" gen --config "$f" --out "$dir/h/$name" >"$dir/log" 2>&1 || continue # weights without bits have no RTL
	grep '^#define' "$dir/h/$name/include/"*regs.h | sed 's/.*#define/#define/' | grep -v CONFIG_SHA256 >"$dir/h/$name.txt"
	cmp -s "$dir/h/$name.txt" "${first:=$dir/h/$name.txt}" || { echo "FAIL - register header of $name: other offsets or masks than $(basename "$first" .txt)"; status=1; }
	n=$((n + 1))
	rm -rf "${dir:?}/h/$name"
done
check "offsets and masks hang on no configuration ($n configurations)" test "$n" -ge 10
exit $status
