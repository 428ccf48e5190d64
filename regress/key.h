/* What a case's result depends on, as one SHA-256: this program, its tools (Verilator, the C++ compiler, Icarus: what they print about themselves), the resolved
 * configuration, the content of every file that is named, every other option. Not: names of files, the number of processes, the machine.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REGRESS_KEY_H
#define REGRESS_KEY_H
#include "regress/list.h"

/* Digests that were taken, so that a file is read once for all cases (again when its size or time of change is another). */
struct regress_keys;

/* NULL and e set: the program itself cannot be read */
struct regress_keys *regress_keys_new(struct err *e);
void regress_keys_free(struct regress_keys *k);

/* Sets c->key, and c->group: cases of one group run on one compiled device. ERR_INPUT: a file cannot be read (where: "LIST", the place of the message with c->line).
 * A configuration that is refused has a key all the same: cosim says why. */
int regress_key(struct regress_keys *k, struct regress_case *c, const char *where, struct err *e);

#endif
