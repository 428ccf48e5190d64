// bl_macro_bench: plays the stimulus of cosim/macro_vectors.c on one macro and compares what the file says. It knows no rule and computes nothing: every expected
// value comes from the file, one operation a line. The first check that does not hold ends the run.
//   s PIN HEX   a pin of up to 64 bits      v N HEX   1024 bits of the wide value, from bit 1024 N      i PIN   a pin takes the wide value
//   x, k        expected answers and their mask take the wide value, y, z expected data and mask
//   S           time passes               F, R     falling, rising edge of the clock, and time passes
//   c ID        cmp_o, d ID rdata_o as expected     M, m ID   forget the last answers; no answer of the mask rose since then
//   p N         phase N begins            q         the end
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ps / 1ps

module bl_macro_bench #(
  parameter int Rows = 8,
  parameter int Cols = 8,
  parameter int Adcs = 4,
  parameter int AdcBits = 4,
  parameter int Refs = 1,
  parameter int CellBits = 1,
  parameter int SampleHold = 1,
  parameter int GridBits = 4,
  parameter int TileIndex = 0,
  parameter int Step = 1000,   // ps, a third of a clock
  parameter int Wide = 1024    // bits of the widest port, a multiple of 1024
);
  localparam int Positions = (Cols + Adcs - 1) / Adcs;
  localparam int SelBits = Positions > 1 ? $clog2(Positions) : 1;

  logic clk, rst_n, we, re, precharge, evaluate, capture, hold, sample, pair, flash, nearest, cmp, forced, serve, serve_precharge, serve_share;
  logic [$clog2(Rows)-1:0] waddr, raddr;
  logic [Cols*CellBits-1:0] wdata, rdata, data, data_mask;
  logic [Rows-1:0] plane;
  logic [SelBits-1:0] sel;
  logic [Adcs-1:0] lane_en;
  logic [3:0] bits;
  logic [1:0] set;
  logic [15:0] lsb, low;
  logic [Adcs*AdcBits-1:0] refs, serve_ref;
  logic [23:0] level;
  logic [Adcs*Refs-1:0] answers, wanted, mask, last;

  cim_macro #(
    .Rows(Rows), .Cols(Cols), .Adcs(Adcs), .AdcBits(AdcBits), .Refs(Refs), .CellBits(CellBits), .SampleHold(SampleHold), .Sets(4), .GridBits(GridBits), .TileIndex(TileIndex)
  ) u_macro (
    .clk_i(clk), .rst_ni(rst_n), .we_i(we), .waddr_i(waddr), .wdata_i(wdata), .re_i(re), .raddr_i(raddr), .rdata_o(rdata),
    .plane_i(plane), .precharge_i(precharge), .evaluate_i(evaluate), .capture_i(capture), .hold_i(hold), .sample_i(sample), .sel_i(sel), .lane_en_i(lane_en),
    .pair_i(pair), .bits_i(bits), .flash_i(flash), .set_i(set), .lsb_i(lsb), .low_i(low), .nearest_i(nearest), .ref_i(refs), .cmp_i(cmp), .cmp_o(answers),
    .force_i(forced), .force_level_i(level), .serve_i(serve), .serve_precharge_i(serve_precharge), .serve_share_i(serve_share), .serve_ref_i(serve_ref)
  );

  logic [Wide-1:0] value;
  logic [1023:0] part;
  logic [63:0] word;
  logic [8*512-1:0] name;
  logic [7:0] op;
  integer file, pin, got, broken;
  logic running;

  // pins as enum macro_pin numbers them
  task drive;
    case (pin)
      0: rst_n = value[0];
      1: we = value[0];
      2: waddr = value[$clog2(Rows)-1:0];
      3: wdata = value[Cols*CellBits-1:0];
      4: re = value[0];
      5: raddr = value[$clog2(Rows)-1:0];
      6: plane = value[Rows-1:0];
      7: precharge = value[0];
      8: evaluate = value[0];
      9: capture = value[0];
      10: hold = value[0];
      11: sample = value[0];
      12: sel = value[SelBits-1:0];
      13: lane_en = value[Adcs-1:0];
      14: pair = value[0];
      15: bits = value[3:0];
      16: flash = value[0];
      17: set = value[1:0];
      18: lsb = value[15:0];
      19: low = value[15:0];
      20: nearest = value[0];
      21: refs = value[Adcs*AdcBits-1:0];
      22: cmp = value[0];
      23: forced = value[0];
      24: level = value[23:0];
      25: serve = value[0];
      26: serve_precharge = value[0];
      27: serve_share = value[0];
      28: serve_ref = value[Adcs*AdcBits-1:0];
      default: broken = -2;
    endcase
  endtask

  // the value seen, 1024 bits a line, the lowest first
  task show_seen;
    $display("bitline-broken %0d", broken);
    for (int n = 0; n < Wide / 1024; n++) begin
      part = value[n*1024 +: 1024];
      $display("bitline-seen %b", part);
    end
  endtask

  initial begin
    {clk, rst_n, we, re, precharge, evaluate, capture, hold, sample, pair, flash, nearest, cmp, forced, serve, serve_precharge, serve_share} = 0;
    waddr = 0; raddr = 0; wdata = 0; plane = 0; sel = 0; lane_en = 0; bits = 1; set = 0; lsb = 1; low = 0; refs = 0; serve_ref = 0; level = 0;
    wanted = 0; mask = 0; last = 0; data = 0; data_mask = 0; value = 0;
    broken = -1;
    running = 1;
    file = 0;
    if ($value$plusargs("bitline_vectors=%s", name))
      file = $fopen(name, "r");
    if (file == 0) begin
      $display("bitline-no-vectors");
      running = 0;
    end
    while (running) begin
      got = $fscanf(file, " %c", op);
      if (got != 1)
        op = 0;
      case (op)
        "S": #(Step);
        "F": begin clk = 0; #(Step); end
        "R": begin clk = 1; #(Step); end
        "s": begin
          got = $fscanf(file, " %d %h", pin, word);
          value[63:0] = word;
          drive;
        end
        "v": begin
          got = $fscanf(file, " %d %h", pin, part);
          value[pin*1024 +: 1024] = part;
        end
        "i": begin
          got = $fscanf(file, " %d", pin);
          drive;
        end
        "x": wanted = value[Adcs*Refs-1:0];
        "k": mask = value[Adcs*Refs-1:0];
        "y": data = value[Cols*CellBits-1:0];
        "z": data_mask = value[Cols*CellBits-1:0];
        "c": begin
          got = $fscanf(file, " %d", pin);
          if (((answers ^ wanted) & mask) !== 0 || (^answers) === 1'bx) begin
            broken = pin;
            value = 0;
            value[Adcs*Refs-1:0] = answers;
          end
        end
        "d": begin
          got = $fscanf(file, " %d", pin);
          if (((rdata ^ data) & data_mask) !== 0) begin
            broken = pin;
            value = 0;
            value[Cols*CellBits-1:0] = rdata;
          end
        end
        "M": last = ~wanted | wanted;
        "m": begin
          got = $fscanf(file, " %d", pin);
          if ((answers & ~last & mask) !== 0) begin
            broken = pin;
            value = 0;
            value[Adcs*Refs-1:0] = answers;
          end
          last = answers;
        end
        "p": begin
          got = $fscanf(file, " %d", pin);
          $display("bitline-phase %0d", pin);
          $fflush;
        end
        "q": begin
          $display("bitline-done");
          running = 0;
        end
        default: begin
          $display("bitline-bad-vectors");
          running = 0;
        end
      endcase
      if (broken != -1) begin
        show_seen;
        running = 0;
      end
    end
    $finish;
  end
endmodule

`default_nettype wire
`timescale 1ns / 1ps
