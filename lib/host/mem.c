/* Allocation inside somebody else's process: common/mem.h with its end in the host's hands. The program has common/mem.c, which also takes libxml2's and
 * jansson's allocations over; a library must not.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "lib/bitline.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*handler)(size_t bytes);

void bl_on_no_memory(void (*fn)(size_t bytes))
{
	handler = fn;
}

static _Noreturn void no_memory(size_t bytes)
{
	if (handler)
		handler(bytes);
	else
		fprintf(stderr, "libbitline: out of memory asking for %zu bytes\n", bytes);
	abort();
}

/* beyond PTRDIFF_MAX pointer differences are undefined, so no such object may exist; nothing at all is one byte */
static size_t bytes_of(size_t n, size_t size)
{
	if (size != 0 && n > PTRDIFF_MAX / size)
		no_memory(SIZE_MAX);
	return n * size != 0 ? n * size : 1;
}

void *mem_calloc(size_t n, size_t size)
{
	size_t bytes = bytes_of(n, size);
	void *p = calloc(1, bytes);

	if (!p)
		no_memory(bytes);
	return p;
}

void *mem_realloc(void *p, size_t n, size_t size)
{
	size_t bytes = bytes_of(n, size);
	void *q = realloc(p, bytes);

	if (!q)
		no_memory(bytes);
	return q;
}

char *mem_strdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(mem_calloc(n, 1), s, n);
}
