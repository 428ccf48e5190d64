/* counts.json with tree.json, and codes.json: what the converters see, how they ask, and what they say.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/histogram.h"
#include "adc/tree.h"
#include "cli/report_parts.h"
#include "common/file.h"
#include "common/mem.h"
#include "golden/readout.h"
#include "report/errormap.h"
#include "report/histogram.h"
#include "report/page.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CONVERTERS = 64 * 256, MOST_CELLS = 2000000 };

/* the window of config.xml as thresholds in counts, by golden's own table */
static double *thresholds(const struct cfg *c)
{
	const struct ro_window w = { c->lsb, c->low, c->rounding == CFG_NEAREST };
	int32_t *T = MEM_NEW((size_t)1 << c->bits, int32_t);
	double *t = MEM_NEW((size_t)1 << c->bits, double);

	ro_ideal_table(&w, c->bits, c->grid_bits, T);
	for (int k = 1; k < 1 << c->bits; k++)
		t[k] = (double)T[k] / (1 << c->grid_bits);
	free(T);
	return t;
}

/* tree.json where it is there, else the order of a plain SAR. 1: there is a tree to draw, 0: the kind asks no tree, -1 */
static int find_tree(struct report *r, struct tree *t, const char **name)
{
	char *path = file_join(r->dir, "tree.json");
	int rc = 1;

	if (file_exists(path)) {
		*name = "tree.json";
		rc = tree_read(path, t, r->e) ? -1 : 1;
		if (rc > 0 && t->bits != r->cfg.bits)
			rc = err_set(r->e, ERR_INPUT, "'%s': a tree of %d bits, readout.bits of config.xml is %d: legal is a tree of as many bits; make it again as docs/report.md says", path, t->bits, r->cfg.bits);
	} else if (r->cfg.adc == CFG_SAR && r->cfg.search == CFG_BINARY && r->cfg.bits <= TREE_MAX_BITS) {
		*name = "binary search";
		tree_binary(r->cfg.bits, t);
	} else {
		rc = 0;
	}
	free(path);
	return rc;
}

static int draw_counts(struct report *r, const struct histogram *h, const char *of)
{
	struct tree t;
	const char *name = NULL;
	int tree = find_tree(r, &t, &name);
	double *threshold;
	struct count_histogram c;

	if (tree < 0)
		return -1;
	threshold = thresholds(&r->cfg);
	c = (struct count_histogram){ .of = of, .first = h->first, .n = (int)h->n, .count = h->count, .bits = r->cfg.bits, .lsb = r->cfg.lsb, .threshold = threshold, .left = tree ? t.left : NULL,
		.right = tree ? t.right : NULL, .root = tree ? t.root : 0, .tree_name = name };
	histogram_figure(&c, r->out);
	if (!tree)
		page_soft(r->out, "Converters of this kind do not search: there is no order of asking to draw.");
	free(threshold);
	return 0;
}

int report_counts(struct report *r)
{
	struct rl_file f;
	struct histogram h = { 0 };
	int rc = rl_open(&f, r->dir, "counts.json", r->e);

	if (rc > 0 && !r->has_cfg)
		rl_fault(&f, "without config.xml beside it there is no window to read it with");
	else if (rc > 0 && !(f.rc = histogram_read(f.path, &h, r->e))) {
		const char *layer = rl_text_or_null(&f, f.root, "layer");
		char *of = layer ? report_format("the first program of layer %s", layer) : mem_strdup("a text");

		report_section(r, &f, "counts", "Counts that the converters see, and the order of asking");
		f.rc = f.rc ? f.rc : draw_counts(r, &h, of);
		page_section_end(r->out);
		free(of);
	} else if (!rc) {
		page_absent(&r->absent, "Histogram of counts", "bitline cosim ... --out DIR");
	}
	histogram_release(&h);
	return rl_close(&f);
}

/* ---- codes ---- */

static int load(struct rl_file *f, struct errormap *m)
{
	const json_t *list;
	struct errormap_cell *cell;

	m->layer = rl_text(f, f->root, "layer");
	m->converters = (int)rl_int(f, f->root, "converters", 1, MOST_CONVERTERS);
	m->adcs = (int)rl_int(f, f->root, "adcs", 1, 256);
	m->codes = rl_count(f, f->root, "codes", RL_NUMBER);
	list = rl_list(f, f->root, "cells", MOST_CELLS);
	m->n = json_array_size(list);
	m->cell = cell = MEM_NEW(m->n, struct errormap_cell);
	for (size_t i = 0; i < m->n && !f->rc; i++) {
		const json_t *row = rl_row_at(f, list, "cells", i, 4);

		cell[i] = (struct errormap_cell){ (int)rl_int_at(f, row, "cells", 0, 0, m->converters - 1), (int)rl_int_at(f, row, "cells", 1, 0, 4095), (int)rl_int_at(f, row, "cells", 2, 0, 4095),
			(uint64_t)rl_int_at(f, row, "cells", 3, 1, RL_NUMBER) };
		m->wrong += cell[i].ideal == cell[i].seen ? 0 : cell[i].n;
	}
	return f->rc;
}

static void say(struct report *r, struct rl_file *f, const struct errormap *m)
{
	const char *engine = rl_text_or_null(f, f->root, "engine");
	bool equal = rl_bool(f, f->root, "equal");
	char *text, *who = engine ? report_format(equal ? "The RTL (engine %s) gave the same codes, every one." : "The RTL (engine %s) gave others: see the first difference above.", engine) : NULL;

	text = report_format("%" PRIu64 " conversions of layer %s by %s converters, seen codes against those of the ideal converter with the same window and resolution, at the same count: %" PRIu64 " differ%s %s",
		m->codes, m->layer, rl_text(f, f->root, "kind"), m->wrong, m->wrong ? "." : ": every code is the ideal one.", who ? who : "Codes of the golden machine; the engine shows none.");
	page_text(r->out, text);
	free(text);
	free(who);
}

int report_codes(struct report *r)
{
	struct rl_file f;
	struct errormap m = { 0 };
	int rc = rl_open(&f, r->dir, "codes.json", r->e);

	if (rc > 0 && !load(&f, &m)) {
		report_section(r, &f, "codes", "Codes against the ideal converter");
		say(r, &f, &m);
		if (m.wrong)
			errormap_figure(&m, r->out);
		page_section_end(r->out);
	} else if (!rc) {
		page_absent(&r->absent, "Code errors", "bitline cosim ... --out DIR (not for stochastic converters, which have no one right code)");
	}
	free((void *)m.cell);
	return rl_close(&f);
}
