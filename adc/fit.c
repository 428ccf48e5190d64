/* SPDX-License-Identifier: Apache-2.0 */
#include "adc/fit.h"
#include <string.h>

static const int64_t floor_level = -((int64_t)1 << 23), top_level = ((int64_t)1 << 23) - 1; /* CHAR_LEVEL and tables are 24 bits */

static int64_t within(int64_t x, int64_t lo, int64_t hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

void fit_begin(struct fit *f, enum fit_mode mode, int bits, int32_t from, int32_t to, int step, int repeats)
{
	int64_t n = ((int64_t)to - from) / step + 1;

	memset(f, 0, sizeof(*f));
	f->mode = mode;
	f->bits = bits;
	f->step = step;
	f->repeats = repeats;
	f->first = within(from, floor_level, top_level);
	f->n_first = (int)within(n, 1, FIT_LEVELS);
	f->n_more = (int)within(n / 8, 16, FIT_LEVELS); /* enough of them together, that a threshold beyond is met before long */
	f->lowest = f->first;
	f->highest = f->first - step;
}

/* `count` levels from `level` up, those cut off that are no levels */
static void window(const struct fit *f, int64_t level, int count, struct fit_request *r)
{
	int64_t first = level, n = count;

	if (first < floor_level) {
		int64_t missing = (floor_level - first + f->step - 1) / f->step;

		first += missing * f->step;
		n -= missing;
	}
	if (first + (n - 1) * f->step > top_level)
		n = (top_level - first) / f->step + 1;
	*r = (struct fit_request){ f->mode, f->bits, (int32_t)first, f->step, (int)n, f->repeats };
}

int fit_next(struct fit *f, struct fit_request *r, struct err *e)
{
	*r = (struct fit_request){ 0 };
	if (f->highest < f->lowest)
		window(f, f->first, f->n_first, r);
	else if (!f->below && f->lowest - f->step >= floor_level)
		window(f, f->lowest - (int64_t)f->n_more * f->step, f->n_more, r);
	else if (!f->above && f->highest + f->step <= top_level)
		window(f, f->highest + f->step, f->n_more, r);
	for (int k = 1; !r->count && k < 1 << f->bits; k++)
		if (f->yes[k] == 0)
			return err_set(e, ERR_DIFF, "threshold %d gets a no at every level up to %lld, the highest there is: no threshold of 24 bits does that; look at the device, or at tile, lane and set",
				       k, (long long)f->highest);
	return 0;
}

void fit_add(struct fit *f, const struct fit_request *r, const uint32_t *histogram)
{
	int n = 1 << f->bits;
	uint64_t all = (uint64_t)r->count * (uint64_t)r->repeats, above = 0;
	bool none = true, every = true;
	int64_t last = r->level + (int64_t)(r->count - 1) * r->step;

	for (int k = n - 1; k > 0; k--) {
		/* a code of at least k is a yes to threshold k */
		above = f->mode == FIT_CODES ? above + histogram[k] : histogram[k];
		f->yes[k] += above;
		none &= above == 0;
		every &= above == all;
	}
	if (r->level <= f->lowest) {
		f->lowest = r->level;
		f->below = none;
	}
	if (last >= f->highest) {
		f->highest = last;
		f->above = every;
	}
}

void fit_table(const struct fit *f, int32_t *T)
{
	T[0] = 0;
	for (int k = 1; k < 1 << f->bits; k++) {
		/* twice the estimate, times the repeats: whole numbers; rounded half up */
		int64_t d = 2 * f->repeats, x = (2 * f->highest + f->step + 1) * f->repeats - 2 * f->step * (int64_t)f->yes[k] + f->repeats;
		int64_t t = x >= 0 ? x / d : -((d - 1 - x) / d);

		T[k] = (int32_t)within(t, floor_level, top_level);
	}
}
