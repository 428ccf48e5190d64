// cim_shift_add: column accumulators, weight_plane * code summed over the planes of an activation (docs/numerics.md section 5).
// One word per position holds all lanes; two banks, one being filled by the converters while the other is drained.
// Memory without reset: an activation's first plane overwrites, and only columns it converted are drained.
// With one lane the old sum is read a clock before the new one is written, so that it fits a RAM; more lanes would need registers as wide as the word.
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
  input  logic                      pre_i,       // one clock before we_i, bank and position of it
  input  logic                      pre_bank_i,
  input  logic [SelBits-1:0]        pre_position_i,
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

  function automatic logic [WordBits-1:0] accumulate(input logic [WordBits-1:0] old, input logic [Adcs*AdcBits-1:0] code,
                                                     input logic [2:0] shift, input logic negative, input logic first);
    logic [SumBits-1:0] base, term;
    for (int lane = 0; lane < Adcs; lane++) begin
      base = first ? '0 : old[lane*SumBits +: SumBits];
      term = SumBits'(code[lane*AdcBits +: AdcBits]) << shift;
      accumulate[lane*SumBits +: SumBits] = negative ? base - term : base + term;
    end
  endfunction

  if (Adcs == 1) begin : g_one
    // never read in the clock that writes the same word: a round takes two clocks or more, and the drain has a bank of its own
    (* ram_style = "block" *) logic [WordBits-1:0] sums [2 << SelBits];  // {bank, position}
    logic [WordBits-1:0] old_q, drain_q;
    logic                unused_one;

    assign unused_one = ^{rst_ni, rlane_i};
    assign rdata_o    = $signed(drain_q);

    always_ff @(posedge clk_i)
      if (we_i)
        sums[{bank_i, position_i}] <= accumulate(old_q, code_i, bit_i, negative_i, first_i);

    always_ff @(posedge clk_i)
      if (pre_i)
        old_q <= sums[{pre_bank_i, pre_position_i}];

    always_ff @(posedge clk_i)
      if (re_i)
        drain_q <= sums[{rbank_i, rposition_i}];
  end else begin : g_many
    logic [WordBits-1:0] sums [2 << SelBits];  // {bank, position}
    logic                unused_many;

    assign unused_many = ^{pre_i, pre_bank_i, pre_position_i};

    always_ff @(posedge clk_i)
      if (we_i)
        sums[{bank_i, position_i}] <= accumulate(sums[{bank_i, position_i}], code_i, bit_i, negative_i, first_i);

    always_ff @(posedge clk_i or negedge rst_ni)
      if (!rst_ni)
        rdata_o <= '0;
      else if (re_i)
        rdata_o <= $signed(sums[{rbank_i, rposition_i}][32'(rlane_i) * SumBits +: SumBits]);
  end
endmodule

`default_nettype wire
