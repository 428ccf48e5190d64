/* map.json: energy and area, and where the constants are from.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"
#include "report/bars.h"
#include "report/page.h"
#include <math.h>
#include <stdlib.h>

enum { MOST_CONSTANTS = 100, MOST_MISSING = 16 };

static void add_quantity(struct buf *b, const char *before, double v, const char *unit)
{
	buf_adds(b, before);
	if (isnan(v))
		buf_adds(b, "not given");
	else
		bars_quantity(v, unit, b);
}

/* what lacks, in words; the empty string: nothing does */
static void missing(struct rl_file *f, struct buf *b)
{
	const json_t *list = rl_list(f, f->root, "not_given", MOST_MISSING);

	for (size_t i = 0; i < json_array_size(list) && !f->rc; i++) {
		const char *s = json_string_value(json_array_get(list, i));

		if (!s)
			rl_fault(f, "entry %zu of \"not_given\" is no text", i);
		else
			buf_addf(b, "%s%s", i ? ", " : "", s);
	}
}

static void energy(struct report *r, struct rl_file *f, const char *lacks)
{
	struct bars_row row[] = {
		{ "converters", { rl_real(f, f->root, "converter_energy_nj") }, NULL }, { "arrays", { rl_real(f, f->root, "array_energy_nj") }, NULL },
		{ "moving bits", { rl_real(f, f->root, "movement_energy_nj") }, NULL }, { "writing cells", { rl_real(f, f->root, "load_energy_nj") }, "not given: no source" },
	};
	double all = rl_real(f, f->root, "energy_nj"), known = 0;
	struct buf alt, caption;

	buf_init(&alt);
	buf_init(&caption);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		add_quantity(&alt, i ? ", " : "Energy by part: ", row[i].value[0], "nJ");
		buf_addf(&alt, " %s", row[i].name);
		known += isnan(row[i].value[0]) ? 0 : row[i].value[0];
	}
	buf_adds(&alt, ".");
	add_quantity(&caption, "Energy of the run that map.json predicts: ", isnan(all) ? known : all, "nJ");
	if (isnan(all))
		buf_addf(&caption, " for the parts that are given; the table of constants lacks: %s", *lacks ? lacks : "a constant");
	buf_adds(&caption, ".");
	bars_figure(&(struct bars){ "energy breakdown", alt.data, caption.data, "nJ", { "energy", NULL }, row, sizeof(row) / sizeof(*row) }, r->out);
	buf_release(&alt);
	buf_release(&caption);
}

static void area(struct report *r, struct rl_file *f)
{
	double converters = rl_real(f, f->root, "converter_area_um2"), all = rl_real(f, f->root, "area_um2");
	struct bars_row row[] = { { "converters", { converters }, NULL }, { "cells", { all - converters }, "not given: no source" } };
	struct buf alt, caption;

	buf_init(&alt);
	buf_init(&caption);
	add_quantity(&alt, "Area by part: ", converters, "um2");
	add_quantity(&alt, " converters, ", all - converters, "um2");
	buf_adds(&alt, " cells.");
	add_quantity(&caption, "Silicon area of the arrays: ", all, "um2");
	buf_adds(&caption, ". Digital logic is not in it: the flows measure that (docs/synthesis.md).");
	bars_figure(&(struct bars){ "area breakdown", alt.data, caption.data, "um2", { "area", NULL }, row, 2 }, r->out);
	buf_release(&alt);
	buf_release(&caption);
}

static void constants(struct report *r, struct rl_file *f)
{
	static const char *const head[] = { "constant", "value", "unit", "source" };
	const struct page_columns c = { 4, head, 2 };
	const json_t *list = rl_list(f, f->root, "constants", MOST_CONSTANTS);

	page_details(r->out, "constants and their sources");
	page_table(r->out, "Constants that energy and area are made of (docs/cost.md section 4)", &c);
	for (size_t i = 0; i < json_array_size(list) && !f->rc; i++) {
		const json_t *j = rl_object_at(f, list, "constants", i);
		double v = rl_real(f, j, "value");
		char *text = isnan(v) ? report_format("not given") : report_format("%g", v);

		page_row(r->out, &c, (const char *[]){ rl_text(f, j, "name"), text, rl_text(f, j, "unit"), rl_text(f, j, "source") });
		free(text);
	}
	page_table_end(r->out);
	page_details_end(r->out);
}

int report_cost(struct report *r)
{
	struct rl_file f;
	int rc = rl_open(&f, r->dir, "map.json", r->e);

	if (rc > 0) {
		struct buf lacks;
		char *text;

		buf_init(&lacks);
		report_section(r, &f, "cost", "Energy and area");
		text = report_format("By the table of constants \"%s\": %lld arrays, %.4g %% of their cells used, %lld cycles.", rl_text(&f, f.root, "cost"), (long long)rl_count(&f, f.root, "arrays", RL_NUMBER),
			100 * rl_real(&f, f.root, "utilisation"), (long long)rl_count(&f, f.root, "cycles", RL_NUMBER));
		page_text(r->out, text);
		free(text);
		missing(&f, &lacks);
		energy(r, &f, lacks.data);
		area(r, &f);
		constants(r, &f);
		page_section_end(r->out);
		buf_release(&lacks);
	} else if (!rc) {
		page_absent(&r->absent, "Energy and area", "bitline map --config C --model M --out DIR");
	}
	return rl_close(&f);
}
