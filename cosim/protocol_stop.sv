// What cim_watch (protocol.sv) finds ends a simulation that has neither the harness's DPI nor its VPI. In Verilator it binds itself into every core; in Icarus
// the bench has an instance beside the core.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_watch_report (
  input logic       clk_i,
  input logic [2:0] channel_i,
  input logic [3:0] rule_i
);
  integer clocks;

  initial clocks = 0;
  always @(posedge clk_i) begin
    clocks <= clocks + 1;
    if (rule_i != 4'd0) begin
      $display("FAIL AXI: %0s: %0s, in clock %0d", cim_watch_pkg::name_of(channel_i), cim_watch_pkg::text_of(rule_i), clocks - 1);
      $fatal;
    end
  end
endmodule

`ifdef VERILATOR
bind cim_core cim_watch u_watch (.*);
`endif

`default_nettype wire
