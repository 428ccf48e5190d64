// tile_file_tests: tile_bench with lossy, partly non-monotone thresholds from a file, first and last tile of a three-tile core.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module tile_file_tests #(
  parameter int Runs = 20
);
  logic [1:0] done;

  tile_bench #(.Rows(33), .Cols(21), .Adcs(4), .AdcBits(5), .CellBits(2), .FromFile(1), .Tiles(3), .TileIndex(0), .Runs(Runs), .Seed(21)) u_first (
    .done_o(done[0]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(33), .Cols(21), .Adcs(4), .AdcBits(5), .FromFile(1), .Tiles(3), .TileIndex(2), .SampleHold(0), .Runs(Runs), .Seed(22)) u_last (
    .done_o(done[1]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());

  always @(done) if (&done) $finish;
endmodule

`default_nettype wire
