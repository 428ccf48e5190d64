// The core on an FPGA board with a clock, a serial line and eight LEDs. Reset comes from the configuration: registers wake up at 0.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_fpga_top #(
  parameter int ClockHz = 12000000,  // of clk_i
  parameter int Baud    = 115200     // bits per second; ClockHz/Baud 4..65535
) (
  input  logic       clk_i,
  input  logic       uart_rx_i,
  output logic       uart_tx_o,
  output logic [7:0] led_o  // 0 out of reset, 1 interrupt, 2 a result beat waits, 3 room for a beat, 4 bytes were lost, 5 receiving, 6 sending, 7 off
);
  localparam int Divider = (ClockHz + Baud/2) / Baud;

  // 64 clocks: some block RAMs of the iCE40 cannot be read in the first microseconds
  logic [5:0] wake_q = '0;
  logic       rst_n  = 1'b0;
  always_ff @(posedge clk_i) begin
    wake_q <= wake_q + 6'd1;
    if (wake_q == '1) rst_n <= 1'b1;
  end

  logic        rx_valid, rx_error, tx_valid, tx_ready, lost, irq;
  logic [7:0]  rx_data, tx_data;
  logic [21:0] awaddr, araddr;
  logic        awvalid, awready, wvalid, wready, bvalid, bready, arvalid, arready, rvalid, rready;
  logic [31:0] wdata, rdata;
  logic [1:0]  bresp, rresp;
  logic [63:0] in_data, out_data;
  logic        in_valid, in_ready, out_valid, out_ready, out_last;

  cim_fpga_uart #(
    .Divider(Divider)
  ) u_uart (
    .clk_i  (clk_i),
    .rst_ni (rst_n),
    .rx_i   (uart_rx_i),
    .tx_o   (uart_tx_o),
    .valid_o(rx_valid),
    .error_o(rx_error),
    .data_o (rx_data),
    .valid_i(tx_valid),
    .ready_o(tx_ready),
    .data_i (tx_data)
  );

  cim_fpga_bridge u_bridge (
    .clk_i          (clk_i),
    .rst_ni         (rst_n),
    .rx_valid_i     (rx_valid),
    .rx_error_i     (rx_error),
    .rx_data_i      (rx_data),
    .tx_valid_o     (tx_valid),
    .tx_ready_i     (tx_ready),
    .tx_data_o      (tx_data),
    .m_axi_awaddr_o (awaddr),
    .m_axi_awvalid_o(awvalid),
    .m_axi_awready_i(awready),
    .m_axi_wdata_o  (wdata),
    .m_axi_wvalid_o (wvalid),
    .m_axi_wready_i (wready),
    .m_axi_bresp_i  (bresp),
    .m_axi_bvalid_i (bvalid),
    .m_axi_bready_o (bready),
    .m_axi_araddr_o (araddr),
    .m_axi_arvalid_o(arvalid),
    .m_axi_arready_i(arready),
    .m_axi_rdata_i  (rdata),
    .m_axi_rresp_i  (rresp),
    .m_axi_rvalid_i (rvalid),
    .m_axi_rready_o (rready),
    .m_axis_tdata_o (in_data),
    .m_axis_tvalid_o(in_valid),
    .m_axis_tready_i(in_ready),
    .s_axis_tdata_i (out_data),
    .s_axis_tvalid_i(out_valid),
    .s_axis_tready_o(out_ready),
    .s_axis_tlast_i (out_last),
    .irq_i          (irq),
    .lost_o         (lost)
  );

  cim_top u_top (
    .clk_i          (clk_i),
    .rst_ni         (rst_n),
    .s_axi_awaddr_i (awaddr),
    .s_axi_awvalid_i(awvalid),
    .s_axi_awready_o(awready),
    .s_axi_wdata_i  (wdata),
    .s_axi_wstrb_i  (4'hf),
    .s_axi_wvalid_i (wvalid),
    .s_axi_wready_o (wready),
    .s_axi_bresp_o  (bresp),
    .s_axi_bvalid_o (bvalid),
    .s_axi_bready_i (bready),
    .s_axi_araddr_i (araddr),
    .s_axi_arvalid_i(arvalid),
    .s_axi_arready_o(arready),
    .s_axi_rdata_o  (rdata),
    .s_axi_rresp_o  (rresp),
    .s_axi_rvalid_o (rvalid),
    .s_axi_rready_i (rready),
    .s_axis_tdata_i (in_data),
    .s_axis_tvalid_i(in_valid),
    .s_axis_tready_o(in_ready),
    .s_axis_tlast_i (1'b0),
    .m_axis_tdata_o (out_data),
    .m_axis_tvalid_o(out_valid),
    .m_axis_tready_i(out_ready),
    .m_axis_tlast_o (out_last),
    .irq_o          (irq)
  );

  assign led_o = {1'b0, ~uart_tx_o, ~uart_rx_i, lost, in_ready, out_valid, irq, rst_n};

  initial begin : p_check
    if (ClockHz < 1) $error("ClockHz %0d is not positive", ClockHz);
    if (Baud < 1) $error("Baud %0d is not positive", Baud);
  end
endmodule

`default_nettype wire
