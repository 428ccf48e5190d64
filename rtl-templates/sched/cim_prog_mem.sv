// Program memory: one instruction (eight 32-bit words) is read at once, words are written one by one with byte strobes.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_prog_mem #(
  parameter int ProgDepth = 256  // instructions, 2..65536
) (
  input  logic                         clk_i,
  input  logic                         we_i,
  input  logic [$clog2(ProgDepth)-1:0] waddr_i,
  input  logic [2:0]                   wword_i,  // word j of the instruction
  input  logic [31:0]                  wdata_i,
  input  logic [3:0]                   wstrb_i,
  input  logic                         re_i,
  input  logic [$clog2(ProgDepth)-1:0] raddr_i,
  output logic [255:0]                 instr_o   // w0 in 31:0; one clock after re_i, kept until the next read
);
  // Not reset: the host writes a program before it starts it. Never read and written in one clock (writes while busy are refused),
  // and it says so: else FPGA memories get registers and comparators for that case.
  logic [255:0] mem [0:2**$clog2(ProgDepth)-1];

  always_ff @(posedge clk_i) begin
    if (we_i) begin
      for (int b = 0; b < 32; b++) begin
        if (wword_i == 3'(b / 4) && wstrb_i[b%4]) mem[waddr_i][8*b +: 8] <= wdata_i[8*(b%4) +: 8];
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (re_i && !we_i) instr_o <= mem[raddr_i];
  end

  initial begin : p_check
    if (ProgDepth < 2 || ProgDepth > 65536) $error("ProgDepth %0d outside 2..65536", ProgDepth);
  end
endmodule

`default_nettype wire
