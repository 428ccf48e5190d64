#!/usr/bin/env bash
# Hidden mismatch is found again by characterisation over the registers. SPDX-License-Identifier: Apache-2.0
cd "$(dirname "$0")/../.." && exec "${BUILD:-build}/test/fit"
