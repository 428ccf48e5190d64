// cim_self_prove: tests of prove.py itself. A counter to nine, and properties that hold, fail, cannot be reached or notice nothing, one at a time (Case).
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_self_count (
  input  logic       clk_i,
  input  logic       step_i,
  output logic [3:0] count_o
);
  initial count_o = 4'd0;
  always @(posedge clk_i) if (step_i && count_o != 4'd9) count_o <= count_o + 4'd1;
endmodule

module cim_self_prove #(
  parameter int Case = 0
) (
  input logic clk_i,
  input logic step_i
);
  logic [3:0] count, before_q;
  logic       stepped_q;

  cim_self_count u_count (.clk_i(clk_i), .step_i(step_i), .count_o(count));

  initial stepped_q = 1'b0;
  always @(posedge clk_i) begin
    before_q  <= count;
    stepped_q <= step_i;
  end

  // named against the order in which they stand
  always @(*) begin
    z_top: assert(count <= 4'd9);
    if (stepped_q && before_q != 4'd9) y_up: assert(count == before_q + 4'd1);
    c_top: cover(count == 4'd9);
  end
  if (Case == 1) begin : g_fails
    always @(*) x_five: assert(count != 4'd5);
  end else if (Case == 2) begin : g_vacuous
    always @(*) if (count == 4'd12) w_twelve: assert(stepped_q);
  end else if (Case == 3) begin : g_unreached
    always @(*) c_twelve: cover(count == 4'd12);
  end else if (Case == 4) begin : g_deaf
    always @(*) v_deaf: assert(stepped_q || !stepped_q);
  end else if (Case == 5) begin : g_late
    always @(*) begin
      u_four: assert(count != 4'd4);
      m_three: assert(count != 4'd3);
    end
  end
endmodule

`default_nettype wire
