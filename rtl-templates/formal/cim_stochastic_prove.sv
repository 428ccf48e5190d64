// cim_stochastic_prove: cim_adc_stochastic with any samples and strobes in their order (a round is a sample and its strobes: cim_adc_round_prove), any
// answers, any seeds. The lane watched is the last of Lanes, of tile TileIndex.
// Proven (docs/numerics.md section 4): the draws are those of the lane's LFSR, AdcBits steps each, started from the seed; it never is 0; u = 2^b - 1 is not asked;
// the code counts the yeses and is at most the number of draws; exactly samples_i draws are made.
// peek: left u_draws.left_q, lfsr u_draws.lfsr_q
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off UNDRIVEN

module cim_stochastic_prove #(
  parameter int AdcBits = 4,
  parameter int Lanes = 2,
  parameter int TileIndex = 3
) (
  input logic               clk_i,
  input logic               sample_i,   // whenever no round is open, or with the last strobe before it
  input logic               strobe_i,
  input logic               load_i,     // whenever no round is open
  input logic [15:0]        seed_i,
  input logic [3:0]         bits_i,     // taken with the sample, as the next two
  input logic [AdcBits-1:0] samples_i,
  input logic [Lanes-1:0]   enable_i,
  input logic [Lanes-1:0]   answer_i
);
  logic                     running_q, rst_nq, open_q, sample, strobe, load, done, over_q, more_q;  // reset in the first clock
  logic [3:0]               bits_q, bits;
  logic [AdcBits-1:0]       samples_q, samples, u, mask, code, trial, left_q, yes_q, done_q;
  logic [Lanes-1:0]         enable_q, enable, asks;
  logic [Lanes*AdcBits-1:0] codes, trials;
  logic [15:0]              lfsr_q, drawn, seeded;
  (* keep *) wire [AdcBits-1:0]  left;   // joined by prove.py
  (* keep *) wire [Lanes*16-1:0] lfsr;

  assign sample  = running_q && sample_i && !open_q;
  assign strobe  = running_q && strobe_i && open_q;
  assign load    = running_q && load_i && !open_q && !sample;
  assign bits    = sample ? (bits_i == 4'd0 || 32'(bits_i) > AdcBits ? 4'(AdcBits) : bits_i) : bits_q;
  assign samples = sample ? (samples_i == '0 ? AdcBits'(1) : samples_i) : samples_q;
  assign enable  = sample ? enable_i : enable_q;
  assign mask    = AdcBits'((32'd1 << bits_q) - 32'd1);
  assign u       = lfsr_q[AdcBits-1:0] & mask;
  assign seeded  = seed_i + 16'((TileIndex * Lanes + Lanes) * 'h9E37);

  cim_adc_stochastic #(.Adcs(Lanes), .AdcBits(AdcBits), .TileIndex(TileIndex)) u_draws (
    .clk_i(clk_i), .rst_ni(rst_nq), .sample_i(sample), .strobe_i(strobe), .bits_i(bits), .samples_i(samples), .seed_load_i(load), .seed_i(seed_i),
    .lane_en_i(enable), .above_i(answer_i), .done_o(done), .open_o(asks), .ref_o(trials), .code_o(codes)
  );
  assign code  = codes[(Lanes-1)*AdcBits +: AdcBits];
  assign trial = trials[(Lanes-1)*AdcBits +: AdcBits];

  always_comb begin
    drawn = lfsr_q;
    for (int i = 0; i < AdcBits; i++)
      drawn = {1'b0, drawn[15:1]} ^ (drawn[0] ? 16'hB400 : 16'd0);
  end
  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    open_q    = 1'b0;
    over_q    = 1'b0;
    more_q    = 1'b0;
    enable_q  = '0;
    lfsr_q    = 16'((TileIndex * Lanes + Lanes) * 'h9E37);
  end
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    bits_q    <= bits;
    samples_q <= samples;
    enable_q  <= enable;
    open_q    <= sample || (open_q && !(strobe && left_q == '0));
    over_q    <= strobe && left_q == '0;
    if (load) lfsr_q <= seeded == 16'd0 ? 16'd1 : seeded;
    else if ((sample || (strobe && left_q != '0)) && enable[Lanes-1]) lfsr_q <= drawn;
    if (sample) {left_q, yes_q, done_q} <= {samples - AdcBits'(1), {2*AdcBits{1'b0}}};
    else if (strobe) begin
      left_q <= left_q - AdcBits'(1);
      yes_q  <= yes_q + AdcBits'(answer_i[Lanes-1] && enable_q[Lanes-1] && u != mask);
      done_q <= done_q + AdcBits'(1);
    end
  end

  always @(*)
    if (running_q) begin
      draws: assert(lfsr[(Lanes-1)*16 +: 16] == lfsr_q && lfsr_q != 16'd0);
      if (open_q) left_is: assert(left == left_q && done == (left_q == '0) && (AdcBits+1)'(done_q) + (AdcBits+1)'(left_q) + (AdcBits+1)'(1) == (AdcBits+1)'(samples_q));
      if (open_q) asked: assert(asks[Lanes-1] == (enable_q[Lanes-1] && u != mask));
      if (open_q && asks[Lanes-1]) threshold: assert(trial == u + AdcBits'(1));
      if (open_q) yeses: assert(code == yes_q && yes_q <= done_q && (enable_q[Lanes-1] || code == '0));
      if (over_q) code_is_count: assert(code == yes_q && code <= samples_q && done_q == samples_q);
      if (over_q && !enable_q[Lanes-1]) no_part: assert(code == '0);
      c_all: cover(over_q && code == samples_q && samples_q > AdcBits'(AdcBits > 1));
      c_none: cover(over_q && enable_q[Lanes-1] && code == '0);
      c_seed: cover(load && seeded == 16'd0);
    end
  logic unused_prove;
  assign unused_prove = &{1'b0, more_q, codes, trials, lfsr};
endmodule

// verilator lint_on UNDRIVEN
`default_nettype wire
