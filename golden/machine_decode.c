/* Instruction words to fields, and what makes an instruction illegal: docs/isa.md section 2.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/machine_parts.h"
#include "golden/network.h"
#include <stdarg.h>
#include <stdio.h>

static int field(uint32_t w, int high, int low)
{
	return (int)(w >> low & ((1u << (high - low + 1)) - 1));
}

void gm_decode(struct gm_insn *in, const uint32_t w[GM_WORDS], const uint16_t r[GM_REGS])
{
#define INDEXED(value, low) (((value) + r[field(w[7], (low) + 3, low)]) & 0xffff)
	in->op = field(w[0], 3, 0);
	in->flags = field(w[0], 7, 4);
	in->tile.start = INDEXED(field(w[0], 15, 8), 16);
	in->tile.stride = field(w[0], 23, 16);
	in->tile.count = field(w[0], 31, 24);
	in->row.start = INDEXED(field(w[1], 9, 0), 4);
	in->row.stride = field(w[1], 19, 10);
	in->row.count = field(w[1], 30, 20);
	in->channel = INDEXED(field(w[1], 15, 0), 20);
	in->col.start = INDEXED(field(w[2], 9, 0), 8);
	in->col.stride = field(w[2], 19, 10);
	in->col.count = field(w[2], 30, 20);
	in->base = INDEXED(field(w[3], 15, 0), 0);
	in->inner = field(w[3], 31, 16);
	in->inner_stride = field(w[4], 15, 0);
	in->outer_stride = field(w[4], 31, 16);
	in->acc_base = INDEXED(field(w[5], 15, 0), 12);
	in->count = field(w[5], 31, 16);
	in->bits = field(w[6], 3, 0);
	in->set = field(w[6], 5, 4);
	in->slice0 = field(w[6], 11, 8);
	in->nslice = field(w[6], 15, 12);
	in->lag = field(w[6], 19, 16);
	in->idx_to = field(w[7], 3, 0);
	in->idx_value = INDEXED(field(w[5], 15, 0), 4);
#undef INDEXED
}

int gm_refuse(struct gm_refusal *e, long pc, int code, const char *fmt, ...)
{
	static const char *const meaning[] = { "", "illegal op", "loop", "tile set", "row or column or zero count", "bits or nslice",
					       "pc beyond PROG_DEPTH" };
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	e->code = code;
	return err_set(e->err, ERR_INPUT, "program, instruction %ld: error code %d (%s): %s", pc, code, meaning[code], text);
}

static int check_span(const struct gm_span *s, int size, const char *what, int code, long pc, struct gm_refusal *e)
{
	long last = s->start + (long)(s->count - 1) * s->stride;

	if (s->count == 0)
		return gm_refuse(e, pc, code, "%s_count is 0, it must be at least 1", what);
	if (s->count > 1 && s->stride == 0)
		return gm_refuse(e, pc, code, "%s_stride is 0 with %s_count %d, it must be at least 1", what, what, s->count);
	if (last >= size)
		return gm_refuse(e, pc, code, "the last %s is %ld, legal 0..%d", what, last, size - 1);
	return 0;
}

static int check_nonzero(int value, const char *what, long pc, struct gm_refusal *e)
{
	return value ? 0 : gm_refuse(e, pc, 4, "%s is 0, it must be at least 1", what);
}

/* ACT and LOAD: a tile that only serves has neither cells to load nor converters to use (network.md section 2) */
static int check_compute(const struct gm_span *tile, const struct gm_hw *hw, long pc, struct gm_refusal *e)
{
	int last = tile->start + (tile->count - 1) * tile->stride, computing = gn_first_reference(hw);

	if (last >= computing)
		return gm_refuse(e, pc, 3, "tile %d only serves as a reference, legal 0..%d", last, computing - 1);
	return 0;
}

static int check_act(const struct gm_insn *in, const struct gm_hw *hw, const struct gm_regs *regs, long pc, struct gm_refusal *e)
{
	int K = gc_slices(regs->weight_code, regs->weight_bits, hw->cell_bits), cols = regs->weight_code == GC_DIF ? hw->cols / 2 : hw->cols;

	if (check_span(&in->tile, hw->tiles, "tile", 3, pc, e) || check_compute(&in->tile, hw, pc, e) ||
	    check_span(&in->row, hw->rows, "row", 4, pc, e) || check_span(&in->col, cols, "col", 4, pc, e) || check_nonzero(in->inner, "inner", pc, e))
		return -1;
	if (in->bits < 1 || in->bits > hw->adc_bits)
		return gm_refuse(e, pc, 5, "bits is %d, legal 1..%d", in->bits, hw->adc_bits);
	if (in->nslice < 1)
		return gm_refuse(e, pc, 5, "nslice is 0, it must be at least 1");
	/* The three that isa.md gives no code to: hardware would go on with a result that means nothing. */
	if (hw->asymmetric && in->bits != hw->adc_bits)
		return err_set(e->err, ERR_INPUT, "program, instruction %ld: bits is %d, but an asymmetric search takes all %d", pc, in->bits, hw->adc_bits);
	if (in->slice0 + in->nslice > K)
		return err_set(e->err, ERR_INPUT, "program, instruction %ld: slice0 %d with nslice %d, but a weight has slices 0..%d", pc,
			       in->slice0, in->nslice, K - 1);
	if (in->col.count % in->nslice)
		return err_set(e->err, ERR_INPUT, "program, instruction %ld: col_count %d is not a multiple of nslice %d", pc, in->col.count,
			       in->nslice);
	return 0;
}

int gm_check(const struct gm_insn *in, const struct gm_hw *hw, const struct gm_regs *regs, long pc, struct gm_refusal *e)
{
	switch (in->op) {
	case GM_END: case GM_NEXT: case GM_IDX:
		return 0;
	case GM_LOOP:
		return in->count ? 0 : gm_refuse(e, pc, 2, "LOOP count is 0, legal 1..65535");
	case GM_PARAM:
		return check_nonzero(in->count, "count", pc, e);
	case GM_LOAD:
		return check_span(&in->tile, hw->tiles, "tile", 3, pc, e) || check_compute(&in->tile, hw, pc, e) ||
		       check_span(&in->row, hw->rows, "row", 4, pc, e) ? -1 : 0;
	case GM_XIN:
		return check_nonzero(in->count, "count", pc, e) || check_nonzero(in->inner, "inner", pc, e) ? -1 : 0;
	case GM_ACT:
		return check_act(in, hw, regs, pc, e);
	case GM_OUT:
		if (check_span(&in->tile, hw->tiles, "tile", 3, pc, e) || check_nonzero(in->count, "count", pc, e))
			return -1;
		return in->flags & 1 ? check_nonzero(in->inner, "inner", pc, e) : 0;
	}
	return gm_refuse(e, pc, 1, "op is %d, legal 1..9", in->op);
}

int gm_fetch(const struct gm_sequence *s, struct gm_insn *in, const struct gm_hw *hw, const struct gm_regs *regs, struct gm_refusal *e)
{
	static const uint32_t nothing[GM_WORDS]; /* unwritten program memory reads as 0: an illegal op */

	if (s->pc >= hw->prog_depth)
		return gm_refuse(e, s->pc, 6, "the program ran past its memory, legal 0..%d; end it with END", hw->prog_depth - 1);
	gm_decode(in, (size_t)s->pc < s->n_instr ? s->code + (size_t)s->pc * GM_WORDS : nothing, s->r);
	return gm_check(in, hw, regs, s->pc, e);
}

int gm_advance(struct gm_sequence *s, const struct gm_insn *in, struct gm_refusal *e)
{
	switch (in->op) {
	case GM_LOOP:
		if (s->depth == GM_LOOPS)
			return gm_refuse(e, s->pc, 2, "a fifth LOOP inside four, legal nesting 1..%d", GM_LOOPS);
		s->loop[s->depth].start = s->pc + 1;
		s->loop[s->depth++].left = in->count;
		break;
	case GM_NEXT:
		if (s->depth == 0)
			return gm_refuse(e, s->pc, 2, "NEXT without LOOP");
		if (--s->loop[s->depth - 1].left > 0) {
			s->pc = s->loop[s->depth - 1].start;
			return 0;
		}
		s->depth--;
		break;
	case GM_IDX:
		if (in->idx_to)
			s->r[in->idx_to] = (uint16_t)in->idx_value;
		break;
	}
	s->pc++;
	return 0;
}

size_t gm_takes(const struct gm_insn *in, const struct gm_hw *hw)
{
	switch (in->op) {
	case GM_PARAM: return (size_t)in->count;
	case GM_LOAD: return (size_t)in->row.count * (((size_t)hw->cols * hw->cell_bits + 63) / 64);
	case GM_XIN: return ((size_t)in->count + 7) / 8;
	}
	return 0;
}
