#!/usr/bin/env bash
# make install, make uninstall: one list of files serves both. Everything built is in $BUILD; what is written lies below DESTDIR.
# usage: tools/install.sh install|uninstall   (environment: BUILD DESTDIR PREFIX BINDIR LIBDIR INCLUDEDIR DATADIR ZSHDIR VERSION SONAME SONAME_FILE REQUIRES)
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
action=$1
share=$DATADIR/bitline
doc=$DATADIR/doc/bitline
case $PREFIX in
/*) ;;
*)
	echo "make $action: PREFIX is '$PREFIX': legal is an absolute path, as PREFIX=/usr/local" >&2
	exit 2
	;;
esac

put() { # mode, source, target
	if [ "$action" = install ]; then
		install -D -m "$1" -- "$2" "$DESTDIR$3"
	else
		rm -f -- "$DESTDIR$3"
	fi
}
put_link() { # what it points to, target
	if [ "$action" = install ]; then
		ln -sfn -- "$1" "$DESTDIR$2"
	else
		rm -f -- "$DESTDIR$2"
	fi
}
relative() { # a directory below the prefix in words of the prefix
	case $1 in
	"$PREFIX"/*) printf '${prefix}%s' "${1#"$PREFIX"}" ;;
	*) printf '%s' "$1" ;;
	esac
}
pc() { # pkg-config takes blanks only behind a backslash
	printf '%s' "${1// /\\ }"
}

if [ "$action" = install ]; then
	pc_file=$(mktemp)
	trap 'rm -f "$pc_file"' EXIT
	{
		echo "prefix=$(pc "$PREFIX")"
		echo "libdir=$(pc "$(relative "$LIBDIR")")"
		echo "includedir=$(pc "$(relative "$INCLUDEDIR")")"
		echo
		echo "Name: bitline"
		echo "Description: golden model of compute-in-memory arrays and their converters, bit for bit"
		echo "Version: $VERSION"
		echo "Requires.private: $REQUIRES"
		echo 'Libs: -L${libdir} -lbitline'
		echo "Libs.private: -lm -lpthread"
		echo 'Cflags: -I${includedir}'
	} >"$pc_file"
fi

put 755 "$BUILD/bitline" "$BINDIR/bitline"
put 644 "$BUILD/lib/$SONAME_FILE" "$LIBDIR/$SONAME_FILE"
put_link "$SONAME_FILE" "$LIBDIR/$SONAME"
put_link "$SONAME" "$LIBDIR/libbitline.so"
put 644 "$BUILD/lib/libbitline.a" "$LIBDIR/libbitline.a"
put 644 "${pc_file:-}" "$LIBDIR/pkgconfig/bitline.pc"
put 644 lib/bitline.h "$INCLUDEDIR/bitline.h"

put 644 "$BUILD/doc/bitline.1" "$DATADIR/man/man1/bitline.1"
put 644 "$BUILD/doc/bitline.bash" "$DATADIR/bash-completion/completions/bitline"
put 644 "$BUILD/doc/bitline.zsh" "$ZSHDIR/_bitline"

for f in configs/*.xml configs/bitline.xsd configs/cost/*.json models/*.safetensors models/*.bin models/README.md; do
	put 644 "$f" "$share/$f"
done
for f in README.md CHANGELOG.md $(find docs -type f | sort); do
	put 644 "$f" "$doc/$f"
done
for f in lib/example/*.c; do
	put 644 "$f" "$doc/examples/${f##*/}"
done
# directories that are ours alone go when nothing else is in them
for d in "$DESTDIR$share" "$DESTDIR$doc"; do
	[ "$action" = install ] || [ ! -d "$d" ] || find "$d" -depth -type d -empty -delete
done
