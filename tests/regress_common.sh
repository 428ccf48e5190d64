# Sourced by the tests of `bitline regress`, from the root of the project, behind check_common.sh: a scratch directory with a configuration and a matrix (tiny.xml,
# w.npy), which becomes the working directory.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

BITLINE=$(realpath "${BITLINE:-build/bitline}")
export LC_ALL=C BITLINE_CACHE=${BITLINE_CACHE:-$PWD/build/cache}
cp configs/tiny.xml "$work"
cd "$work" || exit 3
attempts() { cat "$1"/attempts/* | grep -c "${2:-begin}"; }
/usr/bin/env perl -e 'my $h = sprintf("{\x27descr\x27: \x27|i1\x27, \x27fortran_order\x27: False, \x27shape\x27: (%d, %d), }", 5, 12); $h .= " " x (63 - (10 + length($h)) % 64) . "\n";
	print "\x93NUMPY\x01\x00", pack("v", length($h)), $h, pack("c*", map { ($_ * 37 + 11) % 7 - 3 } 0..59);' >w.npy
