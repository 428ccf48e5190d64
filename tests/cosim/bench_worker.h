/* One engine of the bench in a process of its own: SystemC allows one bench per process, and the peak of memory is then the engine's.
 * The parent asks for one run at a time, so that engines take turns on a noisy machine.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_WORKER_H
#define BENCH_WORKER_H
#include "tests/cosim/bench_case.h"

/* What is measured. A golden row is gm_run alone: no device, no clocks. */
enum bench_row { BENCH_BARE, BENCH_HAND, BENCH_HARNESS, BENCH_SYSTEMC, BENCH_TLM, BENCH_TLM_CODES, BENCH_ICARUS, BENCH_GOLDEN, BENCH_PRODUCT, BENCH_ROWS };
extern const char *const bench_row_name[BENCH_ROWS];

struct bench_worker;
/* Builds, opens, warms up once. hand: emitted-like directory of the hand-written core (BENCH_HAND). NULL with e set: it cannot be measured. */
struct bench_worker *bench_worker_new(enum bench_row row, const struct bench_case *b, const char *hand, double *build_seconds, double *build_mb, struct err *e);
/* seconds of one run of the program, programming included, on the two cores of that round; < 0 with e set: it differed or died */
double bench_worker_run(struct bench_worker *w, int round, struct err *e);
/* ends the process; its peak of memory in MB */
double bench_worker_end(struct bench_worker *w);

#endif
