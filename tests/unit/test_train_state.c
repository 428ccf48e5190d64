/* Saved states: written and read back to the bit; other runs and damaged files refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checkpoint/safetensors_write.h"
#include "common/mem.h"
#include "train/state.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRATCH_NAME "run.state"
#include "tests/unit/scratch.h"

static const char identity[] = "--seed 1\n--note \"quoted\\ \x01\"\n--rate 0.5\n";

struct fixture { struct params p; struct state s; };

static void open_fixture(struct fixture *f, int vocab, uint64_t seed)
{
	const struct params_shape s = { .dim = 4, .hidden = 7, .n_layers = 1, .n_heads = 2, .n_kv_heads = 1, .vocab = vocab, .seq_len = 3, .blocks = 2, .rank = 1 };
	struct err e = { 0 };

	assert_int_equal(params_fresh(&f->p, &s, seed, &e), 0);
	f->s = (struct state){ .m = MEM_NEW(f->p.n, float), .v = MEM_NEW(f->p.n, float) };
	for (size_t i = 0; i < f->p.n; i++) {
		f->s.m[i] = f->p.theta[i] / (float)(3 + seed);
		f->s.v[i] = f->p.theta[i] * f->p.theta[i];
	}
}

static void close_fixture(struct fixture *f)
{
	params_release(&f->p);
	free(f->s.m);
	free(f->s.v);
}

static void same_to_the_bit(void **state)
{
	struct err e = { 0 };
	struct fixture a, b;
	bool found;

	(void)state;
	for (int has = 0; has < 2; has++) {
		open_fixture(&a, 5, 1);
		open_fixture(&b, 5, 2);
		a.s.step = 1234567;
		for (size_t i = 0; i < a.p.n_k; i++)
			a.p.k[i] = 1 / (float)(i + 3);
		params_use_k(&a.p, has);
		assert_int_equal(state_save(path, identity, &a.p, &a.s, &e), 0);
		assert_int_equal(state_load(path, identity, &b.p, &b.s, &found, &e), 0);
		assert_true(found);
		assert_int_equal(b.s.step, 1234567);
		assert_int_equal(b.p.has_k, has);
		assert_true(has == (b.p.model.layers[0].linear[3].k != NULL));
		assert_memory_equal(a.p.theta, b.p.theta, a.p.n * sizeof(float));
		assert_memory_equal(a.p.k, b.p.k, a.p.n_k * sizeof(float));
		assert_memory_equal(a.s.m, b.s.m, a.p.n * sizeof(float));
		assert_memory_equal(a.s.v, b.s.v, a.p.n * sizeof(float));
		close_fixture(&a);
		close_fixture(&b);
	}
}

static void none_is_no_error(void **state)
{
	struct err e = { 0 };
	struct fixture a;
	bool found = true;

	(void)state;
	unlink(path);
	open_fixture(&a, 5, 1);
	assert_int_equal(state_load(path, identity, &a.p, &a.s, &found, &e), 0);
	assert_false(found);
	assert_int_equal(e.code, 0);
	close_fixture(&a);
}

/* what state_load says of the file, %s being its path */
static void refuses(struct fixture *f, const char *who, const char *format)
{
	struct err e = { 0 };
	char want[1024];
	bool found;

	assert_int_equal(state_load(path, who, &f->p, &f->s, &found, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	snprintf(want, sizeof(want), format, path);
	assert_string_equal(e.text, want);
}

static void put_header(const char *json, size_t tail)
{
	struct buf b;
	struct err e = { 0 };
	size_t n = strlen(json);

	buf_init(&b);
	buf_add(&b, "\0\0\0\0\0\0\0\0", 8);
	b.data[0] = (char)n;
	b.data[1] = (char)(n >> 8);
	buf_adds(&b, json);
	for (size_t i = 0; i < tail; i++)
		buf_add(&b, "\0", 1);
	assert_int_equal(file_write(path, b.data, b.len, &e), 0);
	buf_release(&b);
}

static void other_runs_and_damage(void **state)
{
	struct err e = { 0 };
	struct fixture a, b;

	(void)state;
	open_fixture(&a, 5, 1);
	open_fixture(&b, 6, 1);
	assert_int_equal(state_save(path, identity, &a.p, &a.s, &e), 0);
	refuses(&a, "--seed 2\n", "'%s' is the state of another run: it has '--seed 1', this run has '--seed 2'; give the same options, or another --state file");
	refuses(&a, "--seed 1\n", "'%s' is the state of another run: it has '--note \"quoted\\ ?\"', this run has ''; give the same options, or another --state file");
	refuses(&b, identity, "'%s': tensor 'm' of a saved state has 640 bytes, legal is 656 of type F32; the file is damaged, start without --resume");
	assert_int_equal(model_write(&a.p.model, path, &e), 0);
	refuses(&a, identity, "'%s' is no saved state of bitline train; name the file that --state wrote");
	put_header("{\"__metadata__\":{\"format\":\"bitline state\",\"identity\":\"x\",\"step\":\"-1\"},\"k\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
	refuses(&a, "x", "'%s': step '-1' of a saved state, legal is a whole number from 0; the file is damaged, start without --resume");
	put_header("{\"__metadata__\":{\"format\":\"bitline state\",\"identity\":\"x\",\"step\":\"1\"},\"m\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
	refuses(&a, "x", "'%s': tensor 'k' of a saved state has 0 bytes, legal is 84 of type F32; the file is damaged, start without --resume");
	close_fixture(&a);
	close_fixture(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_to_the_bit),
		cmocka_unit_test(none_is_no_error),
		cmocka_unit_test(other_runs_and_damage),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
