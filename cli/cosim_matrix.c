/* One matrix out of a .npy or safetensors file, and its inputs: integers are taken as they are, floats are quantised (numerics.md section 2). Or, of the shapes of a
 * published model, layers whose weights are drawn.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_input.h"
#include "checkpoint/npy.h"
#include "checkpoint/safetensors.h"
#include "common/mem.h"
#include "common/prng.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SIDE = 65536 };

struct values { bool is_float; int rows, cols; double *v; }; /* [rows][cols] */

static int read_npy(struct values *a, const char *path, struct err *e)
{
	struct npy n;

	if (npy_read(&n, path, e))
		return -1;
	*a = (struct values){ n.is_float, (int)n.rows, (int)n.cols, n.data };
	n.data = NULL;
	if (n.rows < 1 || n.cols < 1 || n.rows > MOST_SIDE || n.cols > MOST_SIDE)
		return err_set(e, ERR_INPUT, "'%s': shape %lld x %lld, legal 1..%d on both sides; cut the array", path, (long long)n.rows, (long long)n.cols, MOST_SIDE);
	return 0;
}

/* A .npy file where a safetensors file belongs: the likely slip, as --matrix takes both. What cannot be read is the parser's to refuse. */
static bool is_npy(const char *path)
{
	FILE *f = fopen(path, "rb");
	char magic[6];
	bool is = f && fread(magic, 1, sizeof(magic), f) == sizeof(magic) && !memcmp(magic, "\x93NUMPY", sizeof(magic));

	if (f)
		fclose(f);
	return is;
}

/* "FILE:NAME"; leading dimensions are one: [b][rows][cols] reads as b*rows rows */
static int read_tensor(struct values *a, const char *arg, struct err *e)
{
	const char *colon = strrchr(arg, ':');
	const struct st_tensor *t;
	struct st_file f;
	char *path;
	float *v;
	size_t n, cols;
	int rc = -1;

	if (!colon || colon == arg || !colon[1])
		return err_set(e, ERR_INPUT, "--tensor '%s': legal: FILE.safetensors:NAME, or NAME with --model FILE.safetensors", arg);
	path = mem_strdup(arg);
	path[colon - arg] = 0;
	if (is_npy(path))
		err_set(e, ERR_INPUT, "'%s' is no safetensors file; --tensor NAME takes FILE.safetensors", path);
	if (e->code || st_parse(&f, path, e)) {
		free(path);
		return -1;
	}
	t = st_find(&f, colon + 1);
	if (!t) {
		err_set(e, ERR_INPUT, "'%s': no tensor '%s'; name one of its %zu, the first is '%s'", path, colon + 1, f.n, f.n ? f.tensors[0].name : "");
	} else if ((v = st_floats(t, path, &n, e))) {
		cols = t->n_dims ? (size_t)t->shape[t->n_dims - 1] : 1;
		if (!n || cols > MOST_SIDE || n / cols > MOST_SIDE) {
			err_set(e, ERR_INPUT, "'%s': tensor '%s' of %zu values in rows of %zu, legal 1..%d rows and columns; name another tensor", path, t->name, n, cols, MOST_SIDE);
		} else {
			*a = (struct values){ strchr(t->dtype, 'F') != NULL, (int)(n / cols), (int)cols, MEM_NEW(n, double) };
			for (size_t i = 0; i < n; i++)
				a->v[i] = v[i];
			rc = 0;
		}
		free(v);
	}
	st_release(&f);
	free(path);
	return rc;
}

/* least code; two's complement is taken whole */
static int lowest(enum gc_code code, int bits)
{
	return code == GC_TC ? -(1 << (bits - 1)) : gc_qlo(bits);
}

/* every row with a scale of its own; integers keep scale 1 and must lie inside the code. floats [rows][cols]: written when the values are floats */
static int to_codes(const struct values *a, enum gc_code code, int bits, const char *what, int8_t *q, float *scale, float *floats, struct err *e)
{
	int lo = lowest(code, bits), hi = gc_qhi(code, bits), rc = 0;

	for (int r = 0; r < a->rows && !rc; r++) {
		float *row = floats + (size_t)r * a->cols;

		for (int i = 0; i < a->cols && !rc; i++) {
			double v = a->v[(size_t)r * a->cols + i];

			if (!isfinite((float)v))
				rc = err_set(e, ERR_INPUT, "'%s': value in row %d, column %d is not finite in float32; replace it", what, r, i);
			else if (!a->is_float && (v < lo || v > hi))
				rc = err_set(e, ERR_INPUT, "'%s': value %.0f in row %d, column %d; the code holds %d..%d: raise numbers.*_bits, or give floats to be quantised", what, v, r, i, lo, hi);
			else if (a->is_float)
				row[i] = (float)v;
			else
				q[(size_t)r * a->cols + i] = (int8_t)v;
		}
		if (!rc)
			scale[r] = a->is_float ? gc_quantise(code, bits, row, a->cols, q + (size_t)r * a->cols) : 1;
	}
	return rc;
}

static int take_inputs(struct cosim_case *k, const struct gl_readout *ro, const char *input, int in, int tokens, uint64_t seed, struct err *e)
{
	int lo = lowest(ro->input_code, ro->input_bits), hi = gc_qhi(ro->input_code, ro->input_bits), rc;
	struct values a = { 0 };
	struct prng p;
	float *floats;

	if (!input) {
		prng_init(&p, seed);
		k->tokens = tokens;
		k->x = MEM_NEW((size_t)tokens * in, int8_t);
		k->s_x = MEM_NEW(tokens, float);
		for (size_t i = 0; i < (size_t)tokens * in; i++)
			k->x[i] = (int8_t)prng_range(&p, lo, hi);
		for (int t = 0; t < tokens; t++)
			k->s_x[t] = 1;
		return 0;
	}
	rc = read_npy(&a, input, e);
	if (!rc && a.cols != in)
		rc = err_set(e, ERR_INPUT, "'%s': rows of %d values, the matrix has %d inputs: one row is one token", input, a.cols, in);
	if (!rc) {
		k->tokens = a.rows;
		k->x = MEM_NEW((size_t)a.rows * in, int8_t);
		k->s_x = MEM_NEW(a.rows, float);
		floats = MEM_NEW((size_t)a.rows * in, float);
		rc = to_codes(&a, ro->input_code, ro->input_bits, input, k->x, k->s_x, floats, e);
		free(floats);
	}
	free(a.v);
	return rc;
}

int matrix_case(struct cosim_case *k, const struct cfg *c, const struct gl_readout *ro, const char *matrix, const char *tensor, const char *input,
		int tokens, uint64_t seed, enum map_placement p, struct err *e)
{
	struct values a = { 0 };
	int8_t *w;
	float *scale, *floats;
	int rc;

	memset(k, 0, sizeof(*k));
	if (matrix ? read_npy(&a, matrix, e) : read_tensor(&a, tensor, e)) {
		free(a.v);
		return -1;
	}
	w = MEM_NEW((size_t)a.rows * a.cols, int8_t);
	scale = MEM_NEW(a.rows, float);
	floats = MEM_NEW((size_t)a.rows * a.cols, float);
	rc = to_codes(&a, ro->weight_code, ro->weight_bits, matrix ? matrix : tensor, w, scale, floats, e);
	free(a.v);
	if (!rc)
		rc = take_inputs(k, ro, input, a.cols, tokens, seed, e);
	if (rc) {
		free(w);
		free(scale);
	} else {
		rc = case_from_matrix(k, c, ro, w, scale, a.is_float ? floats : NULL, a.rows, a.cols, "matrix", p, e);
	}
	free(floats);
	return rc;
}

/* ---- shapes:NAME ---- */

/* "0.attn.q,0.mlp.down"; NULL or "all": every one */
static int pick_shapes(struct shapes_input *in, const char *layers, struct err *e)
{
	const char *rest = layers;

	in->run = MEM_NEW(in->w.n, int);
	for (size_t i = 0; (!layers || !strcmp(layers, "all")) && i < in->w.n; i++)
		in->run[in->n_run++] = (int)i;
	while (!in->n_run || (rest != layers && *rest)) {
		size_t n = strcspn(rest, ","), i = 0;
		bool again = false;

		while (i < in->w.n && (strlen(in->w.matrix[i].name) != n || strncmp(in->w.matrix[i].name, rest, n)))
			i++;
		if (i == in->w.n)
			return err_set(e, ERR_INPUT, "--layers '%s': no layer '%.*s' of shapes:%s; legal: 'all' or a list like %s,%s", layers, n < 60 ? (int)n : 60, rest, in->w.name, in->w.matrix[0].name,
				       in->w.matrix[in->w.n - 1].name);
		for (int k = 0; k < in->n_run; k++)
			again |= in->run[k] == (int)i;
		if (!again)
			in->run[in->n_run++] = (int)i;
		rest += n + (rest[n] == ',');
	}
	return 0;
}

int shapes_input_load(struct shapes_input *in, const char *name, const char *layers, struct err *e)
{
	memset(in, 0, sizeof(*in));
	if (wl_shapes(&in->w, name, WL_FIT, false, e))
		return -1;
	if (!pick_shapes(in, layers, e))
		return 0;
	shapes_input_release(in);
	return -1;
}

void shapes_input_release(struct shapes_input *in)
{
	free(in->run);
	wl_release(&in->w);
	memset(in, 0, sizeof(*in));
}

int shapes_case(const struct shapes_input *in, const struct cfg *c, const struct gl_readout *ro, int which, int tokens, uint64_t seed, enum map_placement p, struct cosim_case *k, struct err *e)
{
	const struct wl_matrix *m = &in->w.matrix[in->run[which]];
	int lo = lowest(ro->weight_code, ro->weight_bits), hi = gc_qhi(ro->weight_code, ro->weight_bits);
	size_t n = (size_t)m->out * (size_t)m->in;
	int8_t *w = MEM_NEW(n, int8_t);
	float *scale = MEM_NEW((size_t)m->out, float);
	struct prng random;

	memset(k, 0, sizeof(*k));
	prng_init(&random, (seed << 20) + (uint64_t)in->run[which] + 1); /* a layer's weights do not hang on what else is run */
	for (size_t i = 0; i < n; i++)
		w[i] = (int8_t)prng_range(&random, lo, hi);
	for (int o = 0; o < m->out; o++)
		scale[o] = 1;
	if (take_inputs(k, ro, NULL, m->in, tokens, seed, e)) {
		free(w);
		free(scale);
		return -1;
	}
	return case_from_matrix(k, c, ro, w, scale, NULL, m->out, m->in, m->name, p, e);
}
