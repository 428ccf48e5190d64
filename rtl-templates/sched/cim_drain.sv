// cim_drain: column accumulators -> outputs, one active column per clock (docs/isa.md section 2, "drain").
// Three stages: read a column; times lsb, minus low, times the slice's weight, summed over the slices of an output; into the accumulator memory.
// A drain of n columns that works from clock d has finished_o in clock d + n + 1.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_drain #(
  parameter int Adcs = 4,        // a power of two, 1..256
  parameter int AdcBits = 4,     // 1..12
  parameter int CellBits = 1,    // 1..2
  parameter int SelBits = 1,     // bits of a position
  parameter int AddrBits = 4,    // bits of an accumulator address
  parameter int ColBits = 10,    // bits of a column
  localparam int SumBits = AdcBits + 8
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      input_sm_i,
  input  logic [3:0]                weight_bits_i,  // 1..8
  input  logic                      weight_sm_i,
  input  logic                      start_i,        // works from the next clock
  input  logic [ColBits-1:0]        start_col_i,    // sampled with start_i
  input  logic [ColBits:0]          start_count_i,
  input  logic [AddrBits-1:0]       start_addr_i,
  input  logic [3:0]                start_slice_i,
  input  logic [ColBits-1:0]        col_stride_i,   // stable from the clock after start_i to finished_o
  input  logic [3:0]                slice0_i,
  input  logic [3:0]                nslice_i,
  input  logic [15:0]               lsb_i,
  input  logic signed [15:0]        low_i,
  output logic                      finished_o,
  output logic                      col_re_o,
  output logic [SelBits-1:0]        col_position_o,
  output logic [9:0]                col_lane_o,
  input  logic signed [SumBits-1:0] col_sum_i,      // in the clock after col_re_o
  output logic                      acc_re_o,       // one clock before acc_we_o, same address
  output logic [AddrBits-1:0]       acc_raddr_o,
  output logic                      acc_we_o,
  output logic [AddrBits-1:0]       acc_waddr_o,
  output logic [31:0]               partial_o
);
  localparam int LaneBits = $clog2(Adcs);

  // read a column
  logic                reading_q;
  logic [ColBits-1:0]  col_q;
  logic [ColBits-1:0]  left_q;     // columns after this one
  logic [3:0]          slice_q;
  logic [3:0]          member_q;   // of the group of nslice columns
  logic [AddrBits-1:0] addr_q;
  logic                group_end;
  logic                weighing_q, first_q, end_q, final_q;  // of the column in the next stage
  logic [3:0]          weigh_slice_q;
  logic [AddrBits-1:0] weigh_addr_q;

  assign group_end      = member_q == nslice_i - 4'd1;
  assign col_re_o       = reading_q;
  assign col_position_o = SelBits'(col_q >> LaneBits);
  assign col_lane_o     = 10'(col_q) & 10'(Adcs - 1);

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      reading_q <= 1'b0;
    else if (start_i)
      reading_q <= 1'b1;
    else if (reading_q)
      reading_q <= left_q != '0;

  // where it reads, and what the next stage has to know of it: data without reset, loaded at the start
  always_ff @(posedge clk_i) begin
    if (reading_q) begin
      first_q       <= member_q == 4'd0;
      end_q         <= group_end;
      final_q       <= left_q == '0;
      weigh_slice_q <= slice_q;
      weigh_addr_q  <= addr_q;
      col_q         <= col_q + col_stride_i;
      left_q        <= left_q - ColBits'(1);
      slice_q       <= group_end ? slice0_i : slice_q + 4'd1;
      member_q      <= group_end ? 4'd0 : member_q + 4'd1;
      if (group_end) addr_q <= addr_q + AddrBits'(1);
    end
    if (start_i) begin
      col_q    <= start_col_i;
      left_q   <= ColBits'(start_count_i - (ColBits+1)'(1));
      slice_q  <= start_slice_i;
      member_q <= '0;
      addr_q   <= start_addr_i;
    end
  end

  // weigh it: lsb in digits -1 (as 3), 0, 1, 2 to the base 4, lowest first, and the carry out of them
  logic [16:0] digits_q;

  function automatic logic [16:0] digits(input logic [15:0] value);
    logic carry;
    carry = 1'b0;
    for (int i = 0; i < 16; i += 2) begin
      digits[i +: 2] = value[i +: 2] + {1'b0, carry};
      carry = value[i+1] && (value[i] || carry);
    end
    digits[16] = carry;
  endfunction

  always_ff @(posedge clk_i)
    if (reading_q) digits_q <= digits(lsb_i);

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      weighing_q <= 1'b0;
    else
      weighing_q <= reading_q;

  // a row of the product for each digit, of one gate for each bit
  function automatic logic signed [SumBits+15:0] product(input logic [SumBits-1:0] sum, input logic [16:0] lsb);
    logic [SumBits+1:0] high, once, row;  // what is known of the product down to the digit's weight; sum; digit * sum, but for the one that -1 lacks
    logic [15:0]        low;              // bits below that weight, from the top
    logic               minus, unused_one;
    high = '0;
    low  = '0;
    once = {{2{sum[SumBits-1]}}, sum};
    for (int i = 0; i < 8; i++) begin
      minus = 2'(lsb >> (2 * i)) == 2'd3;
      row   = minus ? ~once : 1'(lsb >> (2 * i + 1)) ? once << 1 : 1'(lsb >> (2 * i)) ? once : '0;
      {high, unused_one} = {high, 1'b1} + {row, minus};  // carries in minus
      low   = {high[1:0], low[15:2]};
      high  = {{2{high[SumBits+1]}}, high[SumBits+1:2]};
    end
    high    = high + (lsb[16] ? once : '0);
    product = $signed({high[SumBits-1:0], low});
  endfunction

  // numerics.md section 1: digits of CellBits, then the sign cell (tc) or the same digits of the negative weights (sm)
  // the weights of the planes sum to -1 (tc) or 0 (sm)
  function automatic logic [31:0] added(input logic [31:0] so_far, input logic [SumBits-1:0] sum, input logic [16:0] lsb, input logic [3:0] slice);
    logic        negative, unused_one;
    logic [3:0]  magnitudes, sections, section;
    logic [2:0]  shift;  // at most 7
    logic [31:0] value;
    magnitudes = weight_sm_i && weight_bits_i == 4'd1 ? 4'd1 : weight_bits_i - 4'd1;
    sections = CellBits == 1 ? magnitudes : (magnitudes + 4'd1) >> 1;
    negative = slice >= sections;
    section  = negative ? slice - sections : slice;
    shift    = negative && !weight_sm_i ? 3'(magnitudes) : 3'(section * 4'(CellBits));
    value    = 32'(product(sum, lsb)) - (input_sm_i ? 32'd0 : 32'(low_i));
    value    = value << shift;
    {added, unused_one} = {so_far, negative} + {negative ? ~value : value, negative};
  endfunction

  assign acc_re_o    = weighing_q && end_q;
  assign acc_raddr_o = weigh_addr_q;

  // add up the slices of one output
  logic                write_q, write_final_q;
  logic [AddrBits-1:0] write_addr_q;
  logic [31:0]         partial_q;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      write_q       <= 1'b0;
      write_final_q <= 1'b0;
    end else begin
      write_q       <= acc_re_o;
      write_final_q <= weighing_q && final_q;
    end

  always_ff @(posedge clk_i)
    if (weighing_q) begin
      write_addr_q <= weigh_addr_q;
      partial_q    <= added(first_q ? 32'd0 : partial_q, col_sum_i, digits_q, weigh_slice_q);
    end

  assign acc_we_o    = write_q;
  assign acc_waddr_o = write_addr_q;
  assign partial_o   = partial_q;
  assign finished_o  = write_final_q;
endmodule

`default_nettype wire
