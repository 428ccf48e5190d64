/* bitline golden: a whole model in floats, or with every linear layer through the read-out of a configuration: its perplexity over a text, or what it writes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_config.h"
#include "cli/golden_run.h"
#include "cli/cli_tree.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

static int check_task(const struct golden_options *o, struct err *e)
{
	if (!o->generate && (o->prompt || o->temperature >= 0 || o->host_head))
		return err_set(e, ERR_INPUT, "%s belongs to --generate: add --generate N", o->prompt ? "--prompt" : o->host_head ? "--host-head" : "--temperature");
	if (o->generate && (o->whole || o->head))
		return err_set(e, ERR_INPUT, "%s belongs to --text: %s", o->whole ? "--whole" : "--head", o->whole ? "leave it out" : "with --generate the head goes through the read-out unless --host-head says no");
	if (o->generate && o->text)
		return err_set(e, ERR_INPUT, "--text together with --generate: a text is measured or written, name one; what it begins with is --prompt");
	if (o->out && (o->generate || !o->config))
		return err_set(e, ERR_INPUT, "--out records perplexity through a configuration: %s", o->generate ? "leave --generate out and give --text FILE" : "add --config FILE");
	if (!o->generate && !o->text)
		return err_set(e, ERR_INPUT, "--text is missing; write --text FILE, or --generate N");
	return 0;
}

static int check_options(struct golden_run *r, struct err *e)
{
	const struct golden_options *o = &r->o;

	if (check_task(o, e) || cli_placement(o->placement, NULL, &r->placement, e))
		return -1;
	if (r->placement > MAP_SPARSE)
		return err_set(e, ERR_INPUT, "--placement %s has no partition of its own in golden: legal are linear, sparse, auto; where the read-out is lossless the figures are the same", o->placement);
	if (!o->config && (o->placement || o->set.n || o->histogram || o->thresholds || o->host_head || o->head))
		return err_set(e, ERR_INPUT, "%s means nothing without a configuration; add --config FILE",
			       o->placement ? "--placement" : o->set.n ? "-s" : o->histogram ? "--histogram" : o->thresholds ? "--thresholds" : o->head ? "--head" : "--host-head");
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

bool golden_has_monarch(const struct model *m)
{
	int i;

	for (i = 0; i < m->n_layers * MODEL_N_LINEAR; i++)
		if (!m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR].w)
			return true;
	return false;
}

static size_t bins(const struct golden_run *r)
{
	return 2 * (size_t)cli_smax(&r->cfg) + 1;
}

void golden_clear_histogram(struct golden_run *r)
{
	if (r->histogram)
		memset(r->histogram, 0, bins(r) * sizeof(*r->histogram));
}

int golden_take_histogram(struct golden_run *r, struct err *e)
{
	if (r->gq && r->cfg.search == CFG_ASYMMETRIC) {
		struct cli_tree best;

		if (cli_tree_make(&best, &r->cfg, NULL, r->histogram, e))
			return -1;
		r->tree_mean = best.mean;
	}
	return r->o.histogram ? cli_histogram_write(&r->cfg, r->histogram, r->o.histogram, e) : 0;
}

void golden_json_config(const struct golden_run *r, json_t *j)
{
	char hash[65];

	if (r->gq)
		cfg_hash(&r->cfg, hash);
	json_object_set_new(j, "lossless", r->gq ? json_boolean(r->lossless) : json_null());
	json_object_set_new(j, "config", r->gq ? json_string(r->cfg.name) : json_null());
	json_object_set_new(j, "config_sha256", r->gq ? json_string(hash) : json_null());
	if (r->tree_mean > 0)
		json_object_set_new(j, "tree_mean", json_real(r->tree_mean));
	if (*r->tables.digest)
		json_object_set_new(j, "thresholds_sha256", json_string(r->tables.digest));
}

/* the configuration as golden's numbers, the model as its integers */
static int configure(struct golden_run *r, struct err *e)
{
	bool head = r->o.generate ? !r->o.host_head : r->o.head;

	if (cli_tables_make(&r->tables, &r->cfg, r->o.thresholds, e))
		return -1;
	numbers_readout(&r->cfg, &r->ro);
	r->ro.thresholds = r->tables.first;
	if (r->o.histogram || r->cfg.search == CFG_ASYMMETRIC)
		r->histogram = r->ro.histogram = MEM_NEW(bins(r), uint64_t);
	r->ro.product = !r->histogram;
	r->lossless = all_lossless(r) && (!head || lossless_rows(&r->ro, r->model.dim));
	if (!r->lossless && r->placement == MAP_LINEAR && golden_has_monarch(&r->model))
		return err_set(e, ERR_INPUT, "--placement linear of a Monarch model: other rows are driven together than golden computes with, and %d bits are lossy there; use sparse, or raise readout.bits", r->cfg.bits);
	r->gq = calibrated_new(&r->model, &r->ro, head, (unsigned long)r->o.seed, NULL, e); /* first: it names the weight that is wrong */
	return r->gq ? 0 : -1;
}

static int run(struct golden_run *r, struct err *e)
{
	if (check_options(r, e) || (r->o.histogram && cli_check_place(r->o.histogram, e)) || (r->o.out && cli_check_folder(r->o.out, e)))
		return -1;
	if (r->o.config && (cli_config(&r->cfg, r->o.config, r->o.set.v, r->o.set.n, e) || cfg_executable(&r->cfg, "golden", e)))
		return -1;
	if (model_load(&r->model, r->o.model, e))
		return -1;
	r->has_model = true;
	r->o.temperature = r->o.temperature > 0 ? r->o.temperature : 0;
	if (r->o.generate ? golden_generate_load(r, e) : golden_perplexity_load(r, e))
		return -1;
	if (r->o.config && configure(r, e))
		return -1;
	return r->o.generate ? golden_generate(r, e) : golden_perplexity(r, e);
}

static void release(struct golden_run *r)
{
	gq_free(r->gq);
	cli_tables_release(&r->tables);
	free(r->histogram);
	text_release(&r->text);
	speech_release(&r->speech);
	if (r->has_tok)
		tok_release(&r->tok);
	if (r->has_model)
		model_release(&r->model);
	opt_list_release(&r->o.set);
}

int cmd_golden(int argc, char **argv)
{
	struct golden_run r = { .o = { .seed = 1, .temperature = -1 } };
	const struct opt opts[] = {
		{ "--model", OPT_TEXT, &r.o.model, "FILE", "checkpoint: llama2.c v0 or v2, safetensors", .required = true },
		{ "--text", OPT_TEXT, &r.o.text, "FILE", "measure perplexity over this text; a blank line separates sequences" },
		{ "--whole", OPT_FLAG, &r.o.whole, NULL, "of --text: the end of every sequence is predicted too; nats per character are printed" },
		{ "--head", OPT_FLAG, &r.o.head, NULL, "of --text: the head through the read-out as well" },
		{ "--generate", OPT_INT, &r.o.generate, "N", "write up to N tokens, to standard output as they come (docs/generate.md)", .lo = 1, .hi = 1000000 },
		{ "--prompt", OPT_TEXT, &r.o.prompt, "TEXT", "what the written text begins with; else BOS alone" },
		{ "--temperature", OPT_REAL, &r.o.temperature, "T", "of sampling, 0..100; 0 (the default) takes the most likely token", .least = 0, .most = 100 },
		{ "--host-head", OPT_FLAG, &r.o.host_head, NULL, "of --generate: the head in floats instead of through the read-out" },
		{ "--tokenizer", OPT_TEXT, &r.o.tokenizer, "FILE", "tokenizer (MODEL.tok.bin or tok512.bin beside the model, or in ../stories260K)" },
		{ "--config", OPT_TEXT, &r.o.config, "FILE", "read every linear layer as this configuration does; floats without it" },
		{ "-s", OPT_LIST, &r.o.set, "KEY=VALUE", "override a field, as readout.bits=5; may be repeated" },
		{ "--thresholds", OPT_TEXT, &r.o.thresholds, "FILE", "threshold tables (docs/macro.md), those of tile 0 for all; else those of the configuration" },
		{ "--histogram", OPT_TEXT, &r.o.histogram, "FILE", "write how often each count was converted, as JSON" },
		{ "--placement", OPT_TEXT, &r.o.placement, "NAME", "linear, sparse or auto: the same figures; linear of a Monarch model only where it is lossless" },
		{ "--seed", OPT_INT, &r.o.seed, "S", "seed of sampling, and of the text that Monarch layers are calibrated with (1)", .lo = 0, .hi = 2147483647 },
		{ "--out", OPT_TEXT, &r.o.out, "DIR", "write DIR/perplexity.B.json, B = readout.bits, for bitline report (docs/report.md)" },
		{ "--json", OPT_FLAG, &r.o.json, NULL, "print JSON" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline golden --model FILE (--text FILE | --generate N [--prompt TEXT]) [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	if (!run(&r, &e)) {
		if (r.o.generate)
			golden_generate_print(&r);
		else
			golden_perplexity_print(&r);
		if (r.o.out)
			golden_perplexity_write(&r, &e);
		cli_flush(&e);
	}
	release(&r);
	return e.code ? cli_fail(&e) : 0;
}
