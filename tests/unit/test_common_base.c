/* err, mem, buf, sha256, prng, progress. Oracles: FIPS 180 examples, the generators' published first outputs.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/buf.h"
#include "common/err.h"
#include "common/mem.h"
#include "common/prng.h"
#include "common/progress.h"
#include "common/sha256.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void first_error_stays(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(err_set(&e, ERR_INPUT, "value %d\n\x1b[2J", 7), -1);
	assert_int_equal(err_set(&e, ERR_ENV, "later"), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, "value 7??[2J");
}

static void long_error_is_cut(void **state)
{
	struct err e = { 0 };
	char *s = mem_calloc(5001, 1);

	(void)state;
	memset(s, 'x', 5000);
	err_set(&e, ERR_INPUT, "%s", s);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	free(s);
}

static void buffer_grows(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	assert_string_equal(b.data, "");
	for (int i = 0; i < 1000; i++) {
		buf_addf(&b, "%03d", i);
		assert_int_equal(b.data[b.len], 0);
	}
	assert_int_equal(b.len, 3000);
	assert_memory_equal(b.data + 2997, "999", 4);
	buf_clear(&b);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.data, "");
	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_add(&b, NULL, 0);
	buf_adds(&b, "");
	assert_int_equal(b.len, 3);
	buf_release(&b);
}

/* exit status of a child that runs f with standard error closed */
static int status_of(void (*f)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		close(2);
		f();
		_exit(99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static volatile size_t huge = SIZE_MAX / 2; /* volatile: no compile-time warning about it */

static void ask_too_much(void)
{
	free(mem_calloc(huge, 3));
}

static void grow_too_much(void)
{
	free(mem_realloc(NULL, huge, 3));
}

static void append_too_much(void)
{
	struct buf b;

	buf_init(&b);
	buf_add(&b, "x", huge);
}

static void meet_bug(void)
{
	BUG("on purpose");
}

static void overflow_ends_with_env(void **state)
{
	int s;

	(void)state;
	s = status_of(ask_too_much);
	assert_true(WIFEXITED(s) && WEXITSTATUS(s) == ERR_ENV);
	s = status_of(grow_too_much);
	assert_true(WIFEXITED(s) && WEXITSTATUS(s) == ERR_ENV);
	s = status_of(append_too_much);
	assert_true(WIFEXITED(s) && WEXITSTATUS(s) == ERR_ENV);
	s = status_of(meet_bug);
	assert_true(WIFSIGNALED(s));
}

static void memory_is_zeroed(void **state)
{
	int *p = MEM_NEW(33, int);
	char *none = mem_calloc(0, 8), *s = mem_strdup("abc");

	(void)state;
	for (int i = 0; i < 33; i++)
		assert_int_equal(p[i], 0);
	assert_non_null(none);
	assert_string_equal(s, "abc");
	free(p);
	free(none);
	free(s);
}

static void sha256_examples(void **state)
{
	char hex[65];

	(void)state;
	sha256_hex("", 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256_hex("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void generator_is_xoshiro(void **state)
{
	static const uint64_t want[4] = { 11520, 0, 1509978240, 1215971899390074240u };
	struct prng p = { { 1, 2, 3, 4 } };

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(prng_u64(&p) == want[i]);
	prng_init(&p, 0); /* splitmix64's first outputs for seed 0 */
	assert_true(p.s[0] == 0xe220a8397b1dcdafu);
	assert_true(p.s[1] == 0x6e789e6aa1b965f4u);
}

static void ranges_are_filled(void **state)
{
	struct prng p;
	int seen[7] = { 0 };

	(void)state;
	prng_init(&p, 33);
	for (int i = 0; i < 7000; i++) {
		int64_t v = prng_range(&p, -3, 3);

		assert_in_range(v + 3, 0, 6);
		seen[v + 3]++;
	}
	for (int i = 0; i < 7; i++)
		assert_in_range(seen[i], 850, 1150);
	assert_true(prng_range(&p, 5, 5) == 5);
	assert_true(prng_range(&p, INT64_MIN, INT64_MAX) != prng_range(&p, INT64_MIN, INT64_MAX));
	assert_true(prng_range(&p, INT64_MAX - 1, INT64_MAX) >= INT64_MAX - 1);
}

static void normal_is_normal(void **state)
{
	struct prng p;
	double sum = 0, square = 0, fourth = 0;
	int n = 100000, beyond = 0;

	(void)state;
	prng_init(&p, 7);
	for (int i = 0; i < n; i++) {
		double x = prng_normal(&p), u = prng_unit(&p);

		assert_true(u >= 0 && u < 1);
		sum += x;
		square += x * x;
		fourth += x * x * x * x;
		beyond += fabs(x) > 1.959963985;
	}
	assert_true(fabs(sum / n) < 0.015);
	assert_true(fabs(square / n - 1) < 0.02);
	assert_true(fabs(fourth / n - 3) < 0.15);
	assert_true(fabs((double)beyond / n - 0.05) < 0.004);
}

/* the same polar method with libm's logarithm: the generator's own may differ in the last bits only */
static void normal_is_exact(void **state)
{
	struct prng p, q;

	(void)state;
	prng_init(&p, 1);
	q = p;
	for (int i = 0; i < 1000; i++) {
		double u, v, r, want;

		do {
			u = 2 * prng_unit(&q) - 1;
			v = 2 * prng_unit(&q) - 1;
			r = u * u + v * v;
		} while (r >= 1 || r == 0);
		want = u * sqrt(-2 * log(r) / r);
		assert_true(fabs(prng_normal(&p) - want) <= 1e-14 * fabs(want) / (1 - r));
	}
}

static void progress_is_silent_in_a_pipe(void **state)
{
	int fd[2], saved = dup(2);
	struct progress p;
	char c;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	dup2(fd[1], 2);
	progress_begin(&p, "work", 10);
	p.last -= 1;
	progress_at(&p, 5);
	progress_end(&p);
	fflush(stderr);
	dup2(saved, 2);
	close(fd[1]);
	assert_int_equal(read(fd[0], &c, 1), 0);
	close(fd[0]);
	close(saved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_error_stays), cmocka_unit_test(long_error_is_cut), cmocka_unit_test(buffer_grows),
		cmocka_unit_test(overflow_ends_with_env), cmocka_unit_test(memory_is_zeroed), cmocka_unit_test(sha256_examples),
		cmocka_unit_test(generator_is_xoshiro), cmocka_unit_test(ranges_are_filled), cmocka_unit_test(normal_is_normal), cmocka_unit_test(normal_is_exact),
		cmocka_unit_test(progress_is_silent_in_a_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
