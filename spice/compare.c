/* Reads ngspice's two files and compares them with a table of thresholds.
 * SPDX-License-Identifier: Apache-2.0 */
#include "spice/compare.h"
#include "common/file.h"
#include "common/mem.h"
#include "spice/deck.h"
#include "spice/lines.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 24 };

/* lines x width numbers into v; every line has its time before them */
static int read_numbers(const char *dir, const char *name, int lines, int width, double *v, struct err *e)
{
	char *path = file_join(dir, name), *p, *end;
	struct buf b;
	int bad = 0;

	if (file_read(path, MAX_BYTES, &b, e)) {
		e->code = ERR_ENV; /* not the user's input: ngspice should have written it */
		buf_release(&b);
		free(path);
		return -1;
	}
	p = b.data;
	for (int i = 0; i < lines * (width + 1) && !bad; i++, p = end) {
		double x = strtod(p, &end);

		if (end == p || !isfinite(x))
			bad = err_set(e, ERR_ENV, "'%s' ends or is no number in line %d, needs %d lines of %d numbers: see what ngspice says in ngspice.log", path, i / (width + 1) + 1,
				      lines, width + 1);
		else if (i % (width + 1) == 0 && fabs(x - spice_decision_time(i / (width + 1))) > 1e-12)
			bad = err_set(e, ERR_ENV, "'%s' has time %g s in line %d, needs %g s: see what ngspice says in ngspice.log", path, x, i / (width + 1) + 1,
				      spice_decision_time(i / (width + 1)));
		else if (i % (width + 1))
			v[i / (width + 1) * width + i % (width + 1) - 1] = x;
	}
	buf_release(&b);
	free(path);
	return bad;
}

double spice_tolerance(double level)
{
	return 0.1 + 0.003 * fabs(level);
}

static void compare(const struct cfg *c, const struct spice_lines *l, const int32_t *T, const double *levels, const double *decisions, struct spice_report *r, struct buf *table)
{
	double volts_per_count = SPICE_SUPPLY / c->rows, grid = 1 << c->grid_bits;
	int n = c->rows + 1;

	*r = (struct spice_report) { .codes = l->codes, .counts = n, .decisions = l->codes * n };
	for (int k = 1; k <= l->codes; k++) {
		const double *v = levels + (size_t)k * (size_t)(n + 1), *d = decisions + (size_t)k * (size_t)n;
		double expected = T[k] / grid + l->offset, measured = v[0] / volts_per_count;

		buf_addf(table, "%d %.4f %.4f\n", k, expected, measured);
		r->reference = fmax(r->reference, fabs(measured - expected));
		r->off += fabs(measured - expected) > spice_tolerance(expected);
		for (int s = 0; s < n; s++) {
			double column = v[s + 1] / volts_per_count;

			r->column = fmax(r->column, fabs(column - s));
			r->off += fabs(column - s) > spice_tolerance(s);
			if ((d[s] > 0.5) != (s * grid >= T[k])) {
				r->different++;
				r->far += fabs(s - T[k] / grid) > spice_tolerance(expected) + spice_tolerance(s);
			}
		}
	}
	buf_adds(table, "\n\n");
	for (int s = 0; s < n; s++)
		buf_addf(table, "%d %d %.4f\n", s, s, levels[(size_t)l->codes * (size_t)(n + 1) + (size_t)s + 1] / volts_per_count);
}

int spice_compare(const struct cfg *c, int tile, int lane, const int32_t *T, const char *dir, struct spice_report *r, struct buf *table, struct err *e)
{
	struct spice_lines l;
	size_t lines, n = (size_t)c->rows + 1;
	double *levels, *decisions;
	int bad;

	if (spice_lines_init(&l, c, tile, lane, e))
		return -1;
	lines = (size_t)l.codes + 1; /* with that of cycle 0 */
	levels = MEM_NEW(lines * (n + 1), double);
	decisions = MEM_NEW(lines * n, double);
	bad = read_numbers(dir, SPICE_LEVELS, (int)lines, (int)n + 1, levels, e) || read_numbers(dir, SPICE_DECISIONS, (int)lines, (int)n, decisions, e);
	if (!bad)
		compare(c, &l, T, levels, decisions, r, table);
	free(levels);
	free(decisions);
	spice_lines_release(&l);
	return bad ? -1 : 0;
}

bool spice_agrees(const struct spice_report *r)
{
	return !r->off && !r->far;
}
