// cim_link_prove: cim_link with tiles that ask, compute and convert at any time a prover likes, within bounds on the length of a turn.
// Proven: no array computes or converts while it serves; no array is in two turns; who asks is granted within Bound clocks (no deadlock, nobody is
// overtaken for ever), and nobody else is; turns that go in step have one key and servers of their own; an array serves just when the turn of a client
// needs it, with the client's codes or its own threshold of the flash step (docs/network.md sections 1 to 4).
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off UNUSEDSIGNAL
// verilator lint_off UNSIGNED

module cim_link_prove #(
  parameter int Tiles = 4,
  parameter int Network = 0,
  parameter int Kind = 0,
  parameter int Refs = 1,
  parameter int AdcBits = 3,
  parameter int FlashBits = 1,
  parameter int Bound = 8*Tiles    // of the clocks from the first ask to the grant
) (
  input logic                     clk_i,
  input logic                     clear_i, // a program begins, whenever nobody asks or works
  input logic [Tiles-1:0]         ask_i,   // a tile without a turn wants one
  input logic [Tiles-1:0]         hurry_i, // ... its phase ends before its longest time
  input logic [Tiles-1:0]         strobe_i, // the flash step of the last round ends now
  input logic [Tiles-1:0]         key_i,   // one bit of the activation: that it stands still while its tile asks is not needed
  input logic [3:0]               bits_i,
  input logic [Tiles-1:0]         flash_i, // what a client does in this clock
  input logic [Tiles-1:0]         precharge_i,
  input logic [Tiles-1:0]         share_i,
  input logic [Tiles*AdcBits-1:0] ref_i
);
  localparam int KeyBits = 37;
  localparam int Adcs = 1;
  localparam int Step = Kind == 1 ? AdcBits : Kind == 2 ? FlashBits : 0;
  localparam int Clients = Network == 2 ? Tiles - Refs : Tiles;
  logic             running_q, rst_nq; // reset in the first clock
  logic [Tiles-1:0] req, grant, done, flash_done, serve, serve_precharge, serve_share, flash, precharge, share;
  logic [Tiles-1:0] asked_q, computing_q, converting_q, second_q, third_q, released_q, key_q, active;  // a turn: up to 3 clocks computing, up to 3 converting
  logic [Tiles-1:0] over, hurry, strobe;
  logic [3:0]       bits, whole;    // one resolution for all; bits of a flash step of it
  logic             clear;
  logic [Tiles*KeyBits-1:0] key;
  logic [Tiles*Adcs*AdcBits-1:0] serve_ref;

  cim_link #(
    .Tiles(Tiles), .Adcs(Adcs), .AdcBits(AdcBits), .Network(Network), .Refs(Refs), .Kind(Kind), .FlashBits(FlashBits)
  ) u_link (
    .clk_i(clk_i), .rst_ni(rst_nq), .clear_i(clear), .req_i(req), .key_i(key), .grant_o(grant), .converting_i(converting_q),
    .flash_done_i(flash_done), .end_i(done), .bits_i({Tiles{bits}}), .flash_i(flash), .ref_i(ref_i), .precharge_i(precharge), .share_i(share),
    .serve_o(serve), .serve_precharge_o(serve_precharge), .serve_share_o(serve_share), .serve_ref_o(serve_ref)
  );

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    asked_q = '0;
    computing_q = '0;
    converting_q = '0;
    second_q = '0;
    third_q = '0;
    released_q = '0;
    key_q = '0;
  end

  // Turns that go in step end in step: one hand holds the ends of a broadcast.
  assign hurry      = Network == 2 ? {Tiles{hurry_i[0]}} : hurry_i;
  assign strobe     = Network == 2 ? {Tiles{strobe_i[0]}} : strobe_i;
  assign active     = computing_q | converting_q;
  assign req        = {Tiles{running_q}} & ~active & (ask_i | asked_q) & Tiles'((33'd1 << Clients) - 33'd1);
  assign over       = hurry | third_q;
  assign done       = converting_q & over;
  assign flash_done = converting_q & ~released_q & (strobe | done);
  assign clear      = clear_i && (req | active) == '0;
  assign bits       = bits_i == 4'd0 || 32'(bits_i) > AdcBits ? 4'(AdcBits) : bits_i;
  assign whole      = 32'(bits) < Step ? bits : 4'(Step);
  // every compare cycle of flash is a flash step; of hybrid it is never one after the strobe of the last
  assign flash      = converting_q & (Kind == 1 ? {Tiles{1'b1}} : Kind != 2 ? {Tiles{1'b0}} : ~released_q & (Network == 2 ? {Tiles{flash_i[0]}} : flash_i));
  assign precharge  = converting_q & (Network == 2 ? {Tiles{precharge_i[0]}} : precharge_i);
  assign share      = converting_q & (Network == 2 ? {Tiles{share_i[0]}} : share_i);
  always_comb begin
    key = '0;
    for (int t = 0; t < Tiles; t++)
      key[t*KeyBits + 20] = key_i[t];
  end

  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (running_q) begin
      asked_q      <= req & ~grant;
      computing_q  <= grant | (computing_q & ~over);
      converting_q <= (computing_q & over) | (converting_q & ~done);
      second_q     <= active & ~over & ~second_q;
      third_q      <= second_q & ~over;
      released_q   <= (released_q | flash_done) & ~done;
      key_q        <= (key_q & ~grant) | (key_i & grant);
    end
  end

  // which array is server m of tile t
  function automatic int server(input int t, input int m);
    server = Network == 0 ? t ^ 1 : Network == 1 ? (t + m) % Tiles : Tiles - Refs + m - 1;
  endfunction

  // arrays that the turn of a tile holds
  function automatic logic [Tiles-1:0] holds(input int t, input logic alone);
    holds = '0;
    holds[t] = 1'b1;
    for (int m = 1; m <= Refs; m++)
      if (m == 1 || !alone) holds[server(t, m)] = 1'b1;
  endfunction

  // what arrays have to do, by looking at every client; and what must never be
  logic [Tiles-1:0] want_serve, want_precharge, want_share, alone;
  logic [Tiles*AdcBits-1:0] want_ref;
  logic             locks, keys, places;
  always_comb begin
    want_serve     = '0;
    want_precharge = '0;
    want_share     = '0;
    want_ref       = '0;
    locks          = 1'b1;
    keys           = 1'b1;
    places         = 1'b1;
    alone          = Kind == 2 && Network == 1 ? released_q : '0;
    for (int t = 0; t < Clients; t++) begin
      for (int m = 1; m <= Refs; m++)
        if (converting_q[t] && (m == 1 || !alone[t])) begin
          want_serve[server(t, m)] = 1'b1;
          if (flash[t] ? m < (1 << whole) : m == (Network == 2 ? t % Refs + 1 : 1)) begin
            want_precharge[server(t, m)] = precharge[t];
            want_share[server(t, m)]     = share[t];
            want_ref[server(t, m)*AdcBits +: AdcBits] = flash[t] ? AdcBits'(m << (bits - whole)) : ref_i[t*AdcBits +: AdcBits];
          end
        end
      for (int u = t + 1; u < Clients; u++)
        if (active[t] && active[u]) begin
          if (Network != 2 && (holds(t, alone[t]) & holds(u, alone[u])) != '0) locks = 1'b0;
          if (Network == 2 && key_q[t] != key_q[u]) keys = 1'b0;
          if (Network == 2 && Kind == 2 && t % Refs == u % Refs) places = 1'b0;
        end
    end
  end

  logic [Tiles-1:0] late, used;
  for (genvar t = 0; t < Tiles; t++) begin : g_tile
    logic [7:0] waited_q;
    initial waited_q = 8'd0;
    always @(posedge clk_i) waited_q <= req[t] && !grant[t] ? waited_q + 8'd1 : 8'd0;
    assign late[t] = waited_q > 8'(Bound);
    assign used[t] = (serve_precharge[t] || serve_share[t]) && serve_ref[t*AdcBits +: AdcBits] != want_ref[t*AdcBits +: AdcBits];
  end

  always @(*)
    if (running_q) begin
      waits_end: assert(late == '0);
      only_askers: assert((grant & ~req) == '0);
      no_overlap: assert((serve & active) == '0);
      serves: assert(serve == want_serve);
      charges: assert(serve_precharge == want_precharge && serve_share == want_share);
      code: assert(used == '0);
      c_serves: cover(serve_precharge != '0);
    end
  if (Clients > 1) begin : g_contention
    always @(*) if (running_q) c_contention: cover((req & ~grant) != '0 && grant != '0);
  end
  if (Network != 2) begin : g_near
    always @(*) if (running_q) turns_apart: assert(locks);
  end
  if (Network == 2 && Clients > 1) begin : g_in_step
    always @(*) if (running_q) one_key: assert(keys);
  end
  if (Network == 2 && Clients > 1 && (Kind != 2 || Refs > 1)) begin : g_joined  // with one place no turn of hybrid is joined
    always @(*) if (running_q) c_joined: cover((active & (active - Tiles'(1))) != '0);
  end
  if (Network == 2 && Kind == 2 && Clients > Refs) begin : g_places
    always @(*) if (running_q) one_place: assert(places);
  end
endmodule

// verilator lint_on UNUSEDSIGNAL
// verilator lint_on UNSIGNED
`default_nettype wire
