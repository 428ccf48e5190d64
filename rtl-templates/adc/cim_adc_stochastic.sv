// cim_adc_stochastic: samples_i comparisons against thresholds drawn by an LFSR of each lane; the code is the number of yeses.
// A draw is AdcBits steps of the LFSR, then its low bits_i bits u; threshold u + 1. u = 2^bits_i - 1 has no threshold: nobody is asked and
// the answer is no (docs/numerics.md section 4). The first draw is taken with the sample, the others with the decisions.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_stochastic #(
  parameter int Adcs = 4,      // 1..256
  parameter int AdcBits = 4,   // 1..12
  parameter int TileIndex = 0  // 0..63: converter id = TileIndex*Adcs + lane
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    sample_i,
  input  logic                    strobe_i,
  input  logic [3:0]              bits_i,       // 1..AdcBits
  input  logic [AdcBits-1:0]      samples_i,    // 1..2^AdcBits - 1
  input  logic                    seed_load_i,  // never with sample_i or strobe_i
  input  logic [15:0]             seed_i,
  input  logic [Adcs-1:0]         lane_en_i,
  input  logic [Adcs-1:0]         above_i,
  output logic                    done_o,
  output logic [Adcs-1:0]         open_o,       // lanes with a threshold to ask
  output logic [Adcs*AdcBits-1:0] ref_o,
  output logic [Adcs*AdcBits-1:0] code_o
);
  function automatic logic [Adcs*16-1:0] start(input logic [15:0] seed);
    logic [15:0] x;
    x = seed + 16'(TileIndex * Adcs * 'h9E37);
    for (int lane = 0; lane < Adcs; lane++) begin
      x = x + 16'h9E37;
      start[lane*16 +: 16] = x == 16'd0 ? 16'd1 : x;
    end
  endfunction

  function automatic logic [Adcs*16-1:0] draw(input logic [Adcs*16-1:0] lfsr, input logic [Adcs-1:0] enable);
    logic [15:0] x;
    for (int lane = 0; lane < Adcs; lane++) begin
      x = lfsr[lane*16 +: 16];
      for (int i = 0; i < AdcBits; i++)
        x = {1'b0, x[15:1]} ^ (x[0] ? 16'hB400 : 16'd0);
      draw[lane*16 +: 16] = enable[lane] ? x : lfsr[lane*16 +: 16];
    end
  endfunction

  localparam logic [Adcs*16-1:0] Seed0 = start(16'd0);

  // yeses of lanes that asked
  function automatic logic [Adcs*AdcBits-1:0] count(input logic [Adcs*AdcBits-1:0] codes, input logic [Adcs-1:0] yes);
    for (int lane = 0; lane < Adcs; lane++)
      count[lane*AdcBits +: AdcBits] = codes[lane*AdcBits +: AdcBits] + AdcBits'(yes[lane]);
  endfunction

  logic [Adcs*16-1:0] lfsr_q;
  logic [AdcBits-1:0] mask, left_q;  // of bits_i bits; draws that follow this one

  assign mask   = ~({AdcBits{1'b1}} << bits_i);
  assign done_o = left_q == '0;

  for (genvar lane = 0; lane < Adcs; lane++) begin : g_lane
    logic [AdcBits-1:0] drawn;
    assign drawn                          = lfsr_q[lane*16 +: AdcBits] & mask;
    assign open_o[lane]                   = lane_en_i[lane] && drawn != mask;
    assign ref_o[lane*AdcBits +: AdcBits] = drawn + AdcBits'(1);
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      lfsr_q <= Seed0;
    else if (seed_load_i)
      lfsr_q <= start(seed_i);
    else if (sample_i || (strobe_i && !done_o))
      lfsr_q <= draw(lfsr_q, lane_en_i);

  // Data without reset: both are written in the sample clock, before anything reads them.
  always_ff @(posedge clk_i)
    if (sample_i) begin
      left_q <= samples_i - AdcBits'(1);
      code_o <= '0;
    end else if (strobe_i) begin
      left_q <= left_q - AdcBits'(1);
      code_o <= count(code_o, above_i & open_o);
    end
endmodule

`default_nettype wire
