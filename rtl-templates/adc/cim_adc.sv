// cim_adc: the converters of one tile. All lanes share the timing of a round (cim_adc_round); the order of asking is the kind's datapath.
// A round is one sample clock and the compare cycles of its deepest lane, cycle_i clocks each; a decision falls in the last clock of
// its cycle. Definition of every code: docs/numerics.md section 4; clocks: docs/isa.md section 6.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc #(
  parameter int Adcs = 4,        // lanes: a power of two, 1..256
  parameter int AdcBits = 4,     // widest resolution: 1..12; flash 1..8, hybrid 2..12, sense 1, asymmetric search 1..8
  parameter int Kind = 0,        // 0 sar, 1 flash, 2 hybrid, 3 sense, 4 stochastic
  parameter int FlashBits = 2,   // hybrid: bits of the flash step, 1..6, below AdcBits; ignored otherwise
  parameter int Bubble = 0,      // flash, hybrid: 0 majority, 1 ones
  parameter int Search = 0,      // sar: 0 binary, 1 asymmetric
  parameter int TileIndex = 0,   // 0..63: converter id = TileIndex*Adcs + lane
  parameter int CycleBits = 10,  // bits of the counter in a compare cycle, 8..10: 8 is enough for a local reference
  localparam int Refs = Kind == 1 ? 2**AdcBits - 1 : Kind == 2 ? 2**FlashBits - 1 : 1
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    reg_rst_ni,   // of the search tree, which a stop leaves alone
  input  logic                    start_i,        // first round in the next clock; only when idle or with last_o
  input  logic                    more_i,         // another round follows this one
  input  logic [3:0]              bits_i,         // b of the conversion, 1..AdcBits; asymmetric search is always AdcBits deep
  input  logic [CycleBits-1:0]    cycle_i,        // clocks of a compare cycle, >= 1
  input  logic [11:0]             samples_i,      // stochastic: draws of a conversion, 1..2^AdcBits - 1
  input  logic                    seed_load_i,    // stochastic, one clock while idle: every lane's LFSR starts from seed_i
  input  logic [15:0]             seed_i,
  input  logic [8:0]              lanes_i,        // ones in lane_en_i, from the clock after sample_o
  input  logic [Adcs-1:0]         lane_en_i,      // lanes that take part in the round, from sample_o on; the others get code 0
  input  logic [Adcs*Refs-1:0]    above_i,        // the macro's cmp_o: 0 outside strobe_o, in lanes and comparators that are not asked
  input  logic                    tree_we_i,      // asymmetric search, while idle: node tree_addr_i, or the root (address 0, in tree_left_i)
  input  logic [AdcBits-1:0]      tree_addr_i,
  input  logic [AdcBits-1:0]      tree_left_i,
  input  logic [AdcBits-1:0]      tree_right_i,
  output logic                    sample_o,
  output logic                    comparing_o,
  output logic [CycleBits-1:0]    clock_o,        // within the compare cycle, 0..cycle_i - 1
  output logic                    strobe_o,       // last clock of a compare cycle
  output logic                    flash_o,        // this compare cycle is a flash step
  output logic                    round_last_o,   // last clock of a round
  output logic                    busy_o,
  output logic                    last_o,         // last clock of the last round
  output logic [Adcs-1:0]         ask_o,          // lanes whose comparators are asked in this compare cycle
  output logic [Adcs*AdcBits-1:0] ref_o,          // trial codes, stable in a compare cycle
  output logic [Adcs*AdcBits-1:0] code_o,         // of a round: from the clock after its last to the end of the next sample clock
  output logic [16:0]             comparisons_o,   // decisions taken in this clock
  output logic                    upset_o       // a flipped bit was noticed
);
  if (Adcs < 1 || Adcs > 256 || (1 << $clog2(Adcs)) != Adcs) begin : g_bad_adcs
    cim_illegal_parameter_Adcs u_illegal ();
  end
  if (AdcBits < 1 || AdcBits > 12 || (Kind == 1 && AdcBits > 8) || (Kind == 2 && AdcBits < 2) || (Kind == 3 && AdcBits != 1)
      || (Search == 1 && AdcBits > 8)) begin : g_bad_adc_bits
    cim_illegal_parameter_AdcBits u_illegal ();
  end
  if (Kind < 0 || Kind > 4) begin : g_bad_kind
    cim_illegal_parameter_Kind u_illegal ();
  end
  if (Kind == 2 && (FlashBits < 1 || FlashBits > 6 || FlashBits >= AdcBits)) begin : g_bad_flash_bits
    cim_illegal_parameter_FlashBits u_illegal ();
  end
  if (Bubble < 0 || Bubble > 1) begin : g_bad_bubble
    cim_illegal_parameter_Bubble u_illegal ();
  end
  if (Search < 0 || Search > 1 || (Search == 1 && Kind != 0)) begin : g_bad_search
    cim_illegal_parameter_Search u_illegal ();
  end
  if (TileIndex < 0 || TileIndex > 63) begin : g_bad_tile_index
    cim_illegal_parameter_TileIndex u_illegal ();
  end
  if (CycleBits < 8 || CycleBits > 10) begin : g_bad_cycle_bits
    cim_illegal_parameter_CycleBits u_illegal ();
  end

  localparam int LaneBits = $clog2(Adcs) + 1;  // a count of lanes

  logic                done;       // the decision that falls at this strobe is the round's last
  logic                flash;      // the step is a flash step
  logic [Adcs-1:0]     open;       // lanes that still ask
  logic [16:0]         decisions;  // of this step
  logic [LaneBits-1:0] lanes;

  assign lanes         = lanes_i[LaneBits-1:0];
  assign flash_o       = flash && comparing_o;
  assign ask_o         = open & {Adcs{comparing_o}};
  assign comparisons_o = decisions & {17{strobe_o}};

  cim_adc_round #(.CycleBits(CycleBits)) u_round (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .start_i      (start_i),
    .more_i       (more_i),
    .cycle_i      (cycle_i),
    .done_i       (done),
    .sample_o     (sample_o),
    .comparing_o  (comparing_o),
    .clock_o      (clock_o),
    .strobe_o     (strobe_o),
    .round_last_o (round_last_o),
    .busy_o       (busy_o),
    .last_o       (last_o),
    .upset_o      (upset_o)
  );

  // read by some kinds only
  logic unused_ports;
  assign unused_ports = &{1'b0, reg_rst_ni, lanes, bits_i, samples_i, seed_load_i, seed_i, lanes_i, tree_we_i, tree_addr_i, tree_left_i, tree_right_i};

  if (Kind == 0 && Search == 0) begin : g_binary
    assign flash     = 1'b0;
    assign open      = lane_en_i;
    assign code_o    = ref_o;
    assign decisions = 17'(lanes);
    cim_adc_binary #(.Adcs(Adcs), .AdcBits(AdcBits)) u_datapath (
      .clk_i     (clk_i),
      .sample_i  (sample_o),
      .strobe_i  (strobe_o),
      .bits_i    (bits_i),
      .lane_en_i (lane_en_i),
      .above_i   (above_i),
      .done_o    (done),
      .ref_o     (ref_o)
    );
  end else if (Kind == 0) begin : g_tree
    assign flash  = 1'b0;
    assign code_o = ref_o;
    cim_adc_tree #(.Adcs(Adcs), .AdcBits(AdcBits)) u_datapath (
      .clk_i        (clk_i),
      .rst_ni       (rst_ni),
      .reg_rst_ni   (reg_rst_ni),
      .sample_i     (sample_o),
      .strobe_i     (strobe_o),
      .lane_en_i    (lane_en_i),
      .above_i      (above_i),
      .tree_we_i    (tree_we_i),
      .tree_addr_i  (tree_addr_i),
      .tree_left_i  (tree_left_i),
      .tree_right_i (tree_right_i),
      .done_o       (done),
      .open_o       (open),
      .ref_o        (ref_o),
      .decisions_o  (decisions)
    );
  end else if (Kind == 1) begin : g_flash
    assign flash = 1'b1;
    assign done  = 1'b1;
    assign open  = lane_en_i;
    assign ref_o = '0;   // every comparator has its own threshold
    cim_adc_flash #(.Adcs(Adcs), .AdcBits(AdcBits), .Bubble(Bubble)) u_datapath (
      .clk_i       (clk_i),
      .strobe_i    (strobe_o),
      .bits_i      (bits_i),
      .lanes_i     (lanes),
      .lane_en_i   (lane_en_i),
      .above_i     (above_i),
      .code_o      (code_o),
      .decisions_o (decisions)
    );
  end else if (Kind == 2) begin : g_hybrid
    assign open   = lane_en_i;
    assign code_o = ref_o;
    cim_adc_hybrid #(.Adcs(Adcs), .AdcBits(AdcBits), .FlashBits(FlashBits), .Bubble(Bubble)) u_datapath (
      .clk_i       (clk_i),
      .sample_i    (sample_o),
      .strobe_i    (strobe_o),
      .bits_i      (bits_i),
      .lanes_i     (lanes),
      .lane_en_i   (lane_en_i),
      .above_i     (above_i),
      .done_o      (done),
      .flash_o     (flash),
      .ref_o       (ref_o),
      .decisions_o (decisions)
    );
  end else if (Kind == 3) begin : g_sense
    assign flash     = 1'b0;
    assign done      = 1'b1;
    assign open      = lane_en_i;
    assign ref_o     = '1;   // the only threshold is T[1]
    assign decisions = 17'(lanes);
    cim_adc_sense #(.Adcs(Adcs)) u_datapath (
      .clk_i     (clk_i),
      .strobe_i  (strobe_o),
      .lane_en_i (lane_en_i),
      .above_i   (above_i),
      .code_o    (code_o)
    );
  end else begin : g_stochastic
    assign flash     = 1'b0;
    assign decisions = 17'(lanes);
    cim_adc_stochastic #(.Adcs(Adcs), .AdcBits(AdcBits), .TileIndex(TileIndex)) u_datapath (
      .clk_i       (clk_i),
      .rst_ni      (rst_ni),
      .sample_i    (sample_o),
      .strobe_i    (strobe_o),
      .bits_i      (bits_i),
      .samples_i   (samples_i[AdcBits-1:0]),
      .seed_load_i (seed_load_i),
      .seed_i      (seed_i),
      .lane_en_i   (lane_en_i),
      .above_i     (above_i),
      .done_o      (done),
      .open_o      (open),
      .ref_o       (ref_o),
      .code_o      (code_o)
    );
  end
endmodule

`default_nettype wire
