/* bitline train: a model from scratch, or a checkpoint trained on; in floats or through the read-out of a configuration. docs/train.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/safetensors_write.h"
#include "cli/cli_config.h"
#include "cli/cli_readout.h"
#include "cli/train_cmd.h"
#include "common/term.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIDE_TOP = 1 << 20, MANY = 1 << 24, STEPS_TOP = 1 << 28 };

/* converters of a sequence: the same distribution, another seed */
static int redraw(void *job, long n, const int32_t **tables, struct err *e)
{
	struct train_job *j = job;
	struct cfg c = j->cfg;

	c.error_seed = (int)(((unsigned long)j->cfg.error_seed + 1 + (unsigned long)n) & INT_MAX);
	cli_tables_release(&j->redrawn);
	if (cli_tables_make(&j->redrawn, &c, NULL, e))
		return -1;
	*tables = j->redrawn.first;
	return 0;
}

static int load_readout(struct train_job *j, struct err *e)
{
	const struct train_cmd *c = &j->c;

	if (!c->config)
		return 0;
	if (cli_config(&j->cfg, c->config, c->set.v, c->set.n, e) || cfg_executable(&j->cfg, "train", e) || cli_tables_make(&j->tables, &j->cfg, c->thresholds, e))
		return -1;
	numbers_readout(&j->cfg, &j->ro);
	j->ro.thresholds = j->tables.first;
	j->ro.product = true;
	j->fresh_draws = c->draws && !strcmp(c->draws, "fresh");
	if (j->fresh_draws && !j->tables.first)
		return err_set(e, ERR_INPUT, "--draws fresh: the converters of '%s' are ideal, there is nothing to draw; set an error, such as -s nonideal.offset=500", c->config);
	return 0;
}

static int train(struct train_job *j, struct err *e)
{
	const struct train_cmd *c = &j->c;
	const struct train_options o = {
		.steps = c->steps, .warmup = c->warmup, .batch = c->batch, .rate = c->rate, .last = c->last, .decay = c->decay, .beta2 = c->beta2, .clip = c->clip, .divergence = c->divergence,
		.keep_zeros = c->keep_zeros, .seed = (uint64_t)c->seed, .threads = (int)c->threads, .save_every = c->save_every, .test_every = c->test_every,
		.readout = c->config ? &j->ro : NULL, .head = c->head, .calibrate_every = c->calibrate_every,
		.redraw = j->fresh_draws ? redraw : NULL, .redraw_ctx = j,
		.state = c->state, .identity = j->identity, .resume = c->resume,
	};
	int bad;

	if (term_level() > TERM_QUIET)
		fprintf(stderr, "seed %ld, %d sequences, %zu parameters, %ld threads\n", c->seed, j->text.n, j->p.n, c->threads);
	bad = train_run(&j->p, j->has_teacher ? &j->teacher : NULL, &j->text, j->test.n ? &j->test : NULL, &o, train_show, j, e);
	train_show_end(j);
	return bad;
}

static int run(struct train_job *j, struct err *e)
{
	const struct train_cmd *c = &j->c;

	if (train_cmd_check(&j->c, e) || cli_check_place(c->out, e) || (c->state && cli_check_place(c->state, e)))
		return -1;
	if (load_readout(j, e) || train_start(j, e) || train_texts(j, e) || train_identity(j, &j->identity, e) || train(j, e))
		return -1;
	if (c->integers ? model_write_integers(&j->p.model, (int)c->integers, gc_row, c->out, e) : model_write(&j->p.model, c->out, e))
		return -1;
	return train_show_result(j, e);
}

static void release(struct train_job *j)
{
	if (j->has_p)
		params_release(&j->p);
	if (j->has_teacher)
		model_release(&j->teacher);
	if (j->has_tok)
		tok_release(&j->tok);
	text_release(&j->text);
	text_release(&j->test);
	cli_tables_release(&j->tables);
	cli_tables_release(&j->redrawn);
	opt_list_release(&j->c.set);
	free(j->identity);
}

int cmd_train(int argc, char **argv)
{
	struct train_job j = { .last_test = NAN, .terminal = isatty(STDERR_FILENO),
			       .c = { .warmup = -1, .seed = 1, .temperature = NAN, .rate = 2e-3, .last = 0.05, .decay = 0.01, .beta2 = 0.95, .clip = 1, .divergence = NAN } };
	struct train_cmd *c = &j.c;
	const struct opt opts[] = {
		{ "--out", OPT_TEXT, &c->out, "FILE", "safetensors file to write; map, golden and cosim read it", .required = true },
		{ "--model", OPT_TEXT, &c->model, "FILE", "checkpoint to start from" },
		{ "--fresh", OPT_FLAG, &c->fresh, NULL, "start from random weights of the sizes that follow" },
		{ "--dim", OPT_INT, &c->dim, "N", "width", .lo = 2, .hi = SIDE_TOP },
		{ "--hidden", OPT_INT, &c->hidden, "N", "width inside the feed-forward part", .lo = 1, .hi = SIDE_TOP },
		{ "--layers", OPT_INT, &c->layers, "N", "layers", .lo = 1, .hi = SIDE_TOP },
		{ "--heads", OPT_INT, &c->heads, "N", "query heads", .lo = 1, .hi = SIDE_TOP },
		{ "--kv-heads", OPT_INT, &c->kv_heads, "N", "key and value heads (as --heads)", .lo = 1, .hi = SIDE_TOP },
		{ "--context", OPT_INT, &c->context, "N", "longest sequence, tokens", .lo = 2, .hi = SIDE_TOP },
		{ "--vocab", OPT_INT, &c->vocab, "N", "tokens of the tokenizer", .lo = 3, .hi = SIDE_TOP },
		{ "--blocks", OPT_INT, &c->blocks, "B", "Monarch blocks: dense layers of --model are projected first, --fresh begins with factors", .lo = 1, .hi = SIDE_TOP },
		{ "--rank", OPT_INT, &c->rank, "R", "rank of a slice (of every layer: B*B*R nearest to its smaller side)", .lo = 1, .hi = SIDE_TOP },
		{ "--teacher", OPT_TEXT, &c->teacher, "FILE", "checkpoint to distil" },
		{ "--divergence", OPT_REAL, &c->divergence, "X", "share of KL(teacher || student) in the loss, the rest is cross-entropy (1)", .least = 0, .most = 1 },
		{ "--text", OPT_TEXT, &c->text, "FILE", "train on a text; blank lines separate sequences" },
		{ "--samples", OPT_INT, &c->samples, "N", "train on N sequences sampled from the teacher", .lo = 1, .hi = MANY },
		{ "--sample-length", OPT_INT, &c->sample_length, "N", "tokens of a sample (256)", .lo = 2, .hi = SIDE_TOP },
		{ "--temperature", OPT_REAL, &c->temperature, "X", "of the samples (1)", .least = 0, .most = 100 },
		{ "--stories", OPT_INT, &c->stories, "N", "train on N stories of the grammar", .lo = 1, .hi = MANY },
		{ "--tokenizer", OPT_TEXT, &c->tokenizer, "FILE", "of the model (MODEL.tok.bin or tok512.bin beside it, or in ../stories260K)" },
		{ "--test", OPT_TEXT, &c->test, "FILE", "held-out text" },
		{ "--test-stories", OPT_INT, &c->test_stories, "N", "held-out stories: of seed + 2^32", .lo = 1, .hi = MANY },
		{ "--test-every", OPT_INT, &c->test_every, "N", "steps (a tenth of all)", .lo = 1, .hi = STEPS_TOP },
		{ "--steps", OPT_INT, &c->steps, "N", "steps (1000)", .lo = 1, .hi = STEPS_TOP },
		{ "--warmup", OPT_INT, &c->warmup, "N", "steps in which the rate rises (a twentieth of all)", .lo = 0, .hi = STEPS_TOP },
		{ "--batch", OPT_INT, &c->batch, "N", "sequences of a step (16)", .lo = 1, .hi = 1 << 16 },
		{ "--length", OPT_INT, &c->length, "N", "cut sequences there (the context)", .lo = 2, .hi = SIDE_TOP },
		{ "--rate", OPT_REAL, &c->rate, "X", "peak learning rate (0.002)", .least = 0, .most = 10 },
		{ "--last", OPT_REAL, &c->last, "X", "its share at the end (0.05)", .least = 0, .most = 1 },
		{ "--decay", OPT_REAL, &c->decay, "X", "weight decay (0.01)", .least = 0, .most = 10 },
		{ "--beta2", OPT_REAL, &c->beta2, "X", "of AdamW (0.95)", .least = 0, .most = 0.999999 },
		{ "--clip", OPT_REAL, &c->clip, "X", "largest gradient norm (1)", .least = 1e-9, .most = 1e9 },
		{ "--keep-zeros", OPT_FLAG, &c->keep_zeros, NULL, "zeros that dense layers start with stay zero" },
		{ "--config", OPT_TEXT, &c->config, "FILE", "forward pass through the read-out of a configuration" },
		{ "-s", OPT_LIST, &c->set, "KEY=VALUE", "override a field of it" },
		{ "--thresholds", OPT_TEXT, &c->thresholds, "FILE", "threshold tables (docs/macro.md) instead of the configuration's" },
		{ "--draws", OPT_TEXT, &c->draws, "NAME", "fixed (the default): the configuration's converters; fresh: others of the same distribution for every sequence of every step" },
		{ "--head", OPT_FLAG, &c->head, NULL, "the head through the read-out as well" },
		{ "--calibrate-every", OPT_INT, &c->calibrate_every, "N", "steps after which k and k_out are found anew (only at the start, when the model has none)", .lo = 1, .hi = STEPS_TOP },
		{ "--state", OPT_TEXT, &c->state, "FILE", "saved state" },
		{ "--save-every", OPT_INT, &c->save_every, "N", "steps (200)", .lo = 1, .hi = STEPS_TOP },
		{ "--resume", OPT_FLAG, &c->resume, NULL, "go on from the saved state; from the beginning when there is none" },
		{ "--integers", OPT_INT, &c->integers, "BITS", "write weights as integers with scales", .lo = 2, .hi = 8 },
		{ "--seed", OPT_INT, &c->seed, "N", "of weights, samples, stories and their order (1)", .lo = 0, .hi = INT_MAX },
		{ "--threads", OPT_INT, &c->threads, "N", "threads (all processors); the result is the same for any number unless converters have state", .lo = 1, .hi = 256 },
		{ "--json", OPT_FLAG, &c->json, NULL, "print JSON" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline train --out FILE (--model FILE | --fresh SIZES) (--text FILE | --samples N --teacher FILE | --stories N) [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	run(&j, &e);
	release(&j);
	return e.code ? cli_fail(&e) : 0;
}
