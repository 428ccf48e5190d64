// cim_repair: the repair map of one tile (docs/faults.md section 5). What LOAD writes into a position goes into its spare position too; a conversion of that
// position samples the spare one. No clock is added. While columns are pairs, entry s stands for two positions and the upper half of the entries for none.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_repair #(
  parameter int Cols     = 8,  // 8..1024: of the instructions
  parameter int Adcs     = 4,  // a power of two, 1..256, at most Cols
  parameter int CellBits = 1,  // 1..2
  parameter int Spares   = 1,  // 1..4 positions
  localparam int Positions = (Cols + Adcs - 1) / Adcs,
  localparam int Even      = (Positions + 1) / 2 * 2,       // positions before the first spare one
  localparam int SelBits   = Positions > 1 ? $clog2(Positions) : 1,
  localparam int AllBits   = $clog2(Even + Spares),
  localparam int RowBits   = Cols * CellBits,
  localparam int PartBits  = Adcs * CellBits,               // of a position
  localparam int AllRow    = (Even + Spares) * PartBits
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  // REPAIR
  input  logic               we_i,
  input  logic [1:0]         addr_i,    // below Spares
  input  logic               valid_i,
  input  logic [9:0]         position_i,
  // LOAD
  input  logic               pair_i,    // columns are pairs
  input  logic               load_we_i,
  input  logic [RowBits-1:0] load_data_i,
  output logic [AllRow-1:0]  load_data_o,
  // a conversion
  input  logic [SelBits-1:0] sel_i,
  output logic [AllBits-1:0] sel_o
);
  localparam int Pairs = Spares / 2;  // entries that stand for pairs

  if (Spares < 1 || Spares > 4) begin : g_bad_spares
    cim_illegal_parameter_Spares u_illegal ();
  end

  logic [Spares-1:0]    valid_q;
  logic [10*Spares-1:0] position_q;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      valid_q    <= '0;
      position_q <= '0;
    end else if (we_i) begin
      for (int s = 0; s < Spares; s++)
        if (addr_i == 2'(s)) begin
          valid_q[s]             <= valid_i;
          position_q[10*s +: 10] <= position_i;
        end
    end

  // the lowest entry has the last word
  always_comb begin
    sel_o = AllBits'(sel_i);
    for (int s = Spares - 1; s >= 0; s--)
      if (valid_q[s] && position_q[10*s +: 10] == 10'(sel_i) && (!pair_i || s < Pairs))
        sel_o = (pair_i ? AllBits'(Even / 2) : AllBits'(Even)) + AllBits'(s);
  end

  // whose copy spare position s holds
  function automatic logic [10:0] origin(input int s, input logic pair, input logic [10*Spares-1:0] position);
    origin = pair ? {position[10*(s/2) +: 10], 1'(s)} : {1'b0, position[10*s +: 10]};
  endfunction

  function automatic logic holds(input int s, input logic pair, input logic [Spares-1:0] valid);
    holds = pair ? valid[s/2] && s / 2 < Pairs : valid[s];
  endfunction

  // worked out while a row is written; columns beyond the last hold nothing
  logic [AllRow-1:0] loaded;
  assign loaded = AllRow'(load_data_i);

  always_comb begin
    load_data_o = loaded;
    for (int s = 0; s < Spares; s++)
      for (int p = 0; p < Positions; p++)
        if (load_we_i && holds(s, pair_i, valid_q) && origin(s, pair_i, position_q) == 11'(p))
          load_data_o[(Even+s)*PartBits +: PartBits] = loaded[p*PartBits +: PartBits];
  end
endmodule

`default_nettype wire
