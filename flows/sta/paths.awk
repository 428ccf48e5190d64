# Log of sta.tcl -> paths as JSON in the file PATHS, and on standard output one line for each class of paths: CHECK CLASS SLACK STARTPOINT ENDPOINT
# A path from a register to a reset pin, which OpenSTA puts into the group async_default of any class, is recovery or removal of class stop.
# Fields of a point: pin, cell, edge (rise, fall), delay and time in ns; net: what it drives, the name of a register if it is one.
# SPDX-License-Identifier: Apache-2.0
function quote(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\"" }
function finish() {
	if (start == "") return
	if (slack == "" || points == "") { print "paths.awk: a path without points or slack before line " NR >"/dev/stderr"; bad = 1; exit }
	if (asynchronous && class != "reset") { c = check == "setup" ? "recovery" : "removal"; k = "stop" } else { c = check; k = class }
	if (!((c, k) in worst)) { worst[c, k] = slack; print c, k, slack, (start_net != "" ? start_net : start), stop_pin }
	printf "%s\n    {\"check\": \"%s\", \"class\": \"%s\", \"slack_ns\": %s, \"startpoint\": %s, \"register\": %s, \"endpoint\": %s, \"points\": [%s]}", (n++ ? "," : ""), \
		c, k, slack, quote(start), quote(start_net), quote(stop_pin), points >PATHS
	start = slack = points = start_net = stop_pin = ""; np = asynchronous = 0
}
BEGIN { printf "[" >PATHS }
$1 == "@" && $2 == "paths" { finish(); check = $3; class = $4; live = 1; next }
$1 == "@" { finish(); live = 0; next }
!live { next }
$1 == "Path" && $2 == "Group:" { asynchronous = $3 ~ /async_default/ }
$1 == "Startpoint:" { finish(); start = $2; arrived = 0 }
$NF == "time" && /data arrival time/ { arrived = 1 }
# [fanout] delay time edge pin (cell)
!arrived && start != "" && NF >= 5 && $(NF - 2) ~ /^[\^v]$/ && $NF ~ /^\(.*\)$/ {
	stop_pin = $(NF - 1)
	cell = $NF; gsub(/[()]/, "", cell)
	points = points (np++ ? ", " : "") "{\"pin\": " quote(stop_pin) ", \"cell\": " quote(cell) ", \"edge\": \"" ($(NF - 2) == "^" ? "rise" : "fall") "\", \"delay_ns\": " $(NF - 4) ", \"time_ns\": " $(NF - 3) "}"
	next
}
# the net that the point above drives
!arrived && start != "" && $NF == "(net)" && np {
	sub(/}$/, ", \"net\": " quote($(NF - 1)) "}", points)
	if (start_net == "") start_net = $(NF - 1)
}
$NF ~ /^\((MET|VIOLATED)\)$/ && $(NF - 1) == "slack" { slack = $1 }
END { if (bad) exit 1; finish(); printf "%s]", (n ? "\n  " : "") >PATHS }
