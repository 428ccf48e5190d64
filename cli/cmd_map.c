/* bitline map: layers of a model -> program, input stream, assembler text and predicted figures, per layer.
 * Everything is compiled before the first file is written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_readout.h"
#include "cli/cli_tree.h"
#include "common/cfg.h"
#include "common/file.h"
#include "common/mem.h"
#include "map/map.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *config, *model, *layers, *placement, *out, *tree;
	struct opt_list set;
	long tokens, seed;
	bool json;
};

/* one layer, compiled; counts are sums over the runs that the tokens need */
struct mapped {
	struct map_layer layer;
	struct map_program program; /* of a full batch */
	int runs;
	struct map_counts counts;
	double least;               /* clocks that the bound stands for: compare clocks / bound */
};

struct map_run {
	struct options o;
	struct cfg cfg;
	enum map_placement placement;
	struct cli_tree tree;       /* asymmetric search */
	bool has_tree;
	struct model model;
	struct gq *gq;              /* calibration numbers, of the text that golden and cosim use by default */
	struct mapped *done;
	size_t n;
	char **fresh;               /* files that this run added to --out */
	size_t n_fresh;
};

static const char *placement_name(const struct map_run *r, const struct map_layer *l)
{
	return r->placement == MAP_LINEAR || (r->placement == MAP_AUTO && !l->monarch) ? "linear" : "sparse";
}

static void add_counts(struct mapped *m, const struct map_counts *c, uint64_t times)
{
	m->counts.cycles += times * c->cycles;
	m->counts.cycles_least += times * c->cycles_least;
	m->counts.cycles_most += times * c->cycles_most;
	m->counts.compute_clocks += times * c->compute_clocks;
	m->counts.convert_clocks += times * c->convert_clocks;
	m->counts.serve_clocks += times * c->serve_clocks;
	m->counts.activations += times * c->activations;
	m->counts.conversions += times * c->conversions;
	m->counts.comparisons += times * c->comparisons;
	m->counts.compare_clocks += times * c->compare_clocks;
	m->counts.window_clocks += times * c->window_clocks;
	m->least += (double)(times * c->compare_clocks) / c->bound;
	m->runs += (int)times;
}

/* full batches, then the rest */
static int compile(struct map_run *r, struct mapped *m, struct err *e)
{
	const struct map_steps *steps = r->has_tree ? &r->tree.steps : NULL;
	int batch = map_batch(&r->cfg, &m->layer, r->placement, e), tokens = (int)r->o.tokens;
	struct map_program rest;

	if (!batch)
		return -1;
	if (batch > tokens)
		batch = tokens;
	if (map_compile(&r->cfg, &m->layer, r->placement, batch, steps, &m->program, e))
		return -1;
	add_counts(m, &m->program.counts, (uint64_t)(tokens / batch));
	if (!(tokens % batch))
		return 0;
	if (map_compile(&r->cfg, &m->layer, r->placement, tokens % batch, steps, &rest, e))
		return -1;
	add_counts(m, &rest.counts, 1);
	map_program_release(&rest);
	return 0;
}

static int map_one(struct map_run *r, int layer, int id, struct err *e)
{
	struct mapped *m = &r->done[r->n];
	const struct gq_layer *q;
	char name[64];

	snprintf(name, sizeof(name), "%d.%s", layer, model_linear_name[id]);
	for (size_t i = 0; i < r->n; i++)
		if (!strcmp(r->done[i].layer.name, name))
			return 0;
	q = &r->gq->layer[layer * MODEL_N_LINEAR + id];
	if (map_quantise(&r->cfg, &r->model.layers[layer].linear[id], name, q->k, q->k_out, &m->layer, e))
		return -1;
	r->n++;
	return compile(r, m, e);
}

static int map_list(struct map_run *r, struct err *e)
{
	char *list = mem_strdup(r->o.layers), *rest, *name = strtok_r(list, ",", &rest);
	int rc = name ? 0 : err_set(e, ERR_INPUT, "--layers '%.60s' names no layer: legal is all, or a list like 0.wq,0.w2", r->o.layers);

	for (; name && !rc; name = strtok_r(NULL, ",", &rest)) {
		int layer, id;

		rc = model_find(&r->model, name, &layer, &id, e);
		if (!rc)
			rc = map_one(r, layer, id, e);
	}
	free(list);
	return rc;
}

static int map_layers(struct map_run *r, struct err *e)
{
	struct gl_readout ro;

	if (r->o.tree && r->cfg.search != CFG_ASYMMETRIC)
		return err_set(e, ERR_INPUT, "--tree '%s' belongs to readout.search \"asymmetric\": add -s readout.search=asymmetric -s readout.resolution=full", r->o.tree);
	r->has_tree = r->o.tree != NULL;
	if (r->has_tree && cli_tree_make(&r->tree, &r->cfg, r->o.tree, NULL, e))
		return -1;
	cli_readout(&r->cfg, &ro);
	r->gq = cli_calibrated(&r->model, &ro, (unsigned long)r->o.seed, NULL, e);
	if (!r->gq)
		return -1;
	r->done = MEM_NEW((size_t)r->model.n_layers * MODEL_N_LINEAR + 1, struct mapped);
	if (strcmp(r->o.layers, "all"))
		return map_list(r, e);
	for (int layer = 0; layer < r->model.n_layers; layer++)
		for (int id = 0; id < MODEL_N_LINEAR; id++)
			if (map_one(r, layer, id, e))
				return -1;
	return 0;
}

/* ---- figures ---- */

static double ratio(double a, double b)
{
	return b > 0 ? a / b : 0;
}

static long cells_used(const struct map_program *p)
{
	long n = 0;

	for (size_t i = 0; i < p->n_arrays; i++)
		n += p->array[i].cells_used;
	return n;
}

static void put_counts(json_t *j, const struct map_counts *c, double least)
{
	json_object_set_new(j, "cycles", json_integer((json_int_t)c->cycles));
	if (c->cycles_least != c->cycles_most) { /* the search is asymmetric: cycles is a mean */
		json_object_set_new(j, "cycles_least", json_integer((json_int_t)c->cycles_least));
		json_object_set_new(j, "cycles_most", json_integer((json_int_t)c->cycles_most));
	}
	json_object_set_new(j, "activations", json_integer((json_int_t)c->activations));
	json_object_set_new(j, "conversions", json_integer((json_int_t)c->conversions));
	json_object_set_new(j, "comparisons", json_integer((json_int_t)c->comparisons));
	json_object_set_new(j, "compute_clocks", json_integer((json_int_t)c->compute_clocks));
	json_object_set_new(j, "convert_clocks", json_integer((json_int_t)c->convert_clocks));
	json_object_set_new(j, "serve_clocks", json_integer((json_int_t)c->serve_clocks));
	json_object_set_new(j, "converter_bound", json_real(ratio((double)c->compare_clocks, least)));
	json_object_set_new(j, "converter_busy", json_real(ratio((double)c->compare_clocks, (double)c->window_clocks)));
}

static json_t *layer_json(const struct map_run *r, const struct mapped *m)
{
	const struct map_program *p = &m->program;
	json_t *j = json_object();

	json_object_set_new(j, "name", json_string(m->layer.name));
	json_object_set_new(j, "out", json_integer(m->layer.out));
	json_object_set_new(j, "in", json_integer(m->layer.in));
	json_object_set_new(j, "stages", json_integer(m->layer.n_stages));
	json_object_set_new(j, "placement", json_string(placement_name(r, &m->layer)));
	json_object_set_new(j, "arrays", json_integer((json_int_t)p->n_arrays));
	json_object_set_new(j, "passes", json_integer(p->passes));
	json_object_set_new(j, "tokens", json_integer(r->o.tokens));
	json_object_set_new(j, "tokens_per_run", json_integer(p->tokens));
	json_object_set_new(j, "runs", json_integer(m->runs));
	put_counts(j, &m->counts, m->least);
	json_object_set_new(j, "utilisation", json_real(ratio((double)cells_used(p), (double)p->n_arrays * r->cfg.rows * r->cfg.cols)));
	json_object_set_new(j, "instructions", json_integer((json_int_t)p->n_instr));
	json_object_set_new(j, "input_beats", json_integer((json_int_t)p->n_beats));
	json_object_set_new(j, "output_beats", json_integer((json_int_t)p->n_outputs));
	return j;
}

/* counts of all layers together */
static struct mapped totals(const struct map_run *r)
{
	struct mapped all = { .runs = 0 };

	for (size_t i = 0; i < r->n; i++) {
		const struct mapped *m = &r->done[i];

		all.counts.cycles += m->counts.cycles;
		all.counts.cycles_least += m->counts.cycles_least;
		all.counts.cycles_most += m->counts.cycles_most;
		all.counts.compute_clocks += m->counts.compute_clocks;
		all.counts.convert_clocks += m->counts.convert_clocks;
		all.counts.serve_clocks += m->counts.serve_clocks;
		all.counts.activations += m->counts.activations;
		all.counts.conversions += m->counts.conversions;
		all.counts.comparisons += m->counts.comparisons;
		all.counts.compare_clocks += m->counts.compare_clocks;
		all.counts.window_clocks += m->counts.window_clocks;
		all.least += m->least;
	}
	return all;
}

static json_t *report_json(const struct map_run *r)
{
	json_t *j = json_object(), *layers = json_array(), *total = json_object();
	struct mapped all = totals(r);
	size_t arrays = 0, instructions = 0;
	long cells = 0;
	int passes = 0;
	char hash[65];

	for (size_t i = 0; i < r->n; i++) {
		const struct map_program *p = &r->done[i].program;

		json_array_append_new(layers, layer_json(r, &r->done[i]));
		arrays += p->n_arrays;
		instructions += p->n_instr;
		passes += p->passes;
		cells += cells_used(p);
	}
	json_object_set_new(total, "layers", json_integer((json_int_t)r->n));
	json_object_set_new(total, "arrays", json_integer((json_int_t)arrays));
	json_object_set_new(total, "passes", json_integer(passes));
	put_counts(total, &all.counts, all.least);
	json_object_set_new(total, "utilisation", json_real(ratio((double)cells, (double)arrays * r->cfg.rows * r->cfg.cols)));
	json_object_set_new(total, "instructions", json_integer((json_int_t)instructions));
	cfg_hash(&r->cfg, hash);
	json_object_set_new(j, "config", json_string(r->cfg.name));
	json_object_set_new(j, "config_sha256", json_string(hash));
	json_object_set_new(j, "layers", layers);
	json_object_set_new(j, "total", total);
	return j;
}

static void print_table(const struct map_run *r)
{
	struct mapped all = totals(r);

	printf("%-8s %11s %-9s %6s %6s %12s %12s %12s %7s %7s %6s\n", "layer", "shape", "placement", "arrays", "passes", "cycles", "conversions", "comparisons", "bound", "cells", "instr");
	for (size_t i = 0; i < r->n; i++) {
		const struct mapped *m = &r->done[i];
		char shape[32];

		snprintf(shape, sizeof(shape), "%dx%d", m->layer.out, m->layer.in);
		printf("%-8s %11s %-9s %6zu %6d %12llu %12llu %12llu %7.4f %6.1f%% %6zu\n", m->layer.name, shape, placement_name(r, &m->layer), m->program.n_arrays, m->program.passes,
		       (unsigned long long)m->counts.cycles, (unsigned long long)m->counts.conversions, (unsigned long long)m->counts.comparisons,
		       ratio((double)m->counts.compare_clocks, m->least), 100 * ratio((double)cells_used(&m->program), (double)m->program.n_arrays * r->cfg.rows * r->cfg.cols),
		       m->program.n_instr);
	}
	printf("%zu layers, %ld tokens each: %llu cycles, %llu conversions, %llu comparisons\n", r->n, r->o.tokens, (unsigned long long)all.counts.cycles,
	       (unsigned long long)all.counts.conversions, (unsigned long long)all.counts.comparisons);
}

/* ---- files ---- */

/* Remembers what is new in the directory: it goes again when the set cannot be finished. */
static int write_file(struct map_run *r, const char *name, const char *data, size_t len, struct err *e)
{
	char *path = file_join(r->o.out, name);
	bool is_new = !file_exists(path);

	if (file_write(path, data, len, e)) {
		free(path);
		return -1;
	}
	if (is_new) {
		r->fresh = mem_realloc(r->fresh, r->n_fresh + 1, sizeof(*r->fresh));
		r->fresh[r->n_fresh++] = path;
	} else {
		free(path);
	}
	return 0;
}

static int write_named(struct map_run *r, const struct mapped *m, const char *suffix, const struct buf *b, struct err *e)
{
	char name[96];

	snprintf(name, sizeof(name), "%s.%s", m->layer.name, suffix);
	return write_file(r, name, b->data, b->len, e);
}

/* docs/isa.md section 5: little-endian whatever the host is */
static void add_le(struct buf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)(v >> (8 * i));

		buf_add(b, &c, 1);
	}
}

static int write_layer(struct map_run *r, const struct mapped *m, struct err *e)
{
	const struct map_program *p = &m->program;
	int8_t *zeros = mem_calloc((size_t)p->tokens, (size_t)m->layer.in);
	uint64_t *beats = map_stream(&r->cfg, &m->layer, p, zeros);
	struct buf code, stream, text;
	int rc;

	buf_init(&code);
	buf_init(&stream);
	buf_init(&text);
	for (size_t i = 0; i < p->n_instr; i++) {
		for (int w = 0; w < 8; w++)
			add_le(&code, p->code[8 * i + (size_t)w], 4);
		buf_addf(&text, "%5zu  ", i);
		map_print(p->code + 8 * i, &text);
	}
	for (size_t i = 0; i < p->n_beats; i++)
		add_le(&stream, beats[i], 8);
	rc = write_named(r, m, "program.bin", &code, e) || write_named(r, m, "stream.bin", &stream, e) || write_named(r, m, "asm.txt", &text, e) ? -1 : 0;
	buf_release(&code);
	buf_release(&stream);
	buf_release(&text);
	free(beats);
	free(zeros);
	return rc;
}

static int write_all(struct map_run *r, const char *json, struct err *e)
{
	bool is_new = !file_exists(r->o.out);
	int rc = file_mkdirs(r->o.out, e);

	if (rc)
		return rc;
	for (size_t i = 0; i < r->n && !rc; i++)
		rc = write_layer(r, &r->done[i], e);
	if (!rc)
		rc = write_file(r, "map.json", json, strlen(json), e);
	for (size_t i = 0; i < r->n_fresh && rc; i++)
		unlink(r->fresh[i]);
	if (rc && is_new)
		rmdir(r->o.out);
	return rc;
}

static int report(struct map_run *r, struct err *e)
{
	json_t *j = report_json(r);
	char *dump = json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	struct buf text;
	int rc;

	buf_init(&text);
	buf_addf(&text, "%s\n", dump);
	rc = write_all(r, text.data, e);
	if (!rc && r->o.json)
		fputs(text.data, stdout);
	else if (!rc)
		print_table(r);
	if (!rc)
		rc = cli_flush(e);
	buf_release(&text);
	free(dump);
	json_decref(j);
	return rc;
}

static void release(struct map_run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		map_program_release(&r->done[i].program);
		map_layer_release(&r->done[i].layer);
	}
	for (size_t i = 0; i < r->n_fresh; i++)
		free(r->fresh[i]);
	free(r->fresh);
	free(r->done);
	opt_list_release(&r->o.set);
}

int cmd_map(int argc, char **argv)
{
	struct map_run r = { .o = { .layers = "all", .tokens = 16, .seed = 1 } };
	const struct opt opts[] = {
		{ "--config", OPT_TEXT, &r.o.config, "FILE", "hardware configuration (configs/NAME.xml)", .required = true },
		{ "-s", OPT_LIST, &r.o.set, "KEY=VALUE", "override a field, as array.rows=33; may be repeated" },
		{ "--model", OPT_TEXT, &r.o.model, "FILE", "checkpoint: llama2.c v0 or v2, safetensors", .required = true },
		{ "--layers", OPT_TEXT, &r.o.layers, "LIST", "all (the default), or names like 0.wq,0.w2" },
		{ "--placement", OPT_TEXT, &r.o.placement, "NAME", "linear, sparse, or auto (the default: sparse for Monarch layers, linear for dense)" },
		{ "--tree", OPT_TEXT, &r.o.tree, "FILE", "search tree (bitline adc) of an asymmetric search, all codes taken as equally frequent; else the binary search" },
		{ "--tokens", OPT_INT, &r.o.tokens, "N", "tokens to predict for (16); more than the buffers hold become several runs", .lo = 1, .hi = 1000000 },
		{ "--seed", OPT_INT, &r.o.seed, "S", "seed of the model's own text that the requantisers are calibrated with (1)", .lo = 0, .hi = 2147483647 },
		{ "--out", OPT_TEXT, &r.o.out, "DIR", "where LAYER.program.bin, LAYER.stream.bin, LAYER.asm.txt and map.json go", .required = true },
		{ "--json", OPT_FLAG, &r.o.json, NULL, "print map.json" },
	};
	struct err e = { 0 };
	bool loaded = false;
	int status;

	if (!opt_parse(argc, argv, "bitline map --config FILE --model FILE --out DIR [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	if (!*r.o.out)
		err_set(&e, ERR_INPUT, "output directory \"\" has no name; write --out DIR");
	else if (!cli_placement(r.o.placement, &r.placement, &e) && !cfg_load(&r.cfg, r.o.config, r.o.set.v, r.o.set.n, &e) && !model_load(&r.model, r.o.model, &e)) {
		loaded = true;
		if (!map_layers(&r, &e))
			report(&r, &e);
	}
	release(&r);
	gq_free(r.gq);
	if (loaded)
		model_release(&r.model);
	return e.code ? cli_fail(&e) : 0;
}
