/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cosim/bench_case.h"
#include "cli/cosim_case.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/prng.h"
#include "gen/gen.h"
#include <stdlib.h>
#include <string.h>

enum { SEED = 1 };

static int emit(struct bench_case *b, struct err *e)
{
	struct gen_set set;
	int rc;

	b->rtl_dir = file_join("build/run", b->hash);
	if (gen_build(&b->cfg, 0, &set, e))
		return -1;
	rc = gen_write(&set, b->rtl_dir, e);
	gen_set_release(&set);
	return rc;
}

int bench_case_make(struct bench_case *b, const char *config, const char *const *set, size_t n_set, int tokens, struct err *e)
{
	struct prng p;
	int in, out, batch, rc;
	int32_t *w;
	int8_t *x;

	memset(b, 0, sizeof(*b));
	if (cfg_load(&b->cfg, config, set, n_set, e))
		return -1;
	cfg_hash(&b->cfg, b->hash);
	prng_init(&p, SEED);
	in = 2 * b->cfg.rows;
	out = 3 * b->cfg.tiles * (b->cfg.cols / b->cfg.weight_bits) / 2;
	w = mem_calloc((size_t)in * out, sizeof(*w));
	for (int i = 0; i < in * out; i++)
		w[i] = (int32_t)prng_range(&p, -127, 127);
	rc = map_take_integers(&b->cfg, w, out, in, "bench", 0, &b->layer, e);
	free(w);
	if (rc || (batch = map_batch(&b->cfg, &b->layer, MAP_LINEAR, e)) < 1)
		return -1;
	batch = batch > tokens ? tokens : batch;
	if (map_compile(&b->cfg, &b->layer, MAP_LINEAR, batch, NULL, &b->prog, e))
		return -1;
	x = mem_calloc((size_t)batch * in, 1);
	for (int i = 0; i < batch * in; i++)
		x[i] = (int8_t)prng_range(&p, -127, 127);
	b->stream = map_stream(&b->cfg, &b->layer, &b->prog, x);
	free(x);
	b->macs = (uint64_t)in * out * batch;
	return emit(b, e);
}

void bench_case_release(struct bench_case *b)
{
	map_program_release(&b->prog);
	map_layer_release(&b->layer);
	free(b->stream);
	free(b->rtl_dir);
	memset(b, 0, sizeof(*b));
}

struct cosim_job bench_case_job(const struct bench_case *b)
{
	struct cosim_job job = case_job(&b->cfg, NULL, "bench", b->prog.code, b->prog.n_instr, &b->prog.counts);

	job.stream = b->stream;
	job.n_beats = b->prog.n_beats;
	job.n_outputs = b->prog.n_outputs;
	job.seed = SEED;
	return job;
}
