/* Topics of `bitline help` that belong to no single command.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

const struct help_topic help_topics[] = {
	{ "keys", "configuration files, their keys, overrides with -s",
	  "One XML file drives everything: configs/NAME.xml has a root <bitline name=\"...\"> with one element per group and one attribute per field; what is left out has its default. "
	  "-s KEY=VALUE overrides a field, any number of times, in order; the last one wins.\n"
	  "\n"
	  "  bitline config configs/tiny.xml -s array.rows=33    the resolved configuration\n"
	  "  bitline config --fields                              every key: default, meaning, legal values\n"
	  "  bitline help array                                   the keys of a group\n"
	  "  bitline help array.rows                              one key\n"
	  "\n"
	  "Keys, ranges and defaults come from the schema configs/bitline.xsd, which is part of the program. A wrong value is refused with its place (file and line, or the override), the legal range, and the nearest "
	  "name where one is near." },
	{ "exit", "exit statuses",
	  "  0  done, or compared and equal\n"
	  "  1  compared and different: co-simulation, check-macro, spice --compare, threshold files\n"
	  "  2  bad input: one line on standard error with the place, the value, what is legal, how to mend it\n"
	  "  3  a tool or the environment failed: a missing program, a full disk, a folder that is not writable\n"
	  "\n"
	  "A fault of bitline itself ends with a line that begins with BUG and with the signal SIGABRT." },
	{ "environment", "environment variables",
	  "  BITLINE_CACHE       where compiled devices and synthesised converters are kept; default build/cache, build/adc\n"
	  "  BITLINE_TOOL_LIMIT  seconds that a tool may take; default 3600\n"
	  "  BITLINE_FAIL_ALLOC  for tests: the allocation that fails; 0 prints how many there were\n"
	  "  CXX                 the C++ compiler of devices; default g++\n"
	  "  BITLINE_CXXFLAGS    words behind its options: with -O0 a device is built sooner and runs several times slower; other words, another device\n"
	  "  TMPDIR              where temporary files go; default /tmp\n"
	  "  NO_COLOR            when set and not empty: no colour\n"
	  "  CLICOLOR_FORCE      when set, not empty and not 0: colour in a pipe too, unless NO_COLOR\n"
	  "  TERM                dumb: no colour" },
	{ "terminal", "progress, colour, what goes where",
	  "Results go to standard output, everything else to standard error. What takes longer than half a second shows a line on a terminal: how far it is, its rate, the time left; it is erased when done. "
	  "In a pipe there is none.\n"
	  "\n"
	  "-q leaves results and errors only. -v adds what is done: which device is taken from the cache or built, which tool commands run and how long they took. "
	  "Colour is used on a terminal only (see topic environment)." },
	{ "formats", "files that are read and written",
	  "  checkpoints    llama2.c .bin v0 and v2, safetensors (float32, float16, bfloat16, int8 with scales; Monarch factors)\n"
	  "  tokenizers     llama2.c's tokenizer.bin\n"
	  "  matrices       NumPy .npy, two dimensions: integers or floats\n"
	  "  thresholds     text, one set per block: docs/macro.md\n"
	  "  faults         text, one stuck cell or comparator per line: docs/faults.md\n"
	  "  histograms     JSON of golden --histogram, read by adc --tree\n"
	  "  search trees   JSON of adc --tree\n"
	  "  cost tables    JSON, configs/cost/\n"
	  "  waveforms      FST; beside it .gtkw for GTKWave and .sucl for Surfer\n"
	  "\n"
	  "Every file is written to a temporary name and renamed: there is no half of one." },
};
const size_t n_help_topics = sizeof(help_topics) / sizeof(*help_topics);
