/* Points of an exploration as a plot.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/explore_tasks.h"
#include "common/mem.h"
#include "report/plot.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BEST = 3, MOST_NOTES = BEST + 3 };

/* what the axes show; energy and area may not be given */
struct quantities { bool energy, area; };

static double y_of(const struct quantities *q, const struct system_cost *c)
{
	return q->energy ? c->energy_nj : (double)c->comparisons;
}

static double size_of(const struct quantities *q, const struct explore_result *r)
{
	return q->area ? r->cost.area_um2 : (double)r->array_cells;
}

static void name_of(const struct explore_point *p, struct buf *out)
{
	buf_addf(out, "%s x %s, %s %s converters of %s bits, %s%s%s", p->value[EXPLORE_ROWS], p->value[EXPLORE_COLS], p->value[EXPLORE_ADCS], p->value[EXPLORE_KIND],
		p->value[EXPLORE_BITS], p->value[EXPLORE_PLACEMENT], *p->value[EXPLORE_OPTIMISE] ? " " : "", p->value[EXPLORE_OPTIMISE]);
}

static void quantity(struct buf *out, const char *before, double v, enum plot_unit unit)
{
	buf_adds(out, before);
	if (isnan(v))
		buf_adds(out, "not given");
	else
		plot_quantity(v, unit, out);
}

static char *tip_of(const struct explore_point *p)
{
	const struct system_cost *c = &p->result.cost;
	struct buf b;

	buf_init(&b);
	name_of(p, &b);
	if (*p->value[EXPLORE_OPTIMISE])
		buf_addf(&b, "\ncandidate taken: %s", c->candidate);
	quantity(&b, "\nlatency ", c->latency_ns, PLOT_NS);
	quantity(&b, "\nenergy ", c->energy_nj, PLOT_NJ);
	quantity(&b, "\narea ", c->area_um2, PLOT_UM2);
	buf_addf(&b, "\n%ld arrays, utilisation %.1f %%", c->arrays, 100 * c->utilisation);
	quantity(&b, "\ncomparisons ", (double)c->comparisons, PLOT_COUNT);
	if (explore_missing_bits(p))
		buf_addf(&b, "\nlarge sums clip: %d bits wanted", p->result.bits_wanted);
	return b.data;
}

/* drawn: finished, and with a positive place on both axes (a stage of no clock cannot be on a logarithmic one) */
static bool is_drawn(const struct quantities *q, const struct explore_point *p)
{
	return p->state == EXPLORE_DONE && p->result.cost.latency_ns > 0 && y_of(q, &p->result.cost) > 0;
}

/* latency, y, size, beginning with number `what` */
static void measures(const struct quantities *q, const struct explore_result *r, int what, double v[BEST])
{
	const double all[BEST] = { r->cost.latency_ns, y_of(q, &r->cost), size_of(q, r) };

	for (int i = 0; i < BEST; i++)
		v[i] = all[(what + i) % BEST];
}

static bool better(const double a[BEST], const double b[BEST])
{
	for (int i = 0; i < BEST; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}

/* the point that is smallest in number `what`, of equal ones in the others too; clipping ones apart. p->n: there is none */
static size_t best_of(const struct explore_points *p, const struct quantities *q, int what)
{
	double least[BEST] = { INFINITY, INFINITY, INFINITY }, v[BEST];
	size_t best = p->n;

	for (size_t i = 0; i < p->n; i++) {
		if (!is_drawn(q, &p->point[i]) || explore_missing_bits(&p->point[i]))
			continue;
		measures(q, &p->point[i].result, what, v);
		if (better(v, least)) {
			memcpy(least, v, sizeof(v));
			best = i;
		}
	}
	return best;
}

/* "A: lowest latency: 256 x 256, ...: 1.20 ms, 30.1 mJ" */
static char *note_of(const struct explore_point *p, const struct quantities *q, int what)
{
	const char *const text[BEST] = { "lowest latency", q->energy ? "lowest energy" : "fewest comparisons", q->area ? "smallest area" : "fewest array cells" };
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%c: %s: ", 'A' + what, text[what]);
	name_of(p, &b);
	quantity(&b, ": ", p->result.cost.latency_ns, PLOT_NS);
	buf_adds(&b, ", ");
	plot_quantity(y_of(q, &p->result.cost), q->energy ? PLOT_NJ : PLOT_COUNT, &b);
	buf_adds(&b, q->energy ? ", " : " comparisons, ");
	plot_quantity(size_of(q, &p->result), q->area ? PLOT_UM2 : PLOT_COUNT, &b);
	buf_adds(&b, q->area ? "" : " cells");
	return b.data;
}

static struct quantities quantities_of(const struct explore_points *p)
{
	struct quantities q = { .area = explore_has_area(p) };

	for (size_t i = 0; i < p->n; i++)
		q.energy |= p->point[i].state == EXPLORE_DONE && !isnan(p->point[i].result.cost.energy_nj);
	return q;
}

/* notes: room for MOST_NOTES. Returns how many there are */
static size_t make_notes(const struct explore_points *p, const struct quantities *q, struct plot_point *drawn, const size_t *at, char labels[BEST][BEST + 1], char **notes)
{
	size_t n = 0, lacking = 0, done = 0;
	struct buf b;

	for (int what = 0; what < BEST; what++) {
		size_t i = best_of(p, q, what), first = p->n;
		char letter[2] = { (char)('A' + what), '\0' };

		if (i == p->n)
			continue;
		notes[n++] = note_of(&p->point[i], q, what);
		/* letters of one point stand together, at the first of them */
		for (int k = 0; k <= what && first == p->n; k++)
			if (best_of(p, q, k) == i)
				first = (size_t)k;
		strcat(labels[first], letter);
		drawn[at[i]].label = labels[first];
	}
	for (size_t i = 0; i < p->n; i++) {
		done += p->point[i].state == EXPLORE_DONE;
		lacking += p->point[i].state == EXPLORE_DONE && !is_drawn(q, &p->point[i]);
	}
	if (!q->energy && done)
		notes[n++] = mem_strdup("The cost table does not give the energy: comparisons are drawn in its place.");
	if (!q->area && done)
		notes[n++] = mem_strdup("The cost table does not give the area: the front compares array cells and converter area in its place.");
	if (lacking) {
		buf_init(&b);
		buf_addf(&b, "Not drawn, for want of %s: %zu of the points.", q->energy ? "energy" : "comparisons", lacking);
		notes[n++] = b.data;
	}
	return n;
}

void explore_plot(const struct explore_points *p, const char *model, const char *subtitle, struct buf *out)
{
	struct quantities q = quantities_of(p);
	struct plot_point *drawn = MEM_NEW(p->n, struct plot_point);
	size_t *at = MEM_NEW(p->n, size_t); /* of a point, among the drawn ones */
	char labels[BEST][BEST + 1] = { "" }, *notes[MOST_NOTES];
	struct plot plot = {
		.subtitle = subtitle, .x = { "latency", PLOT_NS }, .y = { q.energy ? "energy" : "comparisons", q.energy ? PLOT_NJ : PLOT_COUNT },
		.size = { q.area ? "area" : "array cells", q.area ? PLOT_UM2 : PLOT_COUNT }, .series_title = "placement", .front = "on the front",
		.hollow = "large sums clip", .note = (const char *const *)notes, .point = drawn,
	};

	struct buf title;

	buf_init(&title);
	buf_addf(&title, "%s: latency against %s", model, plot.y.what);
	plot.title = title.data;
	for (int i = 0; i < PLOT_MAX_SERIES; i++)
		plot.series[i] = place_kind_name[i];
	for (size_t i = 0; i < p->n; i++) {
		const struct explore_point *x = &p->point[i];

		if (!is_drawn(&q, x))
			continue;
		at[i] = plot.n;
		drawn[plot.n++] = (struct plot_point){ .x = x->result.cost.latency_ns, .y = y_of(&q, &x->result.cost), .size = size_of(&q, &x->result), .series = (int)x->placement,
			.marked = x->front, .hollow = explore_missing_bits(x) > 0, .tip = tip_of(x) };
	}
	plot.n_notes = make_notes(p, &q, drawn, at, labels, notes);
	plot_svg(&plot, out);
	for (size_t i = 0; i < plot.n_notes; i++)
		free(notes[i]);
	for (size_t i = 0; i < plot.n; i++)
		free((char *)drawn[i].tip);
	buf_release(&title);
	free(drawn);
	free(at);
}
