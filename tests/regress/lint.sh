#!/usr/bin/env bash
# Every view of every named configuration through Verilator, Icarus and Yosys: what tests/rtl/run_lint.sh asks of a few.
# SPDX-License-Identifier: Apache-2.0
cd "$(dirname "$0")/../.." || exit 3
exec bash tests/rtl/run_lint.sh all
