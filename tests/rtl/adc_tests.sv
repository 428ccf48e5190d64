// adc_tests: every converter in a closed loop with an abstract comparator bank, checked in every clock against docs/numerics.md section 4 (codes,
// trial codes, who is asked, decisions) and docs/isa.md section 6 (a round is 1 + n_c * cycle clocks, so no code hangs).
// One bench, one elaboration: the shapes sit in Shapes, resolution and everything else is run-time. Runs under Verilator (--binary) and Icarus;
// +quick asks a part of the counts (Icarus is slow). The digest of all codes of a shape must be the same in both.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module adc_tests;
  localparam int Slots = 31;
  localparam int Lanes = 4;
  // digits: lanes, AdcBits, kind, flash bits, 0 majority 1 ones, 0 binary 1 asymmetric, tile (2)
  localparam logic [Slots*32-1:0] Shapes = {
    32'h12030002, 32'h4C02003F, 32'h11420000, 32'h48420003, 32'h1C42003F, 32'h41320000,                        // sar 2 and 12 bits, stochastic, sense
    32'h1C261000, 32'h47260000, 32'h4C251000, 32'h26250000, 32'h15241000, 32'h4C240000, 32'h29231000, 32'h47230000,  // hybrid
    32'h4C221000, 32'h28220000, 32'h12211000, 32'h4C210000,
    32'h13121000, 32'h11120000, 32'h28121000, 32'h48120000,                                                    // flash
    32'h48020100, 32'h27020100, 32'h46020100, 32'h15020100, 32'h44020100, 32'h13020100, 32'h22020100, 32'h41020100,  // asymmetric
    32'h11020000
  };

  logic          clk, rst_n, start, more, seed_load, tree_we;
  logic [7:0]    which;
  logic [3:0]    bits, mask;
  logic [9:0]    cycle;
  logic [11:0]   samples, tree_addr, tree_left, tree_right;
  logic [15:0]   seed;
  logic [8:0]    lanes;
  logic [1019:0] above;
  wire [133:0]   outs [0:Slots-1];

  for (genvar i = 0; i < Slots; i++) begin : g_slot
    adc_slot #(
      .Index(i), .Adcs(32'(Shapes[i*32+28 +: 4])), .AdcBits(32'(Shapes[i*32+24 +: 4])), .Kind(32'(Shapes[i*32+20 +: 4])), .FlashBits(32'(Shapes[i*32+16 +: 4])),
      .Bubble(32'(Shapes[i*32+12 +: 4])), .Search(32'(Shapes[i*32+8 +: 4])), .TileIndex(32'(Shapes[i*32 +: 8]))
    ) u_slot (
      .clk_i(clk), .rst_ni(rst_n), .which_i(which), .start_i(start), .more_i(more), .bits_i(bits), .cycle_i(cycle), .samples_i(samples),
      .seed_load_i(seed_load), .seed_i(seed), .lanes_i(lanes), .lane_en_i(mask), .above_i(above), .tree_we_i(tree_we), .tree_addr_i(tree_addr),
      .tree_left_i(tree_left), .tree_right_i(tree_right), .out_o(outs[i])
    );
  end

  logic        sample, comparing, strobe, flash, round_last, busy, last;
  logic [3:0]  ask;
  logic [9:0]  cycle_clock;
  logic [16:0] comparisons;
  logic [47:0] trial, code;
  assign {sample, comparing, strobe, flash, round_last, busy, last, ask, cycle_clock, comparisons, trial, code} = outs[which];

  // ---- the shape under test ----
  integer full;                       // 0: +quick
  integer adcs, adc_bits, kind, flash_bits, ones, tree, tile;

`include "adc_model.svh"

  // ---- tables and levels ----
  task ideal_tables;
    monotone = 1;
    for (int lane = 0; lane < adcs; lane++)
      for (int k = 1; k < (1 << bits); k++)
        table_of[lane*4096+k] = k;
  endtask

  // rising, with steps of 0..3, so that thresholds coincide
  task bent_tables;
    integer v;
    monotone = 1;
    for (int lane = 0; lane < adcs; lane++) begin
      v = rnd(9) - 4;
      for (int k = 1; k < (1 << bits); k++) begin
        v = v + rnd(4);
        table_of[lane*4096+k] = v;
      end
    end
  endtask

  task shuffled_tables;
    integer i, v;
    bent_tables;
    monotone = 0;
    for (int lane = 0; lane < adcs; lane++)
      for (int k = 1; k < (1 << bits); k++) begin
        i = 1 + rnd((1 << bits) - 1);
        v = table_of[lane*4096+k];
        table_of[lane*4096+k] = table_of[lane*4096+i];
        table_of[lane*4096+i] = v;
      end
  endtask

  // Rounds follow each other in all legal ways; `stop`: come to rest after this one.
  integer pending;   // the next clock is a sample clock
  task convert(input integer stop);
    integer again, chain, new_mask, idles;
    if (pending == 0) begin
      idles = rnd(3);
      for (int i = 0; i < idles; i++) idle(0);
      if (idles != 0) begin
        cycle = 10'd1;
        if (rnd(3) == 0) cycle = 10'(1 + rnd(5));
        samples = 12'(1 + rnd(adc_bits < 3 ? (1 << adc_bits) - 1 : 8));
      end
      #1 idle(1);
    end
    again = 0;
    chain = 0;
    if (stop == 0) begin
      again = rnd(2);
      chain = rnd(2);
    end
    new_mask = (1 << adcs) - 1;
    if (rnd(3) == 0) new_mask = rnd(1 << adcs);
    round(again, chain, new_mask);
    pending = again != 0 || chain != 0 ? 1 : 0;
    if (stop != 0) idle(0);
  endtask

  task levels(input integer at, input integer spread);  // lanes apart, so that each of them meets every count
    for (int lane = 0; lane < adcs; lane++)
      level[lane] = (at + lane * spread) % ((1 << bits) + 1);
  endtask

  integer pick;
  task threshold_levels(input integer k);  // at or just below a threshold
    for (int lane = 0; lane < adcs; lane++) begin
      pick = 1 + (k + lane * 5) % ((1 << bits) - 1);
      level[lane] = table_of[lane*4096+pick] - rnd(2);
    end
  endtask

  // every count on the ideal table, every threshold of a bent one, as many levels of a shuffled one
  task sweep;
    integer n, stride;
    n = 1 << bits;
    stride = full != 0 || n <= 16 ? 1 : n / 16 + 1;
    ideal_tables;
    for (int c = 0; c <= n; c += stride) begin
      levels(c, n / 4 + 1);
      convert(0);
    end
    for (int lane = 0; lane < adcs; lane++)
      level[lane] = lane % 2 == 0 ? -1000000 : 1000000;
    convert(0);
    if (n > 512 && stride == 1) stride = 7;
    bent_tables;
    for (int k = 0; k < n; k += stride) begin
      threshold_levels(k);
      convert(0);
    end
    shuffled_tables;
    for (int k = 0; k < n; k += stride) begin
      threshold_levels(k);
      convert(0);
    end
    convert(1);
  endtask

  // every code of a flash step with every single wrong answer
  task flips;
    integer e, stride;
    e = flash_step_bits(0);
    stride = full != 0 || e < 4 ? 1 : (1 << e) / 6 + 1;
    ideal_tables;
    for (int c = 0; c < (1 << e); c += stride)
      for (int m = 1; m < (1 << e); m += adcs * stride) begin
        for (int lane = 0; lane < adcs; lane++) begin
          level[lane] = (c << (32'(bits) - e)) + rnd(1 << (32'(bits) - e));
          flipped[lane] = (m + lane * stride) % (1 << e);
        end
        convert(0);
      end
    for (int lane = 0; lane < adcs; lane++)
      flipped[lane] = 0;
    convert(1);
  endtask

  // ---- trees ----
  task binary_tree;
    root = 1 << (adc_bits - 1);
    for (int k = 0; k < 256; k++) begin
      left[k] = 0;
      right[k] = 0;
    end
    for (int j = 1; j < adc_bits; j++)
      for (int k = 1 << j; k < (1 << adc_bits); k += 1 << (j + 1)) begin
        left[k] = k - (1 << (j - 1));
        right[k] = k + (1 << (j - 1));
      end
  endtask

  task write_tree;
    codes_there = 0;
    for (int k = 1; k < (1 << adc_bits); k++)
      write_node(k, left[k], right[k]);
    write_node(0, root, rnd(1 << adc_bits));
  endtask

  // the search tree that insertion in a random order makes; shape 1, 2: in rising, falling order
  integer key [0:255];
  task grow(input integer shape);
    integer n, i, at, parent;
    n = (1 << adc_bits) - 1;
    for (int k = 1; k <= n; k++) begin
      key[k] = shape == 2 ? n + 1 - k : k;
      left[k] = 0;
      right[k] = 0;
    end
    if (shape == 0)
      for (int k = n; k > 1; k--) begin
        i = 1 + rnd(k);
        at = key[k];
        key[k] = key[i];
        key[i] = at;
      end
    root = key[1];
    for (int k = 2; k <= n; k++) begin
      at = root;
      parent = 0;
      while (at != 0) begin
        parent = at;
        at = key[k] < at ? left[at] : right[at];
      end
      if (key[k] < parent) left[parent] = key[k];
      else right[parent] = key[k];
    end
  endtask

  task trees;
    integer n;
    n = (1 << adc_bits) - 1;
    for (int i = 0; i < 4; i++) begin
      grow(i < 2 ? 0 : i - 1);
      write_tree;
      if (adc_bits < 6 || (full != 0 && (i < 2 || adc_bits < 8))) begin
        sweep;
      end else begin
        bent_tables;
        threshold_levels(rnd(100));
        convert(1);
      end
    end
    // no trees: random children, and nodes that lead to themselves; a round must end after 2^B - 1 steps at the latest
    for (int i = 0; i < 3; i++) begin
      root = 1 + rnd(n);
      for (int k = 1; k <= n; k++) begin
        left[k] = k;
        right[k] = k;
        if (i != 2) begin
          left[k] = rnd(n + 1);
          right[k] = rnd(n + 1);
        end
      end
      write_tree;
      shuffled_tables;
      for (int k = 0; k < (full != 0 ? 8 : 1); k++) begin
        threshold_levels(k);
        convert(0);
      end
      convert(1);
    end
  endtask

  // ---- stochastic: seeds (the first of them makes the LFSR of lane 0 zero: it must start from 1), and the longest conversion ----
  task seeds;
    integer value;
    for (int i = 0; i < 6; i++) begin
      value = (-32'h9E37 * (tile * adcs + 1)) & 32'hffff;
      if (i != 0) value = rnd(65536);
      codes_there = 0;
      rise;
      seed_load = 1'b1;
      seed = 16'(value);
      #1 look(80, 7'b0000000, 0);
      rise;
      seed_load = 1'b0;
      seed = 16'(rnd(65536));
      #1;
      load_seed(value);
      ideal_tables;
      for (int k = 0; k < 8; k++) begin
        levels(rnd((1 << bits) + 1), 3);
        convert(0);
      end
      convert(1);
      cycle = 10'd1;
      samples = 12'((1 << adc_bits) - 1);
      #1 idle(1);
      round(0, 0, (1 << adcs) - 1);
      idle(0);
    end
  endtask

  // the longest compare cycles; no lane at all: a tree search ends after one step, the others take their time
  task long_cycles;
    levels(1, 1);
    idle(0);
    samples = 12'd1;
    cycle = which % 2 == 0 ? 10'd1023 : 10'd255;
    #1 idle(1);
    round(1, 0, 1);
    round(0, 0, 0);
    idle(0);
  endtask

  task reset;
    rst_n = 1'b0;
    start = 1'b0;
    more = 1'b0;
    seed_load = 1'b0;
    tree_we = 1'b0;
    mask = 4'd0;
    lanes = 9'd0;
    cycle = 10'd1;
    samples = 12'd1;
    codes_there = 0;
    codes_new = 0;
    judged = 0;
    pending = 0;
    #1 clk = 1'b1;
    #1 clk = 1'b0;
    #1 rst_n = 1'b1;
    #1;
    for (int lane = 0; lane < Lanes; lane++)
      flipped[lane] = 0;
    binary_tree;
    load_seed(0);
  endtask

  integer passed, failed, errors_before, worked_example;
  task say;
    if (errors == errors_before) passed = passed + 1;
    else failed = failed + 1;
    if (errors == errors_before) $write("ok - ");
    else $write("FAIL - ");
    if (worked_example != 0) $write("worked example, ");
    case (kind)
      0: if (tree != 0) $write("sar asymmetric"); else $write("sar binary");
      1: $write("flash");
      2: $write("hybrid f = %0d", flash_bits);
      3: $write("sense");
      default: $write("stochastic");
    endcase
    if (kind == 1 || kind == 2) begin
      if (ones != 0) $write(", ones"); else $write(", majority");
    end
    $write(", up to %0d bits, %0d lanes: %0d rounds in %0d clocks", adc_bits, adcs, rounds, clocks);
    if (errors != errors_before) $write(": %0d differences", errors - errors_before);
    $write("\n");
    $display("digest %0d %h", which, digest);
  endtask

  task shape(input integer i);
    which      = 8'(i);
    adcs       = 32'(Shapes[i*32+28 +: 4]);
    adc_bits   = 32'(Shapes[i*32+24 +: 4]);
    kind       = 32'(Shapes[i*32+20 +: 4]);
    flash_bits = 32'(Shapes[i*32+16 +: 4]);
    ones       = 32'(Shapes[i*32+12 +: 4]);
    tree       = 32'(Shapes[i*32+8 +: 4]);
    tile       = 32'(Shapes[i*32 +: 8]);
    clocks     = 0;
    rounds     = 0;
    digest     = 0;
    total      = 0;
    want_total = 0;
    errors_before     = errors;
    bits       = 4'(adc_bits);
    reset;
  endtask

  task test(input integer i);
    shape(i);
    for (int b = kind == 3 || tree != 0 ? adc_bits : 1; b <= adc_bits; b++) begin
      #1 bits = 4'(b);
      #1 sweep;
      if (kind == 1 || kind == 2) flips;
    end
    if (tree != 0) trees;
    if (kind == 4) seeds;
    if (full != 0 || i < 4) long_cycles;
    if (total !== want_total) fail(90, want_total, total);
    say;
  endtask

  // numerics.md section 4, worked: B = 2, T = (-, 4, 2, 6), L = 2
  task worked(input integer i, input integer want);
    shape(i);
    bits = 4'd2;
    monotone = 0;
    table_of[1] = 4;
    table_of[2] = 2;
    table_of[3] = 6;
    level[0] = 2;
    if (tree != 0) begin
      root = 1;
      left[1] = 0; right[1] = 2; left[2] = 0; right[2] = 3; left[3] = 0; right[3] = 0;
      write_tree;
    end
    idle(1);
    round(0, 0, 1);
    idle(0);
    if (code[11:0] !== 12'(want)) fail(91, want, 32'(code[11:0]));
    worked_example = 1;
    say;
    worked_example = 0;
  endtask

  initial begin
    state = 1;
    full = $test$plusargs("quick") ? 0 : 1;
    worked_example = 0;
    errors = 0;
    passed = 0;
    failed = 0;
    clk = 1'b0;
    bits = 4'd1;
    above = '0;
    seed = 16'd0;
    tree_addr = 12'd0;
    tree_left = 12'd0;
    tree_right = 12'd0;
    for (int i = 0; i < Lanes * 4096; i++)
      table_of[i] = 0;
    for (int lane = 0; lane < Lanes; lane++)
      level[lane] = 0;
    for (int i = 0; i < Slots; i++)
      test(i);
    worked(Slots - 2, 2);
    worked(9, 1);
    worked(10, 1);
    worked(2, 0);
    $display("%0d passed, %0d failed", passed, failed);
    $finish;
  end
endmodule

`default_nettype wire
