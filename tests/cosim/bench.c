/* Speed, as ratios within one run: every engine runs the same program in turns, each in a process of its own; then how the Verilated model grows.
 * The bound of the harness is the bare model: no harness over the same model can be faster. docs/speed.md reads the table.
 * usage: bench [--runs N] [--growth] [CONFIG.xml ...]; exit status 3 when a row cannot be measured. Judges nothing: timings are no tests.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/cosim/bench_worker.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/progress.h"
#include "cosim/tool.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RUNS = 99, TOKENS = 32, GROWTH_TOKENS = 4, ICARUS_TOKENS = 1, ICARUS_TILES = 4 };

static const char hand_config[] = "configs/std256.xml", hand_rtl[] = "tests/bench";
static const char *const hand_set[] = { "array.tiles=1", "readout.adcs=8" };

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return v[n / 2];
}

struct row { enum bench_row what; struct bench_worker *worker; double build_s, build_mb, mb, seconds[MOST_RUNS], ratio[MOST_RUNS]; };

static void heading(const struct bench_case *b, int runs)
{
	printf("\n%s: %d x %d, %d tile%s of %d converters, %llu clocks, %llu conversions, %llu array evaluations, %llu multiply-accumulates; medians of %d rounds\n", b->cfg.name, b->cfg.rows, b->cfg.cols,
	       b->cfg.tiles, b->cfg.tiles == 1 ? "" : "s", b->cfg.adcs, (unsigned long long)b->prog.counts.cycles, (unsigned long long)b->prog.counts.conversions,
	       (unsigned long long)b->prog.counts.activations, (unsigned long long)b->macs, runs);
	printf("%-13s %12s %9s %14s %10s %9s %9s %9s\n", "engine", "clocks/s", "of bare", "evaluations/s", "GMAC/s", "peak MB", "build s", "compiler MB");
}

static void print_row(const struct bench_case *b, struct row *r, int runs)
{
	double s = median(r->seconds, runs);
	bool built = r->build_s > 0;

	printf("%-13s %12.0f %9.3g %14.0f %10.4f %9.1f ", bench_row_name[r->what], (double)b->prog.counts.cycles / s, median(r->ratio, runs),
	       (double)b->prog.counts.activations / s, 1e-9 * (double)b->macs / s, r->mb);
	built ? printf("%9.1f %9.0f\n", r->build_s, r->build_mb) : printf("%9s %9s\n", "-", "-");
}

/* All rows of one case, in rounds; row 0 is what the others are compared with. A row that cannot be built ends it. */
static int measure(const struct bench_case *b, const enum bench_row *what, int n, int runs, struct err *e)
{
	struct row row[BENCH_ROWS] = { 0 };
	int rc = 0;

	for (int i = 0; i < n && !rc; i++) {
		row[i].what = what[i];
		row[i].worker = bench_worker_new(what[i], b, hand_rtl, &row[i].build_s, &row[i].build_mb, e);
		rc = row[i].worker ? 0 : -1;
	}
	for (int k = 0; k < runs && !rc; k++)
		for (int i = 0; i < n && !rc; i++) {
			row[i].seconds[k] = bench_worker_run(row[i].worker, k, e);
			rc = row[i].seconds[k] < 0 ? -1 : 0;
			row[i].ratio[k] = row[0].seconds[k] / row[i].seconds[k];
		}
	for (int i = 0; i < n; i++)
		if (row[i].worker)
			row[i].mb = bench_worker_end(row[i].worker);
	for (int i = 0; i < n && !rc; i++)
		print_row(b, &row[i], runs);
	fflush(stdout);
	return rc;
}

static int measure_config(const char *config, const char *const *set, size_t n_set, int tokens, const enum bench_row *what, int n, int runs, struct err *e)
{
	struct bench_case b;
	int rc = bench_case_make(&b, config, set, n_set, tokens, e);

	if (!rc) {
		heading(&b, runs);
		rc = measure(&b, what, n, runs, e);
	}
	bench_case_release(&b);
	return rc;
}

/* clocks per second of one engine on one size; build time and compiler memory when asked for */
static int speed_of(enum bench_row what, const struct bench_case *b, int runs, struct row *r, struct err *e)
{
	int rc = 0;

	r->what = what;
	r->worker = bench_worker_new(what, b, NULL, &r->build_s, &r->build_mb, e);
	if (!r->worker)
		return -1;
	for (int k = 0; k < runs && !rc; k++)
		rc = (r->seconds[k] = bench_worker_run(r->worker, k, e)) < 0 ? -1 : 0;
	r->mb = bench_worker_end(r->worker);
	r->seconds[0] = rc ? -1 : (double)b->prog.counts.cycles / median(r->seconds, runs);
	return rc;
}

/* One size, every device built cold. Icarus, some thousand clocks a second, runs one token, and no more than a few tiles. */
static int grow(const char *field, int value, int runs, struct err *e)
{
	static const enum bench_row rows[] = { BENCH_BARE, BENCH_HARNESS, BENCH_SYSTEMC, BENCH_TLM, BENCH_GOLDEN };
	char set[64];
	const char *sets[] = { set };
	struct bench_case b, one = { 0 };
	struct row r[6] = { 0 };
	int rc;

	snprintf(set, sizeof(set), "%s=%d", field, value);
	rc = bench_case_make(&b, hand_config, sets, 1, GROWTH_TOKENS, e);
	for (int i = 0; i < 5 && !rc; i++)
		rc = speed_of(rows[i], &b, runs, &r[i], e);
	if (!rc && b.cfg.tiles <= ICARUS_TILES) {
		rc = bench_case_make(&one, hand_config, sets, 1, ICARUS_TOKENS, e);
		if (!rc)
			rc = speed_of(BENCH_ICARUS, &one, 1, &r[5], e);
	}
	if (!rc) {
		printf("%-12s %5d", field, value);
		for (int i = 0; i < 5; i++)
			printf(" %11.4g", r[i].seconds[0]);
		r[5].seconds[0] > 0 ? printf(" %11.4g", r[5].seconds[0]) : printf(" %11s", "-");
		printf(" %12.4g %9.1f %11.0f %8.1f\n", r[0].seconds[0] * (double)b.prog.counts.conversions / (double)b.prog.counts.cycles, r[0].build_s, r[0].build_mb, r[0].mb);
		fflush(stdout);
	}
	bench_case_release(&one);
	bench_case_release(&b);
	return rc;
}

/* The compiled models of this table are made cold, in a cache that is thrown away. */
static int growth(int runs, struct err *e)
{
	static const int size[] = { 64, 128, 256, 512 }, tiles[] = { 1, 2, 4, 8, 16 };
	char *cache = file_join("build", "bench-XXXXXX");
	int rc = 0;

	if (!mkdtemp(cache)) {
		free(cache);
		return err_set(e, ERR_ENV, "cannot make a directory below build/");
	}
	setenv("BITLINE_CACHE", cache, 1);
	printf("\nGrowth from %s (256 x 256, 2 tiles of 16 converters): clocks/s of every engine; of the bare model conversions/s, and what a cold build takes\n", hand_config);
	printf("%-12s %5s %11s %11s %11s %11s %11s %11s %12s %9s %11s %8s\n", "field", "", "bare", "harness", "systemc", "tlm", "golden", "icarus", "bare conv/s", "build s", "compiler MB", "peak MB");
	for (int i = 0; i < 4 && !rc; i++)
		rc = grow("array.rows", size[i], runs, e);
	for (int i = 0; i < 4 && !rc; i++)
		rc = grow("array.cols", size[i], runs, e);
	for (int i = 0; i < 5 && !rc; i++)
		rc = grow("array.tiles", tiles[i], runs, e);
	tool_remove_tree(cache);
	free(cache);
	return rc;
}

static int all(const char *const *config, int n, int runs, struct err *e)
{
	static const enum bench_row rows[] = { BENCH_BARE, BENCH_HARNESS, BENCH_SYSTEMC, BENCH_TLM, BENCH_TLM_CODES, BENCH_GOLDEN, BENCH_PRODUCT };
	static const enum bench_row one[] = { BENCH_BARE, BENCH_HAND, BENCH_HARNESS, BENCH_SYSTEMC, BENCH_TLM, BENCH_TLM_CODES, BENCH_GOLDEN, BENCH_PRODUCT };
	static const enum bench_row two[] = { BENCH_BARE, BENCH_HARNESS, BENCH_ICARUS };
	int rc = 0;

	for (int i = 0; i < n && !rc; i++)
		rc = measure_config(config[i], NULL, 0, TOKENS, rows, sizeof(rows) / sizeof(*rows), runs, e);
	if (!rc)
		rc = measure_config(hand_config, hand_set, 2, TOKENS, one, sizeof(one) / sizeof(*one), runs, e);
	if (!rc)
		rc = measure_config("configs/edge64.xml", NULL, 0, ICARUS_TOKENS, two, 3, 3, e);
	return rc;
}

int main(int argc, char **argv)
{
	static const char *const usual[] = { "configs/tiny.xml", "configs/edge64.xml", "configs/std256.xml" };
	const char *config[64];
	int runs = 16, n = 0;
	bool grows = false;
	struct err e = { 0 };

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--runs") && i + 1 < argc)
			runs = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--growth"))
			grows = true;
		else if (n < 64)
			config[n++] = argv[i];
	}
	if (runs < 1 || runs > MOST_RUNS) {
		fprintf(stderr, "usage: bench [--runs 1..%d] [--growth] [CONFIG.xml ...]\n", MOST_RUNS);
		return ERR_INPUT;
	}
	for (int i = 0; n == 0 && i < 3; i++)
		config[i] = usual[i];
	printf("bare: the Verilated model without probes or comparison, the bound of the harness; by hand: a model written for that one size; harness, systemc: every code, partial sum and output compared;\n"
	       "tlm: integer products and exact clocks, codes: every converter code; golden: the machine alone, without clocks; rows take turns, ratios are medians of each round's ratio to bare\n");
	if (all(config, n ? n : 3, runs, &e) || (grows && growth(3, &e))) {
		fprintf(stderr, "bench: %s\n", e.text);
		return e.code;
	}
	return 0;
}
