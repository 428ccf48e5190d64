/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_tree.h"
#include "adc/histogram.h"
#include "adc/tree.h"
#include "common/file.h"
#include "common/mem.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int cli_smax(const struct cfg *c)
{
	return c->rows * ((1 << c->cell_bits) - 1);
}

/* A round takes as many steps as its deepest lane: E[max] = sum over d of P(max > d), lanes independent. */
static struct map_steps round_steps(const struct tree *t, const uint64_t *weight, int lanes)
{
	struct map_steps r = { .least = 1 << t->bits, .most = 0 };
	int steps[1 << TREE_MAX_BITS], codes = 1 << t->bits;
	double total = 0;

	tree_steps(t, steps);
	for (int i = 0; i < codes; i++) {
		r.least = steps[i] < r.least ? steps[i] : r.least;
		r.most = steps[i] > r.most ? steps[i] : r.most;
		total += (double)weight[i];
	}
	for (int d = 0; d < r.most; d++) {
		double within = 0;

		for (int i = 0; i < codes; i++)
			within += steps[i] <= d ? total > 0 ? (double)weight[i] / total : 1.0 / codes : 0;
		r.mean += 1 - pow(within, lanes);
	}
	return r;
}

int cli_tree_make(struct cli_tree *t, const struct cfg *c, const char *file, const uint64_t *histogram, struct err *e)
{
	uint64_t weight[1 << TREE_MAX_BITS] = { 0 };
	struct histogram h = { -cli_smax(c), 2 * (size_t)cli_smax(c) + 1, (uint64_t *)histogram };
	struct tree made;

	memset(t, 0, sizeof(*t));
	if (histogram)
		histogram_codes(&h, &(struct histogram_window){ c->lsb, c->low, c->rounding }, c->bits, weight);
	if (file ? tree_read(file, &made, e) : tree_build(c->bits, weight, c->depth, &made, e))
		return -1;
	if (made.bits != c->bits)
		return err_set(e, ERR_INPUT, "--tree '%s' is a tree of %d bits, readout.bits is %d: legal is a tree of as many bits; make it again for this configuration", file, made.bits, c->bits);
	t->ro.root = made.root;
	memcpy(t->ro.left, made.left, sizeof(t->ro.left));
	memcpy(t->ro.right, made.right, sizeof(t->ro.right));
	t->steps = round_steps(&made, weight, c->adcs);
	t->mean = tree_mean(&made, weight);
	return 0;
}

int cli_histogram_write(const struct cfg *c, const uint64_t *histogram, const char *path, struct err *e)
{
	json_t *counts = json_array(), *j;
	int smax = cli_smax(c), rc;
	char hash[65], *text;

	cfg_hash(c, hash);
	for (int i = 0; i <= 2 * smax; i++)
		json_array_append_new(counts, json_integer((json_int_t)histogram[i]));
	j = json_pack("{s:s,s:s,s:i,s:o}", "config", c->name, "config_sha256", hash, "first", -smax, "counts", counts);
	text = json_dumps(j, JSON_INDENT(1));
	rc = file_write(path, text, strlen(text), e);
	free(text);
	json_decref(j);
	return rc;
}
