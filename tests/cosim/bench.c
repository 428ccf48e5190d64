/* Speed, as ratios within one run: the bare Verilated model (no probes, no comparison, same pins and program) against the harness with all comparisons,
 * and the golden machine by itself. The bound of the harness is the bare model: no harness over the same model can be faster.
 * usage: bench [--runs N] [CONFIG.xml ...]; prints a table; exit status 3 when something cannot be measured. Judges nothing: timings are no tests.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_case.h"
#include "cli/cosim_hw.h"
#include "common/mem.h"
#include "common/prng.h"
#include "common/progress.h"
#include "cosim/cosim.h"
#include "cosim/thresholds.h"
#include "common/file.h"
#include "gen/gen.h"
#include "map/map.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 1, MOST_RUNS = 99 };

struct bench {
	struct cfg cfg;
	char hash[65];
	struct map_layer layer;
	struct map_program prog;
	uint64_t *stream;
	struct device_lib bare_lib, full_lib;
	struct cosim *bare, *full;
};

/* a random integer matrix, two row groups and three passes of all tiles, as many tokens as fit, 32 at most */
static int prepare(struct bench *b, const char *config, struct err *e)
{
	struct prng p;
	int in, out, batch;
	int32_t *w;
	int8_t *x;
	struct gen_set set;
	char *dir;
	int rc;

	if (cfg_load(&b->cfg, config, NULL, 0, e))
		return -1;
	cfg_hash(&b->cfg, b->hash);
	prng_init(&p, SEED);
	in = 2 * b->cfg.rows;
	out = 3 * b->cfg.tiles * (b->cfg.cols / b->cfg.weight_bits) / 2;
	w = mem_calloc((size_t)in * out, sizeof(*w));
	for (int i = 0; i < in * out; i++)
		w[i] = (int32_t)prng_range(&p, -127, 127);
	rc = map_take_integers(&b->cfg, w, out, in, "bench", 0, &b->layer, e);
	free(w);
	if (rc || (batch = map_batch(&b->cfg, &b->layer, MAP_LINEAR, e)) < 1)
		return -1;
	batch = batch > 32 ? 32 : batch;
	if (map_compile(&b->cfg, &b->layer, MAP_LINEAR, batch, NULL, &b->prog, e))
		return -1;
	x = mem_calloc((size_t)batch * in, 1);
	for (int i = 0; i < batch * in; i++)
		x[i] = (int8_t)prng_range(&p, -127, 127);
	b->stream = map_stream(&b->cfg, &b->layer, &b->prog, x);
	free(x);
	if (gen_build(&b->cfg, &set, e))
		return -1;
	dir = file_join("build/run", b->hash);
	rc = gen_write(&set, dir, e) || device_build(dir, b->cfg.prefix, false, false, &b->bare_lib, e) || device_build(dir, b->cfg.prefix, false, true, &b->full_lib, e);
	gen_set_release(&set);
	free(dir);
	return rc ? -1 : 0;
}

static struct cosim *open_one(struct bench *b, const struct device_lib *lib, bool compare, struct err *e)
{
	struct cosim_setup s = { .hw = cosim_hw(&b->cfg), .hash = b->hash, .compare = compare };

	return cosim_open(lib, &s, e);
}

static struct cosim_job job_of(const struct bench *b)
{
	struct cosim_job job = case_job(&b->cfg, NULL, "bench", b->prog.code, b->prog.n_instr, &b->prog.counts);

	job.stream = b->stream;
	job.n_beats = b->prog.n_beats;
	job.n_outputs = b->prog.n_outputs;
	job.seed = SEED;
	return job;
}

/* clocks per second of one run; < 0: failed */
static double speed(struct cosim *c, const struct cosim_job *job, struct err *e)
{
	struct cosim_result r = { 0 };
	double v = -1;

	if (!cosim_run(c, job, &r, e)) {
		v = (double)r.clocks / r.seconds;
		if (r.mismatches)
			v = err_set(e, ERR_DIFF, "%s", r.first);
	}
	cosim_result_release(&r);
	return v;
}

/* conversions per second of the golden machine alone, events to nobody */
static double golden_speed(const struct bench *b, struct err *e)
{
	struct gm_hw hw = cosim_hw(&b->cfg);
	struct gm_regs regs = cosim_regs(&b->cfg, NULL);
	int32_t *T = MEM_NEW(thresholds_count(&hw), int32_t);
	struct gm_sink sink = { 0 };
	struct gm_counts counts = { 0 };
	size_t used;
	double t0, v = -1;
	struct gm *g;

	thresholds_ideal(&hw, regs.window, T);
	g = gm_new(&hw, T);
	t0 = progress_now();
	if (!gm_run(g, &regs, b->prog.code, b->prog.n_instr, b->stream, b->prog.n_beats, &sink, &counts, &used, e))
		v = (double)counts.conversions / (progress_now() - t0);
	gm_free(g);
	free(T);
	return v;
}

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

static int measure(const char *config, int runs, struct err *e)
{
	struct bench b = { 0 };
	double bare[MOST_RUNS], full[MOST_RUNS], ratio[MOST_RUNS], golden;
	struct cosim_job job;
	int rc = -1;

	if (prepare(&b, config, e) || !(b.bare = open_one(&b, &b.bare_lib, false, e)) || !(b.full = open_one(&b, &b.full_lib, true, e)))
		goto out;
	job = job_of(&b);
	if (speed(b.bare, &job, e) < 0 || speed(b.full, &job, e) < 0 || (golden = golden_speed(&b, e)) < 0)
		goto out; /* the first of each only warms up */
	for (int i = 0; i < runs; i++) {
		bare[i] = speed(b.bare, &job, e);
		full[i] = speed(b.full, &job, e);
		if (bare[i] < 0 || full[i] < 0)
			goto out;
		ratio[i] = bare[i] / full[i] - 1;
	}
	printf("%-10s %4d x %-4d %5d %5d %9llu %12.0f %12.0f %+8.1f %% %10.1f %8.1f %8.1f\n", b.cfg.name, b.cfg.rows, b.cfg.cols, b.cfg.tiles, b.cfg.adcs, (unsigned long long)b.prog.counts.cycles,
	       median(bare, runs), median(full, runs), 100 * median(ratio, runs), 1e9 / golden, b.bare_lib.build_seconds, b.full_lib.build_seconds);
	rc = 0;
out:
	cosim_close(b.bare);
	cosim_close(b.full);
	return rc;
}

int main(int argc, char **argv)
{
	static const char *const usual[] = { "configs/tiny.xml", "configs/edge64.xml", "configs/std256.xml" };
	const char *config[64];
	int runs = 9, n = 0;
	struct err e = { 0 };

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--runs") && i + 1 < argc)
			runs = atoi(argv[++i]);
		else if (n < 64)
			config[n++] = argv[i];
	}
	if (runs < 1 || runs > MOST_RUNS) {
		fprintf(stderr, "usage: bench [--runs 1..%d] [CONFIG.xml ...]\n", MOST_RUNS);
		return ERR_INPUT;
	}
	if (n == 0)
		for (; n < (int)(sizeof(usual) / sizeof(*usual)); n++)
			config[n] = usual[n];
	printf("bare: the Verilated model without probes or comparison, the bound of the harness; harness: every code, partial sum and output compared; medians of %d alternating runs\n", runs);
	printf("%-10s %-11s %5s %5s %9s %12s %12s %10s %10s %8s %8s\n", "config", "rows x cols", "tiles", "adcs", "cycles", "bare cyc/s", "harness", "cost", "golden ns", "build s", "build s");
	printf("%-10s %-11s %5s %5s %9s %12s %12s %10s %10s %8s %8s\n", "", "", "", "/tile", "a run", "", "cyc/s", "over bare", "/conv.", "bare", "harness");
	for (int i = 0; i < n; i++)
		if (measure(config[i], runs, &e)) {
			fprintf(stderr, "bench: %s: %s\n", config[i], e.text);
			return e.code;
		}
	return 0;
}
