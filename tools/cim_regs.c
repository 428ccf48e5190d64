/* Prints the emitted register header of a configuration: the build takes it for its own driver (Makefile). Offsets and fields hang on no configuration.
 * usage: cim_regs CONFIG.xml
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/emit.h"
#include <stdio.h>

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct emit m;
	struct cfg c;
	struct buf out;

	if (argc != 2) {
		fputs("usage: cim_regs CONFIG.xml\n", stderr);
		return ERR_INPUT;
	}
	if (cfg_load(&c, argv[1], NULL, 0, &e)) {
		fprintf(stderr, "cim_regs: %s\n", e.text);
		return e.code;
	}
	emit_init(&m, &c);
	buf_init(&out);
	emit_regs_h(&m, &out);
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
	return 0;
}
