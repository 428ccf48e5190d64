/* SPDX-License-Identifier: Apache-2.0 */
#include "common/term.h"
#include "common/progress.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum term_level the_level = TERM_NORMAL;

void term_set_level(enum term_level level)
{
	the_level = level;
}

enum term_level term_level(void)
{
	return the_level;
}

static void line(const char *fmt, va_list ap)
{
	progress_hide();
	fputs("bitline: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void term_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (the_level > TERM_QUIET)
		line(fmt, ap);
	va_end(ap);
}

void term_detail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (the_level == TERM_VERBOSE)
		line(fmt, ap);
	va_end(ap);
}

/* set and not empty, as both conventions have it */
static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

static bool has_colour(FILE *f)
{
	const char *terminal = getenv("TERM");

	if (is_set("NO_COLOR"))
		return false;
	if (is_set("CLICOLOR_FORCE") && strcmp(getenv("CLICOLOR_FORCE"), "0"))
		return true;
	return isatty(fileno(f)) && terminal && strcmp(terminal, "dumb");
}

const char *term_on(FILE *f, enum term_colour colour)
{
	static const char *const code[] = { [TERM_RED] = "\033[1;31m", [TERM_GREEN] = "\033[32m", [TERM_YELLOW] = "\033[33m", [TERM_BOLD] = "\033[1m" };

	return has_colour(f) ? code[colour] : "";
}

const char *term_off(FILE *f)
{
	return has_colour(f) ? "\033[0m" : "";
}
