# awk -f liberty.awk -f modules.awk stage=lib L.lib [M.lib] stage=netlist netlist.v
# Figures of a flat netlist: "flops N", "fanout N" (most readers of a net, clock pins apart), "type CELL N", "module INSTANCE CELLS AREA".
# Where a cell belongs: to the instance in whose hierarchical name its output net lies; else (abc names nets anew) to where its first reader belongs.
# Every cell counts once: the areas add up to the whole. "(ports)" is what leads to no named net, such as logic that only feeds ports.
# SPDX-License-Identifier: Apache-2.0
# "\u_core.u_csr.g_x[1].bits_q [3]" -> u_core.u_csr; generate blocks (g_...) belong to the instance around them
function home(n,   part, k) {
	sub(/^\\/, "", n)
	sub(/ .*/, "", n)
	k = split(n, part, ".")
	for (k--; k > 0 && part[k] !~ /^u_/; k--)
		;
	n = part[1]
	if (k < 1)
		return ""
	for (i = 2; i <= k; i++)
		n = n "." part[i]
	return n
}
/^  [A-Za-z_\\][^ ]* .* \($/ {
	n_cells++
	kind[n_cells] = cell
	types[cell]++
	if (!(cell in area)) {
		print "no area for the cell '" cell "': it is in none of the libraries" > "/dev/stderr"
		bad = 1
		exit 1
	}
}
/^    \./ && split_pin() {
	if ((cell, pin) in output) {
		if (!(n_cells in place) && (h = home(net)) != "")
			place[n_cells] = h
		out[n_cells] = net
	} else {
		if (!((cell, pin) in clock) && ++readers[net] > most)
			most = readers[net]
		if (!(net in first))
			first[net] = n_cells
	}
}
END {
	if (bad)
		exit 1
	for (c = 1; c <= n_cells; c++) {
		# along first readers until a place is known; a visit that comes back gives up
		depth = 0
		for (k = c; k && !(k in place) && seen[k] != c; k = (out[k] in first) ? first[out[k]] : 0) {
			seen[k] = c
			chain[depth++] = k
		}
		where = k && (k in place) ? place[k] : "(ports)"
		for (i = 0; i < depth; i++)
			place[chain[i]] = where
		cells[place[c]]++
		sum[place[c]] += area[kind[c]]
		flops += kind[c] in flop
	}
	print "flops " flops + 0
	print "fanout " most + 0
	for (t in types)
		print "type " t " " types[t] | "sort"
	close("sort")
	for (p in cells)
		printf "module %s %d %.3f\n", p, cells[p], sum[p] | "sort"
}
