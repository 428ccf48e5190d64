/* Register documents.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/regs_doc.h"
#include "gen/views.h"

void view_regs(const struct emit *m, struct gen_set *s)
{
	struct regtable *t = regtable_new(m->c);

	regs_rdl(m, t, gen_add(s, "regs/%sregs.rdl", m->c->prefix));
	regs_md(m, t, gen_add(s, "regs/%sregs.md", m->c->prefix));
	regs_html(m, t, gen_add(s, "regs/%sregs.html", m->c->prefix));
	regtable_free(t);
}
