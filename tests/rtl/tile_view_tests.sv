// tile_view_tests: what every view of the macro is put through under both simulators: two tiles and the read port, at two sizes.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module tile_view_tests #(
  parameter int Runs = 20
);
  localparam int Benches = 4;
  logic [Benches-1:0] done;

  tile_bench #(.Rows(8), .Cols(8), .Adcs(4), .AdcBits(4), .Runs(Runs), .Seed(31)) u_small (.done_o(done[0]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  tile_bench #(.Rows(33), .Cols(65), .Adcs(8), .AdcBits(7), .CellBits(2), .AccDepth(33), .Runs(Runs), .Seed(32)) u_odd (.done_o(done[1]), .errors_o(), .planes_o(), .conversions_o(), .loads_o(), .outputs_o());
  macro_readback #(.Rows(8), .Cols(8), .Seed(33)) u_read_small (.done_o(done[2]));
  macro_readback #(.Rows(33), .Cols(65), .CellBits(2), .Seed(34)) u_read_odd (.done_o(done[3]));

  always @(done) if (&done) $finish;
endmodule

`default_nettype wire
