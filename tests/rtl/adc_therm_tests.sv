// adc_therm_tests: the thermometer encoder by itself, every width 1..8, both bubble rules. What is proven, by trying all cases (with +quick
// a part of them; docs/numerics.md section 4):
// - no wrong answer: the code is the count, for all codes;
// - one wrong answer t_k, all codes c x all k: `majority` gives c where the answer is at least two from the edge (k <= c - 2 or k >= c + 3), the code
//   between the two that the pattern may belong to for k = c - 1 (c - 1) and k = c + 2 (c + 1), and the neighbour whose thermometer it is
//   for k = c (c - 1) and k = c + 1 (c + 1); `ones` is off by exactly one, downwards for k <= c, upwards for k > c;
// - a resolution b below the width, answers of 2^b and above 0: all codes below 2^b x all k below 2^b are cases of the former;
// - all 2^(2^Bits - 1) patterns up to 4 bits, 1000 random ones beyond: the code is the definition's, t' formed for every k and searched.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module adc_therm_bench #(
  parameter int Bits = 1,
  parameter int Bubble = 0
) (
  output integer errors_o,
  output integer cases_o,
  output logic   done_o
);
  localparam int Refs = 2**Bits - 1;

  logic [Refs-1:0] above;
  logic [Bits-1:0] code;
  cim_therm_enc #(.Bits(Bits), .Bubble(Bubble)) u_enc (.above_i(above), .code_o(code));

  function integer one_wrong(input integer c, input integer k);
    if (Bubble == 1) one_wrong = k <= c ? c - 1 : c + 1;
    else if (k == c || k == c - 1) one_wrong = c - 1;
    else if (k == c + 1 || k == c + 2) one_wrong = c + 1;
    else one_wrong = c;
  endfunction

  // from the definition: t' of every k, then the search
  logic [Refs+1:0] t, voted;  // bit k
  function integer defined(input integer unused);
    integer c;
    t = {1'b0, above, 1'b1};
    voted = (t & (t << 1)) | (t & (t >> 1)) | ((t << 1) & (t >> 1));
    c = 0;
    if (Bubble == 1)
      for (int k = 1; k <= Refs; k++)
        c = c + 32'(t[k]);
    else
      for (int i = Bits - 1; i >= 0; i--)
        if (voted[c + (1 << i)])
          c = c + (1 << i);
    defined = c;
  endfunction

  task try(input integer want);
    #1 cases_o = cases_o + 1;
    if (32'(code) !== want) begin
      errors_o = errors_o + 1;
      if (errors_o <= 3) $display("adc_therm_tests: %0d bits, rule %0d, answers %h: expected %0d, seen %0d", Bits, Bubble, above, want, code);
    end
  endtask

  logic [Refs-1:0] thermometer;
  integer          state, stride;
  initial begin
    errors_o = 0;
    cases_o  = 0;
    done_o   = 1'b0;
    state    = 7;
    stride   = $test$plusargs("quick") && Bits > 6 ? 5 : 1;  // Icarus is slow
    for (int c = 0; c <= Refs; c++) begin
      thermometer = '0;
      for (int k = 1; k <= c; k++)
        thermometer[k-1] = 1'b1;
      above = thermometer;
      try(c);
      for (int k = 1 + c % stride; k <= Refs; k += stride) begin
        above = thermometer;
        above[k-1] = !above[k-1];
        try(one_wrong(c, k));
      end
    end
    for (int i = 0; i < (Bits <= 4 ? 1 << Refs : 1000); i++) begin
      if (Bits <= 4) begin
        above = Refs'(i);
      end else
        for (int k = 0; k < Refs; k++) begin
          state = state * 1103515245 + 12345;
          above[k] = (state >> 16) % 4 == 0 ? 1'((state >> 20) & 1) : k < (i * 37) % (Refs + 1);  // a thermometer, a quarter of it random
        end
      try(defined(0));
    end
    done_o = 1'b1;
  end
endmodule

module adc_therm_tests;
  integer errors [0:15];
  integer cases [0:15];
  logic   done [0:15];

  for (genvar i = 0; i < 16; i++) begin : g_bench
    integer errors_here, cases_here;
    logic   done_here;
    adc_therm_bench #(.Bits(i / 2 + 1), .Bubble(i % 2)) u_bench (.errors_o(errors_here), .cases_o(cases_here), .done_o(done_here));
    always @(errors_here) errors[i] = errors_here;
    always @(cases_here) cases[i] = cases_here;
    always @(done_here) done[i] = done_here;
  end

  integer passed, failed;
  initial begin
    passed = 0;
    failed = 0;
    for (int i = 0; i < 16; i++) begin
      wait (done[i] === 1'b1);
      if (errors[i] == 0) begin
        passed = passed + 1;
        $write("ok - ");
      end else begin
        failed = failed + 1;
        $write("FAIL - ");
      end
      $write("thermometer encoder, %0d bits, ", i / 2 + 1);
      if (i % 2 == 0) $write("majority");
      else $write("ones");
      $write(": %0d cases", cases[i]);
      if (errors[i] != 0) $write(", %0d wrong", errors[i]);
      $write("\n");
    end
    $display("%0d passed, %0d failed", passed, failed);
    $finish;
  end
endmodule

`default_nettype wire
