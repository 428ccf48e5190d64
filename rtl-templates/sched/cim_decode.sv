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
  input  logic [79:0]      index_i,       // what is added to base, row or channel, col, acc_base, tile, lowest first
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

  logic [15:0] tile;
  logic [3:0]  op;
  logic        tiles_bad;
  logic        unused_instr;

  assign op           = instr_i[3:0];
  assign unused_instr = ^{instr_i[7:5], instr_i[63], instr_i[95], instr_i[159:128], instr_i[203:196], instr_i[255:208]};

  // Tasks, because Verilator takes the expressions out of an always_comb and works them out in every clock; a task is called only with en_i.
  // Fields with their index registers added. No instruction has rows and channels: IDX, LOAD, ACT are even, PARAM and OUT are odd.
  task automatic add_index(input logic [79:0] index, input logic [255:0] word, output logic [15:0] base, output logic [15:0] row, output logic [15:0] col,
                           output logic [15:0] acc, output logic [15:0] first_tile, output logic [15:0] channel, output logic [15:0] sum);
    logic        unused_word;
    unused_word = ^word;
    base        = word[111:96] + index[15:0];
    row         = {6'd0, word[41:32]} + index[31:16];
    col         = {6'd0, word[73:64]} + index[47:32];
    acc         = word[175:160] + index[63:48];
    first_tile  = {8'd0, word[15:8]} + index[79:64];
    channel     = word[47:32] + index[31:16];
    sum         = word[175:160] + index[31:16];
  endtask

  always_comb begin
    if (en_i) begin
      add_index(index_i, instr_i, base_o, row_start_o, col_start_o, acc_base_o, tile, channel_o, index_sum_o);
    end else begin
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
    .stride_i(instr_i[23:16]),
    .count_i (instr_i[31:24]),
    .limit_i (op == OpOut ? 7'(Tiles) : 7'(Tiles - Servers)),
    .mask_o  (tiles_o),
    .bad_o   (tiles_bad)
  );

  // A line of n places from start on, stride apart, leaves 0..size-1. What is not below 2^bits would leave it by itself, so the rest is worked out in few bits.
  function automatic logic outside_rows(input logic [15:0] start, input logic [9:0] stride, input logic [10:0] n);
    localparam int Bits = $clog2(Rows);
    logic [10:0]       steps;
    logic [2*Bits-1:0] last;
    steps = n - 11'd1;  // no place: 2047 steps
    last  = (2*Bits)'(start[Bits-1:0]) + (2*Bits)'(steps[Bits-1:0]) * (2*Bits)'(stride[Bits-1:0]);
    outside_rows = 16'(start >> Bits) != 16'd0 || 11'(steps >> Bits) != 11'd0 || (steps != 11'd0 && (stride == 10'd0 || 11'(stride) >> Bits != 11'd0))
                   || last >= (2*Bits)'(Rows);
  endfunction

  function automatic logic outside_cols(input logic [15:0] start, input logic [9:0] stride, input logic [10:0] n, input logic pairs);
    localparam int Bits = $clog2(Cols);
    logic [10:0]       steps;
    logic [2*Bits-1:0] last;
    steps = n - 11'd1;
    last  = (2*Bits)'(start[Bits-1:0]) + (2*Bits)'(steps[Bits-1:0]) * (2*Bits)'(stride[Bits-1:0]);
    outside_cols = 16'(start >> Bits) != 16'd0 || 11'(steps >> Bits) != 11'd0 || (steps != 11'd0 && (stride == 10'd0 || 11'(stride) >> Bits != 11'd0))
                   || last >= (pairs ? (2*Bits)'(Cols / 2) : (2*Bits)'(Cols));
  endfunction

  task automatic check(input logic [255:0] word, input logic [15:0] row, input logic [15:0] col, input logic bad_tiles, input logic [2:0] depth,
                       input logic pairs, output logic [3:0] error);
    logic [3:0]  code;
    logic        load, act, out;
    logic [15:0] count;
    logic        unused_word;
    unused_word = ^word;
    code  = word[3:0];
    load  = code == OpLoad;
    act   = code == OpAct;
    out   = code == OpOut;
    count = word[191:176];
    error = 4'd0;
    if (code < OpEnd || code > OpOut) error = 4'd1;
    else if ((code == OpLoop && (depth == 3'd4 || count == 16'd0)) || (code == OpNext && depth == 3'd0)) error = 4'd2;
    else if ((load || act || out) && bad_tiles) error = 4'd3;
    else if ((load || act) && outside_rows(row, word[51:42], word[62:52])) error = 4'd4;
    else if (act && outside_cols(col, word[83:74], word[94:84], pairs)) error = 4'd4;
    else if ((code == OpParam || code == OpXin || out) && count == 16'd0) error = 4'd4;
    else if ((code == OpXin || act || (out && word[4])) && word[127:112] == 16'd0) error = 4'd4;
    else if (act && (word[195:192] == 4'd0 || word[195:192] > 4'(AdcBits) || word[207:204] == 4'd0)) error = 4'd5;
  endtask

  always_comb begin
    if (en_i) check(instr_i, row_start_o, col_start_o, tiles_bad, loop_depth_i, weight_dif_i, error_o);
    else error_o = 4'd0;
  end

  initial begin : p_check
    if (Rows < 8 || Rows > 1024) $error("Rows %0d outside 8..1024", Rows);
    if (Cols < 8 || Cols > 1024) $error("Cols %0d outside 8..1024", Cols);
    if (AdcBits < 1 || AdcBits > 12) $error("AdcBits %0d outside 1..12", AdcBits);
    if (Servers < 0 || Servers >= Tiles) $error("Servers %0d outside 0..Tiles-1", Servers);
  end
endmodule

`default_nettype wire
