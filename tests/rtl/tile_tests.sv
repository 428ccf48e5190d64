// tile_tests: tile_bench at several sizes in one executable.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module tile_tests #(
  parameter int Runs = 20
);
  localparam int Benches = 8;
  logic [Benches-1:0] done;

  tile_bench #(.Rows(8), .Cols(8), .Adcs(4), .AdcBits(4), .Runs(Runs), .Seed(11)) u_small (.done_o(done[0]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(8), .Cols(8), .Adcs(8), .AdcBits(4), .SampleHold(0), .Runs(Runs), .Seed(12)) u_one_position (.done_o(done[1]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(8), .Cols(9), .Adcs(1), .AdcBits(5), .CellBits(2), .Runs(Runs), .Seed(13)) u_one_adc (.done_o(done[2]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(33), .Cols(65), .Adcs(8), .AdcBits(7), .CellBits(2), .AccDepth(33), .Runs(Runs), .Seed(14)) u_odd (.done_o(done[3]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(33), .Cols(65), .Adcs(8), .AdcBits(6), .SampleHold(0), .AccDepth(65), .Runs(Runs), .Seed(15)) u_odd_nohold (.done_o(done[4]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(100), .Cols(37), .Adcs(32), .AdcBits(7), .AccDepth(64), .Runs(Runs), .Seed(16)) u_wide (.done_o(done[5]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(13), .Cols(31), .Adcs(2), .AdcBits(3), .CellBits(2), .SampleHold(0), .Runs(Runs), .Seed(17)) u_lossy (.done_o(done[6]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(70), .Cols(130), .Adcs(64), .AdcBits(12), .CellBits(2), .AccDepth(130), .Runs(Runs), .Seed(18)) u_many (.done_o(done[7]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());

  always @(done) if (&done) $finish;
endmodule

`default_nettype wire
