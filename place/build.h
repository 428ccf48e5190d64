/* Growing a placement, and what the placements share. Private to place/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_BUILD_H
#define PLACE_BUILD_H
#include "place/place.h"

/* the newest image gets the steps, the newest step the pieces that follow */
void build_image(struct placement *p, long array, int turn);
void build_step(struct placement *p, struct place_step s);   /* image, piece, n_pieces are filled in */
void build_piece(struct placement *p, struct place_piece x);
/* array and turn of the i-th image when images are dealt to g->arrays arrays in turn; g->arrays 0: array i, turn 0 */
void build_dealt_image(struct placement *p, const struct place_geometry *g, long i);

/* one per placement; the public place_make (place.c) checks the sizes first and counts cells and arrays afterwards */
int place_linear(const struct place_geometry *g, const struct place_block *b, size_t n, struct placement *out, struct err *e);
int place_sparse(const struct place_geometry *g, const struct place_block *b, size_t n, struct placement *out, struct err *e);
int place_dense(const struct place_geometry *g, const struct place_block *b, size_t n, struct placement *out, struct err *e);
int place_strided(const struct place_geometry *g, bool keep_columns, const struct place_block *b, size_t n, struct placement *out, struct err *e);
int place_shelves(const struct place_geometry *g, bool row_cuts, const struct place_block *b, size_t n, struct placement *out, struct err *e);      /* area, conversions */
int place_spread(const struct place_geometry *g, enum place_mode mode, bool keep_columns, const struct place_block *b, size_t n, struct placement *out, struct err *e);   /* latency; any mode with keep_columns */

#endif
