/* SPDX-License-Identifier: Apache-2.0 */
#include "common/shell.h"
#include <string.h>

void shell_quote(struct buf *b, const char *word)
{
	if (*word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,/:@%")]) {
		buf_adds(b, word);
		return;
	}
	buf_adds(b, "'");
	for (; *word; word++)
		*word == '\'' ? buf_adds(b, "'\\''") : buf_add(b, word, 1);
	buf_adds(b, "'");
}
