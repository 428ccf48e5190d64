// Single-port RAM, one read or one write per clock; read data is registered and kept until the next read.
// The place of an SRAM macro: swap this file for one with the same ports.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_ram #(
  parameter int Width = 8,   // bits of a word, 1..1024
  parameter int Depth = 256  // words, 2..65536; rounded up to a power of two, so that every address exists
) (
  input  logic                     clk_i,
  input  logic                     en_i,
  input  logic                     we_i,     // 1 write, 0 read
  input  logic [$clog2(Depth)-1:0] addr_i,
  input  logic [Width-1:0]         wdata_i,
  output logic [Width-1:0]         rdata_o
);
  // Neither the words nor the read register are reset, as in an SRAM: both are written before they are used.
  logic [Width-1:0] mem [0:2**$clog2(Depth)-1];

  always_ff @(posedge clk_i) begin
    if (en_i) begin
      if (we_i) mem[addr_i] <= wdata_i;
      else rdata_o <= mem[addr_i];
    end
  end

  initial begin : p_check
    if (Width < 1 || Width > 1024) $error("Width %0d outside 1..1024", Width);
    if (Depth < 2 || Depth > 65536) $error("Depth %0d outside 2..65536", Depth);
  end
endmodule

`default_nettype wire
