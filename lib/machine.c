/* libbitline: the golden machine, and the files of a compiled layer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/mem.h"
#include "golden/faults.h"
#include "lib/numbers.h"
#include "lib/parts.h"
#include <stdlib.h>

enum { INSTRUCTION = 32 /* bytes */, BEAT = 8, MAX_INSTRUCTIONS = 65536 };
#define MAX_STREAM ((size_t)1 << 32)

struct bl_machine {
	struct gm *machine;
	struct gm_hw hw;
	struct gm_regs regs;
	struct ro_tree tree;
	bool digital, used; /* used: has run, or has faults */
};

struct bl_machine *bl_machine_new(const struct bl_config *config, const struct bl_tables *tables, const struct bl_tree *tree, struct bl_error *error)
{
	const struct cfg *c = &config->cfg;
	struct bl_machine *m;
	struct err e = { 0 };
	int32_t *T;

	if (lib_check(c, tables, tree, "bl_machine_new", &e)) {
		lib_fail(error, &e);
		return NULL;
	}
	m = MEM_NEW(1, struct bl_machine);
	T = lib_tables(c, tables);
	m->hw = numbers_hw(c);
	m->machine = gm_new(&m->hw, T);
	free(T);
	if (tree)
		m->tree = tree->ro;
	m->regs = numbers_regs(c, tree ? &m->tree : NULL);
	m->digital = c->kind == CFG_DIGITAL;
	return m;
}

void bl_machine_free(struct bl_machine *m)
{
	if (m)
		gm_free(m->machine);
	free(m);
}

int bl_machine_break(struct bl_machine *m, const char *path, struct bl_error *error)
{
	struct gf_faults f = { 0 };
	struct err e = { 0 };

	if (m->digital)
		err_set(&e, ERR_INPUT, "bl_machine_break: '%s' with array.kind \"digital\": only the behavioural view has faults; set array.kind=analog", path);
	if (m->used)
		err_set(&e, ERR_INPUT, "bl_machine_break: '%s': this machine has run or has faults already; take a new one", path);
	if (e.code || gf_read(&m->hw, path, &f, &e))
		return lib_fail(error, &e);
	gm_break(m->machine, &f);
	gf_release(&f);
	m->used = true;
	return 0;
}

int bl_machine_repair(struct bl_machine *m, int tile, int spare, int position, struct bl_error *error)
{
	struct err e = { 0 };

	if (tile < 0 || tile >= m->hw.tiles || spare < 0 || spare >= m->hw.spares)
		err_set(&e, ERR_INPUT, "bl_machine_repair: spare %d of tile %d: the configuration has %d spares in each of %d tiles, counted from 0", spare, tile, m->hw.spares, m->hw.tiles);
	if (position < -1 || position > 1023)
		err_set(&e, ERR_INPUT, "bl_machine_repair: position %d: legal 0..1023, -1 for none", position);
	if (e.code)
		return lib_fail(error, &e);
	gm_repair(m->machine, tile, spare, position < 0 ? 0 : UINT32_C(1) << 31 | (uint32_t)position);
	return 0;
}

/* ---- events ---- */

static int on_codes(void *ctx, const struct gm_codes *e)
{
	const struct bl_events *to = ctx;

	return to->codes(to->ctx, &(struct bl_codes){ .tile = e->tile, .plane = e->plane, .bits = e->bits, .pc = e->pc, .n = e->n, .column = e->column, .code = e->code });
}

static int on_partial(void *ctx, const struct gm_partial *e)
{
	const struct bl_events *to = ctx;

	return to->partial(to->ctx, &(struct bl_partial){ .tile = e->tile, .address = e->address, .partial = e->partial, .accumulator = e->accumulator, .pc = e->pc });
}

static int on_output(void *ctx, const struct gm_out *e)
{
	const struct bl_events *to = ctx;

	return to->output(to->ctx, &(struct bl_output){ .acc = e->acc, .q = e->q, .channel = e->channel, .address = e->address, .to_buffer = e->to_buffer,
							.to_stream = e->to_stream, .last = e->last, .pc = e->pc });
}

static void take_counts(struct bl_counts *to, const struct gm_counts *n, size_t beats)
{
	*to = (struct bl_counts){
		.activations = n->activations, .conversions = n->conversions, .comparisons = n->comparisons,
		.cycles = n->cycles, .compare_clocks = n->compare_clocks, .compute_clocks = n->compute_clocks, .convert_clocks = n->convert_clocks, .serve_clocks = n->serve_clocks,
		.wait_load = n->wait_load, .wait_act = n->wait_act, .wait_out = n->wait_out, .wait_end = n->wait_end,
		.beats = beats, .stop = n->stop, .stop_pc = n->stop_pc,
	};
}

int bl_machine_run(struct bl_machine *m, const uint32_t *code, size_t n_instr, const uint64_t *stream, size_t n_beats, const struct bl_events *events, struct bl_counts *counts,
		   struct bl_error *error)
{
	struct gm_sink sink = { .ctx = (void *)events };
	struct gm_counts n;
	struct err e = { 0 };
	size_t beats;
	int rc;

	if (events) {
		sink.codes = events->codes ? on_codes : NULL;
		sink.partial = events->partial ? on_partial : NULL;
		sink.out = events->output ? on_output : NULL;
	}
	m->used = true;
	m->regs.clocks = counts != NULL;
	m->regs.product = !sink.codes;
	rc = gm_run(m->machine, &m->regs, code, n_instr, stream, n_beats, &sink, &n, &beats, &e);
	if (counts)
		take_counts(counts, &n, beats);
	return rc < 0 ? lib_fail(error, &e) : rc;
}

/* ---- files ---- */

/* a file of whole units; b is released where it is not */
static int read_units(const char *path, size_t unit, size_t most, const char *what, struct buf *b, struct err *e)
{
	int rc = file_read(path, most, b, e);

	if (!rc && b->len % unit)
		rc = err_set(e, ERR_INPUT, "'%s': %zu bytes are no whole number of %s of %zu bytes each; take the file that bitline map wrote", path, b->len, what, unit);
	if (rc)
		buf_release(b);
	return rc;
}

/* little-endian whatever the host is */
static uint64_t little(const char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = bytes - 1; i >= 0; i--)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

int bl_program_read(const char *path, uint32_t **code, size_t *n_instr, struct bl_error *error)
{
	struct err e = { 0 };
	struct buf b;

	if (read_units(path, INSTRUCTION, (size_t)MAX_INSTRUCTIONS * INSTRUCTION, "instructions", &b, &e))
		return lib_fail(error, &e);
	if (b.len == 0) {
		buf_release(&b);
		err_set(&e, ERR_INPUT, "'%s': no instruction in it; take the file that bitline map wrote", path);
		return lib_fail(error, &e);
	}
	*n_instr = b.len / INSTRUCTION;
	*code = MEM_NEW(b.len / 4, uint32_t);
	for (size_t i = 0; i < b.len / 4; i++)
		(*code)[i] = (uint32_t)little(b.data + 4 * i, 4);
	buf_release(&b);
	return 0;
}

int bl_stream_read(const char *path, uint64_t **stream, size_t *n_beats, struct bl_error *error)
{
	struct err e = { 0 };
	struct buf b;

	if (read_units(path, BEAT, MAX_STREAM, "beats", &b, &e))
		return lib_fail(error, &e);
	*n_beats = b.len / BEAT;
	*stream = MEM_NEW(*n_beats, uint64_t);
	for (size_t i = 0; i < *n_beats; i++)
		(*stream)[i] = little(b.data + BEAT * i, BEAT);
	buf_release(&b);
	return 0;
}
