// Activation buffer, one int8 per byte. XIN and OUT write, ACT reads; instructions run in order, so one port is enough.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_act_buffer #(
  parameter int ActDepth = 1024  // bytes, 2..65536
) (
  input  logic                        clk_i,
  input  logic [$clog2(ActDepth)-1:0] addr_i,
  input  logic                        xin_we_i,
  input  logic [7:0]                  xin_data_i,
  input  logic                        out_we_i,
  input  logic [7:0]                  out_data_i,
  input  logic                        re_i,
  output logic [7:0]                  rdata_o      // one clock after re_i
);
  cim_ram #(
    .Width(8),
    .Depth(ActDepth)
  ) u_ram (
    .clk_i  (clk_i),
    .en_i   (xin_we_i | out_we_i | re_i),
    .we_i   (xin_we_i | out_we_i),
    .addr_i (addr_i),
    .wdata_i(out_we_i ? out_data_i : xin_data_i),
    .rdata_o(rdata_o)
  );
endmodule

`default_nettype wire
