#!/usr/bin/env bash
# The golden machine's clocks against the mapper's prediction over random configurations, without RTL. SPDX-License-Identifier: Apache-2.0
cd "$(dirname "$0")/../.." && exec "${BUILD:-build}/test/clocks" --n 600 --seed 1
