// cim_counters_prove: cim_counters with tiles that do what they like within what holds for them (who compares or has columns converted converts; who has
// evaluated a plane computes; who serves does so for one that converts). Proven: after a clear every counter is the sum of what was there in busy clocks,
// one clock late where it is a sum over tiles, modulo 2^CounterBits: no clock is lost, none counted twice, nothing but a wrap.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_counters_prove #(
  parameter int Tiles = 2,
  parameter int CounterBits = 16
) (
  input logic                clk_i,
  input logic                clear_i,   // whenever nothing is busy
  input logic                busy_i,
  input logic                stall_i,
  input logic [3:0]          waiting_i,
  input logic [Tiles-1:0]    plane_i,
  input logic [9*Tiles-1:0]  conversions_i,
  input logic [17*Tiles-1:0] comparisons_i,
  input logic [Tiles-1:0]    compare_i,
  input logic [Tiles-1:0]    convert_i,
  input logic [Tiles-1:0]    compute_i,
  input logic [Tiles-1:0]    serve_i,
  input logic [3:0]          watch_i    // taken in reset: the counter that is followed
);
  logic                   running_q, rst_nq, clear, busy, cleared_q;  // reset in the first clock
  logic [Tiles-1:0]       plane, compare, convert, compute, serve;
  logic [9*Tiles-1:0]     conversions;
  logic [17*Tiles-1:0]    comparisons;
  logic [13*CounterBits-1:0] counters;
  logic [22:0]            now, now_q;   // what the followed counter has to count of this clock
  logic [CounterBits-1:0] sum_q, seen;
  logic [3:0]             watch_q;

  assign busy    = running_q && busy_i;
  assign clear   = running_q && clear_i && !busy_i;
  assign convert = convert_i & {Tiles{busy}};
  assign compute = compute_i & {Tiles{busy}};
  assign plane   = plane_i & compute;
  assign compare = compare_i & convert;
  assign serve   = serve_i & {Tiles{convert != '0}};
  for (genvar t = 0; t < Tiles; t++) begin : g_tile
    assign conversions[9*t +: 9]   = conversions_i[9*t +: 9] & {9{convert[t]}};
    assign comparisons[17*t +: 17] = comparisons_i[17*t +: 17] & {17{convert[t]}};
  end

  cim_counters #(.Tiles(Tiles), .CounterBits(CounterBits)) u_counters (
    .clk_i(clk_i), .rst_ni(rst_nq), .clear_i(clear), .busy_i(busy), .stall_i(stall_i && busy), .waiting_i(waiting_i & {4{busy}}), .plane_i(plane),
    .conversions_i(conversions), .comparisons_i(comparisons), .compare_i(compare), .convert_i(convert), .compute_i(compute), .serve_i(serve),
    .cycles_o(counters[0*CounterBits +: CounterBits]), .stalls_o(counters[1*CounterBits +: CounterBits]), .activations_o(counters[2*CounterBits +: CounterBits]),
    .conversions_o(counters[3*CounterBits +: CounterBits]), .comparisons_o(counters[4*CounterBits +: CounterBits]),
    .compare_clocks_o(counters[5*CounterBits +: CounterBits]), .compute_clocks_o(counters[6*CounterBits +: CounterBits]),
    .convert_clocks_o(counters[7*CounterBits +: CounterBits]), .serve_clocks_o(counters[8*CounterBits +: CounterBits]),
    .wait_load_o(counters[9*CounterBits +: CounterBits]), .wait_act_o(counters[10*CounterBits +: CounterBits]),
    .wait_out_o(counters[11*CounterBits +: CounterBits]), .wait_end_o(counters[12*CounterBits +: CounterBits])
  );

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    cleared_q = 1'b0;
    now_q     = 23'd0;
    sum_q     = '0;
  end
  always_comb begin
    now = 23'd0;
    for (int t = 0; t < Tiles; t++)
      case (watch_q)
        4'd2: now = now + 23'(plane[t]);
        4'd3: now = now + 23'(conversions[9*t +: 9]);
        4'd4: now = now + 23'(comparisons[17*t +: 17]);
        4'd5: now = now + 23'(compare[t]);
        4'd6: now = now + 23'(compute[t]);
        4'd7: now = now + 23'(convert[t]);
        4'd8: now = now + 23'(serve[t]);
        default: ;
      endcase
    case (watch_q)
      4'd0: now = 23'(busy);
      4'd1: now = 23'(stall_i && busy);
      4'd9: now = 23'(waiting_i[0] && busy);
      4'd10: now = 23'(waiting_i[1] && busy);
      4'd11: now = 23'(waiting_i[2] && busy);
      4'd12: now = 23'(waiting_i[3] && busy);
      default: ;
    endcase
  end
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (!running_q) watch_q <= watch_i > 4'd12 ? 4'd0 : watch_i;
    cleared_q <= cleared_q || clear;
    now_q     <= clear || watch_q < 4'd2 ? 23'd0 : now;
    if (clear) sum_q <= '0;
    else sum_q <= sum_q + CounterBits'(watch_q < 4'd2 ? now : now_q);
  end
  assign seen = CounterBits'(counters >> (watch_q * CounterBits));

  always @(*)
    if (running_q) begin
      if (cleared_q) counts: assert(seen == sum_q);
      c_counts: cover(cleared_q && watch_q == 4'd4 && seen == CounterBits'(5));
      c_wraps: cover(cleared_q && watch_q == 4'd4 && sum_q < CounterBits'(9) && now_q == 23'h1ffff && seen == CounterBits'(7));
    end
endmodule

`default_nettype wire
