/* bitline explore: a sweep over array size, converters, bits, kind and placement, with its tables, its front and a plot; or a picture of one placement's arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_json.h"
#include "cli/explore_tasks.h"
#include "common/file.h"
#include "common/term.h"
#include "report/plot.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_TOKENS = 1000000, MOST_ARRAYS = 1000000, MOST_JOBS = 256, MOST_DRAWN = 200, MOST_PRINTED = 40, MOST_IMAGES = 1000000000 };

struct run {
	struct explore_options o;
	struct cfg base;
	struct workload w;
	struct cost_table *table;
	json_t *fixed;
	struct explore_points p;
};

static int write_file(const struct run *r, const char *name, const struct buf *text, struct err *e)
{
	char *path = file_join(r->o.out, name);
	int rc = file_write(path, text->data, text->len, e);

	free(path);
	return rc;
}

static void plot(const struct run *r, struct buf *out)
{
	size_t done = 0;
	struct buf subtitle;

	for (size_t i = 0; i < r->p.n; i++)
		done += r->p.point[i].state == EXPLORE_DONE;
	buf_init(&subtitle);
	buf_addf(&subtitle, "%ld tokens, ", r->o.tokens);
	if (r->o.arrays)
		buf_addf(&subtitle, "%ld arrays", r->o.arrays);
	else
		buf_adds(&subtitle, "as many arrays as a placement wants");
	buf_addf(&subtitle, "; configuration %s, cost table %s; %zu point%s", r->base.name, cost_table_name(r->table), done, done == 1 ? "" : "s");
	if (done < r->p.n)
		buf_addf(&subtitle, ", %zu skipped", r->p.n - done);
	explore_plot(&r->p, r->o.model, subtitle.data, out);
	buf_release(&subtitle);
}

/* takes j over */
static int write_all(const struct run *r, json_t *j, struct err *e)
{
	char *text = cli_json_text(j);
	struct buf csv, json, svg;
	int rc;

	buf_init(&csv);
	buf_init(&json);
	buf_init(&svg);
	explore_csv(&r->p, &csv);
	buf_addf(&json, "%s", text);
	plot(r, &svg);
	rc = write_file(r, "explore.csv", &csv, e) || write_file(r, "explore.json", &json, e) || write_file(r, "explore.svg", &svg, e) ? -1 : 0;
	buf_release(&csv);
	buf_release(&json);
	buf_release(&svg);
	free(text);
	return rc;
}

static void number(double v)
{
	if (isnan(v))
		printf(" %12s", "not given");
	else
		printf(" %12.6g", v);
}

static void print_front(const struct run *r, const json_t *j)
{
	size_t shown = 0;

	printf("%-5s %-5s %-5s %-5s %-10s %-14s %-12s %12s %12s %12s %9s %6s\n", "rows", "cols", "adcs", "bits", "kind", "placement", "optimise", "latency ns", "energy nJ", "area um2", "arrays", "util.");
	for (size_t i = 0; i < r->p.n; i++) {
		const struct explore_point *q = &r->p.point[i];

		if (!q->front || shown++ >= MOST_PRINTED)
			continue;
		printf("%-5s %-5s %-5s %-5s %-10s %-14s %-12s", q->value[0], q->value[1], q->value[2], q->value[3], q->value[4], q->value[5], q->value[6]);
		number(q->result.cost.latency_ns);
		number(q->result.cost.energy_nj);
		number(q->result.cost.area_um2);
		printf(" %9ld %6.3f%s\n", q->result.cost.arrays, q->result.cost.utilisation, explore_missing_bits(q) ? "  large sums clip" : "");
	}
	if (shown > MOST_PRINTED)
		printf("... and %zu more\n", shown - MOST_PRINTED);
	printf("%zu of %zu points are on the front, %" JSON_INTEGER_FORMAT " were skipped; all of them, and a plot: explore.csv, explore.json, explore.svg in %s\n", shown, r->p.n,
		json_integer_value(json_object_get(j, "skipped")), r->o.out);
}

static int report(const struct run *r, struct err *e)
{
	json_t *j = explore_json(&r->p, r->fixed);
	int rc = write_all(r, json_incref(j), e);

	if (!rc && !r->o.json)
		print_front(r, j);
	if (!rc && r->o.json)
		cli_print_json(j); /* takes it over */
	else
		json_decref(j);
	return rc;
}

static int sweep(struct run *r, struct err *e)
{
	struct explore_fixed f = { BITLINE_VERSION, r->o.model, r->o.factors ? r->o.factors : strncmp(r->o.model, "shapes:", 7) ? "own" : "paper", &r->base, &r->w, r->o.cost, r->o.tokens, r->o.arrays };
	struct explore_system s = { r->table, &r->w, r->o.tokens, r->o.arrays };
	struct explore_model m = { explore_system_cost, &s };
	struct explore_journal_found found;
	struct explore_journal *j;
	int rc;

	r->fixed = explore_fixed_json(&f, e);
	j = r->fixed ? explore_journal_open(r->o.out, r->fixed, &r->p, &found, e) : NULL;
	if (!j)
		return -1;
	if (found.cut)
		term_note("'%s/explore.jsonl': a half-written last line was dropped", r->o.out);
	if (found.points)
		term_note("'%s/explore.jsonl': %zu points were finished before, the others follow", r->o.out, found.points);
	rc = explore_run(&r->p, &m, (int)r->o.jobs, j, e);
	if (!rc) {
		explore_front(&r->p);
		rc = report(r, e);
	}
	explore_journal_close(j);
	return rc;
}

static int run(struct run *r, struct err *e)
{
	if (!r->o.out == !r->o.occupancy)
		return err_set(e, ERR_INPUT, "give either --out DIR for a sweep or --occupancy FILE.svg for a picture of one placement's arrays");
	if (r->o.out && !*r->o.out)
		return err_set(e, ERR_INPUT, "--out \"\" names no folder; write --out DIR");
	if (r->o.occupancy && cli_check_place(r->o.occupancy, e))
		return -1;
	r->o.config = cli_config_path(r->o.config);
	if (cfg_load(&r->base, r->o.config, r->o.set.v, r->o.set.n, e) || explore_load(&r->w, r->o.model, r->o.factors, e))
		return -1;
	r->table = cost_table_load(r->o.cost, e);
	if (!r->table || explore_points_make(&r->p, r->o.config, r->o.set.v, r->o.set.n, r->o.list, e))
		return -1;
	if (!r->o.tokens)
		r->o.tokens = r->w.context;
	return r->o.occupancy ? explore_occupancy(&r->o, &r->p, r->table, &r->w, e) : sweep(r, e);
}

int cmd_explore(int argc, char **argv)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct run r = { .o = { .jobs = cores < 1 ? 1 : cores > MOST_JOBS ? MOST_JOBS : cores, .count = 12 } };
	const struct opt opts[] = {
		{ "--config", OPT_TEXT, &r.o.config, "FILE", "hardware configuration; the lists below replace its fields", .required = true },
		{ "-s", OPT_LIST, &r.o.set, "KEY=VALUE", "override a field, as numbers.input_bits=4; may be repeated" },
		{ "--model", OPT_TEXT, &r.o.model, "MODEL", "shapes:NAME (as shapes:bert-large) or a checkpoint", .required = true },
		{ "--factors", OPT_TEXT, &r.o.factors, "F", "of shapes: paper (the default), fit, or a number of blocks" },
		{ "--rows", OPT_TEXT, &r.o.list[EXPLORE_ROWS], "LIST", "array.rows, as 128,256; this and the next four: the configuration's own by default" },
		{ "--cols", OPT_TEXT, &r.o.list[EXPLORE_COLS], "LIST", "array.cols" },
		{ "--adcs", OPT_TEXT, &r.o.list[EXPLORE_ADCS], "LIST", "readout.adcs, converters per array" },
		{ "--bits", OPT_TEXT, &r.o.list[EXPLORE_BITS], "LIST", "readout.bits" },
		{ "--kind", OPT_TEXT, &r.o.list[EXPLORE_KIND], "LIST", "readout.kind, as sar,flash" },
		{ "--placement", OPT_TEXT, &r.o.list[EXPLORE_PLACEMENT], "LIST", "linear, sparse, dense, dense-strided, packed; all by default" },
		{ "--optimise", OPT_TEXT, &r.o.list[EXPLORE_OPTIMISE], "LIST", "modes of packed: area, conversions, latency; all by default" },
		{ "--cost", OPT_TEXT, &r.o.cost, "FILE", "table of constants (configs/cost/NAME.json); default: the one that is built in" },
		{ "--tokens", OPT_INT, &r.o.tokens, "N", "tokens that run together; default: the model's context", .lo = 1, .hi = MOST_TOKENS },
		{ "--arrays", OPT_INT, &r.o.arrays, "N", "arrays there are, loaded again where they do not suffice; default: as many as a placement wants", .lo = 1, .hi = MOST_ARRAYS },
		{ "--jobs", OPT_INT, &r.o.jobs, "N", "threads; default: one per core. The results do not depend on it", .lo = 1, .hi = MOST_JOBS },
		{ "--out", OPT_TEXT, &r.o.out, "DIR", "where explore.csv, .json, .svg go, and explore.jsonl, from which an interrupted run continues" },
		{ "--json", OPT_FLAG, &r.o.json, NULL, "print explore.json" },
		{ "--occupancy", OPT_TEXT, &r.o.occupancy, "FILE", "instead of a sweep: draw the arrays of one placement (SVG)" },
		{ "--first", OPT_INT, &r.o.first, "I", "of --occupancy: the first array image drawn (0)", .lo = 0, .hi = MOST_IMAGES },
		{ "--count", OPT_INT, &r.o.count, "K", "of --occupancy: how many are drawn (12)", .lo = 1, .hi = MOST_DRAWN },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline explore --config FILE --model MODEL --out DIR [options]\n       bitline explore --config FILE --model MODEL --placement NAME --occupancy FILE.svg [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	if (!run(&r, &e))
		cli_flush(&e);
	explore_points_release(&r.p);
	cost_table_free(r.table);
	wl_release(&r.w);
	json_decref(r.fixed);
	opt_list_release(&r.o.set);
	return e.code ? cli_fail(&e) : 0;
}
