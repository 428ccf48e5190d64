/* bitline cosim --generate: a model writes, and every linear layer of every token (the head included) goes through the RTL. docs/generate.md.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_GENERATE_H
#define CLI_COSIM_GENERATE_H
#include "cli/cosim_report.h"

struct generate_ask {
	const struct cfg *cfg;
	const struct gl_readout *ro;
	const struct cli_tables *tables;
	enum map_placement placement;
	const char *model, *tokenizer, *prompt; /* the last two may be NULL */
	long n;                    /* most new tokens */
	double temperature, stall;
	uint64_t seed;             /* of calibration, sampling and stalls */
	bool host_head;            /* the head in floats, by the host */
	bool print;                /* text to standard output as it comes */
};

/* In this order; what ask points to stays the caller's and where it is. */
struct generation;
/* checkpoint, tokenizer, prompt */
struct generation *generation_new(const struct generate_ask *ask, struct err *e);
/* the counts of every conversion of the same text as golden writes it, added to histogram [2 * cli_smax + 1]: for the search tree */
int generation_count(struct generation *g, uint64_t *histogram, struct err *e);
/* Integers and programs: one program per layer, or per layers that read one vector where that saves clocks; everything must fit before anything is built.
 * tree: of an asymmetric search, stays the caller's; else NULL */
int generation_prepare(struct generation *g, const struct cli_tree *tree, struct err *e);
/* Token by token until n, the end of the text, a full context or the first difference. */
int generation_run(struct generation *g, struct cosim *device, struct err *e);
/* the first program of the last token once more, from reset, for who watches; device NULL: only that */
int generation_record(struct generation *g, const struct case_watch *watch, struct cosim *device, struct err *e);
void generation_free(struct generation *g);

/* every layer into the report; repeat: the command */
void generation_report(struct generation *g, struct cosim_report *r, const char *repeat);
/* what people are told on standard error, once the text has been written */
void generation_print(const struct generation *g, const struct cosim_report *r, const struct device_lib *lib);
/* the keys of its own beside the report's */
void generation_json(const struct generation *g, json_t *j);

#endif
