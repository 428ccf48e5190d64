/* The resolved configuration as bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg_schema.h"
#include "common/sha256.h"
#include <string.h>

/* Names, numbers and choices need no XML escape: the schema's patterns admit none of & < > ". */
void cfg_print(const struct cfg *c, struct buf *out)
{
	const struct cfg_schema *s = cfg_schema();
	const char *group = "";
	char text[CFG_TEXT];

	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<bitline");
	for (size_t i = 0; i < s->n; i++) {
		const struct cfg_field *f = &s->field[i];

		if (strcmp(f->group, group)) {
			buf_addf(out, "%s\n\t<%s", *group ? "/>" : ">", f->group);
			group = f->group;
		}
		cfg_field_get(c, f, text);
		buf_addf(out, " %s=\"%s\"", f->name, text);
	}
	buf_adds(out, "/>\n</bitline>\n");
}

void cfg_hash(const struct cfg *c, char hex[65])
{
	struct buf b;

	buf_init(&b);
	cfg_print(c, &b);
	sha256_hex(b.data, b.len, hex);
	buf_release(&b);
}
