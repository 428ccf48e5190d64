// cim_loop_stack_prove: cim_loop_stack with any legal pushes (count >= 1, not at depth 4), nexts (not at depth 0) and clears. The level watched is any.
// Proven: depth 0..4, never more or less; NEXT goes back just while rounds are left, to the body of the loop that it belongs to.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_loop_stack_prove #(
  parameter int PcBits = 4
) (
  input logic              clk_i,
  input logic              clear_i,
  input logic              push_i,
  input logic              next_i,
  input logic [PcBits-1:0] body_i,
  input logic [15:0]       count_i,
  input logic [2:0]        watch_i    // taken in reset: the level that is followed, 1..4
);
  logic              running_q, rst_nq, push, next, again;   // reset in the first clock
  logic [2:0]        depth, depth_q, watch_q;
  logic [PcBits-1:0] body, body_q;
  logic [15:0]       left_q, count;

  assign push  = running_q && push_i && depth_q != 3'd4;
  assign next  = running_q && next_i && !push && depth_q != 3'd0;
  assign count = count_i == 16'd0 ? 16'd1 : count_i;

  cim_loop_stack #(.PcBits(PcBits)) u_stack (
    .clk_i(clk_i), .rst_ni(rst_nq), .clear_i(clear_i && !push && !next), .push_i(push), .body_i(body_i), .count_i(count), .next_i(next), .depth_o(depth),
    .again_o(again), .body_o(body)
  );

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    depth_q   = 3'd0;
  end
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (!running_q) watch_q <= watch_i == 3'd0 || watch_i > 3'd4 ? 3'd1 : watch_i;
    if (push) begin
      depth_q <= depth_q + 3'd1;
      if (depth_q + 3'd1 == watch_q) {body_q, left_q} <= {body_i, count};
    end else if (next) begin
      if (depth_q == watch_q) begin
        left_q <= left_q - 16'd1;
        if (left_q == 16'd1) depth_q <= depth_q - 3'd1;
      end else if (!again) depth_q <= depth_q - 3'd1;
    end else if (clear_i && running_q) depth_q <= 3'd0;
  end

  always @(*)
    if (running_q) begin
      depth_is: assert(depth == depth_q && depth_q <= 3'd4);
      if (depth_q == watch_q) again_when: assert(again == (left_q != 16'd1) && left_q != 16'd0);
      if (depth_q == watch_q) body_is: assert(body == body_q);
      c_deep: cover(depth == 3'd4 && next && !again);
      c_back: cover(next && again && depth_q == watch_q && watch_q == 3'd2);
      c_cleared: cover(clear_i && depth_q == 3'd3);
    end
endmodule

`default_nettype wire
