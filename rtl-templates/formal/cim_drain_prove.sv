// cim_drain_prove: cim_drain of one start after another (the next when the one before has finished, or in that clock).
// Proven: a drain of n columns reads n columns in n clocks, the watched one where isa.md section 2 puts it, and has finished_o in clock d + n + 1, once; an
// output is read and written once for every nslice columns, at ascending addresses; nothing moves without a start.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_drain_prove #(
  parameter int ColBits = 4,
  parameter int AddrBits = 3
) (
  input logic                clk_i,
  input logic                start_i,
  input logic [ColBits-1:0]  col_i,
  input logic [ColBits:0]    count_i,   // 1..2^ColBits
  input logic [ColBits-1:0]  stride_i,
  input logic [AddrBits-1:0] addr_i,
  input logic [3:0]          nslice_i,
  input logic [11:0]         sum_i
);
  logic                running_q, rst_nq, finished, col_re, acc_re, acc_we, start;  // reset in the first clock
  logic [1:0]          position;
  logic [9:0]          lane;
  logic [AddrBits-1:0] raddr, waddr, addr_q, out_q;
  logic [31:0]         partial;
  logic [ColBits-1:0]  col_q, stride_q;
  logic [ColBits:0]    left_q;
  logic [3:0]          nslice_q, member_q;
  logic                working_q, end_q, ended_q, final_q, finals_q;

  cim_drain #(.Adcs(4), .AdcBits(4), .SelBits(2), .AddrBits(AddrBits), .ColBits(ColBits)) u_drain (
    .clk_i(clk_i), .rst_ni(rst_nq), .input_sm_i(1'b0), .weight_bits_i(4'd4), .weight_sm_i(1'b0), .start_i(start), .start_col_i(col_i), .start_count_i(count),
    .start_addr_i(addr_i), .start_slice_i(4'd0), .col_stride_i(stride_q), .slice0_i(4'd0), .nslice_i(nslice_q), .lsb_i(16'd1), .low_i(16'sd0),
    .finished_o(finished), .col_re_o(col_re), .col_position_o(position), .col_lane_o(lane), .col_sum_i(sum_i), .acc_re_o(acc_re), .acc_raddr_o(raddr),
    .acc_we_o(acc_we), .acc_waddr_o(waddr), .partial_o(partial)
  );
  logic [ColBits:0] count;
  assign count = count_i == '0 || count_i[ColBits] ? (ColBits+1)'(1) : count_i;
  logic unused_prove;
  assign unused_prove = ^partial;

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    {working_q, end_q, ended_q, final_q, finals_q, busy_q} = 6'd0;
  end
  logic busy_q;   // from a start to its finish
  assign start = running_q && start_i && (!busy_q || finished);
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    busy_q    <= start || (busy_q && !finished);
    working_q <= start || (working_q && left_q != (ColBits+1)'(1));
    end_q     <= working_q && member_q + 4'd1 == nslice_q;
    ended_q   <= end_q;
    final_q   <= working_q && left_q == (ColBits+1)'(1);
    finals_q  <= final_q;
    if (start) begin
      {col_q, stride_q, out_q} <= {col_i, stride_i, addr_i};
      nslice_q <= nslice_i == 4'd0 ? 4'd1 : nslice_i;
      left_q   <= count;
      member_q <= 4'd0;
    end else if (working_q) begin
      col_q    <= col_q + stride_q;
      left_q   <= left_q - (ColBits+1)'(1);
      member_q <= member_q + 4'd1 == nslice_q ? 4'd0 : member_q + 4'd1;
      if (member_q + 4'd1 == nslice_q) out_q <= out_q + AddrBits'(1);
    end
    if (working_q) addr_q <= out_q;
    addr1_q <= addr_q;
  end
  logic [AddrBits-1:0] addr1_q;

  always @(*)
    if (running_q) begin
      reads: assert(col_re == working_q);
      if (col_re) column: assert({position, lane[1:0]} == 4'(col_q) && lane[9:2] == 8'd0);
      out_read: assert(acc_re == end_q);
      if (acc_re) read_place: assert(raddr == addr_q);
      out_write: assert(acc_we == ended_q);
      if (acc_we) write_place: assert(waddr == addr1_q);
      finishes: assert(finished == finals_q);
      if (!busy_q) still: assert(!col_re && !acc_re && !acc_we && !finished);
      c_long: cover(finished && start && nslice_q == 4'd3);
    end
endmodule

`default_nettype wire
