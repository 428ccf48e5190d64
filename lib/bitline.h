/* libbitline: the golden model of bitline. What a compute-in-memory array with its converters must give, bit for bit, to hold your hardware, your compiler or
 * your simulator against. Plain C11, usable from C++. The rules that it computes by are docs/numerics.md (integers, converters), docs/isa.md (programs, clocks)
 * and docs/network.md (neighbouring arrays as references); "Source:" below names the section.
 *
 * Every comment has four lines.
 *   Shapes: of arrays; the last index is the fastest, [out][in] is out rows of in numbers.
 *   Units:  a *count* is driven rows times cell values of one column; a *level* and a *threshold* are counts on a grid of 2^BL_GRID_BITS per count; a *code*
 *           is what a converter gives; a *clock* is one of the configuration's clk_period_ps.
 *   Errors: what fails, and how the caller sees it.
 *   Source: the page and section that defines the result.
 *
 * Errors. A function that can fail takes a struct bl_error (NULL: the text is not wanted), returns NULL or -1 and fills it in; where it succeeds the struct is left
 * alone. Nothing is printed and the process is never ended, with two exceptions: memory that runs out (bl_on_no_memory), and a broken invariant of the library
 * itself, which prints one line that begins with BUG and aborts.
 * Memory. A constructor copies all it is given, so anything may be freed in any order; only a decoder needs its model as long as it lives. Every *_free takes NULL.
 * Pointers that a function returns into an object are valid until the object is freed or, where it says so, until the next call.
 * Threads. Different objects may be used by different threads at once; one object by one thread at a time, except configurations, tables, trees and models, which
 * nothing changes after they are made. No global state but the handler of bl_on_no_memory and libxml2's own; libxml2's and jansson's allocators are left alone.
 * Versions. docs/library.md section 5 says what is stable.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BITLINE_H
#define BITLINE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define BL_API __attribute__((visibility("default")))
#else
#define BL_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ==== version and errors ==== */

enum bl_status { BL_OK = 0, BL_INPUT = 2 /* what was handed in is wrong */, BL_ENVIRONMENT = 3 /* a file cannot be written, memory of libxml2 */ };

struct bl_error {
	int code;        /* enum bl_status */
	char text[1024]; /* one line: place, value, what is legal, how to mend it */
};

/* The version of the library that is linked, "0.1.0".
 *   Shapes: none
 *   Units:  none
 *   Errors: none
 *   Source: docs/library.md section 5 */
BL_API const char *bl_version(void);

/* What is called when memory runs out, with the bytes that were asked for; NULL, as at the start: one line on stderr, then abort(). The handler may end the process or
 * leave by longjmp(), which loses what the call held and leaves its objects fit for nothing, not even *_free; if it returns, abort() follows. To be set before threads are.
 *   Shapes: none
 *   Units:  bytes
 *   Errors: none
 *   Source: docs/library.md section 4 */
BL_API void bl_on_no_memory(void (*handler)(size_t bytes));

/* Frees what bl_program_read and bl_stream_read allocated.
 *   Shapes: none
 *   Units:  none
 *   Errors: none; NULL is legal
 *   Source: docs/library.md section 4 */
BL_API void bl_free(void *memory);

/* ==== configuration ==== */

struct bl_config;

/* Reads a configuration, applies overrides in order, checks it against the schema that is built in, completes defaults, checks across fields.
 *   Shapes: overrides[n], each "key=value" as "array.rows=33"; NULL when n is 0
 *   Units:  as each field's in the document
 *   Errors: NULL; BL_INPUT with file and line, or the override, the value and what is legal; so are configurations without weight bits (weight code "cell")
 *   Source: docs/configuration.md */
BL_API struct bl_config *bl_config_load(const char *path, const char *const *overrides, size_t n, struct bl_error *e);

/* Frees a configuration.
 *   Shapes: none
 *   Units:  none
 *   Errors: none; NULL is legal
 *   Source: docs/library.md section 4 */
BL_API void bl_config_free(struct bl_config *c);

enum bl_number {
	BL_ROWS, BL_COLUMNS,      /* of an array */
	BL_TILES,                 /* arrays of a core */
	BL_CONVERTERS,            /* per array; column c is read by converter c mod BL_CONVERTERS */
	BL_BITS,                  /* of a converter, its widest resolution */
	BL_GRID_BITS,             /* a level or threshold is in 2^-BL_GRID_BITS counts */
	BL_SETS,                  /* threshold sets */
	BL_SPARES,                /* spare positions of an array */
	BL_INPUT_LEAST, BL_INPUT_MOST,   /* codes that an input may have */
	BL_WEIGHT_LEAST, BL_WEIGHT_MOST, /* codes that a weight may have */
	BL_PLANES,                /* bit planes of an input */
	BL_SLICES                 /* columns of a weight */
};

/* One number of a configuration.
 *   Shapes: none
 *   Units:  of enum bl_number
 *   Errors: -1 with BL_INPUT: what is no value of the enumeration (BL_INPUT_LEAST and BL_WEIGHT_LEAST may be -1 without an error)
 *   Source: docs/configuration.md; codes, planes and slices: docs/numerics.md section 1 */
BL_API int bl_config_number(const struct bl_config *c, enum bl_number what, struct bl_error *e);

/* The hash that a core of this configuration has in its HASH registers: SHA-256 of the resolved configuration, in hexadecimal.
 *   Shapes: hex[65], 64 digits and a NUL
 *   Units:  none
 *   Errors: none
 *   Source: docs/isa.md section 4 */
BL_API void bl_config_hash(const struct bl_config *c, char hex[65]);

/* ==== numbers ==== */

/* Quantises one vector of activations, symmetric, one scale.
 *   Shapes: x[n], q[n]
 *   Units:  q in input codes; x[i] is about q[i] * returned scale
 *   Errors: none; a NaN becomes 0, an all-zero vector has scale 1; n < 1 gives scale 1 and writes nothing
 *   Source: docs/numerics.md section 2 */
BL_API float bl_quantise_input(const struct bl_config *c, const float *x, int n, int8_t *q);

/* Quantises a matrix of weights, symmetric, one scale per row.
 *   Shapes: w[out][in], q[out][in], scale[out]
 *   Units:  q in weight codes; w[o][i] is about q[o][i] * scale[o]
 *   Errors: -1 with BL_INPUT: a weight that is not finite, by row and column; out or in below 1
 *   Source: docs/numerics.md section 2 */
BL_API int bl_quantise_weights(const struct bl_config *c, const float *w, int out, int in, int8_t *q, float *scale, struct bl_error *e);

/* What every real factor of a layer is multiplied with: 2^bits / samples of stochastic converters, else 1.
 *   Shapes: none
 *   Units:  a ratio
 *   Errors: none
 *   Source: docs/numerics.md section 4, stochastic draws */
BL_API double bl_scale(const struct bl_config *c);

/* A real factor as the requantiser's multiplier and shift: factor is about M / 2^s.
 *   Shapes: one M, one s
 *   Units:  M 16 bits unsigned, s 1..47
 *   Errors: -1 with BL_INPUT: a factor below 0, NaN, or from 32767.75 on
 *   Source: docs/numerics.md section 6 */
BL_API int bl_factor(double factor, uint32_t *M, int *s, struct bl_error *e);

/* The requantiser: floor((acc * M + 2^(s-1)) / 2^s), held within the input codes that a quantiser gives.
 *   Shapes: none
 *   Units:  acc in accumulator units, the result in input codes
 *   Errors: none; of M and s the low 16 and 6 bits count, as in hardware; s = 0 and s above 47 have no meaning
 *   Source: docs/numerics.md section 6 */
BL_API int bl_requantise(const struct bl_config *c, int32_t acc, uint32_t M, int s);

/* ==== thresholds ==== */

struct bl_tables; /* one table per tile, converter and set */

/* The tables of a configuration: ideal ones, with the errors that its `nonideal` describes, drawn from its seed; with immersed references those of the lines.
 *   Shapes: [BL_TILES][BL_CONVERTERS][BL_SETS][1 << BL_BITS]
 *   Units:  levels
 *   Errors: none but memory
 *   Source: docs/numerics.md sections 4 and 10, docs/network.md section 5 */
BL_API struct bl_tables *bl_tables_make(const struct bl_config *c);

/* Tables of a threshold file, as of a measured chip or from bl_tables_write.
 *   Shapes: as bl_tables_make, one line of six hexadecimal digits per entry
 *   Units:  levels, 24 bits two's complement
 *   Errors: NULL with BL_INPUT: file and line, what stands there, what is legal; the number of lines must fit the configuration;
 *           a digital array, which has no thresholds to replace
 *   Source: docs/macro.md, threshold file */
BL_API struct bl_tables *bl_tables_read(const struct bl_config *c, const char *path, struct bl_error *e);

/* Tables out of memory.
 *   Shapes: T[BL_TILES][BL_CONVERTERS][BL_SETS][1 << BL_BITS]; entry 0 of a table is not looked at
 *   Units:  levels
 *   Errors: NULL with BL_INPUT: an entry beyond 24 bits, by tile, converter, set and index; a digital array
 *   Source: docs/numerics.md section 4 */
BL_API struct bl_tables *bl_tables_take(const struct bl_config *c, const int32_t *T, struct bl_error *e);

/* One table. Valid until bl_tables_free.
 *   Shapes: returns T[1 << BL_BITS], T[0] = 0 unused
 *   Units:  levels: the comparator of threshold k says L >= T[k]
 *   Errors: NULL with BL_INPUT: a tile, converter or set that the configuration does not have
 *   Source: docs/numerics.md section 4 */
BL_API const int32_t *bl_tables_at(const struct bl_tables *t, int tile, int converter, int set, struct bl_error *e);

/* Writes a threshold file, which `bitline cosim --thresholds` and the macro's view read.
 *   Shapes: as bl_tables_read
 *   Units:  as bl_tables_read
 *   Errors: -1 with BL_ENVIRONMENT: the file cannot be written; what was there stays
 *   Source: docs/macro.md, threshold file */
BL_API int bl_tables_write(const struct bl_tables *t, const char *path, struct bl_error *e);

/* Frees tables.
 *   Shapes: none
 *   Units:  none
 *   Errors: none; NULL is legal
 *   Source: docs/library.md section 4 */
BL_API void bl_tables_free(struct bl_tables *t);

/* ==== search trees, of readout.search "asymmetric" ==== */

struct bl_tree;

/* The search tree with the fewest steps on average over codes, no deeper than readout.depth.
 *   Shapes: weight[1 << BL_BITS], how often each code occurs; NULL: all alike
 *   Units:  occurrences
 *   Errors: NULL with BL_INPUT: the configuration's search is not asymmetric; a depth that cannot tell all codes apart
 *   Source: docs/numerics.md section 4, asymmetric search; Knuth, Acta Informatica 1 (1971) */
BL_API struct bl_tree *bl_tree_build(const struct bl_config *c, const uint64_t *weight, struct bl_error *e);

/* The tree of a file that `bitline adc` wrote.
 *   Shapes: nodes 1 .. (1 << BL_BITS) - 1
 *   Units:  none
 *   Errors: NULL with BL_INPUT: no such JSON, no search tree (the node is named), another number of bits, a search that is not asymmetric
 *   Source: docs/numerics.md section 4, asymmetric search */
BL_API struct bl_tree *bl_tree_read(const struct bl_config *c, const char *path, struct bl_error *e);

/* Frees a tree.
 *   Shapes: none
 *   Units:  none
 *   Errors: none; NULL is legal
 *   Source: docs/library.md section 4 */
BL_API void bl_tree_free(struct bl_tree *t);

/* ==== one converter ==== */

struct bl_converter;

struct bl_conversion {
	int code;
	int value;     /* counts: low + code * lsb */
	int steps;     /* compare cycles */
	int decisions; /* answers of comparators */
	int clocks;    /* 1 to sample and the compare cycles; waiting for an immersed reference not counted */
};

/* One converter of a core as it stands at the start of a program: the random register of a stochastic one, and the count of conversions that noise is drawn from.
 *   Shapes: none
 *   Units:  none
 *   Errors: NULL with BL_INPUT: tables or a tree of another configuration's size; a tile, converter or set that the configuration does not have
 *   Source: docs/numerics.md sections 4 and 11. tables NULL: those of bl_tables_make; tree NULL: the binary search */
BL_API struct bl_converter *bl_converter_new(const struct bl_config *c, const struct bl_tables *tables, const struct bl_tree *tree, int tile, int converter, int set, struct bl_error *e);

/* One conversion. The configuration's noise is added to the level; the next conversion of a stochastic or noisy converter goes on from this one.
 *   Shapes: one conversion
 *   Units:  level as in bl_tables_at; bits 1..BL_BITS, those of the activation (bl_resolution); the result as struct bl_conversion says
 *   Errors: -1 with BL_INPUT: bits out of range, or not BL_BITS where the search is asymmetric; a level beyond 24 bits
 *   Source: docs/numerics.md sections 3, 4, 11; clocks: section 9 */
BL_API int bl_convert(struct bl_converter *v, int bits, int32_t level, struct bl_conversion *out, struct bl_error *e);

/* Frees a converter.
 *   Shapes: none
 *   Units:  none
 *   Errors: none; NULL is legal
 *   Source: docs/library.md section 4 */
BL_API void bl_converter_free(struct bl_converter *v);

/* The resolution that an activation of so many rows uses: enough for every count where readout.resolution is fit, else all of the converter.
 *   Shapes: none
 *   Units:  rows: driven rows that hold weights, at least 1; the result in bits
 *   Errors: -1 with BL_INPUT: rows outside 1..BL_ROWS
 *   Source: docs/numerics.md section 4, resolution of an activation */
BL_API int bl_resolution(const struct bl_config *c, int rows, struct bl_error *e);

/* ==== a layer: integer weights and inputs -> outputs through the read-out; no program, no placement ==== */

struct bl_layer;

/* The plain integer product, without converters: what a lossless read-out must equal.
 *   Shapes: w[out][in], x[in], y[out]
 *   Units:  y in products of weight and input codes, 32 bits
 *   Errors: none; the caller keeps sums within 32 bits
 *   Source: docs/numerics.md section 5 */
BL_API void bl_matmul(const int8_t *w, const int8_t *x, int out, int in, int32_t *y);

/* A matrix in arrays, by the canonical partition: inputs in groups of BL_ROWS, outputs from column 0, converters of tile 0 and set 0.
 *   Shapes: w[out][in], out and in at least 1
 *   Units:  w in weight codes
 *   Errors: NULL with BL_INPUT: a weight outside its code, by row and column; an accumulator that could overflow; tables or a tree of another configuration's size
 *   Source: docs/numerics.md sections 1, 5 and 8. tables NULL: those of bl_tables_make; tree NULL: the binary search */
BL_API struct bl_layer *bl_layer_new(const struct bl_config *c, const struct bl_tables *tables, const struct bl_tree *tree, const int8_t *w, int out, int in, struct bl_error *e);

/* One vector through the layer. Stochastic and noisy converters go on from vector to vector.
 *   Shapes: x[in], y[out]
 *   Units:  x in input codes; y in accumulator units: with a lossless read-out the product of bl_matmul
 *   Errors: -1 with BL_INPUT: an input outside its code, by index; y is left alone
 *   Source: docs/numerics.md sections 3, 4, 5 and 8 */
BL_API int bl_layer_run(struct bl_layer *l, const int8_t *x, int32_t *y, struct bl_error *e);

/* Does every count keep its value, so that outputs equal bl_matmul's.
 *   Shapes: none
 *   Units:  none
 *   Errors: none
 *   Source: docs/numerics.md section 4, lossless */
BL_API bool bl_layer_lossless(const struct bl_layer *l);

/* Frees a layer.
 *   Shapes: none
 *   Units:  none
 *   Errors: none; NULL is legal
 *   Source: docs/library.md section 4 */
BL_API void bl_layer_free(struct bl_layer *l);

/* ==== the golden machine: program image + stream -> outputs, events, clocks ==== */

struct bl_machine;

/* What a run reports, in the order in which a tile of the hardware makes it. Pointers are valid during the call. */
struct bl_codes { /* one plane of one activation of one tile */
	int tile, plane, bits;
	long pc;                /* instruction of the ACT */
	int n;                  /* columns converted, positions ascending, converters ascending */
	const uint16_t *column; /* [n]; of weight code dif: pairs */
	const uint16_t *code;   /* [n] */
};
struct bl_partial { /* one output of one activation, as added to (or written into) accumulator word `address` of the tile */
	int tile, address;
	int32_t partial, accumulator; /* the sum, and the word after it */
	long pc;
};
struct bl_output { /* one element of an OUT */
	int32_t acc;
	int q;                  /* requantised */
	int channel, address;   /* address of the activation buffer, valid when to_buffer */
	bool to_buffer, to_stream, last; /* last: TLAST */
	long pc;
};
/* Any may be NULL. One that returns nonzero stops the run. */
struct bl_events {
	void *ctx;
	int (*codes)(void *ctx, const struct bl_codes *event);
	int (*partial)(void *ctx, const struct bl_partial *event);
	int (*output)(void *ctx, const struct bl_output *event);
};

struct bl_counts { /* as the registers of the same names, of a run whose streams never stall; 64 bits, not wrapped at the configuration's counter_bits */
	uint64_t activations, conversions, comparisons;
	uint64_t cycles, compare_clocks, compute_clocks, convert_clocks, serve_clocks; /* clocks; all but cycles summed over tiles */
	uint64_t wait_load, wait_act, wait_out, wait_end;                              /* clocks */
	uint64_t beats;         /* taken from the stream */
	int stop;               /* 0, or the code that STATUS has of a program which the machine refuses */
	long stop_pc;           /* its instruction */
};

/* A core after reset, its arrays empty.
 *   Shapes: none
 *   Units:  none
 *   Errors: NULL with BL_INPUT: tables or a tree of another configuration's size
 *   Source: docs/isa.md section 1. tables NULL: those of bl_tables_make; tree NULL: the search that TREE holds at reset */
BL_API struct bl_machine *bl_machine_new(const struct bl_config *c, const struct bl_tables *tables, const struct bl_tree *tree, struct bl_error *e);

/* Cells and comparators that are stuck, from a fault file. Once, before the first run.
 *   Shapes: one fault per line of the file
 *   Units:  tile, row, column, lane and index as docs/faults.md numbers them
 *   Errors: -1 with BL_INPUT: file and line; a machine that has run or has faults already
 *   Source: docs/faults.md section 4 */
BL_API int bl_machine_break(struct bl_machine *m, const char *path, struct bl_error *e);

/* Lets spare position `spare` of a tile stand for `position`; before the weights are loaded.
 *   Shapes: none
 *   Units:  a position is BL_CONVERTERS columns (of weight code dif: pairs) that are converted together; -1: the spare stands for none
 *   Errors: -1 with BL_INPUT: a tile or spare that the configuration does not have, a position outside -1..1023
 *   Source: docs/faults.md section 5, docs/isa.md section 4 (REPAIR) */
BL_API int bl_machine_repair(struct bl_machine *m, int tile, int spare, int position, struct bl_error *e);

/* Runs one program to its END with the run-time registers that the configuration says. Arrays, accumulators, buffers and channels stay for the next run.
 *   Shapes: code[n_instr][8] words; stream[n_beats]; events, counts: NULL when not wanted
 *   Units:  beats of 64 bits in the order taken; counts as struct bl_counts. Without counts clocks are not worked out, which is sooner
 *   Errors: -1 with BL_INPUT: an instruction that the machine refuses, by number and error code (counts hold what happened until then); a stream that is too short.
 *           1: a callback stopped it
 *   Source: docs/isa.md sections 2, 3, 5 and 6; docs/network.md sections 3 and 4 */
BL_API int bl_machine_run(struct bl_machine *m, const uint32_t *code, size_t n_instr, const uint64_t *stream, size_t n_beats, const struct bl_events *events, struct bl_counts *counts,
			  struct bl_error *e);

/* Frees a machine.
 *   Shapes: none
 *   Units:  none
 *   Errors: none; NULL is legal
 *   Source: docs/library.md section 4 */
BL_API void bl_machine_free(struct bl_machine *m);

/* Reads LAYER.program.bin as `bitline map --out` writes it.
 *   Shapes: *code becomes [*n_instr][8] words, freed with bl_free
 *   Units:  32-bit words, little-endian in the file
 *   Errors: -1 with BL_INPUT: no such file, empty, longer than 65536 instructions, or no whole number of instructions
 *   Source: docs/isa.md section 5 */
BL_API int bl_program_read(const char *path, uint32_t **code, size_t *n_instr, struct bl_error *e);

/* Reads LAYER.stream.bin as `bitline map --out` writes it.
 *   Shapes: *stream becomes [*n_beats], freed with bl_free
 *   Units:  64-bit beats, little-endian in the file
 *   Errors: -1 with BL_INPUT: no such file, longer than 2^32 bytes, or no whole number of beats
 *   Source: docs/isa.md section 5 */
BL_API int bl_stream_read(const char *path, uint64_t **stream, size_t *n_beats, struct bl_error *e);

/* ==== models: llama2.c (v0 float32, v2 Q8_0) and safetensors files ==== */

struct bl_model;

/* Reads a checkpoint, by content.
 *   Shapes: none
 *   Units:  none
 *   Errors: NULL with BL_INPUT: the file, and what in it is wrong
 *   Source: docs/train.md section 5; the file formats: docs/file-formats.md */
BL_API struct bl_model *bl_model_load(const char *path, struct bl_error *e);

enum bl_model_number { BL_LAYERS, BL_DIM, BL_HIDDEN, BL_HEADS, BL_VOCABULARY, BL_CONTEXT /* tokens of a sequence */ };

/* One number of a model.
 *   Shapes: none
 *   Units:  of enum bl_model_number
 *   Errors: -1 with BL_INPUT: what is no value of the enumeration
 *   Source: llama2.c, struct Config */
BL_API int bl_model_number(const struct bl_model *m, enum bl_model_number what, struct bl_error *e);

struct bl_linear {
	int out, in;
	const float *w; /* [out][in] until bl_model_free; NULL: the layer has Monarch factors */
};

/* A linear layer by its name, "0.wq" .. "N.w3".
 *   Shapes: w[out][in]
 *   Units:  the checkpoint's
 *   Errors: -1 with BL_INPUT: no such layer; the text lists the names
 *   Source: docs/numerics.md section 7 (Monarch) */
BL_API int bl_model_linear(const struct bl_model *m, const char *name, struct bl_linear *out, struct bl_error *e);

/* The float oracle of one linear layer: W x, or the two Monarch stages, in binary32.
 *   Shapes: x[in], y[out] of bl_model_linear
 *   Units:  the checkpoint's
 *   Errors: -1 with BL_INPUT: no such layer
 *   Source: docs/numerics.md section 7 */
BL_API int bl_model_float(const struct bl_model *m, const char *name, const float *x, float *y, struct bl_error *e);

/* Frees a model; its decoders must be freed before.
 *   Shapes: none
 *   Units:  none
 *   Errors: none; NULL is legal
 *   Source: docs/library.md section 4 */
BL_API void bl_model_free(struct bl_model *m);

struct bl_decoder;

struct bl_decoder_options { /* all zero is a good start */
	const struct bl_config *config; /* NULL: floats; else every linear layer of the blocks through this read-out */
	const struct bl_tables *tables; /* NULL: those of bl_tables_make; tile 0, set 0 */
	const struct bl_tree *tree;     /* NULL: the binary search */
	bool head;                      /* the head through the read-out as well */
	unsigned long seed;             /* of the model's own text, by which layers whose file has no factors are calibrated; `bitline golden` takes 1 */
};

/* A whole model, token by token: the host's part in floats, its linear layers in floats or through a read-out.
 *   Shapes: none
 *   Units:  none
 *   Errors: NULL with BL_INPUT: a weight that is not finite, a factor out of range, an accumulator that could overflow; tables or a tree of another configuration's size;
 *           tables, a tree or head without a configuration
 *   Source: docs/numerics.md sections 2, 6, 7 and 8; the float part: llama2.c, run.c */
BL_API struct bl_decoder *bl_decoder_new(const struct bl_model *m, const struct bl_decoder_options *options, struct bl_error *e);

/* The next token of a sequence. The result is valid until the next call.
 *   Shapes: returns logits[BL_VOCABULARY]
 *   Units:  logits, natural logarithm
 *   Errors: NULL with BL_INPUT: a token outside 0..BL_VOCABULARY - 1; a sequence of more than BL_CONTEXT tokens
 *   Source: llama2.c, run.c; linear layers as bl_decoder_new */
BL_API const float *bl_decoder_step(struct bl_decoder *d, int token, struct bl_error *e);

/* One linear layer alone, as bl_decoder_step computes it: quantised, read out, dequantised; in floats without a configuration.
 *   Shapes: x[in], y[out] of bl_model_linear
 *   Units:  the checkpoint's
 *   Errors: -1 with BL_INPUT: no such layer
 *   Source: docs/numerics.md sections 2, 5, 6, 7 and 8 */
BL_API int bl_decoder_linear(struct bl_decoder *d, const char *name, const float *x, float *y, struct bl_error *e);

/* Begins a new sequence.
 *   Shapes: none
 *   Units:  none
 *   Errors: none
 *   Source: llama2.c, run.c */
BL_API void bl_decoder_reset(struct bl_decoder *d);

/* Frees a decoder.
 *   Shapes: none
 *   Units:  none
 *   Errors: none; NULL is legal
 *   Source: docs/library.md section 4 */
BL_API void bl_decoder_free(struct bl_decoder *d);

#ifdef __cplusplus
}
#endif

#endif
