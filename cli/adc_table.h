/* The cost table of `bitline adc`: which converters it has, their costs, how it is printed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ADC_TABLE_H
#define CLI_ADC_TABLE_H
#include "adc/cost.h"
#include "adc/histogram.h"
#include "cli/adc_synth.h"
#include "cli/cli.h"

/* what the user asked for */
struct adc_wanted {
	struct opt_list kinds;     /* none: all */
	const char *bits;          /* "A..B" or "A"; NULL: every legal width */
	const char *reference;     /* local, immersed; NULL: both */
	const char *histogram;     /* file; NULL: the model of adc/histogram.h */
	long flash_bits, depth;    /* hybrid: at most, one bit less than the width in any case; asymmetric */
	double vdd;
	bool no_cells;             /* leave out what Yosys and OpenSTA say */
};

/* One line. An encoder (of the thermometer of a flash step) has cells only. */
struct adc_row {
	const char *kind;          /* as --kind says it */
	bool encoder;
	struct cost_case c;
	struct cost cost;
	struct cost_energy energy[COST_MODELS];
	int compare_clocks;        /* P_c that `clocks` is said for: 1 local, 3 immersed */
	char *synth;               /* case of adc_synth */
	struct adc_cells cells;
};
struct adc_table { struct adc_row *row; size_t n; double vdd; const char *weights; bool cells; };

/* release in any case */
int adc_table_make(const struct adc_wanted *w, struct adc_table *t, struct err *e);
void adc_table_release(struct adc_table *t);
void adc_table_json(const struct adc_table *t);
void adc_table_text(const struct adc_table *t);

#endif
