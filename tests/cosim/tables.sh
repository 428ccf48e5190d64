#!/usr/bin/env bash
# Threshold tables of real converters, made by two programs: the same bytes. SPDX-License-Identifier: Apache-2.0
cd "$(dirname "$0")/../.." && exec "${BUILD:-build}/test/tables" 2000 1
