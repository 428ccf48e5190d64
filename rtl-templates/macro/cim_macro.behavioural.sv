// cim_macro, behavioural view: the analog array as a simulator sees it (docs/macro.md). Not for synthesis.
// The bit lines hold the plane that charged them, and a column is counted when a converter samples it, not when the plane is
// captured: the same charge, far less work. Cells lie column by column, so that a count is one AND and one population count.
// Thresholds: ideal ones of lsb_i, low_i, nearest_i, or those of the file named by +cim_thresholds=FILE, read once at time zero.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_macro #(
  parameter int Rows = 8,        // 8..1024
  parameter int Cols = 8,        // 8..1024
  parameter int Adcs = 4,        // converters: a power of two, 1..256, at most Cols
  parameter int AdcBits = 4,     // 1..12
  parameter int CellBits = 1,    // 1..2
  parameter int SampleHold = 1,  // 1: bit lines are free again after hold_i
  parameter int Sets = 4,        // threshold sets, 4
  parameter int GridBits = 4,    // fractional bits of a threshold in the file, 1..8
  parameter int TileIndex = 0,   // which part of the threshold file is ours, 0..63
  localparam int Positions = (Cols + Adcs - 1) / Adcs,
  localparam int SelBits = Positions > 1 ? $clog2(Positions) : 1
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      we_i,
  input  logic [$clog2(Rows)-1:0]   waddr_i,
  input  logic [Cols*CellBits-1:0]  wdata_i,
  input  logic                      re_i,
  input  logic [$clog2(Rows)-1:0]   raddr_i,
  output logic [Cols*CellBits-1:0]  rdata_o,
  input  logic [Rows-1:0]           plane_i,
  input  logic                      precharge_i,
  input  logic                      evaluate_i,
  input  logic                      capture_i,
  input  logic                      hold_i,
  input  logic                      sample_i,
  input  logic [SelBits-1:0]        sel_i,
  input  logic [Adcs-1:0]           lane_en_i,
  input  logic [1:0]                set_i,
  input  logic [15:0]               lsb_i,
  input  logic signed [15:0]        low_i,
  input  logic                      nearest_i,
  input  logic [Adcs*AdcBits-1:0]   ref_i,
  input  logic                      cmp_i,
  output logic [Adcs-1:0]           cmp_o
);
  localparam int Cells = Cols * CellBits;                            // per row
  localparam int CellIdxBits = $clog2(Cells);
  localparam int CountBits = $clog2(Rows * ((1 << CellBits) - 1) + 1);
  localparam int Entries = Adcs * Sets * (1 << AdcBits);             // of this tile in the threshold file
  localparam int EntryBits = $clog2(Entries);
  localparam int LineBytes = 7;                                      // six digits and a newline

  if (Rows < 8 || Rows > 1024) begin : g_bad_rows
    cim_illegal_parameter_Rows u_illegal ();
  end
  if (Cols < 8 || Cols > 1024) begin : g_bad_cols
    cim_illegal_parameter_Cols u_illegal ();
  end
  if (Adcs < 1 || Adcs > 256 || Adcs > Cols || (1 << $clog2(Adcs)) != Adcs) begin : g_bad_adcs
    cim_illegal_parameter_Adcs u_illegal ();
  end
  if (AdcBits < 1 || AdcBits > 12) begin : g_bad_adc_bits
    cim_illegal_parameter_AdcBits u_illegal ();
  end
  if (CellBits < 1 || CellBits > 2) begin : g_bad_cell_bits
    cim_illegal_parameter_CellBits u_illegal ();
  end
  if (Sets != 4) begin : g_bad_sets
    cim_illegal_parameter_Sets u_illegal ();
  end
  if (GridBits < 1 || GridBits > 8) begin : g_bad_grid_bits
    cim_illegal_parameter_GridBits u_illegal ();
  end

  // Cells are memory: written by LOAD before the first activation reads them, no reset.
  logic [Rows-1:0] cells [Cells];  // word = column * CellBits + bit, one bit per row

  // One row of one word. The word goes out through the argument because Verilator takes no non-blocking write to an array in a loop.
  task automatic write_cell(output logic [Rows-1:0] word, input logic [Rows-1:0] old, input logic [$clog2(Rows)-1:0] row, input logic value);
    word = old;
    word[row] = value;
  endtask

  always @(posedge clk_i)
    if (we_i)
      for (int i = 0; i < Cells; i++)
        write_cell(cells[i], cells[i], waddr_i, wdata_i[i]);

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      rdata_o <= '0;
    else if (re_i)
      for (int i = 0; i < Cells; i++)
        rdata_o[i] <= cells[i][raddr_i];

  // What the bit lines carry is known from the plane that discharged them.
  logic [Rows-1:0] line_q;
  logic [Rows-1:0] held;
  logic unused_phases;

  assign unused_phases = &{1'b0, precharge_i, evaluate_i};

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      line_q <= '0;
    else if (capture_i)
      line_q <= plane_i;

  if (SampleHold != 0) begin : g_hold
    logic [Rows-1:0] held_q;
    always_ff @(posedge clk_i or negedge rst_ni)
      if (!rst_ni)
        held_q <= '0;
      else if (hold_i)
        held_q <= line_q;
    assign held = held_q;
  end else begin : g_no_hold
    logic unused_hold;
    assign unused_hold = hold_i;
    assign held = line_q;
  end

  // Converters: one count per lane, in plain counts.
  logic [Adcs*CountBits-1:0] count_q;

  function automatic logic [CountBits-1:0] count_column(input int column);
    logic [CountBits-1:0]   sum;
    logic [CellIdxBits-1:0] index;    // a variable: a size cast of an integer stays signed in Icarus
    logic [Rows-1:0]        current;  // a variable: Icarus 11 counts the ones of a wide expression wrongly
    sum = '0;
    for (int b = 0; b < CellBits; b++) begin
      index = CellIdxBits'(column * CellBits + b);
      current = held & cells[index];
      sum = sum + (CountBits'($countones(current)) << b);
    end
    count_column = sum;
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      count_q <= '0;
    else if (sample_i)
      for (int lane = 0; lane < Adcs; lane++)
        if (lane_en_i[lane])
          count_q[lane*CountBits +: CountBits] <= count_column(32'(sel_i) * Adcs + lane);

  logic signed [23:0] threshold [Entries];  // [lane][set][code], grid values
  logic               from_file;

  // numerics.md section 4, both sides doubled so that half an lsb is whole
  function automatic logic above_ideal(input logic [CountBits-1:0] count, input logic [AdcBits-1:0] code, input logic [15:0] lsb,
                                       input logic signed [15:0] low, input logic nearest);
    logic signed [31:0] limit;
    limit = 2 * (32'(low) + $signed(32'(code)) * $signed(32'(lsb))) - (nearest ? $signed(32'(lsb)) : 0);
    above_ideal = 2 * $signed(32'(count)) >= limit;
  endfunction

  function automatic logic above_table(input logic [CountBits-1:0] count, input logic [EntryBits-1:0] entry);
    above_table = $signed(32'(count) << GridBits) >= 32'(threshold[entry]);
  endfunction

  // @*, and the table in a function: always_comb waits for every entry of the table, which takes Icarus minutes to elaborate.
  always @* begin
    cmp_o = '0;
    if (cmp_i)
      for (int lane = 0; lane < Adcs; lane++)
        if (lane_en_i[lane])
          cmp_o[lane] = from_file
            ? above_table(count_q[lane*CountBits +: CountBits],
                          EntryBits'((lane * Sets + 32'(set_i)) * (1 << AdcBits) + 32'(ref_i[lane*AdcBits +: AdcBits])))
            : above_ideal(count_q[lane*CountBits +: CountBits], ref_i[lane*AdcBits +: AdcBits], lsb_i, low_i, nearest_i);
  end

  // The file has all tiles' tables one after the other, lines of equal length: go to ours and read it.
  string              file_name;
  integer             file;
  logic signed [23:0] word;

  initial begin : read_thresholds
    from_file = 1'b0;
    if ($value$plusargs("cim_thresholds=%s", file_name) != 0) begin
      from_file = 1'b1;
      file = $fopen(file_name, "r");
      if (file == 0)
        $fatal(1, "cannot open threshold file '%0s'", file_name);
      if (TileIndex != 0)
        if ($fseek(file, TileIndex * Entries * LineBytes - 1, 0) != 0 || $fgetc(file) != 10)
          $fatal(1, "threshold file '%0s' has no line end before entry %0d: each line must be six hexadecimal digits", file_name, TileIndex * Entries);
      for (int i = 0; i < Entries; i++) begin
        if ($fscanf(file, "%h", word) != 1)
          $fatal(1, "threshold file '%0s' ends or is not hexadecimal at entry %0d, needs %0d", file_name, TileIndex * Entries + i, (TileIndex + 1) * Entries);
        threshold[i] = word;
      end
      $fclose(file);
    end
  end
endmodule

`default_nettype wire
