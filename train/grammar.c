/* Reading a grammar as a whole, and letting it go.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "train/grammar_parts.h"
#include <stdlib.h>
#include <string.h>

static void release_sequence(struct sequence *q)
{
	free(q->item);
}

void grammar_free(struct grammar *g)
{
	if (!g)
		return;
	for (int i = 0; i < g->n; i++) {
		for (int j = 0; j < g->rule[i].n; j++)
			release_sequence(&g->rule[i].alt[j]);
		free(g->rule[i].alt);
	}
	for (int i = 0; i < g->tables; i++) {
		for (int j = 0; j < g->table[i].rows * g->table[i].n_fields; j++)
			release_sequence(&g->table[i].cell[j]);
		free(g->table[i].cell);
		free(g->table[i].field);
	}
	free(g->rule);
	free(g->table);
	free(g->order);
	free(g->source);
	free(g->name);
	free(g);
}

struct grammar *grammar_read_unproved(const char *text, size_t len, const char *name, struct err *e)
{
	const char *nul = memchr(text, 0, len);
	struct grammar *g;

	if (len > GRAMMAR_BYTES) {
		err_set(e, ERR_INPUT, "'%s': %zu bytes, legal are 1..%d; name a grammar", name, len, GRAMMAR_BYTES);
		return NULL;
	}
	if (nul) {
		err_set(e, ERR_INPUT, "'%s': byte %td is NUL, legal is text; name a grammar", name, nul - text);
		return NULL;
	}
	g = MEM_NEW(1, struct grammar);
	g->name = mem_strdup(name);
	g->source = mem_calloc(len + 1, 1);
	memcpy(g->source, text, len);
	if (!grammar_scan(g, e) && !grammar_check(g, e))
		return g;
	grammar_free(g);
	return NULL;
}

struct grammar *grammar_read(const char *text, size_t len, const char *name, struct err *e)
{
	struct grammar *g = grammar_read_unproved(text, len, name, e);

	if (!g || !grammar_distinct(g, e))
		return g;
	grammar_free(g);
	return NULL;
}
