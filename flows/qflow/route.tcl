# qrouter: first pass, then rip up and reroute with a growing mask until every net has its wire.
# SPDX-License-Identifier: Apache-2.0
if {[info exists todo]} { # the nets that windows.py wants, shortest first; what a window does not reach soon waits for the next pass
	# power first: 'stage1 route' forgets its pins that fail, a step of stage1 does not
	if {[llength $power]} { priority {*}$power }
	foreach net $power { stage1 step }
	foreach net $todo { stage1 route $net }
	set failed [llength [failing]]
	set rounds {20 100 50 100}
	if {$last} { lappend rounds none 100 none 200 none 200 none 200 }
} else {
	set failed [stage1]
	set rounds {10 10 20 10 30 20 50 20 80 30 none 20 none 40 none 60 none 80 none 100}
}
puts "@ stage1 $failed"
set best $failed
set poor 0
foreach {mask effort} $rounds {
	if {$failed == 0 || $poor > 2} break
	set failed [stage2 mask $mask effort $effort]
	puts "@ stage2 $failed mask $mask effort $effort"
	if {$failed < $best} { set best $failed; set poor 0 } else { incr poor }
}
puts "@ failed $failed"
# it does not end on some nets of windows.py, which closes the slits between a net's vias itself
if {![info exists todo]} { cleanup all }
