// cim_therm_model: the two bubble rules as docs/numerics.md section 4 puts them: every t'_k, then the binary search of `sar` over them; or the sum.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_therm_model #(
  parameter int Bits = 2,
  parameter int Bubble = 0
) (
  input  logic [2**Bits-2:0] above_i,
  output logic [Bits-1:0]    code_o
);
  localparam int Top = 2**Bits;
  logic [Top:0]   t;        // t_0 = 1, t_(2^Bits) = 0
  logic [Top-1:0] voted;    // t'_k, k = 1..Top-1

  assign t = {1'b0, above_i, 1'b1};
  always_comb begin
    voted  = '0;
    for (int k = 1; k < Top; k++)
      voted[k] = 2'(t[k-1]) + 2'(t[k]) + 2'(t[k+1]) >= 2'd2;
    code_o = '0;
    if (Bubble == 0) begin
      for (int k = Bits - 1; k >= 0; k--)
        if (voted[code_o | Bits'(1 << k)]) code_o = code_o | Bits'(1 << k);
    end else begin
      // from above, as yosys adds up $countones: sums in another order are equal too, but of 255 bits no prover shows it
      for (int k = Top - 1; k >= 1; k--)
        code_o = code_o + Bits'(t[k]);
    end
  end
endmodule

`default_nettype wire
