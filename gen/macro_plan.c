/* Ports, technologies, outline, pins, places.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "gen/macro_set.h"
#include <stdlib.h>
#include <string.h>

/* From the LEF files of the technologies; tracks of osu018 and osu035 lie half a pitch off the origin, those of IHP on it. */
const struct macro_technology macro_technologies[] = {
	[CFG_OSU018] = { "osu018", { { "metal1", 1000, 500, 300, 300 }, { "metal2", 800, 400, 300, 300 }, { "metal3", 1000, 500, 300, 300 }, { "metal4", 800, 400, 300, 300 } },
		800, 10000, 50, 1200, "vdd", "gnd", 1800, false },
	[CFG_OSU035] = { "osu035", { { "metal1", 2000, 1000, 600, 600 }, { "metal2", 1600, 800, 600, 600 }, { "metal3", 2000, 1000, 600, 600 }, { "metal4", 3200, 1600, 1200, 1200 } },
		1600, 20000, 100, 3600, "vdd", "gnd", 3300, false },
	[CFG_IHP_SG13G2] = { "ihp-sg13g2", { { "Metal1", 420, 0, 160, 180 }, { "Metal2", 480, 0, 200, 210 }, { "Metal3", 420, 0, 200, 210 }, { "Metal4", 480, 0, 200, 210 } },
		480, 3780, 5, 840, "VDD", "VSS", 1200, true },
};

static int clog2(int n)
{
	int k = 0;

	while (1 << k < n)
		k++;
	return k;
}

int macro_refs(const struct cfg *c)
{
	return c->adc == CFG_FLASH ? (1 << c->bits) - 1 : c->adc == CFG_HYBRID ? (1 << c->flash_bits) - 1 : 1;
}

void macro_ports(const struct cfg *c, struct macro_port port[MACRO_PORTS])
{
	int columns = cfg_physical_cols(c), row = clog2(c->rows), word = columns * c->cell_bits, positions = (columns + c->adcs - 1) / c->adcs, code = c->adcs * c->bits;
	const struct macro_port all[] = {
		{ "clk_i", 1, false, MACRO_CONTROL, MACRO_CLOCK },
		{ "rst_ni", 1, false, MACRO_CONTROL, MACRO_RESET },
		{ "we_i", 1, false, MACRO_ROWS, MACRO_SAMPLED },
		{ "waddr_i", row, false, MACRO_ROWS, MACRO_SAMPLED },
		{ "wdata_i", word, false, MACRO_COLUMNS, MACRO_SAMPLED },
		{ "re_i", 1, false, MACRO_ROWS, MACRO_SAMPLED },
		{ "raddr_i", row, false, MACRO_ROWS, MACRO_SAMPLED },
		{ "rdata_o", word, true, MACRO_COLUMNS, MACRO_SAMPLED },
		{ "plane_i", c->rows, false, MACRO_ROWS, MACRO_SAMPLED },
		{ "precharge_i", 1, false, MACRO_ROWS, MACRO_SAMPLED },
		{ "evaluate_i", 1, false, MACRO_ROWS, MACRO_SAMPLED },
		{ "capture_i", 1, false, MACRO_ROWS, MACRO_SAMPLED },
		{ "hold_i", 1, false, MACRO_ROWS, MACRO_SAMPLED },
		{ "sample_i", 1, false, MACRO_READOUT, MACRO_SAMPLED },
		{ "sel_i", positions > 1 ? clog2(positions) : 1, false, MACRO_READOUT, MACRO_SAMPLED },
		{ "lane_en_i", c->adcs, false, MACRO_READOUT, MACRO_TO_LANE },
		{ "pair_i", 1, false, MACRO_READOUT, MACRO_SAMPLED },
		{ "bits_i", 4, false, MACRO_READOUT, MACRO_TO_ALL },
		{ "flash_i", 1, false, MACRO_READOUT, MACRO_TO_ALL },
		{ "set_i", 2, false, MACRO_READOUT, MACRO_TO_ALL },
		{ "lsb_i", 16, false, MACRO_CONTROL, MACRO_TO_ALL },
		{ "low_i", 16, false, MACRO_CONTROL, MACRO_TO_ALL },
		{ "nearest_i", 1, false, MACRO_CONTROL, MACRO_TO_ALL },
		{ "ref_i", code, false, MACRO_READOUT, MACRO_TO_LANE },
		{ "cmp_i", 1, false, MACRO_READOUT, MACRO_TO_ALL },
		{ "cmp_o", c->adcs * macro_refs(c), true, MACRO_READOUT, MACRO_SAMPLED },
		{ "force_i", 1, false, MACRO_CONTROL, MACRO_SAMPLED },
		{ "force_level_i", 24, false, MACRO_CONTROL, MACRO_SAMPLED },
		{ "serve_i", 1, false, MACRO_CONTROL, MACRO_SAMPLED },
		{ "serve_precharge_i", 1, false, MACRO_CONTROL, MACRO_SAMPLED },
		{ "serve_share_i", 1, false, MACRO_CONTROL, MACRO_SAMPLED },
		{ "serve_ref_i", code, false, MACRO_READOUT, MACRO_SAMPLED },
	};

	_Static_assert(sizeof(all) / sizeof(*all) == MACRO_PORTS, "the table has another number of ports");
	memcpy(port, all, sizeof(all));
}

static long round_up(long value, long step)
{
	return (value + step - 1) / step * step;
}

static enum cfg_side side_of(const struct cfg *c, enum macro_group g)
{
	return g == MACRO_ROWS ? c->rows_side : g == MACRO_COLUMNS ? c->columns_side : g == MACRO_READOUT ? c->readout_side : c->control_side;
}

static bool upright(enum cfg_side side) /* the side runs from south to north */
{
	return side == CFG_WEST || side == CFG_EAST;
}

static const struct macro_layer *layer_of(const struct macro_plan *p, enum cfg_side side, int *metal)
{
	*metal = upright(side) ? (p->c->horizontal_layer == CFG_METAL1 ? 0 : 2) : p->c->vertical_layer == CFG_METAL4 ? 3 : 1;
	return &p->t->metal[*metal];
}

/* first track whose pins keep clear of those of the neighbouring sides, whatever their layer */
static long first_track(const struct macro_plan *p, const struct macro_layer *l)
{
	return round_up(p->t->depth + 2 * l->spacing + l->width, l->pitch) / l->pitch;
}

static long side_length(const struct macro_plan *p, enum cfg_side side, size_t pins)
{
	int metal;
	const struct macro_layer *l = layer_of(p, side, &metal);

	return ((long)pins * p->c->pin_tracks + 2 * first_track(p, l) + 1) * l->pitch;
}

static long max(long a, long b)
{
	return a > b ? a : b;
}

static void set_outline(struct macro_plan *p, const size_t pins[4])
{
	const struct cfg *c = p->c;

	p->width = max(max(side_length(p, CFG_NORTH, pins[CFG_NORTH]), side_length(p, CFG_SOUTH, pins[CFG_SOUTH])), c->min_width * 1000L);
	p->height = max(max(side_length(p, CFG_WEST, pins[CFG_WEST]), side_length(p, CFG_EAST, pins[CFG_EAST])), c->min_height * 1000L);
	p->width = round_up(max(p->width, 40L * p->t->metal[3].pitch), p->t->site);
	p->height = round_up(p->height, p->t->row);
}

/* pin k of n on its side: spread over the tracks in whole steps */
static void put_pin(const struct macro_plan *p, enum cfg_side side, size_t k, size_t n, struct macro_pin *pin)
{
	const struct macro_layer *l = layer_of(p, side, &pin->metal);
	long length = upright(side) ? p->height : p->width, first = first_track(p, l), tracks = (length - l->offset) / l->pitch - 2 * first;
	long step = max(tracks / (long)n, p->c->pin_tracks), at = l->offset + (first + (long)k * step) * l->pitch, a = at - l->width / 2, b = a + l->width;

	if (b > length - p->t->depth)
		BUG("pin %zu of %zu does not fit its side", k, n);
	pin->x0 = side == CFG_EAST ? p->width - p->t->depth : side == CFG_WEST ? 0 : a;
	pin->x1 = side == CFG_EAST ? p->width : side == CFG_WEST ? p->t->depth : b;
	pin->y0 = side == CFG_NORTH ? p->height - p->t->depth : side == CFG_SOUTH ? 0 : a;
	pin->y1 = side == CFG_NORTH ? p->height : side == CFG_SOUTH ? p->t->depth : b;
}

/* tiles in a square of rows; between them room for wires and buffers: 100 sites, 8 rows */
static void set_places(struct macro_plan *p)
{
	long gap_x = 100L * p->t->site, gap_y = 8L * p->t->row;

	p->across = 1;
	while (p->across * p->across < p->c->tiles)
		p->across++;
	p->down = (p->c->tiles + p->across - 1) / p->across;
	p->first_x = gap_x;
	p->first_y = gap_y;
	p->step_x = p->width + gap_x;
	p->step_y = p->height + gap_y;
}

void macro_plan(struct macro_plan *p, const struct cfg *c, enum cfg_technology technology)
{
	size_t pins[4] = { 0 }, used[4] = { 0 }, n = 0;

	memset(p, 0, sizeof(*p));
	p->c = c;
	p->t = &macro_technologies[technology];
	macro_ports(c, p->port);
	for (int i = 0; i < MACRO_PORTS; i++)
		pins[side_of(c, p->port[i].group)] += (size_t)p->port[i].width;
	set_outline(p, pins);
	p->n_pins = pins[0] + pins[1] + pins[2] + pins[3];
	p->pin = MEM_NEW(p->n_pins, struct macro_pin);
	for (int i = 0; i < MACRO_PORTS; i++)
		for (int bit = 0; bit < p->port[i].width; bit++) {
			enum cfg_side side = side_of(c, p->port[i].group);
			struct macro_pin *pin = &p->pin[n++];

			pin->port = i;
			pin->bit = bit;
			put_pin(p, side, used[side]++, pins[side], pin);
		}
	p->power_metal = c->vertical_layer == CFG_METAL4 ? 1 : 3;
	p->straps = 2 * (1 + (int)(p->width / 100000));
	set_places(p);
}

void macro_plan_release(struct macro_plan *p)
{
	free(p->pin);
	p->pin = NULL;
}

void macro_strap(const struct macro_plan *p, int i, long *x0, long *x1)
{
	int grid = p->t->grid;

	*x0 = (2L * i + 1) * p->width / (2 * p->straps) / grid * grid;
	*x1 = *x0 + 4L * p->t->metal[p->power_metal].width;
}

void macro_core(const struct macro_plan *p, int *percent, double *aspect)
{
	double x = (double)(p->across * p->step_x + p->first_x), y = (double)(p->down * p->step_y + p->first_y);
	double share = p->c->tiles * (double)p->width * (double)p->height / (x * y);

	/* the box of all tiles takes at most 70 of 100 of the core */
	*percent = share * 70 < 40 ? (int)(share * 70) : 40;
	if (*percent < 1)
		*percent = 1;
	*aspect = y / x;
}

void macro_place(const struct macro_plan *p, int tile, long *x, long *y)
{
	*x = p->first_x + tile % p->across * p->step_x;
	*y = p->first_y + tile / p->across * p->step_y;
}

void macro_instance(int tile, bool escaped, struct buf *out)
{
	const char *e = escaped ? "\\" : "";

	buf_addf(out, "u_core.u_tiles.g_tile%s[%d%s].u_tile.u_readout.u_macro", e, tile, e);
}

int macro_platform(const struct cfg *c)
{
	return macro_technologies[c->technology].platform ? (int)c->technology : CFG_IHP_SG13G2;
}
