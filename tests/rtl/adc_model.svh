// adc_model: the inside of adc_tests: comparator bank, model of every kind, one clock, one round. The model follows the definitions of
// docs/numerics.md section 4 step by step and shares nothing with the RTL; where the table is monotone the code must also be the count of
// thresholds at or below the level. Included in a module that declares the converter's ports and the shape under test.
// SPDX-License-Identifier: Apache-2.0

  // ---- random numbers ----
  integer state;
  function integer rnd(input integer n);  // 0..n-1; never in a branch of ?: (Verilator calls it whichever is taken)
    state = state * 1103515245 + 12345;
    rnd = ((state >> 8) & 32'h7fffff) % n;
  endfunction

  // ---- comparator bank ----
  integer table_of [0:Lanes*4096-1];  // T[k] of lane: [lane*4096 + k]
  integer level [0:Lanes-1];
  integer flipped [0:Lanes-1];        // this comparator of the flash step answers wrongly; 0: none
  integer monotone;

  function integer at_least(input integer lane, input integer k);
    at_least = level[lane] >= table_of[lane*4096+k] ? 1 : 0;
  endfunction

  // answer m of a flash step of e bits out of b
  function integer flash_answer(input integer lane, input integer m, input integer e);
    flash_answer = at_least(lane, m << (32'(bits) - e)) ^ (flipped[lane] == m ? 1 : 0);
  endfunction

  task answer;  // docs/macro.md: cmp_o
    integer e;
    above = '0;
    if (strobe)
      for (int lane = 0; lane < adcs; lane++)
        if (ask[lane]) begin
          if (flash) begin
            e = flash_step_bits(0);
            for (int m = 1; m < (1 << e); m++)
              above[lane*255+m-1] = 1'(flash_answer(lane, m, e));
          end else begin
            above[lane*255] = 1'(at_least(lane, 32'(trial[lane*12 +: 12])));
          end
        end
  endtask

  // ---- the model: numerics.md section 4 ----
  integer want_code [0:Lanes-1];
  integer want_ref [0:Lanes-1];
  integer want_ask [0:Lanes-1];
  integer node [0:Lanes-1];
  integer lfsr [0:Lanes-1];
  integer root;
  integer left [0:255];
  integer right [0:255];
  integer step, ended, judged;        // judged: the code is defined

  function integer flash_step_bits(input integer unused);
    flash_step_bits = kind == 1 || flash_bits > 32'(bits) ? 32'(bits) : flash_bits;
  endfunction

  function integer t(input integer lane, input integer k, input integer e);
    t = k == 0 ? 1 : k >= (1 << e) ? 0 : flash_answer(lane, k, e);
  endfunction

  function integer bubble_code(input integer lane, input integer e);
    integer c, k;
    c = 0;
    if (ones != 0)
      for (k = 1; k < (1 << e); k++)
        c = c + t(lane, k, e);
    else
      for (int i = e - 1; i >= 0; i--) begin
        k = c + (1 << i);
        if (t(lane, k - 1, e) + t(lane, k, e) + t(lane, k + 1, e) >= 2)
          c = k;
      end
    bubble_code = c;
  endfunction

  task draw(input integer lane);
    for (int i = 0; i < adc_bits; i++)
      lfsr[lane] = (lfsr[lane] >> 1) ^ ((lfsr[lane] & 1) != 0 ? 32'hB400 : 0);
  endtask

  task load_seed(input integer value);
    integer x;
    for (int lane = 0; lane < adcs; lane++) begin
      x = (value + 32'h9E37 * (tile * adcs + lane + 1)) & 32'hffff;
      lfsr[lane] = x == 0 ? 1 : x;
    end
  endtask

  task model_begin;
    step   = 0;
    ended  = 0;
    judged = 1;
    for (int lane = 0; lane < adcs; lane++) begin
      want_code[lane] = 0;
      node[lane] = mask[lane] ? root : -1;
    end
  endtask

  // what the step asks
  task model_ask;
    integer u;
    for (int lane = 0; lane < adcs; lane++) begin
      want_ask[lane] = mask[lane] ? 1 : 0;
      want_ref[lane] = -1;           // not looked at
      if (mask[lane])
        case (kind)
          0: if (tree == 0) want_ref[lane] = want_code[lane] + (1 << (32'(bits) - 1 - step));
             else if (node[lane] < 0) want_ask[lane] = 0;
             else want_ref[lane] = node[lane];
          2: if (step > 0) want_ref[lane] = want_code[lane] + (1 << (32'(bits) - flash_step_bits(0) - step));
          3: want_ref[lane] = 1;
          4: begin
            draw(lane);
            u = lfsr[lane] & ((1 << bits) - 1);
            if (u == (1 << bits) - 1) want_ask[lane] = 0;
            else want_ref[lane] = u + 1;
          end
          default: ;
        endcase
    end
  endtask

  task model_decide;
    integer e, next, open;
    e = flash_step_bits(0);
    open = 0;
    for (int lane = 0; lane < adcs; lane++)
      if (want_ask[lane] != 0) begin
        if (kind == 1 || (kind == 2 && step == 0)) begin
          want_code[lane] = bubble_code(lane, e) << (32'(bits) - e);
        end else if (kind == 4) begin
          want_code[lane] = want_code[lane] + at_least(lane, want_ref[lane]);
        end else if (tree == 0) begin
          if (at_least(lane, want_ref[lane]) != 0)
            want_code[lane] = want_ref[lane];
        end else begin
          next = at_least(lane, node[lane]) != 0 ? right[node[lane]] : left[node[lane]];
          if (next == 0) begin
            want_code[lane] = at_least(lane, node[lane]) != 0 ? node[lane] : node[lane] - 1;
            node[lane] = -1;
          end else begin
            node[lane] = next;
            open = 1;
          end
        end
      end
    step = step + 1;
    case (kind)
      0: ended = tree == 0 ? step == 32'(bits) : open == 0 || step == (1 << adc_bits) - 1;
      2: ended = step == 1 + 32'(bits) - e;
      4: ended = step == 32'(samples);
      default: ended = 1;
    endcase
    if (ended != 0 && open != 0)
      judged = 0;                    // not a tree: a code has no meaning, but the round has ended
  endtask

  // ---- one clock: rising edge, outputs, answers, look ----
  integer errors, clocks, rounds, digest, total, want_total;

  task fail(input integer what, input integer want, input integer seen);
    errors = errors + 1;
    if (errors <= 5)
      $display("adc_tests: shape %0d bits %0d cycle %0d round %0d step %0d check %0d: expected %0d, seen %0d", which, bits, cycle, rounds, step, what, want, seen);
  endtask

  // Inputs change only between the two, never with the edge.
  task rise;
    clk = 1'b1;
    #1 clk = 1'b0;
    clocks = clocks + 1;
    start = 1'b0;
    answer;
  endtask

  task look(input integer what, input logic [6:0] flags, input integer at);  // sample, comparing, strobe, flash, round_last, busy, last
    if ({sample, comparing, strobe, flash, round_last, busy, last} !== flags)
      fail(what, 32'(flags), 32'({sample, comparing, strobe, flash, round_last, busy, last}));
    if (cycle_clock !== 10'(at)) fail(what + 1, at, 32'(cycle_clock));
    if (!comparing && ask !== 4'd0) fail(what + 2, 0, 32'(ask));
    if (!strobe && comparisons !== 17'd0) fail(what + 3, 0, 32'(comparisons));
    total = total + 32'(comparisons);
  endtask

  // the codes of a round, in every clock from the one after its end to the next sample clock
  integer codes_there, codes_new;
  task look_codes;
    for (int lane = 0; lane < adcs; lane++) begin
      if (codes_new != 0) digest = digest * 31 + 32'(code[lane*12 +: 12]);
      if (codes_there != 0 && judged != 0 && code[lane*12 +: 12] !== 12'(want_code[lane])) fail(30, want_code[lane], 32'(code[lane*12 +: 12]));
    end
    codes_new = 0;
  endtask

  // a monotone table has one right code, whatever the order: T[code] <= level < T[code + 1]
  task check_model;
    for (int lane = 0; lane < adcs; lane++)
      if (monotone != 0 && judged != 0 && kind != 4 && mask[lane] && flipped[lane] == 0
          && ((want_code[lane] > 0 && at_least(lane, want_code[lane]) == 0)
              || (want_code[lane] < (1 << bits) - 1 && at_least(lane, want_code[lane] + 1) != 0)))
        fail(31, -1, want_code[lane]);
  endtask

  // One round from its sample clock to its last. `again`: another follows in this conversion. `chain`: the next conversion is started in
  // the last clock. The number of lanes is still that of the round before in the sample clock.
  task run_round(input integer again, input integer chain, input integer new_mask);
    integer decisions, n;
    logic [47:0] held;
    rise;
    mask = 4'(new_mask);
    more = 1'(again);
    #1 look(0, 7'b1000010, 0);
    look_codes;
    n = 0;
    for (int lane = 0; lane < adcs; lane++)
      n = n + 32'(mask[lane]);
    rounds = rounds + 1;
    model_begin;
    while (ended == 0) begin
      model_ask;
      for (int c = 0; c < 32'(cycle); c++) begin
        rise;
        lanes = 9'(n);
        if (c == 0) held = trial;
        decisions = n;
        if (kind == 1 || (kind == 2 && step == 0)) decisions = n * ((1 << flash_step_bits(0)) - 1);
        for (int lane = 0; lane < adcs; lane++) begin
          if (ask[lane] !== 1'(want_ask[lane])) fail(40, want_ask[lane], 32'(ask[lane]));
          if (want_ref[lane] >= 0 && trial[lane*12 +: 12] !== 12'(want_ref[lane])) fail(41, want_ref[lane], 32'(trial[lane*12 +: 12]));
          if (tree != 0 && mask[lane] && want_ask[lane] == 0) decisions = decisions - 1;
        end
        if (trial !== held) fail(42, 32'(held), 32'(trial));
        if (c == 32'(cycle) - 1) begin
          model_decide;
          if (ended != 0 && again == 0 && chain != 0) start = 1'b1;
          want_total = want_total + decisions;
          #1 look(10, {2'b01, 1'b1, 1'(kind == 1 || (kind == 2 && step == 1)), 1'(ended), 1'b1, 1'(ended != 0 && again == 0)}, c);
          if (comparisons !== 17'(decisions)) fail(43, decisions, 32'(comparisons));
        end else begin
          #1 look(20, {2'b01, 1'b0, 1'(kind == 1 || (kind == 2 && step == 0)), 1'b0, 1'b1, 1'b0}, c);
        end
      end
    end
    check_model;
    codes_there = 1;
    codes_new = 1;
  endtask

  // a clock in which nothing happens: the codes stand
  task run_idle(input integer go);
    rise;
    start = 1'(go);
    #1 look(50, 7'b0000000, 0);
    look_codes;
  endtask

  task run_node(input integer k, input integer l, input integer r);
    rise;
    tree_we = 1'b1;
    tree_addr = 12'(k);
    tree_left = 12'(l);
    tree_right = 12'(r);
    #1 look(70, 7'b0000000, 0);
    rise;
    tree_we = 1'b0;
    #1;
  endtask

  // One process does all that takes clocks: Verilator copies a task with delays to every place that calls it.
  integer request, arg0, arg1, arg2;
  initial begin
    request = 0;
    forever begin
      wait (request != 0);
      case (request)
        1: run_round(arg0, arg1, arg2);
        2: run_node(arg0, arg1, arg2);
        default: run_idle(arg0);
      endcase
      request = 0;
    end
  end

  task round(input integer again, input integer chain, input integer new_mask);
    arg0 = again;
    arg1 = chain;
    arg2 = new_mask;
    request = 1;
    wait (request == 0);
  endtask

  task write_node(input integer k, input integer l, input integer r);
    arg0 = k;
    arg1 = l;
    arg2 = r;
    request = 2;
    wait (request == 0);
  endtask

  task idle(input integer go);
    arg0 = go;
    request = 3;
    wait (request == 0);
  endtask
