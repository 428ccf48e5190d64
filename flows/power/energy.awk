# Energy of what toggled: Liberty files, the netlist, and how often each net toggled -> ENERGY PART lines, joules per transition taken from the library's tables.
# usage: awk -v CLOCKS=N -v PERIOD=NS -v SLEW=NS -v CLOCK=NET -f energy.awk stage=lib FILE.lib ... stage=net netlist.v stage=toggles TOGGLES
#   net:      1/2 C V^2 for every transition; C: the pins that read the net, and LOAD pF behind every output port
#   internal: for every transition of an output its internal_power, mean of rise and fall, of related pins and of conditions, at the load of the net and SLEW;
#             of an input (the clock pins of flip-flops) its own internal_power at SLEW
#   MACRO (a cell, or nothing) has no gates: left out, and what its pins load
#   leakage:  cell_leakage_power, whatever the state
# Prints "PART PJ": switching, internal, leakage, clock (the clock net and what the clock pins take inside), each in one of them only; then "cells N", "nets N", "transitions N", "silent N".
# SPDX-License-Identifier: Apache-2.0
function fail(s) { print "energy.awk: " s >"/dev/stderr"; bad = 1; exit 1 }
function numbers(s, into) { gsub(/[",\\();]/, " ", s); return split(s, into, " ") }
function strip(s) { gsub(/[" \t;]/, "", s); return s }

# ---- Liberty: groups by their depth
stage == "lib" {
	line = $0
	if (comment) { if (line !~ /\*\//) next; sub(/^.*\*\//, "", line); comment = 0 }
	while (match(line, /\/\*/)) {
		rest = substr(line, RSTART); sub(/^\/\*/, "", rest)
		if (match(rest, /\*\//)) line = substr(line, 1, index(line, "/*") - 1) substr(rest, RSTART + 2)
		else { line = substr(line, 1, index(line, "/*") - 1); comment = 1 }
	}
	sub(/\/\/.*$/, "", line)
	sub(/\\[ \t\r]*$/, "", line)
	held = held " " line
	while (match(held, /[{};]/)) {
		mark = substr(held, RSTART, 1); said = substr(held, 1, RSTART - 1); held = substr(held, RSTART + 1)
		if (mark == "{") enter(said)
		else {
			if (said ~ /[^ \t\r]/) attribute(said)
			if (mark == "}") leave()
		}
	}
	if (held ~ /^[ \t]*[A-Za-z_0-9]+[ \t]*:[^;]*[^ \t\r;]/) { attribute(held); held = "" } # a semicolon left out
	next
}
function enter(s, name, arg) {
	name = s; sub(/^[ \t\r]*/, "", name); sub(/[ \t]*\(.*$/, "", name)
	arg = s; sub(/^[^(]*\(/, "", arg); sub(/\)[^)]*$/, "", arg); arg = strip(arg)
	group[++depth] = name
	if (name == "cell") { cell = arg; known[cell] = 1 }
	else if (name == "pin") pin = arg
	else if (name == "power_lut_template") { template = arg }
	else if (name == "rise_power" || name == "fall_power" || name == "power") { table = arg; n1 = n2 = nv = 0 }
}
function leave(i, j) {
	if (group[depth] ~ /^(rise_power|fall_power|power)$/ && nv) take()
	if (group[depth] == "cell") cell = pin = ""
	if (group[depth] == "pin") pin = ""
	depth--
}
function attribute(s, key, value, n, v, i) {
	key = s; sub(/^[ \t]*/, "", key); sub(/[ \t]*[:(].*$/, "", key)
	value = s; sub(/^[^:(]*[:(]/, "", value)
	if (depth == 1 && key == "nom_voltage") volt = strip(value) + 0
	else if (depth == 1 && key == "leakage_power_unit") { value = strip(value); leak_unit = (value ~ /nW/ ? 1e-9 : value ~ /pW/ ? 1e-12 : value ~ /uW/ ? 1e-6 : 0) * (value + 0) }
	else if (depth == 1 && key == "capacitive_load_unit") { n = numbers(value, v); cap_unit = v[1] * (tolower(v[2]) == "pf" ? 1e-12 : tolower(v[2]) == "ff" ? 1e-15 : 0) }
	else if (depth == 1 && key == "voltage_unit") { if (strip(value) != "1V") fail(FILENAME ": voltage_unit '" strip(value) "' is not 1V") }
	else if (depth == 1 && key == "time_unit") { if (strip(value) != "1ns") fail(FILENAME ": time_unit '" strip(value) "' is not 1ns") }
	else if (group[depth] == "power_lut_template" && key ~ /^variable_[12]$/) variable[template, substr(key, 10)] = strip(value)
	else if (group[depth] == "power_lut_template" && key ~ /^index_[12]$/) default_index[template, substr(key, 7)] = value
	else if (cell != "" && group[depth] == "cell" && key == "cell_leakage_power") leak[cell] = strip(value)
	else if (cell != "" && group[depth] == "pin" && key == "capacitance") cap[cell, pin] = strip(value)
	else if (cell != "" && group[depth] == "pin" && key == "direction") direction[cell, pin] = strip(value)
	else if (group[depth] ~ /^(rise_power|fall_power|power)$/) {
		if (key == "index_1") n1 = numbers(value, x1)
		else if (key == "index_2") n2 = numbers(value, x2)
		else if (key == "values") nv = numbers(value, values)
	}
}
# a table of the pin: kept whole, evaluated when the load is known. Its axes: L load, S slew, - neither.
function take(i, id, axis1, axis2) {
	if (cell == "" || pin == "") return
	if (!n1 && (table, 1) in default_index) n1 = numbers(default_index[table, 1], x1)
	if (!n2 && (table, 2) in default_index) n2 = numbers(default_index[table, 2], x2)
	axis1 = variable[table, 1] ~ /capacitance/ ? "L" : variable[table, 1] ~ /transition/ ? "S" : "-"
	axis2 = variable[table, 2] ~ /capacitance/ ? "L" : variable[table, 2] ~ /transition/ ? "S" : "-"
	if (nv == 1) { axis1 = axis2 = "-"; n1 = n2 = 0 }
	else if (axis1 == "-" || (n2 > 1 && axis2 == "-") || nv != n1 * (n2 ? n2 : 1)) fail(cell "/" pin ": a power table of " nv " values over axes of " n1 " and " n2 " is not understood")
	id = ++tables[cell, pin]
	axes[cell, pin, id] = axis1 axis2; count1[cell, pin, id] = n1; count2[cell, pin, id] = n2
	for (i = 1; i <= n1; i++) at1[cell, pin, id, i] = x1[i]
	for (i = 1; i <= n2; i++) at2[cell, pin, id, i] = x2[i]
	for (i = 1; i <= nv; i++) entry[cell, pin, id, i] = values[i]
}
# Energy of one transition, in units of capacitance times V^2: rise_power and fall_power count half each, so the mean of all tables.
function energy(c, p, load, id, sum) {
	sum = 0
	for (id = 1; id <= tables[c, p]; id++) sum += look(c, p, id, load)
	return tables[c, p] ? sum / tables[c, p] : 0
}
function look(c, p, id, load, a, i, j, u, v, n1, n2) {
	a = axes[c, p, id]; n1 = count1[c, p, id]; n2 = count2[c, p, id]
	if (a == "--") return entry[c, p, id, 1]
	i = place(at1, c, p, id, n1, substr(a, 1, 1) == "L" ? load : SLEW); u = part
	if (n2 <= 1) return n1 < 2 ? entry[c, p, id, 1] : mix(entry[c, p, id, i], entry[c, p, id, i + 1], u)
	j = place(at2, c, p, id, n2, substr(a, 2, 1) == "L" ? load : SLEW); v = part
	return mix(mix(entry[c, p, id, (i - 1) * n2 + j], entry[c, p, id, (i - 1) * n2 + j + 1], v), mix(entry[c, p, id, i * n2 + j], entry[c, p, id, i * n2 + j + 1], v), u)
}
# the interval that holds x, part: where in it; beyond the table its edge
function place(at, c, p, id, n, x, i) {
	for (i = 1; i < n - 1 && x > at[c, p, id, i + 1]; i++) ;
	if (n < 2) { part = 0; return 1 }
	part = (x - at[c, p, id, i]) / (at[c, p, id, i + 1] - at[c, p, id, i])
	if (part < 0) part = 0
	if (part > 1) part = 1
	return i
}
function mix(a, b, t) { return a + (b - a) * t }

# ---- netlist as Yosys writes it: one pin a line
stage == "net" && /^  [^ ]+ [^ ].* \($/ && $1 != "module" {
	if (MACRO != "" && $1 == MACRO) { inst_is_macro = 1; next }
	inst_is_macro = 0
	if (!($1 in known)) fail("cell '" $1 "' of the netlist is in no Liberty file")
	inst++; type[inst] = $1; next
}
stage == "net" && inst && !inst_is_macro && /^    \.[^(]+\(/ {
	p = $0; sub(/^    \./, "", p); net = p; sub(/\(.*$/, "", p); sub(/^[^(]*\(/, "", net); sub(/\),?$/, "", net)
	net = name_of(net)
	if (net ~ /^1'/ || net == "") next
	pins[inst] = pins[inst] p SUBSEP net "\n"
	if (direction[type[inst], p] == "input") load[net] += cap[type[inst], p]
	next
}
stage == "net" && /^  output / { s = $0; sub(/^  output /, "", s); sub(/;$/, "", s); wide = match(s, /^\[[0-9]+:[0-9]+\] /); if (wide) { r = substr(s, 2, RLENGTH - 3); split(r, hl, ":"); nm = name_of(substr(s, RLENGTH + 1)); for (b = hl[2]; b <= hl[1]; b++) load[nm "[" b "]"] += LOAD } else load[name_of(s)] += LOAD; next }
# "\u_core.x [3]" and "u[3]" -> "u_core.x[3]"
function name_of(s) { gsub(/^[ \t\\]+/, "", s); gsub(/ /, "", s); return s }

stage == "toggles" { toggles[$2] = $1; nets++; sum_toggles += $1; if ($1 == 0) silent++ }

END {
	if (bad) exit 1
	if (!volt || !cap_unit || !leak_unit) fail("nom_voltage, capacitive_load_unit or leakage_power_unit of the Liberty is missing")
	if (!inst || !nets) fail(!inst ? "no cells in the netlist" : "no toggles")
	pj = cap_unit * volt * volt * 1e12
	for (net in load) {
		if (!(net in toggles)) { unseen++; if (first_unseen == "") first_unseen = net; continue }
		e = toggles[net] * load[net] / 2 * pj
		if (net == CLOCK) clock += e; else switching += e
	}
	if (unseen) fail(unseen " nets of the netlist were not in the simulation, as '" first_unseen "'")
	for (i = 1; i <= inst; i++) {
		c = type[i]
		leakage += leak[c] * leak_unit * CLOCKS * PERIOD * 1e-9 * 1e12
		n = split(pins[i], list, "\n")
		for (j = 1; j < n; j++) {
			split(list[j], pn, SUBSEP)
			if (!(toggles[pn[2]] > 0) || !tables[c, pn[1]]) continue
			e = toggles[pn[2]] * energy(c, pn[1], load[pn[2]]) * cap_unit * 1e12
			if (pn[2] == CLOCK) clock += e; else internal += e
		}
	}
	printf "switching %.6g\ninternal %.6g\nleakage %.6g\nclock %.6g\ncells %d\nnets %d\ntransitions %d\nsilent %d\nvolt %g\n", switching, internal, leakage, clock, inst, nets, sum_toggles, silent, volt
}
