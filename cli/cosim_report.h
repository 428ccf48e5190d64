/* Sums over layers, the JSON of `bitline cosim --json`, and the lines for people.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_REPORT_H
#define CLI_COSIM_REPORT_H
#include "cli/cli_faults.h"
#include "cli/cosim_case.h"
#include <jansson.h>
#include <stdio.h>

struct cosim_report {
	uint64_t codes, partials, outputs, mismatches;
	uint64_t rtl_cycles, predicted, predicted_least, predicted_most, stalls, activations, conversions, comparisons;
	uint64_t compare_clocks, compute_clocks, convert_clocks, serve_clocks, window, clocks;
	uint64_t wait_load, wait_act, wait_out, wait_end;
	const char *machine_only;   /* why golden's layer did not judge; NULL: it did */
	char thresholds[65];        /* SHA-256 of the threshold tables; empty: ideal ones */
	/* faults.md */
	bool faulty, mapped;        /* --faults names some; --bad: there is a repair map */
	size_t cells, comparators, repaired;
	struct case_cost cost;
	uint64_t costed;            /* outputs that it is of */
	double tree_mean;           /* comparisons of a conversion that the search tree promises; 0: no tree */
	double seconds, least;      /* least: clocks that the converter bound stands for */
	int layers, tokens;
	long processes_kb;          /* memory of the processes of --jobs, beside this one's (jobs_memory) */
	char first[1200];           /* first difference and the command that repeats it */
	bool in_device;             /* it is one of the device, seen in this clock of it: not only of the layer */
	uint64_t first_clock;
	enum engine_kind engine;
	json_t *names, *per_layer;
};

void report_init(struct cosim_report *r);
void report_release(struct cosim_report *r);
/* what is broken, and repaired: before the first report_add */
void report_faults(struct cosim_report *r, const struct cli_faults *f);
/* repeat: the command for this layer alone */
void report_add(struct cosim_report *r, const struct cosim_case *k, const char *repeat);
/* one line per layer, for people */
void report_line(const struct cosim_case *k);
void report_print(const struct cosim_report *r, const char *hash, const struct device_lib *lib, double wall_s);
/* what was waited for before anything ran, in words */
void report_device(const struct cosim_report *r, const struct device_lib *lib, FILE *f);
/* the caller's to add to and print */
json_t *report_json(const struct cosim_report *r, const char *hash, const struct device_lib *lib, double wall_s, uint64_t seed, double stall);

#endif
