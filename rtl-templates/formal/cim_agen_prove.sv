// cim_agen_prove: cim_agen over the elements of a pattern; inner below 2^InnerBits, everything else any.
// Proven: element e has address base + (e div inner) * outer_stride + (e mod inner) * inner_stride, modulo 65536. Quotient and remainder are counted
// (e = q * inner + r with r < inner is unique); the two products are kept by adding a stride at a time and, where ByProduct is 1, also compared with
// multiplications of narrow strides.
// peek: outer u_agen.outer_q, position u_agen.pos_q
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off UNDRIVEN

module cim_agen_prove #(
  parameter int InnerBits = 16,
  parameter int ByProduct = 0,
  parameter int StrideBits = 16    // strides below 2^StrideBits
) (
  input logic        clk_i,
  input logic        load_i,
  input logic        step_i,
  input logic [15:0] base_i,
  input logic [15:0] inner_i,
  input logic [15:0] inner_stride_i,
  input logic [15:0] outer_stride_i
);
  logic        loaded_q;
  logic [15:0] addr, base_q, inner_q, inner_stride_q, outer_stride_q, inner;
  logic [15:0] div_q, mod_q;              // of the element
  logic [15:0] div_part_q, mod_part_q;    // times their strides

  cim_agen u_agen (
    .clk_i(clk_i), .load_i(load_i), .base_i(base_i), .step_i(step_i && loaded_q), .inner_i(inner_q), .inner_stride_i(inner_stride_q),
    .outer_stride_i(outer_stride_q), .addr_o(addr)
  );

  (* keep *) wire [15:0] outer, position;   // joined by prove.py

  assign inner = inner_i & 16'((32'd1 << InnerBits) - 32'd1);
  initial loaded_q = 1'b0;
  always @(posedge clk_i)
    if (load_i) begin
      loaded_q       <= 1'b1;
      base_q         <= base_i;
      inner_q        <= inner == 16'd0 ? 16'd1 : inner;
      inner_stride_q <= inner_stride_i & 16'((32'd1 << StrideBits) - 32'd1);
      outer_stride_q <= outer_stride_i & 16'((32'd1 << StrideBits) - 32'd1);
      {div_q, mod_q, div_part_q, mod_part_q} <= 64'd0;
    end else if (step_i && loaded_q) begin
      if (mod_q + 16'd1 == inner_q) begin
        mod_q      <= 16'd0;
        mod_part_q <= 16'd0;
        div_q      <= div_q + 16'd1;
        div_part_q <= div_part_q + outer_stride_q;
      end else begin
        mod_q      <= mod_q + 16'd1;
        mod_part_q <= mod_part_q + inner_stride_q;
      end
    end

  always @(*)
    if (loaded_q) begin
      address: assert(addr == base_q + div_part_q + mod_part_q);
      remainder: assert(position == mod_q && mod_q < inner_q);
      run: assert(outer == base_q + div_part_q);
      c_second_run: cover(div_q == 16'd1 && mod_q == 16'd1);
    end
  if (ByProduct != 0) begin : g_product
    logic [15:0] outer_part, inner_part;
    assign outer_part = 16'(div_q * outer_stride_q);
    assign inner_part = 16'(mod_q * inner_stride_q);
    always @(*)
      if (loaded_q) begin
        // that the bench's own sums are the products is said too: the address follows from it, clock by clock
        products: assert(div_part_q == outer_part && mod_part_q == inner_part && addr == base_q + outer_part + inner_part);
      end
  end
endmodule

// verilator lint_on UNDRIVEN
`default_nettype wire
