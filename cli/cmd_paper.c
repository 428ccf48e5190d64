/* `bitline paper-a`: the figures of paper A (de Lima et al., arXiv 2510.11192, sections III and IV) beside ours: reproduced or not, and why not.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_json.h"
#include "common/mem.h"
#include "common/progress.h"
#include "cost/paper.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_MODELS = 3, N_KINDS = 5, MODES = 3, N_REGIMES = 3 };
static const char *const models[N_MODELS] = { "bert-large", "gpt2-medium", "bart-large" };

/* what is placed once per model; packed in its three modes */
struct placed { struct placement p; struct system_cost c; enum place_kind chosen; };
struct paper_model { struct workload w; struct placed kind[N_KINDS - 1], packed[MODES]; };

struct paper_run {
	const char *config, *table;
	struct opt_list set;
	bool json;
	struct cfg cfg;
	struct cost_table *cost;
	struct paper_model model[N_MODELS];
	json_t *rows;            /* what is printed */
	struct progress bar;
	uint64_t placed;
};

static int place(struct paper_run *r, struct paper_model *m, enum place_kind kind, enum place_mode mode, long arrays, struct placed *out, struct err *e)
{
	struct cost_request q = { kind, mode, arrays, 1 };

	progress_at(&r->bar, r->placed++);
	return cost_place(&r->cfg, r->cost, &m->w, &q, &out->p, &out->chosen, &out->c, e);
}

static int place_all(struct paper_run *r, struct err *e)
{
	for (int i = 0; i < N_MODELS; i++) {
		struct paper_model *m = &r->model[i];

		if (wl_shapes(&m->w, models[i], WL_PAPER, false, e))
			return -1;
		for (int k = PLACE_LINEAR; k < PLACE_PACKED; k++)
			if (place(r, m, (enum place_kind)k, PLACE_AREA, 0, &m->kind[k], e))
				return -1;
		/* latency needs a number of arrays: sparse's, half of linear's */
		for (int mode = 0; mode < MODES; mode++)
			if (place(r, m, PLACE_PACKED, (enum place_mode)mode, mode == PLACE_LATENCY ? m->kind[PLACE_SPARSE].c.arrays : 0, &m->packed[mode], e))
				return -1;
	}
	return 0;
}

/* a figure: the paper's (NAN: it gives none), what the named placements give here, packed in the same place; note: why it is not reproduced, or what was assumed */
static void add(struct paper_run *r, const char *what, const char *model, double paper, double here, double packed, double tolerance, const char *note)
{
	json_t *j = json_object();

	json_object_set_new(j, "figure", json_string(what));
	json_object_set_new(j, "model", json_string(model));
	json_object_set_new(j, "paper", isnan(paper) ? json_null() : json_real(paper));
	json_object_set_new(j, "here", isnan(here) ? json_null() : json_real(here));
	json_object_set_new(j, "packed", isnan(packed) ? json_null() : json_real(packed));
	json_object_set_new(j, "reproduced", isnan(paper) ? json_null() : json_boolean(fabs(here / paper - 1) <= tolerance));
	json_object_set_new(j, "note", json_string(note));
	json_array_append_new(r->rows, j);
}

static double fewer(long a, long b)
{
	return 100.0 * (1 - (double)a / (double)b);
}

static void arrays(struct paper_run *r)
{
	for (int i = 0; i < N_MODELS; i++) {
		const struct paper_model *m = &r->model[i];
		long linear = m->kind[PLACE_LINEAR].c.arrays, sparse = m->kind[PLACE_SPARSE].c.arrays, dense = m->kind[PLACE_DENSE].c.arrays, packed = m->packed[PLACE_AREA].c.arrays;

		add(r, "arrays, linear", models[i], i < 2 ? 4608 : 5376, (double)linear, NAN, 0, "count that explains the paper's ratios: n = 1024 and 4096, one weight per cell");
		add(r, "arrays, sparse", models[i], i < 2 ? 2304 : 2688, (double)sparse, NAN, 0, "as above");
		add(r, "arrays, dense, % fewer than linear", models[i], 87, fewer(dense, linear), fewer(packed, linear), 0.04,
		    "the blocks fill 256 x 256 arrays whole here; at the paper's 78.8 % fill it would be 86.8 %");
		add(r, "arrays, dense, % fewer than sparse", models[i], 73, fewer(dense, sparse), fewer(packed, sparse), 0.11, "the paper says more than 73; at its 78.8 % fill it would be 73.6 %");
		add(r, "arrays, dense-strided, % fewer than linear", models[i], 87, fewer(m->kind[PLACE_STRIDED].c.arrays, linear), fewer(packed, linear), 0.04, "the other reading of dense");
		add(r, "utilisation, stored cells of dense, %", models[i], 78.8, 100.0 * (double)(m->kind[PLACE_DENSE].c.cells + m->kind[PLACE_DENSE].c.padding) / ((double)dense * r->cfg.rows * r->cfg.cols),
		    100 * m->packed[PLACE_AREA].c.utilisation, 0.02, "paper: mean over its sizes; here 32 and 64 divide 256. packed: real weights only, padding is not use");
	}
}

static void comparisons(struct paper_run *r)
{
	for (int i = 0; i < N_MODELS; i++) {
		const struct paper_model *m = &r->model[i];
		double linear = (double)m->kind[PLACE_LINEAR].c.comparisons, le = m->kind[PLACE_LINEAR].c.converter_nj;

		add(r, "comparisons, linear / sparse (padding converted)", models[i], NAN, linear / (double)m->kind[PLACE_SPARSE].c.comparisons, linear / (double)m->packed[PLACE_CONVERSIONS].c.comparisons, 0,
		    r->cfg.resolution == CFG_LOG2 ? "bits as the paper counts them, log2 of the rows" : "lossless bits, log2 of rows + 1");
		add(r, "converter energy, linear / sparse", models[i], NAN, le / m->kind[PLACE_SPARSE].c.converter_nj, le / m->packed[PLACE_CONVERSIONS].c.converter_nj, 0, "energy of the table's converter model");
	}
}

static const double paper_ratio[] = { [PLACE_SPARSE] = 1.59, [PLACE_DENSE] = 1.73, [PLACE_STRIDED] = 1.73 };

/* BERT-large's rows under one set. packed: the best of its candidates and modes under the same assumptions */
static void ratios(struct paper_run *r, const struct cfg *c, const struct paper_time *t, const char *note)
{
	const struct paper_model *m = &r->model[0];
	double base = paper_latency(c, &m->kind[PLACE_LINEAR].p, t), each[PLACE_PACKED], best = 0;

	for (int mode = 0; mode < MODES; mode++)
		best = fmax(best, base / paper_latency(c, &m->packed[mode].p, t));
	for (int k = PLACE_SPARSE; k < PLACE_PACKED; k++) {
		each[k] = base / paper_latency(c, &m->kind[k].p, t);
		best = fmax(best, each[k]);
	}
	for (int k = PLACE_SPARSE; k < PLACE_PACKED; k++) {
		char what[96];

		snprintf(what, sizeof(what), "latency, linear / %s", place_kind_name[k]);
		add(r, what, models[0], paper_ratio[k], each[k], best, 0.1, note);
	}
}

/* the ratios of section IV-B */
static void latency(struct paper_run *r)
{
	static const struct paper_time bit_per_clock = { 0, 1, 1, 0, 0 };
	static const struct { struct paper_time time; const char *note; } sets[] = {
		{ { 100, 1, 1, 0, 0 }, "one bit per ns and 100 ns per activation" },
		{ { 0, 1, -1, 0, 0 }, "2^bits clocks (ramp), converters only" },
		{ { 100, 1, -1, 0, 0 }, "2^bits ns (ramp) and 100 ns per activation" },
		{ { 100, 0, 0, 10, 10 }, "100 ns per activation, vectors of 10 ns on one bus, additions of 10 ns" },
		{ { 100, 0, 0, 10, 0 }, "100 ns per activation, vectors of 10 ns on one bus" },
	};

	for (int adcs = 4; adcs <= 32; adcs *= 2) {
		struct cfg c = r->cfg;
		char note[96];

		c.adcs = adcs;
		snprintf(note, sizeof(note), "one bit per clock, converters only, %d converters per array", adcs);
		ratios(r, &c, &bit_per_clock, note);
	}
	for (size_t s = 0; s < sizeof(sets) / sizeof(*sets); s++)
		ratios(r, &r->cfg, &sets[s].time, sets[s].note);
}

/* x for which conversions of bits^x clocks give the paper's ratio; a successive approximation has x = 1 */
static void needed(struct paper_run *r)
{
	const struct paper_model *m = &r->model[0];

	for (int k = PLACE_SPARSE; k < PLACE_PACKED; k++) {
		char what[96], note[96];

		snprintf(what, sizeof(what), "x for latency, linear / %s = %.2f", place_kind_name[k], paper_ratio[k]);
		snprintf(note, sizeof(note), "a conversion would take bits^x clocks; converters only, %d per array", r->cfg.adcs);
		add(r, what, models[0], NAN, paper_power(&r->cfg, &m->kind[PLACE_LINEAR].p, &m->kind[k].p, paper_ratio[k]), NAN, 0, note);
	}
}

static double converter_energy(const struct system_cost *c)
{
	return c->converter_nj;
}

static double activation_energy(const struct system_cost *c)
{
	return (double)c->activations;
}

/* dense against linear: 1.74. What constants can say without the paper's */
static void energy(struct paper_run *r)
{
	static const struct { double (*of)(const struct system_cost *c); const char *note; } sets[] = {
		{ converter_energy, "converters only, by the table's model" },
		{ activation_energy, "the same energy per activation of an array, whatever it drives" },
	};
	static const struct paper_time bit_per_clock = { 0, 1, 1, 0, 0 };
	const struct paper_model *m = &r->model[0];
	struct cfg c = r->cfg;
	double linear;

	c.adcs = 4;
	linear = paper_latency(&c, &m->kind[PLACE_LINEAR].p, &bit_per_clock);
	add(r, "energy, linear / dense-strided", models[0], 1.74, linear / paper_latency(&c, &m->kind[PLACE_STRIDED].p, &bit_per_clock),
	    linear / paper_latency(&c, &m->packed[PLACE_LATENCY].p, &bit_per_clock), 0.1, "passive power alone (1 W per unit in the paper's simulator): energy follows latency, here at 4 converters per array");
	for (size_t s = 0; s < sizeof(sets) / sizeof(*sets); s++) {
		double base = sets[s].of(&m->kind[PLACE_LINEAR].c), best = 0;

		for (int mode = 0; mode < MODES; mode++)
			best = fmax(best, base / sets[s].of(&m->packed[mode].c));
		for (int k = PLACE_SPARSE; k < PLACE_PACKED; k++)
			best = fmax(best, base / sets[s].of(&m->kind[k].c));
		for (int k = PLACE_DENSE; k < PLACE_PACKED; k++) {
			char what[96];

			snprintf(what, sizeof(what), "energy, linear / %s", place_kind_name[k]);
			add(r, what, models[0], 1.74, base / sets[s].of(&m->kind[k].c), best, 0.03, sets[s].note);
		}
	}
}

/* Latency of the context's tokens, ms, in three regimes; packed: its latency mode in the same regime. Clocks and constants of docs/cost.md. */
static int regimes(struct paper_run *r, struct err *e)
{
	static const char *const regime[N_REGIMES] = { "own arrays", "equal arrays", "equal area" };
	const struct paper_model *m = &r->model[0];
	long equal = m->kind[PLACE_DENSE].c.arrays;
	double budget = (double)equal * cost_array_area(&r->cfg, r->cost, m->kind[PLACE_DENSE].c.bits);

	for (int i = 0; i < N_REGIMES; i++) {
		struct system_cost x[N_KINDS];

		for (int k = PLACE_LINEAR; k <= PLACE_PACKED; k++) {
			struct cost_request q = { (enum place_kind)k, PLACE_LATENCY, i == 1 ? equal : 0, 0 };
			enum place_kind chosen;

			progress_at(&r->bar, r->placed++);
			if (i == 2 ? cost_place_area(&r->cfg, r->cost, &m->w, &q, budget, NULL, &chosen, &x[k], e) : cost_place(&r->cfg, r->cost, &m->w, &q, NULL, &chosen, &x[k], e))
				return -1;
		}
		for (int k = PLACE_LINEAR; k < PLACE_PACKED; k++) {
			char what[96], note[128];

			snprintf(what, sizeof(what), "latency, ms, %s, %s", regime[i], place_kind_name[k]);
			snprintf(note, sizeof(note), "%ld tokens; %ld arrays, %llu loads; packed %ld arrays, %llu loads", (long)m->w.context, x[k].arrays, (unsigned long long)x[k].loads,
				 x[PLACE_PACKED].arrays, (unsigned long long)x[PLACE_PACKED].loads);
			add(r, what, models[0], NAN, x[k].latency_ns / 1e6, x[PLACE_PACKED].latency_ns / 1e6, 0, note);
		}
	}
	return 0;
}

static void print_rows(const struct paper_run *r)
{
	size_t i;
	json_t *j;

	printf("%-46s %-12s %9s %9s %9s  %-4s %s\n", "figure", "model", "paper", "here", "packed", "", "note");
	json_array_foreach(r->rows, i, j) {
		const json_t *paper = json_object_get(j, "paper"), *packed = json_object_get(j, "packed"), *here = json_object_get(j, "here"), *same = json_object_get(j, "reproduced");

		printf("%-46s %-12s ", json_string_value(json_object_get(j, "figure")), json_string_value(json_object_get(j, "model")));
		if (json_is_real(paper))
			printf("%9.4g", json_real_value(paper));
		else
			printf("%9s", "-");
		if (json_is_real(here))
			printf(" %9.4g ", json_real_value(here));
		else
			printf(" %9s ", "none");
		if (json_is_real(packed))
			printf("%9.4g", json_real_value(packed));
		else
			printf("%9s", "-");
		printf("  %-4s %s\n", json_is_boolean(same) ? json_is_true(same) ? "yes" : "no" : "", json_string_value(json_object_get(j, "note")));
	}
}

/* other arrays have no figures to compare with */
static int check_arrays(const struct cfg *c, struct err *e)
{
	if (c->rows == 256 && c->cols == 256 && c->weight_code == CFG_CELL)
		return 0;
	return err_set(e, ERR_INPUT, "paper-a: configuration '%s' has arrays of %d x %d, the paper's figures are of 256 x 256 at one weight per cell: take configs/paper-a.xml, or bitline map for other arrays",
		       c->name, c->rows, c->cols);
}

static void print(const struct paper_run *r, struct err *e)
{
	if (r->json)
		cli_print_json(json_incref(r->rows));
	else
		print_rows(r);
	cli_flush(e);
}

static void release(struct paper_run *r)
{
	for (int i = 0; i < N_MODELS; i++) {
		struct paper_model *m = &r->model[i];

		for (int k = PLACE_LINEAR; k < PLACE_PACKED; k++)
			place_release(&m->kind[k].p);
		for (int mode = 0; mode < MODES; mode++)
			place_release(&m->packed[mode].p);
		wl_release(&m->w);
	}
	cost_table_free(r->cost);
	json_decref(r->rows);
	opt_list_release(&r->set);
}

int cmd_paper(int argc, char **argv)
{
	struct paper_run r = { .config = "configs/paper-a.xml" };
	const struct opt opts[] = {
		{ "--config", OPT_TEXT, &r.config, "FILE", "the paper's arrays (configs/paper-a.xml)" },
		{ "-s", OPT_LIST, &r.set, "KEY=VALUE", "override a field, as readout.resolution=fit; may be repeated" },
		{ "--cost", OPT_TEXT, &r.table, "FILE", "table of constants (the built-in default)" },
		{ "--json", OPT_FLAG, &r.json, NULL, "print JSON" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline paper-a [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	r.rows = json_array();
	progress_begin(&r.bar, "placements", N_MODELS * (N_KINDS - 1 + MODES) + N_REGIMES * N_KINDS);
	if (!cli_config(&r.cfg, r.config, r.set.v, r.set.n, &e) && !check_arrays(&r.cfg, &e) && (r.cost = cost_table_load(r.table, &e)) && !place_all(&r, &e)) {
		arrays(&r);
		comparisons(&r);
		latency(&r);
		needed(&r);
		energy(&r);
		if (!regimes(&r, &e)) {
			progress_end(&r.bar);
			print(&r, &e);
		}
	}
	release(&r);
	return e.code ? cli_fail(&e) : 0;
}
