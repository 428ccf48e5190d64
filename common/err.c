/* Diagnostics.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/err.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (e->code != ERR_NONE)
		return -1;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	/* names come from hostile files: one line, and nothing a terminal would obey */
	for (unsigned char *p = (unsigned char *)e->text; *p; p++)
		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
	return -1;
}

_Noreturn void err_bug(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "BUG: %s:%d: a fault of bitline itself: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}
