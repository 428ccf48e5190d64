/* The analog macro as a hard macro: its ports, its outline and pins, its places in the core. One plan feeds LEF, Liberty, CDL, black box and placement.
 * Lengths are nanometres. docs/macro-handoff.md says what the files are.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_MACRO_SET_H
#define GEN_MACRO_SET_H
#include "gen/views.h"

enum macro_group { MACRO_ROWS, MACRO_COLUMNS, MACRO_READOUT, MACRO_CONTROL }; /* which side of the macro */
/* what the Liberty file says of an input; an output is clocked, and cmp_o follows the two last besides */
enum macro_timing { MACRO_CLOCK, MACRO_RESET, MACRO_SAMPLED, MACRO_TO_ALL, MACRO_TO_LANE };

struct macro_port {
	const char *name;
	int width;        /* 1: a scalar in every file, though the RTL may have [0:0] */
	bool output;
	enum macro_group group;
	enum macro_timing timing;
};
enum { MACRO_PORTS = 32 };
/* in the order of rtl-templates/macro/cim_macro.blackbox.sv */
void macro_ports(const struct cfg *c, struct macro_port port[MACRO_PORTS]);
int macro_refs(const struct cfg *c); /* comparators per lane */

struct macro_layer { const char *name; int pitch, offset, width, spacing; }; /* offset: of the first track */
struct macro_technology {
	const char *name;             /* of the configuration, and of the ORFS platform and LibreLane PDK that has it */
	struct macro_layer metal[4];  /* 1 and 3 horizontal, 2 and 4 vertical */
	int site, row;                /* width of a placement site, height of a row */
	int grid;                     /* manufacturing grid */
	int depth;                    /* length of a pin: reaches a crossing track, and the least area of the layer */
	const char *power, *ground;
	int millivolts;
	bool platform;                /* LibreLane and OpenROAD-flow-scripts know it */
};
extern const struct macro_technology macro_technologies[]; /* indexed by enum cfg_technology */

struct macro_pin { int port, bit; int metal; long x0, y0, x1, y1; };
struct macro_plan {
	const struct cfg *c;
	const struct macro_technology *t;
	struct macro_port port[MACRO_PORTS];
	struct macro_pin *pin;  /* port after port, bit 0 first */
	size_t n_pins;
	long width, height;
	int power_metal;
	int straps;             /* vertical, power and ground in turns, first power */
	/* the tiles of a core, row after row from the lower left corner */
	int across, down;
	long step_x, step_y, first_x, first_y;
};
void macro_plan(struct macro_plan *p, const struct cfg *c, enum cfg_technology technology);
void macro_plan_release(struct macro_plan *p);
void macro_strap(const struct macro_plan *p, int i, long *x0, long *x1);
/* Utilisation in percent and height over width with which the core holds all tiles, whatever else it holds. */
void macro_core(const struct macro_plan *p, int *percent, double *aspect);
void macro_place(const struct macro_plan *p, int tile, long *x, long *y);
/* Name of the instance of a tile; escaped: as databases print brackets. */
void macro_instance(int tile, bool escaped, struct buf *out);

/* LEF: outline, pins, supply straps, obstructions. */
void macro_lef(const struct emit *m, const struct macro_plan *p, struct buf *out);
/* Liberty: arcs of docs/macro.md with assumed numbers. */
void macro_lib(const struct emit *m, const struct macro_plan *p, struct buf *out);

/* enum cfg_technology for LibreLane and OpenROAD-flow-scripts: the configuration's, if they know it, else ihp-sg13g2. */
int macro_platform(const struct cfg *c);
enum { MACRO_DIR = 64 };
/* The set for a technology, in dir: "macro" for the configuration's, "macro/NAME" for another. Adds the files unless they are there. */
void macro_set(const struct emit *m, enum cfg_technology technology, struct gen_set *s, char dir[MACRO_DIR]);
/* Calls with the paths of a file list of the set (syn.f, macro/hard.f) as seen from its top, in order; returns how many. */
size_t macro_list(const struct gen_set *s, const char *list, void (*add)(void *ctx, const char *path), void *ctx);

#endif
