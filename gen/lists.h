/* The emitted file lists, read back: views that name files name the same ones in the same order.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_LISTS_H
#define GEN_LISTS_H
#include "gen/gen.h"

struct list { char **path; size_t n; };

/* The paths in a file list of the set ("sim.f"), in order. */
void list_init(struct list *l, const struct gen_set *s, const char *name);
/* RTL of the core that stands in none of sim.f, syn.f, blackbox.f: the model of the macro that this kind of array does not use. May be empty. */
void list_rest(struct list *l, const struct gen_set *s);
void list_release(struct list *l);
/* whether the set has a file list of this name */
bool list_there(const struct gen_set *s, const char *name);
bool list_below(const char *path, const char *folder); /* folder ends in '/' */
bool list_ends(const char *path, const char *suffix);

#endif
