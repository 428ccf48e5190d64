// Address pattern (isa.md section 2): element e has address base + (e div inner)*outer_stride + (e mod inner)*inner_stride,
// modulo 65536. Made by stepping, with a counter for e mod inner: no divider. A Monarch permutation is such a pattern.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_agen (
  input  logic        clk_i,
  input  logic        load_i,          // element 0 from the next clock on
  input  logic [15:0] base_i,
  input  logic        step_i,          // next element from the next clock on
  input  logic [15:0] inner_i,         // >= 1; these three are stable while stepping
  input  logic [15:0] inner_stride_i,
  input  logic [15:0] outer_stride_i,
  output logic [15:0] addr_o
);
  logic [15:0] addr_q;
  logic [15:0] outer_q;  // address of element 0 of the current inner run
  logic [15:0] pos_q;    // e mod inner

  assign addr_o = addr_q;

  // Data without reset: loaded before it is stepped.
  always_ff @(posedge clk_i) begin
    if (step_i) begin
      if (pos_q == inner_i - 16'd1) begin
        addr_q  <= outer_q + outer_stride_i;
        outer_q <= outer_q + outer_stride_i;
        pos_q   <= '0;
      end else begin
        addr_q <= addr_q + inner_stride_i;
        pos_q  <= pos_q + 16'd1;
      end
    end
    if (load_i) begin
      addr_q  <= base_i;
      outer_q <= base_i;
      pos_q   <= '0;
    end
  end
endmodule

`default_nettype wire
