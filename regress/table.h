/* The results of a list, side by side, and what is written of them. Nothing here depends on when, where or by whom a case was run, but for the timing and JUnit's times, which are
 * those of the run that made the result.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REGRESS_TABLE_H
#define REGRESS_TABLE_H
#include "regress/list.h"
#include "regress/result.h"
#include "regress/store.h"

struct regress_row {
	const struct regress_case *c;
	json_t *result;
	enum regress_verdict verdict;
	char *config, *model, *rest; /* labels */
};

struct regress_table {
	const char *list;
	struct regress_row *row; size_t n; /* in the order of the list */
	size_t total[REGRESS_VERDICTS];
};

/* ERR_ENV: a case has no result */
int regress_table_make(struct regress_table *t, const struct regress_list *l, const struct regress_store *s, struct err *e);
void regress_table_release(struct regress_table *t);

/* first difference or message of a row that is not equal; "" */
const char *regress_row_why(const struct regress_row *r);
/* "1000 cases: 998 equal, 2 different" */
void regress_totals(const struct regress_table *t, struct buf *out);

/* the distinct labels in the order of their first row, new memory; of: the label */
struct regress_labels { const char **name; size_t n; size_t *of_row; /* [rows] */ };
void regress_labels_make(struct regress_labels *l, const struct regress_table *t, const char *(*of)(const struct regress_row *r));
void regress_labels_release(struct regress_labels *l);
/* what regress_labels_make takes */
const char *regress_row_config(const struct regress_row *r);
const char *regress_row_model(const struct regress_row *r);

json_t *regress_results_json(const struct regress_table *t); /* new */
json_t *regress_timing_json(const struct regress_table *t);  /* new */
void regress_junit(const struct regress_table *t, struct buf *out);  /* one test suite per configuration */
void regress_matrix(const struct regress_table *t, struct buf *out); /* a page */

#endif
