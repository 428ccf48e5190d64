# Netlist -> its ports: "input NAME WIDTH" or "output NAME WIDTH", in order. Relies on one declaration a line, as Yosys writes them.
# SPDX-License-Identifier: Apache-2.0
/^module / { top = $2; sub(/\(.*/, "", top); inside = top == TOP }
/^endmodule/ { inside = 0 }
inside && /^  (input|output) / {
	width = 1; name = $NF; sub(/;$/, "", name)
	if ($2 ~ /^\[/) { split(substr($2, 2), range, /[:\]]/); width = range[1] - range[2] + 1 }
	print $1, name, width
}
