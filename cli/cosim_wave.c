/* Save files of waveforms. The groups name units of the emitted RTL by their instances; what a waveform does not have (another kind of converter, no link, a netlist) is left out.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_wave.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/mem.h"
#include "cosim/fst.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* how values are shown; names of the enumeration are the flags of GTKWave's save file */
enum show { BITS = 0x28, HEX = 0x22, SIGNED = 0x420, UNSIGNED = 0x24 };

/* Signals of one scope below the top, or below a tile. names: words, a "#" behind one: a number, "-" a signed one. */
struct part { const char *group, *scope, *names; };

static const struct part of_top[] = {
	{ "clock", "", "clk_i rst_ni irq_o" },
	{ "input stream", "", "s_axis_tvalid_i s_axis_tready_o s_axis_tdata_i s_axis_tlast_i" },
	{ "result stream", "", "m_axis_tvalid_o m_axis_tready_i m_axis_tdata_o m_axis_tlast_o" },
	{ "AXI-Lite", "", "s_axi_awvalid_i s_axi_awready_o s_axi_awaddr_i s_axi_wvalid_i s_axi_wready_o s_axi_wdata_i s_axi_bvalid_o s_axi_bready_i s_axi_bresp_o "
			  "s_axi_arvalid_i s_axi_arready_o s_axi_araddr_i s_axi_rvalid_o s_axi_rready_i s_axi_rdata_o s_axi_rresp_o" },
	{ "sequencer", "u_core.u_control.u_sequencer", "busy_o pc_q# state_q# step_o stall_o waiting_o tiles_q row_q# col_q# acc_q# channel_q# load_take_o act_cmd_o out_issue_o done_o error_o error_code_o#" },
	{ "guard and registers", "u_core.u_guard", "busy_i step_i limit_i# waited_q# abort_i upset_i stop_o code_o# stopping_o" },
	{ "guard and registers", "u_core", "csr_write csr_waddr csr_wdata csr_read csr_raddr csr_rdata" },
	{ "turns on the link", "u_core.u_tiles.g_link.u_link", "clear_i req_i grant_o converting_i end_i serve_o serve_precharge_o serve_share_o serve_ref_o" },
	{ "outputs", "u_core.u_out_pipe", "issue_i channel_i# valid_o last_o acc_o- q_o- credit_o" },
};
static const struct part of_tile[] = {
	{ "macro phases", "u_plane_seq", "state_q# shadow_full_i transfer_o prepare_o precharge_o evaluate_o capture_o take_o plane_q# bit_o# negative_o waiting_o" },
	{ "macro phases", "u_readout", "plane_i" },
	{ "converter", "u_readout", "busy_o bits_i# set_i# sel_o# lane_en_o sample_o comparing_o round_last_o last_o code_o comparisons_o#" },
	{ "converter", "u_readout.u_adc", "clock_o# strobe_o flash_o ref_o above_i" },
	{ "link", "", "ask_o grant_i converting_o turn_end_o turn_bits_o# turn_flash_o turn_precharge_o turn_share_o serve_i serve_precharge_i serve_share_i serve_ref_i" },
	{ "sums", "u_drain", "start_i start_addr_i# col_position_o# col_sum_i- acc_we_o acc_waddr_o# partial_o- finished_o" },
};
#define N_PARTS(table) (sizeof(table) / sizeof((table)[0]))

struct wave {
	const struct fst *fst;
	char *top;             /* the scope of cim_top */
	struct buf gtkw, sucl;
	const char *group;     /* that is open; NULL: none */
	char title[64];
	bool closed;           /* folded */
};

static const struct fst_signal *find(const struct wave *w, const char *scope, const char *name, size_t n)
{
	for (size_t i = 0; i < w->fst->n; i++) {
		const struct fst_signal *s = &w->fst->signal[i];

		if (!strncmp(s->name, name, n) && !s->name[n] && !strcmp(s->scope, scope))
			return s;
	}
	return NULL;
}

static void end_group(struct wave *w)
{
	if (w->group)
		buf_addf(&w->gtkw, "@%s\n-%s\n", w->closed ? "1401200" : "1000200", w->title);
	w->group = NULL;
}

/* a group begins with its first signal, so that none is empty */
static void begin_group(struct wave *w, const char *group, int tile)
{
	if (w->group == group || (w->group && !strcmp(w->group, group)))
		return;
	end_group(w);
	w->group = group;
	w->closed = tile > 0;
	if (tile < 0)
		snprintf(w->title, sizeof(w->title), "%s", group);
	else
		snprintf(w->title, sizeof(w->title), "tile %d: %s", tile, group);
	buf_addf(&w->gtkw, "@%s\n-%s\n", w->closed ? "c00200" : "800200", w->title);
	buf_addf(&w->sucl, "divider_add %s\n", w->title);
}

/* GTKWave writes a range as [7:0], of a single bit that has one as [0] */
static void add_signal(struct wave *w, const struct fst_signal *s, enum show show)
{
	char range[48];

	snprintf(range, sizeof(range), "%s", s->range);
	if (s->width == 1 && strchr(range, ':'))
		strcpy(strchr(range, ':'), "]");
	buf_addf(&w->gtkw, "@%x\n%s.%s%s\n", (unsigned)(s->width == 1 ? BITS : show), s->scope, s->name, range);
	buf_addf(&w->sucl, "variable_add %s.%s\n", s->scope, s->name);
}

static void add_part(struct wave *w, const struct part *p, const char *below, int tile)
{
	struct buf scope;

	buf_init(&scope);
	buf_addf(&scope, "%s%s%s%s", w->top, below, *p->scope ? "." : "", p->scope);
	for (const char *name = p->names; *name; name += strspn(name, " ")) {
		size_t n = strcspn(name, " #-");
		const struct fst_signal *s = find(w, scope.data, name, n);

		name += n;
		if (s) {
			begin_group(w, p->group, tile);
			add_signal(w, s, *name == '#' ? UNSIGNED : *name == '-' ? SIGNED : HEX);
		}
		name += *name == '#' || *name == '-';
	}
	buf_release(&scope);
}

static bool has_scope(const struct fst *f, const char *above, const char *name)
{
	size_t n = strlen(above);

	for (size_t i = 0; i < f->n; i++) {
		const char *scope = f->signal[i].scope;

		if (!strncmp(scope, above, n) && scope[n] == '.' && !strcmp(scope + n + 1, name))
			return true;
	}
	return false;
}

/* The scope of cim_top, under whatever bench: the ports, and the core below. A netlist has no core: the first scope with the ports. */
static char *find_top(const struct fst *f)
{
	const char *first = NULL;

	for (size_t i = 0; i < f->n; i++) {
		const struct fst_signal *s = &f->signal[i];

		if (strcmp(s->name, "s_axis_tvalid_i"))
			continue;
		if (has_scope(f, s->scope, "u_core"))
			return mem_strdup(s->scope);
		if (!first)
			first = s->scope;
	}
	return first ? mem_strdup(first) : NULL;
}

static bool has_tile(const struct wave *w, const char *below)
{
	struct buf scope;
	bool there;

	buf_init(&scope);
	buf_addf(&scope, "%s%s", w->top, below);
	there = find(w, scope.data, "clk_i", 5) != NULL;
	buf_release(&scope);
	return there;
}

static void add_all(struct wave *w)
{
	bool linked;

	for (size_t i = 0; i < N_PARTS(of_top); i++)
		add_part(w, &of_top[i], "", -1);
	linked = w->gtkw.data && strstr(w->gtkw.data, ".g_link.u_link.");
	for (int tile = 0; ; tile++) {
		char below[64];

		snprintf(below, sizeof(below), ".u_core.u_tiles.g_tile[%d].u_tile", tile);
		if (!has_tile(w, below))
			break;
		for (size_t i = 0; i < N_PARTS(of_tile); i++)
			if (linked || strcmp(of_tile[i].group, "link"))
				add_part(w, &of_tile[i], below, tile);
		end_group(w);
	}
	end_group(w);
}

char *wave_beside(const char *path, const char *ending)
{
	size_t n = strlen(path);
	struct buf b;

	if (n > 4 && !strcmp(path + n - 4, ".fst"))
		n -= 4;
	buf_init(&b);
	buf_addf(&b, "%.*s%s", (int)n, path, ending);
	return b.data;
}

static int write_beside(const char *path, const char *ending, const struct buf *text, struct err *e)
{
	char *name = wave_beside(path, ending);
	int rc = file_write(name, text->data, text->len, e);

	free(name);
	return rc;
}

int wave_save(const char *path, int64_t marker, struct err *e)
{
	const char *slash = strrchr(path, '/');
	int64_t at = marker < 0 ? -1 : marker * WAVE_TICKS + WAVE_EDGE;
	struct wave w = { 0 };
	struct fst f;
	int rc;

	if (fst_read(path, &f, e))
		return -1;
	w.fst = &f;
	w.top = find_top(&f);
	buf_init(&w.gtkw);
	buf_init(&w.sucl);
	/* zoom, marker, then the 26 named ones; the file is named without its folder, so that both can move */
	buf_addf(&w.gtkw, "[*] bitline\n[dumpfile] \"%s\"\n[timestart] %" PRId64 "\n[size] 1600 900\n[pos] -1 -1\n*-6.0 %" PRId64, slash ? slash + 1 : path, at > 600 ? at - 600 : 0, at);
	for (int i = 0; i < 26; i++)
		buf_adds(&w.gtkw, " -1");
	buf_adds(&w.gtkw, "\n");
	if (w.top)
		add_all(&w);
	if (at >= 0)
		buf_addf(&w.sucl, "cursor_set %" PRId64 "\nmarker_set_at %" PRId64 " difference\n", at, at);
	buf_adds(&w.sucl, "zoom_fit\n");
	rc = write_beside(path, ".gtkw", &w.gtkw, e) || write_beside(path, ".sucl", &w.sucl, e) ? -1 : 0;
	free(w.top);
	buf_release(&w.gtkw);
	buf_release(&w.sucl);
	fst_release(&f);
	return rc;
}
