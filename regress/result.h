/* The verdict on a case, and its result as it is kept.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REGRESS_RESULT_H
#define REGRESS_RESULT_H
#include "regress/child.h"
#include <jansson.h>

enum regress_verdict {
	REGRESS_EQUAL, REGRESS_DIFFERENT,
	REGRESS_REFUSED, /* bad input */
	REGRESS_ERROR,   /* a tool or the machine failed, or an input changed while it ran */
	REGRESS_CRASHED, /* a signal, a status or an output that bitline does not have, a worker that died over it */
	REGRESS_TIMEOUT,
	REGRESS_VERDICTS
};
extern const char *const regress_verdict_name[REGRESS_VERDICTS];

/* The case itself says it: done for good. The others are what happened on a machine: tried again, also by the next run. */
static inline bool regress_settled(int v)
{
	return v <= REGRESS_REFUSED;
}

/* What `bitline cosim --json` left: key, verdict, figures, first_difference or message; "timing" is what another run would not have again. New. */
json_t *regress_result_new(const char *key, const struct child_end *end, int attempts, enum regress_verdict *v);
/* the same without a process: v and why */
json_t *regress_result_none(const char *key, enum regress_verdict v, int attempts, const char *why);
/* enum regress_verdict of a result that was read; REGRESS_VERDICTS: none of ours */
int regress_result_verdict(const json_t *result);

#endif
