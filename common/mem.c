/* Allocation with the overflow test in one place.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "common/err.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void no_memory(size_t n, size_t size)
{
	fprintf(stderr, "bitline: out of memory asking for %zu elements of %zu bytes\n", n, size);
	exit(ERR_ENV);
}

void *mem_calloc(size_t n, size_t size)
{
	void *p;

	/* beyond PTRDIFF_MAX pointer differences are undefined, so no such object may exist */
	if (size != 0 && n > PTRDIFF_MAX / size)
		no_memory(n, size);
	p = calloc(n != 0 ? n : 1, size != 0 ? size : 1);
	if (!p)
		no_memory(n, size);
	return p;
}

void *mem_realloc(void *p, size_t n, size_t size)
{
	void *q;

	if (size != 0 && n > PTRDIFF_MAX / size)
		no_memory(n, size);
	q = realloc(p, n * size != 0 ? n * size : 1);
	if (!q)
		no_memory(n, size);
	return q;
}

char *mem_strdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(mem_calloc(n, 1), s, n);
}
