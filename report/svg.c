/* A small SVG writer. No locale, no floating-point formatting: the bytes depend on the rounded hundredths only.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/svg.h"
#include "common/err.h"
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* beyond any drawing; keeps the conversion to whole hundredths defined */
static const double most = 1e12;

void svg_number(struct buf *out, double v)
{
	int64_t h;
	int part;

	if (!isfinite(v) || fabs(v) > most)
		BUG("the number %g does not belong into a drawing", v);
	h = llround(v * 100);
	part = (int)llabs(h % 100);
	buf_addf(out, "%s%" PRId64, h < 0 ? "-" : "", (int64_t)llabs(h / 100));
	if (part % 10)
		buf_addf(out, ".%02d", part);
	else if (part)
		buf_addf(out, ".%d", part / 10);
}

/* one character of UTF-8 at *s, which moves behind it; '?' for what is none or what XML 1.0 cannot hold */
static unsigned character(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;
	int n = p[0] < 0x80 ? 0 : p[0] >= 0xc2 && p[0] < 0xe0 ? 1 : p[0] >= 0xe0 && p[0] < 0xf0 ? 2 : -1;
	unsigned c = n == 1 ? p[0] & 0x1f : n == 2 ? p[0] & 0x0f : p[0];

	++*s;
	if (n < 0)
		return '?';
	for (int i = 1; i <= n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return '?';
		c = c << 6 | (p[i] & 0x3f);
	}
	*s += n;
	if ((c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0) || (n == 2 && c < 0x800) || (c >= 0xd800 && c < 0xe000) || c >= 0xfffe)
		return '?';
	return c;
}

void svg_escape(struct buf *out, const char *s)
{
	while (*s) {
		unsigned c = character(&s);

		if (c == '&')
			buf_adds(out, "&amp;");
		else if (c == '<')
			buf_adds(out, "&lt;");
		else if (c == '>')
			buf_adds(out, "&gt;");
		else if (c == '"')
			buf_adds(out, "&quot;");
		else if (c == '\'' || c == '\n' || c > 0x7e) /* a line break is a tip's */
			buf_addf(out, "&#%u;", c);
		else
			buf_addf(out, "%c", (int)c);
	}
}

static void attribute(struct buf *out, const char *name, double v)
{
	buf_addf(out, " %s=\"", name);
	svg_number(out, v);
	buf_adds(out, "\"");
}

static void more(struct buf *out, const char *attributes)
{
	if (*attributes)
		buf_addf(out, " %s", attributes);
}

static void title(struct buf *out, const char *text)
{
	buf_adds(out, "<title>");
	svg_escape(out, text);
	buf_adds(out, "</title>");
}

void svg_begin(struct buf *out, double width, double height, const char *text)
{
	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"");
	attribute(out, "width", width);
	attribute(out, "height", height);
	buf_adds(out, " viewBox=\"0 0 ");
	svg_number(out, width);
	buf_adds(out, " ");
	svg_number(out, height);
	buf_adds(out, "\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"13\" fill=\"#222\">\n");
	title(out, text);
	buf_adds(out, "\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

void svg_end(struct buf *out)
{
	buf_adds(out, "</svg>\n");
}

void svg_rect(struct buf *out, double x, double y, double w, double h, const char *attributes, const char *tip)
{
	buf_adds(out, "<rect");
	attribute(out, "x", x);
	attribute(out, "y", y);
	attribute(out, "width", w);
	attribute(out, "height", h);
	more(out, attributes);
	if (tip) {
		buf_adds(out, ">");
		title(out, tip);
		buf_adds(out, "</rect>\n");
	} else {
		buf_adds(out, "/>\n");
	}
}

void svg_line(struct buf *out, double x1, double y1, double x2, double y2, const char *attributes)
{
	buf_adds(out, "<line");
	attribute(out, "x1", x1);
	attribute(out, "y1", y1);
	attribute(out, "x2", x2);
	attribute(out, "y2", y2);
	more(out, attributes);
	buf_adds(out, "/>\n");
}

void svg_text(struct buf *out, double x, double y, const char *attributes, const char *text)
{
	buf_adds(out, "<text");
	attribute(out, "x", x);
	attribute(out, "y", y);
	more(out, attributes);
	buf_adds(out, ">");
	svg_escape(out, text);
	buf_adds(out, "</text>\n");
}

void svg_open(struct buf *out, const char *attributes, const char *tip)
{
	buf_adds(out, "<g");
	more(out, attributes);
	buf_adds(out, ">");
	if (tip)
		title(out, tip);
	buf_adds(out, "\n");
}

void svg_close(struct buf *out)
{
	buf_adds(out, "</g>\n");
}
