# A netlist of cells -> the same netlist as expressions, one net a bit, in one module without cells: what simulators build fast. Each cell is replaced by what
# cells.v says of it, no gate is left out. Used as awk -f flat.awk stage=cells cells.v stage=netlist netlist.v; both are as Yosys 0.23 writes them.
#   - vectors fall apart into bits: as vectors they are loops of logic to Verilator, which then takes minutes
#   - flip-flops with one clock and reset share one process; buffers in front of those two are passed over, or each of them would be a clock of its own
#   - every flip-flop starts with a value drawn here: no x, which gates turn into more of it than there is, and no register that is 0 by luck
# SPDX-License-Identifier: Apache-2.0
function stop(s) { print "ERROR: " FILENAME ":" FNR ": " s >"/dev/stderr"; failed = 1; exit 1 }
# names in s -> what map says of them; of a name that is not in it, itself
function put(s, map,    out, w) {
	out = ""
	while (match(s, /[A-Za-z_][A-Za-z0-9_]*|[0-9]+'[bhds][0-9a-fA-Fsx]+/)) {
		w = substr(s, RSTART, RLENGTH)
		out = out substr(s, 1, RSTART - 1) (w in map ? map[w] : w)
		s = substr(s, RSTART + RLENGTH)
	}
	return out s
}
# the inner names of a cell's expression, replaced until only inputs and registers are left
function expand(c, s,    w, out) {
	out = ""
	while (match(s, /[A-Za-z_][A-Za-z0-9_]*|[0-9]+'[bhds][0-9a-fA-Fsx]+/)) {
		w = substr(s, RSTART, RLENGTH)
		out = out substr(s, 1, RSTART - 1)
		s = substr(s, RSTART + RLENGTH)
		out = out ((c, w) in inner && !((c, w) in register) ? "(" expand(c, inner[c, w]) ")" : w)
	}
	return out s
}

# --- cells.v ---------------------------------------------------------------------------------------------------------------------------------
stage == "cells" && /^module / { c = $2; sub(/\(.*/, "", c); known[c] = 1; body_of = 0; next }
stage == "cells" && /^  output / { w = $NF; sub(/;$/, "", w); outputs[c] = outputs[c] " " w; next }
stage == "cells" && /^  reg / {
	w = $NF; sub(/;$/, "", w)
	if (NF != 2 || c in regs)
		stop("cell " c " has more than one register of one bit: flat.awk knows no such cell")
	regs[c] = w; register[c, w] = 1; next
}
stage == "cells" && /^  assign / { w = $2; s = $0; sub(/^[^=]*= /, "", s); sub(/;$/, "", s); inner[c, w] = s; body_of = 0; next }
stage == "cells" && /^  always @\(/ {
	if (c in senses) stop("cell " c " has two processes: flat.awk knows no such cell")
	s = $0; sub(/^.*@\(/, "", s); sub(/\)$/, "", s); senses[c] = s; body_of = 1; next
}
stage == "cells" && body_of && /^    / { body[c] = body[c] " " $0; next }
stage == "cells" && /^(  (input|wire) .*;|endmodule|\/\*.*\*\/|)$/ { next }
stage == "cells" { stop("'" $0 "' is not understood") }

# --- netlist.v -------------------------------------------------------------------------------------------------------------------------------
# a bit of a vector or a net -> its name here
function bit(name, i,    key) {
	key = name "[" i "]"
	if (!(key in net)) {
		net[key] = name ~ /^_[0-9]+_$/ ? "n" ++drawn : "\\" name (width[name] > 1 ? "[" i "]" : "") " "
		if (is_port[name])
			net[key] = "p" ++drawn
		order[++n_nets] = net[key]
	}
	return net[key]
}
# an expression of Yosys (names, ranges, constants, one level of {}) -> list[1..n] of bits, the lowest last
function bits(s, list,    n, name, hi, lo, i, v) {
	n = 0
	gsub(/[{},]/, " ", s)
	while (s !~ /^ *$/) {
		sub(/^ +/, "", s)
		if (match(s, /^[0-9]+'b[01xz]+/)) {
			v = substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1)
			hi = v + 0; sub(/^.*b/, "", v)
			for (i = 1; i <= hi; i++) list[++n] = "1'b" (substr(v, i, 1) == "1" ? 1 : 0)
			continue
		}
		if (!match(s, /^\\[^ ]+|^[A-Za-z_][A-Za-z0-9_$]*/)) stop("'" s "' is not understood")
		name = substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1); sub(/^\\/, "", name)
		if (!(name in width)) declare(name, 0) # a net of one bit that is used before it is declared
		hi = low[name] + width[name] - 1; lo = low[name]
		if (match(s, /^ ?\[[0-9:]+\]/)) {
			v = substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1); gsub(/[][ ]/, "", v)
			hi = lo = v + 0
			if (v ~ /:/) { sub(/^.*:/, "", v); lo = v + 0 }
		}
		for (i = hi; i >= lo; i--) list[++n] = bit(name, i)
	}
	return n
}
function declare(s, port,    w, hi, lo) {
	hi = lo = 0
	sub(/;$/, "", s)
	if (match(s, /^\[[0-9]+:[0-9]+\] /)) {
		w = substr(s, 2, RLENGTH - 3); s = substr(s, RLENGTH + 1)
		hi = w + 0; sub(/^.*:/, "", w); lo = w + 0
	}
	gsub(/[\\ ]/, "", s)
	width[s] = hi - lo + 1; low[s] = lo
	if (port) is_port[s] = 1
	return s
}
/^module / { head = $0; inside = 1; if (head !~ /;$/) more = 1; next }
more { head = head "\n" $0; more = $0 !~ /;$/; next }
/^  (input|output) / { w = $1; s = $0; sub(/^  (input|output) /, "", s); ports[++n_ports] = declare(s, 1); direction[n_ports] = w; declared[n_ports] = $0; next }
/^  wire / { s = $0; sub(/^  wire /, "", s); w = s; gsub(/^\[[0-9:]+\] |[\\ ;]/, "", w); if (!(w in width)) declare(s, 0); next }
/^  assign / {
	s = $0; sub(/^  assign /, "", s); sub(/;$/, "", s)
	k = index(s, " = ")
	n = bits(substr(s, 1, k - 1), left)
	if (bits(substr(s, k + 3), right) != n) stop("two sides of different widths")
	for (i = 1; i <= n; i++) { print_later[++n_assign] = left[i] " = " right[i]; if (right[i] !~ /^1'b/) buffered[left[i]] = right[i] }
	next
}
/^  [A-Za-z_\\][^ ]* .* \($/ { c = $1; if (!(c in known)) stop("cell '" c "' is not in cells.v"); delete pin; next }
/^    \.[A-Za-z_][A-Za-z0-9_]*\(.*\),?$/ {
	p = $0; sub(/^    \./, "", p); s = p; sub(/\(.*/, "", p); sub(/^[^(]*\(/, "", s); sub(/\),?$/, "", s)
	if (s ~ /^ *$/) next
	if (bits(s, one) != 1) stop("pin " p " has more than one bit")
	pin[p] = one[1]
	next
}
/^  \);$/ { place(); next }
/^(endmodule|\/\*.*\*\/|)$/ { next }
{ stop("'" $0 "' is not understood") }

function place(    n, i, w, own, f) {
	n = split(outputs[c], w, " ")
	if (c in regs) {
		own = ""
		for (i = 1; i <= n; i++)
			if (w[i] in pin && own == "" && expand(c, w[i]) == "(" regs[c] ")") own = pin[w[i]]
		if (own == "") { own = "r" ++drawn; order[++n_nets] = own }
		stored[own] = 1
		pin[regs[c]] = own
		# its edges are known when all buffers are: their pins, "EDGE NET PIN" each, now; the rest of the process has its nets already
		n_edges = split(senses[c], edge, /, */)
		for (i = 1; i <= n_edges; i++) {
			split(edge[i], e, " ")
			edges[n_flops + 1] = edges[n_flops + 1] e[1] " " pin[e[2]] "\n"
			pin[e[2]] = "<" pin[e[2]] ">"
		}
		process[++n_flops] = put(expand(c, body[c]), pin)
	}
	for (i = 1; i <= n; i++) {
		if (!(w[i] in pin) || pin[w[i]] == own) continue
		f = expand(c, w[i])
		print_later[++n_assign] = pin[w[i]] " = " put(f, pin)
		if (f ~ /^\(+[A-Za-z_][A-Za-z0-9_]*\)+$/) { gsub(/[()]/, "", f); buffered[pin[w[i]]] = pin[f] }
	}
}
# in front of all buffers
function root(s,    i) { for (i = 0; s in buffered && i < 1000; i++) s = buffered[s]; return s }
# nets in <> are clocks and resets: from in front of all buffers, as in the list of edges, or a reset would meet its own buffer in the state before
function rooted(s,    out) {
	out = ""
	while (match(s, /<(\\[^ ]+ |[A-Za-z0-9_']+)>/)) {
		out = out substr(s, 1, RSTART - 1) root(substr(s, RSTART + 1, RLENGTH - 2))
		s = substr(s, RSTART + RLENGTH)
	}
	s = out s
	# a set or reset that is tied off
	gsub(/else if \((!1'b1|1'b0)\) [^;]*; */, "", s)
	gsub(/if \((!1'b1|1'b0)\) [^;]*; *else /, "", s)
	gsub(/  +/, " ", s)
	return s
}
function edges_of(s,    w, n, i, k, out) {
	n = split(s, w, /\n/)
	out = ""
	for (i = 1; i < n; i++) {
		k = index(w[i], " ")
		if (substr(w[i], k + 1) !~ /^1'b/) # a constant has none
			out = out (out == "" ? "" : ", ") substr(w[i], 1, k) root(substr(w[i], k + 1))
	}
	return out
}
END {
	if (failed) exit 1
	if (!inside) { print "ERROR: there is no module" >"/dev/stderr"; exit 1 }
	print "// The netlist as expressions, made by flow/yosys/flat.awk."
	print head
	for (i = 1; i <= n_ports; i++) {
		print declared[i]
		for (k = low[ports[i]]; k < low[ports[i]] + width[ports[i]]; k++) {
			s = ports[i] (width[ports[i]] > 1 ? "[" k "]" : "")
			if (direction[i] == "input") buffered[bit(ports[i], k)] = s
			print_later[++n_assign] = direction[i] == "input" ? bit(ports[i], k) " = " s : s " = " bit(ports[i], k)
		}
	}
	x = 1
	for (i = 1; i <= n_nets; i++) {
		x = x * 16807 % 2147483647
		print "  " (order[i] in stored ? "reg " order[i] " = 1'b" (x > 1073741823) : "wire " order[i]) ";"
	}
	for (i = 1; i <= n_assign; i++) print "  assign " print_later[i] ";"
	# one process for all that have the same edges and, with a reset, the same condition and nothing else in front
	for (i = 1; i <= n_flops; i++) {
		s = edges_of(edges[i])
		p = rooted(process[i])
		sub(/^ +/, "", p)
		condition[i] = then[i] = ""
		if (s ~ /,/) {
			if (match(p, /^if \(!?[^() ]+\) [^;]*; else /) && substr(p, RLENGTH + 1) !~ /^if/) {
				condition[i] = substr(p, 1, index(p, ")"))
				then[i] = substr(p, index(p, ")") + 2, RLENGTH - index(p, ")") - 7)
				p = substr(p, RLENGTH + 1)
			} else {
				condition[i] = "begin : own" i
			}
		}
		process[i] = p
		key = s SUBSEP condition[i]
		if (!(key in group)) { group[key] = ++n_groups; named[n_groups] = s }
		k = group[key]
		if (k in last) follows[last[k]] = i; else first[k] = i
		last[k] = i
	}
	for (k = 1; k <= n_groups; k++) {
		s = condition[first[k]]
		print "  always @(" named[k] ")" (s ~ /^if/ ? " " s : "") " begin"
		if (s ~ /^if/) {
			for (i = first[k]; i; i = follows[i]) print "    " then[i]
			print "  end else begin"
		}
		for (i = first[k]; i; i = follows[i]) print "    " process[i]
		print "  end"
	}
	print "endmodule"
}
