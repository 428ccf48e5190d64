// tile_probe_tests: tile_file_tests with cosim/probe_tile.sv bound into the tiles; the probes' counts must equal the model's.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module tile_probe_tests #(
  parameter int Runs = 20
);
  import "DPI-C" function int probe_check(input int planes, input int conversions, input int rows, input int outputs);

  logic   done;
  integer errors, planes, conversions, loads, outputs;

  tile_file_tests #(.Runs(Runs), .Finish(0)) u_tests (
    .done_o(done), .errors_o(errors), .planes_o(planes), .conversions_o(conversions), .loads_o(loads), .outputs_o(outputs));

  always @(posedge done) begin
    if (probe_check(planes, conversions, loads, outputs) != 0 || errors != 0)
      $fatal(1, "tile_probe_tests: failed");
    $finish;
  end
endmodule

`default_nettype wire
