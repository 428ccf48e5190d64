/* libbitline: versions, errors, configurations, quantisers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "common/version.h"
#include "lib/numbers.h"
#include "lib/parts.h"
#include <libxml/xmlerror.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *bl_version(void)
{
	return BITLINE_VERSION;
}

int lib_fail(struct bl_error *to, const struct err *e)
{
	_Static_assert(sizeof(to->text) == sizeof(e->text), "texts are taken over whole");
	if (to) {
		to->code = e->code == ERR_ENV ? BL_ENVIRONMENT : BL_INPUT;
		memcpy(to->text, e->text, sizeof(to->text));
	}
	return -1;
}

void bl_free(void *memory)
{
	free(memory);
}

/* libxml2 keeps the allocator of its host and does not hand every failure on: whatever it made of a document is no good then */
static int out_of_memory(void)
{
	const xmlError *last = xmlGetLastError();

	return last && last->code == XML_ERR_NO_MEMORY;
}

struct bl_config *bl_config_load(const char *path, const char *const *overrides, size_t n, struct bl_error *error)
{
	struct bl_config *c = MEM_NEW(1, struct bl_config);
	struct err e = { 0 };

	xmlResetLastError();
	cfg_load(&c->cfg, path, overrides, n, &e);
	if (out_of_memory()) {
		e.code = ERR_NONE;
		err_set(&e, ERR_ENV, "'%s': libxml2 ran out of memory reading it", path);
	}
	if (!e.code)
		cfg_executable(&c->cfg, "libbitline", &e);
	if (!e.code)
		return c;
	free(c);
	lib_fail(error, &e);
	return NULL;
}

void bl_config_free(struct bl_config *c)
{
	free(c);
}

int lib_least(enum gc_code code, int bits)
{
	return code == GC_TC ? -(1 << (bits - 1)) : gc_qlo(bits);
}

int bl_config_number(const struct bl_config *config, enum bl_number what, struct bl_error *error)
{
	const struct cfg *c = &config->cfg;
	struct err e = { 0 };
	struct gl_readout ro;

	numbers_readout(c, &ro);
	switch (what) {
	case BL_ROWS: return c->rows;
	case BL_COLUMNS: return c->cols;
	case BL_TILES: return c->tiles;
	case BL_CONVERTERS: return c->adcs;
	case BL_BITS: return c->bits;
	case BL_GRID_BITS: return c->grid_bits;
	case BL_SETS: return GM_SETS;
	case BL_SPARES: return c->spares;
	case BL_INPUT_LEAST: return lib_least(ro.input_code, ro.input_bits);
	case BL_INPUT_MOST: return gc_qhi(ro.input_code, ro.input_bits);
	case BL_WEIGHT_LEAST: return lib_least(ro.weight_code, ro.weight_bits);
	case BL_WEIGHT_MOST: return gc_qhi(ro.weight_code, ro.weight_bits);
	case BL_PLANES: return gc_planes(ro.input_code, ro.input_bits);
	case BL_SLICES: return gc_slices(ro.weight_code, ro.weight_bits, ro.cell_bits);
	}
	err_set(&e, ERR_INPUT, "bl_config_number: %d is no number of a configuration: legal are BL_ROWS..BL_SLICES", (int)what);
	return lib_fail(error, &e);
}

void bl_config_hash(const struct bl_config *c, char hex[65])
{
	cfg_hash(&c->cfg, hex);
}

float bl_quantise_input(const struct bl_config *c, const float *x, int n, int8_t *q)
{
	struct gl_readout ro;

	numbers_readout(&c->cfg, &ro);
	return n < 1 ? 1 : gc_quantise(ro.input_code, ro.input_bits, x, n, q);
}

int bl_quantise_weights(const struct bl_config *c, const float *w, int out, int in, int8_t *q, float *scale, struct bl_error *error)
{
	struct err e = { 0 };
	struct gl_readout ro;

	numbers_readout(&c->cfg, &ro);
	if (out < 1 || in < 1) {
		err_set(&e, ERR_INPUT, "bl_quantise_weights: a matrix of %d x %d: legal from 1 x 1", out, in);
		return lib_fail(error, &e);
	}
	for (int o = 0; o < out; o++) {
		const float *row = w + (size_t)o * (size_t)in;

		for (int i = 0; i < in; i++)
			if (!isfinite(row[i])) {
				err_set(&e, ERR_INPUT, "bl_quantise_weights: w[%d][%d] is %s: every weight must be finite", o, i, isnan(row[i]) ? "nan" : "infinite");
				return lib_fail(error, &e);
			}
		scale[o] = gc_quantise(ro.weight_code, ro.weight_bits, row, in, q + (size_t)o * (size_t)in);
	}
	return 0;
}

double bl_scale(const struct bl_config *c)
{
	struct gl_readout ro;

	numbers_readout(&c->cfg, &ro);
	return gl_scale(&ro);
}

int bl_factor(double factor, uint32_t *M, int *s, struct bl_error *error)
{
	struct err e = { 0 };

	if (gc_factor(factor, M, s))
		return 0;
	err_set(&e, ERR_INPUT, "bl_factor: a factor of %g has no multiplier and shift: legal 0..32767.75", factor);
	return lib_fail(error, &e);
}

int bl_requantise(const struct bl_config *c, int32_t acc, uint32_t M, int s)
{
	struct gl_readout ro;

	numbers_readout(&c->cfg, &ro);
	return gc_requantise(acc, M & 0xffff, s & 63, gc_qlo(ro.input_bits), gc_qhi(ro.input_code, ro.input_bits));
}
