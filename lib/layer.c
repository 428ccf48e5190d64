/* libbitline: a layer straight from weights and inputs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "golden/quantised.h"
#include "lib/parts.h"
#include <stdlib.h>

struct bl_layer {
	struct lib_readout readout;
	struct gl_matrix *matrix;
	int in, least, most; /* of an input */
	bool lossless;
};

void bl_matmul(const int8_t *w, const int8_t *x, int out, int in, int32_t *y)
{
	gl_matmul(w, x, out, in, y);
}

static int check(const struct gl_readout *ro, const int8_t *w, int out, int in, struct err *e)
{
	int least = lib_least(ro->weight_code, ro->weight_bits), most = gc_qhi(ro->weight_code, ro->weight_bits);

	if (out < 1 || in < 1)
		return err_set(e, ERR_INPUT, "bl_layer_new: a matrix of %d x %d: legal from 1 x 1", out, in);
	for (int o = 0; o < out; o++)
		for (int i = 0; i < in; i++, w++)
			if (*w < least || *w > most)
				return err_set(e, ERR_INPUT, "bl_layer_new: w[%d][%d] is %d: legal %d..%d", o, i, *w, least, most);
	return gq_check_accumulator(ro, in, "bl_layer_new", e);
}

struct bl_layer *bl_layer_new(const struct bl_config *config, const struct bl_tables *tables, const struct bl_tree *tree, const int8_t *w, int out, int in, struct bl_error *error)
{
	struct bl_layer *l = MEM_NEW(1, struct bl_layer);
	const struct gl_readout *ro = &l->readout.ro;
	struct err e = { 0 };

	if (!lib_check(&config->cfg, tables, tree, "bl_layer_new", &e)) {
		lib_readout_init(&l->readout, &config->cfg, tables, tree);
		check(ro, w, out, in, &e);
	}
	if (e.code) {
		bl_layer_free(l);
		lib_fail(error, &e);
		return NULL;
	}
	l->matrix = gl_prepare(ro, w, out, in);
	l->in = in;
	l->least = lib_least(ro->input_code, ro->input_bits);
	l->most = gc_qhi(ro->input_code, ro->input_bits);
	l->lossless = (in < ro->rows || gl_lossless(ro, ro->rows)) && (in % ro->rows == 0 || gl_lossless(ro, in % ro->rows));
	return l;
}

void bl_layer_free(struct bl_layer *l)
{
	if (!l)
		return;
	gl_free(l->matrix);
	lib_readout_release(&l->readout);
	free(l);
}

int bl_layer_run(struct bl_layer *l, const int8_t *x, int32_t *y, struct bl_error *error)
{
	struct err e = { 0 };

	for (int i = 0; i < l->in; i++)
		if (x[i] < l->least || x[i] > l->most) {
			err_set(&e, ERR_INPUT, "bl_layer_run: x[%d] is %d: legal %d..%d", i, x[i], l->least, l->most);
			return lib_fail(error, &e);
		}
	gl_read(l->matrix, x, y);
	return 0;
}

bool bl_layer_lossless(const struct bl_layer *l)
{
	return l->lossless;
}
