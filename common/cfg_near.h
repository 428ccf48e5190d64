/* "did you mean": the known name nearest to a wrong one.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CFG_NEAR_H
#define COMMON_CFG_NEAR_H
#include <stddef.h>

/* NULL when nothing is near enough to be meant. A bare "rows" is near "array.rows". The first of equally near ones wins. */
const char *cfg_near(const char *wrong, const char *const *known, size_t n);

#endif
