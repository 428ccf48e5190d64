# Timing of cim_top: one clock, a third of the period outside at each port, reset asynchronous.
# Relies on the port names of cim_top and on a library whose time unit is the nanosecond.
# SPDX-License-Identifier: Apache-2.0

# bitline:begin numbers
set clk_period_ns 10.000
# bitline:end numbers
current_design cim_top
set io_delay_ns [expr {$clk_period_ns / 3.0}]
create_clock -name clk -period $clk_period_ns [get_ports clk_i]
# jitter and skew before a clock tree exists
set_clock_uncertainty [expr {0.02 * $clk_period_ns}] [get_clocks clk]
set_input_delay $io_delay_ns -clock clk [get_ports {s_axi_*_i s_axis_*_i m_axis_*_i}]
set_output_delay $io_delay_ns -clock clk [get_ports {s_axi_*_o s_axis_*_o m_axis_*_o irq_o}]
# asserted asynchronously; released by a synchroniser of the surrounding chip
set_false_path -from [get_ports rst_ni]
