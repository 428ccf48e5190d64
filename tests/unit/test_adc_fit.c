/* adc: tables from characterisation, on simulated converters whose tables nobody else sees.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/fit.h"
#include "common/prng.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct device {
	int bits;
	int32_t T[1 << FIT_MAX_BITS];
	double noise;          /* standard deviation on the grid, one draw for each sample */
	struct prng p;
	bool sar, stuck;       /* codes by successive approximation, else by counting; a comparator that never says yes */
	long levels;           /* forced so far */
};

static bool above(const struct device *d, int64_t L, int k)
{
	return !(d->stuck && k == 2) && L >= d->T[k];
}

static int code(const struct device *d, int64_t L)
{
	int c = 0;

	for (int k = d->bits - 1; d->sar && k >= 0; k--)
		c += above(d, L, c + (1 << k)) << k;
	for (int k = 1; !d->sar && k < 1 << d->bits; k++)
		c += above(d, L, k);
	return c;
}

/* docs/isa.md section 7 */
static void characterise(struct device *d, const struct fit_request *r, uint32_t *histogram)
{
	memset(histogram, 0, sizeof(*histogram) << d->bits);
	assert_in_range(r->count, 1, FIT_LEVELS);
	assert_in_range(r->repeats, 1, FIT_REPEATS);
	assert_int_equal(r->bits, d->bits);
	for (int i = 0; i < r->count; i++)
		for (int j = 0; j < r->repeats; j++) {
			int64_t L = r->level + (int64_t)i * r->step;

			assert_true(L >= -8388608 && L <= 8388607);
			L += d->noise > 0 ? llround(d->noise * prng_normal(&d->p)) : 0;
			if (r->mode == FIT_CODES)
				histogram[code(d, L)]++;
			for (int k = 1; r->mode == FIT_REFERENCES && k < 1 << d->bits; k++)
				histogram[k] += above(d, L, k);
		}
	d->levels += r->count;
}

static int fit(struct device *d, enum fit_mode mode, int32_t from, int32_t to, int step, int repeats, int32_t *T, struct err *e)
{
	static uint32_t histogram[1 << FIT_MAX_BITS];
	struct fit_request r;
	struct fit *f = malloc(sizeof(*f));
	int rc;

	fit_begin(f, mode, d->bits, from, to, step, repeats);
	while (!(rc = fit_next(f, &r, e)) && r.count) {
		characterise(d, &r, histogram);
		fit_add(f, &r, histogram);
	}
	if (!rc)
		fit_table(f, T);
	free(f);
	return rc;
}

/* ideal grid 16 k and an error of at most `error`; sorted or as they come */
static void hide(struct device *d, uint64_t seed, int bits, int error, bool monotone)
{
	memset(d, 0, sizeof(*d));
	d->bits = bits;
	prng_init(&d->p, seed);
	for (int k = 1; k < 1 << bits; k++) {
		d->T[k] = 16 * k + (int32_t)prng_range(&d->p, -error, error);
		for (int j = k; monotone && j > 1 && d->T[j - 1] > d->T[j]; j--) {
			int32_t x = d->T[j];

			d->T[j] = d->T[j - 1];
			d->T[j - 1] = x;
		}
	}
}

static int32_t T[1 << FIT_MAX_BITS];

static void exact(void **state) /* step 1, no noise: every reference, in whatever order they lie */
{
	struct device d;
	struct err e = { 0 };

	(void)state;
	for (int bits = 1; bits <= 7; bits++)
		for (uint64_t seed = 0; seed < 10; seed++) {
			hide(&d, seed, bits, 40, false);
			assert_int_equal(fit(&d, FIT_REFERENCES, 0, 16 << bits, 1, 1 + (int)seed % 3, T, &e), 0);
			assert_memory_equal(T, d.T, sizeof(*T) << bits);
		}
}

static void far_away(void **state) /* where nobody expects them: the windows grow; at the ends of 24 bits too */
{
	struct device d;
	struct err e = { 0 };

	(void)state;
	hide(&d, 1, 3, 40, false);
	for (int k = 1; k < 8; k++)
		d.T[k] += 30000 * (k % 2 ? -1 : 1);
	assert_int_equal(fit(&d, FIT_REFERENCES, 0, 128, 1, 1, T, &e), 0);
	assert_memory_equal(T, d.T, 8 * sizeof(*T));
	d.T[1] = -8388608;
	d.T[2] = 8388607;
	d.levels = 0;
	assert_int_equal(fit(&d, FIT_REFERENCES, -70000, 70000, 1, 1, T, &e), 0);
	assert_memory_equal(T, d.T, 8 * sizeof(*T));
	assert_int_equal(d.levels, 1 << 24);
	hide(&d, 2, 4, 10, true);
	assert_int_equal(fit(&d, FIT_REFERENCES, 300, 200, 1, 1, T, &e), 0); /* an empty range is one level */
	assert_memory_equal(T, d.T, 16 * sizeof(*T));
}

static void from_codes(void **state) /* a monotone table is all in its codes */
{
	struct device d;
	struct err e = { 0 };

	(void)state;
	for (int bits = 1; bits <= 7; bits++)
		for (int sar = 0; sar <= 1; sar++) {
			hide(&d, (uint64_t)bits, bits, 30, true);
			d.sar = sar;
			assert_int_equal(fit(&d, FIT_CODES, 0, 16 << bits, 1, 2, T, &e), 0);
			assert_memory_equal(T, d.T, sizeof(*T) << bits);
		}
	/* not monotone: the fit is, and gives the same histogram; the references give the table itself */
	hide(&d, 77, 5, 40, false);
	assert_int_equal(fit(&d, FIT_CODES, 0, 512, 1, 1, T, &e), 0);
	assert_memory_not_equal(T, d.T, 32 * sizeof(*T));
	for (int k = 1; k < 31; k++)
		assert_true(T[k] <= T[k + 1]);
}

static void coarse(void **state) /* every 7th level: within half a step */
{
	struct device d;
	struct err e = { 0 };

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		hide(&d, seed, 5, 40, false);
		assert_int_equal(fit(&d, FIT_REFERENCES, -(int)seed, 512, 7, 1, T, &e), 0);
		for (int k = 1; k < 32; k++)
			assert_in_range(T[k] - d.T[k] + 3, 0, 6);
	}
}

static void noisy(void **state) /* noise of half a count (8 on the grid), 64 repeats: sqrt(0.56 * 8 / 64) = 0.26 of a grid unit, and a rounding to whole ones: 0.39 */
{
	struct device d;
	struct err e = { 0 };
	double square = 0, sum = 0;
	int n = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		hide(&d, seed, 4, 40, false);
		d.noise = 8;
		assert_int_equal(fit(&d, FIT_REFERENCES, 0, 256, 1, 64, T, &e), 0);
		for (int k = 1; k < 16; k++, n++) {
			sum += T[k] - d.T[k];
			square += (T[k] - d.T[k]) * (T[k] - d.T[k]);
			assert_in_range(T[k] - d.T[k] + 3, 0, 6);
		}
	}
	assert_true(fabs(sum / n) < 0.1);
	assert_true(sqrt(square / n) < 0.5);
	assert_true(sqrt(square / n) > 0.2); /* the noise is really there */
}

static void widest(void **state) /* 12 bits: several windows, no overflow */
{
	struct device d;
	struct err e = { 0 };

	(void)state;
	hide(&d, 3, 12, 2, true);
	for (int k = 1; k < 4096; k++)
		d.T[k] *= 2;
	assert_int_equal(fit(&d, FIT_CODES, 0, 2 * 16 * 4096, 1, 1, T, &e), 0);
	assert_memory_equal(T, d.T, 4096 * sizeof(*T));
}

static void dead(void **state)
{
	struct device d;
	struct err e = { 0 };

	(void)state;
	hide(&d, 1, 2, 0, true);
	d.stuck = true;
	assert_int_equal(fit(&d, FIT_REFERENCES, -8000000, 8000000, 256, 1, T, &e), -1);
	assert_int_equal(e.code, ERR_DIFF);
	assert_string_equal(e.text, "threshold 2 gets a no at every level up to 8388352, the highest there is: no threshold of 24 bits does that; look at the device, or at tile, lane and set");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact), cmocka_unit_test(far_away), cmocka_unit_test(from_codes), cmocka_unit_test(coarse),
		cmocka_unit_test(noisy), cmocka_unit_test(widest), cmocka_unit_test(dead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
