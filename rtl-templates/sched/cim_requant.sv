// Requantiser (numerics.md section 6): q = clamp(floor((acc*M + 2^(s-1)) / 2^s), qlo, qhi), two clocks.
// floor((p + 2^(s-1)) / 2^s) = floor((floor(p / 2^(s-1)) + 1) / 2): one shifter and an increment instead of a wide rounding constant.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_requant (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [3:0]  input_bits_i,  // 1..8
  input  logic        input_sm_i,    // 0 tc, 1 sm
  input  logic        valid_i,
  input  logic [31:0] acc_i,         // signed
  input  logic [16:0] mul_i,         // M, unsigned: digits -1 (as 3), 0, 1, 2 to the base 4, lowest first, the ninth 0 or 1
  input  logic [5:0]  shift_i,       // s, 1..47
  output logic [31:0] acc_o,         // signed, beside its q
  output logic [7:0]  q_o            // signed
);
  logic               valid_q;
  logic [47:0]        prod_q;        // |acc*M| < 2^47
  logic [5:0]         drop_q;        // s - 1
  logic [31:0]        acc1_q, acc2_q;
  logic [7:0]         q_q;

  // M in the digits of cim_out_pipe: half the rows of a plain product, and a row is one gate for each bit.
  function automatic logic [47:0] product(input logic [31:0] a, input logic [16:0] digits);
    logic [33:0] high, once, row;  // what is known of the product down to the digit's weight; a; digit * a, but for the one that -1 lacks
    logic [15:0] low;              // bits below that weight, from the top
    logic        minus, unused_one;
    high = '0;
    low  = '0;
    once = {{2{a[31]}}, a};
    for (int i = 0; i < 8; i++) begin
      minus = 2'(digits >> (2 * i)) == 2'd3;
      row   = minus ? ~once : 1'(digits >> (2 * i + 1)) ? once << 1 : 1'(digits >> (2 * i)) ? once : '0;
      {high, unused_one} = {high, 1'b1} + {row, minus};  // carries in minus
      low   = {high[1:0], low[15:2]};
      high  = {{2{high[33]}}, high[33:2]};
    end
    high    = high + (digits[16] ? once : '0);
    product = {high[31:0], low};
  endfunction

  // floor(p / 2^drop), the high steps first. Nine bits of it are wanted below the sign: what a step leaves above them says only whether the value is beyond (bit 10).
  function automatic logic [10:0] drop_bits(input logic [47:0] p, input logic [5:0] drop);
    logic        sign, beyond;
    logic [39:0] by32;
    logic [23:0] by16;
    logic [15:0] by8;
    logic [11:0] by4;
    logic [9:0]  by2;
    sign   = p[47];
    by32   = drop[5] ? {{24{sign}}, p[47:32]} : p[39:0];
    by16   = drop[4] ? by32[39:16] : by32[23:0];
    by8    = drop[3] ? by16[23:8] : by16[15:0];
    by4    = drop[2] ? by8[15:4] : by8[11:0];
    by2    = drop[1] ? by4[11:2] : by4[9:0];
    beyond = (!drop[5] && p[47:40] != {8{sign}}) || (!drop[4] && by32[39:24] != {16{sign}}) || (!drop[3] && by16[23:16] != {8{sign}})
             || (!drop[2] && by8[15:12] != {4{sign}}) || (!drop[1] && by4[11:10] != {2{sign}}) || (!drop[0] && by2[9] != sign);
    drop_bits = {beyond, sign, drop[0] ? by2[9:1] : by2[8:0]};
  endfunction

  // qmax = max(1, 2^(B-1) - 1); one-bit tc has no plus one (section 1)
  function automatic logic [7:0] round_clamp(input logic [47:0] p, input logic [5:0] drop, input logic [3:0] bits, input logic sm);
    logic              beyond;
    logic signed [9:0] half, value, qmax, qhi;
    {beyond, half} = drop_bits(p, drop);
    value = (half >>> 1) + $signed({9'd0, half[0]});
    qmax  = bits <= 4'd2 ? 10'sd1 : $signed({3'd0, ~(7'h7f << (3'(bits) - 3'd1))});
    qhi   = bits == 4'd1 && !sm ? 10'sd0 : qmax;
    if (beyond ? !half[9] : value > qhi) round_clamp = qhi[7:0];
    else if (beyond || value < -qmax) round_clamp = 8'(-qmax);
    else round_clamp = value[7:0];
  endfunction

  assign acc_o = acc2_q;
  assign q_o   = q_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      prod_q  <= '0;
      drop_q  <= '0;
      acc1_q  <= '0;
      acc2_q  <= '0;
      q_q     <= '0;
    end else begin
      valid_q <= valid_i;
      if (valid_i) begin
        prod_q <= product(acc_i, mul_i);
        drop_q <= shift_i - 6'd1;
        acc1_q <= acc_i;
      end
      if (valid_q) begin
        acc2_q <= acc1_q;
        q_q    <= round_clamp(prod_q, drop_q, input_bits_i, input_sm_i);
      end
    end
  end
endmodule

`default_nettype wire
