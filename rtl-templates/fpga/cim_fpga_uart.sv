// UART, 8 data bits, no parity, one stop bit, lowest bit first. One divider for both directions.
// The receiver samples in the middle of a bit, takes a start bit that is no longer low there for noise, and drops a byte whose stop bit is low
// (error_o); after that it waits for the line to be high, so a break is one error however long it is.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_fpga_uart #(
  parameter int Divider = 104  // clocks per bit, 4..65535
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  // the line, idle high
  input  logic       rx_i,
  output logic       tx_o,
  // received: one of both for one clock; data_o holds until the next start bit has passed
  output logic       valid_o,
  output logic       error_o,
  output logic [7:0] data_o,
  // to be sent
  input  logic       valid_i,
  output logic       ready_o,
  input  logic [7:0] data_i
);
  localparam int CountBits = $clog2(Divider);
  localparam logic [CountBits-1:0] Whole = CountBits'(Divider - 1);
  localparam logic [CountBits-1:0] Half  = CountBits'(Divider/2 - 1);

  // ---- receiver: 0 idle, 1 start bit, 2..9 data bits, 10 stop bit, 11 the line is to become high ----
  localparam logic [3:0] RxIdle = 4'd0, RxStart = 4'd1, RxStop = 4'd10, RxBreak = 4'd11;
  logic [1:0]           sync_q;  // two registers: the line belongs to another clock
  logic                 line;
  logic [3:0]           rx_bit_q;
  logic [CountBits-1:0] rx_count_q;
  logic [7:0]           rx_data_q;  // not reset: read only behind valid_o
  logic                 rx_sample;

  assign line      = sync_q[1];
  assign rx_sample = rx_count_q == '0;
  assign valid_o   = rx_bit_q == RxStop && rx_sample && line;
  assign error_o   = rx_bit_q == RxStop && rx_sample && !line;
  assign data_o    = rx_data_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sync_q     <= 2'b11;
      rx_bit_q   <= RxIdle;
      rx_count_q <= '0;
    end else begin
      sync_q <= {sync_q[0], rx_i};
      if (rx_bit_q == RxIdle) begin
        rx_count_q <= Half;
        if (!line) rx_bit_q <= RxStart;
      end else if (rx_bit_q == RxBreak) begin
        if (line) rx_bit_q <= RxIdle;
      end else if (!rx_sample) begin
        rx_count_q <= rx_count_q - CountBits'(1);
      end else begin
        rx_count_q <= Whole;
        rx_bit_q   <= rx_bit_q + 4'd1;
        if ((rx_bit_q == RxStart && line) || valid_o) rx_bit_q <= RxIdle;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (rx_sample && rx_bit_q != RxStop && rx_bit_q != RxBreak) rx_data_q <= {line, rx_data_q[7:1]};
  end

  // ---- sender: bits left, stop bit included ----
  logic [3:0]           tx_left_q;
  logic [CountBits-1:0] tx_count_q;
  logic [8:0]           tx_shift_q;  // bit 0 is on the line

  assign tx_o    = tx_shift_q[0];
  assign ready_o = tx_left_q == 4'd0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tx_left_q  <= 4'd0;
      tx_count_q <= '0;
      tx_shift_q <= '1;
    end else if (ready_o) begin
      tx_count_q <= Whole;
      if (valid_i) begin
        tx_left_q  <= 4'd10;
        tx_shift_q <= {data_i, 1'b0};
      end
    end else if (tx_count_q != '0) begin
      tx_count_q <= tx_count_q - CountBits'(1);
    end else begin
      tx_count_q <= Whole;
      tx_left_q  <= tx_left_q - 4'd1;
      tx_shift_q <= {1'b1, tx_shift_q[8:1]};
    end
  end

  if (Divider < 4 || Divider > 65535) begin : g_illegal_divider
    cim_illegal_parameter_Divider u_illegal ();
  end
  initial begin : p_check
    if (Divider < 4 || Divider > 65535) $error("Divider %0d outside 4..65535", Divider);
  end
endmodule

`default_nettype wire
