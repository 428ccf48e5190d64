/* Weights of lines and codes' line counts: docs/network.md sections 1, 5, docs/numerics.md section 10.
 * SPDX-License-Identifier: Apache-2.0 */
#include "spice/lines.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum { WHAT_OFFSET = 1, WHAT_LINE = 5, NOMINAL = 65536, MAX_ROWS = 128 };

static uint64_t scramble(uint64_t z)
{
	z ^= z >> 30;
	z *= 13787848793156543929u; /* 0xBF58476D1CE4E5B9 */
	z ^= z >> 27;
	z *= 10723151780598845931u; /* 0x94D049BB133111EB */
	return z ^ z >> 31;
}

/* normal deviate number 0, standard deviation 65536 */
static int64_t normal(uint64_t seed, uint64_t what, uint64_t id)
{
	uint64_t key = scramble(scramble(seed + 11400714819323198485u) + (what << 32) + id); /* 0x9E3779B97F4A7C15 */
	int64_t g = 0;

	for (int i = 0; i < 12; i++)
		g += (int64_t)(scramble(key + (uint64_t)(i / 4)) >> 16 * (i % 4)) & 0xffff;
	return g - 393210;
}

static int64_t rounded(int64_t a, int64_t b)
{
	int64_t half = (llabs(a) * 2 + b) / (2 * b);

	return a < 0 ? -half : half;
}

static int unsuited(struct err *e, const char *key, int value, const char *legal)
{
	return err_set(e, ERR_INPUT, "%s is %d; the circuit is for %s: change it with -s, or take configs/edge64-immersed-pair.xml", key, value, legal);
}

/* refused: what has no counterpart in the circuit, or would take ngspice hours */
int spice_check(const struct cfg *c, int tile, int lane, struct err *e)
{
	if (c->reference != CFG_IMMERSED || c->network != CFG_PAIR)
		return err_set(e, ERR_INPUT, "readout.reference and readout.network of %s are no immersed pair, which is all that the circuit is for: take configs/edge64-immersed-pair.xml", c->name);
	if (c->rows > MAX_ROWS)
		return unsuited(e, "array.rows", c->rows, "at most 128 rows");
	if (c->gain || c->inl || c->noise)
		return unsuited(e, c->gain ? "nonideal.gain" : c->inl ? "nonideal.inl" : "nonideal.noise", c->gain ? c->gain : c->inl ? c->inl : c->noise,
				"capacitor and offset errors only, 0 here");
	if (tile >= c->tiles)
		return err_set(e, ERR_INPUT, "no tile %d; legal: 0..%d", tile, c->tiles - 1);
	if (lane >= c->adcs)
		return err_set(e, ERR_INPUT, "no lane %d; legal: 0..%d", lane, c->adcs - 1);
	return 0;
}

int spice_lines_init(struct spice_lines *l, const struct cfg *c, int tile, int lane, struct err *e)
{
	int segment = c->cols / c->adcs, first = (tile ^ 1) * c->cols + lane * segment;

	memset(l, 0, sizeof(*l));
	if (spice_check(c, tile, lane, e))
		return -1;
	l->n = segment < c->rows ? segment : c->rows;
	l->dummies = c->rows - l->n;
	l->codes = (1 << c->bits) - 1;
	l->weight = MEM_NEW((size_t)l->n, int64_t);
	for (int i = 0; i < l->n; i++)
		l->weight[i] = NOMINAL + rounded(c->capacitor * normal((uint64_t)c->error_seed, WHAT_LINE, (uint64_t)(first + i)), 1000000);
	for (int i = 0; i < l->n; i++) {
		double weight = (double)l->weight[i] / NOMINAL, least = l->dummies == 0 && i == l->n - 1 ? 0.55 : 0.05; /* half a line is the tie's */

		if (weight < least) {
			spice_lines_release(l);
			return err_set(e, ERR_INPUT, "column line %d of tile %d has %.3f of a line's capacitance, the circuit needs %.2f: lower nonideal.capacitor or take another nonideal.seed",
				       first + i - (tile ^ 1) * c->cols, tile ^ 1, weight, least);
		}
	}
	l->charged = MEM_NEW((size_t)l->codes + 1, int);
	for (int k = 1; k <= l->codes; k++)
		l->charged[k] = c->low + k * c->lsb - (c->rounding == CFG_NEAREST ? c->lsb / 2 : 0);
	/* an offset raises thresholds, so it lowers what the comparator sees of the column; it is a whole number of grid steps, as in T */
	l->offset = -(double)rounded(rounded(c->offset * normal((uint64_t)c->error_seed, WHAT_OFFSET, (uint64_t)(tile * c->adcs + lane)), NOMINAL) * (1 << c->grid_bits), 1000) /
		(1 << c->grid_bits);
	return 0;
}

void spice_lines_release(struct spice_lines *l)
{
	free(l->weight);
	free(l->charged);
}
