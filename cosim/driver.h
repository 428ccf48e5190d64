/* The host of the device: AXI4-Lite master and both streams. Nothing else touches the device.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_DRIVER_H
#define COSIM_DRIVER_H
#include "common/prng.h"
#include "cosim/judge.h"

/* register offsets, isa.md section 4 */
enum {
	REG_ID = 0x000, REG_VERSION = 0x004, REG_HASH0 = 0x008, REG_GEOM0 = 0x028, REG_GEOM1 = 0x02c, REG_GEOM2 = 0x030,
	REG_DEPTH0 = 0x034, REG_DEPTH1 = 0x038, REG_DEPTH2 = 0x03c, REG_DEPTH3 = 0x044,
	REG_CTRL = 0x040, REG_STATUS = 0x048, REG_READOUT = 0x04c, REG_NUMBERS = 0x050, REG_TIMING = 0x054, REG_REFERENCE = 0x058, REG_SAMPLES = 0x05c, REG_LSB = 0x060, REG_LOW = 0x064,
	REG_CYCLES = 0x080, REG_STALLS = 0x088, REG_ACTIVATIONS = 0x090, REG_CONVERSIONS = 0x098, REG_COMPARISONS = 0x0a0, REG_COMPARE_CLOCKS = 0x0a8,
	REG_COMPUTE_CLOCKS = 0x0b0, REG_CONVERT_CLOCKS = 0x0b8, REG_SERVE_CLOCKS = 0x0c0, REG_SEED = 0x0c8,
	REG_CHAR_CTRL = 0x0d0, REG_CHAR_LEVEL = 0x0d4, REG_CHAR_STEP = 0x0d8, REG_CHAR_COUNT = 0x0dc,
	REG_WAIT_LOAD = 0x0e0, REG_WAIT_ACT = 0x0e8, REG_WAIT_OUT = 0x0f0, REG_WAIT_END = 0x0f8,
	REG_PROG = 0x10000, REG_TREE = 0x220000, REG_HISTOGRAM = 0x230000,
	STATUS_BUSY = 1, STATUS_DONE = 2, STATUS_ERROR = 4,
};

struct driver {
	const struct device_lib *lib;
	struct shim *shim;
	struct shim_pins *pins;
	struct prng random;
	double stall;
	/* streams of the current run */
	const uint64_t *beat; size_t n_beats, next_beat;
	struct judge *judge;         /* NULL: beats are taken without comparison */
	struct cosim_result *result; /* NULL: no run */
	size_t n_outputs;            /* room in result */
	uint64_t held_data; bool held, held_last; /* a result beat that was offered and not taken */
};

void driver_reset(struct driver *d);
/* why a register access or a run went unanswered: what the RTL said when it stopped, or "no answer" */
const char *driver_reason(const struct driver *d);
/* one register access; false: SLVERR or no answer within 1000 clocks */
bool driver_write(struct driver *d, uint32_t offset, uint32_t value);
bool driver_read(struct driver *d, uint32_t offset, uint32_t *value);
/* run-time registers but TREE, in the order in which they are written: NUMBERS, TIMING, REFERENCE, SAMPLES, SEED, LSB and LOW of every set */
enum { DRIVER_REGISTERS = 5 + 2 * GM_SETS };
struct driver_register { uint32_t offset, value; };
void driver_registers(const struct gm_regs *g, struct driver_register r[DRIVER_REGISTERS]);
/* registers, program, start, streams, interrupt, counters of one job, into r; differences go to j (which may compare or only count) */
void driver_run(struct driver *d, const struct cosim_job *job, struct judge *j, struct cosim_result *r);

/* registers, CHAR_*, start, wait, HISTOGRAM. ERR_DIFF: no answer, or no end */
int driver_characterise(struct driver *d, const struct gm_hw *hw, const struct gm_regs *g, const struct cosim_character *x, uint32_t *histogram, struct err *e);

#endif
