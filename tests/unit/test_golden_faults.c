/* golden: stuck cells and comparators, spare positions and the repair map, from docs/faults.md sections 4 and 5; the reader of the two files, its messages in full.
 * The array and the converters are worked out here bit by bit, from the specification.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/faults.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/prng.h"
#include "tests/unit/test_golden_machine.h"
#include <stdio.h>
#define SCRATCH_NAME "faults.txt"
#include "tests/unit/scratch.h"

enum { LOAD = 6, XIN = 7, ACT = 8, OUT = 9 };

/* ---- an array by itself ---- */

struct array {
	struct gm_hw hw;
	struct gm_regs regs;
	struct gf_fault fault[64];
	int n_faults;
	uint32_t repair[4];       /* of tile 0: all that these tests use */
	int cell[64][256];        /* [row][column of the array] */
};

static int even(const struct gm_hw *hw)
{
	int P = (hw->cols + hw->adcs - 1) / hw->adcs;

	return P + P % 2;
}

static int all_columns(const struct gm_hw *hw)
{
	return hw->spares ? (even(hw) + hw->spares) * hw->adcs : hw->cols;
}

static void hold_stuck(struct array *a)
{
	for (int i = 0; i < a->n_faults; i++)
		if (a->fault[i].kind == GF_CELL)
			a->cell[a->fault[i].at][a->fault[i].index] = a->fault[i].value;
}

/* LOAD of one row */
static void load_row(struct array *a, int row, const int *w)
{
	int adcs = a->hw.adcs, dif = a->regs.weight_code == GC_DIF, wide = dif ? 2 * adcs : adcs;

	for (int c = 0; c < all_columns(&a->hw); c++)
		a->cell[row][c] = c < a->hw.cols ? w[c] : 0;
	for (int s = 0; s < (dif ? a->hw.spares / 2 : a->hw.spares); s++)
		for (int i = 0; a->repair[s] >> 31 && i < wide; i++) {
			int from = (int)(a->repair[s] & 1023) * wide + i;

			a->cell[row][even(&a->hw) * adcs + s * wide + i] = from < a->hw.cols ? w[from] : 0;
		}
	hold_stuck(a);
}

/* the level that active column c samples, in counts, rows driven by the bits of plane */
static int level(const struct array *a, int c, const int *plane)
{
	int adcs = a->hw.adcs, dif = a->regs.weight_code == GC_DIF, position = c / adcs, base = even(&a->hw) / (dif ? 2 : 1), sum = 0;

	for (int s = 0; s < (dif ? a->hw.spares / 2 : a->hw.spares); s++)
		if (a->repair[s] >> 31 && (int)(a->repair[s] & 1023) == position) {
			position = base + s;
			break;
		}
	c = position * adcs + c % adcs;
	for (int r = 0; r < a->hw.rows; r++)
		sum += plane[r] * (dif ? a->cell[r][2 * c] - a->cell[r][2 * c + 1] : a->cell[r][c]);
	return sum;
}

/* comparator m of a lane asks T = k counts */
static int yes(const struct array *a, int lane, int m, int k, int count)
{
	for (int i = 0; i < a->n_faults; i++)
		if (a->fault[i].kind == GF_COMPARATOR && a->fault[i].at == lane && a->fault[i].index == m)
			return a->fault[i].value;
	return count >= k;
}

static int search(const struct array *a, int lane, int count, int code, int bits)
{
	while (bits-- > 0)
		if (yes(a, lane, 1, code + (1 << bits), count))
			code += 1 << bits;
	return code;
}

/* T[k] = k counts */
static int code_of(const struct array *a, int lane, int bits, int count)
{
	int e = a->hw.kind == RO_FLASH ? bits : a->hw.flash_bits < bits ? a->hw.flash_bits : bits, shift = bits - e, n = 0;

	switch (a->hw.kind) {
	case RO_SAR:
		return search(a, lane, count, 0, bits);
	case RO_SENSE:
		return yes(a, lane, 1, 1, count);
	case RO_FLASH: case RO_HYBRID:
		if (a->hw.ones) {
			for (int m = 1; m < 1 << e; m++)
				n += yes(a, lane, m, m << shift, count);
		} else { /* the bubble rule, numerics.md section 4: comparator 0 says yes, those beyond the last no */
			for (int b = e - 1; b >= 0; b--) {
				int m = n + (1 << b), votes = 0;

				for (int i = m - 1; i <= m + 1; i++)
					votes += i <= 0 || (i < 1 << e && yes(a, lane, i, i << shift, count));
				n += votes >= 2 ? 1 << b : 0;
			}
		}
		return search(a, lane, count, n << shift, shift);
	default:
		return -1;
	}
}

/* loads random weights, runs one ACT over all columns, compares every code */
static void try_array(struct array *a, uint64_t seed)
{
	int cols = a->regs.weight_code == GC_DIF ? a->hw.cols / 2 : a->hw.cols, mask = (1 << a->hw.cell_bits) - 1, bpr = (a->hw.cols * a->hw.cell_bits + 63) / 64;
	struct gf_faults faults = { a->fault, (size_t)a->n_faults };
	uint64_t beats[64 * 8 + 8] = { 0 };
	int w[256], x[64], plane[64];
	struct gm *g = gm_new(&a->hw, NULL);
	struct asm_prog p = { .n = 0 };
	struct gm_counts counts;
	struct prng rng;
	struct err e;
	size_t used;

	prng_init(&rng, seed);
	gm_break(g, &faults);
	for (int s = 0; s < a->hw.spares; s++)
		gm_repair(g, 0, s, a->repair[s]);
	memset(a->cell, 0, sizeof(a->cell));
	hold_stuck(a);
	for (int r = 0; r < a->hw.rows; r++) {
		for (int c = 0; c < a->hw.cols; c++) {
			w[c] = (int)(prng_u64(&rng) & (uint64_t)mask);
			beats[r * bpr + c * a->hw.cell_bits / 64] |= (uint64_t)w[c] << c * a->hw.cell_bits % 64;
		}
		for (int c = a->hw.cols * a->hw.cell_bits; c < 64 * bpr; c++) /* bits that are no cells */
			beats[r * bpr + c / 64] |= (uint64_t)(prng_u64(&rng) & 1) << c % 64;
		load_row(a, r, w);
		x[r] = (int)(prng_u64(&rng) & 7) - 4;
		beats[a->hw.rows * bpr + r / 8] |= (uint64_t)(uint8_t)x[r] << r % 8 * 8;
	}
	put(&p, W0(LOAD, 0, 0, 0, 1), SPAN(0, 1, a->hw.rows), 0, 0, 0, 0, 0, 0);
	put(&p, XIN, 0, 0, HALVES(0, a->hw.rows), HALVES(1, 0), HALVES(0, a->hw.rows), 0, 0);
	put(&p, W0(ACT, 0, 0, 0, 1), SPAN(0, 1, a->hw.rows), SPAN(0, 1, cols), HALVES(0, a->hw.rows), HALVES(1, 0), 0, W6(a->hw.adc_bits, 0, 0, 1, 0), 0);
	put_end(&p);
	assert_int_equal(run(g, &a->regs, &p, beats, (size_t)(a->hw.rows * bpr + (a->hw.rows + 7) / 8), &counts, &used, &e), 0);
	assert_int_equal(seen.n_codes, 3 * cols);
	for (int i = 0; i < seen.n_codes; i++) {
		int c = seen.column[i], expected;

		for (int r = 0; r < a->hw.rows; r++)
			plane[r] = (unsigned)x[r] >> seen.plane[i] & 1;
		assert_int_equal(c, i % cols);
		expected = code_of(a, c % a->hw.adcs, a->hw.adc_bits, level(a, c, plane));
		if (seen.code[i] != expected)
			fail_msg("seed %llu: column %d, plane %d: code %d, by hand %d", (unsigned long long)seed, c, seen.plane[i], seen.code[i], expected);
	}
	gm_free(g);
}

/* weights of 1 bit, planes of 3: what is looked at are the codes */
static const struct gm_regs three_planes = { .input_bits = 3, .weight_bits = 1, .input_code = GC_TC, .weight_code = GC_TC,
					     .window = { { 1, 0, false }, { 1, 0, false }, { 1, 0, false }, { 1, 0, false } } };

static struct array shape(int rows, int cols, int adcs, int spares)
{
	return (struct array){ .hw = { .rows = rows, .cols = cols, .tiles = 1, .adcs = adcs, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .spares = spares,
				       .prog_depth = 64, .act_depth = 64, .acc_depth = 256, .ch_depth = 4 }, .regs = three_planes };
}

/* random faults and maps of any kind, in the shape at hand */
static void try_random(struct array *a, uint64_t seed)
{
	struct prng rng;

	prng_init(&rng, seed);
	a->n_faults = 0;
	for (int i = 0; i < 9; i++) {
		int at = (int)(prng_u64(&rng) % (uint64_t)a->hw.rows), index = (int)(prng_u64(&rng) % (uint64_t)all_columns(&a->hw)), again = 0;

		for (int k = 0; k < a->n_faults; k++)
			again |= a->fault[k].at == at && a->fault[k].index == index;
		if (!again)
			a->fault[a->n_faults++] = (struct gf_fault){ GF_CELL, 0, at, index, (int)(prng_u64(&rng) & ((1u << a->hw.cell_bits) - 1)), 0 };
	}
	for (int lane = 0; lane < a->hw.adcs && seed % 3; lane += 2)
		a->fault[a->n_faults++] = (struct gf_fault){ GF_COMPARATOR, 0, lane, 1 + (int)(prng_u64(&rng) % (uint64_t)gm_refs(&a->hw)), (int)(prng_u64(&rng) & 1), 0 };
	for (int s = 0; s < a->hw.spares; s++) /* now and then twice the same position, or one beyond the last */
		a->repair[s] = (uint32_t)(prng_u64(&rng) & 3 ? 1u << 31 : 0) | (uint32_t)(prng_u64(&rng) % (uint64_t)((a->hw.cols + a->hw.adcs - 1) / a->hw.adcs + 2));
	try_array(a, seed);
}

static void t_golden_faults_arrays(void **state)
{
	static const struct { int rows, cols, adcs, spares, cell_bits; bool dif; } shapes[] = {
		{ 13, 33, 4, 1, 1, false }, { 13, 33, 4, 4, 1, true }, { 13, 33, 4, 3, 2, true }, { 13, 10, 4, 2, 1, false }, { 13, 10, 4, 2, 2, true },
		{ 9, 12, 4, 4, 2, false }, { 64, 8, 8, 3, 1, false }, { 33, 64, 8, 2, 2, true }, { 9, 11, 1, 4, 1, false }, { 9, 9, 2, 0, 1, false }, { 40, 129, 2, 4, 1, true },
	};
	static const struct { enum ro_kind kind; int flash_bits; bool ones; } kinds[] = {
		{ RO_SAR, 0, false }, { RO_FLASH, 0, false }, { RO_FLASH, 0, true }, { RO_HYBRID, 2, false }, { RO_HYBRID, 1, true }, { RO_SENSE, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
			for (uint64_t seed = 1; seed <= 12; seed++) {
				struct array a = shape(shapes[i].rows, shapes[i].cols, shapes[i].adcs, shapes[i].spares);

				a.hw.cell_bits = shapes[i].cell_bits;
				a.hw.kind = kinds[k].kind;
				a.hw.flash_bits = kinds[k].flash_bits;
				a.hw.ones = kinds[k].ones;
				a.hw.adc_bits = a.hw.kind == RO_SENSE ? 1 : 4;
				a.regs.weight_code = shapes[i].dif ? GC_DIF : GC_TC;
				a.regs.weight_bits = shapes[i].cell_bits;
				try_random(&a, seed);
			}
}

/* ---- what a stuck comparator makes of the kinds with an order or a memory of their own ---- */

static void t_golden_faults_comparators(void **state)
{
	struct gm_hw hw = { .adc_bits = 3, .kind = RO_SAR, .asymmetric = true };
	struct ro_stuck no = { { 2 }, { 0 } }, always = { { 2 }, { 2 } }; /* comparator 1 */
	struct ro_tree tree;
	struct ro_conv c = { .kind = RO_SAR, .bits = 3, .tree = &tree };
	int32_t T[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	uint16_t lfsr, twin;
	struct ro_answer a;

	(void)state;
	gm_tree_reset(&hw, &tree);
	tree.root = 2; /* ((1) 2 (((3) 4) 5 ((6) 7))): no is two steps from the root, yes three */
	memcpy(tree.left, (uint16_t[8]){ 0, 0, 1, 0, 3, 4, 0, 6 }, 16);
	memcpy(tree.right, (uint16_t[8]){ 0, 0, 5, 0, 0, 7, 0, 0 }, 16);
	c.stuck = &no;
	a = ro_convert(&c, T, 3, 7, NULL);
	assert_true(a.code == 0 && a.steps == 2);
	c.stuck = &always;
	a = ro_convert(&c, T, 3, 0, NULL);
	assert_true(a.code == 7 && a.steps == 3);
	/* a stochastic converter draws as ever; draws that ask nothing are no yes */
	c = (struct ro_conv){ .kind = RO_STOCHASTIC, .bits = 3, .samples = 200, .stuck = &always };
	lfsr = twin = ro_lfsr_start(9, 0);
	a = ro_convert(&c, T, 3, -1, &lfsr);
	c.stuck = NULL;
	assert_int_equal(ro_convert(&c, T, 3, 8, &twin).code, a.code);
	assert_true(a.code > 100 && a.code < 200 && lfsr == twin);
	c.stuck = &no;
	assert_int_equal(ro_convert(&c, T, 3, 8, &lfsr).code, 0);
	/* comparators that are not asked say nothing: 4 bits of comparators, 2 asked */
	no = (struct ro_stuck){ { 1u << 4 }, { 1u << 4 } };
	c = (struct ro_conv){ .kind = RO_FLASH, .bits = 4, .ones = true, .stuck = &no };
	assert_int_equal(ro_convert(&c, T, 2, 0, NULL).code, 0);
	assert_int_equal(ro_convert(&c, T, 3, 0, NULL).code, 1);
}

/* characterisation asks the same comparators */
static void t_golden_faults_character(void **state)
{
	struct gf_fault fault[] = { { GF_COMPARATOR, 0, 1, 3, 1, 0 }, { GF_COMPARATOR, 0, 0, 1, 0, 0 } };
	struct gf_faults faults = { fault, 2 };
	struct array a = shape(8, 8, 4, 0);
	struct gm_character x = { .references = true, .bits = 3, .lane = 1, .repeats = 1, .step = 16, .count = 10 };
	struct gm_regs regs = three_planes;
	uint32_t bin[16];
	struct gm *g;

	(void)state;
	regs.compare = 1;
	a.hw.kind = RO_FLASH;
	g = gm_new(&a.hw, NULL);
	gm_break(g, &faults);
	gm_characterise(g, &regs, &x, bin);
	for (int k = 1; k < 8; k++) /* levels 0..9 counts; T[k] = k */
		assert_int_equal(bin[k], k == 3 ? 10 : 10 - k);
	x.lane = 0;
	gm_characterise(g, &regs, &x, bin);
	assert_true(bin[1] == 0 && bin[2] == 8);
	gm_free(g);
	a.hw.kind = RO_HYBRID; /* bits 3, flash 2: thresholds 2, 4, 6 by comparators 1..3, the others by the first */
	a.hw.flash_bits = 2;
	g = gm_new(&a.hw, NULL);
	gm_break(g, &faults);
	gm_characterise(g, &regs, &x, bin);
	assert_true(bin[1] == 0 && bin[2] == 0 && bin[3] == 0 && bin[4] == 6 && bin[5] == 0 && bin[6] == 4);
	x.lane = 1;
	x.references = false;
	gm_characterise(g, &regs, &x, bin); /* comparator 3 says yes: two of three at 2 from level 2 on, at 3 from level 4 on; then the first is asked */
	assert_true(bin[0] == 1 && bin[1] == 1 && bin[2] == 0 && bin[3] == 0 && bin[4] == 2 && bin[5] == 0 && bin[6] == 3 && bin[7] == 3);
	gm_free(g);
}

/* integer products stand for weights as they were loaded: a tile with faults or a map must not take them */
static void t_golden_faults_products(void **state)
{
	struct gf_fault fault = { GF_CELL, 0, 0, 0, 0, 0 };
	struct gf_faults faults = { &fault, 1 };
	uint64_t beats[8] = { 1, 0, 0, 0, 0, 0, 0, 0 }, x = 1, in[9];
	struct array a = shape(8, 8, 8, 1);
	struct asm_prog p = { .n = 0 };

	(void)state;
	memcpy(in, beats, sizeof(beats));
	in[8] = x;
	put(&p, W0(LOAD, 0, 0, 0, 1), SPAN(0, 1, 8), 0, 0, 0, 0, 0, 0);
	put(&p, XIN, 0, 0, HALVES(0, 8), HALVES(1, 0), HALVES(0, 8), 0, 0);
	put(&p, 2, 0, 0, 0, 0, HALVES(0, 20), 0, 0); /* often enough to be worth a product */
	put(&p, W0(ACT, 0, 0, 0, 1), SPAN(0, 1, 8), SPAN(0, 1, 1), HALVES(0, 8), HALVES(1, 0), 0, W6(4, 0, 0, 1, 0), 0);
	put(&p, 3, 0, 0, 0, 0, 0, 0, 0);
	put(&p, W0(OUT, 2, 0, 0, 1), 0, 0, 0, 0, HALVES(0, 1), 0, 0);
	put_end(&p);
	a.regs.product = true;
	for (int broken = 0; broken < 3; broken++) {
		struct gm *g = gm_new(&a.hw, NULL);
		const struct gm_sink sink = { &seen, NULL, NULL, on_out };
		struct err e = { 0 };

		if (broken)
			gm_break(g, &faults);
		if (broken == 2)
			gm_repair(g, 0, 0, 1u << 31);
		memset(&seen, 0, sizeof(seen));
		assert_int_equal(gm_run(g, &a.regs, &p.w[0][0], p.n, in, 9, &sink, NULL, NULL, &e), 0);
		assert_int_equal(seen.out[0].acc, broken == 1 ? 0 : -1); /* the one weight bit of tc weighs -1 */
		gm_free(g);
	}
}

/* cells that no LOAD has written are stuck too */
static void t_golden_faults_unloaded(void **state)
{
	struct gf_fault fault = { GF_CELL, 0, 2, 5, 1, 0 };
	struct gf_faults faults = { &fault, 1 };
	const uint64_t x = 0x00ffffff00ffffffu; /* -1 in every row but 3 and 7 */
	struct array a = shape(8, 8, 8, 0);
	struct gm *g = gm_new(&a.hw, NULL);
	struct asm_prog p = { .n = 0 };
	struct err e;
	size_t used;

	(void)state;
	gm_break(g, &faults);
	put(&p, XIN, 0, 0, HALVES(0, 8), HALVES(1, 0), HALVES(0, 8), 0, 0);
	put(&p, W0(ACT, 0, 0, 0, 1), SPAN(0, 1, 8), SPAN(0, 1, 8), HALVES(0, 8), HALVES(1, 0), 0, W6(4, 0, 0, 1, 0), 0);
	put_end(&p);
	assert_int_equal(run(g, &a.regs, &p, &x, 1, NULL, &used, &e), 0);
	for (int i = 0; i < seen.n_codes; i++)
		assert_int_equal(seen.code[i], seen.column[i] == 5);
	gm_free(g);
}

/* ---- the files ---- */

static const struct gm_hw files = { .rows = 8, .cols = 10, .tiles = 2, .adcs = 4, .adc_bits = 3, .cell_bits = 2, .spares = 1, .kind = RO_FLASH };

static void t_golden_faults_files(void **state)
{
	static const char three[] = "# a comment\n\n  cell 1 7 19 3 # spare\r\ncomparator\t0 3 7 1\n cell 0 0 9 0";
	struct gf_columns c;
	struct gf_faults f;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(file_write(path, three, strlen(three), &e), 0);
	assert_int_equal(gf_read(&files, path, &f, &e), 0);
	assert_int_equal(f.n, 3);
	assert_true(f.fault[0].kind == GF_CELL && f.fault[0].tile == 1 && f.fault[0].at == 7 && f.fault[0].index == 19 && f.fault[0].value == 3 && f.fault[0].line == 3);
	assert_true(f.fault[1].kind == GF_COMPARATOR && f.fault[1].tile == 0 && f.fault[1].at == 3 && f.fault[1].index == 7 && f.fault[1].value == 1);
	gf_columns_of(&files, &f, &c);
	assert_true(c.n == 1 && c.column[0].tile == 0 && c.column[0].column == 9); /* column 19 is spare */
	gf_columns_release(&c);
	gf_release(&f);
	assert_int_equal(file_write(path, "# nothing\n", 10, &e), 0);
	assert_int_equal(gf_read(&files, path, &f, &e), 0);
	assert_int_equal(f.n, 0);
	gf_release(&f);
	assert_int_equal(file_write(path, "column 1 9\ncolumn 0 0\n", 22, &e), 0);
	assert_int_equal(gf_read_columns(&files, path, &c, &e), 0);
	assert_true(c.n == 2 && c.column[0].tile == 1 && c.column[0].column == 9 && c.column[1].column == 0);
	gf_columns_release(&c);
}

static void expect(bool columns, const char *text, size_t n, const char *message)
{
	char whole[600];
	struct gf_columns c;
	struct gf_faults f;
	struct err e = { 0 };

	assert_int_equal(file_write(path, text, n, &e), 0);
	assert_int_equal(columns ? gf_read_columns(&files, path, &c, &e) : gf_read(&files, path, &f, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	snprintf(whole, sizeof(whole), "%s%s", path, message);
	assert_string_equal(e.text, whole);
}

static void t_golden_faults_messages(void **state)
{
	static const struct { const char *text, *message; } cases[] = {
		{ "cell 0 0 0 1\nstuck 0 0 0 1\n", ":2: 'stuck' begins no line of a fault file: legal is \"cell TILE ROW COLUMN VALUE\" or \"comparator TILE LANE INDEX VALUE\"" },
		{ "cell 0 0 0\n", ":1: VALUE is missing: write \"cell TILE ROW COLUMN VALUE\"" },
		{ "comparator # 0 0 0\n", ":1: TILE is missing: write \"comparator TILE LANE INDEX VALUE\"" },
		{ "cell 0 0 0 1 1\n", ":1: '1' is one word too many: write \"cell TILE ROW COLUMN VALUE\"" },
		{ "cell 0 -1 0 1\n", ":1: ROW '-1' is no decimal number, legal 0..7: write digits only" },
		{ "cell 0 0x1 0 1\n", ":1: ROW '0x1' is no decimal number, legal 0..7: write digits only" },
		{ "cell 2 0 0 1\n", ":1: TILE 2 is outside 0..1: correct it, or take the configuration that the file belongs to" },
		{ "\ncell 0 8 0 1\n", ":2: ROW 8 is outside 0..7: correct it, or take the configuration that the file belongs to" },
		{ "cell 0 0 20 1\n", ":1: COLUMN 20 is outside 0..19: correct it, or take the configuration that the file belongs to" },
		{ "cell 0 0 0 4\n", ":1: VALUE 4 is outside 0..3: correct it, or take the configuration that the file belongs to" },
		{ "cell 0 0 0 99999999999999999999\n", ":1: VALUE 99999999999999999999 is outside 0..3: correct it, or take the configuration that the file belongs to" },
		{ "comparator 0 4 1 1\n", ":1: LANE 4 is outside 0..3: correct it, or take the configuration that the file belongs to" },
		{ "comparator 0 0 0 1\n", ":1: INDEX 0 is outside 1..7: correct it, or take the configuration that the file belongs to" },
		{ "comparator 0 0 8 1\n", ":1: INDEX 8 is outside 1..7: correct it, or take the configuration that the file belongs to" },
		{ "comparator 0 0 1 2\n", ":1: VALUE 2 is outside 0..1: correct it, or take the configuration that the file belongs to" },
		{ "cell 0 1 2 0\ncell 1 1 2 0\ncell 0 1 2 1\n", ":3: this cell is stuck already by line 1: leave one of them out" },
		{ "cell 1 1 2 0\ncell 0 1 2 0\ncell 1 1 2 0\ncell 0 1 2 0\n", ":3: this cell is stuck already by line 1: leave one of them out" },
		{ "cell 0 1 2 0\ncell 0 2 2 0\ncell 0 1 2 0\n", ":3: this cell is stuck already by line 1: leave one of them out" },
		{ "call 0 0 0 1\n", ":1: 'call' begins no line of a fault file: legal is \"cell TILE ROW COLUMN VALUE\" or \"comparator TILE LANE INDEX VALUE\"" },
		{ "comparator 1 1 2 0\ncell 0 1 2 0\n\ncomparator 1 1 2 0\n", ":4: this comparator is stuck already by line 1: leave one of them out" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		expect(false, cases[i].text, strlen(cases[i].text), cases[i].message);
	expect(false, "cell 0 0 0 1\n\0", 14, ": byte 14 is 0, this is no fault file: give a text file (docs/faults.md)");
	expect(true, "column 0 10\n", 12, ":1: COLUMN 10 is outside 0..9: correct it, or take the configuration that the file belongs to");
	expect(true, "cell 0 0 0 1\n", 13, ":1: 'cell' begins no line of a bad-column file: legal is \"column TILE COLUMN\"");
	expect(true, "\0", 1, ": byte 1 is 0, this is no bad-column file: give a text file (docs/faults.md)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_golden_faults_arrays), cmocka_unit_test(t_golden_faults_comparators), cmocka_unit_test(t_golden_faults_character),
		cmocka_unit_test(t_golden_faults_products), cmocka_unit_test(t_golden_faults_unloaded), cmocka_unit_test(t_golden_faults_files), cmocka_unit_test(t_golden_faults_messages),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
