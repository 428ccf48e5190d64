/* The fault file and the bad-column file: docs/faults.md sections 4 and 5. One strict reader, which bitline cosim, bitline map and the golden machine share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_FAULTS_H
#define GOLDEN_FAULTS_H
#include "golden/machine.h"

enum gf_kind { GF_CELL, GF_COMPARATOR };

struct gf_fault {
	enum gf_kind kind;
	int tile;
	int at;     /* cell: row; comparator: lane */
	int index;  /* cell: column of the array, spare ones too; comparator: 1..gm_refs */
	int value;  /* cell: 0 .. 2^cell_bits - 1; comparator: 0, 1 */
	int line;   /* of the file */
};
struct gf_faults { struct gf_fault *fault; size_t n; };

struct gf_column { int tile, column, line; }; /* column: 0..cols - 1, single columns as LOAD fills them */
struct gf_columns { struct gf_column *column; size_t n; };

/* Ordered as in the file. ERR_INPUT with file and line: what is no line of this file, a number outside its range, a fault that is named twice. */
int gf_read(const struct gm_hw *hw, const char *path, struct gf_faults *f, struct err *e);
void gf_release(struct gf_faults *f);
int gf_read_columns(const struct gm_hw *hw, const char *path, struct gf_columns *c, struct err *e);
/* the columns of the cells, without those of spare positions: nothing repairs them */
void gf_columns_of(const struct gm_hw *hw, const struct gf_faults *f, struct gf_columns *c);
void gf_columns_release(struct gf_columns *c);

#endif
