#!/usr/bin/env bash
# orfs/config.mk and constraint.sdc (view `orfs`), read by make and by Tcl as OpenROAD-flow-scripts does: names known, files there, numbers from constraints/. Wrong ones are caught.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
names=$PWD/../shared/eda/orfs-variables.yaml
. tests/flow_common.sh
emit() { "$BITLINE" gen --config "$configs/$2.xml" "${@:3}" --with orfs --out "$1" >/dev/null; }
emit digital digital8
emit analog tiny -s array.tiles=3 -s interface.prefix=q_

printf 'include $(DESIGN_CONFIG)\nall: ; @env -0\n' >Makefile
cat >read.py <<'END_PY'
import os, re, subprocess, sys, yaml
d, names, kind = sys.argv[1:4]
mk = open(f'{d}/orfs/config.mk').read()
written = re.findall(r'^export (\w+) *[?:]?=', mk, re.M)
if names != '-':
    known = yaml.safe_load(open(names))
    for n in written:
        assert n in known, f'unknown variable {n}'
for line in mk.splitlines():
    assert re.match(r'(export \w+ *\??=|\t\$\(BITLINE_DIR\)/|#|BITLINE_DIR :=|ifneq|else$|endif$|$)', line), f'an unexpected line: {line}'
env = dict(os.environ, DESIGN_CONFIG=f'{d}/orfs/config.mk')
out = subprocess.run(['make', '-s', '--no-print-directory', 'all'], env=env, capture_output=True, text=True)
assert out.returncode == 0 and not out.stderr, out.stderr
var = dict(e.split('=', 1) for e in out.stdout.split('\0') if '=' in e)
var = {n: var[n] for n in written if n in var}
base = os.path.abspath(d)
for n, v in var.items():
    for word in v.split():
        if '/' in word:
            assert word.startswith(base + '/') and os.path.isfile(word), f'{n}: {word} is not there'
top = var['DESIGN_NAME']
files = [os.path.basename(f) for f in var['VERILOG_FILES'].split()]
assert f'{top}.sv' in files and len(set(files)) == len(files)
assert var['PLATFORM'] == 'ihp-sg13g2' and 0 < int(var['CORE_UTILIZATION']) <= 100
sdc = open(f'{d}/constraints/{top}.sdc').read()
assert int(var['ABC_CLOCK_PERIOD_IN_PS']) == round(1000 * float(re.search(r'set clk_period_ns (\S+)', sdc)[1])), 'another clock than the SDC file'
cell = top[:-3] + 'macro'
if kind == 'digital':
    assert f'{cell}.digital.sv' in files and 'ADDITIONAL_LEFS' not in var
else:
    assert f'MACRO {cell}\n' in open(var['ADDITIONAL_LEFS']).read() and f'cell ({cell})' in open(var['ADDITIONAL_LIBS']).read()
    assert not any('macro' in f for f in files), 'the macro is among the sources'
    assert sum(l.startswith('place_macro') for l in open(var['MACRO_PLACEMENT_TCL'])) == 3
    assert (var.get('GDS_ALLOW_EMPTY') == cell) != ('ADDITIONAL_GDS' in var)
    print('GDS', var.get('ADDITIONAL_GDS', 'none'))
END_PY
list=$names
[ -r "$names" ] || { echo "ok - names of variables # SKIP ../shared/eda is absent"; list=-; }
reads() { /usr/bin/python3 -B read.py "$1" "$list" "$2"; }
check "a chip out of standard cells (digital8)" reads digital digital
check "the core around hard macros (tiny, three tiles, another prefix)" reads analog analog
check "... names the file that the analog team supplies" grep -q 'Supplied by the analog team: macro/ihp-sg13g2/q_macro.gds' analog/orfs/config.mk
cp -r analog with && : >with/macro/ihp-sg13g2/q_macro.gds
gds() { reads with analog && grep -q '^GDS /.*/with/macro/ihp-sg13g2/q_macro.gds$' log; }
check "... and takes it once it is there" gds
check "another platform can be named" bash -c 'DESIGN_CONFIG=digital/orfs/config.mk PLATFORM=sky130hd make -s all | tr "\0" "\n" | grep -qx PLATFORM=sky130hd'
broken() { rm -rf bad && cp -r analog bad && sed -i "$1" bad/orfs/config.mk; }
if [ "$list" != - ]; then
	broken 's/^export CORE_UTILIZATION /export CORE_UTILISATION /'; refused "... a name that the flow does not have is caught" "unknown variable CORE_UTILISATION" reads bad analog
fi
broken 's|rtl/q_core.sv|rtl/q_cores.sv|'; refused "... a file that is not there is caught" "q_cores.sv is not there" reads bad analog
broken 's|^export ADDITIONAL_LEFS.*|export ADDITIONAL_LEFS = /usr/q_macro.lef|'; refused "... a path of one machine is caught" "is not there" reads bad analog
broken '$ainclude other.mk'; refused "... another line is caught" "an unexpected line" reads bad analog
broken 's/^\(export ABC_CLOCK_PERIOD_IN_PS = \).*/\111000/'; refused "... another clock than the SDC file's is caught" "another clock" reads bad analog

# The flow copies the file before it reads it; SDC_FILE still says where it was.
cat >sdc.tcl <<'END_TCL'
rename source really
proc source {file} { puts "SOURCED [file normalize $file]" }
really $env(READ)
END_TCL
sdc() { # FILE SDC_FILE WANT
	READ=$1 SDC_FILE=$2 sta -no_splash -exit sdc.tcl >sta.txt 2>&1
	cat sta.txt
	[ "$(grep SOURCED sta.txt)" = "SOURCED $(realpath "$3")" ] && ! grep -q Error sta.txt
}
mkdir results && cp digital/orfs/constraint.sdc results/1_synth.sdc
check "constraint.sdc reads constraints/ where it stands" sdc digital/orfs/constraint.sdc digital/orfs/constraint.sdc digital/constraints/cim_top.sdc
check "... and as the flow's copy" sdc results/1_synth.sdc "$PWD/digital/orfs/constraint.sdc" digital/constraints/cim_top.sdc
check "constraint.sdc has no number of its own" bash -c 'test -s digital/orfs/constraint.sdc && ! grep -v "^#" digital/orfs/constraint.sdc | grep -qE "[0-9]"'
exit $status
