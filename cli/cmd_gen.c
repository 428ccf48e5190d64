/* bitline gen: configuration -> emitted directory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "gen/views.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static void print_json(const struct cfg *c, const struct gen_set *s, const char *dir)
{
	json_t *root, *files = json_array();
	char hex[65], *text;

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(files, json_string(s->file[i].path));
	cfg_hash(c, hex);
	/* a directory name is bytes, JSON is UTF-8: a name that is not UTF-8 becomes null */
	root = json_pack("{s:o?, s:o, s:s}", "dir", json_string(dir), "files", files, "config_sha256", hex);
	text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	puts(text);
	free(text);
	json_decref(root);
}

int cmd_gen(int argc, char **argv)
{
	struct opt_list set = { 0 }, with = { 0 };
	const char *config = NULL, *out = NULL;
	bool json = false;
	const struct opt opts[] = {
		{ "--config", OPT_TEXT, &config, "FILE", "the configuration, as configs/edge64.xml", .required = true },
		{ "-s", OPT_LIST, &set, "KEY=VALUE", "override a field, as in -s array.rows=33; any number of times" },
		{ "--out", OPT_TEXT, &out, "DIR", "where to write: a new or empty directory, or one that was emitted before", .required = true },
		{ "--with", OPT_LIST, &with, "NAMES", "views for other tools: all, or names with commas: yosys, sta, power, qflow, macro, librelane, orfs, ice40, ecp5, ipxact, regs, fusesoc, sby, siliconcompiler" },
		{ "--json", OPT_FLAG, &json, NULL, "print what was written as JSON" },
	};
	struct err e = { 0 };
	struct gen_set s = { 0 };
	struct cfg c;
	uint32_t views = 0;
	int status;

	if (!opt_parse(argc, argv, "bitline gen --config FILE [-s KEY=VALUE ...] --out DIR [--with NAMES] [--json]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	for (size_t i = 0; i < with.n && !e.code; i++)
		gen_views_parse(with.v[i], &views, &e);
	if (!e.code && !cli_config(&c, config, set.v, set.n, &e) && !cfg_executable(&c, "gen", &e) && !gen_build(&c, views, &s, &e) && !gen_write(&s, out, &e)) {
		if (json)
			print_json(&c, &s, out);
		else
			printf("%s: %zu files of configuration %s\n", out, s.n, c.name);
		cli_flush(&e);
	}
	gen_set_release(&s);
	opt_list_release(&set);
	opt_list_release(&with);
	return e.code ? cli_fail(&e) : 0;
}
