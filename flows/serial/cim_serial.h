/* A core behind a serial line (rtl cim_fpga_bridge): struct cim_bus for the driver, out of a port that carries bytes.
 * Freestanding like the driver: it allocates nothing, calls no library, and the port is the caller's. docs/fpga.md has the bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CIM_SERIAL_H
#define CIM_SERIAL_H
#include "cim_driver.h"

struct cim_port {
	void *ctx;
	int (*put)(void *ctx, const uint8_t *bytes, size_t n); /* 0, or -1 */
	int (*get)(void *ctx, uint8_t *bytes, size_t n);       /* waits for n bytes; 0, or -1: they did not come within the port's own limit */
	int (*line_break)(void *ctx);                          /* holds the line low for longer than a byte; 0, or -1 */
};

enum { /* status byte */
	CIM_SERIAL_MARK = 0x80, CIM_SERIAL_ROOM = 0x40, CIM_SERIAL_BEAT = 0x20, CIM_SERIAL_IRQ = 0x10, CIM_SERIAL_LAST = 0x08, CIM_SERIAL_LOST = 0x04,
	CIM_SERIAL_RESULT = 0x03, CIM_SERIAL_DONE = 0, CIM_SERIAL_UNKNOWN = 1, CIM_SERIAL_BUS_ERROR = 2, CIM_SERIAL_NOT_NOW = 3,
};

/* port and polls are the caller's, the rest is kept here. polls: status requests in a row without news until a wait is given up. */
struct cim_serial {
	const struct cim_port *port;
	uint32_t polls;
	uint8_t status; /* the last one */
	const uint64_t *beats;
	uint64_t *results;
	size_t n_beats, sent, n_results, received;
};

/* A break ends whatever somebody else left half said; then one status. 0, or -1: nobody answers as the bridge does. */
int cim_serial_open(struct cim_serial *s, const struct cim_port *port, uint32_t polls);
void cim_serial_bus(struct cim_serial *s, struct cim_bus *bus);

#endif
