// cim_guard_prove: cim_guard with a machine that is busy, steps, asks and fails as a prover likes.
// Proven: no stop without a cause; the watchdog fires after exactly limit_i * 256 busy clocks without a step and never before; the highest code wins; the
// machine is in reset for just the clock after each cause, the output FIFO only after an upset of its own; an abort while idle resets without a stop.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_guard_prove (
  input logic        clk_i,
  input logic        busy_i,
  input logic        step_i,
  input logic [15:0] limit_i,
  input logic        abort_i,
  input logic        upset_i,
  input logic        out_upset_i
);
  logic        running_q, rst_nq;   // reset in the first clock
  logic        stop, stopping, machine_rst_n, out_rst_n, busy, expired, cause_q, out_cause_q;
  logic [3:0]  code;
  logic [23:0] waited_q;            // busy clocks without a step before this one

  assign busy = running_q && busy_i;
  cim_guard u_guard (
    .clk_i(clk_i), .rst_ni(rst_nq), .busy_i(busy), .step_i(step_i), .limit_i(limit_i), .abort_i(abort_i), .upset_i(upset_i), .out_upset_i(out_upset_i),
    .stop_o(stop), .code_o(code), .stopping_o(stopping), .machine_rst_no(machine_rst_n), .out_rst_no(out_rst_n)
  );

  initial begin
    running_q   = 1'b0;
    rst_nq      = 1'b0;
    waited_q    = 24'd0;
    cause_q     = 1'b0;
    out_cause_q = 1'b0;
  end
  assign expired = busy && limit_i != 16'd0 && waited_q >= {limit_i, 8'd0};
  always @(posedge clk_i) begin
    running_q   <= 1'b1;
    rst_nq      <= 1'b1;
    waited_q    <= busy && !step_i && !(expired || upset_i || out_upset_i || abort_i) ? waited_q + 24'd1 : 24'd0;
    cause_q     <= running_q && (expired || upset_i || out_upset_i || abort_i);
    out_cause_q <= running_q && out_upset_i;
  end

  logic later_q;  // a clock after reset has passed
  initial later_q = 1'b0;
  always @(posedge clk_i) later_q <= running_q;

  always @(*)
    if (running_q) begin
      stop_when: assert(stop == (expired || upset_i || out_upset_i || (abort_i && busy)));
      if (expired) watchdog: assert(stop && code >= 4'd7);
      if (expired && !upset_i && !out_upset_i && !abort_i) code_watchdog: assert(code == 4'd7);
      if ((upset_i || out_upset_i) && !(abort_i && busy)) code_upset: assert(code == 4'd8);
      if (abort_i && busy) code_abort: assert(code == 4'd9 && stop);
      if (later_q && cause_q) resets: assert(!machine_rst_n && stopping);
      if (later_q && !cause_q) runs: assert(machine_rst_n && !stopping);
      if (later_q) out_resets: assert(out_rst_n == !out_cause_q);
      c_watchdog: cover(expired && limit_i == 16'd1);
      c_idle_abort: cover(abort_i && !stop);
    end
endmodule

`default_nettype wire
