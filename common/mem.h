/* Allocation with the overflow test in one place. Out of memory ends the program with ERR_ENV and one line: no caller can do better.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_MEM_H
#define COMMON_MEM_H
#include <stddef.h>

void *mem_calloc(size_t n, size_t size);           /* zeroed; n == 0 gives a valid pointer */
void *mem_realloc(void *p, size_t n, size_t size); /* grown part is not zeroed */
char *mem_strdup(const char *s);
/* What takes away a half-made output when memory runs out, called once before the program ends; NULL: nothing (any more). Whatever memory it asks for it may not get. */
void mem_at_end(void (*fn)(void));
#define MEM_NEW(n, type) ((type *)mem_calloc((n), sizeof(type)))
/* The next element of a growing table, not zeroed; its capacity doubles whenever n is a power of two. A table begins as NULL with n = 0. */
#define MEM_PUSH(table, n) (((n) & ((n) - 1)) == 0 ? (table) = mem_realloc((table), (n) ? 2 * (size_t)(n) : 1, sizeof(*(table))) : (table), &(table)[(n)++])

#endif
