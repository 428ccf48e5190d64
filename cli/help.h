/* What `bitline help` prints: prose of commands and topics, and the pages made of them and of the option tables (opt_describe).
 * Prose is plain text: paragraphs parted by an empty line; lines that begin with two blanks stay as they are.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_HELP_H
#define CLI_HELP_H
#include "common/buf.h"
#include <stddef.h>

struct help_topic { const char *name, *what, *text; };
extern const struct help_topic help_topics[];
extern const size_t n_help_topics;

/* what a command is for, beyond its line in the list; NULL: nobody has written it */
const char *help_prose(const char *command);

void help_man(struct buf *out);             /* bitline.1, man macros */
void help_complete_bash(struct buf *out);
void help_complete_zsh(struct buf *out);

#endif
