/* The C header of register offsets.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/emit.h"

static void define(const struct emit *m, struct buf *out, const char *name, const char *suffix, unsigned long value, const char *meaning)
{
	buf_addf(out, "#define %s%s%s 0x%lXu", m->upper, name, suffix, value);
	buf_addf(out, "%s%s%s\n", *meaning ? " /* " : "", meaning, *meaning ? " */" : "");
}

static unsigned long mask(int lsb, int width)
{
	return ((1ul << width) - 1) << lsb;
}

void emit_regs_h(const struct emit *m, struct buf *out)
{
	buf_addf(out, "// Registers of %score: byte offsets, field shifts and masks (docs/isa.md section 4).\n", m->c->prefix);
	emit_provenance(m, "//", "gen/regs.def", out);
	buf_addf(out, "#ifndef %sREGS_H\n#define %sREGS_H\n\n", m->upper, m->upper);
	buf_addf(out, "#define %sCONFIG_SHA256 \"%s\"\n\n", m->upper, m->hash);
#define REG(name, offset, access, meaning) define(m, out, #name, "_OFFSET", offset, #access ": " meaning);
#define REGS(name, offset, stride, count, access, meaning) \
	buf_addf(out, "#define %s%s_OFFSET(i) (0x%Xu + %du * (i)) /* %s: %s */\n", m->upper, #name, offset, stride, #access, meaning); \
	buf_addf(out, "#define %s%s_COUNT %d\n", m->upper, #name, count);
#define WINDOW(name, offset, stride, step, access, meaning) \
	buf_addf(out, "#define %s%s_OFFSET(i, j) (0x%Xu + %du * (i) + %du * (j)) /* %s: %s */\n", m->upper, #name, offset, stride, step, #access, meaning);
#define FIELD(reg, name, lsb, width, meaning) \
	buf_addf(out, "#define %s%s_SHIFT %d\n", m->upper, #reg "_" #name, lsb); \
	define(m, out, #reg "_" #name, "_MASK", mask(lsb, width), meaning);
#define VALUE(name, value, meaning) define(m, out, #name, "", value, meaning);
#include "gen/regs.def"
#undef REG
#undef REGS
#undef WINDOW
#undef FIELD
#undef VALUE
	buf_adds(out, "\n#endif\n");
}
