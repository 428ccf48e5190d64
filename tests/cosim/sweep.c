/* Seeded random sweep: random layers, run-time registers, inputs, stalls, noise, threshold tables and search trees over a fixed list of elaborations, each judged
 * event by event (golden machine), at the layer (integer product, or the read-out partition) where it can be, and against the prediction.
 *	sweep [--n N] [--seed S] [--only I] [--rows R] [--jobs J] [--grid] [--verbose]
 * Run I of seed S is the same whatever N is. --rows: only elaborations of at most R rows. --grid: not random but every combination of {1, 4, 7, 8} input and weight bits, tc and sm, at each size, lossless,
 * dense layers with a partial row group and Monarch layers with padded blocks; inputs all zero, full scale and random. Last line: "N passed, N failed"; exit status 0 when none failed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/progress.h"
#include "sweep_device.h"
#include "sweep_draw.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* more: overrides of its converter, blank between them */
static const struct elaboration { int rows, cols, tiles, adcs, bits, cell_bits, sample_hold; bool digital; const char *more; } elaborations[] = {
	/* two of each size are lossless, one of one tile and one of several: see grid_is_monarch */
	{ 8, 8, 1, 4, 4, 1, 1, false },     { 8, 8, 4, 2, 6, 2, 0, true },
	{ 33, 65, 3, 16, 6, 1, 1, false },  { 33, 65, 1, 64, 8, 2, 0, false },
	{ 64, 64, 1, 8, 9, 2, 0, true },    { 64, 64, 4, 16, 7, 1, 1, false },
	{ 100, 37, 3, 2, 9, 2, 1, false },  { 100, 37, 1, 1, 12, 1, 0, false },
	{ 256, 256, 1, 64, 9, 1, 1, false }, { 256, 256, 3, 16, 10, 2, 0, false },
	{ 64, 64, 3, 32, 3, 1, 1, false },
	/* the other converters */
	{ 16, 33, 2, 4, 4, 1, 1, false, "readout.kind=flash" },
	{ 33, 17, 1, 2, 5, 2, 0, true, "readout.kind=flash readout.bubble=ones" },
	{ 33, 33, 2, 4, 6, 1, 1, false, "readout.kind=hybrid readout.flash_bits=2" },
	{ 16, 16, 1, 2, 5, 1, 0, false, "readout.kind=hybrid readout.flash_bits=3 readout.bubble=ones" },
	{ 16, 16, 2, 16, 1, 1, 1, false, "readout.kind=sense" },
	{ 33, 33, 2, 4, 6, 1, 1, false, "readout.kind=stochastic readout.resolution=full" },
	{ 33, 33, 3, 8, 6, 1, 1, false, "readout.search=asymmetric readout.resolution=full" },
	{ 16, 16, 1, 4, 5, 1, 0, true, "readout.search=asymmetric readout.resolution=full" },
	/* immersed references */
	{ 16, 16, 2, 1, 4, 1, 0, false, "readout.reference=immersed" },
	{ 33, 65, 4, 4, 4, 1, 0, false, "readout.reference=immersed" },
	{ 16, 16, 2, 1, 4, 1, 0, false, "readout.reference=immersed readout.search=asymmetric readout.resolution=full" },
	{ 16, 33, 4, 2, 4, 1, 0, false, "readout.reference=immersed readout.network=ring" },
	{ 16, 16, 3, 1, 4, 1, 0, false, "readout.reference=immersed readout.network=ring readout.kind=stochastic readout.resolution=full" },
	{ 16, 33, 5, 2, 4, 1, 0, false, "readout.reference=immersed readout.network=ring readout.kind=hybrid readout.flash_bits=2" },
	{ 16, 16, 5, 4, 2, 1, 0, false, "readout.reference=immersed readout.network=ring readout.kind=flash" },
	{ 16, 16, 7, 4, 2, 1, 0, false, "readout.reference=immersed readout.network=broadcast readout.kind=flash" },
	{ 16, 33, 7, 2, 4, 1, 0, false, "readout.reference=immersed readout.network=broadcast readout.kind=hybrid readout.flash_bits=2" },
};
enum { N_ELABORATIONS = sizeof(elaborations) / sizeof(*elaborations) };

struct options { int n, only, rows, jobs; uint64_t seed; bool grid, verbose; };
struct device { struct sweep_device d; int rc, passed, failed; struct err err; };
struct tally { int passed, failed, lossless, stalled, tables, monarch, noise, trees, shuffled, machine_only; };

static struct device devices[N_ELABORATIONS];
static atomic_int next_device;

static int device_config(const struct elaboration *x, struct cfg *c, struct err *e)
{
	char text[24][64];
	const char *over[24];
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
	for (const char *m = x->more ? x->more : ""; *m; m += strcspn(m, " "), m += *m == ' ')
		SET("%.*s", (int)strcspn(m, " "), m);
#undef SET
	return cfg_load(c, "configs/tiny.xml", over, n, e);
}

static void *build_devices(void *unused)
{
	int i;

	while ((i = atomic_fetch_add(&next_device, 1)) < N_ELABORATIONS)
		if (devices[i].rc >= 0) /* wanted */
			devices[i].rc = sweep_device_make(&devices[i].d, &devices[i].err);
	return unused;
}

static bool grid_lossless(const struct elaboration *x)
{
	return !x->more && 1 << x->bits > x->rows * ((1 << x->cell_bits) - 1);
}

/* dense on one elaboration of a size and Monarch on the other, in turn */
static bool grid_is_monarch(int elaboration, int combination)
{
	return (combination + elaboration) % 2;
}

/* One run. `shared` keeps its state from run to run; tables and noise belong to a device of their own. Refusals by the checker are redrawn, not counted. */
static bool one(const struct options *o, int index, const struct device *d, struct cosim *shared, struct tally *tally)
{
	for (int attempt = 0; ; attempt++) {
		int elaboration = index % N_ELABORATIONS, round = index / N_ELABORATIONS, rc;
		struct cosim *own = NULL;
		struct err e = { 0 };
		struct prng p;
		struct draw r;
		bool good;

		prng_init(&p, (o->seed << 20) + ((uint64_t)index << 4) + attempt);
		rc = o->grid ? draw_grid(&r, &p, &d->d.cfg, round, grid_is_monarch(elaboration, round), &e) : draw_random(&r, &p, &d->d.cfg, &e);
		if (!rc && (r.tables.hardware || r.c.noise))
			rc = (own = sweep_device_open(&d->d, &r.c, &r.tables, &e)) ? 0 : -1;
		if (!rc && r.shuffled)
			rc = draw_shuffled(&r, &p, own ? own : shared, &e);
		else if (!rc)
			rc = case_run(&r.k, &r.c, r.has_tree ? &r.tree : NULL, own ? own : shared, r.stall, prng_u64(&p), &e);
		if (!rc && !r.shuffled)
			case_check(&r.k);
		good = !rc && !r.k.mismatches && !r.k.total.mismatches && (!o->grid || r.k.stage[0].lossless);
		if (o->verbose || (!good && !(rc && e.code == ERR_INPUT && attempt < 15))) {
			printf("run %d%s\n", index, good ? "" : " FAILED");
			draw_describe(&r);
			if (!good)
				printf("  %s\n  repeat: build/test/sweep%s --seed %llu --only %d\n", rc ? e.text : r.k.total.mismatches ? r.k.total.first : r.k.first, o->grid ? " --grid" : "", (unsigned long long)o->seed, index);
		}
		tally->lossless += good && r.k.stage[0].lossless && !r.shuffled;
		tally->stalled += good && r.stall > 0;
		tally->tables += good && r.tables.hardware;
		tally->monarch += good && r.monarch;
		tally->noise += good && r.c.noise;
		tally->trees += good && r.has_tree;
		tally->shuffled += good && r.shuffled;
		tally->machine_only += good && r.k.machine_only && !r.shuffled;
		draw_release(&r);
		cosim_close(own);
		if (!(rc && e.code == ERR_INPUT && attempt < 15))
			return good;
	}
}

static bool wanted(const struct options *o, int i)
{
	if ((o->grid && !grid_lossless(&elaborations[i])) || elaborations[i].rows > o->rows)
		return false;
	return o->only < 0 ? i < o->n : o->only % N_ELABORATIONS == i;
}

static void sweep_device(const struct options *o, int i, struct tally *t)
{
	struct device *d = &devices[i];
	struct err e = { 0 };
	struct cosim *shared = d->rc ? NULL : sweep_device_open(&d->d, &d->d.cfg, NULL, &e);

	if (!shared) {
		printf("elaboration %d FAILED\n  %s\n", i, d->rc ? d->err.text : e.text);
		t->failed++;
		return;
	}
	for (int n = o->only < 0 ? i : o->only; n < (o->only < 0 ? o->n : o->only + 1); n += N_ELABORATIONS)
		one(o, n, d, shared, t) ? d->passed++ : d->failed++;
	t->passed += d->passed;
	t->failed += d->failed;
	cosim_close(shared);
}

static const char *kind_of(const struct cfg *c, char *text, size_t n)
{
	static const char *const kind[] = { "sar", "flash", "hybrid", "sense", "stochastic" }, *const network[] = { "pair", "ring", "broadcast" };

	snprintf(text, n, "%s%s%s%s", c->search == CFG_ASYMMETRIC ? "asymmetric" : kind[c->adc], c->reference == CFG_IMMERSED ? " immersed " : "",
		 c->reference == CFG_IMMERSED ? network[c->network] : "", c->kind == CFG_DIGITAL ? " digital" : "");
	return text;
}

/* runs that passed, per kind */
static void print_kinds(const struct options *o)
{
	char name[64], other[64];

	for (int i = 0; i < N_ELABORATIONS; i++) {
		int passed = 0, failed = 0, first = i;

		if (!wanted(o, i) || devices[i].rc)
			continue;
		kind_of(&devices[i].d.cfg, name, sizeof(name));
		for (int k = 0; k < N_ELABORATIONS; k++) {
			if (!wanted(o, k) || devices[k].rc || strcmp(kind_of(&devices[k].d.cfg, other, sizeof(other)), name))
				continue;
			first = k < first ? k : first;
			passed += devices[k].passed;
			failed += devices[k].failed;
		}
		if (first == i)
			printf("  %-28s %5d passed, %d failed\n", name, passed, failed);
	}
}

static int usage(void)
{
	fputs("usage: sweep [--n N] [--seed S] [--only I] [--rows R] [--jobs J] [--grid] [--verbose]\n", stderr);
	return ERR_INPUT;
}

int main(int argc, char **argv)
{
	struct options o = { .n = 200, .only = -1, .rows = 1024, .jobs = 2, .seed = 1 };
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
		else if (!strcmp(argv[i], "--rows"))
			o.rows = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--jobs"))
			o.jobs = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--seed"))
			o.seed = strtoull(argv[++i], NULL, 0);
		else
			return usage();
	}
	if (o.grid)
		o.n = DRAW_GRID * N_ELABORATIONS;
	if (o.jobs < 1 || o.jobs > 16 || o.n < 1)
		return usage();
	for (int i = 0; i < N_ELABORATIONS; i++)
		devices[i].rc = wanted(&o, i) ? device_config(&elaborations[i], &devices[i].d.cfg, &devices[i].err) : -1;
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
	print_kinds(&o);
	printf("sweep: seed %llu, %d elaborations in %.1f s, runs in %.1f s; lossless %d, tables %d, Monarch %d, stalled %d, noise %d, trees %d, sets and resolutions per ACT %d, other layers by the machine alone %d\n", (unsigned long long)o.seed,
	       elaborated, built - t0, progress_now() - built, t.lossless, t.tables, t.monarch, t.stalled, t.noise, t.trees, t.shuffled, t.machine_only);
	printf("%d passed, %d failed\n", t.passed, t.failed);
	return t.failed ? ERR_DIFF : 0;
}
