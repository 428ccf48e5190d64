/* What is said of a text that went through the RTL.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_generate_parts.h"
#include "common/term.h"
#include <inttypes.h>
#include <stdio.h>

void generation_report(struct generation *g, struct cosim_report *r, const char *repeat)
{
	for (int i = 0; i < g->n_units; i++) {
		g->unit[i].k.tokens = g->position;
		report_add(r, &g->unit[i].k, repeat);
	}
	if (!*g->first)
		return;
	r->mismatches++;
	snprintf(r->first, sizeof(r->first), "%s\nrepeat: %s", g->first, repeat);
}

static uint64_t sum_cycles(const struct generation *g, uint64_t *least, uint64_t *most)
{
	uint64_t sum = 0;

	*least = *most = g->position ? g->cycles_of[0] : 0;
	for (int i = 0; i < g->position; i++) {
		sum += g->cycles_of[i];
		*least = g->cycles_of[i] < *least ? g->cycles_of[i] : *least;
		*most = g->cycles_of[i] > *most ? g->cycles_of[i] : *most;
	}
	return sum;
}

static void print_figures(const struct generation *g, const struct cosim_report *r, const struct device_lib *lib)
{
	uint64_t least, most, sum = sum_cycles(g, &least, &most);

	fprintf(stderr, "%d tokens%s, %.0f cycles per token (mean of %d with the prompt's; %" PRIu64 "..%" PRIu64 "), %.3f s per token, temperature %g, seed %" PRIu64
		" (sampling and calibration)\n", g->speech.n_new, g->differs ? ", then the first difference" : speech_stopped_text(&g->speech, g->position), g->position ? (double)sum / g->position : 0, g->position, least, most,
		g->position ? g->seconds / g->position : 0, g->ask.temperature, g->ask.seed);
	fprintf(stderr, "%d programs per token, head %s; compared %" PRIu64 " codes, %" PRIu64 " partial sums, %" PRIu64 " outputs: %" PRIu64
		" mismatches; cycles %" PRIu64 " (predicted %" PRIu64 ", host stalls %" PRIu64 ")\n",
		g->n_units, g->gq->head ? "through the device" : "in floats", r->codes, r->partials, r->outputs, r->mismatches, r->rtl_cycles, r->predicted, r->stalls);
	report_device(r, lib, stderr);
	fputc('\n', stderr);
	if (r->tree_mean > 0)
		fprintf(stderr, "comparisons of a conversion: %.3f promised by the search tree; cycles predicted within %" PRIu64 "..%" PRIu64 "\n", r->tree_mean, r->predicted_least, r->predicted_most);
	if (*r->thresholds)
		fprintf(stderr, "thresholds: SHA-256 %s\n", r->thresholds);
	if (g->alone)
		fprintf(stderr, "text: the machine's, with no golden run beside it (%s)\n", g->alone);
	else if (!g->differs)
		fputs("text: golden's, every logit equal\n", stderr);
}

void generation_print(const struct generation *g, const struct cosim_report *r, const struct device_lib *lib)
{
	if (term_level() > TERM_QUIET)
		print_figures(g, r, lib);
	fputs(r->mismatches ? "verdict: DIFFERENT\n" : "verdict: equal, bit by bit\n", stderr);
	if (*r->first)
		fprintf(stderr, "first difference: %s\n", r->first);
}

void generation_json(const struct generation *g, json_t *j)
{
	json_t *cycles = json_array();

	for (int i = 0; i < g->position; i++)
		json_array_append_new(cycles, json_integer((json_int_t)g->cycles_of[i]));
	speech_json(&g->speech, g->position, j);
	if (g->differs)
		json_object_set_new(j, "stopped", json_string("difference"));
	json_object_set_new(j, "positions", json_integer(g->position));
	json_object_set_new(j, "devices", json_integer(cosim_devices(g->device)));
	json_object_set_new(j, "cycles_per_token", cycles);
	json_object_set_new(j, "seconds_per_token", json_real(g->position ? g->seconds / g->position : 0));
	json_object_set_new(j, "temperature", json_real(g->ask.temperature));
	json_object_set_new(j, "head", json_string(g->gq->head ? "rtl" : "host"));
	json_object_set_new(j, "text_check", json_string(g->alone ? g->alone : "golden text"));
}
