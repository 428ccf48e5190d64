/* The register table (gen/regs.def, resolved) against docs/isa.md section 4, field by field, and its reset values against the register model of the
 * co-simulation, which knows nothing of it. The RTL's reset values: tests/flow/regs.sh.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/mem.h"
#include "cosim/regmodel.h"
#include "gen/regtable.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void load(struct cfg *c, const char *config, const char *const *overrides, size_t n)
{
	struct err e = { 0 };
	char path[128];

	snprintf(path, sizeof(path), "configs/%s.xml", config);
	cfg_load(c, path, overrides, n, &e);
	assert_string_equal(e.text, "");
}

static const struct reg *named(const struct regtable *t, const char *name)
{
	for (int i = 0; i < t->n; i++)
		if (!strcmp(t->reg[i].name, name))
			return &t->reg[i];
	return NULL;
}

/* The fields that a row of the document names, "[15:8] ADC_BITS", checked off in seen; a range that is 0 or the whole register is none.
 * A list in parentheses behind it must be the one that the table has. */
static void check_fields(const struct reg *r, const char *row, bool seen[8])
{
	for (const char *p = strchr(row, '['); p; p = strchr(p + 1, '[')) {
		int high, low, at = 0, k;

		if (sscanf(p, "[%d:%d]%n", &high, &low, &at) != 2) {
			if (sscanf(p, "[%d]%n", &high, &at) != 1)
				continue;
			low = high;
		}
		if (!strncmp(p + at, " 0", 2))
			continue;
		for (k = 0; k < r->n_fields && (r->field[k].lsb != low || r->field[k].width != high - low + 1); k++)
			;
		if (k == r->n_fields)
			fail_msg("%s: no field [%d:%d]", r->name, high, low);
		seen[k] = true;
		if (r->field[k].n_values && !*r->field[k].meaning) {
			const char *list = strchr(p, '('), *end = strchr(p + 1, '[');
			struct buf meaning;

			buf_init(&meaning);
			reg_field_meaning(&r->field[k], &meaning);
			if (!list || (end && list > end) || strncmp(list + 1, meaning.data, meaning.len))
				fail_msg("%s.%s: '%s' is not what the document lists", r->name, r->field[k].name, meaning.data);
			buf_release(&meaning);
		}
	}
}

/* The row "| 0x... | NAME | access | text |" cut into its cells (the row is changed); the register that it speaks of, at the offset that it says. */
static const struct reg *row_register(const struct regtable *t, char *row, char *cell[4])
{
	const struct reg *r;
	char number[32] = "", name[32];
	unsigned offset;

	for (int i = 0; i < 4; i++) {
		row = strchr(row, '|');
		assert_non_null(row);
		*row++ = 0;
		cell[i] = row + strspn(row, " ");
	}
	*strrchr(row, '|') = 0;
	for (const char *p = cell[0]; strchr("0123456789abcdefABCDEFx_", *p) && strlen(number) < sizeof(number) - 1; p++)
		if (*p != '_') /* 0x22_0000 */
			strncat(number, p, 1);
	offset = (unsigned)strtoul(number, NULL, 16);
	snprintf(name, sizeof(name), "%.*s", (int)strspn(cell[1], "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"), cell[1]);
	r = named(t, name);
	if (!r) { /* HASH0..7 */
		name[strcspn(name, "0123456789")] = 0;
		r = named(t, name);
	}
	if (!r)
		fail_msg("no register for: %s", cell[1]);
	else if (r->offset != offset)
		fail_msg("%s is at 0x%X, the document says: %s", r->name, r->offset, cell[0]);
	return r;
}

/* with an asymmetric search, every window has entries */
static const char *const every[] = { "array.spares=1" };

static void t_document(void **state)
{
	static const struct { const char *ours, *document; } access_words[] = { { "RO", "RO" }, { "RW", "RW" }, { "WO", "WO" }, { "W1C", "RO/W1C" } };
	struct cfg c;
	struct regtable *t;
	struct buf doc;
	struct err e = { 0 };
	char *save = NULL;
	int rows = 0, existing = 0;
	bool in_section = false;

	(void)state;
	load(&c, "edge64-asymmetric", every, 1);
	t = regtable_new(&c);
	assert_int_equal(file_read("docs/isa.md", 1 << 20, &doc, &e), 0);
	for (char *line = strtok_r(doc.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *cell[4];
		const struct reg *r;
		bool seen[8] = { false }, said = false;

		if (!strncmp(line, "## ", 3))
			in_section = !strncmp(line, "## 4", 4);
		if (!in_section || strncmp(line, "| 0x", 4))
			continue;
		r = row_register(t, line, cell);
		check_fields(r, cell[3], seen);
		for (int k = 0; k < r->n_fields; k++)
			if (*r->field[k].name && !seen[k])
				fail_msg("%s.%s stands in no row of the document", r->name, r->field[k].name);
		for (size_t k = 0; k < sizeof(access_words) / sizeof(*access_words); k++)
			said |= !strcmp(r->access, access_words[k].ours) && !strncmp(cell[2], access_words[k].document, strlen(access_words[k].document)) &&
				cell[2][strlen(access_words[k].document)] == ' ';
		if (!said)
			fail_msg("%s is %s, the document says %s", r->name, r->access, cell[2]);
		rows++;
	}
	for (int i = 0; i < t->n; i++)
		existing += t->reg[i].entries > 0;
	assert_int_equal(rows, existing);
	buf_release(&doc);
	regtable_free(t);
}

/* bits and addresses of different things never meet; what a register as a whole may do follows from its fields */
static void t_consistent(void **state)
{
	struct cfg c;
	struct regtable *t;
	int order[64], n;
	unsigned end = 0;

	(void)state;
	load(&c, "edge64-asymmetric", every, 1);
	t = regtable_new(&c);
	n = regtable_sorted(t, order);
	assert_int_equal(n, t->n);
	for (int i = 0; i < n; i++) {
		const struct reg *r = &t->reg[order[i]];
		uint64_t bits = 0;
		bool rw = false, wo = true;

		assert_true(r->n_fields > 0);
		assert_true(r->group >= 0 || r->offset >= end); /* members of a group lie between each other */
		end = r->offset + reg_bytes(r);
		assert_true(end <= 1u << REG_ADDR_BITS);
		for (int k = 0; k < r->n_fields; k++) {
			const struct reg_field *f = &r->field[k];
			uint64_t mask = ((1ull << f->width) - 1) << f->lsb;

			assert_true(f->width >= 1 && f->lsb + f->width <= 32 && !(bits & mask));
			bits |= mask;
			assert_true(((uint64_t)f->reset[0] >> f->width) == 0);
			for (int v = 0; v < f->n_values; v++)
				assert_true(f->value[v].value >> f->width == 0 && *f->value[v].meaning);
			rw |= reg_field_writable(f);
			wo &= !reg_field_readable(f);
		}
		assert_string_equal(r->access, wo ? "WO" : !strcmp(r->name, "STATUS") ? "W1C" : rw ? "RW" : "RO");
	}
	regtable_free(t);
}

static void t_windows(void **state)
{
	static const char *const overrides[] = { "scheduler.program_depth=128", "readout.bits=5" };
	struct cfg c;
	struct regtable *t;

	(void)state;
	load(&c, "edge64", overrides, 2);
	t = regtable_new(&c);
	assert_int_equal(named(t, "PROG")->entries, 128);
	assert_int_equal(reg_words(named(t, "PROG")), 8);
	assert_int_equal(reg_bytes(named(t, "PROG")), 4096);
	assert_int_equal(named(t, "HISTOGRAM")->entries, 32);
	assert_int_equal(named(t, "TREE")->entries, 0); /* binary search: there is none */
	regtable_free(t);
	load(&c, "edge64-asymmetric", overrides, 2);
	t = regtable_new(&c);
	assert_int_equal(named(t, "TREE")->entries, 32);
	assert_int_equal(named(t, "REPAIR")->entries, 0); /* no spares */
	regtable_free(t);
	load(&c, "edge64-asymmetric", every, 1);
	t = regtable_new(&c);
	assert_int_equal(named(t, "REPAIR")->entries, c.tiles);
	regtable_free(t);
}

static struct regmodel *model_of(const struct cfg *c, char hash[65])
{
	const struct gm_hw hw = {
		.rows = c->rows, .cols = c->cols, .tiles = c->tiles, .adcs = c->adcs, .adc_bits = c->bits, .cell_bits = c->cell_bits, .grid_bits = c->grid_bits,
		.sample_hold = c->sample_hold, .prog_depth = c->program_depth, .act_depth = c->activation_depth, .acc_depth = c->accumulator_depth,
		.ch_depth = c->channel_depth, .counter_bits = c->counter_bits, .kind = (enum ro_kind)c->adc, .flash_bits = c->flash_bits, .ones = c->bubble == CFG_ONES,
		.asymmetric = c->search == CFG_ASYMMETRIC, .immersed = c->reference == CFG_IMMERSED, .network = (enum gm_network)c->network,
	};
	const struct gm_regs reset = { .precharge = c->precharge, .evaluate = c->evaluate, .compare = c->compare, .reference_precharge = c->reference_precharge,
		.share = c->share, .settle = c->settle, .samples = c->samples, .seed = (uint16_t)c->seed };
	const struct engine_setup s = { .hw = &hw, .hash = hash, .reset = &reset, .watchdog = (unsigned)c->watchdog };

	cfg_hash(c, hash);
	return regmodel_new(&s, true);
}

static void t_reset_values(void **state)
{
	static const char *const overrides[] = { "timing.precharge=3", "timing.evaluate=5", "timing.compare=7", "array.sample_hold=false" };
	static const char *const configs[] = { "tiny", "edge64", "edge64-flash", "edge64-hybrid2", "edge64-asymmetric", "edge64-sense", "edge64-stochastic", "edge64-immersed-ring-hybrid2" };

	(void)state;
	for (size_t n = 0; n < sizeof(configs) / sizeof(*configs); n++) {
		struct cfg c;
		struct regtable *t;
		struct regmodel *m;
		char hash[65];
		int read = 0;

		load(&c, configs[n], overrides, 4);
		t = regtable_new(&c);
		m = model_of(&c, hash);
		for (int i = 0; i < t->n; i++)
			for (int k = 0; !t->reg[i].memory && k < t->reg[i].count; k++, read++) {
				const struct reg *r = &t->reg[i];
				uint32_t v = 0;

				assert_int_equal(regmodel_read(m, r->offset + r->stride * (unsigned)k, 0, &v), 0);
				if (v != reg_reset(r, k))
					fail_msg("%s: %s[%d] is 0x%X, the register model says 0x%X", configs[n], r->name, k, reg_reset(r, k), v);
			}
		assert_int_equal(read, 64);
		regmodel_free(m);
		regtable_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_document), cmocka_unit_test(t_consistent), cmocka_unit_test(t_windows), cmocka_unit_test(t_reset_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
