/* What is done with planes and columns, and what must not matter.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/macro_steps.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum { MIX_PLANES = 12 };

static void single_row(struct mv *v, int row)
{
	uint64_t *p = MEM_NEW(((size_t)v->s.rows + 63) / 64, uint64_t);

	p[row / 64] |= UINT64_C(1) << (row % 64);
	mv_set_wide(v, PIN_PLANE, p);
	free(p);
}

static void planes(struct mv *v, int rule)
{
	mv_fill(v, PIN_PLANE, false);
	v->note = "plane of zeros";
	ms_plane(v);
	ms_all_positions(v, rule, false);
	mv_fill(v, PIN_PLANE, true);
	v->note = "plane of ones";
	ms_plane(v);
	ms_all_positions(v, rule, false);
	v->note = "plane of one row";
	for (int i = 0; i < 3; i++) {
		single_row(v, i == 0 ? 0 : i == 1 ? v->s.rows - 1 : mv_pick(v, v->s.rows));
		ms_plane(v);
		ms_all_positions(v, rule, false);
	}
	v->note = "random plane";
	for (int i = 0; i < 3; i++) {
		mv_random(v, PIN_PLANE);
		ms_plane(v);
		ms_all_positions(v, rule, false);
	}
}

/* cells: random; one column alone; all at their highest */
static void counts(struct mv *v)
{
	uint64_t *p = MEM_NEW(((size_t)macro_width(&v->s, PIN_WDATA) + 63) / 64, uint64_t);

	mv_phase(v, "columns of random cells");
	ms_load(v);
	planes(v, RULE_COUNT);
	mv_phase(v, "one column of ones");
	for (int i = 0; i < 2; i++) {
		int column = i ? v->s.cols - 1 : mv_pick(v, v->s.cols);

		memset(p, 0, ((size_t)macro_width(&v->s, PIN_WDATA) + 63) / 64 * sizeof(*p));
		for (int b = column * v->s.cell_bits; b < (column + 1) * v->s.cell_bits; b++)
			p[b / 64] |= UINT64_C(1) << (b % 64);
		mv_set_wide(v, PIN_WDATA, p);
		for (int r = 0; r < v->s.rows; r++)
			ms_write_row(v, r);
		mv_fill(v, PIN_PLANE, true);
		ms_plane(v);
		ms_sample(v, column / v->s.adcs);
		ms_probe(v, RULE_COUNT);
		ms_all_positions(v, RULE_COUNT, false);
	}
	mv_phase(v, "all cells at their highest");
	mv_fill(v, PIN_WDATA, true);
	for (int r = 0; r < v->s.rows; r++)
		ms_write_row(v, r);
	mv_fill(v, PIN_PLANE, true);
	ms_plane(v);
	ms_all_positions(v, RULE_COUNT, false);
	ms_load(v);
	free(p);
}

static void pairs(struct mv *v)
{
	mv_phase(v, "pairs of columns");
	mv_set(v, PIN_PAIR, 1);
	planes(v, RULE_PAIR);
	mv_set(v, PIN_PAIR, 0);
}

/* plane_i counts until capture_i and no longer */
static void captures(struct mv *v)
{
	mv_phase(v, "plane_i changes after the capture");
	for (int i = 0; i < 4; i++) {
		mv_random(v, PIN_PLANE);
		for (int n = 0; n < 1 + v->s.sample_hold; n++) {
			uint64_t *as_it_was = MEM_NEW(((size_t)v->s.rows + 63) / 64, uint64_t);

			memcpy(as_it_was, v->pin[PIN_PLANE], ((size_t)v->s.rows + 63) / 64 * sizeof(*as_it_was));
			ms_evaluate(v);
			mv_fill(v, PIN_PLANE, i % 2);
			ms_take(v);
			mv_clocks(v, 2);
			if (n < v->s.sample_hold)
				mv_set_wide(v, PIN_PLANE, as_it_was);
			free(as_it_was);
		}
		ms_all_positions(v, RULE_CAPTURE, false);
	}
}

/* with sample-and-hold the next plane is on the lines while this one converts */
static void holds(struct mv *v)
{
	mv_phase(v, v->s.sample_hold ? "the next plane is evaluated while this one is held" : "the bit lines hold");
	for (int i = 0; i < 4; i++) {
		if (i < 2)
			mv_fill(v, PIN_PLANE, i == 0);
		else
			mv_random(v, PIN_PLANE);
		ms_evaluate(v);
		ms_take(v);
		if (v->s.sample_hold) {
			ms_all_positions(v, RULE_HOLD, false);
			mv_fill(v, PIN_PLANE, i % 2);
			ms_evaluate(v);
		} else {
			mv_random(v, PIN_PLANE);
			mv_clocks(v, 30);
		}
		ms_all_positions(v, RULE_HOLD, false);
	}
	if (v->s.sample_hold) { /* what is on the lines now moves over */
		ms_take(v);
		ms_all_positions(v, RULE_HOLD, false);
	}
	mv_phase(v, "one plane converted again, columns from the last to the first");
	for (int n = 0; n < 3; n++)
		ms_all_positions(v, RULE_AGAIN, n != 1);
}

/* --- what must not matter ------------------------------------------------------------------------------------------------------------------ */

static void noise(struct mv *v, bool with_plane)
{
	static const int pin[] = { PIN_WADDR, PIN_WDATA, PIN_RADDR, PIN_SEL, PIN_PAIR, PIN_FORCE, PIN_FORCE_LEVEL, PIN_SERVE_REF };

	for (size_t i = 0; i < sizeof(pin) / sizeof(*pin); i++)
		mv_random(v, pin[i]);
	if (with_plane)
		mv_random(v, PIN_PLANE);
}

static void other_inputs(struct mv *v)
{
	mv_phase(v, "inputs change outside their phase");
	for (int i = 0; i < 4; i++) {
		int p = mv_pick(v, ms_positions(v));

		mv_random(v, PIN_PLANE);
		ms_plane(v);
		noise(v, true);
		mv_set(v, PIN_PAIR, 0);
		mv_set(v, PIN_FORCE, 0);
		mv_clocks(v, 2);
		ms_sample(v, p);
		for (int n = 0; n < 4; n++) {
			noise(v, true);
			mv_clock(v);
			noise(v, true);
			ms_enable(v, p); /* pair_i moves the number of columns, not the lanes that were sampled */
			ms_both_sides(v, RULE_QUIET, NULL);
			mv_set(v, PIN_PAIR, 0);
			ms_enable(v, p);
		}
		ms_quiet(v);
		ms_own_window(v);
	}
	mv_phase(v, "rows are read while columns are converted");
	mv_random(v, PIN_PLANE);
	ms_plane(v);
	for (int i = 0; i < 4; i++) {
		ms_sample(v, mv_pick(v, ms_positions(v)));
		ms_read_row(v, RULE_CELLS, mv_pick(v, v->s.rows), 1);
		ms_probe(v, RULE_QUIET);
	}
	ms_read_all(v, RULE_CELLS);
}

/* strobes that come and go between two rising edges, over the falling one */
static void between_edges(struct mv *v)
{
	static const int strobe[] = { PIN_WE, PIN_RE, PIN_SAMPLE, PIN_HOLD, PIN_FORCE };

	mv_phase(v, "strobes come and go between two rising edges");
	mv_random(v, PIN_PLANE);
	ms_plane(v);
	if (v->s.sample_hold) {
		mv_fill(v, PIN_PLANE, true);
		ms_evaluate(v);
	}
	ms_sample(v, 0);
	ms_read_row(v, RULE_READ, 0, 1);
	for (size_t i = 0; i < sizeof(strobe) / sizeof(*strobe); i++) {
		mv_fill(v, PIN_WDATA, i % 2);
		mv_set(v, PIN_WADDR, 1);
		mv_set(v, PIN_RADDR, 1);
		mv_set(v, PIN_FORCE_LEVEL, (uint64_t)MOST);
		mv_set(v, strobe[i], 1);
		if (strobe[i] == PIN_FORCE)
			mv_set(v, PIN_SAMPLE, 1);
		mv_settle(v);
		mv_data(v, RULE_EDGE, -1);
		mv_fall(v);
		mv_data(v, RULE_EDGE, -1);
		mv_answers(v, RULE_EDGE, ASK_NOTHING);
		mv_set(v, strobe[i], 0);
		mv_set(v, PIN_SAMPLE, 0);
		mv_set(v, PIN_FORCE_LEVEL, 0);
		mv_settle(v);
		mv_rise(v);
		mv_data(v, RULE_EDGE, -1);
		ms_both_sides(v, RULE_EDGE, NULL);
	}
	ms_all_positions(v, RULE_EDGE, false);
	ms_read_all(v, RULE_EDGE);
	mv_phase(v, "a row is read: data after the rising edge, not before");
	for (int i = 0; i < 4; i++) {
		mv_set(v, PIN_RADDR, (uint64_t)(i % 2 ? 0 : v->s.rows - 1));
		mv_set(v, PIN_RE, 1);
		mv_settle(v);
		mv_data(v, RULE_EDGE, -1);
		mv_fall(v);
		mv_data(v, RULE_EDGE, -1);
		mv_rise(v);
		mv_data(v, RULE_READ, -1);
		mv_set(v, PIN_RE, 0);
	}
}

/* lines that are another array's reference: what they held is lost, nothing else is */
static void serve_once(struct mv *v)
{
	mv_random(v, PIN_SERVE_REF);
	mv_set(v, PIN_SERVE, 1);
	mv_set(v, PIN_SERVE_PRECHARGE, 1);
	mv_settle(v);
	mv_answers(v, RULE_SERVE, ASK_NOTHING);
	mv_fall(v);
	mv_rise(v);
	mv_set(v, PIN_SERVE_PRECHARGE, 0);
	mv_set(v, PIN_SERVE_SHARE, 1);
	mv_clock(v);
	mv_set(v, PIN_SERVE_SHARE, 0);
	mv_clock(v);
	mv_answers(v, RULE_SERVE, ASK_NOTHING);
	mv_set(v, PIN_SERVE, 0);
	mv_clock(v);
}

static void serves(struct mv *v)
{
	if (!v->a->serve)
		return;
	mv_phase(v, "the lines serve as another array's reference");
	for (int i = 0; i < 4; i++) {
		mv_random(v, PIN_PLANE);
		serve_once(v);
		ms_plane(v); /* the lines are charged and evaluated again */
		ms_all_positions(v, RULE_SERVE, false);
	}
	ms_read_all(v, RULE_CELLS);
}

/* --- everything together ------------------------------------------------------------------------------------------------------------------- */

static void mix(struct mv *v)
{
	mv_phase(v, "random activations");
	for (int n = 0; n < MIX_PLANES; n++) {
		if (n % 4 == 0)
			ms_load(v);
		mv_random(v, PIN_PLANE);
		ms_plane(v);
		mv_set(v, PIN_PAIR, (uint64_t)mv_pick(v, 2));
		if (v->s.sample_hold) {
			mv_random(v, PIN_PLANE);
			ms_evaluate(v);
		}
		for (int i = 0; i < 4; i++) {
			ms_sample(v, mv_pick(v, ms_positions(v)));
			ms_probe(v, v->pin[PIN_PAIR][0] ? RULE_PAIR : RULE_COUNT);
			if (v->a->flash)
				ms_compare(v, RULE_FLASH, ASK_FLASH);
			if (mv_pick(v, 4) == 0) {
				ms_force(v, mv_threshold(v, mv_pick(v, v->s.adcs), 0, 1 + mv_pick(v, ms_last_code(v))));
				ms_both_sides(v, RULE_FORCE, NULL);
			}
		}
		mv_set(v, PIN_PAIR, 0);
	}
	mv_phase(v, "reset, then the same cells");
	ms_reset(v);
	ms_read_all(v, RULE_CELLS);
	mv_random(v, PIN_PLANE);
	ms_plane(v);
	ms_all_positions(v, RULE_CELLS, false);
}

void mv_columns(struct mv *v)
{
	ms_quiet(v);
	counts(v);
	pairs(v);
	captures(v);
	holds(v);
	other_inputs(v);
	between_edges(v);
	ms_quiet(v);
	ms_own_window(v);
	serves(v);
	mix(v);
}
