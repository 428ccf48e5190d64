// The bench of the core (tests/rtl/core_bench.cpp) for mutants: it ends at the first difference.
// Nothing is compared that `make test` does not compare: the same source is included, its CHECK macro is the only user of snprintf.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <unistd.h>
#include <vector>

// the first CHECK that fails ends the run
static int noticed(const char *text)
{
	printf("FAIL noticed: %s\n", text);
	fflush(stdout);
	_exit(1);
}
#include "mutant.cpp"
#define snprintf(buffer, ...) (void)snprintf(buffer, __VA_ARGS__), noticed(buffer)
#include "core_bench.cpp"
