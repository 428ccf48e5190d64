/* Options of bitline train against each other.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/train_cmd.h"
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { STEPS = 1000, BATCH = 16, SAMPLE_LENGTH = 256, SAVE_EVERY = 200, THREADS_TOP = 256 };

static int needs(bool given, const char *option, const char *other, struct err *e)
{
	return given ? err_set(e, ERR_INPUT, "%s means nothing without %s; add it, or leave %s out", option, other, option) : 0;
}

static int check_start(const struct train_cmd *c, struct err *e)
{
	if (!c->model == !c->fresh)
		return err_set(e, ERR_INPUT, "%s --model FILE and --fresh: legal is one of them, it says where to start", c->model ? "both" : "neither");
	if (!c->fresh && (needs(c->dim, "--dim", "--fresh", e) || needs(c->hidden, "--hidden", "--fresh", e) || needs(c->layers, "--layers", "--fresh", e) || needs(c->heads, "--heads", "--fresh", e) ||
			  needs(c->kv_heads, "--kv-heads", "--fresh", e) || needs(c->context, "--context", "--fresh", e) || needs(c->vocab, "--vocab", "--fresh", e)))
		return -1;
	return c->blocks ? 0 : needs(c->rank, "--rank", "--blocks", e);
}

static int check_texts(const struct train_cmd *c, struct err *e)
{
	if (!!c->text + !!c->samples + !!c->stories != 1)
		return err_set(e, ERR_INPUT, "%d of --text, --samples and --stories: legal is one of them, it says what to train on", !!c->text + !!c->samples + !!c->stories);
	if (c->test && c->test_stories)
		return err_set(e, ERR_INPUT, "--test and --test-stories both name the held-out text; leave one out");
	if (!c->samples && (needs(c->sample_length, "--sample-length", "--samples", e) || needs(!isnan(c->temperature), "--temperature", "--samples", e)))
		return -1;
	if (!c->teacher && (needs(c->samples, "--samples", "--teacher", e) || needs(!isnan(c->divergence), "--divergence", "--teacher", e)))
		return -1;
	return 0;
}

static int check_readout(const struct train_cmd *c, struct err *e)
{
	if (c->draws && strcmp(c->draws, "fixed") && strcmp(c->draws, "fresh"))
		return err_set(e, ERR_INPUT, "--draws '%.60s', legal: fixed, fresh", c->draws);
	if (c->draws && !strcmp(c->draws, "fresh") && c->thresholds)
		return err_set(e, ERR_INPUT, "--draws fresh and --thresholds both say what the converters are; leave one out");
	if (c->config)
		return 0;
	return needs(c->set.n, "-s", "--config", e) || needs(c->thresholds, "--thresholds", "--config", e) || needs(c->draws, "--draws", "--config", e) || needs(c->head, "--head", "--config", e) ||
	       needs(c->calibrate_every, "--calibrate-every", "--config", e) ? -1 : 0;
}

static long or(long given, long otherwise)
{
	return given ? given : otherwise;
}

static void or_real(double *given, double otherwise)
{
	if (isnan(*given))
		*given = otherwise;
}

int train_cmd_check(struct train_cmd *c, struct err *e)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (check_start(c, e) || check_texts(c, e) || check_readout(c, e))
		return -1;
	if (!c->state && (needs(c->resume, "--resume", "--state", e) || needs(c->save_every, "--save-every", "--state", e)))
		return -1;
	c->steps = or(c->steps, STEPS);
	if (c->warmup < 0)
		c->warmup = c->steps / 20;
	if (c->warmup >= c->steps)
		return err_set(e, ERR_INPUT, "--warmup %ld of %ld steps, legal 0..%ld; lower it, or raise --steps", c->warmup, c->steps, c->steps - 1);
	c->batch = or(c->batch, BATCH);
	c->sample_length = or(c->sample_length, SAMPLE_LENGTH);
	c->save_every = or(c->save_every, SAVE_EVERY);
	c->test_every = or(c->test_every, (c->steps + 9) / 10);
	c->threads = or(c->threads, processors < 1 ? 1 : processors > THREADS_TOP ? THREADS_TOP : processors);
	or_real(&c->temperature, 1);
	or_real(&c->divergence, c->teacher ? 1 : 0);
	return 0;
}
