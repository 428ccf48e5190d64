/* Characterisation over the registers: docs/isa.md section 7.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/driver.h"
#include <inttypes.h>

static int put(struct driver *d, uint32_t offset, uint32_t value, struct err *e)
{
	if (driver_write(d, offset, value))
		return 0;
	return err_set(e, ERR_DIFF, "characterisation: a write of 0x%08" PRIx32 " to register 0x%05" PRIx32 " was not accepted (%s)", value, offset, driver_reason(d));
}

static int get(struct driver *d, uint32_t offset, uint32_t *value, struct err *e)
{
	if (driver_read(d, offset, value))
		return 0;
	return err_set(e, ERR_DIFF, "characterisation: a read of register 0x%05" PRIx32 " failed (%s)", offset, driver_reason(d));
}

/* more than any: every level asks every threshold, each in a compare cycle of the longest kind */
static uint64_t most_clocks(const struct gm_hw *hw, const struct gm_regs *g, const struct cosim_character *x)
{
	uint64_t cycle = (uint64_t)(g->compare + g->reference_precharge + g->share + g->settle);

	return (uint64_t)x->count * (uint64_t)x->repeats * (((cycle + 4) << hw->adc_bits) + 64) + 1000;
}

int driver_characterise(struct driver *d, const struct gm_hw *hw, const struct gm_regs *g, const struct cosim_character *x, uint32_t *histogram, struct err *e)
{
	uint32_t control = 1u | (uint32_t)x->references << 1 | (uint32_t)x->bits << 4 | (uint32_t)x->set << 8 | (uint32_t)x->tile << 10 | (uint32_t)x->lane << 16 |
			   (uint32_t)(x->repeats - 1) << 24;
	uint64_t end = d->lib->api.cycles(d->shim) + most_clocks(hw, g, x);
	struct driver_register r[DRIVER_REGISTERS];
	uint32_t busy = 1;

	driver_registers(g, r);
	for (int i = 0; i < DRIVER_REGISTERS; i++)
		if (put(d, r[i].offset, r[i].value, e))
			return -1;
	if (put(d, REG_CHAR_LEVEL, (uint32_t)x->level & 0xffffff, e) || put(d, REG_CHAR_STEP, (uint32_t)x->step, e) || put(d, REG_CHAR_COUNT, (uint32_t)x->count, e) ||
	    put(d, REG_CHAR_CTRL, control, e))
		return -1;
	while (busy & 1) {
		if (get(d, REG_CHAR_CTRL, &busy, e))
			return -1;
		if (d->lib->api.cycles(d->shim) > end)
			return err_set(e, ERR_DIFF, "characterisation of tile %d, converter %d does not end", x->tile, x->lane);
	}
	for (uint32_t k = 0; k < 1u << hw->adc_bits; k++)
		if (get(d, REG_HISTOGRAM + 4 * k, &histogram[k], e))
			return -1;
	return 0;
}
