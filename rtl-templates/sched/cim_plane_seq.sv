// cim_plane_seq: the phases of one activation, plane after plane (docs/isa.md section 6): transfer, precharge, evaluate, take.
// Without sample-and-hold the bit lines serve the converters, so the next precharge waits for the last conversion of the plane.
// With immersed references it also waits for its turn (docs/network.md section 4): it asks when the converters are idle and the
// first plane's bank is free, precharges after the grant, and never waits again: tiles that go in step stay in step.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_plane_seq #(
  parameter int SampleHold = 1,  // 0..1
  parameter int Immersed = 0     // 0..1
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic [3:0] input_bits_i,   // 1..8
  input  logic       input_sm_i,
  input  logic [7:0] precharge_i,    // clocks, >= 1
  input  logic [7:0] evaluate_i,     // clocks, >= 1
  input  logic       shadow_full_i,
  input  logic       conv_busy_i,
  input  logic       conv_last_i,    // last clock of the conversion under way
  input  logic       bank_free_i,    // column accumulators for a new activation
  input  logic       grant_i,        // immersed: the turn is ours from the next clock, in a clock of ask_o
  output logic       ask_o,          // immersed: waits for its turn
  output logic       transfer_o,
  output logic       prepare_o,      // first clock of an activation's first precharge
  output logic       precharge_o,
  output logic       evaluate_o,
  output logic       capture_o,
  output logic       take_o,
  output logic       first_o,        // the plane is the activation's first
  output logic       last_o,         // ... its last
  output logic [3:0] plane_o,        // index 0..P-1
  output logic [2:0] bit_o,          // its weight is 2^bit_o,
  output logic       negative_o,     // negative if set
  output logic       next_o,         // the next plane goes onto the word lines
  output logic [2:0] next_bit_o,
  output logic       next_negative_o,
  output logic       waiting_o,      // an activation is on the word lines and has not been taken once
  output logic       upset_o         // the state is none: only a flipped bit does that
);
  // odd weight: one flipped bit leads to no state (docs/faults.md section 2); not to be recoded
  typedef enum logic [3:0] {
    StIdle = 4'b0001, StWait = 4'b0010, StPrecharge = 4'b0100, StEvaluate = 4'b1000, StReady = 4'b0111
  } state_e;
  (* fsm_encoding = "none" *) state_e state_q;
  logic [7:0] clocks_q;              // spent in this state
  logic [3:0] plane_q;
  logic [3:0] magnitudes, planes, next_plane;
  logic       precharged, must_wait, may_go;

  assign next_plane = plane_q + 4'd1;

  assign plane_o   = plane_q;
  assign waiting_o = state_q != StIdle && first_o;
  assign upset_o   = state_q != StIdle && state_q != StWait && state_q != StPrecharge && state_q != StEvaluate && state_q != StReady;
  assign first_o = plane_q == 4'd0;

  assign precharge_o = state_q == StPrecharge;
  assign evaluate_o  = state_q == StEvaluate;
  always_comb begin
    precharged = 1'b0;
    prepare_o  = 1'b0;
    capture_o  = 1'b0;
    if (precharge_o) begin
      precharged = clocks_q == precharge_i - 8'd1;
      prepare_o  = first_o && clocks_q == 8'd0;
    end else if (evaluate_o) begin
      capture_o = clocks_q == evaluate_i - 8'd1;
    end
  end
  assign take_o      = state_q == StReady && (!conv_busy_i || conv_last_i) && (!first_o || bank_free_i);
  assign transfer_o  = shadow_full_i && (state_q == StIdle || (take_o && last_o));

  // what a plane weighs and which one is next: looked at in the clock of its take, zero in the others
  always_comb begin
    magnitudes      = 4'd0;
    planes          = 4'd0;
    last_o          = 1'b0;
    next_o          = 1'b0;
    negative_o      = 1'b0;
    bit_o           = 3'd0;
    next_negative_o = 1'b0;
    next_bit_o      = 3'd0;
    if (take_o) begin
      magnitudes      = input_bits_i > 4'd1 ? input_bits_i - 4'd1 : 4'd1;
      planes          = input_sm_i ? magnitudes << 1 : input_bits_i;
      last_o          = next_plane == planes;
      next_o          = !last_o;
      negative_o      = input_sm_i ? plane_q >= magnitudes : last_o;
      bit_o           = input_sm_i && plane_q >= magnitudes ? 3'(plane_q - magnitudes) : 3'(plane_q);
      next_negative_o = input_sm_i && next_plane >= magnitudes;
      next_bit_o      = next_negative_o ? 3'(next_plane - magnitudes) : 3'(next_plane);
    end
  end

  if (Immersed != 0) begin : g_turns
    assign ask_o     = state_q == StWait && !conv_busy_i && (!first_o || bank_free_i);
    assign must_wait = 1'b1;
    assign may_go    = grant_i;
  end else begin : g_own
    logic converting_next, unused_grant;
    assign converting_next = take_o || (conv_busy_i && !conv_last_i);
    assign unused_grant    = grant_i;
    assign ask_o           = 1'b0;
    assign must_wait       = SampleHold == 0 && converting_next;
    assign may_go          = !converting_next;
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      state_q  <= StIdle;
      clocks_q <= 8'd0;
      plane_q  <= 4'd0;
    end else begin
      if (transfer_o || next_o) begin
        if (must_wait)
          state_q <= StWait;
        else
          state_q <= StPrecharge;
        clocks_q <= 8'd0;
        plane_q  <= transfer_o ? 4'd0 : next_plane;
      end else begin
        case (state_q)
          StWait: if (may_go) state_q <= StPrecharge;
          StPrecharge: begin
            clocks_q <= precharged ? 8'd0 : clocks_q + 8'd1;
            if (precharged) state_q <= StEvaluate;
          end
          StEvaluate: begin
            clocks_q <= clocks_q + 8'd1;
            if (capture_o) state_q <= StReady;
          end
          StReady: if (take_o) state_q <= StIdle;
          default: state_q <= StIdle;
        endcase
      end
    end
endmodule

`default_nettype wire
