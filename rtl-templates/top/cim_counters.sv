// Performance counters, cleared at start; they wrap. The sums over tiles are registered once before they are added.
// Nothing is counted while no program runs: characterisation leaves the counters alone.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_counters #(
  parameter int Tiles       = 1,  // 1..64
  parameter int CounterBits = 64  // 16..64
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  input  logic                         busy_i,
  input  logic                         stall_i,
  input  logic [3:0]                   waiting_i,      // for tiles: [0] LOAD, [1] ACT, [2] OUT, [3] END
  input  logic [Tiles-1:0]             plane_i,        // per tile: a plane was evaluated
  input  logic [9*Tiles-1:0]           conversions_i,  // per tile: columns converted in this clock
  input  logic [17*Tiles-1:0]          comparisons_i,  // per tile: comparator decisions taken in this clock
  input  logic [Tiles-1:0]             compare_i,      // per tile: its converters compare
  input  logic [Tiles-1:0]             convert_i,      // ... sample or compare
  input  logic [Tiles-1:0]             compute_i,      // ... its array precharges or evaluates
  input  logic [Tiles-1:0]             serve_i,        // ... its array is a reference
  output logic [CounterBits-1:0]       cycles_o,
  output logic [CounterBits-1:0]       stalls_o,
  output logic [CounterBits-1:0]       activations_o,
  output logic [CounterBits-1:0]       conversions_o,
  output logic [CounterBits-1:0]       comparisons_o,
  output logic [CounterBits-1:0]       compare_clocks_o,
  output logic [CounterBits-1:0]       compute_clocks_o,
  output logic [CounterBits-1:0]       convert_clocks_o,
  output logic [CounterBits-1:0]       serve_clocks_o,
  output logic [CounterBits-1:0]       wait_load_o,
  output logic [CounterBits-1:0]       wait_act_o,
  output logic [CounterBits-1:0]       wait_out_o,
  output logic [CounterBits-1:0]       wait_end_o
);
  logic [CounterBits-1:0] cycles_q, stalls_q, activations_q, conversions_q, comparisons_q;
  logic [CounterBits-1:0] compare_clocks_q, compute_clocks_q, convert_clocks_q, serve_clocks_q;
  logic [CounterBits-1:0] wait_load_q, wait_act_q, wait_out_q, wait_end_q;
  logic [3:0]  waiting_q;                                           // registered: what is waited for comes late in the clock
  logic [6:0]  planes_q, compare_q, compute_q, convert_q, serve_q;  // 64 tiles at most
  logic [14:0] conv_d, conv_q;                                      // 64 * 256 at most
  logic [22:0] comp_d, comp_q;                                      // 64 * (2^17 - 1) at most
  logic        any, any_q;                                          // something to count
  logic        seldom, seldom_q;                                    // ... besides comparisons

  logic unused_sum;
  assign unused_sum = ^comp_q;  // counters may be narrower than the sum: the bits above wrap

  assign cycles_o         = cycles_q;
  assign stalls_o         = stalls_q;
  assign activations_o    = activations_q;
  assign conversions_o    = conversions_q;
  assign comparisons_o    = comparisons_q;
  assign compare_clocks_o = compare_clocks_q;
  assign compute_clocks_o = compute_clocks_q;
  assign convert_clocks_o = convert_clocks_q;
  assign serve_clocks_o   = serve_clocks_q;
  assign wait_load_o      = wait_load_q;
  assign wait_act_o       = wait_act_q;
  assign wait_out_o       = wait_out_q;
  assign wait_end_o       = wait_end_q;

  // a tile that serves does so for one that converts, and one that evaluated a plane computes: these two say whether there is anything to count
  assign any    = busy_i && ((|convert_i) || (|compute_i));
  assign seldom = (|compute_i) || (|conversions_i) || (|serve_i);

  function automatic logic [6:0] ones(input logic [Tiles-1:0] tiles);
    if (Tiles == 1) ones = 7'(tiles);  // a population count of one bit costs a simulator as much as that of 32
    else ones = 7'($countones(tiles));
  endfunction

  always_comb begin
    conv_d = '0;
    if (seldom)
      for (int t = 0; t < Tiles; t++)
        conv_d = conv_d + {6'd0, conversions_i[9*t +: 9]};
  end

  always_comb begin
    comp_d = '0;
    if (any)
      for (int t = 0; t < Tiles; t++)
        comp_d = comp_d + {6'd0, comparisons_i[17*t +: 17]};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cycles_q         <= '0;
      stalls_q         <= '0;
      activations_q    <= '0;
      conversions_q    <= '0;
      comparisons_q    <= '0;
      compare_clocks_q <= '0;
      compute_clocks_q <= '0;
      convert_clocks_q <= '0;
      serve_clocks_q   <= '0;
      wait_load_q      <= '0;
      wait_act_q       <= '0;
      wait_out_q       <= '0;
      wait_end_q       <= '0;
      waiting_q        <= '0;
      planes_q         <= '0;
      compare_q        <= '0;
      compute_q        <= '0;
      convert_q        <= '0;
      serve_q          <= '0;
      conv_q           <= '0;
      comp_q           <= '0;
      any_q            <= 1'b0;
      seldom_q         <= 1'b0;
    end else begin
      any_q     <= any;
      waiting_q <= waiting_i;
      // counts first, the clearing last: Verilator keeps a copy of every register that it sees written before it is read
      if (busy_i) cycles_q <= cycles_q + CounterBits'(1);
      if (stall_i) stalls_q <= stalls_q + CounterBits'(1);
      if (waiting_q != 4'd0) begin
        if (waiting_q[0]) wait_load_q <= wait_load_q + CounterBits'(1);
        if (waiting_q[1]) wait_act_q <= wait_act_q + CounterBits'(1);
        if (waiting_q[2]) wait_out_q <= wait_out_q + CounterBits'(1);
        if (waiting_q[3]) wait_end_q <= wait_end_q + CounterBits'(1);
      end
      if (any) begin
        compare_q <= ones(compare_i);
        convert_q <= ones(convert_i);
        comp_q    <= comp_d;
        seldom_q  <= seldom;
        if (seldom) begin
          planes_q  <= ones(plane_i);
          compute_q <= ones(compute_i);
          serve_q   <= ones(serve_i);
          conv_q    <= conv_d;
        end
      end
      if (any_q) begin
        compare_clocks_q <= compare_clocks_q + CounterBits'(compare_q);
        convert_clocks_q <= convert_clocks_q + CounterBits'(convert_q);
        comparisons_q    <= comparisons_q + CounterBits'(comp_q);
        if (seldom_q) begin
          activations_q    <= activations_q + CounterBits'(planes_q);
          compute_clocks_q <= compute_clocks_q + CounterBits'(compute_q);
          serve_clocks_q   <= serve_clocks_q + CounterBits'(serve_q);
          conversions_q    <= conversions_q + CounterBits'(conv_q);
        end
      end
      if (clear_i) begin
        cycles_q         <= '0;
        stalls_q         <= '0;
        activations_q    <= '0;
        conversions_q    <= '0;
        comparisons_q    <= '0;
        compare_clocks_q <= '0;
        compute_clocks_q <= '0;
        convert_clocks_q <= '0;
        serve_clocks_q   <= '0;
        wait_load_q      <= '0;
        wait_act_q       <= '0;
        wait_out_q       <= '0;
        wait_end_q       <= '0;
        waiting_q        <= '0;
        any_q            <= 1'b0;
      end
    end
  end

  initial begin : p_check
    if (Tiles < 1 || Tiles > 64) $error("Tiles %0d outside 1..64", Tiles);
    if (CounterBits < 16 || CounterBits > 64) $error("CounterBits %0d outside 16..64", CounterBits);
  end
endmodule

`default_nettype wire
