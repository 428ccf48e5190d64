/* Runs cases as child processes of this one, several at a time: `bitline cosim` of this very program. One case per configuration goes first, so that nobody else
 * compiles its device meanwhile; a case that another process has claimed is left to it. What crashes, fails or takes too long is tried again.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REGRESS_LOCAL_H
#define REGRESS_LOCAL_H
#include "regress/key.h"
#include "regress/store.h"

struct regress_how {
	int jobs;    /* at a time */
	int retries; /* after the first attempt */
	long timeout; /* seconds of one attempt, 0: none */
	bool wait;   /* for cases that others have claimed, until there is a result; else they are left out */
};

/* Every case of todo (keys set, each key once) has a result afterwards, but for those left out. *stopped: the signal that ended it early, 0: none. -1: ERR_ENV */
int regress_local(struct regress_store *s, struct regress_keys *k, struct regress_case *const *todo, size_t n, const struct regress_how *how, int *stopped, struct err *e);

#endif
