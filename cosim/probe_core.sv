// Probe of OUT, bound into the core and read by Verilator only. In the clock in which an element is written it calls
//   void bl_probe_out(int address, int channel, int acc, int q, int flags);
// address: pattern address modulo 65536 (of meaning with flags[0]); channel: requantiser channel modulo 65536; acc and q signed; flags: instruction w0 7:4.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_probe_core (
  input logic        clk_i,
  input logic        read_i,     // the channel of an element is read: three clocks before that element is written
  input logic [15:0] channel_i,
  input logic        valid_i,
  input logic [15:0] address_i,
  input logic [31:0] acc_i,
  input logic [7:0]  q_i,
  input logic [3:0]  flags_i
);
  import "DPI-C" function void bl_probe_out(input int address, input int channel, input int acc, input int q, input int flags);

  logic [15:0] channel1_q, channel2_q, channel3_q;

  always @(posedge clk_i) begin
    if (valid_i) bl_probe_out({16'd0, address_i}, {16'd0, channel3_q}, acc_i, {{24{q_i[7]}}, q_i}, {28'd0, flags_i});
  end

  always @(posedge clk_i) begin
    if (read_i) channel1_q <= channel_i;
    channel2_q <= channel1_q;
    channel3_q <= channel2_q;
  end
endmodule

bind cim_core cim_probe_core u_probe_core (
  .clk_i    (clk_i),
  .read_i   (out_channel),
  .channel_i(channel),
  .valid_i  (out_valid),
  .address_i(pattern_addr),
  .acc_i    (out_acc),
  .q_i      (out_q),
  .flags_i  (instr[7:4])
);

`default_nettype wire
