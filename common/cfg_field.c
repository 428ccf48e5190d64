/* One field of struct cfg, as text and back.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg_schema.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* the schema's tokens and numbers may have white space around them; text types have none */
static void trimmed(const char *text, char out[CFG_TEXT])
{
	size_t n;

	text += strspn(text, " \t\r\n");
	n = strcspn(text, " \t\r\n");
	if (n >= CFG_TEXT)
		BUG("a validated value has %zu bytes", n);
	memcpy(out, text, n);
	out[n] = '\0';
}

static int choice(const struct cfg_field *f, const char *text)
{
	for (int i = 0; i < f->n_choices; i++)
		if (!strcmp(f->choice[i], text))
			return i;
	BUG("validated \"%s\" is no choice of %s", text, f->key);
}

void cfg_field_set(struct cfg *c, const struct cfg_field *f, const char *text)
{
	char *member = (char *)c + f->offset, value[CFG_TEXT];
	int number;

	trimmed(text, value);
	switch (f->type) {
	case CFG_TYPE_BOOL:
		*(bool *)member = !strcmp(value, "true") || !strcmp(value, "1");
		return;
	case CFG_TYPE_TEXT:
		if (strlen(value) >= (f->offset == offsetof(struct cfg, prefix) ? sizeof(c->prefix) : sizeof(c->name)))
			BUG("validated \"%s\" is longer than its member", value);
		strcpy(member, value);
		return;
	case CFG_TYPE_ENUM:
		number = choice(f, value);
		break;
	default:
		number = atoi(value);
	}
	memcpy(member, &number, sizeof(number)); /* an enum of gcc is an int wide */
}

void cfg_field_get(const struct cfg *c, const struct cfg_field *f, char text[CFG_TEXT])
{
	const char *member = (const char *)c + f->offset;
	int number;

	if (f->type == CFG_TYPE_TEXT) {
		snprintf(text, CFG_TEXT, "%s", member);
		return;
	}
	if (f->type == CFG_TYPE_BOOL) {
		snprintf(text, CFG_TEXT, "%s", *(const bool *)member ? "true" : "false");
		return;
	}
	memcpy(&number, member, sizeof(number));
	if (f->type == CFG_TYPE_INT)
		snprintf(text, CFG_TEXT, "%d", number);
	else if (number >= 0 && number < f->n_choices)
		snprintf(text, CFG_TEXT, "%s", f->choice[number]);
	else
		BUG("%s holds %d, which is no choice", f->key, number);
}
