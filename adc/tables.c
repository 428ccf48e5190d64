/* Threshold tables from the integers of a configuration: docs/numerics.md sections 4 and 10, docs/network.md sections 1, 2, 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tables.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum what { OFFSET = 1, GAIN, INL, CAPACITOR, LINE }; /* section 10: which quantity a random word is for */

static const int64_t one = 65536; /* the nominal weight of a capacitor or a line, the standard deviation of deviate() */
static const int64_t million = 1000000;

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* mean 0, standard deviation 65536, at most six of them: the sum of twelve uniform 16-bit numbers */
static int64_t deviate(const struct cfg *c, enum what what, int id, int n)
{
	uint64_t key = mix(mix((uint64_t)c->error_seed + 0x9E3779B97F4A7C15u) + ((uint64_t)what << 32) + (uint64_t)id);
	int64_t sum = -393210;

	for (int i = 0; i < 3; i++)
		for (uint64_t word = mix(key + 3 * (uint64_t)n + (uint64_t)i), q = 0; q < 4; q++)
			sum += (int64_t)(word >> (16 * q) & 0xffff);
	return sum;
}

/* a / b, b > 0, rounded half away from zero */
static int64_t divide(int64_t a, int64_t b)
{
	return a < 0 ? -((b / 2 - a) / b) : (a + b / 2) / b;
}

static int64_t root(int64_t x)
{
	int64_t r = 0;

	for (int64_t bit = (int64_t)1 << 15; bit; bit >>= 1)
		if ((r + bit) * (r + bit) <= x)
			r += bit;
	return r;
}

static int64_t grid(const struct cfg *c)
{
	return (int64_t)1 << c->grid_bits;
}

static int64_t ideal(const struct cfg *c, int k)
{
	int64_t T = (c->low + (int64_t)k * c->lsb) * grid(c);

	return c->rounding == CFG_NEAREST ? T - c->lsb * grid(c) / 2 : T;
}

/* section 10, 1: what the converter's capacitor array makes of every code, and of all of it together (returned) */
static int64_t capacitors(const struct cfg *c, int id, int64_t *level)
{
	int n = 1 << c->bits;
	int64_t total = c->dac == CFG_BINARY_DAC ? one : 0, weight[12];

	level[0] = 0;
	if (c->dac == CFG_BINARY_DAC) {
		for (int j = 0; j < c->bits; j++) {
			weight[j] = (one << j) + divide(c->capacitor * divide(deviate(c, CAPACITOR, id, j) * root((int64_t)1 << (j + 16)), 256), million);
			total += weight[j];
		}
		for (int k = 1; k < n; k++) {
			int rest = k & (k - 1); /* without its lowest bit */

			level[k] = level[rest] + weight[__builtin_ctz((unsigned)(k - rest))];
		}
	} else {
		for (int i = 0; i < n; i++) {
			level[i] = total;
			total += one + divide(c->capacitor * deviate(c, CAPACITOR, id, i), million);
		}
	}
	return total < 1 ? 1 : total;
}

static void local_table(const struct cfg *c, int id, int64_t *T)
{
	int n = 1 << c->bits;
	int64_t level[1 << 12], total;

	for (int k = 1; k < n; k++)
		T[k] = ideal(c, k);
	if (!c->capacitor)
		return;
	total = capacitors(c, id, level);
	for (int k = 1; k < n; k++)
		T[k] += divide((level[k] * n - k * total) * c->lsb * grid(c), total);
}

/* m of the flash step that asks threshold k, or 0 when no flash step does */
static int flash_reference(const struct cfg *c, int k)
{
	int below = c->bits - c->flash_bits;

	if (c->adc == CFG_FLASH)
		return k;
	return c->adc == CFG_HYBRID && k % (1 << below) == 0 ? k >> below : 0;
}

/* network.md section 2: the array that gives tile t reference m; m = 0: that serves its search steps */
static int server(const struct cfg *c, int t, int m)
{
	int n = c->adc == CFG_FLASH ? (1 << c->bits) - 1 : c->adc == CFG_HYBRID ? (1 << c->flash_bits) - 1 : 1;

	switch (c->network) {
	case CFG_PAIR:
		return t ^ 1;
	case CFG_RING:
		return (t + (m ? m : 1)) % c->tiles;
	default:
		return c->tiles - n + (m ? m - 1 : t % n);
	}
}

/* [tiles][cols + 1]: the weights of the lines before each column of an array, summed. NULL for local references */
static int64_t *line_sums(const struct cfg *c)
{
	int64_t *sums = c->reference == CFG_LOCAL ? NULL : MEM_NEW((size_t)c->tiles * (size_t)(c->cols + 1), int64_t), *sum = sums;

	for (int tile = 0; sums && tile < c->tiles; tile++, sum++)
		for (int column = 0; column < c->cols; column++, sum++)
			sum[1] = sum[0] + one + divide(c->capacitor * deviate(c, LINE, tile * c->cols + column, 0), million);
	return sums;
}

/* network.md section 5. The shared lines and dummies weigh at least 1, as section 10, 1 has it */
static int64_t immersed(const struct cfg *c, const int64_t *sums, int tile, int lane, int k)
{
	int m = flash_reference(c, k), segment = c->cols / c->adcs, lines = m ? c->cols : segment;
	const int64_t *sum = sums + (size_t)server(c, tile, m) * (size_t)(c->cols + 1) + (m ? 0 : lane * segment);
	int charged = c->low + k * c->lsb - (c->rounding == CFG_NEAREST ? c->lsb / 2 : 0);
	int shared = lines < c->rows ? lines : c->rows;
	int64_t level = sum[charged] - sum[0] - one / 2, total = sum[shared] - sum[0] + one * (c->rows - shared);

	return divide(level * c->rows * grid(c), total < 1 ? 1 : total);
}

/* in thousandths of a count -> on the grid */
static int64_t thousandths(const struct cfg *c, int64_t x)
{
	return divide(x * grid(c), 1000);
}

static int64_t offset(const struct cfg *c, int id, int which)
{
	return thousandths(c, divide(c->offset * deviate(c, OFFSET, id, which), one));
}

static void table(const struct cfg *c, const int64_t *sums, int id, int32_t *out)
{
	static const int64_t lowest = -((int64_t)1 << 23), highest = ((int64_t)1 << 23) - 1;
	int64_t n = (int64_t)1 << c->bits, T[1 << 12];
	int64_t gain = deviate(c, GAIN, id, 0), inl = divide(c->inl * deviate(c, INL, id, 0), one), offset0 = offset(c, id, 0);

	if (!sums)
		local_table(c, id, T);
	out[0] = 0;
	for (int k = 1; k < n; k++) {
		int m = flash_reference(c, k);
		int64_t t = sums ? immersed(c, sums, id / c->adcs, id % c->adcs, k) : T[k];

		t += divide(divide(t * c->gain, million) * gain, one);
		t += thousandths(c, divide(inl * divide(4 * k * (n - k) * one, n * n), one));
		t += m ? offset(c, id, m) : offset0;
		out[k] = (int32_t)(t < lowest ? lowest : t > highest ? highest : t);
	}
}

size_t at_count(const struct cfg *c)
{
	return (size_t)c->tiles * (size_t)c->adcs * AT_SETS << c->bits;
}

bool at_ideal(const struct cfg *c)
{
	return !c->offset && !c->inl && !c->gain && !c->capacitor;
}

void at_build(const struct cfg *c, int32_t *T)
{
	size_t entries = (size_t)1 << c->bits;
	int64_t *sums = line_sums(c);

	for (int id = 0; id < c->tiles * c->adcs; id++) {
		int32_t *first = T + (size_t)id * AT_SETS * entries;

		table(c, sums, id, first);
		for (int set = 1; set < AT_SETS; set++)
			memcpy(first + (size_t)set * entries, first, entries * sizeof(*T));
	}
	free(sums);
}

size_t at_not_monotone(const struct cfg *c, const int32_t *T, size_t *first)
{
	size_t entries = (size_t)1 << c->bits, n = at_count(c) / entries, bad = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 1; k + 1 < entries; k++)
			if (T[i * entries + k] > T[i * entries + k + 1]) {
				if (!bad++)
					*first = i * entries + k;
				break;
			}
	return bad;
}
