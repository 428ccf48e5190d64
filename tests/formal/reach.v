// For prove.py: what must be reached. An assertion gives its antecedent (`if (antecedent) assert(..)`), a cover itself: each becomes a property that fails there.
// SPDX-License-Identifier: Apache-2.0
(* techmap_celltype = "$assert" *)
module antecedent(input A, input EN);
  \$assert _TECHMAP_REPLACE_ (.A(1'b0), .EN(EN));
endmodule

(* techmap_celltype = "$cover" *)
module covered(input A, input EN);
  \$assert _TECHMAP_REPLACE_ (.A(~A), .EN(EN));
endmodule
