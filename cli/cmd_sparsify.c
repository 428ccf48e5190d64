/* bitline sparsify: linear layers of a checkpoint -> Monarch factors or block-diagonal matrices, a safetensors file, the error of each matrix.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/safetensors_write.h"
#include "cli/cli.h"
#include "cli/cli_json.h"
#include "common/mem.h"
#include "sparsify/sparsify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCKS_TOP = 1 << 24, THREADS_TOP = 256 };

struct options {
	const char *model, *out, *layers, *factors, *kind;
	long blocks, rank, threads;
	bool plprp, json;
};

static const char *const form_name[] = {
	[SP_IS_DENSE] = "dense", [SP_IS_FACTORS] = "factors", [SP_IS_EXPANDED] = "expanded", [SP_IS_MONARCH] = "monarch", [SP_IS_BLOCKS] = "block-diagonal",
};

static int read_options(const struct options *o, struct sp_options *s, struct err *e)
{
	bool blocks = !strcmp(o->kind, "block-diagonal"), paper = o->factors && !strcmp(o->factors, "paper");

	if (!blocks && strcmp(o->kind, "monarch"))
		return err_set(e, ERR_INPUT, "--kind '%.60s', legal: monarch, block-diagonal", o->kind);
	if (o->factors && !paper && strcmp(o->factors, "fit"))
		return err_set(e, ERR_INPUT, "--factors '%.60s', legal: paper, fit; for a number of blocks take --blocks", o->factors);
	if (o->factors && o->blocks)
		return err_set(e, ERR_INPUT, "--factors and --blocks both say how many blocks; leave one out");
	if (blocks && (paper || o->rank))
		return err_set(e, ERR_INPUT, "%s means nothing for --kind block-diagonal; leave it out", paper ? "--factors paper" : "--rank");
	s->kind = blocks ? SP_BLOCK_DIAGONAL : SP_MONARCH;
	s->factors = o->blocks ? (int)o->blocks : paper ? SP_PAPER : SP_FIT;
	s->rank = o->rank ? (int)o->rank : 1;
	s->plprp = o->plprp;
	s->threads = o->threads ? (int)o->threads : (int)sysconf(_SC_NPROCESSORS_ONLN);
	if (s->threads < 1 || s->threads > THREADS_TOP) /* what the system says */
		s->threads = s->threads < 1 ? 1 : THREADS_TOP;
	return 0;
}

/* new memory [n_layers * MODEL_N_LINEAR], or NULL */
static bool *choose(const struct model *m, const char *wanted, struct err *e)
{
	size_t n = (size_t)m->n_layers * MODEL_N_LINEAR;
	bool *chosen = MEM_NEW(n, bool), all = !strcmp(wanted, "all");
	char *list = mem_strdup(wanted), *rest, *name = strtok_r(list, ",", &rest);
	int layer, id, bad = 0;

	if (all)
		memset(chosen, true, n);
	else if (!name)
		bad = err_set(e, ERR_INPUT, "--layers '%.60s' names no layer: legal is all, or a list like 0.wq,0.w2", wanted);
	for (; !all && name && !bad; name = strtok_r(NULL, ",", &rest)) {
		bad = model_find(m, name, &layer, &id, e);
		if (!bad)
			chosen[layer * MODEL_N_LINEAR + id] = true;
	}
	free(list);
	if (!bad)
		return chosen;
	free(chosen);
	return NULL;
}

struct total { int projected, kept; double norm2, error2; uint64_t before, after; };

static struct total sum_up(const struct sp_result *r)
{
	struct total t = { 0 };

	for (int i = 0; i < r->n; i++) {
		const struct sp_layer *x = &r->layer[i];

		t.projected += x->form == SP_IS_MONARCH || x->form == SP_IS_BLOCKS;
		t.kept += x->form == SP_IS_FACTORS;
		t.norm2 += x->norm2;
		t.error2 += x->error2;
		t.before += x->before;
		t.after += x->after;
	}
	return t;
}

static void print_text(const struct sp_result *r, const char *out)
{
	struct total t = sum_up(r);
	bool zeros = false;

	printf("%-8s %6s %6s  %-14s %6s %4s %9s %12s %12s\n", "layer", "out", "in", "form", "blocks", "rank", "error", "before", "after");
	for (int i = 0; i < r->n; i++) {
		const struct sp_layer *x = &r->layer[i];
		char name[32], blocks[16] = "-", rank[16] = "-", error[16] = "-";

		snprintf(name, sizeof(name), "%d.%s", x->layer, model_linear_name[x->id]);
		if (x->shape.b)
			snprintf(blocks, sizeof(blocks), "%d", x->shape.b);
		if (x->shape.r)
			snprintf(rank, sizeof(rank), "%d", x->shape.r);
		if (x->form == SP_IS_MONARCH || x->form == SP_IS_BLOCKS)
			snprintf(error, sizeof(error), "%.6f", sp_relative(x->error2, x->norm2));
		zeros |= x->form == SP_IS_BLOCKS;
		printf("%-8s %6d %6d  %-14s %6s %4s %9s %12llu %12llu\n", name, x->out, x->in, form_name[x->form], blocks, rank, error, (unsigned long long)x->before, (unsigned long long)x->after);
	}
	printf("%d layers projected, relative error %.6f; weights of all linear layers %llu -> %llu (%.2f x fewer)\n", t.projected, sp_relative(t.error2, t.norm2), (unsigned long long)t.before,
	       (unsigned long long)t.after, (double)t.before / (double)t.after);
	if (t.kept)
		printf("%d layers had factors and keep them\n", t.kept);
	if (zeros)
		puts("block-diagonal layers are stored dense, with zeros outside their blocks");
	printf("%s\n", out);
}

static void print_json(const struct sp_result *r, const char *out)
{
	struct total t = sum_up(r);
	json_t *j = json_object(), *layers = json_array();
	char name[32];

	for (int i = 0; i < r->n; i++) {
		const struct sp_layer *x = &r->layer[i];
		bool projected = x->form == SP_IS_MONARCH || x->form == SP_IS_BLOCKS;

		snprintf(name, sizeof(name), "%d.%s", x->layer, model_linear_name[x->id]);
		json_array_append_new(layers, json_pack("{s:s, s:i, s:i, s:s, s:i, s:i, s:i, s:i, s:o, s:I, s:I}", "layer", name, "out", x->out, "in", x->in, "form", form_name[x->form],
							"b", x->shape.b, "r", x->shape.r, "p", x->shape.p, "s", x->shape.s,
							"error", projected ? json_real(sp_relative(x->error2, x->norm2)) : json_null(),
							"parameters_before", (json_int_t)x->before, "parameters_after", (json_int_t)x->after));
	}
	json_object_set_new(j, "file", json_string(out));
	json_object_set_new(j, "layers", layers);
	json_object_set_new(j, "total", json_pack("{s:i, s:i, s:f, s:I, s:I}", "projected", t.projected, "kept_factors", t.kept, "error", sp_relative(t.error2, t.norm2),
						  "parameters_before", (json_int_t)t.before, "parameters_after", (json_int_t)t.after));
	cli_print_json(j);
}

static int run(const struct options *o, struct err *e)
{
	struct sp_options s;
	struct sp_result r;
	struct model m;
	bool *chosen;
	int bad;

	if (read_options(o, &s, e) || cli_check_place(o->out, e) || model_load(&m, o->model, e))
		return -1;
	chosen = choose(&m, o->layers, e);
	bad = chosen ? sp_model(&r, &m, chosen, &s, e) : -1;
	if (!bad) {
		bad = model_write(&r.model, o->out, e);
		if (!bad)
			(o->json ? print_json : print_text)(&r, o->out);
		sp_result_release(&r);
	}
	free(chosen);
	model_release(&m);
	return bad ? bad : cli_flush(e);
}

int cmd_sparsify(int argc, char **argv)
{
	struct options o = { .layers = "all", .kind = "monarch" };
	const struct opt opts[] = {
		{ "--model", OPT_TEXT, &o.model, "FILE", "checkpoint: llama2.c v0 or v2, safetensors", .required = true },
		{ "--out", OPT_TEXT, &o.out, "FILE", "safetensors file to write; map, golden and cosim read it", .required = true },
		{ "--layers", OPT_TEXT, &o.layers, "LIST", "all (the default), or names like 0.wq,0.w2; layers that have factors keep them" },
		{ "--blocks", OPT_INT, &o.blocks, "B", "blocks of every layer, 1..smaller side", .lo = 1, .hi = BLOCKS_TOP },
		{ "--factors", OPT_TEXT, &o.factors, "NAME", "fit (the default): b = round(sqrt(smaller side)); paper: b = ceil(sqrt(larger side)), padded to b*b" },
		{ "--rank", OPT_INT, &o.rank, "R", "rank of a slice (1)", .lo = 1, .hi = BLOCKS_TOP },
		{ "--kind", OPT_TEXT, &o.kind, "NAME", "monarch (the default), or block-diagonal" },
		{ "--plprp", OPT_FLAG, &o.plprp, NULL, "factors of the checkpoint are P L P R P, the paper's convention: expand them" },
		{ "--threads", OPT_INT, &o.threads, "N", "threads (all processors); the result is the same for any number", .lo = 1, .hi = THREADS_TOP },
		{ "--json", OPT_FLAG, &o.json, NULL, "print JSON" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline sparsify --model FILE --out FILE [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	run(&o, &e);
	return e.code ? cli_fail(&e) : 0;
}
