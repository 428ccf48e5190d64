// Bytes to the core and back: AXI4-Lite, both streams and the pins behind a byte stream. Request: one byte that says what, then its bytes, lowest first.
//   'W' a0 a1 a2 d0 d1 d2 d3   writes a register             reply: status
//   'R' a0 a1 a2               reads a register              reply: status [d0 d1 d2 d3]
//   'P' b0 .. b7               offers a beat to the core     reply: status
//   'O'                        takes a result beat           reply: status [b0 .. b7]
//   'S'                        nothing                       reply: status
//   any other byte             nothing                       reply: status
// The bytes in brackets follow only when the result in the status is 0. Status: bit 7 always 1, 6 the core has room for a beat, 5 a result beat waits,
// 4 interrupt line, 3 TLAST of the beat taken last, 2 bytes were lost since the last status, 1:0 result: 0 done, 1 no such request, 2 the bus
// answered with an error, 3 not now ('P': no room; 'O': no beat).
// A reply never waits for the streams. A byte that comes while a request is carried out or answered is lost, but a one-byte reply leaves time enough:
// 'W' and 'P' may be sent without waiting for replies. A framing error (a break) drops the request under way: that is how a host begins anew.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_fpga_bridge (
  input  logic        clk_i,
  input  logic        rst_ni,
  // bytes
  input  logic        rx_valid_i,
  input  logic        rx_error_i,
  input  logic [7:0]  rx_data_i,
  output logic        tx_valid_o,
  input  logic        tx_ready_i,
  output logic [7:0]  tx_data_o,
  // the core
  output logic [21:0] m_axi_awaddr_o,
  output logic        m_axi_awvalid_o,
  input  logic        m_axi_awready_i,
  output logic [31:0] m_axi_wdata_o,
  output logic        m_axi_wvalid_o,
  input  logic        m_axi_wready_i,
  input  logic [1:0]  m_axi_bresp_i,
  input  logic        m_axi_bvalid_i,
  output logic        m_axi_bready_o,
  output logic [21:0] m_axi_araddr_o,
  output logic        m_axi_arvalid_o,
  input  logic        m_axi_arready_i,
  input  logic [31:0] m_axi_rdata_i,
  input  logic [1:0]  m_axi_rresp_i,
  input  logic        m_axi_rvalid_i,
  output logic        m_axi_rready_o,
  output logic [63:0] m_axis_tdata_o,
  output logic        m_axis_tvalid_o,
  input  logic        m_axis_tready_i,  // a register of the core that does not wait for tvalid
  input  logic [63:0] s_axis_tdata_i,
  input  logic        s_axis_tvalid_i,
  output logic        s_axis_tready_o,
  input  logic        s_axis_tlast_i,
  input  logic        irq_i,
  output logic        lost_o            // as status bit 2
);
  localparam logic [7:0] ReqWrite = 8'h57, ReqRead = 8'h52, ReqPush = 8'h50, ReqPop = 8'h4F, ReqStatus = 8'h53;
  localparam logic [1:0] Done = 2'd0, Unknown = 2'd1, BusError = 2'd2, NotNow = 2'd3;
  localparam logic [1:0] OpWrite = 2'd0, OpRead = 2'd1, OpPush = 2'd2, OpPop = 2'd3;

  typedef enum logic [2:0] {
    StIdle,    // for the first byte of a request
    StBytes,   // for its other bytes
    StAct,     // the request is carried out
    StStatus,  // the status goes out
    StData     // the bytes behind it go out
  } state_e;

  state_e      state_q;
  logic [1:0]  op_q, result_q;
  logic [3:0]  left_q;      // bytes that still come, or go
  logic        awdone_q, wdone_q, ardone_q, last_q, lost_q;
  logic [63:0] data_q;      // bytes come in at the top and leave at the bottom. Not reset: written before it is used
  logic        act_write, act_read, act_push, act_pop;

  assign act_write = state_q == StAct && op_q == OpWrite;
  assign act_read  = state_q == StAct && op_q == OpRead;
  assign act_push  = state_q == StAct && op_q == OpPush;
  assign act_pop   = state_q == StAct && op_q == OpPop;

  // seven bytes of 'W' end at the top: address in 31:8; three of 'R': address in 63:40
  assign m_axi_awaddr_o  = data_q[29:8];
  assign m_axi_awvalid_o = act_write & ~awdone_q;
  assign m_axi_wdata_o   = data_q[63:32];
  assign m_axi_wvalid_o  = act_write & ~wdone_q;
  assign m_axi_bready_o  = act_write;
  assign m_axi_araddr_o  = data_q[61:40];
  assign m_axi_arvalid_o = act_read & ~ardone_q;
  assign m_axi_rready_o  = act_read;
  // A beat is offered only where it is taken: it need not be held, and no reply waits for the core.
  assign m_axis_tdata_o  = data_q;
  assign m_axis_tvalid_o = act_push & m_axis_tready_i;
  assign s_axis_tready_o = act_pop;

  assign tx_valid_o = state_q == StStatus || state_q == StData;
  assign tx_data_o  = state_q == StData ? data_q[7:0] : {1'b1, m_axis_tready_i, s_axis_tvalid_i, irq_i, last_q, lost_q, result_q};
  assign lost_o     = lost_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= StIdle;
      op_q     <= OpWrite;
      result_q <= Done;
      left_q   <= 4'd0;
      awdone_q <= 1'b0;
      wdone_q  <= 1'b0;
      ardone_q <= 1'b0;
      last_q   <= 1'b0;
      lost_q   <= 1'b0;
    end else begin
      awdone_q <= act_write & (awdone_q | m_axi_awready_i);
      wdone_q  <= act_write & (wdone_q | m_axi_wready_i);
      ardone_q <= act_read & (ardone_q | m_axi_arready_i);
      case (state_q)
        StIdle: if (rx_valid_i) begin
          result_q <= Done;
          state_q  <= StBytes;
          case (rx_data_i)
            ReqWrite: begin
              op_q   <= OpWrite;
              left_q <= 4'd7;
            end
            ReqRead: begin
              op_q   <= OpRead;
              left_q <= 4'd3;
            end
            ReqPush: begin
              op_q   <= OpPush;
              left_q <= 4'd8;
            end
            ReqPop: begin
              op_q    <= OpPop;
              state_q <= StAct;
            end
            ReqStatus: state_q <= StStatus;
            default: begin
              result_q <= Unknown;
              state_q  <= StStatus;
            end
          endcase
        end
        StBytes: if (rx_error_i) begin
          left_q  <= 4'd0;
          state_q <= StIdle;
        end else if (rx_valid_i) begin
          left_q <= left_q - 4'd1;
          if (left_q == 4'd1) state_q <= StAct;
        end
        StAct: begin
          if (act_push || act_pop || (act_write && m_axi_bvalid_i) || (act_read && m_axi_rvalid_i)) state_q <= StStatus;
          if (act_write && m_axi_bvalid_i && m_axi_bresp_i[1]) result_q <= BusError;
          if (act_read && m_axi_rvalid_i) begin
            if (m_axi_rresp_i[1]) result_q <= BusError;
            else left_q <= 4'd4;
          end
          if (act_push && !m_axis_tready_i) result_q <= NotNow;
          if (act_pop) begin
            if (s_axis_tvalid_i) begin
              left_q <= 4'd8;
              last_q <= s_axis_tlast_i;
            end else begin
              result_q <= NotNow;
            end
          end
        end
        StStatus: if (tx_ready_i) begin
          lost_q  <= 1'b0;
          state_q <= left_q == 4'd0 ? StIdle : StData;
        end
        StData: if (tx_ready_i) begin
          left_q <= left_q - 4'd1;
          if (left_q == 4'd1) state_q <= StIdle;
        end
        default: state_q <= StIdle;
      endcase
      if (rx_error_i || (rx_valid_i && state_q != StIdle && state_q != StBytes)) lost_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (act_read) data_q[31:0] <= m_axi_rdata_i;
    else if (act_pop) data_q <= s_axis_tdata_i;
    else if ((state_q == StBytes && rx_valid_i) || (state_q == StData && tx_ready_i)) data_q <= {rx_data_i, data_q[63:8]};
  end

  logic unused_bridge;
  assign unused_bridge = ^{m_axi_bresp_i[0], m_axi_rresp_i[0]};  // an error is 2 or 3
endmodule

`default_nettype wire
