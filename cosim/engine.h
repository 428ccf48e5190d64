/* What simulates the device: one face for all, so that the judge and the driver know none of them.
 *   verilator  the Verilated model behind C pins (pins.c over device.c)
 *   icarus     the same pins over a vvp process and VPI (icarus.c, icarus/)
 *   systemc    `verilator --sc` behind an AXI bridge with TLM sockets (systemc.c, systemc/)
 *   tlm        cim_tlm: the golden machine behind the register map, loosely timed (systemc.c, regmodel.c)
 *   lockstep   systemc and tlm on one bench: every register read, beat, interrupt compared as they come
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_ENGINE_H
#define COSIM_ENGINE_H
#include "common/err.h"
#include "cosim/device.h"
#include "cosim/driver/cim_driver.h"
#include "cosim/shim.h"
#include "golden/machine.h"
#include <stdbool.h>

enum engine_kind { ENGINE_VERILATOR, ENGINE_ICARUS, ENGINE_SYSTEMC, ENGINE_TLM, ENGINE_LOCKSTEP, ENGINE_KINDS };
/* names of --engine, in that order */
extern const char *const engine_name[ENGINE_KINDS];

/* What an engine can show; the judge compares just that. */
struct engine_traits {
	enum device_kind device; /* what it runs on */
	bool events;   /* codes, partial sums and OUT elements reach the probes */
	bool window;   /* so do takes and finishes */
	bool stalls;   /* streams may be left idle at random */
	bool trace;    /* it writes a waveform */
	bool rtl;      /* the emitted RTL is in it */
	bool once;     /* one device per process: a spoilt one is reset, not made anew */
	bool blind;    /* it runs without probes too */
	bool golden;   /* the device is the golden machine itself: comparing it with the golden machine says nothing */
};
extern const struct engine_traits engine_traits[ENGINE_KINDS];

/* One job's way with the streams, told before each run (stall of a platform that cannot: refused by the command line). */
struct engine_run {
	double stall; uint64_t seed;           /* chance per clock that the host leaves a stream idle */
	uint64_t limit;                        /* clocks that cim_bus.wait waits at most */
	void (*beat)(void *ctx, uint64_t data, bool last); /* every result beat as it leaves; may be NULL */
	/* a difference that the engine itself sees: a protocol breach, a scoreboard that disagrees */
	void (*differ)(void *ctx, const char *text);
	void (*progress)(void *ctx, uint64_t clocks);      /* NULL: none */
	void *ctx, *progress_ctx;
};

struct engine {
	enum engine_kind kind;
	void *self;
	/* runs fn once where the bus may block (for SystemC: in the initiator's thread), and returns when fn has */
	void (*call)(struct engine *g, void (*fn)(void *arg, const struct cim_bus *bus), void *arg);
	void (*begin)(struct engine *g, const struct engine_run *r); /* before a job's first access; r stays valid until the next */
	void (*settle)(struct engine *g, int clocks);   /* lets the device run on: stragglers. Inside call only */
	void (*reset)(struct engine *g);                /* rst_ni low for a few clocks; registers, link and noise as new. Outside call */
	bool (*irq)(struct engine *g);
	uint64_t (*clocks)(struct engine *g);           /* simulated since made */
	const char *(*fault)(struct engine *g);         /* why nothing answers any more: $fatal and the like; NULL: nothing */
	void (*free)(struct engine *g);
};

/* What a device is made of: plusargs of the macro ("+cim_thresholds=..", ends with NULL), probes (NULL: none), a trace file (NULL: none). */
struct engine_setup {
	const char *const *plusargs;
	const struct shim_probe *probe;
	const char *trace;
	/* tlm and lockstep */
	const struct gm_hw *hw;
	const int32_t *thresholds;   /* as gm_new; NULL: ideal ones of the windows that the registers hold at a start */
	const struct gf_faults *faults; /* of the golden machine behind the registers; NULL: none */
	const char *hash;            /* configuration, 64 hex digits */
	const struct gm_regs *reset; /* registers after reset */
	bool emulate;                /* tlm and lockstep: every converter code, even where integer products would give the same sums */
	unsigned period_ps, watchdog; /* watchdog: reset value of WATCHDOG */
};

/* lib: what device_build made for this kind. The device comes reset. NULL with e set: the simulator does not start. */
struct engine *engine_new(enum engine_kind kind, const struct device_lib *lib, const struct engine_setup *s, struct err *e);
/* the makers behind it, one per file */
struct engine *engine_pins(const struct device_lib *lib, const struct engine_setup *s, struct err *e);
struct engine *engine_icarus(const struct device_lib *lib, const struct engine_setup *s, struct err *e);
struct engine *engine_systemc(enum engine_kind kind, const struct device_lib *lib, const struct engine_setup *s, struct err *e);

#endif
