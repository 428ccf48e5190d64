// Registers (isa.md section 4): what the host reads and sets, start, interrupt. Writes honour the byte strobes; a write to a
// read-only register is answered OKAY and changes nothing; the two low address bits are not looked at.
// Pages of 64 KiB: 0 registers, 1..32 PROG, 34 TREE, 35 HISTOGRAM. A bin is read in two clocks, everything else in one.
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
  parameter int CounterBits     = 64,   // 16..64
  parameter int PrechargeReset  = 1,    // clocks, 1..255
  parameter int EvaluateReset   = 1,    // clocks, 1..255
  parameter int CompareReset    = 1,    // clocks, 1..255
  parameter int RefPrechargeReset = 1,  // clocks, 1..255
  parameter int ShareReset      = 1,    // clocks, 1..255
  parameter int SettleReset     = 1,    // clocks, 1..255
  parameter int SamplesReset    = 1,    // draws, 1..4095
  parameter int SeedReset       = 0,    // 0..65535
  parameter int WatchdogReset   = 65535, // 0..65535
  parameter int Spares          = 0,    // 0..4
  parameter int Kind            = 0,    // 0 sar, 1 flash, 2 hybrid, 3 sense, 4 stochastic
  parameter int FlashBits       = 1,    // of a hybrid, 1..6
  parameter int Bubble          = 0,    // 0 majority, 1 ones
  parameter int Search          = 0,    // 0 binary, 1 asymmetric
  parameter int Immersed        = 0,    // 0..1
  parameter int Network         = 0,    // 0 pair, 1 ring, 2 broadcast
  parameter logic [255:0] ConfigHash = 256'd0  // SHA-256 of the resolved configuration, any
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // requests: a write is answered within the clock, a read in the clock in which rready_o is high
  input  logic                         write_i,
  input  logic [21:0]                  waddr_i,
  input  logic [31:0]                  wdata_i,
  input  logic [3:0]                   wstrb_i,
  output logic                         werror_o,
  input  logic                         read_i,
  input  logic [21:0]                  raddr_i,
  output logic                         rready_o,
  output logic [31:0]                  rdata_o,
  output logic                         rerror_o,
  // program memory
  output logic                         prog_we_o,
  output logic [$clog2(ProgDepth)-1:0] prog_waddr_o,
  output logic [2:0]                   prog_wword_o,
  // sequencer
  output logic                         start_o,         // not while busy, nor while a characterisation is
  input  logic                         busy_i,
  input  logic                         done_i,
  input  logic                         error_i,
  input  logic [3:0]                   error_code_i,
  input  logic [15:0]                  error_pc_i,
  output logic                         abort_o,         // also while idle
  output logic [15:0]                  watchdog_o,
  input  logic                         in_waiting_i,    // the input FIFO holds a beat
  input  logic                         out_waiting_i,   // the output FIFO does
  output logic                         irq_o,
  // run-time numbers
  output logic [3:0]                   input_bits_o,
  output logic                         input_sm_o,
  output logic [3:0]                   weight_bits_o,
  output logic                         weight_sm_o,     // sm or dif: digits of magnitudes
  output logic                         weight_dif_o,
  output logic [7:0]                   precharge_o,
  output logic [7:0]                   evaluate_o,
  output logic [7:0]                   compare_o,
  output logic [7:0]                   ref_precharge_o,
  output logic [7:0]                   share_o,
  output logic [7:0]                   settle_o,
  output logic [11:0]                  samples_o,
  output logic [15:0]                  seed_o,
  output logic [63:0]                  lsb_o,           // 16 bits per threshold set
  output logic [63:0]                  low_o,
  output logic [3:0]                   nearest_o,
  // search tree of the converters
  output logic                         tree_we_o,
  output logic [AdcBits-1:0]           tree_addr_o,
  output logic [AdcBits-1:0]           tree_left_o,
  output logic [AdcBits-1:0]           tree_right_o,
  // repair map
  output logic [Tiles-1:0]             repair_we_o,     // of one tile
  output logic [1:0]                   repair_addr_o,   // spare position
  output logic                         repair_valid_o,
  output logic [9:0]                   repair_position_o,
  // characterisation
  output logic                         char_start_o,
  output logic                         char_mode_o,
  output logic [3:0]                   char_bits_o,
  output logic [1:0]                   char_set_o,
  output logic [5:0]                   char_tile_o,
  output logic [7:0]                   char_lane_o,
  output logic [7:0]                   char_repeats_o,  // minus 1
  output logic signed [23:0]           char_level_o,
  output logic [15:0]                  char_step_o,
  output logic [15:0]                  char_count_o,
  input  logic                         char_busy_i,
  output logic                         bin_re_o,
  output logic [AdcBits-1:0]           bin_addr_o,
  input  logic [23:0]                  bin_data_i,      // one clock after the address
  // counters
  input  logic [CounterBits-1:0]       cycles_i,
  input  logic [CounterBits-1:0]       stalls_i,
  input  logic [CounterBits-1:0]       activations_i,
  input  logic [CounterBits-1:0]       conversions_i,
  input  logic [CounterBits-1:0]       comparisons_i,
  input  logic [CounterBits-1:0]       compare_clocks_i,
  input  logic [CounterBits-1:0]       compute_clocks_i,
  input  logic [CounterBits-1:0]       convert_clocks_i,
  input  logic [CounterBits-1:0]       serve_clocks_i,
  input  logic [CounterBits-1:0]       wait_load_i,
  input  logic [CounterBits-1:0]       wait_act_i,
  input  logic [CounterBits-1:0]       wait_out_i,
  input  logic [CounterBits-1:0]       wait_end_i
);
  // word offsets (byte offset div 4) of page 0
  localparam logic [13:0] RegId = 14'h000, RegVersion = 14'h001, RegHash7 = 14'h009,
      RegGeom0 = 14'h00a, RegGeom1 = 14'h00b, RegGeom2 = 14'h00c, RegDepth0 = 14'h00d, RegDepth1 = 14'h00e, RegDepth2 = 14'h00f,
      RegCtrl = 14'h010, RegDepth3 = 14'h011, RegStatus = 14'h012, RegReadout = 14'h013, RegNumbers = 14'h014, RegTiming = 14'h015,
      RegReference = 14'h016, RegSamples = 14'h017, RegLsb0 = 14'h018, RegLow3 = 14'h01f,
      RegCycles = 14'h020, RegStalls = 14'h022, RegActivations = 14'h024, RegConversions = 14'h026,
      RegComparisons = 14'h028, RegCompareClocks = 14'h02a, RegComputeClocks = 14'h02c, RegConvertClocks = 14'h02e,
      RegServeClocks = 14'h030, RegServeClocks1 = 14'h031, RegSeed = 14'h032, RegWatchdog = 14'h033,
      RegCharCtrl = 14'h034, RegCharLevel = 14'h035, RegCharStep = 14'h036, RegCharCount = 14'h037,
      RegWaitLoad = 14'h038, RegWaitAct = 14'h03a, RegWaitOut = 14'h03c, RegWaitEnd = 14'h03e, RegLast = 14'h03f;
  localparam logic [5:0] PageTree = 6'h22, PageHistogram = 6'h23, PageRepair = 6'h24;  // byte offset div 65536
  localparam int Codes = 1 << AdcBits;

  logic        irq_en_q, done_q, error_q, irq_q;
  logic [3:0]  error_code_q;
  logic [15:0] error_pc_q;
  logic [13:0] numbers_q;
  logic [23:0] timing_q, reference_q, char_level_q;
  logic [11:0] samples_q;
  logic [15:0] seed_q, watchdog_q, char_step_q, char_count_q;
  logic [31:0] char_ctrl_q;
  logic [63:0] lsb_q, low_q;
  logic [3:0]  nearest_q;

  logic        busy, char_go, w_prog, w_tree, w_repair, w_reg;
  logic [13:0] w_word, r_word;
  logic [16:0] w_instr;   // instruction index of a PROG address
  logic [1:0]  w_set, r_set;
  logic [5:0]  w_page, r_page;
  logic [31:0] w_char;    // what the write makes of CHAR_CTRL
  logic [1:0]  clear, w_clear;
  logic        w_abort, w_odd, r_odd, w_go;  // w_go: bit 0 of CTRL, CHAR_CTRL is written with 1
  logic        r_bin, bin_ready_q;
  logic [63:0] r_count;
  logic        unused_csr;

  // always_comb takes no constant select from Icarus 11: these are named
  assign w_page  = waddr_i[21:16];
  assign r_page  = raddr_i[21:16];
  assign w_odd   = waddr_i[2];
  assign r_odd   = raddr_i[2];
  assign w_abort = wstrb_i[0] && wdata_i[2];
  assign w_go    = wstrb_i[0] && wdata_i[0];
  assign w_clear = wdata_i[2:1] & {2{wstrb_i[0]}};
  assign w_word  = waddr_i[15:2];
  assign r_word  = raddr_i[15:2];
  assign w_instr = {waddr_i[21:16] - 6'd1, waddr_i[15:5]};
  assign w_set   = w_word[2:1];
  assign r_set   = r_word[2:1];
  assign unused_csr = ^{waddr_i[1:0], raddr_i[1:0]};

  // a register or bin, by its word within the page
  function automatic logic known(input logic [13:0] word);
    known = word <= RegLast;
  endfunction

  // a task: Verilator would work the function out in every clock
  task automatic find(input logic [13:0] word, output logic missing);
    missing = !known(word);
  endtask

  // Read-only registers, CTRL and STATUS can be written to while something runs; the rest is closed.
  function automatic logic is_open(input logic [13:0] word);
    is_open = word <= RegReadout || (word >= RegCycles && word <= RegServeClocks1) || (word >= RegWaitLoad && word <= RegLast);
  endfunction

  // what a write makes of a register: bytes with a strobe are replaced
  function automatic logic [31:0] put(input logic [31:0] old, input logic [31:0] data, input logic [3:0] strobe);
    for (int b = 0; b < 4; b++)
      put[8*b +: 8] = strobe[b] ? data[8*b +: 8] : old[8*b +: 8];
  endfunction

  // a characterisation of a converter that does not exist would never end: such a start is ignored
  function automatic logic exists(input logic [3:0] bits, input logic [5:0] tile, input logic [7:0] lane);
    exists = bits != 4'd0 && 32'(bits) <= AdcBits && 32'(tile) < Tiles && 32'(lane) < Adcs;
  endfunction

  function automatic logic [31:0] half_of(input logic [63:0] count, input logic high);
    half_of = high ? 32'(count >> 32) : 32'(count);
  endfunction

  assign busy = busy_i || char_busy_i || char_start_o;

  assign prog_waddr_o = w_instr[$clog2(ProgDepth)-1:0];
  assign prog_wword_o = waddr_i[4:2];
  assign tree_addr_o  = w_word[AdcBits-1:0];
  assign tree_left_o  = wdata_i[AdcBits-1:0];
  assign tree_right_o = wdata_i[16 +: AdcBits];
  assign repair_valid_o    = wdata_i[31];
  assign repair_position_o = wdata_i[9:0];

  // Where a write goes. Zero unless there is one, so that nothing is worked out in other clocks.
  always_comb begin
    w_prog    = 1'b0;
    w_tree    = 1'b0;
    w_repair  = 1'b0;
    w_reg     = 1'b0;  // a register, no window
    werror_o  = 1'b0;
    prog_we_o = 1'b0;
    tree_we_o = 1'b0;
    repair_we_o   = '0;
    repair_addr_o = 2'd0;
    start_o   = 1'b0;
    abort_o   = 1'b0;
    char_go   = 1'b0;
    clear     = 2'b00;
    w_char    = 32'd0;
    if (write_i) begin
      w_prog = w_page >= 6'h01 && w_page <= 6'h20 && w_instr < 17'(ProgDepth);
      // a node of the search tree is written as a whole: its old half is in the converters, not here
      w_tree = Search != 0 && w_page == PageTree && 32'(w_word) < Codes && wstrb_i == 4'hf;
      for (int t = 0; t < Tiles; t++)
        for (int s = 0; s < Spares; s++)
          if (w_page == PageRepair && wstrb_i == 4'hf && w_word == 14'(t * Spares + s)) begin
            w_repair       = 1'b1;
            repair_we_o[t] = !busy;
            repair_addr_o  = 2'(s);
          end
      if (w_page == 6'd0) werror_o = !known(w_word) || (busy && !is_open(w_word));
      else if (w_page == PageHistogram) werror_o = 32'(w_word) >= Codes;
      else werror_o = !(w_prog || w_tree || w_repair) || busy;
      prog_we_o = w_prog && !busy;
      tree_we_o = w_tree && !busy;
      w_reg     = w_page == 6'd0 && !werror_o;
      w_char    = put(char_ctrl_q, wdata_i, wstrb_i);
      abort_o = w_reg && w_word == RegCtrl && w_abort;
      start_o = w_reg && w_word == RegCtrl && w_go && !busy && !abort_o;
      char_go = w_reg && w_word == RegCharCtrl && w_go && exists(4'(w_char >> 4), 6'(w_char >> 10), 8'(w_char >> 16));
      if (w_reg && w_word == RegStatus) clear = w_clear;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      irq_en_q     <= 1'b0;
      irq_q        <= 1'b0;
      done_q       <= 1'b0;
      error_q      <= 1'b0;
      error_code_q <= '0;
      error_pc_q   <= '0;
      numbers_q    <= {2'b00, 4'd8, 4'd0, 4'd8};
      timing_q     <= {8'(CompareReset), 8'(EvaluateReset), 8'(PrechargeReset)};
      lsb_q        <= {4{16'd1}};
      low_q        <= '0;
      nearest_q    <= '0;
      reference_q  <= {8'(SettleReset), 8'(ShareReset), 8'(RefPrechargeReset)};
      samples_q    <= 12'(SamplesReset);
      seed_q       <= 16'(SeedReset);
      watchdog_q   <= 16'(WatchdogReset);
      char_ctrl_q  <= '0;
      char_level_q <= '0;
      char_step_q  <= 16'd1;
      char_count_q <= 16'd1;
      char_start_o <= 1'b0;
    end else begin
      irq_q        <= irq_en_q & (done_q | error_q);
      char_start_o <= char_go;
      if (write_i) begin
        if (start_o || clear[0]) done_q <= 1'b0;
        if (start_o || clear[1]) begin
          error_q      <= 1'b0;
          error_code_q <= '0;
          error_pc_q   <= '0;
        end
        if (w_reg) begin
          if (w_word == RegCtrl && wstrb_i[0]) irq_en_q <= wdata_i[1];
          if (w_word == RegNumbers) numbers_q <= 14'(put({18'd0, numbers_q}, wdata_i, wstrb_i) & 32'h0000_3f1f);
          if (w_word == RegTiming) timing_q <= 24'(put({8'd0, timing_q}, wdata_i, wstrb_i));
          if (w_word == RegReference) reference_q <= 24'(put({8'd0, reference_q}, wdata_i, wstrb_i));
          if (w_word == RegSamples) samples_q <= 12'(put({20'd0, samples_q}, wdata_i, wstrb_i));
          if (w_word == RegSeed) seed_q <= 16'(put({16'd0, seed_q}, wdata_i, wstrb_i));
          if (w_word == RegWatchdog) watchdog_q <= 16'(put({16'd0, watchdog_q}, wdata_i, wstrb_i));
          if (w_word == RegCharCtrl) char_ctrl_q <= put(char_ctrl_q, wdata_i, wstrb_i) & 32'hffff_fff2;
          if (w_word == RegCharLevel) char_level_q <= 24'(put({8'd0, char_level_q}, wdata_i, wstrb_i));
          if (w_word == RegCharStep) char_step_q <= 16'(put({16'd0, char_step_q}, wdata_i, wstrb_i));
          if (w_word == RegCharCount) char_count_q <= 16'(put({16'd0, char_count_q}, wdata_i, wstrb_i));
          if (w_word >= RegLsb0 && w_word <= RegLow3) begin
            for (int s = 0; s < 4; s++) begin
              if (w_set == 2'(s)) begin
                if (w_odd) low_q[16*s +: 16] <= 16'(put({16'd0, low_q[16*s +: 16]}, wdata_i, wstrb_i));
                else {nearest_q[s], lsb_q[16*s +: 16]} <= 17'(put({15'd0, nearest_q[s], lsb_q[16*s +: 16]}, wdata_i, wstrb_i));
              end
            end
          end
        end
      end
      // the sequencer's event wins over a clear in the same clock
      if (done_i) done_q <= 1'b1;
      if (error_i) begin
        error_q      <= 1'b1;
        error_code_q <= error_code_i;
        error_pc_q   <= error_pc_i;
      end
    end
  end

  always_comb begin
    r_bin = 1'b0;
    if (read_i) r_bin = r_page == PageHistogram && 32'(r_word) < Codes;
  end
  assign rready_o   = !r_bin || bin_ready_q;
  assign bin_addr_o = r_word[AdcBits-1:0];
  assign bin_re_o   = r_bin;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) bin_ready_q <= 1'b0;
    else bin_ready_q <= r_bin && !bin_ready_q;
  end

  // reads: zero unless asked, so that nothing is worked out in other clocks
  always_comb begin
    r_count  = 64'd0;
    rdata_o  = 32'd0;
    rerror_o = 1'b0;
    if (r_bin) begin
      rdata_o = {8'd0, bin_data_i};
    end else if (read_i) begin
      if (r_page != 6'd0) rerror_o = 1'b1;
      else find(r_word, rerror_o);
      case (r_word)
        RegCycles, RegCycles + 14'd1:               r_count = 64'(cycles_i);
        RegStalls, RegStalls + 14'd1:               r_count = 64'(stalls_i);
        RegActivations, RegActivations + 14'd1:     r_count = 64'(activations_i);
        RegConversions, RegConversions + 14'd1:     r_count = 64'(conversions_i);
        RegComparisons, RegComparisons + 14'd1:     r_count = 64'(comparisons_i);
        RegCompareClocks, RegCompareClocks + 14'd1: r_count = 64'(compare_clocks_i);
        RegComputeClocks, RegComputeClocks + 14'd1: r_count = 64'(compute_clocks_i);
        RegConvertClocks, RegConvertClocks + 14'd1: r_count = 64'(convert_clocks_i);
        RegServeClocks, RegServeClocks1:            r_count = 64'(serve_clocks_i);
        RegWaitLoad, RegWaitLoad + 14'd1:           r_count = 64'(wait_load_i);
        RegWaitAct, RegWaitAct + 14'd1:             r_count = 64'(wait_act_i);
        RegWaitOut, RegWaitOut + 14'd1:             r_count = 64'(wait_out_i);
        RegWaitEnd, RegWaitEnd + 14'd1:             r_count = 64'(wait_end_i);
        default:                                    r_count = 64'd0;
      endcase
      case (r_word)
        RegId:          rdata_o = 32'h434D4931;
        RegVersion:     rdata_o = 32'h00010001;
        RegGeom0:       rdata_o = {16'(Cols), 16'(Rows)};
        RegGeom1:       rdata_o = {10'd0, 3'(Spares), 1'(SampleHold), 2'(CellBits), 8'(AdcBits), 8'(Tiles)};
        RegGeom2:       rdata_o = {9'd0, 7'(CounterBits), 16'(Adcs)};
        RegDepth0:      rdata_o = 32'(ProgDepth);
        RegDepth1:      rdata_o = 32'(ActDepth);
        RegDepth2:      rdata_o = 32'(AccDepth);
        RegDepth3:      rdata_o = 32'(ChDepth);
        RegCtrl:        rdata_o = {30'd0, irq_en_q, 1'b0};
        RegStatus:      rdata_o = {error_pc_q, 6'd0, out_waiting_i, in_waiting_i, error_code_q, 1'b0, error_q, done_q, busy_i};
        RegReadout:     rdata_o = {20'd0, Kind == 2 ? 4'(FlashBits) : 4'd0, 2'(Network), 1'(Immersed), 1'(Search), 1'(Bubble), 3'(Kind)};
        RegNumbers:     rdata_o = {18'd0, numbers_q};
        RegTiming:      rdata_o = {8'd0, timing_q};
        RegReference:   rdata_o = {8'd0, reference_q};
        RegSamples:     rdata_o = {20'd0, samples_q};
        RegSeed:        rdata_o = {16'd0, seed_q};
        RegWatchdog:    rdata_o = {16'd0, watchdog_q};
        RegCharCtrl:    rdata_o = (char_ctrl_q & 32'hffff_fff2) | {31'd0, char_busy_i || char_start_o};
        RegCharLevel:   rdata_o = {8'd0, char_level_q};
        RegCharStep:    rdata_o = {16'd0, char_step_q};
        RegCharCount:   rdata_o = {16'd0, char_count_q};
        default: begin
          if (r_word <= RegHash7) rdata_o = ConfigHash[{3'(RegHash7 - r_word), 5'd0} +: 32];
          else if (r_word >= RegCycles) rdata_o = half_of(r_count, r_odd);
          else if (r_odd) rdata_o = {16'd0, low_q[{r_set, 4'd0} +: 16]};
          else rdata_o = {15'd0, nearest_q[r_set], lsb_q[{r_set, 4'd0} +: 16]};
        end
      endcase
      if (rerror_o) rdata_o = 32'd0;
    end
  end

  assign irq_o         = irq_q;
  assign watchdog_o    = watchdog_q;
  assign input_bits_o  = numbers_q[3:0];
  assign input_sm_o    = numbers_q[4];
  assign weight_bits_o = numbers_q[11:8];
  assign weight_sm_o   = numbers_q[13:12] != 2'd0;
  assign weight_dif_o  = numbers_q[13:12] == 2'd2;
  assign precharge_o   = timing_q[7:0];
  assign evaluate_o    = timing_q[15:8];
  assign compare_o     = timing_q[23:16];
  assign lsb_o         = lsb_q;
  assign low_o         = low_q;
  assign nearest_o     = nearest_q;
  assign ref_precharge_o = reference_q[7:0];
  assign share_o         = reference_q[15:8];
  assign settle_o        = reference_q[23:16];
  assign samples_o       = samples_q;
  assign seed_o          = seed_q;
  assign char_mode_o     = char_ctrl_q[1];
  assign char_bits_o     = char_ctrl_q[7:4];
  assign char_set_o      = char_ctrl_q[9:8];
  assign char_tile_o     = char_ctrl_q[15:10];
  assign char_lane_o     = char_ctrl_q[23:16];
  assign char_repeats_o  = char_ctrl_q[31:24];
  assign char_level_o    = $signed(char_level_q);
  assign char_step_o     = char_step_q;
  assign char_count_o    = char_count_q;

  initial begin : p_check
    if (Adcs < 1 || Adcs > 256) $error("Adcs %0d outside 1..256", Adcs);
    if (CellBits < 1 || CellBits > 2) $error("CellBits %0d outside 1..2", CellBits);
    if (SampleHold < 0 || SampleHold > 1) $error("SampleHold %0d outside 0..1", SampleHold);
    if (AccDepth < 2 || AccDepth > 65536) $error("AccDepth %0d outside 2..65536", AccDepth);
    if (CounterBits < 16 || CounterBits > 64) $error("CounterBits %0d outside 16..64", CounterBits);
    if (PrechargeReset < 1 || PrechargeReset > 255) $error("PrechargeReset %0d outside 1..255", PrechargeReset);
    if (EvaluateReset < 1 || EvaluateReset > 255) $error("EvaluateReset %0d outside 1..255", EvaluateReset);
    if (CompareReset < 1 || CompareReset > 255) $error("CompareReset %0d outside 1..255", CompareReset);
    if (RefPrechargeReset < 1 || RefPrechargeReset > 255) $error("RefPrechargeReset %0d outside 1..255", RefPrechargeReset);
    if (ShareReset < 1 || ShareReset > 255) $error("ShareReset %0d outside 1..255", ShareReset);
    if (SettleReset < 1 || SettleReset > 255) $error("SettleReset %0d outside 1..255", SettleReset);
    if (SamplesReset < 1 || SamplesReset > 4095) $error("SamplesReset %0d outside 1..4095", SamplesReset);
    if (WatchdogReset < 0 || WatchdogReset > 65535) $error("WatchdogReset %0d outside 0..65535", WatchdogReset);
    if (Spares < 0 || Spares > 4) $error("Spares %0d outside 0..4", Spares);
    if (SeedReset < 0 || SeedReset > 65535) $error("SeedReset %0d outside 0..65535", SeedReset);
  end
endmodule

`default_nettype wire
