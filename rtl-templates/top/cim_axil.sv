// AXI4-Lite slave side: one write and one read at a time become single-clock requests to the registers.
// AW and W are taken independently and in any order; every output comes from a register.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_axil #(
  parameter int AddrBits = 22  // byte address, 3..32
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [AddrBits-1:0] s_axi_awaddr_i,
  input  logic                s_axi_awvalid_i,
  output logic                s_axi_awready_o,
  input  logic [31:0]         s_axi_wdata_i,
  input  logic [3:0]          s_axi_wstrb_i,
  input  logic                s_axi_wvalid_i,
  output logic                s_axi_wready_o,
  output logic [1:0]          s_axi_bresp_o,
  output logic                s_axi_bvalid_o,
  input  logic                s_axi_bready_i,
  input  logic [AddrBits-1:0] s_axi_araddr_i,
  input  logic                s_axi_arvalid_i,
  output logic                s_axi_arready_o,
  output logic [31:0]         s_axi_rdata_o,
  output logic [1:0]          s_axi_rresp_o,
  output logic                s_axi_rvalid_o,
  input  logic                s_axi_rready_i,
  // registers: a write is answered within the clock of the request, a read in the clock in which rready_i is high
  output logic                write_o,
  output logic [AddrBits-1:0] waddr_o,
  output logic [31:0]         wdata_o,
  output logic [3:0]          wstrb_o,
  input  logic                werror_i,
  output logic                read_o,
  output logic [AddrBits-1:0] raddr_o,
  input  logic                rready_i,
  input  logic [31:0]         rdata_i,
  input  logic                rerror_i
);
  localparam logic [1:0] Okay = 2'b00, SlvErr = 2'b10;

  logic                aw_full_q, w_full_q, ar_full_q, bvalid_q, rvalid_q;
  logic [AddrBits-1:0] awaddr_q, araddr_q;
  logic [31:0]         wdata_q, rdata_q;
  logic [3:0]          wstrb_q;
  logic [1:0]          bresp_q, rresp_q;

  assign s_axi_awready_o = !aw_full_q;
  assign s_axi_wready_o  = !w_full_q;
  assign s_axi_bresp_o   = bresp_q;
  assign s_axi_bvalid_o  = bvalid_q;
  assign s_axi_arready_o = !ar_full_q;
  assign s_axi_rdata_o   = rdata_q;
  assign s_axi_rresp_o   = rresp_q;
  assign s_axi_rvalid_o  = rvalid_q;

  assign write_o = aw_full_q & w_full_q & ~bvalid_q;
  assign waddr_o = awaddr_q;
  assign wdata_o = wdata_q;
  assign wstrb_o = wstrb_q;
  assign read_o  = ar_full_q & ~rvalid_q;
  assign raddr_o = araddr_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_full_q <= 1'b0;
      w_full_q  <= 1'b0;
      bvalid_q  <= 1'b0;
      awaddr_q  <= '0;
      wdata_q   <= '0;
      wstrb_q   <= '0;
      bresp_q   <= Okay;
    end else if (s_axi_awvalid_i || s_axi_wvalid_i || aw_full_q || w_full_q || bvalid_q) begin
      if (s_axi_awvalid_i && !aw_full_q) begin
        aw_full_q <= 1'b1;
        awaddr_q  <= s_axi_awaddr_i;
      end
      if (s_axi_wvalid_i && !w_full_q) begin
        w_full_q <= 1'b1;
        wdata_q  <= s_axi_wdata_i;
        wstrb_q  <= s_axi_wstrb_i;
      end
      if (s_axi_bready_i) bvalid_q <= 1'b0;
      if (write_o) begin
        aw_full_q <= 1'b0;
        w_full_q  <= 1'b0;
        bvalid_q  <= 1'b1;
        bresp_q   <= werror_i ? SlvErr : Okay;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ar_full_q <= 1'b0;
      rvalid_q  <= 1'b0;
      araddr_q  <= '0;
      rdata_q   <= '0;
      rresp_q   <= Okay;
    end else if (s_axi_arvalid_i || ar_full_q || rvalid_q) begin
      if (s_axi_arvalid_i && !ar_full_q) begin
        ar_full_q <= 1'b1;
        araddr_q  <= s_axi_araddr_i;
      end
      if (s_axi_rready_i) rvalid_q <= 1'b0;
      if (read_o && rready_i) begin
        ar_full_q <= 1'b0;
        rvalid_q  <= 1'b1;
        rdata_q   <= rdata_i;
        rresp_q   <= rerror_i ? SlvErr : Okay;
      end
    end
  end

  initial begin : p_check
    if (AddrBits < 3 || AddrBits > 32) $error("AddrBits %0d outside 3..32", AddrBits);
  end
endmodule

`default_nettype wire
