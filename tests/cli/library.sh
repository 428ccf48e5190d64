#!/usr/bin/env bash
# libbitline as it is installed: what is visible in it, and the examples built against it through pkg-config, as C and C++, shared and static, and run.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
suite=library
. tests/check_common.sh
if nm -u "$BUILD/lib/bitline.o" 2>/dev/null | grep -q __gcov; then
	echo "ok library # SKIP built with gcc's counters"
	exit 0
fi
check "make install" env -u MAKEFLAGS -u MAKELEVEL make --no-print-directory BUILD="$BUILD" install PREFIX="$work/usr" DESTDIR=
export PKG_CONFIG_PATH=$work/usr/lib/pkgconfig LD_LIBRARY_PATH=$work/usr/lib
lib=$work/usr/lib

# what is visible
check "no progress: nothing asks for a terminal" test -z "$(nm -D --undefined-only "$lib/libbitline.so" | grep -w isatty)"
sed -n 's/^BL_API [^(]*[ *]\(bl_[a-z_]*\)(.*/\1/p' "$work/usr/include/bitline.h" | sort >"$work/said"
nm -D --defined-only "$lib/libbitline.so" | awk '{ print $3 }' | sort >"$work/shared"
nm -g --defined-only "$lib/libbitline.a" | awk 'NF == 3 { print $3 }' | sort >"$work/static"
check "the header's functions and no others are visible in libbitline.so" diff "$work/said" "$work/shared"
check "... and in libbitline.a" diff "$work/said" "$work/static"
check "its name is libbitline.so.0" grep -q 'SONAME.*\[libbitline.so.0\]' <(readelf -d "$lib/libbitline.so")
readelf -d "$lib/libbitline.so" | sed -n 's/.*NEEDED.*\[\(lib[a-z0-9]*\).*/\1/p' | sort | tr '\n' ' ' >"$work/needs"
check "it needs libc, libcrypto, libjansson, libm, libxml2 and nothing else" test "$(cat "$work/needs")" = "libc libcrypto libjansson libm libxml2 "
check "it does not end the process: no exit()" test -z "$(nm -D -u "$lib/libbitline.so" | grep -wE '_?exit' || true)"

# the examples
shared() { pkg-config --cflags --libs bitline; }
# ours static, the system's shared
static() { echo "$(pkg-config --cflags bitline) $lib/libbitline.a $(pkg-config --libs libxml-2.0 jansson libcrypto) -lm -lpthread"; }
strict="-Wall -Wextra -Wpedantic -Werror -O1"
for e in layer program; do
	src=$work/usr/share/doc/bitline/examples/$e.c
	check "$e.c as C11" "${CC:-gcc}" -std=c11 $strict "$src" $(shared) -o "$work/$e.c11"
	check "$e.c as C11, static" "${CC:-gcc}" -std=c11 $strict "$src" $(static) -o "$work/$e.static"
	check "$e.c as C++11" "${CXX:-g++}" -std=c++11 $strict -x c++ "$src" -x none $(shared) -o "$work/$e.c++"
done
check "the static one needs no libbitline.so" test -z "$(readelf -d "$work/layer.static" | grep bitline || true)"
"$BUILD/bitline" map --config configs/edge64.xml --model models/story.safetensors --layers 0.wq --out "$work/map" >/dev/null
cycles=$(sed -n 's/^ "cycles": \([0-9]*\),$/\1/p' "$work/map/map.json")
for kind in c11 static c++; do
	"$work/layer.$kind" configs/tiny.xml >"$work/out"; rc=$?
	check "layer ($kind): four bits are the integer product, two are not" test $rc = 0
	check "... and what it prints" grep -xF "output 1: product 10, 4 bits 10, 2 bits 4" "$work/out"
	"$work/program.$kind" configs/edge64.xml "$work/map/0.wq.program.bin" "$work/map/0.wq.stream.bin" >"$work/out"
	check "program ($kind) runs what bitline map wrote, in the clocks that were predicted ($cycles)" grep ", $cycles clocks, " "$work/out"
done
if "$work/program.c11" configs/edge64.xml "$work/map/0.wq.stream.bin" "$work/map/0.wq.program.bin" >"$work/out" 2>"$work/err"; then
	echo "FAIL library: program and stream exchanged: status 0"
	failed=1
else
	check "program and stream exchanged: refused in one line" test "$(wc -l <"$work/err")" = 1
fi
# the host's memory: a handler is called, and what it does is the end
cat >"$work/memory.c" <<'END'
#include <bitline.h>
#include <stdlib.h>
#include <sys/resource.h>
static void full(size_t bytes) { exit(bytes > 0 ? 7 : 8); }
int main(int argc, char **argv)
{
	struct rlimit r = { 1 << 26, 1 << 26 };
	uint64_t *beats;
	size_t n;
	(void)argc;
	bl_on_no_memory(full);
	setrlimit(RLIMIT_AS, &r);
	bl_stream_read(argv[1], &beats, &n, NULL);
	return 0;
}
END
truncate -s 256M "$work/large"
check "memory.c" "${CC:-gcc}" -std=gnu11 $strict "$work/memory.c" $(shared) -o "$work/memory"
"$work/memory" "$work/large" >"$work/log" 2>&1; rc=$?
check "memory that runs out reaches the host's handler" test $rc = 7
exit $failed
