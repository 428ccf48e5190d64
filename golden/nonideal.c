/* Tables of real converters, and noise: docs/numerics.md sections 10 and 11, docs/network.md sections 1, 2 and 5.
 * Integers only, 64 bits, in the order in which those pages write them; section 4's ideal values are not held within 24 bits before the errors are
 * added, only the result is.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/nonideal.h"
#include "golden/network.h"
#include "common/err.h"
#include "common/mem.h"
#include <stdlib.h>

enum what { OFFSET = 1, GAIN, INL, CAPACITOR, LINE, NOISE }; /* of the random words */
enum { UNIT = 65536, MILLION = 1000000, T_MIN = -8388608, T_MAX = 8388607 };

static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static uint64_t word(uint64_t seed, uint32_t what, uint32_t id, uint64_t n)
{
	return mix(mix(mix(seed + 0x9E3779B97F4A7C15u) + ((uint64_t)what << 32) + id) + n);
}

int64_t ro_deviate(uint64_t seed, uint32_t what, uint32_t id, uint64_t n)
{
	int64_t sum = -393210; /* twelve times the mean of a quarter */
	int i, q;

	for (i = 0; i < 3; i++) {
		uint64_t w = word(seed, what, id, 3 * n + (unsigned)i);

		for (q = 0; q < 4; q++)
			sum += (int64_t)(w >> (16 * q) & 0xffff);
	}
	return sum;
}

/* the pages' `/`: rounded, a half away from zero; d > 0 */
static int64_t divide(int64_t n, int64_t d)
{
	int64_t q = n / d, r = n % d;

	if (r < 0)
		r = -r;
	return r >= d - r ? q + (n < 0 ? -1 : 1) : q;
}

static int64_t isqrt(int64_t v)
{
	int64_t r = 0, b;

	for (b = (int64_t)1 << 31; b; b >>= 1)
		if ((r + b) * (r + b) <= v)
			r += b;
	return r;
}

int32_t ro_noise(int noise, uint64_t seed, int grid_bits, uint32_t converter, uint64_t conversion)
{
	int64_t thousandths = divide(noise * ro_deviate(seed, NOISE, converter, conversion), 65536);

	return (int32_t)divide(thousandths * (1 << grid_bits), 1000);
}

/* ---- capacitor arrays and lines ---- */

struct job {
	const struct gm_hw *hw;
	const struct ro_errors *x;
	int64_t *level;  /* [2^B] of the converter's capacitor array */
	int64_t total;
	int64_t *lines;  /* immersed: [tiles][cols + 1] sums of w over the columns before */
};

static int64_t unit_of(const struct job *j, uint32_t what, uint32_t id, uint64_t n)
{
	return UNIT + divide(j->x->capacitor * ro_deviate(j->x->seed, what, id, n), MILLION);
}

static void array_unary(struct job *j, uint32_t id, int n)
{
	int64_t sum = 0;
	int i;

	for (i = 0; i < n; i++) {
		j->level[i] = sum;
		sum += unit_of(j, CAPACITOR, id, (uint64_t)i);
	}
	j->total = sum;
}

static void array_binary(struct job *j, uint32_t id, int bits)
{
	int64_t weight[12];
	int b, k;

	j->total = UNIT; /* the dummy */
	for (b = 0; b < bits; b++) {
		int64_t g = ro_deviate(j->x->seed, CAPACITOR, id, (uint64_t)b);

		weight[b] = ((int64_t)UNIT << b) + divide(j->x->capacitor * divide(g * isqrt((int64_t)1 << (b + 16)), 256), MILLION);
		j->total += weight[b];
	}
	for (k = 0; k < 1 << bits; k++)
		for (j->level[k] = 0, b = 0; b < bits; b++)
			j->level[k] += k >> b & 1 ? weight[b] : 0;
}

static void make_lines(struct job *j)
{
	int t, c, cols = j->hw->cols;

	j->lines = MEM_NEW((size_t)j->hw->tiles * (cols + 1), int64_t);
	for (t = 0; t < j->hw->tiles; t++) {
		int64_t *sum = j->lines + (size_t)t * (cols + 1);

		for (c = 0; c < cols; c++)
			sum[c + 1] = sum[c] + unit_of(j, LINE, (uint32_t)(t * cols + c), 0);
	}
}

/* whole lines of code k (network.md section 1) */
static int64_t lines_of(const struct ro_window *w, int k)
{
	return w->low + (int64_t)k * w->lsb - (w->nearest ? w->lsb / 2 : 0);
}

static int64_t immersed(const struct job *j, const struct ro_window *w, int tile, int lane, int k)
{
	const struct gm_hw *hw = j->hw;
	int step = hw->kind == RO_FLASH ? 1 : hw->kind == RO_HYBRID ? 1 << (hw->adc_bits - hw->flash_bits) : 0;
	bool flash = step && k % step == 0;
	int server = flash ? gn_server(hw, tile, k / step) : gn_search_server(hw, tile), columns = flash ? hw->cols : hw->cols / hw->adcs;
	const int64_t *sum = j->lines + (size_t)server * (hw->cols + 1) + (flash ? 0 : lane * columns);
	int64_t c = lines_of(w, k), total;
	int shared = columns < hw->rows ? columns : hw->rows;

	if (c < 1 || c > columns)
		BUG("code %d needs %lld lines, its server has %d", k, (long long)c, columns);
	total = sum[shared] - sum[0] + (int64_t)UNIT * (hw->rows - shared);
	return divide((sum[c] - sum[0] - UNIT / 2) * hw->rows * (1 << hw->grid_bits), total < 1 ? 1 : total);
}

/* ---- tables ---- */

/* which comparator asks k */
static uint64_t comparator(const struct gm_hw *hw, int k)
{
	int step;

	if (hw->kind == RO_FLASH)
		return (uint64_t)k;
	if (hw->kind != RO_HYBRID)
		return 0;
	step = 1 << (hw->adc_bits - hw->flash_bits);
	return k % step ? 0 : (uint64_t)(k / step);
}

static int64_t threshold(const struct job *j, const struct ro_window *w, int tile, int lane, int k)
{
	const struct gm_hw *hw = j->hw;
	const struct ro_errors *x = j->x;
	uint32_t id = (uint32_t)(tile * hw->adcs + lane);
	int64_t grid = (int64_t)1 << hw->grid_bits, n = (int64_t)1 << hw->adc_bits, T, bow;

	if (hw->immersed) {
		T = x->capacitor ? immersed(j, w, tile, lane, k) : lines_of(w, k) * grid - grid / 2;
	} else {
		T = (w->low + (int64_t)k * w->lsb) * grid - (w->nearest ? w->lsb * grid / 2 : 0);
		if (x->capacitor)
			T += divide((j->level[k] * n - k * j->total) * w->lsb * grid, j->total);
	}
	if (x->gain)
		T += divide(divide(T * x->gain, MILLION) * ro_deviate(x->seed, GAIN, id, 0), 65536);
	if (x->inl) {
		bow = divide(4 * k * (n - k) * 65536, n * n);
		T += divide(divide(divide(x->inl * ro_deviate(x->seed, INL, id, 0), 65536) * bow, 65536) * grid, 1000);
	}
	if (x->offset)
		T += divide(divide(x->offset * ro_deviate(x->seed, OFFSET, id, comparator(hw, k)), 65536) * grid, 1000);
	return T < T_MIN ? T_MIN : T > T_MAX ? T_MAX : T;
}

void ro_tables(const struct gm_hw *hw, const struct ro_window *window, const struct ro_errors *x, int32_t *T)
{
	int n = 1 << hw->adc_bits, tile, lane, set, k;
	struct job j = { .hw = hw, .x = x, .level = MEM_NEW(n, int64_t), .total = 1 };

	if (hw->immersed && x->capacitor)
		make_lines(&j);
	for (tile = 0; tile < hw->tiles; tile++)
		for (lane = 0; lane < hw->adcs; lane++) {
			uint32_t id = (uint32_t)(tile * hw->adcs + lane);

			if (!hw->immersed && x->capacitor) {
				if (x->binary_dac)
					array_binary(&j, id, hw->adc_bits);
				else
					array_unary(&j, id, n);
				if (j.total < 1)
					j.total = 1;
			}
			for (set = 0; set < GM_SETS; set++)
				for (*T++ = 0, k = 1; k < n; k++)
					*T++ = (int32_t)threshold(&j, &window[set], tile, lane, k);
		}
	free(j.level);
	free(j.lines);
}
