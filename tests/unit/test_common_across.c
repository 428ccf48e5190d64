/* Rules across fields: every combination of converter, network and geometry against predicates typed from docs/numerics.md section 4 and
 * docs/network.md sections 1 and 2; the named configurations; who is blamed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg_schema.h"
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *no_place(void *ctx, const char *keys)
{
	(void)ctx;
	return keys;
}

static const struct cfg_across asking = { no_place, NULL };

static struct cfg edge64(void)
{
	struct cfg c;
	struct err e = { 0 };

	cfg_load(&c, "configs/edge64.xml", NULL, 0, &e);
	assert_string_equal(e.text, "");
	return c;
}

static void agree(const struct cfg *c, bool legal, const char *what)
{
	struct err e = { 0 };
	int rc = cfg_across(c, &asking, &e);

	if ((rc == 0) != legal)
		fail_msg("%s: adc %d bits %d f %d search %d depth %d samples %d low %d lsb %d full %d, network %d tiles %d cols %d adcs %d: %s", what, c->adc, c->bits, c->flash_bits,
			c->search, c->depth, c->samples, c->low, c->lsb, c->resolution == CFG_FULL, c->network, c->tiles, c->cols, c->adcs, rc ? e.text : "taken");
	if (rc)
		assert_int_equal(e.code, ERR_INPUT);
}

/* numerics.md section 4, "Legal combinations" */
static void t_kinds(void **state)
{
	static const int samples[] = { 1, 7, 33, 4095 };
	struct cfg c = edge64();
	long n = 0, taken = 0;

	(void)state;
	for (int adc = CFG_SAR; adc <= CFG_STOCHASTIC; adc++)
	for (c.bits = 1; c.bits <= 12; c.bits++)
	for (c.flash_bits = 1; c.flash_bits <= 6; c.flash_bits++)
	for (int search = 0; search < 2; search++)
	for (c.depth = 0; c.depth <= 13; c.depth++)
	for (int s = 0; s < 4; s++)
	for (int full = 0; full < 2; full++)
	for (c.low = -1; c.low <= 1; c.low++) {
		bool legal = true;

		c.adc = adc;
		c.search = search;
		c.samples = samples[s];
		c.resolution = full ? CFG_FULL : CFG_FIT;
		if (adc == CFG_FLASH)
			legal = c.bits <= 8;
		if (adc == CFG_HYBRID)
			legal = c.flash_bits < c.bits;
		if (adc == CFG_SENSE)
			legal = c.bits == 1;
		if (adc == CFG_STOCHASTIC)
			legal = c.low == 0 && full && samples[s] < 1 << c.bits;
		if (search)
			legal = adc == CFG_SAR && c.bits <= 8 && full && (c.depth == 0 || 1 << c.depth >= 1 << c.bits);
		agree(&c, legal, "kind");
		n++;
		taken += legal;
	}
	assert_true(taken > n / 20 && taken < n - n / 20);
}

/* network.md sections 1, 2 */
static void t_networks(void **state)
{
	static const int cols[] = { 8, 33, 64, 128 }, lsb[] = { 1, 3 }, low[] = { 0, 7, -1 };
	struct cfg c = edge64();
	long n = 0, taken = 0;

	(void)state;
	c.reference = CFG_IMMERSED;
	c.sample_hold = false;
	for (int adc = CFG_SAR; adc <= CFG_STOCHASTIC; adc++)
	for (int network = CFG_PAIR; network <= CFG_BROADCAST; network++)
	for (c.tiles = 1; c.tiles <= 64; c.tiles++)
	for (c.bits = 1; c.bits <= 7; c.bits++)
	for (c.flash_bits = 1; c.flash_bits <= 6; c.flash_bits += 2)
	for (int k = 0; k < 4; k++)
	for (c.adcs = 1; c.adcs <= 8; c.adcs *= 2)
	for (int w = 0; w < 6; w++) {
		bool legal;
		int refs, need;

		c.adc = adc;
		c.network = network;
		c.cols = cols[k];
		c.rows = k == 3 ? 20 : 64;
		c.lsb = lsb[w % 2];
		c.low = low[w / 2];
		if ((adc == CFG_SENSE && c.bits > 1) || (adc == CFG_HYBRID && c.flash_bits >= c.bits) || adc == CFG_STOCHASTIC)
			continue; /* t_kinds has them */
		refs = adc == CFG_FLASH ? (1 << c.bits) - 1 : adc == CFG_HYBRID ? (1 << c.flash_bits) - 1 : 1;
		need = c.low + ((1 << c.bits) - 1) * c.lsb;
		legal = c.low >= 0 && need <= (adc == CFG_FLASH ? c.cols : c.cols / c.adcs) && need <= c.rows;
		if (network == CFG_PAIR)
			legal &= refs == 1 && c.tiles % 2 == 0;
		else
			legal &= c.tiles >= refs + 1;
		if (network == CFG_BROADCAST)
			legal &= adc == CFG_FLASH || adc == CFG_HYBRID;
		agree(&c, legal, "network");
		n++;
		taken += legal;
	}
	assert_true(taken > n / 50 && taken < n - n / 20);
}

/* numerics.md sections 1, 4: cell and log2 */
static void t_cell(void **state)
{
	struct cfg c = edge64();
	long taken = 0;

	(void)state;
	for (int code = CFG_TC; code <= CFG_CELL; code++)
	for (int adc = CFG_SAR; adc <= CFG_STOCHASTIC; adc++)
	for (int resolution = CFG_FIT; resolution <= CFG_LOG2; resolution++)
	for (int immersed = 0; immersed < 2; immersed++)
	for (int search = 0; search < 2; search++) {
		bool legal = code == CFG_CELL ? (adc == CFG_SAR || adc == CFG_FLASH || adc == CFG_HYBRID) && !immersed : resolution != CFG_LOG2;

		c.weight_code = code;
		c.weight_bits = code == CFG_TERNARY ? 1 : 8;
		c.adc = adc;
		c.bits = adc == CFG_SENSE ? 1 : 4;
		c.flash_bits = 1;
		c.resolution = resolution;
		c.reference = immersed;
		c.network = CFG_RING;
		c.tiles = 16;
		c.adcs = 4;
		c.sample_hold = !immersed;
		c.search = search;
		legal &= !search || (adc == CFG_SAR && resolution == CFG_FULL);
		legal &= adc != CFG_STOCHASTIC || resolution == CFG_FULL;
		legal &= !immersed || code != CFG_DIF;
		agree(&c, legal, "cell");
		taken += legal;
	}
	assert_true(taken > 60);
}

static void t_cell_messages(void **state)
{
	static const struct { const char *override[3]; const char *text; } bad[] = {
		{ { "readout.resolution=log2" }, "-s readout.resolution=log2: readout.resolution \"log2\" with numbers.weight_code \"tc\": legal with cell, for cost only; set readout.resolution=fit or numbers.weight_code=cell" },
		{ { "readout.resolution=log2", "numbers.weight_code=dif" }, "-s numbers.weight_code=dif: readout.resolution \"log2\" with numbers.weight_code \"dif\": "
			"legal with cell, for cost only; set readout.resolution=fit or numbers.weight_code=cell" },
		{ { "numbers.weight_code=cell", "readout.kind=sense", "readout.bits=1" }, "-s readout.kind=sense: numbers.weight_code \"cell\" with readout.kind \"sense\": "
			"legal with sar, flash, hybrid; set readout.kind or numbers.weight_code" },
		{ { "readout.kind=stochastic", "readout.resolution=full", "numbers.weight_code=cell" }, "-s numbers.weight_code=cell: numbers.weight_code \"cell\" with readout.kind \"stochastic\": "
			"legal with sar, flash, hybrid; set readout.kind or numbers.weight_code" },
		{ { "numbers.weight_code=cell", "readout.reference=immersed", "array.sample_hold=false" }, "-s readout.reference=immersed: numbers.weight_code \"cell\" with readout.reference \"immersed\": "
			"legal with local; set readout.reference=local or numbers.weight_code" },
		{ { "numbers.weight_code=cell", "readout.resolution=log2", "readout.search=asymmetric" }, "-s readout.search=asymmetric: readout.resolution \"log2\" with readout.search \"asymmetric\": "
			"legal full; set readout.resolution=full" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct cfg c;
		struct err e = { 0 };
		size_t n = 0;

		while (n < 3 && bad[i].override[n])
			n++;
		assert_int_equal(cfg_load(&c, "configs/edge64.xml", bad[i].override, n, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_string_equal(e.text, bad[i].text);
	}
}

/* what emits, runs or compiles takes every code but cell, and says how to leave it: the same words lead to a configuration that is taken */
static void t_executable(void **state)
{
	static const char *const way_out[] = { "numbers.weight_code=tc", "readout.resolution=fit" };
	struct cfg c = edge64();
	struct err e = { 0 };

	(void)state;
	for (int code = CFG_TC; code < CFG_CELL; code++) {
		c.weight_code = code;
		assert_int_equal(cfg_executable(&c, "gen", &e), 0);
	}
	c.weight_code = CFG_CELL;
	assert_int_equal(cfg_executable(&c, "cosim", &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, "numbers.weight_code \"cell\" of configuration edge64 counts one weight per cell, for cost only: legal tc, sm, dif, ternary for cosim; set numbers.weight_code=tc");

	e = (struct err){ 0 };
	assert_int_equal(cfg_load(&c, "configs/paper-a.xml", NULL, 0, &e), 0);
	assert_int_equal(cfg_executable(&c, "map", &e), -1);
	assert_string_equal(e.text, "numbers.weight_code \"cell\" of configuration paper-a counts one weight per cell, for cost only: legal tc, sm, dif, ternary for map; "
		"set numbers.weight_code=tc and readout.resolution=fit");
	e = (struct err){ 0 };
	assert_int_equal(cfg_load(&c, "configs/paper-a.xml", way_out, 2, &e), 0);
	assert_int_equal(cfg_executable(&c, "map", &e), 0);
}

/* the arrays of paper A as issue and page say, also with lossless bits: 256 rows need 9 */
static void t_paper_a(void **state)
{
	static const char *const fit[] = { "readout.resolution=fit" };
	struct cfg c;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(cfg_load(&c, "configs/paper-a.xml", NULL, 0, &e), 0);
	assert_int_equal(c.rows, 256);
	assert_int_equal(c.cols, 256);
	assert_int_equal(c.cell_bits, 1);
	assert_true(c.sample_hold);
	assert_int_equal(c.weight_code, CFG_CELL);
	assert_int_equal(c.resolution, CFG_LOG2);
	assert_int_equal(c.adc, CFG_SAR);
	assert_int_equal(c.bits, 9);
	assert_int_equal(c.adcs, 8);
	assert_int_equal(c.input_bits, 8);
	assert_int_equal(c.clk_period_ps, 1000);
	assert_int_equal(cfg_load(&c, "configs/paper-a.xml", fit, 1, &e), 0);
	assert_int_equal(c.resolution, CFG_FIT);
	assert_true((1 << c.bits) - 1 >= c.rows);
}

static void load_ok(const char *path, struct cfg *c)
{
	struct err e = { 0 };

	if (cfg_load(c, path, NULL, 0, &e))
		fail_msg("%s", e.text);
}

/* every named configuration is legal and named as its file; together they show every converter, network and code */
static void t_named_configurations(void **state)
{
	bool adc[5] = { 0 }, network[3] = { 0 }, asymmetric = false, dif = false, ternary = false, cell = false;
	glob_t g;

	(void)state;
	assert_int_equal(glob("configs/*.xml", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		char expected[128];
		struct cfg c;

		load_ok(g.gl_pathv[i], &c);
		snprintf(expected, sizeof(expected), "configs/%s.xml", c.name);
		assert_string_equal(g.gl_pathv[i], expected);
		adc[c.adc] = true;
		if (c.reference == CFG_IMMERSED)
			network[c.network] = true;
		asymmetric |= c.search == CFG_ASYMMETRIC;
		dif |= c.weight_code == CFG_DIF;
		ternary |= c.weight_code == CFG_TERNARY;
		cell |= c.weight_code == CFG_CELL;
	}
	globfree(&g);
	for (int i = 0; i < 5; i++)
		assert_true(adc[i]);
	for (int i = 0; i < 3; i++)
		assert_true(network[i]);
	assert_true(asymmetric && dif && ternary && cell);
}

/* the override that came last is the place; a file's own line otherwise */
static void t_blame(void **state)
{
	static const char *const overrides[][3] = {
		{ "readout.bits=6", "readout.kind=sense" }, { "readout.kind=sense", "readout.bits=6" }, { "readout.bits=9", "timing.share=2", "readout.kind=flash" },
	};
	static const char *const place[] = { "-s readout.kind=sense: readout.bits \"6\"", "-s readout.bits=6: readout.bits \"6\"", "-s readout.kind=flash: readout.bits \"9\"" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct cfg c;
		struct err e = { 0 };

		assert_int_equal(cfg_load(&c, "configs/edge64.xml", overrides[i], i == 2 ? 3 : 2, &e), -1);
		assert_memory_equal(e.text, place[i], strlen(place[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_kinds), cmocka_unit_test(t_networks), cmocka_unit_test(t_cell), cmocka_unit_test(t_cell_messages), cmocka_unit_test(t_executable), cmocka_unit_test(t_paper_a),
		cmocka_unit_test(t_named_configurations), cmocka_unit_test(t_blame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
