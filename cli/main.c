/* The thin `bitline` program: picks a subcommand; each lives in cli/cmd_NAME.c and returns the exit status
 * (0 done or equal, 1 a difference, 2 bad input, 3 a tool or the environment failed).
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "common/cfg_near.h"
#include "common/err.h"
#include <stdio.h>
#include <string.h>

const struct command commands[] = {
	{ "config", cmd_config, "print a configuration, resolved and checked" },
	{ "gen", cmd_gen, "emit RTL, constraints, file lists and the register header" },
	{ "map", cmd_map, "compile layers of a model to program, weight image and predicted cycles" },
	{ "explore", cmd_explore, "sweep arrays, converters and placements; tables, Pareto front, plots" },
	{ "golden", cmd_golden, "perplexity of a model, in floats or through a read-out" },
	{ "cosim", cmd_cosim, "run layers through emitted RTL and compare with the golden model" },
	{ "report", cmd_report, "a folder of results as one self-contained HTML page" },
	{ "regress", cmd_regress, "a table of configurations, models and seeds, over all cores or as Slurm job arrays" },
	{ "adc", cmd_adc, "converters: what they cost, search trees, threshold tables" },
	{ "check-macro", cmd_check_macro, "a supplied model of the macro against the contract, the first broken rule" },
	{ "spice", cmd_spice, "ngspice deck of an immersed pair, and its levels against the tables" },
	{ "paper-a", cmd_paper, "the figures of paper A beside ours: reproduced or not" },
	{ "sparsify", cmd_sparsify, "dense layers of a checkpoint to Monarch factors or block-diagonal matrices" },
	{ "train", cmd_train, "train a model from scratch, from a teacher, or through the converters of a configuration" },
	{ "stories", cmd_stories, "stories of a grammar, their entropy and probability, a tokenizer for them" },
	{ "doctor", cmd_doctor, "which tools are there, in which versions, what is missing for which feature" },
	{ "help", cmd_help, "commands, topics, configuration keys; manual page, completion of shells" },
};
const size_t n_commands = OPT_N(commands);

static int unknown(const char *word)
{
	const char *name[OPT_N(commands)], *near;
	struct err e = { 0 };

	for (size_t i = 0; i < n_commands; i++)
		name[i] = commands[i].name;
	near = cfg_near(word, name, n_commands);
	if (near)
		err_set(&e, ERR_INPUT, "unknown command \"%.60s\"; did you mean \"%s\"", word, near);
	else
		err_set(&e, ERR_INPUT, "unknown command \"%.60s\"; 'bitline help' lists the commands", word);
	return cli_fail(&e);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("bitline: no command; 'bitline help' lists the commands\n", stderr);
		return ERR_INPUT;
	}
	if (!strcmp(argv[1], "--help"))
		return cmd_help(1, argv + 1);
	if (!strcmp(argv[1], "--version")) {
		puts("bitline " BITLINE_VERSION);
		return 0;
	}
	for (size_t i = 0; i < n_commands; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return unknown(argv[1]);
}
