/* The directory of a regression:
 *
 *	results/KEY.json  what came out of a case, written once and renamed into place
 *	attempts/NAME     one file per process that ran cases, lines "KEY begin" and "KEY VERDICT": what was tried, by whom
 *	devices/GROUP     empty: a case of this group has run, so its device is in the cache
 *	claims            byte ranges locked by the processes that are at work; the locks go with the process
 *
 * Any number of processes on any number of machines share it, as long as the file system has locks.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REGRESS_STORE_H
#define REGRESS_STORE_H
#include "common/err.h"
#include <jansson.h>
#include <stdbool.h>

struct regress_store { char *dir; int claims, attempts; };

/* makes what is missing; ERR_ENV */
int regress_store_open(struct regress_store *s, const char *dir, struct err *e);
void regress_store_close(struct regress_store *s);

bool regress_store_has(const struct regress_store *s, const char *key);
/* NULL: there is none, or it is none of ours (the case is done again) */
json_t *regress_store_get(const struct regress_store *s, const char *key);
int regress_store_put(struct regress_store *s, const char *key, const json_t *result, struct err *e);
void regress_store_forget(struct regress_store *s, const char *key);

/* what: a key or a group. 1: ours until given back (also if it was ours already), 0: another process has it, -1 and e set */
int regress_claim(struct regress_store *s, const char *what, struct err *e);
void regress_give_back(struct regress_store *s, const char *what);

/* a case of the group has run on its device */
bool regress_device_known(const struct regress_store *s, const char *group);
int regress_device_made(struct regress_store *s, const char *group, struct err *e);

/* a line of this process's file of attempts; word: "begin" or the name of a verdict */
int regress_attempt(struct regress_store *s, const char *key, const char *word, struct err *e);
/* for every key of all files of attempts: begun so often without a verdict (a process died over it); an object KEY -> integer */
json_t *regress_lost(const struct regress_store *s);

#endif
