/* IP-XACT, both editions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/ipxact.h"
#include "gen/views.h"

void view_ipxact(const struct emit *m, struct gen_set *s)
{
	for (const struct ipxact_edition *e = ipxact_editions; e->year; e++) {
		struct buf text;

		buf_init(&text);
		ipxact_write(m, e, s, &text);
		buf_add(gen_add(s, "ipxact/%stop.%s.xml", m->c->prefix, e->year), text.data, text.len);
		buf_release(&text);
	}
}
