// cim_tree_prove: cim_adc_tree with any contents of the tree: one lane, one round after any writes, levels and comparators ideal.
// Legal 0: whatever the registers hold, the round ends within 2^AdcBits - 1 steps (a tree that is no tree cannot hang), the clock of a step has one decision.
// Legal 1: where the way of this level is one of a legal tree (docs/numerics.md section 4: in order, the nodes are 1..2^AdcBits - 1), the code is the level.
// A tree is legal exactly when all its ways are: each node lies in the interval of thresholds that are still open, a leaf is where none is.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off UNUSEDSIGNAL
// verilator lint_off UNDRIVEN

module cim_tree_prove #(
  parameter int AdcBits = 3,
  parameter int Legal = 1
) (
  input logic               clk_i,
  input logic               begin_i,   // the round begins; nodes are written before it alone
  input logic               pause_i,   // no strobe in this clock
  input logic [AdcBits-1:0] level_i,
  input logic               we_i,
  input logic [AdcBits-1:0] addr_i,
  input logic [AdcBits-1:0] left_i,
  input logic [AdcBits-1:0] right_i
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
    over_q    = 1'b0;
    legal_q   = 1'b1;
    low_q     = '0;
    high_q    = Top;
    steps_q   = '0;
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
    sampled_q <= sampled_q || sample;
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
  assign leaf = above ? right[node*AdcBits +: AdcBits] == '0 : left[node*AdcBits +: AdcBits] == '0;
// peek: left u_tree.left_q, right u_tree.right_q

  if (Legal != 0) begin : g_legal
    always @(*) begin
      if (over_q && legal_q) code: assert(node == level_q);
      if (sampled_q && !over_q && legal_q) interval: assert({1'b0, level_q} >= low_q && {1'b0, level_q} <= high_q && low_q < high_q);
      c_top: cover(over_q && legal_q && node == '1);
      c_zero: cover(over_q && legal_q && node == '0);
    end
  end else begin : g_any
    always @(*) begin
      if (strobe && steps_q == AdcBits'(Nodes - 2)) ends: assert(done);
      if (strobe) decides: assert(decisions == 17'd1 && open);
      c_last: cover(strobe && steps_q == AdcBits'(Nodes - 2));
    end
  end
endmodule

// verilator lint_on UNUSEDSIGNAL
// verilator lint_on UNDRIVEN
`default_nettype wire
