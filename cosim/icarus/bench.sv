// The bench of a core in Icarus Verilog: clock and pins, through the system tasks of vpi.c. Never emitted as RTL. cim_top follows the prefix of the emitted RTL.
//   $bl_inputs(INPUTS)   ends a clock: answers, then waits for the inputs of the next one. The order of pins is that of the tables in vpi.c
//   $bl_outputs(OUTPUTS) takes the outputs of a clock
//   $bl_breach(CHANNEL, RULE)   a rule of AXI is broken (protocol.sv; CHANNEL empty: an output follows an input within the clock)
// +bl_trace=FILE writes waveforms; +bl_trace_from=N +bl_trace_to=N only of these clocks.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_watch_report (
  input logic       clk_i,
  input logic [2:0] channel_i,
  input logic [3:0] rule_i
);
  always @(posedge clk_i) begin
    if (rule_i != 4'd0) $bl_breach(cim_watch_pkg::name_of(channel_i), cim_watch_pkg::text_of(rule_i));
  end
endmodule

module bl_bench;
  localparam int Inputs = 152, Outputs = 109;
  localparam int PathClocks = 64;  // from one search for paths from inputs to outputs to the next
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
  logic [Inputs-1:0]  given;
  logic [Outputs-1:0] seen;
  integer             clocks, trace_from, trace_to;
  reg                 traced;

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

  cim_watch u_watch (
    .clk_i           (look),
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
    .m_axis_tlast_o  (m_tlast)
  );

  initial begin
    traced = $value$plusargs("bl_trace=%s", trace) != 0;
    if ($value$plusargs("bl_trace_from=%d", trace_from) == 0) trace_from = 0;
    if ($value$plusargs("bl_trace_to=%d", trace_to) == 0) trace_to = 2147483647;
    clocks = 0;
    forever begin
      if (traced && clocks == trace_from) begin
        $dumpfile(trace);
        $dumpvars(0, u_top);
      end
      if (traced && clocks - 1 == trace_to) $dumpoff;
      $bl_inputs(rst_n, awaddr, awvalid, wdata, wstrb, wvalid, bready, araddr, arvalid, rready, s_tdata, s_tvalid, s_tlast, m_tready);
      clk  = 1'b0;
      look = 1'b0;
      #1;
      if (clocks % PathClocks == 0) begin
        // every input but clock and reset turned round and back: no output may follow, so no READY hangs on a VALID
        seen  = {awready, wready, bvalid, bresp, arready, rvalid, rresp, rdata, s_tready, m_tdata, m_tvalid, m_tlast, irq};
        given = {awaddr, awvalid, wdata, wstrb, wvalid, bready, araddr, arvalid, rready, s_tdata, s_tvalid, s_tlast, m_tready};
        {awaddr, awvalid, wdata, wstrb, wvalid, bready, araddr, arvalid, rready, s_tdata, s_tvalid, s_tlast, m_tready} = ~given;
        #1;
        if (seen !== {awready, wready, bvalid, bresp, arready, rvalid, rresp, rdata, s_tready, m_tdata, m_tvalid, m_tlast, irq}) $bl_breach("", "");
        {awaddr, awvalid, wdata, wstrb, wvalid, bready, araddr, arvalid, rready, s_tdata, s_tvalid, s_tlast, m_tready} = given;
        #2;
      end else begin
        #3;
      end
      clocks = clocks + 1;
      $bl_outputs(awready, wready, bvalid, bresp, arready, rvalid, rresp, rdata, s_tready, m_tdata, m_tvalid, m_tlast, irq);
      look = 1'b1;
      #1 clk = 1'b1;
      #5;
    end
  end
endmodule

`default_nettype wire
