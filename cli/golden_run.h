/* One run of `bitline golden` from the inside: shared by cli/cmd_golden.c and cli/golden_*.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_GOLDEN_RUN_H
#define CLI_GOLDEN_RUN_H
#include "cli/cli.h"
#include "cli/cli_readout.h"
#include "cli/cli_speech.h"
#include "cli/cli_tables.h"
#include "common/progress.h"

struct golden_options {
	const char *model, *text, *tokenizer, *config, *placement, *histogram, *thresholds, *prompt, *out;
	struct opt_list set;
	long seed, generate;   /* generate 0: perplexity */
	double temperature;    /* below 0: not given, as 0 */
	bool json, host_head, head, whole;
};

struct golden_run {
	struct golden_options o;
	struct model model;
	struct tokenizer tok;
	struct text text;
	bool has_model, has_tok;
	struct cfg cfg;
	struct gl_readout ro;
	struct cli_tables tables;
	uint64_t *histogram;   /* of the read-out run; NULL: not wanted */
	struct gq *gq;         /* NULL: float */
	enum map_placement placement;
	bool lossless;
	double tree_mean;      /* comparisons of a conversion that the best search tree needs for this text; 0: another search */
	/* perplexity */
	bool in_floats;        /* the run under way */
	long predicted, characters; /* characters: with --whole, bytes of the text */
	double perplexity, float_perplexity;
	struct progress bar;
	uint64_t steps;
	bool has_bar;          /* of a text that is written */
	/* text */
	struct speech speech;
	struct err bad;        /* logits that are no numbers */
	int positions;         /* tokens that the model has run */
	double seconds;
};

bool golden_has_monarch(const struct model *m);
/* histogram of the calibrated run so far is thrown away: it is of the text alone */
void golden_clear_histogram(struct golden_run *r);
/* tree_mean, and the file of --histogram */
int golden_take_histogram(struct golden_run *r, struct err *e);
/* what every JSON of golden says of the configuration */
void golden_json_config(const struct golden_run *r, json_t *j);

/* --text: model and text are loaded; gq, when there is a configuration, calibrated */
int golden_perplexity_load(struct golden_run *r, struct err *e);
int golden_perplexity(struct golden_run *r, struct err *e);
void golden_perplexity_print(const struct golden_run *r);
/* --out: DIR/perplexity.B.json (docs/report.md), what --json prints */
int golden_perplexity_write(const struct golden_run *r, struct err *e);

/* --generate */
int golden_generate_load(struct golden_run *r, struct err *e);
int golden_generate(struct golden_run *r, struct err *e);
void golden_generate_print(const struct golden_run *r);

#endif
