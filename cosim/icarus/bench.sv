// The bench of a core in Icarus Verilog: clock and pins, through the system tasks of vpi.c. Never emitted as RTL. cim_top follows the prefix of the emitted RTL.
//   $bl_inputs(INPUTS)   ends a clock: answers, then waits for the inputs of the next one. The order of pins is that of the tables in vpi.c
//   $bl_outputs(OUTPUTS) takes the outputs of a clock
// +bl_trace=FILE writes waveforms.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module bl_bench;
  logic        clk, look;
  logic        rst_n, awvalid, wvalid, bready, arvalid, rready, s_tvalid, s_tlast, m_tready;
  logic [21:0] awaddr, araddr;
  logic [31:0] wdata;
  logic [3:0]  wstrb;
  logic [63:0] s_tdata;
  logic        awready, wready, bvalid, arready, rvalid, s_tready, m_tvalid, m_tlast, irq;
  logic [1:0]  bresp, rresp;
  logic [31:0] rdata;
  logic [63:0] m_tdata;
  reg [8*4096-1:0] trace;

  cim_top u_top (
    .clk_i           (clk),
    .rst_ni          (rst_n),
    .s_axi_awaddr_i  (awaddr),
    .s_axi_awvalid_i (awvalid),
    .s_axi_awready_o (awready),
    .s_axi_wdata_i   (wdata),
    .s_axi_wstrb_i   (wstrb),
    .s_axi_wvalid_i  (wvalid),
    .s_axi_wready_o  (wready),
    .s_axi_bresp_o   (bresp),
    .s_axi_bvalid_o  (bvalid),
    .s_axi_bready_i  (bready),
    .s_axi_araddr_i  (araddr),
    .s_axi_arvalid_i (arvalid),
    .s_axi_arready_o (arready),
    .s_axi_rdata_o   (rdata),
    .s_axi_rresp_o   (rresp),
    .s_axi_rvalid_o  (rvalid),
    .s_axi_rready_i  (rready),
    .s_axis_tdata_i  (s_tdata),
    .s_axis_tvalid_i (s_tvalid),
    .s_axis_tready_o (s_tready),
    .s_axis_tlast_i  (s_tlast),
    .m_axis_tdata_o  (m_tdata),
    .m_axis_tvalid_o (m_tvalid),
    .m_axis_tready_i (m_tready),
    .m_axis_tlast_o  (m_tlast),
    .irq_o           (irq)
  );

  initial begin
    if ($value$plusargs("bl_trace=%s", trace)) begin
      $dumpfile(trace);
      $dumpvars(0, u_top);
    end
    forever begin
      $bl_inputs(rst_n, awaddr, awvalid, wdata, wstrb, wvalid, bready, araddr, arvalid, rready, s_tdata, s_tvalid, s_tlast, m_tready);
      clk  = 1'b0;
      look = 1'b0;
      #4;
      $bl_outputs(awready, wready, bvalid, bresp, arready, rvalid, rresp, rdata, s_tready, m_tdata, m_tvalid, m_tlast, irq);
      look = 1'b1;
      #1 clk = 1'b1;
      #5;
    end
  end
endmodule

`default_nettype wire
