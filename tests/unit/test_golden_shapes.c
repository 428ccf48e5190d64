/* golden/machine on any shape, any table, any converter: one activation and a part of it again, against a naive interpretation of docs/numerics.md and
 * docs/isa.md section 2 written in this file: one row, one bit at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/nonideal.h"
#include "tests/unit/test_golden_machine.h"

static int grow(struct prng *p, struct ro_tree *t, int first, int last) /* a random search tree */
{
	int k;

	if (first > last)
		return 0;
	k = (int)prng_range(p, first, last);
	t->left[k] = (uint16_t)grow(p, t, first, k - 1);
	t->right[k] = (uint16_t)grow(p, t, k + 1, last);
	return k;
}

struct shape {
	struct gm_hw hw;
	struct gm_regs regs;
	int row0, rstride, rcount, col0, cstride, ccount, slice0, nslice, bits, set, tile;
	int8_t *w;       /* [rows][cols] cells */
	int8_t x[1024];
	int32_t *T;
	struct ro_tree tree;
	/* naive: codes of the two activations, in order */
	int code[2][14 * 140];
	uint16_t lfsr[64];
	uint64_t conversion[64], decisions, compare_cycles, rounds;
};

static void draw_converter(struct shape *s, struct prng *p)
{
	int which = (int)prng_range(p, 0, 5), B = s->hw.adc_bits;

	s->hw.kind = which == 1 ? RO_FLASH : which == 2 && B > 1 ? RO_HYBRID : which == 3 ? RO_STOCHASTIC : which == 4 && B == 1 ? RO_SENSE : RO_SAR;
	s->hw.flash_bits = s->hw.kind == RO_HYBRID ? (int)prng_range(p, 1, B - 1 < 6 ? B - 1 : 6) : 0;
	s->hw.ones = prng_range(p, 0, 1);
	s->hw.asymmetric = s->hw.kind == RO_SAR && which >= 4;
	s->regs.tree = NULL;
	if (s->hw.asymmetric && prng_range(p, 0, 3)) {
		memset(&s->tree, 0, sizeof(s->tree));
		s->tree.root = (uint16_t)grow(p, &s->tree, 1, (1 << B) - 1);
		s->regs.tree = &s->tree;
	}
	s->regs.samples = (int)prng_range(p, 1, (1 << B) - 1);
	s->regs.seed = (uint16_t)prng_range(p, 0, 65535);
	s->hw.noise = prng_range(p, 0, 3) ? 0 : 700;
	s->hw.noise_seed = (uint64_t)prng_range(p, 0, 99);
	s->hw.sample_hold = prng_range(p, 0, 1);
	s->regs.clocks = prng_range(p, 0, 1);
	s->regs.precharge = 2;
	s->regs.evaluate = 3;
	s->regs.compare = (int)prng_range(p, 1, 3);
}

static void draw_shape(struct shape *s, struct prng *p, int rows, int cols)
{
	int K, i;
	size_t n;

	memset(s, 0, sizeof(*s));
	s->hw = (struct gm_hw){ .rows = rows, .cols = cols, .tiles = (int)prng_range(p, 1, 3), .adc_bits = (int)prng_range(p, 1, 8),
				.cell_bits = (int)prng_range(p, 1, 2), .grid_bits = (int)prng_range(p, 1, 6), .prog_depth = 8,
				.act_depth = 1024, .acc_depth = 1024, .ch_depth = 3 };
	do {
		s->hw.adcs = 1 << prng_range(p, 0, 6);
	} while (s->hw.adcs > cols);
	s->regs.input_bits = (int)prng_range(p, 1, 8);
	s->regs.weight_bits = (int)prng_range(p, 1, 8);
	s->regs.input_code = prng_range(p, 0, 1) ? GC_SM : GC_TC;
	s->regs.weight_code = cols > 1 ? (enum gc_code)prng_range(p, 0, 2) : GC_TC;
	draw_converter(s, p);
	for (i = 0; i < GM_SETS; i++)
		s->regs.window[i] = (struct ro_window){ (int)prng_range(p, 1, 3), (int)prng_range(p, -3, 3), false };
	s->tile = (int)prng_range(p, 0, s->hw.tiles - 1);
	s->row0 = (int)prng_range(p, 0, rows - 1);
	s->rstride = (int)prng_range(p, 1, 5);
	s->rcount = (int)prng_range(p, 1, (rows - 1 - s->row0) / s->rstride + 1);
	K = gc_slices(s->regs.weight_code, s->regs.weight_bits, s->hw.cell_bits);
	if (s->regs.weight_code == GC_DIF)
		cols /= 2;
	s->cstride = (int)prng_range(p, 1, 2);
	s->col0 = (int)prng_range(p, 0, cols / 4);
	i = (cols - 1 - s->col0) / s->cstride + 1; /* columns there are */
	s->nslice = (int)prng_range(p, 1, K < i ? K : i);
	s->slice0 = (int)prng_range(p, 0, K - s->nslice);
	s->ccount = s->nslice * (int)prng_range(p, 1, i / s->nslice);
	s->bits = s->hw.asymmetric ? s->hw.adc_bits : (int)prng_range(p, 1, s->hw.adc_bits);
	s->set = (int)prng_range(p, 0, 3);
	cols = s->hw.cols;
	s->w = calloc((size_t)rows * cols, 1);
	for (i = 0; i < rows * cols; i++)
		s->w[i] = (int8_t)prng_range(p, 0, (1 << s->hw.cell_bits) - 1);
	for (i = 0; i < rows; i++)
		s->x[i] = (int8_t)prng_range(p, -128, 127);
	n = ((size_t)s->hw.tiles * s->hw.adcs * GM_SETS) << s->hw.adc_bits;
	s->T = calloc(n, sizeof(*s->T));
	while (n--) /* not monotone at all */
		s->T[n] = (int32_t)prng_range(p, s->regs.weight_code == GC_DIF ? -((int64_t)(rows * 3) << s->hw.grid_bits) : -5, (int64_t)(rows * 3) << s->hw.grid_bits);
}

/* sections 4 and 11; the SAR's order again in the words of this file, the others by ro_convert, which test_golden_readout judges */
static int naive_answer(struct shape *s, const int32_t *T, int lane, int32_t L, int *steps)
{
	struct ro_conv c = { .kind = s->hw.kind, .bits = s->hw.adc_bits, .flash_bits = s->hw.flash_bits, .ones = s->hw.ones, .samples = s->regs.samples,
			     .tree = s->hw.asymmetric ? s->regs.tree : NULL };
	struct ro_answer a;
	int k, code = 0;

	if (s->hw.noise)
		L += ro_noise(s->hw.noise, s->hw.noise_seed, s->hw.grid_bits, (uint32_t)(s->tile * s->hw.adcs + lane), s->conversion[lane]);
	s->conversion[lane]++;
	if (c.kind != RO_SAR || c.tree) {
		a = ro_convert(&c, T, s->bits, L, &s->lfsr[lane]);
		s->decisions += (uint64_t)a.decisions;
		*steps = a.steps;
		return a.code;
	}
	for (k = s->bits - 1; k >= 0; k--)
		if (L >= T[code + (1 << k)])
			code += 1 << k;
	s->decisions += (uint64_t)s->bits;
	*steps = s->bits;
	return code;
}

static int naive_code(struct shape *s, int plane, int column, int *steps)
{
	const int32_t *T = s->T + (((size_t)(s->tile * s->hw.adcs + column % s->hw.adcs) * GM_SETS + s->set) << s->hw.adc_bits);
	int B = s->regs.input_bits, m = B > 1 ? B - 1 : 1, S = 0, i;

	for (i = 0; i < s->rcount; i++) {
		int x = s->x[i], bit, row = s->row0 + i * s->rstride;

		if (s->regs.input_code == GC_TC)
			bit = (x & 0xff) >> plane & 1;
		else if (plane < m)
			bit = x > 0 ? x >> plane & 1 : 0;
		else
			bit = x < 0 ? -x >> (plane - m) & 1 : 0;
		if (bit && s->regs.weight_code == GC_DIF)
			S += s->w[row * s->hw.cols + 2 * column] - s->w[row * s->hw.cols + 2 * column + 1];
		else if (bit)
			S += s->w[row * s->hw.cols + column];
	}
	return naive_answer(s, T, column % s->hw.adcs, S * (1 << s->hw.grid_bits), steps);
}

/* all planes of n columns */
static void naive_activation(struct shape *s, int planes, int n, int *code)
{
	int p, i;

	for (p = 0; p < planes; p++) {
		int position = -1, deepest = 0;

		for (i = 0; i < n; i++) {
			int column = s->col0 + i * s->cstride, steps;

			*code++ = naive_code(s, p, column, &steps);
			if (column / s->hw.adcs != position) {
				s->rounds++;
				s->compare_cycles += (uint64_t)deepest;
				deepest = 0;
			}
			position = column / s->hw.adcs;
			deepest = steps > deepest ? steps : deepest;
		}
		s->compare_cycles += (uint64_t)deepest;
	}
}

static int naive_plane_weight(const struct shape *s, int plane)
{
	int B = s->regs.input_bits, m = B > 1 ? B - 1 : 1;

	if (s->regs.input_code == GC_TC)
		return plane == B - 1 ? -(1 << plane) : 1 << plane;
	return plane < m ? 1 << plane : -(1 << (plane - m));
}

static int naive_slice_weight(const struct shape *s, int slice)
{
	int B = s->regs.weight_bits, c = s->hw.cell_bits, n;

	if (s->regs.weight_code == GC_TC) {
		n = (B - 1 + c - 1) / c;
		return slice == n ? -(1 << (B - 1)) : 1 << (slice * c);
	}
	n = ((B > 1 ? B - 1 : 1) + c - 1) / c; /* of dif there are no more */
	return slice < n ? 1 << (slice * c) : -(1 << ((slice - n) * c));
}

static void check_shape(struct shape *s)
{
	int planes = s->regs.input_code == GC_TC ? s->regs.input_bits : 2 * (s->regs.input_bits > 1 ? s->regs.input_bits - 1 : 1);
	int bpr = (s->hw.cols * s->hw.cell_bits + 63) / 64, p, i, at = 0, n_beats = s->hw.rows * bpr + (s->rcount + 7) / 8;
	const struct ro_window *win = &s->regs.window[s->set];
	uint64_t *beats = calloc((size_t)n_beats, 8);
	struct gm *g = gm_new(&s->hw, s->T);
	struct asm_prog prog = { .n = 0 };
	struct gm_counts c;
	struct err e;
	size_t used;

	for (i = 0; i < s->hw.rows * s->hw.cols; i++) {
		int bit = i % s->hw.cols * s->hw.cell_bits;

		beats[i / s->hw.cols * bpr + bit / 64] |= (uint64_t)s->w[i] << (bit % 64);
	}
	for (i = 0; i < s->rcount; i++)
		beats[s->hw.rows * bpr + i / 8] |= (uint64_t)(uint8_t)s->x[i] << (i % 8 * 8);
	put(&prog, W0(6, 0, s->tile, 0, 1), SPAN(0, 1, s->hw.rows), 0, 0, 0, 0, 0, 0);
	put(&prog, 7, 0, 0, HALVES(0, 65535), HALVES(1, 0), HALVES(0, s->rcount), 0, 0);
	put(&prog, W0(8, 0, s->tile, 0, 1), SPAN(s->row0, s->rstride, s->rcount), SPAN(s->col0, s->cstride, s->ccount), HALVES(0, 65535),
	    HALVES(1, 0), 0, W6(s->bits, s->set, s->slice0, s->nslice, 0), 0);
	put(&prog, W0(8, 1, s->tile, 0, 1), SPAN(s->row0, s->rstride, s->rcount), SPAN(s->col0, s->cstride, s->nslice), HALVES(0, 65535),
	    HALVES(1, 0), 0, W6(s->bits, s->set, s->slice0, s->nslice, 0), 0);
	put_end(&prog);
	for (i = 0; i < s->hw.adcs; i++)
		s->lfsr[i] = ro_lfsr_start(s->regs.seed, s->tile * s->hw.adcs + i);
	naive_activation(s, planes, s->ccount, s->code[0]);
	naive_activation(s, planes, s->nslice, s->code[1]);
	assert_int_equal(run(g, &s->regs, &prog, beats, (size_t)n_beats, &c, &used, &e), 0);
	assert_int_equal(used, n_beats);
	assert_int_equal(seen.n_codes, planes * (s->ccount + s->nslice));
	assert_true(c.activations == 2 * (uint64_t)planes && c.conversions == (uint64_t)seen.n_codes && c.comparisons == s->decisions);
	if (s->regs.clocks) {
		assert_int_equal(c.compare_clocks, s->compare_cycles * (uint64_t)s->regs.compare);
		assert_int_equal(c.convert_clocks, c.compare_clocks + s->rounds);
		assert_int_equal(c.compute_clocks, 2 * planes * 5);
		assert_true(c.cycles > c.convert_clocks && c.serve_clocks == 0);
	} else {
		assert_true(!c.cycles && !c.compare_clocks && !c.convert_clocks && !c.compute_clocks);
	}
	for (p = 0; p < planes; p++)
		for (i = 0; i < s->ccount; i++, at++) {
			assert_int_equal(seen.plane[at], p);
			assert_int_equal(seen.column[at], s->col0 + i * s->cstride);
			assert_int_equal(seen.code[at], s->code[0][at]);
		}
	for (i = 0; i < planes * s->nslice; i++)
		assert_int_equal(seen.code[at + i], s->code[1][i]);
	assert_int_equal(seen.n_partials, s->ccount / s->nslice + 1);
	for (i = 0; i < s->ccount / s->nslice; i++) {
		int64_t y = 0;
		int j;

		for (j = 0; j < s->nslice; j++)
			for (p = 0; p < planes; p++)
				y += (int64_t)naive_slice_weight(s, s->slice0 + j) * naive_plane_weight(s, p) *
				     (win->low + win->lsb * s->code[0][p * s->ccount + i * s->nslice + j]);
		assert_int_equal(seen.partial[i].address, i);
		assert_int_equal(seen.partial[i].partial, y);
		assert_int_equal(seen.partial[i].accumulator, y);
	}
	if (s->hw.kind != RO_STOCHASTIC && !s->hw.noise)
		assert_int_equal(seen.partial[i].partial, seen.partial[0].partial);
	assert_int_equal(seen.partial[i].accumulator, seen.partial[0].partial + seen.partial[i].partial);
	/* a second program: the registers of the stochastic converters start again, the noise goes on */
	for (i = 0; i < s->hw.adcs; i++)
		s->lfsr[i] = ro_lfsr_start(s->regs.seed, s->tile * s->hw.adcs + i);
	naive_activation(s, planes, s->ccount, s->code[0]);
	assert_int_equal(run(g, &s->regs, &prog, beats, (size_t)n_beats, &c, &used, &e), 0);
	for (i = 0; i < planes * s->ccount; i++)
		assert_int_equal(seen.code[i], s->code[0][i]);
	gm_free(g);
	free(beats);
	free(s->w);
	free(s->T);
}

static void test_shapes(void **state)
{
	static const int sizes[] = { 1, 3, 7, 8, 33, 64, 65, 100, 130 };
	static struct shape s;
	struct prng p;
	int i;

	(void)state;
	prng_init(&p, 2);
	for (i = 0; i < 900; i++) {
		draw_shape(&s, &p, sizes[i % 9], sizes[i / 9 % 9]);
		check_shape(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shapes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
