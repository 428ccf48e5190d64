/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/macro_vectors.h"
#include "common/mem.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const struct macro_port macro_pins[MACRO_PINS] = {
	{ "rst_ni" }, { "we_i" }, { "waddr_i" }, { "wdata_i" }, { "re_i" }, { "raddr_i" }, { "plane_i" }, { "precharge_i" }, { "evaluate_i" }, { "capture_i" },
	{ "hold_i" }, { "sample_i" }, { "sel_i" }, { "lane_en_i" }, { "pair_i" }, { "bits_i" }, { "flash_i" }, { "set_i" }, { "lsb_i" }, { "low_i" }, { "nearest_i" },
	{ "ref_i" }, { "cmp_i" }, { "force_i" }, { "force_level_i" }, { "serve_i" }, { "serve_precharge_i" }, { "serve_share_i" }, { "serve_ref_i" }, { "clk_i" },
	{ "cmp_o", true }, { "rdata_o", true },
};

static int log2_up(int n)
{
	int b = 0;

	while (1 << b < n)
		b++;
	return b;
}

int macro_positions(const struct macro_shape *s)
{
	return (s->cols + s->adcs - 1) / s->adcs;
}

int macro_width(const struct macro_shape *s, int pin)
{
	switch (pin) {
	case PIN_WADDR: case PIN_RADDR: return log2_up(s->rows);
	case PIN_WDATA: case PIN_RDATA_O: return s->cols * s->cell_bits;
	case PIN_PLANE: return s->rows;
	case PIN_SEL: return macro_positions(s) > 1 ? log2_up(macro_positions(s)) : 1;
	case PIN_LANE_EN: return s->adcs;
	case PIN_BITS: return 4;
	case PIN_SET: return 2;
	case PIN_LSB: case PIN_LOW: return 16;
	case PIN_REF: case PIN_SERVE_REF: return s->adcs * s->adc_bits;
	case PIN_CMP_O: return s->adcs * s->refs;
	case PIN_FORCE_LEVEL: return 24;
	default: return 1;
	}
}

static size_t words_of(const struct mv *v, int pin)
{
	return ((size_t)macro_width(&v->s, pin) + 63) / 64;
}

void mv_init(struct mv *v, const struct macro_ask *a, FILE *out)
{
	memset(v, 0, sizeof(*v));
	v->a = a;
	v->s = a->shape;
	v->out = out;
	v->target = v->target_phase = -1;
	prng_init(&v->random, a->seed);
	for (int p = 0; p < MACRO_PINS; p++)
		v->pin[p] = MEM_NEW(words_of(v, p), uint64_t);
	v->pin[PIN_BITS][0] = v->pin[PIN_LSB][0] = 1; /* as the bench begins */
	v->wanted = MEM_NEW(words_of(v, PIN_CMP_O), uint64_t);
	v->mask = MEM_NEW(words_of(v, PIN_CMP_O), uint64_t);
	v->data = MEM_NEW(words_of(v, PIN_RDATA_O), uint64_t);
	v->data_mask = MEM_NEW(words_of(v, PIN_RDATA_O), uint64_t);
	v->cells = MEM_NEW((size_t)v->s.rows * v->s.cols, uint8_t);
	v->lines = MEM_NEW(v->s.rows, uint8_t);
	v->held = MEM_NEW(v->s.rows, uint8_t);
	v->level = MEM_NEW(v->s.adcs, int64_t);
	v->phase = v->note = "";
}

void mv_release(struct mv *v)
{
	for (int p = 0; p < MACRO_PINS; p++)
		free(v->pin[p]);
	free(v->wanted);
	free(v->mask);
	free(v->data);
	free(v->data_mask);
	free(v->cells);
	free(v->lines);
	free(v->held);
	free(v->level);
}

int mv_pick(struct mv *v, int n)
{
	return (int)prng_range(&v->random, 0, n - 1);
}

static bool bit_of(const uint64_t *w, int i)
{
	return w[i / 64] >> (i % 64) & 1;
}

static void put_bit(uint64_t *w, int i, bool value)
{
	w[i / 64] = (w[i / 64] & ~(UINT64_C(1) << (i % 64))) | (uint64_t)value << (i % 64);
}

/* --- operations ------------------------------------------------------------------------------------------------------------------------ */

#define OP(v, ...) do { if ((v)->out) fprintf((v)->out, __VA_ARGS__); } while (0)

/* the wide value, 1024 bits at a time, the highest digits first */
static void send_value(struct mv *v, const uint64_t *w, size_t words)
{
	for (size_t first = 0; first < words && v->out; first += 16) {
		size_t n = words - first < 16 ? words - first : 16;

		fprintf(v->out, "v %zu %" PRIx64, first / 16, w[first + n - 1]);
		for (size_t i = n - 1; i-- > 0; )
			fprintf(v->out, "%016" PRIx64, w[first + i]);
		fputc('\n', v->out);
	}
}

void mv_phase(struct mv *v, const char *name)
{
	v->phase = name;
	v->note = "";
	if (v->n_phases == v->target_phase)
		v->target_name = name;
	OP(v, "p %d\n", v->n_phases);
	v->n_phases++;
}

void mv_send(struct mv *v, int pin)
{
	if (macro_width(&v->s, pin) <= 64) {
		OP(v, "s %d %" PRIx64 "\n", pin, v->pin[pin][0]);
	} else {
		send_value(v, v->pin[pin], words_of(v, pin));
		OP(v, "i %d\n", pin);
	}
}

void mv_set_wide(struct mv *v, int pin, const uint64_t *value)
{
	size_t n = words_of(v, pin);
	int top = macro_width(&v->s, pin) % 64;

	if (!memcmp(v->pin[pin], value, n * sizeof(*value)))
		return;
	memmove(v->pin[pin], value, n * sizeof(*value));
	if (top)
		v->pin[pin][n - 1] &= (UINT64_C(1) << top) - 1;
	mv_send(v, pin);
}

void mv_set(struct mv *v, int pin, uint64_t value)
{
	if (macro_width(&v->s, pin) < 64)
		value &= (UINT64_C(1) << macro_width(&v->s, pin)) - 1;
	if (words_of(v, pin) > 1)
		memset(v->pin[pin] + 1, 0, (words_of(v, pin) - 1) * sizeof(uint64_t));
	else if (v->pin[pin][0] == value)
		return;
	v->pin[pin][0] = value;
	mv_send(v, pin);
}

void mv_fill(struct mv *v, int pin, bool value)
{
	for (int i = 0; i < macro_width(&v->s, pin); i++)
		put_bit(v->pin[pin], i, value);
	mv_send(v, pin);
}

void mv_random(struct mv *v, int pin)
{
	for (int i = 0; i < macro_width(&v->s, pin); i++)
		put_bit(v->pin[pin], i, mv_pick(v, 2));
	mv_send(v, pin);
}

void mv_lane_ref(struct mv *v, int lane, int code)
{
	for (int i = 0; i < v->s.adc_bits; i++)
		put_bit(v->pin[PIN_REF], lane * v->s.adc_bits + i, code >> i & 1);
}

static int ref_of(const struct mv *v, int lane)
{
	int code = 0;

	for (int i = 0; i < v->s.adc_bits; i++)
		code |= bit_of(v->pin[PIN_REF], lane * v->s.adc_bits + i) << i;
	return code;
}

void mv_settle(struct mv *v)
{
	OP(v, "S\n");
}

void mv_fall(struct mv *v)
{
	OP(v, "F\n");
}

/* --- what a rising edge does: docs/macro.md -------------------------------------------------------------------------------------------- */

static int column_of(const struct mv *v, int lane)
{
	return (int)v->pin[PIN_SEL][0] * v->s.adcs + lane;
}

/* numerics.md section 3 */
static int64_t count_of(const struct mv *v, int column)
{
	int64_t n = 0;

	for (int r = 0; column < v->s.cols && r < v->s.rows; r++)
		if (v->held[r])
			n += v->cells[r * v->s.cols + column];
	return n;
}

static int64_t sampled(const struct mv *v, int lane)
{
	int q = column_of(v, lane);
	uint64_t forced = v->pin[PIN_FORCE_LEVEL][0];

	if (v->pin[PIN_FORCE][0])
		return (int64_t)forced - (forced >> 23 ? 1 << 24 : 0);
	if (v->pin[PIN_PAIR][0])
		return (count_of(v, 2 * q) - count_of(v, 2 * q + 1)) * (1 << v->s.grid_bits);
	return count_of(v, q) * (1 << v->s.grid_bits);
}

static void write_row(struct mv *v)
{
	uint8_t *row = v->cells + (size_t)v->pin[PIN_WADDR][0] * v->s.cols;

	for (int c = 0; c < v->s.cols; c++) {
		row[c] = 0;
		for (int b = 0; b < v->s.cell_bits; b++)
			row[c] |= bit_of(v->pin[PIN_WDATA], c * v->s.cell_bits + b) << b;
	}
}

static void keep_read(struct mv *v)
{
	const uint8_t *row = v->cells + (size_t)v->pin[PIN_RADDR][0] * v->s.cols;

	for (int c = 0; c < v->s.cols; c++)
		for (int b = 0; b < v->s.cell_bits; b++)
			put_bit(v->pin[PIN_RDATA_O], c * v->s.cell_bits + b, row[c] >> b & 1);
}

void mv_rise(struct mv *v)
{
	v->clock++;
	OP(v, "R\n");
	if (!v->pin[PIN_RST_N][0])
		return;
	if (v->pin[PIN_SAMPLE][0])
		for (int lane = 0; lane < v->s.adcs; lane++)
			if (bit_of(v->pin[PIN_LANE_EN], lane))
				v->level[lane] = sampled(v, lane);
	if (v->pin[PIN_RE][0])
		keep_read(v);
	if (v->pin[PIN_WE][0])
		write_row(v);
	if (v->pin[PIN_HOLD][0] && v->s.sample_hold)
		memcpy(v->held, v->lines, v->s.rows);
	if (v->pin[PIN_CAPTURE][0])
		for (int r = 0; r < v->s.rows; r++)
			v->lines[r] = bit_of(v->pin[PIN_PLANE], r);
	if (!v->s.sample_hold)
		memcpy(v->held, v->lines, v->s.rows);
}

void mv_clock(struct mv *v)
{
	mv_settle(v);
	mv_fall(v);
	mv_rise(v);
}

void mv_clocks(struct mv *v, int n)
{
	while (n-- > 0)
		mv_clock(v);
}

/* --- expectations ---------------------------------------------------------------------------------------------------------------------- */

int64_t mv_threshold(const struct mv *v, int lane, int set, int code)
{
	int64_t one = INT64_C(1) << v->s.grid_bits, lsb = (int64_t)v->pin[PIN_LSB][0], low = (int16_t)v->pin[PIN_LOW][0];

	if (v->a->T)
		return v->a->T[((((size_t)v->s.tile * v->s.adcs + lane) * 4 + set) << v->s.adc_bits) + code];
	return (low + code * lsb) * one - (v->pin[PIN_NEAREST][0] ? lsb * one / 2 : 0); /* numerics.md section 4 */
}

/* the code that comparator m of a lane asks for; 0: none */
static int asked(const struct mv *v, int lane, int m, int ask)
{
	int b = (int)v->pin[PIN_BITS][0], most = log2_up(v->s.refs + 1), e = b < most ? b : most;

	if (ask == ASK_SEARCH)
		return m == 1 ? ref_of(v, lane) : 0;
	return ask == ASK_FLASH && m < 1 << e ? m << (b - e) : 0;
}

static void tell(struct mv *v, int rule, int ask);

void mv_answers(struct mv *v, int rule, int ask)
{
	size_t n = words_of(v, PIN_CMP_O), bytes = n * sizeof(uint64_t);
	uint64_t *wanted = MEM_NEW(n, uint64_t), *mask = MEM_NEW(n, uint64_t);
	bool off = false;

	for (int lane = 0; lane < v->s.adcs; lane++) {
		bool enabled = bit_of(v->pin[PIN_LANE_EN], lane);

		off |= !enabled && ask;
		for (int m = 1; m <= v->s.refs; m++) {
			int code = enabled ? asked(v, lane, m, ask) : 0, i = lane * v->s.refs + m - 1;
			int64_t far = code ? v->level[lane] - mv_threshold(v, lane, (int)v->pin[PIN_SET][0], code) : 0;

			put_bit(wanted, i, code && far >= 0);
			put_bit(mask, i, !code || !v->a->tolerance || far >= v->a->tolerance || far < -v->a->tolerance);
		}
	}
	if (memcmp(v->wanted, wanted, bytes)) {
		send_value(v, wanted, n);
		OP(v, "x\n");
	}
	if (memcmp(v->mask, mask, bytes)) {
		send_value(v, mask, n);
		OP(v, "k\n");
	}
	memcpy(v->wanted, wanted, bytes);
	memcpy(v->mask, mask, bytes);
	free(wanted);
	free(mask);
	v->count[rule]++;
	v->count[RULE_KNOWN] += rule != RULE_KNOWN;
	v->count[RULE_LANES] += off && rule != RULE_LANES;
	v->count[RULE_UNASKED] += ask && v->s.refs > 1 && rule != RULE_UNASKED;
	if (v->checks == v->target)
		tell(v, rule, ask);
	OP(v, "c %ld\n", v->checks);
	v->checks++;
}

void mv_forget(struct mv *v)
{
	OP(v, "M\n");
}

/* only the comparator that is asked, of every lane */
void mv_monotone(struct mv *v)
{
	size_t n = words_of(v, PIN_CMP_O);

	memset(v->mask, 0, n * sizeof(*v->mask));
	for (int lane = 0; lane < v->s.adcs; lane++)
		put_bit(v->mask, lane * v->s.refs, true);
	send_value(v, v->mask, n);
	OP(v, "k\n");
	v->count[RULE_MONOTONE]++;
	if (v->checks == v->target)
		tell(v, RULE_MONOTONE, ASK_SEARCH);
	OP(v, "m %ld\n", v->checks);
	v->checks++;
}

static void tell_data(struct mv *v, int rule);

void mv_data(struct mv *v, int rule, int row)
{
	size_t n = words_of(v, PIN_RDATA_O);

	if (row >= 0) {
		uint64_t old = v->pin[PIN_RADDR][0];

		v->pin[PIN_RADDR][0] = (uint64_t)row;
		keep_read(v);
		v->pin[PIN_RADDR][0] = old;
	}
	if (!v->data_mask[0]) {
		for (int i = 0; i < macro_width(&v->s, PIN_RDATA_O); i++)
			put_bit(v->data_mask, i, true);
		send_value(v, v->data_mask, n);
		OP(v, "z\n");
	}
	if (memcmp(v->data, v->pin[PIN_RDATA_O], n * sizeof(*v->data))) {
		memcpy(v->data, v->pin[PIN_RDATA_O], n * sizeof(*v->data));
		send_value(v, v->data, n);
		OP(v, "y\n");
	}
	v->count[rule]++;
	v->count[RULE_KNOWN] += rule != RULE_KNOWN;
	if (v->checks == v->target)
		tell_data(v, rule);
	OP(v, "d %ld\n", v->checks);
	v->checks++;
}

/* --- what a check that did not hold means ---------------------------------------------------------------------------------------------- */

static void verdict(struct mv *v, int rule, const struct buf *what)
{
	v->verdict->rule = rule;
	v->verdict->clock = v->clock;
	snprintf(v->verdict->text, sizeof(v->verdict->text), "%.780s", what->data);
}

static void tell_where(const struct mv *v, struct buf *b)
{
	buf_addf(b, "; clock %ld, %s%s%s", v->clock + 1, v->phase, *v->note ? ", " : "", v->note);
}

/* what the lane carries, and what it was asked */
static void tell_lane(const struct mv *v, int lane, int m, int ask, struct buf *b)
{
	double one = 1 << v->s.grid_bits;
	int set = (int)v->pin[PIN_SET][0], code = asked(v, lane, m, ask);

	tell_where(v, b);
	buf_addf(b, ", level %.4g counts", (double)v->level[lane] / one);
	if (code)
		buf_addf(b, ", asked T[%d] = %.4g (set %d, lsb_i %d, low_i %d, nearest_i %d, bits_i %d)", code, (double)mv_threshold(v, lane, set, code) / one, set,
			 (int)v->pin[PIN_LSB][0], (int16_t)v->pin[PIN_LOW][0], (int)v->pin[PIN_NEAREST][0], (int)v->pin[PIN_BITS][0]);
	if (!v->pin[PIN_FORCE][0])
		buf_addf(b, ", column %d%s", column_of(v, lane) * (v->pin[PIN_PAIR][0] ? 2 : 1), v->pin[PIN_PAIR][0] ? " minus the next" : "");
}

static void tell(struct mv *v, int rule, int ask)
{
	int i = 0, n = v->s.adcs * v->s.refs, lane, m;
	struct buf b;
	bool on;

	while (i < n && v->seen[i] != 'x' && v->seen[i] != 'z')
		i++;
	if (i < n)
		rule = RULE_KNOWN;
	else if (rule == RULE_MONOTONE)
		for (i = 0; i < n && !(bit_of(v->mask, i) && v->seen[i] == '1'); )
			i++;
	else
		for (i = 0; i < n && !(bit_of(v->mask, i) && v->seen[i] != '0' + bit_of(v->wanted, i)); )
			i++;
	i = i < n ? i : 0;
	lane = i / v->s.refs;
	m = i % v->s.refs + 1;
	on = bit_of(v->pin[PIN_LANE_EN], lane);
	if (rule != RULE_KNOWN && rule != RULE_MONOTONE && rule != RULE_EDGE && rule != RULE_SERVE)
		rule = !ask ? rule : !on ? RULE_LANES : !asked(v, lane, m, ask) ? RULE_UNASKED : rule;
	buf_init(&b);
	buf_addf(&b, "lane %d, comparator %d: expected ", lane, m);
	if (rule == RULE_KNOWN)
		buf_adds(&b, "0 or 1");
	else if (rule == RULE_MONOTONE)
		buf_adds(&b, "0, as for a lower reference of the same level");
	else
		buf_addf(&b, "%d", bit_of(v->wanted, i));
	buf_addf(&b, ", cmp_o is %c", v->seen[i]);
	buf_adds(&b, !v->pin[PIN_CMP][0] ? " while cmp_i is 0" : !on ? " while lane_en_i is 0 there" : ask && !asked(v, lane, m, ask) ? " of a comparator that is not asked" : "");
	tell_lane(v, lane, m, ask, &b);
	verdict(v, rule, &b);
	buf_release(&b);
}

static void tell_data(struct mv *v, int rule)
{
	int i = 0, n = macro_width(&v->s, PIN_RDATA_O);
	struct buf b;

	while (i < n && v->seen[i] == '0' + bit_of(v->data, i))
		i++;
	i = i < n ? i : 0;
	if (v->seen[i] == 'x' || v->seen[i] == 'z')
		rule = RULE_KNOWN;
	buf_init(&b);
	buf_addf(&b, "bit %d of column %d: expected %d, rdata_o is %c", i % v->s.cell_bits, i / v->s.cell_bits, bit_of(v->data, i), v->seen[i]);
	tell_where(v, &b);
	buf_addf(&b, ", raddr_i %d, re_i %d, waddr_i %d, we_i %d", (int)v->pin[PIN_RADDR][0], (int)v->pin[PIN_RE][0], (int)v->pin[PIN_WADDR][0], (int)v->pin[PIN_WE][0]);
	verdict(v, rule, &b);
	buf_release(&b);
}
