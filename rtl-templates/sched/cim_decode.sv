// One instruction word -> fields with their index registers added, and the error that forbids it (isa.md section 2).
// Purely combinational; the lowest error code wins.
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

  logic [31:0] w0, w1, w2, w3, w5, w6, w7;
  logic [3:0]  op;
  logic [15:0] tile, row_channel;
  logic [10:0] row_count, col_count;
  logic [21:0] row_last, col_last;  // 65535 + 2046*1023 at most
  logic        tiles_bad, rows_bad, cols_bad, adc_bad;
  logic [21:0] cols;
  logic [6:0]  tile_limit;
  logic        uses_tiles, uses_rows, uses_count, uses_pattern;
  logic        op_bad, loop_bad, count_bad, inner_bad;
  logic        unused_instr;

  assign w0 = instr_i[31:0];
  assign w1 = instr_i[63:32];
  assign w2 = instr_i[95:64];
  assign w3 = instr_i[127:96];
  assign w5 = instr_i[191:160];
  assign w6 = instr_i[223:192];
  assign w7 = instr_i[255:224];
  assign unused_instr = ^{w0[7:5], w1[31], w2[31], instr_i[159:128], w6[31:16], w6[11:4], w7[31:24]};

  assign op        = w0[3:0];
  assign row_count = w1[30:20];
  assign col_count = w2[30:20];

  // index registers
  // no instruction has rows and channels: IDX, LOAD, ACT are even, PARAM and OUT are odd
  assign row_channel = index_i[{op[0] ? w7[23:20] : w7[7:4], 4'd0} +: 16];
  assign base_o      = w3[15:0] + index_i[{w7[3:0], 4'd0} +: 16];
  assign row_start_o = {6'd0, w1[9:0]} + row_channel;
  assign col_start_o = {6'd0, w2[9:0]} + index_i[{w7[11:8], 4'd0} +: 16];
  assign acc_base_o  = w5[15:0] + index_i[{w7[15:12], 4'd0} +: 16];
  assign tile        = {8'd0, w0[15:8]} + index_i[{w7[19:16], 4'd0} +: 16];
  assign channel_o   = w1[15:0] + row_channel;
  assign index_sum_o = w5[15:0] + row_channel;

  cim_tile_mask #(
    .Tiles(Tiles)
  ) u_tile_mask (
    .en_i    (en_i),
    .tile_i  (tile),
    .stride_i(w0[23:16]),
    .count_i (w0[31:24]),
    .limit_i (tile_limit),
    .mask_o  (tiles_o),
    .bad_o   (tiles_bad)
  );

  // legality
  assign tile_limit = op == OpOut ? 7'(Tiles) : 7'(Tiles - Servers);
  assign cols       = weight_dif_i ? 22'(Cols / 2) : 22'(Cols);
  assign row_last = {6'd0, row_start_o} + {11'd0, row_count - 11'd1} * {12'd0, w1[19:10]};
  assign col_last = {6'd0, col_start_o} + {11'd0, col_count - 11'd1} * {12'd0, w2[19:10]};
  assign rows_bad = row_count == 11'd0 || row_last >= 22'(Rows) || (row_count != 11'd1 && w1[19:10] == 10'd0);
  assign cols_bad = col_count == 11'd0 || col_last >= cols || (col_count != 11'd1 && w2[19:10] == 10'd0);
  assign adc_bad  = w6[3:0] == 4'd0 || w6[3:0] > 4'(AdcBits) || w6[15:12] == 4'd0;

  assign uses_tiles   = op == OpLoad || op == OpAct || op == OpOut;
  assign uses_rows    = op == OpLoad || op == OpAct;
  assign uses_count   = op == OpParam || op == OpXin || op == OpOut;
  assign uses_pattern = op == OpXin || op == OpAct || (op == OpOut && w0[4]);

  assign op_bad    = op < OpEnd || op > OpOut;
  assign loop_bad  = (op == OpLoop && (loop_depth_i == 3'd4 || w5[31:16] == 16'd0)) || (op == OpNext && loop_depth_i == 3'd0);
  assign count_bad = uses_count && w5[31:16] == 16'd0;
  assign inner_bad = uses_pattern && w3[31:16] == 16'd0;

  always_comb begin
    error_o = 4'd0;
    if (en_i) begin
      if (op_bad) error_o = 4'd1;
      else if (loop_bad) error_o = 4'd2;
      else if (uses_tiles && tiles_bad) error_o = 4'd3;
      else if ((uses_rows && rows_bad) || (op == OpAct && cols_bad)) error_o = 4'd4;
      else if (count_bad || inner_bad) error_o = 4'd4;
      else if (op == OpAct && adc_bad) error_o = 4'd5;
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
