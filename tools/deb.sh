#!/usr/bin/env bash
# make deb: the packages bitline, libbitline0 and libbitline-dev, built by debian/rules in a copy of the tree, so that nothing is written beside the sources.
# usage: tools/deb.sh OUTDIR   (the copy is OUTDIR/src and goes again; JOBS: compilers at a time)
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in dpkg-buildpackage dh; do
	command -v "$tool" >/dev/null || {
		echo "make deb: $tool is missing; install dpkg-dev and debhelper" >&2
		exit 3
	}
done
mkdir -p "$1"
out=$(cd "$1" && pwd)
rm -rf "$out/src" "$out"/*.deb
mkdir "$out/src"
trap 'rm -rf "$out/src"' EXIT
tar -c --exclude=./build --exclude=./.git --exclude=./tmp --exclude=__pycache__ . | tar -x -C "$out/src"
# binary packages only, unsigned
(cd "$out/src" && env -u BUILD -u MAKEFLAGS -u MAKELEVEL DEB_BUILD_OPTIONS="noautodbgsym parallel=${JOBS:-$(nproc)}" dpkg-buildpackage -b -us -uc) >"$out/log" 2>&1 || {
	grep -E 'rror|missing|unmet' "$out/log" | head -n 5 >&2
	echo "make deb: dpkg-buildpackage failed; its output is in $out/log" >&2
	exit 3
}
ls "$out"/*.deb
