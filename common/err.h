/* Diagnostics: one line a person can act on, and the exit status that goes with it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

/* Exit statuses of the program; a library call that fails leaves one of them in err.code. */
enum err_code {
	ERR_NONE = 0,
	ERR_DIFF = 1,  /* the judged thing differs */
	ERR_INPUT = 2, /* the user's input is wrong: place, value, legal range, how to mend */
	ERR_ENV = 3,   /* a tool or the environment failed */
};

struct err {
	enum err_code code;
	char text[1024]; /* lower case, no full stop, no newline */
};

/* Records the first error only (later ones are consequences). Always returns -1, so that `return err_set(...)` reads well. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* "a fault of bitline itself": prints file, line and text, aborts. For broken invariants only, never for input. */
#define BUG(...) err_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void err_bug(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
