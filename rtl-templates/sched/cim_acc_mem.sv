// cim_acc_mem: accumulator words of one tile: the drain adds to or replaces them, OUT reads them.
// Memory and read registers without reset, as in an SRAM: a program's first activation on a word replaces it. What the drain reads it does not write in
// that clock; what OUT reads in the clock that writes it is in no result.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_acc_mem #(
  parameter int AddrBits = 4     // 1..16
) (
  input  logic                clk_i,
  input  logic                re_i,        // drain: one clock before we_i, same address
  input  logic [AddrBits-1:0] raddr_i,
  input  logic                we_i,
  input  logic [AddrBits-1:0] waddr_i,
  input  logic [31:0]         partial_i,
  input  logic                accumulate_i,
  output logic [31:0]         sum_o,       // what we_i writes
  input  logic [AddrBits-1:0] out_addr_i,  // OUT: data in the next clock
  output logic [31:0]         out_data_o
);
  (* ram_style = "block" *) logic [31:0] words [1 << AddrBits];
  logic [31:0] old_q;

  assign sum_o = (accumulate_i ? old_q : 32'd0) + partial_i;

  always_ff @(posedge clk_i)
    if (we_i)
      words[waddr_i] <= sum_o;

  always_ff @(posedge clk_i)
    if (re_i)
      old_q <= words[raddr_i];

  always_ff @(posedge clk_i)
    out_data_o <= words[out_addr_i];
endmodule

`default_nettype wire
