/* The C face of the SystemC bench: one initiator that runs C (the driver), one memory, one DMA engine per stream, an interrupt, a scoreboard, and
 * behind the same sockets cim_rtl (the Verilated core), cim_tlm, or both in lock-step. One shared object; the kernel is one per process, so is the bench.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_SC_API_H
#define COSIM_SC_API_H
#include "cosim/driver/cim_driver.h"
#include "cosim/shim.h"
#ifdef __cplusplus
extern "C" {
#else
#include <stdbool.h>
#endif

/* cosim/regmodel.h without its header: functions of the program that loads the object */
struct sc_model_ops {
	void *model;
	void (*reset)(void *model);
	int (*read)(void *model, uint32_t offset, uint64_t elapsed, uint32_t *value);
	int (*write)(void *model, uint32_t offset, uint32_t value, unsigned strobes);
	uint32_t *(*program)(void *model, size_t *bytes);
	bool (*started)(const void *model);
	size_t (*needs)(const void *model);
	/* executes; out: result beats and their TLAST (until the next run), clocks, beats taken */
	void (*run)(void *model, const uint64_t *beats, size_t n, const uint64_t **beat, const bool **last, size_t *n_out, uint64_t *cycles, size_t *used);
	void (*finish)(void *model);
	bool (*irq)(const void *model);
};

struct sc_setup {
	bool rtl, tlm;                  /* which parts; both: lock-step, the RTL answers the driver */
	const char *const *plusargs;    /* of the RTL; ends with NULL */
	const struct shim_probe *probe; /* NULL: none */
	const char *trace;              /* FST; NULL */
	const struct sc_model_ops *model;
	unsigned period_ps, quantum;    /* quantum: clocks that a part may run ahead of the others; 0: the default, 1000 */
};

/* as struct engine_run */
struct sc_run {
	double stall; uint64_t seed, limit;
	void (*beat)(void *ctx, uint64_t data, bool last);
	void (*differ)(void *ctx, const char *text);
	void (*progress)(void *ctx, uint64_t clocks);
	void *ctx, *progress_ctx;
};

struct sc_bench;
struct sc_api {
	struct sc_bench *(*make)(const struct sc_setup *s); /* once per process; NULL: the kernel refused (fault of NULL says why) */
	void (*free)(struct sc_bench *b);
	void (*call)(struct sc_bench *b, void (*fn)(void *arg, const struct cim_bus *bus), void *arg);
	void (*begin)(struct sc_bench *b, const struct sc_run *r);
	void (*settle)(struct sc_bench *b, int clocks);
	void (*reset)(struct sc_bench *b);
	bool (*irq)(struct sc_bench *b);
	uint64_t (*clocks)(struct sc_bench *b);
	const char *(*fault)(struct sc_bench *b);
};
/* the one exported symbol (beside sc_main, which the library wants and nobody calls) */
void sc_get_api(struct sc_api *api);

#ifdef __cplusplus
}
#endif
#endif
