/* SymbiYosys: a job for the converters' controller, the sequencer, the phases of a plane, the registers and their bus, the FIFOs, the guard and the link
 * between arrays, with the parameters of this configuration. What they assert stands in rtl-templates/formal/, which goes along.
 * Arrays do not grow the proofs but in the link: it is proven for a few tiles.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/lists.h"
#include "gen/views.h"
#include <string.h>

enum { LINK_REFS = 3, CLOCKS_A_TURN = 8 }; /* servers of a tile that a proof reaches; a turn and what may come before it, of each tile */

struct job {
	const char *name, *what;   /* what it proves */
	const char *parameters;    /* "-set Kind 1 ..."; NULL: none */
	const char *also;          /* a module that those of this name use; NULL: none */
	const char *model;         /* what they are compared with, of formal/; NULL: none */
};

/* A line for each file that the job needs, rtl/<prefix><name>[_...].sv, behind lead and without skip. */
static void read_files(const struct emit *m, const struct gen_set *s, const struct job *j, const char *lead, const char *skip, struct buf *out)
{
	struct list l;
	struct buf begin, also;

	buf_init(&begin);
	buf_init(&also);
	buf_addf(&begin, "rtl/%s%s", m->c->prefix, j->name);
	buf_addf(&also, "rtl/%s%s.sv", m->c->prefix, j->also ? j->also : "");
	list_init(&l, s, "blackbox.f");
	for (size_t i = 0; i < l.n; i++) {
		bool own = list_below(l.path[i], begin.data) && (l.path[i][begin.len] == '.' || l.path[i][begin.len] == '_');

		if (own || !strcmp(l.path[i], also.data))
			buf_addf(out, "%s%s\n", lead, l.path[i] + strlen(skip));
	}
	list_release(&l);
	buf_release(&begin);
	buf_release(&also);
}

static void job(const struct emit *m, struct gen_set *s, const struct job *j)
{
	struct buf out;
	const char *p = m->c->prefix;

	buf_init(&out);
	buf_addf(&out, "# %s%s: %s\n# usage: cd formal && sby -f %s%s.sby\n", p, j->name, j->what, p, j->name);
	emit_provenance(m, "#", "gen/view_sby.c", &out);
	buf_adds(&out, "[options]\nmode prove\naigsmt z3\n\n[engines]\nabc pdr\n\n[script]\n");
	read_files(m, s, j, "read_verilog -formal -sv ", "rtl/", &out);
	if (j->model)
		buf_addf(&out, "read_verilog -formal -sv %s%s.sv\n", p, j->model);
	buf_addf(&out, "read_verilog -formal -sv %s%s_prove.sv\n", p, j->name);
	if (j->parameters)
		buf_addf(&out, "chparam %s %s%s_prove\n", j->parameters, p, j->name);
	buf_addf(&out, "prep -flatten -top %s%s_prove\n\n[files]\n", p, j->name);
	read_files(m, s, j, "../", "", &out);
	if (j->model)
		buf_addf(&out, "%s%s.sv\n", p, j->model);
	buf_addf(&out, "%s%s_prove.sv\n", p, j->name);
	buf_add(gen_add(s, "formal/%s%s.sby", p, j->name), out.data, out.len);
	buf_release(&out);
}

static void link_job(const struct emit *m, struct gen_set *s)
{
	const struct cfg *c = m->c;
	int refs = c->adc == CFG_FLASH ? (1 << c->bits) - 1 : c->adc == CFG_HYBRID ? (1 << c->flash_bits) - 1 : 1;
	int least = c->network == CFG_PAIR ? 4 : refs + LINK_REFS, tiles = c->tiles < least ? c->tiles : least;
	struct job j = { .name = "link", .what = "no array computes and serves at once, nobody waits for ever" };
	struct buf parameters;

	if (c->reference != CFG_IMMERSED || c->network == CFG_BROADCAST || refs > LINK_REFS)
		return;
	buf_init(&parameters);
	buf_addf(&parameters, "-set Tiles %d -set Network %d -set Kind %d -set Refs %d -set AdcBits %d -set FlashBits %d -set Bound %d", tiles, c->network, c->adc, refs,
		c->bits, c->adc == CFG_HYBRID ? c->flash_bits : 1, CLOCKS_A_TURN * tiles);
	j.parameters = parameters.data;
	job(m, s, &j);
	buf_release(&parameters);
}

void view_sby(const struct emit *m, struct gen_set *s)
{
	const struct cfg *c = m->c;
	struct job adc = { .name = "adc", .also = "therm_enc", .what = c->adc == CFG_STOCHASTIC ? "rounds end, steps and clocks are those of the kind" : "the code is the level, in the steps and clocks of the kind" };
	struct job therm = { .name = "therm", .model = "therm_model", .what = "the code of a flash step is that of numerics.md section 4, bubbles too" };
	struct job sequencer = { .name = "sequencer", .what = "one kind of work at a time, as often as the instruction says, none after an illegal one" };
	struct job planes = { .name = "plane_seq", .what = "phases in order, none at once, as many planes as there are, no deadlock" };
	struct job csr = { .name = "csr", .what = "reads return what was written, SLVERR where the register table says, nothing changes while busy" };
	static const struct job fixed[] = {
		{ .name = "axil", .parameters = "-set AddrBits 22", .what = "AXI4-Lite: VALID and payload hold until READY, one response for each request" },
		{ .name = "fifo", .parameters = "-set Width 4 -set Depth 8", .what = "beats leave in the order they came, valid holds until ready, full and empty" },
		{ .name = "guard", .what = "the watchdog fires on time and never before, the machine is in reset in the clock after a cause" },
	};
	struct buf parameters;

	buf_init(&parameters);
	buf_addf(&parameters, "-set AdcBits %d -set Kind %d -set FlashBits %d -set Bubble %d -set Search %d", c->bits, c->adc,
		c->adc == CFG_HYBRID ? c->flash_bits : 1, c->bubble, c->search);
	adc.parameters = parameters.data;
	job(m, s, &adc);
	buf_clear(&parameters);
	if (c->adc == CFG_FLASH || c->adc == CFG_HYBRID) {
		buf_addf(&parameters, "-set Bits %d -set Bubble %d", c->adc == CFG_FLASH ? c->bits : c->flash_bits, c->bubble);
		therm.parameters = parameters.data;
		job(m, s, &therm);
		buf_clear(&parameters);
	}
	buf_addf(&parameters, "-set Rows %d -set Tiles %d -set ProgDepth %d -set RowBeats %d -set Immersed %d", c->rows, c->tiles, c->program_depth,
		(c->cols * c->cell_bits + 63) / 64, c->reference == CFG_IMMERSED);
	sequencer.parameters = parameters.data;
	job(m, s, &sequencer);
	buf_clear(&parameters);
	buf_addf(&parameters, "-set SampleHold %d -set Immersed %d", c->reference == CFG_IMMERSED ? 0 : c->sample_hold, c->reference == CFG_IMMERSED);
	planes.parameters = parameters.data;
	job(m, s, &planes);
	buf_clear(&parameters);
	buf_addf(&parameters, "-set Tiles %d -set AdcBits %d -set Search %d -set Spares %d", c->tiles, c->bits, c->search, c->spares);
	csr.parameters = parameters.data;
	job(m, s, &csr);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		job(m, s, &fixed[i]);
	buf_release(&parameters);
	link_job(m, s);
}
