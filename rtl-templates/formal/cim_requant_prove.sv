// cim_requant_prove: cim_requant against q = clamp(floor((acc * M + 2^(s-1)) / 2^s), qlo, qhi) (docs/numerics.md section 6), M below 2^MulBits and
// acc of AccBits bits, everything else any. The digits of M are made as cim_out_pipe makes them.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off UNUSEDSIGNAL

module cim_requant_prove #(
  parameter int AccBits = 32,
  parameter int MulBits = 2
) (
  input logic               clk_i,
  input logic               valid_i,
  input logic [AccBits-1:0] acc_i,
  input logic [MulBits-1:0] mul_i,
  input logic [5:0]         shift_i,
  input logic [3:0]         bits_i,  // taken in reset, as the next
  input logic               sm_i
);
  logic        running_q, rst_nq, first_q, second_q, sm_q;   // reset in the first clock
  logic [3:0]  bits_q;
  logic [16:0] digits;
  logic [31:0] acc, acc_out, acc1_q, acc2_q;
  logic [7:0]  q;
  logic [5:0]  shift, shift1_q;
  logic signed [49:0] product_q, rounded;
  logic signed [49:0] qmax, qhi, wanted;
  logic [7:0]  wanted_q;

  assign acc   = {{(33-AccBits){acc_i[AccBits-1]}}, acc_i[AccBits-2:0]};
  assign shift = shift_i == 6'd0 || shift_i > 6'd47 ? 6'd47 : shift_i;
  always_comb begin : p_digits
    logic carry;
    logic [15:0] m;
    m     = 16'(mul_i);
    carry = 1'b0;
    for (int i = 0; i < 16; i += 2) begin
      digits[i +: 2] = m[i +: 2] + {1'b0, carry};
      carry = m[i+1] && (m[i] || carry);
    end
    digits[16] = carry;
  end

  cim_requant u_requant (
    .clk_i(clk_i), .rst_ni(rst_nq), .input_bits_i(bits_q), .input_sm_i(sm_q), .valid_i(valid_i && running_q), .acc_i(acc), .mul_i(digits), .shift_i(shift),
    .acc_o(acc_out), .q_o(q)
  );

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    first_q   = 1'b0;
    second_q  = 1'b0;
  end
  assign rounded = (product_q + (50'sd1 <<< (shift1_q - 6'd1))) >>> shift1_q;
  assign qmax    = bits_q <= 4'd2 ? 50'sd1 : (50'sd1 <<< (bits_q - 4'd1)) - 50'sd1;
  assign qhi     = bits_q == 4'd1 && !sm_q ? 50'sd0 : qmax;
  assign wanted  = rounded > qhi ? qhi : rounded < -qmax ? -qmax : rounded;
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (!running_q) {sm_q, bits_q} <= {sm_i, bits_i == 4'd0 || bits_i > 4'd8 ? 4'd8 : bits_i};
    first_q  <= valid_i && running_q;
    second_q <= first_q;
    product_q <= $signed({{18{acc[31]}}, acc}) * $signed({34'd0, 16'(mul_i)});
    shift1_q  <= shift;
    acc1_q    <= acc;
    acc2_q    <= acc1_q;
    wanted_q  <= wanted[7:0];
  end

  always @(*)
    if (running_q) begin
      if (second_q) q_is: assert(q == wanted_q);
      if (second_q) acc_is: assert(acc_out == acc2_q);
      c_high: cover(second_q && q == 8'd127);
      c_low: cover(second_q && q == 8'h81);
      c_one_bit: cover(second_q && bits_q == 4'd1 && !sm_q && q == 8'hff);
    end
endmodule

// verilator lint_on UNUSEDSIGNAL
`default_nettype wire
