// tile_file_tests: tile_bench with lossy, partly non-monotone thresholds from one file of 1536 entries, read as three tiles of 4 converters of 5 bits
// (first and last tile) and as three tiles of 32 converters of 2 bits (the middle one).
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module tile_file_tests #(
  parameter int Runs = 20,
  parameter int Finish = 1       // 0: the module above ends the simulation
) (
  output logic   done_o,
  output integer errors_o,       // sums over the benches
  output integer planes_o,
  output integer conversions_o,
  output integer loads_o,
  output integer outputs_o
);
  logic [2:0] done;
  integer errors_a, planes_a, conversions_a, loads_a, outputs_a;
  integer errors_b, planes_b, conversions_b, loads_b, outputs_b;
  integer errors_c, planes_c, conversions_c, loads_c, outputs_c;

  tile_bench #(.Rows(33), .Cols(21), .Adcs(4), .AdcBits(5), .CellBits(2), .FromFile(1), .Tiles(3), .TileIndex(0), .Runs(Runs), .Seed(21)) u_first (
    .done_o(done[0]), .errors_o(errors_a), .planes_o(planes_a), .conversions_o(conversions_a), .loads_o(loads_a), .outputs_o(outputs_a));
  tile_bench #(.Rows(33), .Cols(21), .Adcs(4), .AdcBits(5), .SampleHold(0), .FromFile(1), .Tiles(3), .TileIndex(2), .Runs(Runs), .Seed(22)) u_last (
    .done_o(done[1]), .errors_o(errors_b), .planes_o(planes_b), .conversions_o(conversions_b), .loads_o(loads_b), .outputs_o(outputs_b));
  tile_bench #(.Rows(19), .Cols(67), .Adcs(32), .AdcBits(2), .FromFile(1), .Tiles(3), .TileIndex(1), .Runs(Runs), .Seed(23)) u_wide (
    .done_o(done[2]), .errors_o(errors_c), .planes_o(planes_c), .conversions_o(conversions_c), .loads_o(loads_c), .outputs_o(outputs_c));

  assign done_o        = &done;
  assign errors_o      = errors_a + errors_b + errors_c;
  assign planes_o      = planes_a + planes_b + planes_c;
  assign conversions_o = conversions_a + conversions_b + conversions_c;
  assign loads_o       = loads_a + loads_b + loads_c;
  assign outputs_o     = outputs_a + outputs_b + outputs_c;

  always @(done) if (&done && Finish != 0) $finish;
endmodule

`default_nettype wire
