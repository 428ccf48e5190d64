// cim_index_regs_prove: cim_index_regs with any writes and reads (not both in a clock). One register is followed, any but r0, on any port.
// Proven: zero after a start, then what was written last; r0 reads zero whatever is written to it; what was read stands still until the next read.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_index_regs_prove (
  input logic        clk_i,
  input logic        clear_i,
  input logic        we_i,
  input logic [3:0]  waddr_i,
  input logic [15:0] wdata_i,
  input logic        re_i,
  input logic [19:0] raddr_i,
  input logic [3:0]  watch_i    // taken in reset: the register that is followed
);
  logic        running_q, rst_nq, re, read_q;   // reset in the first clock
  logic [3:0]  watch_q;
  logic [15:0] value_q;
  logic [4:0]  hit_q, right;
  logic [79:0] rdata, want_q;

  assign re = running_q && re_i && !we_i;
  cim_index_regs u_regs (
    .clk_i(clk_i), .rst_ni(rst_nq), .clear_i(clear_i && !we_i), .we_i(we_i && running_q), .waddr_i(waddr_i), .wdata_i(wdata_i), .re_i(re), .raddr_i(raddr_i),
    .rdata_o(rdata)
  );

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    value_q   = 16'd0;
    read_q    = 1'b0;
    hit_q     = 5'd0;
  end
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (!running_q) watch_q <= watch_i;
    if (clear_i && !we_i) value_q <= 16'd0;
    else if (we_i && running_q && waddr_i == watch_q && watch_q != 4'd0) value_q <= wdata_i;
    if (re) begin
      read_q <= 1'b1;
      for (int k = 0; k < 5; k++) hit_q[k] <= raddr_i[4*k +: 4] == watch_q;
      want_q <= {5{value_q}};
    end
  end
  for (genvar k = 0; k < 5; k++) begin : g_port
    assign right[k] = !hit_q[k] || rdata[16*k +: 16] == want_q[16*k +: 16];
  end

  always @(*)
    if (running_q) begin
      if (read_q) reads: assert(right == 5'h1f);
      c_value: cover(read_q && hit_q[4] && rdata[79:64] == 16'hffff);
      c_zero: cover(read_q && hit_q[0] && watch_q == 4'd0);
    end
endmodule

`default_nettype wire
