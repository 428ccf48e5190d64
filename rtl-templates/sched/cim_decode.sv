// One instruction word -> fields with their index registers added, and the error that forbids it (isa.md section 2).
// Purely combinational; the lowest error code wins. Everything is zero outside the decode clock: a simulator works nothing out in the others.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_decode #(
  parameter int Rows    = 8,  // 8..1024
  parameter int Cols    = 8,  // 8..1024
  parameter int Tiles   = 1,  // 1..64
  parameter int AdcBits = 4,  // 1..12
  parameter int Servers = 0   // the last tiles only serve as references: no LOAD, no ACT; 0..Tiles-1
) (
  input  logic             en_i,          // the decode clock
  input  logic [255:0]     instr_i,       // w0 in 31:0
  input  logic [255:0]     index_i,       // r[i] in 16*i +: 16
  input  logic [2:0]       loop_depth_i,
  input  logic             weight_dif_i,  // the columns of ACT are pairs
  output logic [15:0]      base_o,
  output logic [15:0]      row_start_o,
  output logic [15:0]      col_start_o,
  output logic [15:0]      acc_base_o,
  output logic [15:0]      channel_o,
  output logic [15:0]      index_sum_o,   // IDX: r[source] + immediate
  output logic [Tiles-1:0] tiles_o,
  output logic [3:0]       error_o        // 0 legal, else the code for STATUS (1..5)
);
  localparam logic [3:0] OpEnd = 4'd1, OpLoop = 4'd2, OpNext = 4'd3, OpParam = 4'd5,
                         OpLoad = 4'd6, OpXin = 4'd7, OpAct = 4'd8, OpOut = 4'd9;

  // fields; always_comb takes no constant select from Icarus 11: they are named
  logic [7:0]  first_tile, stride_tile, count_tile;
  logic [15:0] start_channel, base, inner, acc_base, count;
  logic [9:0]  row_start, row_stride, col_start, col_stride;
  logic [10:0] row_count, col_count;
  logic [3:0]  bits, nslice, r_base, r_row, r_col, r_acc, r_tile, r_channel;
  logic        to_buffer;
  logic [3:0]  op;
  logic [15:0] tile, row_channel;
  logic        tiles_bad;
  logic        unused_instr;

  assign op            = instr_i[3:0];
  assign to_buffer     = instr_i[4];
  assign first_tile    = instr_i[15:8];
  assign stride_tile   = instr_i[23:16];
  assign count_tile    = instr_i[31:24];
  assign start_channel = instr_i[47:32];
  assign row_start     = instr_i[41:32];
  assign row_stride    = instr_i[51:42];
  assign row_count     = instr_i[62:52];
  assign col_start     = instr_i[73:64];
  assign col_stride    = instr_i[83:74];
  assign col_count     = instr_i[94:84];
  assign base          = instr_i[111:96];
  assign inner         = instr_i[127:112];
  assign acc_base      = instr_i[175:160];
  assign count         = instr_i[191:176];
  assign bits          = instr_i[195:192];
  assign nslice        = instr_i[207:204];
  assign r_base        = instr_i[227:224];
  assign r_row         = instr_i[231:228];
  assign r_col         = instr_i[235:232];
  assign r_acc         = instr_i[239:236];
  assign r_tile        = instr_i[243:240];
  assign r_channel     = instr_i[247:244];
  assign unused_instr  = ^{instr_i[7:5], instr_i[63], instr_i[95], instr_i[159:128], instr_i[203:196], instr_i[223:208], instr_i[255:248]};

  // a register, or zero
  function automatic logic [15:0] index(input logic [3:0] number);
    index = index_i[{number, 4'd0} +: 16];
  endfunction

  // index registers
  // no instruction has rows and channels: IDX, LOAD, ACT are even, PARAM and OUT are odd
  always_comb begin
    if (en_i) begin
      row_channel = index(1'(op) ? r_channel : r_row);
      base_o      = base + index(r_base);
      row_start_o = {6'd0, row_start} + row_channel;
      col_start_o = {6'd0, col_start} + index(r_col);
      acc_base_o  = acc_base + index(r_acc);
      tile        = {8'd0, first_tile} + index(r_tile);
      channel_o   = start_channel + row_channel;
      index_sum_o = acc_base + row_channel;
    end else begin  // not as defaults before the if: Icarus would see row_channel move, and go round for ever
      row_channel = '0;
      base_o      = '0;
      row_start_o = '0;
      col_start_o = '0;
      acc_base_o  = '0;
      tile        = '0;
      channel_o   = '0;
      index_sum_o = '0;
    end
  end

  cim_tile_mask #(
    .Tiles(Tiles)
  ) u_tile_mask (
    .en_i    (en_i),
    .tile_i  (tile),
    .stride_i(stride_tile),
    .count_i (count_tile),
    .limit_i (op == OpOut ? 7'(Tiles) : 7'(Tiles - Servers)),
    .mask_o  (tiles_o),
    .bad_o   (tiles_bad)
  );

  // a line of n places from start on, stride apart, leaves 0..size-1
  function automatic logic outside(input logic [15:0] start, input logic [9:0] stride, input logic [10:0] n, input logic [21:0] size);
    logic [21:0] last;  // 65535 + 2046*1023 at most
    last = {6'd0, start} + {11'd0, n - 11'd1} * {12'd0, stride};
    outside = n == 11'd0 || last >= size || (n != 11'd1 && stride == 10'd0);
  endfunction

  always_comb begin
    error_o = 4'd0;
    if (en_i) begin
      if (op < OpEnd || op > OpOut) error_o = 4'd1;
      else if ((op == OpLoop && (loop_depth_i == 3'd4 || count == 16'd0)) || (op == OpNext && loop_depth_i == 3'd0)) error_o = 4'd2;
      else if ((op == OpLoad || op == OpAct || op == OpOut) && tiles_bad) error_o = 4'd3;
      else if ((op == OpLoad || op == OpAct) && outside(row_start_o, row_stride, row_count, 22'(Rows))) error_o = 4'd4;
      else if (op == OpAct && outside(col_start_o, col_stride, col_count, weight_dif_i ? 22'(Cols / 2) : 22'(Cols))) error_o = 4'd4;
      else if ((op == OpParam || op == OpXin || op == OpOut) && count == 16'd0) error_o = 4'd4;
      else if ((op == OpXin || op == OpAct || (op == OpOut && to_buffer)) && inner == 16'd0) error_o = 4'd4;
      else if (op == OpAct && (bits == 4'd0 || bits > 4'(AdcBits) || nslice == 4'd0)) error_o = 4'd5;
    end
  end

  initial begin : p_check
    if (Rows < 8 || Rows > 1024) $error("Rows %0d outside 8..1024", Rows);
    if (Cols < 8 || Cols > 1024) $error("Cols %0d outside 8..1024", Cols);
    if (AdcBits < 1 || AdcBits > 12) $error("AdcBits %0d outside 1..12", AdcBits);
    if (Servers < 0 || Servers >= Tiles) $error("Servers %0d outside 0..Tiles-1", Servers);
  end
endmodule

`default_nettype wire
