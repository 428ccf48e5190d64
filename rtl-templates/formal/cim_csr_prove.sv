// cim_csr_prove: cim_csr with any reads and writes, a machine and a characterisation that are busy, done or wrong as the prover likes. One register of page 0 is
// followed, any. Proven (docs/isa.md section 4): a read returns what was written last, byte by byte; nothing but a legal write changes it, none while busy;
// SLVERR exactly where the page says; start, abort, done, error, code and pc; the interrupt one clock after its cause.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off UNSIGNED
// verilator lint_off PINCONNECTEMPTY

module cim_csr_prove #(
  parameter int Tiles = 2,
  parameter int AdcBits = 4,
  parameter int Search = 0,
  parameter int Spares = 0,
  parameter int ProgDepth = 8
) (
  input logic        clk_i,
  input logic        write_i,
  input logic [21:0] waddr_i,
  input logic [31:0] wdata_i,
  input logic [3:0]  wstrb_i,
  input logic        read_i,
  input logic [21:0] raddr_i,
  input logic        done_i,      // whenever a program is busy
  input logic        error_i,
  input logic [3:0]  code_i,
  input logic [15:0] pc_i,
  input logic        char_busy_i,
  input logic [23:0] bin_i,
  input logic [63:0] count_i,     // what the counters show
  input logic [5:0]  watch_i      // taken in reset: the register that is followed
);
  localparam int Codes = 1 << AdcBits;
  logic        running_q, rst_nq;  // reset in the first clock
  logic        write, read, werror, rready, rerror, prog_we, start, busy_q, abort, irq, tree_we, char_start, repair_any, done, stopped;
  logic [31:0] rdata;
  logic [2:0]  word;
  logic [Tiles-1:0] repair_we;
  logic [$clog2(ProgDepth)-1:0] prog_waddr;

  assign write   = write_i && running_q;
  assign read    = read_i && running_q;
  assign done    = busy_q && done_i;
  assign stopped = busy_q && error_i && !done_i;
  cim_csr #(
    .Rows(16), .Cols(24), .Tiles(Tiles), .Adcs(4), .AdcBits(AdcBits), .Search(Search), .Spares(Spares), .ProgDepth(ProgDepth), .WatchdogReset(4660), .SeedReset(22136)
  ) u_csr (
    .clk_i(clk_i), .rst_ni(rst_nq), .write_i(write), .waddr_i(waddr_i), .wdata_i(wdata_i), .wstrb_i(wstrb_i), .werror_o(werror), .read_i(read),
    .raddr_i(raddr_i), .rready_o(rready), .rdata_o(rdata), .rerror_o(rerror), .prog_we_o(prog_we), .prog_waddr_o(prog_waddr), .prog_wword_o(word),
    .start_o(start), .busy_i(busy_q), .done_i(done), .error_i(stopped), .error_code_i(code_i), .error_pc_i(pc_i), .abort_o(abort), .watchdog_o(),
    .in_waiting_i(bin_i[0]), .out_waiting_i(bin_i[1]), .irq_o(irq), .input_bits_o(), .input_sm_o(), .weight_bits_o(), .weight_sm_o(), .weight_dif_o(),
    .precharge_o(), .evaluate_o(), .compare_o(), .ref_precharge_o(), .share_o(), .settle_o(), .samples_o(), .seed_o(), .lsb_o(), .low_o(), .nearest_o(),
    .tree_we_o(tree_we), .tree_addr_o(), .tree_left_o(), .tree_right_o(), .repair_we_o(repair_we), .repair_addr_o(), .repair_valid_o(), .repair_position_o(),
    .char_start_o(char_start), .char_mode_o(), .char_bits_o(), .char_set_o(), .char_tile_o(), .char_lane_o(), .char_repeats_o(), .char_level_o(), .char_step_o(),
    .char_count_o(), .char_busy_i(char_busy_i), .bin_re_o(), .bin_addr_o(), .bin_data_i(bin_i), .cycles_i(count_i), .stalls_i(count_i), .activations_i(count_i),
    .conversions_i(count_i), .comparisons_i(count_i), .compare_clocks_i(count_i), .compute_clocks_i(count_i), .convert_clocks_i(count_i), .serve_clocks_i(count_i),
    .wait_load_i(count_i), .wait_act_i(count_i), .wait_out_i(count_i), .wait_end_i(count_i)
  );
  assign repair_any = repair_we != '0;

  // the page of isa.md: word offsets; bits that a register has, its reset value
  localparam logic [5:0] Ctrl = 6'h10, Status = 6'h12, Numbers = 6'h14, Timing = 6'h15, Reference = 6'h16, Samples = 6'h17, Seed = 6'h32, Watchdog = 6'h33,
                         CharCtrl = 6'h34, CharLevel = 6'h35, CharStep = 6'h36, CharCount = 6'h37;
  function automatic logic [31:0] bits_of(input logic [5:0] r);
    bits_of = r == Ctrl ? 32'h2 : r == Numbers ? 32'h3f1f : r == Timing || r == Reference || r == CharLevel ? 32'hffffff : r == Samples ? 32'hfff
            : r == Seed || r == Watchdog || r == CharStep || r == CharCount ? 32'hffff : r == CharCtrl ? 32'hfffffff2
            : r[5:3] == 3'd3 ? (r[0] ? 32'hffff : 32'h1ffff) : 32'h0;
  endfunction
  function automatic logic [31:0] reset_of(input logic [5:0] r);
    reset_of = r == Numbers ? 32'h808 : r == Timing || r == Reference ? 32'h010101 : r == Samples || r == CharStep || r == CharCount ? 32'h1
             : r == Seed ? 32'd22136 : r == Watchdog ? 32'd4660 : r[5:3] == 3'd3 && !r[0] ? 32'h1 : 32'h0;
  endfunction

  logic        busy, closed, known, to_watched, char_go, char_known, start_ok;
  logic [5:0]  watch_q, w_page, r_page, w_word;
  logic [31:0] value_q, lanes, merged;
  logic        done_q, error_q, irq_q, enable_q, char_go_q, abort_ok;
  logic [3:0]  code_q;
  logic [15:0] pc_q, w_index;
  assign w_page = waddr_i[21:16];
  assign r_page = raddr_i[21:16];
  assign w_word = waddr_i[7:2];
  assign w_index = {2'd0, waddr_i[15:2]};
  assign busy   = busy_q || char_busy_i || char_start;
  assign known  = waddr_i[15:8] == 8'd0;
  assign closed = bits_of(w_word) != 32'd0 && w_word != Ctrl;
  assign lanes  = {{8{wstrb_i[3]}}, {8{wstrb_i[2]}}, {8{wstrb_i[1]}}, {8{wstrb_i[0]}}};
  assign to_watched = write && w_page == 6'd0 && known && w_word == watch_q && !(busy && closed);
  assign merged = ((value_q & ~lanes) | (wdata_i & lanes)) & bits_of(watch_q);
  assign abort_ok = write && w_page == 6'd0 && known && w_word == Ctrl && wstrb_i[0] && wdata_i[2];
  assign start_ok = write && w_page == 6'd0 && known && w_word == Ctrl && wstrb_i[0] && wdata_i[0] && !wdata_i[2] && !busy;

  // SLVERR of a write
  logic want_werror;
  always_comb begin
    if (w_page == 6'd0) want_werror = !known || (busy && closed);
    else if (w_page <= 6'h20) want_werror = busy || {w_page - 6'd1, waddr_i[15:5]} >= 17'(ProgDepth);
    else if (w_page == 6'h22) want_werror = busy || Search == 0 || 32'(w_index) >= Codes || wstrb_i != 4'hf;
    else if (w_page == 6'h23) want_werror = 32'(w_index) >= Codes;  // read-only
    else if (w_page == 6'h24) want_werror = busy || 32'(w_index) >= Tiles * Spares || wstrb_i != 4'hf;
    else want_werror = 1'b1;
  end

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    busy_q    = 1'b0;
    {done_q, error_q, irq_q, enable_q, char_go_q} = 5'd0;
    code_q    = 4'd0;
    pc_q      = 16'd0;
  end
  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    busy_q    <= running_q && (start || (busy_q && !done && !stopped));
    char_go_q <= running_q && char_go && char_known;
    if (!running_q) begin
      watch_q <= watch_i;
      value_q <= reset_of(watch_i);
    end else if (to_watched) value_q <= merged;
    if (write && w_page == 6'd0 && known && w_word == Ctrl && wstrb_i[0]) enable_q <= wdata_i[1];
    irq_q <= running_q && enable_q && (done_q || error_q);
    if (running_q) begin
      if (done) done_q <= 1'b1;
      else if (start_ok || (write && w_page == 6'd0 && known && w_word == Status && wstrb_i[0] && wdata_i[1])) done_q <= 1'b0;
      if (stopped) {error_q, code_q, pc_q} <= {1'b1, code_i, pc_i};
      else if (start_ok || (write && w_page == 6'd0 && known && w_word == Status && wstrb_i[0] && wdata_i[2])) {error_q, code_q, pc_q} <= 21'd0;
    end
  end
  // a characterisation of what exists, from CHAR_CTRL as the write leaves it; while another register is followed, the bench believes the machine
  assign char_go    = to_watched && watch_q == CharCtrl && wstrb_i[0] && wdata_i[0];
  assign char_known = merged[7:4] != 4'd0 && 32'(merged[7:4]) <= AdcBits && 32'(merged[15:10]) < Tiles && 32'(merged[23:16]) < 4;

  always @(*)
    if (running_q) begin
      if (write) slverr: assert(werror == want_werror);
      if (!write) no_error: assert(!werror && !prog_we && !tree_we && !repair_any && !start && !abort);
      if (write && werror) refused: assert(!prog_we && !tree_we && !repair_any && !start && !abort);
      if (busy) closed_while_busy: assert(!prog_we && !tree_we && !repair_any && !start);
      starts: assert(start == start_ok);
      aborts: assert(abort == abort_ok);
      if (prog_we) prog: assert({w_page - 6'd1, waddr_i[15:5]} == 17'(prog_waddr) && word == waddr_i[4:2]);
      if (read && r_page != 6'd0 && r_page != 6'h23) read_window: assert(rerror && rready && rdata == 32'd0);
      if (read && r_page == 6'd0) read_known: assert(rerror == (raddr_i[15:8] != 8'd0) && rready);
      if (read && r_page == 6'd0 && !rerror && raddr_i[7:2] == watch_q && bits_of(watch_q) != 32'd0)
        reads_back: assert((rdata & ~{31'd0, watch_q == CharCtrl}) == value_q);
      if (read && r_page == 6'd0 && !rerror && raddr_i[7:2] == Status)
        status: assert(rdata == {pc_q, 6'd0, bin_i[1:0], code_q, 1'b0, error_q, done_q, busy_q});
      if (read && raddr_i[21:2] == 20'd0) id: assert(rdata == 32'h434D4931);
      if (watch_q == CharCtrl) char_starts: assert(char_start == char_go_q);
      interrupt: assert(irq == irq_q);
      c_written: cover(read && raddr_i[7:2] == watch_q && value_q != reset_of(watch_q) && watch_q == CharLevel);
      c_slverr: cover(write && werror && busy_q && w_page == 6'd0);
      c_abort: cover(abort && busy_q);
      c_interrupt: cover(irq && error_q && code_q == 4'd9);
    end
  if (Search != 0) begin : g_tree
    always @(*) if (running_q && tree_we) tree: assert(w_page == 6'h22 && !werror);
  end
  if (Spares != 0) begin : g_repair
    always @(*) if (running_q && repair_any) repair: assert(w_page == 6'h24 && !werror && w_index < 16'(Tiles * Spares));
  end
endmodule

// verilator lint_on UNSIGNED
// verilator lint_on PINCONNECTEMPTY
`default_nettype wire
