/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_device.h"
#include "gen/gen.h"
#include "lib/numbers.h"
#include <stdio.h>

int sweep_device_make(struct sweep_device *d, struct err *e)
{
	struct gen_set set;
	char dir[128];
	int rc;

	cfg_hash(&d->cfg, d->hash);
	snprintf(dir, sizeof(dir), "build/run/%s", d->hash);
	rc = gen_build(&d->cfg, 0, &set, e);
	if (!rc) {
		rc = gen_write(&set, dir, e);
		gen_set_release(&set);
	}
	return rc ? rc : device_build(&(struct device_ask){ DEVICE_VERILATOR, dir, d->cfg.prefix, false, true }, &d->lib, e);
}

struct cosim *sweep_device_open(const struct sweep_device *d, const struct cfg *c, const struct cli_tables *tables, struct err *e)
{
	struct cosim_setup setup = { .hw = numbers_hw(c), .hash = d->hash, .thresholds = tables ? tables->hardware : NULL, .expected_thresholds = tables ? tables->golden : NULL, .compare = true };

	return cosim_open(&d->lib, &setup, e);
}
