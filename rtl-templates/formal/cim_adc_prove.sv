// cim_adc_prove: cim_adc with ideal comparators (threshold k lies between the levels k - 1 and k) and a level that is any in every round.
// Asserted: the code is the level (not of stochastic converters); a round takes the steps of its kind, `cycle` clocks each; a lane that takes no part
// has code 0; nothing moves without a start.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_prove #(
  parameter int AdcBits = 4,
  parameter int Kind = 0,
  parameter int FlashBits = 2,
  parameter int Bubble = 0,
  parameter int Search = 0,
  parameter int CycleBits = 8,
  parameter int CycleMax = 3        // longest compare cycle that is looked at, clocks
) (
  input logic               clk_i,
  input logic               start_i,    // whenever it is allowed
  input logic               more_i,
  input logic               enable_i,   // the lane takes part in the round
  input logic [AdcBits-1:0] level_i,
  input logic [3:0]         bits_i,     // taken in reset, as the next two
  input logic [CycleBits-1:0] cycle_i,
  input logic [11:0]        samples_i
);
  localparam int Refs = Kind == 1 ? 2**AdcBits - 1 : Kind == 2 ? 2**FlashBits - 1 : 1;

  logic                 running_q, rst_nq; // reset in the first clock
  logic [3:0]           bits_q, steps, steps_q, flash_bits;
  logic [CycleBits-1:0] cycle_q, clocks_q;
  logic [11:0]          samples_q;
  logic [AdcBits-1:0]   level_q, code, trial, level, top;
  logic                 enable_q, checks_q, quiet_q, start;
  logic                 sample, comparing, strobe, flash, round_last, busy, last, ask;
  logic [CycleBits-1:0] clock;
  logic [16:0]          comparisons;
  logic [Refs-1:0]      above;

  // outputs that no property speaks of
  logic unused_prove;
  assign unused_prove = &{1'b0, flash, ask, trial};

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    checks_q  = 1'b0;
    quiet_q   = 1'b1;
    steps_q   = 4'd0;
    clocks_q  = '0;
  end

  // legal settings and starts; values outside them become the nearest legal ones
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (!running_q) begin
      bits_q    <= Search != 0 || Kind == 3 || bits_i == 4'd0 || 32'(bits_i) > AdcBits ? 4'(AdcBits) : bits_i;
      cycle_q   <= cycle_i == '0 || 32'(cycle_i) > CycleMax ? CycleBits'(1) : cycle_i;
      samples_q <= samples_i == 12'd0 ? 12'd1 : 12'd3;
    end
  end
  assign start = running_q && start_i && (!busy || last);

  cim_adc #(
    .Adcs(1), .AdcBits(AdcBits), .Kind(Kind), .FlashBits(FlashBits), .Bubble(Bubble), .Search(Search), .TileIndex(0), .CycleBits(CycleBits)
  ) u_adc (
    .clk_i(clk_i), .rst_ni(rst_nq), .start_i(start), .more_i(more_i), .bits_i(bits_q), .cycle_i(cycle_q), .samples_i(samples_q),
    .seed_load_i(1'b0), .seed_i(16'd0), .lanes_i({8'd0, enable}), .lane_en_i(enable), .above_i(above),
    .tree_we_i(1'b0), .tree_addr_i({AdcBits{1'b0}}), .tree_left_i({AdcBits{1'b0}}), .tree_right_i({AdcBits{1'b0}}),
    .sample_o(sample), .comparing_o(comparing), .clock_o(clock), .strobe_o(strobe), .flash_o(flash), .round_last_o(round_last), .busy_o(busy), .last_o(last),
    .ask_o(ask), .ref_o(trial), .code_o(code), .comparisons_o(comparisons)
  );

  // a level of the resolution in use; held, as the lane's part, from the sample clock on
  logic enable;
  assign top    = AdcBits'((32'd1 << bits_q) - 32'd1);
  assign level  = level_i > top ? top : level_i;
  assign enable = sample ? enable_i : enable_q;
  always @(posedge clk_i)
    if (sample) begin
      level_q  <= level;
      enable_q <= enable_i;
    end

  // comparator r: threshold r + 1 of a flash converter, (r + 1) * 2^(bits left) in a hybrid's flash step, the trial code otherwise
  assign flash_bits = 32'(bits_q) < FlashBits ? bits_q : 4'(FlashBits);
  for (genvar r = 0; r < Refs; r++) begin : g_comparator
    if (Kind == 1) begin : g_flash
      assign above[r] = strobe && enable_q && 32'(level_q) > r;
    end else if (Kind == 2) begin : g_hybrid
      assign above[r] = strobe && enable_q && (flash ? 32'(level_q) >= ((r + 1) << (bits_q - flash_bits)) : r == 0 && level_q >= trial);
    end else begin : g_one
      assign above[r] = strobe && ask && level_q >= trial;
    end
  end

  // steps of a round
  assign steps = Kind == 0 ? bits_q : Kind == 2 ? 4'd1 + bits_q - flash_bits : 4'd1;
  always @(posedge clk_i) begin
    checks_q <= round_last;
    quiet_q  <= !start && !busy;
    steps_q  <= sample ? 4'd0 : steps_q + {3'd0, strobe};
    clocks_q <= strobe || !comparing ? '0 : clocks_q + CycleBits'(1);
  end

  always @(*)
    if (running_q) begin
      assert(!(sample && comparing) && busy == (sample || comparing));
      assert(!strobe || comparing);
      assert(!quiet_q || start || !busy);
      assert(comparing || comparisons == 17'd0);
      if (comparing) begin
        assert(clock == clocks_q);
        assert(strobe == (clocks_q == cycle_q - CycleBits'(1)));
      end
      if (round_last && (Kind != 0 || Search == 0) && Kind != 4) assert(steps_q + 4'd1 == steps);
      if (comparing && Kind != 4) assert(steps_q < 4'(AdcBits));
      if (checks_q && Kind != 4) assert(code == (enable_q ? level_q : {AdcBits{1'b0}}));
    end
endmodule

`default_nettype wire
