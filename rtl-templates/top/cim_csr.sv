// Registers (isa.md section 4): what the host reads and sets, start, interrupt. Writes honour the byte strobes; a write to a
// read-only register is answered OKAY and changes nothing; the two low address bits are not looked at.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_csr #(
  parameter int Rows            = 8,    // 8..1024
  parameter int Cols            = 8,    // 8..1024
  parameter int Tiles           = 1,    // 1..64
  parameter int Adcs            = 4,    // 1..256
  parameter int AdcBits         = 4,    // 1..12
  parameter int CellBits        = 1,    // 1..2
  parameter int SampleHold      = 1,    // 0..1
  parameter int ProgDepth       = 256,  // 2..65536
  parameter int ActDepth        = 1024, // 2..65536
  parameter int AccDepth        = 64,   // 2..65536
  parameter int ChDepth         = 64,   // 2..65536
  parameter int PrechargeReset  = 1,    // clocks, 1..255
  parameter int EvaluateReset   = 1,    // clocks, 1..255
  parameter int CompareReset    = 1,    // clocks, 1..255
  parameter logic [255:0] ConfigHash = 256'd0  // SHA-256 of the resolved configuration, any
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // requests, answered within the clock
  input  logic                         write_i,
  input  logic [21:0]                  waddr_i,
  input  logic [31:0]                  wdata_i,
  input  logic [3:0]                   wstrb_i,
  output logic                         werror_o,
  input  logic                         read_i,
  input  logic [21:0]                  raddr_i,
  output logic [31:0]                  rdata_o,
  output logic                         rerror_o,
  // program memory
  output logic                         prog_we_o,
  output logic [$clog2(ProgDepth)-1:0] prog_waddr_o,
  output logic [2:0]                   prog_wword_o,
  // sequencer
  output logic                         start_o,         // not while busy
  input  logic                         busy_i,
  input  logic                         done_i,
  input  logic                         error_i,
  input  logic [3:0]                   error_code_i,
  input  logic [15:0]                  error_pc_i,
  output logic                         irq_o,
  // run-time numbers
  output logic [3:0]                   input_bits_o,
  output logic                         input_sm_o,
  output logic [3:0]                   weight_bits_o,
  output logic                         weight_sm_o,
  output logic [7:0]                   precharge_o,
  output logic [7:0]                   evaluate_o,
  output logic [7:0]                   compare_o,
  output logic [63:0]                  lsb_o,           // 16 bits per threshold set
  output logic [63:0]                  low_o,
  output logic [3:0]                   nearest_o,
  // counters
  input  logic [63:0]                  cycles_i,
  input  logic [63:0]                  stalls_i,
  input  logic [63:0]                  activations_i,
  input  logic [63:0]                  conversions_i,
  input  logic [63:0]                  comparisons_i,
  input  logic [63:0]                  compare_clocks_i
);
  // word offsets (byte offset div 4) below 0x1_0000
  localparam logic [13:0] RegId = 14'h000, RegVersion = 14'h001, RegHash7 = 14'h009,
      RegGeom0 = 14'h00a, RegGeom1 = 14'h00b, RegGeom2 = 14'h00c, RegDepth0 = 14'h00d, RegDepth1 = 14'h00e, RegDepth2 = 14'h00f,
      RegCtrl = 14'h010, RegDepth3 = 14'h011, RegStatus = 14'h012, RegNumbers = 14'h014, RegTiming = 14'h015,
      RegLsb0 = 14'h018, RegLow3 = 14'h01f,
      RegCycles = 14'h020, RegStalls = 14'h022, RegActivations = 14'h024, RegConversions = 14'h026,
      RegComparisons = 14'h028, RegCompareClocks = 14'h02a, RegLast = 14'h02b;

  logic        irq_en_q, done_q, error_q, irq_q;
  logic [3:0]  error_code_q;
  logic [15:0] error_pc_q;
  logic [12:0] numbers_q;
  logic [23:0] timing_q;
  logic [63:0] lsb_q, low_q;
  logic [3:0]  nearest_q;

  logic        w_prog, w_known, w_locked, w_ok;
  logic [13:0] w_word, r_word;
  logic [16:0] w_instr;   // instruction index of a PROG address
  logic [1:0]  w_set, r_set;
  logic [15:0] w_lsb, w_low, r_lsb, r_low;
  logic [31:0] r_hash, r_word_count;
  logic [63:0] r_count;
  logic [31:0] w_mask;    // byte strobes as bits
  logic [31:0] numbers_d, timing_d, window_d;
  logic [1:0]  clear;
  logic        r_known, r_odd;
  logic        unused_csr;

  assign w_word  = waddr_i[15:2];
  assign r_word  = raddr_i[15:2];
  assign w_instr = {waddr_i[21:16] - 6'd1, waddr_i[15:5]};
  assign w_set   = w_word[2:1];
  assign r_set   = r_word[2:1];
  assign w_lsb   = lsb_q[{w_set, 4'd0} +: 16];
  assign w_low   = low_q[{w_set, 4'd0} +: 16];
  assign r_lsb   = lsb_q[{r_set, 4'd0} +: 16];
  assign r_low   = low_q[{r_set, 4'd0} +: 16];
  assign r_hash  = ConfigHash[{3'(RegHash7 - r_word), 5'd0} +: 32];
  assign w_mask  = {{8{wstrb_i[3]}}, {8{wstrb_i[2]}}, {8{wstrb_i[1]}}, {8{wstrb_i[0]}}};

  // Which offsets exist, and which are closed while a program runs.
  function automatic logic known(input logic [13:0] word);
    known = word <= RegLast && word != 14'h013 && word != 14'h016 && word != 14'h017;
  endfunction

  assign w_prog   = waddr_i[21:16] != 6'd0 && w_instr < 17'(ProgDepth);
  assign w_known  = waddr_i[21:16] == 6'd0 ? known(w_word) : w_prog;
  assign w_locked = busy_i && (w_prog || w_word == RegNumbers || w_word == RegTiming || (w_word >= RegLsb0 && w_word <= RegLow3));
  assign w_ok     = write_i && w_known && !w_locked;
  assign werror_o = !w_known || w_locked;

  assign prog_we_o    = w_ok && w_prog;
  assign prog_waddr_o = w_instr[$clog2(ProgDepth)-1:0];
  assign prog_wword_o = waddr_i[4:2];

  logic w_reg;  // a register, not PROG
  assign w_reg   = w_ok && !w_prog;
  assign start_o = w_reg && w_word == RegCtrl && wstrb_i[0] && wdata_i[0] && !busy_i;
  assign clear   = w_reg && w_word == RegStatus && wstrb_i[0] ? wdata_i[2:1] : 2'b00;

  assign numbers_d = ({19'd0, numbers_q} & ~w_mask) | (wdata_i & w_mask);
  assign timing_d  = ({8'd0, timing_q} & ~w_mask) | (wdata_i & w_mask);
  assign window_d  = ((w_word[0] ? {16'd0, w_low} : {15'd0, nearest_q[w_set], w_lsb}) & ~w_mask) | (wdata_i & w_mask);
  assign unused_csr = ^{waddr_i[1:0], raddr_i[1:0], numbers_d[31:13], numbers_d[7:5], timing_d[31:24], window_d[31:17]};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      irq_en_q     <= 1'b0;
      irq_q        <= 1'b0;
      done_q       <= 1'b0;
      error_q      <= 1'b0;
      error_code_q <= '0;
      error_pc_q   <= '0;
      numbers_q    <= {1'b0, 4'd8, 4'd0, 4'd8};
      timing_q     <= {8'(CompareReset), 8'(EvaluateReset), 8'(PrechargeReset)};
      lsb_q        <= {4{16'd1}};
      low_q        <= '0;
      nearest_q    <= '0;
    end else begin
      irq_q <= irq_en_q & (done_q | error_q);
      // the sequencer's event wins over a clear in the same clock
      if (start_o || clear[0]) done_q <= 1'b0;
      if (start_o || clear[1]) begin
        error_q      <= 1'b0;
        error_code_q <= '0;
        error_pc_q   <= '0;
      end
      if (done_i) done_q <= 1'b1;
      if (error_i) begin
        error_q      <= 1'b1;
        error_code_q <= error_code_i;
        error_pc_q   <= error_pc_i;
      end
      if (w_reg) begin
        if (w_word == RegCtrl && wstrb_i[0]) irq_en_q <= wdata_i[1];
        if (w_word == RegNumbers) numbers_q <= {numbers_d[12:8], 3'd0, numbers_d[4:0]};
        if (w_word == RegTiming) timing_q <= timing_d[23:0];
        if (w_word >= RegLsb0 && w_word <= RegLow3) begin
          if (w_word[0]) low_q[{w_set, 4'd0} +: 16] <= window_d[15:0];
          else begin
            lsb_q[{w_set, 4'd0} +: 16] <= window_d[15:0];
            nearest_q[w_set] <= window_d[16];
          end
        end
      end
    end
  end

  // reads: zero unless asked, so that nothing is worked out in other clocks
  assign r_known  = raddr_i[21:16] == 6'd0 && known(r_word);
  assign rerror_o = !r_known;
  assign r_odd    = r_word[0];
  always_comb begin
    r_count = 64'd0;
    if (read_i) begin
      case (r_word)
        RegCycles, RegCycles + 14'd1:           r_count = cycles_i;
        RegStalls, RegStalls + 14'd1:           r_count = stalls_i;
        RegActivations, RegActivations + 14'd1: r_count = activations_i;
        RegConversions, RegConversions + 14'd1: r_count = conversions_i;
        RegComparisons, RegComparisons + 14'd1: r_count = comparisons_i;
        RegCompareClocks, RegLast:              r_count = compare_clocks_i;
        default:                                r_count = 64'd0;
      endcase
    end
  end
  assign r_word_count = r_odd ? r_count[63:32] : r_count[31:0];
  always_comb begin
    rdata_o = 32'd0;
    if (read_i && r_known) begin
      case (r_word)
        RegId:          rdata_o = 32'h434D4931;
        RegVersion:     rdata_o = 32'h00010000;
        RegGeom0:       rdata_o = {16'(Cols), 16'(Rows)};
        RegGeom1:       rdata_o = {13'd0, 1'(SampleHold), 2'(CellBits), 8'(AdcBits), 8'(Tiles)};
        RegGeom2:       rdata_o = {16'd0, 16'(Adcs)};
        RegDepth0:      rdata_o = 32'(ProgDepth);
        RegDepth1:      rdata_o = 32'(ActDepth);
        RegDepth2:      rdata_o = 32'(AccDepth);
        RegDepth3:      rdata_o = 32'(ChDepth);
        RegCtrl:        rdata_o = {30'd0, irq_en_q, 1'b0};
        RegStatus:      rdata_o = {error_pc_q, 8'd0, error_code_q, 1'b0, error_q, done_q, busy_i};
        RegNumbers:     rdata_o = {19'd0, numbers_q};
        RegTiming:      rdata_o = {8'd0, timing_q};
        default: begin
          if (r_word <= RegHash7) rdata_o = r_hash;
          else if (r_word >= RegCycles) rdata_o = r_word_count;
          else if (r_odd) rdata_o = {16'd0, r_low};
          else rdata_o = {15'd0, nearest_q[r_set], r_lsb};
        end
      endcase
    end
  end

  assign irq_o         = irq_q;
  assign input_bits_o  = numbers_q[3:0];
  assign input_sm_o    = numbers_q[4];
  assign weight_bits_o = numbers_q[11:8];
  assign weight_sm_o   = numbers_q[12];
  assign precharge_o   = timing_q[7:0];
  assign evaluate_o    = timing_q[15:8];
  assign compare_o     = timing_q[23:16];
  assign lsb_o         = lsb_q;
  assign low_o         = low_q;
  assign nearest_o     = nearest_q;

  initial begin : p_check
    if (Adcs < 1 || Adcs > 256) $error("Adcs %0d outside 1..256", Adcs);
    if (CellBits < 1 || CellBits > 2) $error("CellBits %0d outside 1..2", CellBits);
    if (SampleHold < 0 || SampleHold > 1) $error("SampleHold %0d outside 0..1", SampleHold);
    if (AccDepth < 2 || AccDepth > 65536) $error("AccDepth %0d outside 2..65536", AccDepth);
    if (PrechargeReset < 1 || PrechargeReset > 255) $error("PrechargeReset %0d outside 1..255", PrechargeReset);
    if (EvaluateReset < 1 || EvaluateReset > 255) $error("EvaluateReset %0d outside 1..255", EvaluateReset);
    if (CompareReset < 1 || CompareReset > 255) $error("CompareReset %0d outside 1..255", CompareReset);
  end
endmodule

`default_nettype wire
