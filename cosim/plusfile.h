/* Files that the macro's plusargs name: threshold tables, faults.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_PLUSFILE_H
#define COSIM_PLUSFILE_H
#include "common/buf.h"
#include "common/err.h"
#include "golden/faults.h"

/* The bytes in a new file bitline-STEM-XXXXXX of the temporary directory; its name, new memory. NULL with e set: it cannot be written. */
char *plusfile_write(const char *stem, const struct buf *b, struct err *e);
/* faults as the behavioural view reads them (cim_macro.behavioural.sv) */
char *plusfile_faults(const struct gf_faults *f, struct err *e);

#endif
