/* What a description says of a module from outside: ports and parameters. Read from an IP-XACT component and from Verilator's XML of the emitted RTL, so that
 * the one can be held against the other.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_PART_H
#define GEN_PART_H
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>

struct part_port { char *name; bool output; int width; };
struct part_parameter { char *name, *value; }; /* value: hexadecimal, lower case, no leading zeros */
struct part {
	char *module;
	struct part_port *port;
	size_t n_ports;
	struct part_parameter *parameter;
	size_t n_parameters;
};

/* An IP-XACT component, either edition. ERR_INPUT: file, element, what is wrong. Release in any case. */
int part_read_ipxact(struct part *p, const char *path, struct err *e);
/* `verilator --xml-only`: ports of the top, parameters of the one module that it instantiates (the core). */
int part_read_verilator(struct part *p, const char *path, struct err *e);
/* The component against the RTL: names, order, directions, widths, values. ERR_DIFF names the first that differs. */
int part_compare(const struct part *component, const struct part *rtl, struct err *e);
void part_release(struct part *p);

#endif
