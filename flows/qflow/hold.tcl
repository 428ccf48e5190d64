# End points that a data signal reaches too early after layout: "@ PIN SLACK". The constraints are those of flow-sta.
# Environment: LIBS NETLIST TOP SDC SPEF DRIVE LOAD
# SPDX-License-Identifier: Apache-2.0
foreach lib $env(LIBS) { read_liberty $lib }
read_verilog $env(NETLIST)
link_design $env(TOP)
read_sdc $env(SDC)
read_spef $env(SPEF)
set_propagated_clock [all_clocks]
set_driving_cell -lib_cell $env(DRIVE) [all_inputs]
set_load $env(LOAD) [all_outputs]
foreach end [find_timing_paths -path_delay min -group_count 100000 -endpoint_count 1] {
	set slack [get_property $end slack]
	if {$slack >= 0.02} continue
	puts "@ [get_full_name [get_property $end endpoint]] $slack"
}
puts "@ done"
