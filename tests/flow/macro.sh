#!/usr/bin/env bash
# The macro as a set (view `macro`): ports against the RTL as Verilator elaborates it, Liberty in Yosys and OpenSTA, LEF in Magic, KLayout and qrouter, pins on the tracks of the technology.
# Each check of this file's own is shown a wrong file, too.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
osu=/usr/share/qflow/tech ihp=$PWD/../shared/pdk/ihp-sg13g2
. tests/flow_common.sh
emit() { "$BITLINE" gen --config "$configs/$2.xml" "${@:3}" --with macro --out "$1" >/dev/null; }

emit plain tiny -s array.tiles=3
emit odd edge64 -s array.rows=33 -s array.cols=65
emit flash edge64-flash
emit spares tiny -s array.cols=10 -s array.spares=3 # 4 + 3 positions of 4 columns
emit hybrid edge64-hybrid2 -s readout.adcs=2 -s interface.prefix=q_
emit single tiny -s readout.adcs=1
emit upper tiny -s floorplan.vertical_layer=metal4 -s floorplan.pin_tracks=1
emit ihp tiny -s floorplan.technology=ihp-sg13g2

# a module of Verilator's XML against macro.v, Liberty (through Yosys), LEF, CDL: names, directions, widths
cat >ports.py <<'END_PY'
import re, sys, json, xml.etree.ElementTree as ET
d, xml, lib, prefix = sys.argv[1:5]
name = prefix + 'macro'
root = ET.parse(xml).getroot()
width = {}
for t in root.iter('basicdtype'):
    width[t.get('id')] = abs(int(t.get('left', 0)) - int(t.get('right', 0))) + 1
mods = [m for m in root.iter('module') if m.get('origName') == name]
assert mods, 'no module in the XML'
for mod in mods:
    rtl = {v.get('name'): (v.get('dir'), width[v.get('dtype_id')]) for v in mod.iter('var') if v.get('dir')}
    v = {n: (k, int(w or 0) + 1) for k, w, n in re.findall(r'^  (input|output)\s+wire (?:\[(\d+):0\] )?(\w+)', open(f'{d}/macro/{name}.v').read(), re.M)}
    assert rtl == v, f'macro.v against the RTL: {sorted(set(rtl.items()) ^ set(v.items()))}'
assert list(rtl) == list(v), 'another order than the RTL'
cell = json.load(open(lib))['modules'][name]
l = {n: (p['direction'], len(p['bits'])) for n, p in cell['ports'].items()}
l = {n: p for n, p in l.items() if p[0] != 'inout'}
assert l == rtl, f'Liberty against the RTL: {sorted(set(rtl.items()) ^ set(l.items()))}'
want = [n if w == 1 else f'{n}[{b}]' for n, (_, w) in v.items() for b in range(w)]
lef = open(f'{d}/macro/{name}.lef').read()
pins = re.findall(r'^  PIN (\S+)\n    DIRECTION (\w+)', lef, re.M)
assert [p for p, _ in pins[:-2]] == want, 'pins of the LEF file'
for p, k in pins[:-2]:
    assert k.lower() == v[p.split('[')[0]][0], p
assert [k for _, k in pins[-2:]] == ['INOUT', 'INOUT']
cdl = re.search(r'^\.SUBCKT (.*?)^\.ENDS', open(f'{d}/macro/{name}.cdl').read(), re.M | re.S)[1].replace('\n+', '').split()
assert cdl == [name] + [p for p, _ in pins], 'pins of the CDL file'
END_PY
ports() { # DIR PREFIX
	verilator --xml-only -Wno-fatal -F "$1/blackbox.f" --top-module "$2top" --xml-output "$1.xml" >log 2>&1 &&
		yosys -q -p "read_liberty -lib $1/macro/$2macro.lib; write_json $1.json" && /usr/bin/python3 -B ports.py "$1" "$1.xml" "$1.json" "$2"
}
for d in plain odd flash single spares; do check "ports: RTL, black box, Liberty, LEF, CDL agree ($d)" ports $d cim_; done
check "ports ... with another prefix (hybrid)" ports hybrid q_
sed -i 's/\[11:0\] ref_i/[10:0] ref_i/; s/\[15:0\] ref_i/[14:0] ref_i/' plain/macro/cim_macro.v
refused "... a black box one bit short is seen" "macro.v against the RTL" ports plain cim_
emit plain tiny -s array.tiles=3

# the core with the macro as a cell of a library
for d in plain odd flash hybrid spares; do
	top=cim_top; [ $d = hybrid ] && top=q_top
	check "Verilator: no warning ($d)" bash -c "verilator --lint-only -Wall -F $d/macro/hard.f --top-module $top"
done
cat >netlist.py <<'END_PY'
import json, re, sys
d, tiles = sys.argv[1], int(sys.argv[2])
top = json.load(open(f'{d}.net.json'))['modules']['cim_top']
found = {n: c for n, c in top['cells'].items() if c['type'] == 'cim_macro'}
assert len(found) == tiles and not any(c['parameters'] for c in found.values()), sorted(found)
cfg = [l.split() for l in open(f'{d}/macro/macro.cfg') if l[0] != '#']
assert sorted(l[0] for l in cfg) == sorted(found), 'names of macro.cfg'
tcl = re.findall(r'^place_macro -macro_name \{(\S+)\} -location \{(\S+) (\S+)\}', open(f'{d}/macro/macro_placement.tcl').read(), re.M)
assert [(n.replace('\\', ''), x, y) for n, x, y in tcl] == [tuple(l[:3]) for l in cfg], 'names and places of the Tcl file'
END_PY
flatten() { # DIR CELL: as LibreLane and OpenROAD-flow-scripts read it: RTL deferred, the cell from its black box or from Liberty; names and no parameters
	(if [ "$2" = lib ]; then echo "read_liberty -lib $1/macro/cim_macro.lib"; else echo "read_verilog -sv -setattr keep_hierarchy -setattr blackbox -lib $1/macro/cim_macro.v"; fi
	grep -v '^//' "$1/macro/hard.f" | grep -v 'cim_macro\.v' | sed "s|^|read_verilog -sv -defer $1/macro/|"
	echo "hierarchy -check -top cim_top; proc; flatten; write_json $1.net.json") >flat.ys
	yosys -q flat.ys && /usr/bin/python3 -B netlist.py "$1" 3
}
check "Yosys: hierarchy with the cell of the Liberty file; names as placed, no parameters" flatten plain lib
check "Yosys ... with the black box" flatten plain v
cp plain/rtl/cim_readout.sv plain/macro/cim_readout.sv
refused "... the read-out of the RTL is refused: a cell has no parameters" "does not have a parameter named" flatten plain lib
emit plain tiny -s array.tiles=3

# OpenSTA: reads in silence; arcs of docs/macro.md, and none besides
cat >arcs.py <<'END_PY'
import re, sys
d, prefix = sys.argv[1:3]
ports = re.findall(r'^  (?:input|output)\s+wire ((?:\[\d+:0\] )?)(\w+)', open(f'{d}/macro/{prefix}macro.v').read(), re.M)
src = open(f'{d}/macro/{prefix}macro.v').read()
kinds = re.findall(r'^  (input|output)\s+wire ((?:\[\d+:0\] )?)(\w+)', src, re.M)
print(f"module t ({', '.join(n for _, _, n in kinds)});")
for k, w, n in kinds: print(f'  {k} {w}{n};')
print(f"  {prefix}macro u ({', '.join(f'.{n}({n})' for _, _, n in kinds)});\nendmodule")
END_PY
cat >arcs.tcl <<'END_TCL'
read_liberty $env(D)/macro/$env(P)macro.lib
read_verilog wrap.v
link_design t
create_clock -name clk -period 10 [get_ports clk_i]
set ins {}
foreach port [all_inputs] { if {[get_property $port full_name] != "clk_i"} { lappend ins $port } }
set_input_delay 0 -clock clk $ins
set_output_delay 0 -clock clk [all_outputs]
foreach {a b n} $env(ARCS) {
	set from [expr {$a == "clk_i" ? [get_pins u/clk_i] : [get_ports $a]}]
	set got [llength [find_timing_paths -from $from -to [get_ports $b]]]
	if {$got != $n} { puts "Error: $got paths $a -> $b, not $n" }
}
foreach port $ins {
	set name [get_property $port full_name]
	foreach kind {max min} {
		if {$name != "rst_ni" && [llength [find_timing_paths -path_delay $kind -from $port -to [get_pins u/$name]]] != 1} { puts "Error: $kind of $name is not checked" }
	}
}
puts done
END_TCL
sta_reads() { # DIR PREFIX ARCS
	/usr/bin/python3 -B arcs.py "$1" "$2" >wrap.v || return 1
	D=$1 P=$2 ARCS=$3 timeout 100 sta -no_splash -exit arcs.tcl >sta.txt 2>&1
	cat sta.txt
	! grep -E 'Warning|Error' sta.txt && grep -q '^done$' sta.txt
}
two='ref_i[0] cmp_o[0] 1 ref_i[3] cmp_o[0] 1 ref_i[4] cmp_o[0] 0 ref_i[4] cmp_o[1] 1 lane_en_i[2] cmp_o[2] 1 lane_en_i[2] cmp_o[1] 0 cmp_i cmp_o[3] 1 set_i[1] cmp_o[0] 1
	lsb_i[15] cmp_o[2] 1 low_i[0] cmp_o[3] 1 nearest_i cmp_o[1] 1 bits_i[3] cmp_o[0] 1 flash_i cmp_o[0] 1 plane_i[0] cmp_o[0] 0 serve_ref_i[0] cmp_o[0] 0 raddr_i[0] rdata_o[0] 0 clk_i rdata_o[7] 1 clk_i cmp_o[3] 1'
check "OpenSTA: no warning; arcs to the comparators, setup and hold of every input (plain)" sta_reads plain cim_ "$two"
check "OpenSTA ... three comparators a lane (hybrid)" sta_reads hybrid q_ 'ref_i[0] cmp_o[0] 1 ref_i[0] cmp_o[1] 0 ref_i[7] cmp_o[3] 1 lane_en_i[0] cmp_o[2] 1 lane_en_i[0] cmp_o[3] 0 lane_en_i[1] cmp_o[5] 1 cmp_i cmp_o[4] 1'
check "OpenSTA ... one comparator in all (single)" sta_reads single cim_ 'ref_i[3] cmp_o 1 lane_en_i cmp_o 1 cmp_i cmp_o 1 lsb_i[9] cmp_o 1'
refused "... an arc that should not be there is seen" "not 0" sta_reads plain cim_ 'ref_i[0] cmp_o[0] 0'
sed -i '/bus (plane_i)/,/hold_rising/{/hold_rising/s/hold_rising/setup_rising/}' plain/macro/cim_macro.lib
refused "... a hold arc that is missing is seen" "Error: min of plane_i" sta_reads plain cim_ "$two"
emit plain tiny -s array.tiles=3

# LEF: geometry against the LEF file of the technology, from the text alone
cat >geometry.py <<'END_PY'
import re, sys
lef, tech = open(sys.argv[1]).read(), open(sys.argv[2]).read()
nm = lambda s: round(float(s) * 1000)
layer = {}
for n, body in re.findall(r'^LAYER\s+(\w+)(.*?)^END\s+\1', tech, re.M | re.S):
    f = {k: re.search(rf'^\s*{k}\s+(.*?)\s*;', body, re.M) for k in ('DIRECTION', 'PITCH', 'OFFSET', 'WIDTH')}
    if all(f.values()):
        # two numbers: of x and y
        pick = lambda k: [nm(x) for x in f[k][1].split()]
        v = f['DIRECTION'][1] == 'VERTICAL'
        layer[n] = (v, pick('PITCH')[0 if v else -1], pick('OFFSET')[0 if v else -1], pick('WIDTH')[0])
W, H = map(nm, re.search(r'SIZE (\S+) BY (\S+) ;', lef).groups())
rect = lambda t: [tuple(map(nm, r)) for r in re.findall(r'RECT (\S+) (\S+) (\S+) (\S+) ;', t)]
all_pins = []
for name, use, l, body in re.findall(r'^  PIN (\S+)\n.*?USE (\w+) ;\n    PORT\n      LAYER (\w+) ;\n(.*?)    END\n', lef, re.M | re.S):
    for r in rect(body):
        assert 0 <= r[0] < r[2] <= W and 0 <= r[1] < r[3] <= H, f'{name} is outside'
        all_pins.append((l, r, name))
        if use in ('SIGNAL', 'CLOCK'):
            v, pitch, offset, width = layer[l]
            mid = (r[0] + r[2]) // 2 if v else (r[1] + r[3]) // 2
            assert (mid - offset) % pitch == 0, f'{name} is off its track'
            assert (r[2] - r[0] if v else r[3] - r[1]) >= width, f'{name} is too narrow'
            assert (0 in (r[1], H - r[3])) if v else (0 in (r[0], W - r[2])), f'{name} is not on a side'
obs = [(l, r) for l, body in re.findall(r'^    LAYER (\w+) ;\n((?:      RECT.*\n)+)', lef[lef.index('  OBS'):], re.M) for r in rect(body)]
assert len({l for l, _ in obs}) == 4
hit = lambda a, b: a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
for i, (l, r, n) in enumerate(all_pins):
    for k, q in obs:
        assert k != l or not hit(r, q), f'{n} is obstructed'
    for k, q, o in all_pins[:i]:
        assert k != l or not hit(r, q), f'{n} and {o} overlap'
assert len(all_pins) > 100
END_PY
geometry() { /usr/bin/python3 -B geometry.py "$1" "$2"; }
for d in plain odd single upper; do check "LEF: pins on tracks of osu018, inside, apart, free ($d)" geometry $d/macro/cim_macro.lef $osu/osu018/osu018_stdcells.lef; done
emit old tiny -s floorplan.technology=osu035
check "LEF ... of osu035" geometry old/macro/cim_macro.lef $osu/osu035/osu035_stdcells.lef
if [ -r "$ihp/lef/sg13g2_tech.lef" ]; then check "LEF ... of ihp-sg13g2" geometry ihp/macro/cim_macro.lef "$ihp/lef/sg13g2_tech.lef"; else echo "ok - LEF ... of ihp-sg13g2 # SKIP ../shared/pdk is absent"; fi
bad() { sed "$1" plain/macro/cim_macro.lef >bad.lef; geometry bad.lef $osu/osu018/osu018_stdcells.lef; }
first=$(grep -m 1 'RECT 0\.000' plain/macro/cim_macro.lef | awk '{ print $3, $5 }')
read -r lo hi <<<"$first"
refused "... a pin off its track is seen" "is off its track" bad "s/RECT 0\.000 $lo 1\.200 $hi/RECT 0.000 ${lo%???}400 1.200 ${hi%???}700/"
refused "... two pins in one place are seen" "overlap" bad "/PIN we_i/,/END we_i/s/RECT .*/RECT 0.000 20.350 1.200 20.650 ;/; /PIN re_i/,/END re_i/s/RECT .*/RECT 0.000 20.350 1.200 20.650 ;/"
refused "... an obstructed pin is seen" "is obstructed" bad '/LAYER metal3/,/RECT/s/RECT 1.500 1.500/RECT 0.500 1.500/'

magic_reads() { # DIR TECHNOLOGY
	cat >read.tcl <<END_TCL
lef read $osu/$2/$2_stdcells.lef
puts "own file"
lef read $1/macro/cim_macro.lef
load cim_macro
select top cell
puts "class [property LEFclass] ports [port last]"
quit -noprompt
END_TCL
	magic -dnull -noconsole -rcfile "$osu/$2/$2.magicrc" read.tcl </dev/null 2>&1 | sed -n '/^own file$/,$p' >magic.txt
	cat magic.txt
	! grep -iE 'error|warning|unknown|ignor' magic.txt && grep -qx "class BLOCK ports $(grep -c '^  PIN' "$1/macro/cim_macro.lef")" magic.txt
}
check "Magic reads the LEF file, every pin a port" magic_reads plain osu018
sed '/^  PIN we_i/,/^  END we_i/s/metal3/metal33/' plain/macro/cim_macro.lef >bad.lef && mkdir -p bad/macro && mv bad.lef bad/macro/cim_macro.lef
refused "... a layer that is not there is seen" "metal33" magic_reads bad osu018
cat >placed.py <<'END_PY'
import re, sys
lef = open(f'{sys.argv[1]}/macro/cim_macro.lef').read()
W, H = [round(float(x) * 1000) + 80000 for x in re.search(r'SIZE (\S+) BY (\S+) ;', lef).groups()]
pins = [p for p, k in re.findall(r'^  PIN (\S+)\n    DIRECTION (\w+)', lef, re.M) if k != 'INOUT']
print(f'VERSION 5.6 ;\nNAMESCASESENSITIVE ON ;\nDIVIDERCHAR "/" ;\nBUSBITCHARS "[]" ;\nDESIGN t ;\nUNITS DISTANCE MICRONS 1000 ;\nDIEAREA ( 0 0 ) ( {W} {H} ) ;')
for l in (1, 3): print(f'TRACKS Y 500 DO {H // 1000} STEP 1000 LAYER metal{l} ;')
for l in (2, 4): print(f'TRACKS X 400 DO {W // 800} STEP 800 LAYER metal{l} ;')
print(f'COMPONENTS 1 ;\n- u cim_macro + PLACED ( 40000 40000 ) N ;\nEND COMPONENTS\nNETS {len(pins)} ;')
for k, p in enumerate(pins): print(f'- n{k}\n  ( u {p} )\n;')
print('END NETS\nEND DESIGN')
END_PY
qrouter_reads() { # the macro placed, a net at every pin: the supply alone is left over
	/usr/bin/python3 -B placed.py "$1" >t.def
	printf '%s\n' 'verbose 3' "read_lef $osu/osu018/osu018_stdcells.lef" "read_lef $1/macro/cim_macro.lef" 'catch {layers 4}' 'read_def t.def' quit >t.cfg
	timeout 60 qrouter -nog -noc -s t.cfg </dev/null 2>&1 | sed -n '/cim_macro\.lef/,$p' >qrouter.txt
	cat qrouter.txt
	! grep -iE 'error|not in|cannot|unknown' qrouter.txt && grep -q "Processed $(grep -c '^- n' t.def) nets total" qrouter.txt &&
		[ "$(grep -o 'unconnected node .*' qrouter.txt | sort | tr '\n' ' ')" = "unconnected node gnd unconnected node vdd " ]
}
check "qrouter reads the LEF file and finds every pin" qrouter_reads plain
sed -i '/^  PIN hold_i/,/^  END hold_i/d' bad/macro/cim_macro.lef
refused "... a broken LEF file is seen" "metal33" qrouter_reads bad
cat >read.rb <<'END_RB'
opt = RBA::LoadLayoutOptions::new
opt.lefdef_config.macro_resolution_mode = 1
opt.lefdef_config.read_lef_with_def = false
ly = RBA::Layout::new
ly.read($lef, opt)
c = ly.cell("cim_macro") or raise "no macro"
n = 0
ly.layer_indexes.each { |l| c.shapes(l).each { |s| n += 1 if s.is_text? } }
puts "box #{c.dbbox.width} #{c.dbbox.height} labels #{n}"
END_RB
klayout_reads() {
	QT_QPA_PLATFORM=offscreen klayout -b -rd lef="$1/macro/cim_macro.lef" -r read.rb >klayout.txt 2>&1
	cat klayout.txt
	grep -q "^box $(awk '/  SIZE/ { print $2 + 0 ".*", $4 + 0 ".*" }' "$1/macro/cim_macro.lef") labels" klayout.txt
}
check "KLayout reads the LEF file, outline as SIZE" klayout_reads plain
sed 's/^  SIZE .*/  SIZE 10.000 BY ;/' plain/macro/cim_macro.lef >bad/macro/cim_macro.lef
refused "... a SIZE without a height is seen" "ERROR" klayout_reads bad

# the largest array: outline from the pins; in bounded time
big() {
	time "$BITLINE" gen --config "$configs/std256.xml" -s array.rows=1024 -s array.cols=1024 -s array.tiles=1 -s readout.kind=flash -s readout.bits=8 -s readout.adcs=256 --with macro --out big || return 1
	[ "$(grep -c '^  PIN cmp_o' big/macro/cim_macro.lef)" = 65280 ] && [ "$(du -sm big/macro | cut -f1)" -lt 60 ] && grep SIZE big/macro/cim_macro.lef
}
check "1024 x 1024, 256 flash converters of 8 bits: 65280 comparator pins" big
exit $status
