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
  logic signed [47:0] acc_wide, mul_wide, half;
  logic signed [48:0] half_up;
  logic signed [47:0] rounded;
  logic signed [47:0] qmax, qhi, qlo;
  logic               unused_requant;

  assign acc_wide = $signed({{16{acc_i[31]}}, acc_i});
  assign mul_wide = $signed({32'd0, mul_i});

  // qmax = max(1, 2^(B-1) - 1); one-bit tc has no plus one (section 1)
  assign qmax = input_bits_i <= 4'd2 ? 48'sd1 : (48'sd1 <<< (input_bits_i - 4'd1)) - 48'sd1;
  assign qhi  = input_bits_i == 4'd1 && !input_sm_i ? 48'sd0 : qmax;
  assign qlo  = -qmax;

  assign half    = prod_q >>> drop_q;
  assign half_up = {half[47], half} + 49'sd1;
  assign rounded = half_up[48:1];
  assign unused_requant = half_up[0];

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
        prod_q <= acc_wide * mul_wide;
        drop_q <= shift_i - 6'd1;
        acc1_q <= acc_i;
      end
      if (valid_q) begin
        acc2_q <= acc1_q;
        if (rounded > qhi) q_q <= qhi[7:0];
        else if (rounded < qlo) q_q <= qlo[7:0];
        else q_q <= rounded[7:0];
      end
    end
  end
endmodule

`default_nettype wire
