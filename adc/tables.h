/* Threshold tables of a core: made from the configuration, read from and written to a threshold file (docs/macro.md), checked.
 * Index ((tile*adcs + lane)*AT_SETS + set) << bits | k, entry k = 0 is 0. Models: docs/numerics.md section 10, docs/network.md section 5.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ADC_TABLES_H
#define ADC_TABLES_H
#include "common/buf.h"
#include "common/cfg.h"
#include <stddef.h>
#include <stdint.h>

enum { AT_SETS = 4 };

size_t at_count(const struct cfg *c);         /* entries of all tables */
bool at_ideal(const struct cfg *c);           /* no error of `nonideal` bends a table (noise does not) */
void at_build(const struct cfg *c, int32_t *T); /* every set has the configuration's window */
/* one line of six hexadecimal digits per entry */
void at_print(const int32_t *T, size_t n, struct buf *out);
/* ERR_INPUT names file, line, what stands there, what is legal; the number of lines must be at_count */
int at_read(const struct cfg *c, const char *path, int32_t *T, struct err *e);
/* how many tables of the core are not monotone; first: index of the first such table's first entry that is above its successor (untouched when 0) */
size_t at_not_monotone(const struct cfg *c, const int32_t *T, size_t *first);
void at_digest(const int32_t *T, size_t n, char hex[65]); /* SHA-256 of at_print's bytes */

#endif
