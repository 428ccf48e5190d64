/* The deck, in the order of its cards: parameters, phases, serving array, client, comparators, analysis.
 * SPDX-License-Identifier: Apache-2.0 */
#include "spice/deck.h"
#include "spice/lines.h"
#include <stdio.h>

enum { NOMINAL = 65536 };

/* Clocks of a compare cycle, ns from its begin: precharge, a gap so that no two switches of a line are on, share, half a line steps down, the decision.
 * A line settles in C*R = 50 ps. Cycle 0 is the client's: reset its columns, let the active cells step. */
static const double cycle = 10, precharge_end = 3.8, share_begin = 4.2, half_step = 5, share_end = 9.8, decision = 9.5, edge = 0.1;

double spice_decision_time(int code)
{
	return (code * cycle + decision) * 1e-9;
}

static void phases(struct buf *out)
{
	buf_addf(out, "* phases, V\n"
		 "Vpre pre 0 PULSE(0 1 %gn %gn %gn %gn %gn)\n"
		 "Vshare share 0 PULSE(0 1 %gn %gn %gn %gn %gn)\n"
		 "Vhalf half 0 PULSE(1 0 %gn %gn %gn %gn %gn)\n"
		 "Vreset reset 0 PWL(0 1 3n 1 3.1n 0)\n"
		 "Vactive active 0 PWL(0 0 5n 0 5.1n {supply})\n",
		 cycle + edge, edge, edge, precharge_end - 2 * edge, cycle,
		 cycle + share_begin, edge, edge, share_end - share_begin - 2 * edge, cycle,
		 cycle + half_step, edge, edge, cycle - half_step - 2 * edge, cycle);
}

/* One line: charged to its own source, then shared with all others. tie: half a nominal line of its capacitor steps down while it is shared, which takes half a line's charge away.
 * from: first code that charges it, 0: none does (codes rise, so a line that is charged once is charged for all codes above). */
static void line(struct buf *out, const char *name, double weight, int from, bool tie)
{
	if (from == 0)
		buf_addf(out, "Vq%s q%s 0 0\n", name, name);
	else
		buf_addf(out, "Vq%s q%s 0 PWL(0 0 %gn 0 %gn {supply})\n", name, name, from * cycle - edge, from * cycle);
	buf_addf(out, "Sp%s q%s l%s pre 0 switch\nSs%s l%s ref share 0 switch\nCp%s l%s pre {overlap}\nCa%s l%s share {overlap}\nCb%s ref share {overlap}\n",
		 name, name, name, name, name, name, name, name, name, name);
	if (tie)
		buf_addf(out, "Cl%s l%s 0 {%.9f*line}\nCh%s l%s half {0.5*line}\n", name, name, weight - 0.5, name, name);
	else
		buf_addf(out, "Cl%s l%s 0 {%.9f*line}\n", name, name, weight);
}

static void serving_array(const struct spice_lines *l, struct buf *out)
{
	char name[16];

	buf_addf(out, "* serving array: %d column lines, %d dummy lines, half a line of the last one is the tie\n", l->n, l->dummies);
	for (int i = 0; i < l->n; i++) {
		int from = 1;

		while (from <= l->codes && l->charged[from] <= i)
			from++;
		snprintf(name, sizeof(name), "%d", i);
		line(out, name, (double)l->weight[i] / NOMINAL, from <= l->codes ? from : 0, l->dummies == 0 && i == l->n - 1);
	}
	for (int i = 0; i < l->dummies; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		line(out, name, 1, 0, i == l->dummies - 1);
	}
	buf_adds(out, "Sref ref 0 pre 0 switch\nCref ref 0 {input}\n");
}

/* Column of count s: s of its rows cells step to the supply, the others stay. */
static void client(int rows, struct buf *out)
{
	buf_addf(out, "* client: columns that hold the counts 0..%d\n", rows);
	for (int s = 0; s <= rows; s++) {
		buf_addf(out, "Sn%d n%d 0 reset 0 switch\nCo%d n%d reset {overlap}\nCi%d n%d 0 {input}\n", s, s, s, s, s, s);
		if (s > 0)
			buf_addf(out, "Ca%dn n%d active {%d*line/%d}\n", s, s, s, rows);
		if (s < rows)
			buf_addf(out, "Cs%dn n%d 0 {%d*line/%d}\n", s, s, rows - s, rows);
	}
}

static void comparators(int rows, struct buf *out)
{
	buf_adds(out, "* comparators: 1 when the column and the offset are above the reference; a thousandth of a count is told apart\n");
	for (int s = 0; s <= rows; s++)
		buf_addf(out, "Bd%d d%d 0 V = 0.5 + 0.5 * tanh(1e6 * (v(n%d) + offset_volts - v(ref)))\n", s, s, s);
}

static void analysis(const struct spice_lines *l, int rows, struct buf *out)
{
	double first = decision, last = (l->codes + 1) * cycle + decision; /* a cycle more: linearize refuses a single step */

	/* trapezoidal steps ring at the edges of ideal switches; the tolerances are far below a thousandth of a count */
	buf_adds(out, "* analysis: one point per cycle, at the decision; those of the first and the last cycle mean nothing\n"
		 ".options method=gear reltol=1e-5 vntol=1e-9 abstol=1e-15 chgtol=1e-19\n.save v(ref)\n");
	for (int s = 0; s <= rows; s++)
		buf_addf(out, ".save v(n%d) v(d%d)\n", s, s);
	buf_addf(out, ".control\ntran %gn %gn %gn 0.5n\nlinearize\nset wr_singlescale\nset numdgt=10\nwrdata " SPICE_LEVELS " v(ref)", cycle, last, first);
	for (int s = 0; s <= rows; s++)
		buf_addf(out, " v(n%d)", s);
	buf_adds(out, "\nwrdata " SPICE_DECISIONS);
	for (int s = 0; s <= rows; s++)
		buf_addf(out, " v(d%d)", s);
	buf_adds(out, "\nquit 0\n.endc\n.end\n");
}

int spice_deck(const struct cfg *c, int tile, int lane, struct buf *out, struct err *e)
{
	struct spice_lines l;

	if (spice_lines_init(&l, c, tile, lane, e))
		return -1;
	buf_addf(out, "* %s: tile %d, lane %d, references from tile %d (docs/spice.md)\n", c->name, tile, lane, tile ^ 1);
	buf_addf(out, ".param supply=%g line=50f overlap=0.02f input=0.1f offset_volts={%.9f*supply/%d}\n.model switch SW(vt=0.5 vh=0.05 ron=1k roff=100g)\n",
		 SPICE_SUPPLY, l.offset, c->rows);
	phases(out);
	serving_array(&l, out);
	client(c->rows, out);
	comparators(c->rows, out);
	analysis(&l, c->rows, out);
	spice_lines_release(&l);
	return 0;
}
