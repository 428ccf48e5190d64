# Two BLIF files of Yosys, RTL and netlist -> two of logic only, for combinational equivalence: every register becomes an input and the outputs of its next state.
#   awk -v RTL=rtl.cone -v NETLIST=netlist.cone -v TIES=FILE [-v FREE=FILE] -f cone.awk stage=netlist netlist.blif stage=rtl rtl.blif
# A register R of the RTL becomes an input R/q; what it takes becomes outputs R/next, R/set, R/clear (asynchronous), R/clock (rising edge).
# It is looked up by name in the netlist, through buffers and inverters: libraries without a set pin keep some registers inverted. A register that the netlist
# does not have is tied: to another that is the same net there, or to a constant, its reset value or 0. The tie is not believed: the RTL is read with it,
# and outputs say that it holds in the next state as well. Those named in the file FREE are tied to nothing: inputs that must not matter.
# Standard output: `points N`, `registers N`, `tied N`, `unread N`, and `lost NAME` for a register of the netlist that the RTL does not have.
# TIES gets lines `REGISTER = 0`, `REGISTER = [not ]OTHER`.
# SPDX-License-Identifier: Apache-2.0
BEGIN { while (FREE != "" && (getline line < FREE) > 0) free[line] = 1 }
function pin(name,    i) { for (i = 3; i <= NF; i++) if (index($i, name "=") == 1) return substr($i, length(name) + 2); return "$false" }
function bad(what) { print "cone.awk: " stage ": " what > "/dev/stderr"; failed = 1; exit 1 }
# the net that is 1 when NET is at its active level
function level(side, net, polarity) {
	if (polarity == 1) return net
	if (!((side, net) in low)) text(side, ".names " net " !" net "\n0 1")
	low[side, net] = 1
	return "!" net
}
function text(side, line) { print line > (side == "rtl" ? RTL : NETLIST) }
function register(q, edge, c, d, set, clear) {
	n[stage]++
	q_of[stage, n[stage]] = q
	number[stage, q] = n[stage]
	clock_of[stage, q] = level(stage, c, edge); next_of[stage, q] = d; set_of[stage, q] = set; clear_of[stage, q] = clear
}
function buffer(side, from, to, inverted) { text(side, ".names " from " " to "\n" (inverted ? 0 : 1) " 1") }

FNR == 1 { text(stage, ".model cone"); text(stage, ".names $$0"); text(stage, ".names $$1\n1") }
$1 == ".model" || /^#/ || NF == 0 || $1 == ".end" { next }
$1 == ".inputs" { for (i = 2; i <= NF; i++) text(stage, ".inputs " $i); next }
$1 == ".outputs" { for (i = 2; i <= NF; i++) { text(stage, ".outputs " $i); if (stage == "rtl") points++ } next }
$1 == ".latch" { # D Q re|fe C init
	if ($4 != "re" && $4 != "fe") bad("latch '" $3 "' is no flip-flop")
	register($3, $4 == "re", $5, $2, "$$0", "$$0")
	next
}
$1 == ".subckt" {
	type = $2
	if (type ~ /^\$_DFF_[NP][NP][01]_$/) {
		r = level(stage, pin("R"), substr(type, 8, 1) == "P")
		register(pin("Q"), substr(type, 7, 1) == "P", pin("C"), pin("D"), substr(type, 9, 1) == "1" ? r : "$$0", substr(type, 9, 1) == "1" ? "$$0" : r)
	} else if (stage == "netlist" && type ~ /^\$_DFFSR_[NP][NP][NP]_$/) # which of both wins does not matter: the RTL has one of them, and both must be the same
		register(pin("Q"), substr(type, 9, 1) == "P", pin("C"), pin("D"), level(stage, pin("S"), substr(type, 10, 1) == "P"), level(stage, pin("R"), substr(type, 11, 1) == "P"))
	else
		bad("cell '" type "' is neither logic nor a flip-flop")
	next
}
$1 == ".names" {
	pending = NF == 3 ? $3 : ""
	source = $2
	if (stage == "netlist") known[$NF] = 1
}
pending != "" && ($0 == "1 1" || $0 == "0 1") { alias[stage, pending] = source; inverted[stage, pending] = $1 == "0"; pending = "" }
{ text(stage, $0) }

# to the register, or else the net, that a net is a copy of; FLIP says whether turned
function origin(side, net) {
	flip = 0
	while ((side, net) in alias && !((side, net) in number)) { flip = (flip + inverted[side, net]) % 2; net = alias[side, net] }
	return net
}

END {
	if (failed) exit 1
	for (i = 1; i <= n["netlist"]; i++) known[q_of["netlist", i]] = 1
	for (i = 1; i <= n["rtl"]; i++) {
		q = net = q_of["rtl", i]
		if (!(net in known)) sub(/\[0\]$/, "", net) # a vector of which one bit is left
		if (net in known) look[q] = net
	}
	for (key in alias) {
		split(key, part, SUBSEP)
		if (part[1] != "rtl" || !(part[2] in known)) continue
		q = origin("rtl", part[2])
		if (("rtl", q) in number && !(q in look)) { look[q] = part[2]; look_flip[q] = flip }
	}
	for (i = 1; i <= n["rtl"]; i++) { # who is who
		q = q_of["rtl", i]
		if (!(q in look)) continue
		net = origin("netlist", look[q])
		flip = (flip + look_flip[q]) % 2
		if (("netlist", net) in number) {
			if (net in first) { to[q] = first[net]; turned[q] = (flip + first_flip[net]) % 2 }
			else { first[net] = q; first_flip[net] = flip; to[q] = q; at[q] = net }
		} else if (net == "$false" || net == "$true")
			to[q] = (net == "$true") != flip ? "$$1" : "$$0"
	}
	# a bit of a vector that lost its name: cells come in the order of the RTL's bits, so it is the one after its neighbour. A guess, which the proof judges.
	for (i = 2; i <= n["netlist"]; i++) {
		net = q_of["netlist", i]
		before = q_of["netlist", i - 1]
		if (net in first || !(before in first)) continue
		q = q_of["rtl", number["rtl", first[before]] + 1]
		if (q == "" || q in to) continue
		first[net] = q
		at[q] = net
		to[q] = q
		first_flip[net] = set_of["rtl", q] != "$$0" && set_of["netlist", net] == "$$0" && clear_of["netlist", net] != "$$0"
	}
	for (i = 1; i <= n["rtl"]; i++)
		if ((q = q_of["rtl", i]) in free) to[q] = ""
		else if (!(q in to)) to[q] = set_of["rtl", q] != "$$0" ? "$$1" : "$$0"
	for (i = 1; i <= n["netlist"]; i++) if (!(q_of["netlist", i] in first)) print "lost " q_of["netlist", i]
	for (i = 1; i <= n["rtl"]; i++) {
		q = q_of["rtl", i]
		if (to[q] == "") {
			text("rtl", ".inputs " q "/q"); text("netlist", ".inputs " q "/q")
			buffer("rtl", q "/q", q, 0)
			unread++
			continue
		}
		points++
		constant = to[q] ~ /^\$\$[01]$/
		if (to[q] != q) { tied++; print q " = " (turned[q] ? "not " : "") (constant ? substr(to[q], 3) : to[q]) > TIES }
		for (k = 1; k <= 4; k++) {
			what = k == 1 ? "next" : k == 2 ? "set" : k == 3 ? "clear" : "clock"
			if (constant && (what == "clock" || what == (to[q] == "$$1" ? "set" : "clear"))) continue # set does not hurt a 1
			text("rtl", ".outputs " q "/" what)
			text("netlist", ".outputs " q "/" what)
			buffer("rtl", k == 1 ? next_of["rtl", q] : k == 2 ? set_of["rtl", q] : k == 3 ? clear_of["rtl", q] : clock_of["rtl", q], q "/" what, 0)
			if (constant) buffer("netlist", what == "next" ? to[q] : "$$0", q "/" what, 0)
			else if (to[q] != q) {
				other = turned[q] && k == 2 ? "clear" : turned[q] && k == 3 ? "set" : what
				buffer("netlist", to[q] "/" other, q "/" what, turned[q] && k == 1)
			} else {
				net = at[q]
				other = first_flip[net] && k == 2 ? clear_of["netlist", net] : first_flip[net] && k == 3 ? set_of["netlist", net] : k == 1 ? next_of["netlist", net] : k == 2 ? set_of["netlist", net] : k == 3 ? clear_of["netlist", net] : clock_of["netlist", net]
				buffer("netlist", other, q "/" what, first_flip[net] && k == 1)
			}
		}
		if (to[q] == q) {
			text("rtl", ".inputs " q "/q")
			text("netlist", ".inputs " q "/q")
			buffer("rtl", q "/q", q, 0)
			buffer("netlist", q "/q", at[q], first_flip[at[q]])
		} else
			buffer("rtl", constant ? to[q] : to[q] "/q", q, turned[q])
	}
	text("rtl", ".end")
	text("netlist", ".end")
	printf "points %d\nregisters %d\ntied %d\nunread %d\n", points, n["rtl"], tied, unread
}
