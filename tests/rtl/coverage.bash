# Sourced by suites that call Verilator and the C++ compiler themselves: when BITLINE_COVERAGE is set their models count (docs/coverage.md).
# Words of Verilator, of the compiler, and the part of Verilator's run-time library that comes on top. The bench calls cover_add of cosim/cover.h.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
if [ -n "${BITLINE_COVERAGE:-}" ]; then
	cover_verilator="--coverage-line${BITLINE_COVERAGE_TOGGLE:+ --coverage-toggle}" cover_cxx=-DVM_COVERAGE=1 cover_part=verilated_cov
else
	cover_verilator='' cover_cxx=-DVM_COVERAGE=0 cover_part=''
fi
