// Loops in progress, innermost first, four at most: where the body begins and how many rounds are left.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_loop_stack (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        clear_i,   // start of a program
  input  logic        push_i,    // LOOP; not at depth 4
  input  logic [15:0] body_i,    // pc of the first instruction of the body
  input  logic [15:0] count_i,   // 1..65535
  input  logic        next_i,    // NEXT; not at depth 0
  output logic [2:0]  depth_o,
  output logic        again_o,   // NEXT goes back to the body
  output logic [15:0] body_o
);
  logic [127:0] stack_q;  // 32 bits per level, innermost lowest: {body, rounds left}
  logic [2:0]   depth_q;

  assign depth_o = depth_q;
  assign again_o = stack_q[15:0] != 16'd1;
  assign body_o  = stack_q[31:16];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stack_q <= '0;
      depth_q <= '0;
    end else if (clear_i) begin
      depth_q <= '0;
    end else if (push_i) begin
      stack_q <= {stack_q[95:0], body_i, count_i};
      depth_q <= depth_q + 3'd1;
    end else if (next_i) begin
      if (again_o) begin
        stack_q[15:0] <= stack_q[15:0] - 16'd1;
      end else begin
        stack_q <= {32'd0, stack_q[127:32]};
        depth_q <= depth_q - 3'd1;
      end
    end
  end
endmodule

`default_nettype wire
