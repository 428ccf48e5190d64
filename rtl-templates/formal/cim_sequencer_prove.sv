// cim_sequencer_prove: cim_sequencer with any program, any decoder, tiles and streams that answer when they like.
// Asserted: busy from a start to the clock of done or error; one kind of work at a time and none when idle or after an illegal instruction; a beat is taken
// only when it is there; an instruction does its work as often as it says; a row of LOAD is RowBeats beats.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_sequencer_prove #(
  parameter int Rows = 8,
  parameter int Tiles = 1,
  parameter int ProgDepth = 8,
  parameter int RowBeats = 1,
  parameter int Immersed = 0
) (
  input logic             clk_i,
  input logic             start_i,
  input logic [255:0]     instr_i,     // what a fetch reads
  input logic [15:0]      row_i,
  input logic [15:0]      col_i,
  input logic [15:0]      acc_i,
  input logic [15:0]      channel_i,
  input logic [Tiles-1:0] set_i,
  input logic [3:0]       error_i,
  input logic             again_i,
  input logic [$clog2(ProgDepth)-1:0] body_i,
  input logic             ready_i,
  input logic             valid_i,
  input logic             credit_i,
  input logic             channel_done_i,
  input logic             out_done_i
);
  localparam logic [3:0] OpEnd = 4'd1, OpParam = 4'd5, OpLoad = 4'd6, OpXin = 4'd7, OpAct = 4'd8;

  logic                         running_q, rst_nq; // reset in the first clock
  logic [255:0]                 instr_q;
  logic                         busy_q, fetched_q, read_q, stopped_q, work_q;
  logic [15:0]                  wanted, left_q;
  logic [4:0]                   part_q;
  logic [3:0]                   op, error;
  logic                         busy, done, stopped, stall, fetch, index_read, decode, push, next, index, wait_en, shadow, take;
  logic                         param_we, xin_we, load_take, load_last, act_read, act_cmd, out_issue, out_last;
  logic                         works, step, upset;
  logic [3:0]                   code, waiting, lag;
  logic [15:0]                  pc, acc, channel;
  logic [$clog2(ProgDepth)-1:0] addr;
  logic [Tiles-1:0]             wait_tiles, tiles;
  logic [$clog2(Rows)-1:0]      row;
  logic [9:0]                   col;
  logic [2:0]                   xin_byte;
  logic [4:0]                   part;

  cim_sequencer #(.Rows(Rows), .Tiles(Tiles), .ProgDepth(ProgDepth), .RowBeats(RowBeats), .Immersed(Immersed)) u_sequencer (
    .clk_i(clk_i), .rst_ni(rst_nq), .start_i(start_i), .busy_o(busy), .done_o(done), .error_o(stopped), .error_code_o(code), .pc_o(pc), .stall_o(stall), .step_o(step), .upset_o(upset),
    .waiting_o(waiting), .fetch_o(fetch), .fetch_addr_o(addr),
    .instr_i(instr_q), .index_re_o(index_read), .decode_o(decode), .row_start_i(row_i), .col_start_i(col_i),
    .acc_base_i(acc_i), .channel_i(channel_i), .set_i(set_i), .error_i(error), .loop_push_o(push), .loop_next_o(next), .loop_again_i(again_i),
    .loop_body_i(body_i), .index_we_o(index), .wait_en_o(wait_en), .wait_tiles_o(wait_tiles), .wait_lag_o(lag), .wait_shadow_o(shadow),
    .wait_ready_i(ready_i), .beat_valid_i(valid_i), .beat_take_o(take), .tiles_o(tiles), .row_o(row), .col_start_o(col), .acc_o(acc), .channel_o(channel),
    .param_we_o(param_we), .xin_we_o(xin_we), .xin_byte_o(xin_byte), .load_take_o(load_take), .load_part_o(part), .load_last_o(load_last),
    .act_read_o(act_read), .act_cmd_o(act_cmd), .out_issue_o(out_issue), .out_last_o(out_last), .out_credit_i(credit_i), .out_channel_i(channel_done_i),
    .out_done_i(out_done_i)
  );

  // outputs that no property speaks of
  logic unused_prove;
  assign unused_prove = &{1'b0, stall, wait_en, shadow, out_last, waiting, lag, pc, acc, channel, addr, wait_tiles, tiles, row, col, xin_byte};

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    busy_q    = 1'b0;
    fetched_q = 1'b0;
    read_q    = 1'b0;
    stopped_q = 1'b0;
    work_q    = 1'b0;
    left_q    = 16'd0;
    part_q    = 5'd0;
  end

  // what the decoder refuses: op 0, and a count of 0; anything else whenever the prover likes
  assign op     = instr_q[3:0];
  assign wanted = op == OpLoad || op == OpAct ? {5'd0, instr_q[62:52]} : instr_q[191:176];
  assign error  = error_i == 4'd0 && (op == 4'd0 || (op >= OpParam && wanted == 16'd0)) ? 4'd4 : error_i;
  assign works  = param_we || xin_we || load_take || act_read || act_cmd || out_issue;

  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    busy_q    <= running_q && (busy_q ? !(done || stopped) : start_i);
    fetched_q <= running_q && fetch;
    read_q    <= fetched_q;
    stopped_q <= running_q && (done || stopped);
    if (fetch) instr_q <= instr_i;
    if (decode) begin
      left_q <= wanted;
      work_q <= op >= OpParam && code == 4'd0;
      part_q <= 5'd0;
    end else begin
      left_q <= left_q - {15'd0, param_we || xin_we || (load_take && part_q == 5'(RowBeats - 1)) || act_read || out_issue};
      if (load_take) part_q <= part_q == 5'(RowBeats - 1) ? 5'd0 : part_q + 5'd1;
    end
  end

  // clocks in which nothing happens although nothing is waited for
  logic [1:0] idle_q;
  initial idle_q = 2'd0;
  always @(posedge clk_i)
    idle_q <= !busy || fetch || index_read || works || stall || waiting != 4'd0 || !out_done_i || !ready_i || !credit_i || !channel_done_i ? 2'd0
            : idle_q == 2'd3 ? 2'd3 : idle_q + 2'd1;

  always @(*)
    if (running_q) begin
      not_upset: assert(!upset);
      busy_is: assert(busy == busy_q);
      one_end: assert(!(done && stopped));
      if (stopped) has_code: assert(code != 4'd0);
      if (!busy) rests: assert(!(decode || works || take || push || next || index || done || stopped));
      if (fetch) fetches: assert(busy || start_i);
      if (stopped_q) ended: assert(!busy);
      fetched: assert(fetched_q == index_read);           // fetched in the last clock of the one before, index registers read in the next, then decoded
      if (read_q) decodes: assert(decode);
      one_thing: assert({4'd0, param_we} + {4'd0, xin_we} + {4'd0, load_take} + {4'd0, act_read} + {4'd0, act_cmd} + {4'd0, out_issue} + {4'd0, push} + {4'd0, next}
             + {4'd0, index} + {4'd0, index_read} <= 5'd1);
      if (take) takes: assert(valid_i && (param_we || xin_we || load_take));
      if (param_we || load_take) taken: assert(take);
      if (decode) only_decodes: assert(!works);
      if (fetch || works) steps: assert(step);
      if (param_we || xin_we || load_take || act_read || out_issue) wanted_work: assert(work_q && left_q != 16'd0);
      if (index_read && work_q) all_done: assert(left_q == 16'd0);   // the work is as long as the instruction says
      if (param_we) is_param: assert(op == OpParam);
      if (xin_we) is_xin: assert(op == OpXin);
      if (load_take) is_load: assert(op == OpLoad && part == part_q && load_last == (part_q == 5'(RowBeats - 1)));
      if (act_read || act_cmd) is_act: assert(op == OpAct);
      if (out_issue) is_out: assert(op > OpAct);
      if (done) is_end: assert(op == OpEnd && ready_i);
      goes_on: assert(idle_q != 2'd3);                       // no deadlock: a clock in which something is done comes when all answer
      c_param: cover(param_we && left_q == 16'd2);
      c_xin: cover(xin_we && xin_byte == 3'd7);
      c_load: cover(load_take && load_last && left_q == 16'd2);
      c_act: cover(act_cmd);
      c_out: cover(out_issue && out_last);
      c_loop: cover(push);
      c_next: cover(next && again_i);
      c_index: cover(index);
      c_done: cover(done && waiting == 4'd0);
      c_pc: cover(stopped && code == 4'd6);
      c_refused: cover(stopped && code == 4'd4);
      c_stall: cover(stall);
    end
endmodule

`default_nettype wire
