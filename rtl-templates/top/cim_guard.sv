// cim_guard: stops a machine that got lost (docs/faults.md section 1): no step for too long, a state machine in no legal state, or software says so.
// One clock after the cause the machine is in its reset state for one clock. Nothing here waits for any part of it.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_guard (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        busy_i,         // a program or a characterisation runs
  input  logic        step_i,         // ... and takes a step
  input  logic [15:0] limit_i,        // 256 clocks each without a step; 0: for ever
  input  logic        abort_i,        // also while idle
  input  logic        upset_i,        // a state machine of the machine is lost
  input  logic        out_upset_i,    // the output FIFO is
  output logic        stop_o,         // the cause, with an error: not an abort while idle
  output logic [3:0]  code_o,
  output logic        stopping_o,     // the clock after it
  output logic        machine_rst_no, // asynchronous reset of the machine and its input FIFO, straight from a register
  output logic        out_rst_no      // ... of the output FIFO
);
  localparam logic [3:0] CodeWatchdog = 4'd7, CodeUpset = 4'd8, CodeAborted = 4'd9;

  logic [23:0] waited_q;  // clocks without a step
  logic        expired, upset, cause, own_upset, machine_rst_nq, out_rst_nq, stopping_q;

  assign expired = busy_i && limit_i != 16'd0 && waited_q[23:8] >= limit_i;
  // a reset without a cause would lose the program without a word, one of the output FIFO its beats
  assign own_upset = machine_rst_nq == stopping_q || (!out_rst_nq && !stopping_q);
  assign upset   = upset_i || out_upset_i || own_upset;
  assign cause   = expired || upset || abort_i;
  assign stop_o  = expired || upset || (abort_i && busy_i);
  assign code_o  = abort_i && busy_i ? CodeAborted : upset ? CodeUpset : CodeWatchdog;

  assign stopping_o     = stopping_q;
  assign machine_rst_no = machine_rst_nq;
  assign out_rst_no     = out_rst_nq;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      waited_q       <= '0;
      stopping_q     <= 1'b1;
      machine_rst_nq <= 1'b0;
      out_rst_nq     <= 1'b0;
    end else begin
      waited_q       <= busy_i && !step_i && !cause ? waited_q + 24'd1 : '0;
      stopping_q     <= cause;
      machine_rst_nq <= !cause;
      out_rst_nq     <= !out_upset_i;
    end
  end
endmodule

`default_nettype wire
