// Small synchronous FIFO. Both handshakes come from its own registers: no path from one side to the other.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_fifo #(
  parameter int Width = 64,  // bits of an entry, 1..1024
  parameter int Depth = 2    // entries, a power of two, 2..256
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             valid_i,
  output logic             ready_o,
  input  logic [Width-1:0] data_i,
  output logic             valid_o,
  input  logic             ready_i,
  output logic [Width-1:0] data_o,
  output logic [$clog2(Depth):0] count_o, // entries held
  output logic             upset_o  // its registers contradict each other: only a flipped bit does that
);
  localparam int PtrBits = $clog2(Depth);

  // Not reset: an entry is written before valid_o lets anybody read it.
  logic [Width-1:0] mem [0:Depth-1];
  logic [PtrBits-1:0] wptr_q, rptr_q;
  logic [PtrBits:0]   count_q;  // entries held, 0..Depth
  logic [PtrBits:0]   count_next;
  logic [PtrBits-1:0] held;     // what the pointers say: 0 of none and of all
  logic               valid_q;  // count_q is not 0

  assign ready_o = count_q != (PtrBits+1)'(Depth);
  assign valid_o = valid_q;
  assign data_o  = mem[rptr_q];
  assign count_o = count_q;
  assign held    = wptr_q - rptr_q;
  assign upset_o = held != count_q[PtrBits-1:0] || valid_q != (count_q != '0) || count_q > (PtrBits+1)'(Depth);

  always_ff @(posedge clk_i) begin
    if (valid_i && ready_o) mem[wptr_q] <= data_i;
  end

  assign count_next = count_q + (PtrBits+1)'(valid_i && ready_o) - (PtrBits+1)'(valid_o && ready_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wptr_q  <= '0;
      rptr_q  <= '0;
      count_q <= '0;
      valid_q <= 1'b0;
    end else if (valid_i || valid_o) begin
      if (valid_i && ready_o) wptr_q <= wptr_q + PtrBits'(1);
      if (valid_o && ready_i) rptr_q <= rptr_q + PtrBits'(1);
      count_q <= count_next;
      valid_q <= count_next != '0;
    end
  end

  initial begin : p_check
    if (Width < 1 || Width > 1024) $error("Width %0d outside 1..1024", Width);
    if (Depth < 2 || Depth > 256 || Depth != 2**PtrBits) $error("Depth %0d is no power of two in 2..256", Depth);
  end
endmodule

`default_nettype wire
