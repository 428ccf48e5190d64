/* What the fuzz targets share: a target is a LLVMFuzzerTestOneInput over the real reader functions, which see the input as a file in memory.
 * The linker's --wrap puts input.c between a reader and the file system (mk/fuzz.mk); docs/fuzzing.md.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H
#include "common/buf.h"
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_PATH "/fuzz/input" /* the one file; a reader of directories finds it below this name too */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* what FUZZ_PATH holds from now on */
void fuzz_file(const uint8_t *data, size_t size);
/* what was last written to FUZZ_PATH, NULL: nothing since fuzz_file */
const struct buf *fuzz_written(void);

/* a promise of a reader is broken: ends the program, which the fuzzer takes for a crash */
_Noreturn void fuzz_broken(const char *what, const struct err *e);
/* a refused file is wrong input, said in one line */
void fuzz_refused(const struct err *e);
/* uses numbers, so that each of them is read */
void fuzz_use(const float *v, size_t n);

/* pseudo-random numbers for mutators */
static inline uint32_t fuzz_next(uint32_t *r)
{
	*r ^= *r << 13;
	*r ^= *r >> 17;
	return *r ^= *r << 5;
}

#endif
