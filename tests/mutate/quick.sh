#!/usr/bin/env bash
# The part of `make mutate` that is quick: the netlist of a link passes its bench, mutants of it do not, and of those none is proven equivalent.
# Scratch in $BUILD or build, /mutate_quick. Prints `ok`/`FAIL` lines; exit 1 on any FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3
/usr/bin/python3 tests/mutate/quick.py "${BUILD:-build}/mutate_quick" cim_link_pair link_pair 60
