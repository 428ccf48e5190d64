/* Runs a program image that `bitline map --out` wrote on the golden machine: what it gives, how long it takes. A compiler of your own is checked the same way.
 * usage: program CONFIG.xml LAYER.program.bin LAYER.stream.bin
 * SPDX-License-Identifier: Apache-2.0 */
#include <bitline.h>
#include <inttypes.h>
#include <stdio.h>

struct seen { uint64_t codes, partials, outputs; };

static int on_codes(void *ctx, const struct bl_codes *e)
{
	((struct seen *)ctx)->codes += (uint64_t)e->n;
	return 0;
}

static int on_partial(void *ctx, const struct bl_partial *e)
{
	(void)e;
	((struct seen *)ctx)->partials++;
	return 0;
}

static int on_output(void *ctx, const struct bl_output *e)
{
	((struct seen *)ctx)->outputs += e->to_stream;
	return 0;
}

int main(int argc, char **argv)
{
	struct seen seen = { 0, 0, 0 };
	struct bl_events events = { &seen, on_codes, on_partial, on_output };
	struct bl_counts n;
	struct bl_error e;
	struct bl_config *c;
	struct bl_machine *m = NULL;
	uint32_t *code = NULL;
	uint64_t *stream = NULL;
	size_t n_instr = 0, n_beats = 0;
	int rc = -1;

	if (argc != 4) {
		fprintf(stderr, "usage: program CONFIG.xml LAYER.program.bin LAYER.stream.bin\n");
		return 2;
	}
	c = bl_config_load(argv[1], NULL, 0, &e);
	if (c)
		m = bl_machine_new(c, NULL, NULL, &e);
	if (m && !bl_program_read(argv[2], &code, &n_instr, &e) && !bl_stream_read(argv[3], &stream, &n_beats, &e))
		rc = bl_machine_run(m, code, n_instr, stream, n_beats, &events, &n, &e);
	if (rc)
		fprintf(stderr, "program: %s\n", e.text);
	else
		printf("%zu instructions, %" PRIu64 " of %zu beats, %" PRIu64 " clocks, %" PRIu64 " activations, %" PRIu64 " conversions\n%" PRIu64 " codes, %" PRIu64 " partial sums, %" PRIu64
		       " outputs to the stream\n", n_instr, n.beats, n_beats, n.cycles, n.activations, n.conversions, seen.codes, seen.partials, seen.outputs);
	bl_machine_free(m);
	bl_config_free(c);
	bl_free(code);
	bl_free(stream);
	return rc ? 2 : 0;
}
