/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cosim/bench_worker.h"
#include "lib/numbers.h"
#include "common/mem.h"
#include "common/progress.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const bench_row_name[BENCH_ROWS] = { "bare", "by hand", "harness", "systemc", "tlm", "tlm, codes", "icarus", "golden", "golden prod." };

struct bench_worker { pid_t pid; int ask, answer; };

/* an answer of the process: what it measured, or why it could not */
struct answer { double value, mb; struct err err; };

struct engine_of { enum engine_kind engine; enum device_kind device; bool probes, emulate; };
static const struct engine_of of[BENCH_ROWS] = {
	[BENCH_BARE] = { ENGINE_VERILATOR, DEVICE_VERILATOR }, [BENCH_HAND] = { ENGINE_VERILATOR, DEVICE_VERILATOR },
	[BENCH_HARNESS] = { ENGINE_VERILATOR, DEVICE_VERILATOR, true }, [BENCH_SYSTEMC] = { ENGINE_SYSTEMC, DEVICE_SYSTEMC, true },
	[BENCH_TLM] = { ENGINE_TLM, DEVICE_TLM }, [BENCH_TLM_CODES] = { ENGINE_TLM, DEVICE_TLM, false, true }, [BENCH_ICARUS] = { ENGINE_ICARUS, DEVICE_ICARUS, true },
};

/* the process: device or golden machine, and the job */
struct bench {
	const struct bench_case *c;
	enum bench_row row;
	struct device_lib lib;
	struct cosim *device;
	struct gm *golden;
	struct gm_regs regs;
};

static double peak_mb(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)u.ru_maxrss / 1024;
}

static int open_golden(struct bench *b)
{
	struct gm_hw hw = numbers_hw(&b->c->cfg);

	b->regs = numbers_regs(&b->c->cfg, NULL);
	b->regs.clocks = false;
	b->regs.product = b->row == BENCH_PRODUCT;
	b->golden = gm_new(&hw, NULL);
	return 0;
}

static int open_device(struct bench *b, const char *hand, struct err *e)
{
	const struct engine_of *x = &of[b->row];
	struct device_ask ask = { .kind = x->device, .rtl_dir = b->row == BENCH_HAND ? hand : b->c->rtl_dir, .prefix = b->c->cfg.prefix, .probes = x->probes };
	struct cosim_setup s = {
		.hw = numbers_hw(&b->c->cfg), .hash = b->row == BENCH_HAND ? NULL : b->c->hash, .compare = b->row != BENCH_BARE && b->row != BENCH_HAND, .engine = x->engine,
		.emulate = x->emulate, .reset = numbers_reset_regs(&b->c->cfg), .period_ps = (unsigned)b->c->cfg.clk_period_ps,
	};

	if (device_build(&ask, &b->lib, e))
		return -1;
	b->device = cosim_open(&b->lib, &s, e);
	return b->device ? 0 : -1;
}

static double run_golden(struct bench *b, struct err *e)
{
	struct gm_sink sink = { 0 };
	struct gm_counts counts = { 0 };
	double t0 = progress_now();
	size_t used;

	if (gm_run(b->golden, &b->regs, b->c->prog.code, b->c->prog.n_instr, b->c->stream, b->c->prog.n_beats, &sink, &counts, &used, e))
		return -1;
	return progress_now() - t0;
}

static double run_device(struct bench *b, struct err *e)
{
	struct cosim_job job = bench_case_job(b->c);
	struct cosim_result r = { 0 };
	double t0 = progress_now(), v = -1;

	if (!cosim_run(b->device, &job, &r, e)) {
		v = progress_now() - t0;
		if (r.mismatches)
			v = err_set(e, ERR_DIFF, "%s", r.first);
	}
	cosim_result_release(&r);
	return v;
}

static void send_answer(int fd, struct answer *a)
{
	if (write(fd, a, sizeof(*a)) != (ssize_t)sizeof(*a))
		_exit(1);
	memset(a, 0, sizeof(*a));
}

/* Cores of a shared machine differ for minutes, and a process that slept wakes where it was: in round k every engine runs on the same two. */
static void settle_on_cores(int round)
{
	static cpu_set_t all;
	cpu_set_t two;
	int n = 0, seen = 0;

	if (!CPU_COUNT(&all))
		sched_getaffinity(0, sizeof(all), &all);
	n = CPU_COUNT(&all);
	CPU_ZERO(&two);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all) && (seen++ - round % n + n) % n < 2)
			CPU_SET(cpu, &two);
	sched_setaffinity(0, sizeof(two), &two);
}

static void serve(enum bench_row row, const struct bench_case *c, const char *hand, int ask, int answer)
{
	struct bench b = { .c = c, .row = row };
	bool golden = row == BENCH_GOLDEN || row == BENCH_PRODUCT;
	struct answer a = { 0 };
	int round;

	if ((golden ? open_golden(&b) : open_device(&b, hand, &a.err)) || (golden ? run_golden(&b, &a.err) : run_device(&b, &a.err)) < 0)
		a.value = -1;
	else
		a.value = b.lib.build_seconds;
	a.mb = peak_mb(RUSAGE_CHILDREN); /* of the largest compiler that ran */
	send_answer(answer, &a);
	while (read(ask, &round, sizeof(round)) == (ssize_t)sizeof(round) && round >= 0) {
		settle_on_cores(round);
		a.value = golden ? run_golden(&b, &a.err) : run_device(&b, &a.err);
		send_answer(answer, &a);
	}
	a.mb = peak_mb(RUSAGE_SELF);
	send_answer(answer, &a);
	cosim_close(b.device);
	device_close(&b.lib);
	_exit(0);
}

static int hear(struct bench_worker *w, struct answer *a, struct err *e)
{
	if (read(w->answer, a, sizeof(*a)) != (ssize_t)sizeof(*a))
		return err_set(e, ERR_ENV, "the process of this row ended");
	if (a->err.code) {
		*e = a->err;
		return -1;
	}
	return 0;
}

struct bench_worker *bench_worker_new(enum bench_row row, const struct bench_case *b, const char *hand, double *build_seconds, double *build_mb, struct err *e)
{
	struct bench_worker *w = MEM_NEW(1, struct bench_worker);
	int ask[2], answer[2];
	struct answer a;

	fflush(NULL);
	if (pipe(ask) || pipe(answer) || (w->pid = fork()) < 0) {
		err_set(e, ERR_ENV, "cannot start a process for this row");
		free(w);
		return NULL;
	}
	if (!w->pid) {
		close(ask[1]);
		close(answer[0]);
		serve(row, b, hand, ask[0], answer[1]);
	}
	close(ask[0]);
	close(answer[1]);
	w->ask = ask[1];
	w->answer = answer[0];
	if (hear(w, &a, e)) {
		bench_worker_end(w);
		return NULL;
	}
	*build_seconds = a.value;
	*build_mb = a.mb;
	return w;
}

double bench_worker_run(struct bench_worker *w, int round, struct err *e)
{
	struct answer a;

	if (write(w->ask, &round, sizeof(round)) != (ssize_t)sizeof(round))
		return err_set(e, ERR_ENV, "the process of this row ended");
	return hear(w, &a, e) ? -1 : a.value;
}

double bench_worker_end(struct bench_worker *w)
{
	struct answer a = { 0 };
	struct err e = { 0 };
	int status, stop = -1;

	if (write(w->ask, &stop, sizeof(stop)) != (ssize_t)sizeof(stop) || hear(w, &a, &e)) /* not its end of file: later processes hold copies of our end */
		a.mb = -1;
	close(w->ask);
	close(w->answer);
	waitpid(w->pid, &status, 0);
	free(w);
	return a.mb;
}
