/* A model whose linear layers are integers with a scale per row: docs/train.md section 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/write_parts.h"
#include "common/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void wr_add_integers(struct wr_list *l, const char *name, int a, int b, int c, const float *w)
{
	size_t rows = (size_t)a * (c ? (size_t)b : 1), in = (size_t)(c ? c : b);
	int8_t *q = MEM_NEW(rows * in, int8_t);
	float *scale = MEM_NEW(rows, float);
	char scale_name[WR_NAME];

	for (size_t r = 0; r < rows; r++)
		scale[r] = l->row(l->bits, w + r * in, (int)in, q + r * in);
	wr_add(l, name, a, b, c, NULL)->integers = q;
	snprintf(scale_name, sizeof(scale_name), "%.38s.scale", name);
	wr_add(l, scale_name, (int)rows, 0, 0, scale)->own = scale;
}

static int check_finite(const float *w, size_t n, const char *path, int layer, int id, const char *part, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(w[i]))
			return err_set(e, ERR_INPUT, "'%s': number %zu of '%d.%s%s' is %s: only finite weights become integers; mend the checkpoint", path, i, layer,
				       model_linear_name[id], part, isnan(w[i]) ? "nan" : "infinite");
	return 0;
}

static int check_model(const struct model *m, const char *path, struct err *e)
{
	for (int layer = 0; layer < m->n_layers; layer++)
		for (int id = 0; id < MODEL_N_LINEAR; id++) {
			const struct model_linear *x = &m->layers[layer].linear[id];
			size_t mid = (size_t)x->b * x->b * x->r;

			if (x->w ? check_finite(x->w, (size_t)x->out * x->in, path, layer, id, "", e)
				 : check_finite(x->R, mid * x->p, path, layer, id, ".R", e) || check_finite(x->L, mid * x->s, path, layer, id, ".L", e))
				return -1;
		}
	return 0;
}

int model_write_integers(const struct model *m, int bits, model_row_fn row, const char *path, struct err *e)
{
	struct wr_list l;
	int bad;

	if (bits < 2 || bits > 8)
		BUG("integers of %d bits", bits);
	if (check_model(m, path, e))
		return -1;
	wr_init(&l, m, bits);
	l.row = row;
	bad = wr_write(&l, path, e);
	wr_release(&l);
	return bad;
}
