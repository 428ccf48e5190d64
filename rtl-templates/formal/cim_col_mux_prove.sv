// cim_col_mux_prove: cim_col_mux over one activation after another. The column watched is any: active or not.
// Proven: a round has only active columns, of one position, ascending; the watched column is converted once in a conversion when it is active and not at all
// when it is not; another round follows just while active columns are left; lanes_o counts the round's.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off WIDTH
// verilator lint_off UNUSEDSIGNAL

module cim_col_mux_prove #(
  parameter int Adcs = 4,
  parameter int ColBits = 4,
  parameter int SelBits = 2
) (
  input logic               clk_i,
  input logic               go_i,       // the next phase of the conversion
  input logic [ColBits-1:0] start_i,    // taken before a conversion
  input logic [ColBits-1:0] stride_i,
  input logic [ColBits:0]   count_i,
  input logic [ColBits-1:0] watch_i     // taken in reset
);
  localparam int LaneBits = $clog2(Adcs);
  localparam logic [2:0] Rest = 3'd0, Prepare = 3'd1, Wait = 3'd2, Take = 3'd3, Sample = 3'd4, Compare = 3'd5;
  logic               running_q, rst_nq, more, hit, active, seen_q, over_q;  // reset in the first clock
  logic [2:0]         phase_q;
  logic [SelBits-1:0] sel;
  logic [Adcs-1:0]    lane_en;
  logic [8:0]         lanes;
  logic [ColBits-1:0] start_q, stride_q, watch_q;
  logic [ColBits:0]   count_q;
  logic [2*ColBits+1:0] last, last_i;
  logic [ColBits-1:0] place_q;    // first column that the next round may have

  // only what fits the array is legal
  assign last_i = (2*ColBits+2)'(start_i) + ((2*ColBits+2)'(count_i) - (2*ColBits+2)'(1)) * (2*ColBits+2)'(stride_i);
  assign last   = (2*ColBits+2)'(start_q) + ((2*ColBits+2)'(count_q) - (2*ColBits+2)'(1)) * (2*ColBits+2)'(stride_q);

  cim_col_mux #(.Adcs(Adcs), .SelBits(SelBits), .ColBits(ColBits)) u_mux (
    .clk_i(clk_i), .rst_ni(rst_nq), .prepare_i(phase_q == Prepare), .col_start_i(start_q), .col_stride_i(stride_q), .col_count_i(count_q),
    .take_i(phase_q == Take), .sample_i(phase_q == Sample), .advance_i(phase_q == Compare && go_i && more), .sel_o(sel), .lane_en_o(lane_en), .lanes_o(lanes), .more_o(more)
  );

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    phase_q   = Rest;
    seen_q    = 1'b0;
    over_q    = 1'b0;
  end
  // the watched column is active, by the definition of docs/isa.md section 2
  always_comb begin
    active = 1'b0;
    for (int i = 0; i < 2**ColBits; i++)
      if ((ColBits+1)'(i) < count_q && (2*ColBits+2)'(watch_q) == (2*ColBits+2)'(start_q) + (2*ColBits+2)'(i) * (2*ColBits+2)'(stride_q)) active = 1'b1;
  end
  assign hit = (phase_q == Sample || phase_q == Compare) && sel == SelBits'(watch_q >> LaneBits) && lane_en[watch_q & ColBits'(Adcs - 1)];
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (!running_q) watch_q <= watch_i;
    over_q <= 1'b0;
    if (running_q && go_i)
      case (phase_q)
        Rest: if (count_i != '0 && (stride_i != '0 || count_i == (ColBits+1)'(1)) && last_i < (2*ColBits+2)'(2**ColBits)) begin
          {start_q, stride_q, count_q} <= {start_i, stride_i, count_i};
          phase_q <= Prepare;
        end
        Prepare: phase_q <= Wait;
        Wait: begin
          phase_q <= Take;
          seen_q  <= 1'b0;
          place_q <= '0;
        end
        Take: phase_q <= Sample;
        default: begin
          if (phase_q == Compare) begin
            seen_q  <= seen_q || hit;
            place_q <= ColBits'(({{ColBits{1'b0}}, sel} + (ColBits+SelBits)'(1)) << LaneBits);
            over_q  <= !more;
          end
          phase_q <= phase_q == Sample ? Compare : more ? Sample : Rest;
        end
      endcase
  end

  always @(*)
    if (running_q) begin
      if (hit) only_active: assert(active);
      if (hit) once: assert(!seen_q);
      if (over_q) each: assert(seen_q == active);
      if (phase_q == Compare) counts: assert(lanes == 9'($countones(lane_en)) && lane_en != '0);
      if (phase_q == Compare) ascending: assert((ColBits'(sel) << LaneBits) >= place_q);
      if (phase_q == Compare && !more) ends: assert(SelBits'(last >> LaneBits) == sel);
      c_rounds: cover(over_q && seen_q && count_q == (ColBits+1)'(5) && stride_q == ColBits'(3));
      c_idle_column: cover(over_q && !active);
    end
endmodule

// verilator lint_on WIDTH
// verilator lint_on UNUSEDSIGNAL
`default_nettype wire
