// cim_shift_add: column accumulators, weight_plane * code summed over the planes of an activation (docs/numerics.md section 5).
// One word per position holds all lanes; two banks, one being filled by the converters while the other is drained.
// Memory without reset: an activation's first plane overwrites, and only columns it converted are drained.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_shift_add #(
  parameter int Adcs = 4,        // lanes, 1..256
  parameter int AdcBits = 4,     // 1..12
  parameter int SelBits = 1,     // bits of a position
  localparam int SumBits = AdcBits + 8  // signed: codes below 2^AdcBits, weights within -128..127
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      we_i,
  input  logic                      bank_i,
  input  logic [SelBits-1:0]        position_i,
  input  logic [2:0]                bit_i,       // the plane weighs 2^bit_i,
  input  logic                      negative_i,  // negative if set
  input  logic                      first_i,     // overwrite
  input  logic [Adcs*AdcBits-1:0]   code_i,
  input  logic                      re_i,        // data in the next clock
  input  logic                      rbank_i,
  input  logic [SelBits-1:0]        rposition_i,
  input  logic [9:0]                rlane_i,
  output logic signed [SumBits-1:0] rdata_o
);
  localparam int WordBits = Adcs * SumBits;

  logic [WordBits-1:0] sums [2 << SelBits];  // {bank, position}

  function automatic logic [WordBits-1:0] accumulate(input logic [WordBits-1:0] old, input logic [Adcs*AdcBits-1:0] code,
                                                     input logic [2:0] shift, input logic negative, input logic first);
    logic [SumBits-1:0] base, term;
    for (int lane = 0; lane < Adcs; lane++) begin
      base = first ? '0 : old[lane*SumBits +: SumBits];
      term = SumBits'(code[lane*AdcBits +: AdcBits]) << shift;
      accumulate[lane*SumBits +: SumBits] = negative ? base - term : base + term;
    end
  endfunction

  always_ff @(posedge clk_i)
    if (we_i)
      sums[{bank_i, position_i}] <= accumulate(sums[{bank_i, position_i}], code_i, bit_i, negative_i, first_i);

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      rdata_o <= '0;
    else if (re_i)
      rdata_o <= $signed(sums[{rbank_i, rposition_i}][32'(rlane_i) * SumBits +: SumBits]);
endmodule

`default_nettype wire
