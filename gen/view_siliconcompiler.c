/* SiliconCompiler: a script of its Python interface (0.35 and later: Design, ASIC).
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/lists.h"
#include "gen/views.h"

void view_siliconcompiler(const struct emit *m, struct gen_set *s)
{
	struct buf out;
	struct list l;
	const char *p = m->c->prefix;

	list_init(&l, s, "syn.f");
	buf_init(&out);
	buf_addf(&out, "# Standard cells, placed and routed by SiliconCompiler 0.35 or later: %stop of configuration %s.\n", p, m->c->name);
	buf_adds(&out, "# usage: python3 make.py [TARGET]     TARGET: a function of siliconcompiler.targets, default skywater130_demo\n");
	emit_provenance(m, "#", "gen/view_siliconcompiler.c", &out);
	buf_adds(&out, "import sys\n\nfrom siliconcompiler import ASIC, Design, targets\n\nRTL = [\n");
	for (size_t i = 0; i < l.n; i++)
		buf_addf(&out, "    \"../%s\",\n", l.path[i]);
	buf_addf(&out, "]\nSDC = \"../constraints/%stop.sdc\"\n\n\ndef design():\n    d = Design(\"%stop\")\n", p, p);
	buf_adds(&out, "    d.set_dataroot(\"emitted\", __file__)\n    with d.active_dataroot(\"emitted\"):\n"
		"        with d.active_fileset(\"rtl\"):\n");
	buf_addf(&out, "            d.set_topmodule(\"%stop\")\n            for path in RTL:\n                d.add_file(path)\n", p);
	buf_adds(&out, "        with d.active_fileset(\"sdc\"):\n            d.add_file(SDC)\n    return d\n\n\n"
		"def main(target=\"skywater130_demo\"):\n    project = ASIC(design())\n    project.add_fileset([\"rtl\", \"sdc\"])\n    getattr(targets, target)(project)\n"
		"    project.run()\n    project.summary()\n\n\nif __name__ == \"__main__\":\n    main(*sys.argv[1:])\n");
	buf_add(gen_add(s, "siliconcompiler/make.py"), out.data, out.len);
	buf_release(&out);
	list_release(&l);
}
