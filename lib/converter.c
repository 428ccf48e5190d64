/* libbitline: one converter by itself.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "golden/nonideal.h"
#include "lib/numbers.h"
#include "lib/parts.h"
#include <stdlib.h>
#include <string.h>

enum { LEVEL_MAX = (1 << 23) - 1 };

struct bl_converter {
	struct gl_readout ro;
	struct ro_tree tree;
	int id, cycle;          /* tile * adcs + lane; clocks of a compare cycle */
	uint16_t lfsr;
	uint64_t conversions;
	int32_t T[];            /* [1 << bits] */
};

struct bl_converter *bl_converter_new(const struct bl_config *config, const struct bl_tables *tables, const struct bl_tree *tree, int tile, int converter, int set, struct bl_error *error)
{
	const struct cfg *c = &config->cfg;
	size_t bytes = sizeof(int32_t) << c->bits;
	struct bl_tables *own = NULL;
	struct bl_converter *v = NULL;
	struct err e = { 0 };
	const int32_t *T;

	if (lib_check(c, tables, tree, "bl_converter_new", &e)) {
		lib_fail(error, &e);
		return NULL;
	}
	if (!tables)
		tables = own = bl_tables_make(config);
	T = bl_tables_at(tables, tile, converter, set, error);
	if (T) {
		v = mem_calloc(1, sizeof(*v) + bytes);
		memcpy(v->T, T, bytes);
		numbers_readout(c, &v->ro);
		if (tree) {
			v->tree = tree->ro;
			v->ro.conv.tree = &v->tree;
		}
		v->id = tile * c->adcs + converter;
		v->cycle = c->reference == CFG_IMMERSED ? c->reference_precharge + c->share + c->settle : c->compare;
		v->lfsr = ro_lfsr_start(v->ro.seed, v->id);
	}
	bl_tables_free(own);
	return v;
}

void bl_converter_free(struct bl_converter *v)
{
	free(v);
}

int bl_convert(struct bl_converter *v, int bits, int32_t level, struct bl_conversion *out, struct bl_error *error)
{
	const struct gl_readout *ro = &v->ro;
	int least = ro->conv.tree ? ro->bits : 1;
	struct err e = { 0 };
	struct ro_answer a;

	if (bits < least || bits > ro->bits)
		err_set(&e, ERR_INPUT, "bl_convert: bits is %d: legal %d..%d", bits, least, ro->bits);
	if (level < -LEVEL_MAX - 1 || level > LEVEL_MAX)
		err_set(&e, ERR_INPUT, "bl_convert: the level is %d: legal %d..%d", level, -LEVEL_MAX - 1, LEVEL_MAX);
	if (e.code)
		return lib_fail(error, &e);
	if (ro->noise)
		level += ro_noise(ro->noise, ro->noise_seed, ro->grid_bits, (uint32_t)v->id, v->conversions);
	v->conversions++;
	a = ro_convert(&ro->conv, v->T, bits, level, &v->lfsr);
	*out = (struct bl_conversion){ a.code, ro->window.low + a.code * ro->window.lsb, a.steps, a.decisions, 1 + a.steps * v->cycle };
	return 0;
}

int bl_resolution(const struct bl_config *config, int rows, struct bl_error *error)
{
	struct err e = { 0 };
	struct gl_readout ro;

	numbers_readout(&config->cfg, &ro);
	if (rows >= 1 && rows <= ro.rows)
		return ro_resolution(&ro.window, ro.bits, ro.grid_bits, rows, ro.cell_bits, ro.full);
	err_set(&e, ERR_INPUT, "bl_resolution: %d rows: legal 1..%d", rows, ro.rows);
	return lib_fail(error, &e);
}
