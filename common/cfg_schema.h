/* What configs/bitline.xsd says, as a table: the one source of names, ranges, enumerations, defaults and documentation.
 * Inside of the configuration reader; others want common/cfg.h.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CFG_SCHEMA_H
#define COMMON_CFG_SCHEMA_H
#include "common/cfg.h"
#include <libxml/xmlschemas.h>
#include <stdbool.h>
#include <stddef.h>

enum cfg_type { CFG_TYPE_INT, CFG_TYPE_BOOL, CFG_TYPE_ENUM, CFG_TYPE_TEXT };
enum { CFG_CHOICES = 16, CFG_TEXT = 64 /* longest value with its NUL */ };

struct cfg_field {
	char *key;      /* "array.rows"; "name" for the one attribute of the root */
	char *group;    /* "array"; "" for the root */
	char *name;     /* "rows" */
	char *fallback; /* the default as text; NULL: the attribute is required */
	char *legal;    /* for people: "8..1024", "analog, digital" */
	char *doc;
	enum cfg_type type;
	char *choice[CFG_CHOICES]; /* CFG_TYPE_ENUM: spelling of enum value i */
	int n_choices;
	size_t offset;  /* in struct cfg */
};

struct cfg_schema {
	struct cfg_field *field; /* root's first, then groups in schema order */
	size_t n;
	xmlSchemaPtr xsd;
};

const struct cfg_schema *cfg_schema(void); /* parsed once, never freed */

/* text must have been validated */
void cfg_field_set(struct cfg *c, const struct cfg_field *f, const char *text);
void cfg_field_get(const struct cfg *c, const struct cfg_field *f, char text[CFG_TEXT]);

/* How a rule across fields asks for the place to name: keys of the fields that it is about ("readout.adcs array.cols"), the text lives as long as ctx. */
struct cfg_across { const char *(*place)(void *ctx, const char *keys); void *ctx; };
/* what concerns more than one field: 0, or -1 and ERR_INPUT */
int cfg_across(const struct cfg *c, const struct cfg_across *a, struct err *e);

/* Line of attribute `attr` (NULL: of the start tag) of the first element `element` in well-formed XML; 0 when it is not there.
 * libxml2 knows only the line in which a start tag ends. */
int cfg_where(const char *xml, size_t len, const char *element, const char *attr);

#endif
