#!/usr/bin/env bash
# FuseSoC core file and SiliconCompiler script (--with fusesoc, siliconcompiler). Neither tool is in Debian: the core file is read as YAML and checked against
# the directory, its lint and sim targets are carried out with the tools they name; the script runs against a mock of the classes that it uses.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3
BUILD=${BUILD:-build}
BITLINE=${BITLINE:-$BUILD/bitline}
dir=$BUILD/test/flow_fusesoc
failed=0
rm -rf "$dir"
mkdir -p "$dir"
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2"; failed=1; fi; }
emit() { # NAME CONFIG VIEWS OPTION...
	"$BITLINE" gen --config "configs/$2.xml" --with "$3" "${@:4}" --out "$dir/$1" >/dev/null || { echo "FAIL fusesoc: gen $1"; exit 1; }
}
check() { # DIR PREFIX: quiet when right
	/usr/bin/python3 -B tests/flow/fusesoc_check.py "$1" "$2" >"$dir/log" 2>&1
}

emit tiny tiny fusesoc,siliconcompiler
emit all edge64 all
emit other digital8 fusesoc,siliconcompiler -s interface.prefix=my_
for d in "tiny cim_" "all cim_" "other my_"; do
	set -- $d
	check "$dir/$1" "$2"
	result $? "fusesoc $1: files, types, order, targets$([ -s "$dir/log" ] && echo ": $(head -n 1 "$dir/log")")"
done

# what edalize would call for the targets lint and sim
targets() { /usr/bin/python3 -B -c 'import sys, yaml
core = yaml.safe_load(open(sys.argv[1]))
t = core["targets"][sys.argv[2]]
options = [v for o in t["tools"].values() for x in o.values() if isinstance(x, list) for v in x]
print(*options, t["toplevel"], *[f for s in t["filesets"] if core["filesets"][s]["file_type"] == "systemVerilogSource" for f in core["filesets"][s]["files"]])' "$1" "$2"; }
read -r option top files < <(targets "$dir/tiny/cim_top.core" lint)
(cd "$dir/tiny" && verilator --lint-only "$option" --top-module "$top" $files >lint.log 2>&1)
result $? "fusesoc tiny: the target lint is clean"
read -r option top files < <(targets "$dir/other/my_top.core" sim)
(cd "$dir/other" && iverilog "$option" -s "$top" -o sim.vvp $files >sim.log 2>&1)
result $? "fusesoc other: the target sim compiles"

seen() { # WHAT SED
	rm -rf "$dir/bad"
	cp -r "$dir/tiny" "$dir/bad"
	sed -i "$2" "$dir/bad/cim_top.core"
	! cmp -s "$dir/bad/cim_top.core" "$dir/tiny/cim_top.core" && ! check "$dir/bad" cim_
	result $? "fusesoc: seen: $1"
}
seen "a first line that FuseSoC does not take" '1s/^/# /'
seen "a missing file" '/rtl\/cim_fifo.sv/d'
seen "a file that is not there" '0,/cim_fifo.sv/s//cim_fifos.sv/'
seen "two files in the other order" '0,/cim_fifo.sv/s//cim_x.sv/;0,/cim_ram.sv/s//cim_fifo.sv/;0,/cim_x.sv/s//cim_ram.sv/'
seen "a wrong type" '0,/systemVerilogSource/s//verilogSource/'
seen "a target without a top" 's/toplevel: cim_top/toplevel: cim_tip/'
seen "text that is no YAML" 's/^filesets:/filesets: [/'
rm -rf "$dir/bad" && cp -r "$dir/tiny" "$dir/bad" && echo 'module cim_more; endmodule' >"$dir/bad/rtl/cim_more.sv" && ! check "$dir/bad" cim_
result $? "fusesoc: seen: RTL that the core file does not list"

# SiliconCompiler: the classes and methods of 0.35 that the script uses; anything else fails
mkdir -p "$dir/mock/siliconcompiler"
cat >"$dir/mock/siliconcompiler/__init__.py" <<'P'
import contextlib, os
from . import targets
class Design:
    def __init__(self, name):
        self.name, self.files, self.top, self.root, self.fileset = name, {}, {}, None, None
    def set_dataroot(self, name, path):
        self.root = os.path.dirname(os.path.abspath(path))
    @contextlib.contextmanager
    def active_dataroot(self, name):
        yield
    @contextlib.contextmanager
    def active_fileset(self, name):
        self.fileset = name
        yield
    def set_topmodule(self, name):
        self.top[self.fileset] = name
    def add_file(self, path):
        full = os.path.join(self.root, path)
        assert os.path.isfile(full), path
        self.files.setdefault(self.fileset, []).append(os.path.relpath(full, os.path.dirname(self.root)))
class ASIC:
    def __init__(self, design):
        self.design, self.filesets, self.target = design, [], None
    def add_fileset(self, names):
        assert all(n in self.design.files for n in names)
        self.filesets = names
    def run(self):
        assert self.target and self.filesets == ["rtl", "sdc"]
        print(self.target, self.design.top["rtl"], *self.design.files["rtl"], *self.design.files["sdc"])
    def summary(self):
        print("summary")
P
cat >"$dir/mock/siliconcompiler/targets.py" <<'P'
def skywater130_demo(project):
    project.target = "skywater130_demo"
def asap7_demo(project):
    project.target = "asap7_demo"
P
script() { PYTHONPATH=$dir/mock /usr/bin/python3 -B "$1/siliconcompiler/make.py" "${@:2}" 2>&1; }
want="skywater130_demo my_top $(grep -v '^//' "$dir/other/syn.f" | tr '\n' ' ')constraints/my_top.sdc summary"
[ "$(script "$dir/other" | tr '\n' ' ')" = "$want " ]
result $? "siliconcompiler: the files of syn.f in order, constraints, the default target"
[[ $(script "$dir/tiny" asap7_demo) == "asap7_demo cim_top rtl/cim_pkg.sv "* ]]
result $? "siliconcompiler: another target"
rm "$dir/tiny/rtl/cim_fifo.sv" && ! script "$dir/tiny" >"$dir/log" && grep -q cim_fifo "$dir/log"
result $? "siliconcompiler: a missing file is seen"
exit $failed
