// link_bench: cim_link against docs/network.md: model tiles ask, compute and convert with random lengths; grants, roles and reference codes are compared
// in every clock with a look written straight from section 3, and with the invariants: one role at a time, no array in two turns, bounded waiting,
// only equal keys in step. Steady = 1: every tile always asks, turns are equal, and how busy the arrays are is compared with section 6.
// Runs under Verilator (--binary) and Icarus. SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module link_bench #(
  parameter int Tiles = 2,
  parameter int Network = 0,
  parameter int Kind = 0,
  parameter int FlashBits = 2,
  parameter int AdcBits = 3,
  parameter int Refs = 1,
  parameter int Steady = 0,
  parameter int Clocks = 20000,       // or +clocks=
  parameter int Seed = 1
);
  localparam int Adcs = 2;
  localparam int KeyBits = 37;
  localparam int Codes = Adcs * AdcBits;
  localparam int Clients = Network == 2 ? Tiles - Refs : Tiles;
  localparam int Precharge = 1;
  localparam int Share = 2;
  localparam int Cycle = 4;           // reference precharge + share + settle
  localparam int Idle = 0, Ask = 1, Compute = 2, Convert = 3;

  logic                     clk, rst_n, clear;
  logic [Tiles-1:0]         req, grant, converting, flash_done, turn_end, flash, precharge, share, serve, serve_precharge, serve_share;
  logic [Tiles*KeyBits-1:0] key;
  logic [Tiles*4-1:0]       bits;
  logic [Tiles*Codes-1:0]   refs, serve_ref;

  cim_link #(
    .Tiles(Tiles), .Adcs(Adcs), .AdcBits(AdcBits), .Network(Network), .Refs(Refs), .Kind(Kind), .FlashBits(FlashBits)
  ) u_link (
    .clk_i(clk), .rst_ni(rst_n), .clear_i(clear), .req_i(req), .key_i(key), .grant_o(grant), .converting_i(converting), .flash_done_i(flash_done), .end_i(turn_end),
    .bits_i(bits), .flash_i(flash), .ref_i(refs), .precharge_i(precharge), .share_i(share),
    .serve_o(serve), .serve_precharge_o(serve_precharge), .serve_share_o(serve_share), .serve_ref_o(serve_ref)
  );

  integer errors, clock, clocks, state;
  function integer rnd(input integer n);  // 0..n-1
    state = state * 1103515245 + 12345;
    rnd = ((state >> 8) & 32'h7fffff) % n;
  endfunction

  task fail(input integer what, input integer where);
    errors = errors + 1;
    if (errors <= 5) $display("link_bench: clock %0d: check %0d at tile %0d: grant %b serve %b", clock, what, where, grant, serve);
  endtask

  // ---- the tiles ----
  logic [KeyBits-1:0] hour;
  integer phase [0:63];
  integer left [0:63];       // clocks of Idle or Compute to go
  integer evaluate [0:63];   // E of the turn
  integer rounds [0:63];     // R
  integer round [0:63];
  integer step [0:63];       // -1: the sample clock
  integer at [0:63];         // clock of the compare cycle
  integer depth [0:63];      // b
  integer waited [0:63];
  integer turns [0:63];
  integer longest, most_waited;
  logic [63:0] released;
  // ---- the model of the link ----
  logic [63:0] held, look, want, needs, odd;
  integer first;             // p
  integer asker, leader;
  // ---- how busy ----
  integer computed, converted, served, granted;

  function integer steps(input integer t);
    steps = Kind == 1 || Kind == 3 ? 1 : Kind == 2 ? 1 + depth[t] - least(FlashBits, depth[t]) : depth[t];
  endfunction

  function integer least(input integer a, input integer b);
    least = a < b ? a : b;
  endfunction

  function integer server(input integer t, input integer m);
    server = Network == 0 ? t ^ 1 : Network == 1 ? (t + m) % Tiles : Tiles - Refs + m - 1;
  endfunction

  function [63:0] needs_of(input integer t);
    needs_of = 64'd1 << t;
    for (int m = 1; m <= Refs; m++) needs_of = needs_of | (64'd1 << server(t, m));
  endfunction

  function integer same_place(input integer t);  // hybrid broadcast: a tile granted in this look has the search server of t
    same_place = 0;
    for (int u = 0; u < Clients; u++)
      if (Kind == 2 && want[u] && u % Refs == t % Refs) same_place = 1;
  endfunction

  // Half of the turns have the key of the hour, the others one that differs from it in one bit. Turns of one key are equal: the key decides.
  // A rush, every second 512 clocks: tiles wait for each other and ask in the same clock, wherever p is, most of them with the key of the hour.
  task new_turn(input integer t);
    logic [KeyBits-1:0] k;
    integer             sum;
    logic               rush;
    if (Steady == 0 && rnd(40) == 0) hour = {37'(rnd(1 << 19)), 18'd0} ^ 37'(rnd(1 << 19));
    k = hour;
    rush = Steady == 0 && clock / 512 % 2 == 1;
    if (Steady == 0 && rnd(rush ? 8 : 2) == 0) k = k ^ (37'd1 << rnd(KeyBits));
    sum = 32'(k[8:0]) + 32'(k[17:9]) + 32'(k[26:18]) + 32'(k[36:27]);
    depth[t]    = Steady != 0 ? AdcBits : 1 + sum % AdcBits;
    rounds[t]   = Steady != 0 ? 2 : Network == 2 ? 1 + (sum >> 1) % 2 : 1 + rnd(3);
    evaluate[t] = Steady != 0 || Network == 2 ? 3 : 2 + rnd(4);
    key[t*KeyBits +: KeyBits] = k;
    bits[t*4 +: 4] = 4'(depth[t]);
    phase[t]  = Steady != 0 ? Ask : Idle;
    left[t]   = rush ? longest + 9 - clock % (longest + 9) : rnd(4) == 0 ? rnd(60) : 0;
    waited[t] = 0;
  endtask

  task drive;  // what the tiles show in this clock
    for (int t = 0; t < Clients; t++) begin
      if (phase[t] == Idle && left[t] == 0) phase[t] = Ask;
      req[t]        = phase[t] == Ask;
      converting[t] = phase[t] == Convert;
      flash[t]      = phase[t] == Convert && step[t] == 0 && (Kind == 1 || Kind == 2);
      precharge[t]  = phase[t] == Convert && step[t] >= 0 && at[t] < Precharge;
      share[t]      = phase[t] == Convert && step[t] >= 0 && at[t] >= Precharge && at[t] < Precharge + Share;
      flash_done[t] = Kind == 2 && flash[t] && at[t] == Cycle - 1 && round[t] == rounds[t] - 1;
      turn_end[t]   = phase[t] == Convert && step[t] == steps(t) - 1 && at[t] == Cycle - 1 && round[t] == rounds[t] - 1;
      if (phase[t] == Convert && step[t] >= 0 && at[t] == 0)
        for (int i = 0; i < Adcs; i++) refs[t*Codes + i*AdcBits +: AdcBits] = AdcBits'(rnd(1 << AdcBits));
    end
  endtask

  task look_from_first;  // ring and broadcast
    asker  = -1;
    leader = -1;
    for (int i = 0; i < Tiles; i++) begin
      integer t;
      t = (first + i) % Tiles;
      if (req[t]) begin
        needs = needs_of(t);
        if (asker < 0) asker = t;
        if ((needs & look) == 64'd0) begin
          want[t] = 1'b1;
          leader = t;
        end else if (Network == 2 && leader >= 0 && key[t*KeyBits +: KeyBits] == key[leader*KeyBits +: KeyBits] && same_place(t) == 0) begin
          want[t] = 1'b1;
        end
        if (want[t] || t == asker) look = look | needs;
      end
    end
  endtask

  task check_grants;
    want   = 64'd0;
    look   = held;
    if (Network == 0) begin
      for (int i = 0; i < Tiles / 2; i++) begin
        integer f;
        f = 2*i + (odd[i] ? 1 : 0);
        if (!req[f]) f = f ^ 1;
        if (req[f] && !held[f]) begin want[f] = 1'b1; odd[i] = f % 2 == 0; end
        else if (req[f]) odd[i] = f % 2 == 1;
      end
      asker = -1;
    end else look_from_first;
    if (grant !== want[Tiles-1:0]) fail(1, asker);
    // no array in two turns, and in step only with one key
    look = held;
    for (int t = 0; t < Clients; t++)
      if (grant[t]) begin
        needs = Network == 2 ? 64'd1 << t : needs_of(t);
        if ((needs & look) != 64'd0) fail(2, t);
        look = look | needs;
        if (Network == 2 && (held >> Clients) != 64'd0) fail(3, t);
        for (int u = 0; u < t; u++)
          if (Network == 2 && grant[u] && key[u*KeyBits +: KeyBits] !== key[t*KeyBits +: KeyBits]) fail(4, t);
      end
    if (asker >= 0) first = want[asker] ? (asker + 1) % Tiles : asker;
    if (clear) begin
      first = 0;
      odd   = 64'd0;
    end
  endtask

  task check_roles;
    logic [63:0]            want_serve, want_precharge, want_share;
    logic [Tiles*Codes-1:0] want_ref;
    integer s, e, search;
    want_serve     = 64'd0;
    want_precharge = 64'd0;
    want_share     = 64'd0;
    want_ref       = '0;
    for (int t = 0; t < Clients; t++)
      if (converting[t])
        for (int m = 1; m <= Refs; m++)
          if (m == 1 || !released[t]) begin
            s = server(t, m);
            e = least(Kind == 1 ? AdcBits : FlashBits, depth[t]);
            search = Network == 2 ? Tiles - Refs + t % Refs : server(t, 1);
            want_serve[s] = 1'b1;
            if (flash[t] && m < (1 << e)) begin
              want_precharge[s] = precharge[t];
              want_share[s]     = share[t];
              for (int i = 0; i < Adcs; i++) want_ref[s*Codes + i*AdcBits +: AdcBits] = AdcBits'(m << (depth[t] - e));
            end else if (!flash[t] && s == search) begin
              want_precharge[s] = precharge[t];
              want_share[s]     = share[t];
              want_ref[s*Codes +: Codes] = refs[t*Codes +: Codes];
            end
          end
    if (serve !== want_serve[Tiles-1:0]) fail(5, -1);
    if (serve_precharge !== want_precharge[Tiles-1:0]) fail(6, -1);
    if (serve_share !== want_share[Tiles-1:0]) fail(7, -1);
    for (int t = 0; t < Tiles; t++) begin
      if ((want_precharge[t] || want_share[t]) && serve_ref[t*Codes +: Codes] !== want_ref[t*Codes +: Codes]) fail(8, t);
      if (serve[t] && t < Clients && (phase[t] == Compute || phase[t] == Convert)) fail(9, t);
    end
  endtask

  task advance;
    for (int t = 0; t < Clients; t++) begin
      if (phase[t] == Idle) left[t] = left[t] - 1;
      if (phase[t] == Ask) begin
        waited[t] = clear ? 0 : waited[t] + 1;
        if (waited[t] > most_waited) most_waited = waited[t];
        if (waited[t] > (Tiles + 1) * (longest + 1)) fail(10, t);
        if (want[t]) begin
          if (Network == 0 && Steady != 0 && turns[t] > turns[t^1]) fail(11, t);  // the two alternate
          phase[t] = Compute;
          left[t]  = evaluate[t];
          turns[t] = turns[t] + 1;
          held     = held | needs_of(t);
        end
      end else if (phase[t] == Compute) begin
        left[t] = left[t] - 1;
        if (left[t] == 0) begin
          phase[t] = Convert;
          round[t] = 0;
          step[t]  = -2;  // the take
        end
      end
      if (phase[t] == Convert) begin
        if (step[t] == -2) begin
          step[t] = -3;
        end else if (turn_end[t]) begin
          held = held & ~(Kind == 2 && Network == 1 ? (64'd1 << t) | (64'd1 << server(t, 1)) : needs_of(t));
          released[t] = 1'b0;
        end
        if (Kind == 2 && Network == 1 && flash_done[t]) begin
          for (int m = 2; m <= Refs; m++) held[server(t, m)] = 1'b0;
          released[t] = !turn_end[t];
        end
        if (turn_end[t]) begin
          new_turn(t);
        end else if (step[t] == -3) begin
          phase[t] = 4;        // the clock of the take: not a converter's clock
        end else if (step[t] == -1 || at[t] == Cycle - 1) begin
          at[t] = 0;
          if (step[t] == steps(t) - 1) begin
            step[t]  = -1;
            round[t] = round[t] + 1;
          end else begin
            step[t] = step[t] + 1;
          end
        end else begin
          at[t] = at[t] + 1;
        end
      end else if (phase[t] == 4) begin
        phase[t] = Convert;
        step[t]  = -1;
        at[t]    = 0;
      end
    end
  endtask

  integer slot, turn_clocks, expected;

  initial begin
    if ($value$plusargs("clocks=%d", clocks) == 0) clocks = Clocks;
    errors = 0; clock = 0; state = Seed; clk = 1'b0; rst_n = 1'b1; clear = 1'b0; held = 64'd0; odd = 64'd0; released = 64'd0; first = 0; most_waited = 0; hour = 37'd1;
    computed = 0; converted = 0; served = 0; granted = 0;
    req = '0; key = '0; bits = '0; converting = '0; flash_done = '0; turn_end = '0; flash = '0; precharge = '0; share = '0; refs = '0;
    longest = 1 + 5 + 1 + 3 * (AdcBits * Cycle + 1);
    for (int t = 0; t < Tiles; t++) begin
      turns[t] = 0;
      if (t < Clients) new_turn(t);
    end
    #1 rst_n = 1'b0;
    #2 rst_n = 1'b1;
    for (clock = 0; clock < clocks; clock++) begin
      clear = Steady == 0 && clock < clocks / 2 && clock % 500 == 499;  // p goes back to 0, turns go on
      drive;
      #1;
      check_grants;
      check_roles;
      for (int t = 0; t < Tiles; t++) begin
        if (t < Clients && phase[t] == Compute) computed = computed + 1;
        if (converting[t]) converted = converted + 1;
        if (serve[t]) served = served + 1;
        if (want[t]) granted = granted + 1;
      end
      advance;
      #1 clk = 1'b1;
      #1 clk = 1'b0;
    end
    if (granted < 10) fail(12, granted);
    if (Steady != 0) begin
      // section 6: D clocks from one grant to the next; how many tiles are granted in each look
      depth[0] = AdcBits;
      turn_clocks = 2 * (steps(0) * Cycle + 1);
      slot = 3 + turn_clocks + 2;
      expected = Network == 0 ? Tiles / 2 : Network == 1 ? Tiles / (Refs + 1) : Kind == 1 ? Clients : least(Clients, Refs);
      if (granted < (clocks / slot) * expected - expected || granted > (clocks / slot + 1) * expected) fail(13, granted);
      if (computed < (granted - expected) * 3 || computed > granted * 3) fail(14, computed);
      if (converted < (granted - expected) * turn_clocks || converted > granted * turn_clocks) fail(15, converted);
      $display("steady: D %0d, %0d turns in %0d slots, per array: computing %0d.%03d converting %0d.%03d serving %0d.%03d, turns of tile 0 and the last %0d %0d",
        slot, granted, clocks / slot, computed / (clocks * Tiles), computed * 10 / (clocks * Tiles / 100) % 1000,
        converted / (clocks * Tiles), converted * 10 / (clocks * Tiles / 100) % 1000, served / (clocks * Tiles), served * 10 / (clocks * Tiles / 100) % 1000,
        turns[0], turns[Clients-1]);
    end
    if (errors == 0) $display("ok link network %0d kind %0d tiles %0d servers %0d steady %0d: %0d clocks, %0d turns, longest wait %0d", Network, Kind, Tiles,
                              Refs, Steady, clocks, granted, most_waited);
    else $display("FAIL link network %0d kind %0d tiles %0d servers %0d: %0d errors", Network, Kind, Tiles, Refs, errors);
    $finish;
  end
endmodule

`default_nettype wire
