/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_record.h"
#include "adc/tree.h"
#include "cli/cli_json.h"
#include "cli/cosim_cut.h"
#include "common/file.h"
#include "common/mem.h"
#include "golden/faults.h"
#include "lib/numbers.h"
#include <stdlib.h>
#include <string.h>

enum { CLOCKS = 300000 /* about so many are recorded of a layer, one token at least */, IDEAL_BITS = 12 };

struct record {
	const struct record_ask *ask;
	struct case_watch watch;
	struct record_clock *clock;
	bool done;
	/* of the golden machine's run */
	const struct cosim_job *job;
	struct gm_hw hw;
	int32_t *ideal[GM_SETS][IDEAL_BITS + 1]; /* tables, made at first use */
	uint64_t *code; size_t n_codes;          /* converter, ideal, seen of every conversion */
	uint64_t *count;                         /* [2 * cli_smax + 1] */
};

/* ---- codes and counts ---- */

static int ideal_code(struct record *r, int set, int bits, int32_t count)
{
	int32_t **T = &r->ideal[set][bits];
	int lo = 0, hi = (1 << bits) - 1;

	if (!*T) {
		*T = MEM_NEW((size_t)1 << bits, int32_t);
		ro_ideal_table(&r->job->regs.window[set], bits, r->hw.grid_bits, *T);
	}
	while (lo < hi) { /* the greatest k with T[k] <= level */
		int k = (lo + hi + 1) / 2;

		if ((*T)[k] <= count * (1 << r->hw.grid_bits))
			lo = k;
		else
			hi = k - 1;
	}
	return lo;
}

static int on_codes(void *ctx, const struct gm_codes *e)
{
	struct record *r = ctx;
	int smax = cli_smax(r->ask->cfg);
	struct map_instr in;

	map_decode(r->job->code + 8 * e->pc, &in);
	for (int i = 0; i < e->n; i++) {
		uint64_t converter = (uint64_t)e->tile * (uint64_t)r->hw.adcs + (uint64_t)(e->column[i] % r->hw.adcs);

		r->count[e->count[i] + smax]++;
		if (r->hw.kind != RO_STOCHASTIC)
			*MEM_PUSH(r->code, r->n_codes) = converter << 32 | (uint64_t)ideal_code(r, in.set, e->bits, e->count[i]) << 16 | e->code[i];
	}
	return 0;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static json_t *codes_json(struct record *r, bool equal, const char *engine)
{
	static const char *const kind[] = { [RO_SAR] = "sar", [RO_FLASH] = "flash", [RO_HYBRID] = "hybrid", [RO_SENSE] = "sense", [RO_STOCHASTIC] = "stochastic" };
	json_t *cells = json_array();

	qsort(r->code, r->n_codes, sizeof(*r->code), ascending);
	for (size_t i = 0, end; i < r->n_codes; i = end) {
		uint64_t x = r->code[i];

		for (end = i; end < r->n_codes && r->code[end] == x; end++)
			;
		json_array_append_new(cells, json_pack("[I,I,I,I]", (json_int_t)(x >> 32), (json_int_t)(x >> 16 & 0xffff), (json_int_t)(x & 0xffff), (json_int_t)(end - i)));
	}
	return json_pack("{s:s,s:i,s:i,s:I,s:b,s:o,s:o}", "kind", kind[r->hw.kind], "converters", r->hw.tiles * r->hw.adcs, "adcs", r->hw.adcs, "codes", (json_int_t)r->n_codes,
		"equal", equal, "engine", engine ? json_string(engine) : json_null(), "cells", cells);
}

static json_t *counts_json(const struct record *r)
{
	int smax = cli_smax(r->ask->cfg);
	json_t *list = json_array();

	for (int i = 0; i <= 2 * smax; i++)
		json_array_append_new(list, json_integer((json_int_t)r->count[i]));
	return json_pack("{s:s,s:i,s:o}", "config", r->ask->cfg->name, "first", -smax, "counts", list);
}

/* ---- files ---- */

static int put_file(const char *dir, const char *name, const char *data, size_t len, struct err *e)
{
	char *path = file_join(dir, name);
	int rc = file_write(path, data, len, e);

	free(path);
	return rc;
}

static int put(const struct record *r, const char *name, json_t *j, struct err *e)
{
	char hash[65], *text;
	int rc;

	cfg_hash(r->ask->cfg, hash);
	json_object_set_new(j, "config_sha256", json_string(hash));
	json_object_set_new(j, "layer", json_string(r->job->layer));
	text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	rc = put_file(r->ask->dir, name, text, strlen(text), e);
	free(text);
	return rc;
}

static int put_tree(const struct record *r, struct err *e)
{
	const struct ro_tree *from = &r->ask->tree->ro;
	struct tree t = { .bits = r->ask->cfg->bits, .root = from->root };
	struct buf b;
	int rc;

	memcpy(t.left, from->left, sizeof(t.left));
	memcpy(t.right, from->right, sizeof(t.right));
	buf_init(&b);
	tree_print(&t, &b);
	rc = put_file(r->ask->dir, "tree.json", b.data, b.len, e);
	buf_release(&b);
	return rc;
}

static json_t *timeline_json(struct record *r, const struct map_program *p, uint64_t clocks, const char *engine)
{
	json_t *j = json_pack("{s:i}", "tokens", p->tokens);

	record_clock_json(r->clock, clocks, engine, j);
	return j;
}

/* ---- the golden machine's run ---- */

static int run_golden(struct record *r, struct gm_counts *counts, struct err *e)
{
	const struct record_ask *a = r->ask;
	struct gm *g = gm_new(&r->hw, a->tables->golden);
	const struct gm_sink sink = { .ctx = r, .codes = on_codes, .counts = true };
	struct gm_regs regs = r->job->regs;
	size_t used;
	int rc;

	if (a->faults)
		gm_break(g, a->faults);
	for (int i = 0; a->repair && i < r->hw.tiles * r->hw.spares; i++)
		gm_repair(g, i / r->hw.spares, i % r->hw.spares, a->repair[i]);
	regs.clocks = true;
	regs.product = false;
	regs.watch = record_clock_watch(r->clock);
	r->count = MEM_NEW(2 * (size_t)cli_smax(a->cfg) + 1, uint64_t);
	rc = gm_run(g, &regs, r->job->code, r->job->n_instr, r->job->stream, r->job->n_beats, &sink, counts, &used, e);
	gm_free(g);
	return rc;
}

static int on_ran(void *ctx, const struct cosim_job *job, const struct map_program *p, const struct cosim_result *result, struct err *e)
{
	struct record *r = ctx;
	const char *engine = r->ask->blind || !engine_traits[r->ask->engine].events ? NULL : engine_name[r->ask->engine];
	struct gm_counts counts;
	int rc;

	if (r->done)
		return 0;
	r->done = true;
	r->job = job;
	rc = run_golden(r, &counts, e) || put(r, "timeline.json", timeline_json(r, p, counts.cycles, engine), e) || put(r, "occupancy.json", record_place_json(r->ask->cfg, p), e) ||
	     put(r, "counts.json", counts_json(r), e) || (r->hw.kind != RO_STOCHASTIC && put(r, "codes.json", codes_json(r, !result->mismatches, engine), e)) ||
	     (r->ask->tree && put_tree(r, e));
	r->job = NULL;
	return rc ? -1 : 0;
}

/* ---- who records ---- */

static void on_take(void *ctx, int tile, uint64_t cycle)
{
	struct record *r = ctx;

	if (!r->done)
		record_clock_probes(r->clock)->take(record_clock_probes(r->clock)->ctx, tile, cycle);
}

static void on_finish(void *ctx, int tile, uint64_t cycle)
{
	struct record *r = ctx;

	if (!r->done)
		record_clock_probes(r->clock)->finish(record_clock_probes(r->clock)->ctx, tile, cycle);
}

struct record *record_new(const struct record_ask *ask)
{
	struct record *r = MEM_NEW(1, struct record);

	r->ask = ask;
	r->hw = numbers_hw(ask->cfg);
	r->watch = (struct case_watch){ { r, on_take, on_finish }, on_ran, r };
	r->clock = record_clock_new(r->hw.tiles);
	return r;
}

const struct case_watch *record_watch(struct record *r)
{
	return &r->watch;
}

void record_free(struct record *r)
{
	if (!r)
		return;
	record_clock_free(r->clock);
	for (int set = 0; set < GM_SETS; set++)
		for (int b = 0; b <= IDEAL_BITS; b++)
			free(r->ideal[set][b]);
	free(r->code);
	free(r->count);
	free(r);
}

int record_case(struct record *r, const struct cosim_case *k, struct cosim *device, struct err *e)
{
	struct case_runner runner = { .cfg = r->ask->cfg, .tree = r->ask->tree, .device = device, .seed = 1 };
	struct cosim_case again = *k; /* its results come out again as they are */
	uint64_t token = k->predicted.cycles / (uint64_t)k->tokens + 1;
	int tokens = CLOCKS / token < 1 ? 1 : CLOCKS / token < (uint64_t)k->tokens ? (int)(CLOCKS / token) : k->tokens;
	struct case_cuts cuts;
	struct case_unit u;
	struct case_sum sum;
	int rc = case_cuts_make(r->ask->cfg, k, &cuts, e);

	if (rc)
		return rc;
	if (tokens < cuts.tokens)
		cuts.tokens = tokens;
	u = case_unit_of(&cuts, k->tokens, 0);
	again.watch = &r->watch;
	rc = case_unit_run(&runner, &again, &cuts, &u, &sum, e);
	case_runner_forget(&runner);
	case_cuts_release(&cuts);
	return rc;
}

int record_run(const struct record_ask *ask, const char *name, json_t *j, struct err *e)
{
	char *text = cli_json_text(j);
	struct buf b;
	int rc;

	buf_init(&b);
	cfg_print(ask->cfg, &b);
	rc = put_file(ask->dir, "config.xml", b.data, b.len, e) || put_file(ask->dir, name, text, strlen(text), e) ? -1 : 0;
	buf_release(&b);
	free(text);
	return rc;
}
