/* bitline adc: what converters cost; search trees; threshold tables, made, checked or measured.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/adc_table.h"
#include "cli/adc_tasks.h"
#include "cli/cli_config.h"
#include <stdlib.h>

struct options {
	struct adc_wanted wanted;
	const char *tree, *check, *config, *out, *hidden;
	struct opt_list set;
	long set_asked, step, repeats; /* -1, 0, 0: not given */
	bool tables, fit, json;
};

/* NULL: the option is not given */
struct given { const char *name; bool is; };

/* options that mean nothing for what is done */
static int refuse(const struct given *g, size_t n, const char *task, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (g[i].is)
			return err_set(e, ERR_INPUT, "%s means nothing %s; leave it out", g[i].name, task);
	return 0;
}

static int check_options(const struct options *o, struct err *e)
{
	const struct adc_wanted *w = &o->wanted;
	bool task = o->tree || o->tables || o->check || o->fit, tables = o->tables || o->check || o->fit;
	const struct given of_table[] = { { "--kind", w->kinds.n > 0 }, { "--reference", w->reference }, { "--histogram", w->histogram }, { "--no-cells", w->no_cells } };
	const struct given of_tree[] = { { "--bits", w->bits }, { "--depth", w->depth > 0 } };
	const struct given of_tasks[] = { { "--config", o->config }, { "-s", o->set.n > 0 }, { "--out", o->out } };
	const struct given of_fit[] = { { "--hidden", o->hidden }, { "--set", o->set_asked >= 0 }, { "--step", o->step }, { "--repeats", o->repeats } };

	if (o->fit && (o->tree || o->tables || o->check))
		return err_set(e, ERR_INPUT, "--fit is a task by itself; leave out --tree, --tables and --check");
	if (!!o->tree + o->tables + !!o->check > 1)
		return err_set(e, ERR_INPUT, "--tree, --tables and --check are one task each; give one of them");
	if (task ? refuse(of_table, OPT_N(of_table), "without the cost table", e) : refuse(of_tasks, OPT_N(of_tasks), "for the cost table", e))
		return -1;
	if ((tables && refuse(of_tree, OPT_N(of_tree), "for threshold tables, which are the configuration's", e)) || (!o->fit && refuse(of_fit, OPT_N(of_fit), "without --fit", e)))
		return -1;
	if (o->check && o->out)
		return err_set(e, ERR_INPUT, "--check writes nothing: --out '%s' is for --tree and --tables; leave it out", o->out);
	if (tables && !o->config)
		return err_set(e, ERR_INPUT, "%s needs a configuration; add --config FILE", o->fit ? "--fit" : o->tables ? "--tables" : "--check");
	if (o->fit && !o->out)
		return err_set(e, ERR_INPUT, "--fit measures a threshold file and has no name for it; add --out FILE");
	if (o->tree && !o->config == !w->bits)
		return err_set(e, ERR_INPUT, "--tree takes its bits from --bits, or bits and window from --config; give one of them");
	if (o->tree && o->config && w->depth)
		return err_set(e, ERR_INPUT, "--tree with --config takes the depth from it; give -s readout.depth=%ld", w->depth);
	if (!o->config && o->set.n)
		return err_set(e, ERR_INPUT, "-s changes a configuration; add --config FILE");
	return 0;
}

static int grow_tree(const struct options *o, const struct cfg *c, struct err *e)
{
	struct adc_tree_task a = { .histogram = o->tree, .out = o->out, .config = o->config ? c : NULL, .depth = (int)o->wanted.depth, .json = o->json };
	char *end;

	if (o->config) {
		a.bits = c->bits;
		a.depth = c->depth;
		if (a.bits > TREE_MAX_BITS)
			return err_set(e, ERR_INPUT, "readout.bits \"%d\" of '%s': a search tree has 1..%d bits; lower readout.bits", a.bits, o->config, TREE_MAX_BITS);
	} else {
		long bits = strtol(o->wanted.bits, &end, 10);

		if (*end || bits < 1 || bits > TREE_MAX_BITS)
			return err_set(e, ERR_INPUT, "--bits '%.60s' of a search tree: legal 1..%d", o->wanted.bits, TREE_MAX_BITS);
		a.bits = (int)bits;
	}
	return adc_tree_run(&a, e);
}

static int cost_table(const struct options *o, struct err *e)
{
	struct adc_table t;
	int rc = adc_table_make(&o->wanted, &t, e);

	if (!rc && o->json)
		adc_table_json(&t);
	else if (!rc)
		adc_table_text(&t);
	adc_table_release(&t);
	return rc;
}

static int run(const struct options *o, struct err *e)
{
	struct cfg c;

	if (check_options(o, e) || (o->config && cli_config(&c, o->config, o->set.v, o->set.n, e)))
		return -1;
	if (o->tree)
		return grow_tree(o, &c, e);
	if (o->tables || o->check)
		return adc_tables_run(&(struct adc_tables_task){ .file = o->check, .out = o->out, .config = &c, .json = o->json }, e);
	if (o->fit)
		return adc_fit_run(&(struct adc_fit_task){ .hidden = o->hidden, .out = o->out, .config = &c, .set = o->set_asked < 0 ? 0 : (int)o->set_asked, .step = o->step ? (int)o->step : 1,
							   .repeats = o->repeats ? (int)o->repeats : 1, .json = o->json }, e);
	return cost_table(o, e);
}

int cmd_adc(int argc, char **argv)
{
	struct options o = { .wanted = { .flash_bits = 2, .vdd = 0.9 }, .set_asked = -1 };
	const struct opt opts[] = {
		{ "--kind", OPT_LIST, &o.wanted.kinds, "KIND", "cost table: only sar, asymmetric, flash, flash-ones, hybrid, hybrid-ones, sense, stochastic, encoder, encoder-ones; may be repeated" },
		{ "--bits", OPT_TEXT, &o.wanted.bits, "A..B", "only these widths (all legal ones); with --tree the one width of the tree" },
		{ "--reference", OPT_TEXT, &o.wanted.reference, "NAME", "only local, or only immersed" },
		{ "--flash-bits", OPT_INT, &o.wanted.flash_bits, "F", "hybrid: bits of the flash step (2); one less than the width where that is less", .lo = 1, .hi = 6 },
		{ "--histogram", OPT_TEXT, &o.wanted.histogram, "FILE", "means over these counts (bitline golden --histogram); else over Binomial(2^B - 1, 1/4)" },
		{ "--depth", OPT_INT, &o.wanted.depth, "D", "search tree: most comparisons of a conversion, 0 for no limit (0)", .lo = 0, .hi = 255 },
		{ "--vdd", OPT_REAL, &o.wanted.vdd, "V", "supply of the energy formula that asks for it (0.9)", .least = 0.1, .most = 5 },
		{ "--no-cells", OPT_FLAG, &o.wanted.no_cells, NULL, "leave out cells, area and clock, which need yosys and sta" },
		{ "--tree", OPT_TEXT, &o.tree, "FILE", "build the optimal search tree of a count histogram" },
		{ "--tables", OPT_FLAG, &o.tables, NULL, "threshold tables of a configuration: monotone or not, digest" },
		{ "--check", OPT_TEXT, &o.check, "FILE", "the same of a threshold file, which must fit the configuration" },
		{ "--fit", OPT_FLAG, &o.fit, NULL, "measure the threshold tables of the emitted RTL's converters, over its registers, into --out" },
		{ "--hidden", OPT_TEXT, &o.hidden, "FILE", "--fit: the tables that the device has; else those of the configuration" },
		{ "--set", OPT_INT, &o.set_asked, "S", "--fit: threshold set that is asked (0)", .lo = 0, .hi = 3 },
		{ "--step", OPT_INT, &o.step, "G", "--fit: from level to level, on the grid (1)", .lo = 1, .hi = 65535 },
		{ "--repeats", OPT_INT, &o.repeats, "N", "--fit: how often each level is asked, against noise (1)", .lo = 1, .hi = 256 },
		{ "--config", OPT_TEXT, &o.config, "FILE", "configuration of --tree, --tables, --check, --fit" },
		{ "-s", OPT_LIST, &o.set, "KEY=VALUE", "override a field, as nonideal.offset=200; may be repeated" },
		{ "--out", OPT_TEXT, &o.out, "FILE", "where --tree, --tables or --fit writes; nothing is written without it" },
		{ "--json", OPT_FLAG, &o.json, NULL, "print JSON" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline adc [--kind KIND] [--bits A..B] | --tree FILE | --tables | --check FILE | --fit [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	if (!run(&o, &e))
		cli_flush(&e);
	opt_list_release(&o.wanted.kinds);
	opt_list_release(&o.set);
	return e.code ? cli_fail(&e) : 0;
}
