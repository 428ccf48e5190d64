/* What decides the result of a training run, as lines of text: options, and the bytes of the files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_readout.h"
#include "cli/train_cmd.h"
#include "common/file.h"
#include "common/sha256.h"
#include <stdlib.h>

#define FILE_MAX ((size_t)4 << 30)

int train_file_hash(const char *path, char hex[65], struct err *e)
{
	struct buf bytes;
	int bad = file_read(path, FILE_MAX, &bytes, e);

	if (!bad)
		sha256_hex(bytes.data, bytes.len, hex);
	buf_release(&bytes);
	return bad;
}

static int add_file(struct buf *b, const char *option, const char *path, struct err *e)
{
	char hex[65];

	if (!path)
		return 0;
	if (train_file_hash(path, hex, e))
		return -1;
	buf_addf(b, "%s of sha256 %s\n", option, hex);
	return 0;
}

static void add_options(struct buf *b, const struct train_cmd *c)
{
	const struct { const char *name; long v; } whole[] = {
		{ "--fresh", c->fresh }, { "--dim", c->dim }, { "--hidden", c->hidden }, { "--layers", c->layers }, { "--heads", c->heads }, { "--kv-heads", c->kv_heads },
		{ "--context", c->context }, { "--vocab", c->vocab }, { "--blocks", c->blocks }, { "--rank", c->rank }, { "--samples", c->samples }, { "--sample-length", c->samples ? c->sample_length : 0 },
		{ "--stories", c->stories }, { "--steps", c->steps }, { "--warmup", c->warmup }, { "--batch", c->batch }, { "--length", c->length }, { "--seed", c->seed },
		{ "--calibrate-every", c->calibrate_every }, { "--head", c->head }, { "--keep-zeros", c->keep_zeros },
	};
	const struct { const char *name; double v; } real[] = {
		{ "--temperature", c->temperature }, { "--rate", c->rate }, { "--last", c->last }, { "--decay", c->decay }, { "--beta2", c->beta2 }, { "--clip", c->clip }, { "--divergence", c->divergence },
	};

	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		buf_addf(b, "%s %ld\n", whole[i].name, whole[i].v);
	for (size_t i = 0; i < sizeof(real) / sizeof(*real); i++)
		buf_addf(b, "%s %.17g\n", real[i].name, real[i].v);
}

int train_identity(const struct train_job *j, char **identity, struct err *e)
{
	const struct train_cmd *c = &j->c;
	char *tokenizer = j->has_tok ? cli_tokenizer(c->tokenizer, c->model ? c->model : ".", e) : NULL;
	struct buf b;
	char hex[65];
	int bad;

	buf_init(&b);
	add_options(&b, c);
	bad = add_file(&b, "--model", c->model, e) || add_file(&b, "--teacher", c->teacher, e) || add_file(&b, "--text", c->text, e) || add_file(&b, "--tokenizer", tokenizer, e) ||
	      add_file(&b, "--thresholds", c->thresholds, e) ? -1 : 0;
	if (c->config) {
		cfg_hash(&j->cfg, hex);
		buf_addf(&b, "--config of sha256 %s\n--draws %s\n", hex, j->fresh_draws ? "fresh" : "fixed");
		if (j->ro.conv.kind == RO_STOCHASTIC || j->ro.noise) /* draws run on from sequence to sequence of a thread */
			buf_addf(&b, "--threads %ld\n", c->threads);
	}
	free(tokenizer);
	*identity = b.data; /* the caller's */
	return bad;
}
