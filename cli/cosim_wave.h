/* What goes beside a waveform: which signals to look at, in groups by unit, for GTKWave (FILE.gtkw) and Surfer (FILE.sucl). docs/waves.md.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_WAVE_H
#define CLI_COSIM_WAVE_H
#include "common/err.h"
#include <stdint.h>

/* ticks of the waveform per clock; the edge is in the middle */
enum { WAVE_TICKS = 10, WAVE_EDGE = 5 };

/* path of the waveform, which is finished; beside it, its ending replaced. marker: clock that is marked, below 0: none */
int wave_save(const char *path, int64_t marker, struct err *e);
/* FILE.fst -> FILE.gtkw, FILE.sucl; a new string */
char *wave_beside(const char *path, const char *ending);

#endif
