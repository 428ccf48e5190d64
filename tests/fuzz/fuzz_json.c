/* Files that are JSON: search trees (t), histograms (h), tables of costs (c), manifests of emitted directories (m). The first byte of the input says which.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/histogram.h"
#include "adc/tree.h"
#include "cost/table.h"
#include "gen/manifest.h"
#include "tests/fuzz/fuzz.h"

static void tree(struct err *e)
{
	struct tree t, twin;
	int steps[1 << TREE_MAX_BITS];
	struct buf text;

	if (tree_read(FUZZ_PATH, &t, e)) {
		fuzz_refused(e);
		return;
	}
	tree_steps(&t, steps);
	buf_init(&text);
	tree_print(&t, &text);
	fuzz_file((uint8_t *)text.data, text.len);
	if (tree_read(FUZZ_PATH, &twin, e))
		fuzz_broken("a printed tree cannot be read", e);
	if (memcmp(&t, &twin, sizeof(t)))
		fuzz_broken("a tree is another one after printing and reading", NULL);
	fuzz_file(NULL, 0);
	buf_release(&text);
}

static void histogram(struct err *e)
{
	uint64_t weight[16], sum = 0;
	struct histogram h;

	if (histogram_read(FUZZ_PATH, &h, e)) {
		fuzz_refused(e);
	} else {
		histogram_codes(&h, &(struct histogram_window){ 3, -5, CFG_NEAREST }, 4, weight);
		for (int i = 0; i < 16; i++)
			sum += weight[i];
		if (!sum || sum > (uint64_t)1 << 53)
			fuzz_broken("a histogram with a wrong sum", NULL);
	}
	histogram_release(&h);
}

static void cost(struct err *e)
{
	struct cost_table *t = cost_table_load(FUZZ_PATH, e);

	if (!t)
		fuzz_refused(e);
	else if (!t->name[0])
		fuzz_broken("a table without a name", NULL);
	cost_table_free(t);
}

static bool leaves(const char *path)
{
	return path[0] == '/' || !strncmp(path, "../", 3) || strstr(path, "/../");
}

static void manifest(struct err *e)
{
	struct manifest m;

	if (manifest_read(&m, FUZZ_PATH, "manifest", e))
		fuzz_refused(e);
	else
		for (size_t i = 0; i < m.n; i++)
			if (leaves(m.path[i]))
				fuzz_broken("a path of a manifest leaves its directory", NULL);
	manifest_release(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };

	if (size < 1)
		return 0;
	fuzz_file(data + 1, size - 1);
	switch (data[0]) {
	case 't': tree(&e); break;
	case 'h': histogram(&e); break;
	case 'c': cost(&e); break;
	case 'm': manifest(&e); break;
	}
	return 0;
}
