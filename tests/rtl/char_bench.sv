// char_bench: cim_char against a tile with a table of thresholds. Histograms of both modes are compared with sums over the levels, computed here;
// which comparators are asked in a flash step, one sample before each decision, one-hot tile, cleared at every start, legal end for any bits and tile.
// Runs under Verilator (--binary) and Icarus. SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module char_bench #(
  parameter int Kind = 0,
  parameter int AdcBits = 4,
  parameter int FlashBits = 2
);
  localparam int Tiles = 3;
  localparam int Bins = 1 << AdcBits;

  logic               clk, rst_n, start, mode, busy, adc_start, ref_force, ref_sample, ref_strobe, ref_flash, adc_last, above;
  logic [3:0]         bits, bits_o;
  logic [1:0]         set, set_o;
  logic [5:0]         tile;
  logic [7:0]         repeats;
  logic signed [23:0] level, force_level;
  logic [15:0]        step, levels;
  logic [Tiles-1:0]   active;
  logic [AdcBits-1:0] ref_code, code, hist_addr;
  logic [23:0]        hist_data;

  logic upset;
  logic [7:0] flip;   // a bit of state_q, where the model has the input (tests/mutate/rtl_model.py)

  cim_char #(.Tiles(Tiles), .AdcBits(AdcBits), .Kind(Kind), .FlashBits(FlashBits)) u_char (
`ifdef FLIPS
    .flip_i(flip),
`endif
    .clk_i(clk), .rst_ni(rst_n), .start_i(start), .mode_i(mode), .bits_i(bits), .set_i(set), .tile_i(tile), .repeats_i(repeats), .level_i(level),
    .step_i(step), .levels_i(levels), .busy_o(busy), .active_o(active), .force_level_o(force_level), .set_o(set_o), .bits_o(bits_o),
    .adc_start_o(adc_start), .ref_force_o(ref_force), .ref_sample_o(ref_sample), .ref_strobe_o(ref_strobe), .ref_flash_o(ref_flash),
    .ref_code_o(ref_code), .adc_last_i(adc_last), .code_i(code), .above_i(above), .hist_re_i(1'b1), .hist_addr_i(hist_addr), .hist_data_o(hist_data),
    .step_o(), .upset_o(upset)
  );

  always @(posedge clk) if (rst_n && upset !== (flip != 8'd0)) fail(14, 32'(flip), 32'(upset));

  integer errors, state, asked, samples, starts, limit;
  integer table_v [0:Bins-1];  // T[k]
  integer want [0:Bins-1];

  function integer rnd(input integer n);  // 0..n-1
    state = state * 1103515245 + 12345;
    rnd = ((state >> 8) & 32'h7fffff) % n;
  endfunction

  task fail(input integer what, input integer a, input integer b);
    errors = errors + 1;
    if (errors <= 5) $display("char_bench: check %0d: expected %0d, seen %0d", what, a, b);
  endtask

  function integer legal_bits(input integer b);
    legal_bits = b < 1 ? 1 : b > AdcBits ? AdcBits : b;
  endfunction

  function integer convert(input integer l, input integer b);  // count of thresholds reached
    convert = 0;
    for (int k = 1; k < (1 << b); k++) if (l >= table_v[k]) convert = convert + 1;
  endfunction

  function integer flash_step(input integer k, input integer b);  // the kind asks k in its flash step
    flash_step = Kind == 1 || (Kind == 2 && (b <= FlashBits || k % (1 << (b - FlashBits)) == 0)) ? 1 : 0;
  endfunction

  // ---- the tile: a conversion of 2 + bits clocks, the sampled level, a comparator ----
  integer             left;
  logic signed [23:0] held;
  logic               sampled_q;
  assign adc_last = left == 1;
  assign above    = ref_strobe && 32'(held) >= table_v[ref_code];
  always @(posedge clk) begin
    sampled_q <= ref_sample;
    if (ref_sample) held <= force_level;
    if (adc_start) begin
      if (left > 0) fail(1, 0, left);
      held <= force_level;
      left <= 2 + 32'(bits_o);
    end else if (left > 0) begin
      left <= left - 1;
    end
    // the code is there in the clock after the last one, and wrong before
    code <= adc_last ? AdcBits'(convert(32'(held), 32'(bits_o))) : AdcBits'(rnd(Bins));
  end

  always @(negedge clk) if (rst_n && busy) begin
    asked   = asked + (ref_strobe ? 1 : 0);
    samples = samples + (ref_sample ? 1 : 0);
    starts  = starts + (adc_start ? 1 : 0);
    if (active !== (tile < 6'(Tiles) ? Tiles'(1) << tile : '0)) fail(2, 32'(tile), 32'(active));
    if (ref_strobe && !sampled_q) fail(3, 1, 0);
    if (ref_strobe && ref_flash !== 1'(flash_step(32'(ref_code), 32'(bits_o)))) fail(4, 32'(ref_code), 32'(ref_flash));
    if (ref_force !== mode) fail(5, 32'(mode), 32'(ref_force));
    if (set_o !== set || bits_o !== 4'(legal_bits(32'(bits)))) fail(6, legal_bits(32'(bits)), 32'(bits_o));
    if (mode ? adc_start : ref_sample || ref_strobe) fail(7, 0, 1);
  end

  // idle: nothing is asked, and the resolution is a legal one
  always @(negedge clk) if (rst_n && !busy)
    if (active !== '0 || adc_start || ref_force || ref_sample || ref_strobe || bits_o !== 4'd1) fail(16, 1, 32'(bits_o));

  task tick;
    #5 clk = 1'b1;
    #5 clk = 1'b0;
  endtask

  task characterise;
    integer b, n, total;
    b = legal_bits(32'(bits));
    for (int k = 0; k < Bins; k++) want[k] = 0;
    total = 0;
    if (tile < 6'(Tiles))
      for (int i = 0; i < 32'(levels); i++) begin
        n = 32'(level) + i * 32'(step);
        for (int r = 0; r <= 32'(repeats); r++) begin
          total = total + 1;
          if (!mode) want[convert(n, b)] = want[convert(n, b)] + 1;
          else for (int k = 1; k < (1 << b); k++) want[k] = want[k] + (n >= table_v[k] ? 1 : 0);
        end
      end
    asked = 0; samples = 0; starts = 0;
    start = 1'b1; tick; start = 1'b0;
    limit = 0;
    while (busy && limit < 2000000) begin tick; limit = limit + 1; end
    if (busy) fail(8, 0, 1);
    if (mode && (asked !== total * ((1 << b) - 1) || samples !== asked || starts !== 0)) fail(9, total * ((1 << b) - 1), asked);
    if (!mode && (starts !== total || asked !== 0)) fail(10, total, starts);
    for (int k = 0; k < Bins; k++) begin
      hist_addr = AdcBits'(k);
      tick;
      if (hist_data !== 24'(want[k])) fail(11, want[k], 32'(hist_data));
    end
  endtask

  initial begin
    errors = 0; state = 11; clk = 1'b0; rst_n = 1'b1; start = 1'b0; left = 0; mode = 1'b0; bits = 4'(AdcBits); set = 2'd0; tile = 6'd0;
    repeats = 8'd0; level = 24'sd0; step = 16'd1; levels = 16'd1; hist_addr = '0; code = '0; held = 24'sd0; sampled_q = 1'b0;
    for (int k = 0; k < Bins; k++) table_v[k] = k * 16 - 20 + rnd(9);  // rising, the first ones negative
    flip = 8'd0;
    #1 rst_n = 1'b0;
    #1 rst_n = 1'b1;
    for (int run = 0; run < 40; run++) begin
      mode    = 1'(run);
      bits    = 4'(run < 4 ? AdcBits : rnd(16));
      set     = 2'(rnd(4));
      tile    = 6'(run == 20 || run == 21 ? Tiles : rnd(Tiles));
      repeats = 8'(rnd(3));
      step    = 16'(run < 2 ? 1 : 1 + rnd(40));
      level   = run < 2 ? -24'sd24 : 24'(rnd(Bins * 16) - 30);
      levels  = 16'(run < 2 ? Bins * 16 + 10 : 1 + rnd(40));
      characterise;
    end
    // bins stop at the largest number
    mode = 1'b0; level = 24'sd0; levels = 16'd1; repeats = 8'd1; tile = 6'd1; bits = 4'(AdcBits);
    start = 1'b1; tick; start = 1'b0;
    repeat (Bins) tick;
    u_char.u_histogram.mem[convert(0, AdcBits)] = 24'hfffffe;
    while (busy) tick;
    hist_addr = AdcBits'(convert(0, AdcBits));
    tick;
    if (hist_data !== 24'hffffff) fail(12, 24'hffffff, 32'(hist_data));
    repeats = 8'd2;
    start = 1'b1; tick; start = 1'b0;
    repeat (Bins) tick;
    u_char.u_histogram.mem[convert(0, AdcBits)] = 24'hfffffe;
    while (busy) tick;
    tick;
    if (hist_data !== 24'hffffff) fail(13, 24'hffffff, 32'(hist_data));
`ifdef FLIPS
    // every bit of the state, idle and at work: noticed, and idle two clocks later
    for (int run = 0; run < 40; run++) begin
      start = 1'(run >> 2); tick; start = 1'b0;
      repeat (rnd(2 * Bins)) tick;
      flip = 8'(1 + run % 4); tick; flip = 8'd0;
      #1;
      if (busy) fail(15, 0, 1);
      while (busy) tick;
    end
`endif
    if (errors == 0) $display("ok char kind %0d bits %0d: 40 characterisations", Kind, AdcBits);
    else $display("FAIL char kind %0d bits %0d: %0d errors", Kind, AdcBits, errors);
    $finish;
  end
endmodule

`default_nettype wire
