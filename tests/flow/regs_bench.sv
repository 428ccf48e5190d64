// Carries out accesses on the AXI4-Lite side of an emitted top just out of reset: lines `r ADDRESS` or `w ADDRESS DATA` of the file +accesses,
// hexadecimal; prints `r ADDRESS DATA RESP` or `w ADDRESS DATA RESP`. Four states: a register without a reset value shows as x.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module regs_bench;
  logic        clk = 1'b0, rst_n = 1'b0;
  logic [21:0] addr = '0;
  logic [31:0] wdata = '0, rdata;
  logic        awvalid = 1'b0, wvalid = 1'b0, arvalid = 1'b0;
  logic        awready, wready, bvalid, arready, rvalid, irq;
  logic [1:0]  bresp, rresp;
  logic        s_ready, m_valid, m_last;
  logic [63:0] m_data;
  string       path, kind;
  int          file, n, clocks = 0;
  reg [31:0]   a, d;

  always #5 clk = ~clk;

  `TOP u_top (
    .clk_i(clk), .rst_ni(rst_n),
    .s_axi_awaddr_i(addr), .s_axi_awvalid_i(awvalid), .s_axi_awready_o(awready), .s_axi_wdata_i(wdata), .s_axi_wstrb_i(4'hf),
    .s_axi_wvalid_i(wvalid), .s_axi_wready_o(wready), .s_axi_bresp_o(bresp), .s_axi_bvalid_o(bvalid), .s_axi_bready_i(1'b1),
    .s_axi_araddr_i(addr), .s_axi_arvalid_i(arvalid), .s_axi_arready_o(arready), .s_axi_rdata_o(rdata), .s_axi_rresp_o(rresp),
    .s_axi_rvalid_o(rvalid), .s_axi_rready_i(1'b1),
    .s_axis_tdata_i(64'd0), .s_axis_tvalid_i(1'b0), .s_axis_tready_o(s_ready), .s_axis_tlast_i(1'b0),
    .m_axis_tdata_o(m_data), .m_axis_tvalid_o(m_valid), .m_axis_tready_i(1'b1), .m_axis_tlast_o(m_last), .irq_o(irq)
  );

  task watch;
    begin
      clocks = clocks + 1;
      if (clocks > 1000000) begin
        $display("no answer");
        $finish;
      end
    end
  endtask

  initial begin
    if (!$value$plusargs("accesses=%s", path)) $display("no +accesses");
    file = $fopen(path, "r");
    repeat (3) @(negedge clk);
    rst_n = 1'b1;
    @(negedge clk);
    while ($fscanf(file, "%s %h", kind, a) == 2) begin
      addr = a[21:0];
      if (kind == "w") begin
        n = $fscanf(file, "%h", d);
        wdata   = d;
        awvalid = 1'b1;
        wvalid  = 1'b1;
        @(negedge clk);
        awvalid = 1'b0;
        wvalid  = 1'b0;
        while (bvalid !== 1'b1) begin @(negedge clk); watch; end
        $display("w %h %h %0d", addr, d, bresp);
      end else begin
        arvalid = 1'b1;
        @(negedge clk);
        arvalid = 1'b0;
        while (rvalid !== 1'b1) begin @(negedge clk); watch; end
        $display("r %h %h %0d", addr, rdata, rresp);
      end
      @(negedge clk);
    end
    $finish;
  end
endmodule

`default_nettype wire
