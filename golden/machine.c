/* The golden machine's sequencer: docs/isa.md sections 1, 2 and 5. Time is not modelled here (waits only order what the program already
 * orders); where clocks are wanted, clock.c is told what is executed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/clock.h"
#include "golden/network.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_LOOPS = 4, FLAG_BUFFER = 1, FLAG_STREAM = 2, FLAG_LAST = 4 };

static int power_of_two(int n)
{
	int p = 1;

	while (p < n)
		p *= 2;
	return p;
}

static void check_hw(const struct gm_hw *hw)
{
	if (hw->rows < 1 || hw->rows > 1024 || hw->cols < 1 || hw->cols > 1024 || hw->tiles < 1 || hw->tiles > 64 || hw->adcs < 1 ||
	    hw->adcs > hw->cols || hw->adc_bits < 1 || hw->adc_bits > 12 || hw->cell_bits < 1 || hw->cell_bits > 2 || hw->grid_bits < 0 ||
	    hw->grid_bits > 8 || hw->prog_depth < 1 || hw->prog_depth > 65536 || hw->act_depth < 1 || hw->act_depth > 65536 ||
	    hw->acc_depth < 1 || hw->acc_depth > 65536 || hw->ch_depth < 1 || hw->ch_depth > 65536)
		BUG("golden machine made with parameters outside isa.md section 1");
	if (hw->kind < RO_SAR || hw->kind > RO_STOCHASTIC || (hw->asymmetric && (hw->kind != RO_SAR || hw->adc_bits > RO_TREE_BITS)) ||
	    (hw->kind == RO_SENSE && hw->adc_bits != 1) || (hw->kind == RO_FLASH && hw->adc_bits > 8) || hw->noise < 0 ||
	    (hw->kind == RO_HYBRID && (hw->flash_bits < 1 || hw->flash_bits > 6 || hw->flash_bits >= hw->adc_bits)))
		BUG("golden machine made with a converter outside numerics.md section 4");
	if (hw->immersed && (hw->network < GM_PAIR || hw->network > GM_BROADCAST || hw->tiles < gn_servers(hw) + 1 ||
			     (hw->network == GM_PAIR && (hw->tiles % 2 || gn_servers(hw) != 1)) ||
			     (hw->network == GM_BROADCAST && hw->kind != RO_FLASH && hw->kind != RO_HYBRID) || hw->sample_hold))
		BUG("golden machine made with a network outside network.md section 2");
}

struct gm *gm_new(const struct gm_hw *hw, const int32_t *thresholds)
{
	struct gm *g = MEM_NEW(1, struct gm);
	int t;

	check_hw(hw);
	g->hw = *hw;
	g->words = (hw->rows + 63) / 64;
	g->acc_size = power_of_two(hw->acc_depth);
	g->act_size = power_of_two(hw->act_depth);
	g->ch_size = power_of_two(hw->ch_depth);
	gm_tables_init(&g->tables, hw, thresholds);
	g->tile = MEM_NEW(hw->tiles, struct gm_tile);
	for (t = 0; t < hw->tiles; t++) {
		g->tile[t].cells = MEM_NEW((size_t)hw->cols * hw->cell_bits * g->words, uint64_t);
		g->tile[t].acc = MEM_NEW(g->acc_size, uint32_t);
	}
	g->act = MEM_NEW(g->act_size, int8_t);
	g->M = MEM_NEW(g->ch_size, uint16_t);
	g->shift = MEM_NEW(g->ch_size, uint8_t);
	g->plane = MEM_NEW((size_t)GM_PLANES * g->words, uint64_t);
	g->column = MEM_NEW(hw->cols, uint16_t);
	g->code = MEM_NEW((size_t)GM_PLANES * hw->cols, uint16_t);
	g->sum = MEM_NEW(hw->cols, int32_t);
	g->lut = MEM_NEW(hw->cols, const uint16_t *);
	g->lut_steps = MEM_NEW(hw->cols, const uint16_t *);
	g->steps = MEM_NEW(hw->asymmetric ? (size_t)GM_PLANES * hw->cols : 0, uint16_t);
	g->lfsr = MEM_NEW((size_t)hw->tiles * hw->adcs, uint16_t);
	g->conversion = MEM_NEW((size_t)hw->tiles * hw->adcs, uint64_t);
	return g;
}

void gm_free(struct gm *g)
{
	int t;

	if (!g)
		return;
	for (t = 0; t < g->hw.tiles; t++) {
		free(g->tile[t].cells);
		free(g->tile[t].acc);
	}
	gm_tables_release(&g->tables);
	free(g->tile);
	free(g->act);
	free(g->M);
	free(g->shift);
	free(g->plane);
	free(g->column);
	free(g->code);
	free(g->sum);
	free(g->lut);
	free(g->lut_steps);
	free(g->steps);
	free(g->lfsr);
	free(g->conversion);
	free(g);
}

static void set_input_code(struct gm *g, const struct gm_regs *regs)
{
	int x, p;

	for (x = -128; x < 128; x++) {
		unsigned bits = 0;

		for (p = 0; p < gc_planes(regs->input_code, regs->input_bits); p++)
			bits |= (unsigned)gc_plane_bit(regs->input_code, regs->input_bits, p, x) << p;
		g->planes_of[(uint8_t)x] = (uint16_t)bits;
	}
}

struct run { /* one program */
	struct gm *g;
	const struct gm_regs *regs;
	const struct gm_sink *sink;
	struct gm_counts *counts;
	const uint64_t *stream;
	size_t n_beats, used;
	uint16_t r[GM_REGS];
	struct { long start; int left; } loop[MAX_LOOPS];
	int depth;
	long pc;
	struct err *e;
};

static const uint64_t *take(struct run *u, size_t n)
{
	const uint64_t *beats = u->stream + u->used;

	if (n > u->n_beats - u->used) {
		err_set(u->e, ERR_INPUT, "program, instruction %ld: takes beats %zu..%zu, but the stream has %zu; give the stream made with this program",
			u->pc, u->used, u->used + n - 1, u->n_beats);
		return NULL;
	}
	u->used += n;
	return beats;
}

static int do_loop(struct run *u, const struct gm_insn *in)
{
	if (u->depth == MAX_LOOPS)
		return gm_refuse(u->e, u->pc, 2, "a fifth LOOP inside four, legal nesting 1..%d", MAX_LOOPS);
	u->loop[u->depth].start = u->pc + 1;
	u->loop[u->depth].left = in->count;
	u->depth++;
	return 0;
}

/* sets the next pc by itself */
static int do_next(struct run *u, long *next)
{
	if (u->depth == 0)
		return gm_refuse(u->e, u->pc, 2, "NEXT without LOOP");
	if (--u->loop[u->depth - 1].left > 0)
		*next = u->loop[u->depth - 1].start;
	else
		u->depth--;
	return 0;
}

static int do_param(struct run *u, const struct gm_insn *in)
{
	const uint64_t *beat = take(u, (size_t)in->count);
	int i;

	if (!beat)
		return -1;
	for (i = 0; i < in->count; i++) {
		int ch = (in->channel + i) & (u->g->ch_size - 1);

		u->g->M[ch] = (uint16_t)beat[i];
		u->g->shift[ch] = beat[i] >> 16 & 63;
	}
	return 0;
}

static int do_load(struct run *u, const struct gm_insn *in)
{
	size_t bpr = ((size_t)u->g->hw.cols * u->g->hw.cell_bits + 63) / 64;
	const uint64_t *beat = take(u, bpr * in->row.count);
	int i;

	if (!beat)
		return -1;
	for (i = 0; i < in->tile.count; i++)
		gm_tile_load(u->g, in->tile.start + i * in->tile.stride, &in->row, beat);
	return 0;
}

static int do_xin(struct run *u, const struct gm_insn *in)
{
	const uint64_t *beat = take(u, ((size_t)in->count + 7) / 8);
	int e;

	if (!beat)
		return -1;
	for (e = 0; e < in->count; e++)
		u->g->act[gm_address(in, e) & (u->g->act_size - 1)] = (int8_t)(beat[e / 8] >> (e % 8 * 8) & 0xff);
	return 0;
}

/* an ACT with its clocks: what it is to each tile of the set */
static int do_act_clocks(struct run *u, const struct gm_insn *in, int first, int last)
{
	struct gm *g = u->g;
	struct gm_work work[64];
	int i, stop;

	for (i = 0; i < in->tile.count; i++) {
		work[i] = (struct gm_work){ .planes = gc_planes(u->regs->input_code, u->regs->input_bits), .rounds = gm_rounds(&g->hw, &in->col),
					    .bits = in->bits, .set = in->set, .col = in->col };
		if (g->hw.kind == RO_HYBRID && in->bits > g->hw.flash_bits)
			work[i].after_flash = in->bits - g->hw.flash_bits;
		stop = gm_tile_activate(g, in->tile.start + i * in->tile.stride, in, u->regs, first, last, u->pc, u->sink, u->counts, work[i].compares);
		if (stop)
			return stop;
	}
	gm_clock_act(g->clock, &in->tile, in->row.count, work);
	return 0;
}

static int do_act(struct run *u, const struct gm_insn *in)
{
	int first, last, i, stop = 0;

	gm_latch(u->g, in, u->regs, &first, &last);
	if (u->g->clock)
		return do_act_clocks(u, in, first, last);
	for (i = 0; i < in->tile.count && !stop; i++)
		stop = gm_tile_activate(u->g, in->tile.start + i * in->tile.stride, in, u->regs, first, last, u->pc, u->sink, u->counts, NULL);
	return stop;
}

static int do_out(struct run *u, const struct gm_insn *in)
{
	struct gm *g = u->g;
	int qlo = gc_qlo(u->regs->input_bits), qhi = gc_qhi(u->regs->input_code, u->regs->input_bits), i, t;

	for (i = 0; i < in->count; i++) {
		struct gm_out ev = { .channel = (in->channel + i) & (g->ch_size - 1), .to_buffer = in->flags & FLAG_BUFFER,
				     .to_stream = in->flags & FLAG_STREAM, .pc = u->pc };
		uint32_t acc = 0;

		for (t = 0; t < in->tile.count; t++)
			acc += g->tile[in->tile.start + t * in->tile.stride].acc[(in->acc_base + i) & (g->acc_size - 1)];
		ev.acc = (int32_t)acc;
		ev.q = gc_requantise(ev.acc, g->M[ev.channel], g->shift[ev.channel], qlo, qhi);
		ev.last = ev.to_stream && in->flags & FLAG_LAST && i == in->count - 1;
		if (ev.to_buffer) {
			ev.address = gm_address(in, i) & (g->act_size - 1);
			g->act[ev.address] = (int8_t)ev.q;
		}
		if (u->sink && u->sink->out && u->sink->out(u->sink->ctx, &ev))
			return 1;
	}
	return 0;
}

/* tells the clocks what was executed; ACT did so by itself */
static void count_clocks(struct gm_clock *c, const struct gm_hw *hw, const struct gm_insn *in)
{
	switch (in->op) {
	case GM_LOOP: case GM_NEXT: case GM_IDX:
		gm_clock_plain(c, 0);
		break;
	case GM_PARAM: case GM_XIN:
		gm_clock_plain(c, in->count);
		break;
	case GM_LOAD:
		gm_clock_load(c, &in->tile, (long)in->row.count * ((hw->cols * hw->cell_bits + 63) / 64));
		break;
	case GM_OUT:
		gm_clock_out(c, &in->tile, in->lag, in->count);
		break;
	}
}

/* END is the caller's */
static int execute(struct run *u, const struct gm_insn *in, long *next)
{
	switch (in->op) {
	case GM_LOOP: return do_loop(u, in);
	case GM_NEXT: return do_next(u, next);
	case GM_IDX:
		if (in->idx_to)
			u->r[in->idx_to] = (uint16_t)in->idx_value;
		return 0;
	case GM_PARAM: return do_param(u, in);
	case GM_LOAD: return do_load(u, in);
	case GM_XIN: return do_xin(u, in);
	case GM_ACT: return do_act(u, in);
	case GM_OUT: return do_out(u, in);
	}
	BUG("op %d passed the check", in->op);
}

static void check_regs(const struct gm *g, const struct gm_regs *regs)
{
	if (g->hw.kind == RO_STOCHASTIC && (regs->samples < 1 || regs->samples >= 1 << g->hw.adc_bits))
		BUG("%d samples of a converter of %d bits", regs->samples, g->hw.adc_bits);
	if (g->hw.immersed && regs->weight_code == GC_DIF)
		BUG("dif with immersed references");
}

int gm_run(struct gm *g, const struct gm_regs *regs, const uint32_t *code, size_t n_instr, const uint64_t *stream, size_t n_beats,
	   const struct gm_sink *sink, struct gm_counts *counts, size_t *beats_used, struct err *e)
{
	static const uint32_t nothing[GM_WORDS]; /* unwritten program memory reads as 0: an illegal op */
	struct gm_counts own;
	struct run u = { .g = g, .regs = regs, .sink = sink, .counts = counts ? counts : &own, .stream = stream, .n_beats = n_beats, .e = e };
	struct gm_insn in;
	int status = 0, i;

	memset(u.counts, 0, sizeof(*u.counts));
	check_regs(g, regs);
	set_input_code(g, regs);
	gm_tables_set(&g->tables, &g->hw, regs);
	for (i = 0; i < g->hw.tiles * g->hw.adcs; i++)
		g->lfsr[i] = ro_lfsr_start(regs->seed, i);
	g->clock = regs->clocks ? gm_clock_new(&g->hw, regs) : NULL;
	for (; status == 0; ) {
		long next = u.pc + 1;

		if (u.pc >= g->hw.prog_depth) {
			status = gm_refuse(e, u.pc, 6, "the program ran past its memory, legal 0..%d; end it with END", g->hw.prog_depth - 1);
			break;
		}
		gm_decode(&in, (size_t)u.pc < n_instr ? code + (size_t)u.pc * GM_WORDS : nothing, u.r);
		status = gm_check(&in, &g->hw, regs, u.pc, e);
		if (status || in.op == GM_END)
			break;
		status = execute(&u, &in, &next);
		if (g->clock && status == 0)
			count_clocks(g->clock, &g->hw, &in);
		u.pc = next;
	}
	if (g->clock && status == 0)
		gm_clock_end(g->clock, u.counts);
	gm_clock_free(g->clock);
	g->clock = NULL;
	if (beats_used)
		*beats_used = u.used;
	return status;
}
