/* LEF: outline, pins, supply straps, what routing must keep off.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/macro_set.h"
#include <stdio.h>

static void um(long nm, struct buf *out)
{
	buf_addf(out, " %ld.%03ld", nm / 1000, nm % 1000);
}

static void rect(const char *indent, long x0, long y0, long x1, long y1, struct buf *out)
{
	buf_addf(out, "%sRECT", indent);
	um(x0, out);
	um(y0, out);
	um(x1, out);
	um(y1, out);
	buf_adds(out, " ;\n");
}

static void signal_pin(const struct macro_plan *p, const struct macro_pin *pin, struct buf *out)
{
	const struct macro_port *port = &p->port[pin->port];
	char index[16] = "";

	if (port->width > 1)
		snprintf(index, sizeof(index), "[%d]", pin->bit);
	buf_addf(out, "  PIN %s%s\n    DIRECTION %s ;\n    USE %s ;\n    PORT\n      LAYER %s ;\n", port->name, index, port->output ? "OUTPUT" : "INPUT",
		!port->output && port->timing == MACRO_CLOCK ? "CLOCK" : "SIGNAL", p->t->metal[pin->metal].name);
	rect("        ", pin->x0, pin->y0, pin->x1, pin->y1, out);
	buf_addf(out, "    END\n  END %s%s\n", port->name, index);
}

static void supply_pin(const struct macro_plan *p, int which, struct buf *out)
{
	const char *name = which ? p->t->ground : p->t->power;

	buf_addf(out, "  PIN %s\n    DIRECTION INOUT ;\n    USE %s ;\n    PORT\n      LAYER %s ;\n", name, which ? "GROUND" : "POWER", p->t->metal[p->power_metal].name);
	for (int i = which; i < p->straps; i += 2) {
		long x0, x1;

		macro_strap(p, i, &x0, &x1);
		rect("        ", x0, 0, x1, p->height, out);
	}
	buf_addf(out, "    END\n  END %s\n", name);
}

/* The whole outline on four layers, without the ring that the pins of a layer are in and without the straps. */
static void obstructions(const struct macro_plan *p, struct buf *out)
{
	bool pins[4] = { false };

	for (size_t i = 0; i < p->n_pins; i++)
		pins[p->pin[i].metal] = true;
	buf_adds(out, "  OBS\n");
	for (int k = 0; k < 4; k++) {
		const struct macro_layer *l = &p->t->metal[k];
		long in = l->spacing + (pins[k] ? p->t->depth : 0), from = in, x0, x1;

		buf_addf(out, "    LAYER %s ;\n", l->name);
		for (int i = 0; k == p->power_metal && i < p->straps; i++) {
			macro_strap(p, i, &x0, &x1);
			rect("      ", from, in, x0 - 2 * l->spacing, p->height - in, out);
			from = x1 + 2 * l->spacing;
		}
		rect("      ", from, in, p->width - in, p->height - in, out);
	}
	buf_adds(out, "  END\n");
}

void macro_lef(const struct emit *m, const struct macro_plan *p, struct buf *out)
{
	const char *prefix = m->c->prefix;

	buf_addf(out, "# %smacro: abstract for place and route in %s. Pins lie on routing tracks when the macro stands on the grid of sites and rows.\n"
		"# A stub: the outline comes from the pins, not from a layout. Replace it by the LEF of the layout.\n", prefix, p->t->name);
	emit_provenance(m, "#", "gen/macro_lef.c", out);
	buf_addf(out, "VERSION 5.7 ;\nBUSBITCHARS \"[]\" ;\nDIVIDERCHAR \"/\" ;\n\nMACRO %smacro\n  CLASS BLOCK ;\n  FOREIGN %smacro 0.000 0.000 ;\n  ORIGIN 0.000 0.000 ;\n  SIZE", prefix, prefix);
	um(p->width, out);
	buf_adds(out, " BY");
	um(p->height, out);
	buf_adds(out, " ;\n  SYMMETRY X Y ;\n");
	for (size_t i = 0; i < p->n_pins; i++)
		signal_pin(p, &p->pin[i], out);
	supply_pin(p, 0, out);
	supply_pin(p, 1, out);
	obstructions(p, out);
	buf_addf(out, "END %smacro\n\nEND LIBRARY\n", prefix);
}
