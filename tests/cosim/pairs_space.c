/* SPDX-License-Identifier: Apache-2.0 */
#include "pairs_space.h"
#include "common/cfg_schema.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum form { ANY, POWER, AWKWARD };
/* lo..hi of that form is the bin; what is drawn stays at most `most` where that is less: a model of 512 x 512 shows what one of 64 x 64 does */
struct span { const char *name; int lo, hi, most; enum form form; };
static const struct axis {
	const char *key;
	bool run;                     /* a register or a table: needs no elaboration of its own */
	const char *on; int choices;  /* has a meaning when this key has one of these choices (a bit each); NULL: always */
	struct span span[6];          /* none: the choices of the schema */
} axes[] = {
	{ "array.rows", .span = { { "8", 8, 8, 8 }, { "power of two", 16, 512, 64, POWER }, { "awkward", 9, 1023, 70, AWKWARD }, { "1024", 1024, 1024, 1024 } } },
	{ "array.cols", .span = { { "8", 8, 8, 8 }, { "power of two", 16, 512, 64, POWER }, { "awkward", 9, 1023, 70, AWKWARD }, { "1024", 1024, 1024, 1024 } } },
	{ "array.tiles", .span = { { "1", 1, 1, 1 }, { "2", 2, 2, 2 }, { "power of two", 4, 64, 8, POWER }, { "awkward", 3, 63, 7, AWKWARD } } },
	{ "array.kind" }, { "array.cell_bits", .span = { { "1", 1, 1, 1 }, { "2", 2, 2, 2 } } }, { "array.sample_hold" },
	{ "array.spares", .span = { { "0", 0, 0, 0 }, { "1..3", 1, 3, 3 }, { "4", 4, 4, 4 } } },
	{ "numbers.input_bits", true, .span = { { "1", 1, 1, 1 }, { "2..7", 2, 7, 7 }, { "8", 8, 8, 8 } } },
	{ "numbers.weight_bits", true, .span = { { "1", 1, 1, 1 }, { "2..7", 2, 7, 7 }, { "8", 8, 8, 8 } } },
	{ "numbers.input_code", true }, { "numbers.weight_code", true },
	{ "readout.kind" },
	{ "readout.flash_bits", .on = "readout.kind", .choices = 1 << CFG_HYBRID, .span = { { "1", 1, 1, 1 }, { "2..5", 2, 5, 5 }, { "6", 6, 6, 6 } } },
	{ "readout.bubble", .on = "readout.kind", .choices = 1 << CFG_FLASH | 1 << CFG_HYBRID },
	{ "readout.search", .on = "readout.kind", .choices = 1 << CFG_SAR },
	{ "readout.samples", true, "readout.kind", 1 << CFG_STOCHASTIC, { { "1", 1, 1, 1 }, { "2 or more", 2, 4095, 100 } } },
	{ "readout.reference" }, { "readout.network", .on = "readout.reference", .choices = 1 << CFG_IMMERSED },
	{ "readout.bits", .span = { { "1", 1, 1, 1 }, { "2..4", 2, 4, 4 }, { "5..8", 5, 8, 8 }, { "9..11", 9, 11, 11 }, { "12", 12, 12, 12 } } },
	{ "readout.adcs", .span = { { "1", 1, 1, 1 }, { "2..8", 2, 8, 8, POWER }, { "16..128", 16, 128, 32, POWER }, { "256", 256, 256, 256 } } },
	{ "readout.lsb", true, .span = { { "1", 1, 1, 1 }, { "2 or more", 2, 4095, 5 } } },
	{ "readout.low", true, .span = { { "below 0", -4096, -1, -1 }, { "0", 0, 0, 0 }, { "above 0", 1, 4095, 20 } } },
	{ "readout.rounding", true }, { "readout.resolution", true },
	{ "readout.grid_bits", .span = { { "1", 1, 1, 1 }, { "2..7", 2, 7, 7 }, { "8", 8, 8, 8 } } },
	{ "timing.precharge", true, .span = { { "1", 1, 1, 1 }, { "2 or more", 2, 255, 4 } } },
	{ "timing.evaluate", true, .span = { { "1", 1, 1, 1 }, { "2 or more", 2, 255, 4 } } },
	{ "timing.compare", true, .span = { { "1", 1, 1, 1 }, { "2 or more", 2, 255, 4 } } },
	{ "timing.reference_precharge", true, "readout.reference", 1 << CFG_IMMERSED, { { "1", 1, 1, 1 }, { "2 or more", 2, 255, 4 } } },
	{ "timing.share", true, "readout.reference", 1 << CFG_IMMERSED, { { "1", 1, 1, 1 }, { "2 or more", 2, 255, 4 } } },
	{ "timing.settle", true, "readout.reference", 1 << CFG_IMMERSED, { { "1", 1, 1, 1 }, { "2 or more", 2, 255, 4 } } },
	{ "nonideal.offset", true, .span = { { "0", 0, 0, 0 }, { "more", 1, 100000, 3000 } } },
	{ "nonideal.gain", true, .span = { { "0", 0, 0, 0 }, { "more", 1, 300000, 100000 } } },
	{ "nonideal.inl", true, .span = { { "0", 0, 0, 0 }, { "more", 1, 100000, 2000 } } },
	{ "nonideal.capacitor", true, .span = { { "0", 0, 0, 0 }, { "more", 1, 300000, 200000 } } },
	{ "nonideal.dac", true },
	{ "nonideal.noise", true, .span = { { "0", 0, 0, 0 }, { "more", 1, 100000, 3000 } } },
	{ "scheduler.program_depth", .span = { { "8..64", 8, 64, 64, POWER }, { "128..4096", 128, 4096, 4096, POWER }, { "more", 8192, 65536, 65536, POWER } } },
	{ "scheduler.activation_depth", .span = { { "16..256", 16, 256, 256, POWER }, { "512..16384", 512, 16384, 16384, POWER }, { "more", 32768, 65536, 65536, POWER } } },
	{ "scheduler.accumulator_depth", .span = { { "8..64", 8, 64, 64, POWER }, { "128..4096", 128, 4096, 4096, POWER }, { "more", 8192, 65536, 65536, POWER } } },
	{ "scheduler.channel_depth", .span = { { "8..64", 8, 64, 64, POWER }, { "128..4096", 128, 4096, 4096, POWER }, { "more", 8192, 65536, 65536, POWER } } },
	{ "scheduler.counter_bits", .span = { { "16", 16, 16, 16 }, { "17..63", 17, 63, 63 }, { "64", 64, 64, 64 } } },
	{ "scheduler.watchdog", .span = { { "0", 0, 0, 0 }, { "more", 1, 65535, 65535 } } },
};
enum { N_AXES = sizeof(axes) / sizeof(*axes) };

static const struct cfg_field *field[N_AXES];
static int first[N_AXES + 1], on[N_AXES]; /* first bin; the axis that `on` names */

static int axis_of_key(const char *key, size_t n)
{
	for (int a = 0; a < N_AXES; a++)
		if (strlen(axes[a].key) == n && !strncmp(axes[a].key, key, n))
			return a;
	return -1;
}

static void prepare(void)
{
	const struct cfg_schema *s = cfg_schema();

	if (field[0])
		return;
	for (int a = 0; a < N_AXES; a++) {
		int n = 0;

		for (size_t i = 0; i < s->n; i++)
			if (!strcmp(s->field[i].key, axes[a].key))
				field[a] = &s->field[i];
		if (!field[a])
			BUG("the schema has no such key");
		while (n < 6 && axes[a].span[n].name)
			n++;
		first[a + 1] = first[a] + (n ? n : field[a]->type == CFG_TYPE_BOOL ? 2 : field[a]->n_choices);
		on[a] = axes[a].on ? axis_of_key(axes[a].on, strlen(axes[a].on)) : -1;
	}
}

int space_axes(void) { return N_AXES; }
int space_bins(void) { prepare(); return first[N_AXES]; }

int space_axis(int bin)
{
	int a = 0;

	while (bin >= first[a + 1])
		a++;
	return a;
}

void space_name(int bin, char text[96])
{
	int a = space_axis(bin), k = bin - first[a];

	snprintf(text, 96, "%s %s", axes[a].key, axes[a].span[0].name ? axes[a].span[k].name : field[a]->type == CFG_TYPE_BOOL ? (k ? "true" : "false") : field[a]->choice[k]);
}

/* enumerations are as wide as int */
static int value(const struct cfg *c, int a)
{
	const char *at = (const char *)c + field[a]->offset;

	return field[a]->type == CFG_TYPE_BOOL ? *(const bool *)at : *(const int *)at;
}

static void put(struct cfg *c, int a, int v)
{
	char *at = (char *)c + field[a]->offset;

	if (field[a]->type == CFG_TYPE_BOOL)
		*(bool *)at = v;
	else
		*(int *)at = v;
}

static bool is_power(int v) { return v > 0 && !(v & (v - 1)); }

static bool in_span(const struct span *s, int v)
{
	return v >= s->lo && v <= s->hi && (s->form == ANY || is_power(v) == (s->form == POWER));
}

static bool means(const struct cfg *c, int a)
{
	return on[a] < 0 || axes[a].choices >> value(c, on[a]) & 1;
}

static int bin_of(const struct cfg *c, int a)
{
	int v = value(c, a);

	if (!means(c, a))
		return -1;
	if (!axes[a].span[0].name)
		return first[a] + v;
	for (int k = first[a]; k < first[a + 1]; k++)
		if (in_span(&axes[a].span[k - first[a]], v))
			return k;
	return -1;
}

void space_of(const struct cfg *c, int bin[SPACE_AXES])
{
	prepare();
	for (int a = 0; a < N_AXES; a++)
		bin[a] = bin_of(c, a);
}

static void draw_bin(struct cfg *c, struct prng *p, int bin)
{
	int a = space_axis(bin), v;
	const struct span *s = &axes[a].span[bin - first[a]];

	if (!axes[a].span[0].name) {
		put(c, a, bin - first[a]);
		return;
	}
	do {
		v = s->form == POWER ? 1 << prng_range(p, 0, 16) : (int)prng_range(p, s->lo < -20 ? -20 : s->lo, s->most);
	} while (!in_span(s, v) || v > s->most);
	put(c, a, v);
}

/* What takes minutes to translate or compile, in the words of a rule; NULL: nothing. */
static const char *too_large(const struct cfg *c)
{
	int comparators = c->adc == CFG_FLASH ? 1 << c->bits : c->adc == CFG_HYBRID ? 1 << c->flash_bits : 1;

	if (c->kind == CFG_DIGITAL && c->rows * c->cols > 1 << 14)
		return "array.kind array.rows array.cols";
	if ((long)c->rows * c->cols * c->tiles > 1 << 20)
		return "array.rows array.cols array.tiles";
	if (c->adcs * comparators > 1 << 11)
		return "readout.adcs readout.bits readout.flash_bits readout.kind";
	if (c->adcs * c->tiles > 256)
		return "readout.adcs array.tiles";
	return NULL;
}

static const char *take_keys(void *ctx, const char *keys)
{
	*(const char **)ctx = keys;
	return "";
}

static const int *wanted(const int *want, int n, int a)
{
	for (int i = 0; i < n; i++)
		if (space_axis(want[i]) == a)
			return &want[i];
	return NULL;
}

static void draw_axis(struct cfg *c, struct prng *p, int a, const int *want, int n)
{
	const int *w = wanted(want, n, a);

	draw_bin(c, p, w ? *w : (int)prng_range(p, first[a], first[a + 1] - 1));
}

/* an axis that stands in the way: named by a rule, or asked by a wanted bin that has no meaning; -1: none, the configuration is good */
static int in_the_way(const struct cfg *c, struct prng *p, const int *want, int n, bool run_only, bool small)
{
	const char *keys = NULL;
	struct cfg_across rules = { take_keys, &keys };
	struct err e = { 0 };
	int named[16], k = 0;

	for (int i = 0; i < n; i++)
		if (!means(c, space_axis(want[i])))
			return on[space_axis(want[i])];
	if (!cfg_across(c, &rules, &e)) {
		keys = small ? too_large(c) : NULL;
		if (!keys && !cfg_executable(c, "", &e))
			return -1;
		if (!keys)
			keys = "numbers.weight_code readout.resolution";
	}
	for (; *keys && k < 16; keys += strcspn(keys, " "), keys += *keys == ' ') {
		int a = axis_of_key(keys, strcspn(keys, " "));

		if (a >= 0 && (axes[a].run || !run_only))
			named[k++] = a;
	}
	return k ? named[prng_range(p, 0, k - 1)] : (int)prng_range(p, 0, N_AXES - 1);
}

bool space_draw(struct cfg *c, struct prng *p, const int *want, int n, bool run_only, bool small)
{
	enum { STEPS = 300 };

	prepare();
	for (int a = 0; a < N_AXES; a++)
		if (axes[a].run || !run_only)
			draw_axis(c, p, a, want, n);
	for (int step = 0; step < STEPS; step++) {
		int a = in_the_way(c, p, want, n, run_only, small);

		if (a < 0)
			return true;
		if (axes[a].run || !run_only)
			draw_axis(c, p, a, want, n);
	}
	return false;
}
