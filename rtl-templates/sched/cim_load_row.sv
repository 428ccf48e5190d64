// LOAD: beats are assembled into an array row, first beat lowest; one clock after its last beat the row is written to all tiles of the set.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_load_row #(
  parameter int Rows    = 8,  // 8..1024
  parameter int RowBits = 8,  // bits of a row (columns * cell bits), 8..2048
  parameter int Tiles   = 1   // 1..64
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    take_i,   // a beat of the row
  input  logic [4:0]              part_i,   // which
  input  logic                    last_i,   // the last one
  input  logic [63:0]             data_i,
  input  logic [$clog2(Rows)-1:0] row_i,
  input  logic [Tiles-1:0]        tiles_i,
  output logic [Tiles-1:0]        we_o,
  output logic [$clog2(Rows)-1:0] row_o,
  output logic [RowBits-1:0]      data_o
);
  localparam int Beats = (RowBits + 63) / 64;

  logic [64*Beats-1:0]     data_q;  // bits beyond RowBits fill up the last beat
  logic [Tiles-1:0]        we_q;
  logic [$clog2(Rows)-1:0] row_q;

  assign we_o   = we_q;
  assign row_o  = row_q;
  assign data_o = data_q[RowBits-1:0];

  if (64*Beats > RowBits) begin : g_unused
    logic unused_fill;
    assign unused_fill = ^data_q[64*Beats-1:RowBits];
  end
  if (Beats == 1) begin : g_one
    logic unused_part;
    assign unused_part = ^part_i;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) data_q <= '0;
      else if (take_i) data_q <= data_i;
    end
  end else begin : g_many
    localparam int PartBits = $clog2(Beats);
    if (PartBits < 5) begin : g_unused
      logic unused_part;
      assign unused_part = ^part_i[4:PartBits];
    end
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) data_q <= '0;
      else if (take_i) data_q[{part_i[PartBits-1:0], 6'd0} +: 64] <= data_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      we_q  <= '0;
      row_q <= '0;
    end else begin
      we_q <= take_i && last_i ? tiles_i : '0;
      if (take_i) row_q <= row_i;
    end
  end

  initial begin : p_check
    if (Rows < 8 || Rows > 1024) $error("Rows %0d outside 8..1024", Rows);
    if (RowBits < 8 || RowBits > 2048) $error("RowBits %0d outside 8..2048", RowBits);
    if (Tiles < 1 || Tiles > 64) $error("Tiles %0d outside 1..64", Tiles);
  end
endmodule

`default_nettype wire
