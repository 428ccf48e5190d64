# The C++ shim and the probes are part of the program (cosim/embed.c takes their bytes with .incbin); only the dependency has to be told.
# SPDX-License-Identifier: Apache-2.0
$(BUILD)/obj/cosim/embed.o: cosim/shim.cpp cosim/shim.h cosim/probe_tile.sv cosim/probe_core.sv
