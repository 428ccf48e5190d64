// For prove.py: a wire through a module, as two gates: something that a fault can sit in.
// SPDX-License-Identifier: Apache-2.0
module prove_wire(input A, output Y);
  wire not_a;
  \$not #(.A_SIGNED(0), .A_WIDTH(1), .Y_WIDTH(1)) u_in (.A(A), .Y(not_a));
  \$not #(.A_SIGNED(0), .A_WIDTH(1), .Y_WIDTH(1)) u_out (.A(not_a), .Y(Y));
endmodule
