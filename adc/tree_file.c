/* A search tree as JSON: {"bits": B, "root": k, "left": [2^B numbers], "right": [2^B numbers]}; number k of a list belongs to node k, number 0 to none.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tree.h"
#include "common/file.h"
#include <jansson.h>
#include <string.h>

enum { MOST_BYTES = 1 << 16 };

static void print_list(const char *name, const uint16_t *list, int n, struct buf *out)
{
	buf_addf(out, " \"%s\": [", name);
	for (int k = 0; k < n; k++)
		buf_addf(out, k ? ", %d" : "%d", list[k]);
	buf_adds(out, "]");
}

void tree_print(const struct tree *t, struct buf *out)
{
	buf_addf(out, "{\n \"bits\": %d,\n \"root\": %d,\n", t->bits, t->root);
	print_list("left", t->left, 1 << t->bits, out);
	buf_adds(out, ",\n");
	print_list("right", t->right, 1 << t->bits, out);
	buf_adds(out, "\n}\n");
}

struct reading { const char *path; struct tree *t; struct err *e; };

static int number(const struct reading *r, const json_t *j, const char *what, int lo, int hi, int *x)
{
	const char *mend = "write the file as bitline adc --tree --out does";

	if (!json_is_integer(j))
		return err_set(r->e, ERR_INPUT, "'%s': %s is no whole number: legal %d..%d; %s", r->path, what, lo, hi, mend);
	if (json_integer_value(j) < lo || json_integer_value(j) > hi)
		return err_set(r->e, ERR_INPUT, "'%s': %s is %lld: legal %d..%d; %s", r->path, what, (long long)json_integer_value(j), lo, hi, mend);
	*x = (int)json_integer_value(j);
	return 0;
}

static int list(const struct reading *r, const json_t *j, const char *name, uint16_t *to)
{
	int n = 1 << r->t->bits;

	if (!json_is_array(j) || json_array_size(j) != (size_t)n)
		return err_set(r->e, ERR_INPUT, "'%s': \"%s\" is no list of %d numbers, one for each node of %d bits and a 0 in front", r->path, name, n, r->t->bits);
	for (int k = 0; k < n; k++) {
		char what[48];
		int x;

		snprintf(what, sizeof(what), "\"%s\" of node %d", name, k);
		if (number(r, json_array_get(j, (size_t)k), what, 0, k ? n - 1 : 0, &x))
			return -1;
		to[k] = (uint16_t)x;
	}
	return 0;
}

/* node k is what stands where codes i..j are left: a leaf when they are one, else one of the nodes i + 1..j. So no node comes twice and none is left out. */
static int check(const struct reading *r, int parent, const char *side, int k, int i, int j)
{
	if (i == j && k)
		return err_set(r->e, ERR_INPUT, "'%s': node %d has %d on its %s, where code %d alone is left: legal 0", r->path, parent, k, side, i);
	if (i == j)
		return 0;
	if (k <= i || k > j)
		return err_set(r->e, ERR_INPUT, "'%s': node %d has %d on its %s, where codes %d..%d are left: legal is a node %d..%d", r->path, parent, k, side, i, j, i + 1, j);
	return check(r, k, "left", r->t->left[k], i, k - 1) || check(r, k, "right", r->t->right[k], k, j) ? -1 : 0;
}

static int parse(const struct reading *r, const struct buf *text)
{
	json_error_t je;
	json_t *j = json_loadb(text->data, text->len, JSON_REJECT_DUPLICATES, &je);
	int rc, x;

	if (!j)
		return err_set(r->e, ERR_INPUT, "'%s', line %d: %.100s; a search tree is JSON as bitline adc --tree --out writes it", r->path, je.line, je.text);
	rc = number(r, json_object_get(j, "bits"), "\"bits\"", 1, TREE_MAX_BITS, &r->t->bits);
	rc = rc ? rc : list(r, json_object_get(j, "left"), "left", r->t->left);
	rc = rc ? rc : list(r, json_object_get(j, "right"), "right", r->t->right);
	rc = rc ? rc : number(r, json_object_get(j, "root"), "\"root\"", 1, (1 << r->t->bits) - 1, &x);
	if (!rc) {
		r->t->root = (uint16_t)x;
		rc = check(r, 0, "", x, 0, (1 << r->t->bits) - 1);
	}
	json_decref(j);
	return rc;
}

int tree_read(const char *path, struct tree *t, struct err *e)
{
	const struct reading r = { path, t, e };
	struct buf text;
	int rc;

	memset(t, 0, sizeof(*t));
	rc = file_read(path, MOST_BYTES, &text, e);
	if (!rc)
		rc = parse(&r, &text);
	buf_release(&text);
	return rc;
}
