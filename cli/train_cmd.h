/* bitline train, cut into its parts: where to start, what to learn from, the identity of the run, what is shown.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TRAIN_CMD_H
#define CLI_TRAIN_CMD_H
#include "cli/cli.h"
#include "cli/cli_tables.h"
#include "common/cfg.h"
#include "common/progress.h"
#include "train/train.h"

struct train_cmd { /* the command line; 0, NULL, NaN: not given */
	const char *out, *model, *teacher, *text, *test, *tokenizer, *config, *thresholds, *draws, *state;
	struct opt_list set;
	bool fresh, head, resume, keep_zeros, json;
	long dim, hidden, layers, heads, kv_heads, context, vocab, blocks, rank;
	long samples, sample_length, stories, test_stories;
	long steps, warmup, batch, length, seed, threads, save_every, test_every, calibrate_every, integers;
	double temperature, rate, last, decay, beta2, clip, divergence;
};

struct train_job {
	struct train_cmd c;
	struct params p;
	struct model teacher;
	struct tokenizer tok;
	struct text text, test;
	bool has_p, has_teacher, has_tok;
	struct cfg cfg;
	struct gl_readout ro;
	struct cli_tables tables, redrawn; /* of the configuration; of the step, with fresh draws */
	bool fresh_draws;
	char *identity;
	/* shown */
	bool terminal, line;       /* stderr; a line stands there that is to be written over */
	double last_test;          /* NaN: none yet */
	long shown;                /* lines of a pipe */
	struct train_progress end;
};

/* options against each other, and what follows from those not given */
int train_cmd_check(struct train_cmd *c, struct err *e);
/* --fresh, or --model with its dense layers projected -> j->p */
int train_start(struct train_job *j, struct err *e);
/* teacher, tokenizer, training text, test text */
int train_texts(struct train_job *j, struct err *e);
/* what decides the result, a line for each: new memory */
int train_identity(const struct train_job *j, char **identity, struct err *e);
/* SHA-256 of a file's bytes */
int train_file_hash(const char *path, char hex[65], struct err *e);

/* report of train_run: ctx is the job */
int train_show(void *job, const struct train_progress *g);
void train_show_end(struct train_job *j);
/* the trained model has been written to --out */
int train_show_result(const struct train_job *j, struct err *e);

#endif
