/* bitline help: the list of commands, a command, a topic, a configuration key or group; the manual page; the completion of a shell.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/help.h"
#include "common/cfg_near.h"
#include "common/cfg_schema.h"
#include "common/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 96 };

static void list_commands(void)
{
	puts("usage: bitline COMMAND [options]     (bitline COMMAND --help)\n");
	for (size_t i = 0; i < n_commands; i++)
		printf("  %-11s %s\n", commands[i].name, commands[i].what);
	puts("\nbitline help TOPIC says more: a command, a configuration key as array.rows or a group of them as array, or");
	for (size_t i = 0; i < n_help_topics; i++)
		printf("  %-11s %s\n", help_topics[i].name, help_topics[i].what);
	puts("\nexit status: 0 done or equal, 1 a difference, 2 bad input, 3 a tool or the environment failed");
}

/* paragraphs filled, lines that begin with blanks as they are */
static void print_prose(const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t n = strcspn(text, " \n");

		if (column == 0 && *text == ' ') {
			n = strcspn(text, "\n");
			printf("%.*s\n", (int)n, text);
			text += n + (text[n] == '\n');
			continue;
		}
		if (column && column + 1 + n > COLUMNS) {
			putchar('\n');
			column = 0;
		}
		printf("%s%.*s", column ? " " : "", (int)n, text);
		column += n + (column > 0);
		text += n;
		if (*text == '\n' || !*text) {
			putchar('\n');
			column = 0;
		}
		text += *text != '\0';
	}
}

static int print_command(const struct command *c)
{
	char *argv[] = { (char *)c->name, "--help", NULL };
	const char *text = help_prose(c->name);

	printf("bitline %s: %s\n\n", c->name, c->what);
	if (!text)
		BUG("command %s has no prose: cli/help_commands.c", c->name);
	print_prose(text);
	putchar('\n');
	return c->run(2, argv);
}

static void print_key(const struct cfg_field *f)
{
	static const char *const type[] = { [CFG_TYPE_INT] = "whole number", [CFG_TYPE_BOOL] = "boolean", [CFG_TYPE_ENUM] = "choice", [CFG_TYPE_TEXT] = "text" };

	printf("%s: %s\n  type     %s\n  legal    %s\n  default  %s\n", f->key, f->doc, type[f->type], f->legal, f->fallback ? f->fallback : "none, it must be given");
	if (*f->group)
		printf("  written  <%s %s=\"...\"/> in the file, or -s %s=...\n", f->group, f->name, f->key);
	else
		printf("  written  <bitline %s=\"...\"> in the file, or -s %s=...\n", f->name, f->key);
}

/* a key, a group, or a field's bare name, in whichever groups it is: how many were printed */
static size_t print_keys(const char *word)
{
	const struct cfg_schema *s = cfg_schema();
	size_t shown = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct cfg_field *f = &s->field[i];

		if (strcmp(f->key, word) && strcmp(f->name, word) && (!*word || strcmp(f->group, word)))
			continue;
		if (shown++)
			putchar('\n');
		print_key(f);
	}
	return shown;
}

static int unknown(const char *word, struct err *e)
{
	const struct cfg_schema *s = cfg_schema();
	const char **known = MEM_NEW(n_commands + n_help_topics + s->n, const char *), *near;
	size_t n = 0;

	for (size_t i = 0; i < n_commands; i++)
		known[n++] = commands[i].name;
	for (size_t i = 0; i < n_help_topics; i++)
		known[n++] = help_topics[i].name;
	for (size_t i = 0; i < s->n; i++)
		known[n++] = s->field[i].key;
	near = cfg_near(word, known, n);
	free(known);
	if (near)
		return err_set(e, ERR_INPUT, "no help on \"%.60s\"; did you mean \"%s\"", word, near);
	return err_set(e, ERR_INPUT, "no help on \"%.60s\": it is no command, topic or configuration key; 'bitline help' lists commands and topics, 'bitline config --fields' the keys", word);
}

/* a topic, a command, or keys */
static int print_topic(const char *word, struct err *e)
{
	for (size_t i = 0; i < n_help_topics; i++)
		if (!strcmp(help_topics[i].name, word)) {
			print_prose(help_topics[i].text);
			return 0;
		}
	for (size_t i = 0; i < n_commands; i++)
		if (!strcmp(commands[i].name, word))
			return print_command(&commands[i]);
	if (!strcmp(word, "commands")) {
		list_commands();
		return 0;
	}
	return print_keys(word) ? 0 : unknown(word, e);
}

static int print_page(void (*make)(struct buf *out))
{
	struct buf b;

	buf_init(&b);
	make(&b);
	fwrite(b.data, 1, b.len, stdout);
	buf_release(&b);
	return 0;
}

static int run(const char *word, bool man, const char *shell, struct err *e)
{
	if (!!word + man + !!shell > 1)
		return err_set(e, ERR_INPUT, "a topic, --man and --completion are different things to print; take one of them");
	if (man)
		return print_page(help_man);
	if (shell && strcmp(shell, "bash") && strcmp(shell, "zsh"))
		return err_set(e, ERR_INPUT, "--completion \"%.60s\": no such shell; legal: bash, zsh", shell);
	if (shell)
		return print_page(strcmp(shell, "bash") ? help_complete_zsh : help_complete_bash);
	if (word)
		return print_topic(word, e);
	list_commands();
	return 0;
}

int cmd_help(int argc, char **argv)
{
	const char *word[1], *shell = NULL;
	bool man = false;
	const struct opt opts[] = {
		{ "--man", OPT_FLAG, &man, NULL, "print the manual page, bitline.1" },
		{ "--completion", OPT_TEXT, &shell, "SHELL", "print the completion script of bash or zsh" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline help [COMMAND | TOPIC | GROUP | KEY]", opts, OPT_N(opts), word, 1, &status))
		return status;
	if (!run(word[0], man, shell, &e))
		cli_flush(&e);
	return e.code ? cli_fail(&e) : 0;
}
