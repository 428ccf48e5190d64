/* A manifest that was read back. It may come from a hostile directory: every path in it was checked to stay below the directory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_MANIFEST_H
#define GEN_MANIFEST_H
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>

struct manifest { char hash[65]; char **path; size_t n; };

/* dir/name; ERR_INPUT when missing or not ours. Release in any case. */
int manifest_read(struct manifest *m, const char *dir, const char *name, struct err *e);
void manifest_release(struct manifest *m);
/* relative, no empty, "." or ".." part, printable ASCII */
bool manifest_path_ok(const char *path);

#endif
