/* What `bitline adc` does besides the cost table: a search tree from counts, threshold tables from a configuration or a file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ADC_TASKS_H
#define CLI_ADC_TASKS_H
#include "common/cfg.h"
#include "common/err.h"
#include <stdbool.h>

/* config NULL: a window of one count for a code from 0 up */
struct adc_tree_task { const char *histogram, *out; const struct cfg *config; int bits, depth; bool json; };
int adc_tree_run(const struct adc_tree_task *a, struct err *e);

/* file NULL: the tables of the configuration itself; else those of the file */
struct adc_tables_task { const char *file, *out; const struct cfg *config; bool json; };
int adc_tables_run(const struct adc_tables_task *a, struct err *e);

#endif
