/* The sections of the page of `bitline report`: each reads its files of the folder (docs/report.md section 1) and writes its part, or one line about what makes them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REPORT_PARTS_H
#define CLI_REPORT_PARTS_H
#include "cli/report_load.h"
#include "common/buf.h"
#include "common/cfg.h"

struct report {
	const char *dir;
	struct buf *out, absent; /* absent: what there is no file of */
	struct err *e;
	struct cfg cfg;      /* of config.xml */
	bool has_cfg;
	char hash[65];       /* of it */
	int found;           /* sections that had something to show */
};

/* -1: e has the first fault of a file */
int report_verdict(struct report *r);      /* of run.json, text.json: the banner alone */
int report_text(struct report *r);
int report_run(struct report *r);
int report_timeline(struct report *r);
int report_arrays(struct report *r);
int report_counts(struct report *r);
int report_codes(struct report *r);
int report_perplexity(struct report *r);
int report_cost(struct report *r);
int report_layout(struct report *r);
int report_config(struct report *r);

/* opens the section of a file that is there; the note about another configuration */
void report_section(struct report *r, const struct rl_file *f, const char *id, const char *heading);
/* printf into memory of its own, to be freed */
char *report_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
