// ACT: carries tile set and row along with the activation buffer's read, so that data and row address meet at the shadow latches one clock later.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_row_feed #(
  parameter int Rows  = 8,  // 8..1024
  parameter int Tiles = 1   // 1..64
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    read_i,   // the buffer is read for row_i in this clock
  input  logic [$clog2(Rows)-1:0] row_i,
  input  logic [Tiles-1:0]        tiles_i,
  output logic [Tiles-1:0]        we_o,
  output logic [$clog2(Rows)-1:0] row_o
);
  logic [Tiles-1:0]        we_q;
  logic [$clog2(Rows)-1:0] row_q;

  assign we_o  = we_q;
  assign row_o = row_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      we_q  <= '0;
      row_q <= '0;
    end else begin
      we_q <= read_i ? tiles_i : '0;
      if (read_i) row_q <= row_i;
    end
  end

  initial begin : p_check
    if (Rows < 8 || Rows > 1024) $error("Rows %0d outside 8..1024", Rows);
    if (Tiles < 1 || Tiles > 64) $error("Tiles %0d outside 1..64", Tiles);
  end
endmodule

`default_nettype wire
