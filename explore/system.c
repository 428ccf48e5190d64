/* The model behind an exploration: a system of many arrays (docs/cost.md), and what must be equal for an exploration to be continued.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/sha256.h"
#include "explore/explore.h"
#include "map/number.h"
#include <stdlib.h>
#include <string.h>

extern const char embed_cost_default[];
extern const size_t embed_cost_default_len;

enum { MAX_TABLE = 1 << 20, MOST_BITS = 12 };

/* What the widest activation of a placement can use: its resolution when the converters have as many bits as there are.
 * A placement does not depend on the bits, but the search of packed may: its own packing is looked at instead of searched for again. */
static int bits_wanted(const struct explore_system *s, const struct cost_request *r, const struct cfg *c, enum place_kind chosen, int *bits, struct err *e)
{
	struct cost_request same = { chosen, r->mode, r->arrays, r->tokens };
	struct system_cost wide;
	struct cfg free = *c;
	struct placement p;
	int rows = 1;

	free.bits = MOST_BITS;
	if (free.resolution == CFG_FULL)
		free.resolution = CFG_FIT;
	if (chosen != PLACE_PACKED) {
		if (cost_place(&free, s->table, s->workload, &same, NULL, &chosen, &wide, e))
			return -1;
		*bits = wide.bits;
		return 0;
	}
	if (cost_place(c, s->table, s->workload, r, &p, &chosen, &wide, e))
		return -1;
	for (size_t i = 0; i < p.n_steps; i++)
		rows = p.step[i].most_rows > rows ? p.step[i].most_rows : rows;
	place_release(&p);
	*bits = num_resolution(&free, rows);
	return 0;
}

int explore_system_cost(const void *system, const struct explore_point *p, struct explore_result *out, struct err *e)
{
	const struct explore_system *s = system;
	struct cost_request r = { p->placement, p->mode, s->arrays, s->tokens };
	enum place_kind chosen = p->placement;

	if (cost_place(p->cfg, s->table, s->workload, &r, NULL, &chosen, &out->cost, e))
		return -1;
	out->array_cells = (uint64_t)out->cost.arrays * (uint64_t)p->cfg->rows * (uint64_t)p->cfg->cols;
	out->bits_wanted = out->cost.bits;
	/* fewer bits than the converters have: nothing can clip */
	if (out->cost.bits < p->cfg->bits && p->cfg->resolution != CFG_FULL)
		return 0;
	return bits_wanted(s, &r, p->cfg, chosen, &out->bits_wanted, e);
}

/* every number that a placement is made from; not the name */
static void workload_text(const struct workload *w, struct buf *b)
{
	buf_addf(b, "%d %d\n", w->context, w->n_groups);
	for (size_t i = 0; i < w->n; i++) {
		const struct wl_matrix *m = &w->matrix[i];

		buf_addf(b, "%s %d %d %d %d %d %d\n", m->name, m->out, m->in, m->layer, m->group, m->b, m->r);
		for (int k = 0; k < m->n_stages; k++) {
			const struct wl_stage *s = &m->stage[k];

			buf_addf(b, " %d %d %d:", s->blocks, s->in_p, s->out_p);
			for (int x = 0; x < s->n; x++)
				buf_addf(b, " %dx%d", s->in[x], s->out[x]);
			buf_adds(b, "\n");
		}
	}
}

json_t *explore_fixed_json(const struct explore_fixed *f, struct err *e)
{
	char config[65], workload[65], cost[65], digest[65], *text;
	struct buf b;
	json_t *j;

	if (f->cost) {
		int bad = file_read(f->cost, MAX_TABLE, &b, e);

		sha256_hex(b.data, b.len, cost);
		buf_release(&b);
		if (bad)
			return NULL;
	} else {
		sha256_hex(embed_cost_default, embed_cost_default_len, cost);
	}
	cfg_hash(f->base, config);
	buf_init(&b);
	workload_text(f->workload, &b);
	sha256_hex(b.data, b.len, workload);
	buf_release(&b);
	j = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "journal", "bitline explore", "version", f->version,
		"config", f->base->name, "config_sha256", config, "model", f->model, "factors", f->factors, "workload_sha256", workload,
		"cost", f->cost ? f->cost : "default", "cost_sha256", cost, "tokens", (json_int_t)f->tokens, "arrays", (json_int_t)f->arrays);
	if (!j) {
		err_set(e, ERR_INPUT, "the names of --model '%.60s' and --cost '%.60s' must be UTF-8 text; rename the files", f->model, f->cost ? f->cost : "default");
		return NULL;
	}
	text = json_dumps(j, JSON_COMPACT);
	sha256_hex(text, strlen(text), digest);
	free(text);
	json_object_set_new(j, "digest", json_string(digest));
	return j;
}
