/* What the harness and the bench of Icarus Verilog say to each other over a socket: one struct shim_pins a clock one way (its inputs count), one answer
 * back. Both ends are compiled from these headers for the same machine, so the structs go as they lie in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_ICARUS_WIRE_H
#define COSIM_ICARUS_WIRE_H
#include "cosim/shim.h"

enum { WIRE_FD = 3 }; /* the bench's end, inherited */

/* Answer of a clock: pins as they stood before the rising edge, then the events of that edge. */
struct wire_answer {
	struct shim_pins pins;
	uint32_t words;       /* of events that follow */
	uint32_t printed;     /* bytes that the simulator has printed since the file of its messages was emptied */
	uint8_t ended;        /* by $fatal, $stop or $finish: no further answer comes */
	char breach[96];      /* the first rule of AXI that was broken (protocol.sv); empty: none */
	uint8_t late;         /* ... in the clock before this one */
	char unknown[64];     /* the first output or probe that was x or z although it counted; empty: none */
};

/* Events: a word `kind`, then words in the order of the functions of struct shim_probe; a mask has (lanes + 31) / 32 words, codes two lanes a word */
enum wire_event { WIRE_CODES, WIRE_PARTIAL, WIRE_OUT, WIRE_TAKE, WIRE_FINISH, WIRE_LOAD };
enum { WIRE_MAX_LANES = 256, WIRE_MAX_EVENT = 5 + WIRE_MAX_LANES / 32 + WIRE_MAX_LANES / 2 };

#endif
