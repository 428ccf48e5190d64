/* The register map of one configuration: gen/regs.def with its reset values worked out. Every document about registers is made from this.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_REGTABLE_H
#define GEN_REGTABLE_H
#include "common/buf.h"
#include "common/cfg.h"
#include <stdint.h>

enum { REG_ADDR_BITS = 22, REG_BYTES = 4, REG_SPACE = 0x100 }; /* address bits of the core; bytes of a register; bytes of page 0 that hold single registers */

/* of a field: gen/regs.def says what they mean */
enum reg_access { REG_RO, REG_RV, REG_RW, REG_WO, REG_W1C, REG_W1S, REG_W1P };

struct reg_value { const char *name; uint32_t value; const char *meaning; };

struct reg_field {
	const char *name;          /* "": the register is one number */
	int lsb, width;
	enum reg_access access;
	uint32_t reset[8];         /* of element i of an array; [0] of anything else, and of longer arrays */
	const char *meaning;       /* "": the list of its values */
	struct reg_value value[16];
	int n_values;
};

enum reg_kind { REG_SINGLE, REG_ARRAY, REG_WINDOW };

struct reg {
	const char *name;
	enum reg_kind kind;
	unsigned offset, stride, step; /* bytes; step: between the words of a window's entry */
	int count;                     /* an array's, in any configuration */
	int entries;                   /* of this configuration; 0: it does not exist */
	bool memory;                   /* a window or a long array: it has pages of its own */
	const char *access, *meaning;
	int group;                     /* index of the group it lies in, or -1 */
	struct reg_field field[8];
	int n_fields;
	struct reg_value constant[16];  /* for software */
	int n_constants;
};

/* arrays that lie between each other: element i of all of them is one entry */
struct reg_group { const char *name; unsigned offset, stride; int count; const char *meaning; };

struct regtable { struct reg reg[64]; int n; struct reg_group group[4]; int n_groups; };

/* In the order of gen/regs.def. */
struct regtable *regtable_new(const struct cfg *c);
void regtable_free(struct regtable *t);
/* Indices of the registers by address, those that do not exist left out; returns how many. */
int regtable_sorted(const struct regtable *t, int order[64]);
/* What register element i reads as after reset. */
uint32_t reg_reset(const struct reg *r, int i);
/* bytes from its offset to behind its last entry */
unsigned reg_bytes(const struct reg *r);
/* its words change without a write */
bool reg_volatile(const struct reg *r);
/* 32-bit words per entry: 1 but for a window */
int reg_words(const struct reg *r);
bool reg_field_readable(const struct reg_field *f);
bool reg_field_writable(const struct reg_field *f);
bool reg_field_volatile(const struct reg_field *f);
/* "rows", or "0 local, 1 immersed" */
void reg_field_meaning(const struct reg_field *f, struct buf *out);
/* "RO", "RW", ...: for people */
const char *reg_access_name(enum reg_access a);
const char *reg_access_meaning(enum reg_access a);

#endif
