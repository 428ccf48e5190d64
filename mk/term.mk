# The names of a waveform are read from its compressed hierarchy (cosim/fst.c).
# SPDX-License-Identifier: Apache-2.0
LDLIBS_ALL += -lz
