// cim_col_mux: which columns the converters serve next. One round = one position (column div Adcs) and a mask of lanes (column mod Adcs).
// The lanes of a round are the multiples of the stride, shifted to its first active column; positions without an active column cost nothing.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_col_mux #(
  parameter int Adcs = 4,        // a power of two, 1..256
  parameter int SelBits = 1,     // bits of a position
  parameter int ColBits = 10     // bits of a column
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               prepare_i,     // once per activation, at least two clocks before its first take_i
  input  logic [ColBits-1:0] col_start_i,   // the activation on the word lines: stable from prepare_i to its last take_i
  input  logic [ColBits-1:0] col_stride_i,
  input  logic [ColBits:0]   col_count_i,
  input  logic               take_i,        // first round in the next clock
  input  logic               sample_i,      // first clock of a round
  input  logic               advance_i,     // last clock of a round that is not the last
  output logic [SelBits-1:0] sel_o,
  output logic [Adcs-1:0]    lane_en_o,
  output logic [8:0]         lanes_o,       // how many, from the clock after sample_i
  output logic               more_o         // another round follows this one
);
  localparam int LaneBits = $clog2(Adcs);

  logic [Adcs-1:0] pattern_q, pattern_c_q;  // multiples of the stride below Adcs: of the word lines, of the converters
  logic [ColBits-1:0] last_q, last_c_q;     // last active column
  logic [ColBits-1:0] stride_c_q;
  logic [ColBits-1:0] col_q;                // first active column of the round
  logic [ColBits-1:0] next_col;

  // doubling: the multiples below 2^(i+1) strides are those below 2^i strides and the same 2^i strides further
  function automatic logic [Adcs-1:0] multiples(input logic [ColBits-1:0] stride);
    logic [Adcs-1:0] set;
    set = Adcs'(1);
    for (int i = 0; i < LaneBits; i++)
      if ((32'(stride) << i) < Adcs)
        set = set | (set << (32'(stride) << i));
    multiples = set;
  endfunction

  function automatic logic [ColBits-1:0] lane(input logic [ColBits-1:0] col);
    lane = col & ColBits'(Adcs - 1);
  endfunction

  function automatic logic [ColBits-1:0] position(input logic [ColBits-1:0] col);
    position = col >> LaneBits;
  endfunction

  function automatic logic [Adcs-1:0] round_mask(input logic [Adcs-1:0] pattern, input logic [ColBits-1:0] first, input logic [ColBits-1:0] last);
    round_mask = (pattern << lane(first)) & (position(first) == position(last) ? {Adcs{1'b1}} >> (ColBits'(Adcs - 1) - lane(last)) : {Adcs{1'b1}});
  endfunction

  // worked out in the clock in which a round goes on to the next one
  always_comb begin
    next_col = '0;
    if (advance_i) next_col = col_q + ColBits'(16'(stride_c_q) * 16'(lanes_o));
  end

  assign sel_o    = SelBits'(col_q >> LaneBits);
  assign more_o   = |((col_q ^ last_c_q) >> LaneBits);

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      pattern_q <= '0;
      last_q    <= '0;
    end else if (prepare_i) begin
      pattern_q <= multiples(col_stride_i);
      last_q    <= col_start_i + ColBits'(col_count_i - (ColBits+1)'(1)) * col_stride_i;
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      pattern_c_q <= '0;
      last_c_q    <= '0;
      stride_c_q  <= '0;
    end else if (take_i) begin
      pattern_c_q <= pattern_q;
      last_c_q    <= last_q;
      stride_c_q  <= col_stride_i;
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      col_q     <= '0;
      lane_en_o <= '0;
    end else if (take_i) begin
      col_q     <= col_start_i;
      lane_en_o <= round_mask(pattern_q, col_start_i, last_q);
    end else if (advance_i) begin
      col_q     <= next_col;
      lane_en_o <= round_mask(pattern_c_q, next_col, last_c_q);
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      lanes_o <= '0;
    else if (sample_i)
      lanes_o <= 9'($countones(lane_en_o));
endmodule

`default_nettype wire
