/* cosim/macro_*: the stimulus itself is legal (rules 1..7 of docs/macro.md), a macro written here from the same page passes every check of it in many shapes,
 * broken ones are named, ports are read from what both simulators write.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "cosim/macro_ports.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>
#define SCRATCH_NAME "ports"
#include "scratch.h"

/* --- a macro: docs/macro.md, bit by bit --------------------------------------------------------------------------------------------------- */

enum fault { NONE, LATE_READ, CLEARS, STROBELESS, ALL_LANES, NO_FORCE, OFF_BY_ONE, SWAPPED, NO_PAIR, NO_HOLD, FLASH_STEP, FAULTS, HIGH, LOW /* thresholds off by half a count */ };

struct dut {
	const struct macro_ask *a;
	struct macro_shape s;
	enum fault fault;
	uint8_t *in[MACRO_PINS], *cells, *rdata, *late, *lines, *held; /* a byte per bit */
	int64_t *level;
	/* rules of the core */
	bool captured, evaluated;
	int broken_rule;
};

static int64_t number(const uint8_t *bit, int n)
{
	int64_t v = 0;

	for (int i = 0; i < n; i++)
		v |= (int64_t)bit[i] << i;
	return v;
}

static int64_t in(const struct dut *d, int pin)
{
	return number(d->in[pin], macro_width(&d->s, pin));
}

static int bits_for(int refs)
{
	int e = 0;

	while ((1 << e) - 1 < refs)
		e++;
	return e;
}

static int64_t threshold(const struct dut *d, int lane, int64_t k)
{
	int64_t F = 1 << d->s.grid_bits, low = in(d, PIN_LOW), off = d->fault == HIGH ? F / 2 : d->fault == LOW ? -F / 2 : 0;

	if (d->a->T)
		return d->a->T[(((int64_t)d->s.tile * d->s.adcs + lane) * 4 + in(d, PIN_SET)) * (1 << d->s.adc_bits) + k] + off;
	low -= low >= 32768 ? 65536 : 0;
	return (low + k * in(d, PIN_LSB)) * F - in(d, PIN_NEAREST) * in(d, PIN_LSB) * (F / 2) + off;
}

static bool answer(const struct dut *d, int i)
{
	int lane = i / d->s.refs, m = i % d->s.refs + 1, b = (int)in(d, PIN_BITS), e = bits_for(d->s.refs) < b ? bits_for(d->s.refs) : b;

	if (!in(d, PIN_CMP) && d->fault != STROBELESS)
		return false;
	if (!d->in[PIN_LANE_EN][lane] && d->fault != ALL_LANES)
		return false;
	if (in(d, PIN_FLASH))
		return m < 1 << e && d->level[lane] >= threshold(d, lane, (int64_t)(m + (d->fault == FLASH_STEP && m + 1 < 1 << e)) << (b - e));
	return m == 1 && d->level[lane] >= threshold(d, lane, number(d->in[PIN_REF] + lane * d->s.adc_bits, d->s.adc_bits));
}

static int64_t column(const struct dut *d, int64_t c)
{
	int64_t n = 0;

	for (int r = 0; c < d->s.cols && r < d->s.rows; r++)
		if (d->held[r])
			n += number(d->cells + ((int64_t)r * d->s.cols + c) * d->s.cell_bits, d->s.cell_bits);
	return n;
}

static void sample(struct dut *d)
{
	for (int lane = 0; lane < d->s.adcs; lane++) {
		int64_t q = in(d, PIN_SEL) * d->s.adcs + (d->fault == SWAPPED ? d->s.adcs - 1 - lane : lane), level;

		if (!d->in[PIN_LANE_EN][lane])
			continue;
		if (!in(d, PIN_FORCE) && q >= (in(d, PIN_PAIR) ? d->s.cols / 2 : d->s.cols) && d->fault != SWAPPED)
			d->broken_rule = 4; /* a lane without a column */
		level = in(d, PIN_PAIR) && d->fault != NO_PAIR ? column(d, 2 * q) - column(d, 2 * q + 1) : column(d, q);
		level = (level + (d->fault == OFF_BY_ONE)) * (1 << d->s.grid_bits);
		if (in(d, PIN_FORCE) && d->fault != NO_FORCE)
			level = in(d, PIN_FORCE_LEVEL) - (d->in[PIN_FORCE_LEVEL][23] ? 1 << 24 : 0);
		d->level[lane] = level;
	}
}

static void obligations(struct dut *d)
{
	bool p = in(d, PIN_PRECHARGE), e = in(d, PIN_EVALUATE), c = in(d, PIN_CAPTURE);

	if (p && e)
		d->broken_rule = 1;
	if ((c && (!e || d->captured)) || (e && !c && d->captured))
		d->broken_rule = 2;
	if (p)
		d->captured = false;
	if (c)
		d->captured = d->evaluated = true;
	if (in(d, PIN_SAMPLE) && !in(d, PIN_FORCE) && !d->evaluated)
		d->broken_rule = 4;
	if (in(d, PIN_SERVE) && (p || e || in(d, PIN_SAMPLE) || in(d, PIN_CMP)))
		d->broken_rule = 7;
	if (in(d, PIN_SERVE) && in(d, PIN_WE))
		d->broken_rule = 6;
}

static void rise(struct dut *d)
{
	size_t width = macro_width(&d->s, PIN_RDATA_O);

	if (!in(d, PIN_RST_N)) {
		if (d->fault == CLEARS)
			memset(d->cells, 0, d->s.rows * width);
		return;
	}
	obligations(d);
	if (in(d, PIN_SAMPLE))
		sample(d);
	if (d->fault == LATE_READ)
		memcpy(d->rdata, d->late, width);
	if (in(d, PIN_RE))
		memcpy(d->fault == LATE_READ ? d->late : d->rdata, d->cells + in(d, PIN_RADDR) * width, width);
	if (in(d, PIN_WE))
		memcpy(d->cells + in(d, PIN_WADDR) * width, d->in[PIN_WDATA], width);
	if (in(d, PIN_HOLD))
		memcpy(d->held, d->lines, d->s.rows);
	if (in(d, PIN_CAPTURE))
		memcpy(d->lines, d->in[PIN_PLANE], d->s.rows);
	if (!d->s.sample_hold || d->fault == NO_HOLD)
		memcpy(d->held, d->lines, d->s.rows);
}

/* --- what bench.sv does ------------------------------------------------------------------------------------------------------------------- */

struct player { struct dut d; uint8_t *value, *wanted, *mask, *data, *data_mask, *last, *seen; int wide; };

static uint8_t *bytes(int n)
{
	return MEM_NEW(n, uint8_t);
}

static void hex(uint8_t *to, const char *text)
{
	int n = (int)strlen(text);

	for (int i = 0; i < 4 * n; i++) {
		char c = text[n - 1 - i / 4];

		to[i] = (c <= '9' ? c - '0' : c - 'a' + 10) >> (i % 4) & 1;
	}
}

/* -1 or the check that does not hold, its output in p->seen */
static long play(struct player *p, FILE *f)
{
	int n_cmp = macro_width(&p->d.s, PIN_CMP_O), n_data = macro_width(&p->d.s, PIN_RDATA_O), pin;
	char op, text[1100];
	long check;

	while (fscanf(f, " %c", &op) == 1) {
		switch (op) {
		case 's':
			assert_int_equal(fscanf(f, "%d %1099s", &pin, text), 2);
			memset(p->value, 0, 64);
			hex(p->value, text);
			memcpy(p->d.in[pin], p->value, macro_width(&p->d.s, pin));
			break;
		case 'v':
			assert_int_equal(fscanf(f, "%d %1099s", &pin, text), 2);
			memset(p->value + pin * 1024, 0, 1024);
			hex(p->value + pin * 1024, text);
			break;
		case 'i':
			assert_int_equal(fscanf(f, "%d", &pin), 1);
			memcpy(p->d.in[pin], p->value, macro_width(&p->d.s, pin));
			break;
		case 'x': memcpy(p->wanted, p->value, n_cmp); break;
		case 'k': memcpy(p->mask, p->value, n_cmp); break;
		case 'y': memcpy(p->data, p->value, n_data); break;
		case 'z': memcpy(p->data_mask, p->value, n_data); break;
		case 'R': rise(&p->d); break;
		case 'S': case 'F': break;
		case 'M': memset(p->last, 1, n_cmp); break;
		case 'p': assert_int_equal(fscanf(f, "%d", &pin), 1); break;
		case 'q': return -1;
		case 'c': case 'm': case 'd': {
			bool bad = false;
			int n = op == 'd' ? n_data : n_cmp;

			assert_int_equal(fscanf(f, "%ld", &check), 1);
			for (int i = 0; i < n; i++) {
				bool seen = op == 'd' ? p->d.rdata[i] : answer(&p->d, i);

				p->seen[i] = '0' + seen;
				bad |= op == 'd' ? p->data_mask[i] && seen != p->data[i] : op == 'c' ? p->mask[i] && seen != p->wanted[i] : p->mask[i] && seen && !p->last[i];
				if (op == 'm')
					p->last[i] = seen;
			}
			if (bad)
				return check;
			break;
		}
		default: fail_msg("unknown operation '%c'", op);
		}
	}
	fail_msg("no end");
	return -1;
}

/* the verdict of one macro */
static void judge(const struct macro_ask *a, enum fault fault, struct macro_verdict *verdict)
{
	const struct macro_shape *s = &a->shape;
	struct player p = { .d = { .a = a, .s = *s, .fault = fault }, .wide = 1024 };
	uint8_t **own[] = { &p.value, &p.wanted, &p.mask, &p.data, &p.data_mask, &p.last, &p.seen };
	FILE *f = tmpfile();
	struct mv v;
	long check;

	for (int i = 0; i < MACRO_PINS; i++) {
		p.d.in[i] = bytes(macro_width(s, i));
		while (p.wide < macro_width(s, i))
			p.wide += 1024;
	}
	p.d.in[PIN_BITS][0] = p.d.in[PIN_LSB][0] = 1;
	p.d.cells = bytes(s->rows * s->cols * s->cell_bits);
	p.d.rdata = bytes(s->cols * s->cell_bits);
	p.d.late = bytes(s->cols * s->cell_bits);
	p.d.lines = bytes(s->rows);
	p.d.held = bytes(s->rows);
	p.d.level = MEM_NEW(s->adcs, int64_t);
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		*own[i] = bytes(p.wide);
	memset(verdict, 0, sizeof(*verdict));
	mv_init(&v, a, f);
	mv_all(&v);
	memcpy(verdict->checks, v.count, sizeof(v.count));
	mv_release(&v);
	rewind(f);
	check = play(&p, f);
	fclose(f);
	assert_int_equal(p.d.broken_rule, 0);
	if (check >= 0) {
		mv_init(&v, a, NULL);
		v.target = check;
		v.seen = (char *)p.seen;
		v.verdict = verdict;
		mv_all(&v);
		mv_release(&v);
		assert_int_not_equal(verdict->rule, 0);
	}
	for (int i = 0; i < MACRO_PINS; i++)
		free(p.d.in[i]);
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		free(*own[i]);
	free(p.d.cells);
	free(p.d.rdata);
	free(p.d.late);
	free(p.d.lines);
	free(p.d.held);
	free(p.d.level);
}

static const struct macro_ask base = {
	.shape = { 8, 8, 4, 4, 1, 1, 1, 4, 0 }, .window = { 1, 0, false }, .precharge = 1, .evaluate = 1, .compare = 1, .seed = 1, .clock_ps = 1000,
};

static void test_shapes(void **state)
{
	static const struct macro_shape shape[] = {
		{ 8, 8, 4, 4, 1, 1, 1, 4, 0 }, { 33, 65, 8, 6, 3, 2, 0, 4, 2 }, { 64, 16, 2, 7, 1, 1, 1, 8, 0 }, { 17, 9, 1, 1, 1, 1, 0, 1, 1 },
		{ 70, 40, 16, 8, 255, 2, 1, 4, 0 }, { 130, 33, 32, 12, 63, 1, 1, 4, 5 }, { 9, 8, 8, 5, 7, 1, 0, 2, 0 }, { 8, 21, 4, 12, 1, 1, 1, 3, 63 },
		{ 8, 1024, 256, 4, 15, 2, 1, 4, 0 }, { 1024, 8, 1, 12, 1, 2, 0, 4, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shape) / sizeof(*shape); i++)
		for (int how = 0; how < 4; how++) {
			struct macro_ask a = base;
			struct macro_verdict v;

			a.shape = shape[i];
			a.flash = shape[i].refs > 1;
			a.serve = how & 1;
			a.fixed_window = how == 2;
			a.tolerance = how == 3 ? 9 : 0;
			a.precharge = 1 + how;
			a.evaluate = 1 + how / 2;
			a.compare = 1 + how % 3;
			a.seed = 1 + i + 100 * how;
			a.window = (struct ro_window){ 1 + how, -how, how & 1 };
			judge(&a, NONE, &v);
			if (v.rule)
				fail_msg("shape %zu, how %d: rule %d: %s", i, how, v.rule, v.text);
			for (int r = RULE_WRITE; r < RULE_END; r++) /* every rule is asked, as far as this macro has it */
				assert_true(v.checks[r] > 0 || (r == RULE_UNASKED && shape[i].refs == 1) || (r == RULE_FLASH && !a.flash) || (r == RULE_SERVE && !a.serve));
		}
}

/* Tables that do not rise, another one for every lane and set. */
static void test_tables(void **state)
{
	struct macro_ask a = base;
	int32_t T[2 * 4 * 4 * 16];
	struct macro_verdict v;

	(void)state;
	for (int i = 0; i < 2 * 4 * 4 * 16; i++)
		T[i] = i % 16 ? (i % 16) * 12 + (i * 7919) % 31 - 15 : 0;
	a.T = T;
	a.shape.tile = 1;
	judge(&a, NONE, &v);
	assert_int_equal(v.rule, 0);
	assert_int_equal(v.checks[RULE_MONOTONE], 0); /* it would be wrong to ask */
	judge(&a, OFF_BY_ONE, &v);
	assert_int_equal(v.rule, RULE_COUNT);
	for (int i = 0; i < 2 * 4 * 4 * 16; i++)
		T[i] = i % 16 * 16 + i / 64;
	T[0] = 0;
	judge(&a, NONE, &v);
	assert_int_equal(v.rule, 0);
	assert_true(v.checks[RULE_MONOTONE] > 0);
}

static void test_faults(void **state)
{
	static const int rule[FAULTS] = {
		[LATE_READ] = RULE_READ, [CLEARS] = RULE_CELLS, [STROBELESS] = RULE_STROBE, [ALL_LANES] = RULE_LANES, [NO_FORCE] = RULE_FORCE, [OFF_BY_ONE] = RULE_COUNT,
		[SWAPPED] = RULE_COUNT, [NO_PAIR] = RULE_PAIR, [NO_HOLD] = RULE_HOLD, [FLASH_STEP] = RULE_FLASH,
	};

	(void)state;
	for (int fault = NONE; fault < FAULTS; fault++)
		for (int seed = 1; seed <= 5; seed++) {
			struct macro_ask a = base;
			struct macro_verdict v;

			a.shape.refs = 7;
			a.flash = true;
			a.seed = (uint64_t)seed;
			judge(&a, fault, &v);
			if (v.rule != rule[fault])
				fail_msg("fault %d, seed %d: expected rule %d, named %d: %s", fault, seed, rule[fault], v.rule, v.text);
			assert_true(!v.rule || (v.clock > 0 && strstr(v.text, ": expected ") && strstr(v.text, "; clock ")));
		}
}

/* off by half a count, either way: within a tolerance of as much, beyond a smaller one */
static void test_tolerance(void **state)
{
	(void)state;
	for (int fault = HIGH; fault <= LOW; fault++)
		for (int tolerance = 0; tolerance <= 8; tolerance++) {
			struct macro_ask a = base;
			struct macro_verdict v;

			a.tolerance = tolerance;
			judge(&a, fault, &v);
			assert_int_equal(v.rule, tolerance == 8 ? 0 : RULE_DECISION);
			a.tolerance = 8;
			judge(&a, OFF_BY_ONE, &v); /* and a whole count is still seen */
			assert_int_equal(v.rule, RULE_COUNT);
		}
}

/* the same bytes for the same seed, others for another one */
static void test_deterministic(void **state)
{
	char *text[3];
	size_t len[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct macro_ask a = base;
		FILE *f = open_memstream(&text[i], &len[i]);
		struct mv v;

		a.seed = i == 2 ? 2 : 1;
		mv_init(&v, &a, f);
		mv_all(&v);
		mv_release(&v);
		fclose(f);
	}
	assert_int_equal(len[0], len[1]);
	assert_memory_equal(text[0], text[1], len[0]);
	assert_false(len[0] == len[2] && !memcmp(text[0], text[2], len[0]));
	for (int i = 0; i < 3; i++)
		free(text[i]);
}

/* --- ports --------------------------------------------------------------------------------------------------------------------------------- */

static void write_scratch(const char *text)
{
	struct err e = { 0 };

	assert_int_equal(file_write(path, text, strlen(text), &e), 0);
}

static void test_xml(void **state)
{
	static const struct { const char *name; int direction, width; } want[] = {
		{ "a", SEEN_INPUT, 1 }, { "b", SEEN_OUTPUT, 6 }, { "c", SEEN_INOUT, 32 }, { "d", SEEN_INPUT, 24 }, { "e", SEEN_INPUT, 7 }, { "f", SEEN_INPUT, -1 }, { "g", SEEN_INPUT, 6 },
	};
	struct macro_seen_list l = { 0 };
	struct err e = { 0 };

	(void)state;
	write_scratch("<verilator_xml><netlist><module name='other'><var name='z' dtype_id='1' dir='input' pinIndex='1' origName='z'/></module>"
		      "<module name='m' topModule='1'><var name='p' dtype_id='1' param='true' origName='p'/>"
		      "<var dtype_id='1' dir='input' pinIndex='1' origName='a'/><var dtype_id='2' dir='output' pinIndex='2' origName='b'/>"
		      "<var dtype_id='3' dir='inout' pinIndex='3' origName='c'/><var dtype_id='4' dir='input' pinIndex='4' origName='d'/>"
		      "<var dtype_id='5' dir='input' pinIndex='5' origName='e'/><var dtype_id='6' dir='input' pinIndex='6' origName='f'/>"
		      "<var dtype_id='7' dir='input' pinIndex='7' origName='g'/></module>"
		      "<typetable><basicdtype id='1' name='logic'/><basicdtype id='2' name='logic' left='0' right='5'/><basicdtype id='3' name='int'/>"
		      "<packarraydtype id='4' sub_dtype_id='2'><range><const name=\"32'sh3\"/><const name=\"32'h0\"/></range></packarraydtype>"
		      "<structdtype id='5'><memberdtype id='8' sub_dtype_id='1'/><memberdtype id='9' sub_dtype_id='2'/></structdtype>"
		      "<unpackarraydtype id='6' sub_dtype_id='1'/><refdtype id='7' sub_dtype_id='2'/></typetable></netlist></verilator_xml>\n");
	assert_int_equal(macro_ports_verilator(path, &l, &e), 0);
	assert_int_equal(l.n, 7);
	for (int i = 0; i < l.n; i++) {
		assert_string_equal(l.port[i].name, want[i].name);
		assert_int_equal(l.port[i].direction, want[i].direction);
		assert_int_equal(l.port[i].width, want[i].width);
	}
	macro_ports_release(&l);
	write_scratch("<verilator_xml><netlist/></verilator_xml>");
	assert_int_equal(macro_ports_verilator(path, &l, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
}

static void test_vvp(void **state)
{
	struct macro_seen_list l = { 0 };
	struct err e = { 0 };

	(void)state;
	write_scratch("S_1 .scope package, \"$unit\" \"$unit\" 2 1;\nS_2 .scope module, \"m\" \"m\" 3 9;\n .timescale 0 0;\n    .port_info 0 /INPUT 1 \"a\";\n"
		      "    .port_info 1 /OUTPUT 65 \"b\";\n    .port_info 2 /INOUT 2 \"c\";\nS_3 .scope module, \"u\" \"k\" 3 9, S_2;\n    .port_info 0 /INPUT 1 \"x\";\n");
	assert_int_equal(macro_ports_icarus(path, "m", &l, &e), 0);
	assert_int_equal(l.n, 3);
	assert_true(l.port[1].width == 65 && l.port[1].direction == SEEN_OUTPUT && l.port[2].direction == SEEN_INOUT);
	macro_ports_release(&l);
	assert_int_equal(macro_ports_icarus(path, "n", &l, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
}

/* the port at `at` in the list is changed; what is said */
static void wrong(int at, const char *name, int direction, int width, const char *expected)
{
	struct macro_seen_list l = { 0 };
	struct buf text;

	for (int p = 0; p < MACRO_PINS; p++)
		*MEM_PUSH(l.port, l.n) = (struct macro_seen){ mem_strdup(macro_pins[p].name), macro_pins[p].output ? SEEN_OUTPUT : SEEN_INPUT, macro_width(&base.shape, p) };
	if (at == MACRO_PINS) {
		*MEM_PUSH(l.port, l.n) = (struct macro_seen){ mem_strdup(name), direction, width };
	} else if (at >= 0) {
		free(l.port[at].name);
		l.port[at] = (struct macro_seen){ mem_strdup(name), direction, width };
	}
	buf_init(&text);
	assert_int_equal(macro_ports_wrong(&base.shape, &l, &text), *expected != 0);
	assert_string_equal(text.data, expected);
	buf_release(&text);
	macro_ports_release(&l);
}

static void test_ports(void **state)
{
	(void)state;
	wrong(-1, NULL, 0, 0, "");
	wrong(PIN_PLANE, "plane_i", SEEN_INPUT, 7, "port plane_i: expected an input of 8 bits, seen an input of 7 bits");
	wrong(PIN_PLANE, "plane_i", SEEN_INPUT, -1, "port plane_i: expected an input of 8 bits, seen an input of no vector");
	wrong(PIN_CMP_O, "cmp_o", SEEN_INOUT, 4, "port cmp_o: expected an output of 4 bits, seen an inout of 4 bits");
	wrong(PIN_WE, "write_i", SEEN_INPUT, 1, "port we_i: expected an input of 1 bit, it is missing; the contract does not know 'write_i'");
	wrong(MACRO_PINS, "scan_i", SEEN_INPUT, 1, "port scan_i: expected no input of that name, which the core would leave open; seen one of 1 bit");
	wrong(MACRO_PINS, "vdd", SEEN_INOUT, 1, "");
	wrong(MACRO_PINS, "test_o", SEEN_OUTPUT, 9, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes), cmocka_unit_test(test_tables), cmocka_unit_test(test_faults), cmocka_unit_test(test_tolerance), cmocka_unit_test(test_deterministic),
		cmocka_unit_test(test_xml), cmocka_unit_test(test_vvp), cmocka_unit_test(test_ports),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
