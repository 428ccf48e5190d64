/* A configuration as golden's numbers; the default tokenizer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_readout.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

static enum gc_code code(enum cfg_code c)
{
	switch (c) {
	case CFG_TC: return GC_TC;
	case CFG_DIF: return GC_DIF;
	default: return GC_SM; /* ternary: of one bit */
	}
}

enum ro_kind cli_kind(enum cfg_adc k)
{
	static const enum ro_kind kind[] = { [CFG_SAR] = RO_SAR, [CFG_FLASH] = RO_FLASH, [CFG_HYBRID] = RO_HYBRID, [CFG_SENSE] = RO_SENSE, [CFG_STOCHASTIC] = RO_STOCHASTIC };

	return kind[k];
}

double cli_scale(const struct gl_readout *ro)
{
	return ro->conv.kind == RO_STOCHASTIC ? (double)(1 << ro->bits) / ro->conv.samples : 1;
}

void cli_readout(const struct cfg *c, struct gl_readout *ro)
{
	*ro = (struct gl_readout){
		.rows = c->rows, .cols = c->cols, .adcs = c->adcs, .bits = c->bits, .cell_bits = c->cell_bits, .grid_bits = c->grid_bits,
		.input_bits = c->input_bits, .weight_bits = c->weight_bits,
		.input_code = code(c->input_code), .weight_code = code(c->weight_code),
		.window = { c->lsb, c->low, c->rounding == CFG_NEAREST }, .full = c->resolution == CFG_FULL,
		.conv = { cli_kind(c->adc), c->bits, c->flash_bits, c->bubble == CFG_ONES, c->samples, NULL },
		.seed = (uint16_t)c->seed, .noise = c->noise, .noise_seed = (uint64_t)c->error_seed,
	};
}

static const char *const placement[] = {
	[MAP_AUTO] = "auto", [MAP_LINEAR] = "linear", [MAP_SPARSE] = "sparse", [MAP_DENSE] = "dense", [MAP_STRIDED] = "dense-strided",
	[MAP_PACKED_AREA] = "packed", [MAP_PACKED_CONVERSIONS] = "packed", [MAP_PACKED_LATENCY] = "packed",
};
static const char *const mode[] = { "area", "conversions", "latency" };

const char *cli_placement_name(enum map_placement p)
{
	return placement[p];
}

const char *cli_placement_mode(enum map_placement p)
{
	return p < MAP_PACKED_AREA ? NULL : mode[p - MAP_PACKED_AREA];
}

int cli_placement(const char *text, const char *optimise, enum map_placement *p, struct err *e)
{
	int i = MAP_AUTO, m = 0;

	while (text && i <= MAP_PACKED_AREA && strcmp(text, placement[i]))
		i++;
	if (i > MAP_PACKED_AREA)
		return err_set(e, ERR_INPUT, "--placement '%.60s' is unknown: legal are linear, sparse, dense, dense-strided, packed, auto", text);
	if (optimise && i != MAP_PACKED_AREA)
		return err_set(e, ERR_INPUT, "--optimise '%.60s' is of the placement packed alone: add --placement packed", optimise);
	while (optimise && m < 3 && strcmp(optimise, mode[m]))
		m++;
	if (m == 3)
		return err_set(e, ERR_INPUT, "--optimise '%.60s' is unknown: legal are area, conversions, latency", optimise);
	*p = (enum map_placement)(i + m);
	return 0;
}

/* a layer whose file does not say all its factors */
static bool misses(const struct model_linear *l)
{
	return !l->k_out || (!l->w && !l->k);
}

struct gq *cli_calibrated(const struct model *m, const struct gl_readout *ro, bool head, unsigned long seed, struct text *own, struct err *e)
{
	struct gq *g = gq_new(m, ro, head, e);
	struct text t = { 0 };
	bool missing;
	int i;

	if (!g)
		return NULL;
	missing = head && misses(&g->head_of);
	for (i = 0; i < m->n_layers * MODEL_N_LINEAR; i++)
		missing |= misses(&m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR]);
	if (missing || own)
		gq_self_text(m, seed, CLI_CALIBRATION_TOKENS, &t);
	if (missing && gq_calibrate(g, &t, e)) {
		gq_free(g);
		g = NULL;
	}
	if (g && own)
		*own = t;
	else
		text_release(&t);
	return g;
}

/* "some/story.safetensors" -> "story.tok.bin": the model's own */
static char *own_tokenizer(const char *name)
{
	const char *dot = strrchr(name, '.');
	struct buf b;

	buf_init(&b);
	buf_add(&b, name, dot ? (size_t)(dot - name) : strlen(name));
	buf_adds(&b, ".tok.bin");
	return b.data;
}

char *cli_tokenizer(const char *given, const char *model, struct err *e)
{
	const char *slash, *places[] = { NULL, "tok512.bin", "../stories260K/tok512.bin" };
	char *dir, *own, *path = NULL;
	size_t i;

	if (given)
		return mem_strdup(given);
	slash = strrchr(model, '/');
	own = own_tokenizer(slash ? slash + 1 : model);
	places[0] = own;
	dir = mem_strdup(slash ? model : ".");
	if (slash)
		dir[slash == model ? 1 : slash - model] = '\0';
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		path = file_join(dir, places[i]);
		if (file_exists(path))
			break;
		free(path);
		path = NULL;
	}
	if (!path)
		err_set(e, ERR_INPUT, "'%s': no %s or tok512.bin beside it and no ../stories260K/tok512.bin; name the model's tokenizer with --tokenizer FILE", model, own);
	free(dir);
	free(own);
	return path;
}
