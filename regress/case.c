/* A case as a command and as the labels of a table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "regress/list.h"
#include "common/mem.h"
#include "common/shell.h"
#include <stdlib.h>
#include <string.h>

const char *regress_value(const struct regress_case *c, enum regress_name name)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->word[i].name == name)
			return c->word[i].value;
	return NULL;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n >= k && !strcmp(s + n - k, end);
}

static const char *option_of(const struct regress_word *w)
{
	return w->name == REGRESS_MODEL && ends_with(w->value, ".npy") ? "--matrix" : regress_traits[w->name].option;
}

char **regress_argv(const struct regress_case *c)
{
	char **argv = MEM_NEW(2 * c->n + 2, char *);
	size_t n = 0;

	argv[n++] = mem_strdup("cosim");
	for (size_t i = 0; i < c->n; i++) {
		const struct regress_word *w = &c->word[i];
		bool flag = regress_traits[w->name].kind == REGRESS_FLAG;
		struct buf b;

		if (flag && !strcmp(w->value, "no"))
			continue;
		if (flag || strncmp(w->value, "--", 2)) {
			argv[n++] = mem_strdup(option_of(w));
			if (!flag)
				argv[n++] = mem_strdup(w->value);
			continue;
		}
		buf_init(&b); /* a value that looks like an option */
		buf_addf(&b, "%s=%s", option_of(w), w->value);
		argv[n++] = b.data;
	}
	return argv;
}

void regress_argv_free(char **argv)
{
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	free(argv);
}

void regress_command(const struct regress_case *c, struct buf *out)
{
	char **argv = regress_argv(c);

	buf_adds(out, "bitline");
	for (size_t i = 0; argv[i]; i++) {
		buf_adds(out, " ");
		shell_quote(out, argv[i]);
	}
	regress_argv_free(argv);
}

/* the words of the names that `of` takes, the first two kinds without their key */
static void label(const struct regress_case *c, struct buf *out, bool (*of)(enum regress_name name), bool keys)
{
	size_t begin = out->len;

	for (size_t i = 0; i < c->n; i++) {
		const struct regress_word *w = &c->word[i];

		if (!of(w->name))
			continue;
		if (out->len > begin)
			buf_adds(out, " ");
		if (keys)
			buf_addf(out, "%s=", regress_traits[w->name].name);
		buf_adds(out, w->text);
	}
}

static bool of_config(enum regress_name name)
{
	return name == REGRESS_CONFIG || name == REGRESS_OVERRIDE;
}

static bool of_model(enum regress_name name)
{
	return name == REGRESS_MODEL || name == REGRESS_TENSOR;
}

static bool of_rest(enum regress_name name)
{
	return !of_config(name) && !of_model(name);
}

void regress_config_label(const struct regress_case *c, struct buf *out)
{
	label(c, out, of_config, false);
}

void regress_model_label(const struct regress_case *c, struct buf *out)
{
	label(c, out, of_model, false);
}

void regress_rest_label(const struct regress_case *c, struct buf *out)
{
	label(c, out, of_rest, true);
}
