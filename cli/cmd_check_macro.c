/* bitline check-macro: does a supplied model of the macro keep the contract of docs/macro.md, with a configuration's parameters?
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_tables.h"
#include "lib/numbers.h"
#include "common/mem.h"
#include "cosim/macro_check.h"
#include "cosim/thresholds.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_MODELS = 64 };

struct check_options {
	struct opt_list set;
	const char *config, *module, *engine, *thresholds, *file[MAX_MODELS];
	bool ideal, fixed_window, json;
	double tolerance;
	long seed, tile, seconds;
};

static int check_options(const struct check_options *o, const struct cfg *c, struct err *e)
{
	if (!o->file[0])
		return err_set(e, ERR_INPUT, "no file: name the SystemVerilog of the macro, as in bitline check-macro macro.sv --config FILE");
	if (strcmp(o->engine, "verilator") && strcmp(o->engine, "icarus"))
		return err_set(e, ERR_INPUT, "--engine %s is not legal: verilator, icarus", o->engine);
	if (o->ideal && o->thresholds)
		return err_set(e, ERR_INPUT, "--ideal together with --thresholds '%s': thresholds are ideal or those of a file, name one", o->thresholds);
	if (o->tile >= c->tiles)
		return err_set(e, ERR_INPUT, "no tile %ld; legal: 0..%d", o->tile, c->tiles - 1);
	return 0;
}

static struct macro_ask ask_of(const struct check_options *o, const struct cfg *c)
{
	static const int flash_bits[] = { 1, 0, 0, 1, 1 }; /* by cfg_adc: comparators of a lane, as a power of two; 0: the configuration says */
	int e = flash_bits[c->adc] ? flash_bits[c->adc] : c->adc == CFG_FLASH ? c->bits : c->flash_bits;
	struct macro_ask a = {
		.shape = { c->rows, cfg_physical_cols(c), c->adcs, c->bits, (1 << e) - 1, c->cell_bits, c->sample_hold, c->grid_bits, (int)o->tile },
		.window = { c->lsb, c->low, c->rounding == CFG_NEAREST }, .fixed_window = o->fixed_window,
		.flash = c->adc == CFG_FLASH || c->adc == CFG_HYBRID, .serve = c->reference == CFG_IMMERSED,
		.precharge = c->precharge, .evaluate = c->evaluate,
		.compare = c->reference == CFG_IMMERSED ? c->reference_precharge + c->share + c->settle : c->compare,
		.tolerance = llround(o->tolerance * (1 << c->grid_bits)), .seed = (uint64_t)o->seed, .clock_ps = c->clk_period_ps,
		.file = o->file, .icarus = !strcmp(o->engine, "icarus"), .seconds = (int)o->seconds,
	};

	while (a.n_files < MAX_MODELS && o->file[a.n_files])
		a.n_files++;
	return a;
}

/* The tables that the model is told, or none: it goes by the window pins. */
static int run(const struct check_options *o, const struct cfg *c, struct macro_ask *a, struct macro_verdict *v, struct err *e)
{
	struct gm_hw hw = numbers_hw(c);
	struct cli_tables tables = { 0 };
	char *file = NULL;
	int rc = 0;

	if (!o->ideal) {
		rc = cli_tables_make(&tables, c, o->thresholds, e);
		if (!rc && tables.hardware && !(file = thresholds_write(&hw, tables.hardware, e)))
			rc = -1;
		a->T = tables.golden;
		a->thresholds = file;
	}
	if (!rc)
		rc = macro_check(a, v, e);
	if (file)
		unlink(file);
	free(file);
	cli_tables_release(&tables);
	return rc;
}

static void print_json(const struct check_options *o, const struct macro_verdict *v, const char *module)
{
	json_t *root = json_pack("{s:b, s:s}", "holds", !v->rule, "module", module), *rules = json_array();
	char *text;

	if (v->rule)
		json_object_set_new(root, "broken", json_pack("{s:i, s:s, s:i, s:s}", "rule", v->rule, "name", macro_rule_name(v->rule), "clock", (int)v->clock, "what", v->text));
	for (int r = RULE_PORTS; r < RULE_END && !v->rule; r++)
		json_array_append_new(rules, json_pack("{s:i, s:s, s:i}", "rule", r, "name", macro_rule_name(r), "checks", (int)v->checks[r]));
	if (!v->rule)
		json_object_set(root, "rules", rules);
	json_decref(rules);
	json_object_set_new(root, "engine", json_string(o->engine));
	json_object_set_new(root, "build_s", json_real(v->build_seconds));
	json_object_set_new(root, "simulate_s", json_real(v->seconds));
	text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(4));
	puts(text);
	free(text);
	json_decref(root);
}

static void print(const struct check_options *o, const struct macro_verdict *v, const char *module)
{
	int hold = 0;
	long checks = 0;

	if (o->json) {
		print_json(o, v, module);
		return;
	}
	if (v->rule)
		return;
	for (int r = RULE_PORTS; r < RULE_END; r++) {
		hold += v->checks[r] > 0;
		checks += v->checks[r];
	}
	printf("%s: %d rules hold, %ld checks", module, hold, checks);
	for (int r = RULE_PORTS, first = 1; r < RULE_END; r++)
		if (!v->checks[r]) {
			printf("%s %d (%s)", first ? "; not asked:" : ",", r, macro_rule_name(r));
			first = 0;
		}
	putchar('\n');
}

static int check(const struct check_options *o, struct err *e)
{
	struct macro_verdict v;
	struct macro_ask a;
	char name[64];
	struct cfg c;

	if (cli_config(&c, o->config, o->set.v, o->set.n, e) || cfg_executable(&c, "check-macro", e) || check_options(o, &c, e))
		return -1;
	snprintf(name, sizeof(name), "%smacro", c.prefix);
	a = ask_of(o, &c);
	a.module = o->module ? o->module : name;
	if (run(o, &c, &a, &v, e))
		return -1;
	print(o, &v, a.module);
	if (cli_flush(e))
		return -1;
	if (v.rule)
		return err_set(e, ERR_DIFF, "'%s' breaks rule %d (%s): %s", a.module, v.rule, macro_rule_name(v.rule), v.text);
	return 0;
}

int cmd_check_macro(int argc, char **argv)
{
	struct check_options o = { .engine = "verilator", .seed = 1, .seconds = 600 };
	const struct opt opts[] = {
		{ "--config", OPT_TEXT, &o.config, "FILE", "the configuration that the macro is for", .required = true },
		{ "-s", OPT_LIST, &o.set, "KEY=VALUE", "override a field, as in -s array.rows=33; any number of times" },
		{ "--module", OPT_TEXT, &o.module, "NAME", "the macro's name in the files; default: the configuration's prefix and 'macro'" },
		{ "--engine", OPT_TEXT, &o.engine, "NAME", "verilator (the default) or icarus, which knows x and z" },
		{ "--ideal", OPT_FLAG, &o.ideal, NULL, "thresholds of the window pins, whatever errors or references the configuration has: what the digital view does" },
		{ "--thresholds", OPT_TEXT, &o.thresholds, "FILE", "thresholds that the model has, as of a measured macro (docs/macro.md); else those of the configuration" },
		{ "--fixed-window", OPT_FLAG, &o.fixed_window, NULL, "the model has the thresholds of the configuration's window built in: lsb_i, low_i, nearest_i stay at it" },
		{ "--tolerance", OPT_REAL, &o.tolerance, "COUNTS", "how far from its threshold a level may be and get either answer, 0..1024; default 0", .least = 0, .most = 1024 },
		{ "--tile", OPT_INT, &o.tile, "N", "TileIndex of the model; default 0", .lo = 0, .hi = 63 },
		{ "--seed", OPT_INT, &o.seed, "S", "of cells, planes and levels; default 1", .lo = 0, .hi = 2147483647 },
		{ "--limit", OPT_INT, &o.seconds, "SECONDS", "the longest simulation; default 600", .lo = 1, .hi = 100000 },
		{ "--json", OPT_FLAG, &o.json, NULL, "print the verdict as JSON" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline check-macro FILE.sv [FILE.sv ...] --config FILE [-s KEY=VALUE ...] [options]", opts, OPT_N(opts), o.file, MAX_MODELS, &status))
		return status;
	check(&o, &e);
	opt_list_release(&o.set);
	return e.code ? cli_fail(&e) : 0;
}
