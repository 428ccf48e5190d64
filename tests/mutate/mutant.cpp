// Which mutant the model shows: its number, from the environment; none of it: the unmutated circuit.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

extern "C" int bl_mutant(void)
{
	const char *number = getenv("MUTANT");

	return number ? atoi(number) : 0;
}
