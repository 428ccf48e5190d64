# VCD of one scope -> "COUNT NET" for every bit of every net: transitions between 0 and 1 while dumping is on. What $dumpon, $dumpall and $dumpvars say is no transition.
# SPDX-License-Identifier: Apache-2.0
function bits_of(range, into) { if (range == "") return 0; gsub(/[][]/, "", range); if (index(range, ":")) return split(range, into, ":"); into[1] = into[2] = range; return 2 }
$1 == "$var" {
	id = $4; name = $5; sub(/^\\/, "", name)
	if (id in width) { alias[id] = alias[id] "\n" name SUBSEP ($6 == "$end" ? "" : $6); next }
	width[id] = $3
	alias[id] = name SUBSEP ($6 == "$end" ? "" : $6)
	next
}
$1 == "$dumpon" || $1 == "$dumpall" || $1 == "$dumpvars" { set = 1; off = 0; next }
$1 == "$dumpoff" { off = 1; next }
$1 == "$end" { set = 0; next }
off || /^#/ || /^\$/ || NF == 0 { next }
{
	c = substr($0, 1, 1)
	if (c == "b") { id = $2; v = substr($1, 2); if (length(v) < width[id]) v = pad(v, width[id]) }
	else { id = substr($0, 2); v = c }
	if (!set) {
		if (width[id] == 1) { if (v != value[id] && v value[id] ~ /^[01][01]$/) count[id, 1]++; else if (v value[id] !~ /^[01][01]$/) unknown++ }
		else { old = value[id]; for (i = 1; i <= width[id]; i++) { a = substr(v, i, 1); b = substr(old, i, 1); if (a != b) { if (a b ~ /^[01][01]$/) count[id, i]++; else unknown++ } } }
	}
	value[id] = v
}
function pad(v, n, c) { c = substr(v, 1, 1); if (c == "1") c = "0"; while (length(v) < n) v = c v; return v }
END {
	for (id in width) {
		n = split(alias[id], list, "\n")
		for (k = 1; k <= n; k++) {
			split(list[k], nr, SUBSEP)
			if (nr[2] == "") { print count[id, 1] + 0, nr[1]; continue }
			bits_of(nr[2], hl)
			for (i = 1; i <= width[id]; i++) print count[id, i] + 0, nr[1] "[" hl[1] - i + 1 "]"
		}
	}
	if (unknown) print unknown >UNKNOWN
}
