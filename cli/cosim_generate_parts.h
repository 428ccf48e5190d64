/* A model that writes through the RTL, from the inside: shared by cli/cosim_generate*.c and nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_GENERATE_PARTS_H
#define CLI_COSIM_GENERATE_PARTS_H
#include "cli/cli_speech.h"
#include "cli/cosim_generate.h"
#include "common/progress.h"

struct unit {              /* one program: a layer, or layers that read one vector */
	struct cosim_case k;
	struct map_program p;
	uint64_t *stream;      /* of one token; all but the input stays */
	size_t x_beat;         /* where its input begins */
	int position;          /* of the token that k holds the results of; -1: none yet */
};

struct place { int unit, part; };

struct generation {
	struct generate_ask ask;
	struct model model;
	struct speech speech;
	struct gq *gq;
	const struct cli_tree *tree;
	struct cosim *device;
	struct unit *unit;     /* in the order in which a token runs them */
	int n_units;
	struct place *place;   /* [layers of gq] */
	int8_t *x;             /* [widest input] */
	const char *alone;     /* why golden's run cannot be beside; NULL: it is */
	/* the run */
	struct tf rtl, golden;
	int position;          /* of the token under way; how many have run, when none is */
	uint64_t cycles;       /* of the token under way */
	uint64_t *cycles_of;   /* [positions] */
	bool differs;
	char first[512];       /* the first difference of the logits */
	struct err *e;
	double seconds;
	bool has_bar;          /* a progress line: not where the text itself comes to a terminal */
	struct progress bar;   /* in programs */
	uint64_t programs;     /* run so far */
};

#endif
