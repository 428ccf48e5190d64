/* Configuration -> every emitted file, in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "gen/views.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char rtl_root[] = "rtl-templates/", sdc_root[] = "constraints/", driver_root[] = "cosim/driver/", flow_root[] = "flows/", fpga_root[] = "rtl-templates/fpga/",
	formal_root[] = "rtl-templates/formal/";

static struct buf *add(struct gen_set *s, char *path)
{
	struct gen_file *f;

	s->file = mem_realloc(s->file, s->n + 1, sizeof(*s->file));
	f = &s->file[s->n++];
	f->path = path;
	buf_init(&f->text);
	return &f->text;
}

struct buf *gen_add(struct gen_set *s, const char *fmt, ...)
{
	va_list ap;
	char *path;

	va_start(ap, fmt);
	if (vasprintf(&path, fmt, ap) < 0)
		BUG("vasprintf failed");
	va_end(ap);
	return add(s, path);
}

static char *path_of(const char *dir, const char *prefix, const char *rest)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%s%s%s", dir, prefix, rest);
	return b.data;
}

/* "cim_adc_sar.sv" -> "adc_sar.sv" */
static const char *stem(const struct tmpl *t)
{
	const char *base = strrchr(t->path, '/') + 1;

	if (strncmp(base, TMPL_PREFIX, sizeof(TMPL_PREFIX) - 1))
		BUG("template %s does not begin with " TMPL_PREFIX, t->path);
	return base + sizeof(TMPL_PREFIX) - 1;
}

/* "macro.digital.sv" is the view "digital" (n = 7) of a module; NULL: the file is in every list */
static const char *view_of(const struct tmpl *t, size_t *n)
{
	const char *first = strchr(stem(t), '.'), *last = strrchr(first, '.');

	*n = (size_t)(last - first) - (last != first);
	return last == first ? NULL : first + 1;
}

static bool in_view(const struct tmpl *t, const char *view)
{
	size_t n;
	const char *v = view_of(t, &n);

	return !v || (strlen(view) == n && !memcmp(v, view, n));
}

/* users of modules after the modules: primitives, then the rest by name, then top/ */
static int rank(const struct tmpl *t)
{
	if (!strncmp(t->path, "rtl-templates/prim/", 19))
		return 0;
	return strncmp(t->path, "rtl-templates/top/", 18) ? 1 : 2;
}

static bool below(const struct tmpl *t, const char *root)
{
	return !strncmp(t->path, root, strlen(root));
}

/* of the core itself: in the file lists */
static bool is_rtl(const struct tmpl *t)
{
	return below(t, rtl_root) && !below(t, fpga_root) && !below(t, formal_root);
}

static void file_list(const struct emit *m, struct gen_set *s, const char *name, const char *what, const char *view)
{
	char *path[256];
	size_t n = 0;

	path[n++] = path_of("rtl/", m->c->prefix, "pkg.sv");
	for (int r = 0; r < 3; r++)
		for (const struct tmpl *t = tmpl_embedded; t->path; t++) {
			if (!is_rtl(t) || rank(t) != r || !in_view(t, view))
				continue;
			if (n == sizeof(path) / sizeof(*path) - 1)
				BUG("too many templates");
			path[n++] = path_of("rtl/", m->c->prefix, stem(t));
		}
	path[n++] = path_of("rtl/", m->c->prefix, "top.sv");
	emit_file_list(m, what, (const char *const *)path, n, add(s, mem_strdup(name)));
	while (n > 0)
		free(path[--n]);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct gen_file *)a)->path, ((const struct gen_file *)b)->path);
}

/* A file of flows/ as it is, with where it comes from behind its leading comments; flow/ instead of flows/. */
static void add_flow(const struct emit *m, const struct tmpl *t, struct gen_set *s)
{
	emit_script(m, t, gen_add(s, "flow/%s", t->path + sizeof(flow_root) - 1));
}

static void add_views(const struct emit *m, uint32_t views, struct gen_set *s)
{
	bool flow = false, fpga = false, formal = false;

	for (int v = 0; gen_views[v].name; v++) {
		const struct gen_view *w = &gen_views[v];
		bool again = false; /* two views share one emitter */
		char root[64];

		if (!(views >> v & 1))
			continue;
		for (int k = 0; k < v; k++)
			again |= (views >> k & 1) && gen_views[k].emit == w->emit;
		if (w->emit && !again)
			w->emit(m, s);
		flow |= w->flow != NULL;
		fpga |= w->fpga;
		formal |= w->formal;
		snprintf(root, sizeof(root), "%s%s/", flow_root, w->flow ? w->flow : "");
		for (const struct tmpl *t = tmpl_embedded; w->flow && t->path; t++)
			if (below(t, root))
				add_flow(m, t, s);
	}
	for (const struct tmpl *t = tmpl_embedded; t->path; t++)
		if (flow && !strcmp(t->path, "flows/lib.sh"))
			add_flow(m, t, s);
		else if (fpga && below(t, fpga_root))
			emit_template(m, t, add(s, path_of("rtl/", m->c->prefix, stem(t))));
		else if (formal && below(t, formal_root))
			emit_template(m, t, add(s, path_of("formal/", m->c->prefix, stem(t))));
	if (flow)
		view_design(m, s);
}

int gen_build(const struct cfg *c, uint32_t views, struct gen_set *out, struct err *e)
{
	struct emit m;
	struct gen_set s = { 0 };
	struct buf *manifest;

	emit_init(&m, c);
	(void)e; /* a checked configuration can always be emitted */
	emit_pkg(&m, add(&s, path_of("rtl/", c->prefix, "pkg.sv")));
	for (const struct tmpl *t = tmpl_embedded; t->path; t++) {
		if (is_rtl(t))
			emit_template(&m, t, add(&s, path_of("rtl/", c->prefix, stem(t))));
		else if (below(t, driver_root))
			emit_driver(&m, t, add(&s, path_of("driver/", c->prefix, stem(t))));
		else if (below(t, sdc_root))
			emit_sdc(&m, t, add(&s, path_of(sdc_root, c->prefix, stem(t))));
	}
	emit_top(&m, add(&s, path_of("rtl/", c->prefix, "top.sv")));
	file_list(&m, &s, "sim.f", "simulation", c->kind == CFG_ANALOG ? "behavioural" : "digital");
	file_list(&m, &s, "syn.f", "synthesis from standard cells alone", "digital");
	file_list(&m, &s, "blackbox.f", "synthesis with the macro as a black box", "blackbox");
	emit_regs_h(&m, add(&s, path_of("include/", c->prefix, "regs.h")));
	add_views(&m, views, &s);
	cfg_print(c, add(&s, mem_strdup("config.xml")));
	qsort(s.file, s.n, sizeof(*s.file), by_path);
	for (size_t i = 1; i < s.n; i++)
		if (!strcmp(s.file[i - 1].path, s.file[i].path))
			BUG("two templates make %s", s.file[i].path);
	manifest = add(&s, mem_strdup(EMIT_MANIFEST));
	emit_manifest(&m, s.file, s.n - 1, manifest);
	*out = s;
	return 0;
}

void gen_set_release(struct gen_set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->file[i].path);
		buf_release(&s->file[i].text);
	}
	free(s->file);
	s->file = NULL;
	s->n = 0;
}
