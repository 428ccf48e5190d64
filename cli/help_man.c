/* The manual page bitline.1, in man macros, from the commands' own option tables, the prose of help and the schema. No date: the page of a version is always the same.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/help.h"
#include "common/cfg_schema.h"
#include <string.h>

/* text inside of a line: nothing of it is a request or an escape */
static void put(struct buf *b, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = text[i];
		bool first = b->len == 0 || b->data[b->len - 1] == '\n';

		if (first && (c == '.' || c == '\''))
			buf_adds(b, "\\&");
		if (c == '-')
			buf_adds(b, "\\-");
		else if (c == '\\')
			buf_adds(b, "\\e");
		else if (c == '\'')
			buf_adds(b, "\\(aq");
		else
			buf_add(b, &c, 1);
	}
}

static void put_text(struct buf *b, const char *text)
{
	put(b, text, strlen(text));
}

/* filled text: a source line is at most 80 bytes long, and a sentence begins one */
static void put_line(struct buf *b, const char *text, size_t n)
{
	size_t start = b->len;

	for (size_t i = 0; i < n; ) {
		size_t len = i;

		while (len < n && text[len] != ' ')
			len++;
		if (b->len > start) {
			bool sentence = b->data[b->len - 1] == '.' && text[i] >= 'A' && text[i] <= 'Z';

			buf_adds(b, sentence || b->len - start + 2 * (len - i) > 78 ? "\n" : " ");
			if (b->data[b->len - 1] == '\n')
				start = b->len;
		}
		put(b, text + i, len - i);
		i = len + (len < n);
	}
	buf_adds(b, "\n");
}

/* paragraphs, and lines that begin with blanks as they are; the first paragraph stands behind a heading */
static void put_prose(struct buf *b, const char *text)
{
	bool literal = false, parted = false;

	while (*text) {
		size_t n = strcspn(text, "\n");
		bool is_literal = *text == ' ';

		if (literal != is_literal)
			buf_adds(b, is_literal ? parted ? ".PP\n.nf\n" : ".nf\n" : ".fi\n");
		if (!is_literal && parted && n)
			buf_adds(b, ".PP\n");
		literal = is_literal;
		parted = n == 0;
		if (n && literal) {
			put(b, text, n);
			buf_adds(b, "\n");
		} else if (n) {
			put_line(b, text, n);
		}
		text += n + (text[n] == '\n');
	}
	if (literal)
		buf_adds(b, ".fi\n");
}

static void put_option(struct buf *b, const struct opt *o)
{
	buf_adds(b, ".TP\n\\fB");
	put_text(b, o->name);
	buf_adds(b, "\\fR");
	if (o->value) {
		buf_adds(b, " \\fI");
		put_text(b, o->value);
		buf_adds(b, "\\fR");
	}
	buf_adds(b, "\n");
	put_line(b, o->help, strlen(o->help));
}

static void put_table(void *ctx, const char *usage, const struct opt *opts, size_t n, bool words)
{
	struct buf *b = ctx;

	(void)words;
	buf_adds(b, ".PP\n.nf\n");
	while (*usage) {
		size_t len = strcspn(usage, "\n");

		put(b, usage, len);
		buf_adds(b, "\n");
		usage += len + (usage[len] == '\n');
		usage += strspn(usage, " ");
	}
	buf_adds(b, ".fi\n");
	for (size_t i = 0; i < n; i++)
		put_option(b, &opts[i]);
}

static void put_command(struct buf *b, const struct command *c)
{
	const char *text = help_prose(c->name);

	if (!text)
		BUG("command %s has no prose: cli/help_commands.c", c->name);
	buf_adds(b, ".SS ");
	put_text(b, c->name);
	buf_adds(b, "\n");
	put_prose(b, text);
	opt_describe(c->run, put_table, b);
}

static void put_keys(struct buf *b)
{
	const struct cfg_schema *s = cfg_schema();

	buf_adds(b, ".SH CONFIGURATION KEYS\n");
	for (size_t i = 0; i < s->n; i++) {
		const struct cfg_field *f = &s->field[i];
		struct buf text;

		buf_adds(b, ".TP\n\\fB");
		put_text(b, f->key);
		buf_adds(b, "\\fR\n");
		buf_init(&text);
		buf_addf(&text, "%s. Legal: %s%s%s.", f->doc, f->legal, f->fallback ? ". Default: " : "", f->fallback ? f->fallback : "");
		put_line(b, text.data, text.len);
		buf_release(&text);
	}
}

static const struct help_topic *topic(const char *name)
{
	for (size_t i = 0; i < n_help_topics; i++)
		if (!strcmp(help_topics[i].name, name))
			return &help_topics[i];
	BUG("no topic %s", name);
}

void help_man(struct buf *b)
{
	static const struct { const char *heading, *topic; } section[] = {
		{ "CONFIGURATION", "keys" }, { "TERMINAL", "terminal" }, { "FILES", "formats" }, { "ENVIRONMENT", "environment" }, { "EXIT STATUS", "exit" },
	};
	const struct opt *common;
	size_t n;

	buf_adds(b, ".\\\" Made by bitline help \\-\\-man from the option tables of the program.\n.\\\" SPDX\\-License\\-Identifier: Apache\\-2.0\n");
	buf_addf(b, ".TH BITLINE 1 \"\" \"bitline %s\"\n", BITLINE_VERSION);
	buf_adds(b, ".SH NAME\nbitline \\- compute\\-in\\-memory RTL generator and co\\-simulation\n.SH SYNOPSIS\n.B bitline\n.I COMMAND\n[options]\n.br\n.B bitline help\n[\\fITOPIC\\fR]\n.br\n.B bitline \\-\\-version\n"
		    ".SH DESCRIPTION\n");
	put_prose(b, "From one configuration bitline emits parameterised RTL of a compute-in-memory core (macro, converters, scheduler), maps layers of language models onto it, and runs them through the "
		     "emitted RTL, compared with an independent golden model bit for bit.");
	buf_adds(b, ".SH COMMON OPTIONS\nEvery command takes these.\n");
	common = opt_common(&n);
	for (size_t i = 0; i < n; i++)
		put_option(b, &common[i]);
	buf_adds(b, ".SH COMMANDS\n");
	for (size_t i = 0; i < n_commands; i++)
		put_command(b, &commands[i]);
	for (size_t i = 0; i < sizeof(section) / sizeof(*section); i++) {
		buf_addf(b, ".SH %s\n", section[i].heading);
		put_prose(b, topic(section[i].topic)->text);
	}
	put_keys(b);
	buf_adds(b, ".SH SEE ALSO\n.BR verilator (1),\n.BR iverilog (1),\n.BR yosys (1),\n.BR ngspice (1),\n.BR gtkwave (1)\n");
}
