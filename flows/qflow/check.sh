# Sourced by run.sh: Magic reads the routed DEF, checks the design rules and extracts; netgen compares with the netlist that was laid out.
# netgen's exit status is 0 either way: the verdict is a line of its log and, pin by pin, comp.json. LEF before DEF, or Magic reports areas of cells it does not know.
# SPDX-License-Identifier: Apache-2.0
cp "$LIB_TECH/$LIB_NAME.magicrc" .magicrc
{
	printf 'drc off\nscalegrid 1 2\nbox 0 0 0 0\nsnap int\n' # half a lambda: the macro's pins are as wide as a wire and lie on tracks
	for f in $lef; do echo "lef read $f"; done
	printf 'def read %s_route\nload %s\nselect top cell\nexpand\n' "$BLOCK_TOP" "$BLOCK_TOP"
} >magic.head
cat magic.head - >extract.tcl <<'END'
foreach what {capacitance coupling resistance adjust length} { extract no $what }
extract all
ext2spice hierarchy on
ext2spice format ngspice
ext2spice scale off
ext2spice renumber off
ext2spice cthresh infinite
ext2spice rthresh infinite
ext2spice blackbox on
ext2spice subcircuit top auto
ext2spice global off
ext2spice
puts "@ done"
quit -noprompt
END
cat magic.head - >magic.tcl <<'END'
drc on
drc check
drc catchup
foreach {why where} [drc listall why] { puts "! [llength $where] $why: [lindex $where 0]" }
puts "@ drc [drc list count total]"
puts "@ done"
quit -noprompt
END
rm -f "$BLOCK_TOP.spice" comp.out comp.json
magic -dnull -noconsole extract.tcl >extract.log 2>&1 </dev/null & # beside the design rules: both take their time on a large die
timed magic magic magic -dnull -noconsole magic.tcl
wait $!
flow_expect extract magic '^@ done'
flow_expect magic magic '^@ done'
rm -f ./*.ext
drc=$(said magic drc)
[[ $drc =~ ^[0-9]+$ ]] || flow_fail magic magic "no number of design rule violations"
((drc == 0)) || flow_fail magic magic "$drc violated design rules: $(grep -m 1 '^!' magic.log | cut -c 3-)"
[ -s "$BLOCK_TOP.spice" ] || flow_fail magic magic "no extracted netlist ($BLOCK_TOP.spice)"
printf 'ignore class {-circuit1 %s}\nignore class {-circuit2 %s}\n' "$fill" "$fill" >netgen.tcl
timed lvs netgen-lvs netgen-lvs -batch lvs "$BLOCK_TOP.spice $BLOCK_TOP" "schematic.spice $BLOCK_TOP" netgen.tcl comp.out -json -blackbox
flow_refuse lvs netgen-lvs '[Nn]etlists do not match|do not match|[Mm]ismatch|no matching'
flow_expect lvs netgen-lvs 'Circuits match uniquely|Circuits match with .* symmetr'
devices=$(awk '/^Circuit 1 contains [0-9]+ devices/ { print $4 }' lvs.log | tail -n 1)
[ "$devices" = "$(member place.json cells)" ] || flow_fail lvs netgen-lvs "compared ${devices:-no} devices, but $(member place.json cells) cells were laid out"
lvs='"match"' drc_words="DRC 0, LVS match"
