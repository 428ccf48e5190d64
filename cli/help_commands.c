/* What each subcommand is for, for `bitline help COMMAND` and the manual page. Options are not repeated here: they come from the command's own table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"
#include <string.h>

static const struct { const char *command, *text; } prose[] = {
	{ "help", "Prints the list of commands, what is to be said about a command, a topic or a configuration key, the manual page, or the completion of a shell.\n"
	  "\n"
	  "  bitline help cosim\n"
	  "  bitline help array.rows\n"
	  "  bitline help --man >bitline.1\n"
	  "  source <(bitline help --completion bash)" },
	{ "doctor", "Asks every tool that a feature needs for its version, and says what is missing, for which feature, and in which Debian package it is. "
	  "A minimum is the oldest version that the tests have run with. Ends with 0 when co-simulation, the core of it all, can run, with 3 when not." },
	{ "config", "Reads a configuration, applies overrides, checks it against the schema and the rules between fields, and prints it with every field present, as XML or JSON: "
	  "the very bytes that are hashed, emitted beside the RTL and simulated." },
	{ "gen", "Emits everything that a configuration asks for into one directory: SystemVerilog, file lists (one per view of the macro), SDC, the C header of the registers, the driver, a manifest with "
	  "the SHA-256 of every file. The same configuration gives the same bytes. --with adds scripts and views for other tools (docs/handoff.md)." },
	{ "map", "Compiles layers of a checkpoint for the tiles of a core: program, input stream, assembler text, and the exact number of clocks; or places the shapes of a published model on a system of many "
	  "arrays and reckons counts, clocks, energy and area (docs/placement.md, docs/cost.md)." },
	{ "explore", "Costs every combination of array sizes, converters, bits and placements that it is given, marks those that no other one beats, and writes tables and a plot. "
	  "An interrupted sweep goes on where it was (docs/explore.md)." },
	{ "golden", "Runs a whole model by golden's arithmetic, in floats or with every linear layer through the read-out of a configuration: its perplexity over a text, or what it writes "
	  "(docs/numerics.md, docs/generate.md)." },
	{ "cosim", "Emits the RTL, compiles it, runs layers of a model (or one matrix, or all that a model computes while it writes) through its pins, and compares converter codes, partial sums, outputs, "
	  "counters and clocks with the golden model, bit for bit (docs/cosim.md). The device is compiled once per content and kept in $BITLINE_CACHE.\n"
	  "\n"
	  "--trace writes a waveform of everything, --mismatch-trace one of the clocks around the first difference, by a second run; both with save files for GTKWave and Surfer beside them (docs/waves.md)." },
	{ "report", "Makes one self-contained HTML page of what a run has recorded in a folder (cosim --out DIR and others): the verdict first, then pictures and figures with their sources. "
	  "No network is needed to read it (docs/report.md)." },
	{ "regress", "Runs a table of configurations, models and seeds, locally or on Slurm; a case that was done is not done again, and an interrupted run goes on (docs/regress.md)." },
	{ "adc", "Converters: a table of what each kind costs, the optimal search tree for a histogram of counts, threshold tables of a configuration, their check against a file, "
	  "and their measurement over the registers of the emitted RTL (docs/converters.md, docs/macro.md)." },
	{ "check-macro", "Takes a SystemVerilog model of the analog macro through the rules of its contract with a configuration's parameters and names the first broken rule, clock and signal "
	  "(docs/macro.md, docs/your-macro.md)." },
	{ "spice", "Writes an ngspice deck of one converter of an immersed pair with the levels that the tables expect; --compare judges what ngspice has left in the folder (docs/spice.md)." },
	{ "paper-a", "Prints the figures of the paper on block-diagonal compute-in-memory beside those of the cost model here: reproduced or not, and why not (docs/cost.md)." },
	{ "sparsify", "Replaces linear layers of a checkpoint by the nearest Monarch or block-diagonal matrices, prints the errors, and writes a safetensors file. Nothing is trained (docs/sparsify.md)." },
	{ "train", "Trains a small model from scratch, from a teacher, or through the converters of a configuration; state is saved, and --resume goes on with it (docs/train.md)." },
	{ "stories", "Writes stories of a grammar, reckons their entropy and the probability of given ones, trains a tokenizer on them (docs/stories.md)." },
};

const char *help_prose(const char *command)
{
	for (size_t i = 0; i < sizeof(prose) / sizeof(*prose); i++)
		if (!strcmp(prose[i].command, command))
			return prose[i].text;
	return NULL;
}
