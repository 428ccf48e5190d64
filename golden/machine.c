/* The golden machine's sequencer: docs/isa.md sections 1, 2 and 5. Time is not modelled here (waits only order what the program already
 * orders); where clocks are wanted, clock.c is told what is executed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/clock.h"
#include "golden/network.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum { FLAG_BUFFER = 1, FLAG_STREAM = 2, FLAG_LAST = 4 };

static int power_of_two(int n)
{
	int p = 1;

	while (p < n)
		p *= 2;
	return p;
}

/* the LFSR of numerics.md section 4 over the steps of one draw */
static void make_jump(struct gm *g)
{
	int side, v, i;

	for (side = 0; side < 2; side++)
		for (v = 0; v < 256; v++) {
			unsigned x = (unsigned)v << (8 * side);

			for (i = 0; i < g->hw.adc_bits; i++)
				x = x >> 1 ^ (x & 1 ? 0xB400 : 0);
			g->jump[side][v] = (uint16_t)x;
		}
}

static void check_hw(const struct gm_hw *hw)
{
	if (hw->rows < 1 || hw->rows > 1024 || hw->cols < 1 || hw->cols > 1024 || hw->tiles < 1 || hw->tiles > 64 || hw->adcs < 1 ||
	    hw->adcs > hw->cols || hw->adc_bits < 1 || hw->adc_bits > 12 || hw->cell_bits < 1 || hw->cell_bits > 2 || hw->grid_bits < 0 ||
	    hw->spares < 0 || hw->spares > 4 || (hw->spares && hw->immersed) ||
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
	g->columns = gm_columns(hw);
	g->bpr = (g->columns * hw->cell_bits + 63) / 64;
	g->acc_size = power_of_two(hw->acc_depth);
	g->act_size = power_of_two(hw->act_depth);
	g->ch_size = power_of_two(hw->ch_depth);
	gm_tables_init(&g->tables, hw, thresholds);
	g->tile = MEM_NEW(hw->tiles, struct gm_tile);
	for (t = 0; t < hw->tiles; t++) {
		g->tile[t].row = MEM_NEW((size_t)g->words * 64 * g->bpr, uint64_t);
		g->tile[t].cells = MEM_NEW((size_t)g->columns * hw->cell_bits * g->words, uint64_t);
		g->tile[t].acc = MEM_NEW(g->acc_size, uint32_t);
		g->tile[t].lut = MEM_NEW(hw->cols, const uint16_t *);
		g->tile[t].lut_steps = MEM_NEW(hw->cols, const uint16_t *);
	}
	g->act = MEM_NEW(g->act_size, int8_t);
	g->M = MEM_NEW(g->ch_size, uint16_t);
	g->shift = MEM_NEW(g->ch_size, uint8_t);
	g->plane = MEM_NEW((size_t)GM_PLANES * g->words, uint64_t);
	g->column = MEM_NEW(hw->cols, uint16_t);
	g->code = MEM_NEW((size_t)GM_PLANES * hw->cols, uint16_t);
	g->element = MEM_NEW(hw->rows, int8_t);
	g->value = MEM_NEW(gm_pairs(hw->rows), int32_t);
	g->sum = MEM_NEW(hw->cols + GM_SUMS, int32_t);
	g->compact = MEM_NEW((size_t)g->words * hw->cell_bits * hw->cols, uint64_t);
	g->steps = MEM_NEW(hw->asymmetric ? (size_t)GM_PLANES * hw->cols : 0, uint16_t);
	g->lfsr = MEM_NEW((size_t)hw->tiles * hw->adcs, uint16_t);
	g->conversion = MEM_NEW((size_t)hw->tiles * hw->adcs, uint64_t);
	g->repair = MEM_NEW((size_t)hw->tiles * hw->spares, uint32_t);
	g->stand = MEM_NEW(hw->cols, uint16_t);
	make_jump(g);
	for (t = 0; t < hw->tiles * hw->adcs; t++)
		g->lfsr[t] = ro_lfsr_start(0, t);
	return g;
}

void gm_free(struct gm *g)
{
	int t;

	if (!g)
		return;
	for (t = 0; t < g->hw.tiles; t++) {
		free(g->tile[t].row);
		free(g->tile[t].cells);
		free(g->tile[t].acc);
		free(g->tile[t].lut);
		free(g->tile[t].lut_steps);
		gm_weights_free(g->tile[t].weights);
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
	free(g->element);
	free(g->value);
	free(g->compact);
	free(g->steps);
	free(g->lfsr);
	free(g->conversion);
	free(g->repair);
	free(g->stand);
	gf_release(&g->broken);
	free(g->stuck);
	free(g);
}

static void set_input_code(struct gm *g, const struct gm_regs *regs)
{
	int x, p;

	for (x = -128; x < 128; x++) {
		unsigned bits = 0;
		int value = 0;

		for (p = 0; p < gc_planes(regs->input_code, regs->input_bits); p++) {
			int bit = gc_plane_bit(regs->input_code, regs->input_bits, p, x);

			bits |= (unsigned)bit << p;
			value += bit * gc_plane_weight(regs->input_code, regs->input_bits, p);
		}
		g->planes_of[(uint8_t)x] = (uint16_t)bits;
		g->value_of[(uint8_t)x] = (int16_t)value;
	}
}

struct run { /* one program */
	struct gm *g;
	const struct gm_regs *regs;
	const struct gm_sink *sink;
	struct gm_counts *counts;
	const uint64_t *stream;
	size_t n_beats, used;
	struct gm_sequence at; /* where it goes on */
	long pc;               /* of the instruction at hand */
	struct err *e;
};

/* the beats of an instruction, NULL: too few are left */
static const uint64_t *take(struct run *u, const struct gm_insn *in)
{
	const uint64_t *beats = u->stream + u->used;
	size_t n = gm_takes(in, &u->g->hw);

	if (n > u->n_beats - u->used) {
		err_set(u->e, ERR_INPUT, "program, instruction %ld: takes beats %zu..%zu, but the stream has %zu; give the stream made with this program",
			u->pc, u->used, u->used + n - 1, u->n_beats);
		return NULL;
	}
	u->used += n;
	return beats;
}

static int do_param(struct run *u, const struct gm_insn *in)
{
	const uint64_t *beat = take(u, in);
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
	const uint64_t *beat = take(u, in);
	int i;

	if (!beat)
		return -1;
	for (i = 0; i < in->tile.count; i++)
		gm_tile_load(u->g, in->tile.start + i * in->tile.stride, &in->row, beat, u->regs->weight_code == GC_DIF);
	return 0;
}

static int do_xin(struct run *u, const struct gm_insn *in)
{
	const uint64_t *beat = take(u, in);
	struct gm_walk walk = gm_walk_start(in);
	unsigned at;
	int e = 0, n;

	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bytes of beats lie lowest first");
	if (!beat)
		return -1;
	for (; e < in->count; e += n) {
		n = gm_walk_run(&walk, in->count - e, (unsigned)u->g->act_size, &at);
		memcpy(u->g->act + at, (const char *)beat + e, (size_t)n);
	}
	return 0;
}

/* an ACT with its clocks: what it is to each tile of the set */
static int do_act_clocks(struct run *u, const struct gm_insn *in, struct gm_latch *l)
{
	struct gm *g = u->g;
	struct gm_work work[64];
	int i, stop;

	for (i = 0; i < in->tile.count; i++) {
		work[i] = (struct gm_work){ .planes = gc_planes(u->regs->input_code, u->regs->input_bits), .rounds = gm_rounds(&g->hw, &in->col),
					    .bits = in->bits, .set = in->set, .col = in->col };
		if (g->hw.kind == RO_HYBRID && in->bits > g->hw.flash_bits)
			work[i].after_flash = in->bits - g->hw.flash_bits;
		stop = gm_tile_activate(g, in->tile.start + i * in->tile.stride, in, u->regs, l, u->pc, u->sink, u->counts, work[i].compares);
		if (stop)
			return stop;
	}
	gm_clock_act(g->clock, &in->tile, in->row.count, work);
	return 0;
}

static int do_act(struct run *u, const struct gm_insn *in)
{
	struct gm_latch l;
	int i, stop = 0;

	gm_latch_start(in, &l);
	if (u->g->clock)
		return do_act_clocks(u, in, &l);
	for (i = 0; i < in->tile.count && !stop; i++)
		stop = gm_tile_activate(u->g, in->tile.start + i * in->tile.stride, in, u->regs, &l, u->pc, u->sink, u->counts, NULL);
	return stop;
}

static int do_out(struct run *u, const struct gm_insn *in)
{
	struct gm *g = u->g;
	int qlo = gc_qlo(u->regs->input_bits), qhi = gc_qhi(u->regs->input_code, u->regs->input_bits), i, t;
	struct gm_walk walk = gm_walk_start(in);

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
			ev.address = (int)(gm_walk_next(&walk) & (unsigned)(g->act_size - 1));
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

static int execute(struct run *u, const struct gm_insn *in)
{
	switch (in->op) {
	case GM_PARAM: return do_param(u, in);
	case GM_LOAD: return do_load(u, in);
	case GM_XIN: return do_xin(u, in);
	case GM_ACT: return do_act(u, in);
	case GM_OUT: return do_out(u, in);
	}
	return 0; /* LOOP, NEXT, IDX: gm_advance */
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
	struct gm_counts own;
	struct run u = { .g = g, .regs = regs, .sink = sink, .counts = counts ? counts : &own, .stream = stream, .n_beats = n_beats, .e = e,
			 .at = { .code = code, .n_instr = n_instr } };
	struct gm_refusal refusal = { e, 0 };
	struct gm_insn in;
	int status, i;

	memset(u.counts, 0, sizeof(*u.counts));
	check_regs(g, regs);
	set_input_code(g, regs);
	gm_tables_set(&g->tables, &g->hw, regs);
	for (i = 0; i < g->hw.tiles * g->hw.adcs; i++)
		g->lfsr[i] = ro_lfsr_start(regs->seed, i);
	g->clock = regs->clocks ? gm_clock_new(&g->hw, regs) : NULL;
	do {
		u.pc = u.at.pc;
		status = gm_fetch(&u.at, &in, &g->hw, regs, &refusal);
		if (status || in.op == GM_END || (status = gm_advance(&u.at, &in, &refusal)))
			break;
		status = execute(&u, &in);
		if (g->clock && status == 0)
			count_clocks(g->clock, &g->hw, &in);
	} while (status == 0);
	u.counts->stop = refusal.code;
	u.counts->stop_pc = status < 0 ? u.pc : 0;
	if (g->clock) /* a program that is stopped waits for its tiles as END does */
		gm_clock_end(g->clock, u.counts);
	gm_clock_free(g->clock);
	g->clock = NULL;
	if (beats_used)
		*beats_used = u.used;
	return status;
}
