#!/usr/bin/env bash
# Suites of `make test` that leave cases to `make regress`, with all of them (ALL=1), one after the other. Usage: whole.sh [SUITE...]
# SPDX-License-Identifier: Apache-2.0
cd "$(dirname "$0")/../.." || exit 3
export ALL=1
fails=0
[ $# -gt 0 ] || set -- tests/rtl/run_{core,link,lint}.sh tests/cosim/{engines,kinds,sweep,repair,placements,protocol,jobs}.sh tests/faults/{stops,campaign_quick,clocks}.sh tests/flow/{sby,yosys_equiv}.sh tests/rtl/run_{adc,tile}.sh
for suite; do
	grep -q '${ALL:' "$suite" || { echo "FAIL $suite leaves nothing out: take it off this list"; fails=1; continue; }
	bash "$suite" || { echo "FAIL $suite"; fails=1; }
done
exit $fails
