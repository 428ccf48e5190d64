/* SPDX-License-Identifier: Apache-2.0 */
#include "adc/histogram.h"
#include "common/file.h"
#include "common/mem.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t most = (uint64_t)1 << 53;
static const size_t most_bytes = (size_t)1 << 20;

static int parse(const char *path, const json_t *j, struct histogram *h, struct err *e)
{
	const json_t *first = json_object_get(j, "first"), *counts = json_object_get(j, "counts");
	json_int_t lo = json_integer_value(first);
	uint64_t sum = 0;

	if (!json_is_integer(first) || !json_is_array(counts))
		return err_set(e, ERR_INPUT, "'%s': no whole number \"first\" or no list \"counts\"; give a histogram as bitline golden --histogram writes it", path);
	h->n = json_array_size(counts);
	if (lo < -HISTOGRAM_MAX || lo > HISTOGRAM_MAX || h->n > 2 * HISTOGRAM_MAX + 1 || lo + (json_int_t)h->n > HISTOGRAM_MAX + 1)
		return err_set(e, ERR_INPUT, "'%s': %zu counts from %lld on: legal are counts of %d..%d; give a histogram as bitline golden --histogram writes it", path, h->n, (long long)lo,
			       -HISTOGRAM_MAX, HISTOGRAM_MAX);
	h->first = (int)lo;
	h->count = MEM_NEW(h->n, uint64_t);
	for (size_t i = 0; i < h->n; i++) {
		const json_t *x = json_array_get(counts, i);

		if (!json_is_integer(x) || json_integer_value(x) < 0 || (uint64_t)json_integer_value(x) > most - sum)
			return err_set(e, ERR_INPUT, "'%s': number %zu of \"counts\" is no whole number of 0 or more, or makes the sum exceed 2^53; mend it", path, i);
		sum += h->count[i] = (uint64_t)json_integer_value(x);
	}
	if (sum == 0)
		return err_set(e, ERR_INPUT, "'%s': every number of \"counts\" is 0: nothing was counted; make the histogram of a longer text", path);
	return 0;
}

int histogram_read(const char *path, struct histogram *h, struct err *e)
{
	json_error_t je;
	struct buf text;
	json_t *j = NULL;
	int rc;

	memset(h, 0, sizeof(*h));
	rc = file_read(path, most_bytes, &text, e);
	if (!rc) {
		j = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &je);
		rc = j ? parse(path, j, h, e) : err_set(e, ERR_INPUT, "'%s', line %d: %.100s; a histogram is JSON as bitline golden --histogram writes it", path, je.line, je.text);
	}
	json_decref(j);
	buf_release(&text);
	return rc;
}

void histogram_release(struct histogram *h)
{
	free(h->count);
	memset(h, 0, sizeof(*h));
}

void histogram_codes(const struct histogram *h, const struct histogram_window *w, int bits, uint64_t *weight)
{
	int top = (1 << bits) - 1;

	memset(weight, 0, sizeof(*weight) << bits);
	for (size_t i = 0; i < h->n; i++) {
		/* twice the distance into the window; code = that div (2 lsb) */
		int x = 2 * (h->first + (int)i - w->low) + (w->rounding == CFG_NEAREST ? w->lsb : 0), code = x < 0 ? 0 : x / (2 * w->lsb);

		weight[code > top ? top : code] += h->count[i];
	}
}

void histogram_quarter(int bits, uint64_t *weight)
{
	int n = (1 << bits) - 1;

	for (int k = 0; k <= n; k++)
		weight[k] = (uint64_t)llround(exp2(40) * exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(0.25) + (n - k) * log(0.75)));
}

double histogram_entropy(const uint64_t *weight, int bits)
{
	double total = 0, h = 0;

	for (int i = 0; i < 1 << bits; i++)
		total += (double)weight[i];
	for (int i = 0; i < 1 << bits; i++)
		if (weight[i])
			h -= (double)weight[i] / total * log2((double)weight[i] / total);
	return h;
}
