/* libbitline: threshold tables and search trees.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tables.h"
#include "adc/tree.h"
#include "common/file.h"
#include "common/mem.h"
#include "lib/numbers.h"
#include "lib/parts.h"
#include <stdlib.h>
#include <string.h>

enum { THRESHOLD_MAX = (1 << 23) - 1 };

static struct bl_tables *new_tables(const struct cfg *c)
{
	struct bl_tables *t = MEM_NEW(1, struct bl_tables);

	t->cfg = *c;
	t->T = MEM_NEW(at_count(c), int32_t);
	return t;
}

void bl_tables_free(struct bl_tables *t)
{
	if (t)
		free(t->T);
	free(t);
}

struct bl_tables *bl_tables_make(const struct bl_config *c)
{
	struct bl_tables *t = new_tables(&c->cfg);

	numbers_tables(&c->cfg, t->T);
	return t;
}

/* a digital array compares counts with the window's whole numbers */
static int replaceable(const struct cfg *c, const char *where, struct err *e)
{
	if (c->kind == CFG_ANALOG)
		return 0;
	return err_set(e, ERR_INPUT, "%s: array.kind is \"digital\": a digital array has no thresholds to replace; set array.kind=analog", where);
}

struct bl_tables *bl_tables_read(const struct bl_config *c, const char *path, struct bl_error *error)
{
	struct bl_tables *t = new_tables(&c->cfg);
	struct err e = { 0 };

	if (!replaceable(&c->cfg, path, &e) && !at_read(&c->cfg, path, t->T, &e))
		return t;
	bl_tables_free(t);
	lib_fail(error, &e);
	return NULL;
}

struct bl_tables *bl_tables_take(const struct bl_config *c, const int32_t *T, struct bl_error *error)
{
	struct bl_tables *t = new_tables(&c->cfg);
	size_t table = (size_t)1 << c->cfg.bits, sets = GM_SETS, lanes = (size_t)c->cfg.adcs;
	struct err e = { 0 };

	replaceable(&c->cfg, "bl_tables_take", &e);
	for (size_t i = 0; i < at_count(&c->cfg) && !e.code; i++) {
		if (i % table == 0)
			continue;
		if (T[i] < -THRESHOLD_MAX - 1 || T[i] > THRESHOLD_MAX)
			err_set(&e, ERR_INPUT, "bl_tables_take: tile %zu, converter %zu, set %zu: T[%zu] is %d: legal %d..%d", i / table / sets / lanes, i / table / sets % lanes,
				i / table % sets, i % table, T[i], -THRESHOLD_MAX - 1, THRESHOLD_MAX);
		t->T[i] = T[i];
	}
	if (!e.code)
		return t;
	bl_tables_free(t);
	lib_fail(error, &e);
	return NULL;
}

const int32_t *bl_tables_at(const struct bl_tables *t, int tile, int converter, int set, struct bl_error *error)
{
	const struct cfg *c = &t->cfg;
	struct err e = { 0 };

	if (tile >= 0 && tile < c->tiles && converter >= 0 && converter < c->adcs && set >= 0 && set < GM_SETS)
		return t->T + ((((size_t)tile * (size_t)c->adcs + (size_t)converter) * GM_SETS + (size_t)set) << c->bits);
	err_set(&e, ERR_INPUT, "bl_tables_at: tile %d, converter %d, set %d: legal are tiles 0..%d, converters 0..%d, sets 0..%d", tile, converter, set, c->tiles - 1, c->adcs - 1, GM_SETS - 1);
	lib_fail(error, &e);
	return NULL;
}

int bl_tables_write(const struct bl_tables *t, const char *path, struct bl_error *error)
{
	struct err e = { 0 };
	struct buf b;
	int rc;

	buf_init(&b);
	at_print(t->T, at_count(&t->cfg), &b);
	rc = file_write(path, b.data, b.len, &e);
	buf_release(&b);
	return rc ? lib_fail(error, &e) : 0;
}

/* ---- trees ---- */

static struct bl_tree *take_tree(const struct tree *made)
{
	struct bl_tree *t = MEM_NEW(1, struct bl_tree);

	t->bits = made->bits;
	t->ro.root = made->root;
	memcpy(t->ro.left, made->left, sizeof(t->ro.left));
	memcpy(t->ro.right, made->right, sizeof(t->ro.right));
	return t;
}

static int wants_tree(const struct cfg *c, const char *where, struct err *e)
{
	if (c->search == CFG_ASYMMETRIC)
		return 0;
	return err_set(e, ERR_INPUT, "%s: configuration %s searches in one order: a tree is of readout.search=asymmetric", where, c->name);
}

struct bl_tree *bl_tree_build(const struct bl_config *c, const uint64_t *weight, struct bl_error *error)
{
	uint64_t alike[1 << TREE_MAX_BITS] = { 0 };
	struct err e = { 0 };
	struct tree made;

	if (!wants_tree(&c->cfg, "bl_tree_build", &e) && !tree_build(c->cfg.bits, weight ? weight : alike, c->cfg.depth, &made, &e))
		return take_tree(&made);
	lib_fail(error, &e);
	return NULL;
}

struct bl_tree *bl_tree_read(const struct bl_config *c, const char *path, struct bl_error *error)
{
	struct err e = { 0 };
	struct tree made;

	if (!wants_tree(&c->cfg, "bl_tree_read", &e) && !tree_read(path, &made, &e)) {
		if (made.bits == c->cfg.bits)
			return take_tree(&made);
		err_set(&e, ERR_INPUT, "'%s' is a tree of %d bits, readout.bits is %d: legal is a tree of as many bits", path, made.bits, c->cfg.bits);
	}
	lib_fail(error, &e);
	return NULL;
}

void bl_tree_free(struct bl_tree *t)
{
	free(t);
}

/* ---- what golden is given ---- */

int lib_check(const struct cfg *c, const struct bl_tables *tables, const struct bl_tree *tree, const char *where, struct err *e)
{
	const struct cfg *t = tables ? &tables->cfg : c;

	if (t->tiles != c->tiles || t->adcs != c->adcs || t->bits != c->bits || t->grid_bits != c->grid_bits)
		return err_set(e, ERR_INPUT, "%s: tables of %d tiles, %d converters, %d bits, %d grid bits for a configuration of %d, %d, %d, %d: make them of this configuration", where,
			       t->tiles, t->adcs, t->bits, t->grid_bits, c->tiles, c->adcs, c->bits, c->grid_bits);
	if (tree && wants_tree(c, where, e))
		return -1;
	if (tree && tree->bits != c->bits)
		return err_set(e, ERR_INPUT, "%s: a tree of %d bits for converters of %d: make it of this configuration", where, tree->bits, c->bits);
	return 0;
}

int32_t *lib_tables(const struct cfg *c, const struct bl_tables *tables)
{
	int32_t *T;

	if (!tables && at_ideal(c) && c->reference == CFG_LOCAL)
		return NULL;
	T = MEM_NEW(at_count(c), int32_t);
	if (tables)
		memcpy(T, tables->T, at_count(c) * sizeof(*T));
	else
		numbers_tables(c, T);
	return T;
}

int32_t *lib_first_tables(const struct cfg *c, const struct bl_tables *tables)
{
	int32_t *all = lib_tables(c, tables), *first;
	size_t table = (size_t)1 << c->bits;

	if (!all)
		return NULL;
	first = MEM_NEW((size_t)c->adcs * table, int32_t);
	for (size_t lane = 0; lane < (size_t)c->adcs; lane++)
		memcpy(first + lane * table, all + lane * GM_SETS * table, table * sizeof(*first));
	free(all);
	return first;
}

void lib_readout_init(struct lib_readout *r, const struct cfg *c, const struct bl_tables *tables, const struct bl_tree *tree)
{
	numbers_readout(c, &r->ro);
	r->T = lib_first_tables(c, tables);
	r->ro.thresholds = r->T;
	r->ro.product = true;
	if (tree) {
		r->tree = tree->ro;
		r->ro.conv.tree = &r->tree;
	}
}

void lib_readout_release(struct lib_readout *r)
{
	free(r->T);
}
