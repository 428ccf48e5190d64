/* What bitline train shows: a line that is rewritten on a terminal, lines in a pipe, the result.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_json.h"
#include "cli/train_cmd.h"
#include "common/progress.h"
#include "common/term.h"
#include <math.h>
#include <stdio.h>

static void put_line(const struct train_job *j, const struct train_progress *g)
{
	char left[24];

	fprintf(stderr, "step %ld of %ld", g->step, g->steps);
	if (!isnan(g->loss)) /* a step was made: not so when a finished run is resumed */
		fprintf(stderr, ": loss %.4f, gradient %.3f, rate %.3g", g->loss, g->norm, g->rate);
	if (!isnan(j->last_test))
		fprintf(stderr, ", test %.4f (perplexity %.3f)", j->last_test, exp(j->last_test));
	fprintf(stderr, ", %.0f tokens/s", g->tokens_per_second);
	if (!isnan(g->seconds_left)) {
		progress_left(g->seconds_left, left);
		fprintf(stderr, ", %s", left);
	}
}

/* a line that stays: every test, the end, and without a test every tenth of the steps */
static bool stays(const struct train_job *j, const struct train_progress *g)
{
	return !isnan(g->test) || g->step == g->steps || g->step / j->c.test_every > j->shown;
}

int train_show(void *job, const struct train_progress *g)
{
	struct train_job *j = job;

	if (!isnan(g->test))
		j->last_test = g->test;
	j->end = *g;
	if (term_level() == TERM_QUIET)
		return 0;
	if (j->terminal) {
		fputs("\r", stderr);
		put_line(j, g);
		fputs("\033[K", stderr);
		fflush(stderr);
		j->line = true;
	} else if (stays(j, g)) {
		put_line(j, g);
		fputc('\n', stderr);
	}
	j->shown = g->step / j->c.test_every;
	return 0;
}

void train_show_end(struct train_job *j)
{
	if (j->line)
		fputc('\n', stderr);
	j->line = false;
}

static json_t *real(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static uint64_t tokens(const struct text *t)
{
	uint64_t n = 0;

	for (int i = 0; i < t->n; i++)
		n += (uint64_t)t->len[i];
	return n;
}

static void print_json(const struct train_job *j, const char *hex)
{
	const struct train_progress *g = &j->end;
	json_t *o = json_object();

	json_object_set_new(o, "file", json_string(j->c.out));
	json_object_set_new(o, "sha256", json_string(hex));
	json_object_set_new(o, "seed", json_integer(j->c.seed));
	json_object_set_new(o, "steps", json_integer(g->step));
	json_object_set_new(o, "loss", real(g->loss));
	json_object_set_new(o, "divergence", real(g->divergence));
	json_object_set_new(o, "test_nats", real(j->last_test));
	json_object_set_new(o, "test_perplexity", real(exp(j->last_test)));
	json_object_set_new(o, "parameters", json_integer((json_int_t)j->p.n));
	json_object_set_new(o, "sequences", json_integer(j->text.n));
	json_object_set_new(o, "tokens", json_integer((json_int_t)tokens(&j->text)));
	json_object_set_new(o, "tokens_per_second", real(g->tokens_per_second));
	json_object_set_new(o, "seconds", real(g->seconds));
	json_object_set_new(o, "cpu_seconds", real(g->cpu_seconds));
	cli_print_json(o);
}

int train_show_result(const struct train_job *j, struct err *e)
{
	char hex[65];

	if (train_file_hash(j->c.out, hex, e))
		return -1;
	if (j->c.json)
		print_json(j, hex);
	else
		printf("%s: %zu parameters, %ld steps, seed %ld, %.1f s (%.1f s of CPU), sha256 %s\n", j->c.out, j->p.n, j->end.step, j->c.seed, j->end.seconds, j->end.cpu_seconds, hex);
	return cli_flush(e);
}
