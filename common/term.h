/* What is said beside results, all of it on standard error: how much (-q, -v), and colour.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_TERM_H
#define COMMON_TERM_H
#include <stdbool.h>
#include <stdio.h>

enum term_level {
	TERM_QUIET,   /* -q: results and errors only */
	TERM_NORMAL,
	TERM_VERBOSE, /* -v: also what is done */
};

void term_set_level(enum term_level level); /* once, before anything else runs */
enum term_level term_level(void);
/* "bitline: text" on a line of its own, behind a progress line that is shown: a note unless -q, a detail with -v only. text begins with a small letter, no full stop */
void term_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void term_detail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

enum term_colour { TERM_RED, TERM_GREEN, TERM_YELLOW, TERM_BOLD };
/* What turns a colour on and off again, "" where f takes none: colour is for terminals that are not "dumb", never with NO_COLOR, and with CLICOLOR_FORCE in a
 * pipe too (no-color.org, bixense.com/clicolors). */
const char *term_on(FILE *f, enum term_colour colour);
const char *term_off(FILE *f);

#endif
