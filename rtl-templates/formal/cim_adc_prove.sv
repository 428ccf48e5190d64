// cim_adc_prove: cim_adc with comparators that are ideal (threshold k lies between the levels k - 1 and k, the level is any in every round) or
// answer what they like. The lane watched is the last of Lanes; the comparators of the others answer what they like in either case.
// Proven: the code is the level, or what the definition makes of any answers (docs/numerics.md section 4); a round takes one sample clock and as many
// compare cycles as its kind has steps, `cycle` clocks each; a lane that takes no part has code 0; nothing moves without a start.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_prove #(
  parameter int AdcBits = 4,
  parameter int Kind = 0,
  parameter int FlashBits = 2,
  parameter int Bubble = 0,
  parameter int Search = 0,
  parameter int Answers = 0,        // 0 of ideal comparators, 1 any
  parameter int Lanes = 1,          // a power of two
  parameter int CycleBits = 8,
  parameter int CycleMax = 3        // longest compare cycle that is looked at, clocks; cim_adc_round_prove looks at all
) (
  input logic               clk_i,
  input logic               start_i,    // whenever it is allowed
  input logic               more_i,
  input logic [Lanes-1:0]   enable_i,   // lanes that take part in the round
  input logic [AdcBits-1:0] level_i,
  input logic [2**AdcBits-2:0] answer_i,
  input logic [Lanes-1:0]   other_i,    // answers of the lanes that nobody watches
  input logic [3:0]         bits_i,     // taken in reset, as the next two
  input logic [CycleBits-1:0] cycle_i,
  input logic [11:0]        samples_i
);
  localparam int Refs = Kind == 1 ? 2**AdcBits - 1 : Kind == 2 ? 2**FlashBits - 1 : 1;
  localparam int Step = Kind == 1 ? AdcBits : Kind == 2 ? FlashBits : 1;  // bits of a flash step

  logic                 running_q, rst_nq; // reset in the first clock
  logic [3:0]           bits_q, steps, left_q, flash_bits, below;
  logic [CycleBits-1:0] cycle_q, clocks_q;
  logic [11:0]          samples_q, draws_q;
  logic [AdcBits-1:0]   level_q, code, trial, level, top;
  logic [Lanes-1:0]     enables, enables_q, ask;
  logic                 enable_q, checks_q, quiet_q, ended_q, sampled_q, compared_q, start, upset;
  logic                 sample, comparing, strobe, flash, round_last, busy, last;
  logic [CycleBits-1:0] clock;
  logic [16:0]          comparisons;
  logic [8:0]           lanes_q, asked;   // asked: comparators of a flash step
  logic [Refs-1:0]      answer, above;
  logic [Lanes*Refs-1:0] all_above;
  logic [Lanes*AdcBits-1:0] codes, trials;

  // outputs that no property of some kinds speaks of
  logic unused_prove;
  assign unused_prove = &{1'b0, flash, ask, trial, codes, trials, samples_q, draws_q, below, answer_i, other_i, level_q};

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    checks_q  = 1'b0;
    quiet_q   = 1'b1;
    ended_q   = 1'b0;
    sampled_q = 1'b0;
    compared_q = 1'b0;
    left_q    = 4'd0;
    draws_q   = 12'd0;
    clocks_q  = '0;
    lanes_q   = 9'd0;
  end

  // legal settings and starts; values outside them become the nearest legal ones
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (!running_q) begin
      bits_q    <= Search != 0 || Kind == 3 || bits_i == 4'd0 || 32'(bits_i) > AdcBits ? 4'(AdcBits) : bits_i;
      cycle_q   <= cycle_i == '0 || 32'(cycle_i) > CycleMax ? CycleBits'(1) : cycle_i;
      samples_q <= samples_i == 12'd0 || 32'(samples_i) >= 2**AdcBits ? 12'd1 : samples_i;
    end
  end
  assign start = running_q && start_i && (!busy || last);

  cim_adc #(
    .Adcs(Lanes), .AdcBits(AdcBits), .Kind(Kind), .FlashBits(FlashBits), .Bubble(Bubble), .Search(Search), .TileIndex(0), .CycleBits(CycleBits)
  ) u_adc (
    .clk_i(clk_i), .rst_ni(rst_nq), .reg_rst_ni(rst_nq), .start_i(start), .more_i(more_i), .bits_i(bits_q), .cycle_i(cycle_q), .samples_i(samples_q),
    .seed_load_i(1'b0), .seed_i(16'd0), .lanes_i(lanes_q), .lane_en_i(enables), .above_i(all_above),
    .tree_we_i(1'b0), .tree_addr_i({AdcBits{1'b0}}), .tree_left_i({AdcBits{1'b0}}), .tree_right_i({AdcBits{1'b0}}),
    .sample_o(sample), .comparing_o(comparing), .clock_o(clock), .strobe_o(strobe), .flash_o(flash), .round_last_o(round_last), .busy_o(busy), .last_o(last),
    .ask_o(ask), .ref_o(trials), .code_o(codes), .comparisons_o(comparisons), .upset_o(upset)
  );
  assign code  = codes[(Lanes-1)*AdcBits +: AdcBits];
  assign trial = trials[(Lanes-1)*AdcBits +: AdcBits];

  // a level of the resolution in use; held, as the lanes' part, from the sample clock on
  assign top      = AdcBits'((32'd1 << bits_q) - 32'd1);
  assign level    = level_i > top ? top : level_i;
  assign enables  = sample ? enable_i : enables_q;
  assign enable_q = enables_q[Lanes-1];
  always @(posedge clk_i)
    if (sample) begin
      level_q   <= level;
      enables_q <= enable_i;
      lanes_q   <= 9'($countones(enable_i));
    end

  // comparator r: threshold r + 1 of a flash converter, (r + 1) * 2^(bits left) in a hybrid's flash step, the trial code otherwise
  assign flash_bits = 32'(bits_q) < Step ? bits_q : 4'(Step);
  assign below      = bits_q - flash_bits;
  assign asked      = (9'd1 << flash_bits) - 9'd1;
  for (genvar r = 0; r < Refs; r++) begin : g_comparator
    if (Answers != 0) begin : g_any
      assign answer[r] = answer_i[r];
    end else if (Kind == 1) begin : g_flash
      assign answer[r] = level_q > AdcBits'(r);
    end else if (Kind == 2) begin : g_hybrid
      assign answer[r] = flash ? (level_q >> below) > AdcBits'(r) : level_q >= trial;
    end else begin : g_one
      assign answer[r] = level_q >= trial;
    end
    // not asked: comparators beyond 2^b - 1, in a search step all but the first, and everything outside the strobe
    assign above[r] = answer[r] && strobe && ask[Lanes-1] && (flash ? 9'(r) < asked : r == 0);
  end
  always_comb begin
    for (int l = 0; l < Lanes; l++)
      all_above[l*Refs +: Refs] = {Refs{other_i[l] && strobe && ask[l]}} & Refs'(1);
    all_above[(Lanes-1)*Refs +: Refs] = above;
  end

  // steps that follow this one; of a stochastic conversion: draws
  assign steps = Kind == 0 ? bits_q : Kind == 2 ? 4'd1 + below : 4'd1;
  always @(posedge clk_i) begin
    checks_q   <= round_last;
    quiet_q    <= !start && !busy;
    ended_q    <= round_last && !more_i && !start;
    sampled_q  <= sample;
    compared_q <= comparing && !round_last;
    if (sample) left_q <= steps - 4'd1;
    else if (strobe) left_q <= left_q - 4'd1;
    if (sample) draws_q <= samples_q - 12'd1;
    else if (strobe) draws_q <= draws_q - 12'd1;
    clocks_q <= strobe || !comparing ? '0 : clocks_q + CycleBits'(1);
  end

  always @(*)
    if (running_q) begin
      states: assert(!(sample && comparing) && busy == (sample || comparing));
      not_upset: assert(!upset);
      if (!comparing) silent: assert(comparisons == 17'd0 && !strobe && ask == '0);
      if (quiet_q && !start) still: assert(!busy);
      if (ended_q) ends: assert(!busy);
      if (sampled_q) sampled: assert(comparing);            // one sample clock
      if (compared_q) compares: assert(comparing);          // no gap between compare cycles
      if (comparing) in_cycle: assert(clock == clocks_q && clocks_q < cycle_q);
      if (comparing && clocks_q == cycle_q - CycleBits'(1)) cycle_ends: assert(strobe);
      if (comparing && clocks_q != cycle_q - CycleBits'(1)) cycle_lasts: assert(!strobe);
      c_zero: cover(checks_q && enable_q && code == '0);
      c_top: cover(checks_q && enable_q && (Kind == 4 ? 12'(code) == samples_q : code == '1));
      c_again: cover(last && start);
      c_more: cover(round_last && more_i);
      c_slow: cover(round_last && cycle_q == CycleBits'(CycleMax));
    end

  // steps of a round and the code; of an asymmetric search the reset tree is the binary one
  if (Kind != 4) begin : g_steps
    always @(*)
      if (running_q) begin
        if (strobe && left_q == 4'd0) round_ends: assert(round_last);
        if (strobe) decisions: assert(comparisons == (flash ? 17'(asked) * 17'(lanes_q) : 17'(lanes_q)));
        if (checks_q && !enable_q) no_part: assert(code == '0);
      end
  end
  if (Kind == 2 || (Kind == 0 && AdcBits > 1)) begin : g_many_steps
    always @(*)
      if (running_q) begin
        if (comparing && left_q != 4'd0 && (Search == 0 || enables_q != '0)) round_lasts: assert(!round_last && left_q < steps);
      end
  end
  if (Answers == 0 && Kind != 4) begin : g_level
    always @(*)
      if (running_q) begin
        if (checks_q && enable_q) code_is_level: assert(code == level_q);
      end
  end
  // a search asks for the code so far and the next bit, and keeps it where the answer is yes
  if (Answers == 0 && (Kind == 0 || Kind == 2)) begin : g_interval
    always @(*)
      if (running_q && comparing && !flash && enable_q) begin
        between: assert((level_q >> (left_q + 4'd1)) == (trial >> (left_q + 4'd1)));
        asks_bit: assert((trial & AdcBits'((32'd2 << left_q) - 32'd1)) == AdcBits'(32'd1 << left_q));
      end
  end
  if (Answers != 0 && Kind != 4) begin : g_any_answer
    logic [AdcBits-1:0] told_q;     // the answers so far, as bits of the code
    logic [Step-1:0]    coarse;
    // the encoder against its definition: cim_therm_prove; here what is put into it and what becomes of its code
    cim_therm_enc #(.Bits(Step), .Bubble(Bubble)) i_enc (.above_i((2**Step-1)'(above)), .code_o(coarse));
    always @(posedge clk_i)
      if (sample) told_q <= '0;
      else if (strobe && enable_q) told_q <= flash ? AdcBits'(32'(coarse) << below) : told_q | AdcBits'(32'(above[0]) << left_q);
    always @(*)
      if (running_q) begin
        if (checks_q && enable_q) code_is_defined: assert(code == told_q);
      end
    if (AdcBits > 1) begin : g_range
      always @(*)
        if (running_q && checks_q) in_range: assert(code <= top);
    end
    if (Kind == 0 || Kind == 2) begin : g_search
      always @(*)
        if (running_q && comparing && !flash && enable_q) trial_is_defined: assert(trial == (told_q | AdcBits'(32'd1 << left_q)));
    end
  end

  // draws: an LFSR of the bench beside the lane's
  if (Kind == 4) begin : g_stochastic
    logic [15:0]        lfsr_q, drawn;
    logic [AdcBits-1:0] yes_q, done_q, u, mask;
    assign mask = AdcBits'((32'd1 << bits_q) - 32'd1);
    assign u    = lfsr_q[AdcBits-1:0] & mask;
    always_comb begin
      drawn = lfsr_q;
      for (int i = 0; i < AdcBits; i++)
        drawn = {1'b0, drawn[15:1]} ^ (drawn[0] ? 16'hB400 : 16'd0);
    end
    initial begin
      lfsr_q = 16'(Lanes * 'h9E37);
      yes_q  = '0;
      done_q = '0;
    end
    always @(posedge clk_i) begin
      if ((sample || (strobe && draws_q != 12'd0)) && enables[Lanes-1]) lfsr_q <= drawn;
      if (sample) yes_q <= '0;
      else if (strobe) yes_q <= yes_q + AdcBits'(above[0] && u != mask);
      if (sample) done_q <= '0;
      else if (strobe) done_q <= done_q + AdcBits'(1);
    end
    always @(*)
      if (running_q) begin
        if (comparing && enable_q) asks: assert(ask[Lanes-1] == (u != mask) && lfsr_q != 16'd0);  // the bench's LFSR never is 0, nor the one that agrees with it
        if (comparing && ask[Lanes-1]) threshold: assert(trial == u + AdcBits'(1));
        if (strobe && draws_q == 12'd0) draws_end: assert(round_last);
        if (comparing) draws_count: assert(12'(done_q) + draws_q + 12'd1 == samples_q && draws_q < samples_q && 12'(done_q) < samples_q);
        if (comparing || checks_q) no_overflow: assert((yes_q <= done_q || (checks_q && 12'(yes_q) <= samples_q)) && (code == yes_q || !enable_q));
        if (checks_q) all_drawn: assert(12'(done_q) == samples_q);
        if (checks_q && enable_q) code_is_count: assert(code == yes_q && 12'(code) <= samples_q);
        if (checks_q && !enable_q) no_part: assert(code == '0);
      end
    if (AdcBits > 1) begin : g_draws  // of one bit there is one draw
      always @(*)
        if (running_q) begin
          if (comparing && draws_q != 12'd0) draws_last: assert(!round_last);
        end
    end
  end
endmodule

`default_nettype wire
