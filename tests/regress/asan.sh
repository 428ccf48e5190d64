#!/usr/bin/env bash
# `make test-asan`: the tests under the address and undefined-behaviour sanitizers. An access outside an array, or memory that is not given back, may change
# no result.
# SPDX-License-Identifier: Apache-2.0
cd "$(dirname "$0")/../.." || exit 3
exec make --no-print-directory test-asan
