/* The option parser of all subcommands, and how they begin and end.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "common/cfg_near.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/progress.h"
#include "common/term.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_OPTIONS = 64, COMMON = 3 };

/* what every subcommand takes */
static const struct opt common[COMMON] = {
	{ "-q", OPT_FLAG, NULL, NULL, "quiet: nothing but results and errors" },
	{ "-v", OPT_FLAG, NULL, NULL, "verbose: also what is done, on standard error" },
	{ "--help", OPT_FLAG, NULL, NULL, "print this" },
};

static opt_reader reader; /* opt_describe is on its way */
static void *reader_ctx;

int cli_fail(const struct err *e)
{
	progress_hide();
	fprintf(stderr, "%sbitline:%s %s\n", term_on(stderr, TERM_RED), term_off(stderr), e->text);
	return e->code;
}

int cli_flush(struct err *e)
{
	/* the flag too: what fails while a long text is printed leaves nothing for the last flush */
	if (fflush(stdout) || ferror(stdout))
		return err_set(e, ERR_ENV, "cannot write the result to standard output; make room there");
	return 0;
}

static bool wrong(int *status, const struct err *e)
{
	*status = cli_fail(e);
	return false;
}

void opt_label(const struct opt *o, char text[64])
{
	snprintf(text, 64, "%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
}

static void print_table(const struct opt *opts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char left[64];

		opt_label(&opts[i], left);
		printf("  %-22s %s\n", left, opts[i].help);
	}
}

static void print_help(const char *usage, const struct opt *opts, size_t n)
{
	printf("usage: %s\n\n", usage);
	print_table(opts, n);
	print_table(common, COMMON);
}

void opt_describe(int (*run)(int argc, char **argv), opt_reader read, void *ctx)
{
	char *argv[] = { "bitline", NULL };

	reader = read;
	reader_ctx = ctx;
	run(1, argv);
	reader = NULL;
}

const struct opt *opt_common(size_t *n)
{
	*n = COMMON;
	return common;
}

static int unknown(const char *word, size_t len, const struct opt *opts, size_t n, struct err *e)
{
	const char *known[MAX_OPTIONS + COMMON], *near;
	char *name = mem_strdup(word);

	name[len] = '\0';
	for (size_t i = 0; i < COMMON; i++)
		known[i] = common[COMMON - 1 - i].name;
	for (size_t i = 0; i < n; i++)
		known[i + COMMON] = opts[i].name;
	near = cfg_near(name, known, n + COMMON);
	if (near)
		err_set(e, ERR_INPUT, "unknown option \"%.60s\"; did you mean \"%s\"", name, near);
	else
		err_set(e, ERR_INPUT, "unknown option \"%.60s\"; --help lists the options", name);
	free(name);
	return -1;
}

static int store(const struct opt *o, const char *value, struct err *e)
{
	struct opt_list *list = o->to;
	char *end;
	long number;
	double real;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)o->to = true;
		return 0;
	case OPT_TEXT:
		*(const char **)o->to = value;
		return 0;
	case OPT_LIST:
		list->v = mem_realloc(list->v, list->n + 1, sizeof(*list->v));
		list->v[list->n++] = value;
		return 0;
	case OPT_INT:
		errno = 0;
		number = strtol(value, &end, 10);
		if (end == value || *end)
			return err_set(e, ERR_INPUT, "%s \"%.60s\" is no whole number: legal %ld..%ld", o->name, value, o->lo, o->hi);
		if (errno || number < o->lo || number > o->hi)
			return err_set(e, ERR_INPUT, "%s \"%.60s\" is out of range: legal %ld..%ld", o->name, value, o->lo, o->hi);
		*(long *)o->to = number;
		return 0;
	case OPT_REAL:
		real = strtod(value, &end);
		if (end == value || *end || !isfinite(real))
			return err_set(e, ERR_INPUT, "%s \"%.60s\" is no number: legal %g..%g", o->name, value, o->least, o->most);
		if (real < o->least || real > o->most)
			return err_set(e, ERR_INPUT, "%s \"%.60s\" is out of range: legal %g..%g", o->name, value, o->least, o->most);
		*(double *)o->to = real;
		return 0;
	}
	BUG("option %s has type %d", o->name, (int)o->type);
}

static bool parse(int argc, char **argv, const char *usage, const struct opt *opts, size_t n, const char **args, size_t n_args, int *status)
{
	struct err e = { 0 };
	bool seen[MAX_OPTIONS] = { false }, words_only = false;
	size_t used = 0;

	if (n > MAX_OPTIONS)
		BUG("%zu options", n);
	if (reader) {
		reader(reader_ctx, usage, opts, n, n_args > 0);
		*status = 0;
		return false;
	}
	for (size_t i = 0; i < n_args; i++)
		args[i] = NULL;
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *value = NULL;
		bool is_long = word[0] == '-' && word[1] == '-';
		size_t len = is_long ? strcspn(word, "=") : strlen(word), k = 0;

		if (words_only || word[0] != '-' || word[1] == '\0') {
			if (used == n_args) {
				err_set(&e, ERR_INPUT, "\"%.60s\" is one word too many; --help shows the usage", word);
				return wrong(status, &e);
			}
			args[used++] = word;
			continue;
		}
		if (!strcmp(word, "--")) {
			words_only = true;
			continue;
		}
		if (!strcmp(word, "--help")) {
			print_help(usage, opts, n);
			*status = cli_flush(&e) ? cli_fail(&e) : 0;
			return false;
		}
		if (!strcmp(word, "-q") || !strcmp(word, "-v")) {
			term_set_level(word[1] == 'q' ? TERM_QUIET : TERM_VERBOSE);
			continue;
		}
		while (k < n && (strlen(opts[k].name) != len || memcmp(opts[k].name, word, len)))
			k++;
		if (k == n) {
			unknown(word, len, opts, n, &e);
			return wrong(status, &e);
		}
		if (word[len] == '=')
			value = word + len + 1;
		if (opts[k].type == OPT_FLAG) {
			if (value)
				err_set(&e, ERR_INPUT, "%s takes no value; write %s alone", opts[k].name, opts[k].name);
		} else if (!value) {
			/* an option where the value should be: the value was forgotten */
			if (i + 1 < argc && strncmp(argv[i + 1], "--", 2))
				value = argv[++i];
			else
				err_set(&e, ERR_INPUT, "%s needs a value; write %s %s", opts[k].name, opts[k].name, opts[k].value);
		}
		if (e.code || store(&opts[k], value, &e))
			return wrong(status, &e);
		seen[k] = true;
	}
	for (size_t k = 0; k < n; k++)
		if (opts[k].required && !seen[k]) {
			err_set(&e, ERR_INPUT, "%s is missing; write %s %s", opts[k].name, opts[k].name, opts[k].value);
			return wrong(status, &e);
		}
	return true;
}

void opt_list_release(struct opt_list *l)
{
	free(l->v);
	l->v = NULL;
	l->n = 0;
}

bool opt_parse(int argc, char **argv, const char *usage, const struct opt *opts, size_t n, const char **args, size_t n_args, int *status)
{
	bool good = parse(argc, argv, usage, opts, n, args, n_args, status);

	for (size_t i = 0; i < n && !good; i++) /* nothing is kept of a line that is refused */
		if (opts[i].type == OPT_LIST)
			opt_list_release(opts[i].to);
	return good;
}

int cli_check_place(const char *path, struct err *e)
{
	struct stat st;
	bool is_new = lstat(path, &st) != 0;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);

	if (fd < 0)
		return err_set(e, ERR_ENV, "cannot create '%s': %s; name a place in a writable folder", path, strerror(errno));
	close(fd);
	if (is_new)
		unlink(path);
	return 0;
}

int cli_check_folder(const char *dir, struct err *e)
{
	char *probe;
	int rc;

	if (!*dir)
		return err_set(e, ERR_INPUT, "output directory \"\" has no name; write --out DIR");
	if (file_mkdirs(dir, e))
		return -1;
	probe = file_join(dir, ".bitline");
	rc = cli_check_place(probe, e);
	free(probe);
	return rc;
}
