/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/judge.h"
#include "common/buf.h"
#include "cosim/settings.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void judge_differ(struct judge *j, const char *fmt, ...)
{
	struct cosim_result *r = j->r;
	va_list ap;
	int n;

	if (r->mismatches++)
		return;
	r->first_clock = j->clock ? j->clock(j->clock_ctx) : 0;
	n = snprintf(r->first, sizeof(r->first), "layer '%s': ", j->job->layer);
	va_start(ap, fmt);
	vsnprintf(r->first + n, sizeof(r->first) - n, fmt, ap);
	va_end(ap);
}

/* "input bit 3 (plane 3)", numerics.md section 1 */
static void say_plane(const struct gm_regs *g, int plane, char *text, size_t n)
{
	int m = gc_planes(g->input_code, g->input_bits) / 2;

	if (g->input_code == GC_TC)
		snprintf(text, n, "input bit %d (plane %d%s)", plane, plane, plane == g->input_bits - 1 ? ", sign" : "");
	else
		snprintf(text, n, "input bit %d (plane %d, %s phase)", plane % m, plane, plane < m ? "positive" : "negative");
}

/* "weight bit 2 (slice 2)"; the weight bits a cell of that slice holds */
static void say_slice(const struct gm_regs *g, int cell_bits, int slice, char *text, size_t n)
{
	int K = gc_slices(g->weight_code, g->weight_bits, cell_bits);
	int digit = slice, top = g->weight_bits - 2;
	const char *side = "";

	if (g->weight_code == GC_DIF) {
		top = top < 0 ? 0 : top;
	} else if (g->weight_code == GC_SM) {
		digit = slice % (K / 2);
		side = slice < K / 2 ? ", positive" : ", negative";
		top = top < 0 ? 0 : top;
	} else if (slice == K - 1) {
		snprintf(text, n, "weight bit %d (slice %d, sign)", g->weight_bits - 1, slice);
		return;
	}
	if (cell_bits == 1 || digit * cell_bits >= top)
		snprintf(text, n, "weight bit %d (slice %d%s)", digit * cell_bits, slice, side);
	else
		snprintf(text, n, "weight bits %d..%d (slice %d%s)", digit * cell_bits, digit * cell_bits + cell_bits - 1, slice, side);
}

static const uint32_t *instruction(const struct judge *j, long pc)
{
	return j->job->code + 8 * pc;
}

/* A round that is not the expected one: by place, or by its codes. */
static void codes_differ(struct judge *j, const struct exp_round *x, int tile, int plane, int position, const uint32_t *mask, const uint16_t *code)
{
	int mw = exp_mask_words(j->hw), index;
	char in[64], w[64];

	if (!x) {
		say_plane(&j->job->regs, plane, in, sizeof(in));
		judge_differ(j, "tile %d: a conversion at position %d (columns %d..), %s, after the last expected one", tile, position, position * j->hw->adcs, in);
		return;
	}
	say_plane(&j->job->regs, x->plane, in, sizeof(in));
	if (x->plane != plane || x->position != position) {
		judge_differ(j, "tile %d, pc %d: expected a conversion of %s at position %d, seen plane %d at position %d",
			     tile, x->pc, in, x->position, plane, position);
		return;
	}
	if (memcmp(mask, exp_mask(x), 4 * mw)) {
		int word = 0;

		while (mask[word] == exp_mask(x)[word])
			word++;
		judge_differ(j, "tile %d, %s, position %d, pc %d: expected converters 0x%08" PRIx32 " of lanes %d.. to take part, seen 0x%08" PRIx32,
			     tile, in, position, x->pc, exp_mask(x)[word], 32 * word, mask[word]);
		return;
	}
	index = x->first;
	for (int lane = 0; lane < j->hw->adcs; lane++) {
		uint32_t w6 = instruction(j, x->pc)[6];
		int slice0 = w6 >> 8 & 15, nslice = w6 >> 12 & 15;

		if (!(mask[lane / 32] >> lane % 32 & 1))
			continue;
		if (code[lane] != exp_code(j->hw, x)[lane]) {
			say_slice(&j->job->regs, j->hw->cell_bits, slice0 + index % nslice, w, sizeof(w));
			judge_differ(j, "tile %d, column %d, %s, %s, pc %d: expected code %u, seen %u",
				     tile, position * j->hw->adcs + lane, in, w, x->pc, exp_code(j->hw, x)[lane], code[lane]);
		}
		index++;
	}
}

static void on_codes(void *ctx, int tile, int plane, int position, int n_lanes, const uint32_t *mask, const uint16_t *code)
{
	struct judge *j = ctx;
	const struct exp_round *x;

	if (!j->on)
		return;
	x = log_next(&j->x->codes[tile]);
	if (x)
		j->r->codes += x->n;
	if (!x || x->plane != plane || x->position != position || memcmp(mask, exp_mask(x), 4 * exp_mask_words(j->hw)) ||
	    memcmp(code, exp_code(j->hw, x), 2 * n_lanes))
		codes_differ(j, x, tile, plane, position, mask, code);
}

static void on_partial(void *ctx, int tile, int address, int32_t partial, int32_t accumulator)
{
	struct judge *j = ctx;
	const struct exp_partial *x;

	if (!j->on)
		return;
	x = log_next(&j->x->partials[tile]);
	if (!x) {
		judge_differ(j, "tile %d: a partial sum for accumulator %d after the last expected one", tile, address);
		return;
	}
	j->r->partials++;
	if (x->address != address)
		judge_differ(j, "tile %d, pc %d: expected a partial sum for accumulator %d, seen one for %d", tile, x->pc, x->address, address);
	else if (x->partial != partial)
		judge_differ(j, "tile %d, accumulator %d, pc %d: expected partial sum %d, seen %d", tile, address, x->pc, x->partial, partial);
	else if (x->accumulator != accumulator)
		judge_differ(j, "tile %d, accumulator %d, pc %d: expected accumulator value %d, seen %d (partial sum %d is right)",
			     tile, address, x->pc, x->accumulator, accumulator, partial);
}

/* addresses wrap modulo the depth rounded up to a power of two (isa.md section 2); the probe tells them before they do */
static int wrap(int depth)
{
	int p = 1;

	while (p < depth)
		p *= 2;
	return p - 1;
}

static void on_out(void *ctx, int address, int channel, int32_t acc, int q, int flags)
{
	struct judge *j = ctx;
	const struct exp_out *x;

	if (!j->on)
		return;
	x = log_next(&j->x->outs);
	if (!x) {
		judge_differ(j, "an output of channel %d after the last expected one", channel);
		return;
	}
	j->r->outs++;
	if ((x->channel ^ channel) & wrap(j->hw->ch_depth))
		judge_differ(j, "pc %d: expected an output of channel %d, seen one of %d", x->pc, x->channel, channel);
	else if (x->acc != acc)
		judge_differ(j, "output channel %d, pc %d: expected sum over tiles %d, seen %d", channel, x->pc, x->acc, acc);
	else if (x->q != q)
		judge_differ(j, "output channel %d, pc %d: expected requantised value %d of %d, seen %d", channel, x->pc, x->q, acc, q);
	else if (x->flags != (flags & 3))
		judge_differ(j, "output channel %d, pc %d: expected flags %d (1 buffer, 2 stream), seen %d", channel, x->pc, x->flags, flags & 3);
	else if (x->flags & 1 && (x->address ^ address) & wrap(j->hw->act_depth))
		judge_differ(j, "output channel %d, pc %d: expected buffer address %d, seen %d", channel, x->pc, x->address, address);
}

static void on_take(void *ctx, int tile, uint64_t cycle)
{
	struct judge *j = ctx;
	struct judge_window *w = &j->window[tile];

	if (!w->open)
		*w = (struct judge_window){ true, cycle, cycle };
	if (j->on && j->job->watch)
		j->job->watch->take(j->job->watch->ctx, tile, cycle);
}

static void on_finish(void *ctx, int tile, uint64_t cycle)
{
	struct judge *j = ctx;

	j->window[tile].last = cycle;
	if (j->on && j->job->watch)
		j->job->watch->finish(j->job->watch->ctx, tile, cycle);
}

static void close_window(struct judge *j, int tile)
{
	struct judge_window *w = &j->window[tile];

	if (w->open && j->on)
		j->r->window += w->last - w->first;
	w->open = false;
}

static void on_load(void *ctx, int tile, uint64_t cycle)
{
	(void)cycle;
	close_window(ctx, tile);
}

void judge_probe(struct judge *j, struct shim_probe *p)
{
	*p = (struct shim_probe){ j, on_codes, on_partial, on_out, on_take, on_finish, on_load };
}

void judge_beat(struct judge *j, uint64_t data, bool last)
{
	const struct exp_beat *x = log_next(&j->x->beats);

	if (!x) {
		judge_differ(j, "result beat %zu (0x%016" PRIx64 ") after the last expected one", j->r->n_seen, data);
		return;
	}
	j->r->beats++;
	if (x->data != data)
		judge_differ(j, "result beat %zu, pc %d: expected 0x%016" PRIx64 ", seen 0x%016" PRIx64, j->r->n_seen, x->pc, x->data, data);
	else if (x->last != last)
		judge_differ(j, "result beat %zu, pc %d: expected TLAST %d, seen %d", j->r->n_seen, x->pc, x->last, last);
}

/* A counter has the bits that the registers have. Where those are the expected ones the others are taken from the expectation, so that what is reported is no remainder. */
static void counter(struct judge *j, const char *name, uint64_t expected, const char *by, uint64_t *seen)
{
	uint64_t mask = settings_counter_mask(j->hw);

	if ((expected ^ *seen) & mask)
		judge_differ(j, "%s: expected %" PRIu64 " (%s), seen %" PRIu64 "%s", name, expected & mask, by, *seen & mask, expected & ~mask ? " after a wrap" : "");
	else
		*seen = expected;
}

/* A stalling host changes when turns meet, and with it how many clients of a broadcast are served in step: all other sums stand. */
static bool serves_alike(const struct judge *j)
{
	return !(j->job->stall > 0) || !j->hw->immersed || j->hw->network != GM_BROADCAST;
}

static void golden_clocks(struct judge *j)
{
	const struct gm_counts *x = &j->x->counts;
	struct cosim_result *r = j->r;

	counter(j, "compute clocks", x->compute_clocks, "golden machine", &r->compute_clocks);
	counter(j, "compare clocks", x->compare_clocks, "golden machine", &r->compare_clocks);
	counter(j, "convert clocks", x->convert_clocks, "golden machine", &r->convert_clocks);
	if (serves_alike(j))
		counter(j, "serve clocks", x->serve_clocks, "golden machine", &r->serve_clocks);
	if (j->job->stall > 0)
		return;
	counter(j, "cycles", x->cycles, "golden machine", &r->rtl_cycles);
	counter(j, "clocks LOAD waited", x->wait_load, "golden machine", &r->wait_load);
	counter(j, "clocks ACT waited", x->wait_act, "golden machine", &r->wait_act);
	counter(j, "clocks OUT waited", x->wait_out, "golden machine", &r->wait_out);
	counter(j, "clocks END waited", x->wait_end, "golden machine", &r->wait_end);
}

/* Clocks waited for a stalling host overlap with work: only the unstalled count is predicted (numerics.md section 9). */
static void predicted(struct judge *j)
{
	const struct cosim_job *job = j->job;
	struct cosim_result *r = j->r;

	counter(j, "comparisons", job->predicted_comparisons, "predicted", &r->comparisons);
	counter(j, "compare clocks", job->predicted_compare_clocks, "predicted", &r->compare_clocks);
	counter(j, "convert clocks", job->predicted_convert_clocks, "predicted", &r->convert_clocks);
	if (serves_alike(j))
		counter(j, "serve clocks", job->predicted_serve_clocks, "predicted", &r->serve_clocks);
	if (job->stall > 0)
		return;
	counter(j, "cycles", job->predicted_cycles, "predicted", &r->rtl_cycles);
	counter(j, "clocks LOAD waited", job->predicted_wait_load, "predicted", &r->wait_load);
	counter(j, "clocks ACT waited", job->predicted_wait_act, "predicted", &r->wait_act);
	counter(j, "clocks OUT waited", job->predicted_wait_out, "predicted", &r->wait_out);
	counter(j, "clocks END waited", job->predicted_wait_end, "predicted", &r->wait_end);
	if (j->windows && job->predicted_window != r->window) /* measured here: no register */
		judge_differ(j, "converter window: expected %" PRIu64 " (predicted), seen %" PRIu64, job->predicted_window, r->window);
}

static void missing(struct judge *j)
{
	struct expected *x = j->x;
	size_t n;

	for (int t = 0; t < j->hw->tiles; t++) {
		if ((n = log_left(&x->codes[t])))
			judge_differ(j, "tile %d: %zu expected conversions never came", t, n);
		if ((n = log_left(&x->partials[t])))
			judge_differ(j, "tile %d: %zu expected partial sums never came", t, n);
	}
	if ((n = log_left(&x->outs)))
		judge_differ(j, "%zu expected outputs never came", n);
	if ((n = log_left(&x->beats)))
		judge_differ(j, "%zu expected result beats never came", n);
}

static void golden_counts(struct judge *j)
{
	const struct gm_counts *x = &j->x->counts;

	counter(j, "activations", x->activations, "golden machine", &j->r->activations);
	counter(j, "conversions", x->conversions, "golden machine", &j->r->conversions);
	counter(j, "comparisons", x->comparisons, "golden machine", &j->r->comparisons);
	if (j->job->regs.clocks)
		golden_clocks(j);
}

/* a search of any length: the least count that ends in the bits seen and is no less than predicted must not be above the prediction */
static void between(struct judge *j)
{
	const struct cosim_job *job = j->job;
	uint64_t cycles = job->predicted_least + ((j->r->rtl_cycles - job->predicted_least) & settings_counter_mask(j->hw));

	if (cycles < job->predicted_least || cycles > job->predicted_most) /* below: 64 bits */
		judge_differ(j, "cycles: expected %" PRIu64 "..%" PRIu64 " (predicted), seen %" PRIu64, job->predicted_least, job->predicted_most, j->r->rtl_cycles);
	else
		j->r->rtl_cycles = cycles;
}

void judge_end(struct judge *j)
{
	const struct cosim_job *job = j->job;
	struct cosim_result *r = j->r;

	for (int t = 0; t < j->hw->tiles; t++)
		close_window(j, t);
	j->on = false;
	if (j->x) {
		missing(j);
		golden_counts(j);
	}
	counter(j, "activations", job->predicted_activations, "predicted", &r->activations);
	counter(j, "conversions", job->predicted_conversions, "predicted", &r->conversions);
	counter(j, "compute clocks", job->predicted_compute_clocks, "predicted", &r->compute_clocks);
	if (!(job->stall > 0))
		counter(j, "stalled clocks", 0, "the host never starves a stream", &r->stalls);
	if (!j->hw->asymmetric)
		predicted(j);
	else if (!j->hw->immersed && !(job->stall > 0))
		between(j);
}
