/* gen/regs.def -> struct regtable. Each of its lines is a call here.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/regtable.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

#define ROOM(array, n) ((n) < (int)(sizeof(array) / sizeof(*(array))))

static struct reg *add(struct regtable *t, const char *name, enum reg_kind kind, unsigned offset, const char *access, const char *meaning)
{
	struct reg *r = &t->reg[t->n];

	if (!ROOM(t->reg, t->n++))
		BUG("gen/regs.def: more registers than the table holds at %s", name);
	*r = (struct reg){ .name = name, .kind = kind, .offset = offset, .stride = REG_BYTES, .step = REG_BYTES, .count = 1, .entries = 1,
		.access = access, .meaning = meaning, .group = -1 };
	return r;
}

static void add_array(struct regtable *t, struct reg *r, unsigned stride, int count)
{
	r->stride = stride;
	r->count = r->entries = count;
	r->memory = r->offset >= REG_SPACE;
	for (int g = 0; g < t->n_groups; g++)
		if (t->group[g].stride == stride && r->offset >= t->group[g].offset && r->offset < t->group[g].offset + stride)
			r->group = g;
}

static void add_window(struct reg *r, unsigned stride, unsigned step)
{
	r->stride = stride;
	r->step = step;
	r->memory = true;
}

static struct reg *find(struct regtable *t, const char *name)
{
	for (int i = 0; i < t->n; i++)
		if (!strcmp(t->reg[i].name, name))
			return &t->reg[i];
	BUG("gen/regs.def: no register %s", name);
}

static struct reg_field *add_field(struct regtable *t, const char *reg, const char *name, int lsb, int width, enum reg_access access, const char *meaning)
{
	struct reg *r = find(t, reg);
	struct reg_field *f = &r->field[r->n_fields];

	if (!ROOM(r->field, r->n_fields++))
		BUG("gen/regs.def: more fields than %s holds", reg);
	*f = (struct reg_field){ .name = name, .lsb = lsb, .width = width, .access = access, .meaning = meaning };
	return f;
}

static void add_value(struct regtable *t, const char *reg, const char *field, struct reg_value v)
{
	struct reg *r = find(t, reg);

	for (int k = 0; k < r->n_fields; k++) {
		struct reg_field *f = &r->field[k];

		if (strcmp(f->name, field))
			continue;
		if (!ROOM(f->value, f->n_values))
			BUG("gen/regs.def: more values than %s.%s holds", reg, field);
		f->value[f->n_values++] = v;
		return;
	}
	BUG("gen/regs.def: no field %s.%s", reg, field);
}

/* of the register above it */
static void add_constant(struct regtable *t, struct reg_value v)
{
	struct reg *r = &t->reg[t->n - 1];

	if (!ROOM(r->constant, r->n_constants))
		BUG("gen/regs.def: more constants than %s holds", r->name);
	r->constant[r->n_constants++] = v;
}

static uint32_t hash_word(const char *hex, int i)
{
	char word[9];

	memcpy(word, hex + 8 * i, 8);
	word[8] = 0;
	return (uint32_t)strtoul(word, NULL, 16);
}

struct regtable *regtable_new(const struct cfg *c)
{
	/* constants that reset values name */
	enum {
#define REG(...)
#define REGS(...)
#define WINDOW(...)
#define GROUP(...)
#define FIELD(...)
#define NUMBER(...)
#define ENUM(...)
#define CODE(...)
#define ENTRIES(...)
#define VALUE(name, value, meaning) name = value,
#include "gen/regs.def"
#undef REG
#undef REGS
#undef WINDOW
#undef GROUP
#undef FIELD
#undef NUMBER
#undef ENUM
#undef CODE
#undef ENTRIES
#undef VALUE
	};
	struct regtable *t = MEM_NEW(1, struct regtable);
	char hash[65];

	cfg_hash(c, hash);
#define reg_hash_word(c, i) hash_word(hash, i)
#define RESETS(f, reset_) for (int i = 0; i < (int)(sizeof((f)->reset) / sizeof(*(f)->reset)); i++) (f)->reset[i] = (uint32_t)(reset_)
#define REG(name, offset, access, meaning) add(t, #name, REG_SINGLE, offset, #access, meaning);
#define REGS(name, offset, stride, count, access, meaning) add_array(t, add(t, #name, REG_ARRAY, offset, #access, meaning), stride, count);
#define WINDOW(name, offset, stride, step, access, meaning) add_window(add(t, #name, REG_WINDOW, offset, #access, meaning), stride, step);
#define GROUP(name, offset, stride, count, meaning) t->group[t->n_groups++] = (struct reg_group){ #name, offset, stride, count, meaning };
#define FIELD(reg, name, lsb, width, access, reset, meaning) { struct reg_field *f_ = add_field(t, #reg, #name, lsb, width, REG_##access, meaning); RESETS(f_, reset); }
#define NUMBER(reg, width, access, reset) { struct reg_field *f_ = add_field(t, #reg, "", 0, width, REG_##access, ""); RESETS(f_, reset); }
#define ENUM(reg, field, name, value, meaning) add_value(t, #reg, #field, (struct reg_value){ #name, value, meaning });
#define VALUE(name, value, meaning) add_constant(t, (struct reg_value){ #name, value, meaning });
#define CODE(reg, field, name, value, meaning) ENUM(reg, field, name, value, meaning) VALUE(name, value, meaning)
#define ENTRIES(reg, n) find(t, #reg)->entries = (n);
#include "gen/regs.def"
	return t;
}

void regtable_free(struct regtable *t)
{
	free(t);
}

int regtable_sorted(const struct regtable *t, int order[64])
{
	int n = 0;

	for (int i = 0; i < t->n; i++) {
		int k = n;

		if (!t->reg[i].entries)
			continue;
		for (; k > 0 && t->reg[order[k - 1]].offset > t->reg[i].offset; k--)
			order[k] = order[k - 1];
		order[k] = i;
		n++;
	}
	return n;
}

uint32_t reg_reset(const struct reg *r, int i)
{
	uint32_t v = 0;

	for (int k = 0; k < r->n_fields; k++)
		if (reg_field_readable(&r->field[k]))
			v |= r->field[k].reset[r->kind == REG_ARRAY && !r->memory ? i : 0] << r->field[k].lsb;
	return v;
}

unsigned reg_bytes(const struct reg *r)
{
	return r->entries ? r->stride * (unsigned)(r->entries - 1) + r->step * (unsigned)reg_words(r) : 0;
}

int reg_words(const struct reg *r)
{
	return r->kind == REG_WINDOW ? (int)(r->stride / r->step) : 1;
}

bool reg_volatile(const struct reg *r)
{
	for (int k = 0; k < r->n_fields; k++)
		if (reg_field_volatile(&r->field[k]))
			return true;
	return false;
}

bool reg_field_readable(const struct reg_field *f)
{
	return f->access != REG_WO;
}

bool reg_field_writable(const struct reg_field *f)
{
	return f->access != REG_RO && f->access != REG_RV;
}

bool reg_field_volatile(const struct reg_field *f)
{
	return f->access != REG_RO && f->access != REG_RW && f->access != REG_WO;
}

void reg_field_meaning(const struct reg_field *f, struct buf *out)
{
	buf_adds(out, f->meaning);
	if (!*f->meaning)
		for (int v = 0; v < f->n_values; v++)
			buf_addf(out, "%s%u %s", v ? ", " : "", f->value[v].value, f->value[v].name);
}

static const struct { const char *name, *meaning; } access_text[] = {
	[REG_RO] = { "RO", "read-only, constant" }, [REG_RV] = { "RO", "read-only, changed by the hardware" }, [REG_RW] = { "RW", "read and write" },
	[REG_WO] = { "WO", "write-only" }, [REG_W1C] = { "W1C", "read; a written 1 clears" }, [REG_W1S] = { "W1S", "a written 1 starts; reads 1 meanwhile" },
	[REG_W1P] = { "W1P", "a written 1 starts; reads 0" },
};

const char *reg_access_name(enum reg_access a)
{
	return access_text[a].name;
}

const char *reg_access_meaning(enum reg_access a)
{
	return access_text[a].meaning;
}
