// macro_tests: cim_macro at several sizes, one bench after the other. Table = 1: one shape only, three tiles of the threshold file of tests/rtl/run_macro.sh.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module macro_tests #(
  parameter int View = 0,
  parameter int Table = 0,
  parameter int Runs = 3
);
  if (Table == 0) begin : g_sizes
    logic [7:0] done;
    // flash of 4 bits, hybrid's 2 of 6, one comparator, flash of 1 and of 8 bits, more pairs than positions hold
    macro_bench #(.View(View), .Runs(Runs), .Seed(1), .Refs(15)) u0 (1'b1, done[0]);
    macro_bench #(.View(View), .Runs(Runs), .Seed(2), .Rows(33), .Cols(65), .Adcs(8), .AdcBits(6), .Refs(3), .CellBits(2), .SampleHold(0)) u1 (done[0], done[1]);
    macro_bench #(.View(View), .Runs(Runs), .Seed(3), .Rows(64), .Cols(16), .Adcs(2), .AdcBits(7), .Refs(1), .GridBits(8)) u2 (done[1], done[2]);
    macro_bench #(.View(View), .Runs(Runs), .Seed(4), .Rows(17), .Cols(9), .Adcs(1), .AdcBits(1), .Refs(1), .GridBits(1), .SampleHold(0)) u3 (done[2], done[3]);
    macro_bench #(.View(View), .Runs(Runs), .Seed(5), .Rows(70), .Cols(40), .Adcs(16), .AdcBits(8), .Refs(255), .CellBits(2)) u4 (done[3], done[4]);
    macro_bench #(.View(View), .Runs(Runs), .Seed(6), .Rows(130), .Cols(33), .Adcs(32), .AdcBits(12), .Refs(63), .TileIndex(5)) u5 (done[4], done[5]);
    macro_bench #(.View(View), .Runs(Runs), .Seed(7), .Rows(9), .Cols(8), .Adcs(8), .AdcBits(5), .Refs(7), .SampleHold(0)) u6 (done[5], done[6]);
    macro_bench #(.View(View), .Runs(Runs), .Seed(8), .Rows(8), .Cols(21), .Adcs(4), .AdcBits(12), .Refs(1), .TileIndex(63)) u7 (done[6], done[7]);
    always @(posedge done[7]) $finish;
  end else begin : g_table
    logic [2:0] done;
    macro_bench #(.View(View), .Runs(Runs), .Seed(1), .Rows(16), .Cols(24), .Adcs(4), .AdcBits(11), .Refs(7), .TileIndex(0), .Tiles(3)) u0 (1'b1, done[0]);
    macro_bench #(.View(View), .Runs(Runs), .Seed(2), .Rows(16), .Cols(24), .Adcs(4), .AdcBits(11), .Refs(7), .TileIndex(1), .Tiles(3), .SampleHold(0)) u1 (done[0], done[1]);
    macro_bench #(.View(View), .Runs(Runs), .Seed(3), .Rows(16), .Cols(24), .Adcs(4), .AdcBits(11), .Refs(7), .TileIndex(2), .Tiles(3)) u2 (done[1], done[2]);
    always @(posedge done[2]) $finish;
  end
endmodule

`default_nettype wire
