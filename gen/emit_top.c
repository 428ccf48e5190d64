/* The top: the core with the numbers of the package.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/emit.h"

struct port { const char *name; int width; bool output; };

/* in the order of the core's port list */
static const struct port ports[] = {
	{ "clk_i", 1 }, { "rst_ni", 1 },
	{ "s_axi_awaddr_i", 22 }, { "s_axi_awvalid_i", 1 }, { "s_axi_awready_o", 1, true },
	{ "s_axi_wdata_i", 32 }, { "s_axi_wstrb_i", 4 }, { "s_axi_wvalid_i", 1 }, { "s_axi_wready_o", 1, true },
	{ "s_axi_bresp_o", 2, true }, { "s_axi_bvalid_o", 1, true }, { "s_axi_bready_i", 1 },
	{ "s_axi_araddr_i", 22 }, { "s_axi_arvalid_i", 1 }, { "s_axi_arready_o", 1, true },
	{ "s_axi_rdata_o", 32, true }, { "s_axi_rresp_o", 2, true }, { "s_axi_rvalid_o", 1, true }, { "s_axi_rready_i", 1 },
	{ "s_axis_tdata_i", 64 }, { "s_axis_tvalid_i", 1 }, { "s_axis_tready_o", 1, true }, { "s_axis_tlast_i", 1 },
	{ "m_axis_tdata_o", 64, true }, { "m_axis_tvalid_o", 1, true }, { "m_axis_tready_i", 1 }, { "m_axis_tlast_o", 1, true },
	{ "irq_o", 1, true },
};
enum { N_PORTS = sizeof(ports) / sizeof(*ports) };

/* parameter of the core, constant of the package */
static const char *const parameters[][2] = {
	{ "Rows", "Rows" }, { "Cols", "Cols" }, { "Tiles", "Tiles" }, { "Adcs", "Adcs" }, { "AdcBits", "AdcBits" },
	{ "CellBits", "CellBits" }, { "SampleHold", "SampleHold" }, { "GridBits", "GridBits" },
	{ "ProgDepth", "ProgDepth" }, { "ActDepth", "ActDepth" }, { "AccDepth", "AccDepth" }, { "ChDepth", "ChDepth" },
	{ "Kind", "Kind" }, { "FlashBits", "FlashBits" }, { "Bubble", "Bubble" }, { "Search", "Search" }, { "Immersed", "Immersed" }, { "Network", "Network" },
	{ "PrechargeReset", "Precharge" }, { "EvaluateReset", "Evaluate" }, { "CompareReset", "Compare" },
	{ "RefPrechargeReset", "RefPrecharge" }, { "ShareReset", "Share" }, { "SettleReset", "Settle" },
	{ "SamplesReset", "Samples" }, { "SeedReset", "Seed" }, { "ConfigHash", "ConfigHash" },
};
enum { N_PARAMETERS = sizeof(parameters) / sizeof(*parameters) };

void emit_top(const struct emit *m, struct buf *out)
{
	const char *prefix = m->c->prefix;

	buf_addf(out, "// %stop: the core of configuration %s. AXI4-Lite for registers and program, one AXI4-Stream in, one out, an interrupt.\n", prefix, m->c->name);
	emit_provenance(m, "//", "gen/emit_top.c", out);
	buf_addf(out, "`default_nettype none\n\nmodule %stop (\n", prefix);
	for (int i = 0; i < N_PORTS; i++) {
		struct buf w;

		buf_init(&w);
		if (ports[i].width > 1)
			buf_addf(&w, "[%d:0]", ports[i].width - 1);
		buf_addf(out, "  %-6s logic %-6s %s%s\n", ports[i].output ? "output" : "input", w.data, ports[i].name, i + 1 < N_PORTS ? "," : "");
		buf_release(&w);
	}
	buf_addf(out, ");\n\n  %score #(\n", prefix);
	for (int i = 0; i < N_PARAMETERS; i++)
		buf_addf(out, "    .%-17s (%spkg::%s)%s\n", parameters[i][0], prefix, parameters[i][1], i + 1 < N_PARAMETERS ? "," : "");
	buf_adds(out, "  ) u_core (\n");
	for (int i = 0; i < N_PORTS; i++)
		buf_addf(out, "    .%-17s (%s)%s\n", ports[i].name, ports[i].name, i + 1 < N_PORTS ? "," : "");
	buf_adds(out, "  );\n\nendmodule\n\n`default_nettype wire\n");
}
