/* Figures of a compiled checkpoint: map.json and the table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_readout.h"
#include "cli/map_cmd.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

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

static const char *placement_name(const struct map_run *r, const struct map_layer *l)
{
	return cli_placement_name(r->placement != MAP_AUTO ? r->placement : l->monarch ? MAP_SPARSE : MAP_LINEAR);
}

/* of all layers together; of the program only what adds up */
static struct mapped totals(const struct map_run *r)
{
	struct mapped all = { .runs = 0 };
	uint64_t array = (uint64_t)cost_geometry(r->cfg, 0).rows * (uint64_t)cost_geometry(r->cfg, 0).cols;

	for (size_t i = 0; i < r->n; i++) {
		const struct mapped *m = &r->done[i];

		map_counts_add(&all.counts, &m->counts, 1);
		all.least += m->least;
		all.energy_nj += m->energy_nj;
		all.converter_nj += m->converter_nj;
		all.array_nj += m->array_nj;
		all.movement_nj += m->movement_nj;
		all.load_nj += m->load_nj;
		all.cells += m->cells;
		all.bounds.lower_bound_cycles += m->bounds.lower_bound_cycles;
		all.bounds.lower_bound_conversions += m->bounds.lower_bound_conversions;
		all.program.n_arrays += m->program.n_arrays;
		all.program.n_instr += m->program.n_instr;
		all.program.passes += m->program.passes;
	}
	all.bounds.lower_bound_arrays = (long)((all.cells + array - 1) / array);
	return all;
}

static void put_integer(json_t *j, const char *key, uint64_t v)
{
	json_object_set_new(j, key, json_integer((json_int_t)v));
}

static void put_counts(json_t *j, const struct mapped *m)
{
	const struct map_counts *c = &m->counts;

	put_integer(j, "cycles", c->cycles);
	if (c->cycles_least != c->cycles_most) { /* the search is asymmetric: cycles is a mean */
		put_integer(j, "cycles_least", c->cycles_least);
		put_integer(j, "cycles_most", c->cycles_most);
	}
	put_integer(j, "activations", c->activations);
	put_integer(j, "conversions", c->conversions);
	put_integer(j, "comparisons", c->comparisons);
	put_integer(j, "compute_clocks", c->compute_clocks);
	put_integer(j, "convert_clocks", c->convert_clocks);
	put_integer(j, "serve_clocks", c->serve_clocks);
	put_integer(j, "wait_load", c->wait_load);
	put_integer(j, "wait_act", c->wait_act);
	put_integer(j, "wait_out", c->wait_out);
	put_integer(j, "wait_end", c->wait_end);
	json_object_set_new(j, "converter_bound", json_real(ratio((double)c->compare_clocks, m->least)));
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
	put_integer(j, "arrays", p->n_arrays);
	json_object_set_new(j, "passes", json_integer(p->passes));
	json_object_set_new(j, "tokens", json_integer(r->tokens));
	json_object_set_new(j, "tokens_per_run", json_integer(p->tokens));
	json_object_set_new(j, "runs", json_integer(m->runs));
	put_counts(j, m);
	json_object_set_new(j, "utilisation", json_real(ratio((double)cells_used(p), (double)p->n_arrays * r->cfg->rows * r->cfg->cols)));
	json_object_set_new(j, "energy_nj", map_real(m->energy_nj));
	put_integer(j, "lower_bound_cycles", m->bounds.lower_bound_cycles);
	put_integer(j, "instructions", p->n_instr);
	put_integer(j, "input_beats", p->n_beats);
	put_integer(j, "output_beats", p->n_outputs);
	return j;
}

static double utilisation(const struct map_run *r)
{
	double cells = 0, arrays = 0;

	for (size_t i = 0; i < r->n; i++) {
		cells += (double)cells_used(&r->done[i].program);
		arrays += (double)r->done[i].program.n_arrays;
	}
	return ratio(cells, arrays * r->cfg->rows * r->cfg->cols);
}

/* the same names as of a system of arrays */
static void put_system(json_t *j, const struct map_run *r, const struct mapped *all)
{
	put_integer(j, "arrays", all->program.n_arrays);
	json_object_set_new(j, "utilisation", json_real(utilisation(r)));
	put_integer(j, "cycles", all->counts.cycles);
	json_object_set_new(j, "latency_ns", json_real((double)all->counts.cycles * r->cfg->clk_period_ps / 1000));
	json_object_set_new(j, "energy_nj", map_real(all->energy_nj));
	json_object_set_new(j, "converter_energy_nj", map_real(all->converter_nj));
	json_object_set_new(j, "array_energy_nj", map_real(all->array_nj));
	json_object_set_new(j, "movement_energy_nj", map_real(all->movement_nj));
	json_object_set_new(j, "load_energy_nj", map_real(all->load_nj));
	json_object_set_new(j, "area_um2", map_real(r->area_um2));
	json_object_set_new(j, "converter_area_um2", map_real(r->converter_um2));
	put_integer(j, "activations", all->counts.activations);
	put_integer(j, "conversions", all->counts.conversions);
	put_integer(j, "comparisons", all->counts.comparisons);
	json_object_set_new(j, "lower_bound_arrays", json_integer(all->bounds.lower_bound_arrays));
	put_integer(j, "lower_bound_cycles", all->bounds.lower_bound_cycles);
	put_integer(j, "lower_bound_conversions", all->bounds.lower_bound_conversions);
	json_object_set_new(j, "not_given", map_not_given(r->missing));
}

static json_t *repair_json(const struct map_run *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->faults.n_repair; i++) {
		const struct map_repair *x = &r->faults.repair[i];

		json_array_append_new(list, json_pack("{s:i,s:i,s:i}", "tile", x->tile, "spare", x->spare, "position", x->position));
	}
	return list;
}

json_t *map_report_json(const struct map_run *r)
{
	json_t *j = json_object(), *layers = json_array(), *total = json_object();
	struct mapped all = totals(r);
	char hash[65];

	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(layers, layer_json(r, &r->done[i]));
	put_integer(total, "layers", r->n);
	put_integer(total, "arrays", all.program.n_arrays);
	json_object_set_new(total, "passes", json_integer(all.program.passes));
	put_counts(total, &all);
	json_object_set_new(total, "utilisation", json_real(utilisation(r)));
	put_integer(total, "instructions", all.program.n_instr);
	cfg_hash(r->cfg, hash);
	json_object_set_new(j, "config", json_string(r->cfg->name));
	json_object_set_new(j, "config_sha256", json_string(hash));
	json_object_set_new(j, "cost", json_string(cost_table_name(r->cost)));
	json_object_set_new(j, "placement", json_string(cli_placement_name(r->placement)));
	put_system(j, r, &all);
	if (cli_placement_mode(r->placement))
		json_object_set_new(j, "optimise", json_string(cli_placement_mode(r->placement)));
	if (r->faults.words)
		json_object_set_new(j, "repair", repair_json(r));
	json_object_set_new(j, "layers", layers);
	json_object_set_new(j, "total", total);
	json_object_set_new(j, "constants", map_constants(r->cost));
	return j;
}

void map_report_print(const struct map_run *r)
{
	struct mapped all = totals(r);

	printf("%-8s %11s %-13s %6s %6s %12s %12s %12s %7s %7s %6s\n", "layer", "shape", "placement", "arrays", "passes", "cycles", "conversions", "comparisons", "bound", "cells", "instr");
	for (size_t i = 0; i < r->n; i++) {
		const struct mapped *m = &r->done[i];
		char shape[32];

		snprintf(shape, sizeof(shape), "%dx%d", m->layer.out, m->layer.in);
		printf("%-8s %11s %-13s %6zu %6d %12llu %12llu %12llu %7.4f %6.1f%% %6zu\n", m->layer.name, shape, placement_name(r, &m->layer), m->program.n_arrays, m->program.passes,
		       (unsigned long long)m->counts.cycles, (unsigned long long)m->counts.conversions, (unsigned long long)m->counts.comparisons,
		       ratio((double)m->counts.compare_clocks, m->least), 100 * ratio((double)cells_used(&m->program), (double)m->program.n_arrays * r->cfg->rows * r->cfg->cols),
		       m->program.n_instr);
	}
	for (size_t i = 0; i < r->faults.n_repair; i++)
		printf("tile %d: spare position %d replaces position %d\n", r->faults.repair[i].tile, r->faults.repair[i].spare, r->faults.repair[i].position);
	printf("%zu layers, %ld tokens each: %llu cycles, %llu conversions, %llu comparisons\n", r->n, r->tokens, (unsigned long long)all.counts.cycles,
	       (unsigned long long)all.counts.conversions, (unsigned long long)all.counts.comparisons);
	printf("the sequencer waited %llu clocks for tiles: %llu to load, %llu to activate, %llu to put out, %llu to end\n",
	       (unsigned long long)(all.counts.wait_load + all.counts.wait_act + all.counts.wait_out + all.counts.wait_end), (unsigned long long)all.counts.wait_load,
	       (unsigned long long)all.counts.wait_act, (unsigned long long)all.counts.wait_out, (unsigned long long)all.counts.wait_end);
}
