#!/usr/bin/env bash
# librelane/config.json (view `librelane`): every name is a variable of LibreLane, every value of its type, every file there; both kinds of array. Wrong ones are caught.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
names=$PWD/../shared/eda/librelane-variables.txt
. tests/flow_common.sh
emit() { "$BITLINE" gen --config "$configs/$2.xml" "${@:3}" --with librelane --out "$1" >/dev/null; }
emit digital digital8
emit analog tiny -s array.tiles=3 -s interface.prefix=q_
emit ihp tiny -s floorplan.technology=ihp-sg13g2

# As LibreLane reads it: dir:: is the folder of config.json; meta and keys that begin with // are no variables.
cat >read.py <<'END_PY'
import json, os, re, sys
d, names = sys.argv[1], sys.argv[2]
j = json.load(open(f'{d}/librelane/config.json'))
assert j['meta'] == {'version': 2}
var = {k: v for k, v in j.items() if k != 'meta' and not k.startswith('//')}
if names != '-':
    known = dict(l.rstrip('\n').split('\t') for l in open(names) if not l.startswith('#'))
    for k, v in var.items():
        assert k in known, f'unknown variable {k}'
        t = known[k].removeprefix('Optional[').removeprefix('Union[None, ')
        for begin, kind in (('List', list), ('Dict', dict), ('Decimal', (int, float)), ('bool', bool), ('int', int), ('str', str), ('Path', str)):
            if t.startswith(begin):
                assert isinstance(v, kind), f'{k} is no {t}'
                break
        else:
            raise AssertionError(f'{k}: a type {known[k]} that this test does not know')
supplied = []
def path(s):
    assert s.startswith('dir::'), f'{s} is no path of this directory'
    p = os.path.join(d, 'librelane', s[5:])
    if p.endswith('macro.gds'):
        supplied.append(os.path.relpath(p, d))
    else:
        assert os.path.isfile(p), f'{s} is not there'
    return p
def walk(v):
    if isinstance(v, str) and ('/' in v or '::' in v): path(v)
    elif isinstance(v, list): [walk(x) for x in v]
    elif isinstance(v, dict): [walk(x) for x in v.values()]
walk(var)
sources = [os.path.normpath(path(f)) for f in var['VERILOG_FILES']]
assert len(set(sources)) == len(sources)
top = var['DESIGN_NAME']
assert var['CLOCK_PORT'] == 'clk_i' and any(f.endswith(f'/{top}.sv') for f in sources)
sdc = open(path(var['PNR_SDC_FILE'])).read()
assert f"set clk_period_ns {var['CLOCK_PERIOD']:.3f}" in sdc, 'another clock than the SDC file'
if 'MACROS' not in var:
    assert any(f.endswith('macro.digital.sv') for f in sources) and not supplied
    sys.exit()
(cell, m), = var['MACROS'].items()
assert set(m) <= {'gds', 'lef', 'instances', 'vh', 'nl', 'pnl', 'spef', 'lib', 'spice', 'sdf', 'json_h'}, f'keys of a macro: {sorted(m)}'
assert m['gds'] and m['lef'] and len(set(supplied)) == 1
assert supplied[0] in ' '.join(j['//']), 'the file that the analog team supplies is not named'
assert f'MACRO {cell}\n' in open(path(m['lef'][0])).read()
assert not any('macro.' in os.path.basename(f) for f in sources), 'the macro is among the sources'
assert f'module {cell} (' in open(path(m['vh'][0])).read()
placed = {i: v['location'] for i, v in m['instances'].items()}
cfg = os.path.join(os.path.dirname(path(m['lef'][0])), 'macro.cfg')
assert placed == {l.split()[0]: [float(x) for x in l.split()[1:3]] for l in open(cfg) if l[0] != '#'}, 'places of macro.cfg'
supply, = var['PDN_MACRO_CONNECTIONS']
rx, *nets = supply.split()
assert nets == [*var['VDD_NETS'], *var['GND_NETS']] * 2
for i in placed: # as in Verilog and as a database escapes it
    assert re.fullmatch(rx, i) and re.fullmatch(rx, i.replace('[', '\\[').replace(']', '\\]')), f'{i} gets no supply'
for n in nets:
    assert f'  PIN {n}\n' in open(path(m['lef'][0])).read(), f'{n} is no pin of the macro'
END_PY
list=$names
[ -r "$names" ] || { echo "ok - names of variables # SKIP ../shared/eda is absent"; list=-; }
reads() { /usr/bin/python3 -B read.py "$1" "$list"; }
check "a chip out of standard cells (digital8)" reads digital
check "the core around hard macros (tiny, three tiles, another prefix)" reads analog
check "... with the macro in the same technology" reads ihp
check "the macro's own set follows the platform" test -f analog/macro/ihp-sg13g2/q_macro.lef -a ! -e ihp/macro/ihp-sg13g2 -a -f ihp/macro/cim_macro.lef

change() { # PYTHON on j
	rm -rf bad && cp -r analog bad && /usr/bin/python3 -B -c "
import json
p = 'bad/librelane/config.json'; j = json.load(open(p))
$1
json.dump(j, open(p, 'w'))"
}
if [ "$list" != - ]; then
	change "j['CLOCK_PERIODS'] = j.pop('CLOCK_PERIOD')"; refused "... a name that LibreLane does not have is caught" "unknown variable CLOCK_PERIODS" reads bad
	change "j['FP_CORE_UTIL'] = '40'"; refused "... a value of another type is caught" "FP_CORE_UTIL is no Decimal" reads bad
fi
change "j['VERILOG_FILES'][3] = 'dir::../rtl/q_nothing.sv'"; refused "... a file that is not there is caught" "q_nothing.sv is not there" reads bad
change "j['PNR_SDC_FILE'] = '/tmp/x.sdc'"; refused "... a path of one machine is caught" "is no path of this directory" reads bad
change "j['MACROS']['q_macro']['library'] = []"; refused "... a key that a macro does not have is caught" "keys of a macro" reads bad
change "j['PDN_MACRO_CONNECTIONS'][0] = 'u_macro VDD VSS VDD VSS'"; refused "... a macro without supply is caught" "gets no supply" reads bad
change "j['CLOCK_PERIOD'] = 11"; refused "... another clock than the SDC file's is caught" "another clock" reads bad
exit $status
