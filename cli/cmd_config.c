/* bitline config: the configuration as it will be used.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "common/cfg_schema.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_fields(void)
{
	const struct cfg_schema *s = cfg_schema();

	for (size_t i = 0; i < s->n; i++) {
		const struct cfg_field *f = &s->field[i];

		printf("%-28s %-9s %s\n%-28s           legal %s\n", f->key, f->fallback ? f->fallback : "required", f->doc, "", f->legal);
	}
}

static json_t *value_of(const struct cfg *c, const struct cfg_field *f)
{
	char text[CFG_TEXT];

	cfg_field_get(c, f, text);
	if (f->type == CFG_TYPE_INT)
		return json_integer(atoi(text));
	return f->type == CFG_TYPE_BOOL ? json_boolean(!strcmp(text, "true")) : json_string(text);
}

static void print_json(const struct cfg *c)
{
	const struct cfg_schema *s = cfg_schema();
	json_t *root = json_object(), *group;
	char hex[65], *text;

	for (size_t i = 0; i < s->n; i++) {
		const struct cfg_field *f = &s->field[i];

		if (*f->group && !json_object_get(root, f->group))
			json_object_set_new(root, f->group, json_object());
		group = *f->group ? json_object_get(root, f->group) : root;
		json_object_set_new(group, f->name, value_of(c, f));
	}
	cfg_hash(c, hex);
	json_object_set_new(root, "config_sha256", json_string(hex));
	text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	puts(text);
	free(text);
	json_decref(root);
}

int cmd_config(int argc, char **argv)
{
	struct opt_list set = { 0 };
	const char *file[1], *option = NULL;
	bool json = false, fields = false;
	const struct opt opts[] = {
		{ "--config", OPT_TEXT, &option, "FILE", "the configuration, the same as FILE alone" },
		{ "-s", OPT_LIST, &set, "KEY=VALUE", "override a field, as in -s array.rows=33; any number of times" },
		{ "--json", OPT_FLAG, &json, NULL, "print JSON, with the SHA-256 of the configuration" },
		{ "--fields", OPT_FLAG, &fields, NULL, "list every key with its default, meaning and legal values" },
	};
	struct err e = { 0 };
	struct cfg c;
	struct buf out;
	int status;

	if (!opt_parse(argc, argv, "bitline config FILE [-s KEY=VALUE ...] [--json]", opts, OPT_N(opts), file, 1, &status))
		return status;
	if (fields) {
		print_fields();
	} else if (!file[0] == !option) {
		err_set(&e, ERR_INPUT, file[0] ? "two configurations \"%.60s\" and \"%.60s\"; name one" : "no configuration; write bitline config FILE", file[0], option);
	} else if (!cli_config(&c, file[0] ? file[0] : option, set.v, set.n, &e)) {
		buf_init(&out);
		cfg_print(&c, &out);
		if (json)
			print_json(&c);
		else
			fwrite(out.data, 1, out.len, stdout);
		buf_release(&out);
	}
	opt_list_release(&set);
	if (!e.code)
		cli_flush(&e);
	return e.code ? cli_fail(&e) : 0;
}
