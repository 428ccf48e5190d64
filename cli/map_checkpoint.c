/* Layers of a checkpoint compiled for a core, and their figures. Everything is compiled before the first file is written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_readout.h"
#include "cli/map_cmd.h"
#include "cli/cli_json.h"
#include "cli/cli_layers.h"
#include "common/mem.h"
#include "common/progress.h"
#include "map/number.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKENS = 16, SEED = 1 };

static void add(struct map_run *r, struct mapped *m, const struct map_program *p, uint64_t times)
{
	struct system_cost x;

	map_counts_add(&m->counts, &p->counts, times);
	m->least += (double)(times * p->counts.compare_clocks) / p->counts.bound;
	m->runs += (int)times;
	/* one pass: the weights stay where they are from one batch to the next */
	cost_program(r->cfg, r->cost, p->code, p->n_instr, p->passes > 1 ? p->n_arrays : 0, &x);
	m->energy_nj += (double)times * x.energy_nj;
	m->converter_nj += (double)times * x.converter_nj;
	m->array_nj += (double)times * x.array_nj;
	m->movement_nj += (double)times * x.movement_nj;
	m->load_nj += (double)times * x.load_nj;
	r->missing |= x.missing;
	r->area_um2 = x.area_um2;
	r->converter_um2 = x.converter_um2;
}

/* full batches, then the rest */
static int compile(struct map_run *r, struct mapped *m, struct err *e)
{
	const struct map_steps *steps = r->has_tree ? &r->tree.steps : NULL;
	int batch = map_batch(r->cfg, &m->layer, r->placement, e), tokens = (int)r->tokens;
	struct map_program rest;

	if (!batch)
		return -1;
	if (batch > tokens)
		batch = tokens;
	if (map_compile(r->cfg, &m->layer, r->placement, batch, steps, &m->program, e))
		return -1;
	add(r, m, &m->program, (uint64_t)(tokens / batch));
	if (!(tokens % batch))
		return 0;
	if (map_compile(r->cfg, &m->layer, r->placement, tokens % batch, steps, &rest, e))
		return -1;
	add(r, m, &rest, 1);
	map_program_release(&rest);
	return 0;
}

/* bounds of the layer's matrices by themselves on the core's tiles, in m->runs programs */
static void bounds(struct map_run *r, struct mapped *m)
{
	struct wl_matrix matrix[MAP_MOST_PARTS];
	struct workload own = { .n_groups = 1, .matrix = matrix };
	struct place_geometry g = cost_geometry(r->cfg, 0);
	struct place_block *b;
	uint64_t sequencer = map_sequencer_bound(r->cfg, &m->layer, (int)r->tokens, m->runs);
	size_t n;

	for (int i = 0; i < map_parts(&m->layer); i++)
		for (size_t k = 0; k < r->w.n; k++)
			if (!strcmp(r->w.matrix[k].name, map_part(&m->layer, i)->name))
				matrix[own.n++] = r->w.matrix[k];
	b = cost_blocks(&own, false, &n);
	cost_bounds(r->cfg, b, n, num_usable_tiles(r->cfg), r->tokens, &m->bounds);
	m->cells = place_cells(&g, b, n);
	free(b);
	if (m->bounds.lower_bound_cycles < sequencer)
		m->bounds.lower_bound_cycles = sequencer;
}

static int quantise(struct map_run *r, int index, struct map_layer *to, struct err *e)
{
	int layer = index / MODEL_N_LINEAR, id = index % MODEL_N_LINEAR;
	const struct gq_layer *q = &r->gq->layer[index];
	char name[64];

	snprintf(name, sizeof(name), "%d.%s", layer, model_linear_name[id]);
	return map_quantise(r->cfg, &r->model->layers[layer].linear[id], name, q->k, q->k_out, to, e);
}

static int map_one(struct map_run *r, const struct cli_layers *which, struct err *e)
{
	struct mapped *m = &r->done[r->n++];
	const struct map_layer *part[MAP_MOST_PARTS];

	for (int i = 0; i < which->n; i++) {
		part[i] = &m->part[i];
		if (quantise(r, which->index[i], which->n == 1 ? &m->layer : &m->part[i], e))
			return -1;
	}
	if (which->n > 1 && map_join(part, which->n, &m->layer, e))
		return -1;
	if (compile(r, m, e))
		return -1;
	bounds(r, m);
	return 0;
}

static int map_layers(struct map_run *r, struct err *e)
{
	struct cli_layers *which;
	struct gl_readout ro;
	struct progress bar;
	int n, rc = 0;

	if (r->o->tree && r->cfg->search != CFG_ASYMMETRIC)
		return err_set(e, ERR_INPUT, "--tree '%s' belongs to readout.search \"asymmetric\": add -s readout.search=asymmetric -s readout.resolution=full", r->o->tree);
	if (cli_faults_load(&r->faults, r->cfg, NULL, r->o->bad, e))
		return -1;
	r->has_tree = r->o->tree != NULL;
	if (r->has_tree && cli_tree_make(&r->tree, r->cfg, r->o->tree, NULL, e))
		return -1;
	numbers_readout(r->cfg, &ro);
	r->gq = calibrated_new(r->model, &ro, false, (unsigned long)r->seed, NULL, e);
	if (!r->gq || wl_model(&r->w, r->model, r->o->model, e))
		return -1;
	if (cli_layers(r->model, r->o->layers, &which, &n, e))
		return -1;
	if (!n)
		err_set(e, ERR_INPUT, "--layers '%.60s' names no layer: legal is all, or a list like 0.wq,0.w2", r->o->layers);
	r->done = MEM_NEW((size_t)n + 1, struct mapped);
	progress_begin(&bar, "layers", (uint64_t)n);
	for (int i = 0; i < n && !rc; i++) {
		rc = map_one(r, &which[i], e);
		progress_at(&bar, (uint64_t)i + 1);
	}
	progress_end(&bar);
	free(which);
	return n ? rc : -1;
}

static int report(struct map_run *r, struct err *e)
{
	char *text = cli_json_text(map_report_json(r));
	int rc = r->o->out ? map_files(r, text, e) : 0;

	if (!rc && r->o->json)
		fputs(text, stdout);
	else if (!rc)
		map_report_print(r);
	free(text);
	return rc ? rc : cli_flush(e);
}

static void release(struct map_run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		map_program_release(&r->done[i].program);
		map_layer_release(&r->done[i].layer);
		for (int k = 0; k < MAP_MOST_PARTS; k++)
			map_layer_release(&r->done[i].part[k]);
	}
	for (size_t i = 0; i < r->n_fresh; i++)
		free(r->fresh[i]);
	free(r->fresh);
	free(r->done);
	cli_faults_release(&r->faults);
	wl_release(&r->w);
	gq_free(r->gq);
}

int map_checkpoint(const struct map_options *o, const struct cfg *c, const struct cost_table *t, enum map_placement p, const struct model *m, struct err *e)
{
	struct map_run r = { .o = o, .cfg = c, .cost = t, .model = m, .placement = p, .tokens = o->tokens ? o->tokens : TOKENS, .seed = o->seed < 0 ? SEED : o->seed };
	int rc = map_layers(&r, e) || report(&r, e) ? -1 : 0;

	release(&r);
	return rc;
}
