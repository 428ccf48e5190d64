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
  input  logic [15:0] mul_i,         // M, unsigned
  input  logic [5:0]  shift_i,       // s, 1..47
  output logic [31:0] acc_o,         // signed, beside its q
  output logic [7:0]  q_o            // signed
);
  logic               valid_q;
  logic signed [47:0] prod_q;        // |acc*M| < 2^47
  logic [5:0]         drop_q;        // s - 1
  logic [31:0]        acc1_q, acc2_q;
  logic [7:0]         q_q;

  // qmax = max(1, 2^(B-1) - 1); one-bit tc has no plus one (section 1)
  function automatic logic [7:0] clamp(input logic signed [47:0] value, input logic [3:0] bits, input logic sm);
    logic signed [47:0] qmax, qhi;
    qmax = bits <= 4'd2 ? 48'sd1 : (48'sd1 <<< (bits - 4'd1)) - 48'sd1;
    qhi  = bits == 4'd1 && !sm ? 48'sd0 : qmax;
    clamp = value > qhi ? qhi[7:0] : value < -qmax ? 8'(-qmax) : value[7:0];
  endfunction

  function automatic logic signed [47:0] half_up(input logic signed [47:0] half);
    half_up = (half >>> 1) + $signed({47'd0, half[0]});
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
        prod_q <= $signed({{16{acc_i[31]}}, acc_i}) * $signed({32'd0, mul_i});
        drop_q <= shift_i - 6'd1;
        acc1_q <= acc_i;
      end
      if (valid_q) begin
        acc2_q <= acc1_q;
        q_q    <= clamp(half_up(prod_q >>> drop_q), input_bits_i, input_sm_i);
      end
    end
  end
endmodule

`default_nettype wire
