# The C++ shim, the probes and so on are part of the program (cosim/embed.c takes their bytes with .incbin); only the dependency has to be told.
# SPDX-License-Identifier: Apache-2.0
$(BUILD)/obj/cosim/embed.o: $(wildcard cosim/*.cpp cosim/*.sv cosim/shim.h cosim/cover.h cosim/driver/*.h cosim/systemc/* cosim/icarus/* cosim/macro/*)
