/* bitline report: a folder of results as one HTML page. docs/report.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/report_parts.h"
#include "common/file.h"
#include "common/mem.h"
#include "report/page.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *report_format(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text = mem_calloc((size_t)n + 1, 1);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return text;
}

void report_section(struct report *r, const struct rl_file *f, const char *id, const char *heading)
{
	r->found++;
	page_section(r->out, id, heading);
	if (r->has_cfg && f->hash && strcmp(f->hash, r->hash)) {
		char *text = report_format("Of another configuration than config.xml: %.16s instead of %.16s.", f->hash, r->hash);

		page_soft(r->out, text);
		free(text);
	}
}

static int load_config(struct report *r)
{
	char *path = file_join(r->dir, "config.xml");
	int rc = 0;

	if (file_exists(path)) {
		rc = cfg_load(&r->cfg, path, NULL, 0, r->e);
		r->has_cfg = !rc;
		if (!rc)
			cfg_hash(&r->cfg, r->hash);
	}
	free(path);
	return rc;
}

int report_config(struct report *r)
{
	struct buf text;

	if (!r->has_cfg) {
		page_absent(&r->absent, "Configuration", "bitline cosim ... --out DIR");
		return 0;
	}
	buf_init(&text);
	cfg_print(&r->cfg, &text);
	page_section(r->out, "config", "Configuration");
	buf_addf(r->out, "<p class=\"soft\">SHA-256 of the resolved configuration: <code>%s</code></p>\n", r->hash);
	page_details(r->out, "config.xml, every field");
	page_code(r->out, text.data);
	page_details_end(r->out);
	page_section_end(r->out);
	buf_release(&text);
	return 0;
}

static int compose(struct report *r)
{
	static int (*const section[])(struct report *) = {
		report_verdict, report_text, report_run, report_timeline, report_arrays, report_counts, report_codes, report_perplexity, report_cost, report_layout, report_config,
	};
	char *title;

	if (load_config(r))
		return -1;
	title = r->has_cfg ? report_format("bitline: %s", r->cfg.name) : mem_strdup("bitline: report");
	page_begin(r->out, title);
	free(title);
	for (size_t i = 0; i < sizeof(section) / sizeof(*section); i++)
		if (section[i](r))
			return -1;
	if (r->absent.len) {
		page_section(r->out, "absent", "Not recorded here");
		buf_add(r->out, r->absent.data, r->absent.len);
		page_section_end(r->out);
	}
	page_end(r->out);
	if (!r->found)
		return err_set(r->e, ERR_INPUT, "'%s' holds no result: write some with bitline cosim ... --out %s (docs/report.md section 1)", r->dir, r->dir);
	return 0;
}

static int check_folder(const char *dir, struct err *e)
{
	struct stat st;

	if (stat(dir, &st) || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT, "'%s' is no folder: write results there with bitline cosim ... --out DIR, or name another", dir);
	return 0;
}

static int run(const char *dir, const char *out, struct err *e)
{
	struct report r = { .dir = dir, .e = e };
	struct buf page;
	char *path;
	int rc;

	if (check_folder(dir, e))
		return -1;
	path = out ? mem_strdup(out) : file_join(dir, "report.html");
	buf_init(&page);
	buf_init(&r.absent);
	r.out = &page;
	rc = compose(&r);
	if (!rc)
		rc = file_write(path, page.data, page.len, e);
	if (!rc)
		puts(path);
	buf_release(&page);
	buf_release(&r.absent);
	free(path);
	return rc ? rc : cli_flush(e);
}

int cmd_report(int argc, char **argv)
{
	const char *out = NULL, *dir = NULL;
	const struct opt opts[] = {
		{ "--out", OPT_TEXT, &out, "FILE.html", "the page (DIR/report.html)" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline report DIR [--out FILE.html]", opts, OPT_N(opts), &dir, 1, &status))
		return status;
	if (!dir)
		err_set(&e, ERR_INPUT, "report of what? name a folder of results: bitline report DIR (docs/report.md section 1)");
	else if (out && !*out)
		err_set(&e, ERR_INPUT, "--out \"\" has no name; write --out FILE.html");
	else
		run(dir, out, &e);
	return e.code ? cli_fail(&e) : 0;
}
