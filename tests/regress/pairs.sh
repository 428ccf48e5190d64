#!/usr/bin/env bash
# Every pair of values that a legal configuration can hold is simulated: configurations are drawn towards the pairs that are left, emitted, built, and
# co-simulated against the golden machine (tests/cosim/pairs.c). SEED=N draws others.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
"${BUILD:-build}/test/pairs" --run --seed "${SEED:-1}" -v
