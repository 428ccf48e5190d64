/* A compiled program whose ACTs are given other threshold sets and resolutions. SPDX-License-Identifier: Apache-2.0 */
#include "sweep_draw.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

/* docs/isa.md section 2: w6 3:0 bits, 5:4 set */
static uint32_t *shuffled(const struct map_program *m, struct prng *p, const struct cfg *c)
{
	bool any = c->search == CFG_BINARY && c->adc != CFG_STOCHASTIC;
	uint32_t *code = MEM_NEW(8 * m->n_instr, uint32_t);

	memcpy(code, m->code, 8 * m->n_instr * sizeof(*code));
	for (size_t i = 0; i < m->n_instr; i++) {
		uint32_t *w6 = code + 8 * i + 6;

		if ((code[8 * i] & 15) != MAP_ACT)
			continue;
		*w6 = (*w6 & ~0x30u) | (uint32_t)prng_range(p, 0, GM_SETS - 1) << 4;
		if (any)
			*w6 = (*w6 & ~15u) | (uint32_t)prng_range(p, 1, c->bits);
	}
	return code;
}

int draw_shuffled(struct draw *d, struct prng *p, struct cosim *device, struct err *e)
{
	int most = map_batch(&d->c, &d->k.map, d->k.placement, e), rc;
	const struct cli_tree *tree = d->has_tree ? &d->tree : NULL;
	struct map_counts counts;
	struct map_program m;
	struct cosim_job job;
	uint64_t *stream;
	uint32_t *code;

	if (!most || map_compile(&d->c, &d->k.map, d->k.placement, d->k.tokens < most ? d->k.tokens : most, tree ? &tree->steps : NULL, &m, e))
		return -1;
	code = shuffled(&m, p, &d->c);
	stream = map_stream(&d->c, &d->k.map, &m, d->k.x);
	rc = map_predict(&d->c, code, m.n_instr, tree ? &tree->steps : NULL, &counts, e);
	if (!rc) {
		job = case_job(&d->c, tree, "sweep", code, m.n_instr, &counts);
		memcpy(job.regs.window, d->window, sizeof(d->window));
		job.stream = stream;
		job.n_beats = m.n_beats;
		job.n_outputs = m.n_outputs;
		job.stall = d->stall;
		job.seed = prng_u64(p);
		rc = cosim_run(device, &job, &d->k.total, e);
		if (!rc)
			cosim_result_release(&d->k.total);
	}
	map_program_release(&m);
	free(stream);
	free(code);
	return rc;
}
