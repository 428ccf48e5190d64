/* The thin C face of a Verilated cim_top; everything above it is C11. One shared object per hardware.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_SHIM_H
#define COSIM_SHIM_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

struct shim;   /* one device: a VerilatedContext and a model */

/* Ports of cim_top, pins as the AXI standards name them. Inputs are written by the harness before a clock, outputs read after it:
 * they are the values that stood at the rising edge, so "valid and ready both seen" is a transfer. */
struct shim_pins {
	/* in */
	uint8_t rst_n;
	uint32_t awaddr; uint8_t awvalid; uint32_t wdata; uint8_t wstrb, wvalid, bready;
	uint32_t araddr; uint8_t arvalid, rready;
	uint64_t s_tdata; uint8_t s_tvalid, s_tlast;
	uint8_t m_tready;
	/* out */
	uint8_t awready, wready, bvalid, bresp, arready, rvalid, rresp; uint32_t rdata;
	uint8_t s_tready;
	uint64_t m_tdata; uint8_t m_tvalid, m_tlast;
	uint8_t irq;
};

/* Probe events (cosim/probe_tile.sv and probe_core.sv, bound into the RTL, call these through DPI). cycle = clocks since the device was made. */
struct shim_probe {
	void *ctx;
	/* codes of one round: position, lane mask and codes (one 16-bit word per lane, lanes 0..n-1) */
	void (*codes)(void *ctx, int tile, int plane, int position, int n_lanes, const uint32_t *lane_mask, const uint16_t *code);
	void (*partial)(void *ctx, int tile, int address, int32_t partial, int32_t accumulator);
	void (*out)(void *ctx, int address, int channel, int32_t acc, int q, int flags);
	void (*take)(void *ctx, int tile, uint64_t cycle);   /* hold strobe */
	void (*finish)(void *ctx, int tile, uint64_t cycle); /* last clock of a plane's conversion */
	void (*load)(void *ctx, int tile, uint64_t cycle);   /* a row written */
};

struct shim_api {
	struct shim *(*make)(const char *const *plusargs /* "+name=value", ends with NULL */, const struct shim_probe *probe /* NULL: none */, const char *trace_file /* NULL */);
	void (*free)(struct shim *s);
	struct shim_pins *(*pins)(struct shim *s);
	void (*clock)(struct shim *s);   /* one full clock: applies inputs, reads outputs, rising edge */
	uint64_t (*cycles)(struct shim *s);
	const char *(*fault)(struct shim *s); /* what $fatal, $stop or $finish in the RTL said; NULL: nothing. A device with a fault is not clocked further */
	/* As clock, up to n times with the same inputs, but returns after the first clock at which something passed: irq is high, or valid and ready of
	 * a stream or of an AXI-Lite channel are. Outputs are those of the last clock; of those before it, nothing passed. Returns the clocks made,
	 * fewer than n without an event only after a fault. The host may look at m_tvalid while it holds m_tready low after the call: nothing was taken. */
	uint64_t (*run)(struct shim *s, uint64_t n);
};
/* the one exported symbol */
void shim_get_api(struct shim_api *api);

#ifdef __cplusplus
}
#endif
#endif
