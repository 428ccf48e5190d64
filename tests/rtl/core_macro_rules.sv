// What the core owes its macro (docs/macro.md, rules of the core) in every clock of the benches of run_core.sh: phases in their order, a capture at the end of
// an evaluation, samples of something and never while the comparators are asked, only lanes that have a column there, no comparator asked in a lane that did
// not sample, codes that stand still while they are. A broken rule ends the run.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module core_macro_rules #(
  parameter int Cols = 8,
  parameter int Adcs = 4,
  parameter int AdcBits = 4
) (
  input logic                    clk_i,
  input logic                    rst_ni,
  input logic                    we_i,
  input logic                    re_i,
  input logic                    precharge_i,
  input logic                    evaluate_i,
  input logic                    capture_i,
  input logic                    hold_i,
  input logic                    sample_i,
  input logic [15:0]             sel_i,
  input logic                    pair_i,
  input logic [Adcs-1:0]         lane_en_i,
  input logic                    force_i,
  input logic                    cmp_i,
  input logic [3:0]              bits_i,
  input logic [Adcs*AdcBits-1:0] ref_i,
  input logic                    serve_i
);
  logic                    precharge_q, evaluate_q, capture_q, sample_q, cmp_q, captured_q, held_q, asked_q;
  logic [Adcs*AdcBits-1:0] ref_q;
  logic [Adcs-1:0]         lanes_q;   // of the last sample

  logic on;  // a machine whose registers were flipped breaks them
  initial on = $test$plusargs("flips") == 0;

  function automatic logic beyond();  // a lane without a column is enabled
    beyond = 1'b0;
    for (int lane = 0; lane < Adcs; lane++)
      if (lane_en_i[lane] && (32'(sel_i) * Adcs + lane + 1) * (pair_i ? 2 : 1) > Cols) beyond = 1'b1;
  endfunction

  task broken(input integer rule);
    if (on) begin
      $display("FAIL macro: %m: rule %0d of the core", rule);
      $fatal;
    end
  endtask

  always @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      precharge_q <= 1'b0;
      evaluate_q  <= 1'b0;
      capture_q   <= 1'b0;
      sample_q    <= 1'b0;
      cmp_q       <= 1'b0;
      captured_q  <= 1'b0;
      held_q      <= 1'b0;
      asked_q     <= 1'b0;
      ref_q       <= '0;
      lanes_q     <= '0;
    end else begin
      precharge_q <= precharge_i;
      evaluate_q  <= evaluate_i;
      capture_q   <= capture_i;
      sample_q    <= sample_i;
      cmp_q       <= cmp_i;
      captured_q  <= capture_i || (captured_q && !precharge_i);
      held_q      <= hold_i || held_q;
      asked_q     <= sample_i || asked_q;
      ref_q       <= ref_i;
      lanes_q     <= sample_i ? lane_en_i : lanes_q;
      if (precharge_i && evaluate_i) broken(1);
      if (evaluate_i && !evaluate_q && !precharge_q) broken(2);
      if (capture_i && (!evaluate_i || capture_q)) broken(2);
      if (evaluate_q && !evaluate_i && !capture_q) broken(2);
      if (evaluate_i && capture_q) broken(2);
      if (hold_i && !(captured_q || capture_q)) broken(3);
      if (sample_i && !held_q && !force_i) broken(4);
      if (sample_i && (cmp_i || sample_q)) broken(4);
      if (cmp_i && !asked_q) broken(4);
      if (sample_i && !force_i && beyond()) broken(4);
      if (cmp_i && (lane_en_i & ~lanes_q) != '0) broken(4);
      if (cmp_i && (bits_i == 4'd0 || 32'(bits_i) > AdcBits)) broken(4);
      if (cmp_i && !sample_q && !cmp_q && ref_i != ref_q) broken(5);
      if (we_i && (serve_i || precharge_i || evaluate_i || sample_i || cmp_i)) broken(6);
      if (re_i) broken(8);  // the core reads no cell back
    end
endmodule

bind cim_macro core_macro_rules #(.Cols(Cols), .Adcs(Adcs), .AdcBits(AdcBits)) u_rules (.sel_i(16'(sel_i)), .*);

`default_nettype wire
