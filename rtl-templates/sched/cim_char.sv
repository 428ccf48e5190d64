// cim_char: characterisation of one converter (docs/isa.md section 7): a ramp of forced levels, a histogram of the answers of one lane.
// Mode 0: start a conversion, wait for its end, count its code. Mode 1: for every reference k sample the level, strobe the comparator, count a yes.
// A core without tile tile_i only clears the histogram. bits_i outside 1..AdcBits is taken as the nearest legal value.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_char #(
  parameter int Tiles = 1,         // 1..64
  parameter int AdcBits = 4,       // 1..12
  parameter int Kind = 0,          // 0 sar, 1 flash, 2 hybrid, 3 sense, 4 stochastic
  parameter int FlashBits = 2      // hybrid: 1..6, less than AdcBits
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  // CHAR_* registers; they stand still while busy_o
  input  logic               start_i,
  input  logic               mode_i,       // 0 codes, 1 references
  input  logic [3:0]         bits_i,
  input  logic [1:0]         set_i,
  input  logic [5:0]         tile_i,
  input  logic [7:0]         repeats_i,    // of every level, minus 1
  input  logic signed [23:0] level_i,      // first level
  input  logic [15:0]        step_i,       // to the next one; a level wraps at 24 bits
  input  logic [15:0]        levels_i,     // >= 1
  output logic               busy_o,
  // to the tiles
  output logic [Tiles-1:0]   active_o,     // the tile under test
  output logic signed [23:0] force_level_o,
  output logic [1:0]         set_o,
  output logic [3:0]         bits_o,
  output logic               adc_start_o,  // mode 0: a conversion from the next clock
  output logic               ref_force_o,  // mode 1: ref_code_o instead of the controller's codes
  output logic               ref_sample_o, // mode 1: sample the level
  output logic               ref_strobe_o, // mode 1: ask the comparator, in the clock after the sample
  output logic               ref_flash_o,  // ... of a flash step: the kind asks reference k in one
  output logic [AdcBits-1:0] ref_code_o,   // k
  // from the tile under test, lane under test
  input  logic               adc_last_i,   // last clock of the conversion
  input  logic [AdcBits-1:0] code_i,       // valid in the clock after it
  input  logic               above_i,      // answer in the clock of ref_strobe_o
  // histogram, while not busy; data one clock after the address
  input  logic               hist_re_i,
  input  logic [AdcBits-1:0] hist_addr_i,
  output logic [23:0]        hist_data_o,
  output logic               step_o,      // a bin is written
  output logic               upset_o      // the state is none: only a flipped bit does that
);
  // odd weight: one flipped bit leads to no state (docs/faults.md section 2); not to be recoded
  typedef enum logic [3:0] {
    StIdle = 4'b0001, StClear = 4'b0010, StAsk = 4'b0100, StWait = 4'b1000, StRead = 4'b0111, StWrite = 4'b1011
  } state_e;
  (* fsm_encoding = "none" *) state_e state_q;
  logic signed [23:0] level_q;
  logic [15:0]        levels_q;            // done
  logic [7:0]         repeats_q;           // done, of this level
  logic [AdcBits-1:0] k_q, bin_q, last_k;  // bin_q: the bin to clear or to count in
  logic [AdcBits-1:0] ram_addr;
  logic [23:0]        ram_wdata;
  logic               counting, no, go_on, last_of_run, last_of_level, last;

  if (Tiles < 1 || Tiles > 64) begin : g_bad_tiles
    cim_illegal_parameter_Tiles u_illegal ();
  end
  if (AdcBits < 1 || AdcBits > 12) begin : g_bad_adc_bits
    cim_illegal_parameter_AdcBits u_illegal ();
  end
  if (Kind < 0 || Kind > 4) begin : g_bad_kind
    cim_illegal_parameter_Kind u_illegal ();
  end
  if (Kind == 2 && (FlashBits < 1 || FlashBits > 6 || FlashBits >= AdcBits)) begin : g_bad_flash_bits
    cim_illegal_parameter_FlashBits u_illegal ();
  end

  assign busy_o        = state_q != StIdle;
  assign step_o        = counting || no;
  assign upset_o       = state_q != StIdle && state_q != StClear && state_q != StAsk && state_q != StWait && state_q != StRead && state_q != StWrite;
  assign force_level_o = level_q;
  assign set_o         = set_i;
  assign ref_code_o    = k_q;

  // zero while idle, so that nothing is worked out then
  always_comb begin
    bits_o       = 4'd1;
    adc_start_o  = 1'b0;
    ref_force_o  = 1'b0;
    ref_sample_o = 1'b0;
    ref_strobe_o = 1'b0;
    if (busy_o) begin
      bits_o       = bits_i == 4'd0 ? 4'd1 : bits_i > 4'(AdcBits) ? 4'(AdcBits) : bits_i;
      adc_start_o  = state_q == StAsk && !mode_i;
      ref_force_o  = mode_i;
      ref_sample_o = state_q == StAsk && mode_i;
      ref_strobe_o = state_q == StWait && mode_i;
    end
  end

  for (genvar t = 0; t < Tiles; t++) begin : g_tile
    assign active_o[t] = busy_o && tile_i == 6'(t);
  end

  if (Kind == 1) begin : g_flash
    assign ref_flash_o = 1'b1;
  end else if (Kind == 2) begin : g_hybrid
    logic [AdcBits-1:0] low_bits;  // 2^(b-e) - 1
    assign low_bits    = bits_o > 4'(FlashBits) ? ~({AdcBits{1'b1}} << (bits_o - 4'(FlashBits))) : '0;
    assign ref_flash_o = (k_q & low_bits) == '0;
  end else begin : g_one
    assign ref_flash_o = 1'b0;
  end

  // what ends: an answer that is not counted, or the write of one that is
  always_comb begin
    last_k        = '0;
    no            = 1'b0;
    go_on         = 1'b0;
    last_of_run   = 1'b0;
    last_of_level = 1'b0;
    last          = 1'b0;
    if (busy_o) begin
      last_k        = ~({AdcBits{1'b1}} << bits_o);
      no            = ref_strobe_o && !above_i;
      go_on         = no || state_q == StWrite;
      last_of_run   = !mode_i || k_q == last_k;
      last_of_level = last_of_run && repeats_q == repeats_i;
      last          = last_of_level && levels_q == levels_i - 16'd1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      state_q   <= StIdle;
      level_q   <= '0;
      levels_q  <= '0;
      repeats_q <= '0;
      k_q       <= AdcBits'(1);
      bin_q     <= '0;
    end else if (busy_o || start_i) begin
      // never with a change of state below; what reads a register comes before what loads it, which saves Verilator a copy
      if (go_on) begin
        if (last) state_q <= StIdle;
        else state_q <= StAsk;
        k_q <= last_of_run ? AdcBits'(1) : k_q + AdcBits'(1);
        if (last_of_run) repeats_q <= repeats_q + 8'd1;
        if (last_of_level) begin
          repeats_q <= '0;
          levels_q  <= levels_q + 16'd1;
          level_q   <= level_q + $signed({8'd0, step_i});
        end
      end
      case (state_q)
        StClear: begin
          bin_q <= bin_q + AdcBits'(1);
          if (bin_q == '1) begin
            if (active_o == '0) state_q <= StIdle;
            else state_q <= StAsk;
          end
        end
        StIdle: begin
          state_q   <= StClear;
          level_q   <= level_i;
          levels_q  <= '0;
          repeats_q <= '0;
          k_q       <= AdcBits'(1);
          bin_q     <= '0;
        end
        StAsk: state_q <= StWait;
        StWait: if (mode_i ? above_i : adc_last_i) state_q <= StRead;
        StRead: begin
          state_q <= StWrite;
          bin_q   <= ram_addr;
        end
        StWrite: ;  // goes on above
        default: state_q <= StIdle;
      endcase
    end

  assign counting  = state_q == StClear || state_q == StWrite;
  always_comb begin
    ram_addr  = hist_addr_i;
    ram_wdata = '0;
    if (busy_o) begin
      ram_addr = counting ? bin_q : mode_i ? k_q : code_i;
      if (state_q == StWrite) ram_wdata = hist_data_o == '1 ? '1 : hist_data_o + 24'd1;
    end
  end

  cim_ram #(
    .Width (24),
    .Depth (1 << AdcBits)
  ) u_histogram (
    .clk_i   (clk_i),
    .en_i    (busy_o || hist_re_i),
    .we_i    (counting),
    .addr_i  (ram_addr),
    .wdata_i (ram_wdata),
    .rdata_o (hist_data_o)
  );
endmodule

`default_nettype wire
