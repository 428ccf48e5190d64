/* The model's state lives twice: one is fed by the RTL, one by golden's own layers. Both must give the same logits, bit by bit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_generate_parts.h"
#include "cli/cli_readout.h"
#include "common/mem.h"
#include "common/prng.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct generation *generation_new(const struct generate_ask *ask, struct err *e)
{
	struct generation *g = MEM_NEW(1, struct generation);

	g->ask = *ask;
	if (model_load(&g->model, ask->model, e)) {
		free(g);
		return NULL;
	}
	if (speech_begin(&g->speech, &g->model, ask->model, ask->tokenizer, ask->prompt, ask->n, e)) {
		generation_free(g);
		return NULL;
	}
	return g;
}

static void unit_release(struct unit *u)
{
	case_release(&u->k);
	map_program_release(&u->p);
	free(u->stream);
	memset(u, 0, sizeof(*u));
}

void generation_free(struct generation *g)
{
	if (!g)
		return;
	for (int i = 0; i < g->n_units; i++)
		unit_release(&g->unit[i]);
	free(g->unit);
	free(g->place);
	free(g->x);
	free(g->cycles_of);
	gq_free(g->gq);
	speech_release(&g->speech);
	model_release(&g->model);
	free(g);
}

int generation_count(struct generation *g, uint64_t *histogram, struct err *e)
{
	const struct speech *s = &g->speech;
	struct gl_readout ro = *g->ask.ro;
	int *tokens;
	struct gq *gq;
	struct tf tf;

	ro.histogram = histogram;
	gq = calibrated_new(&g->model, &ro, !g->ask.host_head, (unsigned long)g->ask.seed, NULL, e);
	if (!gq)
		return -1;
	tokens = MEM_NEW((size_t)s->n_prompt + (size_t)s->n, int);
	memcpy(tokens, s->tokens, (size_t)s->n_prompt * sizeof(*tokens));
	tf_init(&tf, &g->model, gq_linear, gq);
	tf.head = gq->head;
	text_continue(&tf, tokens, s->n_prompt, s->n, g->ask.temperature, (unsigned long)g->ask.seed, NULL, NULL);
	tf_release(&tf);
	free(tokens);
	gq_free(gq);
	return 0;
}

/* ---- programs ---- */

/* beats before the first XIN, which takes the inputs: what stands before it are requantisers (PARAM) */
static size_t input_beat(const struct map_program *p)
{
	size_t beat = 0;

	for (size_t i = 0; i < p->n_instr; i++) {
		struct map_instr in;

		map_decode(p->code + 8 * i, &in);
		if (in.op == MAP_XIN)
			return beat;
		if (in.op == MAP_PARAM)
			beat += (size_t)in.count;
	}
	BUG("a program without inputs");
}

static int one_case(struct generation *g, int index, struct cosim_case *k, struct err *e)
{
	const struct gq_layer *q = &g->gq->layer[index];
	bool head = index == g->model.n_layers * MODEL_N_LINEAR;
	char name[64];

	snprintf(name, sizeof(name), "%d.%s", index / MODEL_N_LINEAR, model_linear_name[index % MODEL_N_LINEAR]);
	k->tokens = 1;
	k->x = MEM_NEW(q->src->in, int8_t);
	k->s_x = MEM_NEW(1, float);
	return case_from_model(k, g->ask.cfg, &g->gq->ro, q, head ? "head" : name, g->ask.placement, e);
}

/* n > 1: one program for all of them */
static int unit_make(struct generation *g, const int *index, int n, struct unit *u, struct err *e)
{
	struct cosim_case *k = &u->k;
	int rc = 0;

	memset(u, 0, sizeof(*u));
	u->position = -1;
	if (n == 1) {
		rc = one_case(g, index[0], k, e);
	} else {
		k->part = MEM_NEW((size_t)n, struct cosim_case);
		for (k->n_parts = 0; k->n_parts < n && !rc; k->n_parts++)
			rc = one_case(g, index[k->n_parts], &k->part[k->n_parts], e);
		rc = rc || case_join(k, e) ? -1 : 0;
	}
	if (!rc) {
		case_choose_judge(k, g->ask.tables, g->tree);
		rc = !map_batch(g->ask.cfg, &k->map, k->placement, e) || map_compile(g->ask.cfg, &k->map, k->placement, 1, g->tree ? &g->tree->steps : NULL, &u->p, e) ? -1 : 0;
	}
	if (rc)
		return rc;
	case_judge_program(k, &u->p);
	u->stream = map_stream(g->ask.cfg, &k->map, &u->p, k->n_parts ? k->part[0].x : k->x);
	u->x_beat = input_beat(&u->p);
	return 0;
}

/* Layers that read one vector: apart, or together where that can be done and is sooner. */
static int add_units(struct generation *g, const int *index, int n, struct err *e)
{
	struct unit joint, *apart = &g->unit[g->n_units];
	uint64_t cycles = 0;
	struct err no = { 0 };

	for (int i = 0; i < n; i++) {
		struct unit *u = &g->unit[g->n_units++];

		if (unit_make(g, &index[i], 1, u, e))
			return -1;
		g->place[index[i]] = (struct place){ g->n_units - 1, 0 };
		cycles += u->p.counts.cycles;
	}
	if (n == 1)
		return 0;
	if (unit_make(g, index, n, &joint, &no) || joint.p.counts.cycles >= cycles) {
		unit_release(&joint);
		return 0;
	}
	for (int i = 0; i < n; i++) {
		unit_release(&apart[i]);
		g->place[index[i]] = (struct place){ (int)(apart - g->unit), i };
	}
	*apart = joint;
	g->n_units -= n - 1;
	return 0;
}

static int make_units(struct generation *g, struct err *e)
{
	/* in the order in which tf_step asks, neighbours of one vector together */
	static const struct { int id[MAP_MOST_PARTS], n; } group[] = {
		{ { MODEL_WQ, MODEL_WK, MODEL_WV }, 3 }, { { MODEL_WO }, 1 }, { { MODEL_W1, MODEL_W3 }, 2 }, { { MODEL_W2 }, 1 },
	};
	int n = g->model.n_layers * MODEL_N_LINEAR;

	g->unit = MEM_NEW((size_t)n + 1, struct unit);
	g->place = MEM_NEW((size_t)n + 1, struct place);
	for (int l = 0; l < g->model.n_layers; l++)
		for (size_t i = 0; i < sizeof(group) / sizeof(*group); i++) {
			int index[MAP_MOST_PARTS];

			for (int j = 0; j < group[i].n; j++)
				index[j] = l * MODEL_N_LINEAR + group[i].id[j];
			if (add_units(g, index, group[i].n, e))
				return -1;
		}
	return g->gq->head ? add_units(g, &n, 1, e) : 0;
}

/* gq_linear reads every block of a Monarch stage by itself; the placement linear reads all of them in one matrix, which is the same only where nothing is lost */
static const char *why_alone(struct generation *g)
{
	for (int i = 0; i < g->n_units; i++) {
		struct cosim_case *k = &g->unit[i].k;

		if (k->machine_only)
			return k->machine_only;
		if (k->n_stages > 1 && k->placement == MAP_LINEAR && !case_lossless(k))
			return "the placement linear reads all blocks of a Monarch layer together, golden's own run each by itself";
	}
	return NULL;
}

int generation_prepare(struct generation *g, const struct cli_tree *tree, struct err *e)
{
	struct gl_readout ro = *g->ask.ro;
	int widest = g->model.dim;

	g->tree = tree;
	ro.product = true;
	if (tree)
		ro.conv.tree = &tree->ro;
	g->gq = calibrated_new(&g->model, &ro, !g->ask.host_head, (unsigned long)g->ask.seed, NULL, e);
	if (!g->gq || make_units(g, e))
		return -1;
	g->alone = why_alone(g);
	for (int i = 0; i < g->model.n_layers * MODEL_N_LINEAR; i++)
		if (g->gq->layer[i].src->in > widest)
			widest = g->gq->layer[i].src->in;
	g->x = MEM_NEW((size_t)widest, int8_t);
	return 0;
}

/* ---- the hook ---- */

static void put_input(struct unit *u, const int8_t *x, int n)
{
	for (int i = 0; i < n; i++) {
		uint64_t *beat = &u->stream[u->x_beat + (size_t)i / 8];

		*beat = (*beat & ~((uint64_t)255 << (i % 8 * 8))) | (uint64_t)(uint8_t)x[i] << (i % 8 * 8);
	}
}

static void run_unit(struct generation *g, struct unit *u, float s_x)
{
	struct cosim_case *k = &u->k;
	uint64_t before = k->total.rtl_cycles;
	const char *first;
	char text[sizeof(k->total.first)];

	k->token0 = g->position;
	memcpy(k->x, g->x, (size_t)k->map.in);
	for (int i = 0; i < case_parts(k); i++) {
		struct cosim_case *part = case_part(k, i);

		part->token0 = g->position;
		memcpy(part->x, g->x, (size_t)k->map.in);
		part->s_x[0] = s_x;
	}
	put_input(u, g->x, k->map.in);
	u->position = g->position;
	if (case_run_program(k, g->ask.cfg, g->tree, g->device, 0, &u->p, u->stream, g->ask.stall, g->ask.seed + (uint64_t)g->position, NULL, g->e))
		return;
	if (g->has_bar)
		progress_at(&g->bar, ++g->programs);
	case_check(k);
	g->cycles += k->total.rtl_cycles - before;
	if (!k->total.mismatches && !k->mismatches)
		return;
	g->differs = true;
	first = *k->total.first ? k->total.first : k->first;
	snprintf(text, sizeof(text), "token position %d, %.*s", g->position, (int)sizeof(text) - 40, first);
	memcpy(k->total.first, text, sizeof(text));
}

/* accumulators of the RTL -> floats of the model, by golden's own operation: equal integers are equal floats */
static void dequantise(const struct gq *gq, const struct gq_layer *q, const struct cosim_case *k, float *y)
{
	const struct case_stage *last = &k->stage[k->n_stages - 1];

	for (int block = 0; block < last->blocks; block++)
		for (int po = 0; po < last->out; po++) {
			int channel = block * last->out + po, o = po * last->blocks + block;

			if (o < q->src->out)
				y[o] = gq_dequantise(gq, q, channel, last->y[channel], k->s_x[0]);
		}
}

static void through_rtl(void *ctx, int layer, int id, const float *x, float *y)
{
	struct generation *g = ctx;
	int index = layer * MODEL_N_LINEAR + id;
	const struct gq_layer *q = &g->gq->layer[index];
	struct unit *u = &g->unit[g->place[index].unit];
	float s_x = gc_quantise(g->gq->ro.input_code, g->gq->ro.input_bits, x, q->src->in, g->x);

	if (!g->differs && !g->e->code) {
		if (u->position != g->position)
			run_unit(g, u, s_x);
		else if (memcmp(u->k.x, g->x, (size_t)q->src->in))
			BUG("layers '%s' of one program read different vectors", u->k.map.name);
	}
	if (g->differs || g->e->code)
		memset(y, 0, (size_t)q->src->out * sizeof(*y)); /* the token ends without being heard */
	else
		dequantise(g->gq, q, case_part(&u->k, g->place[index].part), y);
}

/* ---- token by token ---- */

static void compare_logits(struct generation *g, const float *rtl, const float *golden)
{
	for (int i = 0; i < g->model.vocab && !g->differs; i++) {
		if (!memcmp(&rtl[i], &golden[i], sizeof(*rtl)))
			continue;
		g->differs = true;
		snprintf(g->first, sizeof(g->first), "token position %d: logit %d is %.9g behind the rtl, %.9g by golden's layers", g->position, i, (double)rtl[i], (double)golden[i]);
	}
}

/* the token at g->position through both; NULL: an error, or a difference */
static const float *step(struct generation *g, int token)
{
	const float *logits, *golden;

	g->cycles = 0;
	logits = tf_step(&g->rtl, token);
	if (g->e->code || g->differs || speech_check_logits(logits, g->model.vocab, g->ask.model, g->position, g->e))
		return NULL;
	if (!g->alone) {
		golden = tf_step(&g->golden, token);
		compare_logits(g, logits, golden);
	}
	g->cycles_of[g->position++] = g->cycles;
	return g->differs ? NULL : logits;
}

static void write_text(struct generation *g)
{
	struct speech *s = &g->speech;
	double t = g->ask.temperature;
	const float *logits = NULL;
	struct prng random;
	int next;

	prng_init(&random, g->ask.seed);
	for (int i = 0; i < s->n_prompt - 1; i++)
		if (!step(g, s->tokens[i]))
			return;
	while (s->n_new < s->n) {
		logits = step(g, s->tokens[g->position]);
		if (!logits)
			return;
		next = text_next(logits, g->model.vocab, t, t > 0 ? prng_unit(&random) : 0);
		if (next == TOK_BOS || next == TOK_EOS)
			return;
		speech_token(s, g->position, next);
	}
}

int generation_run(struct generation *g, struct cosim *device, struct err *e)
{
	double t0 = progress_now();

	g->device = device;
	g->e = e;
	g->cycles_of = MEM_NEW((size_t)g->speech.n_prompt + (size_t)g->speech.n, uint64_t);
	speech_echo(&g->speech, g->ask.print);
	tf_init(&g->rtl, &g->model, through_rtl, g);
	tf_init(&g->golden, &g->model, gq_linear, g->gq);
	g->rtl.head = g->golden.head = g->gq->head;
	g->has_bar = !g->ask.print || !isatty(STDOUT_FILENO);
	if (g->has_bar)
		progress_begin(&g->bar, "programs", (uint64_t)(g->speech.n_prompt + g->speech.n - 1) * (uint64_t)g->n_units);
	write_text(g);
	if (g->has_bar)
		progress_end(&g->bar);
	tf_release(&g->rtl);
	tf_release(&g->golden);
	if (g->ask.print && g->speech.text.len)
		putchar('\n');
	fflush(stdout);
	g->seconds = progress_now() - t0;
	return e->code ? -1 : 0;
}

int generation_record(struct generation *g, const struct case_watch *watch, struct cosim *device, struct err *e)
{
	struct unit *u = &g->unit[0];
	struct cosim_case again = u->k; /* its sums are not added to */

	again.watch = watch;
	return case_run_program(&again, g->ask.cfg, g->tree, device, 0, &u->p, u->stream, 0, 0, NULL, e);
}
