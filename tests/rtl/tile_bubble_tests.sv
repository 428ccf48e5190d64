// tile_bubble_tests: converters that ask several thresholds at once, with the same file of partly non-monotone thresholds as tile_file_tests: bubbles.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module tile_bubble_tests #(
  parameter int Runs = 20
);
  localparam int Benches = 3;
  logic [Benches-1:0] done;

  tile_bench #(.Rows(25), .Cols(13), .Adcs(4), .AdcBits(5), .FromFile(1), .Tiles(3), .TileIndex(0), .Kind(1), .Runs(Runs), .Seed(51)) u_majority (.done_o(done[0]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(25), .Cols(13), .Adcs(4), .AdcBits(5), .CellBits(2), .SampleHold(0), .FromFile(1), .Tiles(3), .TileIndex(1), .Kind(1), .Bubble(1), .Runs(Runs), .Seed(52)) u_ones (.done_o(done[1]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(21), .Cols(13), .Adcs(4), .AdcBits(5), .FromFile(1), .Tiles(3), .TileIndex(2), .Kind(2), .FlashBits(3), .Bubble(1), .Runs(Runs), .Seed(53)) u_hybrid_ones (.done_o(done[2]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());

  always @(done) if (&done) $finish;
endmodule

`default_nettype wire
