// Loops in progress, innermost first, four at most: where the body begins and how many rounds are left.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_loop_stack #(
  parameter int PcBits = 16  // 1..16
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        clear_i,   // start of a program
  input  logic        push_i,    // LOOP; not at depth 4
  input  logic [PcBits-1:0] body_i,  // pc of the first instruction of the body
  input  logic [15:0] count_i,   // 1..65535
  input  logic        next_i,    // NEXT; not at depth 0
  output logic [2:0]  depth_o,
  output logic        again_o,   // NEXT goes back to the body
  output logic [PcBits-1:0] body_o
);
  logic [4*PcBits-1:0] body_q;
  logic [63:0] left_q;  // rounds left; innermost in the low bits
  logic [2:0]  depth_q;

  assign depth_o = depth_q;
  assign again_o = left_q[15:0] != 16'd1;
  assign body_o  = body_q[PcBits-1:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      body_q <= '0;
      left_q <= '0;
    end else if (push_i || next_i) begin
      body_q <= push_i ? {body_q[3*PcBits-1:0], body_i} : again_o ? body_q : body_q >> PcBits;
      left_q <= push_i ? {left_q[47:0], count_i} : again_o ? {left_q[63:16], left_q[15:0] - 16'd1} : {16'd0, left_q[63:16]};
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) depth_q <= '0;
    else if (clear_i || push_i || next_i) depth_q <= clear_i ? 3'd0 : depth_q + {2'd0, push_i} - {2'd0, next_i && !again_o};
  end
  initial begin : p_check
    if (PcBits < 1 || PcBits > 16) $error("PcBits %0d outside 1..16", PcBits);
  end
endmodule

`default_nettype wire
