/* What the subcommands share: the option parser and the way an error leaves the program.
 *
 *	struct opt_list set = { 0 };
 *	const char *out = NULL;
 *	bool json = false;
 *	const struct opt opts[] = {
 *		{ "--out", OPT_TEXT, &out, "DIR", "where to write", .required = true },
 *		{ "-s", OPT_LIST, &set, "KEY=VALUE", "override a field" },
 *		{ "--json", OPT_FLAG, &json, NULL, "print JSON" },
 *	};
 *	int status;
 *	if (!opt_parse(argc, argv, "bitline gen --out DIR", opts, OPT_N(opts), NULL, 0, &status))
 *		return status;
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CLI_H
#define CLI_CLI_H
#include "common/err.h"
#include "common/version.h"
#include <stdbool.h>
#include <stddef.h>

enum opt_type {
	OPT_FLAG, /* bool *: set to true */
	OPT_TEXT, /* const char **: the last one wins */
	OPT_LIST, /* struct opt_list *: every one, in order */
	OPT_INT,  /* long *: lo..hi */
	OPT_REAL, /* double *: finite, least..most */
};

struct opt_list { const char **v; size_t n; };

struct opt {
	const char *name; /* "--out", "-s" */
	enum opt_type type;
	void *to;
	const char *value; /* what the help calls it: "DIR" */
	const char *help;
	long lo, hi;        /* OPT_INT */
	double least, most; /* OPT_REAL */
	bool required;
};
#define OPT_N(table) (sizeof(table) / sizeof((table)[0]))

/* argv[0] is the subcommand. Long options as `--out DIR` or `--out=DIR`, short ones as `-s k=v`; `--` ends the options; `--help` prints usage and table to stdout.
 * Up to n_args words that are no options go to args (NULL where missing, which the caller judges).
 * False: the program ends with *status (0 after --help, 2 after one line on stderr); lists are empty. */
bool opt_parse(int argc, char **argv, const char *usage, const struct opt *opts, size_t n, const char **args, size_t n_args, int *status);
void opt_list_release(struct opt_list *l);

/* A command's own table as it hands it to opt_parse, read without running the command: what --help prints is what the manual page and the shells' completion say.
 * words: it takes words that are no options. The pointers are good inside the call only. */
typedef void (*opt_reader)(void *ctx, const char *usage, const struct opt *opts, size_t n, bool words);
void opt_describe(int (*run)(int argc, char **argv), opt_reader read, void *ctx);
const struct opt *opt_common(size_t *n); /* -q, -v, --help: opt_parse's own */
void opt_label(const struct opt *o, char text[64]); /* "--out DIR" */

/* the subcommands, in the order of the list that help prints (main.c) */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
};
extern const struct command commands[];
extern const size_t n_commands;

/* "bitline: text" on stderr; returns the exit status that goes with it */
int cli_fail(const struct err *e);
/* a file that is only wanted later can be made there, else ERR_ENV; nothing new stays */
int cli_check_place(const char *path, struct err *e);
/* the folder of an --out DIR is there, or made, and can be written in */
int cli_check_folder(const char *dir, struct err *e);
/* text NULL or "paper", "fit", a number of blocks -> workload.h's factors */
int cli_factors(const char *text, int *factors, struct err *e);
/* everything printed so far must have arrived, else ERR_ENV */
int cli_flush(struct err *e);

int cmd_help(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_gen(int argc, char **argv);
int cmd_map(int argc, char **argv);
int cmd_golden(int argc, char **argv);
int cmd_cosim(int argc, char **argv);
int cmd_adc(int argc, char **argv);
int cmd_spice(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_paper(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_regress(int argc, char **argv);
int cmd_sparsify(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_stories(int argc, char **argv);
int cmd_check_macro(int argc, char **argv);

#endif
