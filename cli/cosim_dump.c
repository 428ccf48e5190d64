/* What went into a layer and what came out, for any other program: NAME.x.npy [tokens, in], NAME.w.npy [out, in], NAME.y.npy [tokens, out]
 * before requantisation, NAME.q.npy after it (int32, C order), NAME.meta.json. Of a Monarch layer the same for NAME.R and NAME.L.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_case.h"
#include "checkpoint/npy.h"
#include "common/file.h"
#include "common/mem.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dump { const struct cosim_case *k; const struct cfg *cfg; const char *dir; char name[80]; struct err *e; };

static char *path_of(const struct dump *d, const char *what)
{
	struct buf b;
	char *p;

	buf_init(&b);
	buf_addf(&b, "%s.%s", d->name, what);
	p = file_join(d->dir, b.data);
	buf_release(&b);
	return p;
}

static int write_npy(const struct dump *d, const char *what, const int32_t *v, size_t rows, size_t cols)
{
	char *path = path_of(d, what);
	int rc = npy_write_i32(path, v, rows, cols, d->e);

	free(path);
	return rc;
}

static json_t *numbers(const struct case_stage *g, const uint32_t *u, const int *i, const float *f)
{
	json_t *a = json_array();

	for (int n = 0; n < g->blocks * g->out; n++)
		json_array_append_new(a, u ? json_integer(u[n]) : i ? json_integer(i[n]) : json_real(f[n]));
	return a;
}

/* numerics.md section 7: where output n of this stage goes. R: to input `to` of stage L. L: to output `to` of the layer, -1: cut off. Dense: itself. */
static json_t *permutation(const struct cosim_case *k, int s)
{
	const struct case_stage *g = &k->stage[s];
	json_t *a = json_array();
	int b = g->blocks, r = g->out / b;

	for (int n = 0; n < g->blocks * g->out; n++) {
		int block = n / g->out, i = n % g->out, to = n;

		if (k->n_stages == 2 && !s)
			to = i / r * b * r + block * r + i % r;
		else if (s)
			to = i * b + block < k->map.out ? i * b + block : -1;
		json_array_append_new(a, json_integer(to));
	}
	return a;
}

/* numerics.md section 8, as this layer was run */
static json_t *partition(const struct cosim_case *k, const struct case_stage *g)
{
	json_t *groups = json_array();
	int K = gc_slices(k->ro.weight_code, k->ro.weight_bits, k->ro.cell_bits);
	int cols = k->ro.weight_code == GC_DIF ? k->ro.cols / 2 : k->ro.cols, wide = K <= cols ? cols / K : 1; /* columns of dif are pairs */
	int arrays = (g->mat_out + wide - 1) / wide; /* the mapper cuts a matrix into equal groups of outputs */

	/* [first input, end) within a matrix */
	for (int i = 0; i < g->mat_in; i += k->ro.rows)
		json_array_append_new(groups, json_pack("[i,i]", i, i + k->ro.rows < g->mat_in ? i + k->ro.rows : g->mat_in));
	return json_pack("{s:i,s:i,s:i,s:o,s:i,s:i,s:i}", "matrices", g->n_mat, "matrix_out", g->mat_out, "matrix_in", g->mat_in, "row_groups", groups,
			 "slices", K, "outputs_per_array", (g->mat_out + arrays - 1) / arrays, "adcs", k->ro.adcs);
}

static int write_meta(const struct dump *d, int s)
{
	const struct cosim_case *k = d->k;
	const struct case_stage *g = &k->stage[s];
	const struct cfg *c = d->cfg;
	static const char *const kind[] = { "sar", "flash", "hybrid", "sense", "stochastic" };
	json_t *scales = json_array(), *kl = json_array(), *j;
	char hash[65], *text, *path;
	int rc;

	cfg_hash(c, hash);
	for (int t = 0; t < k->tokens; t++)
		json_array_append_new(scales, json_real(k->s_x[t]));
	for (int i = 0; k->n_stages == 2 && i < k->map.b; i++)
		json_array_append_new(kl, json_real(k->map.k[i]));
	j = json_pack("{s:s,s:s,s:b,s:i,s:i,s:i,s:i,s:i,s:i}", "config_sha256", hash, "layer", k->map.name, "lossless", g->lossless, "tokens", k->tokens,
		      "blocks", g->blocks, "block_out", g->out, "block_in", g->in, "layer_out", k->map.out, "layer_in", k->map.in);
	json_object_set_new(j, "input_code", json_pack("{s:s,s:i}", "code", c->input_code == CFG_SM ? "sm" : "tc", "bits", c->input_bits));
	json_object_set_new(j, "weight_code", json_pack("{s:s,s:i,s:i}", "code", c->weight_code == CFG_TC ? "tc" : c->weight_code == CFG_DIF ? "dif" : "sm", "bits", c->weight_bits, "cell_bits", c->cell_bits));
	json_object_set_new(j, "layer_check", k->machine_only ? json_string(k->machine_only) : json_null());
	json_object_set_new(j, "readout", json_pack("{s:s,s:i,s:i,s:s,s:i,s:i,s:i,s:s,s:s,s:i}", "kind", kind[c->adc], "samples", c->samples, "noise", k->ro.noise,
		"tables", k->ro.thresholds || k->machine_only ? "given" : "ideal", "bits", c->bits, "lsb", c->lsb, "low", c->low,
		"rounding", c->rounding == CFG_NEAREST ? "nearest" : "floor", "resolution", c->resolution == CFG_FULL ? "full" : "fit", "grid_bits", c->grid_bits));
	json_object_set_new(j, "clamp", json_pack("[i,i]", gc_qlo(k->ro.input_bits), gc_qhi(k->ro.input_code, k->ro.input_bits)));
	json_object_set_new(j, "M", numbers(g, g->M, NULL, NULL));
	json_object_set_new(j, "shift", numbers(g, NULL, g->shift, NULL));
	json_object_set_new(j, "scale_w", numbers(g, NULL, NULL, g->scale));
	json_object_set_new(j, "scale_x", scales);
	json_object_set_new(j, "k", kl);
	json_object_set_new(j, "k_out", json_real(k->k_out));
	json_object_set_new(j, "permutation", permutation(k, s));
	json_object_set_new(j, "partition", partition(k, g));
	text = json_dumps(j, JSON_INDENT(1));
	path = path_of(d, "meta.json");
	rc = file_write(path, text, strlen(text), d->e);
	free(path);
	free(text);
	json_decref(j);
	return rc;
}

/* x: [tokens][x_in] */
static int dump_stage(const struct dump *d, int s, const int8_t *x, int x_in)
{
	const struct cosim_case *k = d->k;
	const struct case_stage *g = &k->stage[s];
	size_t channels = (size_t)g->blocks * g->out, in = k->n_stages == 1 ? (size_t)g->in : (size_t)g->blocks * g->in;
	int32_t *wide = MEM_NEW(k->tokens * in, int32_t), *w = MEM_NEW(channels * in, int32_t);
	int rc;

	for (int t = 0; t < k->tokens; t++) /* inputs beyond x_in are the padding */
		for (int i = 0; i < x_in; i++)
			wide[t * in + i] = x[(size_t)t * x_in + i];
	for (size_t o = 0; o < channels; o++)
		for (int i = 0; i < g->in; i++)
			w[o * in + o / g->out * g->in + i] = g->w[o * g->in + i];
	rc = write_npy(d, "x.npy", wide, k->tokens, in) || write_npy(d, "w.npy", w, channels, in) || write_npy(d, "y.npy", g->y, k->tokens, channels) ||
	     write_npy(d, "q.npy", g->q, k->tokens, channels) || write_meta(d, s);
	free(wide);
	free(w);
	return rc ? -1 : 0;
}

static int dump_layer(const struct cosim_case *k, const struct cfg *c, const char *dir, struct err *e)
{
	struct dump d = { k, c, dir, "", e };
	int8_t *mid;
	int rc;

	snprintf(d.name, sizeof(d.name), "%s%s", k->map.name, k->n_stages == 2 ? ".R" : "");
	rc = dump_stage(&d, 0, k->x, k->map.in);
	if (rc || k->n_stages == 1)
		return rc;
	snprintf(d.name, sizeof(d.name), "%s.L", k->map.name);
	mid = case_mid(k, k->stage[0].q);
	rc = dump_stage(&d, 1, mid, k->stage[1].blocks * k->stage[1].in);
	free(mid);
	return rc;
}

int case_dump(struct cosim_case *k, const struct cfg *c, const char *dir, struct err *e)
{
	int rc = file_mkdirs(dir, e);

	for (int i = 0; i < case_parts(k) && !rc; i++)
		rc = dump_layer(case_part(k, i), c, dir, e);
	return rc;
}
