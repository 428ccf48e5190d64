// The rules of AXI4-Lite and AXI4-Stream at the three buses of a core, watched from beside it; never emitted as RTL. All cim_* tokens follow the prefix of the
// emitted RTL. docs/cosim.md lists the rules. Both sides of every channel are held to them, host and core. cim_watch hands what it finds to cim_watch_report,
// in the clock after; it is another module in each place: protocol_dpi.sv (Verilator), icarus/bench.sv (VPI), protocol_stop.sv ($fatal: benches without either).
// Everything is sampled at the rising edge, as the other side sees it. Unknown values are found by four-state simulators only.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

package cim_watch_pkg;
  localparam int NameChars = 8;
  localparam int RuleChars = 56;

  function automatic logic [8*NameChars-1:0] name_of(input logic [2:0] channel);
    case (channel)
      3'd0: name_of = "s_axi_aw";
      3'd1: name_of = "s_axi_w";
      3'd2: name_of = "s_axi_b";
      3'd3: name_of = "s_axi_ar";
      3'd4: name_of = "s_axi_r";
      3'd5: name_of = "s_axis";
      default: name_of = "m_axis";
    endcase
  endfunction

  function automatic logic [8*RuleChars-1:0] text_of(input logic [3:0] rule);
    case (rule)
      4'd1: text_of = "VALID is not low in reset or in the clock after it";
      4'd2: text_of = "VALID is unknown (x or z)";
      4'd3: text_of = "READY is unknown (x or z)";
      4'd4: text_of = "payload is unknown (x or z) with VALID";
      4'd5: text_of = "VALID fell before READY";
      4'd6: text_of = "payload changed before READY";
      4'd7: text_of = "response without a request";
      4'd8: text_of = "RESP is neither OKAY nor SLVERR nor DECERR";
      4'd9: text_of = "more requests taken than one beside its response";
      4'd10: text_of = "no READY and no response for 256 clocks";
      default: text_of = "no rule";
    endcase
  endfunction
endpackage

// One channel of either side: rules 1..6. Everything at the edge and behind an `if`: in most clocks nothing is offered, and that must cost nothing.
module cim_watch_channel #(
  parameter int Width = 32
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             valid_i,
  input  logic             ready_i,
  input  logic [Width-1:0] payload_i,
  output logic [3:0]       rule_o    // broken a clock ago; 0: none
);
  logic             reset_q, held_q, awake;
  logic [Width-1:0] payload_q;

  assign awake = (!rst_ni | reset_q | held_q | valid_i | (valid_i ^ valid_i) | (ready_i ^ ready_i)) !== 1'b0;

  always_ff @(posedge clk_i) begin
    if (awake) begin
      reset_q   <= !rst_ni;
      rule_o    <= 4'd0;
      held_q    <= rst_ni && valid_i && !ready_i;
      payload_q <= payload_i;
      if (reset_q === 1'b1) begin
        if (valid_i !== 1'b0) rule_o <= 4'd1;
      end else if (rst_ni) begin
        if ((valid_i ^ valid_i) !== 1'b0) rule_o <= 4'd2;
        else if ((ready_i ^ ready_i) !== 1'b0) rule_o <= 4'd3;
        else if (valid_i && (^payload_i ^ ^payload_i) !== 1'b0) rule_o <= 4'd4;
        else if (held_q && !valid_i) rule_o <= 4'd5;
        else if (held_q && payload_i != payload_q) rule_o <= 4'd6;
      end
    end
  end
endmodule

// What ties the channels of AXI4-Lite together, of reads (one request channel) or writes (two; for reads request2 is request): rules 7..10.
module cim_watch_response #(
  parameter int Outstanding = 2,  // requests taken and not answered: one whose response waits for the host, one behind it
  parameter int Patience = 256    // clocks that are the core's turn, 256 at most
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       request_valid_i,
  input  logic       request_ready_i,
  input  logic       request2_valid_i,
  input  logic       request2_ready_i,
  input  logic       valid_i,
  input  logic       ready_i,
  input  logic [1:0] resp_i,
  output logic [3:0] rule_o,         // of the response channel, broken a clock ago
  output logic       request_o,      // rule 9, of the request channels
  output logic       request2_o
);
  logic [2:0] first_q, second_q;     // taken and not answered
  logic [7:0] turn_q;                // clocks of the core's turn
  logic       awake;

  assign awake = !rst_ni || request_valid_i || request2_valid_i || valid_i || first_q != 3'd0 || second_q != 3'd0;

  always_ff @(posedge clk_i) begin
    if (awake) begin
      rule_o     <= 4'd0;
      request_o  <= 1'b0;
      request2_o <= 1'b0;
    end
    if (!rst_ni) begin
      first_q  <= 3'd0;
      second_q <= 3'd0;
      turn_q   <= 8'd0;
    end else if (awake) begin
      first_q  <= first_q + {2'd0, request_valid_i && request_ready_i} - {2'd0, valid_i && ready_i};
      second_q <= second_q + {2'd0, request2_valid_i && request2_ready_i} - {2'd0, valid_i && ready_i};
      if (request_valid_i && request_ready_i && first_q == 3'(Outstanding)) request_o <= 1'b1;
      if (request2_valid_i && request2_ready_i && second_q == 3'(Outstanding)) request2_o <= 1'b1;
      if (valid_i) begin
        turn_q <= 8'd0;
        if (first_q == 3'd0 || second_q == 3'd0) rule_o <= 4'd7;
        else if (resp_i == 2'b01) rule_o <= 4'd8;
      end else if ((first_q != 3'd0 && second_q != 3'd0) || (first_q == 3'd0 && request_valid_i && !request_ready_i) ||
                   (second_q == 3'd0 && request2_valid_i && !request2_ready_i)) begin
        // the core's turn: requests are there and no response is, or it does not take a request although it has none
        turn_q <= turn_q + 8'd1;
        if (turn_q == 8'(Patience - 1)) rule_o <= 4'd10;
      end else begin
        turn_q <= 8'd0;
      end
    end
  end
endmodule

// Ports carry the names that they have at the core, so that `.*` connects it; all are inputs here.
module cim_watch #(
  parameter int AddrBits = 22
) (
  input logic                clk_i,
  input logic                rst_ni,
  input logic [AddrBits-1:0] s_axi_awaddr_i,
  input logic                s_axi_awvalid_i,
  input logic                s_axi_awready_o,
  input logic [31:0]         s_axi_wdata_i,
  input logic [3:0]          s_axi_wstrb_i,
  input logic                s_axi_wvalid_i,
  input logic                s_axi_wready_o,
  input logic [1:0]          s_axi_bresp_o,
  input logic                s_axi_bvalid_o,
  input logic                s_axi_bready_i,
  input logic [AddrBits-1:0] s_axi_araddr_i,
  input logic                s_axi_arvalid_i,
  input logic                s_axi_arready_o,
  input logic [31:0]         s_axi_rdata_o,
  input logic [1:0]          s_axi_rresp_o,
  input logic                s_axi_rvalid_o,
  input logic                s_axi_rready_i,
  input logic [63:0]         s_axis_tdata_i,
  input logic                s_axis_tvalid_i,
  input logic                s_axis_tready_o,
  input logic                s_axis_tlast_i,
  input logic [63:0]         m_axis_tdata_o,
  input logic                m_axis_tvalid_o,
  input logic                m_axis_tready_i,
  input logic                m_axis_tlast_o
);
  logic [3:0] aw, w, b, ar, r, s, m, write, read, rule;
  logic [2:0] channel;
  logic       aw_many, w_many, ar_many, ar_again;

  cim_watch_channel #(.Width(AddrBits)) u_aw (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(s_axi_awvalid_i), .ready_i(s_axi_awready_o), .payload_i(s_axi_awaddr_i), .rule_o(aw));
  cim_watch_channel #(.Width(36)) u_w (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(s_axi_wvalid_i), .ready_i(s_axi_wready_o), .payload_i({s_axi_wstrb_i, s_axi_wdata_i}), .rule_o(w));
  cim_watch_channel #(.Width(2)) u_b (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(s_axi_bvalid_o), .ready_i(s_axi_bready_i), .payload_i(s_axi_bresp_o), .rule_o(b));
  cim_watch_channel #(.Width(AddrBits)) u_ar (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(s_axi_arvalid_i), .ready_i(s_axi_arready_o), .payload_i(s_axi_araddr_i), .rule_o(ar));
  cim_watch_channel #(.Width(34)) u_r (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(s_axi_rvalid_o), .ready_i(s_axi_rready_i), .payload_i({s_axi_rresp_o, s_axi_rdata_o}), .rule_o(r));
  cim_watch_channel #(.Width(65)) u_s (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(s_axis_tvalid_i), .ready_i(s_axis_tready_o), .payload_i({s_axis_tlast_i, s_axis_tdata_i}), .rule_o(s));
  cim_watch_channel #(.Width(65)) u_m (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(m_axis_tvalid_o), .ready_i(m_axis_tready_i), .payload_i({m_axis_tlast_o, m_axis_tdata_o}), .rule_o(m));

  cim_watch_response u_write (
    .clk_i(clk_i), .rst_ni(rst_ni), .request_valid_i(s_axi_awvalid_i), .request_ready_i(s_axi_awready_o), .request2_valid_i(s_axi_wvalid_i),
    .request2_ready_i(s_axi_wready_o), .valid_i(s_axi_bvalid_o), .ready_i(s_axi_bready_i), .resp_i(s_axi_bresp_o), .rule_o(write), .request_o(aw_many),
    .request2_o(w_many));
  cim_watch_response u_read (
    .clk_i(clk_i), .rst_ni(rst_ni), .request_valid_i(s_axi_arvalid_i), .request_ready_i(s_axi_arready_o), .request2_valid_i(s_axi_arvalid_i),
    .request2_ready_i(s_axi_arready_o), .valid_i(s_axi_rvalid_o), .ready_i(s_axi_rready_i), .resp_i(s_axi_rresp_o), .rule_o(read), .request_o(ar_many),
    .request2_o(ar_again));

  // the first that breaks a rule; requests before their responses
  assign {channel, rule} = aw != 4'd0 ? {3'd0, aw} : w != 4'd0 ? {3'd1, w} : ar != 4'd0 ? {3'd3, ar} : b != 4'd0 ? {3'd2, b} : r != 4'd0 ? {3'd4, r} :
                           s != 4'd0 ? {3'd5, s} : m != 4'd0 ? {3'd6, m} : aw_many ? {3'd0, 4'd9} : w_many ? {3'd1, 4'd9} : ar_many || ar_again ? {3'd3, 4'd9} :
                           write != 4'd0 ? {3'd2, write} : {3'd4, read};

  cim_watch_report u_report (.clk_i(clk_i), .channel_i(channel), .rule_i(rule));
endmodule

`default_nettype wire
