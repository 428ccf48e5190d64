/* The pieces of the IP-XACT writer. One writer for both editions; struct ipxact_edition says where they differ.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_IPXACT_H
#define GEN_IPXACT_H
#include "gen/emit.h"
#include "gen/regtable.h"
#include <libxml/tree.h>

struct ipxact_edition {
	const char *year;                /* 2014 */
	const char *ns;                  /* name space: the last part is the year too */
	const char *initiator, *target;  /* the interface modes */
	const char *rdl;                 /* file type of SystemRDL; "user": the edition has none */
	bool arrays;                     /* <array><dim>, <stride>; else <dim> */
	bool policies;                   /* access in accessPolicies; a field's value and resets before its access */
	bool qualifiers;                 /* ports say clock, reset, interrupt */
	bool description_first;          /* of the component */
};
extern const struct ipxact_edition ipxact_editions[]; /* the last has year NULL */

struct ipxact { const struct ipxact_edition *edition; xmlNsPtr ns; };

/* A child element; text NULL: none. It is escaped. */
xmlNodePtr ipxact_add(const struct ipxact *x, xmlNodePtr parent, const char *name, const char *text);
/* The same with text made like printf's. */
xmlNodePtr ipxact_addf(const struct ipxact *x, xmlNodePtr parent, const char *name, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The whole component as XML text. */
void ipxact_write(const struct emit *m, const struct ipxact_edition *edition, const struct gen_set *s, struct buf *out);
/* memoryMaps: "registers", the whole map of the AXI4-Lite interface */
void ipxact_memory_maps(const struct ipxact *x, xmlNodePtr component, const struct regtable *t);

#endif
