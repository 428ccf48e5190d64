// cim_load_row_prove: cim_load_row and cim_row_feed with any beats and reads. The bit watched is any.
// Proven: a row is written one clock after its last beat, to the tiles of the set, each bit from the beat it belongs to, the last of them that came; what
// ACT reads goes on one clock later with its row and tiles.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off WIDTH

module cim_load_row_prove #(
  parameter int RowBits = 128,
  parameter int Tiles = 2
) (
  input logic             clk_i,
  input logic             take_i,
  input logic             last_i,
  input logic [4:0]       part_i,
  input logic [63:0]      data_i,
  input logic [2:0]       row_i,
  input logic [Tiles-1:0] tiles_i,
  input logic             read_i,
  input logic [10:0]      watch_i    // taken in reset: the bit that is followed
);
  localparam int Beats = (RowBits + 63) / 64;
  logic               running_q, rst_nq, take, read, known_q, bit_q, read_q, last_q, took_q;  // reset in the first clock
  logic [4:0]         part;
  logic [10:0]        watch_q;
  logic [2:0]         load_row, feed_row, row_q, read_row_q;
  logic [Tiles-1:0]   load_we, feed_we, tiles_q;
  logic [RowBits-1:0] data;

  assign take = running_q && take_i;
  assign read = running_q && read_i;
  assign part = 32'(part_i) >= Beats ? 5'd0 : part_i;
  cim_load_row #(.Rows(8), .RowBits(RowBits), .Tiles(Tiles)) u_load (
    .clk_i(clk_i), .rst_ni(rst_nq), .take_i(take), .part_i(part), .last_i(last_i), .data_i(data_i), .row_i(row_i), .tiles_i(tiles_i), .we_o(load_we),
    .row_o(load_row), .data_o(data)
  );
  cim_row_feed #(.Rows(8), .Tiles(Tiles)) u_feed (.clk_i(clk_i), .rst_ni(rst_nq), .read_i(read), .row_i(row_i), .tiles_i(tiles_i), .we_o(feed_we), .row_o(feed_row));

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    {known_q, read_q, last_q, took_q} = 4'd0;
  end
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (!running_q) watch_q <= 32'(watch_i) >= RowBits ? 11'd0 : watch_i;
    if (take && part == 5'(watch_q >> 6)) {known_q, bit_q} <= {1'b1, data_i[watch_q[5:0]]};
    if (take) row_q <= row_i;
    if (read) read_row_q <= row_i;
    took_q  <= take;
    last_q  <= take && last_i;
    read_q  <= read;
    tiles_q <= tiles_i;
  end

  always @(*)
    if (running_q) begin
      if (last_q) writes: assert(load_we == tiles_q);
      if (took_q) row_is: assert(load_row == row_q);
      if (!last_q) only_last: assert(load_we == '0);
      if (known_q) bit_is: assert(data[watch_q] == bit_q);
      if (read_q) feeds: assert(feed_we == tiles_q && feed_row == read_row_q);
      if (!read_q) only_reads: assert(feed_we == '0);
      c_row: cover(last_q && known_q && bit_q && watch_q == 11'(RowBits - 1));
    end
endmodule

// verilator lint_on WIDTH
`default_nettype wire
