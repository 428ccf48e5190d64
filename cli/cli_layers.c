/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_layers.h"
#include "common/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* the attention's three and the feed-forward's first two read one vector each */
static bool same_input(int a, int b)
{
	static const int reads[MODEL_N_LINEAR] = { [MODEL_WQ] = 0, [MODEL_WK] = 0, [MODEL_WV] = 0, [MODEL_WO] = 1, [MODEL_W1] = 2, [MODEL_W3] = 2, [MODEL_W2] = 3 };

	return a / MODEL_N_LINEAR == b / MODEL_N_LINEAR && reads[a % MODEL_N_LINEAR] == reads[b % MODEL_N_LINEAR];
}

static int add_part(const struct model *m, const char *part, struct cli_layers *to, struct err *e)
{
	int layer, id, index;
	size_t len = strlen(to->name);

	if (model_find(m, part, &layer, &id, e))
		return -1;
	index = layer * MODEL_N_LINEAR + id;
	for (int i = 0; i < to->n; i++)
		if (to->index[i] == index)
			return err_set(e, ERR_INPUT, "layer '%s' is joined to itself: name it once", part);
	if (to->n && !same_input(to->index[0], index))
		return err_set(e, ERR_INPUT, "layers '%s' and '%s' read different vectors: legal to join are wq, wk, wv or w1, w3 of one layer; name them apart", to->name, part);
	snprintf(to->name + len, sizeof(to->name) - len, "%s%s", to->n ? "+" : "", part);
	to->index[to->n++] = index;
	return 0;
}

/* "0.wq+0.wk"; takes the text apart */
static int take_name(const struct model *m, char *text, struct cli_layers *to, struct err *e)
{
	char *plus;

	for (; (plus = strchr(text, '+')); text = plus + 1) {
		*plus = 0;
		if (add_part(m, text, to, e))
			return -1;
	}
	return add_part(m, text, to, e);
}

static void take_all(const struct model *m, struct cli_layers **out, int *n)
{
	*out = MEM_NEW((size_t)m->n_layers * MODEL_N_LINEAR, struct cli_layers);
	for (; *n < m->n_layers * MODEL_N_LINEAR; (*n)++) {
		struct cli_layers *to = &(*out)[*n];

		snprintf(to->name, sizeof(to->name), "%d.%s", *n / MODEL_N_LINEAR, model_linear_name[*n % MODEL_N_LINEAR]);
		to->index[to->n++] = *n;
	}
}

int cli_layers(const struct model *m, const char *list, struct cli_layers **out, int *n, struct err *e)
{
	char *copy, *rest;
	int rc = 0;

	*out = NULL;
	*n = 0;
	if (!list || !strcmp(list, "all")) {
		take_all(m, out, n);
		return 0;
	}
	copy = mem_strdup(list);
	for (char *name = strtok_r(copy, ",", &rest); name && !rc; name = strtok_r(NULL, ",", &rest)) {
		struct cli_layers one = { .n = 0 };
		int i = 0;

		rc = take_name(m, name, &one, e);
		while (i < *n && strcmp((*out)[i].name, one.name))
			i++;
		if (!rc && i == *n)
			*MEM_PUSH(*out, *n) = one;
	}
	free(copy);
	if (rc) {
		free(*out);
		*out = NULL;
		*n = 0;
	}
	return rc;
}
