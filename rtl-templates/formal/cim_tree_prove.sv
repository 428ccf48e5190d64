// cim_tree_prove: cim_adc_tree with any contents of the tree: one lane, one round after any writes, levels and comparators ideal.
// What 0: the contents: a node holds what was written to it last; one decision in the clock of a step.
// What 1: where the way of this level is one of a legal tree (docs/numerics.md section 4: in order, the nodes are 1..2^AdcBits - 1), the code is the level.
// A tree is legal exactly when all its ways are: each node lies in the interval of thresholds that are still open, a leaf is where none is.
// What 2: whatever the tree holds, the round ends within 2^AdcBits - 1 steps: a tree that is no tree cannot hang.
// For What 1 and 2 the contents are other ones in every clock, as the prover likes, which takes 2^(AdcBits + 1) registers out of its way: all that the
// registers can hold is among it. What is reached is reached with registers too: a legal way asks no node twice, and for the longest round every node is its own child.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off UNUSEDSIGNAL
// verilator lint_off UNDRIVEN

module cim_tree_prove #(
  parameter int AdcBits = 3,
  parameter int What = 1
) (
  input logic               clk_i,
  input logic               begin_i,   // the round begins; nodes are written before it alone
  input logic               pause_i,   // no strobe in this clock
  input logic [AdcBits-1:0] level_i,
  input logic               we_i,
  input logic [AdcBits-1:0] addr_i,
  input logic [AdcBits-1:0] left_i,
  input logic [AdcBits-1:0] right_i,
  input logic [AdcBits-1:0] watched_i,   // a node, by its first value
  input logic [2**AdcBits*AdcBits-1:0] any_left_i,    // What 1: what the tree holds in this clock
  input logic [2**AdcBits*AdcBits-1:0] any_right_i
);
  localparam int Nodes = 2**AdcBits;
  localparam logic [AdcBits:0] Top = (AdcBits+1)'(Nodes - 1);
  logic               begun_q, sampled_q, over_q, legal_q, done, open, sample, strobe, above, way_legal, leaf;
  logic [AdcBits-1:0] level_q, node, steps_q;
  logic [AdcBits:0]   low_q, high_q, low_d, high_d;    // codes that the answers so far leave
  logic [16:0]        decisions;

  // registers are any to begin with: no reset
  cim_adc_tree #(.Adcs(1), .AdcBits(AdcBits)) u_tree (
    .clk_i(clk_i), .rst_ni(1'b1), .reg_rst_ni(1'b1), .sample_i(sample), .strobe_i(strobe), .lane_en_i(1'b1), .above_i(above), .tree_we_i(we_i && !begun_q),
    .tree_addr_i(addr_i), .tree_left_i(left_i), .tree_right_i(right_i), .done_o(done), .open_o(open), .ref_o(node), .decisions_o(decisions)
  );

  initial begin
    begun_q   = 1'b0;
    sampled_q = 1'b0;
  end
  assign sample = begun_q && !sampled_q;
  assign strobe = sampled_q && !over_q && !pause_i;
  assign above  = strobe && open && level_q >= node;
  assign low_d  = above ? {1'b0, node} : low_q;
  assign high_d = above ? high_q : {1'b0, node} - (AdcBits+1)'(1);
  // the node asked lies among the open thresholds low + 1 .. high; the round ends just when no threshold is left
  assign way_legal = {1'b0, node} > low_q && {1'b0, node} <= high_q;

  always @(posedge clk_i) begin
    begun_q <= begun_q || begin_i;
    if (!begun_q) level_q <= level_i;
    sampled_q <= begun_q;
    if (sample) begin
      over_q  <= 1'b0;
      legal_q <= 1'b1;
      low_q   <= '0;
      high_q  <= Top;
      steps_q <= '0;
    end
    if (strobe) begin
      legal_q <= legal_q && way_legal && (low_d == high_d) == leaf;
      low_q   <= low_d;
      high_q  <= high_d;
      steps_q <= steps_q + AdcBits'(1);
      over_q  <= done;
    end
  end
  // a leaf: the node keeps its place or steps back by one instead of going on; by the contents of the tree
  (* keep *) wire [Nodes*AdcBits-1:0] left, right;   // joined by prove.py
  (* keep *) wire [AdcBits-1:0] steps;
  wire [Nodes*AdcBits-1:0] all_left = {Nodes{left_i}}, all_right = {Nodes{right_i}};   // What 2: one node is read in a clock, whichever
  assign leaf = above ? right[node*AdcBits +: AdcBits] == '0 : left[node*AdcBits +: AdcBits] == '0;
// peek: steps u_tree.steps_q, left u_tree.left_q, right u_tree.right_q
// peek What=1: u_tree.left_q any_left_i, u_tree.right_q any_right_i
// peek What=2: u_tree.left_q all_left, u_tree.right_q all_right

  // they hold each other up: every property is one of the clock before
  always @(*) begin
    if (sampled_q && !over_q) asked: assert(open);
    if (sampled_q && !over_q) counts: assert(steps == steps_q + AdcBits'(1));
  end

  if (What == 1) begin : g_legal
    always @(*) begin
      if (sampled_q && over_q && legal_q) code: assert(node == level_q);
      // every step takes a threshold away, at least
      if (sampled_q && !over_q && legal_q) interval: assert({1'b0, level_q} >= low_q && {1'b0, level_q} <= high_q && low_q < high_q && high_q - low_q <= Top - {1'b0, steps_q});
      c_top: cover(sampled_q && over_q && legal_q && node == '1);
      c_zero: cover(sampled_q && over_q && legal_q && node == '0);
    end
  end else if (What == 2) begin : g_end
    always @(*) begin
      if (strobe && steps_q == AdcBits'(Nodes - 2)) ends: assert(done);
      c_last: cover(strobe && steps_q == AdcBits'(Nodes - 2));
    end
  end else begin : g_contents
    logic               written_q, chosen_q;
    logic [AdcBits-1:0] watched_q, left_q, right_q;
    initial begin
      written_q = 1'b0;
      chosen_q  = 1'b0;
    end
    always @(posedge clk_i) begin
      chosen_q <= 1'b1;
      if (!chosen_q) watched_q <= watched_i;
      written_q <= chosen_q && (written_q || (we_i && !begun_q && addr_i == watched_q));
      if (we_i && !begun_q && addr_i == watched_q) begin
        left_q    <= left_i;
        right_q   <= right_i;
      end
    end
    always @(*) begin
      if (strobe) decides: assert(decisions == 17'd1);
      if (written_q && watched_q != '0) holds: assert(left[watched_q*AdcBits +: AdcBits] == left_q && right[watched_q*AdcBits +: AdcBits] == right_q);
    end
  end
endmodule

// verilator lint_on UNUSEDSIGNAL
// verilator lint_on UNDRIVEN
`default_nettype wire
