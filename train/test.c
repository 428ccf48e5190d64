/* The loss on a text, without training.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "train/batch.h"
#include "train/train.h"
#include <cblas.h>
#include <stdlib.h>

double train_test(const struct params *p, const struct text *t, const struct gl_readout *readout, bool head, int threads, long *n, struct err *e)
{
	struct sequence *s = MEM_NEW(t->n, struct sequence);
	int longest = 1, used = 0, bad = 0;
	double sum = 0;
	struct crew c;

	*n = 0;
	for (int i = 0; i < t->n; i++) {
		int len = t->len[i] < p->model.seq_len ? t->len[i] : p->model.seq_len;

		if (len < 2)
			continue;
		s[used++] = (struct sequence){ .tokens = t->tokens[i], .predictions = len - 1 };
		longest = len - 1 > longest ? len - 1 : longest;
		*n += len - 1;
	}
	openblas_set_num_threads(1);
	crew_init(&c, p, NULL, readout, longest, threads, false);
	if (*n == 0)
		bad = err_set(e, ERR_INPUT, "the test text has no token to predict, a sequence needs two tokens and the model's context is %d; give a longer text", p->model.seq_len);
	if (!bad && readout)
		bad = crew_read(&c, p, readout, head, 0, e);
	if (!bad)
		crew_losses(&c, p, s, used);
	for (int i = 0; i < used && !bad; i++)
		sum += s[i].loss;
	crew_release(&c);
	free(s);
	return bad ? 0 : sum / (double)*n;
}
