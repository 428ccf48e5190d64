# awk -v CELL=BUFX2 -v IN=A -v OUTPUT=Y -f liberty.awk -f fanout.awk stage=lib L.lib stage=count mapped.v stage=write mapped.v
# The netlist with trees of buffers on nets of more than MOST readers. abc has sized what lies between flip-flops; what is left are nets with readers
# that it does not see, as the reset. Clock pins are left to clock tree synthesis.
# SPDX-License-Identifier: Apache-2.0
BEGIN { MOST = 16 }
function reads() { return split_pin() && !((cell, pin) in output) && !((cell, pin) in clock) }
function name_of(n, level, i) { return "_fan" id[n] "_" level "_" i "_" }
# size[n, level]: buffers of a level; level 0 drives the readers
function plan(n,   level, k) {
	id[n] = ++n_nets
	order[n_nets] = n
	level = 0
	for (k = readers[n]; k > MOST; level++) {
		k = int((k + MOST - 1) / MOST)
		size[n, level] = k
	}
	levels[n] = level
}
stage == "count" {
	if (reads())
		readers[net]++
	next
}
/^    \./ && reads() && readers[net] > MOST {
	if (!(net in id))
		plan(net)
	print "    ." pin "(" name_of(net, 0, int((given[net]++) / MOST)) ")" ($0 ~ /,$/ ? "," : "")
	next
}
/^endmodule/ {
	for (j = 1; j <= n_nets; j++) {
		n = order[j]
		for (level = 0; level < levels[n]; level++)
			for (i = 0; i < size[n, level]; i++) {
				from = level + 1 < levels[n] ? name_of(n, level + 1, int(i / MOST)) : n
				print "  wire " name_of(n, level, i) ";"
				print "  " CELL " b" name_of(n, level, i) " (\n    ." IN "(" from "),\n    ." OUTPUT "(" name_of(n, level, i) ")\n  );"
			}
	}
}
{ print }
