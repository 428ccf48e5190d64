// macro_readback: the read port of one cim_macro (docs/macro.md): every row comes back one clock after re_i, what is written later does not change what was
// read, without re_i nothing moves, and a row that is overwritten while another one is read comes back new. Nothing else in the core uses this port.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module macro_readback #(
  parameter int Rows = 8,
  parameter int Cols = 8,
  parameter int CellBits = 1,
  parameter int Seed = 1
) (
  output logic done_o
);
  localparam int Width = Cols * CellBits;

  logic clk, rst_n, we, re;
  logic [$clog2(Rows)-1:0] waddr, raddr;
  logic [Width-1:0] wdata, rdata, last;
  logic [Width-1:0] row_v [0:Rows-1];
  integer errors, state, reads;

  cim_macro #(
    .Rows(Rows), .Cols(Cols), .Adcs(4), .CellBits(CellBits)
  ) u_macro (
    .clk_i(clk), .rst_ni(rst_n), .we_i(we), .waddr_i(waddr), .wdata_i(wdata), .re_i(re), .raddr_i(raddr), .rdata_o(rdata),
    .plane_i({Rows{1'b0}}), .precharge_i(1'b0), .evaluate_i(1'b0), .capture_i(1'b0), .hold_i(1'b0), .sample_i(1'b0), .sel_i({$clog2((Cols + 3) / 4){1'b0}}), .lane_en_i(4'd0),
    .pair_i(1'b0), .bits_i(4'd1), .flash_i(1'b0), .set_i(2'd0), .lsb_i(16'd1), .low_i(16'sd0), .nearest_i(1'b0), .ref_i(16'd0), .cmp_i(1'b0), .cmp_o(),
    .force_i(1'b0), .force_level_i(24'sd0), .serve_i(1'b0), .serve_precharge_i(1'b0), .serve_share_i(1'b0), .serve_ref_i(16'd0)
  );

  initial clk = 1'b0;
  always #5 clk = !clk;

  function integer rnd(input integer n);  // 0..n-1
    state = state * 1103515245 + 12345;
    rnd = ((state >> 8) & 32'h7fffff) % n;
  endfunction

  // a word of its own for every row
  task draw(input integer row);
    for (int i = 0; i < Width; i++)
      wdata[i] = 1'(rnd(2));
    waddr = ($clog2(Rows))'(row);
    row_v[row] = wdata;
    we = 1'b1;
  endtask

  task expect_data(input integer row);
    reads = reads + 1;
    if (rdata !== last) begin
      errors = errors + 1;
      if (errors <= 5)
        $display("macro_readback %m: row %0d: expected %h, seen %h", row, last, rdata);
    end
  endtask

  initial begin
    done_o = 1'b0;
    errors = 0;
    reads = 0;
    state = Seed;
    we = 1'b0;
    re = 1'b0;
    waddr = '0;
    raddr = '0;
    wdata = '0;
    rst_n = 1'b0;
    @(negedge clk) rst_n = 1'b1;
    for (int r = Rows - 1; r >= 0; r--) begin
      draw(r);
      @(negedge clk);
    end
    we = 1'b0;
    for (int n = 0; n < 4 * Rows; n++) begin
      integer row, other;
      row = n < Rows ? n : rnd(Rows);
      other = (row + 1 + rnd(Rows - 1)) % Rows;
      last = row_v[row];
      raddr = ($clog2(Rows))'(row);
      re = 1'b1;
      if (n >= Rows)
        draw(other);                        // another row is written in the same clock
      @(negedge clk);
      expect_data(row);
      re = 1'b0;
      raddr = ($clog2(Rows))'(other);
      if (n >= 2 * Rows)
        draw(row);                          // the row itself, after it was read
      @(negedge clk);
      expect_data(row);
      we = 1'b0;
    end
    $display("%0s read port %0dx%0d, cell_bits %0d: %0d reads, %0d errors", errors == 0 ? "ok" : "FAIL", Rows, Cols, CellBits, reads, errors);
    done_o = 1'b1;
  end
endmodule

`default_nettype wire
