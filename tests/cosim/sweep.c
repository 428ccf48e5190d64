/* Seeded random sweep: random layers, run-time registers, inputs, stalls and threshold tables over a fixed list of elaborations, each judged event by
 * event (golden machine), at the layer (integer product, or the read-out partition) and against the prediction.
 *	sweep [--n N] [--seed S] [--only I] [--jobs J] [--grid] [--verbose]
 * Run I of seed S is the same whatever N is. --grid: not random but every combination of {1, 4, 7, 8} input and weight bits, tc and sm, at each size, lossless,
 * dense layers with a partial row group and Monarch layers with padded blocks; inputs all zero, full scale and random. Last line: "N passed, N failed"; exit status 0 when none failed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_readout.h"
#include "cli/cosim_case.h"
#include "cli/cosim_hw.h"
#include "common/mem.h"
#include "common/prng.h"
#include "common/progress.h"
#include "cosim/thresholds.h"
#include "gen/gen.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct elaboration { int rows, cols, tiles, adcs, bits, cell_bits, sample_hold; bool digital; } elaborations[] = {
	/* two of each size are lossless, one of one tile and one of several: see grid_is_monarch */
	{ 8, 8, 1, 4, 4, 1, 1, false },     { 8, 8, 4, 2, 6, 2, 0, true },
	{ 33, 65, 3, 16, 6, 1, 1, false },  { 33, 65, 1, 64, 8, 2, 0, false },
	{ 64, 64, 1, 8, 9, 2, 0, true },    { 64, 64, 4, 16, 7, 1, 1, false },
	{ 100, 37, 3, 2, 9, 2, 1, false },  { 100, 37, 1, 1, 12, 1, 0, false },
	{ 256, 256, 1, 64, 9, 1, 1, false }, { 256, 256, 3, 16, 10, 2, 0, false },
	{ 64, 64, 3, 32, 3, 1, 1, false },
};
enum { N_ELABORATIONS = sizeof(elaborations) / sizeof(*elaborations) };

struct options { int n, only, jobs; uint64_t seed; bool grid, verbose; };
struct device { struct cfg cfg; char hash[65]; struct device_lib lib; int rc; struct err err; };
struct tally { int passed, failed, lossless, stalled, tables, monarch, batches; };

static struct device devices[N_ELABORATIONS];
static atomic_int next_device;

static int device_config(const struct elaboration *x, struct cfg *c, struct err *e)
{
	char text[20][64];
	const char *over[20];
	int n = 0;

#define SET(...) do { snprintf(text[n], sizeof(text[n]), __VA_ARGS__); over[n] = text[n]; n++; } while (0)
	SET("array.rows=%d", x->rows);
	SET("array.cols=%d", x->cols);
	SET("array.tiles=%d", x->tiles);
	SET("array.kind=%s", x->digital ? "digital" : "analog");
	SET("array.cell_bits=%d", x->cell_bits);
	SET("array.sample_hold=%s", x->sample_hold ? "true" : "false");
	SET("readout.bits=%d", x->bits);
	SET("readout.adcs=%d", x->adcs);
	SET("scheduler.program_depth=2048");
	SET("scheduler.activation_depth=4096");
	SET("scheduler.accumulator_depth=1024");
	SET("scheduler.channel_depth=1024");
#undef SET
	return cfg_load(c, "configs/tiny.xml", over, n, e);
}

static void *build_devices(void *unused)
{
	int i;

	while ((i = atomic_fetch_add(&next_device, 1)) < N_ELABORATIONS) {
		struct device *d = &devices[i];
		struct gen_set set;
		char dir[128];

		if (d->rc < 0)
			continue; /* not wanted */
		cfg_hash(&d->cfg, d->hash);
		snprintf(dir, sizeof(dir), "build/run/%s", d->hash);
		d->rc = gen_build(&d->cfg, &set, &d->err);
		if (!d->rc) {
			d->rc = gen_write(&set, dir, &d->err);
			gen_set_release(&set);
		}
		if (!d->rc)
			d->rc = device_build(dir, d->cfg.prefix, false, true, &d->lib, &d->err);
	}
	return unused;
}

static int pick(struct prng *p, int lo, int hi)
{
	return (int)prng_range(p, lo, hi);
}

static bool chance(struct prng *p, double x)
{
	return prng_unit(p) < x;
}

static int bits_of(struct prng *p)
{
	static const int often[] = { 1, 4, 7, 8 };

	return chance(p, 0.6) ? often[pick(p, 0, 3)] : pick(p, 1, 8);
}

/* what needs no new elaboration */
static void draw_registers(struct prng *p, struct cfg *c)
{
	c->input_bits = bits_of(p);
	c->weight_bits = bits_of(p);
	c->input_code = chance(p, 0.5) ? CFG_SM : CFG_TC;
	c->weight_code = chance(p, 0.5) ? CFG_SM : CFG_TC;
	c->resolution = chance(p, 0.3) ? CFG_FULL : CFG_FIT;
	c->precharge = pick(p, 1, 3);
	c->evaluate = pick(p, 1, 3);
	c->compare = chance(p, 0.7) ? 1 : pick(p, 2, 3);
	if (chance(p, 0.4)) {
		c->lsb = pick(p, 1, 5);
		c->low = pick(p, -8, 20);
		c->rounding = chance(p, 0.5) ? CFG_NEAREST : CFG_FLOOR;
	} else {
		c->lsb = 1;
		c->low = 0;
		c->rounding = CFG_FLOOR;
	}
}

/* ---- the grid: 64 combinations of registers; dense on one elaboration of a size and Monarch on the other, in turn ---- */

enum { GRID = 64 };

static bool grid_lossless(const struct elaboration *x)
{
	return 1 << x->bits > x->rows * ((1 << x->cell_bits) - 1);
}

static bool grid_is_monarch(int elaboration, int combination)
{
	return (combination + elaboration) % 2;
}

static void grid_registers(struct cfg *c, int combination)
{
	static const int bits[] = { 1, 4, 7, 8 };

	c->input_bits = bits[combination & 3];
	c->weight_bits = bits[combination >> 2 & 3];
	c->input_code = combination >> 4 & 1 ? CFG_SM : CFG_TC;
	c->weight_code = combination >> 5 & 1 ? CFG_SM : CFG_TC;
}

/* random, all zero, or at an end of the code */
enum { CODES_ZERO, CODES_HIGH, CODES_LOW, CODES_ENDS, CODES_RANDOM };
static void fill_codes(struct prng *p, bool tc, int bits, int8_t *q, size_t n, int kind)
{
	int lo = tc ? -(1 << (bits - 1)) : gc_qlo(bits), hi = gc_qhi(tc ? GC_TC : GC_SM, bits);

	for (size_t i = 0; i < n; i++)
		q[i] = (int8_t)(kind == CODES_ZERO ? 0 : kind == CODES_HIGH ? hi : kind == CODES_LOW ? lo : kind == CODES_ENDS ? (chance(p, 0.5) ? lo : hi) : pick(p, lo, hi));
}

static void draw_codes(struct prng *p, bool tc, int bits, int8_t *q, size_t n)
{
	fill_codes(p, tc, bits, q, n, pick(p, 0, 9));
}

static void draw_inputs(struct prng *p, const struct cfg *c, struct cosim_case *k, int in, bool grid)
{
	k->tokens = grid ? CODES_RANDOM + 1 : pick(p, 1, 5);
	k->x = mem_calloc(k->tokens, in);
	k->s_x = MEM_NEW(k->tokens, float);
	for (int t = 0; grid && t < k->tokens; t++)
		fill_codes(p, c->input_code == CFG_TC, c->input_bits, k->x + (size_t)t * in, in, t);
	if (!grid)
		draw_codes(p, c->input_code == CFG_TC, c->input_bits, k->x, (size_t)k->tokens * in);
	for (int t = 0; t < k->tokens; t++)
		k->s_x[t] = 1;
}

static int draw_dense(struct prng *p, const struct cfg *c, const struct gl_readout *ro, struct cosim_case *k, bool grid, struct err *e)
{
	int K = gc_slices(ro->weight_code, ro->weight_bits, ro->cell_bits), wide = K < c->cols ? c->cols / K : 1;
	int in = chance(p, 0.3) ? c->rows : pick(p, 1, 5 * c->rows / 2), out = chance(p, 0.2) ? wide : pick(p, 1, 2 * wide + 1);
	int8_t *w;
	float *scale = MEM_NEW(2 * wide + 1, float);

	if (grid) {
		in = 2 * c->rows + c->rows / 3; /* three row groups, the last one short */
		out = wide + 1;                 /* two arrays side by side */
	}
	if (in > 700)
		in = 700; /* activation depth, with 5 tokens */
	w = mem_calloc(out, in);
	draw_codes(p, c->weight_code == CFG_TC, c->weight_bits, w, (size_t)out * in);
	for (int o = 0; o < out; o++)
		scale[o] = 1;
	draw_inputs(p, c, k, in, grid);
	return case_from_matrix(k, c, ro, w, scale, NULL, out, in, "sweep", MAP_AUTO, e);
}

static int8_t *quantise_rows(const struct gl_readout *ro, const float *w, int rows, int in, float *scale)
{
	int8_t *q = mem_calloc(rows, in);

	for (int r = 0; r < rows; r++)
		scale[r] = gc_quantise(ro->weight_code, ro->weight_bits, w + (size_t)r * in, in, q + (size_t)r * in);
	return q;
}

static float *draw_floats(struct prng *p, int n)
{
	float *w = MEM_NEW(n, float);
	int kind = pick(p, 0, 7);

	for (int i = 0; i < n; i++)
		w[i] = kind == 0 ? 0 : kind == 1 ? 1 : kind == 2 ? (chance(p, 0.5) ? 1 : -1) : (float)prng_normal(p);
	return w;
}

/* A Monarch layer with random factors; k_l anywhere between saturating and tiny. The gq_layer is golden's side, made here as golden/quantised.c makes it. */
static int draw_monarch(struct prng *p, const struct cfg *c, const struct gl_readout *ro, struct cosim_case *k, struct gq_layer *q, struct model_linear *l, bool grid, struct err *e)
{
	int b = pick(p, 1, 4), r = pick(p, 1, 3), in_block = pick(p, 1, chance(p, 0.3) ? c->rows + 9 : 20), sub = pick(p, 1, 20), br = b * r;

	if (in_block * b > 400)
		in_block = 400 / b;
	*l = (struct model_linear){ .b = b, .r = r, .p = in_block, .s = sub, .in = pick(p, (b - 1) * in_block + 1, b * in_block), .out = pick(p, (b - 1) * sub + 1, b * sub) };
	l->R = draw_floats(p, b * br * in_block);
	l->L = draw_floats(p, b * sub * br);
	q->src = l;
	q->sR = MEM_NEW(b * br, float);
	q->sL = MEM_NEW(b * sub, float);
	q->R = quantise_rows(ro, l->R, b * br, in_block, q->sR);
	q->L = quantise_rows(ro, l->L, b * sub, br, q->sL);
	q->k = MEM_NEW(b, double);
	q->M = MEM_NEW(b * br, uint32_t);
	q->shift = MEM_NEW(b * br, int);
	q->k_out = 1 + 100 * prng_unit(p);
	for (int i = 0; i < b; i++)
		q->k[i] = 0.01 + 3 * prng_unit(p) * in_block;
	for (int i = 0; i < b * br; i++)
		if (!gc_factor(q->sR[i] / q->k[i % br / r], &q->M[i], &q->shift[i]))
			return err_set(e, ERR_INPUT, "sweep drew a factor without (M, s)");
	draw_inputs(p, c, k, l->in, grid);
	return case_from_model(k, c, ro, q, "sweep", chance(p, 0.3) ? MAP_LINEAR : MAP_SPARSE, e);
}

static void release_monarch(struct gq_layer *q, struct model_linear *l)
{
	free((void *)l->R);
	free((void *)l->L);
	free(q->R);
	free(q->L);
	free(q->sR);
	free(q->sL);
	free(q->k);
	free(q->M);
	free(q->shift);
}

/* The ideal tables of the window, bent and shaken per converter (not monotone at times), the same on every tile: what the layer model can follow. */
static int32_t *draw_tables(struct prng *p, const struct cfg *c)
{
	struct gm_hw hw = cosim_hw(c);
	struct gm_regs regs = cosim_regs(c);
	size_t n = thresholds_count(&hw), tile = n / c->tiles;
	int32_t *T = MEM_NEW(n, int32_t);

	thresholds_ideal(&hw, regs.window, T);
	for (size_t i = 0; i < n; i++)
		T[i] = i < tile ? T[i] + pick(p, -20, 20) : T[i - tile];
	return T;
}

/* [adcs][1 << bits] of tile 0, set 0 */
static int32_t *tables_of_set0(const struct cfg *c, const int32_t *T)
{
	size_t table = (size_t)1 << c->bits;
	int32_t *one = MEM_NEW(c->adcs * table, int32_t);

	for (int a = 0; a < c->adcs; a++)
		memcpy(one + a * table, T + (size_t)a * GM_SETS * table, table * sizeof(*one));
	return one;
}

static struct cosim *open_device(const struct device *d, const int32_t *tables, struct err *e)
{
	struct cosim_setup setup = { .hw = cosim_hw(&d->cfg), .sample_hold = d->cfg.sample_hold, .hash = d->hash, .thresholds = tables, .compare = true };

	return cosim_open(&d->lib, &setup, e);
}

static void describe(const struct cfg *c, const struct cosim_case *k, double stall, bool tables)
{
	printf("  %dx%d tiles %d adcs %d bits %d cell_bits %d sample_hold %d %s; input %s%d weight %s%d lsb %d low %d %s %s; timing %d %d %d; %s %d x %d, %d blocks, %d tokens, stall %.1f%s\n",
	       c->rows, c->cols, c->tiles, c->adcs, c->bits, c->cell_bits, c->sample_hold, c->kind == CFG_DIGITAL ? "digital" : "analog",
	       c->input_code == CFG_SM ? "sm" : "tc", c->input_bits, c->weight_code == CFG_SM ? "sm" : "tc", c->weight_bits, c->lsb, c->low,
	       c->rounding == CFG_NEAREST ? "nearest" : "floor", c->resolution == CFG_FULL ? "full" : "fit", c->precharge, c->evaluate, c->compare,
	       k->n_stages == 2 ? "Monarch" : "dense", k->map.out, k->map.in, k->map.b, k->tokens, stall, tables ? ", drawn tables" : "");
}

/* One run. `shared` keeps its state from run to run. Refusals by the checker (accumulators that could overflow) are redrawn, not counted. */
static bool one(const struct options *o, int index, const struct device *d, struct cosim *shared, struct tally *tally)
{
	for (int attempt = 0; ; attempt++) {
		struct prng p;
		struct cfg c = d->cfg;
		struct cosim_case k = { 0 };
		struct gq_layer q = { 0 };
		struct model_linear l = { 0 };
		struct err e = { 0 };
		struct cosim *own = NULL;
		int32_t *tables = NULL, *set0 = NULL;
		struct gl_readout ro;
		double stall;
		bool monarch, good;
		int rc;

		prng_init(&p, (o->seed << 20) + ((uint64_t)index << 4) + attempt);
		if (o->grid)
			grid_registers(&c, index / N_ELABORATIONS);
		else
			draw_registers(&p, &c);
		monarch = o->grid ? grid_is_monarch(index % N_ELABORATIONS, index / N_ELABORATIONS) : chance(&p, 0.4);
		if (!o->grid && c.kind == CFG_ANALOG && chance(&p, 0.25))
			tables = draw_tables(&p, &c);
		set0 = tables && !monarch ? tables_of_set0(&c, tables) : NULL;
		cli_readout(&c, &ro);
		ro.thresholds = set0;
		stall = !o->grid && chance(&p, 0.3) ? (1 + pick(&p, 0, 2) * 4) / 10.0 : 0;
		rc = monarch ? draw_monarch(&p, &c, &ro, &k, &q, &l, o->grid, &e) : draw_dense(&p, &c, &ro, &k, o->grid, &e);
		if (!rc && tables)
			rc = (own = open_device(d, tables, &e)) ? 0 : -1;
		if (!rc)
			rc = case_run(&k, &c, own ? own : shared, stall, prng_u64(&p), &e);
		if (!rc && (!tables || !monarch))
			case_check(&k);
		good = !rc && !k.mismatches && !k.total.mismatches && (!o->grid || k.stage[0].lossless);
		if (o->verbose || (!good && !(rc && e.code == ERR_INPUT && attempt < 15))) {
			printf("run %d%s\n", index, good ? "" : " FAILED");
			describe(&c, &k, stall, tables != NULL);
			if (!good)
				printf("  %s\n  repeat: build/test/sweep%s --seed %llu --only %d\n", rc ? e.text : k.total.mismatches ? k.total.first : k.first, o->grid ? " --grid" : "", (unsigned long long)o->seed, index);
		}
		tally->lossless += good && k.stage[0].lossless;
		tally->stalled += good && stall > 0;
		tally->tables += good && tables;
		tally->monarch += good && monarch;
		case_release(&k);
		release_monarch(&q, &l);
		cosim_close(own);
		free(tables);
		free(set0);
		if (!(rc && e.code == ERR_INPUT && attempt < 15))
			return good;
	}
}

static bool wanted(const struct options *o, int i)
{
	if (o->grid && !grid_lossless(&elaborations[i]))
		return false;
	return o->only < 0 ? i < o->n : o->only % N_ELABORATIONS == i;
}

static void sweep_device(const struct options *o, int i, struct tally *t)
{
	const struct device *d = &devices[i];
	struct err e = { 0 };
	struct cosim *shared = d->rc ? NULL : open_device(d, NULL, &e);

	if (!shared) {
		printf("elaboration %d FAILED\n  %s\n", i, d->rc ? d->err.text : e.text);
		t->failed++;
		return;
	}
	for (int n = o->only < 0 ? i : o->only; n < (o->only < 0 ? o->n : o->only + 1); n += N_ELABORATIONS)
		one(o, n, d, shared, t) ? t->passed++ : t->failed++;
	cosim_close(shared);
}

static int usage(void)
{
	fputs("usage: sweep [--n N] [--seed S] [--only I] [--jobs J] [--grid] [--verbose]\n", stderr);
	return ERR_INPUT;
}

int main(int argc, char **argv)
{
	struct options o = { .n = 200, .only = -1, .jobs = 2, .seed = 1 };
	struct tally t = { 0 };
	pthread_t thread[16];
	double t0 = progress_now(), built;
	int elaborated = 0;

	setvbuf(stdout, NULL, _IOLBF, 0); /* a failure is seen when it happens */

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--verbose"))
			o.verbose = true;
		else if (!strcmp(argv[i], "--grid"))
			o.grid = true;
		else if (i + 1 == argc)
			return usage();
		else if (!strcmp(argv[i], "--n"))
			o.n = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--only"))
			o.only = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--jobs"))
			o.jobs = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--seed"))
			o.seed = strtoull(argv[++i], NULL, 0);
		else
			return usage();
	}
	if (o.grid)
		o.n = GRID * N_ELABORATIONS;
	if (o.jobs < 1 || o.jobs > 16 || o.n < 1)
		return usage();
	for (int i = 0; i < N_ELABORATIONS; i++)
		devices[i].rc = wanted(&o, i) ? device_config(&elaborations[i], &devices[i].cfg, &devices[i].err) : -1;
	for (int j = 0; j < o.jobs; j++)
		if (pthread_create(&thread[j], NULL, build_devices, NULL))
			return ERR_ENV;
	for (int j = 0; j < o.jobs; j++)
		pthread_join(thread[j], NULL);
	built = progress_now();
	for (int i = 0; i < N_ELABORATIONS; i++)
		if (wanted(&o, i))
			sweep_device(&o, i, &t);
	for (int i = 0; i < N_ELABORATIONS; i++)
		elaborated += wanted(&o, i);
	printf("sweep: seed %llu, %d elaborations in %.1f s, runs in %.1f s; lossless %d, drawn tables %d, Monarch %d, stalled %d\n", (unsigned long long)o.seed,
	       elaborated, built - t0, progress_now() - built, t.lossless, t.tables, t.monarch, t.stalled);
	printf("%d passed, %d failed\n", t.passed, t.failed);
	return t.failed ? ERR_DIFF : 0;
}
