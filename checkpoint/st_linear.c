/* A linear layer of a safetensors model (names: checkpoint/st_model.c). Weights are floats, or of type I8 with a scale per row beside them, NAME.scale, F32
 * or another float type: the weight is the product (docs/train.md section 5). Factors of the hardware may be there: N.k [b] (Monarch), N.k_out [1].
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/st_parts.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_float(const struct st_tensor *t)
{
	return t->dtype[0] == 'F' || !strcmp(t->dtype, "BF16");
}

/* [n] numbers above 0; NULL, without an error when they are not there */
static const float *positive(struct st_reader *r, const char *name, int64_t n)
{
	const struct st_tensor *t = st_tensor_of(r, name, 1);
	const float *v;

	if (!t)
		return NULL;
	if (t->shape[0] != n || !is_float(t)) {
		err_set(r->e, ERR_INPUT, "'%s': tensor '%s' is %lld numbers of type %s, legal %lld of F32, F16, BF16 or F64; write the file anew", r->path, name,
			(long long)t->shape[0], t->dtype, (long long)n);
		return NULL;
	}
	v = st_use(r, t);
	for (int64_t i = 0; i < n; i++)
		if (!isfinite(v[i]) || !(v[i] > 0)) {
			err_set(r->e, ERR_INPUT, "'%s': tensor '%s': number %lld is %g, legal is a finite one above 0; write the file anew", r->path, name, (long long)i, v[i]);
			return NULL;
		}
	return v;
}

/* floats as they are; integers times the scale of their row; NULL with an error */
static const float *weights(struct st_reader *r, const struct st_tensor *t, int64_t rows)
{
	float *w = st_use(r, t);
	char name[ST_NAME + 8];
	const float *scale;
	size_t in;

	snprintf(name, sizeof(name), "%s.scale", t->name);
	if (is_float(t)) {
		if (st_find(r->f, name))
			err_set(r->e, ERR_INPUT, "'%s': tensor '%s' has a scale, but its type is %s, legal is I8; leave '%s' out", r->path, t->name, t->dtype, name);
		return w;
	}
	if (strcmp(t->dtype, "I8")) {
		err_set(r->e, ERR_INPUT, "'%s': tensor '%s': the type of weights is %s, legal F32, F16, BF16, F64, or I8 with a scale per row; convert it", r->path, t->name, t->dtype);
		return NULL;
	}
	scale = positive(r, name, rows);
	if (!scale) {
		err_set(r->e, ERR_INPUT, "'%s': tensor '%s' is missing beside the integers of '%s'; add it", r->path, name, t->name);
		return NULL;
	}
	in = t->bytes / (size_t)rows; /* of one byte each */
	for (size_t i = 0; i < t->bytes; i++) {
		if (w[i] < -127) {
			err_set(r->e, ERR_INPUT, "'%s': tensor '%s': integer %zu is -128, legal -127..127; write the file anew", r->path, t->name, i);
			return NULL;
		}
		w[i] *= scale[i / in];
	}
	return w;
}

/* what calibration found, where the file says it */
static int read_factors(struct st_reader *r, struct model_linear *w, int layer, int id)
{
	char name[ST_NAME];

	if (!w->w) {
		st_linear_name(name, layer, id, ".k");
		w->k = positive(r, name, w->b);
	}
	st_linear_name(name, layer, id, ".k_out");
	w->k_out = positive(r, name, 1);
	return r->e->code ? -1 : 0;
}

static int ceil_div(int a, int b)
{
	return a / b + (a % b != 0);
}

static int read_monarch(struct st_reader *r, struct model_linear *w, const char *name, const struct st_tensor *R, const struct st_tensor *L)
{
	int64_t b = R->shape[0], mid = R->shape[1];

	if (L->shape[0] != b || L->shape[2] != mid || mid % b != 0)
		return err_set(r->e, ERR_INPUT, "'%s': layer '%s': R is %lld x %lld x %lld, L is %lld x %lld x %lld, legal is R b x b*r x p and L b x s x b*r; write the file anew",
			       r->path, name, (long long)b, (long long)mid, (long long)R->shape[2], (long long)L->shape[0],
			       (long long)L->shape[1], (long long)L->shape[2]);
	w->b = (int)b;
	w->r = (int)(mid / b);
	w->p = (int)R->shape[2];
	w->s = (int)L->shape[1];
	if ((w->p != ceil_div(w->in, w->b) && (w->p != w->b || w->p < ceil_div(w->in, w->b))) || w->s != ceil_div(w->out, w->b))
		return err_set(r->e, ERR_INPUT, "'%s': layer '%s': p is %d and s is %d, legal %d and %d for %d outputs of %d inputs in %d blocks; write the file anew",
			       r->path, name, w->p, w->s, ceil_div(w->in, w->b), ceil_div(w->out, w->b), w->out, w->in, w->b);
	w->R = weights(r, R, b * mid);
	w->L = weights(r, L, b * L->shape[1]);
	return r->e->code ? -1 : 0;
}

int st_linear(struct st_reader *r, int layer, int id)
{
	struct model_linear *w = &r->m->layers[layer].linear[id];
	const struct st_tensor *dense, *R, *L;
	char name[ST_NAME], name_R[ST_NAME], name_L[ST_NAME];

	model_shape(r->m, id, &w->out, &w->in);
	st_linear_name(name, layer, id, "");
	st_linear_name(name_R, layer, id, ".R");
	st_linear_name(name_L, layer, id, ".L");
	dense = st_tensor_of(r, name, 2);
	R = st_tensor_of(r, name_R, 3);
	L = st_tensor_of(r, name_L, 3);
	if (r->e->code)
		return -1;
	if (dense && (R || L))
		return err_set(r->e, ERR_INPUT, "'%s': layer '%s' is there both dense and as Monarch factors; leave one out", r->path, name);
	if (!dense && (R || L)) {
		if (!R || !L)
			return err_set(r->e, ERR_INPUT, "'%s': tensor '%s' is missing beside its other factor; add it", r->path, R ? name_L : name_R);
		if (read_monarch(r, w, name, R, L))
			return -1;
	} else {
		if (!st_take(r, name, w->out, w->in))
			return -1;
		w->w = weights(r, dense, w->out);
	}
	return read_factors(r, w, layer, id);
}
