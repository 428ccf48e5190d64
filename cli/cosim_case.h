/* One layer, or a joint one (map_join), on its way through `bitline cosim`: the mapper's integers, golden's own, the inputs, and what came out of the RTL.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_CASE_H
#define CLI_COSIM_CASE_H
#include "cli/cli_tables.h"
#include "cli/cli_tree.h"
#include "common/progress.h"
#include "cosim/cosim.h"
#include "golden/quantised.h"
#include "map/map.h"

/* Golden's side of one stage. Channel k*out + i is output i of block k. */
struct case_stage {
	int blocks, out, in;
	const int8_t *w;           /* [blocks][out][in], golden's integers */
	const float *scale;        /* [blocks*out] s_w */
	uint32_t *M; int *shift;   /* [blocks*out] */
	bool lossless;
	struct gl_matrix **mat;    /* lossy: the read-out partition of numerics.md section 8; [n_mat] of [mat_out][mat_in] */
	int n_mat, mat_out, mat_in;
	int32_t *y, *q;            /* [tokens][blocks*out] as the RTL gave them */
};

/* Who looks at programs as they run (cosim_record.h). ran: behind every one, what it was and what came of it */
struct case_watch {
	struct cosim_watch probes;
	int (*ran)(void *ctx, const struct cosim_job *job, const struct map_program *p, const struct cosim_result *r, struct err *e);
	void *ctx;
};

struct cosim_case {
	struct map_layer map;
	enum map_placement placement;
	struct gl_readout ro;
	int n_stages;
	struct case_stage stage[2];
	double k_out;
	int8_t *own_w; float *own_scale; /* of a matrix that no gq_layer holds */
	int tokens, token0;        /* token0: what the first of them is called in messages */
	int8_t *x;                 /* [tokens][in] */
	float *s_x;                /* [tokens] */
	const char *machine_only;  /* why golden's layer cannot be the judge of this run; NULL: it is */
	uint64_t outputs_compared, mismatches;
	/* with faults in the device golden's layer, which has none, tells what they cost and does not judge */
	bool faulty;
	struct case_cost { uint64_t changed; double error, size; int64_t largest; } cost; /* outputs that differ; sums of |difference| and of |fault-free output|; largest difference */
	char first[512];           /* first difference at the level of the layer, or of the integers */
	struct map_counts predicted; /* summed over the batches; bound unused */
	double least;              /* clocks that the converter bound stands for: compare clocks / bound, summed */
	struct cosim_result total; /* summed over the batches; acc and q unused */
	long arrays, programs;     /* contents of arrays that hold the layer once; runs of programs */
	int groups;                /* programs that hold the layer once (cosim_cut.h); 0: not known */
	/* A joint layer: golden's side of every part, each with what it says to its own outputs; then stage, k_out are theirs, and map joins their maps. 0: the case itself */
	struct cosim_case *part;
	int n_parts;
	const struct case_watch *watch; /* NULL: nobody */
};

/* A layer of a model: both sides quantise for themselves, with golden's calibration numbers. */
int case_from_model(struct cosim_case *k, const struct cfg *c, const struct gl_readout *ro, const struct gq_layer *q, const char *name, enum map_placement p, struct err *e);
/* A matrix by itself, inputs already in place (k_out comes from them). w [out][in] and scale [out] are golden's integers, taken over; floats [out][in]
 * are what the mapper quantises for itself, NULL: the integers were given and the mapper takes them as they are. */
int case_from_matrix(struct cosim_case *k, const struct cfg *c, const struct gl_readout *ro, int8_t *w, float *scale, const float *floats, int out, int in,
		     const char *name, enum map_placement p, struct err *e);
/* the parts are in place: the rest of the joint case, run on the inputs of the first */
int case_join(struct cosim_case *k, struct err *e);
void case_release(struct cosim_case *k);
/* any case as parts: one that is not joint has one, itself */
int case_parts(const struct cosim_case *k);
struct cosim_case *case_part(struct cosim_case *k, int i);
/* every part and stage of it judged by the integer product */
bool case_lossless(const struct cosim_case *k);

/* the device has faults: before case_check */
void case_set_faulty(struct cosim_case *k, bool faulty);
/* Whether golden's layer, which knows no placement, can say what comes out: not when converters draw (stochastic, noise) or differ in other places than it
 * knows of. tables (NULL or empty: ideal ones). tree: what the layer's converters search by, kept by the caller; NULL: binary. To be called before case_run. */
void case_choose_judge(struct cosim_case *k, const struct cli_tables *tables, const struct cli_tree *tree);
/* the same of a lossy program: not when it drives other rows together than golden's layer; case_run asks it */
void case_judge_program(struct cosim_case *k, const struct map_program *p);
/* Counts of every conversion of golden's layers over the inputs, added to histogram [2 * cli_smax + 1]. */
void case_histogram(struct cosim_case *k, uint64_t *histogram);

/* Compiles, streams and judges all tokens, batch by batch, on one device. tree: asymmetric search, NULL: that of reset. -1: could not be judged. */
int case_run(struct cosim_case *k, const struct cfg *c, const struct cli_tree *tree, struct cosim *device, double stall, uint64_t seed, struct err *e);
/* A progress line over programs, one bar of BAR_SHARE steps each, or (alone) over the clocks of the one program that there is. */
enum { BAR_SHARE = 1000 };
struct case_bar {
	struct progress line;
	bool alone;
	uint64_t before, share; /* steps of the programs that have run, of the one under way */
	uint64_t clocks;        /* that one is predicted to take */
};
/* One program of k and its stream for p->tokens tokens from token0 on: judged, counted, placed. case_run does this for every batch; case_choose_judge and
 * case_judge_program come before. bar: NULL: no progress line. device NULL: nothing runs but the case's watch */
int case_run_program(struct cosim_case *k, const struct cfg *c, const struct cli_tree *tree, struct cosim *device, int token0, const struct map_program *p, const uint64_t *stream,
		     double stall, uint64_t seed, struct case_bar *bar, struct err *e);
/* a program with its prediction as the judge takes it; streams, stalls and progress are the caller's */
struct cosim_job case_job(const struct cfg *c, const struct cli_tree *tree, const char *name, const uint32_t *code, size_t n_instr, const struct map_counts *m);
/* y and q of all stages are there */
void case_room(struct cosim_case *k);
void case_add_result(struct cosim_result *to, const struct cosim_result *r);
/* n result beats in the order they left, of tokens from token0 on, to the places where case_check looks */
void case_place(struct cosim_case *k, const struct map_program *p, const int32_t *acc, const int16_t *q, size_t n, int token0);
/* The layer level: what came out against golden's layer, knowing no program; where it cannot judge, the beats that the golden machine judged are what was compared.
 * May be called again after other tokens have run in the same place: counts go on. */
void case_check(struct cosim_case *k);
/* x of stage 1 from the results of stage 0: [tokens][blocks*in], numerics.md section 7; new memory */
int8_t *case_mid(const struct cosim_case *k, const int32_t *q);

/* LAYER.x.npy ... LAYER.meta.json in dir, of every part */
int case_dump(struct cosim_case *k, const struct cfg *c, const char *dir, struct err *e);

#endif
