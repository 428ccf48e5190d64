/* Plan -> instructions.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_EMIT_H
#define MAP_EMIT_H
#include "map/code.h"
#include "map/plan.h"

/* How tokens follow each other. Of a plan in passes:
 * PASSES  results are asked for when later tokens are under way;
 * COMPACT the same, and at the end of a pass fewer instructions for a few clocks more;
 * SHORT   one token after the other: the shortest program.
 * Of a resident plan:
 * AHEAD  the results of R are asked for when `depth` later tokens are under way, those of L when that many are;
 * PAIR   R of a token and L of the one before, in turns, then the results of both;
 * SINGLE one token after the other: the shortest program. */
enum emit_order { EMIT_PASSES, EMIT_COMPACT, EMIT_SHORT, EMIT_AHEAD, EMIT_PAIR, EMIT_SINGLE };
struct emit_how {
	enum emit_order order;
	int depth;
	bool ring;               /* AHEAD, depth 1: two sets of words take turns; else every token has its own */
	bool spread;             /* AHEAD: the results of L are asked for between activations, else all at once */
};

/* index registers below those of map/roll.h */
enum { R_X = 1, R_ACC, R_RESULT, R_MID, R_CHANNEL, R_UNIT_X, R_UNIT_MID };
enum { EMIT_ADD = 1, EMIT_BUFFER = 1, EMIT_STREAM = 2, EMIT_LAST = 4 }; /* flags of ACT, OUT */
enum { EMIT_MOST_LAG = 15 };

/* the whole program */
void emit_program(const struct plan *p, const struct emit_how *how, struct code *out);
/* in the order in which results leave: fills token, stage, channel of plan->tokens * plan->channels beats */
void emit_outputs(const struct plan *p, const struct emit_how *how, struct map_output *out);

/* ---- shared by emit.c and resident.c ---- */
void emit_load(struct code *to, const struct plan *p, const struct plan_array *a);
/* later: [tiles] activations of each that stand behind those of an output; as many may still be pending on every tile of its sum */
int emit_lag(const struct plan_out *o, const int *later);
/* base, acc0: of the token's vector, of its words, beside what the registers hold */
void emit_act(struct code *to, const struct plan_act *a, int base, int r_base, int acc0, int r_acc);
/* of the stage; mid0: address of the token's vector between the stages, for results that go there */
void emit_out(struct code *to, const struct plan *p, int stage, const struct plan_out *o, int acc0, int r_acc, int r_channel, int mid0, int r_mid, int lag);

/* resident.c */
long resident_words(const struct plan *p, const struct emit_how *how); /* accumulator words of a tile that it needs */
void resident_emit(const struct plan *p, const struct emit_how *how, struct code *to);
void resident_outputs(const struct plan *p, const struct emit_how *how, struct map_output *out);

#endif
