/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/adc_table.h"
#include "common/buf.h"
#include "common/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* in the order of the table */
static const struct family { const char *name; enum cfg_adc kind; enum cfg_bubble bubble; enum cfg_search search; bool encoder; } families[] = {
	{ "sar", CFG_SAR, CFG_MAJORITY, CFG_BINARY, false },
	{ "asymmetric", CFG_SAR, CFG_MAJORITY, CFG_ASYMMETRIC, false },
	{ "flash", CFG_FLASH, CFG_MAJORITY, CFG_BINARY, false },
	{ "flash-ones", CFG_FLASH, CFG_ONES, CFG_BINARY, false },
	{ "hybrid", CFG_HYBRID, CFG_MAJORITY, CFG_BINARY, false },
	{ "hybrid-ones", CFG_HYBRID, CFG_ONES, CFG_BINARY, false },
	{ "sense", CFG_SENSE, CFG_MAJORITY, CFG_BINARY, false },
	{ "stochastic", CFG_STOCHASTIC, CFG_MAJORITY, CFG_BINARY, false },
	{ "encoder", CFG_FLASH, CFG_MAJORITY, CFG_BINARY, true },
	{ "encoder-ones", CFG_FLASH, CFG_ONES, CFG_BINARY, true },
};
enum { FAMILIES = sizeof(families) / sizeof(*families), MAX_BITS = 12 };

static const struct family *family(const char *name)
{
	for (int i = 0; i < FAMILIES; i++)
		if (!strcmp(families[i].name, name))
			return &families[i];
	return NULL;
}

static bool wanted(const struct adc_wanted *w, const struct family *f)
{
	for (size_t i = 0; i < w->kinds.n; i++)
		if (!strcmp(w->kinds.v[i], f->name))
			return true;
	return w->kinds.n == 0;
}

static int widths(const char *text, int *lo, int *hi, struct err *e)
{
	char after;

	*lo = 1;
	*hi = MAX_BITS;
	if (!text)
		return 0;
	if (sscanf(text, "%2d..%2d%c", lo, hi, &after) != 2) {
		if (sscanf(text, "%2d%c", lo, &after) != 1)
			*lo = 0;
		*hi = *lo;
	}
	if (*lo < 1 || *hi > MAX_BITS || *lo > *hi)
		return err_set(e, ERR_INPUT, "--bits '%.60s' is no width and no range of widths: legal 1..%d, as 5 or 3..8", text, MAX_BITS);
	return 0;
}

static int check(const struct adc_wanted *w, struct err *e)
{
	for (size_t i = 0; i < w->kinds.n; i++)
		if (!family(w->kinds.v[i]))
			return err_set(e, ERR_INPUT, "--kind '%.60s' is unknown: legal are sar, asymmetric, flash, flash-ones, hybrid, hybrid-ones, sense, stochastic, encoder, encoder-ones", w->kinds.v[i]);
	if (w->reference && strcmp(w->reference, "local") && strcmp(w->reference, "immersed"))
		return err_set(e, ERR_INPUT, "--reference '%.60s' is unknown: legal are local, immersed", w->reference);
	return 0;
}

static void name_synth(struct adc_row *r)
{
	struct buf s;

	buf_init(&s);
	if (r->encoder)
		buf_addf(&s, "cim_therm_enc Bits=%d Bubble=%d", r->c.bits, r->c.bubble == CFG_ONES);
	else /* the counter of a compare cycle: 8 bits of `compare`, 10 for the sum of an immersed reference's three phases */
		buf_addf(&s, "cim_adc Adcs=1 AdcBits=%d Kind=%d Search=%d Bubble=%d CycleBits=%d", r->c.bits, r->c.kind, r->c.search == CFG_ASYMMETRIC, r->c.bubble == CFG_ONES,
			 r->c.reference == CFG_LOCAL ? 8 : 10);
	if (r->c.kind == CFG_HYBRID)
		buf_addf(&s, " FlashBits=%d", r->c.flash_bits);
	r->synth = s.data;
}

static int cost(const struct adc_wanted *w, const struct histogram *h, struct adc_row *r, struct err *e)
{
	static const struct histogram_window clip = { 1, 0, CFG_FLOOR };
	uint64_t weight[1 << MAX_BITS];
	bool has_tree = r->c.search == CFG_ASYMMETRIC;
	struct tree tree;

	if (h->n)
		histogram_codes(h, &clip, r->c.bits, weight);
	else
		histogram_quarter(r->c.bits, weight);
	if (has_tree && tree_build(r->c.bits, weight, (int)w->depth, &tree, e))
		return -1;
	cost_of(&r->c, weight, has_tree ? &tree : NULL, &r->cost);
	cost_energy(&r->c, w->vdd, r->energy);
	return 0;
}

static int add(const struct adc_wanted *w, const struct histogram *h, const struct family *f, int bits, enum cfg_reference reference, struct adc_table *t, struct err *e)
{
	struct adc_row r = { .kind = f->name, .encoder = f->encoder, .compare_clocks = reference == CFG_LOCAL ? 1 : 3 };

	r.c = (struct cost_case){ f->kind, bits, f->kind != CFG_HYBRID ? 0 : w->flash_bits < bits ? (int)w->flash_bits : bits - 1, (1 << bits) - 1, f->bubble, f->search, reference };
	if (!cost_legal(&r.c) || (f->encoder && (reference == CFG_IMMERSED || w->no_cells)))
		return 0;
	if (!f->encoder && cost(w, h, &r, e))
		return -1;
	name_synth(&r);
	t->row = mem_realloc(t->row, t->n + 1, sizeof(*t->row));
	t->row[t->n++] = r;
	return 0;
}

static int synthesise(struct adc_table *t, struct err *e)
{
	const char **cases = MEM_NEW(t->n, const char *);
	struct adc_cells *cells = MEM_NEW(t->n, struct adc_cells);
	int rc;

	for (size_t i = 0; i < t->n; i++)
		cases[i] = t->row[i].synth;
	rc = adc_synth(cases, t->n, cells, e);
	for (size_t i = 0; i < t->n; i++)
		t->row[i].cells = cells[i];
	free(cases);
	free(cells);
	return rc;
}

static int rows(const struct adc_wanted *w, const struct histogram *h, int lo, int hi, struct adc_table *t, struct err *e)
{
	for (int i = 0; i < FAMILIES; i++)
		for (enum cfg_reference ref = CFG_LOCAL; ref <= CFG_IMMERSED; ref++)
			for (int bits = lo; bits <= hi; bits++)
				if (wanted(w, &families[i]) && (!w->reference || (ref == CFG_LOCAL) == !strcmp(w->reference, "local")) && add(w, h, &families[i], bits, ref, t, e))
					return -1;
	if (t->n == 0)
		return err_set(e, ERR_INPUT, "no converter is left: no kind of --kind with a width of --bits is legal with such a reference; legal widths: docs/numerics.md section 4");
	return 0;
}

int adc_table_make(const struct adc_wanted *w, struct adc_table *t, struct err *e)
{
	struct histogram h = { 0 };
	int lo, hi, rc;

	*t = (struct adc_table){ .vdd = w->vdd, .weights = w->histogram, .cells = !w->no_cells };
	if (check(w, e) || widths(w->bits, &lo, &hi, e) || (w->histogram && histogram_read(w->histogram, &h, e)))
		rc = -1;
	else
		rc = rows(w, &h, lo, hi, t, e) || (t->cells && synthesise(t, e)) ? -1 : 0;
	histogram_release(&h);
	return rc;
}

void adc_table_release(struct adc_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->row[i].synth);
	free(t->row);
}
