/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/plusfile.h"
#include "common/file.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *plusfile_write(const char *stem, const struct buf *b, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	struct buf base;
	char *name;
	FILE *f;
	int fd;
	bool bad;

	buf_init(&base);
	buf_addf(&base, "bitline-%s-XXXXXX", stem);
	name = file_join(tmp && *tmp ? tmp : "/tmp", base.data);
	buf_release(&base);
	fd = mkstemp(name);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		err_set(e, ERR_ENV, "cannot make '%s': %s", name, strerror(errno));
		if (fd >= 0) {
			close(fd);
			unlink(name);
		}
		free(name);
		return NULL;
	}
	bad = fwrite(b->data, 1, b->len, f) != b->len; /* fclose() says nothing of a write that failed before it */
	if (fclose(f) || bad) {
		err_set(e, ERR_ENV, "cannot write '%s': %s", name, strerror(errno));
		unlink(name);
		free(name);
		return NULL;
	}
	return name;
}

char *plusfile_faults(const struct gf_faults *f, struct err *e)
{
	struct buf b;
	char *name;

	buf_init(&b);
	buf_addf(&b, "%zu\n", f->n);
	for (size_t i = 0; i < f->n; i++) {
		const struct gf_fault *x = &f->fault[i];

		buf_addf(&b, "%d %d %d %d %d\n", x->kind == GF_COMPARATOR, x->tile, x->at, x->index, x->value);
	}
	name = plusfile_write("faults", &b, e);
	buf_release(&b);
	return name;
}
