/* The package: numbers of the configuration and of the register map.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/emit.h"
#include <ctype.h>

static void constant(struct buf *out, const char *name, int value)
{
	buf_addf(out, "  localparam int %s = %d;\n", name, value);
}

/* COMPARE_CLOCKS -> CompareClocks */
static void camel(const char *name, struct buf *out)
{
	bool capital = true;

	for (; *name; name++) {
		if (*name == '_') {
			capital = true;
			continue;
		}
		buf_addf(out, "%c", capital ? *name : tolower((unsigned char)*name));
		capital = false;
	}
}

static void reg_constant(struct buf *out, const char *name, const char *field, const char *what, const char *format, unsigned long value)
{
	buf_adds(out, "  localparam int Reg");
	camel(name, out);
	camel(field, out);
	buf_addf(out, "%s = ", what);
	buf_addf(out, *format == 'x' ? "32'h%08lX;\n" : "%lu;\n", value);
}

void emit_pkg(const struct emit *m, struct buf *out)
{
	const struct cfg *c = m->c;

	buf_addf(out, "// %spkg: the numbers of configuration %s and the register map of %score.\n", c->prefix, c->name, c->prefix);
	emit_provenance(m, "//", "gen/emit_pkg.c and gen/regs.def", out);
	buf_addf(out, "`default_nettype none\n\npackage %spkg;\n", c->prefix);
	constant(out, "Rows", c->rows);
	constant(out, "Cols", c->cols);
	constant(out, "Tiles", c->tiles);
	constant(out, "Adcs", c->adcs);
	constant(out, "AdcBits", c->bits);
	constant(out, "CellBits", c->cell_bits);
	constant(out, "SampleHold", c->sample_hold);
	constant(out, "GridBits", c->grid_bits);
	constant(out, "ProgDepth", c->program_depth);
	constant(out, "ActDepth", c->activation_depth);
	constant(out, "AccDepth", c->accumulator_depth);
	constant(out, "ChDepth", c->channel_depth);
	buf_adds(out, "  // converters: 0 sar, 1 flash, 2 hybrid, 3 sense, 4 stochastic; 0 majority, 1 ones; 0 binary, 1 asymmetric; 0 pair, 1 ring, 2 broadcast\n");
	constant(out, "Kind", c->adc);
	constant(out, "FlashBits", c->adc == CFG_HYBRID ? c->flash_bits : 1);
	constant(out, "Bubble", c->bubble);
	constant(out, "Search", c->search);
	constant(out, "Immersed", c->reference == CFG_IMMERSED);
	constant(out, "Network", c->network);
	buf_adds(out, "  // clocks, at reset\n");
	constant(out, "Precharge", c->precharge);
	constant(out, "Evaluate", c->evaluate);
	constant(out, "Compare", c->compare);
	constant(out, "RefPrecharge", c->reference_precharge);
	constant(out, "Share", c->share);
	constant(out, "Settle", c->settle);
	buf_adds(out, "  // stochastic converters, at reset\n");
	constant(out, "Samples", c->samples);
	constant(out, "Seed", c->seed);
	buf_addf(out, "  // HASH0 of the register map is the highest word\n  localparam logic [255:0] ConfigHash = 256'h%s;\n", m->hash);
	buf_adds(out, "\n  // byte offsets; arrays of registers with stride and count\n");
#define REG(name, offset, access, meaning) reg_constant(out, #name, "", "Offset", "x", offset);
#define REGS(name, offset, stride, count, access, meaning) \
	reg_constant(out, #name, "", "Offset", "x", offset); \
	reg_constant(out, #name, "", "Stride", "d", stride); \
	reg_constant(out, #name, "", "Count", "d", count);
#define WINDOW(name, offset, stride, step, access, meaning) \
	reg_constant(out, #name, "", "Offset", "x", offset); \
	reg_constant(out, #name, "", "Stride", "d", stride);
#define FIELD(reg, name, lsb, width, meaning) \
	reg_constant(out, #reg, #name, "Lsb", "d", lsb); \
	reg_constant(out, #reg, #name, "Width", "d", width);
#define VALUE(name, value, meaning) reg_constant(out, #name, "", "", "x", value);
#include "gen/regs.def"
#undef REG
#undef REGS
#undef WINDOW
#undef FIELD
#undef VALUE
	buf_addf(out, "endpackage\n\n`default_nettype wire\n");
}
