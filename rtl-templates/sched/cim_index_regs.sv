// Index registers r1..r15 (isa.md section 2): 16 bits each, zero at start; r0 reads zero and is never written.
// A memory of five read ports: what an instruction adds is read in the clock between its fetch and its decoding. Written in decode clocks, never read in one.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_index_regs (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        clear_i,  // start of a program
  input  logic        we_i,
  input  logic [3:0]  waddr_i,
  input  logic [15:0] wdata_i,
  input  logic        re_i,     // not with we_i
  input  logic [19:0] raddr_i,  // register of port k in 4*k +: 4
  output logic [79:0] rdata_o   // one clock after re_i, kept until the next read; port k in 16*k +: 16
);
  localparam int Ports = 5;

  logic [15:0]      written_q;  // since the start: the others are zero
  logic [Ports-1:0] zero_q;
  logic [79:0]      read_q;

  // not reset: read before it is written, a register counts as zero
  (* ram_style = "block" *) logic [15:0] mem [16];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) written_q <= '0;
    else if (clear_i) written_q <= '0;
    else if (we_i && waddr_i != 4'd0) written_q[waddr_i] <= 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (we_i) mem[waddr_i] <= wdata_i;
  end

  for (genvar k = 0; k < Ports; k++) begin : g_port
    always_ff @(posedge clk_i) begin
      if (re_i && !we_i) begin
        zero_q[k]           <= !written_q[raddr_i[4*k +: 4]];
        read_q[16*k +: 16] <= mem[raddr_i[4*k +: 4]];
      end
    end

    assign rdata_o[16*k +: 16] = zero_q[k] ? 16'd0 : read_q[16*k +: 16];
  end
endmodule

`default_nettype wire
