// What the judge is told of a core in Icarus Verilog, which has neither bind nor DPI: a top module of its own that looks into the core by hierarchical names.
// Conditions and order of events are those of cosim/probe_tile.sv and cosim/probe_core.sv. It looks in the time step before the rising edge, where everything
// has settled and nothing moves: no race with the RTL. All cim_* tokens follow the prefix of the emitted RTL; bl_* do not. System tasks of vpi.c:
//   $bl_known(TILE)      a strobe is x; tile -1: the core
//   $bl_codes, $bl_partial, $bl_out, $bl_take, $bl_finish, $bl_load: as the functions of struct shim_probe
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_watch_tile #(
  parameter int Adcs = 4,
  parameter int AdcBits = 4,
  parameter int TileIndex = 0
) (
  input logic                    look_i,
  input logic                    rst_ni,
  input logic                    load_i,
  input logic                    take_i,
  input logic [3:0]              plane_i,       // with take_i
  input logic                    finish_i,
  input logic                    round_last_i,
  input logic [Adcs-1:0]         lane_en_i,     // with round_last_i
  input logic                    add_i,         // codes of the round that ended a clock ago
  input logic [9:0]              position_i,    // with add_i
  input logic [Adcs*AdcBits-1:0] code_i,        // with add_i
  input logic                    acc_we_i,
  input logic [15:0]             acc_addr_i,
  input logic [31:0]             partial_i,
  input logic [31:0]             accumulator_i
);
  logic [3:0]      conv_plane, add_plane;
  logic [Adcs-1:0] add_mask;

  always @(posedge look_i) if (rst_ni) begin
    if ((load_i ^ take_i ^ finish_i ^ round_last_i ^ add_i ^ acc_we_i) === 1'bx)
      $bl_known(TileIndex);
    if (acc_we_i)
      $bl_partial(TileIndex, acc_addr_i, partial_i, accumulator_i);
    if (add_i)
      $bl_codes(TileIndex, add_plane, position_i, add_mask, code_i);
    if (finish_i)
      $bl_finish(TileIndex);
    if (take_i)
      $bl_take(TileIndex);
    if (load_i)
      $bl_load(TileIndex);
    if (round_last_i) begin
      add_plane = conv_plane;
      add_mask  = lane_en_i;
    end
    if (take_i)
      conv_plane = plane_i;
  end
endmodule

module cim_watch_core (
  input logic        look_i,
  input logic        rst_ni,
  input logic        read_i,     // the channel of an element is read: three clocks before that element is written
  input logic [15:0] channel_i,
  input logic        valid_i,
  input logic [15:0] address_i,
  input logic [31:0] acc_i,
  input logic [7:0]  q_i,
  input logic [3:0]  flags_i
);
  logic [15:0] channel1, channel2, channel3;

  always @(posedge look_i) if (rst_ni) begin
    if ((valid_i ^ read_i) === 1'bx)
      $bl_known(-1);
    if (valid_i)
      $bl_out(address_i, channel3, acc_i, {{24{q_i[7]}}, q_i}, flags_i);
    channel3 = channel2;
    channel2 = channel1;
    if (read_i)
      channel1 = channel_i;
  end
endmodule

module bl_probes;
  for (genvar t = 0; t < cim_pkg::Tiles; t++) begin : g_tile
    cim_watch_tile #(
      .Adcs     (cim_pkg::Adcs),
      .AdcBits  (cim_pkg::AdcBits),
      .TileIndex(t)
    ) u_probe (
      .look_i        (bl_bench.look),
      .rst_ni        (bl_bench.rst_n),
      .load_i        (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.load_we_i),
      .take_i        (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.take),
      .plane_i       (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.plane_index),
      .finish_i      (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.conv_last && !bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.char_active_i),
      .round_last_i  (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.conv_round_last),
      .lane_en_i     (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.lane_en),
      .add_i         (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.add_q),
      .position_i    (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.add_position_q),
      .code_i        (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.codes),
      .acc_we_i      (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.acc_we),
      .acc_addr_i    (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.acc_waddr),
      .partial_i     (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.partial),
      .accumulator_i (bl_bench.u_top.u_core.u_tiles.g_tile[t].u_tile.acc_sum)
    );
  end

  cim_watch_core u_probe_core (
    .look_i   (bl_bench.look),
    .rst_ni   (bl_bench.rst_n),
    .read_i   (bl_bench.u_top.u_core.out_channel),
    .channel_i(bl_bench.u_top.u_core.channel),
    .valid_i  (bl_bench.u_top.u_core.out_valid),
    .address_i(bl_bench.u_top.u_core.pattern_addr),
    .acc_i    (bl_bench.u_top.u_core.out_acc),
    .q_i      (bl_bench.u_top.u_core.out_q),
    .flags_i  (bl_bench.u_top.u_core.instr[7:4])
  );
endmodule

`default_nettype wire
