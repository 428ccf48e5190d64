/* Program images through the golden machine: any words end in END or in a refusal, the count of input beats agrees with the run, the disassembler takes them
 * all, and integer products change nothing (asked of half of the inputs). Input: 16 bytes of machine and registers, number of instructions (1 byte), instructions, the rest is the stream.
 * A program may lawfully run for years: what would take more than the budgets here is counted, as far as that goes, and not run.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/faults.h"
#include "golden/machine_parts.h"
#include "map/map.h"
#include "tests/fuzz/fuzz.h"

enum { SHAPE = 17, INSTR = GM_WORDS * 4, MOST_INSTR = 16, STEPS_COUNTED = 1000, STEPS_RUN = 200, WORK_RUN = 8000 };

static const struct gm_hw machine[] = {
	{ .rows = 8, .cols = 8, .tiles = 1, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .kind = RO_SAR },
	{ .rows = 8, .cols = 8, .tiles = 2, .adcs = 1, .adc_bits = 4, .cell_bits = 2, .grid_bits = 1, .kind = RO_SAR, .sample_hold = true },
	{ .rows = 70, .cols = 12, .tiles = 1, .adcs = 2, .adc_bits = 3, .cell_bits = 1, .grid_bits = 4, .kind = RO_SAR, .asymmetric = true },
	{ .rows = 8, .cols = 8, .tiles = 1, .adcs = 8, .adc_bits = 3, .cell_bits = 1, .grid_bits = 4, .kind = RO_FLASH },
	{ .rows = 9, .cols = 10, .tiles = 1, .adcs = 2, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .kind = RO_HYBRID, .flash_bits = 2, .ones = true },
	{ .rows = 8, .cols = 8, .tiles = 1, .adcs = 2, .adc_bits = 1, .cell_bits = 1, .grid_bits = 4, .kind = RO_SENSE },
	{ .rows = 8, .cols = 8, .tiles = 1, .adcs = 4, .adc_bits = 3, .cell_bits = 1, .grid_bits = 4, .kind = RO_STOCHASTIC },
	{ .rows = 8, .cols = 8, .tiles = 2, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .kind = RO_SAR, .immersed = true, .network = GM_PAIR },
	{ .rows = 8, .cols = 8, .tiles = 3, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .kind = RO_HYBRID, .flash_bits = 1, .immersed = true, .network = GM_RING },
	{ .rows = 8, .cols = 8, .tiles = 4, .adcs = 4, .adc_bits = 2, .cell_bits = 1, .grid_bits = 4, .kind = RO_FLASH, .immersed = true, .network = GM_BROADCAST },
	{ .rows = 8, .cols = 64, .tiles = 64, .adcs = 1, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .kind = RO_SAR },
	{ .rows = 8, .cols = 8, .tiles = 1, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .kind = RO_SAR, .noise = 700, .noise_seed = 3 },
	{ .rows = 8, .cols = 8, .tiles = 2, .adcs = 2, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .kind = RO_SAR, .spares = 2 },
	{ .rows = 8, .cols = 10, .tiles = 1, .adcs = 4, .adc_bits = 3, .cell_bits = 1, .grid_bits = 4, .kind = RO_FLASH, .spares = 1 },
};
enum { N_MACHINES = sizeof(machine) / sizeof(*machine) };

static void read_shape(const uint8_t *p, struct gm_hw *hw, struct gm_regs *regs, struct ro_tree *tree)
{
	*hw = machine[(p[0] & 0x7f) % N_MACHINES];
	hw->prog_depth = 1 + p[1] % MOST_INSTR;
	hw->act_depth = 1 + p[2] % 64;
	hw->acc_depth = 1 + p[3] % 32;
	hw->ch_depth = 1 + p[4] % 16;
	hw->counter_bits = 32;
	*regs = (struct gm_regs){ .input_bits = 1 + (p[5] & 7), .weight_bits = 1 + (p[5] >> 3 & 7), .input_code = p[6] & 1 ? GC_SM : GC_TC, .weight_code = p[6] >> 1 & 3,
		.precharge = 1 + (p[7] & 3), .evaluate = 1 + (p[7] >> 2 & 3), .compare = 1 + (p[7] >> 4 & 3), .reference_precharge = 1 + (p[8] & 3),
		.share = 1 + (p[8] >> 2 & 3), .settle = 1 + (p[8] >> 4 & 3), .seed = (uint16_t)(p[9] << 8 | p[10]), .clocks = true };
	regs->samples = 1 + p[11] % ((1 << hw->adc_bits) - 1);
	if (regs->weight_code > GC_DIF || (hw->immersed && regs->weight_code == GC_DIF))
		regs->weight_code = GC_SM;
	for (int s = 0; s < GM_SETS; s++)
		regs->window[s] = (struct ro_window){ p[12 + s % 2], (int8_t)p[14 + s / 2], s & 1 };
	if (hw->asymmetric && p[11] & 0x80) { /* any 2^bits words may stand in TREE */
		gm_tree_reset(hw, tree);
		tree->root = p[9];
		for (int k = 1; k < 8; k++) {
			tree->left[k] = p[k] & 7;
			tree->right[k] = p[k] >> 3 & 7;
		}
		regs->tree = tree;
	}
}

struct walk { bool whole, light; size_t beats; };

/* steps through the program; whole: it ended within the budget; light: cheap enough to be run */
static struct walk walk(const struct gm_hw *hw, const struct gm_regs *regs, const uint32_t *code, size_t n)
{
	struct gm_sequence s = { .code = code, .n_instr = n };
	struct walk w = { false, true, 0 };
	struct err e = { 0 };
	struct gm_refusal no = { &e, 0 };
	struct gm_insn in;
	size_t work = 0;

	for (int i = 0; i < STEPS_COUNTED; i++) {
		e.code = ERR_NONE;
		w.whole = gm_fetch(&s, &in, hw, regs, &no) || in.op == GM_END || gm_advance(&s, &in, &no);
		if (w.whole) {
			w.light = i < STEPS_RUN && work < WORK_RUN;
			return w;
		}
		w.beats += gm_takes(&in, hw);
		if (in.op == GM_OUT)
			work += (size_t)in.count * (size_t)in.tile.count;
		if (in.op == GM_ACT)
			work += (size_t)in.tile.count * ((size_t)hw->rows + 16 * (size_t)in.col.count * (regs->tree || hw->immersed ? 16 : 1));
		if (in.op == GM_LOAD)
			work += (size_t)in.tile.count * (size_t)in.row.count;
	}
	return w;
}

/* what a run showed, as one number */
struct shown { uint64_t h; };

static void add(struct shown *s, uint64_t v)
{
	s->h = (s->h ^ v) * 1099511628211u;
	s->h ^= s->h >> 31;
}

static int on_partial(void *ctx, const struct gm_partial *p)
{
	add(ctx, (uint64_t)(uint32_t)p->partial << 32 | (uint32_t)p->accumulator);
	add(ctx, (uint64_t)p->tile << 32 | (uint64_t)p->address);
	return 0;
}

static int on_out(void *ctx, const struct gm_out *o)
{
	add(ctx, (uint64_t)(uint32_t)o->acc << 32 | (uint32_t)(o->q * 65536 + o->channel));
	add(ctx, (uint64_t)(o->to_buffer * 4 + o->to_stream * 2 + o->last));
	return 0;
}

struct job { const struct gm_hw *hw; struct gm_regs regs; const uint32_t *code; size_t n; const uint64_t *stream; size_t beats; uint32_t repair; bool broken; };

/* stuck cells and comparators, and any word in REPAIR */
static void damage(const struct job *j, struct gm *g)
{
	struct gf_fault fault[2] = { { GF_CELL, 0, 3, (int)(j->repair & 7), 1, 1 }, { GF_COMPARATOR, j->hw->tiles - 1, 0, 1, (int)(j->repair & 1), 2 } };

	if (j->broken)
		gm_break(g, &(struct gf_faults){ fault, 2 });
	for (int t = 0; t < j->hw->tiles; t++)
		for (int s = 0; s < j->hw->spares; s++)
			gm_repair(g, t, s, j->repair ^ (uint32_t)s);
}

static int run(const struct job *j, bool product, struct shown *s, struct gm_counts *counts, size_t *used)
{
	const struct gm_sink sink = { s, NULL, on_partial, on_out };
	struct gm_regs regs = j->regs;
	struct gm *g = gm_new(j->hw, NULL);
	struct err e = { 0 };
	int rc;

	damage(j, g);
	regs.product = product;
	*s = (struct shown){ 1469598103934665603u };
	rc = gm_run(g, &regs, j->code, j->n, j->stream, j->beats, &sink, counts, used, &e);
	if (rc > 0)
		fuzz_broken("a run was stopped by nobody", NULL);
	if (rc)
		fuzz_refused(&e);
	gm_free(g);
	return rc;
}

static void print(const uint32_t *code, size_t n)
{
	struct map_instr i;
	struct buf text;
	uint32_t w[GM_WORDS];

	buf_init(&text);
	for (; n > 0; n--, code += GM_WORDS) {
		map_print(code, &text);
		map_decode(code, &i);
		map_encode(&i, w);
		if (w[0] != code[0])
			fuzz_broken("the first word of an instruction is another one after decoding and encoding", NULL);
	}
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t code[MOST_INSTR * GM_WORDS];
	struct gm_counts a, b;
	struct shown sa, sb;
	struct ro_tree tree;
	struct gm_regs regs;
	size_t used, twin, n;
	struct gm_hw hw;
	uint64_t *stream;
	struct walk w;
	struct job j;
	bool twice, broken;
	uint32_t repair;
	int rc;

	if (size < SHAPE)
		return 0;
	twice = data[8] & 0x80;
	broken = data[0] & 0x80;
	repair = (uint32_t)(data[10] & 0x80) << 24 | data[1] >> 4 | (data[9] & 0x3fu) << 4;
	read_shape(data, &hw, &regs, &tree);
	n = data[SHAPE - 1] % (MOST_INSTR + 1);
	data += SHAPE;
	size -= SHAPE;
	if (n > size / INSTR)
		n = size / INSTR;
	memcpy(code, data, n * INSTR);
	print(code, n);
	w = walk(&hw, &regs, code, n);
	if (!w.whole)
		return 0;
	if (gm_beats(&hw, &regs, code, n) != w.beats)
		fuzz_broken("beats are counted wrongly", NULL);
	if (!w.light)
		return 0;
	j = (struct job){ &hw, regs, code, n, NULL, (size - n * INSTR) / 8, repair, broken };
	stream = malloc(j.beats * 8 + 1);
	memcpy(stream, data + n * INSTR, j.beats * 8);
	j.stream = stream;
	rc = run(&j, false, &sa, &a, &used);
	if (used > j.beats || (!rc && used != w.beats))
		fuzz_broken("a run took another number of beats than was counted", NULL);
	if (twice && (run(&j, true, &sb, &b, &twin) != rc || twin != used || sa.h != sb.h || memcmp(&a, &b, sizeof(a))))
		fuzz_broken("integer products change a run", NULL);
	free(stream);
	return 0;
}

/* Random words are rarely legal: sets a field of an instruction to something small, or puts an instruction there that may be legal */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	static const struct { uint8_t word, width, shift; } field[] = {
		{ 0, 4, 0 }, { 0, 4, 4 }, { 0, 8, 8 }, { 0, 8, 16 }, { 0, 8, 24 }, { 1, 10, 0 }, { 1, 10, 10 }, { 1, 11, 20 }, { 1, 16, 0 }, { 2, 10, 0 }, { 2, 10, 10 }, { 2, 11, 20 },
		{ 3, 16, 0 }, { 3, 16, 16 }, { 4, 16, 0 }, { 4, 16, 16 }, { 5, 16, 0 }, { 5, 16, 16 }, { 6, 4, 0 }, { 6, 2, 4 }, { 6, 4, 8 }, { 6, 4, 12 }, { 6, 4, 16 },
		{ 7, 4, 0 }, { 7, 4, 4 }, { 7, 4, 8 }, { 7, 4, 12 }, { 7, 4, 16 }, { 7, 4, 20 },
	};
	uint32_t r = seed * 2654435761u | 1, w[GM_WORDS];
	size_t n;
	uint8_t *at;

	fuzz_next(&r);
	n = size >= SHAPE ? data[SHAPE - 1] % (MOST_INSTR + 1) : 0;
	if (fuzz_next(&r) % 3 == 0 || n == 0 || size < SHAPE + n * INSTR)
		return LLVMFuzzerMutate(data, size, max);
	at = data + SHAPE + fuzz_next(&r) % n * INSTR;
	if (fuzz_next(&r) % 4 == 0) { /* ranges that fit the smallest machine */
		struct map_instr i = { .op = (enum map_op)(1 + fuzz_next(&r) % 9), .flags = (int)(fuzz_next(&r) % 8), .tile_stride = 1, .tile_count = 1, .row_stride = 1, .col_stride = 1, .inner_stride = 1 };

		i.row_count = 1 + (int)(fuzz_next(&r) % 8);
		i.nslice = 1 + (int)(fuzz_next(&r) % 4);
		i.col_count = i.nslice * (1 + (int)(fuzz_next(&r) % 2));
		i.inner = 1 + (int)(fuzz_next(&r) % 8);
		i.count = 1 + (int)(fuzz_next(&r) % 8);
		i.bits = 1 + (int)(fuzz_next(&r) % 4);
		map_encode(&i, w);
	} else {
		size_t f = fuzz_next(&r) % (sizeof(field) / sizeof(*field));
		uint32_t mask = ((1u << field[f].width) - 1) << field[f].shift, v = fuzz_next(&r) % 12;

		memcpy(w, at, sizeof(w));
		w[field[f].word] = (w[field[f].word] & ~mask) | (v << field[f].shift & mask);
	}
	memcpy(at, w, sizeof(w));
	return size;
}
