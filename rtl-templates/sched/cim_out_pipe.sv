// OUT: four clocks from the accumulator address to the written element.
//   clock 0 address (issue_i), 1 words of the tiles are there and are summed, 2 product, 3 round and clamp, 4 element (valid_o).
// Credits: an element that goes out may begin only when the output FIFO has a place for it, counting those in flight.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_out_pipe #(
  parameter int Tiles     = 1,  // 1..64
  parameter int ChDepth   = 64, // requantiser channels, 2..65536
  parameter int FifoDepth = 8   // places of the output FIFO, 8..128: 4 clocks in flight and one to hand out need 5 or more
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       reg_rst_ni,   // of the credits: a stop leaves the output FIFO alone
  input  logic [3:0]                 input_bits_i,
  input  logic                       input_sm_i,
  // channel parameters
  input  logic [$clog2(ChDepth)-1:0] channel_i,
  input  logic                       param_we_i,
  input  logic [21:0]                param_i,      // {s, M}
  output logic                       channel_o,    // channel_i is being read: step to the next
  // elements
  input  logic                       issue_i,
  input  logic                       last_i,
  input  logic                       to_stream_i,  // stable during the instruction
  input  logic [Tiles-1:0]           tiles_i,
  input  logic [32*Tiles-1:0]        words_i,      // one clock after issue_i
  output logic                       valid_o,
  output logic                       last_o,
  output logic [31:0]                acc_o,
  output logic [7:0]                 q_o,
  // output FIFO
  input  logic                       pop_valid_i,  // a beat leaves it when both
  input  logic                       pop_ready_i,
  input  logic [$clog2(FifoDepth):0] held_i,       // beats in it
  input  logic                       resync_i,     // nothing is in flight: as many places are used as it holds
  output logic                       credit_o
);
  localparam int CreditBits = $clog2(FifoDepth + 1);

  logic [3:0]            valid_q, last_q;  // bit k: clock k + 1
  logic [CreditBits-1:0] used_q;           // places taken or promised
  logic [31:0]           sum;
  logic [22:0]           param;            // {s, digits of M}
  logic                  promise;

  // Digits -1 (as 3), 0, 1, 2 to the base 4, lowest first, and the carry out of them, worked out when M is written: what it multiplies is added or not, at once or doubled.
  function automatic logic [16:0] digits(input logic [15:0] value);
    logic carry;
    carry = 1'b0;
    for (int i = 0; i < 16; i += 2) begin
      digits[i +: 2] = value[i +: 2] + {1'b0, carry};
      carry = value[i+1] && (value[i] || carry);
    end
    digits[16] = carry;
  endfunction

  assign channel_o = valid_q[0];
  assign valid_o   = valid_q[3];
  assign last_o    = valid_q[3] & last_q[3];
  assign credit_o  = used_q != CreditBits'(FifoDepth);
  assign promise   = issue_i & to_stream_i;

  cim_ram #(
    .Width(23),
    .Depth(ChDepth)
  ) u_channels (
    .clk_i  (clk_i),
    .en_i   (param_we_i | valid_q[0]),
    .we_i   (param_we_i),
    .addr_i (channel_i),
    .wdata_i({param_i[21:16], digits(param_i[15:0])}),
    .rdata_o(param)
  );

  cim_tile_sum #(
    .Tiles(Tiles)
  ) u_sum (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .valid_i(valid_q[0]),
    .tiles_i(tiles_i),
    .words_i(words_i),
    .sum_o  (sum)
  );

  cim_requant u_requant (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .input_bits_i(input_bits_i),
    .input_sm_i  (input_sm_i),
    .valid_i     (valid_q[1]),
    .acc_i       (sum),
    .mul_i       (param[16:0]),
    .shift_i     (param[22:17]),
    .acc_o       (acc_o),
    .q_o         (q_o)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      last_q  <= '0;
    end else begin
      if (issue_i || valid_q != '0) begin
        valid_q <= {valid_q[2:0], issue_i};
        last_q  <= {last_q[2:0], last_i};
      end
    end
  end

  always_ff @(posedge clk_i or negedge reg_rst_ni) begin
    if (!reg_rst_ni) used_q <= '0;
    else if (resync_i) used_q <= CreditBits'(held_i) - CreditBits'(pop_valid_i && pop_ready_i);
    else if (promise || pop_valid_i) used_q <= used_q + CreditBits'(promise) - CreditBits'(pop_valid_i && pop_ready_i);
  end

  initial begin : p_check
    if (FifoDepth < 8 || FifoDepth > 128) $error("FifoDepth %0d outside 8..128", FifoDepth);
  end
endmodule

`default_nettype wire
