/* SPDX-License-Identifier: Apache-2.0 */
#include "adc/cost.h"
#include <string.h>

bool cost_legal(const struct cost_case *c)
{
	static const struct { int lo, hi; } bits[] = { { 1, 12 }, { 1, 8 }, { 2, 12 }, { 1, 1 }, { 1, 12 } };

	if (c->bits < bits[c->kind].lo || c->bits > bits[c->kind].hi)
		return false;
	if (c->search == CFG_ASYMMETRIC && (c->kind != CFG_SAR || c->bits > 8))
		return false;
	if (c->kind == CFG_HYBRID && (c->flash_bits < 1 || c->flash_bits > 6 || c->flash_bits >= c->bits))
		return false;
	if (c->kind == CFG_STOCHASTIC && (c->samples < 1 || c->samples >= 1 << c->bits))
		return false;
	/* 64 tiles: 63 servers; 1024 lines */
	if (c->reference == CFG_IMMERSED && (c->bits > 10 || (c->kind == CFG_FLASH && c->bits > 6)))
		return false;
	return true;
}

/* compare cycles and charged lines of the binary search for `code` among bits below - 1 .. 0, starting from `base` */
static double search_lines(int base, int below, int code)
{
	double lines = 0;

	for (int k = below - 1; k >= 0; k--) {
		int trial = base + (1 << k);

		lines += trial;
		base = code >= trial ? trial : base;
	}
	return lines;
}

static double tree_lines(const struct tree *t, int code)
{
	double lines = 0;

	for (int k = t->root; k; k = code >= k ? t->right[k] : t->left[k])
		lines += k;
	return lines;
}

/* lines that the references of one conversion charge. An immersed reference of code k has k lines (lsb 1, low 0) */
static double lines_of(const struct cost_case *c, const struct tree *tree, int code)
{
	int n = 1 << c->bits, below = c->bits - c->flash_bits, step = 1 << below;

	switch (c->kind) {
	case CFG_FLASH:
		return n * (n - 1) / 2;
	case CFG_HYBRID:
		return step * ((1 << c->flash_bits) * ((1 << c->flash_bits) - 1) / 2) + search_lines(code - code % step, below, code);
	case CFG_STOCHASTIC: /* each draw is one of 0..n-1, and asks for draw + 1 but the last, which asks nobody */
		return c->samples * ((double)(n - 1) / 2);
	default:
		return tree ? tree_lines(tree, code) : search_lines(0, c->bits, code);
	}
}

/* means over the codes of what depends on the code: steps of a tree, lines */
static void means(const struct cost_case *c, const uint64_t *weight, const struct tree *tree, struct cost *out)
{
	int steps[1 << TREE_MAX_BITS], n = 1 << c->bits;
	double total = 0, sum = 0, lines = 0;

	if (tree)
		tree_steps(tree, steps);
	for (int code = 0; code < n; code++) {
		total += (double)weight[code];
		sum += tree ? (double)weight[code] * steps[code] : 0;
		lines += (double)weight[code] * lines_of(c, tree, code);
		if (tree && steps[code] > out->steps)
			out->steps = steps[code];
	}
	if (tree) {
		out->steps_mean = out->decisions_mean = sum / total;
		out->decisions = out->steps;
	}
	if (c->reference == CFG_IMMERSED)
		out->lines_mean = lines / total;
}

void cost_of(const struct cost_case *c, const uint64_t *weight, const struct tree *tree, struct cost *out)
{
	int n = 1 << c->bits, flash = (1 << c->flash_bits) - 1;

	memset(out, 0, sizeof(*out));
	out->comparators = 1;
	switch (c->kind) {
	case CFG_SAR:
		out->steps = out->decisions = tree ? 0 : c->bits; /* a tree's: means() */
		break;
	case CFG_FLASH:
		out->steps = 1;
		out->decisions = out->comparators = n - 1;
		break;
	case CFG_HYBRID:
		out->steps = 1 + c->bits - c->flash_bits;
		out->decisions = flash + c->bits - c->flash_bits;
		out->comparators = flash;
		break;
	case CFG_SENSE:
		out->steps = out->decisions = 1;
		break;
	case CFG_STOCHASTIC:
		out->steps = out->decisions = c->samples;
		break;
	}
	out->steps_mean = out->steps;
	out->decisions_mean = out->decisions;
	if (c->reference == CFG_LOCAL) {
		out->unary = n;
		out->binary = c->bits + 1;
	} else {
		out->arrays = c->kind == CFG_FLASH ? n - 1 : c->kind == CFG_HYBRID ? flash : 1;
		out->lines = n - 1;
	}
	means(c, weight, tree, out);
}
