// cosim/protocol.sv by itself: each rule broken once on each channel that has it, by directed stimuli in a legal exchange; then legal traffic with random gaps and
// back-pressure, in which nothing may be found. Prints ok / FAIL lines. +seed=N of the legal traffic.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_watch_report (
  input logic       clk_i,
  input logic [2:0] channel_i,
  input logic [3:0] rule_i
);
  always @(posedge clk_i) begin
    if (rule_i != 4'd0 && protocol_bench.rule == 4'd0) begin
      protocol_bench.channel = channel_i;
      protocol_bench.rule    = rule_i;
    end
  end
endmodule

module protocol_bench;
  logic       clk = 1'b0, rst_n = 1'b0;
  logic [2:0] channel = 3'd0;       // what was found first
  logic [3:0] rule = 4'd0;
  // channels 0..6: aw w b ar r s m
  logic [6:0]  valid = 7'd0, ready = 7'd0;
  logic [63:0] payload [0:6];
  logic        last_s = 1'b0, last_m = 1'b0;
  logic [1:0]  bresp = 2'b00, rresp = 2'b00;
  integer      c, i, failed = 0, seed, aw_n, w_n, ar_n;
  logic [6:0]  held;

  cim_watch #(.AddrBits(22)) dut (
    .clk_i(clk), .rst_ni(rst_n),
    .s_axi_awaddr_i(payload[0][21:0]), .s_axi_awvalid_i(valid[0]), .s_axi_awready_o(ready[0]),
    .s_axi_wdata_i(payload[1][31:0]), .s_axi_wstrb_i(payload[1][35:32]), .s_axi_wvalid_i(valid[1]), .s_axi_wready_o(ready[1]),
    .s_axi_bresp_o(bresp), .s_axi_bvalid_o(valid[2]), .s_axi_bready_i(ready[2]),
    .s_axi_araddr_i(payload[3][21:0]), .s_axi_arvalid_i(valid[3]), .s_axi_arready_o(ready[3]),
    .s_axi_rdata_o(payload[4][31:0]), .s_axi_rresp_o(rresp), .s_axi_rvalid_o(valid[4]), .s_axi_rready_i(ready[4]),
    .s_axis_tdata_i(payload[5]), .s_axis_tvalid_i(valid[5]), .s_axis_tready_o(ready[5]), .s_axis_tlast_i(last_s),
    .m_axis_tdata_o(payload[6]), .m_axis_tvalid_o(valid[6]), .m_axis_tready_i(ready[6]), .m_axis_tlast_o(last_m)
  );

  always #5 clk = ~clk;

  task automatic clear;
    begin
      valid = 7'd0; ready = 7'd0; bresp = 2'b00; rresp = 2'b00; last_s = 1'b0; last_m = 1'b0;
      for (i = 0; i < 7; i = i + 1) payload[i] = 64'd0;
    end
  endtask
  // fresh out of reset, nothing found
  task automatic begin_anew;
    begin
      @(negedge clk); clear; rst_n = 1'b0;
      repeat (3) @(negedge clk);
      rst_n = 1'b1;
      @(negedge clk);
      rule = 4'd0; channel = 3'd0;
    end
  endtask
  task automatic expect_rule(input [3:0] want, input [2:0] where);
    begin
      @(negedge clk);
      @(negedge clk);
      if (rule === want && channel === where) $display("ok - %0s: %0s", cim_watch_pkg::name_of(where), cim_watch_pkg::text_of(want));
      else begin
        failed = failed + 1;
        $display("FAIL - %0s: %0s: found %0d on channel %0d", cim_watch_pkg::name_of(where), cim_watch_pkg::text_of(want), rule, channel);
      end
    end
  endtask
  // a response may only come when its request has been taken
  task automatic requests(input integer of);
    begin
      if (of == 2) begin valid[1:0] = 2'b11; ready[1:0] = 2'b11; end
      if (of == 4) begin valid[3] = 1'b1; ready[3] = 1'b1; end
      if (of == 2 || of == 4) begin
        @(negedge clk); valid[1:0] = 2'b00; ready[1:0] = 2'b00; valid[3] = 1'b0; ready[3] = 1'b0;
      end
    end
  endtask
  // nothing was found up to here
  task automatic none(input integer where);
    if (rule !== 4'd0) begin
      failed = failed + 1;
      $display("FAIL - channel %0d: rule %0d of channel %0d found before any was broken", where, rule, channel);
    end
  endtask

  initial begin
    clear;
    for (c = 0; c < 7; c = c + 1) begin
      // 1: high in reset; high in the clock after it
      @(negedge clk); clear; rst_n = 1'b0; repeat (2) @(negedge clk); rule = 4'd0; valid[c] = 1'b1; expect_rule(4'd1, c[2:0]);
      begin_anew; rst_n = 1'b0; repeat (2) @(negedge clk); none(c); rst_n = 1'b1; valid[c] = 1'b1; expect_rule(4'd1, c[2:0]);
      // 2, 3: unknown
      begin_anew; none(c); valid[c] = 1'bx; expect_rule(4'd2, c[2:0]);
      begin_anew; none(c); ready[c] = 1'bz; expect_rule(4'd3, c[2:0]);
      // 4: unknown payload, one bit of it, while valid; not while it is low
      begin_anew; requests(c);
      payload[c][0] = 1'bx; if (c == 2) bresp[0] = 1'bx;
      @(negedge clk); none(c); valid[c] = 1'b1; expect_rule(4'd4, c[2:0]);
      // 5: withdrawn
      begin_anew; requests(c); valid[c] = 1'b1; @(negedge clk); @(negedge clk); none(c); valid[c] = 1'b0; expect_rule(4'd5, c[2:0]);
      // 6: payload
      begin_anew; requests(c); valid[c] = 1'b1; @(negedge clk); none(c);
      payload[c][0] = 1'b1; if (c == 2) bresp = 2'b10;
      expect_rule(4'd6, c[2:0]);
    end
    // 6, what goes beside the data
    begin_anew; valid[5] = 1'b1; @(negedge clk); last_s = 1'b1; expect_rule(4'd6, 3'd5);
    begin_anew; valid[6] = 1'b1; @(negedge clk); last_m = 1'b1; expect_rule(4'd6, 3'd6);
    begin_anew; requests(4); valid[4] = 1'b1; @(negedge clk); rresp = 2'b10; expect_rule(4'd6, 3'd4);
    begin_anew; valid[1] = 1'b1; @(negedge clk); payload[1][35] = 1'b1; expect_rule(4'd6, 3'd1);
    // 7: no request; half of one; a second response; a request in the same clock
    begin_anew; valid[2] = 1'b1; expect_rule(4'd7, 3'd2);
    begin_anew; valid[4] = 1'b1; expect_rule(4'd7, 3'd4);
    begin_anew; valid[0] = 1'b1; ready[0] = 1'b1; @(negedge clk); valid[0] = 1'b0; none(2); valid[2] = 1'b1; expect_rule(4'd7, 3'd2);
    begin_anew; valid[1] = 1'b1; ready[1] = 1'b1; @(negedge clk); valid[1] = 1'b0; none(2); valid[2] = 1'b1; expect_rule(4'd7, 3'd2);
    begin_anew; requests(2); valid[2] = 1'b1; ready[2] = 1'b1; @(negedge clk); none(2); expect_rule(4'd7, 3'd2);
    begin_anew; requests(4); valid[4] = 1'b1; ready[4] = 1'b1; @(negedge clk); none(4); expect_rule(4'd7, 3'd4);
    begin_anew; valid[3] = 1'b1; ready[3] = 1'b1; valid[4] = 1'b1; expect_rule(4'd7, 3'd4);
    // 8
    begin_anew; requests(2); none(2); bresp = 2'b01; valid[2] = 1'b1; expect_rule(4'd8, 3'd2);
    begin_anew; requests(4); none(4); rresp = 2'b01; valid[4] = 1'b1; expect_rule(4'd8, 3'd4);
    // 9: the third that is taken
    begin_anew; valid[0] = 1'b1; ready[0] = 1'b1; repeat (2) @(negedge clk); none(0); expect_rule(4'd9, 3'd0);
    begin_anew; valid[1] = 1'b1; ready[1] = 1'b1; repeat (2) @(negedge clk); none(1); expect_rule(4'd9, 3'd1);
    begin_anew; valid[3] = 1'b1; ready[3] = 1'b1; repeat (2) @(negedge clk); none(3); expect_rule(4'd9, 3'd3);
    // 10: silence after a request, before one; patience is 256
    begin_anew; requests(2); repeat (255) @(negedge clk); none(2); expect_rule(4'd10, 3'd2);
    begin_anew; requests(4); repeat (255) @(negedge clk); none(4); expect_rule(4'd10, 3'd4);
    begin_anew; valid[0] = 1'b1; repeat (255) @(negedge clk); none(2); expect_rule(4'd10, 3'd2);
    begin_anew; valid[1] = 1'b1; repeat (255) @(negedge clk); none(2); expect_rule(4'd10, 3'd2);
    begin_anew; valid[3] = 1'b1; repeat (255) @(negedge clk); none(4); expect_rule(4'd10, 3'd4);
    // a host that lets a response wait for ever, and one that never sends the data of its address, break nothing
    begin_anew; requests(2); valid[2] = 1'b1; repeat (600) @(negedge clk); none(2);
    begin_anew; valid[0] = 1'b1; ready[0] = 1'b1; @(negedge clk); valid[0] = 1'b0; repeat (600) @(negedge clk); none(0);

    // legal traffic
    if (!$value$plusargs("seed=%d", seed)) seed = 1;
    $display("# seed %0d", seed);
    begin_anew;
    aw_n = 0; w_n = 0; ar_n = 0;
    for (i = 0; i < 20000; i = i + 1) begin
      held = valid & ~ready;
      if (valid[0] && ready[0]) aw_n = aw_n + 1;
      if (valid[1] && ready[1]) w_n = w_n + 1;
      if (valid[3] && ready[3]) ar_n = ar_n + 1;
      if (valid[2] && ready[2]) begin aw_n = aw_n - 1; w_n = w_n - 1; end
      if (valid[4] && ready[4]) ar_n = ar_n - 1;
      for (c = 0; c < 7; c = c + 1) if (!held[c]) begin
        valid[c] = $random(seed);
        if (c == 2 && (aw_n == 0 || w_n == 0)) valid[c] = 1'b0;
        if (c == 4 && ar_n == 0) valid[c] = 1'b0;
        payload[c] = {$random(seed), $random(seed)};
        if (c == 2) bresp = $random(seed) & 2'b10;
        if (c == 4) rresp = $random(seed) & 2'b10;
        if (c == 5) last_s = $random(seed);
        if (c == 6) last_m = $random(seed);
      end
      ready = $random(seed);
      ready[0] = ready[0] && aw_n < 2;
      ready[1] = ready[1] && w_n < 2;
      ready[3] = ready[3] && ar_n < 2;
      @(negedge clk);
    end
    if (rule === 4'd0) $display("ok - 20000 clocks of legal traffic");
    else begin failed = failed + 1; $display("FAIL - legal traffic: rule %0d of channel %0d", rule, channel); end
    $finish;
  end
endmodule

`default_nettype wire
