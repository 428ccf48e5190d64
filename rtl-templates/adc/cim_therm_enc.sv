// cim_therm_enc: thermometer of a flash step -> code, by the two bubble rules of docs/numerics.md section 4. t_0 is 1, t_k is 0 from 2^Bits on,
// and the macro answers 0 for comparators that are not asked (docs/macro.md): so this is right for every resolution b <= Bits as it is.
// majority: t'_k = 1 when two of t_(k-1), t_k, t_(k+1) are; code by binary search over t', which needs t' only where it asks: each step
// keeps the half of the raw answers that it went to, with one neighbour at either end.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_therm_enc #(
  parameter int Bits = 2,   // 1..8
  parameter int Bubble = 0  // 0 majority, 1 ones
) (
  input  logic [2**Bits-2:0] above_i,  // bit k - 1: t_k
  output logic [Bits-1:0]    code_o
);
  if (Bubble == 0) begin : g_majority
    function automatic logic [Bits-1:0] search(input logic [2**Bits-2:0] above);
      logic [2**Bits:0] window;  // bit i: t of the code so far + i
      logic [2:0]       near;
      window = {1'b0, above, 1'b1};
      for (int k = Bits - 1; k >= 0; k--) begin
        near = window[(1 << k)-1 +: 3];
        search[k] = (near[0] && near[1]) || (near[0] && near[2]) || (near[1] && near[2]);
        if (search[k])
          window = window >> (1 << k);
      end
    endfunction
    assign code_o = search(above_i);
  end else begin : g_ones
    assign code_o = Bits'($countones(above_i));
  end
endmodule

`default_nettype wire
