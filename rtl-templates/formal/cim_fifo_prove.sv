// cim_fifo_prove: cim_fifo with any writer and any reader. Which beat is followed is any: the watched one is written at any time, and everything else is other data.
// Proven: beats come out in the order they went in, none lost, none twice; count, full and empty; valid holds until ready and data stands still meanwhile;
// ready never depends on valid nor the other way round (they come from registers); upset never rises.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_fifo_prove #(
  parameter int Width = 4,
  parameter int Depth = 2
) (
  input logic             clk_i,
  input logic             valid_i,
  input logic             ready_i,
  input logic [Width-1:0] data_i,
  input logic             watch_i    // this beat is the watched one
);
  localparam int CountBits = $clog2(Depth) + 1;
  logic                 running_q, rst_nq;  // reset in the first clock
  logic                 ready, valid, upset, put, get, stalled_q, inside_q, gone_q;
  logic [Width-1:0]     data, held_q, watched_q;
  logic [CountBits-1:0] count, count_q, ahead_q;  // ahead_q: beats that leave before the watched one

  cim_fifo #(.Width(Width), .Depth(Depth)) u_fifo (
    .clk_i(clk_i), .rst_ni(rst_nq), .valid_i(valid_i && running_q), .ready_o(ready), .data_i(data_i), .valid_o(valid), .ready_i(ready_i && running_q),
    .data_o(data), .count_o(count), .upset_o(upset)
  );


  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    stalled_q = 1'b0;
    inside_q  = 1'b0;
    gone_q    = 1'b0;
    count_q   = '0;
    ahead_q   = '0;
  end

  assign put = running_q && valid_i && ready;
  assign get = running_q && ready_i && valid;

  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    stalled_q <= running_q && valid && !ready_i;
    held_q    <= data;
    count_q   <= count_q + CountBits'(put) - CountBits'(get);
    if (put && watch_i && !inside_q && !gone_q) begin
      inside_q  <= 1'b1;
      watched_q <= data_i;
      ahead_q   <= count_q - CountBits'(get);
    end else if (get && inside_q) begin
      if (ahead_q == '0) begin
        inside_q <= 1'b0;
        gone_q   <= 1'b1;
      end else ahead_q <= ahead_q - CountBits'(1);
    end
  end

  always @(*)
    if (running_q) begin
      not_upset: assert(!upset);
      counted: assert(count == count_q && 32'(count_q) <= Depth);
      ready_when: assert(ready == (32'(count_q) != Depth));
      valid_when: assert(valid == (count_q != '0));
      if (stalled_q) valid_holds: assert(valid && data == held_q);
      if (inside_q) is_inside: assert(ahead_q < count_q);
      if (inside_q && ahead_q == '0) in_order: assert(valid && data == watched_q);
      c_full: cover(!ready);
      c_empty_again: cover(gone_q && !valid);
      c_both: cover(put && get && 32'(count_q) == Depth - 1);
    end
endmodule

`default_nettype wire
