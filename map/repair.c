/* SPDX-License-Identifier: Apache-2.0 */
#include "map/repair.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 8 }; /* positions in a message */

static bool pairs(const struct cfg *c)
{
	return c->weight_code == CFG_DIF;
}

/* entries of a tile that stand for something */
static int entries(const struct cfg *c)
{
	return pairs(c) ? c->spares / 2 : c->spares;
}

/* positions that are converted; a last single column in dif belongs to none */
static int positions(const struct cfg *c)
{
	return ((pairs(c) ? c->cols / 2 : c->cols) + c->adcs - 1) / c->adcs;
}

static int too_many(const struct cfg *c, int tile, const bool *bad, int n, struct err *e)
{
	struct buf list;
	int k = 0;

	buf_init(&list);
	for (int p = 0; p < positions(c) && k < SHOWN; p++)
		if (bad[p])
			buf_addf(&list, "%s%d", k++ ? ", " : "", p);
	err_set(e, ERR_INPUT, "tile %d has bad positions %s%s, %d in all; array.spares \"%d\" replaces %d%s: raise array.spares (0..4), or name fewer columns", tile, list.data,
		k < n ? ", .." : "", n, c->spares, entries(c), pairs(c) ? " of pairs" : "");
	buf_release(&list);
	return -1;
}

int map_repair(const struct cfg *c, const struct map_bad *bad, size_t n, struct map_repair **out, size_t *n_out, struct err *e)
{
	int P = positions(c), wide = pairs(c) ? 2 * c->adcs : c->adcs, rc = 0;
	bool *hit = MEM_NEW((size_t)c->tiles * (size_t)P, bool);

	*out = NULL;
	*n_out = 0;
	for (size_t i = 0; i < n; i++)
		if (bad[i].column / wide < P && (!pairs(c) || bad[i].column / 2 < c->cols / 2))
			hit[(size_t)bad[i].tile * (size_t)P + (size_t)(bad[i].column / wide)] = true;
	for (int t = 0; t < c->tiles && !rc; t++) {
		const bool *of = hit + (size_t)t * (size_t)P;
		int s = 0;

		for (int p = 0; p < P; p++) {
			if (of[p] && s < entries(c))
				*MEM_PUSH(*out, *n_out) = (struct map_repair){ t, s, p };
			s += of[p];
		}
		if (s > entries(c))
			rc = too_many(c, t, of, s, e);
	}
	free(hit);
	if (rc) {
		free(*out);
		*out = NULL;
		*n_out = 0;
	}
	return rc;
}

void map_repair_words(const struct cfg *c, const struct map_repair *r, size_t n, uint32_t *words)
{
	memset(words, 0, (size_t)c->tiles * (size_t)c->spares * sizeof(*words));
	for (size_t i = 0; i < n; i++)
		words[r[i].tile * c->spares + r[i].spare] = UINT32_C(1) << 31 | (uint32_t)r[i].position;
}
