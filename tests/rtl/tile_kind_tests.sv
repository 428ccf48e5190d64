// tile_kind_tests: tile_bench once per kind of converter, ideal thresholds.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module tile_kind_tests #(
  parameter int Runs = 20
);
  localparam int Benches = 5;
  logic [Benches-1:0] done;

  tile_bench #(.Rows(13), .Cols(17), .Adcs(4), .AdcBits(4), .CellBits(2), .SampleHold(0), .Kind(1), .Runs(Runs), .Seed(41)) u_flash (.done_o(done[0]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(11), .Cols(13), .Adcs(4), .AdcBits(6), .CellBits(2), .Kind(2), .FlashBits(3), .Runs(Runs), .Seed(43)) u_hybrid (.done_o(done[1]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(9), .Cols(11), .Adcs(2), .AdcBits(1), .Kind(3), .Runs(Runs), .Seed(45)) u_sense (.done_o(done[2]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(15), .Cols(19), .Adcs(4), .AdcBits(3), .TileIndex(3), .Kind(4), .Runs(Runs), .Seed(46)) u_stochastic (.done_o(done[3]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(12), .Cols(21), .Adcs(8), .AdcBits(4), .Search(1), .Runs(Runs), .Seed(47)) u_tree (.done_o(done[4]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());

  always @(done) if (&done) $finish;
endmodule

`default_nettype wire
