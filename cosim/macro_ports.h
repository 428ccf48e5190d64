/* Ports of a module as a simulator elaborated them, against the table of docs/macro.md.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_MACRO_PORTS_H
#define COSIM_MACRO_PORTS_H
#include "cosim/macro_vectors.h"

enum { SEEN_INPUT, SEEN_OUTPUT, SEEN_INOUT };
struct macro_seen { char *name; int direction, width; }; /* width -1: no vector */
struct macro_seen_list { struct macro_seen *port; int n; };

/* The top module of what `verilator --xml-only` wrote; the module of what iverilog wrote. ERR_ENV when it is not there. */
int macro_ports_verilator(const char *path, struct macro_seen_list *l, struct err *e);
int macro_ports_icarus(const char *path, const char *module, struct macro_seen_list *l, struct err *e);
void macro_ports_release(struct macro_seen_list *l);
/* What is wrong with the first port that is, in text: true. */
bool macro_ports_wrong(const struct macro_shape *s, const struct macro_seen_list *l, struct buf *text);

#endif
