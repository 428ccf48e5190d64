// macro_bench: one cim_macro against a model of docs/macro.md and docs/numerics.md sections 3, 4, 10, 11 that is kept here in plain integers:
// counts, pairs, forced levels, search and flash steps, ideal and read thresholds, noise. Nothing of the design is used but its ports.
// View 0 is behavioural (follows +cim_thresholds, +cim_noise, +cim_noise_seed), 1 digital (ignores them).
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module macro_bench #(
  parameter int Rows = 8,
  parameter int Cols = 8,
  parameter int Adcs = 4,
  parameter int AdcBits = 4,
  parameter int Refs = 1,
  parameter int CellBits = 1,
  parameter int SampleHold = 1,
  parameter int GridBits = 4,
  parameter int TileIndex = 0,
  parameter int Tiles = 1,     // in the threshold file
  parameter int View = 0,
  parameter int Runs = 3,      // weight loads
  parameter int Seed = 1
) (
  input  logic start_i,
  output logic done_o
);
  localparam int Positions = (Cols + Adcs - 1) / Adcs;
  localparam int SelBits = Positions > 1 ? $clog2(Positions) : 1;
  localparam int Entries = Adcs * 4 * (1 << AdcBits);
  localparam int RefBits = $clog2(Refs + 1);

  logic clk, rst_n, we, precharge, evaluate, capture, hold, sample, pair, flash, nearest, cmp, forced, serve, serve_precharge, serve_share;
  logic [$clog2(Rows)-1:0] waddr;
  logic [Cols*CellBits-1:0] wdata, rdata;
  logic [Rows-1:0] plane, next_plane;
  logic [SelBits-1:0] sel;
  logic [Adcs-1:0] lane_en;
  logic [3:0] bits;
  logic [1:0] set;
  logic [15:0] lsb;
  logic signed [15:0] low;
  logic [Adcs*AdcBits-1:0] refs, serve_ref;
  logic [Adcs*Refs-1:0] answers, wanted;
  logic signed [23:0] force_level;

  cim_macro #(
    .Rows(Rows), .Cols(Cols), .Adcs(Adcs), .AdcBits(AdcBits), .Refs(Refs), .CellBits(CellBits), .SampleHold(SampleHold), .GridBits(GridBits), .TileIndex(TileIndex)
  ) u_macro (
    .clk_i(clk), .rst_ni(rst_n), .we_i(we), .waddr_i(waddr), .wdata_i(wdata), .re_i(1'b0), .raddr_i({$clog2(Rows){1'b0}}), .rdata_o(rdata),
    .plane_i(plane), .precharge_i(precharge), .evaluate_i(evaluate), .capture_i(capture), .hold_i(hold), .sample_i(sample), .sel_i(sel), .lane_en_i(lane_en),
    .pair_i(pair), .bits_i(bits), .flash_i(flash), .set_i(set), .lsb_i(lsb), .low_i(low), .nearest_i(nearest), .ref_i(refs), .cmp_i(cmp), .cmp_o(answers),
    .force_i(forced), .force_level_i(force_level), .serve_i(serve), .serve_precharge_i(serve_precharge), .serve_share_i(serve_share), .serve_ref_i(serve_ref)
  );

  initial clk = 1'b0;
  always #5 clk = !clk;

  // ---- the model ----
  integer cell_v [0:Rows*Cols-1];
  logic signed [23:0] table_v [0:Tiles*Entries-1];
  logic signed [63:0] level_v [0:Adcs-1];
  integer drawn_v [0:Adcs-1];
  logic [Rows-1:0] held_v;
  integer from_file, noise, errors, checks, state;
  logic [63:0] noise_seed;
  reg [8*256-1:0] file_name;

  function automatic integer rnd(input integer n);  // 0..n-1
    state = state * 1103515245 + 12345;
    rnd = ((state >> 8) & 32'h7fffff) % n;
  endfunction

  function automatic integer count(input integer column);
    count = 0;
    for (int r = 0; r < Rows; r++)
      if (held_v[r])
        count = count + cell_v[r*Cols+column];
  endfunction

  function automatic [63:0] scramble(input [63:0] word);
    reg [63:0] z;
    z = word ^ {30'd0, word[63:30]};
    z = z * 64'd13787848793156543929;
    z = z ^ {27'd0, z[63:27]};
    z = z * 64'd10723151780598845931;
    scramble = z ^ {31'd0, z[63:31]};
  endfunction

  // numerics.md section 10: twelve quarters of three words
  function automatic integer gauss(input [63:0] seed, input integer id, input integer n);
    reg [63:0] key, word;
    key = scramble(scramble(seed + 64'd11400714819323198485) + 64'd25769803776 + {32'd0, id});
    gauss = -393210;
    for (int i = 3 * n; i < 3 * n + 3; i++) begin
      word = scramble(key + {32'd0, i});
      for (int q = 0; q < 4; q++) begin
        gauss = gauss + {16'd0, word[15:0]};
        word = word >> 16;
      end
    end
  endfunction

  function automatic logic signed [63:0] rounded(input logic signed [63:0] a, input logic signed [63:0] b);  // a / b, half away from zero
    logic signed [63:0] q, r;
    q = a / b;
    r = a - q * b;
    if (2 * (r < 0 ? -r : r) >= b)
      q = q + (a < 0 ? -1 : 1);
    rounded = q;
  endfunction

  function automatic logic signed [63:0] noise_of(input integer lane);
    logic signed [63:0] part;
    part = gauss(noise_seed, TileIndex * Adcs + lane, drawn_v[lane]);
    part = rounded(part * noise, 65536);
    noise_of = rounded(part * (1 << GridBits), 1000);
  endfunction

  function automatic logic signed [63:0] threshold(input integer lane, input integer k);
    logic signed [63:0] t, each;
    if (from_file != 0)
      t = table_v[((TileIndex * Adcs + lane) * 4 + {30'd0, set}) * (1 << AdcBits) + k];
    else begin
      each = {48'd0, lsb};
      t = (low + k * each) * (1 << GridBits);
      if (nearest)
        t = t - each * (1 << (GridBits - 1));
    end
    threshold = t;
  endfunction

  // ---- stimulus: each task is called in one place, because Verilator copies it to every caller ----
  task expect_answers(input integer kind);  // 0 nothing asked, 1 search, 2 flash
    integer e, k;
    wanted = 0;
    e = bits < RefBits ? bits : RefBits;
    for (int lane = 0; lane < Adcs; lane++)
      if (lane_en[lane] && kind != 0)
        for (int m = 1; m <= Refs; m++) begin
          k = kind == 2 ? m << (bits - e) : refs[lane*AdcBits +: AdcBits];
          if (kind == 1 ? m == 1 : m < (1 << e))
            wanted[lane*Refs+m-1] = level_v[lane] >= threshold(lane, k);
        end
    checks = checks + 1;
    if (answers !== wanted) begin
      errors = errors + 1;
      if (errors <= 5)
        $display("macro_bench %m: kind %0d bits %0d set %0d lsb %0d low %0d nearest %b lanes %h: expected %h, seen %h", kind, bits, set, lsb, low, nearest, lane_en, wanted, answers);
    end
  endtask

  task load;
    for (int r = 0; r < Rows; r++) begin
      for (int c = 0; c < Cols; c++) begin
        cell_v[r*Cols+c] = rnd(1 << CellBits);
        wdata[c*CellBits +: CellBits] = cell_v[r*Cols+c];
      end
      waddr = r;
      we = 1'b1;
      @(negedge clk);
    end
    we = 1'b0;
  endtask

  task draw_plane(input integer density);  // 0 none .. 4 all
    for (int r = 0; r < Rows; r++)
      plane[r] = rnd(4) < density;
  endtask

  task evaluate_plane;
    precharge = 1'b1;
    @(negedge clk);
    precharge = 1'b0;
    evaluate = 1'b1;
    @(negedge clk);
    capture = 1'b1;
    @(negedge clk);
    evaluate = 1'b0;
    capture = 1'b0;
  endtask

  task sample_round(input integer position);
    integer q, last;
    last = pair ? Cols / 2 : Cols;
    sel = position;
    forced = rnd(5) == 0;
    force_level = rnd(3) == 0 ? {$random(state)} : rnd(64 << GridBits) - (32 << GridBits);
    for (int lane = 0; lane < Adcs; lane++)
      lane_en[lane] = (forced || position * Adcs + lane < last) && rnd(8) != 0;
    sample = 1'b1;
    cmp = 1'b0;
    #1 expect_answers(0);
    for (int lane = 0; lane < Adcs; lane++)
      if (lane_en[lane]) begin
        q = position * Adcs + lane;
        level_v[lane] = forced ? force_level : pair ? (count(2 * q) - count(2 * q + 1)) * (1 << GridBits) : count(q) * (1 << GridBits);
        if (noise != 0) begin
          level_v[lane] = level_v[lane] + noise_of(lane);
          drawn_v[lane] = drawn_v[lane] + 1;
        end
      end
    @(negedge clk);
    sample = 1'b0;
    forced = 1'b0;
    force_level = $random(state);
  endtask

  // one compare cycle: the lanes may be fewer than were sampled
  task compare(input integer kind);
    if (kind == 1)
      for (int lane = 0; lane < Adcs; lane++)
        refs[lane*AdcBits +: AdcBits] = 1 + rnd((1 << AdcBits) - 1);
    flash = kind == 2;
    if (rnd(3) == 0)
      lane_en = lane_en & {$random(state), $random(state), $random(state), $random(state), $random(state), $random(state), $random(state), $random(state)};
    for (int strobe = 0; strobe < 2; strobe++) begin
      cmp = strobe == 1;
      #1 expect_answers(strobe == 1 ? kind : 0);
      @(negedge clk);
    end
    cmp = 1'b0;
    flash = 1'b0;
  endtask

  task convert_plane;
    pair = rnd(2);
    bits = 1 + rnd(AdcBits);
    set = rnd(4);
    case (rnd(4))
      0: begin lsb = 1; low = 0; end
      1: begin lsb = 1 + rnd(4); low = rnd(9) - 4; end
      2: begin lsb = 1; low = -(1 << AdcBits) / 2; end
      default: begin lsb = rnd(65536); low = rnd(65536) - 32768; end
    endcase
    nearest = rnd(2);
    for (int p = 0; p * Adcs < (pair ? Cols / 2 : Cols); p++) begin
      sample_round(p);
      for (int step = 0; step < 4; step++)  // flash, search, search, flash
        if (step == 0 ? Refs > 1 || rnd(2) == 0 : step < 3 || rnd(8) == 0)
          compare(step % 3 == 0 ? 2 : 1);
    end
  endtask

  // lines as a reference: what they held is lost (only the behavioural view knows), what the hold has is not
  task serve_once;
    serve = 1'b1;
    serve_ref = {8{$random(state)}};
    serve_precharge = 1'b1;
    @(negedge clk);
    serve_precharge = 1'b0;
    serve_share = 1'b1;
    @(negedge clk);
    serve_share = 1'b0;
    serve = 1'b0;
    if (SampleHold == 0 && View == 0)
      held_v = 0;
  endtask

  // a level that is forced to zero many times, searched on a table that is the grid itself: prints what noise added
  task print_noise;
    integer code;
    set = 0;
    bits = AdcBits;
    for (int n = 0; n < 20; n++) begin
      lane_en = {Adcs{1'b1}};
      forced = 1'b1;
      force_level = 0;
      sample = 1'b1;
      @(negedge clk);
      sample = 1'b0;
      forced = 1'b0;
      for (int lane = 0; lane < Adcs; lane++) begin
        code = 0;
        for (int b = AdcBits - 1; b >= 0; b--) begin
          refs[lane*AdcBits +: AdcBits] = code + (1 << b);
          cmp = 1'b1;
          @(negedge clk);
          if (answers[lane*Refs])
            code = code + (1 << b);
        end
        cmp = 1'b0;
        $display("noise %0d %0d %0d %0d", TileIndex * Adcs + lane, drawn_v[lane], GridBits, code - (1 << (AdcBits - 1)));
        drawn_v[lane] = drawn_v[lane] + 1;
      end
    end
  endtask

  task break_rule(input integer which);  // serve with 0 nothing, 1 precharge, 2 evaluate, 3 sample, 4 cmp
    serve = 1'b1;
    @(negedge clk);
    precharge = which == 1;
    evaluate = which == 2;
    sample = which == 3;
    cmp = which == 4;
    @(negedge clk);
    $display("macro_bench: rule 7, case %0d: not stopped", which);
    $finish;
  endtask

  initial begin : run
    integer which;
    done_o = 1'b0;
    errors = 0;
    checks = 0;
    state = Seed;
    from_file = 0;
    noise = 0;
    noise_seed = 0;
    if (View == 0) begin
      if ($value$plusargs("cim_thresholds=%s", file_name)) begin
        from_file = 1;
        $readmemh(file_name, table_v);
      end
      if ($value$plusargs("cim_noise=%d", noise))
        which = $value$plusargs("cim_noise_seed=%d", noise_seed);
    end
    {we, precharge, evaluate, capture, hold, sample, pair, flash, nearest, cmp, forced, serve, serve_precharge, serve_share} = 0;
    waddr = 0; wdata = 0; plane = 0; sel = 0; lane_en = 0; bits = 1; set = 0; lsb = 1; low = 0; refs = 0; serve_ref = 0; force_level = 0;
    for (int lane = 0; lane < Adcs; lane++) begin
      level_v[lane] = 0;
      drawn_v[lane] = 0;
    end
    held_v = 0;
    rst_n = 1'b0;
    wait (start_i);
    @(negedge clk) rst_n = 1'b1;
    if ($value$plusargs("rule7=%d", which))
      break_rule(which);
    else if ($test$plusargs("print_noise"))
      print_noise;
    else
      for (int run = 0; run < Runs; run++) begin
        load;
        for (int n = 0; n < 6; n++) begin
          draw_plane(n < 5 ? n : 2);
          next_plane = plane;
          evaluate_plane;
          if (SampleHold != 0 && rnd(2) == 0)
            serve_once;                     // after which the lines must be charged again
          if (SampleHold != 0)
            evaluate_plane;
          plane = ~plane;                   // nobody looks at it after the capture
          hold = 1'b1;
          @(negedge clk);
          hold = 1'b0;
          held_v = next_plane;
          if (SampleHold != 0) begin        // the next plane is on the lines while this one converts
            draw_plane(2);
            evaluate_plane;
          end
          for (int again = 0; again == 0 || (again < 3 && rnd(2) == 0); again++) begin
            if (again != 0)
              serve_once;
            convert_plane;
          end
        end
      end
    if (!$test$plusargs("print_noise"))
      $display("%0s - macro view %0d %0dx%0d, adcs %0d, bits %0d, refs %0d, cell_bits %0d, hold %0d, grid %0d, tile %0d: %0d answers, %0d wrong", errors == 0 ? "ok" : "FAIL",
               View, Rows, Cols, Adcs, AdcBits, Refs, CellBits, SampleHold, GridBits, TileIndex, checks, errors);
    done_o = 1'b1;
  end
endmodule

`default_nettype wire
