/* The thin `bitline` program: picks a subcommand; each lives in cli/cmd_NAME.c and returns the exit status
 * (0 done or equal, 1 a difference, 2 bad input, 3 a tool or the environment failed).
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "common/err.h"
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "config", cmd_config, "print a configuration, resolved and checked" },
	{ "gen", cmd_gen, "emit RTL, constraints, file lists and the register header" },
	{ "map", cmd_map, "compile layers of a model to program, weight image and predicted cycles" },
	{ "explore", cmd_explore, "sweep arrays, converters and placements; tables, Pareto front, plots" },
	{ "golden", cmd_golden, "perplexity of a model, in floats or through a read-out" },
	{ "cosim", cmd_cosim, "run layers through emitted RTL and compare with the golden model" },
	{ "adc", cmd_adc, "converters: what they cost, search trees, threshold tables" },
	{ "check-macro", cmd_check_macro, "a supplied model of the macro against the contract, the first broken rule" },
	{ "spice", cmd_spice, "ngspice deck of an immersed pair, and its levels against the tables" },
	{ "paper-a", cmd_paper, "the figures of paper A beside ours: reproduced or not" },
	{ "sparsify", cmd_sparsify, "dense layers of a checkpoint to Monarch factors or block-diagonal matrices" },
	{ "train", cmd_train, "train a model from scratch, from a teacher, or through the converters of a configuration" },
	{ "stories", cmd_stories, "stories of a grammar, their entropy and probability, a tokenizer for them" },
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void usage(FILE *f)
{
	fputs("usage: bitline COMMAND [options]     (bitline COMMAND --help)\n\n", f);
	for (int i = 0; i < N_COMMANDS; i++)
		fprintf(f, "  %-11s %s\n", commands[i].name, commands[i].what);
	fputs("\nexit status: 0 done or equal, 1 a difference, 2 bad input, 3 a tool or the environment failed\n", f);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return ERR_INPUT;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("bitline " BITLINE_VERSION);
		return 0;
	}
	for (int i = 0; i < N_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "bitline: unknown command \"%s\"; legal:", argv[1]);
	for (int i = 0; i < N_COMMANDS; i++)
		fprintf(stderr, "%s %s", i ? "," : "", commands[i].name);
	fputc('\n', stderr);
	return ERR_INPUT;
}
