/* The clocks from the inside: shared by golden/clock*.c and nobody else. What a tile does is either stepped through clock by clock (immersed references:
 * tiles wait for each other; and as the oracle of tests), or worked out ahead when an activation is handed over (local references: a tile's clocks follow
 * from its own past alone). The sequencer is the same for both.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_CLOCK_PARTS_H
#define GOLDEN_CLOCK_PARTS_H
#include "golden/clock.h"

struct gm_stepped; /* a tile, clock_step.c */

enum { GM_PAST = 16 }; /* more than a lag, and than activations that can be pending */

struct gm_ahead { /* a tile: the past that its future depends on, in the words of isa.md section 6 */
	long n;              /* activations handed over */
	long x, k_last, f;   /* of the last of them */
	long g[GM_PAST];     /* of activation n at n mod GM_PAST */
};

struct gm_clock {
	struct gm_hw hw;
	int E, P_c;
	long now;
	struct gm_ahead *ahead;        /* [tiles], or NULL: stepped */
	struct gm_stepped *tile;       /* [tiles], or NULL */
	uint64_t *servers;             /* [tiles] stepped */
	struct gn_ask *ask;            /* [tiles] stepped */
	int *first;                    /* [tiles] of the link's next looks */
	const struct gm_watch *watch;  /* stepped; NULL: nobody */
	bool deaf;                     /* it has seen enough */
	uint64_t compare, compute, convert, serve;
	uint64_t wait_load, wait_act, wait_out;
};

/* ---- clock_step.c ---- */
void gm_step_new(struct gm_clock *c);
void gm_step_free(struct gm_clock *c);
void gm_step(struct gm_clock *c, long n);                      /* n clocks */
int gm_step_pending(const struct gm_clock *c, const struct gm_span *tile); /* the most of the set */
bool gm_step_full(const struct gm_clock *c, const struct gm_span *tile);   /* any shadow of the set */
void gm_step_hand_over(struct gm_clock *c, int tile, const struct gm_work *w);

#endif
