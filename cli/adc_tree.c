/* SPDX-License-Identifier: Apache-2.0 */
#include "adc/histogram.h"
#include "adc/tree.h"
#include "cli/adc_tasks.h"
#include "cli/cli_json.h"
#include "common/file.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static void print_json(const struct adc_tree_task *a, double entropy, double mean, int worst, double counts)
{
	json_t *j = json_pack("{s:s,s:i,s:i,s:f,s:f,s:i,s:f,s:i,s:o}", "histogram", a->histogram, "bits", a->bits, "depth_limit", a->depth, "conversions", counts, "entropy_bits", entropy,
			      "binary_comparisons", a->bits, "tree_comparisons_mean", mean, "tree_comparisons_most", worst, "file", a->out ? json_string(a->out) : json_null());

	cli_print_json(j);
}

static int write_tree(const struct tree *t, const char *path, struct err *e)
{
	struct buf text;
	int rc;

	buf_init(&text);
	tree_print(t, &text);
	rc = file_write(path, text.data, text.len, e);
	buf_release(&text);
	return rc;
}

int adc_tree_run(const struct adc_tree_task *a, struct err *e)
{
	struct histogram_window w = { 1, 0, CFG_FLOOR };
	uint64_t weight[1 << TREE_MAX_BITS];
	int steps[1 << TREE_MAX_BITS], worst = 0;
	double entropy, mean, counts = 0;
	struct histogram h;
	struct tree t;
	int rc;

	if (a->config)
		w = (struct histogram_window){ a->config->lsb, a->config->low, a->config->rounding };
	rc = histogram_read(a->histogram, &h, e);
	if (!rc)
		histogram_codes(&h, &w, a->bits, weight);
	histogram_release(&h);
	if (rc || tree_build(a->bits, weight, a->depth, &t, e) || (a->out && write_tree(&t, a->out, e)))
		return -1;
	tree_steps(&t, steps);
	for (int i = 0; i < 1 << a->bits; i++) {
		worst = steps[i] > worst ? steps[i] : worst;
		counts += (double)weight[i];
	}
	entropy = histogram_entropy(weight, a->bits);
	mean = tree_mean(&t, weight);
	if (a->json) {
		print_json(a, entropy, mean, worst, counts);
		return 0;
	}
	printf("%.0f conversions of %d bits, lsb %d, low %d: entropy %.3f bits\n", counts, a->bits, w.lsb, w.low, entropy);
	printf("comparisons of a conversion: %d by binary search, %.3f by the tree (%.1f %% fewer), at most %d\n", a->bits, mean, (1 - mean / a->bits) * 100, worst);
	if (a->out)
		printf("tree: %s\n", a->out);
	return 0;
}
