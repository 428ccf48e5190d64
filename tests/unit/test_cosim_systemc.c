/* cosim: the C face of the SystemC bench (sc_api.h) over a model of four registers, and what the engine refuses.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/device.h"
#include "cosim/engine.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { BEATS = 3, CYCLES = 700, CTRL = 0x40, STATUS = 0x48, PROGRAM = 0x10000 };

/* a core that adds program word 0 to every beat */
static struct model { uint32_t status, enable, program[64]; bool started; uint64_t out[BEATS]; } model;
static const bool lasts[BEATS] = { false, false, true };

static void m_reset(void *p) { memset(p, 0, sizeof(struct model)); }

static int m_read(void *p, uint32_t offset, uint64_t elapsed, uint32_t *value)
{
	(void)elapsed;
	*value = offset == STATUS ? ((struct model *)p)->status : 0;
	return offset < 0x100 ? 0 : -1;
}

static int m_write(void *p, uint32_t offset, uint32_t value, unsigned strobes)
{
	struct model *m = p;

	(void)strobes;
	if (offset == STATUS)
		m->status &= ~value;
	if (offset == CTRL) {
		m->enable = value & 2;
		m->started = value & 1;
		m->status |= value & 1;
	}
	return offset < 0x100 ? 0 : -1; /* program memory is reached by DMI alone */
}

static uint32_t *m_program(void *p, size_t *bytes)
{
	*bytes = sizeof(((struct model *)p)->program);
	return ((struct model *)p)->program;
}

static bool m_started(const void *p) { return ((const struct model *)p)->started; }
static size_t m_needs(const void *p) { return p ? BEATS : 0; }

static void m_run(void *p, const uint64_t *beats, size_t n, const uint64_t **beat, const bool **last, size_t *n_out, uint64_t *cycles, size_t *used)
{
	struct model *m = p;

	assert_true(n >= BEATS);
	for (int i = 0; i < BEATS; i++)
		m->out[i] = beats[i] + m->program[0];
	m->started = false;
	*beat = m->out;
	*last = lasts;
	*n_out = *used = BEATS;
	*cycles = CYCLES;
}

static void m_finish(void *p) { ((struct model *)p)->status = 2; }
static bool m_irq(const void *p) { return ((const struct model *)p)->enable && ((const struct model *)p)->status & 2; }

static const struct sc_model_ops ops = { &model, m_reset, m_read, m_write, m_program, m_started, m_needs, m_run, m_finish, m_irq };

static struct device_lib lib;
static struct sc_bench *bench;

static int build(void **state)
{
	struct err e = { 0 };

	(void)state;
	if (device_build(&(struct device_ask){ .kind = DEVICE_TLM }, &lib, &e))
		print_message("# %s\n", e.text);
	return 0;
}

static void refused(const char *words)
{
	struct engine_setup s = { .period_ps = 10000 };
	struct err e = { 0 };

	assert_null(engine_systemc(ENGINE_SYSTEMC, &lib, &s, &e));
	assert_int_equal(e.code, ERR_ENV);
	assert_non_null(strstr(e.text, "the SystemC engine does not start: "));
	assert_non_null(strstr(e.text, words));
	assert_non_null(strstr(e.text, "; run each device in a process of its own"));
}

static void no_rtl(void **state)
{
	(void)state;
	if (!lib.handle)
		skip();
	refused("this object has no RTL in it");
}

static struct { uint64_t results[BEATS]; int beats, lasts, failed; size_t sent, received; uint64_t clocks; } seen;

static void on_beat(void *ctx, uint64_t data, bool last)
{
	(void)ctx;
	(void)data;
	seen.beats++;
	seen.lasts += last;
}

/* in the initiator's thread */
static void drive(void *arg, const struct cim_bus *bus)
{
	const uint32_t words[2] = { *(uint32_t *)arg, 0 };
	const uint64_t beats[BEATS] = { 1000, 2000, 3000 };
	uint32_t v = 0;

	seen.failed += bus->write_block(bus->ctx, PROGRAM, words, 2) != 0;
	seen.failed += bus->write(bus->ctx, PROGRAM, 1) != -1; /* what the model refuses */
	seen.failed += bus->read(bus->ctx, 1 << 22, &v) != -1;
	bus->receive(bus->ctx, seen.results, BEATS);
	bus->send(bus->ctx, beats, BEATS);
	seen.failed += bus->write(bus->ctx, CTRL, 3) != 0;
	seen.clocks = lib.sc.clocks(bench);
	seen.failed += bus->wait(bus->ctx) != 0;
	seen.clocks = lib.sc.clocks(bench) - seen.clocks;
	seen.failed += bus->read(bus->ctx, STATUS, &v) != 0 || v != 2;
	seen.failed += bus->write(bus->ctx, STATUS, 2) != 0;
	lib.sc.settle(bench, 5);
	bus->stop(bus->ctx, &seen.sent, &seen.received);
}

static void waits_in_vain(void *arg, const struct cim_bus *bus)
{
	*(int *)arg = bus->wait(bus->ctx);
}

static void runs(void **state)
{
	struct sc_setup s = { .tlm = true, .model = &ops, .period_ps = 10000, .quantum = 7 };
	struct sc_run r = { .limit = 10000, .beat = on_beat };
	uint32_t add = 5;
	uint64_t before;
	int rc = 0;

	(void)state;
	if (!lib.handle)
		skip();
	bench = lib.sc.make(&s);
	assert_non_null(bench);
	lib.sc.reset(bench);
	for (add = 5; add < 8; add++) { /* many calls, one elaboration */
		memset(&seen, 0, sizeof(seen));
		lib.sc.begin(bench, &r);
		lib.sc.call(bench, drive, &add);
		assert_null(lib.sc.fault(bench));
		assert_int_equal(seen.failed, 0);
		assert_int_equal(seen.results[2], 3000 + add);
		assert_int_equal(seen.beats, BEATS);
		assert_int_equal(seen.lasts, 1);
		assert_int_equal(seen.sent, BEATS);
		assert_int_equal(seen.received, BEATS);
		assert_int_equal(seen.clocks, CYCLES + 1);
		assert_false(lib.sc.irq(bench));
	}
	before = lib.sc.clocks(bench);
	lib.sc.call(bench, waits_in_vain, &rc);
	assert_int_equal(rc, -1);
	assert_int_equal(lib.sc.clocks(bench) - before, 10000);
	refused("SystemC has one simulation per process, and it has begun");
	lib.sc.free(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(no_rtl), cmocka_unit_test(runs) };

	return cmocka_run_group_tests(tests, build, NULL);
}
