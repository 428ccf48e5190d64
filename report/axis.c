/* Logarithmic axes. Wide ranges get whole decades, middle ones 1 2 5, narrow ones equal steps.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/axis.h"
#include "common/err.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct unit { double scale; const char *name; };

enum { MAX_UNITS = 5 };
/* from small to large, NULL behind the last; UTF-8 */
static const struct unit units[][MAX_UNITS] = {
	[PLOT_NS] = { { 1e-3, "ps" }, { 1, "ns" }, { 1e3, "\xc2\xb5s" }, { 1e6, "ms" }, { 1e9, "s" } },
	[PLOT_NJ] = { { 1e-3, "pJ" }, { 1, "nJ" }, { 1e3, "\xc2\xb5J" }, { 1e6, "mJ" }, { 1e9, "J" } },
	[PLOT_UM2] = { { 1, "\xc2\xb5m\xc2\xb2" }, { 1e6, "mm\xc2\xb2" }, { 0, NULL } },
	[PLOT_COUNT] = { { 1, "" }, { 1e3, "thousand" }, { 1e6, "million" }, { 1e9, "billion" }, { 0, NULL } },
};

/* the largest one in which v is at least 1 */
static struct unit unit_for(double v, enum plot_unit unit)
{
	struct unit best = units[unit][0];

	for (int i = 1; i < MAX_UNITS && units[unit][i].name; i++)
		if (v >= units[unit][i].scale)
			best = units[unit][i];
	return best;
}

void plot_quantity(double v, enum plot_unit unit, struct buf *out)
{
	struct unit u = unit_for(v, unit);
	double shown = v / u.scale;

	/* three digits, but never an exponent */
	if (unit == PLOT_COUNT && u.scale == 1)
		buf_addf(out, "%.0f", shown);
	else if (shown >= 100)
		buf_addf(out, "%.0f %s", shown, u.name);
	else
		buf_addf(out, "%.*f %s", shown >= 10 ? 1 : 2, shown, u.name);
}

/* in the shown unit */
static void tick(struct axis *a, double v, bool major)
{
	double value = v * a->scale;

	if (value < a->lo || value > a->hi)
		return;
	if (major && a->n_ticks < AXIS_MAX_TICKS)
		a->at[a->n_ticks++] = value;
	else if (!major && a->n_minor < AXIS_MAX_TICKS)
		a->minor[a->n_minor++] = value;
}

/* labels at mantissas whose bit is set, thin lines at the others; every `skip` decades */
static void decades(struct axis *a, unsigned mantissas, int skip)
{
	int first = (int)floor(log10(a->lo / a->scale)), last = (int)ceil(log10(a->hi / a->scale));

	for (int d = first; d <= last; d++)
		for (int m = 1; m <= 9; m++)
			if (skip == 1 || (m == 1 && d % skip == 0))
				tick(a, m * pow(10, d), mantissas >> m & 1);
}

static void equal_steps(struct axis *a)
{
	double lo = a->lo / a->scale, hi = a->hi / a->scale, rough = (hi - lo) / 5, power = pow(10, floor(log10(rough)));
	double step = power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10);

	for (double k = ceil(lo / step); k * step <= hi; k++)
		tick(a, k * step, true);
}

void axis_make(struct axis *a, double least, double most, enum plot_unit unit)
{
	double span, widen;
	struct unit u;

	if (!(least > 0) || !(most >= least) || !isfinite(most))
		BUG("an axis from %g to %g", least, most);
	span = log10(most / least);
	widen = span < 0.2 ? 0.1 : span * 0.07; /* decades on either side */
	u = unit_for(sqrt(least) * sqrt(most), unit);
	*a = (struct axis){ .lo = least * pow(10, -widen), .hi = most * pow(10, widen), .scale = u.scale, .unit = u.name };
	span = log10(a->hi / a->lo);
	if (span < 0.8)
		equal_steps(a);
	else if (span < 3)
		decades(a, 1u << 1 | 1u << 2 | 1u << 5, 1);
	else
		decades(a, 1u << 1, 1 + (int)(span / 8));
}

double axis_place(const struct axis *a, double v)
{
	return log(v / a->lo) / log(a->hi / a->lo);
}

void axis_label(const struct axis *a, double v, struct buf *out)
{
	char digits[64];
	size_t n;

	v /= a->scale;
	if (v < 9999.5) {
		buf_addf(out, "%.4g", v);
		return;
	}
	snprintf(digits, sizeof(digits), "%.0f", v);
	n = strlen(digits);
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s%c", i && (n - i) % 3 == 0 ? " " : "", digits[i]);
}
