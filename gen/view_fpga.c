/* FPGA wrappers: the core behind a UART. fpga.f lists what comes behind syn.f or sim.f; driver/<prefix>serial.{c,h} is the host's side of the line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "gen/views.h"
#include <stdlib.h>
#include <string.h>

static const char rtl[] = "rtl-templates/fpga/" TMPL_PREFIX, host[] = "flows/serial/" TMPL_PREFIX;

void view_fpga(const struct emit *m, struct gen_set *s)
{
	char *path[16];
	size_t n = 0;

	for (const struct tmpl *t = tmpl_embedded; t->path; t++)
		if (!strncmp(t->path, rtl, sizeof(rtl) - 1) && n < sizeof(path) / sizeof(*path)) {
			struct buf b;

			buf_init(&b);
			buf_addf(&b, "rtl/%s%s", m->c->prefix, t->path + sizeof(rtl) - 1);
			path[n++] = b.data;
		} else if (!strncmp(t->path, host, sizeof(host) - 1)) {
			emit_driver(m, t, gen_add(s, "driver/%s%s", m->c->prefix, t->path + sizeof(host) - 1));
		}
	emit_file_list(m, "the core behind a UART, to be read after syn.f or sim.f", (const char *const *)path, n, gen_add(s, "fpga.f"));
	while (n > 0)
		free(path[--n]);
}
