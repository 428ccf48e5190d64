/* The ports of the top and the parameters of the core: one table for the top, IP-XACT and whoever describes the design from outside.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_PORTS_H
#define GEN_PORTS_H
#include "common/buf.h"
#include "common/cfg.h"
#include <stdbool.h>

/* What a port belongs to. Clock and reset are ports of every bus too. */
enum port_bus { PORT_CLOCK, PORT_RESET, PORT_S_AXI, PORT_S_AXIS, PORT_M_AXIS, PORT_IRQ };

struct port {
	const char *name;    /* of the emitted top */
	int width;
	bool output;
	enum port_bus bus;
	const char *logical; /* its name in the bus definition */
};
extern const struct port top_ports[]; /* in the order of the core's port list; the last has name NULL */

/* A parameter of the core and the constant of the package that it gets; comment: what the package says above it and those that follow, or NULL. */
struct core_parameter { const char *name, *constant, *comment; };
extern const struct core_parameter core_parameters[]; /* in the order of the core's list; the last has name NULL */
/* The value of parameter p as SystemVerilog and IP-XACT write it: 64, or 256'h... of the configuration's hash. */
void core_parameter_value(const struct cfg *c, const struct core_parameter *p, struct buf *out);

#endif
