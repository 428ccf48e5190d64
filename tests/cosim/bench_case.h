/* What every engine of the bench runs: a random matrix, its program and its input stream, on one configuration.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_CASE_H
#define BENCH_CASE_H
#include "cosim/cosim.h"
#include "map/map.h"

struct bench_case {
	struct cfg cfg;
	char hash[65];
	struct map_layer layer;
	struct map_program prog;
	uint64_t *stream;
	char *rtl_dir;       /* emitted */
	uint64_t macs;       /* multiply-accumulates of the program: in * out * tokens */
};

/* config with overrides set[n_set] ("array.rows=128"); two row groups and three passes over all tiles, as many tokens as one program takes, `tokens` at most */
int bench_case_make(struct bench_case *b, const char *config, const char *const *set, size_t n_set, int tokens, struct err *e);
void bench_case_release(struct bench_case *b);
struct cosim_job bench_case_job(const struct bench_case *b);

#endif
