/* Clocks and counts of a program: the recurrence of docs/isa.md section 6, executed instruction by instruction. Needs no data.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/map.h"
#include "common/mem.h"
#include "map/number.h"
#include "map/timing.h"
#include <stdlib.h>
#include <string.h>

enum { LOOP_LEVELS = 4, FIRST_WORK = 2 /* clocks of fetch and decode */ };

struct loop { size_t body; int left; };

struct machine {
	const struct cfg *cfg;
	uint16_t r[16];
	struct loop loop[LOOP_LEVELS];
	int depth;
	uint64_t t;          /* begin of the instruction at hand */
	uint64_t issued;     /* clocks of all instructions so far, waits left out */
	long beats_per_row;
	struct timing time;
};

/* isa.md section 4, STATUS */
enum code { CODE_OP = 1, CODE_LOOP, CODE_TILES, CODE_RANGE, CODE_BITS, CODE_PC };

static int illegal(size_t pc, enum code code, const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "instruction %zu: %s (error code %d of docs/isa.md section 4)", pc, what, code);
}

static uint16_t add(const struct machine *m, int field, int reg)
{
	return (uint16_t)(field + m->r[reg]);
}

/* tiles: how many there are for the instruction */
static int check_tiles(const struct machine *m, struct map_instr *i, int tiles, size_t pc, struct err *e)
{
	i->tile = add(m, i->tile, i->r_tile);
	if (i->tile_count < 1 || (i->tile_count > 1 && i->tile_stride < 1) || i->tile + (i->tile_count - 1) * i->tile_stride >= tiles)
		return illegal(pc, CODE_TILES, "tile set outside the core", e);
	return 0;
}

/* rows and columns alike */
static int check_span(int start, int stride, int count, int size, size_t pc, struct err *e)
{
	if (count < 1 || (count > 1 && stride < 1) || start + (long)(count - 1) * stride >= size)
		return illegal(pc, CODE_RANGE, "row or column outside the array, or a zero count", e);
	return 0;
}

static void advance(struct machine *m, uint64_t wait, uint64_t clocks)
{
	m->t += wait + clocks;
	m->issued += clocks;
}

/* clocks that the instruction waits for tiles before its work begins, added to the sum of its kind */
static uint64_t waited(const struct machine *m, uint64_t work, uint64_t *sum)
{
	uint64_t wait = work - m->t - FIRST_WORK;

	*sum += wait;
	return wait;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* first clock from `from` on in which no tile has anything pending */
static uint64_t all_drained(struct machine *m, uint64_t from)
{
	for (int tile = 0; tile < m->cfg->tiles; tile++)
		from = later(from, timing_pending_at_most(&m->time, tile, 0));
	return from;
}

static int do_load(struct machine *m, struct map_instr *i, size_t pc, struct err *e)
{
	uint64_t work = m->t + FIRST_WORK;

	if (check_tiles(m, i, num_usable_tiles(m->cfg), pc, e) || check_span(add(m, i->row_start, i->r_row), i->row_stride, i->row_count, m->cfg->rows, pc, e))
		return -1;
	/* an array that is loaded must not serve as a reference either */
	if (m->cfg->reference == CFG_IMMERSED)
		work = all_drained(m, work);
	for (int n = 0; n < i->tile_count; n++)
		work = later(work, timing_pending_at_most(&m->time, i->tile + n * i->tile_stride, 0));
	timing_load(&m->time, i);
	advance(m, waited(m, work, &m->time.counts.wait_load), 2 + (uint64_t)i->row_count * (uint64_t)m->beats_per_row);
	return 0;
}

static int do_act(struct machine *m, struct map_instr *i, size_t pc, struct err *e)
{
	uint64_t work = m->t + FIRST_WORK, clocks;

	i->col_start = add(m, i->col_start, i->r_col);
	if (check_tiles(m, i, num_usable_tiles(m->cfg), pc, e) || check_span(add(m, i->row_start, i->r_row), i->row_stride, i->row_count, m->cfg->rows, pc, e) ||
	    check_span(i->col_start, i->col_stride, i->col_count, num_columns(m->cfg), pc, e))
		return -1;
	if (i->inner < 1)
		return illegal(pc, CODE_RANGE, "inner is zero", e);
	if (i->bits < 1 || i->bits > m->cfg->bits || i->nslice < 1)
		return illegal(pc, CODE_BITS, "bits outside 1..ADC_BITS or nslice zero", e);
	for (int n = 0; n < i->tile_count; n++)
		work = later(work, timing_shadow_free(&m->time, i->tile + n * i->tile_stride));
	clocks = 2 + (uint64_t)i->row_count + 1;
	advance(m, waited(m, work, &m->time.counts.wait_act), clocks);
	timing_activate(&m->time, i, work + (uint64_t)i->row_count, m->issued);
	return 0;
}

static int do_out(struct machine *m, struct map_instr *i, size_t pc, struct err *e)
{
	uint64_t work = m->t + FIRST_WORK;

	if (check_tiles(m, i, m->cfg->tiles, pc, e))
		return -1;
	if (i->count < 1 || ((i->flags & 1) && i->inner < 1))
		return illegal(pc, CODE_RANGE, "zero count or inner", e);
	for (int n = 0; n < i->tile_count; n++)
		work = later(work, timing_pending_at_most(&m->time, i->tile + n * i->tile_stride, i->lag));
	advance(m, waited(m, work, &m->time.counts.wait_out), 2 + (uint64_t)i->count + 4);
	return 0;
}

static int do_take(struct machine *m, const struct map_instr *i, size_t pc, struct err *e)
{
	if (i->count < 1 || (i->op == MAP_XIN && i->inner < 1))
		return illegal(pc, CODE_RANGE, "zero count or inner", e);
	advance(m, 0, 2 + (uint64_t)i->count);
	return 0;
}

static int do_loop(struct machine *m, const struct map_instr *i, size_t pc, struct err *e)
{
	if (m->depth == LOOP_LEVELS || i->count < 1)
		return illegal(pc, CODE_LOOP, "loop count zero or fifth loop level", e);
	m->loop[m->depth++] = (struct loop){ pc + 1, i->count };
	advance(m, 0, 2);
	return 0;
}

/* pc of the next instruction goes to *pc */
static int do_next(struct machine *m, size_t *pc, struct err *e)
{
	struct loop *l;

	if (!m->depth)
		return illegal(*pc, CODE_LOOP, "NEXT without LOOP", e);
	l = &m->loop[m->depth - 1];
	advance(m, 0, 2);
	if (--l->left) {
		*pc = l->body;
	} else {
		m->depth--;
		++*pc;
	}
	return 0;
}

static int run(struct machine *m, const struct map_instr *code, size_t n_instr, struct map_counts *out, struct err *e)
{
	size_t pc = 0;
	uint64_t cycles;

	while (pc < n_instr) {
		struct map_instr i = code[pc];
		int status = 0;

		switch (i.op) {
		case MAP_END:
			cycles = all_drained(m, m->t + 1) + 1;
			timing_finish(&m->time, out);
			out->cycles = cycles;
			out->wait_end = cycles - m->t - 2;
			return 0;
		case MAP_LOOP:
			status = do_loop(m, &i, pc, e);
			break;
		case MAP_NEXT:
			if (do_next(m, &pc, e))
				return -1;
			continue;
		case MAP_IDX:
			if (i.r_base)
				m->r[i.r_base] = add(m, i.imm, i.r_row);
			advance(m, 0, 2);
			break;
		case MAP_PARAM:
		case MAP_XIN:
			status = do_take(m, &i, pc, e);
			break;
		case MAP_LOAD:
			status = do_load(m, &i, pc, e);
			break;
		case MAP_ACT:
			status = do_act(m, &i, pc, e);
			break;
		case MAP_OUT:
			status = do_out(m, &i, pc, e);
			break;
		default:
			status = illegal(pc, CODE_OP, "operation is none of 1..9", e);
		}
		if (status)
			return -1;
		pc++;
	}
	return illegal(pc, CODE_PC, "the program runs past its end: END is missing", e);
}

/* one run, every round of `steps` steps where the search is asymmetric */
static int predict(const struct cfg *c, const struct map_instr *code, size_t n_instr, double steps, struct map_counts *out, struct err *e)
{
	struct machine m = { .cfg = c, .beats_per_row = ((long)c->cols * c->cell_bits + 63) / 64 };
	int status;

	timing_init(&m.time, c, steps);
	status = run(&m, code, n_instr, out, e);
	timing_release(&m.time);
	return status;
}

int map_predict(const struct cfg *c, const uint32_t *code, size_t n_instr, const struct map_steps *steps, struct map_counts *out, struct err *e)
{
	const struct map_steps any = { 1, (1 << c->bits) - 1, c->bits };
	struct map_instr *decoded = MEM_NEW(n_instr, struct map_instr);
	struct map_counts least, most;
	int status;

	memset(out, 0, sizeof(*out));
	if (!steps)
		steps = &any;
	for (size_t i = 0; i < n_instr; i++)
		map_decode(code + 8 * i, &decoded[i]);
	status = predict(c, decoded, n_instr, steps->mean, out, e);
	out->cycles_least = out->cycles_most = out->cycles;
	if (!status && c->search == CFG_ASYMMETRIC) {
		status = predict(c, decoded, n_instr, steps->least, &least, e) || predict(c, decoded, n_instr, steps->most, &most, e) ? -1 : 0;
		out->cycles_least = least.cycles;
		out->cycles_most = most.cycles;
		out->bound = most.bound; /* no conversion has more of it than the longest */
	}
	free(decoded);
	return status;
}
