/* What `bitline adc` does besides the cost table: a search tree from counts, threshold tables from a configuration, a file, or a device that is asked for them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ADC_TASKS_H
#define CLI_ADC_TASKS_H
#include "common/cfg.h"
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* config NULL: a window of one count for a code from 0 up */
struct adc_tree_task { const char *histogram, *out; const struct cfg *config; int bits, depth; bool json; };
int adc_tree_run(const struct adc_tree_task *a, struct err *e);

/* file NULL: the tables of the configuration itself; else those of the file */
struct adc_tables_task { const char *file, *out; const struct cfg *config; bool json; };
int adc_tables_run(const struct adc_tables_task *a, struct err *e);

/* hidden NULL: the device is bent as the configuration's own tables are; else by that file. set: which threshold set is asked; the window is the same in all */
struct adc_fit_task { const char *hidden, *out; const struct cfg *config; int set, step, repeats; bool json; };
int adc_fit_run(const struct adc_fit_task *a, struct err *e);

/* what both say of tables: where entry i stands, the file's bytes, and the refusal of an array without any */
enum { ADC_PLACE = 96 };
void adc_tables_place(const struct cfg *c, size_t i, char out[ADC_PLACE]);
int adc_tables_write(const int32_t *T, size_t n, const char *path, struct err *e);
int adc_tables_exist(const struct cfg *c, struct err *e);

#endif
