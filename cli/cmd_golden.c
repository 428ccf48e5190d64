/* bitline golden: perplexity of a whole model over a text, in floats or with every linear layer through the read-out of a configuration.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_json.h"
#include "cli/cli_readout.h"
#include "cli/cli_tables.h"
#include "cli/cli_tree.h"
#include "common/mem.h"
#include "common/progress.h"
#include "golden/quantised.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
	const char *model, *text, *tokenizer, *config, *placement, *histogram, *thresholds;
	struct opt_list set;
	long seed;
	bool json;
};

struct golden_run {
	struct options o;
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
	long predicted;
	double perplexity, float_perplexity, tree_mean; /* tree_mean: comparisons of a conversion that the best search tree needs for this text; 0: another search */
	struct progress bar;
	uint64_t steps;
};

static int check_options(struct golden_run *r, struct err *e)
{
	const struct options *o = &r->o;

	if (cli_placement(o->placement, NULL, &r->placement, e))
		return -1;
	if (r->placement > MAP_SPARSE)
		return err_set(e, ERR_INPUT, "--placement %s has no partition of its own in golden: legal are linear, sparse, auto; where the read-out is lossless the figures are the same", o->placement);
	if (!o->config && (o->placement || o->set.n || o->histogram || o->thresholds))
		return err_set(e, ERR_INPUT, "%s means nothing without a configuration; add --config FILE",
			       o->placement ? "--placement" : o->set.n ? "-s" : o->histogram ? "--histogram" : "--thresholds");
	return 0;
}

static int load(struct golden_run *r, struct err *e)
{
	char *path;
	int rc;

	if (model_load(&r->model, r->o.model, e))
		return -1;
	r->has_model = true;
	path = cli_tokenizer(r->o.tokenizer, r->o.model, e);
	if (!path)
		return -1;
	rc = tok_load(&r->tok, path, r->model.vocab, e);
	free(path);
	if (rc)
		return -1;
	r->has_tok = true;
	return text_load(&r->text, r->o.text, &r->tok, e);
}

static uint64_t steps_of(const struct golden_run *r)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < r->text.n; i++)
		n += (uint64_t)(r->text.len[i] < r->model.seq_len ? r->text.len[i] : r->model.seq_len) - 1;
	return n;
}

static void linear(void *ctx, int layer, int id, const float *x, float *y)
{
	struct golden_run *r = ctx;

	if (r->gq)
		gq_linear(r->gq, layer, id, x, y);
	else
		tf_linear_float(&r->model.layers[layer].linear[id], x, y);
	if (layer == r->model.n_layers - 1 && id == MODEL_W2) /* the last one of a token */
		progress_at(&r->bar, ++r->steps);
}

/* r->gq NULL: in floats */
static int perplexity(struct golden_run *r, double *p, struct err *e)
{
	const char *what = r->gq ? "read-out" : "float";
	struct tf tf;

	r->steps = 0;
	progress_begin(&r->bar, what, steps_of(r));
	tf_init(&tf, &r->model, linear, r);
	*p = text_perplexity(&tf, &r->text, &r->predicted);
	tf_release(&tf);
	progress_end(&r->bar);
	if (!isfinite(*p))
		return err_set(e, ERR_INPUT, "'%s': %s perplexity is %s, legal is a finite number; mend the checkpoint, some of its numbers are not finite or far too large",
			       r->o.model, what, isnan(*p) ? "nan" : "infinite");
	return 0;
}

/* row groups of a matrix with `in` inputs: full ones and the rest (section 8) */
static bool lossless_rows(const struct gl_readout *ro, int in)
{
	return (in < ro->rows || gl_lossless(ro, ro->rows)) && (in % ro->rows == 0 || gl_lossless(ro, in % ro->rows));
}

/* rows as the placement drives them: linear makes one matrix of all blocks of a Monarch stage */
static bool all_lossless(const struct golden_run *r)
{
	int i, id;

	for (i = 0; i < r->model.n_layers; i++)
		for (id = 0; id < MODEL_N_LINEAR; id++) {
			const struct model_linear *l = &r->model.layers[i].linear[id];
			int side = r->placement == MAP_LINEAR ? l->b : 1;

			if (l->w ? !lossless_rows(&r->ro, l->in) : !lossless_rows(&r->ro, side * l->p) || !lossless_rows(&r->ro, side * l->b * l->r))
				return false;
		}
	return true;
}

static bool has_monarch(const struct model *m)
{
	int i;

	for (i = 0; i < m->n_layers * MODEL_N_LINEAR; i++)
		if (!m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR].w)
			return true;
	return false;
}

static int run(struct golden_run *r, struct err *e)
{
	struct gq *gq = NULL;
	int rc;

	if (check_options(r, e) || (r->o.histogram && cli_check_place(r->o.histogram, e)))
		return -1;
	if (r->o.config && (cfg_load(&r->cfg, r->o.config, r->o.set.v, r->o.set.n, e) || cfg_executable(&r->cfg, "golden", e)))
		return -1;
	if (load(r, e))
		return -1;
	if (steps_of(r) == 0)
		return err_set(e, ERR_INPUT, "'%s': no token to predict, a sequence needs two tokens and the model's context is %d; give a longer text",
			       r->o.text, r->model.seq_len);
	if (r->o.config) {
		if (cli_tables_make(&r->tables, &r->cfg, r->o.thresholds, e))
			return -1;
		cli_readout(&r->cfg, &r->ro);
		r->ro.thresholds = r->tables.first;
		if (r->o.histogram || r->cfg.search == CFG_ASYMMETRIC)
			r->histogram = r->ro.histogram = MEM_NEW(2 * (size_t)cli_smax(&r->cfg) + 1, uint64_t);
		r->lossless = all_lossless(r);
		if (!r->lossless && r->placement == MAP_LINEAR && has_monarch(&r->model))
			return err_set(e, ERR_INPUT, "--placement linear of a Monarch model: other rows are driven together than golden computes with, and %d bits are lossy there; use sparse, or raise readout.bits", r->cfg.bits);
		gq = cli_calibrated(&r->model, &r->ro, (unsigned long)r->o.seed, NULL, e); /* first: it names the weight that is wrong */
		if (!gq)
			return -1;
	}
	rc = perplexity(r, &r->float_perplexity, e);
	r->perplexity = r->float_perplexity;
	r->gq = gq;
	if (rc || !gq)
		return rc;
	if (r->histogram) /* of the text alone */
		memset(r->histogram, 0, (2 * (size_t)cli_smax(&r->cfg) + 1) * sizeof(*r->histogram));
	rc = perplexity(r, &r->perplexity, e);
	if (!rc && r->cfg.search == CFG_ASYMMETRIC) {
		struct cli_tree best;

		rc = cli_tree_make(&best, &r->cfg, NULL, r->histogram, e);
		r->tree_mean = best.mean;
	}
	return rc || !r->o.histogram ? rc : cli_histogram_write(&r->cfg, r->histogram, r->o.histogram, e);
}

static void print_json(const struct golden_run *r)
{
	bool monarch = r->gq && has_monarch(&r->model);
	json_t *j = json_object();
	char hash[65];

	json_object_set_new(j, "tokens", json_integer(r->predicted));
	json_object_set_new(j, "sequences", json_integer(r->text.n));
	json_object_set_new(j, "perplexity", json_real(r->perplexity));
	json_object_set_new(j, "float_perplexity", json_real(r->float_perplexity));
	if (r->gq)
		cfg_hash(&r->cfg, hash);
	json_object_set_new(j, "lossless", r->gq ? json_boolean(r->lossless) : json_null());
	json_object_set_new(j, "config", r->gq ? json_string(r->cfg.name) : json_null());
	json_object_set_new(j, "config_sha256", r->gq ? json_string(hash) : json_null());
	if (r->tree_mean > 0)
		json_object_set_new(j, "tree_mean", json_real(r->tree_mean));
	if (*r->tables.digest)
		json_object_set_new(j, "thresholds_sha256", json_string(r->tables.digest));
	json_object_set_new(j, "calibration_seed", monarch ? json_integer(r->o.seed) : json_null());
	json_object_set_new(j, "calibration_tokens", monarch ? json_integer(CLI_CALIBRATION_TOKENS) : json_null());
	cli_print_json(j);
}

static const char *code_name(enum cfg_code c)
{
	static const char *const name[] = { [CFG_TC] = "tc", [CFG_SM] = "sm", [CFG_DIF] = "dif", [CFG_TERNARY] = "ternary" };

	return name[c];
}

static void print_text(const struct golden_run *r)
{
	printf("%ld tokens in %d sequences\n", r->predicted, r->text.n);
	printf("perplexity %.4f in floats\n", r->float_perplexity);
	if (r->gq)
		printf("perplexity %.4f (%+.3f %%) through %s: weights %d bits %s, inputs %d bits %s, %d rows, %d converter bits, %s\n", r->perplexity,
		       (r->perplexity / r->float_perplexity - 1) * 100, r->cfg.name,
		       r->cfg.weight_bits, code_name(r->cfg.weight_code), r->cfg.input_bits, code_name(r->cfg.input_code), r->cfg.rows, r->cfg.bits, r->lossless ? "lossless" : "lossy");
	if (r->tree_mean > 0)
		printf("comparisons of a conversion %.3f on the average with the best search tree for these counts, %d with the binary search\n", r->tree_mean, r->cfg.bits);
}

static void release(struct golden_run *r)
{
	gq_free(r->gq);
	cli_tables_release(&r->tables);
	free(r->histogram);
	text_release(&r->text);
	if (r->has_tok)
		tok_release(&r->tok);
	if (r->has_model)
		model_release(&r->model);
	opt_list_release(&r->o.set);
}

int cmd_golden(int argc, char **argv)
{
	struct golden_run r = { .o = { .seed = 1 } };
	const struct opt opts[] = {
		{ "--model", OPT_TEXT, &r.o.model, "FILE", "checkpoint: llama2.c v0 or v2, safetensors", .required = true },
		{ "--text", OPT_TEXT, &r.o.text, "FILE", "text; a blank line separates sequences", .required = true },
		{ "--tokenizer", OPT_TEXT, &r.o.tokenizer, "FILE", "tokenizer (tok512.bin beside the model, or in ../stories260K)" },
		{ "--config", OPT_TEXT, &r.o.config, "FILE", "read every linear layer as this configuration does; floats without it" },
		{ "-s", OPT_LIST, &r.o.set, "KEY=VALUE", "override a field, as readout.bits=5; may be repeated" },
		{ "--thresholds", OPT_TEXT, &r.o.thresholds, "FILE", "threshold tables (docs/macro.md), those of tile 0 for all; else those of the configuration" },
		{ "--histogram", OPT_TEXT, &r.o.histogram, "FILE", "write how often each count was converted, as JSON" },
		{ "--placement", OPT_TEXT, &r.o.placement, "NAME", "linear, sparse or auto: the same figures; linear of a Monarch model only where it is lossless" },
		{ "--seed", OPT_INT, &r.o.seed, "S", "seed of the text that Monarch layers are calibrated with (1)", .lo = 0, .hi = 2147483647 },
		{ "--json", OPT_FLAG, &r.o.json, NULL, "print JSON" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline golden --model FILE --text FILE [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	if (!run(&r, &e)) {
		if (r.o.json)
			print_json(&r);
		else
			print_text(&r);
		cli_flush(&e);
	}
	release(&r);
	return e.code ? cli_fail(&e) : 0;
}
