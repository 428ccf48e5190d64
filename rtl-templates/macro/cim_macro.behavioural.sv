// cim_macro, behavioural view: the analog array as a simulator sees it (docs/macro.md). Not for synthesis.
// The bit lines hold the plane that charged them, and a column is counted when a converter samples it, not when the plane is
// captured: the same charge, far less work. Cells lie column by column, 64 rows to a word, so that a count is an AND and a population count per
// word, and the write of a cell touches one word.
// Thresholds: ideal ones of lsb_i, low_i, nearest_i, or those of the file named by +cim_thresholds=FILE, read once at time zero.
// Faults: stuck cells and comparators of the file named by +cim_faults=FILE (docs/faults.md section 4), read once at time zero.
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
  localparam int Cells = Cols * CellBits;                            // per row
  localparam int Words = (Rows + 63) / 64;                           // per column and bit
  localparam int RowBits = $clog2(Rows);
  localparam int WordIdxBits = $clog2(Cells * Words);
  localparam int LaneBits = Adcs > 1 ? $clog2(Adcs) : 1;
  localparam int LevelBits = 64;                                     // of a sampled level, on the grid: as wide as a threshold is worked out
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

  // Cells are memory: written by LOAD before the first activation reads them, no reset.
  logic [63:0] cells [Cells*Words];  // word = (column * CellBits + bit) * Words + row / 64

  function automatic logic [WordIdxBits-1:0] word_of(input int cell_index, input int part);
    word_of = WordIdxBits'(cell_index * Words + part);
  endfunction

  // One row of one word. The word goes out through the argument because Verilator takes no non-blocking write to an array in a loop.
  task automatic write_cell(output logic [63:0] word, input logic [63:0] old, input logic [5:0] row, input logic value);
    word = (old & ~(64'd1 << row)) | (64'(value) << row);
  endtask

  // Stuck cells, few: a list, held after every write of their row.
  int stuck_cells;       // how many
  int stuck_row[], stuck_column[], stuck_value[];

  always @(posedge clk_i)
    if (we_i) begin
      for (int i = 0; i < Cells; i++)
        write_cell(cells[word_of(i, 32'(waddr_i) >> 6)], cells[word_of(i, 32'(waddr_i) >> 6)], 6'(waddr_i), wdata_i[i]);
      for (int f = 0; f < stuck_cells; f++)
        if (stuck_row[f] == 32'(waddr_i))
          for (int b = 0; b < CellBits; b++)
            write_cell(cells[word_of(stuck_column[f] * CellBits + b, stuck_row[f] >> 6)], cells[word_of(stuck_column[f] * CellBits + b, stuck_row[f] >> 6)],
                       6'(stuck_row[f]), 1'(stuck_value[f] >> b));
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      rdata_o <= '0;
    else if (re_i)
      for (int i = 0; i < Cells; i++)
        rdata_o[i] <= 1'(cells[word_of(i, 32'(raddr_i) >> 6)] >> (raddr_i & RowBits'(63)));

  // What the bit lines carry is known from the plane that discharged them.
  logic [Rows-1:0] line_q;
  logic [Words*64-1:0] held;
  logic unused_phases;

  assign unused_phases = &{1'b0, serve_share_i, serve_ref_i};

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      line_q <= '0;
    else if (capture_i)
      line_q <= plane_i;
    else if (serve_i && serve_precharge_i)
      line_q <= '0;  // another array's reference is charged on them: what they held is gone

  // Rule 7 of docs/macro.md: an array does not compute or convert while its lines are another one's reference.
  always @(posedge clk_i or negedge rst_ni)
    if (rst_ni && serve_i && (precharge_i || evaluate_i || sample_i || cmp_i))
      $fatal(1, "'%m' serves as a reference while it computes or converts (rule 7 of the contract): precharge_i %b, evaluate_i %b, sample_i %b, cmp_i %b",
             precharge_i, evaluate_i, sample_i, cmp_i);

  if (SampleHold != 0) begin : g_hold
    logic [Words*64-1:0] held_q;
    always_ff @(posedge clk_i or negedge rst_ni)
      if (!rst_ni)
        held_q <= '0;
      else if (hold_i)
        held_q <= (Words*64)'(line_q);
    assign held = held_q;
  end else begin : g_no_hold
    logic unused_hold;
    assign unused_hold = hold_i;
    assign held = (Words*64)'(line_q);
  end

  // Converters: one level per lane, on the grid: a count, the difference of two, or a forced level; with noise it needs more than 24 bits.
  // Arrays, because one wide vector would be copied in every clock.
  logic signed [LevelBits-1:0] level [Adcs];
  logic [63:0]                 drawn [Adcs];  // conversions of each converter since reset; counted only with noise, which alone asks

  // Ones of a word in each of its bytes. By hand: no host has an instruction for $countones of several words that Verilator would use.
  function automatic logic [63:0] byte_ones(input logic [63:0] word);
    logic [63:0] pairs, nibbles;
    pairs     = word - ((word >> 1) & 64'h5555_5555_5555_5555);
    nibbles   = (pairs & 64'h3333_3333_3333_3333) + ((pairs >> 2) & 64'h3333_3333_3333_3333);
    byte_ones = (nibbles + (nibbles >> 4)) & 64'h0f0f_0f0f_0f0f_0f0f;
  endfunction

  // A column's count: bytes of up to 16 words add up to 128 at most, their sum in 16-bit lanes to 1024.
  function automatic logic signed [LevelBits-1:0] count_column(input int column);
    logic signed [LevelBits-1:0] sum;
    logic [63:0]                 ones;
    sum = '0;
    for (int b = 0; b < CellBits; b++) begin
      ones = '0;
      for (int w = 0; w < Words; w++)
        ones = ones + byte_ones(held[64*w +: 64] & cells[word_of(column * CellBits + b, w)]);
      ones = (ones & 64'h00ff_00ff_00ff_00ff) + ((ones >> 8) & 64'h00ff_00ff_00ff_00ff);
      sum  = sum + LevelBits'(((ones * 64'h0001_0001_0001_0001) >> 48) << b);
    end
    count_column = sum;
  endfunction

  // Noise, numerics.md sections 10 and 11. Not inlined, hence everything by argument: unfolded for every lane of every tile it would be
  // half of a Verilated model's code, in the way of the clocks without noise.
  int          noise;       // thousandths of a count, 0: none
  logic [63:0] noise_seed;

  function automatic logic [63:0] mix(input logic [63:0] word);
    // verilator no_inline_task
    logic [63:0] z;
    z = word;
    z = (z ^ (z >> 30)) * 64'hBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 64'h94D049BB133111EB;
    mix = z ^ (z >> 31);
  endfunction

  // n-th normal deviate of a converter, standard deviation 65536
  function automatic logic signed [63:0] deviate(input logic [63:0] seed, input int converter, input logic [63:0] n);
    // verilator no_inline_task
    logic [63:0]        key, word;
    logic signed [63:0] sum;
    key = mix(mix(seed + 64'h9E3779B97F4A7C15) + (64'd6 << 32) + 64'(converter));
    sum = -64'sd393210;
    for (int i = 0; i < 3; i++) begin
      word = mix(key + 64'd3 * n + 64'(i));
      sum = sum + $signed(64'(word[15:0])) + $signed(64'(word[31:16])) + $signed(64'(word[47:32])) + $signed(64'(word[63:48]));
    end
    deviate = sum;
  endfunction

  // a / b, rounded half away from zero; b even
  function automatic logic signed [63:0] divide(input logic signed [63:0] a, input logic signed [63:0] b);
    divide = a < 0 ? -((b / 2 - a) / b) : (a + b / 2) / b;
  endfunction

  function automatic logic signed [LevelBits-1:0] noise_level(input int deviation, input logic [63:0] seed, input int lane, input logic [63:0] n);
    // verilator no_inline_task
    logic signed [63:0] thousandths;
    thousandths = divide(64'(deviation) * deviate(seed, TileIndex * Adcs + lane, n), 64'sd65536);
    noise_level = LevelBits'(divide(thousandths <<< GridBits, 64'sd1000));
  endfunction

  // Through the arguments for the same reason as write_cell; nothing looks at a level in the clock that samples it.
  task automatic put_level(output logic signed [LevelBits-1:0] to, input logic signed [LevelBits-1:0] value);
    to = value;
  endtask

  task automatic put_drawn(output logic [63:0] to, input logic [63:0] value);
    to = value;
  endtask

  always @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      for (int lane = 0; lane < Adcs; lane++) begin
        put_level(level[lane], '0);
        put_drawn(drawn[lane], '0);
      end
    end else if (sample_i) begin
      if (force_i) begin
        for (int lane = 0; lane < Adcs; lane++)
          if (lane_en_i[lane])
            put_level(level[lane], LevelBits'(force_level_i));
      end else if (pair_i) begin
        for (int lane = 0; lane < Adcs; lane++)
          if (lane_en_i[lane])
            put_level(level[lane], (count_column(2 * (32'(sel_i) * Adcs + lane)) - count_column(2 * (32'(sel_i) * Adcs + lane) + 1)) <<< GridBits);
      end else begin
        for (int lane = 0; lane < Adcs; lane++)
          if (lane_en_i[lane])
            put_level(level[lane], count_column(32'(sel_i) * Adcs + lane) <<< GridBits);
      end
      if (noise != 0)
        for (int lane = 0; lane < Adcs; lane++)
          if (lane_en_i[lane]) begin
            put_level(level[lane], level[lane] + noise_level(noise, noise_seed, lane, drawn[lane]));
            put_drawn(drawn[lane], drawn[lane] + 64'd1);
          end
    end

  logic signed [23:0] threshold [Entries];  // [lane][set][code], grid values
  logic               from_file;

  // numerics.md section 4: T[code] = origin + code * step, on the grid; 64 bits, because code * lsb on the grid is more than 32
  logic [63:0] origin, step;

  // the sign of a difference: cheaper to simulate than a signed comparison, and all terms stay far below 2^63
  function automatic logic above_ideal(input logic [LaneBits-1:0] lane, input logic [AdcBits-1:0] code);
    above_ideal = $unsigned(level[lane]) - origin - 64'(code) * step < 64'h8000_0000_0000_0000;
  endfunction

  function automatic logic above_table(input logic [LaneBits-1:0] lane, input logic [1:0] set, input logic [AdcBits-1:0] code);
    logic [EntryBits-1:0] entry;
    entry = EntryBits'((32'(lane) * Sets + 32'(set)) * (1 << AdcBits) + 32'(code));
    above_table = level[lane] >= LevelBits'(threshold[entry]);
  endfunction

  // The answers of all lanes. Collected in the function's own variable: a port that is changed lane by lane would be a chain through memory
  // in a simulator.
  function automatic logic [Adcs-1:0] lanes_ideal(input logic [Adcs-1:0] enable);
    for (int lane = 0; lane < Adcs; lane++)
      lanes_ideal[lane] = above_ideal(LaneBits'(lane), ref_i[lane*AdcBits +: AdcBits]);
    lanes_ideal = lanes_ideal & enable;
  endfunction

  // each lane's answer is its first comparator's
  function automatic logic [Adcs*Refs-1:0] first_comparators(input logic [Adcs-1:0] answers);
    first_comparators = (Adcs*Refs)'(answers);
    if (Refs > 1) begin
      first_comparators = (Adcs*Refs)'(0);  // not '0: Verilator warns of one that is wider than 8192 bits
      for (int lane = 0; lane < Adcs; lane++)
        first_comparators[lane*Refs] = answers[lane];
    end
  endfunction

  // Stuck comparators answer the same whenever they are asked: the first of an enabled lane, in a flash step those below `most`.
  int                   stuck_comparators;     // how many
  logic [Adcs*Refs-1:0] stuck_at, stuck_yes;   // which, and what they say

  function automatic logic [Adcs*Refs-1:0] hold_answers(input logic [Adcs*Refs-1:0] answers, input logic [Adcs-1:0] enable, input int most);
    hold_answers = answers;
    for (int lane = 0; lane < Adcs; lane++)
      for (int m = 1; m <= Refs; m++)
        if (enable[lane] && m < most && stuck_at[lane*Refs+m-1])
          hold_answers[lane*Refs+m-1] = stuck_yes[lane*Refs+m-1];
  endfunction

  // a flash step asks every 2^(b-e)-th code
  localparam int RefBits = $clog2(Refs + 1);
  logic [3:0]         flash_bits;
  logic [AdcBits-1:0] flash_code;

  // @*, and the tables in functions: always_comb waits for every entry of a table, which takes Icarus minutes to elaborate.
  // Branches, because Verilator computes both sides of a choice between two function calls: a tenth of the simulation's time.
  always @* begin
    cmp_o = (Adcs*Refs)'(0);
    origin = '0;
    step = '0;
    flash_bits = '0;
    flash_code = '0;
    if (cmp_i) begin
      step = 64'(lsb_i) << GridBits;
      origin = ($unsigned(64'(low_i)) << GridBits) - (nearest_i ? step >> 1 : 64'd0);
      if (!flash_i && from_file) begin
        for (int lane = 0; lane < Adcs; lane++)
          if (lane_en_i[lane])
            cmp_o[lane*Refs] = above_table(LaneBits'(lane), set_i, ref_i[lane*AdcBits +: AdcBits]);
      end else if (!flash_i) begin
        cmp_o = first_comparators(lanes_ideal(lane_en_i));
      end else begin
        flash_bits = bits_i < 4'(RefBits) ? bits_i : 4'(RefBits);
        for (int m = 1; m <= Refs; m++)
          if (m < (1 << flash_bits)) begin
            flash_code = AdcBits'(m) << (bits_i - flash_bits);
            for (int lane = 0; lane < Adcs; lane++)
              if (lane_en_i[lane]) begin
                if (from_file)
                  cmp_o[lane*Refs+m-1] = above_table(LaneBits'(lane), set_i, flash_code);
                else
                  cmp_o[lane*Refs+m-1] = above_ideal(LaneBits'(lane), flash_code);
              end
          end
      end
      if (stuck_comparators != 0)
        cmp_o = hold_answers(cmp_o, lane_en_i, flash_i ? 1 << flash_bits : 2);
    end
  end

  initial begin : read_noise
    noise = 0;
    noise_seed = '0;
    if ($value$plusargs("cim_noise=%d", noise) != 0) begin
      if (noise < 0 || noise > 100000)
        $fatal(1, "+cim_noise=%0d is not legal: 0..100000 thousandths of a count", noise);
      if (noise != 0 && $value$plusargs("cim_noise_seed=%d", noise_seed) == 0)
        $fatal(1, "+cim_noise=%0d needs a seed: add +cim_noise_seed=N", noise);
    end
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

  // The file has a count, then as many lines `kind tile at index value`: 0, a cell's row and column; 1, a comparator's lane and number, from 1 on.
  string fault_name;
  int    fault_file, faults, fault_kind, fault_tile, fault_at, fault_index, fault_value;

  initial begin : read_faults
    stuck_cells = 0;
    stuck_comparators = 0;
    if ($value$plusargs("cim_faults=%s", fault_name) != 0) begin
      fault_file = $fopen(fault_name, "r");
      if (fault_file == 0)
        $fatal(1, "cannot open fault file '%0s'", fault_name);
      if ($fscanf(fault_file, "%d", faults) != 1 || faults < 0)
        $fatal(1, "fault file '%0s' does not begin with the number of faults", fault_name);
      stuck_row = new[faults];
      stuck_column = new[faults];
      stuck_value = new[faults];
      stuck_at = (Adcs*Refs)'(0);
      stuck_yes = (Adcs*Refs)'(0);
      for (int i = 0; i < faults; i++) begin
        if ($fscanf(fault_file, "%d %d %d %d %d", fault_kind, fault_tile, fault_at, fault_index, fault_value) != 5)
          $fatal(1, "fault file '%0s' ends or has no five numbers at fault %0d of %0d", fault_name, i, faults);
        if (fault_tile == TileIndex && fault_kind == 0) begin
          if (fault_at < 0 || fault_at >= Rows || fault_index < 0 || fault_index >= Cols || fault_value < 0 || fault_value >= 1 << CellBits)
            $fatal(1, "fault file '%0s': fault %0d is of no cell of this array", fault_name, i);
          stuck_row[stuck_cells] = fault_at;
          stuck_column[stuck_cells] = fault_index;
          stuck_value[stuck_cells] = fault_value;
          stuck_cells = stuck_cells + 1;
          for (int b = 0; b < CellBits; b++)
            write_cell(cells[word_of(fault_index * CellBits + b, fault_at >> 6)], cells[word_of(fault_index * CellBits + b, fault_at >> 6)],
                       6'(fault_at), 1'(fault_value >> b));
        end else if (fault_tile == TileIndex) begin
          if (fault_kind != 1 || fault_at < 0 || fault_at >= Adcs || fault_index < 1 || fault_index > Refs || fault_value < 0 || fault_value > 1)
            $fatal(1, "fault file '%0s': fault %0d is of no comparator of this array", fault_name, i);
          stuck_at[fault_at*Refs+fault_index-1] = 1'b1;
          stuck_yes[fault_at*Refs+fault_index-1] = 1'(fault_value);
          stuck_comparators = stuck_comparators + 1;
        end
      end
      $fclose(fault_file);
    end
  end
endmodule

`default_nettype wire
