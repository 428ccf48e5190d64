#!/usr/bin/env bash
# make deb: built twice in directories of different names to the same bytes, without a complaint of lintian, and what is in the packages runs where they are unpacked.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
for tool in dpkg-buildpackage dh lintian; do
	if ! command -v "$tool" >/dev/null; then
		echo "ok deb # SKIP $tool is missing; install dpkg-dev, debhelper and lintian"
		exit 0
	fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
suite=deb
. tests/check_common.sh
check "make deb" env -u MAKEFLAGS -u MAKELEVEL make --no-print-directory BUILD="$work/one" deb
check "a second time, elsewhere" tools/deb.sh "$work/two/of-another-name"
packages="bitline libbitline0 libbitline-dev"
for p in $packages; do
	a=$(ls "$work/one/deb/${p}_"*.deb) b=$(ls "$work/two/of-another-name/${p}_"*.deb)
	check "$p: the same bytes" cmp "$a" "$b"
	check "$p: its version is that of common/version.h" test "$(dpkg-deb -f "$a" Version)" = "$(sed -n 's/^#define BITLINE_VERSION "\(.*\)"/\1/p' common/version.h)-1"
	dpkg -x "$a" "$work/root"
done
check "lintian" lintian --allow-root --fail-on error,warning "$work"/one/deb/*.deb
lib=$(dirname "$(ls "$work"/root/usr/lib/*/libbitline.so.0)")
depends=$(dpkg-deb -f "$work"/one/deb/bitline_*.deb Depends)
check "bitline depends on the libraries it is linked with ($depends)" grep -E 'libc6 .*libjansson4 .*libssl3 .*libxml2 ' <<<"$depends "
check "... and not on libbitline0, which it does not use" test -z "$(grep -o libbitline <<<"$depends")"
run() { (cd / && env -i PATH=/usr/bin:/bin HOME="$work" "$work/root/usr/bin/bitline" "$@"); }
check "bitline gen --config tiny" run gen --config tiny --out "$work/rtl"
check "bitline map" run map --config edge64 --model "$work/root/usr/share/bitline/models/story.safetensors" --layers 0.wq --out "$work/map"
check "the manual page is there" test -s "$work/root/usr/share/man/man1/bitline.1.gz"
check "the example is compiled against libbitline-dev" "${CC:-gcc}" "$work/root/usr/share/doc/libbitline-dev/examples/layer.c" -I"$work/root/usr/include" -L"$lib" -lbitline -o "$work/layer"
check "... and runs with libbitline0" env LD_LIBRARY_PATH="$lib" "$work/layer" configs/tiny.xml
# every complaint ends lintian's run: a package that has one is refused
mkdir -p "$work/bad/DEBIAN" "$work/bad/usr/lib"
printf 'Package: bad\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: bad\n' >"$work/bad/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/bad" "$work/bad.deb" >/dev/null 2>&1
if lintian --allow-root --fail-on error,warning "$work/bad.deb" >"$work/log" 2>&1; then
	echo "FAIL deb: lintian finds nothing in a bad package"
	failed=1
else
	echo "ok deb: lintian refuses a bad package"
fi
exit $failed
