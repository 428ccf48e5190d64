// cim_therm_prove: cim_therm_enc with any answers, bubbles too, of a resolution of 1..Bits, against cim_therm_model; no state.
// Proven: the code is the definition's; it stays below 2^b; of a thermometer without bubbles it is the count.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_therm_prove #(
  parameter int Bits = 2,
  parameter int Bubble = 0
) (
  input logic               clk_i,
  input logic [2**Bits-2:0] above_i,
  input logic [3:0]         bits_i,
  input logic [Bits-1:0]    level_i
);
  logic [2**Bits-2:0] asked, answers, straight;
  logic [3:0]         bits;
  logic [Bits-1:0]    code, wanted, counted;

  logic unused_prove;
  assign unused_prove = clk_i;

  assign bits     = bits_i == 4'd0 || 32'(bits_i) > Bits ? 4'(Bits) : bits_i;
  assign asked    = (2**Bits-1)'((257'd1 << ((9'd1 << bits) - 9'd1)) - 257'd1);
  assign answers  = above_i & asked;
  assign straight = (2**Bits-1)'((257'd1 << level_i) - 257'd1);
  cim_therm_enc #(.Bits(Bits), .Bubble(Bubble)) u_enc (.above_i(answers), .code_o(code));
  cim_therm_enc #(.Bits(Bits), .Bubble(Bubble)) u_straight (.above_i(straight), .code_o(counted));
  cim_therm_model #(.Bits(Bits), .Bubble(Bubble)) i_model (.above_i(answers), .code_o(wanted));

  always @(*) begin
    defined: assert(code == wanted);
    in_range: assert((9'(code) >> bits) == 9'd0);
    count: assert(counted == level_i);
    c_bubble: cover(answers[0] == 1'b0 && answers != '0);
    c_all: cover(answers == '1);
  end
endmodule

`default_nettype wire
