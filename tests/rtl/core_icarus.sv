// The core in a four-state simulator: no unknown value may reach an output that is read. A short program through the ports:
// PARAM, LOAD, XIN, ACT, OUT, END on an 8 x 8 array, all cells 1, inputs 1..8, one-bit cells used as plain unsigned weights (slice 0 of tc).
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module core_icarus #(
  parameter int Tiles = 1,       // the program uses tile 0
  parameter int SampleHold = 1,
  parameter int Kind = 0,
  parameter int FlashBits = 1,
  parameter int Immersed = 0,
  parameter int Network = 0,
  parameter int Decisions = 4,   // of a conversion of 4 bits
  parameter int Serving = 0      // SERVE_CLOCKS
);
  logic        clk = 1'b0, rst_n = 1'b0;
  logic [21:0] awaddr = '0, araddr = '0;
  logic        awvalid = 1'b0, wvalid = 1'b0, arvalid = 1'b0;
  logic [31:0] wdata = '0, rdata;
  logic        awready, wready, bvalid, arready, rvalid, tready, m_valid, m_last, irq;
  logic [1:0]  bresp, rresp;
  logic [63:0] tdata = '0, m_data;
  logic        tvalid = 1'b0;
  integer      beats = 0, bad = 0, word;

  cim_core #(.Rows(8), .Cols(8), .Tiles(Tiles), .Adcs(8), .AdcBits(4), .SampleHold(SampleHold), .Kind(Kind), .FlashBits(FlashBits), .Immersed(Immersed), .Network(Network), .ProgDepth(16), .ActDepth(32), .AccDepth(16), .ChDepth(8)) dut (
    .clk_i(clk), .rst_ni(rst_n),
    .s_axi_awaddr_i(awaddr), .s_axi_awvalid_i(awvalid), .s_axi_awready_o(awready), .s_axi_wdata_i(wdata), .s_axi_wstrb_i(4'hf), .s_axi_wvalid_i(wvalid), .s_axi_wready_o(wready),
    .s_axi_bresp_o(bresp), .s_axi_bvalid_o(bvalid), .s_axi_bready_i(1'b1), .s_axi_araddr_i(araddr), .s_axi_arvalid_i(arvalid), .s_axi_arready_o(arready),
    .s_axi_rdata_o(rdata), .s_axi_rresp_o(rresp), .s_axi_rvalid_o(rvalid), .s_axi_rready_i(1'b1),
    .s_axis_tdata_i(tdata), .s_axis_tvalid_i(tvalid), .s_axis_tready_o(tready), .s_axis_tlast_i(1'b0),
    .m_axis_tdata_o(m_data), .m_axis_tvalid_o(m_valid), .m_axis_tready_i(1'b1), .m_axis_tlast_o(m_last), .irq_o(irq));

  cim_watch watch (
    .clk_i(clk), .rst_ni(rst_n),
    .s_axi_awaddr_i(awaddr), .s_axi_awvalid_i(awvalid), .s_axi_awready_o(awready), .s_axi_wdata_i(wdata), .s_axi_wstrb_i(4'hf), .s_axi_wvalid_i(wvalid), .s_axi_wready_o(wready),
    .s_axi_bresp_o(bresp), .s_axi_bvalid_o(bvalid), .s_axi_bready_i(1'b1), .s_axi_araddr_i(araddr), .s_axi_arvalid_i(arvalid), .s_axi_arready_o(arready),
    .s_axi_rdata_o(rdata), .s_axi_rresp_o(rresp), .s_axi_rvalid_o(rvalid), .s_axi_rready_i(1'b1),
    .s_axis_tdata_i(tdata), .s_axis_tvalid_i(tvalid), .s_axis_tready_o(tready), .s_axis_tlast_i(1'b0),
    .m_axis_tdata_o(m_data), .m_axis_tvalid_o(m_valid), .m_axis_tready_i(1'b1), .m_axis_tlast_o(m_last));

  always #5 clk = ~clk;

  task automatic put(input [21:0] a, input [31:0] d);
    begin
      @(negedge clk); awaddr = a; awvalid = 1'b1; wdata = d; wvalid = 1'b1;
      @(negedge clk); awvalid = 1'b0; wvalid = 1'b0;
      while (bvalid !== 1'b1) @(negedge clk);
      if (bresp !== 2'b00) begin bad = bad + 1; $display("FAIL core_icarus: write of %h answers %b", a, bresp); end
    end
  endtask
  task automatic instr(input integer i, input [31:0] w0, w1, w2, w3, w4, w5, w6, w7);
    begin
      put(22'h10000 + 32*i, w0); put(22'h10004 + 32*i, w1); put(22'h10008 + 32*i, w2); put(22'h1000c + 32*i, w3);
      put(22'h10010 + 32*i, w4); put(22'h10014 + 32*i, w5); put(22'h10018 + 32*i, w6); put(22'h1001c + 32*i, w7);
    end
  endtask
  task automatic send(input [63:0] d);
    begin
      @(negedge clk); tdata = d; tvalid = 1'b1;
      @(posedge clk);
      while (tready !== 1'b1) @(posedge clk);
      @(negedge clk); tvalid = 1'b0;
    end
  endtask
  task automatic get(input [21:0] a, input [31:0] expected);
    begin
      @(negedge clk); araddr = a; arvalid = 1'b1;
      @(negedge clk); arvalid = 1'b0;
      while (rvalid !== 1'b1) @(negedge clk);
      if (rdata !== expected || rresp !== 2'b00) begin bad = bad + 1; $display("FAIL core_icarus: register %h is %h, expected %h", a, rdata, expected); end
    end
  endtask

  // 36 = 1 + ... + 8 in each of two outputs of one slice; q = (36 * 1 + 1) div 2 = 18
  always @(posedge clk) if (rst_n && m_valid !== 1'b0) begin
    beats = beats + 1;
    if (m_valid !== 1'b1 || m_data !== 64'h0000_0012_0000_0024 || m_last !== (beats == 2)) begin
      bad = bad + 1;
      $display("FAIL core_icarus: beat %0d is %h last %b", beats, m_data, m_last);
    end
  end

  initial begin
    repeat (3) @(negedge clk);
    rst_n = 1'b1;
    get(22'h0, 32'h434D4931);
    instr(0, 32'h0000_0005, 32'd0, 0, 0, 0, 32'h0002_0000, 0, 0);                                    // PARAM 2 channels
    instr(1, 32'h0101_0006, 32'h0080_0400, 0, 0, 0, 0, 0, 0);                                        // LOAD 8 rows
    instr(2, 32'h0000_0007, 0, 0, 32'h0008_0003, 32'h0001_0001, 32'h0008_0000, 0, 0);                // XIN 8 at 3
    instr(3, 32'h0101_0008, 32'h0080_0400, 32'h0020_0c01, 32'h0008_0003, 32'h0001_0001, 32'd5, 32'h0000_1004, 0); // ACT columns 1, 4
    instr(4, 32'h0101_0069, 0, 0, 32'h0008_0000, 32'h0001_0001, 32'h0002_0005, 0, 0);                // OUT 2 words from 5, TLAST
    instr(5, 32'h0000_0001, 0, 0, 0, 0, 0, 0, 0);
    put(22'h40, 32'd3);
    send(64'h0001_0001); send(64'h0001_0001);
    for (word = 0; word < 8; word = word + 1) send(64'hff);
    send(64'h0807060504030201);
    word = 0;
    while (irq !== 1'b1 && word < 2000) begin @(negedge clk); word = word + 1; end
    get(22'h48, 32'd2);
    get(22'h90, 32'd8);
    get(22'h98, 32'd16);
    get(22'ha0, 16 * Decisions);
    get(22'hc0, Serving);
    if (beats != 2) begin bad = bad + 1; $display("FAIL core_icarus: %0d beats", beats); end
    if (bad == 0) $display("ok core_icarus");
    $finish;
  end
endmodule
`default_nettype wire
