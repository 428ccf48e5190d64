/* Ports of the top, parameters of the core.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/ports.h"
#include "common/mem.h"
#include <string.h>

const struct port top_ports[] = {
	{ "clk_i", 1, false, PORT_CLOCK, "ACLK" }, { "rst_ni", 1, false, PORT_RESET, "ARESETn" },
	{ "s_axi_awaddr_i", 22, false, PORT_S_AXI, "AWADDR" }, { "s_axi_awvalid_i", 1, false, PORT_S_AXI, "AWVALID" }, { "s_axi_awready_o", 1, true, PORT_S_AXI, "AWREADY" },
	{ "s_axi_wdata_i", 32, false, PORT_S_AXI, "WDATA" }, { "s_axi_wstrb_i", 4, false, PORT_S_AXI, "WSTRB" },
	{ "s_axi_wvalid_i", 1, false, PORT_S_AXI, "WVALID" }, { "s_axi_wready_o", 1, true, PORT_S_AXI, "WREADY" },
	{ "s_axi_bresp_o", 2, true, PORT_S_AXI, "BRESP" }, { "s_axi_bvalid_o", 1, true, PORT_S_AXI, "BVALID" }, { "s_axi_bready_i", 1, false, PORT_S_AXI, "BREADY" },
	{ "s_axi_araddr_i", 22, false, PORT_S_AXI, "ARADDR" }, { "s_axi_arvalid_i", 1, false, PORT_S_AXI, "ARVALID" }, { "s_axi_arready_o", 1, true, PORT_S_AXI, "ARREADY" },
	{ "s_axi_rdata_o", 32, true, PORT_S_AXI, "RDATA" }, { "s_axi_rresp_o", 2, true, PORT_S_AXI, "RRESP" },
	{ "s_axi_rvalid_o", 1, true, PORT_S_AXI, "RVALID" }, { "s_axi_rready_i", 1, false, PORT_S_AXI, "RREADY" },
	{ "s_axis_tdata_i", 64, false, PORT_S_AXIS, "TDATA" }, { "s_axis_tvalid_i", 1, false, PORT_S_AXIS, "TVALID" },
	{ "s_axis_tready_o", 1, true, PORT_S_AXIS, "TREADY" }, { "s_axis_tlast_i", 1, false, PORT_S_AXIS, "TLAST" },
	{ "m_axis_tdata_o", 64, true, PORT_M_AXIS, "TDATA" }, { "m_axis_tvalid_o", 1, true, PORT_M_AXIS, "TVALID" },
	{ "m_axis_tready_i", 1, false, PORT_M_AXIS, "TREADY" }, { "m_axis_tlast_o", 1, true, PORT_M_AXIS, "TLAST" },
	{ "irq_o", 1, true, PORT_IRQ, "IRQ" },
	{ NULL }
};

const struct core_parameter core_parameters[] = {
	{ "Rows", "Rows" }, { "Cols", "Cols" }, { "Tiles", "Tiles" }, { "Adcs", "Adcs" }, { "AdcBits", "AdcBits" },
	{ "CellBits", "CellBits" }, { "SampleHold", "SampleHold" }, { "GridBits", "GridBits" },
	{ "ProgDepth", "ProgDepth" }, { "ActDepth", "ActDepth" }, { "AccDepth", "AccDepth" }, { "ChDepth", "ChDepth" },
	{ "CounterBits", "CounterBits" },
	{ "Kind", "Kind", "converters: 0 sar, 1 flash, 2 hybrid, 3 sense, 4 stochastic; 0 majority, 1 ones; 0 binary, 1 asymmetric; 0 pair, 1 ring, 2 broadcast" },
	{ "FlashBits", "FlashBits" }, { "Bubble", "Bubble" }, { "Search", "Search" }, { "Immersed", "Immersed" }, { "Network", "Network" },
	{ "PrechargeReset", "Precharge", "clocks, at reset" }, { "EvaluateReset", "Evaluate" }, { "CompareReset", "Compare" },
	{ "RefPrechargeReset", "RefPrecharge" }, { "ShareReset", "Share" }, { "SettleReset", "Settle" },
	{ "SamplesReset", "Samples", "stochastic converters, at reset" }, { "SeedReset", "Seed" },
	{ "WatchdogReset", "Watchdog", "256 clocks each, at reset" }, { "Spares", "Spares" },
	{ "ConfigHash", "ConfigHash", "HASH0 of the register map is the highest word" },
	{ NULL }
};

void core_parameter_value(const struct cfg *c, const struct core_parameter *p, struct buf *out)
{
	const struct { const char *constant; int value; } number[] = {
		{ "Rows", c->rows }, { "Cols", c->cols }, { "Tiles", c->tiles }, { "Adcs", c->adcs }, { "AdcBits", c->bits },
		{ "CellBits", c->cell_bits }, { "SampleHold", c->sample_hold }, { "GridBits", c->grid_bits },
		{ "ProgDepth", c->program_depth }, { "ActDepth", c->activation_depth }, { "AccDepth", c->accumulator_depth }, { "ChDepth", c->channel_depth },
		{ "CounterBits", c->counter_bits },
		{ "Kind", c->adc }, { "FlashBits", c->adc == CFG_HYBRID ? c->flash_bits : 1 }, { "Bubble", c->bubble }, { "Search", c->search },
		{ "Immersed", c->reference == CFG_IMMERSED }, { "Network", c->network },
		{ "Precharge", c->precharge }, { "Evaluate", c->evaluate }, { "Compare", c->compare },
		{ "RefPrecharge", c->reference_precharge }, { "Share", c->share }, { "Settle", c->settle }, { "Samples", c->samples }, { "Seed", c->seed }, { "Watchdog", c->watchdog }, { "Spares", c->spares },
	};
	char hash[65];

	for (size_t i = 0; i < sizeof(number) / sizeof(*number); i++)
		if (!strcmp(number[i].constant, p->constant)) {
			buf_addf(out, "%d", number[i].value);
			return;
		}
	if (strcmp(p->constant, "ConfigHash"))
		BUG("no value of parameter %s", p->name);
	cfg_hash(c, hash);
	buf_addf(out, "256'h%s", hash);
}
