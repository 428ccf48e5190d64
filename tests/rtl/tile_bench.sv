// tile_bench: random activations through one cim_tile, checked in three ways: accumulator words against docs/numerics.md, lossless ones also against
// the plain integer product; pending and shadow_full in every clock against the recurrence of docs/isa.md section 6; event totals.
// Runs under Verilator (--binary) and Icarus. The model below shares nothing with the RTL.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module tile_bench #(
  parameter int Rows = 8,
  parameter int Cols = 8,
  parameter int Adcs = 4,
  parameter int AdcBits = 4,
  parameter int CellBits = 1,
  parameter int SampleHold = 1,
  parameter int Kind = 0,
  parameter int FlashBits = 1,
  parameter int Bubble = 0,
  parameter int Search = 0,      // 1: the tree as it is after reset, a binary search over all bits
  parameter int GridBits = 4,
  parameter int AccDepth = 16,
  parameter int TileIndex = 0,
  parameter int Tiles = 1,       // in the threshold file
  parameter int FromFile = 0,    // 1: thresholds of +cim_thresholds
  parameter int Runs = 20,       // weight loads
  parameter int Acts = 12,       // activations per load
  parameter int Seed = 1
) (
  output logic   done_o,
  output integer errors_o,
  output integer planes_o,       // totals of the model, for a probe's check
  output integer conversions_o,
  output integer loads_o,
  output integer outputs_o
);
  localparam int Entries = Tiles * Adcs * 4 * (1 << AdcBits);
  localparam int MaxActs = Runs * Acts;

  logic clk, rst_n;
  logic load_we, row_we, cmd_valid, cmd_accumulate, shadow_full, input_sm, weight_sm, weight_dif, seed_load, ev_plane, ev_compare, ev_convert, ev_compute;
  logic [$clog2(Rows)-1:0] load_row, row_addr;
  logic [Cols*CellBits-1:0] load_data;
  logic [7:0]  row_data, precharge, evaluate, compare;
  logic [9:0]  cmd_start, cmd_stride;
  logic [10:0] cmd_count;
  logic [15:0] cmd_base;
  logic [3:0]  cmd_bits, cmd_slice0, cmd_nslice, input_bits, weight_bits, nearest;
  logic [1:0]  cmd_set;
  logic [2:0]  pending;
  logic [63:0] lsb, low;
  logic [$clog2(AccDepth)-1:0] acc_raddr;
  logic [31:0] acc_rdata;
  logic [8:0]  ev_conversions;
  logic [16:0] ev_comparisons;
  logic [11:0] samples;
  logic [15:0] seed;

  logic upset;

  cim_tile #(
    .Rows(Rows), .Cols(Cols), .Adcs(Adcs), .AdcBits(AdcBits), .CellBits(CellBits), .SampleHold(SampleHold), .GridBits(GridBits),
    .Kind(Kind), .FlashBits(FlashBits), .Bubble(Bubble), .Search(Search), .AccDepth(AccDepth), .TileIndex(TileIndex)
  ) u_tile (
    .clk_i(clk), .rst_ni(rst_n), .reg_rst_ni(rst_n), .load_we_i(load_we), .load_row_i(load_row), .load_data_i(load_data),
    .repair_we_i(1'b0), .repair_addr_i(2'd0), .repair_valid_i(1'b0), .repair_position_i(10'd0),
    .row_we_i(row_we), .row_addr_i(row_addr), .row_data_i(row_data),
    .cmd_valid_i(cmd_valid), .cmd_col_start_i(cmd_start), .cmd_col_stride_i(cmd_stride), .cmd_col_count_i(cmd_count),
    .cmd_acc_base_i(cmd_base), .cmd_bits_i(cmd_bits), .cmd_set_i(cmd_set), .cmd_slice0_i(cmd_slice0), .cmd_nslice_i(cmd_nslice),
    .cmd_accumulate_i(cmd_accumulate), .shadow_full_o(shadow_full), .pending_o(pending),
    .input_bits_i(input_bits), .input_sm_i(input_sm), .weight_bits_i(weight_bits), .weight_sm_i(weight_sm), .weight_dif_i(weight_dif),
    .precharge_i(precharge), .evaluate_i(evaluate), .compare_i(compare), .lsb_i(lsb), .low_i(low), .nearest_i(nearest),
    .ref_precharge_i(8'd1), .share_i(8'd1), .settle_i(8'd1), .samples_i(samples), .seed_load_i(seed_load), .seed_i(seed),
    .tree_we_i(1'b0), .tree_addr_i({AdcBits{1'b0}}), .tree_left_i({AdcBits{1'b0}}), .tree_right_i({AdcBits{1'b0}}),
    .ask_o(), .ask_key_o(), .grant_i(1'b0), .converting_o(), .flash_done_o(), .turn_end_o(), .turn_bits_o(), .turn_flash_o(), .turn_ref_o(),
    .turn_precharge_o(), .turn_share_o(), .serve_i(1'b0), .serve_precharge_i(1'b0), .serve_share_i(1'b0), .serve_ref_i({Adcs*AdcBits{1'b0}}),
    .char_active_i(1'b0), .char_start_i(1'b0), .char_force_i(1'b0), .char_sample_i(1'b0), .char_strobe_i(1'b0), .char_flash_i(1'b0), .char_bits_i(4'd1), .char_set_i(2'd0),
    .char_level_i(24'sd0), .char_ref_i({AdcBits{1'b0}}), .char_lane_i(8'd0), .char_comparator_i({AdcBits{1'b0}}), .char_code_o(), .char_above_o(),
    .acc_raddr_i(acc_raddr), .acc_rdata_o(acc_rdata),
    .ev_plane_o(ev_plane), .ev_conversions_o(ev_conversions), .ev_comparisons_o(ev_comparisons), .ev_compare_o(ev_compare),
    .ev_convert_o(ev_convert), .ev_compute_o(ev_compute), .upset_o(upset)
  );

  // nothing flips bits here
  always @(posedge clk) if (rst_n && upset) $fatal(1, "tile_bench: upset");

  initial clk = 1'b0;
  always #5 clk = !clk;

  integer cycle, seen_planes, seen_conversions, seen_comparisons, seen_compare, seen_convert, seen_compute;
  always @(posedge clk) begin
    cycle <= cycle + 1;
    if (rst_n) begin
      seen_planes      <= seen_planes + (ev_plane ? 1 : 0);
      seen_conversions <= seen_conversions + 32'(ev_conversions);
      seen_comparisons <= seen_comparisons + 32'(ev_comparisons);
      seen_compare     <= seen_compare + (ev_compare ? 1 : 0);
      seen_convert     <= seen_convert + (ev_convert ? 1 : 0);
      seen_compute     <= seen_compute + (ev_compute ? 1 : 0);
    end
  end

  // ---- random numbers ----
  integer state;
  function integer rnd(input integer n);  // 0..n-1
    state = state * 1103515245 + 12345;
    rnd = ((state >> 8) & 32'h7fffff) % n;
  endfunction

  // ---- what is in the array ----
  integer cell_v [0:Rows*Cols-1];
  integer weight_v [0:Rows*Cols-1];
  integer x_v [0:Rows-1];
  integer sum_v [0:Cols-1];
  integer lfsr_v [0:Adcs-1];
  integer acc_v [0:AccDepth-1];
  logic signed [23:0] threshold [0:Entries-1];

  integer columns;  // of an activation: pairs while the weights are dif
  integer slices, outs, first_col, stride;  // layout of one load: output o, slice j in column first_col + (o*slices + j)*stride

  function integer ceil_div(input integer a, input integer b);
    ceil_div = (a + b - 1) / b;
  endfunction

  function integer content(input integer row, input integer c);
    content = weight_dif ? cell_v[row*Cols+2*c] - cell_v[row*Cols+2*c+1] : cell_v[row*Cols+c];
  endfunction

  // numerics.md section 1; dif: weight_sm and weight_dif
  function integer slice_count(input integer bits, input integer sm);
    slice_count = sm != 0 ? (weight_dif ? 1 : 2) * ceil_div(bits > 1 ? bits - 1 : 1, CellBits) : ceil_div(bits - 1, CellBits) + 1;
  endfunction

  function integer slice_weight(input integer j);
    if (weight_dif)
      slice_weight = 1 << (j * CellBits);
    else if (weight_sm)
      slice_weight = j < slices / 2 ? 1 << (j * CellBits) : -(1 << ((j - slices / 2) * CellBits));
    else
      slice_weight = j < slices - 1 ? 1 << (j * CellBits) : -(1 << (32'(weight_bits) - 1));
  endfunction

  function integer slice_cell(input integer w, input integer j);
    integer magnitude, digit;
    if (weight_sm) begin
      magnitude = j < slices / 2 || weight_dif ? (w > 0 ? w : 0) : (w < 0 ? -w : 0);
      digit = j < slices / 2 || weight_dif ? j : j - slices / 2;
      slice_cell = (magnitude >> (digit * CellBits)) % (1 << CellBits);
    end else if (j == slices - 1) begin
      slice_cell = w < 0 ? 1 : 0;
    end else begin
      magnitude = w < 0 ? w + (1 << (32'(weight_bits) - 1)) : w;  // the low bits - 1 bits
      slice_cell = (magnitude >> (j * CellBits)) % (1 << CellBits);
    end
  endfunction

  // counts lie in 0..full_count, those of pairs in -full_count..full_count
  function integer full_count();
    full_count = Rows * ((1 << CellBits) - 1);
  endfunction

  function integer random_code(input integer bits, input integer sm);
    integer m;
    m = bits > 1 ? bits - 1 : 1;
    if (rnd(8) == 0)
      random_code = sm != 0 ? (1 << m) - 1 : -(1 << (bits - 1));  // full scale
    else if (sm != 0)
      random_code = rnd(2 * (1 << m) - 1) - ((1 << m) - 1);
    else
      random_code = rnd(1 << bits) - (1 << (bits - 1));
  endfunction

  function integer plane_count();
    plane_count = input_sm ? 2 * (input_bits > 1 ? 32'(input_bits) - 1 : 1) : 32'(input_bits);
  endfunction

  function integer plane_weight(input integer p);
    integer m;
    m = input_bits > 1 ? 32'(input_bits) - 1 : 1;
    if (input_sm)
      plane_weight = p < m ? 1 << p : -(1 << (p - m));
    else
      plane_weight = p == 32'(input_bits) - 1 ? -(1 << p) : 1 << p;
  endfunction

  function integer plane_bit(input integer x, input integer p);
    integer m;
    m = input_bits > 1 ? 32'(input_bits) - 1 : 1;
    if (!input_sm)
      plane_bit = (x >> p) & 1;
    else if (p < m)
      plane_bit = x > 0 ? (x >> p) & 1 : 0;
    else
      plane_bit = x < 0 ? ((-x) >> (p - m)) & 1 : 0;
  endfunction

  // numerics.md section 4: the comparator, threshold k
  function integer above(input integer count, input integer col, input integer set, input integer k);
    integer t;
    if (FromFile != 0)
      t = 32'(threshold[((TileIndex * Adcs + col % Adcs) * 4 + set) * (1 << AdcBits) + k]);
    else
      t = ($signed(32'($signed(low[set*16 +: 16]))) + k * 32'(lsb[set*16 +: 16])) * (1 << GridBits)
          - (nearest[set] ? 32'(lsb[set*16 +: 16]) * (1 << (GridBits - 1)) : 0);
    above = count * (1 << GridBits) >= t ? 1 : 0;
  endfunction

  // from the top bit down, with threshold code + 2^k
  function integer search(input integer count, input integer col, input integer set, input integer from, input integer bits);
    search = from;
    for (int k = bits - 1; k >= 0; k--)
      if (above(count, col, set, search + (1 << k)) != 0)
        search = search + (1 << k);
  endfunction

  // the answers of a flash step of e bits, threshold m * 2^shift, and its bubble rule
  function integer flash(input integer count, input integer col, input integer set, input integer e, input integer shift);
    logic [257:0] t;
    integer trial;
    t = '0;
    t[0] = 1'b1;
    for (int m = 1; m < 1 << e; m++)
      t[m] = above(count, col, set, m << shift) != 0;
    flash = 0;
    if (Bubble != 0) begin
      for (int m = 1; m < 1 << e; m++)
        flash = flash + (t[m] ? 1 : 0);
    end else begin
      for (int k = e - 1; k >= 0; k--) begin
        trial = flash + (1 << k);
        if (32'(t[trial-1]) + 32'(t[trial]) + 32'(t[trial+1]) >= 2)
          flash = trial;
      end
    end
  endfunction

  function integer draw(input integer x);
    draw = x;
    for (int i = 0; i < AdcBits; i++)
      draw = (draw >> 1) ^ (draw % 2 != 0 ? 32'hb400 : 0);
  endfunction

  function integer minimum(input integer a, input integer b);
    minimum = a < b ? a : b;
  endfunction

  // the order of asking is the definition; a stochastic converter moves its register
  function integer convert(input integer count, input integer col, input integer set, input integer bits);
    integer code, e, u;
    code = 0;
    e = minimum(FlashBits, bits);
    case (Kind)
      1: code = flash(count, col, set, bits, 0);
      2: code = search(count, col, set, flash(count, col, set, e, bits - e) << (bits - e), bits - e);
      3: code = above(count, col, set, 1);
      4: for (int i = 0; i < 32'(samples); i++) begin
        lfsr_v[col % Adcs] = draw(lfsr_v[col % Adcs]);
        u = lfsr_v[col % Adcs] % (1 << bits);
        if (u < (1 << bits) - 1)
          code = code + above(count, col, set, u + 1);
      end
      default: code = search(count, col, set, 0, bits);
    endcase
    convert = $signed(32'($signed(low[set*16 +: 16]))) + code * 32'(lsb[set*16 +: 16]);
  endfunction

  // compare cycles and decisions of one conversion
  function integer steps(input integer bits);
    steps = Kind == 1 || Kind == 3 ? 1 : Kind == 2 ? 1 + bits - minimum(FlashBits, bits) : Kind == 4 ? 32'(samples) : bits;
  endfunction

  function integer decisions(input integer bits);
    decisions = Kind == 1 ? (1 << bits) - 1 : Kind == 2 ? (1 << minimum(FlashBits, bits)) - 1 + bits - minimum(FlashBits, bits) : steps(bits);
  endfunction

  // ---- clocks: isa.md section 6 ----
  integer acts, retired;
  integer h_at [0:MaxActs-1];
  integer x_at [0:MaxActs-1];
  integer g_at [0:MaxActs-1];
  integer k_last, f_last;
  integer want_planes, want_conversions, want_comparisons, want_compare, want_convert, want_compute;

  function integer max(input integer a, input integer b);
    max = a > b ? a : b;
  endfunction

  task schedule(input integer h, input integer start, input integer step, input integer count, input integer bits);
    integer n, rounds, x, v, k;
    n = acts;
    rounds = 1;
    for (int i = 1; i < count; i++)
      if ((start + i * step) / Adcs != (start + (i - 1) * step) / Adcs)
        rounds = rounds + 1;
    x = n == 0 ? h + 1 : max(h + 1, k_last);
    v = x + 1;
    k = 0;
    for (int p = 0; p < plane_count(); p++) begin
      if (SampleHold == 0)
        v = max(v, f_last + 1);
      k = max(v + 32'(precharge) + 32'(evaluate), f_last);
      if (p == 0 && n >= 2)
        k = max(k, g_at[n-2]);
      f_last = k + rounds * (steps(bits) * 32'(compare) + 1);
      v = k + 1;
    end
    k_last = k;
    h_at[n] = h;
    x_at[n] = x;
    g_at[n] = (n == 0 ? f_last + 2 : max(f_last + 2, g_at[n-1])) + count + 2;
    outputs_o        = outputs_o + count / 32'(cmd_nslice);
    want_planes      = want_planes + plane_count();
    want_conversions = want_conversions + plane_count() * count;
    want_comparisons = want_comparisons + plane_count() * count * decisions(bits);
    want_compare     = want_compare + plane_count() * rounds * steps(bits) * 32'(compare);
    want_convert     = want_convert + plane_count() * rounds * (steps(bits) * 32'(compare) + 1);
    want_compute     = want_compute + plane_count() * (32'(precharge) + 32'(evaluate));
    acts = n + 1;
  endtask

  task fail(input integer where, input integer want, input integer seen);
    errors_o = errors_o + 1;
    if (errors_o <= 5)
      $display("tile_bench %m: clock %0d check %0d activation %0d: expected %0d, seen %0d", cycle, where, acts, want, seen);
  endtask

  task tick;
    integer want_pending, want_full;
    @(negedge clk);
    want_pending = 0;
    want_full = 0;
    while (retired < acts && g_at[retired] <= cycle)
      retired = retired + 1;
    for (int n = retired; n < acts; n++)
      if (h_at[n] + 1 <= cycle) begin
        want_pending = want_pending + 1;
        if (cycle <= x_at[n])
          want_full = 1;
      end
    if (pending !== 3'(want_pending)) fail(1, want_pending, 32'(pending));
    if (shadow_full !== 1'(want_full)) fail(2, want_full, 32'(shadow_full));
  endtask

  // ---- stimulus ----
  task load_weights;
    integer max_stride, c, digit;
    input_bits  = 4'(1 + rnd(8));
    input_sm    = 1'(rnd(2));
    precharge   = 8'(1 + rnd(3));
    evaluate    = 8'(1 + rnd(3));
    compare     = 8'(1 + rnd(2) * rnd(3));
    weight_dif  = 1'(rnd(4) == 0);
    weight_sm   = 1'(rnd(2)) | weight_dif;
    columns     = weight_dif ? Cols / 2 : Cols;
    samples     = 12'(1 + rnd((1 << AdcBits) - 1));
    weight_bits = 4'(1 + rnd(8));
    while (slice_count(32'(weight_bits), 32'(weight_sm)) > columns)
      weight_bits = weight_bits - 4'd1;
    slices = slice_count(32'(weight_bits), 32'(weight_sm));
    for (int s = 0; s < 4; s++) begin  // set 0 is lossless
      lsb[s*16 +: 16] = s == 0 ? 16'd1 : 16'(1 + rnd(4));
      low[s*16 +: 16] = Kind == 4 ? 16'd0 : s == 0 ? (weight_dif ? 16'(-full_count()) : 16'd0) : 16'(rnd(9) - 4);
      nearest[s]      = s == 0 ? 1'b0 : 1'(rnd(2));
    end
    max_stride = slices > 1 ? (columns - 1) / (slices - 1) : columns - 1;
    stride = rnd(3) == 0 ? 1 : 1 + rnd(max_stride);
    first_col = rnd(columns - (slices - 1) * stride);
    outs = ((columns - 1 - first_col) / stride + 1) / slices;
    if (outs > AccDepth) outs = AccDepth;
    for (int r = 0; r < Rows; r++) begin
      for (int i = 0; i < Cols; i++)
        cell_v[r*Cols+i] = rnd(1 << CellBits);
      for (int o = 0; o < outs; o++) begin
        weight_v[r*Cols+o] = random_code(32'(weight_bits), 32'(weight_sm));
        for (int j = 0; j < slices; j++) begin
          c = first_col + (o * slices + j) * stride;
          if (weight_dif) begin
            digit = slice_cell(weight_v[r*Cols+o] < 0 ? -weight_v[r*Cols+o] : weight_v[r*Cols+o], j);
            cell_v[r*Cols+2*c]   = weight_v[r*Cols+o] > 0 ? digit : 0;
            cell_v[r*Cols+2*c+1] = weight_v[r*Cols+o] < 0 ? digit : 0;
          end else begin
            cell_v[r*Cols+c] = slice_cell(weight_v[r*Cols+o], j);
          end
        end
      end
      for (int i = 0; i < Cols; i++)
        load_data[i*CellBits +: CellBits] = CellBits'(cell_v[r*Cols+i]);
      load_we = 1'b1;
      load_row = $bits(load_row)'(r);
      loads_o = loads_o + 1;
      tick;
    end
    load_we = 1'b0;
  endtask

  task activate(input logic accumulate);
    integer rows, row, o0, n_outs, j0, n_slices, step, lossless, span, partial, exact, sum, c;
    // masks: some outputs whole, some slices of one output, or one slice of some outputs
    o0 = rnd(outs);
    n_outs = 1 + rnd(outs - o0);
    j0 = 0;
    n_slices = slices;
    step = stride;
    if (slices > 1 && rnd(4) == 0) begin
      j0 = rnd(slices);
      n_slices = 1;
      step = slices * stride;
    end else if (slices > 1 && rnd(4) == 0) begin
      n_outs = 1;
      j0 = rnd(slices);
      n_slices = 1 + rnd(slices - j0);
    end
    span = weight_dif ? 2 * full_count() : full_count();
    lossless = (1 << AdcBits) > span && FromFile == 0 && Kind != 4 ? rnd(2) : 0;
    cmd_bits       = Search != 0 ? 4'(AdcBits) : lossless != 0 ? 4'($clog2(span + 1)) : 4'(1 + rnd(AdcBits));
    cmd_set        = lossless != 0 ? 2'd0 : 2'(rnd(4));
    cmd_start      = 10'(first_col + (o0 * slices + j0) * stride);
    cmd_stride     = 10'(step);
    cmd_count      = 11'(n_outs * n_slices);
    cmd_base       = 16'(accumulate ? rnd(AccDepth - n_outs + 1) : o0);
    cmd_slice0     = 4'(j0);
    cmd_nslice     = 4'(n_slices);
    cmd_accumulate = accumulate;
    for (int r = 0; r < Rows; r++)
      x_v[r] = 0;
    while (shadow_full)
      tick;
    if (rnd(3) == 0)
      for (int i = rnd(60); i > 0; i--)
        tick;
    rows = rnd(3) == 0 ? Rows : 1 + rnd(Rows);
    for (int i = 0; i < rows; i++) begin
      row = rows == Rows ? i : (i * 5 + 3) % Rows;
      x_v[row] = random_code(32'(input_bits), 32'(input_sm));
      row_we = 1'b1;
      row_addr = $bits(row_addr)'(row);
      row_data = 8'(x_v[row]);
      cmd_valid = i == rows - 1;
      if (cmd_valid)
        schedule(cycle, 32'(cmd_start), step, 32'(cmd_count), 32'(cmd_bits));
      tick;
    end
    row_we = 1'b0;
    cmd_valid = 1'b0;
    // numerics.md section 5; planes first, and columns in order within one: what a stochastic converter draws depends on it
    for (int i = 0; i < n_outs * n_slices; i++)
      sum_v[i] = 0;
    for (int p = 0; p < plane_count(); p++)
      for (int i = 0; i < n_outs * n_slices; i++) begin
        c = 32'(cmd_start) + i * step;
        sum = 0;
        for (int r = 0; r < Rows; r++)
          sum = sum + plane_bit(x_v[r], p) * content(r, c);
        sum_v[i] = sum_v[i] + convert(sum, c, 32'(cmd_set), 32'(cmd_bits)) * plane_weight(p);
      end
    for (int o = 0; o < n_outs; o++) begin
      partial = 0;
      for (int j = 0; j < n_slices; j++)
        partial = partial + sum_v[o*n_slices+j] * slice_weight(j0 + j);
      if (lossless != 0 && n_slices == slices) begin
        exact = 0;
        for (int r = 0; r < Rows; r++)
          exact = exact + x_v[r] * weight_v[r*Cols+o0+o];
        if (exact != partial) fail(3, exact, partial);
      end
      acc_v[32'(cmd_base)+o] = (accumulate ? acc_v[32'(cmd_base)+o] : 0) + partial;
    end
  endtask

  // every accumulator word gets a value before anything is added to it
  task clear_accumulators;
    integer o;
    o = 0;
    while (o < AccDepth) begin
      while (shadow_full)
        tick;
      cmd_start = 10'd0;
      cmd_stride = 10'd1;
      cmd_count = 11'(AccDepth - o < columns ? AccDepth - o : columns);
      cmd_base = 16'(o);
      cmd_bits = Search != 0 ? 4'(AdcBits) : 4'd1;
      cmd_set = 2'd0;
      cmd_slice0 = 4'd0;
      cmd_nslice = 4'd1;
      cmd_accumulate = 1'b0;
      row_we = 1'b1;
      row_addr = '0;
      row_data = 8'd0;
      cmd_valid = 1'b1;
      schedule(cycle, 0, 1, 32'(cmd_count), 32'(cmd_bits));
      tick;
      row_we = 1'b0;
      cmd_valid = 1'b0;
      for (int i = 0; i < 32'(cmd_count); i++)
        acc_v[o+i] = 0;
      for (int p = 0; p < plane_count(); p++)
        for (int i = 0; i < 32'(cmd_count); i++)
          acc_v[o+i] = acc_v[o+i] + convert(0, i, 0, 32'(cmd_bits)) * slice_weight(0) * plane_weight(p);
      o = o + 32'(cmd_count);
    end
  endtask

  task check_accumulators;
    while (pending != 0)
      tick;
    for (int i = 0; i < AccDepth; i++) begin
      acc_raddr = $bits(acc_raddr)'(i);
      tick;
      if (acc_rdata !== acc_v[i]) fail(4, acc_v[i], acc_rdata);
    end
    if (seen_planes !== want_planes) fail(5, want_planes, seen_planes);
    if (seen_conversions !== want_conversions) fail(6, want_conversions, seen_conversions);
    if (seen_comparisons !== want_comparisons) fail(7, want_comparisons, seen_comparisons);
    if (seen_compare !== want_compare) fail(8, want_compare, seen_compare);
    if (seen_convert !== want_convert) fail(9, want_convert, seen_convert);
    if (seen_compute !== want_compute) fail(10, want_compute, seen_compute);
  endtask

  string file_name;
  initial begin
    done_o = 1'b0;
    errors_o = 0;
    loads_o = 0;
    outputs_o = 0;
    cycle = 0;
    acts = 0;
    retired = 0;
    k_last = 0;
    f_last = 0;
    state = Seed;
    {seen_planes, seen_conversions, seen_comparisons, seen_compare, seen_convert, seen_compute} = 192'd0;
    {want_planes, want_conversions, want_comparisons, want_compare, want_convert, want_compute} = 192'd0;
    if (FromFile != 0)
      if ($value$plusargs("cim_thresholds=%s", file_name) != 0)
        $readmemh(file_name, threshold);
      else
        $fatal(1, "tile_bench: needs +cim_thresholds=FILE");
    rst_n = 1'b0;
    {load_we, row_we, cmd_valid} = 3'b000;
    {load_row, load_data, row_addr, row_data, acc_raddr} = '0;
    {cmd_start, cmd_stride, cmd_count, cmd_base, cmd_bits, cmd_set, cmd_slice0, cmd_nslice, cmd_accumulate} = '0;
    {input_bits, input_sm, weight_bits, weight_sm, weight_dif, precharge, evaluate, compare, samples, lsb, low, nearest} = '0;
    seed_load = 1'b0;
    seed = 16'(Seed * 7919);
    @(negedge clk);
    @(negedge clk);
    rst_n = 1'b1;
    seed_load = 1'b1;
    @(negedge clk);
    seed_load = 1'b0;
    for (int lane = 0; lane < Adcs; lane++) begin
      lfsr_v[lane] = (32'(seed) + 32'h9e37 * (TileIndex * Adcs + lane + 1)) % 65536;
      if (lfsr_v[lane] == 0)
        lfsr_v[lane] = 1;
    end
    for (int run = 0; run < Runs; run++) begin
      load_weights;
      if (run == 0)
        clear_accumulators;
      for (int i = 0; i < Acts - (run == 0 ? (AccDepth + columns - 1) / columns : 0); i++)
        activate(1'(rnd(2)));
      check_accumulators;
    end
    $display("%0s tile kind %0d search %0d bubble %0d %0dx%0d adcs %0d x %0d bits, cell_bits %0d, sample_hold %0d, file %0d, tile_index %0d: %0d activations, %0d clocks, %0d errors",
             errors_o == 0 ? "ok" : "FAIL", Kind, Search, Bubble, Rows, Cols, Adcs, AdcBits, CellBits, SampleHold, FromFile, TileIndex, acts, cycle, errors_o);
    planes_o = want_planes;
    conversions_o = want_conversions;
    done_o = 1'b1;
  end
endmodule

`default_nettype wire
