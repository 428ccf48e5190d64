/* A configuration made into a device, and opened for runs: what the drivers of many co-simulations share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SWEEP_DEVICE_H
#define SWEEP_DEVICE_H
#include "cli/cli_tables.h"
#include "cosim/cosim.h"

struct sweep_device { struct cfg cfg; char hash[65]; struct device_lib lib; };

/* d->cfg is set: emits it into build/run/HASH, builds or finds the model */
int sweep_device_make(struct sweep_device *d, struct err *e);
/* c: d->cfg with a run's registers; tables NULL: ideal ones. The golden machine is beside it and compares */
struct cosim *sweep_device_open(const struct sweep_device *d, const struct cfg *c, const struct cli_tables *tables, struct err *e);

#endif
