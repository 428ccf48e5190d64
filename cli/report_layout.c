/* layout.json, layout.png: what flow-qflow made. The picture goes into the page as base64.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"
#include "common/file.h"
#include "report/page.h"
#include "report/svg.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PICTURE = 8 << 20 };

static void add_base64(struct buf *out, const unsigned char *p, size_t n)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);
		const char four[] = { digit[v >> 18], digit[v >> 12 & 63], i + 1 < n ? digit[v >> 6 & 63] : '=', i + 2 < n ? digit[v & 63] : '=' };

		buf_add(out, four, 4);
	}
}

static int picture(struct report *r, const char *alt)
{
	static const unsigned char png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
	char *path = file_join(r->dir, "layout.png");
	struct buf b;
	int rc = 0;

	if (!file_exists(path)) {
		page_absent(&r->absent, "Picture of the layout", "make flow-qflow; cp WORK/TOP.png DIR/layout.png");
		free(path);
		return 0;
	}
	rc = file_read(path, MOST_PICTURE, &b, r->e);
	if (!rc && (b.len < sizeof(png) || memcmp(b.data, png, sizeof(png))))
		rc = err_set(r->e, ERR_INPUT, "'%s' is no PNG picture; copy the one that flow-qflow made (docs/layout.md)", path);
	if (!rc) {
		buf_adds(r->out, "<figure>\n<img alt=\"");
		svg_escape(r->out, alt);
		buf_adds(r->out, "\" src=\"data:image/png;base64,");
		add_base64(r->out, (const unsigned char *)b.data, b.len);
		buf_adds(r->out, "\"/>\n</figure>\n");
	}
	buf_release(&b);
	free(path);
	return rc;
}

/* numbers and texts of the result as they are, in its order; what is nested is left out */
static void table(struct report *r, struct rl_file *f)
{
	static const char *const head[] = { "result", "value" };
	const struct page_columns c = { 2, head, 2 };
	const char *key;
	json_t *v;

	page_details(r->out, "numbers");
	page_table(r->out, "Result of the flow", &c);
	json_object_foreach(f->root, key, v) {
		char *text = json_is_integer(v) ? report_format("%lld", (long long)json_integer_value(v)) : json_is_real(v) ? report_format("%.6g", json_real_value(v)) :
			json_is_boolean(v) ? report_format(json_is_true(v) ? "yes" : "no") : json_is_string(v) ? report_format("%.80s", json_string_value(v)) : NULL;

		if (text)
			page_row(r->out, &c, (const char *[]){ key, text });
		free(text);
	}
	page_table_end(r->out);
	page_details_end(r->out);
}

int report_layout(struct report *r)
{
	struct rl_file f;
	char *text;
	int rc = rl_open(&f, r->dir, "layout.json", r->e);

	if (rc > 0) {
		report_section(r, &f, "layout", "Layout");
		text = report_format("Layout of block %s of %s in %s: %lld cells on %.4g um2, %lld nets, %.5g um of wire, %lld routes failed.", rl_text(&f, f.root, "block"), rl_text(&f, f.root, "design"),
			rl_text(&f, f.root, "library"), (long long)rl_count(&f, f.root, "cells", RL_NUMBER), rl_real(&f, f.root, "die_area_um2"), (long long)rl_count(&f, f.root, "nets", RL_NUMBER),
			rl_real(&f, f.root, "wire_um"), (long long)rl_count(&f, f.root, "failed_routes", RL_NUMBER));
		page_text(r->out, text);
		if (!f.rc)
			f.rc = picture(r, text);
		free(text);
		table(r, &f);
		page_section_end(r->out);
	} else if (!rc) {
		page_absent(&r->absent, "Layout", "make flow-qflow CONFIG=digital8 BLOCK=sequencer; cp its result.json and picture to DIR/layout.json, DIR/layout.png");
	}
	return rl_close(&f);
}
