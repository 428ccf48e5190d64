// What cim_watch (protocol.sv) finds becomes a fault of a Verilated core, by channel, rule and clock.
//   extern "C" void bl_breach(const svBitVecVal *channel, const svBitVecVal *rule);   texts of protocol.sv: 8 and 56 characters, the first one highest
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_watch_report (
  input logic       clk_i,
  input logic [2:0] channel_i,
  input logic [3:0] rule_i
);
  import "DPI-C" function void bl_breach(input bit [8*cim_watch_pkg::NameChars-1:0] channel, input bit [8*cim_watch_pkg::RuleChars-1:0] rule);

  always @(posedge clk_i) begin
    if (rule_i != 4'd0) bl_breach(cim_watch_pkg::name_of(channel_i), cim_watch_pkg::text_of(rule_i));
  end
endmodule

bind cim_top cim_watch u_watch (.*);

`default_nettype wire
