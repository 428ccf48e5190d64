#!/usr/bin/env bash
# The benches of the core and of the link with three times the random programs and clocks of `make test`: what docs/mutation.md calls the stimuli of
# `make regress` (LONGER in tests/mutate/rtl_run.py).
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3
export BUILD=${BUILD:-build}
fails=0
ALL=1 RUNS_FACTOR=3 bash tests/rtl/run_core.sh "$BUILD/test/stimuli" || fails=1
ALL=1 bash tests/rtl/run_link.sh 18000 || fails=1
/usr/bin/python3 -B tests/mutate/quick.py "$BUILD/test/stimuli_mutants" cim_guard a16 16 || fails=1   # an unmutated netlist of a core, with flipped bits
exit $fails
