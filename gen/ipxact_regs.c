/* IP-XACT memory map: a block of registers, a block for each window.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/ipxact.h"

enum use { READABLE = 1, WRITABLE = 2 };

static int use_of(const struct reg *r)
{
	int use = 0;

	for (int k = 0; k < r->n_fields; k++)
		use |= (reg_field_readable(&r->field[k]) ? READABLE : 0) | (reg_field_writable(&r->field[k]) ? WRITABLE : 0);
	return use;
}

static const char *access_word(int use)
{
	return use == READABLE ? "read-only" : use == WRITABLE ? "write-only" : "read-write";
}

static void access_of(const struct ipxact *x, xmlNodePtr at, int use)
{
	if (x->edition->policies)
		at = ipxact_add(x, ipxact_add(x, at, "accessPolicies", NULL), "accessPolicy", NULL);
	ipxact_add(x, at, "access", access_word(use));
}

static void named(const struct ipxact *x, xmlNodePtr at, const char *name, const char *description)
{
	ipxact_add(x, at, "name", name);
	if (*description)
		ipxact_add(x, at, "description", description);
}

static void array(const struct ipxact *x, xmlNodePtr at, int n, unsigned stride)
{
	if (x->edition->arrays) {
		at = ipxact_add(x, at, "array", NULL);
		ipxact_addf(x, at, "dim", "%d", n);
		ipxact_addf(x, at, "stride", "%u", stride);
	} else {
		ipxact_addf(x, at, "dim", "%d", n);
	}
}

static void resets(const struct ipxact *x, xmlNodePtr at, uint32_t value)
{
	ipxact_addf(x, ipxact_add(x, ipxact_add(x, at, "resets", NULL), "reset", NULL), "value", "'h%X", value);
}

static const char *modified_write(enum reg_access a)
{
	return a == REG_W1C ? "oneToClear" : a == REG_W1S || a == REG_W1P ? "oneToSet" : NULL;
}

static void values(const struct ipxact *x, xmlNodePtr at, const struct reg_field *f)
{
	xmlNodePtr list = f->n_values ? ipxact_add(x, at, "enumeratedValues", NULL) : NULL;

	for (int v = 0; v < f->n_values; v++) {
		xmlNodePtr e = ipxact_add(x, list, "enumeratedValue", NULL);

		named(x, e, f->value[v].name, f->value[v].meaning);
		ipxact_addf(x, e, "value", "%u", f->value[v].value);
	}
}

static void field(const struct ipxact *x, xmlNodePtr at, const struct reg *r, const struct reg_field *f, int element)
{
	xmlNodePtr e = ipxact_add(x, at, "field", NULL), p = e;
	bool reset = !r->memory && reg_field_readable(f);
	const char *modified = modified_write(f->access), *access = access_word((reg_field_readable(f) ? READABLE : 0) | (reg_field_writable(f) ? WRITABLE : 0));

	named(x, e, *f->name ? f->name : "VALUE", f->meaning);
	ipxact_addf(x, e, "bitOffset", "%d", f->lsb);
	if (!x->edition->policies) {
		if (reset)
			resets(x, e, f->reset[element]);
		ipxact_addf(x, e, "bitWidth", "%d", f->width);
		ipxact_add(x, e, "volatile", reg_field_volatile(f) ? "true" : "false");
		ipxact_add(x, e, "access", access);
		values(x, e, f);
		if (modified)
			ipxact_add(x, e, "modifiedWriteValue", modified);
		return;
	}
	ipxact_addf(x, e, "bitWidth", "%d", f->width);
	ipxact_add(x, e, "volatile", reg_field_volatile(f) ? "true" : "false");
	if (reset)
		resets(x, e, f->reset[element]);
	p = ipxact_add(x, ipxact_add(x, e, "fieldAccessPolicies", NULL), "fieldAccessPolicy", NULL);
	ipxact_add(x, p, "access", access);
	if (modified)
		ipxact_add(x, p, "modifiedWriteValue", modified);
	values(x, e, f);
}

/* n > 1: an array; element: the one whose reset values are named */
static void reg(const struct ipxact *x, xmlNodePtr at, const struct reg *r, const char *name, unsigned offset, int n, int element)
{
	xmlNodePtr e = ipxact_add(x, at, "register", NULL);

	named(x, e, name, r->meaning);
	if (n > 1)
		array(x, e, n, r->stride);
	ipxact_addf(x, e, "addressOffset", "'h%X", offset);
	ipxact_add(x, e, "size", "32");
	ipxact_add(x, e, "volatile", reg_volatile(r) ? "true" : "false");
	access_of(x, e, use_of(r));
	for (int k = 0; k < r->n_fields; k++)
		field(x, e, r, &r->field[k], element);
}

static bool elements_differ(const struct reg *r)
{
	for (int i = 1; i < r->entries && i < 8; i++)
		if (reg_reset(r, i) != reg_reset(r, 0))
			return true;
	return false;
}

static void registers(const struct ipxact *x, xmlNodePtr at, const struct reg *r)
{
	struct buf name;

	if (r->kind == REG_SINGLE || !elements_differ(r)) {
		reg(x, at, r, r->name, r->offset, r->entries, 0);
		return;
	}
	buf_init(&name);
	for (int i = 0; i < r->entries; i++) {
		buf_clear(&name);
		buf_addf(&name, "%s%d", r->name, i);
		reg(x, at, r, name.data, r->offset + r->stride * (unsigned)i, 1, i);
	}
	buf_release(&name);
}

static void group(const struct ipxact *x, xmlNodePtr at, const struct regtable *t, int g)
{
	const struct reg_group *p = &t->group[g];
	xmlNodePtr e = ipxact_add(x, at, "registerFile", NULL);

	named(x, e, p->name, p->meaning);
	array(x, e, p->count, p->stride);
	ipxact_addf(x, e, "addressOffset", "'h%X", p->offset);
	ipxact_addf(x, e, "range", "%u", p->stride);
	for (int i = 0; i < t->n; i++)
		if (t->reg[i].group == g)
			reg(x, e, &t->reg[i], t->reg[i].name, t->reg[i].offset - p->offset, 1, 0);
}

static xmlNodePtr block(const struct ipxact *x, xmlNodePtr map, const char *name, const char *description, unsigned base, unsigned range)
{
	xmlNodePtr e = ipxact_add(x, map, "addressBlock", NULL);

	named(x, e, name, description);
	ipxact_addf(x, e, "baseAddress", "'h%X", base);
	ipxact_addf(x, e, "range", "'h%X", range);
	ipxact_add(x, e, "width", "32");
	return e;
}

static void window(const struct ipxact *x, xmlNodePtr map, const struct reg *r)
{
	xmlNodePtr e = block(x, map, r->name, r->meaning, r->offset, reg_bytes(r));
	bool fields = *r->field[0].name;

	ipxact_add(x, e, "usage", fields ? "register" : "memory");
	ipxact_add(x, e, "volatile", reg_volatile(r) ? "true" : "false");
	access_of(x, e, use_of(r));
	if (fields)
		reg(x, e, r, "ENTRY", 0, r->entries, 0);
}

void ipxact_memory_maps(const struct ipxact *x, xmlNodePtr component, const struct regtable *t)
{
	xmlNodePtr map = ipxact_add(x, ipxact_add(x, component, "memoryMaps", NULL), "memoryMap", NULL), e;
	int order[64], n = regtable_sorted(t, order);

	ipxact_add(x, map, "name", "registers");
	e = block(x, map, "control", "identity, settings, status, counters", 0, REG_SPACE);
	ipxact_add(x, e, "usage", "register");
	ipxact_add(x, e, "volatile", "true");
	access_of(x, e, READABLE | WRITABLE);
	for (int i = 0; i < n; i++) {
		const struct reg *r = &t->reg[order[i]];

		if (!r->memory && r->group < 0)
			registers(x, e, r);
		else if (!r->memory && r->offset == t->group[r->group].offset)
			group(x, e, t, r->group);
	}
	for (int i = 0; i < n; i++)
		if (t->reg[order[i]].memory)
			window(x, map, &t->reg[order[i]]);
	ipxact_add(x, map, "addressUnitBits", "8");
}
