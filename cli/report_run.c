/* Verdict, text, and what was compared: run.json, text.json.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"
#include "common/mem.h"
#include "report/bars.h"
#include "report/page.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LAYERS = 4096, DRAWN_LAYERS = 12, OPEN_LAYERS = 8 /* more are behind a summary */, MOST_TOKENS = 1000000 };

/* what decides, of either file */
struct verdict { bool here; uint64_t mismatches, codes, partials, outputs, cycles, predicted; int layers; char *engine, *check, *first; };

static void verdict_release(struct verdict *v)
{
	free(v->engine);
	free(v->check);
	free(v->first);
}

static int read_verdict(struct report *r, const char *name, struct verdict *v)
{
	struct rl_file f;
	const char *first;

	memset(v, 0, sizeof(*v));
	if (rl_open(&f, r->dir, name, r->e) <= 0)
		return rl_close(&f);
	v->here = true;
	v->mismatches = rl_count(&f, f.root, "mismatches", RL_NUMBER);
	v->codes = rl_count(&f, f.root, "codes_compared", RL_NUMBER);
	v->partials = rl_count(&f, f.root, "partials_compared", RL_NUMBER);
	v->outputs = rl_count(&f, f.root, "outputs_compared", RL_NUMBER);
	v->cycles = rl_count(&f, f.root, "rtl_cycles", RL_NUMBER);
	v->predicted = rl_count(&f, f.root, "predicted_cycles", RL_NUMBER);
	v->layers = (int)json_array_size(rl_list(&f, f.root, "layers", MOST_LAYERS));
	v->engine = mem_strdup(rl_text(&f, f.root, "engine"));
	v->check = mem_strdup(rl_text(&f, f.root, "layer_check"));
	first = rl_text_or_null(&f, f.root, "first_difference");
	v->first = first ? mem_strdup(first) : NULL;
	return rl_close(&f);
}

/* the engines behind which golden itself answers compare no code */
static bool judged(const struct verdict *v)
{
	return v->codes > 0 || v->outputs > 0;
}

static void say(struct buf *b, const struct verdict *v, const char *what)
{
	if (v->here)
		buf_addf(b, "%s%s: %" PRIu64 " codes, %" PRIu64 " partial sums and %" PRIu64 " outputs compared (engine %s), %" PRIu64 " mismatches; cycles %" PRIu64 ", predicted %" PRIu64 ".",
			 b->len ? "\n" : "", what, v->codes, v->partials, v->outputs, v->engine, v->mismatches, v->cycles, v->predicted);
}

static void banner(struct report *r, const struct verdict *run, const struct verdict *text)
{
	const char *first = run->first ? run->first : text->first;
	struct buf detail;

	buf_init(&detail);
	say(&detail, text, "Text");
	say(&detail, run, "Layers");
	if (!run->here && !text->here)
		page_verdict(r->out, PAGE_OPEN, "Nothing was judged: no run is recorded here", "bitline cosim ... --out DIR runs layers through the emitted RTL and compares them with the golden model.");
	else if (run->mismatches || text->mismatches)
		page_verdict(r->out, PAGE_BAD, "Different: the RTL does not compute what the golden model does", detail.data);
	else if ((!run->here || judged(run)) && (!text->here || judged(text)))
		page_verdict(r->out, PAGE_GOOD, "Equal, bit by bit: emitted RTL and golden model", detail.data);
	else
		page_verdict(r->out, PAGE_OPEN, "No difference, but nothing was compared", detail.data);
	if (first)
		page_code(r->out, first);
	buf_release(&detail);
}

int report_verdict(struct report *r)
{
	struct verdict run, text = { 0 };
	int rc = read_verdict(r, "run.json", &run) || read_verdict(r, "text.json", &text) ? -1 : 0;

	if (!rc)
		banner(r, &run, &text);
	verdict_release(&run);
	verdict_release(&text);
	return rc;
}

/* ---- cycles predicted and seen ---- */

struct layer { const char *name, *check; uint64_t out, in, codes, outputs, mismatches, seen, predicted; };

static int read_layer(struct rl_file *f, const json_t *list, size_t i, struct layer *l)
{
	const json_t *j = rl_object_at(f, list, "per_layer", i);

	*l = (struct layer){ .name = rl_text(f, j, "name"), .check = rl_text(f, j, "layer_check") };
	l->out = rl_count(f, j, "out", INT32_MAX);
	l->in = rl_count(f, j, "in", INT32_MAX);
	l->codes = rl_count(f, j, "codes_compared", RL_NUMBER);
	l->outputs = rl_count(f, j, "outputs_compared", RL_NUMBER);
	l->mismatches = rl_count(f, j, "mismatches", RL_NUMBER);
	l->seen = rl_count(f, j, "rtl_cycles", RL_NUMBER);
	l->predicted = rl_count(f, j, "predicted_cycles", RL_NUMBER);
	return f->rc;
}

static void table(struct buf *out, const struct layer *l, size_t n)
{
	static const char *const head[] = { "layer", "outputs x inputs", "codes compared", "outputs compared", "mismatches", "cycles seen", "predicted", "layer check" };
	const struct page_columns c = { 8, head, 0x7e };

	page_table(out, "Layers", &c);
	for (size_t i = 0; i < n; i++) {
		char text[6][48];

		snprintf(text[0], sizeof(text[0]), "%" PRIu64 " x %" PRIu64, l[i].out, l[i].in);
		snprintf(text[1], sizeof(text[1]), "%" PRIu64, l[i].codes);
		snprintf(text[2], sizeof(text[2]), "%" PRIu64, l[i].outputs);
		snprintf(text[3], sizeof(text[3]), "%" PRIu64, l[i].mismatches);
		snprintf(text[4], sizeof(text[4]), "%" PRIu64, l[i].seen);
		snprintf(text[5], sizeof(text[5]), "%" PRIu64, l[i].predicted);
		page_cells(out, &c, (const struct page_cell[]){ { l[i].name }, { text[0] }, { text[1] }, { text[2] }, { text[3], .tone = l[i].mismatches ? CELL_BAD : CELL_GOOD }, { text[4] },
			{ text[5], .tone = l[i].seen == l[i].predicted ? CELL_PLAIN : CELL_OPEN }, { l[i].check } });
	}
	page_table_end(out);
}

static void figure(struct buf *out, const struct layer *l, size_t n, const char *of)
{
	size_t drawn = n < DRAWN_LAYERS ? n : DRAWN_LAYERS, equal = 0;
	struct bars_row *row = MEM_NEW(drawn + 1, struct bars_row);
	char *alt, *caption;

	for (size_t i = 0; i < n; i++)
		equal += l[i].seen == l[i].predicted;
	for (size_t i = 0; i < drawn; i++)
		row[i] = (struct bars_row){ l[i].name, { (double)l[i].predicted, (double)l[i].seen }, NULL };
	alt = report_format("Bars of cycles predicted and seen for %zu of %zu layers %s; %zu are equal. The table below has the numbers.", drawn, n, of, equal);
	caption = report_format("Cycles that the mapper predicts and that the RTL's counter shows: %zu of %zu layers equal.%s", equal, n,
		drawn < n ? " The first ones are drawn." : "");
	bars_figure(&(struct bars){ "cycles predicted and seen", alt, caption, "", { "predicted", "seen in RTL" }, row, drawn }, out);
	free(alt);
	free(caption);
	free(row);
}

/* of an asymmetric search the prediction is a mean with bounds */
static void bounds(struct report *r, struct rl_file *f)
{
	char *text;

	if (!json_object_get(f->root, "predicted_least"))
		return;
	text = report_format("The search is asymmetric: the prediction takes every conversion at the mean of its tree. Bounds: %" PRIu64 " to %" PRIu64 " cycles; %.3f comparisons of a conversion promised, %.3f seen.",
		rl_count(f, f->root, "predicted_least", RL_NUMBER), rl_count(f, f->root, "predicted_most", RL_NUMBER), rl_real(f, f->root, "tree_mean"), rl_real(f, f->root, "comparisons_per_conversion"));
	page_soft(r->out, text);
	free(text);
}

static int layers(struct report *r, struct rl_file *f, const char *of)
{
	const json_t *list = rl_list(f, f->root, "per_layer", MOST_LAYERS);
	size_t n = json_array_size(list);
	struct layer *l = MEM_NEW(n, struct layer);

	for (size_t i = 0; i < n && !f->rc; i++)
		read_layer(f, list, i, &l[i]);
	if (!f->rc && n) {
		figure(r->out, l, n, of);
		bounds(r, f);
		if (n > OPEN_LAYERS)
			page_details(r->out, "numbers");
		table(r->out, l, n);
		if (n > OPEN_LAYERS)
			page_details_end(r->out);
	}
	free(l);
	return f->rc;
}

static void counters(struct report *r, struct rl_file *f)
{
	static const char *const key[] = { "activations", "conversions", "comparisons", "compute_clocks", "convert_clocks", "serve_clocks", "wait_load", "wait_act", "wait_out", "wait_end", "stalls" };
	static const char *const what[] = { "activations of arrays, a bit plane each", "conversions", "comparisons", "clocks of precharge and evaluate, summed over tiles", "clocks of converting, summed over tiles",
		"clocks of serving as reference, summed over tiles", "clocks that LOAD waited for tiles", "clocks that activations waited for tiles", "clocks that outputs waited for tiles", "clocks that END waited", "clocks that the host stalled" };
	static const char *const head[] = { "counter", "value" };
	const struct page_columns c = { 2, head, 2 };

	page_details(r->out, "counters of the core");
	page_table(r->out, "Counters, read from its registers", &c);
	for (size_t i = 0; i < sizeof(key) / sizeof(*key); i++) {
		char text[32];

		snprintf(text, sizeof(text), "%" PRIu64, rl_count(f, f->root, key[i], RL_NUMBER));
		page_row(r->out, &c, (const char *[]){ what[i], text });
	}
	page_table_end(r->out);
	page_details_end(r->out);
}

int report_run(struct report *r)
{
	struct rl_file f;
	int rc = rl_open(&f, r->dir, "run.json", r->e);

	if (rc > 0) {
		report_section(r, &f, "run", "Layers through the RTL: cycles predicted and seen");
		if (!layers(r, &f, "of the run"))
			counters(r, &f);
		page_section_end(r->out);
	} else if (!rc) {
		page_absent(&r->absent, "Layers through the RTL", "bitline cosim --config C --model M --layers LIST --out DIR");
	}
	return rl_close(&f);
}

/* ---- text ---- */

static void written(struct report *r, struct rl_file *f)
{
	uint64_t new = rl_count(f, f->root, "positions", MOST_TOKENS);
	const json_t *cycles = rl_list(f, f->root, "cycles_per_token", MOST_TOKENS);
	uint64_t sum = 0;
	char *text;

	for (size_t i = 0; i < json_array_size(cycles); i++)
		sum += (uint64_t)rl_int_at(f, cycles, "cycles_per_token", i, 0, INT64_C(1) << 40);
	page_code(r->out, rl_text(f, f->root, "text"));
	text = report_format("%" PRIu64 " positions, %.0f cycles each on the average; head: %s; text judged by: %s; temperature %g, seed %" PRIu64 ".", new,
		json_array_size(cycles) ? (double)sum / (double)json_array_size(cycles) : 0, rl_text(f, f->root, "head"), rl_text(f, f->root, "text_check"), rl_real(f, f->root, "temperature"),
		rl_count(f, f->root, "seed", INT32_MAX));
	page_soft(r->out, text);
	free(text);
}

int report_text(struct report *r)
{
	struct rl_file f;
	int rc = rl_open(&f, r->dir, "text.json", r->e);

	if (rc > 0) {
		report_section(r, &f, "text", "Text out of the RTL");
		written(r, &f);
		page_details(r->out, "layers of the text: cycles predicted and seen");
		layers(r, &f, "of the text");
		page_details_end(r->out);
		page_section_end(r->out);
	} else if (!rc) {
		page_absent(&r->absent, "Text out of the RTL", "bitline cosim --config C --model M --generate N --out DIR");
	}
	return rl_close(&f);
}
