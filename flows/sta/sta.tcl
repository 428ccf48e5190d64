# Reads the design and its constraints into OpenSTA and says what run.sh asks for. Lines that begin with "@" are for run.sh and paths.awk.
# Environment: LIBS NETLIST TOP SDC DRIVE LOAD SPEF SDF (both may be empty) COUNT: paths of each class, 0: the worst slack alone.
# SPDX-License-Identifier: Apache-2.0
foreach lib $env(LIBS) { read_liberty $lib }
read_verilog $env(NETLIST)
link_design $env(TOP)
read_sdc $env(SDC)

# Before layout the clock has no tree: ideal, so no cell in front of it. Parasitics bring the tree along.
set reset [get_ports -quiet rst_ni]
set data_inputs $timed_inputs
foreach port $reset { set data_inputs [lsearch -inline -all -not -exact $data_inputs $port] }
set driven $timed_inputs
if {$env(SPEF) ne ""} {
	read_spef $env(SPEF)
	set_propagated_clock [all_clocks]
	set driven [all_inputs]
}
if {[llength $driven]} { set_driving_cell -lib_cell $env(DRIVE) $driven }
set_load $env(LOAD) [all_outputs]

proc slack {minmax} {
	set slack [worst_slack -$minmax]
	if {abs($slack) > 1e20} { return none }
	return [format %.4f $slack]
}
puts "@ slack setup [slack max]"
puts "@ slack hold [slack min]"
if {$env(COUNT) > 0} {
	puts "@ share setup_uncertainty [expr {$setup_uncertainty_ns / $clk_period_ns}]"
	puts "@ share io_delay [expr {$io_delay_ns / $clk_period_ns}]"

	# An endpoint that is tied to a constant has no path; every other complaint counts.
	with_output_to_variable setup { check_setup -verbose }
	set top [::sta::top_instance]
	foreach line [split $setup "\n"] {
		set line [string trim $line]
		if {$line eq "" || [regexp {^Warning: There (is|are) [0-9]+ unconstrained endpoints?\.$} $line]} continue
		set pin [$top find_pin $line]
		if {$pin eq "NULL"} { set pin [lindex [get_pins -quiet $line] 0] }
		if {$pin ne "" && [lsearch {0 1} [::sta::pin_sim_logic_value $pin]] >= 0} continue
		puts "@ unconstrained $line"
	}

	# not all_registers: it leaves macros out
	set clocks {}
	foreach pin [::sta::startpoints] { if {![$pin is_top_level_port]} { lappend clocks $pin } }
	set data {}
	foreach pin [::sta::endpoints] { if {![$pin is_top_level_port]} { lappend data $pin } }
	set outputs [all_outputs]
	# class, what it begins at, what it ends at
	set classes {}
	if {[llength $clocks] && [llength $data]} { lappend classes reg $clocks $data }
	if {[llength $data_inputs] && [llength $data]} { lappend classes in $data_inputs $data }
	if {[llength $clocks] && [llength $outputs]} { lappend classes out $clocks $outputs }
	if {[llength $data_inputs] && [llength $outputs]} { lappend classes through $data_inputs $outputs }
	foreach {check minmax} {setup max hold min} {
		foreach {class from to} $classes {
			puts "@ paths $check $class"
			report_checks -path_delay $minmax -from $from -to $to -format full -fields {net} -digits 4 -group_count $env(COUNT)
		}
	}
	if {[llength $reset]} {
		puts "@ paths recovery reset"
		report_checks -path_delay max -from $reset -format full -fields {net} -digits 4 -group_count $env(COUNT)
		puts "@ paths removal reset"
		report_checks -path_delay min -from $reset -format full -fields {net} -digits 4 -group_count $env(COUNT)
	}
	puts "@ end"
}
if {$env(SDF) ne ""} { write_sdf -divider . $env(SDF) }
puts "@ done"
