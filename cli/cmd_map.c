/* bitline map: layers of a model -> program, input stream, assembler text and predicted figures, per layer; or what shapes cost on a system of arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_config.h"
#include "cli/cli_readout.h"
#include "cli/map_cmd.h"
#include <string.h>

static bool is_shapes(const struct map_options *o)
{
	return !strncmp(o->model, "shapes:", 7);
}

/* options that the other way of mapping has */
static int check_system(const struct map_options *o, const char *what, struct err *e)
{
	const char *wrong = o->layers ? "--layers" : o->tree ? "--tree" : o->bad ? "--bad" : o->seed >= 0 ? "--seed" : NULL;

	return wrong ? err_set(e, ERR_INPUT, "%s is of layers compiled for a core, %s is costed as a whole: leave it out", wrong, what) : 0;
}

static int check_core(const struct map_options *o, struct err *e)
{
	const char *wrong = o->factors ? "--factors" : o->with_head ? "--with-head" : o->arrays ? "--arrays" : o->regime ? "--regime" : o->area > 0 ? "--area" : NULL;

	return wrong ? err_set(e, ERR_INPUT, "%s is of a system of arrays, this is a checkpoint compiled for the tiles of a core: leave it out, or take --model shapes:NAME", wrong) : 0;
}

static int checkpoint(const struct map_options *o, const struct cfg *c, const struct cost_table *t, enum map_placement p, struct err *e)
{
	bool system = c->weight_code == CFG_CELL;
	struct model m;
	int rc;

	if (system ? check_system(o, "a model at one weight per cell", e) : check_core(o, e))
		return -1;
	if (system && (o->factors || o->with_head))
		return err_set(e, ERR_INPUT, "%s is of shapes, a checkpoint is taken as it is: leave it out", o->factors ? "--factors" : "--with-head");
	if (model_load(&m, o->model, e))
		return -1;
	rc = system ? map_system(o, c, t, p, &m, e) : map_checkpoint(o, c, t, p, &m, e);
	model_release(&m);
	return rc;
}

static int run(const struct map_options *o, struct err *e)
{
	enum map_placement p;
	struct cost_table *t;
	struct cfg c;
	int rc;

	if (o->out && !*o->out)
		return err_set(e, ERR_INPUT, "output directory \"\" has no name; write --out DIR");
	if (cli_placement(o->placement, o->optimise, &p, e) || cli_config(&c, o->config, o->set.v, o->set.n, e))
		return -1;
	t = cost_table_load(o->cost, e);
	if (!t)
		return -1;
	if (is_shapes(o))
		rc = check_system(o, "a model of shapes", e) || map_system(o, &c, t, p, NULL, e) ? -1 : 0;
	else
		rc = checkpoint(o, &c, t, p, e);
	cost_table_free(t);
	return rc;
}

int cmd_map(int argc, char **argv)
{
	struct map_options o = { .seed = -1 };
	const struct opt opts[] = {
		{ "--config", OPT_TEXT, &o.config, "FILE", "hardware configuration (configs/NAME.xml)", .required = true },
		{ "-s", OPT_LIST, &o.set, "KEY=VALUE", "override a field, as array.rows=33; may be repeated" },
		{ "--model", OPT_TEXT, &o.model, "FILE", "checkpoint: llama2.c v0 or v2, safetensors; or shapes:NAME, as shapes:bert-large", .required = true },
		{ "--layers", OPT_TEXT, &o.layers, "LIST", "all (the default), or names like 0.wq,0.w2; 0.wq+0.wk+0.wv: those that read one vector, as one program; checkpoints" },
		{ "--placement", OPT_TEXT, &o.placement, "NAME", "linear, sparse, dense, dense-strided, packed, or auto (the default: sparse for Monarch layers, linear for dense; packed for shapes)" },
		{ "--optimise", OPT_TEXT, &o.optimise, "MODE", "what packed makes small: area (the default), conversions, latency" },
		{ "--factors", OPT_TEXT, &o.factors, "F", "shapes: paper (the default), fit, or a number of blocks; docs/placement.md section 1" },
		{ "--with-head", OPT_FLAG, &o.with_head, NULL, "shapes: with the layers beside the blocks, dense" },
		{ "--tokens", OPT_INT, &o.tokens, "N", "tokens to predict for (16; shapes: the model's context)", .lo = 1, .hi = 1000000 },
		{ "--regime", OPT_TEXT, &o.regime, "NAME", "shapes: own (the default: as many arrays as the placement wants), equal (--arrays), area (--area); docs/cost.md section 5" },
		{ "--arrays", OPT_INT, &o.arrays, "N", "shapes: arrays there are, weights are reloaded where they do not fit", .lo = 1, .hi = 1000000 },
		{ "--area", OPT_REAL, &o.area, "UM2", "shapes: silicon area of the arrays; else that of the smallest placement", .least = 1, .most = 1e15 },
		{ "--cost", OPT_TEXT, &o.cost, "FILE", "table of constants (configs/cost/default.json)" },
		{ "--tree", OPT_TEXT, &o.tree, "FILE", "search tree (bitline adc) of an asymmetric search, all codes taken as equally frequent; else the binary search" },
		{ "--bad", OPT_TEXT, &o.bad, "FILE", "bad columns, whose positions spare ones replace: the repair map goes into map.json (docs/faults.md section 5); checkpoints" },
		{ "--seed", OPT_INT, &o.seed, "S", "seed of the model's own text that the requantisers are calibrated with (1)", .lo = 0, .hi = 2147483647 },
		{ "--out", OPT_TEXT, &o.out, "DIR", "write LAYER.program.bin, LAYER.stream.bin, LAYER.asm.txt (checkpoints) and map.json there" },
		{ "--json", OPT_FLAG, &o.json, NULL, "print map.json" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline map --config FILE --model FILE [--out DIR] [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	run(&o, &e);
	opt_list_release(&o.set);
	return e.code ? cli_fail(&e) : 0;
}
