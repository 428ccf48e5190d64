/* Boxes in bins of equal size by guillotine cuts: best fit by height, so boxes of one height stand side by side as shelves. Private to place/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_PACK_BOXES_H
#define PLACE_PACK_BOXES_H
#include <stdbool.h>
#include <stddef.h>

struct pack_box { int w, h; size_t ref; long bin; int row, col; }; /* ref: the caller's */

/* tall ones first, of one height wide ones first, of one size by ref */
void pack_boxes_sort(struct pack_box *box, size_t n);
/* Places sorted boxes, none larger than a bin, and returns how many bins that took; -1 where it would be more than `most`.
 * tight: what is beside the last shelf of a height keeps the height of the space that the shelf was cut from. */
long pack_boxes(int rows, int cols, bool tight, long most, struct pack_box *box, size_t n);

#endif
