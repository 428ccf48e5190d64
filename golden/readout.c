/* Converters: docs/numerics.md sections 3 and 4.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/readout.h"
#include "common/err.h"
#include <stddef.h>

/* Tables are words of 24 bits, two's complement (docs/macro.md). A threshold beyond them is held at the limit, which changes no answer:
 * |S| * 2^F <= 1024 rows * 3 * 2^8 = 786432. */
enum { T_MIN = -8388608, T_MAX = 8388607, LFSR_TAPS = 0xB400 };

void ro_ideal_table(const struct ro_window *w, int bits, int grid_bits, int32_t *T)
{
	int k, n = 1 << bits;

	T[0] = 0;
	for (k = 1; k < n; k++) {
		int64_t t = ((int64_t)w->low + (int64_t)k * w->lsb) * (1 << grid_bits);

		if (w->nearest) /* half an lsb below; grid_bits >= 1 keeps it whole */
			t -= (int64_t)w->lsb * (1 << grid_bits) / 2;
		T[k] = t < T_MIN ? T_MIN : t > T_MAX ? T_MAX : (int32_t)t;
	}
}

bool ro_monotone(const int32_t *T, int bits)
{
	int k;

	for (k = 1; k + 1 < 1 << bits; k++)
		if (T[k] > T[k + 1])
			return false;
	return true;
}

/* the answer of comparator m to threshold T */
static inline bool asked(const struct ro_stuck *stuck, int m, int32_t level, int32_t T)
{
	if (stuck && stuck->at[m / 64] >> m % 64 & 1)
		return stuck->yes[m / 64] >> m % 64 & 1;
	return level >= T;
}

/* code, whose low `left` bits are still 0, goes on bit by bit from the highest of them; the first comparator is asked */
static int search(const int32_t *T, int left, int32_t level, int code, const struct ro_stuck *stuck)
{
	int k;

	for (k = left - 1; k >= 0; k--)
		if (asked(stuck, 1, level, T[code + (1 << k)]))
			code += 1 << k;
	return code;
}

/* ---- a step of many comparators ---- */

struct step { /* comparator m = 1 .. 2^e - 1 asks T[m << shift] */
	const int32_t *T;
	int32_t level;
	int e, shift;
	const struct ro_stuck *stuck;
};

static int answer(const struct step *s, int m)
{
	if (m <= 0)
		return 1;
	return m < 1 << s->e && asked(s->stuck, m, s->level, s->T[m << s->shift]);
}

static int majority(const struct step *s, int m)
{
	return answer(s, m - 1) + answer(s, m) + answer(s, m + 1) >= 2;
}

/* the bubble rule: how many comparators the step is worth */
static int count_step(const struct step *s, bool ones)
{
	int m, k, code = 0;

	if (ones) {
		for (m = 1; m < 1 << s->e; m++)
			code += answer(s, m);
		return code;
	}
	for (k = s->e - 1; k >= 0; k--)
		if (majority(s, code + (1 << k)))
			code += 1 << k;
	return code;
}

/* bits of the first step; flash is a hybrid whose first step takes all bits */
static int flash_bits(const struct ro_conv *c, int bits)
{
	return c->kind == RO_FLASH || c->flash_bits > bits ? bits : c->flash_bits;
}

static int flash(const struct ro_conv *c, const int32_t *T, int bits, int32_t level)
{
	int e = flash_bits(c, bits);
	const struct step s = { T, level, e, bits - e, c->stuck };

	return search(T, s.shift, level, count_step(&s, c->ones) << s.shift, c->stuck);
}

/* ---- asymmetric search ---- */

/* Every answer moves down; after 2^B - 1 steps a tree that is none ends as at a leaf. Names are B bits wide in the hardware, hence the mask. */
static struct ro_answer climb(const struct ro_tree *t, const int32_t *T, int B, int32_t level, const struct ro_stuck *stuck)
{
	int last = (1 << B) - 1, k = t->root & last, n = 1;

	for (;; n++) {
		bool yes = asked(stuck, 1, level, T[k]);
		int next = (yes ? t->right[k] : t->left[k]) & last;

		if (!next || n == last)
			return (struct ro_answer){ (yes ? k : k - 1) & last, n, n };
		k = next;
	}
}

bool ro_tree_ordered(const struct ro_tree *t, int bits)
{
	int stack[1 << RO_TREE_BITS], depth = 0, k = t->root, size = 1 << bits, next = 1;

	while (k || depth) {
		if (k >= size || depth >= size)
			return false;
		if (k) {
			stack[depth++] = k;
			k = t->left[k];
		} else {
			k = stack[--depth];
			if (k != next++)
				return false;
			k = t->right[k];
		}
	}
	return next == size;
}

/* ---- stochastic ---- */

uint16_t ro_lfsr_start(uint16_t seed, int id)
{
	uint16_t x = (uint16_t)(seed + 0x9E37u * ((unsigned)id + 1));

	return x ? x : 1;
}

static int draw(const struct ro_conv *c, const int32_t *T, int bits, int32_t level, uint16_t *lfsr)
{
	unsigned x = *lfsr;
	int i, s, u, code = 0, last = (1 << bits) - 1;

	for (i = 0; i < c->samples; i++) {
		for (s = 0; s < c->bits; s++)
			x = x >> 1 ^ (x & 1 ? LFSR_TAPS : 0);
		u = (int)x & last;
		code += u < last && asked(c->stuck, 1, level, T[u + 1]);
	}
	*lfsr = (uint16_t)x;
	return code;
}

/* ---- all kinds ---- */

struct ro_answer ro_cost(const struct ro_conv *c, int bits)
{
	int e;

	switch (c->kind) {
	case RO_SAR:
		return (struct ro_answer){ 0, bits, bits };
	case RO_SENSE:
		return (struct ro_answer){ 0, 1, 1 };
	case RO_FLASH: case RO_HYBRID:
		e = flash_bits(c, bits);
		return (struct ro_answer){ 0, 1 + bits - e, (1 << e) - 1 + bits - e };
	case RO_STOCHASTIC:
		return (struct ro_answer){ 0, c->samples, c->samples };
	}
	BUG("converter kind %d", c->kind);
}

struct ro_answer ro_convert(const struct ro_conv *c, const int32_t *T, int bits, int32_t level, uint16_t *lfsr)
{
	struct ro_answer a = ro_cost(c, bits);

	switch (c->kind) {
	case RO_SAR:
		if (c->tree)
			return climb(c->tree, T, c->bits, level, c->stuck);
		a.code = search(T, bits, level, 0, c->stuck);
		break;
	case RO_SENSE: /* B = 1: the first question of a search is the only one */
		a.code = asked(c->stuck, 1, level, T[1]);
		break;
	case RO_FLASH: case RO_HYBRID:
		a.code = flash(c, T, bits, level);
		break;
	case RO_STOCHASTIC:
		a.code = draw(c, T, bits, level, lfsr);
		break;
	}
	return a;
}

void ro_lookup(const struct ro_conv *c, const int32_t *T, int bits, int grid_bits, int lowest, int highest, uint16_t *code, uint16_t *steps)
{
	bool equal = ro_monotone(T, bits) && (!c->tree || ro_tree_ordered(c->tree, bits));
	int S;

	if (c->kind == RO_STOCHASTIC || c->stuck)
		BUG("a stochastic converter, or one with stuck comparators, has no table of codes");
	for (S = lowest; S <= highest; S++) {
		int32_t level = S * (1 << grid_bits);
		struct ro_answer a = ro_convert(c, T, bits, level, NULL);

		if (equal && a.code != search(T, bits, level, 0, NULL))
			BUG("kind %d gives count %d the code %d, the binary search %d", c->kind, S, a.code, search(T, bits, level, 0, NULL));
		code[S - lowest] = (uint16_t)a.code;
		if (steps)
			steps[S - lowest] = (uint16_t)a.steps;
	}
}

int ro_resolution(const struct ro_window *w, int bits, int grid_bits, int rows_active, int cell_bits, bool full)
{
	int64_t smax = (int64_t)rows_active * ((1 << cell_bits) - 1);
	int32_t T[1 << 12];
	int k, reached = 0, fit = 1;

	if (full)
		return bits;
	ro_ideal_table(w, bits, grid_bits, T);
	for (k = 1; k < 1 << bits; k++)
		if (T[k] <= smax << grid_bits)
			reached++;
	while ((1 << fit) < reached + 1)
		fit++;
	return fit;
}
