/* Completion of bash and zsh from the commands' own option tables: subcommands, options, files that are configurations, keys of -s.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/help.h"
#include "common/cfg_schema.h"
#include <string.h>

enum value { VALUE_NONE, VALUE_ANY, VALUE_FILE, VALUE_DIR, VALUE_CONFIG, VALUE_KEY };

/* what stands behind an option, by what its help calls it */
static enum value value_of(const struct opt *o)
{
	if (!o->value)
		return VALUE_NONE;
	if (!strcmp(o->name, "--config"))
		return VALUE_CONFIG;
	if (!strcmp(o->value, "KEY=VALUE"))
		return VALUE_KEY;
	if (!strcmp(o->value, "DIR"))
		return VALUE_DIR;
	return !strncmp(o->value, "FILE", 4) || strchr(o->value, '.') ? VALUE_FILE : VALUE_ANY;
}

static void add_keys(struct buf *b, const char *before, const char *after)
{
	const struct cfg_schema *s = cfg_schema();

	for (size_t i = 0; i < s->n; i++)
		buf_addf(b, "%s%s%s", before, s->field[i].key, after);
}

/* words that `bitline help` takes */
static void add_topics(struct buf *b)
{
	for (size_t i = 0; i < n_commands; i++)
		buf_addf(b, " %s", commands[i].name);
	for (size_t i = 0; i < n_help_topics; i++)
		buf_addf(b, " %s", help_topics[i].name);
	add_keys(b, " ", "");
}

/* ---- bash ---- */

struct script { struct buf *b; const char *command; };

/* options of one kind of value as a pattern: --a|--b */
static void bash_pattern(struct script *s, const struct opt *opts, size_t n, enum value kind, const char *action)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		if (value_of(&opts[i]) == kind) {
			buf_addf(s->b, "%s%s", any ? "|" : "\t\t", opts[i].name);
			any = true;
		}
	if (any)
		buf_addf(s->b, ") %s; return ;;\n", action);
}

static void bash_table(void *ctx, const char *usage, const struct opt *opts, size_t n, bool words)
{
	static const char *const action[] = { [VALUE_ANY] = ":", [VALUE_FILE] = "_bitline_words \"$(compgen -f -- \"$cur\")\"", [VALUE_DIR] = "_bitline_words \"$(compgen -d -- \"$cur\")\"",
		[VALUE_CONFIG] = "_bitline_configs", [VALUE_KEY] = "_bitline_keys" };
	size_t n_common;
	const struct opt *common = opt_common(&n_common);
	struct script *s = ctx;

	(void)usage;
	buf_addf(s->b, "\t%s)\n\t\tcase $prev in\n", s->command);
	for (int kind = VALUE_ANY; kind <= VALUE_KEY; kind++)
		bash_pattern(s, opts, n, (enum value)kind, action[kind]);
	buf_adds(s->b, "\t\tesac\n\t\toptions='");
	for (size_t i = 0; i < n; i++)
		buf_addf(s->b, "%s ", opts[i].name);
	for (size_t i = 0; i < n_common; i++)
		buf_addf(s->b, "%s%s", common[i].name, i + 1 < n_common ? " " : "'\n");
	buf_addf(s->b, "\t\twords='%s' ;;\n", !words ? "" : !strcmp(s->command, "help") ? "topics" : !strcmp(s->command, "config") ? "configs" : "files");
}

void help_complete_bash(struct buf *b)
{
	struct script s = { .b = b };

	buf_addf(b, "# bash completion of bitline %s, made by `bitline help --completion bash`\n# SPDX-License-Identifier: Apache-2.0\n", BITLINE_VERSION);
	buf_adds(b, "_bitline_words() { mapfile -t COMPREPLY <<<\"$1\"; [ -n \"$1\" ] || COMPREPLY=(); compopt -o filenames 2>/dev/null; }\n"
		    "_bitline_configs() { _bitline_words \"$({ compgen -f -X '!*.xml' -- \"$cur\"; compgen -d -- \"$cur\"; case $cur in */*) ;; *) compgen -f -X '!*.xml' -- \"configs/$cur\" ;; esac; } | sort -u)\"; }\n"
		    "_bitline_keys() { mapfile -t COMPREPLY < <(compgen -W '");
	add_keys(b, " ", "=");
	buf_adds(b, "' -- \"$cur\"); compopt -o nospace 2>/dev/null; }\n_bitline() {\n"
		    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} options words\n"
		    "\tCOMPREPLY=()\n"
		    "\tif [ \"$cur\" = = ]; then cur=; fi\n"
		    "\tif [ \"$prev\" = = ]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
		    "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (size_t i = 0; i < n_commands; i++)
		buf_addf(b, "%s ", commands[i].name);
	buf_adds(b, "--help --version' -- \"$cur\")\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; i < n_commands; i++) {
		s.command = commands[i].name;
		opt_describe(commands[i].run, bash_table, &s);
	}
	buf_adds(b, "\t*) return ;;\n\tesac\n\tcase $cur:$words in\n\t-*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\") ;;\n"
		    "\t*:configs) _bitline_configs ;;\n\t*:files) _bitline_words \"$(compgen -f -- \"$cur\")\" ;;\n\t*:topics) mapfile -t COMPREPLY < <(compgen -W '");
	add_topics(b);
	buf_adds(b, "' -- \"$cur\") ;;\n\tesac\n}\ncomplete -F _bitline bitline\n");
}

/* ---- zsh ---- */

/* text inside of single quotes; in a description of _arguments, brackets and colons are its own */
static void zsh_text(struct buf *b, const char *text)
{
	for (; *text; text++) {
		if (strchr("[]:\\", *text))
			buf_adds(b, "\\");
		if (*text == '\'')
			buf_adds(b, "'\\''");
		else
			buf_add(b, text, 1);
	}
}

static void zsh_option(struct buf *b, const struct opt *o)
{
	static const char *const action[] = { [VALUE_ANY] = " ", [VALUE_FILE] = "_files", [VALUE_DIR] = "_files -/", [VALUE_CONFIG] = "_bitline_configs", [VALUE_KEY] = "_bitline_keys" };
	enum value kind = value_of(o);
	bool is_long = o->name[1] == '-';

	buf_addf(b, " \\\n\t\t\t'%s%s%s[", o->type == OPT_LIST ? "*" : "", o->name, kind != VALUE_NONE && is_long ? "=" : "");
	zsh_text(b, o->help);
	buf_adds(b, "]");
	if (kind != VALUE_NONE) {
		buf_adds(b, ":");
		zsh_text(b, o->value);
		buf_addf(b, ":%s", action[kind]);
	}
	buf_adds(b, "'");
}

static void zsh_table(void *ctx, const char *usage, const struct opt *opts, size_t n, bool words)
{
	size_t n_common;
	const struct opt *common = opt_common(&n_common);
	struct script *s = ctx;

	(void)usage;
	buf_addf(s->b, "\t%s)\n\t\t_arguments", s->command);
	for (size_t i = 0; i < n; i++)
		zsh_option(s->b, &opts[i]);
	for (size_t i = 0; i < n_common; i++)
		zsh_option(s->b, &common[i]);
	if (words)
		buf_addf(s->b, " \\\n\t\t\t'*:word:%s'", !strcmp(s->command, "help") ? "_bitline_topics" : !strcmp(s->command, "config") ? "_bitline_configs" : "_files");
	buf_adds(s->b, " ;;\n");
}

void help_complete_zsh(struct buf *b)
{
	struct script s = { .b = b };

	buf_addf(b, "#compdef bitline\n# zsh completion of bitline %s, made by `bitline help --completion zsh`\n# SPDX-License-Identifier: Apache-2.0\n", BITLINE_VERSION);
	buf_adds(b, "_bitline_configs() { _alternative 'here:configuration:_files -g \"*.xml\"' 'configs:configuration:_path_files -W . -g \"configs/*.xml\"' }\n"
		    "_bitline_keys() { compadd -S '' --");
	add_keys(b, " ", "=");
	buf_adds(b, " }\n_bitline_topics() { compadd --");
	add_topics(b);
	buf_adds(b, " }\n_bitline() {\n\tlocal -a commands\n\tif (( CURRENT == 2 )); then\n\t\tcommands=(");
	for (size_t i = 0; i < n_commands; i++) {
		buf_addf(b, "\n\t\t\t'%s:", commands[i].name);
		zsh_text(b, commands[i].what);
		buf_adds(b, "'");
	}
	buf_adds(b, ")\n\t\t_describe command commands\n\t\treturn\n\tfi\n\tshift words\n\t(( CURRENT-- ))\n\tcase $words[1] in\n");
	for (size_t i = 0; i < n_commands; i++) {
		s.command = commands[i].name;
		opt_describe(commands[i].run, zsh_table, &s);
	}
	buf_adds(b, "\tesac\n}\n_bitline \"$@\"\n");
}
