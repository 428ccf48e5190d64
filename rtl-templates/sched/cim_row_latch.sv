// cim_row_latch: two row latches, shadow (being filled by the sequencer) and active (being computed), and the plane on the word lines.
// A row is stored as eight bit planes: two's complement, or for `sm` seven magnitude bits and the sign (docs/numerics.md section 1).
// The shadow is empty after every transfer, so rows that an activation does not load are driven with 0.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_row_latch #(
  parameter int Rows = 8         // 8..1024
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    sm_i,          // input code: 0 tc, 1 sm
  input  logic                    we_i,
  input  logic [$clog2(Rows)-1:0] addr_i,
  input  logic [7:0]              data_i,        // int8
  input  logic                    transfer_i,    // shadow -> active, first plane onto the word lines
  input  logic                    next_i,        // the plane below onto the word lines
  input  logic [2:0]              next_bit_i,
  input  logic                    next_negative_i,  // sm: negative phase
  output logic [Rows-1:0]         plane_o
);
  localparam int Planes = 8;
  localparam int SignPlane = 7;

  logic [Rows-1:0] shadow_q [Planes];
  logic [Rows*Planes-1:0] active_q;  // plane after plane

  logic [7:0] coded;

  // a task, called only with we_i: Verilator would work an expression out in every clock
  task automatic code(input logic sm, input logic [7:0] data, output logic [7:0] planes);
    planes = sm && data[7] ? {1'b1, 7'(~data[6:0]) + 7'd1} : data;
  endtask

  always_comb begin
    coded = '0;
    if (we_i) code(sm_i, data_i, coded);
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      for (int b = 0; b < Planes; b++)
        shadow_q[b] <= '0;
    end else if (transfer_i) begin
      for (int b = 0; b < Planes; b++)
        shadow_q[b] <= '0;
    end else if (we_i) begin
      for (int b = 0; b < Planes; b++)
        shadow_q[b][addr_i] <= coded[b];
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      active_q <= '0;
    else if (transfer_i)
      active_q <= {shadow_q[7], shadow_q[6], shadow_q[5], shadow_q[4], shadow_q[3], shadow_q[2], shadow_q[1], shadow_q[0]};

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      plane_o <= '0;
    else if (transfer_i)
      plane_o <= shadow_q[0] & (sm_i ? ~shadow_q[SignPlane] : '1);
    else if (next_i)
      plane_o <= active_q[32'(next_bit_i) * Rows +: Rows] & (!sm_i ? '1 : next_negative_i ? active_q[SignPlane*Rows +: Rows] : ~active_q[SignPlane*Rows +: Rows]);
endmodule

`default_nettype wire
