// cim_axil_prove: cim_axil with any AXI4-Lite master that keeps the rules (VALID and payload hold until READY) and registers that answer when they like,
// within 3 clocks. Proven: BVALID and RVALID hold until READY with their payload; one response for each request, none without; every request reaches the registers
// once, with its own address, data and strobes; the answer is bounded; READY and VALID outputs are functions of registers alone.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_axil_prove #(
  parameter int AddrBits = 4
) (
  input logic                clk_i,
  input logic                awvalid_i,
  input logic [AddrBits-1:0] awaddr_i,
  input logic                wvalid_i,
  input logic [31:0]         wdata_i,
  input logic [3:0]          wstrb_i,
  input logic                bready_i,
  input logic                arvalid_i,
  input logic [AddrBits-1:0] araddr_i,
  input logic                rready_i,
  input logic                werror_i,
  input logic                answer_i,  // the registers answer a read now
  input logic [31:0]         rdata_i,
  input logic                rerror_i
);
  logic                running_q, rst_nq;  // reset in the first clock
  logic                awready, wready, bvalid, arready, rvalid, write, read, reg_ready;
  logic [1:0]          bresp, rresp;
  logic [31:0]         rdata, wdata;
  logic [3:0]          wstrb;
  logic [AddrBits-1:0] waddr, raddr;

  // a master that keeps what it offers
  logic                aw_q, w_q, ar_q;    // offered and not yet taken
  logic [AddrBits-1:0] awaddr_q, araddr_q, awaddr, araddr;
  logic [31:0]         mdata_q, mdata;
  logic [3:0]          mstrb_q, mstrb;
  logic                awvalid, wvalid, arvalid;
  assign awvalid = running_q && (aw_q || awvalid_i);
  assign wvalid  = running_q && (w_q || wvalid_i);
  assign arvalid = running_q && (ar_q || arvalid_i);
  assign awaddr  = aw_q ? awaddr_q : awaddr_i;
  assign mdata   = w_q ? mdata_q : wdata_i;
  assign mstrb   = w_q ? mstrb_q : wstrb_i;
  assign araddr  = ar_q ? araddr_q : araddr_i;

  cim_axil #(.AddrBits(AddrBits)) u_axil (
    .clk_i(clk_i), .rst_ni(rst_nq), .s_axi_awaddr_i(awaddr), .s_axi_awvalid_i(awvalid), .s_axi_awready_o(awready), .s_axi_wdata_i(mdata), .s_axi_wstrb_i(mstrb),
    .s_axi_wvalid_i(wvalid), .s_axi_wready_o(wready), .s_axi_bresp_o(bresp), .s_axi_bvalid_o(bvalid), .s_axi_bready_i(bready_i && running_q),
    .s_axi_araddr_i(araddr), .s_axi_arvalid_i(arvalid), .s_axi_arready_o(arready), .s_axi_rdata_o(rdata), .s_axi_rresp_o(rresp), .s_axi_rvalid_o(rvalid),
    .s_axi_rready_i(rready_i && running_q), .write_o(write), .waddr_o(waddr), .wdata_o(wdata), .wstrb_o(wstrb), .werror_i(werror_i), .read_o(read), .raddr_o(raddr),
    .rready_i(reg_ready), .rdata_i(rdata_i), .rerror_i(rerror_i)
  );

  // what is on its way: requests taken and not yet done, responses owed
  logic                aw_in_q, w_in_q, ar_in_q, b_owed_q, r_owed_q, berror_q, rerror_q, b_stalled_q, r_stalled_q;
  logic [AddrBits-1:0] aw_taken_q, ar_taken_q;
  logic [31:0]         w_taken_q, r_taken_q, rdata_q;
  logic [3:0]          s_taken_q;
  logic [1:0]          bresp_q, rresp_q, read_wait_q;
  assign reg_ready = answer_i || read_wait_q == 2'd2;

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    {aw_q, w_q, ar_q} = 3'd0;
    {aw_in_q, w_in_q, ar_in_q, b_owed_q, r_owed_q, b_stalled_q, r_stalled_q} = 7'd0;
    read_wait_q = 2'd0;
  end

  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    aw_q      <= awvalid && !awready;
    w_q       <= wvalid && !wready;
    ar_q      <= arvalid && !arready;
    awaddr_q  <= awaddr;
    mdata_q   <= mdata;
    mstrb_q   <= mstrb;
    araddr_q  <= araddr;
    if (awvalid && awready) aw_taken_q <= awaddr;
    if (wvalid && wready) {s_taken_q, w_taken_q} <= {mstrb, mdata};
    if (arvalid && arready) ar_taken_q <= araddr;
    aw_in_q <= (aw_in_q && !write) || (awvalid && awready);
    w_in_q  <= (w_in_q && !write) || (wvalid && wready);
    ar_in_q <= (ar_in_q && !(read && reg_ready)) || (arvalid && arready);
    b_owed_q <= write || (b_owed_q && !(bvalid && bready_i));
    r_owed_q <= (read && reg_ready) || (r_owed_q && !(rvalid && rready_i));
    if (write) berror_q <= werror_i;
    if (read && reg_ready) {rerror_q, r_taken_q} <= {rerror_i, rdata_i};
    b_stalled_q <= running_q && bvalid && !bready_i;
    r_stalled_q <= running_q && rvalid && !rready_i;
    bresp_q     <= bresp;
    rresp_q     <= rresp;
    rdata_q     <= rdata;
    read_wait_q <= read && !reg_ready ? read_wait_q + 2'd1 : 2'd0;
  end

  always @(*)
    if (running_q) begin
      if (b_stalled_q) b_holds: assert(bvalid && bresp == bresp_q);
      if (r_stalled_q) r_holds: assert(rvalid && rresp == rresp_q && rdata == rdata_q);
      b_owed: assert(bvalid == b_owed_q);
      r_owed: assert(rvalid == r_owed_q);
      if (bvalid) b_resp: assert(bresp == {berror_q, 1'b0});
      if (rvalid) r_resp: assert(rresp == {rerror_q, 1'b0} && rdata == r_taken_q);
      one_aw: assert(awready == !aw_in_q);
      one_w: assert(wready == !w_in_q);
      one_ar: assert(arready == !ar_in_q);
      if (write) write_is_asked: assert(aw_in_q && w_in_q && waddr == aw_taken_q && wdata == w_taken_q && wstrb == s_taken_q);
      if (read) read_is_asked: assert(ar_in_q && raddr == ar_taken_q);
      if (aw_in_q && w_in_q && !bvalid) write_now: assert(write);   // the answer is there in the next clock
      if (ar_in_q && !rvalid) read_now: assert(read);
      c_write_stalls: cover(b_stalled_q && aw_in_q && w_in_q);
      c_read_stalls: cover(r_stalled_q && ar_in_q);
      c_w_first: cover(w_in_q && !aw_in_q);
      c_slverr: cover(bvalid && bready_i && bresp == 2'd2 && rvalid && rready_i && rresp == 2'd2);
      c_both: cover(write && read && reg_ready);
    end
endmodule

`default_nettype wire
