/* The parts of an occupancy picture. Private to report/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_OCCUPANCY_PARTS_H
#define REPORT_OCCUPANCY_PARTS_H
#include "report/occupancy.h"
#include <stdint.h>

enum { OCCUPANCY_COLOURS = 8, OCCUPANCY_SHADES = 3 };
#define OCCUPANCY_PADDING "#dedede"

/* "#rrggbb" of a kind; the second stage is a tint, neighbouring blocks have neighbouring shades 0..OCCUPANCY_SHADES - 1 */
void occupancy_colour(int kind, int stage, int shade, char hex[8]);

/* the real part of a piece: its first n_in inputs and n_out outputs; both 0 when it is padding altogether */
struct occupancy_real { int n_in, n_out; };
struct occupancy_real occupancy_real(const struct place_block *b, const struct place_piece *p);

/* Shapes that many pieces share (combs of a strided diagonal): drawn once into <defs>, then used */
struct occupancy_shapes { struct occupancy_shape { int rows, row_stride, cols, col_stride; } *shape; size_t n; struct buf defs; };
/* draws rows x cols cells, the first at (col, row), in units of cells; `attributes` as in svg.h */
void occupancy_cells(struct occupancy_shapes *s, struct buf *out, const struct occupancy_shape *shape, int row, int col, const char *attributes);

/* number of images per bin of 5 per cent of utilisation, 100 per cent in the last */
enum { OCCUPANCY_BINS = 20 };
void occupancy_histogram(struct buf *out, double x, double y, const uint64_t count[OCCUPANCY_BINS], double mean);
enum { OCCUPANCY_HISTOGRAM_H = 250 };

#endif
