/* Files at the edge of the program. Every write goes to a temporary file beside the target and is renamed: nothing half-written.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H
#include "common/buf.h"
#include "common/err.h"
#include <stdbool.h>

/* Whole file into b (initialised by the call). Longer than max bytes: ERR_INPUT. Missing or unreadable: ERR_INPUT naming the file. */
int file_read(const char *path, size_t max, struct buf *b, struct err *e);
/* Atomic; an existing file with the same bytes is left untouched (time stamp kept). ERR_ENV on failure. */
int file_write(const char *path, const void *data, size_t len, struct err *e);
int file_mkdirs(const char *path, struct err *e); /* mkdir -p */
bool file_exists(const char *path);
/* path = dir + "/" + name; a new string */
char *file_join(const char *dir, const char *name);

#endif
