/* A small SVG writer: elements into a buffer, texts escaped, numbers always printed the same way (at most two decimals, no exponent, no "-0").
 * Attributes beyond the place come as text ("fill='red'"): they are the caller's own, never a user's words.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H
#include "common/buf.h"

/* the root with a white ground and the page's fonts; title: what screen readers and tabs say. svg_end closes it */
void svg_begin(struct buf *out, double width, double height, const char *title);
void svg_end(struct buf *out);

void svg_number(struct buf *out, double v);       /* rounded to hundredths */
void svg_escape(struct buf *out, const char *s);  /* UTF-8 as text or attribute, in ASCII; what is no UTF-8 or not for XML 1.0 becomes "?" */

/* tip NULL: none; else a <title> child, which viewers show under the pointer */
void svg_rect(struct buf *out, double x, double y, double w, double h, const char *attributes, const char *tip);
void svg_line(struct buf *out, double x1, double y1, double x2, double y2, const char *attributes);
void svg_text(struct buf *out, double x, double y, const char *attributes, const char *text);

/* <g attributes>, with a tip or none; svg_close ends it */
void svg_open(struct buf *out, const char *attributes, const char *tip);
void svg_close(struct buf *out);

#endif
