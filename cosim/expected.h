/* The golden machine in a thread of its own, ahead of the RTL: its events as logs of compact records, in the shape in which the probes report.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_EXPECTED_H
#define COSIM_EXPECTED_H
#include "cosim/cosim.h"
#include "cosim/log.h"
#include <pthread.h>

/* One round of a conversion: the columns of one position. mask and code follow, see exp_mask, exp_code. */
struct exp_round {
	int32_t pc;
	uint16_t position, first, n; /* first: index of its first active column, n: how many */
	uint8_t plane, bits;
	uint32_t words[];            /* lane mask, then codes as 16-bit lanes, 0 in lanes that do not convert */
};
struct exp_partial { int32_t address, partial, accumulator, pc; };
struct exp_out { int32_t address, channel, acc, q, flags, pc; }; /* flags: 1 to the buffer, 2 to the stream; TLAST is the beat's */
struct exp_beat { uint64_t data; int32_t pc; bool last; };

struct expected {
	const struct gm_hw *hw;
	struct gm *machine;
	const struct cosim_job *job;
	bool events;                        /* false: the reader sees result beats only */
	struct log_pool pool;
	struct log *codes, *partials;       /* [tiles] */
	struct log outs, beats;
	pthread_t thread;
	/* results, valid after expected_join */
	int rc;                             /* of gm_run */
	struct gm_counts counts;
	size_t beats_used;
	struct err err;
};

static inline int exp_mask_words(const struct gm_hw *hw) { return (hw->adcs + 31) / 32; }
static inline const uint32_t *exp_mask(const struct exp_round *x) { return x->words; }
static inline const uint16_t *exp_code(const struct gm_hw *hw, const struct exp_round *x) { return (const uint16_t *)(x->words + exp_mask_words(hw)); }

int expected_start(struct expected *x, const struct gm_hw *hw, struct gm *machine, const struct cosim_job *job, bool events, struct err *e);
/* the reader is through: waits for the machine to end its program, for its counts and what never came */
void expected_join(struct expected *x);
void expected_release(struct expected *x);

#endif
