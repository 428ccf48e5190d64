#!/usr/bin/env bash
# The public header of libbitline: every function is documented (library_doc.py), the check is seen to fail on headers that are not; the library's version is
# that of the change log and of the Debian packages.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
py=(/usr/bin/python3 -B tests/repo/library_doc.py)

"${py[@]}" || failed=1

# name, sed on the header, what must be said
broken() {
	local out
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree/lib"
	ln -s "$PWD/docs" "$dir/tree/docs"
	sed -E "$2" lib/bitline.h >"$dir/tree/lib/bitline.h"
	if cmp -s lib/bitline.h "$dir/tree/lib/bitline.h"; then
		echo "FAIL library_doc, $1: the edit changed nothing"
		failed=1
	elif out=$("${py[@]}" "$dir/tree"); then
		echo "FAIL library_doc, $1: passed"
		failed=1
	elif ! grep -qE "$3" <<<"$out"; then
		echo "FAIL library_doc, $1: said $(head -n 3 <<<"$out")"
		failed=1
	else
		echo "ok library_doc notices $1"
	fi
}
broken "a line that is missing" '0,/Units:  none/{/Units:  none/d}' "bl_version\(\): no 'Units:' line"
broken "a line with nothing behind it" '0,/Shapes: none/{s/Shapes: none/Shapes:/}' "bl_version\(\): no 'Shapes:' line"
broken "a function without a comment" 's,^(BL_API void bl_matmul),/* sum of products */ int x;\n\1,' "bl_matmul\(\): no comment"
broken "an array whose shape is not said" 's/w\[out\]\[in\], x\[in\], y\[out\]/x[in], y[out]/' "bl_matmul\(\): array 'w' is not in Shapes"
broken "a section that is not there" 's/docs\/numerics.md section 2 /docs\/numerics.md section 99 /' "'docs/numerics.md' has no section 99"
broken "a page that is not there" 's/docs\/macro.md/docs\/makro.md/' "'docs/makro.md' does not exist"
broken "errors that say no code" 's/Errors: -1 with BL_INPUT: rows outside/Errors: -1: rows outside/' "bl_resolution\(\): takes a struct bl_error and Errors says neither"
broken "a function that is not marked" 's/^BL_API int bl_convert/int bl_convert/' "bl_convert\(\) is declared without BL_API"

# one version: common/version.h; the change log's newest entry and the Debian change log name it
version=$(sed -n 's/^#define BITLINE_VERSION "\(.*\)"/\1/p' common/version.h)
log=$(sed -n 's/^## \[\([0-9][^]]*\)\].*/\1/p' CHANGELOG.md | head -n 1)
deb=$(sed -n '1s/^bitline (\([^-]*\)-.*/\1/p' debian/changelog)
for v in "CHANGELOG.md $log" "debian/changelog $deb"; do
	if [ "${v#* }" = "$version" ] && [ -n "$version" ]; then
		echo "ok library version of ${v% *} is $version"
	else
		echo "FAIL library version of ${v% *} is '${v#* }', common/version.h has '$version'"
		failed=1
	fi
done
exit $failed
