/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_report.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

void report_init(struct cosim_report *r)
{
	memset(r, 0, sizeof(*r));
	r->names = json_array();
	r->per_layer = json_array();
}

void report_release(struct cosim_report *r)
{
	json_decref(r->names);
	json_decref(r->per_layer);
}

static double ratio(double a, double b)
{
	return b > 0 ? a / b : 0;
}

void report_faults(struct cosim_report *r, const struct cli_faults *f)
{
	for (size_t i = 0; i < f->faults.n; i++)
		f->faults.fault[i].kind == GF_CELL ? r->cells++ : r->comparators++;
	r->faulty = f->faults.n > 0;
	r->mapped = f->words != NULL;
	r->repaired = f->n_repair;
}

static void add_cost(struct cosim_report *r, const struct cosim_case *k)
{
	if (r->faulty && !k->machine_only)
		r->costed += k->outputs_compared;
	r->cost.changed += k->cost.changed;
	r->cost.error += k->cost.error;
	r->cost.size += k->cost.size;
	r->cost.largest = k->cost.largest > r->cost.largest ? k->cost.largest : r->cost.largest;
}

/* null where golden's layer knows nothing of the run's outputs */
static json_t *faults_json(const struct cosim_report *r)
{
	json_t *j = json_object();

	json_object_set_new(j, "cells", json_integer((json_int_t)r->cells));
	json_object_set_new(j, "comparators", json_integer((json_int_t)r->comparators));
	json_object_set_new(j, "outputs_compared", json_integer((json_int_t)r->costed));
	json_object_set_new(j, "outputs_changed", r->costed ? json_integer((json_int_t)r->cost.changed) : json_null());
	json_object_set_new(j, "mean_error", r->costed ? json_real(ratio(r->cost.error, (double)r->costed)) : json_null());
	json_object_set_new(j, "mean_output", r->costed ? json_real(ratio(r->cost.size, (double)r->costed)) : json_null());
	json_object_set_new(j, "largest_error", r->costed ? json_integer(r->cost.largest) : json_null());
	return j;
}

static void print_faults(const struct cosim_report *r)
{
	if (r->faulty)
		printf("stuck: %zu cells, %zu comparators, in the device and in the golden machine\n", r->cells, r->comparators);
	if (r->mapped)
		printf("repaired: %zu positions\n", r->repaired);
	if (r->faulty && r->costed)
		printf("against the fault-free layer: %" PRIu64 " of %" PRIu64 " outputs differ, mean |error| %.3f of a mean |output| %.3f, largest %" PRId64 "\n", r->cost.changed, r->costed,
		       ratio(r->cost.error, (double)r->costed), ratio(r->cost.size, (double)r->costed), r->cost.largest);
}

/* null: the engine shows no window */
static json_t *busy(const struct cosim_report *r, uint64_t compare_clocks, uint64_t window)
{
	return engine_traits[r->engine].window ? json_real(ratio((double)compare_clocks, (double)window)) : json_null();
}

static uint64_t mismatches(const struct cosim_case *k)
{
	return k->total.mismatches + k->mismatches;
}

static const char *check_of(const struct cosim_case *k)
{
	return k->machine_only ? k->machine_only : case_lossless(k) ? "integer product" : "read-out partition";
}

void report_add(struct cosim_report *r, const struct cosim_case *k, const char *repeat)
{
	const struct cosim_result *t = &k->total;
	const char *first = *t->first ? t->first : k->first;
	json_t *j;

	if (*first && !*r->first) {
		snprintf(r->first, sizeof(r->first), "%s\nrepeat: %s", first, repeat);
		r->in_device = t->mismatches > 0;
		r->first_clock = t->first_clock;
	}
	r->least += k->least;
	r->codes += t->codes;
	r->partials += t->partials;
	r->outputs += k->outputs_compared;
	r->mismatches += mismatches(k);
	add_cost(r, k);
	r->rtl_cycles += t->rtl_cycles;
	r->predicted += k->predicted.cycles;
	r->predicted_least += k->predicted.cycles_least;
	r->predicted_most += k->predicted.cycles_most;
	r->stalls += t->stalls;
	r->activations += t->activations;
	r->conversions += t->conversions;
	r->comparisons += t->comparisons;
	r->compare_clocks += t->compare_clocks;
	r->compute_clocks += t->compute_clocks;
	r->convert_clocks += t->convert_clocks;
	r->serve_clocks += t->serve_clocks;
	r->wait_load += t->wait_load;
	r->wait_act += t->wait_act;
	r->wait_out += t->wait_out;
	r->wait_end += t->wait_end;
	r->window += t->window;
	r->clocks += t->clocks;
	r->seconds += t->seconds;
	r->layers++;
	r->tokens = k->tokens;
	if (k->machine_only)
		r->machine_only = k->machine_only;
	json_array_append_new(r->names, json_string(k->map.name));
	j = json_pack("{s:s,s:i,s:i,s:i,s:i,s:b}", "name", k->map.name, "out", k->map.out, "in", k->map.in, "stages", k->n_stages, "tokens", k->tokens, "lossless",
		      case_lossless(k));
	json_object_set_new(j, "codes_compared", json_integer(t->codes));
	json_object_set_new(j, "partials_compared", json_integer(t->partials));
	json_object_set_new(j, "outputs_compared", json_integer(k->outputs_compared));
	json_object_set_new(j, "mismatches", json_integer(mismatches(k)));
	json_object_set_new(j, "rtl_cycles", json_integer(t->rtl_cycles));
	json_object_set_new(j, "predicted_cycles", json_integer(k->predicted.cycles));
	json_object_set_new(j, "layer_check", json_string(check_of(k)));
	if (k->groups) {
		json_object_set_new(j, "groups", json_integer(k->groups));
		json_object_set_new(j, "programs", json_integer(k->programs));
		json_object_set_new(j, "arrays", json_integer(k->arrays));
	}
	json_object_set_new(j, "converter_busy", busy(r, t->compare_clocks, t->window));
	json_object_set_new(j, "converter_bound", json_real(ratio(t->compare_clocks, k->least)));
	if (*first)
		json_object_set_new(j, "first_difference", json_string(first));
	json_array_append_new(r->per_layer, j);
}

/* largest resident memory so far; of several processes the sum */
static double peak_mb(const struct cosim_report *r)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_maxrss + r->processes_kb) / 1024;
}

void report_line(const struct cosim_case *k)
{
	const struct cosim_result *t = &k->total;

	progress_hide();
	printf("  %-8s %5d x %-5d %10" PRIu64 " codes %9" PRIu64 " partial sums %7" PRIu64 " outputs %10" PRIu64 " cycles  %s\n", k->map.name, k->map.out, k->map.in,
	       t->codes, t->partials, k->outputs_compared, t->rtl_cycles, mismatches(k) ? "DIFFERENT" : "equal");
	fflush(stdout);
}

void report_device(const struct cosim_report *r, const struct device_lib *lib, FILE *f)
{
	fprintf(f, "engine %s, ", engine_name[r->engine]);
	if (lib->was_cached)
		fprintf(f, "device from the cache in %.1f s", lib->build_seconds);
	else if (engine_traits[r->engine].rtl)
		fprintf(f, "device built in %.1f s (%.1f s to translate the RTL, %.1f s to compile)", lib->build_seconds, lib->verilate_seconds, lib->build_seconds - lib->verilate_seconds);
	else
		fprintf(f, "device built in %.1f s", lib->build_seconds);
}

/* an engine that is the golden machine itself: what was compared with what */
static void say_golden(const struct cosim_report *r)
{
	printf("no code was compared, since engine %s is the golden machine: cycles and counters are judged by the mapper's prediction, ", engine_name[r->engine]);
	if (r->machine_only || r->faulty)
		printf("outputs by nothing (%s)\n", r->machine_only ? r->machine_only : "the device has faults");
	else
		puts("outputs by golden's layers");
}

void report_print(const struct cosim_report *r, const char *hash, const struct device_lib *lib, double wall_s)
{
	printf("configuration %.16s, %d layers, %d tokens, ", hash, r->layers, r->tokens);
	report_device(r, lib, stdout);
	putchar('\n');
	printf("compared %" PRIu64 " codes, %" PRIu64 " partial sums, %" PRIu64 " outputs: %" PRIu64 " mismatches\n", r->codes, r->partials, r->outputs, r->mismatches);
	printf("cycles %" PRIu64 " (predicted %" PRIu64 ", host stalls %" PRIu64 "), activations %" PRIu64 ", conversions %" PRIu64 ", comparisons %" PRIu64 "\n",
	       r->rtl_cycles, r->predicted, r->stalls, r->activations, r->conversions, r->comparisons);
	if (r->tree_mean > 0)
		printf("comparisons of a conversion %.3f on the average (the search tree: %.3f), cycles predicted within %" PRIu64 "..%" PRIu64 "\n", ratio(r->comparisons, r->conversions),
		       r->tree_mean, r->predicted_least, r->predicted_most);
	if (r->serve_clocks)
		printf("clocks summed over arrays: computing %" PRIu64 ", converting %" PRIu64 ", serving %" PRIu64 "\n", r->compute_clocks, r->convert_clocks, r->serve_clocks);
	if (*r->thresholds)
		printf("thresholds: SHA-256 %s\n", r->thresholds);
	print_faults(r);
	if (engine_traits[r->engine].golden)
		say_golden(r);
	else if (r->machine_only)
		printf("layer check: by the golden machine alone (%s)\n", r->machine_only);
	if (engine_traits[r->engine].window)
		printf("converters busy %.4f (bound %.4f), ", ratio(r->compare_clocks, r->window), ratio(r->compare_clocks, r->least));
	printf("%.0f simulated cycles/s, %.1f s\n", ratio(r->clocks, r->seconds), wall_s);
	puts(r->mismatches ? "verdict: DIFFERENT" : engine_traits[r->engine].golden && (r->machine_only || r->faulty) ? "verdict: clocks as predicted, outputs not judged" : "verdict: equal, bit by bit");
	if (*r->first)
		printf("first difference: %s\n", r->first);
}

json_t *report_json(const struct cosim_report *r, const char *hash, const struct device_lib *lib, double wall_s, uint64_t seed, double stall)
{
	json_t *j = json_object();

	json_object_set_new(j, "config_sha256", json_string(hash));
	json_object_set_new(j, "engine", json_string(engine_name[r->engine]));
	json_object_set(j, "layers", r->names);
	json_object_set_new(j, "tokens", json_integer(r->tokens));
	json_object_set_new(j, "codes_compared", json_integer(r->codes));
	json_object_set_new(j, "partials_compared", json_integer(r->partials));
	json_object_set_new(j, "outputs_compared", json_integer(r->outputs));
	json_object_set_new(j, "mismatches", json_integer(r->mismatches));
	json_object_set_new(j, "rtl_cycles", json_integer(r->rtl_cycles));
	json_object_set_new(j, "predicted_cycles", json_integer(r->predicted));
	if (r->tree_mean > 0) {
		json_object_set_new(j, "predicted_least", json_integer(r->predicted_least));
		json_object_set_new(j, "predicted_most", json_integer(r->predicted_most));
		json_object_set_new(j, "tree_mean", json_real(r->tree_mean));
		json_object_set_new(j, "comparisons_per_conversion", json_real(ratio(r->comparisons, r->conversions)));
	}
	json_object_set_new(j, "layer_check", json_string(r->machine_only ? r->machine_only : r->faulty ? "none: the device has faults" : "golden layer"));
	if (r->faulty)
		json_object_set_new(j, "faults", faults_json(r));
	if (r->mapped)
		json_object_set_new(j, "repaired_positions", json_integer((json_int_t)r->repaired));
	if (*r->thresholds)
		json_object_set_new(j, "thresholds_sha256", json_string(r->thresholds));
	json_object_set_new(j, "stalls", json_integer(r->stalls));
	json_object_set_new(j, "activations", json_integer(r->activations));
	json_object_set_new(j, "conversions", json_integer(r->conversions));
	json_object_set_new(j, "comparisons", json_integer(r->comparisons));
	json_object_set_new(j, "compare_clocks", json_integer(r->compare_clocks));
	json_object_set_new(j, "compute_clocks", json_integer(r->compute_clocks));
	json_object_set_new(j, "convert_clocks", json_integer(r->convert_clocks));
	json_object_set_new(j, "serve_clocks", json_integer(r->serve_clocks));
	json_object_set_new(j, "wait_load", json_integer(r->wait_load));
	json_object_set_new(j, "wait_act", json_integer(r->wait_act));
	json_object_set_new(j, "wait_out", json_integer(r->wait_out));
	json_object_set_new(j, "wait_end", json_integer(r->wait_end));
	json_object_set_new(j, "converter_busy", busy(r, r->compare_clocks, r->window));
	json_object_set_new(j, "converter_bound", json_real(ratio(r->compare_clocks, r->least)));
	json_object_set_new(j, "seed", json_integer(seed));
	json_object_set_new(j, "stall", json_real(stall));
	json_object_set_new(j, "sim_cycles", json_integer(r->clocks));
	json_object_set_new(j, "sim_cycles_per_second", json_real(ratio(r->clocks, r->seconds)));
	json_object_set_new(j, "build_s", json_real(lib->build_seconds));
	json_object_set_new(j, "translate_s", json_real(lib->verilate_seconds));
	json_object_set_new(j, "cached", json_boolean(lib->was_cached));
	json_object_set_new(j, "wall_s", json_real(wall_s));
	json_object_set_new(j, "peak_mb", json_real(peak_mb(r)));
	if (*r->first)
		json_object_set_new(j, "first_difference", json_string(r->first));
	json_object_set(j, "per_layer", r->per_layer);
	return j;
}
