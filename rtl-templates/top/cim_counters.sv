// Performance counters, 64 bits, cleared at start. The sums over tiles are registered once before they are added.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_counters #(
  parameter int Tiles = 1  // 1..64
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               clear_i,
  input  logic               busy_i,
  input  logic               stall_i,
  input  logic [Tiles-1:0]   plane_i,        // per tile: a plane was evaluated
  input  logic [9*Tiles-1:0] conversions_i,  // per tile: columns converted in this clock
  input  logic [9*Tiles-1:0] comparisons_i,
  input  logic [Tiles-1:0]   compare_i,      // per tile: its converters compare
  output logic [63:0]        cycles_o,
  output logic [63:0]        stalls_o,
  output logic [63:0]        activations_o,
  output logic [63:0]        conversions_o,
  output logic [63:0]        comparisons_o,
  output logic [63:0]        compare_clocks_o
);
  logic [63:0] cycles_q, stalls_q, activations_q, conversions_q, comparisons_q, compare_clocks_q;
  logic [6:0]  planes_d, planes_q, compares_d, compares_q;  // 64 tiles at most
  logic [14:0] conv_d, conv_q, comp_d, comp_q;              // 64 * 511 at most
  logic        any, any_q;

  assign cycles_o         = cycles_q;
  assign stalls_o         = stalls_q;
  assign activations_o    = activations_q;
  assign conversions_o    = conversions_q;
  assign comparisons_o    = comparisons_q;
  assign compare_clocks_o = compare_clocks_q;

  assign any = (|plane_i) | (|compare_i) | (|conversions_i) | (|comparisons_i);

  always_comb begin
    planes_d   = '0;
    compares_d = '0;
    conv_d     = '0;
    comp_d     = '0;
    if (any) begin
      for (int t = 0; t < Tiles; t++) begin
        planes_d   = planes_d + {6'd0, plane_i[t]};
        compares_d = compares_d + {6'd0, compare_i[t]};
        conv_d     = conv_d + {6'd0, conversions_i[9*t +: 9]};
        comp_d     = comp_d + {6'd0, comparisons_i[9*t +: 9]};
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cycles_q         <= '0;
      stalls_q         <= '0;
      activations_q    <= '0;
      conversions_q    <= '0;
      comparisons_q    <= '0;
      compare_clocks_q <= '0;
      planes_q         <= '0;
      compares_q       <= '0;
      conv_q           <= '0;
      comp_q           <= '0;
      any_q            <= 1'b0;
    end else if (clear_i) begin
      cycles_q         <= '0;
      stalls_q         <= '0;
      activations_q    <= '0;
      conversions_q    <= '0;
      comparisons_q    <= '0;
      compare_clocks_q <= '0;
      any_q            <= 1'b0;
    end else begin
      any_q <= any;
      if (busy_i) cycles_q <= cycles_q + 64'd1;
      if (stall_i) stalls_q <= stalls_q + 64'd1;
      if (any) begin
        planes_q   <= planes_d;
        compares_q <= compares_d;
        conv_q     <= conv_d;
        comp_q     <= comp_d;
      end
      if (any_q) begin
        activations_q    <= activations_q + {57'd0, planes_q};
        compare_clocks_q <= compare_clocks_q + {57'd0, compares_q};
        conversions_q    <= conversions_q + {49'd0, conv_q};
        comparisons_q    <= comparisons_q + {49'd0, comp_q};
      end
    end
  end

  initial begin : p_check
    if (Tiles < 1 || Tiles > 64) $error("Tiles %0d outside 1..64", Tiles);
  end
endmodule

`default_nettype wire
