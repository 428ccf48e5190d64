/* A list of co-simulations: every line is a set of cases, written as words KEY=VALUES which multiply.
 *
 *	# three configurations, two resolutions, 50 seeds: 300 cases
 *	config=tiny.xml,edge64.xml,digital8.xml model=W.npy set=readout.bits=4,5 tokens=2 seed=1..50
 *
 * Values are divided by commas; A..B is a range of whole numbers; "..." takes commas and blanks as they are. '#' begins a comment. Paths are relative to the list.
 * The last word of a line varies fastest. docs/regress.md has the keys.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REGRESS_LIST_H
#define REGRESS_LIST_H
#include "common/buf.h"
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>

enum { REGRESS_MOST_CASES = 100000 };

enum regress_kind {
	REGRESS_TEXT,   /* goes to the option as it is */
	REGRESS_FILE,   /* a file (REGRESS_RTL: a directory) whose content decides, not its name */
	REGRESS_NUMBER, /* lo..hi */
	REGRESS_FLAG,   /* yes, no */
	REGRESS_SET,    /* FIELD=VALUES, a word per field */
};

/* in the order of a command and of the case's key */
enum regress_name {
	REGRESS_CONFIG, REGRESS_OVERRIDE, REGRESS_MODEL, REGRESS_TENSOR, REGRESS_LAYERS, REGRESS_PLACEMENT, REGRESS_OPTIMISE, REGRESS_TEXT_FILE, REGRESS_TOKENIZER, REGRESS_GENERATE,
	REGRESS_PROMPT, REGRESS_TEMPERATURE, REGRESS_HOST_HEAD, REGRESS_TOKENS, REGRESS_SEED, REGRESS_STALL, REGRESS_INPUT, REGRESS_THRESHOLDS, REGRESS_FAULTS, REGRESS_BAD,
	REGRESS_TREE, REGRESS_ENGINE, REGRESS_RTL, REGRESS_NO_PROBES, REGRESS_NAMES
};

struct regress_traits {
	const char *name, *option; /* of `bitline cosim`; a model that ends with .npy is --matrix */
	enum regress_kind kind;
	long lo, hi;               /* of a number */
};
extern const struct regress_traits regress_traits[REGRESS_NAMES];

struct regress_word {
	enum regress_name name;
	char *text;   /* as the list says it */
	char *value;  /* for the option: a path from here */
};

struct regress_case {
	int line;                      /* of the list */
	struct regress_word *word; size_t n; /* in the order of enum regress_name; overrides in that of the line */
	char key[65], group[65];       /* regress/key.h; empty until then */
};

struct regress_list { char *path; struct regress_case *c; size_t n; };

/* ERR_INPUT with file, line and word; n is at least 1 */
int regress_list_read(struct regress_list *l, const char *path, struct err *e);
void regress_list_release(struct regress_list *l);
void regress_case_release(struct regress_case *c);

/* NULL: the case does not say it */
const char *regress_value(const struct regress_case *c, enum regress_name name);
/* the value is a file to be digested: not shapes:NAME, not `bad=auto` */
bool regress_is_file(const struct regress_word *w);

/* argv of the case behind the program's name: "cosim", "--config", ..., NULL; new memory, one block per word */
char **regress_argv(const struct regress_case *c);
void regress_argv_free(char **argv);
/* what a person types to repeat it */
void regress_command(const struct regress_case *c, struct buf *out);
/* row and column of the matrix: the configuration with its overrides, the model with its tensor; then what else tells the case from its neighbours */
void regress_config_label(const struct regress_case *c, struct buf *out);
void regress_model_label(const struct regress_case *c, struct buf *out);
void regress_rest_label(const struct regress_case *c, struct buf *out);

#endif
