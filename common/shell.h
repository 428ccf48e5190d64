/* Words for a POSIX shell.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_SHELL_H
#define COMMON_SHELL_H
#include "common/buf.h"

/* adds word so that a shell takes it as one word, quoted only where it must be */
void shell_quote(struct buf *b, const char *word);

#endif
