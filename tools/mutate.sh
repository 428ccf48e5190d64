#!/usr/bin/env bash
# `make mutate`: mutants of the RTL, of the golden model and the mapper, of the harness (docs/mutation.md).
# Environment: N mutants of the RTL, SOURCE of C, SEED, MODULE (cim_csr, golden/code.c), PART (rtl,source,harness), JOBS, BUILD.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 3
for tool in yosys yosys-abc verilator g++ gcc; do
	command -v "$tool" >/dev/null || { echo "mutate: '$tool' is missing: 'make deps' installs it" >&2; exit 3; }
done
exec /usr/bin/python3 tests/mutate/run.py --work "${BUILD:-build}/mutate" --n "${N:-600}" --source "${SOURCE:-150}" --seed "${SEED:-1}" --jobs "${JOBS:-2}" \
	--module "${MODULE:-}" --part "${PART:-rtl,source,harness}"
