# gates/: what `bitline cosim --rtl` wants of an emitted directory, with the netlist in place of the RTL. Sourced by run.sh.
# The netlist is that of WORK as expressions (flat.awk), which Verilator builds in a fraction of the time.
# SPDX-License-Identifier: Apache-2.0
rm -rf "$WORK/gates"
mkdir -p "$WORK/gates" && cp "$OUT/config.xml" "$WORK/gates/" && echo netlist.v >"$WORK/gates/sim.f" || flow_die 1 "cannot write $(flow_show "$WORK/gates")"
awk -f "$here/flat.awk" stage=cells "$WORK/cells.v" stage=netlist "$WORK/netlist.v" >"$WORK/gates/netlist.v" 2>"$WORK/flat.log" || flow_fail flat awk "$(flow_complaint "$WORK/flat.log")"
{
	printf '{\n  "tool": "bitline",\n  "configuration": "%s",\n  "config_sha256": "%s",\n  "files": {\n' "$DESIGN" "$CONFIG_SHA256"
	(cd "$WORK/gates" && sha256sum config.xml netlist.v sim.f) | sed 's/\(.*\)  \(.*\)/    "\2": "\1"/; $!s/$/,/'
	printf '  }\n}\n'
} >"$WORK/gates/manifest.bitline"
echo "flow-yosys $DESIGN $BLOCK $LIB_NAME: bitline cosim --config $(flow_show "$WORK/gates")/config.xml --rtl $(flow_show "$WORK/gates") --no-probes --model ..."
