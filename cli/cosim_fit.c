/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_fit.h"
#include "adc/fit.h"
#include "lib/numbers.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

static void count(struct fit_effort *f, const struct fit_request *r)
{
	if (!f)
		return;
	f->requests++;
	f->levels += (uint64_t)r->count;
	f->decisions += (uint64_t)r->count * (uint64_t)r->repeats * (((uint64_t)1 << r->bits) - 1);
}

int fit_converter(struct cosim *device, const struct cfg *c, const struct cosim_fit *how, int tile, int lane, int32_t *T, struct err *e)
{
	/* where ideal thresholds lie; the fit goes on beyond where it has to */
	int from = (c->low - c->lsb) * (1 << c->grid_bits), to = (c->low + (c->lsb << c->bits)) * (1 << c->grid_bits), rc;
	uint32_t *histogram = MEM_NEW((size_t)1 << c->bits, uint32_t);
	struct gm_regs regs = numbers_regs(c, NULL);
	struct fit_request ask;
	struct fit f;

	fit_begin(&f, FIT_REFERENCES, c->bits, from, to, how->step, how->repeats);
	while (!(rc = fit_next(&f, &ask, e)) && ask.count) {
		struct cosim_character x = {
			.references = true, .bits = ask.bits, .set = how->set, .tile = tile, .lane = lane, .repeats = ask.repeats, .step = ask.step, .count = ask.count, .level = ask.level,
		};

		rc = cosim_characterise(device, &regs, &x, histogram, e);
		if (rc)
			break;
		fit_add(&f, &ask, histogram);
		count(how->effort, &ask);
	}
	if (!rc)
		fit_table(&f, T);
	free(histogram);
	return rc;
}

int fit_device(struct cosim *device, const struct cfg *c, const struct cosim_fit *how, int32_t *T, struct err *e)
{
	size_t table = (size_t)1 << c->bits;
	int rc = 0;

	for (int i = 0; i < c->tiles * c->adcs && !rc; i++) {
		int32_t *first = T + (size_t)i * GM_SETS * table;

		rc = fit_converter(device, c, how, i / c->adcs, i % c->adcs, first, e);
		for (int s = 1; s < GM_SETS && !rc; s++)
			memcpy(first + (size_t)s * table, first, table * sizeof(*first));
		if (how->bar)
			progress_at(how->bar, (uint64_t)i + 1);
	}
	return rc;
}
