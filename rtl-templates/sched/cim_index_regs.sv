// Index registers r1..r15 (isa.md section 2): 16 bits each, zero at start; r0 reads zero and is never written.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_index_regs (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         clear_i,  // start of a program
  input  logic         we_i,
  input  logic [3:0]   waddr_i,
  input  logic [15:0]  wdata_i,
  output logic [255:0] index_o   // r[i] in 16*i +: 16
);
  logic [255:0] index_q;

  assign index_o = index_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) index_q <= '0;
    else if (clear_i) index_q <= '0;
    else if (we_i && waddr_i != 4'd0) index_q[{waddr_i, 4'b0000} +: 16] <= wdata_i;
  end
endmodule

`default_nettype wire
