/* Files of a folder of results (docs/report.md), read strictly: sizes, types and ranges are checked where a value is taken, and the first fault is told with its place.
 *
 *	struct rl_file f;
 *	if (rl_open(&f, dir, "map.json", e) <= 0)       // 0: not there
 *		return f.rc;
 *	cells = rl_count(&f, f.root, "cells", MOST);    // after a fault everything reads as 0, "" or nothing
 *	return rl_close(&f);                            // -1: e has the first fault
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REPORT_LOAD_H
#define CLI_REPORT_LOAD_H
#include "common/err.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RL_MOST_BYTES = 32 << 20, RL_NUMBER = 9007199254740992 /* 2^53: what a double holds exactly */ };

struct rl_file {
	char *path;
	json_t *root;        /* an object */
	const char *hash;    /* config_sha256; NULL: it has none */
	struct err *e;
	int rc;              /* -1 after the first fault */
};

/* 1: open; 0: there is no such file; -1 */
int rl_open(struct rl_file *f, const char *dir, const char *name, struct err *e);
/* f->rc; closing what was not opened is right */
int rl_close(struct rl_file *f);
/* records a fault; -1 */
int rl_fault(struct rl_file *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Members of an object. what is missing or of another type is a fault. */
int64_t rl_int(struct rl_file *f, const json_t *object, const char *key, int64_t lo, int64_t hi);
uint64_t rl_count(struct rl_file *f, const json_t *object, const char *key, uint64_t most);
double rl_real(struct rl_file *f, const json_t *object, const char *key);          /* finite; null: NAN */
const char *rl_text(struct rl_file *f, const json_t *object, const char *key);     /* never NULL */
const char *rl_text_or_null(struct rl_file *f, const json_t *object, const char *key); /* NULL where it is null or missing */
bool rl_bool(struct rl_file *f, const json_t *object, const char *key);
const json_t *rl_object(struct rl_file *f, const json_t *object, const char *key); /* NULL: null, or a fault */
const json_t *rl_list(struct rl_file *f, const json_t *object, const char *key, size_t most);
/* entry i of a list that rl_list gave as key: a whole number; an object; a list of n entries */
int64_t rl_int_at(struct rl_file *f, const json_t *list, const char *key, size_t i, int64_t lo, int64_t hi);
const json_t *rl_object_at(struct rl_file *f, const json_t *list, const char *key, size_t i);
const json_t *rl_row_at(struct rl_file *f, const json_t *list, const char *key, size_t i, size_t n);

#endif
