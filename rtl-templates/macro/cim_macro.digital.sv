// cim_macro, digital view: the same counts out of flip-flops and adder trees, synthesisable to standard cells (docs/macro.md).
// One adder tree per converter, behind a column multiplexer. Thresholds are always the ideal ones of lsb_i, low_i, nearest_i.
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
  localparam int RowBits = Positions * Adcs * CellBits;  // the last position may have lanes without a column
  localparam int CountBits = $clog2(Rows * ((1 << CellBits) - 1) + 1);

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

  // Cells: written by LOAD before the first activation reads them, no reset.
  (* mem2reg *) logic [RowBits-1:0] cells [Rows];

  always_ff @(posedge clk_i)
    if (we_i)
      cells[waddr_i] <= RowBits'(wdata_i);

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      rdata_o <= '0;
    else if (re_i)
      rdata_o <= cells[raddr_i][Cols*CellBits-1:0];

  // The plane stands for the charge of the bit lines.
  logic [Rows-1:0] line_q;
  logic [Rows-1:0] held;
  logic            unused_phases;

  assign unused_phases = &{1'b0, precharge_i, evaluate_i, set_i, 32'(GridBits), 32'(TileIndex)};

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

  // Nothing moves in the trees but in the sample clock.
  logic [Adcs*CountBits-1:0] count_q, count_d;
  logic [Adcs*CellBits-1:0]  picked;

  always_comb begin
    count_d = count_q;
    picked = '0;
    if (sample_i) begin
      count_d = '0;
      for (int row = 0; row < Rows; row++) begin
        picked = held[row] ? cells[row][sel_i*(Adcs*CellBits) +: Adcs*CellBits] : '0;
        for (int lane = 0; lane < Adcs; lane++)
          count_d[lane*CountBits +: CountBits] = count_d[lane*CountBits +: CountBits] + CountBits'(picked[lane*CellBits +: CellBits]);
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      count_q <= '0;
    else if (sample_i)
      for (int lane = 0; lane < Adcs; lane++)
        if (lane_en_i[lane])
          count_q[lane*CountBits +: CountBits] <= count_d[lane*CountBits +: CountBits];

  // numerics.md section 4, both sides doubled so that half an lsb is whole
  function automatic logic above_ideal(input logic [CountBits-1:0] count, input logic [AdcBits-1:0] code, input logic [15:0] lsb,
                                       input logic signed [15:0] low, input logic nearest);
    logic signed [31:0] limit;
    limit = 2 * (32'(low) + $signed(32'(code)) * $signed(32'(lsb))) - (nearest ? $signed(32'(lsb)) : 32'sd0);
    above_ideal = 2 * $signed(32'(count)) >= limit;
  endfunction

  always_comb begin
    cmp_o = '0;
    if (cmp_i)
      for (int lane = 0; lane < Adcs; lane++)
        if (lane_en_i[lane])
          cmp_o[lane] = above_ideal(count_q[lane*CountBits +: CountBits], ref_i[lane*AdcBits +: AdcBits], lsb_i, low_i, nearest_i);
  end
endmodule

`default_nettype wire
