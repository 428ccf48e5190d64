# Timing of cim_top: one clock, both edges of a budget at every port, no exceptions. Reads for its blocks too: no name but clk_i occurs.
# Relies on a library whose time unit is the nanosecond. Every time is a share of the clock period. Cells in front of inputs and loads behind outputs are the flow's.
# SPDX-License-Identifier: Apache-2.0

# bitline:begin numbers
set clk_period_ns 10.000
# bitline:end numbers
# Setup: jitter, and skew before a clock tree exists. Hold: the jitter of one edge moves both flip-flops alike.
set setup_uncertainty_ns [expr {$clk_period_ns / 50.0}]
set hold_uncertainty_ns [expr {$clk_period_ns / 400.0}]
# A third of the period belongs to what is outside a port. Nothing outside changes earlier than io_hold_ns after the edge, nothing outside needs a value beyond the edge.
set io_delay_ns [expr {$clk_period_ns / 3.0}]
set io_hold_ns [expr {$clk_period_ns / 50.0}]

set clk_port [get_ports clk_i]
create_clock -name clk -period $clk_period_ns $clk_port
set_clock_uncertainty -setup $setup_uncertainty_ns [get_clocks clk]
set_clock_uncertainty -hold $hold_uncertainty_ns [get_clocks clk]
# rst_ni is one of them: it falls whenever it likes, but a synchroniser of the surrounding chip releases it, and recovery and removal are checked against that edge.
set timed_inputs [lsearch -inline -all -not -exact [all_inputs] $clk_port]
set_input_delay -max $io_delay_ns -clock clk $timed_inputs
set_input_delay -min $io_hold_ns -clock clk $timed_inputs
set_output_delay -max $io_delay_ns -clock clk [all_outputs]
set_output_delay -min 0 -clock clk [all_outputs]
