/* Programs for any configuration, without RTL: the golden machine's clocks (network.md sections 3 and 4, stepped through) against the mapper's prediction,
 * and its results against golden's layer. usage: clocks [--n N] [--seed S] [--only I] [--verbose]. SPDX-License-Identifier: Apache-2.0 */
#include "lib/numbers.h"
#include "common/cfg_schema.h"
#include "common/mem.h"
#include "cosim/thresholds.h"
#include "sweep_draw.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct beats { int32_t *acc; int16_t *q; size_t n, room; };

static int pick(struct prng *p, int lo, int hi)
{
	return (int)prng_range(p, lo, hi);
}

static const char *no_place(void *ctx, const char *keys)
{
	(void)ctx;
	return keys;
}

static void draw_hardware(struct prng *p, struct cfg *c)
{
	const struct cfg_across rules = { no_place, NULL };
	struct err e;

	do {
		c->rows = pick(p, 8, 40);
		c->cols = pick(p, 8, 70);
		c->tiles = pick(p, 1, 9);
		c->adcs = 1 << pick(p, 0, 4);
		c->bits = pick(p, 1, 8);
		c->cell_bits = pick(p, 1, 2);
		c->sample_hold = pick(p, 0, 1);
		c->adc = (enum cfg_adc)pick(p, CFG_SAR, CFG_STOCHASTIC);
		c->flash_bits = pick(p, 1, 3);
		c->bubble = pick(p, 0, 1) ? CFG_ONES : CFG_MAJORITY;
		c->search = pick(p, 0, 3) ? CFG_BINARY : CFG_ASYMMETRIC;
		c->reference = pick(p, 0, 1) ? CFG_IMMERSED : CFG_LOCAL;
		c->network = (enum cfg_network)pick(p, CFG_PAIR, CFG_BROADCAST);
		c->resolution = CFG_FULL;
		c->samples = 1;
		if (c->reference == CFG_IMMERSED) { /* most of what is drawn breaks a rule there */
			c->sample_hold = false;
			c->bits = pick(p, 1, 4);
			c->adcs = 1 << pick(p, 0, 2);
		}
		memset(&e, 0, sizeof(e));
	} while (cfg_across(c, &rules, &e));
}

static int on_out(void *ctx, const struct gm_out *o)
{
	struct beats *b = ctx;

	if (o->to_stream && b->n < b->room) {
		b->acc[b->n] = o->acc;
		b->q[b->n] = (int16_t)o->q;
	}
	b->n += o->to_stream;
	return 0;
}

static bool differ(const char *what, uint64_t predicted, uint64_t golden, char *text, size_t n)
{
	if (predicted == golden)
		return false;
	snprintf(text, n, "%s: predicted %" PRIu64 ", golden machine %" PRIu64, what, predicted, golden);
	return true;
}

static bool counts_differ(const struct cfg *c, const struct map_counts *m, const struct gm_counts *g, char *text, size_t n)
{
	if (differ("activations", m->activations, g->activations, text, n) || differ("conversions", m->conversions, g->conversions, text, n) ||
	    differ("compute clocks", m->compute_clocks, g->compute_clocks, text, n))
		return true;
	if (c->search != CFG_ASYMMETRIC)
		return differ("comparisons", m->comparisons, g->comparisons, text, n) || differ("compare clocks", m->compare_clocks, g->compare_clocks, text, n) ||
		       differ("convert clocks", m->convert_clocks, g->convert_clocks, text, n) || differ("serve clocks", m->serve_clocks, g->serve_clocks, text, n) ||
		       differ("cycles", m->cycles, g->cycles, text, n) || differ("clocks LOAD waited", m->wait_load, g->wait_load, text, n) ||
		       differ("clocks ACT waited", m->wait_act, g->wait_act, text, n) || differ("clocks OUT waited", m->wait_out, g->wait_out, text, n) ||
		       differ("clocks END waited", m->wait_end, g->wait_end, text, n);
	if (c->reference == CFG_LOCAL && (g->cycles < m->cycles_least || g->cycles > m->cycles_most)) {
		snprintf(text, n, "cycles: predicted %" PRIu64 "..%" PRIu64 ", golden machine %" PRIu64, m->cycles_least, m->cycles_most, g->cycles);
		return true;
	}
	return false;
}

/* all tokens of a case on one machine; text: what differs, empty if nothing */
static int run_case(struct draw *d, char *text, size_t room, struct err *e)
{
	struct gm_hw hw = numbers_hw(&d->c);
	struct gm_regs regs = numbers_regs(&d->c, d->has_tree ? &d->tree.ro : NULL);
	int most = map_batch(&d->c, &d->k.map, d->k.placement, e), rc = 0;
	struct gm *g;

	*text = '\0';
	if (!most)
		return -1;
	regs.clocks = true;
	g = gm_new(&hw, d->tables.golden);
	for (int t = 0; t < d->k.tokens && !rc && !*text; t += most) {
		struct map_program p;
		struct beats b = { 0 };
		struct gm_sink sink = { .ctx = &b, .out = on_out };
		struct gm_counts counts;
		uint64_t *stream;
		size_t used;

		rc = map_compile(&d->c, &d->k.map, d->k.placement, d->k.tokens - t < most ? d->k.tokens - t : most, d->has_tree ? &d->tree.steps : NULL, &p, e);
		if (rc)
			break;
		case_judge_program(&d->k, &p);
		stream = map_stream(&d->c, &d->k.map, &p, d->k.x + (size_t)t * d->k.map.in);
		b.room = p.n_outputs;
		b.acc = MEM_NEW(b.room, int32_t);
		b.q = MEM_NEW(b.room, int16_t);
		rc = gm_run(g, &regs, p.code, p.n_instr, stream, p.n_beats, &sink, &counts, &used, e);
		if (!rc && (used != p.n_beats || b.n != p.n_outputs))
			snprintf(text, room, "%zu of %zu beats taken, %zu of %zu made", used, p.n_beats, b.n, p.n_outputs);
		else if (!rc)
			counts_differ(&d->c, &p.counts, &counts, text, room);
		if (!rc)
			case_place(&d->k, &p, b.acc, b.q, b.n, t);
		map_program_release(&p);
		free(stream);
		free(b.acc);
		free(b.q);
	}
	gm_free(g);
	return rc;
}

/* false: failed. Refusals are drawn again. */
static bool one(uint64_t seed, int index, bool verbose, int *immersed)
{
	for (int attempt = 0; ; attempt++) {
		const char *over[] = { "scheduler.program_depth=2048", "scheduler.activation_depth=4096", "scheduler.accumulator_depth=1024", "scheduler.channel_depth=1024" };
		char text[200];
		struct err e = { 0 };
		struct prng p;
		struct cfg base;
		struct draw d;
		bool good;
		int rc;

		if (cfg_load(&base, "configs/tiny.xml", over, 4, &e)) {
			printf("FAIL - %s\n", e.text);
			return false;
		}
		prng_init(&p, (seed << 20) + ((uint64_t)index << 4) + attempt);
		draw_hardware(&p, &base);
		rc = draw_random(&d, &p, &base, &e);
		if (!rc)
			rc = run_case(&d, text, sizeof(text), &e);
		if (!rc && !*text && !d.k.machine_only)
			case_check(&d.k);
		good = !rc && !*text && !d.k.mismatches;
		if (rc && e.code == ERR_INPUT && attempt < 15) {
			draw_release(&d);
			continue;
		}
		if (!good || verbose) {
			printf("run %d%s\n", index, good ? "" : " FAILED");
			draw_describe(&d);
			if (!good)
				printf("  %s\n  repeat: build/test/clocks --seed %" PRIu64 " --only %d\n", rc ? e.text : *text ? text : d.k.first, seed, index);
		}
		*immersed += d.c.reference == CFG_IMMERSED;
		draw_release(&d);
		return good;
	}
}

int main(int argc, char **argv)
{
	int n = 1000, only = -1, passed = 0, failed = 0, immersed = 0;
	uint64_t seed = 1;
	bool verbose = false;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--verbose")) {
			verbose = true;
		} else if (i + 1 < argc && !strcmp(argv[i], "--n")) {
			n = atoi(argv[++i]);
		} else if (i + 1 < argc && !strcmp(argv[i], "--seed")) {
			seed = strtoull(argv[++i], NULL, 0);
		} else if (i + 1 < argc && !strcmp(argv[i], "--only")) {
			only = atoi(argv[++i]);
		} else {
			fputs("usage: clocks [--n N] [--seed S] [--only I] [--verbose]\n", stderr);
			return ERR_INPUT;
		}
	}
	for (int i = only < 0 ? 0 : only; i < (only < 0 ? n : only + 1); i++)
		one(seed, i, verbose, &immersed) ? passed++ : failed++;
	printf("clocks: seed %" PRIu64 ", immersed %d\n%d passed, %d failed\n", seed, immersed, passed, failed);
	return failed > 0;
}
