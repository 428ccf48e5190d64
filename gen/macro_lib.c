/* Liberty: types, pins, arcs, with assumptions in place of a characterisation. Picoseconds inside, nanoseconds in the file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/macro_set.h"
#include <string.h>

/* What stands in for measured numbers: shares of the clock period, so that the core's budget is visible in every technology. */
static int setup_ps(const struct cfg *c) { return c->clk_period_ps / 10; }
static int hold_ps(const struct cfg *c) { (void)c; return 50; }
static int clocked_ps(const struct cfg *c) { return c->clk_period_ps / 5; }
static int compare_ps(const struct cfg *c) { return c->clk_period_ps / 4; }
static int transition_ps(const struct cfg *c) { return c->clk_period_ps / 100 > 20 ? c->clk_period_ps / 100 : 20; }

static void scalar(const char *indent, const char *group, int ps, struct buf *out)
{
	buf_addf(out, "%s%s (scalar) { values (\"%d.%03d\"); }\n", indent, group, ps / 1000, ps % 1000);
}

static void check(const char *type, int ps, const char *indent, struct buf *out)
{
	buf_addf(out, "%stiming () {\n%s  related_pin : \"clk_i\";\n%s  timing_type : %s;\n", indent, indent, indent, type);
	buf_adds(out, indent);
	scalar("  ", "rise_constraint", ps, out);
	buf_adds(out, indent);
	scalar("  ", "fall_constraint", ps, out);
	buf_addf(out, "%s}\n", indent);
}

/* related: names of bits, quoted as they are; an arc to every bit of the group that it stands in */
static void arc(const char *related, const char *type, const char *sense, int ps, const struct cfg *c, const char *indent, struct buf *out)
{
	buf_addf(out, "%stiming () {\n%s  related_pin : \"%s\";\n%s  timing_type : %s;\n%s  timing_sense : %s;\n", indent, indent, related, indent, type, indent, sense);
	for (int fall = 0; fall < 2; fall++) {
		buf_adds(out, indent);
		scalar("  ", fall ? "cell_fall" : "cell_rise", ps, out);
		buf_adds(out, indent);
		scalar("  ", fall ? "fall_transition" : "rise_transition", transition_ps(c), out);
	}
	buf_addf(out, "%s}\n", indent);
}

/* bits lo..hi of a port, blank between; a bus is spelled out: two buses of one width would be joined bit by bit */
static void bits(const struct macro_port *port, int lo, int hi, struct buf *out)
{
	for (int b = lo; b <= hi; b++)
		if (port->width == 1)
			buf_addf(out, "%s%s", out->len ? " " : "", port->name);
		else
			buf_addf(out, "%s%s[%d]", out->len ? " " : "", port->name, b);
}

static const struct macro_port *port_named(const struct macro_plan *p, const char *name)
{
	int i = 0;

	while (strcmp(p->port[i].name, name))
		if (++i == MACRO_PORTS)
			BUG("no port %s", name);
	return &p->port[i];
}

static void lane_arcs(const struct macro_plan *p, const char *name, int lo, int hi, const char *indent, struct buf *out)
{
	struct buf related;

	buf_init(&related);
	bits(port_named(p, name), lo, hi, &related);
	arc(related.data, "combinational", "non_unate", compare_ps(p->c), p->c, indent, out);
	buf_release(&related);
}

/* docs/macro.md: comparator 1 of a lane asks the lane's ref_i, all of them are quiet unless the lane is enabled */
static void lanes(const struct macro_plan *p, struct buf *out)
{
	const struct cfg *c = p->c;
	int refs = macro_refs(c);

	if (c->adcs * refs == 1) {
		lane_arcs(p, "lane_en_i", 0, 0, "      ", out);
		lane_arcs(p, "ref_i", 0, c->bits - 1, "      ", out);
		return;
	}
	for (int lane = 0; lane < c->adcs; lane++) {
		int first = lane * refs;

		buf_addf(out, "      pin (cmp_o[%d]) {\n", first);
		lane_arcs(p, "lane_en_i", lane, lane, "        ", out);
		lane_arcs(p, "ref_i", lane * c->bits, (lane + 1) * c->bits - 1, "        ", out);
		buf_adds(out, "      }\n");
		if (refs == 1)
			continue;
		buf_addf(out, "      pin (cmp_o[%d:%d]) {\n", first + refs - 1, first + 1);
		lane_arcs(p, "lane_en_i", lane, lane, "        ", out);
		buf_adds(out, "      }\n");
	}
}

static void output(const struct macro_plan *p, const struct macro_port *port, struct buf *out)
{
	buf_adds(out, "      direction : output;\n      max_capacitance : 0.500;\n");
	arc("clk_i", "rising_edge", "non_unate", clocked_ps(p->c), p->c, "      ", out);
	if (strcmp(port->name, "cmp_o"))
		return;
	for (int i = 0; i < MACRO_PORTS; i++)
		if (p->port[i].timing == MACRO_TO_ALL) {
			struct buf related;

			buf_init(&related);
			bits(&p->port[i], 0, p->port[i].width - 1, &related);
			arc(related.data, "combinational", "non_unate", compare_ps(p->c), p->c, "      ", out);
			buf_release(&related);
		}
	lanes(p, out);
}

static void input(const struct macro_plan *p, const struct macro_port *port, struct buf *out)
{
	buf_addf(out, "      direction : input;\n      capacitance : %s;\n", port->timing == MACRO_CLOCK ? "0.050" : "0.010");
	if (port->timing == MACRO_CLOCK) {
		buf_adds(out, "      clock : true;\n");
		return;
	}
	check(port->timing == MACRO_RESET ? "recovery_rising" : "setup_rising", setup_ps(p->c), "      ", out);
	check(port->timing == MACRO_RESET ? "removal_rising" : "hold_rising", hold_ps(p->c), "      ", out);
}

static void types(const struct macro_plan *p, struct buf *out)
{
	for (int i = 0; i < MACRO_PORTS; i++) {
		int w = p->port[i].width, k = 0;

		while (k < i && p->port[k].width != w)
			k++;
		if (w > 1 && k == i)
			buf_addf(out, "  type (bus%d) {\n    base_type : array;\n    data_type : bit;\n    bit_width : %d;\n    bit_from : %d;\n    bit_to : 0;\n    downto : true;\n  }\n", w, w, w - 1);
	}
}

static void header(const struct emit *m, const struct macro_plan *p, struct buf *out)
{
	const struct cfg *c = p->c;
	int volts = p->t->millivolts;
	struct buf b;

	buf_init(&b);
	buf_addf(&b, " * %smacro: timing of the macro as the core sees it.\n"
		" * A stub: nothing here is measured. Replace it by the characterisation of the layout, one file per corner.\n"
		" * Assumed, of a clock of %d ps: setup %d, hold %d, clock to output %d, reference to comparator %d, edges %d ps. Inputs 0.010 pF, clock 0.050 pF, outputs drive 0.500 pF.\n"
		" * Area: the SIZE of the LEF file, square micrometres.\n",
		c->prefix, c->clk_period_ps, setup_ps(c), hold_ps(c), clocked_ps(c), compare_ps(c), transition_ps(c));
	emit_provenance(m, " *", "gen/macro_lib.c", &b);
	buf_addf(out, "/*\n%s */\nlibrary (%smacro) {\n", b.data, c->prefix);
	buf_release(&b);
	buf_adds(out, "  delay_model : table_lookup;\n  time_unit : \"1ns\";\n  voltage_unit : \"1V\";\n  current_unit : \"1mA\";\n  capacitive_load_unit (1, pf);\n"
		"  pulling_resistance_unit : \"1kohm\";\n  leakage_power_unit : \"1nW\";\n");
	buf_addf(out, "  nom_process : 1.0;\n  nom_temperature : 25.0;\n  nom_voltage : %d.%03d;\n", volts / 1000, volts % 1000);
	buf_addf(out, "  voltage_map (%s, %d.%03d);\n  voltage_map (%s, 0.0);\n", p->t->power, volts / 1000, volts % 1000, p->t->ground);
	buf_addf(out, "  operating_conditions (typical) {\n    process : 1.0;\n    temperature : 25.0;\n    voltage : %d.%03d;\n  }\n  default_operating_conditions : typical;\n", volts / 1000, volts % 1000);
	buf_adds(out, "  input_threshold_pct_rise : 50.0;\n  input_threshold_pct_fall : 50.0;\n  output_threshold_pct_rise : 50.0;\n  output_threshold_pct_fall : 50.0;\n"
		"  slew_lower_threshold_pct_rise : 20.0;\n  slew_lower_threshold_pct_fall : 20.0;\n  slew_upper_threshold_pct_rise : 80.0;\n  slew_upper_threshold_pct_fall : 80.0;\n"
		"  slew_derate_from_library : 1.0;\n  default_fanout_load : 1.0;\n  default_inout_pin_cap : 0.0;\n  default_input_pin_cap : 0.010;\n  default_output_pin_cap : 0.0;\n");
}

void macro_lib(const struct emit *m, const struct macro_plan *p, struct buf *out)
{
	header(m, p, out);
	types(p, out);
	/* square nanometres would not fit 15 digits; both sides are whole nanometres times at most 10^8 */
	buf_addf(out, "  cell (%smacro) {\n    area : %.6f;\n    is_macro_cell : true;\n    interface_timing : true;\n    dont_touch : true;\n    dont_use : true;\n",
		m->c->prefix, (double)p->width / 1000 * ((double)p->height / 1000));
	buf_addf(out, "    pg_pin (%s) {\n      voltage_name : %s;\n      pg_type : primary_power;\n    }\n", p->t->power, p->t->power);
	buf_addf(out, "    pg_pin (%s) {\n      voltage_name : %s;\n      pg_type : primary_ground;\n    }\n", p->t->ground, p->t->ground);
	for (int i = 0; i < MACRO_PORTS; i++) {
		const struct macro_port *port = &p->port[i];

		if (port->width > 1)
			buf_addf(out, "    bus (%s) {\n      bus_type : bus%d;\n", port->name, port->width);
		else
			buf_addf(out, "    pin (%s) {\n", port->name);
		(port->output ? output : input)(p, port, out);
		buf_adds(out, "    }\n");
	}
	buf_adds(out, "  }\n}\n");
}
