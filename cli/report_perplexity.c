/* perplexity.B.json: perplexity against the bits of the converters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"
#include "report/curve.h"
#include "report/page.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BITS = 12 };

struct points { struct curve_point at[MOST_BITS]; bool lossless[MOST_BITS]; size_t n; double level; uint64_t tokens; char config[64]; };

/* 1: a point more */
static int read_one(struct report *r, int bits, struct points *p)
{
	char name[32];
	struct rl_file f;
	double y;
	int rc;

	snprintf(name, sizeof(name), "perplexity.%d.json", bits);
	rc = rl_open(&f, r->dir, name, r->e);
	if (rc > 0) {
		y = rl_real(&f, f.root, "perplexity");
		p->at[p->n] = (struct curve_point){ (int)rl_int(&f, f.root, "bits", bits, bits), y };
		p->lossless[p->n++] = rl_bool(&f, f.root, "lossless");
		p->level = rl_real(&f, f.root, "float_perplexity");
		p->tokens = rl_count(&f, f.root, "tokens", RL_NUMBER);
		snprintf(p->config, sizeof(p->config), "%s", rl_text(&f, f.root, "config"));
		if (!f.rc && (!(y > 0) || !(p->level > 0)))
			rl_fault(&f, "perplexity is %g, in floats %g: legal above 0", y, p->level);
	}
	return rl_close(&f);
}

static void draw(struct report *r, const struct points *p)
{
	static const char *const head[] = { "bits", "perplexity", "against floats", "" };
	const struct page_columns c = { 4, head, 7 };
	char *alt = report_format("Perplexity against the bits of the converters of %s: from %.4g at %d bits to %.4g at %d bits; %.4g in floats.", p->config, p->at[0].y, p->at[0].x,
		p->at[p->n - 1].y, p->at[p->n - 1].x, p->level);
	char *caption = report_format("%" PRIu64 " tokens through every linear layer of %s, only readout.bits changed. Dashed: the same model in floats, %.5g.", p->tokens, p->config, p->level);

	curve_figure(&(struct curve){ "perplexity against bits", alt, caption, "bits of a converter (readout.bits)", "perplexity", p->at, p->n, p->level, "in floats" }, r->out);
	page_details(r->out, "numbers");
	page_table(r->out, "Perplexity by bits", &c);
	for (size_t i = 0; i < p->n; i++) {
		char text[3][32];

		snprintf(text[0], sizeof(text[0]), "%d", p->at[i].x);
		snprintf(text[1], sizeof(text[1]), "%.4f", p->at[i].y);
		snprintf(text[2], sizeof(text[2]), "%+.2f %%", 100 * (p->at[i].y / p->level - 1));
		page_row(r->out, &c, (const char *[]){ text[0], text[1], text[2], p->lossless[i] ? "lossless" : "" });
	}
	page_table_end(r->out);
	page_details_end(r->out);
	free(alt);
	free(caption);
}

int report_perplexity(struct report *r)
{
	struct points p = { .n = 0 };

	for (int bits = 1; bits <= MOST_BITS; bits++)
		if (read_one(r, bits, &p))
			return -1;
	if (!p.n) {
		page_absent(&r->absent, "Perplexity against bits", "bitline golden --model M --text T --config C -s readout.bits=B --out DIR, for several B");
		return 0;
	}
	r->found++;
	page_section(r->out, "perplexity", "Perplexity against bits");
	draw(r, &p);
	page_section_end(r->out);
	return 0;
}
