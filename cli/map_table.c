/* Figures of a system of arrays: map.json and the table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/map_cmd.h"
#include <math.h>
#include <stdio.h>

static const char *const regime_name[] = { [MAP_OWN] = "own", [MAP_EQUAL] = "equal", [MAP_AREA] = "area" };

json_t *map_real(double x)
{
	return isnan(x) ? json_null() : json_real(x);
}

json_t *map_constants(const struct cost_table *t)
{
	json_t *list = json_array();

	for (int i = 0; i < cost_table_size(); i++) {
		struct cost_entry x = cost_table_entry(t, i);

		json_array_append_new(list, json_pack("{s:s,s:o,s:s,s:s}", "name", x.name, "value", map_real(x.value), "unit", x.unit, "source", x.source));
	}
	return list;
}

json_t *map_not_given(unsigned missing)
{
	json_t *list = json_array();

	for (int i = 0; i < COST_N_MISSING; i++)
		if (missing >> i & 1)
			json_array_append_new(list, json_string(cost_missing_name[i]));
	return list;
}

static double ratio(double a, double b)
{
	return b > 0 ? a / b : 0;
}

static void put_text(json_t *j, const char *key, const char *v)
{
	json_object_set_new(j, key, v ? json_string(v) : json_null());
}

static void put_integer(json_t *j, const char *key, uint64_t v)
{
	json_object_set_new(j, key, json_integer((json_int_t)v));
}

static void put_real(json_t *j, const char *key, double v)
{
	json_object_set_new(j, key, map_real(v));
}

static const char *optimise(const struct map_system *s)
{
	return s->kind == PLACE_PACKED ? place_mode_name[s->mode] : NULL;
}

static void put_request(json_t *j, const struct map_system *s)
{
	char hash[65];

	cfg_hash(s->cfg, hash);
	put_text(j, "config", s->cfg->name);
	put_text(j, "config_sha256", hash);
	put_text(j, "cost", cost_table_name(s->cost));
	put_text(j, "model", s->o->model);
	put_text(j, "placement", place_kind_name[s->kind]);
	put_text(j, "optimise", optimise(s));
	put_text(j, "regime", regime_name[s->regime]);
	put_integer(j, "tokens", (uint64_t)s->tokens);
	put_integer(j, "matrices", s->w->n);
	put_text(j, "chosen", s->figures.candidate);
}

static void put_bounds(json_t *j, const struct system_cost *x)
{
	put_integer(j, "lower_bound_arrays", (uint64_t)x->lower_bound_arrays);
	put_integer(j, "lower_bound_cycles", x->lower_bound_cycles);
	put_integer(j, "lower_bound_conversions", x->lower_bound_conversions);
	put_real(j, "distance_arrays", ratio((double)x->images, (double)x->lower_bound_arrays));
	put_real(j, "distance_cycles", ratio((double)x->cycles, (double)x->lower_bound_cycles));
	put_real(j, "distance_conversions", ratio((double)x->conversions, (double)x->lower_bound_conversions));
}

/* no other mode is at least as good in arrays, comparisons and clocks, and better in one */
static bool on_front(const struct system_cost by_mode[3], int mode)
{
	const struct system_cost *x = &by_mode[mode];

	for (int i = 0; i < 3; i++) {
		const struct system_cost *y = &by_mode[i];

		if (y->images <= x->images && y->comparisons <= x->comparisons && y->cycles <= x->cycles && (y->images < x->images || y->comparisons < x->comparisons || y->cycles < x->cycles))
			return false;
	}
	return true;
}

/* packed: what its modes trade */
static json_t *modes_json(const struct map_system *s)
{
	json_t *list = json_array();

	for (int mode = 0; mode < 3; mode++) {
		const struct system_cost *x = &s->by_mode[mode];
		json_t *j = json_object();

		put_text(j, "optimise", place_mode_name[mode]);
		put_text(j, "chosen", x->candidate);
		put_integer(j, "arrays", (uint64_t)x->arrays);
		put_integer(j, "images", x->images);
		put_real(j, "utilisation", x->utilisation);
		put_integer(j, "comparisons", x->comparisons);
		put_integer(j, "cycles", x->cycles);
		put_real(j, "energy_nj", x->energy_nj);
		json_object_set_new(j, "front", json_boolean(on_front(s->by_mode, mode)));
		json_array_append_new(list, j);
	}
	return list;
}

json_t *map_system_json(const struct map_system *s)
{
	const struct system_cost *x = &s->figures;
	json_t *j = json_object();

	put_request(j, s);
	put_integer(j, "arrays", (uint64_t)x->arrays);
	put_integer(j, "images", x->images);
	put_real(j, "utilisation", x->utilisation);
	put_integer(j, "cells", x->cells);
	put_integer(j, "padding_cells", x->padding);
	put_integer(j, "steps", x->steps);
	put_integer(j, "bits", (uint64_t)x->bits);
	put_integer(j, "cycles", x->cycles);
	put_integer(j, "loads", x->loads);
	put_integer(j, "load_cycles", x->load_cycles);
	put_real(j, "latency_ns", x->latency_ns);
	put_integer(j, "activations", x->activations);
	put_integer(j, "conversions", x->conversions);
	put_integer(j, "comparisons", x->comparisons);
	put_integer(j, "comparisons_padded", s->padded);
	put_integer(j, "bits_moved", x->bits_moved);
	put_real(j, "energy_nj", x->energy_nj);
	put_real(j, "converter_energy_nj", x->converter_nj);
	put_real(j, "array_energy_nj", x->array_nj);
	put_real(j, "movement_energy_nj", x->movement_nj);
	put_real(j, "load_energy_nj", x->load_nj);
	put_real(j, "area_um2", x->area_um2);
	put_real(j, "converter_area_um2", x->converter_um2);
	put_real(j, "converter_step_ns", x->converter_step_ns);
	put_bounds(j, x);
	json_object_set_new(j, "not_given", map_not_given(x->missing));
	if (s->kind == PLACE_PACKED)
		json_object_set_new(j, "modes", modes_json(s));
	json_object_set_new(j, "constants", map_constants(s->cost));
	return j;
}

/* ---- for people ---- */

static void print_bounded(const char *what, double value, double bound)
{
	printf("%-13s %16.0f   least %16.0f   %.3f x\n", what, value, bound, ratio(value, bound));
}

static void print_real(const char *what, double value, const char *unit)
{
	if (isnan(value))
		printf("%-13s %16s\n", what, "not given");
	else
		printf("%-13s %16.4g %s\n", what, value, unit);
}

void map_system_print(const struct map_system *s)
{
	const struct system_cost *x = &s->figures;

	printf("%s on %s: %zu matrices, %ld tokens, %s%s%s%s", s->o->model, s->cfg->name, s->w->n, s->tokens, place_kind_name[s->kind],
	       optimise(s) ? " for " : "", optimise(s) ? optimise(s) : "", s->regime == MAP_OWN ? "" : s->regime == MAP_EQUAL ? ", as many arrays as given" : ", as much area as given");
	printf(s->kind == PLACE_PACKED ? "; taken: %s\n" : "\n", x->candidate);
	if (x->images > (uint64_t)x->arrays)
		printf("%-13s %16ld   loaded %llu times per %ld tokens, %llu clocks\n", "arrays", x->arrays, (unsigned long long)x->loads, s->tokens, (unsigned long long)x->load_cycles);
	print_bounded(x->images > (uint64_t)x->arrays ? "array images" : "arrays", (double)x->images, (double)x->lower_bound_arrays);
	printf("%-13s %15.2f%%   %llu cells of padding beside\n", "utilisation", 100 * x->utilisation, (unsigned long long)x->padding);
	print_bounded("cycles", (double)x->cycles, (double)x->lower_bound_cycles);
	print_real("latency", x->latency_ns, "ns");
	printf("%-13s %16llu\n", "activations", (unsigned long long)x->activations);
	print_bounded("conversions", (double)x->conversions, (double)x->lower_bound_conversions);
	printf("%-13s %16llu   of at most %d bits; sparse, with its padding, %llu\n", "comparisons", (unsigned long long)x->comparisons, x->bits, (unsigned long long)s->padded);
	printf("%-13s %16llu\n", "bits moved", (unsigned long long)x->bits_moved);
	print_real("energy", x->energy_nj, "nJ");
	print_real("- converters", x->converter_nj, "nJ");
	print_real("area", x->area_um2, "um2");
	print_real("- converters", x->converter_um2, "um2");
	for (int mode = 0; s->kind == PLACE_PACKED && mode < 3; mode++) {
		const struct system_cost *y = &s->by_mode[mode];

		printf("%s for %-12s %8llu arrays, %16llu comparisons, %16llu clocks%s\n", mode ? "           " : "modes: best", place_mode_name[mode], (unsigned long long)y->images,
		       (unsigned long long)y->comparisons, (unsigned long long)y->cycles, on_front(s->by_mode, mode) ? ", on the front" : "");
	}
	for (int i = 0, first = 1; i < COST_N_MISSING; i++)
		if (x->missing >> i & 1) {
			printf("%s%s", first ? "not given by cost table or its converter: " : ", ", cost_missing_name[i]);
			first = 0;
		}
	if (x->missing)
		puts("");
}
