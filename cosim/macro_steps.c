/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/macro_steps.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_POSITIONS = 8, MAX_WINDOWS = 8 };

void ms_quiet(struct mv *v)
{
	for (int p = PIN_WE; p <= PIN_SERVE_REF; p++)
		if (p != PIN_BITS && p != PIN_LSB && p != PIN_LOW && p != PIN_NEAREST)
			mv_set(v, p, 0);
}

void ms_window(struct mv *v, int lsb, int low, bool nearest)
{
	mv_set(v, PIN_LSB, (uint64_t)lsb);
	mv_set(v, PIN_LOW, (uint64_t)low & 0xffff);
	mv_set(v, PIN_NEAREST, nearest);
}

void ms_own_window(struct mv *v)
{
	ms_window(v, v->a->window.lsb, v->a->window.low, v->a->window.nearest);
	mv_set(v, PIN_BITS, (uint64_t)v->s.adc_bits);
	mv_set(v, PIN_SET, 0);
}

bool ms_window_is_free(const struct mv *v)
{
	return !v->a->T && !v->a->fixed_window;
}

/* precharge, evaluate, capture in the last clock: rules 1, 2 */
void ms_evaluate(struct mv *v)
{
	mv_set(v, PIN_PRECHARGE, 1);
	mv_clocks(v, v->a->precharge);
	mv_set(v, PIN_PRECHARGE, 0);
	mv_set(v, PIN_EVALUATE, 1);
	mv_clocks(v, v->a->evaluate - 1);
	mv_set(v, PIN_CAPTURE, 1);
	mv_clock(v);
	mv_set(v, PIN_EVALUATE, 0);
	mv_set(v, PIN_CAPTURE, 0);
}

void ms_take(struct mv *v)
{
	mv_set(v, PIN_HOLD, 1);
	mv_clock(v);
	mv_set(v, PIN_HOLD, 0);
}

/* twice, so that a hold that comes late is not taken for a wrong count: rule RULE_HOLD looks for it */
void ms_plane(struct mv *v)
{
	ms_evaluate(v);
	ms_take(v);
	if (v->s.sample_hold) {
		ms_evaluate(v);
		ms_take(v);
	}
}

static int columns(const struct mv *v)
{
	return v->pin[PIN_PAIR][0] ? v->s.cols / 2 : v->s.cols;
}

int ms_positions(const struct mv *v)
{
	return (columns(v) + v->s.adcs - 1) / v->s.adcs;
}

void ms_enable(struct mv *v, int position)
{
	uint64_t *lanes = MEM_NEW(((size_t)v->s.adcs + 63) / 64, uint64_t);

	for (int lane = 0; lane < v->s.adcs; lane++)
		if (position * v->s.adcs + lane < columns(v))
			lanes[lane / 64] |= UINT64_C(1) << (lane % 64);
	mv_set_wide(v, PIN_LANE_EN, lanes);
	free(lanes);
}

void ms_sample(struct mv *v, int position)
{
	mv_set(v, PIN_SEL, (uint64_t)position);
	ms_enable(v, position);
	mv_set(v, PIN_SAMPLE, 1);
	mv_settle(v);
	mv_answers(v, RULE_STROBE, ASK_NOTHING);
	mv_fall(v);
	mv_rise(v);
	mv_set(v, PIN_SAMPLE, 0);
}

void ms_force_lanes(struct mv *v, int64_t level)
{
	mv_set(v, PIN_FORCE, 1);
	mv_set(v, PIN_FORCE_LEVEL, (uint64_t)level & 0xffffff);
	mv_set(v, PIN_SAMPLE, 1);
	mv_clock(v);
	mv_set(v, PIN_SAMPLE, 0);
	mv_set(v, PIN_FORCE, 0);
	mv_set(v, PIN_FORCE_LEVEL, 0);
}

void ms_force(struct mv *v, int64_t level)
{
	mv_fill(v, PIN_LANE_EN, true);
	ms_force_lanes(v, level);
}

/* one compare cycle: the strobe is high in its last clock */
void ms_compare(struct mv *v, int rule, int ask)
{
	mv_set(v, PIN_FLASH, ask == ASK_FLASH);
	for (int i = 0; i < v->a->compare - 1; i++) {
		mv_settle(v);
		if (!i)
			mv_answers(v, RULE_STROBE, ASK_NOTHING);
		mv_fall(v);
		mv_rise(v);
	}
	mv_set(v, PIN_CMP, 1);
	mv_settle(v);
	mv_fall(v);
	mv_answers(v, rule, ask);
	mv_rise(v);
	mv_set(v, PIN_CMP, 0);
	mv_set(v, PIN_FLASH, 0);
}

void ms_all_refs(struct mv *v, int code)
{
	for (int lane = 0; lane < v->s.adcs; lane++)
		mv_lane_ref(v, lane, code);
	mv_send(v, PIN_REF);
}

int ms_last_code(const struct mv *v)
{
	return (1 << v->s.adc_bits) - 1;
}

/* the last code of a lane that its level, moved by a few, reaches, 0: none; by asking from the top, whatever the table */
static int edge(const struct mv *v, int lane, int64_t by)
{
	int k = ms_last_code(v);

	while (k > 0 && v->level[lane] + by < mv_threshold(v, lane, (int)v->pin[PIN_SET][0], k))
		k--;
	return k;
}

/* Every lane is asked for the last code that its level surely reaches and for the first one that it surely does not. seen: lanes that saw both. */
void ms_both_sides(struct mv *v, int rule, bool *seen)
{
	for (int up = 0; up < 2; up++) {
		for (int lane = 0; lane < v->s.adcs; lane++) {
			int k = edge(v, lane, up ? v->a->tolerance : -v->a->tolerance) + up;

			if (seen && k >= 1 && k <= ms_last_code(v))
				seen[lane] |= up && edge(v, lane, -v->a->tolerance) > 0;
			mv_lane_ref(v, lane, k < 1 ? 1 : k > ms_last_code(v) ? ms_last_code(v) : k);
		}
		mv_send(v, PIN_REF);
		ms_compare(v, rule, ASK_SEARCH);
	}
}

/* The levels of all lanes, as exactly as the thresholds allow: in the configuration's window, then in windows of one count around levels that lie outside it. */
void ms_probe(struct mv *v, int rule)
{
	bool *seen = MEM_NEW(v->s.adcs, bool);
	int first = mv_pick(v, v->s.adcs), one = 1 << v->s.grid_bits;

	ms_own_window(v);
	ms_both_sides(v, rule, NULL);
	for (int i = 0, done = 0; ms_window_is_free(v) && i < v->s.adcs && done < MAX_WINDOWS; i++) {
		int lane = (first + i) % v->s.adcs, low;

		if (seen[lane] || !(v->pin[PIN_LANE_EN][lane / 64] >> (lane % 64) & 1))
			continue;
		low = (int)(v->level[lane] / one) - (ms_last_code(v) > 1 ? 1 + mv_pick(v, ms_last_code(v) - 1) : 1);
		ms_window(v, 1, low, false);
		ms_both_sides(v, rule, seen);
		if (ms_last_code(v) == 1) { /* one threshold: the next count needs a window of its own */
			ms_window(v, 1, low + 1, false);
			ms_both_sides(v, rule, NULL);
		}
		seen[lane] = true;
		done++;
	}
	ms_own_window(v);
	free(seen);
}

/* every column, or some of many */
void ms_all_positions(struct mv *v, int rule, bool backwards)
{
	int n = ms_positions(v);

	for (int i = 0; i < n && i < MAX_POSITIONS; i++) {
		int p = n <= MAX_POSITIONS ? i : i == 0 ? 0 : i == 1 ? n - 1 : mv_pick(v, n);

		ms_sample(v, backwards ? n - 1 - p : p);
		ms_probe(v, rule);
	}
}

void ms_write_row(struct mv *v, int row)
{
	mv_set(v, PIN_WADDR, (uint64_t)row);
	mv_set(v, PIN_WE, 1);
	mv_clock(v);
	mv_set(v, PIN_WE, 0);
}

void ms_read_row(struct mv *v, int rule, int row, int clocks)
{
	mv_set(v, PIN_RADDR, (uint64_t)row);
	mv_set(v, PIN_RE, 1);
	mv_clocks(v, clocks);
	mv_data(v, rule, -1);
	mv_set(v, PIN_RE, 0);
}

void ms_read_all(struct mv *v, int rule)
{
	for (int r = 0; r < v->s.rows; r++)
		ms_read_row(v, rule, r, 1);
}

void ms_load(struct mv *v)
{
	for (int r = 0; r < v->s.rows; r++) {
		mv_random(v, PIN_WDATA);
		ms_write_row(v, r);
	}
}

void ms_reset(struct mv *v)
{
	mv_set(v, PIN_RST_N, 0);
	mv_clocks(v, 2);
	mv_answers(v, RULE_KNOWN, ASK_NOTHING);
	mv_set(v, PIN_RST_N, 1);
	mv_clock(v);
	mv_answers(v, RULE_STROBE, ASK_NOTHING);
}
