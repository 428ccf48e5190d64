/* libbitline: checkpoints, their float oracle, whole models through a read-out.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "golden/transformer.h"
#include "lib/calibrated.h"
#include "lib/parts.h"
#include <stdlib.h>

struct bl_model { struct model model; };

struct bl_decoder {
	struct tf tf;
	struct gq *gq;               /* NULL: floats */
	struct lib_readout readout;  /* behind gq */
};

struct bl_model *bl_model_load(const char *path, struct bl_error *error)
{
	struct bl_model *m = MEM_NEW(1, struct bl_model);
	struct err e = { 0 };

	if (!model_load(&m->model, path, &e))
		return m;
	free(m);
	lib_fail(error, &e);
	return NULL;
}

void bl_model_free(struct bl_model *m)
{
	if (m)
		model_release(&m->model);
	free(m);
}

int bl_model_number(const struct bl_model *model, enum bl_model_number what, struct bl_error *error)
{
	const struct model *m = &model->model;
	struct err e = { 0 };

	switch (what) {
	case BL_LAYERS: return m->n_layers;
	case BL_DIM: return m->dim;
	case BL_HIDDEN: return m->hidden;
	case BL_HEADS: return m->n_heads;
	case BL_VOCABULARY: return m->vocab;
	case BL_CONTEXT: return m->seq_len;
	}
	err_set(&e, ERR_INPUT, "bl_model_number: %d is no number of a model: legal are BL_LAYERS..BL_CONTEXT", (int)what);
	return lib_fail(error, &e);
}

static const struct model_linear *find(const struct model *m, const char *name, int *layer, int *id, struct bl_error *error)
{
	struct err e = { 0 };

	if (!model_find(m, name, layer, id, &e))
		return &m->layers[*layer].linear[*id];
	lib_fail(error, &e);
	return NULL;
}

int bl_model_linear(const struct bl_model *m, const char *name, struct bl_linear *out, struct bl_error *error)
{
	int layer, id;
	const struct model_linear *l = find(&m->model, name, &layer, &id, error);

	if (!l)
		return -1;
	*out = (struct bl_linear){ l->out, l->in, l->w };
	return 0;
}

int bl_model_float(const struct bl_model *m, const char *name, const float *x, float *y, struct bl_error *error)
{
	int layer, id;
	const struct model_linear *l = find(&m->model, name, &layer, &id, error);

	if (!l)
		return -1;
	tf_linear_float(l, x, y);
	return 0;
}

/* ---- decoder ---- */

static int quantise(struct bl_decoder *d, const struct model *m, const struct bl_decoder_options *o, struct err *e)
{
	if (!o->config && (o->tables || o->tree || o->head))
		return err_set(e, ERR_INPUT, "bl_decoder_new: tables, a tree or the head's read-out mean nothing in floats; add a configuration");
	if (!o->config)
		return 0;
	if (lib_check(&o->config->cfg, o->tables, o->tree, "bl_decoder_new", e))
		return -1;
	lib_readout_init(&d->readout, &o->config->cfg, o->tables, o->tree);
	d->gq = calibrated_new(m, &d->readout.ro, o->head, o->seed, NULL, e);
	return d->gq ? 0 : -1;
}

struct bl_decoder *bl_decoder_new(const struct bl_model *m, const struct bl_decoder_options *options, struct bl_error *error)
{
	struct bl_decoder *d = MEM_NEW(1, struct bl_decoder);
	struct err e = { 0 };

	tf_init(&d->tf, &m->model, NULL, NULL);
	if (quantise(d, &m->model, options, &e)) {
		bl_decoder_free(d);
		lib_fail(error, &e);
		return NULL;
	}
	if (d->gq) {
		d->tf.linear = gq_linear;
		d->tf.ctx = d->gq;
		d->tf.head = options->head;
	}
	return d;
}

void bl_decoder_free(struct bl_decoder *d)
{
	if (!d)
		return;
	tf_release(&d->tf);
	gq_free(d->gq);
	lib_readout_release(&d->readout);
	free(d);
}

void bl_decoder_reset(struct bl_decoder *d)
{
	tf_reset(&d->tf);
}

const float *bl_decoder_step(struct bl_decoder *d, int token, struct bl_error *error)
{
	const struct model *m = d->tf.m;
	struct err e = { 0 };

	if (token < 0 || token >= m->vocab)
		err_set(&e, ERR_INPUT, "bl_decoder_step: token %d: legal 0..%d", token, m->vocab - 1);
	if (d->tf.pos >= m->seq_len)
		err_set(&e, ERR_INPUT, "bl_decoder_step: the sequence is full: this model takes %d tokens; begin a new one with bl_decoder_reset", m->seq_len);
	if (!e.code)
		return tf_step(&d->tf, token);
	lib_fail(error, &e);
	return NULL;
}

int bl_decoder_linear(struct bl_decoder *d, const char *name, const float *x, float *y, struct bl_error *error)
{
	int layer, id;
	const struct model_linear *l = find(d->tf.m, name, &layer, &id, error);

	if (!l)
		return -1;
	if (d->gq)
		gq_linear(d->gq, layer, id, x, y);
	else
		tf_linear_float(l, x, y);
	return 0;
}
