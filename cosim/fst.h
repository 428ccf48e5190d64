/* The signals that an FST waveform names: only its hierarchy is read, no values. Written by Verilator (LZ4) and Icarus (gzip); the format is GTKWave's.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_FST_H
#define COSIM_FST_H
#include "common/err.h"
#include <stddef.h>

struct fst_signal {
	char *scope; /* "top.cim_top.u_core" */
	char *name;  /* "pc", without its range */
	char *range; /* "[15:0]"; "": none was written */
	int width;   /* bits */
};

struct fst { struct fst_signal *signal; size_t n; };

/* the signals in file order; a file that is none, or cut off: ERR_ENV, since a simulator wrote it */
int fst_read(const char *path, struct fst *out, struct err *e);
void fst_release(struct fst *f);

#endif
