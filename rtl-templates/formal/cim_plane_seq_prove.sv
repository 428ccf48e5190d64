// cim_plane_seq_prove: cim_plane_seq with activations that come when they like and conversions of any length (up to 6 clocks, so that nobody waits for ever).
// Proven: the phases of a plane in their order (transfer, precharge, evaluate, take), each of its length, never two at once; as many takes as the
// activation has planes, with their weights; without sample-and-hold, or immersed, no phase while the converters work; no deadlock; upset never rises.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off UNUSEDSIGNAL

module cim_plane_seq_prove #(
  parameter int SampleHold = 1,
  parameter int Immersed = 0,
  parameter int Longest = 3       // clocks of precharge and of evaluate
) (
  input logic       clk_i,
  input logic [3:0] bits_i,       // taken in reset, as the next three
  input logic       sm_i,
  input logic [7:0] precharge_i,
  input logic [7:0] evaluate_i,
  input logic       fill_i,       // the shadow latch is filled, whenever it is free
  input logic       end_i,        // the conversion under way ends
  input logic       bank_i,       // a bank is free
  input logic       grant_i
);
  logic       running_q, rst_nq;  // reset in the first clock
  logic [3:0] bits_q, magnitudes, planes, plane, plane_q;
  logic       sm_q, shadow_q, converting_q, bank, grant;
  logic [7:0] precharge_q, evaluate_q, clocks_q;
  logic       ask, transfer, prepare, precharge, evaluate, capture, take, first, last, negative, next, next_negative, waiting, upset, conv_last;
  logic [2:0] bit_no, next_bit, long_q, denied_q, bank_wait_q;
  logic       was_precharge_q, was_evaluate_q, captured_q, on_lines_q, bank_q;

  assign conv_last = converting_q && (end_i || long_q == 3'd5);
  assign bank      = bank_q;
  assign grant     = ask && (grant_i || denied_q == 3'd5);
  cim_plane_seq #(.SampleHold(SampleHold), .Immersed(Immersed)) u_planes (
    .clk_i(clk_i), .rst_ni(rst_nq), .input_bits_i(bits_q), .input_sm_i(sm_q), .precharge_i(precharge_q), .evaluate_i(evaluate_q), .shadow_full_i(shadow_q),
    .conv_busy_i(converting_q), .conv_last_i(conv_last), .bank_free_i(bank), .grant_i(grant), .ask_o(ask), .transfer_o(transfer), .prepare_o(prepare),
    .precharge_o(precharge), .evaluate_o(evaluate), .capture_o(capture), .take_o(take), .first_o(first), .last_o(last), .plane_o(plane), .bit_o(bit_no),
    .negative_o(negative), .next_o(next), .next_bit_o(next_bit), .next_negative_o(next_negative), .waiting_o(waiting), .upset_o(upset)
  );
  logic unused_prove;
  assign unused_prove = &{1'b0, waiting, next_bit, next_negative};

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    {shadow_q, converting_q, was_precharge_q, was_evaluate_q, captured_q, on_lines_q, bank_q} = 7'd0;
    {long_q, denied_q, bank_wait_q} = 9'd0;
    {clocks_q, plane_q, idle_q} = 18'd0;
  end
  logic [5:0] idle_q;  // clocks since anything moved
  assign magnitudes = bits_q > 4'd1 ? bits_q - 4'd1 : 4'd1;
  assign planes     = sm_q ? magnitudes << 1 : bits_q;
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (!running_q) begin
      bits_q      <= bits_i == 4'd0 || bits_i > 4'd8 ? 4'd8 : bits_i;
      sm_q        <= sm_i;
      precharge_q <= precharge_i == 8'd0 || 32'(precharge_i) > Longest ? 8'd1 : precharge_i;
      evaluate_q  <= evaluate_i == 8'd0 || 32'(evaluate_i) > Longest ? 8'd1 : evaluate_i;
    end
    shadow_q        <= running_q && (shadow_q ? !transfer : fill_i);
    converting_q    <= running_q && (take || (converting_q && !conv_last));
    long_q          <= take || !converting_q ? 3'd0 : long_q + 3'd1;
    denied_q        <= ask && !grant ? denied_q + 3'd1 : 3'd0;
    bank_wait_q     <= bank ? 3'd0 : bank_wait_q + 3'd1;
    bank_q          <= !(take && first) && (bank_q || bank_i || bank_wait_q == 3'd5); // stays free until it is taken
    clocks_q        <= (precharge && !was_precharge_q) || (evaluate && !was_evaluate_q) ? 8'd1 : clocks_q + 8'd1;
    was_precharge_q <= precharge && clocks != precharge_q;
    was_evaluate_q  <= evaluate && clocks != evaluate_q;
    captured_q      <= capture || (captured_q && !take);
    if (transfer) plane_q <= 4'd0;
    else if (take) plane_q <= plane_q + 4'd1;
    on_lines_q      <= transfer || (on_lines_q && !(take && last));
    idle_q          <= !on_lines_q || transfer || take || precharge || evaluate ? 6'd0 : idle_q + 6'd1;
  end
  logic [7:0] clocks;  // of the phase, this one counted
  assign clocks = was_precharge_q || was_evaluate_q ? clocks_q + 8'd1 : 8'd1;

  always @(*)
    if (running_q) begin
      not_upset: assert(!upset);
      one_phase: assert(32'(precharge) + 32'(evaluate) + 32'(take) <= 1);
      if (precharge || evaluate || take || ask) works_for: assert(on_lines_q);
      if (precharge) precharge_lasts: assert(clocks <= precharge_q && !captured_q);
      if (evaluate) evaluate_lasts: assert(clocks <= evaluate_q && capture == (clocks == evaluate_q));
      if (was_precharge_q) precharge_on: assert(precharge);
      if (was_evaluate_q) evaluate_on: assert(evaluate);
      if (prepare) prepares: assert(precharge && plane == 4'd0 && clocks == 8'd1);
      if (take) takes: assert(captured_q && (!converting_q || conv_last) && (plane != 4'd0 || bank));
      if (on_lines_q) plane_is: assert(plane == plane_q && first == (plane == 4'd0) && plane < planes);
      if (take) last_when: assert(last == (plane + 4'd1 == planes) && next == !last);
      if (take) weight: assert(negative == (sm_q ? plane >= magnitudes : last) && 4'(bit_no) == (sm_q && plane >= magnitudes ? plane - magnitudes : plane));
      if (take && next && sm_q) next_weight: assert(next_negative == (plane + 4'd1 >= magnitudes));
      if (transfer) transfers: assert(shadow_q && (!on_lines_q || (take && last)));
      if (shadow_q && !on_lines_q) transfers_now: assert(transfer);
      no_deadlock: assert(idle_q <= 6'd24);
      c_sm: cover(take && last && sm_q && plane == 4'd13);
      c_back_to_back: cover(take && last && transfer);
      c_stalls: cover(idle_q == 6'd4);
    end
  if (SampleHold == 0 || Immersed != 0) begin : g_lines
    always @(*) if (running_q) begin
      if (converting_q) lines_serve: assert(!precharge && !evaluate);
    end
  end
  if (Immersed != 0) begin : g_turns
    logic granted_q;
    initial granted_q = 1'b0;
    always @(posedge clk_i) granted_q <= grant;
    always @(*) if (running_q) begin
      if (granted_q) goes: assert(precharge);
      if (precharge && clocks == 8'd1) only_granted: assert(granted_q);
      if (ask) asks: assert(!converting_q && (plane != 4'd0 || bank));
    end
  end
endmodule

// verilator lint_on UNUSEDSIGNAL
`default_nettype wire
