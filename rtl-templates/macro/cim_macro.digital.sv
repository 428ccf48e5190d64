// cim_macro, digital view: the same counts out of flip-flops and adder trees, synthesisable to standard cells (docs/macro.md).
// Two adder trees per converter, behind a column multiplexer: columns, or the even and odd column of a pair. Thresholds are always the ideal ones of lsb_i, low_i, nearest_i.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_macro #(
  parameter int Rows = 8,        // 8..1024
  parameter int Cols = 8,        // 8..1024: of the array, spare ones too
  parameter int Adcs = 4,        // converters: a power of two, 1..256, at most Cols
  parameter int AdcBits = 4,     // 1..12
  parameter int Refs = 1,        // comparators per lane: 2^e - 1, e in 1..8, e <= AdcBits
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
  input  logic                      pair_i,
  input  logic [3:0]                bits_i,
  input  logic                      flash_i,
  input  logic [1:0]                set_i,
  input  logic [15:0]               lsb_i,
  input  logic signed [15:0]        low_i,
  input  logic                      nearest_i,
  input  logic [Adcs*AdcBits-1:0]   ref_i,
  input  logic                      cmp_i,
  output logic [Adcs*Refs-1:0]      cmp_o,
  input  logic                      force_i,
  input  logic signed [23:0]        force_level_i,
  input  logic                      serve_i,
  input  logic                      serve_precharge_i,
  input  logic                      serve_share_i,
  input  logic [Adcs*AdcBits-1:0]   serve_ref_i
);
  localparam int PairPositions = (Cols / 2 + Adcs - 1) / Adcs;
  localparam int RowBits = (2 * PairPositions > Positions ? 2 * PairPositions : Positions) * Adcs * CellBits;  // the last position may have lanes without a column
  localparam int PickBits = Adcs * CellBits;
  localparam int LevelBits = 24;   // of a sampled level, on the grid: as wide as a forced one
  localparam int LimitBits = AdcBits + 16 + GridBits + 2 > LevelBits ? AdcBits + 16 + GridBits + 2 : LevelBits;  // of a threshold: code times lsb, fraction, low, sign
  localparam int RefBits = $clog2(Refs + 1);
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
  if (Refs < 1 || Refs > 255 || (1 << $clog2(Refs + 1)) != Refs + 1 || Refs >= (1 << AdcBits)) begin : g_bad_refs
    cim_illegal_parameter_Refs u_illegal ();
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

  assign unused_phases = &{1'b0, precharge_i, evaluate_i, set_i, serve_i, serve_precharge_i, serve_share_i, serve_ref_i, 32'(TileIndex)};

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

  // Nothing moves in the trees but in the sample clock. A pair of columns (`dif`) takes both trees of its lane.
  logic [Adcs*CountBits-1:0] even_sum, odd_sum;
  logic [PickBits-1:0]       picked;
  logic [2*PickBits-1:0]     picked_pairs;
  logic [CellBits-1:0]       even, odd;

  always_comb begin
    even_sum = '0;
    odd_sum = '0;
    picked = '0;
    picked_pairs = '0;
    even = '0;
    odd = '0;
    if (sample_i && !force_i)
      for (int row = 0; row < Rows; row++) begin
        picked = held[row] && !pair_i ? cells[row][sel_i*PickBits +: PickBits] : '0;
        picked_pairs = held[row] && pair_i ? cells[row][sel_i*(2*PickBits) +: 2*PickBits] : '0;
        for (int lane = 0; lane < Adcs; lane++) begin
          even = picked[lane*CellBits +: CellBits] | picked_pairs[2*lane*CellBits +: CellBits];
          odd = picked_pairs[(2*lane+1)*CellBits +: CellBits];
          even_sum[lane*CountBits +: CountBits] = even_sum[lane*CountBits +: CountBits] + CountBits'(even);
          odd_sum[lane*CountBits +: CountBits] = odd_sum[lane*CountBits +: CountBits] + CountBits'(odd);
        end
      end
  end

  logic [Adcs*LevelBits-1:0] level_q;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      level_q <= '0;
    else if (sample_i)
      for (int lane = 0; lane < Adcs; lane++)
        if (lane_en_i[lane])
          level_q[lane*LevelBits +: LevelBits] <= force_i ? force_level_i
            : (LevelBits'(even_sum[lane*CountBits +: CountBits]) - LevelBits'(odd_sum[lane*CountBits +: CountBits])) << GridBits;

  // Thresholds, numerics.md section 4: a flash step asks every 2^(b-e)-th code of all lanes alike, other steps the lane's trial code.
  logic signed [LimitBits-1:0] origin, step, limit;
  logic signed [LevelBits-1:0] level;
  logic [3:0]                  flash_bits;
  logic [AdcBits-1:0]          code;

  always_comb begin
    cmp_o = (Adcs*Refs)'(0);  // not '0: Verilator warns of one that is wider than 8192 bits
    flash_bits = bits_i < 4'(RefBits) ? bits_i : 4'(RefBits);
    origin = (LimitBits'(low_i) <<< GridBits) - (nearest_i ? $signed(LimitBits'(lsb_i)) <<< (GridBits - 1) : LimitBits'(0));
    step = $signed(LimitBits'(lsb_i)) <<< (4'(GridBits) + bits_i - flash_bits);
    limit = origin;
    level = '0;
    code = '0;
    if (cmp_i && !flash_i)
      for (int lane = 0; lane < Adcs; lane++)
        if (lane_en_i[lane]) begin
          code = ref_i[lane*AdcBits +: AdcBits];
          level = level_q[lane*LevelBits +: LevelBits];
          limit = origin + (($signed(LimitBits'(code)) * $signed(LimitBits'(lsb_i))) <<< GridBits);
          cmp_o[lane*Refs] = LimitBits'(level) >= limit;
        end
    if (cmp_i && flash_i)
      for (int m = 1; m <= Refs; m++) begin
        limit = limit + step;
        if (m < (1 << flash_bits))
          for (int lane = 0; lane < Adcs; lane++)
            if (lane_en_i[lane]) begin
              level = level_q[lane*LevelBits +: LevelBits];
              cmp_o[lane*Refs+m-1] = LimitBits'(level) >= limit;
            end
      end
  end
endmodule

`default_nettype wire
