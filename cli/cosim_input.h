/* Where the layers and their activations of `bitline cosim` come from: a model and its own golden run, one matrix, or shapes with drawn weights.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_INPUT_H
#define CLI_COSIM_INPUT_H
#include "checkpoint/tokenizer.h"
#include "cli/cli_layers.h"
#include "cli/cosim_case.h"
#include "workload/workload.h"

/* A model with its calibrated golden integers and, for every wanted linear layer, the quantised inputs of the first tokens. */
struct model_input {
	struct model model;
	struct tokenizer tok;
	bool has_tok;
	struct gq *gq;
	bool *want;         /* [n_layers * MODEL_N_LINEAR] */
	struct cli_layers *run; /* what is run, in the model's order */
	int n_run, tokens;
	int8_t **x;         /* [..] [tokens][in], NULL where not wanted */
	float **s_x;        /* [..] [tokens] */
	int seen;           /* tokens captured so far */
};

/* layers: "0.wq,0.w1+0.w3" or "all". text NULL: tokens are sampled from the model itself with the seed. */
int model_input_load(struct model_input *in, const struct gl_readout *ro, const char *model, const char *layers, const char *text, const char *tokenizer,
		     int tokens, uint64_t seed, struct err *e);
void model_input_release(struct model_input *in);
/* the case of one of in->run */
int model_input_case(const struct model_input *in, const struct cfg *c, const struct cli_layers *which, enum map_placement p, struct cosim_case *k, struct err *e);

/* W: matrix (.npy) or tensor ("FILE.safetensors:NAME"); input (.npy) or NULL: codes drawn from the seed */
int matrix_case(struct cosim_case *k, const struct cfg *c, const struct gl_readout *ro, const char *matrix, const char *tensor, const char *input,
		int tokens, uint64_t seed, enum map_placement p, struct err *e);

/* Layers of a published model as shapes (workload.h), dense, in the order in which they were named; weights and inputs are codes drawn from the seed. */
struct shapes_input { struct workload w; int *run, n_run; };
int shapes_input_load(struct shapes_input *in, const char *name, const char *layers, struct err *e);
void shapes_input_release(struct shapes_input *in);
/* the case of one of in->run */
int shapes_case(const struct shapes_input *in, const struct cfg *c, const struct gl_readout *ro, int which, int tokens, uint64_t seed, enum map_placement p, struct cosim_case *k, struct err *e);

#endif
