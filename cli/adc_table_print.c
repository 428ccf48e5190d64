/* The cost table as JSON and for people.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/adc_table.h"
#include "cli/cli_json.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char clocks_formula[] = "1 + cycles * P: one to sample; P clocks of a compare cycle, 1 local (compare), 3 immersed (precharge, share, settle) at their least";
static const char mean_of_model[] = "Binomial(2^B - 1, 1/4): products of independent random bits";
static const char cells_source[] = "Yosys and OpenSTA on osu018_stdcells.lib by tools/synth_adc.sh, one lane; wires weigh nothing";

static const char *weights(const struct adc_table *t)
{
	return t->weights ? t->weights : mean_of_model;
}

static json_t *energies(const struct adc_row *r)
{
	json_t *list = json_array();

	for (int i = 0; i < COST_MODELS; i++) {
		const struct cost_energy *x = &r->energy[i];

		json_array_append_new(list, json_pack("{s:s,s:o,s:s,s:s}", "model", x->model, "fJ", x->given ? json_real(x->fJ) : json_null(), "formula", x->formula, "source", x->source));
	}
	return list;
}

static json_t *row_json(const struct adc_table *t, const struct adc_row *r)
{
	json_t *j = json_pack("{s:s,s:i}", "kind", r->kind, "bits", r->c.bits);

	if (r->c.kind == CFG_HYBRID)
		json_object_set_new(j, "flash_bits", json_integer(r->c.flash_bits));
	if (!r->encoder) {
		json_object_update_new(j, json_pack("{s:s,s:i,s:f,s:i,s:f,s:i,s:f,s:i,s:i}", "reference", r->c.reference == CFG_LOCAL ? "local" : "immersed", "cycles", r->cost.steps, "cycles_mean",
						    r->cost.steps_mean, "clocks", 1 + r->cost.steps * r->compare_clocks, "clocks_mean", 1 + r->cost.steps_mean * r->compare_clocks, "comparisons",
						    r->cost.decisions, "comparisons_mean", r->cost.decisions_mean, "comparators", r->cost.comparators, "reference_arrays", r->cost.arrays));
		if (r->c.reference == CFG_LOCAL)
			json_object_set_new(j, "capacitors", json_pack("{s:i,s:i}", "unary", r->cost.unary, "binary", r->cost.binary));
		else
			json_object_set_new(j, "lines", json_pack("{s:i,s:f}", "highest_reference", r->cost.lines, "charged_mean", r->cost.lines_mean));
		json_object_set_new(j, "energy", energies(r));
	}
	if (t->cells)
		json_object_set_new(j, "cells", json_pack("{s:i,s:i,s:f,s:f,s:o,s:s,s:b}", "cells", (int)r->cells.cells, "flip_flops", (int)r->cells.flops, "area", r->cells.area, "period_ns",
							  r->cells.period_ns, "max_clock_mhz", r->cells.flops ? json_real(1000 / r->cells.period_ns) : json_null(), "parameters", r->synth,
							  "cached", r->cells.cached));
	return j;
}

void adc_table_json(const struct adc_table *t)
{
	json_t *list = json_array(), *j;

	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(list, row_json(t, &t->row[i]));
	j = json_pack("{s:s,s:s,s:o,s:f,s:o}", "means_over", weights(t), "clocks", clocks_formula, "cells_source", t->cells ? json_string(cells_source) : json_null(), "vdd", t->vdd, "rows", list);
	cli_print_json(j);
}

static void energy_columns(const struct adc_row *r)
{
	for (int i = 0; i < COST_MODELS - 1; i++)
		if (r->energy[i].given)
			printf(" %9.0f", r->energy[i].fJ);
		else
			printf(" %9s", "-");
}

static void row_text(const struct adc_table *t, const struct adc_row *r)
{
	char what[16], mean[32];

	snprintf(what, sizeof(what), r->c.kind == CFG_HYBRID ? "%d (%d)" : "%d", r->c.bits, r->c.flash_bits);
	printf("%-12s %6s", r->kind, what);
	if (r->encoder) {
		printf(" %-8s %6s %6s %14s %5s %6s %7s %5s", "", "", "", "", "", "", "", "");
	} else {
		snprintf(mean, sizeof(mean), "%.2f / %d", r->cost.decisions_mean, r->cost.decisions);
		printf(" %-8s %6d %6d %14s %5d %6d %7.1f %5d", r->c.reference == CFG_LOCAL ? "local" : "immersed", r->cost.steps, 1 + r->cost.steps * r->compare_clocks, mean, r->cost.comparators, r->cost.arrays,
		       r->cost.lines_mean, r->cost.unary);
	}
	if (t->cells)
		printf(" %7ld %6ld %9.0f %8.2f", r->cells.cells, r->cells.flops, r->cells.area, r->cells.period_ns);
	if (!r->encoder)
		energy_columns(r);
	putchar('\n');
}

static bool said(const struct adc_table *t, size_t row, int model)
{
	for (size_t i = 0; i < row; i++)
		if (!t->row[i].encoder && !strcmp(t->row[i].energy[model].formula, t->row[row].energy[model].formula))
			return true;
	return false;
}

/* every formula and every reason that occurs, once, with the models' sources */
static void energy_legend(const struct adc_table *t)
{
	for (int m = 0; m < COST_MODELS; m++) {
		const char *source = NULL;

		for (size_t i = 0; i < t->n; i++) {
			const struct cost_energy *x = &t->row[i].energy[m];

			if (t->row[i].encoder || said(t, i, m))
				continue;
			if (!source)
				printf("energy, %s: %s\n", x->model, x->source);
			source = x->source;
			printf("  %s%s\n", x->given ? "fJ = " : m == COST_MODELS - 1 ? "" : "-: ", x->formula);
		}
	}
}

static void legend(const struct adc_table *t)
{
	printf("\ncycles: compare cycles of one conversion, at most; clocks: %s\n", clocks_formula);
	printf("comparisons: decisions of the comparators, mean / most; mean over %s\n", weights(t));
	printf("comp: comparators; arrays: that serve as references at once; lines: charged for a conversion, mean, lsb 1, low 0; caps: unit capacitors of a local reference\n");
	if (t->cells)
		printf("cells, ff, area (liberty units), ns (shortest clock period; encoders: delay): %s\n", cells_source);
	printf("energy of one conversion, Vdd = %g V, B bits\n", t->vdd);
	energy_legend(t);
}

void adc_table_text(const struct adc_table *t)
{
	printf("%-12s %6s %-8s %6s %6s %14s %5s %6s %7s %5s", "kind", "bits", "ref", "cycles", "clocks", "comparisons", "comp", "arrays", "lines", "caps");
	if (t->cells)
		printf(" %7s %6s %9s %8s", "cells", "ff", "area", "ns");
	printf(" %9s %9s %9s\n", "zigzag fJ", "neuros fJ", "accel fJ");
	for (size_t i = 0; i < t->n; i++)
		row_text(t, &t->row[i]);
	legend(t);
}
