/* packed for area and for few conversions: the bounds for every workload, and what each mode promises, on random sets and awkward arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place_check.h"
#include "place_blocks.h"
#include "place_random.h"
#include "cost/cost.h"
#include "workload/workload.h"

static const struct place_geometry arrays[] = {
	{ 256, 256, 1, 16, 0 }, { 200, 120, 1, 8, 0 }, { 33, 65, 1, 8, 0 }, { 33, 65, 8, 8, 0 }, { 100, 50, 1, 2, 0 }, { 100, 50, 8, 2, 0 },
};

static void place(const struct place_geometry *g, enum place_mode mode, const struct place_block *b, size_t n, struct placement *p)
{
	struct err e = { 0 };

	if (place_make(g, PLACE_PACKED, mode, false, b, n, p, &e))
		fail_msg("%s", e.text);
}

static uint64_t conversions(const struct placement *p)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->n_steps; i++)
		sum += (uint64_t)p->step[i].n_cols;
	return sum;
}

/* docs/placement.md section 5, for one plane */
static uint64_t fewest_conversions(const struct place_geometry *g, const struct place_block *b, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		if (b[i].real)
			sum += (uint64_t)b[i].out * (uint64_t)g->slices * (uint64_t)((b[i].in + g->rows - 1) / g->rows);
	return sum;
}

static uint64_t ceil_div(uint64_t a, uint64_t b)
{
	return (a + b - 1) / b;
}

/* arrays <= max(ceil(cells / array) + 1, cells / (share * array)) */
static void assert_filled(const struct place_geometry *g, const struct placement *p, const char *name, int factors)
{
	uint64_t array = (uint64_t)g->rows * (uint64_t)g->cols, percent = g->rows == 256 ? 97 : 95;

	if (p->n_images > ceil_div(p->cells, array) + 1 && p->cells * 100 < p->n_images * array * percent)
		fail_msg("%s, factors %d, %d x %d: %zu arrays for %llu cells", name, factors, g->rows, g->cols, p->n_images, (unsigned long long)p->cells);
}

static void test_workloads(void **state)
{
	(void)state;
	for (int i = 0; wl_names[i]; i++)
		for (int factors = WL_FIT; factors <= WL_PAPER; factors++) {
			size_t n;
			struct place_block *b = blocks_of(wl_names[i], factors, &n);

			for (int a = 0; a < 2; a++) {
				struct placement area, whole;

				place(&arrays[a], PLACE_AREA, b, n, &area);
				assert_filled(&arrays[a], &area, wl_names[i], factors);
				place(&arrays[a], PLACE_CONVERSIONS, b, n, &whole);
				assert_true(conversions(&whole) == fewest_conversions(&arrays[a], b, n));
				assert_true(conversions(&area) >= conversions(&whole));
				assert_true(area.n_images <= whole.n_images);
				assert_true(area.cells == place_cells(&arrays[a], b, n) && area.padding == 0);
				assert_true(whole.cells == area.cells && whole.padding == 0);
				place_release(&area);
				place_release(&whole);
			}
			free(b);
		}
}

/* nothing is cut where nothing has to be: 32 x 32 blocks fill 256 x 256 arrays to the last cell */
static void test_no_cut_without_need(void **state)
{
	struct placement p;
	size_t n;
	struct place_block *b = blocks_of("bert-large", WL_PAPER, &n);

	(void)state;
	place(&arrays[0], PLACE_AREA, b, n, &p);
	assert_int_equal(p.n_images, 264);
	assert_true(conversions(&p) == fewest_conversions(&arrays[0], b, n));
	place_release(&p);
	free(b);
}

/* feet that save no array are left empty */
static void test_no_cut_in_vain(void **state)
{
	struct place_geometry g = { 10, 10, 1, 2, 0 };
	struct place_block b[3];
	struct placement p;

	(void)state;
	for (int i = 0; i < 3; i++)
		b[i] = (struct place_block){ .in = 8, .out = 10, .in_p = 8, .out_p = 10, .input = i, .real = true };
	place(&g, PLACE_AREA, b, 3, &p);
	assert_int_equal(p.n_images, 3);
	assert_int_equal(p.n_steps, 3);
	assert_true(conversions(&p) == 30);
	place_release(&p);
}

/* the small workloads whole, by the checker, on every array */
static void test_awkward_arrays(void **state)
{
	static const char *const names[] = { "stories260k", "bit1m" };

	(void)state;
	for (int i = 0; i < 2; i++)
		for (size_t a = 0; a < sizeof(arrays) / sizeof(*arrays); a++) {
			const struct place_geometry *g = &arrays[a];
			size_t n;
			struct place_block *b = blocks_of(names[i], i ? WL_FIT : WL_PAPER, &n);

			for (enum place_mode mode = PLACE_AREA; mode <= PLACE_CONVERSIONS; mode++) {
				uint64_t usable = (uint64_t)g->rows * (uint64_t)(g->cols / g->slices * g->slices);
				struct placement p;

				place(g, mode, b, n, &p);
				check_placement(g, false, false, b, n, &p, names[i]);
				if (mode == PLACE_AREA)
					assert_true(p.n_images <= ceil_div(p.cells, usable) + 1);
				place_release(&p);
			}
			free(b);
		}
}

/* blocks i and j can be one step */
static bool share(const struct place_block *a, const struct place_block *b, int rows, int chunk)
{
	int left_a = a->in - chunk * rows, left_b = b->in - chunk * rows;

	return a->phase == b->phase && a->input == b->input && (left_a < rows ? left_a : rows) == (left_b < rows ? left_b : rows);
}

/* steps if every set of blocks that read the same rows is divided only where it is wider than an array (K <= cols) */
static size_t fewest_steps(const struct place_geometry *g, const struct place_block *b, size_t n)
{
	size_t steps = 0;

	for (size_t i = 0; i < n; i++)
		for (int chunk = 0; b[i].real && chunk * g->rows < b[i].in; chunk++) {
			uint64_t outputs = 0;
			bool first = true;

			for (size_t j = 0; j < n; j++) {
				if (!b[j].real || b[j].in <= chunk * g->rows || !share(&b[i], &b[j], g->rows, chunk))
					continue;
				outputs += (uint64_t)b[j].out;
				first &= j >= i;
			}
			steps += first ? ceil_div(outputs, (uint64_t)(g->cols / g->slices)) : 0;
		}
	return steps;
}

/* blocks that are taller and wider than the array */
static void random_large(struct prng *r, struct random_set *s)
{
	int n = (int)prng_range(r, 1, 12);

	random_draw(r, s, 6000);
	s->g.rows = (int)prng_range(r, 1, 40);
	s->g.cols = (int)prng_range(r, 1, 40);
	s->g.adcs = (int)prng_range(r, 1, s->g.cols);
	for (int i = 0; i < n && s->n < RANDOM_MOST; i++) {
		int in = (int)prng_range(r, 1, 130), out = (int)prng_range(r, 1, 50), last = s->b[s->n - 1].phase;

		s->b[s->n++] = (struct place_block){ .in = in, .out = out, .in_p = in, .out_p = out, .stage = 1000 + i, .phase = last + (int)prng_range(r, 0, 1),
			.input = prng_range(r, 5000, 5002), .real = true };
	}
}

static void test_promises(void **state)
{
	static struct random_set s;
	struct prng r;

	(void)state;
	prng_init(&r, 41);
	for (int i = 0; i < 2000; i++) {
		struct placement area, whole;
		char what[64];

		random_large(&r, &s);
		s.g.arrays = 0;
		snprintf(what, sizeof(what), "set %d of seed 41", i);
		place(&s.g, PLACE_AREA, s.b, s.n, &area);
		check_placement(&s.g, false, false, s.b, s.n, &area, what);
		place(&s.g, PLACE_CONVERSIONS, s.b, s.n, &whole);
		check_placement(&s.g, false, false, s.b, s.n, &whole, what);
		assert_true(conversions(&whole) == fewest_conversions(&s.g, s.b, s.n));
		if (s.g.slices <= s.g.cols)
			assert_int_equal(whole.n_steps, fewest_steps(&s.g, s.b, s.n));
		assert_true(area.n_images <= whole.n_images);
		if (i % 10 == 0) {
			check_execution(&s.g, false, s.b, s.n, &area, what);
			check_execution(&s.g, false, s.b, s.n, &whole, what);
		}
		place_release(&area);
		place_release(&whole);
	}
}

/* images are dealt to the arrays there are */
static void test_few_arrays(void **state)
{
	struct place_geometry g = { 32, 32, 1, 8, 3 };
	struct place_block b[9];
	struct placement p;

	(void)state;
	for (int i = 0; i < 9; i++)
		b[i] = (struct place_block){ .in = 32, .out = 32, .in_p = 32, .out_p = 32, .phase = i, .input = i, .real = i != 4 };
	place(&g, PLACE_AREA, b, 9, &p);
	assert_int_equal(p.n_images, 8);
	assert_int_equal(p.arrays, 3);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(p.image[i].array, i % 3);
		assert_int_equal(p.image[i].turn, i / 3);
	}
	place_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_workloads), cmocka_unit_test(test_no_cut_without_need), cmocka_unit_test(test_no_cut_in_vain), cmocka_unit_test(test_awkward_arrays),
		cmocka_unit_test(test_promises), cmocka_unit_test(test_few_arrays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
