// cim_adc_tree: asymmetric search. An ordered search tree over the thresholds, held in registers, is walked by every lane by itself; a lane
// at its leaf is not asked any more, and the round ends with the deepest lane. A tree that is no tree cannot hang: after 2^AdcBits - 1 steps
// the round ends whatever the nodes say (a root of 0 asks T[0] once). Before any write the tree is the binary search.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_tree #(
  parameter int Adcs = 4,    // 1..256
  parameter int AdcBits = 4  // 1..8
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    reg_rst_ni,    // of the tree: a stop leaves it alone
  input  logic                    sample_i,
  input  logic                    strobe_i,
  input  logic [Adcs-1:0]         lane_en_i,
  input  logic [Adcs-1:0]         above_i,
  input  logic                    tree_we_i,
  input  logic [AdcBits-1:0]      tree_addr_i,   // 0: the root, in tree_left_i
  input  logic [AdcBits-1:0]      tree_left_i,
  input  logic [AdcBits-1:0]      tree_right_i,
  output logic                    done_o,
  output logic [Adcs-1:0]         open_o,        // lanes that have not met their leaf
  output logic [Adcs*AdcBits-1:0] ref_o,         // node asked; at the leaf the code
  output logic [16:0]             decisions_o
);
  localparam int Nodes = 2**AdcBits;             // entry 0 is no node
  localparam int TreeBits = Nodes * AdcBits;     // entry k in bits [k*AdcBits +: AdcBits]

  // children of the binary search: node k = odd * 2^j has k -/+ 2^(j-1); odd nodes have leaves
  function automatic logic [TreeBits-1:0] binary(input logic right);
    binary = '0;
    for (int j = 1; j < AdcBits; j++)
      for (int k = 2**j; k < Nodes; k += 2**(j + 1))
        binary[k*AdcBits +: AdcBits] = right ? AdcBits'(k + 2**(j - 1)) : AdcBits'(k - 2**(j - 1));
  endfunction

  localparam logic [TreeBits-1:0] BinaryLeft = binary(1'b0);
  localparam logic [TreeBits-1:0] BinaryRight = binary(1'b1);

  logic [TreeBits-1:0] left_q, right_q;
  logic [AdcBits-1:0]  root_q;

  always_ff @(posedge clk_i or negedge reg_rst_ni)
    if (!reg_rst_ni) begin
      left_q  <= BinaryLeft;
      right_q <= BinaryRight;
      root_q  <= AdcBits'(Nodes / 2);
    end else if (tree_we_i) begin
      if (tree_addr_i == '0) begin
        root_q <= tree_left_i;
      end else begin
        left_q[tree_addr_i*AdcBits +: AdcBits]  <= tree_left_i;
        right_q[tree_addr_i*AdcBits +: AdcBits] <= tree_right_i;
      end
    end

  logic [Adcs-1:0]         open_q, open_next;
  logic [Adcs*AdcBits-1:0] ref_next, child;
  logic [AdcBits-1:0]      steps_q;              // this compare cycle is the steps_q-th of the round

  always_comb begin
    for (int lane = 0; lane < Adcs; lane++) begin
      child[lane*AdcBits +: AdcBits] = above_i[lane] ? right_q[ref_o[lane*AdcBits +: AdcBits]*AdcBits +: AdcBits]
                                                     : left_q[ref_o[lane*AdcBits +: AdcBits]*AdcBits +: AdcBits];
      open_next[lane] = open_q[lane] && child[lane*AdcBits +: AdcBits] != '0;
      if (!open_q[lane])
        ref_next[lane*AdcBits +: AdcBits] = ref_o[lane*AdcBits +: AdcBits];
      else if (open_next[lane])
        ref_next[lane*AdcBits +: AdcBits] = child[lane*AdcBits +: AdcBits];
      else  // leaf: code k on the right, k - 1 on the left
        ref_next[lane*AdcBits +: AdcBits] = ref_o[lane*AdcBits +: AdcBits] - AdcBits'(!above_i[lane]);
    end
  end

  function automatic logic [Adcs*AdcBits-1:0] begin_refs(input logic [Adcs-1:0] enable, input logic [AdcBits-1:0] root);
    for (int lane = 0; lane < Adcs; lane++)
      begin_refs[lane*AdcBits +: AdcBits] = root & {AdcBits{enable[lane]}};
  endfunction

  assign done_o      = open_next == '0 || (&steps_q);
  assign open_o      = open_q;
  assign decisions_o = 17'($countones(open_q));

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      open_q <= '0;
    else if (sample_i)
      open_q <= lane_en_i;
    else if (strobe_i)
      open_q <= open_next;

  // Data without reset: both are written in the sample clock, before anything reads them.
  always_ff @(posedge clk_i)
    if (sample_i) begin
      ref_o   <= begin_refs(lane_en_i, root_q);
      steps_q <= AdcBits'(1);
    end else if (strobe_i) begin
      ref_o   <= ref_next;
      steps_q <= steps_q + AdcBits'(1);
    end
endmodule

`default_nettype wire
