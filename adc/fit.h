/* A threshold table from characterisation (docs/isa.md section 7): which levels to step, and what the histograms say. No device here: the caller runs each request.
 *
 *	fit_begin(&f, FIT_REFERENCES, bits, from, to, step, repeats);
 *	while (!(rc = fit_next(&f, &request, &e)) && request.count)
 *		... run it on one tile, lane, set; HISTOGRAM[0 .. 2^bits - 1] -> histogram
 *		fit_add(&f, &request, histogram);
 *	fit_table(&f, T);
 *
 * The windows of levels lie side by side and grow at both ends until in the lowest one nothing said yes and in the highest one everything did: then every threshold,
 * and the noise around it, lies within (no more is asked than that; the level is 24 bits, and tables are held within 24 bits).
 * Estimate: with R repeats and levels `step` apart, the yes-count of threshold T divided by R has the mean (last - T)/step + 1 - (step - 1)/(2 step), whatever the noise, if its mean is 0
 * and, for step > 1, T lies anywhere between two levels (Spearman and Kaerber). Step 1 without noise: T exactly. Noise of standard deviation s leaves an error of about
 * sqrt(0.56 s step / R); a step leaves (step - 1)/2 at most without noise.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ADC_FIT_H
#define ADC_FIT_H
#include "common/err.h"
#include <stdbool.h>
#include <stdint.h>

/* CHAR_CTRL's mode. FIT_CODES knows codes only: right for monotone tables; of others it gives the monotone table with the same histogram. */
enum fit_mode { FIT_CODES, FIT_REFERENCES };
enum { FIT_MAX_BITS = 12, FIT_LEVELS = 65535 /* of one request */, FIT_REPEATS = 256 };

/* CHAR_CTRL (mode, bits, repeats), CHAR_LEVEL, CHAR_STEP, CHAR_COUNT; tile, lane and set are the caller's. count 0: there is nothing more to ask */
struct fit_request { enum fit_mode mode; int bits; int32_t level; int step, count, repeats; };

struct fit {
	enum fit_mode mode;
	int bits, step, repeats;
	int64_t lowest, highest;   /* levels asked so far; none: lowest > highest */
	int64_t first;             /* of the first window */
	int n_first, n_more;       /* levels of the first window, of those beside it */
	bool below, above;         /* the end is reached */
	uint64_t yes[1 << FIT_MAX_BITS];
};

/* from..to: where the thresholds are expected, on the grid; step >= 1; repeats 1..FIT_REPEATS */
void fit_begin(struct fit *f, enum fit_mode mode, int bits, int32_t from, int32_t to, int step, int repeats);
/* ERR_DIFF: a threshold that says no at every level there is */
int fit_next(struct fit *f, struct fit_request *r, struct err *e);
/* histogram[2^bits] of that request */
void fit_add(struct fit *f, const struct fit_request *r, const uint32_t *histogram);
/* T[2^bits], T[0] = 0 */
void fit_table(const struct fit *f, int32_t *T);

#endif
