// cim_link_prove: cim_link with tiles that ask, compute and convert at any time a prover likes, within bounds on the length of a turn.
// Asserted: no array computes or converts while it serves; no array is in two turns; who asks is granted within Bound clocks, and nobody else is.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link_prove #(
  parameter int Tiles = 4,
  parameter int Network = 0,
  parameter int Kind = 0,
  parameter int Refs = 1,
  parameter int AdcBits = 3,
  parameter int FlashBits = 2,
  parameter int Bound = 16         // of the clocks from the first ask to the grant
) (
  input logic             clk_i,
  input logic [Tiles-1:0] ask_i,   // a tile without a turn wants one
  input logic [Tiles-1:0] hurry_i, // ... its phase ends before its longest time
  input logic [Tiles-1:0] strobe_i // the flash step of the last round ends now
);
  localparam int KeyBits = 37;
  logic             running_q, rst_nq; // reset in the first clock
  logic [Tiles-1:0] req, grant, done, flash_done, serve, serve_precharge, serve_share;
  logic [Tiles-1:0] asked_q, computing_q, converting_q, second_q, third_q, released_q;  // a turn: up to 3 clocks computing, up to 3 converting
  logic [Tiles-1:0] over;
  logic [Tiles*Adcs*AdcBits-1:0] serve_ref;
  localparam int Adcs = 1;

  cim_link #(
    .Tiles(Tiles), .Adcs(Adcs), .AdcBits(AdcBits), .Network(Network), .Refs(Refs), .Kind(Kind), .FlashBits(FlashBits)
  ) u_link (
    .clk_i(clk_i), .rst_ni(rst_nq), .clear_i(1'b0), .req_i(req), .key_i({Tiles*KeyBits{1'b0}}), .grant_o(grant), .converting_i(converting_q),
    .flash_done_i(flash_done), .end_i(done), .bits_i({Tiles{4'(AdcBits)}}), .flash_i({Tiles{1'b0}}), .ref_i({Tiles*Adcs*AdcBits{1'b0}}),
    .precharge_i({Tiles{1'b0}}), .share_i({Tiles{1'b0}}),
    .serve_o(serve), .serve_precharge_o(serve_precharge), .serve_share_o(serve_share), .serve_ref_o(serve_ref)
  );

  // outputs that no property speaks of
  logic unused_prove;
  assign unused_prove = &{1'b0, serve_precharge, serve_share, serve_ref};

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    asked_q = '0;
    computing_q = '0;
    converting_q = '0;
    second_q = '0;
    third_q = '0;
    released_q = '0;
  end

  assign req        = {Tiles{running_q}} & ~computing_q & ~converting_q & (ask_i | asked_q);
  assign over       = hurry_i | third_q;
  assign done       = converting_q & over;
  assign flash_done = converting_q & ~released_q & (strobe_i | done);

  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (running_q) begin
      asked_q      <= req & ~grant;
      computing_q  <= grant | (computing_q & ~over);
      converting_q <= (computing_q & over) | (converting_q & ~done);
      second_q     <= (computing_q | converting_q) & ~over & ~second_q;
      third_q      <= second_q & ~over;
      released_q   <= (released_q | flash_done) & ~done;
    end
  end

  // arrays that the turn of a tile holds
  function automatic logic [Tiles-1:0] holds(input int t, input logic alone);
    holds = '0;
    holds[t] = 1'b1;
    for (int m = 1; m <= Refs; m++)
      if (m == 1 || !alone) begin
        if (Network == 0) holds[t ^ 1] = 1'b1;
        else if (Network == 1) holds[(t+m)%Tiles] = 1'b1;
        else holds[Tiles-Refs+m-1] = 1'b1;
      end
  endfunction

  for (genvar t = 0; t < Tiles; t++) begin : g_tile
    logic [7:0] waited_q;
    initial waited_q = 8'd0;
    always @(posedge clk_i) waited_q <= req[t] && !grant[t] ? waited_q + 8'd1 : 8'd0;
    always @(*) begin
      assert(waited_q <= 8'(Bound));
      assert(!(serve[t] && (computing_q[t] || converting_q[t])));
      assert(!(grant[t] && !req[t]));
    end
    for (genvar u = 0; u < Tiles; u++) begin : g_other
      if (u > t) begin : g_lock
        always @(*)
          if ((computing_q[t] || converting_q[t]) && (computing_q[u] || converting_q[u]))
            assert((holds(t, Kind == 2 && Network == 1 && released_q[t]) & holds(u, Kind == 2 && Network == 1 && released_q[u])) == '0);
      end
    end
  end
endmodule

`default_nettype wire
