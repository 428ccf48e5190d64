/* bitline spice: the circuit of one converter of an immersed pair for ngspice, and the comparison of what ngspice measured with the thresholds.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tables.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "common/cfg.h"
#include "common/file.h"
#include "common/mem.h"
#include "spice/compare.h"
#include "spice/deck.h"
#include "spice/lines.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_TILE = 63, MAX_LANE = 255 };

static int write_into(const char *dir, const char *name, const struct buf *b, struct err *e)
{
	char *path = file_join(dir, name);
	int bad = file_write(path, b->data, b->len, e);

	free(path);
	return bad;
}

/* the converter's own part of the core's tables, set 0 (all sets have the configuration's window) */
static int32_t *table_of(const struct cfg *c, int tile, int lane, int32_t **all)
{
	*all = MEM_NEW(at_count(c), int32_t);
	at_build(c, *all);
	return *all + ((size_t)(tile * c->adcs + lane) * AT_SETS << c->bits);
}

static int write_deck(const struct cfg *c, int tile, int lane, const char *dir, struct err *e)
{
	struct buf deck, expected;
	int32_t *all, *T;
	int bad;

	buf_init(&deck);
	buf_init(&expected);
	bad = spice_deck(c, tile, lane, &deck, e);
	if (!bad) {
		T = table_of(c, tile, lane, &all);
		buf_addf(&expected, "# %s, tile %d, lane %d: code, threshold on the grid of 1/%d count, threshold in counts\n", c->name, tile, lane, 1 << c->grid_bits);
		for (int k = 1; k < 1 << c->bits; k++)
			buf_addf(&expected, "%d %d %.4f\n", k, T[k], (double)T[k] / (1 << c->grid_bits));
		free(all);
		bad = file_mkdirs(dir, e) || write_into(dir, "deck.cir", &deck, e) || write_into(dir, "expected.txt", &expected, e);
	}
	buf_release(&deck);
	buf_release(&expected);
	if (!bad)
		printf("%s/deck.cir: tile %d, lane %d of configuration %s; run ngspice -b deck.cir there\n", dir, tile, lane, c->name);
	return bad;
}

static void print_report(const struct spice_report *r, int tile, int lane, bool json)
{
	if (json) {
		json_t *root = json_pack("{s:i, s:i, s:i, s:i, s:f, s:f, s:i, s:i, s:i, s:i, s:b}", "tile", tile, "lane", lane, "codes", r->codes, "counts", r->counts,
					 "reference_difference", r->reference, "column_difference", r->column, "levels_beyond_tolerance", r->off, "decisions", r->decisions,
					 "different", r->different, "different_beyond_tolerance", r->far, "agrees", spice_agrees(r));
		char *text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));

		puts(text);
		free(text);
		json_decref(root);
		return;
	}
	printf("tile %d lane %d: %d references off by at most %.3f counts, %d columns by at most %.3f; %d of %d decisions differ, %d beyond the tolerance: %s\n", tile, lane, r->codes,
	       r->reference, r->counts, r->column, r->different, r->decisions, r->far, spice_agrees(r) ? "agrees" : "DIFFERS");
}

static int compare(const struct cfg *c, int tile, int lane, const char *dir, bool json, struct err *e)
{
	struct spice_report r;
	struct buf table;
	int32_t *all, *T;
	int bad;

	if (spice_check(c, tile, lane, e))
		return -1;
	T = table_of(c, tile, lane, &all);
	buf_init(&table);
	bad = spice_compare(c, tile, lane, T, dir, &r, &table, e) || write_into(dir, "compare.txt", &table, e);
	if (!bad) {
		print_report(&r, tile, lane, json);
		if (!spice_agrees(&r))
			bad = err_set(e, ERR_DIFF, "the circuit in '%s' and the thresholds differ by more than the tolerance of docs/spice.md: %d levels, %d decisions; compare.txt there has both", dir, r.off, r.far);
	}
	buf_release(&table);
	free(all);
	return bad;
}

int cmd_spice(int argc, char **argv)
{
	struct opt_list set = { 0 };
	const char *config = NULL, *out = NULL;
	long tile = 0, lane = 0;
	bool judge = false, json = false;
	const struct opt opts[] = {
		{ "--config", OPT_TEXT, &config, "FILE", "the configuration: an immersed pair, as configs/edge64-immersed-pair.xml", .required = true },
		{ "-s", OPT_LIST, &set, "KEY=VALUE", "override a field, as in -s nonideal.capacitor=20000; any number of times" },
		{ "--tile", OPT_INT, &tile, "N", "the tile that converts; default 0", .lo = 0, .hi = MAX_TILE },
		{ "--lane", OPT_INT, &lane, "N", "its converter; default 0", .lo = 0, .hi = MAX_LANE },
		{ "--out", OPT_TEXT, &out, "DIR", "where deck.cir and expected.txt go, and where ngspice runs", .required = true },
		{ "--compare", OPT_FLAG, &judge, NULL, "ngspice has run in DIR: compare what it measured" },
		{ "--json", OPT_FLAG, &json, NULL, "print the comparison as JSON" },
	};
	struct err e = { 0 };
	struct cfg c;
	int status;

	if (!opt_parse(argc, argv, "bitline spice --config FILE [-s KEY=VALUE ...] [--tile N] [--lane N] --out DIR [--compare [--json]]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	if (!cli_config(&c, config, set.v, set.n, &e) &&
	    !(judge ? compare(&c, (int)tile, (int)lane, out, json, &e) : write_deck(&c, (int)tile, (int)lane, out, &e)))
		cli_flush(&e);
	opt_list_release(&set);
	return e.code ? cli_fail(&e) : 0;
}
