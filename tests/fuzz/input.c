/* The fuzzer's input as a file, without a file system: reading costs no system call, and the buffer ends where the file does, so that a sanitizer sees
 * the first byte beyond it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"
#include "common/file.h"
#include "common/mem.h"
#include <ctype.h>

static const uint8_t *input;
static size_t input_size;
static struct buf written;

int __real_file_read(const char *path, size_t max, struct buf *b, struct err *e);
int __wrap_file_read(const char *path, size_t max, struct buf *b, struct err *e);
int __real_file_write(const char *path, const void *data, size_t len, struct err *e);
int __wrap_file_write(const char *path, const void *data, size_t len, struct err *e);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);

static bool is_input(const char *path)
{
	return !strncmp(path, FUZZ_PATH, sizeof(FUZZ_PATH) - 1);
}

int __wrap_file_read(const char *path, size_t max, struct buf *b, struct err *e)
{
	if (!is_input(path))
		return __real_file_read(path, max, b, e);
	b->len = input_size;
	b->cap = input_size + 1;
	b->data = mem_calloc(b->cap, 1);
	if (input_size)
		memcpy(b->data, input, input_size);
	if (input_size > max)
		return err_set(e, ERR_INPUT, "'%s' is longer than %zu bytes", path, max);
	return 0;
}

int __wrap_file_write(const char *path, const void *data, size_t len, struct err *e)
{
	if (!is_input(path))
		return __real_file_write(path, data, len, e);
	buf_release(&written);
	buf_init(&written);
	buf_add(&written, data, len);
	return 0;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	return is_input(path) ? fmemopen((void *)input, input_size, mode) : __real_fopen(path, mode);
}

void fuzz_file(const uint8_t *data, size_t size)
{
	input = data;
	input_size = size;
	if (written.data)
		buf_release(&written);
}

const struct buf *fuzz_written(void)
{
	return written.data ? &written : NULL;
}

_Noreturn void fuzz_broken(const char *what, const struct err *e)
{
	fprintf(stderr, "fuzz: %s%s%s\n", what, e && e->code ? ": " : "", e && e->code ? e->text : "");
	abort();
}

void fuzz_refused(const struct err *e)
{
	if (e->code != ERR_INPUT)
		fuzz_broken("refused without calling the input wrong", e);
	if (!e->text[0])
		fuzz_broken("refused without a word", e);
}

void fuzz_use(const float *v, size_t n)
{
	static volatile uint32_t sink;
	uint32_t sum = 0, u;

	for (size_t i = 0; i < n; i++) {
		memcpy(&u, v + i, sizeof(u));
		sum += u;
	}
	sink = sum;
}
