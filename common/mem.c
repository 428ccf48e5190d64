/* Allocation with the overflow test in one place. libxml2 and jansson allocate through it too: neither hands every failure on, and the other end of theirs is a
 * document that lacks a part. BITLINE_FAIL_ALLOC=n makes the n-th allocation of the program fail (docs/fuzzing.md).
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "common/err.h"
#include <jansson.h>
#include <libxml/xmlmemory.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*_Atomic undo)(void);
static atomic_flag ending = ATOMIC_FLAG_INIT;
static atomic_ullong asked; /* allocations so far, where they are counted */
static unsigned long long fail_at; /* 0: none */
static bool counting;

static _Noreturn void no_memory(size_t n, size_t size)
{
	void (*fn)(void) = undo;

	if (atomic_flag_test_and_set(&ending)) /* another thread, or what undoes, ran out too: one line is enough */
		_exit(ERR_ENV);
	fprintf(stderr, "bitline: out of memory asking for %zu elements of %zu bytes\n", n, size);
	if (fn)
		fn();
	exit(ERR_ENV);
}

/* is it this one that is to fail */
static bool failing(void)
{
	return counting && atomic_fetch_add(&asked, 1) + 1 == fail_at;
}

void *mem_calloc(size_t n, size_t size)
{
	void *p;

	/* beyond PTRDIFF_MAX pointer differences are undefined, so no such object may exist */
	if ((size != 0 && n > PTRDIFF_MAX / size) || failing())
		no_memory(n, size);
	p = calloc(n != 0 ? n : 1, size != 0 ? size : 1);
	if (!p)
		no_memory(n, size);
	return p;
}

void *mem_realloc(void *p, size_t n, size_t size)
{
	void *q;

	if ((size != 0 && n > PTRDIFF_MAX / size) || failing())
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

void mem_at_end(void (*fn)(void))
{
	undo = fn;
}

/* ---- the libraries' */

static void *plain(size_t n)
{
	void *p = failing() ? NULL : malloc(n != 0 ? n : 1);

	if (!p)
		no_memory(1, n);
	return p;
}

static void *again(void *p, size_t n)
{
	return mem_realloc(p, n, 1);
}

static void show_count(void)
{
	fprintf(stderr, "bitline: %llu allocations\n", (unsigned long long)asked);
}

/* before main: a library must never free with one what it got from the other */
__attribute__((constructor)) static void begin(void)
{
	const char *n = getenv("BITLINE_FAIL_ALLOC");
	char *end = NULL;

	xmlMemSetup(free, plain, again, mem_strdup);
	json_set_alloc_funcs(plain, free);
	if (!n)
		return;
	fail_at = strtoull(n, &end, 10);
	if (end == n || *end || *n == '-') {
		fprintf(stderr, "bitline: BITLINE_FAIL_ALLOC is '%.40s', legal 1..18446744073709551615: the allocation that fails, or 0: their number is printed\n", n);
		exit(ERR_INPUT);
	}
	counting = true;
	if (fail_at == 0)
		atexit(show_count);
}
