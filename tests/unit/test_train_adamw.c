/* AdamW against the paper's formulas in double, clipping, the rate over steps.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/prng.h"
#include "train/adamw.h"
#include <math.h>

enum { MOST = 33, STEPS = 9 };

static void near(double a, double b, double relative)
{
	if (fabs(a - b) > relative * (fabs(b) + 0.1))
		fail_msg("%.9g, expected %.9g", a, b);
}

/* Loshchilov and Hutter, algorithm 2: bias-corrected moments, decay beside the step */
static void steps_as_the_paper(void **state)
{
	static const int sizes[] = { 1, 3, 7, MOST };
	const struct adamw a = { 0.9, 0.95, 1e-8, 0.1 };
	struct prng g;

	(void)state;
	prng_init(&g, 1);
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		float theta[MOST], grad[MOST], m[MOST] = { 0 }, v[MOST] = { 0 };
		double want[MOST], dm[MOST] = { 0 }, dv[MOST] = { 0 };
		uint8_t decayed[MOST];
		int n = sizes[k];

		for (int i = 0; i < n; i++) {
			want[i] = theta[i] = (float)prng_normal(&g);
			decayed[i] = i % 3 != 1;
		}
		for (int t = 1; t <= STEPS; t++) {
			double rate = 0.01 * t;

			for (int i = 0; i < n; i++) {
				grad[i] = i == 2 ? 0 : (float)prng_normal(&g);
				dm[i] = a.beta1 * dm[i] + (1 - a.beta1) * grad[i];
				dv[i] = a.beta2 * dv[i] + (1 - a.beta2) * grad[i] * grad[i];
				want[i] -= rate * (dm[i] / (1 - pow(a.beta1, t)) / (sqrt(dv[i] / (1 - pow(a.beta2, t))) + a.eps) + (decayed[i] ? a.decay * want[i] : 0));
			}
			adamw_step(&a, t, rate, grad, decayed, (size_t)n, m, v, theta);
		}
		for (int i = 0; i < n; i++) {
			near(theta[i], want[i], 1e-5);
			near(m[i], dm[i], 1e-5);
			near(v[i], dv[i], 1e-5);
		}
	}
}

static void zero_stays_zero(void **state)
{
	const struct adamw a = { 0.9, 0.95, 1e-8, 0.1 };
	float theta = 0, grad = 0, m = 0, v = 0;
	uint8_t decayed = 1;

	(void)state;
	for (int t = 1; t <= 3; t++)
		adamw_step(&a, t, 1, &grad, &decayed, 1, &m, &v, &theta);
	assert_true(theta == 0 && m == 0 && v == 0);
}

static void clips(void **state)
{
	float short_one[3] = { 0.3f, 0, -0.4f }, long_one[3] = { 3, 0, -4 }, bad[2] = { 1, NAN };

	(void)state;
	near(adamw_clip(short_one, 3, 1), 0.5, 1e-6);
	assert_true(short_one[0] == 0.3f && short_one[2] == -0.4f);
	near(adamw_clip(long_one, 3, 1), 5, 1e-6);
	near(long_one[0], 0.6, 1e-6);
	near(long_one[2], -0.8, 1e-6);
	assert_true(isnan(adamw_clip(bad, 2, 1)));
}

static void rate_rises_and_falls(void **state)
{
	(void)state;
	near(adamw_rate(1, 100, 10, 2, 0.1), 0.2, 1e-12);
	near(adamw_rate(9, 100, 10, 2, 0.1), 1.8, 1e-12);
	near(adamw_rate(10, 100, 10, 2, 0.1), 2, 1e-12);
	near(adamw_rate(55, 100, 10, 2, 0.1), 1.1, 1e-12); /* half way: the mean of both ends */
	near(adamw_rate(100, 100, 10, 2, 0.1), 0.2, 1e-12);
	near(adamw_rate(1, 1, 0, 2, 0), 0, 1e-12);
	for (long s = 11; s <= 100; s++)
		assert_true(adamw_rate(s, 100, 10, 2, 0.1) < adamw_rate(s - 1, 100, 10, 2, 0.1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_as_the_paper),
		cmocka_unit_test(zero_stays_zero),
		cmocka_unit_test(clips),
		cmocka_unit_test(rate_rises_and_falls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
