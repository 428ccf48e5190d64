/* Threshold tables between golden's order and the file that the behavioural macro reads: docs/macro.md.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_THRESHOLDS_H
#define COSIM_THRESHOLDS_H
#include "common/err.h"
#include "golden/machine.h"

/* entries of a whole device */
size_t thresholds_count(const struct gm_hw *hw);
/* SHA-256 of the threshold file's bytes */
void thresholds_digest(const struct gm_hw *hw, const int32_t *T, char hex[65]);
/* Two makers, one table: theirs with its digest as they say, and golden's own. ERR_DIFF names the first entry that differs. */
int thresholds_agree(const struct gm_hw *hw, const int32_t *theirs, const char *digest, const int32_t *own, struct err *e);
/* a temporary file in $TMPDIR; its name in new memory, the caller removes it */
char *thresholds_write(const struct gm_hw *hw, const int32_t *T, struct err *e);

#endif
