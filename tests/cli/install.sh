#!/usr/bin/env bash
# make install and make uninstall, blanks in both paths; and the installed program where the repository cannot be read, without an environment, from another directory.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
suite=install
. tests/check_common.sh
dest="$work/dest dir" prefix="/opt/bit line"
top=$dest$prefix
into() { env -u MAKEFLAGS -u MAKELEVEL -u PREFIX make --no-print-directory BUILD="$BUILD" "$1" PREFIX="${2-$prefix}" DESTDIR="$dest"; }

check "make install, blanks in PREFIX and DESTDIR" into install
for f in bin/bitline include/bitline.h lib/libbitline.so.0 lib/libbitline.so lib/libbitline.a lib/pkgconfig/bitline.pc share/bitline/configs/tiny.xml share/bitline/models/story.safetensors \
	share/man/man1/bitline.1 share/bash-completion/completions/bitline share/zsh/site-functions/_bitline share/doc/bitline/docs/install.md share/doc/bitline/examples/layer.c; do
	check "$f is there" test -s "$top/$f"
done
check "pkg-config reads its file" env PKG_CONFIG_PATH="$top/lib/pkgconfig" pkg-config --modversion bitline
if command -v mandoc >/dev/null; then
	check "the manual page is one" mandoc -T lint -W error "$top/share/man/man1/bitline.1"
else
	echo "ok install: the manual page is one # SKIP no mandoc here"
fi
check "bash reads the completion" bash -n "$top/share/bash-completion/completions/bitline"

# the repository under an empty file system, in a mount namespace of its own
cat >"$work/outside.sh" <<'END'
mount -t tmpfs none "$1" && cd / && shift && exec "$@"
END
away() { unshare --map-root-user --mount sh "$work/outside.sh" "$PWD" env -i PATH=/usr/bin:/bin HOME="$work" BITLINE_CACHE="$work/cache" "$@"; }
hidden="the repository hidden"
if ! away true 2>/dev/null; then
	hidden="from / with an empty environment"
	echo "ok install: the program without the repository # SKIP no mount namespaces here (unshare); run $hidden only"
	away() { (cd / && env -i PATH=/usr/bin:/bin HOME="$work" BITLINE_CACHE="$work/cache" "$@"); }
elif away test -e "$PWD/Makefile"; then
	echo "FAIL install: the repository is not hidden"
	failed=1
fi
bin=$top/bin/bitline share=$top/share/bitline
check "bitline --version ($hidden)" away "$bin" --version
check "bitline config tiny, by its name" away "$bin" config tiny
check "bitline gen --config configs/tiny.xml" away "$bin" gen --config configs/tiny.xml --out "$work/rtl"
"$BUILD/bitline" gen --config configs/tiny.xml --out "$work/own" >/dev/null
check "... emits what the program of the tree emits" diff -r "$work/rtl" "$work/own"
check "bitline map" away "$bin" map --config edge64 --model "$share/models/story.safetensors" --layers 0.wq --out "$work/map"
check "bitline paper-a finds its configuration" away "$bin" paper-a --json
check "bitline golden --generate" away "$bin" golden --model "$share/models/story.safetensors" --generate 4
# 3 x 7 numbers, 8 bits each
/usr/bin/python3 - "$work/w.npy" <<'END'
import sys
head = b"{'descr': '|i1', 'fortran_order': False, 'shape': (3, 7), }".ljust(117) + b"\n"
open(sys.argv[1], "wb").write(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + bytes(range(21)))
END
if command -v iverilog >/dev/null; then
	check "bitline cosim, RTL in Icarus" away "$bin" cosim --config tiny --engine icarus --matrix "$work/w.npy" --tokens 2
else
	echo "ok install: bitline cosim, RTL in Icarus # SKIP no iverilog here"
fi
if away "$bin" config no-such-one 2>"$work/err"; then
	echo "FAIL install: a configuration that is nowhere: status 0"
	failed=1
else
	check "a configuration that is nowhere keeps the name that was given" grep -q "'no-such-one'" "$work/err"
fi

check "make uninstall" into uninstall
check "... leaves no file" test -z "$(find "$dest" ! -type d)"
check "... and no directory that was bitline's own" test ! -e "$share" -a ! -e "$top/share/doc/bitline"
if into install relative/path 2>"$work/err" >/dev/null; then
	echo "FAIL install: a relative PREFIX: status 0"
	failed=1
else
	check "a relative PREFIX is refused" grep -qF "make install: PREFIX is 'relative/path': legal is an absolute path, as PREFIX=/usr/local" "$work/err"
fi
exit $failed
