# qrouter: first pass, then rip up and reroute with a growing mask until every net has its wire.
# SPDX-License-Identifier: Apache-2.0
set failed [stage1]
puts "@ stage1 $failed"
set best $failed
set poor 0
foreach {mask effort} {10 10 20 10 30 20 50 20 80 30 none 20 none 40 none 60 none 80 none 100} {
	if {$failed == 0 || $poor > 2} break
	set failed [stage2 mask $mask effort $effort]
	puts "@ stage2 $failed mask $mask effort $effort"
	if {$failed < $best} { set best $failed; set poor 0 } else { incr poor }
}
puts "@ failed $failed"
cleanup all
