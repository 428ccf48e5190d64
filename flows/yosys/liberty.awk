# What the other awk scripts here want of Liberty files and of netlists that Yosys wrote, one pin in a line. Used as
#   awk -f liberty.awk -f WHAT.awk stage=lib L.lib [M.lib] stage=... netlist.v
# Of the libraries: area[CELL], output[CELL, PIN], clock[CELL, PIN], flop[CELL].
# SPDX-License-Identifier: Apache-2.0
function group(s) { sub(/^[^(]*\(/, "", s); sub(/\).*/, "", s); gsub(/[" \t]/, "", s); return s }
function value(s) { sub(/^[^:]*:/, "", s); gsub(/[" \t;]/, "", s); return s }
stage == "lib" && /^[ \t]*cell[ \t]*\(/ { lib_cell = group($0); lib_pin = "" }
stage == "lib" && /^[ \t]*(pin|bus)[ \t]*\(/ { lib_pin = group($0) }
stage == "lib" && /^[ \t]*ff[ \t]*\(/ { flop[lib_cell] = 1 }
stage == "lib" && /^[ \t]*area[ \t]*:/ && lib_pin == "" { area[lib_cell] = value($0) }
stage == "lib" && /^[ \t]*direction[ \t]*:/ && value($0) == "output" { output[lib_cell, lib_pin] = 1 }
stage == "lib" && /^[ \t]*clock[ \t]*:/ && value($0) == "true" { clock[lib_cell, lib_pin] = 1 }
stage == "lib" { next }

# "  CELL NAME (": cell and instance of the pins that follow
/^  [A-Za-z_\\][^ ]* .* \($/ { cell = $1; instance = $2 }
# "    .PIN(NET)," sets pin, net; 0: no such line, or the pin is open, constant, or more than one net
function split_pin() {
	if (!match($0, /^    \.[A-Za-z_][A-Za-z0-9_]*\(/))
		return 0
	pin = substr($0, 6, RLENGTH - 6)
	net = substr($0, RLENGTH + 1)
	sub(/\),?$/, "", net)
	return net != "" && net !~ /^[{]/ && net !~ /^[0-9]+'/
}
