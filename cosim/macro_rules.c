/* What is done to cells and converters, rule by rule, the simple ones first: a broken one is named before those that build on it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/macro_steps.h"

enum { MAX_SCAN = 64 }; /* references of one rising scan */

/* --- cells ----------------------------------------------------------------------------------------------------------------------------- */

/* all rows, downwards and upwards, each bit both ways; several clocks of re_i, so that only what is written counts */
static void write_and_read(struct mv *v)
{
	uint64_t other;

	mv_phase(v, "write and read back every row");
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < v->s.rows; i++) {
			mv_random(v, PIN_WDATA);
			ms_write_row(v, pass ? i : v->s.rows - 1 - i);
		}
		mv_random(v, PIN_WDATA);
		mv_clock(v);
		for (int r = 0; r < v->s.rows; r++)
			ms_read_row(v, RULE_WRITE, r, 3);
	}
	mv_phase(v, "write one row, look at the others");
	for (int i = 0; i < 4; i++) {
		int row = i == 0 ? 0 : i == 1 ? v->s.rows - 1 : mv_pick(v, v->s.rows);

		mv_fill(v, PIN_WDATA, i % 2);
		ms_write_row(v, row);
		for (int r = 0; r < v->s.rows; r++)
			ms_read_row(v, RULE_WRITE, r, 3);
	}
	mv_phase(v, "read latency");
	mv_random(v, PIN_WDATA);
	other = v->pin[PIN_WDATA][0];
	ms_write_row(v, 0);
	mv_random(v, PIN_WDATA);
	if (v->pin[PIN_WDATA][0] == other)
		mv_fill(v, PIN_WDATA, !(other & 1));
	ms_write_row(v, 1);
	for (int i = 0; i < 4; i++) {
		ms_read_row(v, RULE_READ, i % 2, 1);
		mv_set(v, PIN_RADDR, (uint64_t)mv_pick(v, v->s.rows));
		mv_clocks(v, 2);
		mv_data(v, RULE_READ, -1);
	}
	mv_phase(v, "read one row while another is written");
	for (int i = 0; i < 8; i++) {
		int row = mv_pick(v, v->s.rows);

		mv_random(v, PIN_WDATA);
		mv_set(v, PIN_WADDR, (uint64_t)((row + 1 + mv_pick(v, v->s.rows - 1)) % v->s.rows));
		mv_set(v, PIN_WE, 1);
		ms_read_row(v, RULE_READ, row, 1);
		mv_set(v, PIN_WE, 0);
	}
	ms_read_all(v, RULE_READ);
}

/* --- converters: levels that are forced, so that neither cells nor bit lines matter ------------------------------------------------------ */

static void extremes(struct mv *v)
{
	mv_phase(v, "a plane of zeros, levels forced far below and above every threshold");
	mv_fill(v, PIN_PLANE, false);
	ms_plane(v);
	ms_own_window(v);
	ms_all_refs(v, ms_last_code(v));
	ms_force(v, -MOST - 1);
	ms_compare(v, RULE_DECISION, ASK_SEARCH);
	ms_force(v, MOST);
	ms_compare(v, RULE_FORCE, ASK_SEARCH);
}

/* levels at and just below a threshold */
static void decisions(struct mv *v)
{
	mv_phase(v, "levels forced to thresholds and just below");
	for (int i = 0; i < 24; i++) {
		int lane = mv_pick(v, v->s.adcs), k = i == 0 ? 1 : i == 1 ? ms_last_code(v) : 1 + mv_pick(v, ms_last_code(v));
		int64_t T, far = v->a->tolerance ? v->a->tolerance : 0;

		ms_own_window(v);
		mv_set(v, PIN_SET, (uint64_t)mv_pick(v, 4));
		if (ms_window_is_free(v) && i % 3 == 2)
			ms_window(v, 1 + mv_pick(v, 20), mv_pick(v, 400) - 200, mv_pick(v, 2));
		if (i % 2)
			for (int l = 0; l < v->s.adcs; l++)
				mv_lane_ref(v, l, 1 + mv_pick(v, ms_last_code(v)));
		else
			ms_all_refs(v, k);
		mv_lane_ref(v, lane, k);
		mv_send(v, PIN_REF);
		T = mv_threshold(v, lane, (int)v->pin[PIN_SET][0], k);
		if (T + far > MOST || T - far - 1 < -MOST)
			continue;
		ms_force(v, T + far);
		ms_compare(v, RULE_DECISION, ASK_SEARCH);
		ms_force(v, T - far - 1);
		ms_compare(v, RULE_DECISION, ASK_SEARCH);
	}
	ms_own_window(v);
}

static bool tables_rise(const struct mv *v)
{
	for (int i = 0; v->a->T && i < v->s.adcs * 4; i++)
		if (!ro_monotone(v->a->T + (((size_t)v->s.tile * v->s.adcs * 4 + i) << v->s.adc_bits), v->s.adc_bits))
			return false;
	return true;
}

static void rising_references(struct mv *v)
{
	int n = ms_last_code(v), step = n > MAX_SCAN ? n / MAX_SCAN : 1;

	if (!tables_rise(v))
		return;
	mv_phase(v, "one level, rising references");
	for (int i = 0; i < 6; i++) {
		ms_force(v, mv_threshold(v, mv_pick(v, v->s.adcs), 0, 1 + i * (n - 1) / 5) + (mv_pick(v, 3) - 1) * v->a->tolerance);
		mv_forget(v);
		for (int k = 1 + mv_pick(v, step); k <= n; k += step) {
			ms_all_refs(v, k);
			mv_set(v, PIN_CMP, 1);
			mv_settle(v);
			mv_fall(v);
			mv_monotone(v);
			mv_rise(v);
			mv_set(v, PIN_CMP, 0);
		}
	}
}

/* the answer follows reference and set within the clock, before and after the falling edge; and the strobe */
static void within_the_clock(struct mv *v)
{
	mv_phase(v, "reference, set and strobe change within a clock");
	for (int i = 0; i < 8; i++) {
		ms_force(v, mv_threshold(v, mv_pick(v, v->s.adcs), 0, 1 + mv_pick(v, ms_last_code(v))));
		ms_all_refs(v, 1);
		mv_set(v, PIN_CMP, 1);
		mv_settle(v);
		mv_answers(v, RULE_WITHIN, ASK_SEARCH);
		ms_all_refs(v, ms_last_code(v));
		mv_settle(v);
		mv_answers(v, RULE_WITHIN, ASK_SEARCH);
		mv_set(v, PIN_SET, (uint64_t)mv_pick(v, 4));
		mv_fall(v);
		mv_answers(v, RULE_WITHIN, ASK_SEARCH);
		for (int lane = 0; lane < v->s.adcs; lane++)
			mv_lane_ref(v, lane, 1 + mv_pick(v, ms_last_code(v)));
		mv_send(v, PIN_REF);
		mv_settle(v);
		mv_answers(v, RULE_WITHIN, ASK_SEARCH);
		mv_set(v, PIN_CMP, 0);
		mv_settle(v);
		mv_answers(v, RULE_STROBE, ASK_NOTHING);
		mv_rise(v);
		mv_set(v, PIN_SET, 0);
	}
}

static void lanes(struct mv *v)
{
	mv_phase(v, "some lanes compare");
	ms_all_refs(v, 1);
	for (int i = 0; i < 6; i++) {
		ms_force(v, MOST);
		if (i < 2)
			mv_fill(v, PIN_LANE_EN, i);
		else
			mv_random(v, PIN_LANE_EN);
		ms_compare(v, RULE_LANES, ASK_SEARCH);
		mv_fill(v, PIN_LANE_EN, true);
		ms_compare(v, RULE_LEVEL, ASK_SEARCH);
	}
	mv_phase(v, "some lanes sample");
	for (int i = 0; i < 6; i++) {
		ms_force(v, i % 2 ? MOST : -MOST);
		mv_random(v, PIN_LANE_EN);
		ms_force_lanes(v, i % 2 ? -MOST : MOST);
		mv_fill(v, PIN_LANE_EN, true);
		ms_compare(v, RULE_SAMPLE_LANES, ASK_SEARCH);
	}
	mv_phase(v, "levels stay");
	for (int i = 0; i < 4; i++) {
		ms_force(v, mv_threshold(v, mv_pick(v, v->s.adcs), 0, 1 + mv_pick(v, ms_last_code(v))));
		for (int n = 0; n < 3; n++) {
			mv_clocks(v, 20);
			ms_both_sides(v, RULE_LEVEL, NULL);
		}
	}
}

static void flash_steps(struct mv *v)
{
	if (!v->a->flash)
		return;
	mv_phase(v, "flash steps");
	for (int b = 1; b <= v->s.adc_bits; b++)
		for (int i = 0; i < 6; i++) {
			int e = 0, m;

			ms_own_window(v);
			while (1 << (e + 1) <= v->s.refs + 1 && e < b)
				e++;
			m = i == 0 ? 1 : i == 1 ? (1 << e) - 1 : 1 + mv_pick(v, (1 << e) - 1);
			if (ms_window_is_free(v) && i % 2)
				ms_window(v, 1 + mv_pick(v, 9), mv_pick(v, 100) - 50, mv_pick(v, 2));
			mv_set(v, PIN_BITS, (uint64_t)b);
			mv_set(v, PIN_SET, (uint64_t)mv_pick(v, 4));
			mv_random(v, PIN_REF);
			ms_force(v, mv_threshold(v, mv_pick(v, v->s.adcs), (int)v->pin[PIN_SET][0], m << (b - e)) - mv_pick(v, 2));
			ms_compare(v, RULE_FLASH, ASK_FLASH);
			if (i == 4) { /* above every threshold: who answers 1 was asked */
				ms_force(v, MOST);
				ms_compare(v, RULE_FLASH, ASK_FLASH);
			}
			if (i == 5) {
				mv_random(v, PIN_LANE_EN);
				ms_compare(v, RULE_FLASH, ASK_FLASH);
			}
		}
	ms_own_window(v);
}

void mv_all(struct mv *v)
{
	mv_phase(v, "reset");
	mv_clocks(v, 2);
	ms_reset(v);
	write_and_read(v);
	mv_phase(v, "reset between write and read");
	ms_reset(v);
	ms_read_all(v, RULE_CELLS);
	extremes(v);
	decisions(v);
	rising_references(v);
	within_the_clock(v);
	lanes(v);
	flash_steps(v);
	mv_columns(v);
	if (v->out)
		fputs("q\n", v->out);
}
