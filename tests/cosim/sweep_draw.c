/* Layers, inputs and everything that needs no new elaboration.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sweep_draw.h"
#include "sweep_converter.h"
#include "cli/cli_readout.h"
#include "common/cfg_schema.h"
#include "common/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int pick(struct prng *p, int lo, int hi)
{
	return (int)prng_range(p, lo, hi);
}

static bool chance(struct prng *p, double x)
{
	return prng_unit(p) < x;
}

/* ---- registers ---- */

static int bits_of(struct prng *p)
{
	static const int often[] = { 1, 4, 7, 8 };

	return chance(p, 0.6) ? often[pick(p, 0, 3)] : pick(p, 1, 8);
}

static enum cfg_code weight_code(struct prng *p, const struct cfg *c)
{
	static const enum cfg_code code[] = { CFG_TC, CFG_TC, CFG_SM, CFG_SM, CFG_DIF, CFG_TERNARY };
	enum cfg_code drawn = code[pick(p, 0, 5)];
	bool pairs = c->reference == CFG_LOCAL && c->cols / 2 >= c->adcs && c->adc != CFG_STOCHASTIC;

	return drawn == CFG_DIF && !pairs ? CFG_SM : drawn;
}

static const char *no_place(void *ctx, const char *keys)
{
	(void)ctx;
	return keys;
}

static void draw_window(struct prng *p, struct cfg *c)
{
	const struct cfg_across rules = { no_place, NULL };

	for (int attempt = 0; attempt < 20; attempt++) {
		struct err e = { 0 };

		c->lsb = pick(p, 1, 5);
		c->low = c->weight_code == CFG_DIF && chance(p, 0.8) ? -pick(p, 1, c->rows) : pick(p, -8, 20);
		if (c->adc == CFG_STOCHASTIC)
			c->low = 0;
		c->rounding = chance(p, 0.5) ? CFG_NEAREST : CFG_FLOOR;
		if (!cfg_across(c, &rules, &e))
			return;
	}
	c->lsb = 1;
	c->low = 0;
}

static void draw_registers(struct prng *p, struct cfg *c)
{
	c->input_bits = bits_of(p);
	c->weight_bits = bits_of(p);
	c->input_code = chance(p, 0.5) ? CFG_SM : CFG_TC;
	c->weight_code = weight_code(p, c);
	if (c->weight_code == CFG_TERNARY)
		c->weight_bits = 1;
	c->resolution = chance(p, 0.3) || c->search == CFG_ASYMMETRIC || c->adc == CFG_STOCHASTIC ? CFG_FULL : CFG_FIT;
	c->precharge = pick(p, 1, 3);
	c->evaluate = pick(p, 1, 3);
	c->compare = chance(p, 0.7) ? 1 : pick(p, 2, 3);
	c->reference_precharge = pick(p, 1, 3);
	c->share = pick(p, 1, 2);
	c->settle = chance(p, 0.7) ? 1 : pick(p, 2, 3);
	c->samples = chance(p, 0.2) ? (1 << c->bits) - 1 : pick(p, 1, (1 << c->bits) - 1);
	c->seed = pick(p, 0, 65535);
	c->error_seed = pick(p, 0, 1 << 30);
	c->lsb = 1;
	c->low = c->weight_code == CFG_DIF && chance(p, 0.7) ? -(1 << (c->bits - 1)) : 0;
	c->rounding = CFG_FLOOR;
	if (chance(p, 0.4))
		draw_window(p, c);
	if (c->kind == CFG_ANALOG && chance(p, 0.12))
		c->noise = pick(p, 1, 3000);
}

static void grid_registers(struct cfg *c, int combination)
{
	static const int bits[] = { 1, 4, 7, 8 };

	c->input_bits = bits[combination & 3];
	c->weight_bits = bits[combination >> 2 & 3];
	c->input_code = combination >> 4 & 1 ? CFG_SM : CFG_TC;
	c->weight_code = combination >> 5 & 1 ? CFG_SM : CFG_TC;
}

/* ---- codes ---- */

/* random, all zero, or at an end of the code */
enum { CODES_ZERO, CODES_HIGH, CODES_LOW, CODES_ENDS, CODES_RANDOM };
static void fill_codes(struct prng *p, enum gc_code code, int bits, int8_t *q, size_t n, int kind)
{
	int lo = code == GC_TC ? -(1 << (bits - 1)) : gc_qlo(bits), hi = gc_qhi(code, bits);

	for (size_t i = 0; i < n; i++)
		q[i] = (int8_t)(kind == CODES_ZERO ? 0 : kind == CODES_HIGH ? hi : kind == CODES_LOW ? lo : kind == CODES_ENDS ? (chance(p, 0.5) ? lo : hi) : pick(p, lo, hi));
}

static void draw_inputs(struct prng *p, struct draw *d, int in, bool grid)
{
	struct cosim_case *k = &d->k;

	k->tokens = grid ? CODES_RANDOM + 1 : pick(p, 1, 5);
	k->x = mem_calloc(k->tokens, in);
	k->s_x = MEM_NEW(k->tokens, float);
	for (int t = 0; grid && t < k->tokens; t++)
		fill_codes(p, d->ro.input_code, d->ro.input_bits, k->x + (size_t)t * in, in, t);
	if (!grid)
		fill_codes(p, d->ro.input_code, d->ro.input_bits, k->x, (size_t)k->tokens * in, pick(p, 0, 9));
	for (int t = 0; t < k->tokens; t++)
		k->s_x[t] = 1;
}

/* ---- layers ---- */

/* the default of the layer, or any by name */
static enum map_placement draw_placement(struct prng *p)
{
	return chance(p, 0.4) ? MAP_AUTO : (enum map_placement)pick(p, MAP_LINEAR, MAP_PACKED_LATENCY);
}

static int draw_dense(struct prng *p, struct draw *d, bool grid, struct err *e)
{
	const struct cfg *c = &d->c;
	int K = gc_slices(d->ro.weight_code, d->ro.weight_bits, d->ro.cell_bits), cols = d->ro.weight_code == GC_DIF ? c->cols / 2 : c->cols, wide = K < cols ? cols / K : 1;
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
	fill_codes(p, d->ro.weight_code, d->ro.weight_bits, w, (size_t)out * in, pick(p, 0, 9));
	for (int o = 0; o < out; o++)
		scale[o] = 1;
	draw_inputs(p, d, in, grid);
	return case_from_matrix(&d->k, c, &d->ro, w, scale, NULL, out, in, "sweep", draw_placement(p), e);
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
static int draw_monarch(struct prng *p, struct draw *d, bool grid, struct err *e)
{
	int b = pick(p, 1, 4), r = pick(p, 1, 3), in_block = pick(p, 1, chance(p, 0.3) ? d->c.rows + 9 : 20), sub = pick(p, 1, 20), br = b * r;
	struct gq_layer *q = &d->q;
	struct model_linear *l = &d->l;

	if (in_block * b > 400)
		in_block = 400 / b;
	*l = (struct model_linear){ .b = b, .r = r, .p = in_block, .s = sub, .in = pick(p, (b - 1) * in_block + 1, b * in_block), .out = pick(p, (b - 1) * sub + 1, b * sub) };
	l->R = draw_floats(p, b * br * in_block);
	l->L = draw_floats(p, b * sub * br);
	q->src = l;
	q->sR = MEM_NEW(b * br, float);
	q->sL = MEM_NEW(b * sub, float);
	q->R = quantise_rows(&d->ro, l->R, b * br, in_block, q->sR);
	q->L = quantise_rows(&d->ro, l->L, b * sub, br, q->sL);
	q->k = MEM_NEW(b, double);
	q->M = MEM_NEW(b * br, uint32_t);
	q->shift = MEM_NEW(b * br, int);
	q->k_out = 1 + 100 * prng_unit(p);
	for (int i = 0; i < b; i++)
		q->k[i] = 0.01 + 3 * prng_unit(p) * in_block;
	for (int i = 0; i < b * br; i++)
		if (!gc_factor(q->sR[i] / q->k[i % br / r] * gl_scale(&d->ro), &q->M[i], &q->shift[i]))
			return err_set(e, ERR_INPUT, "sweep drew a factor without (M, s)");
	draw_inputs(p, d, l->in, grid);
	return case_from_model(&d->k, &d->c, &d->ro, q, "sweep", draw_placement(p), e);
}

/* ---- a whole run ---- */

static void begin(struct draw *d, const struct cfg *base)
{
	memset(d, 0, sizeof(*d));
	d->c = *base;
}

static double draw_stall(struct prng *p)
{
	return chance(p, 0.3) ? (1 + pick(p, 0, 2) * 4) / 10.0 : 0;
}

static void draw_search(struct prng *p, struct draw *d, double likely)
{
	d->has_tree = d->c.search == CFG_ASYMMETRIC && chance(p, likely);
	if (d->has_tree)
		draw_tree(&d->tree, p, d->c.bits);
}

static int finish(struct draw *d, struct prng *p, bool grid, struct err *e)
{
	int rc;

	numbers_readout(&d->c, &d->ro);
	d->ro.thresholds = d->tables.first;
	rc = d->monarch ? draw_monarch(p, d, grid, e) : draw_dense(p, d, grid, e);
	if (!rc)
		case_choose_judge(&d->k, &d->tables, d->has_tree ? &d->tree : NULL);
	return rc;
}

int draw_grid(struct draw *d, struct prng *p, const struct cfg *base, int combination, bool monarch, struct err *e)
{
	begin(d, base);
	grid_registers(&d->c, combination);
	d->monarch = monarch;
	return finish(d, p, true, e);
}

int draw_random(struct draw *d, struct prng *p, const struct cfg *base, struct err *e)
{
	begin(d, base);
	draw_registers(p, &d->c);
	d->monarch = chance(p, 0.4);
	if (draw_tables(&d->tables, p, &d->c, e))
		return -1;
	draw_search(p, d, 0.85);
	d->shuffled = chance(p, 0.2);
	for (int s = 0; s < GM_SETS && d->shuffled; s++) { /* with what this set leaves of the rest of c */
		struct cfg other = d->c;

		draw_window(p, &other);
		d->window[s] = (struct ro_window){ other.lsb, other.low, other.rounding == CFG_NEAREST };
	}
	d->stall = draw_stall(p);
	return finish(d, p, false, e);
}

int draw_given(struct draw *d, struct prng *p, const struct cfg *c, struct err *e)
{
	bool bent = c->offset || c->gain || c->inl || c->capacitor;

	begin(d, c);
	if ((bent || (c->reference == CFG_IMMERSED && chance(p, 0.5))) && cli_tables_make(&d->tables, &d->c, NULL, e))
		return -1;
	d->monarch = chance(p, 0.3);
	draw_search(p, d, 0.85);
	d->stall = draw_stall(p);
	return finish(d, p, false, e);
}

void draw_release(struct draw *d)
{
	case_release(&d->k);
	cli_tables_release(&d->tables);
	free((void *)d->l.R);
	free((void *)d->l.L);
	free(d->q.R);
	free(d->q.L);
	free(d->q.sR);
	free(d->q.sL);
	free(d->q.k);
	free(d->q.M);
	free(d->q.shift);
}

void draw_describe(const struct draw *d)
{
	const struct cfg *c = &d->c;
	const struct cosim_case *k = &d->k;
	struct buf b;

	buf_init(&b);
	cfg_print(c, &b);
	for (char *s = b.data; *s; s++) /* in one line */
		if (*s == '\n' || *s == '\t')
			*s = ' ';
	printf("  %s\n  %s %d x %d, %d blocks, %s %s, %d tokens, stall %.1f%s%s%s%s\n", strstr(b.data, "<array"), k->n_stages == 2 ? "Monarch" : "dense", k->map.out, k->map.in, k->map.b, cli_placement_name(k->placement), cli_placement_mode(k->placement) ? cli_placement_mode(k->placement) : "", k->tokens,
	       d->stall, d->tables.golden ? ", tables" : "", d->has_tree ? ", tree" : "", d->shuffled ? ", sets and resolutions drawn" : "", k->machine_only ? ", machine only" : "");
	buf_release(&b);
}
