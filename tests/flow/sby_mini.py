# What SymbiYosys does with a job of mode prove and engine `abc pdr`, in small, for where it is not installed: reads the sections, copies [files],
# runs [script] in yosys, makes the model of it as sby does, asks abc. Prints proved, broken or unknown; exit 0, 1, 2. A job it does not understand: exit 3.
# usage: sby_mini.py JOB.sby WORK
# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import subprocess
import sys

MODEL = """
chformal -live -fair -cover -remove
async2sync
chformal -assume -early
opt_clean
dffunmap
setundef -undriven -anyseq
opt -keepdc -fast
memory_map
techmap
opt -fast
dffunmap
setundef -anyseq
aigmap
opt_clean
write_aiger -zinit model.aig
"""


def die(text):
    print(f"sby_mini: {text}", file=sys.stderr)
    sys.exit(3)


def sections(path):
    out, name = {}, None
    for line in open(path, encoding="ascii"):
        line = line.rstrip("\n")
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("["):
            name = line.strip("[]")
            if name in out:
                die(f"{path}: section {name} twice")
            out[name] = []
        elif name is None:
            die(f"{path}: '{line}' stands in no section")
        else:
            out[name].append(line)
    for want in ("options", "engines", "script", "files"):
        if want not in out:
            die(f"{path}: no section {want}")
    return out


def main(job, work):
    s = sections(job)
    options = dict(line.split(None, 1) for line in s["options"])
    if options.get("mode") != "prove" or s["engines"] != ["abc pdr"]:
        die(f"{job}: this runner knows mode prove and engine `abc pdr` alone")
    shutil.rmtree(work, ignore_errors=True)
    src = os.path.join(work, "src")
    os.makedirs(src)
    for name in s["files"]:
        # sby takes them from where it is started: the job's own folder
        path = os.path.join(os.path.dirname(job), name)
        if not os.path.isfile(path):
            die(f"{job}: [files] names {name}, which is not there")
        shutil.copy(path, src)
    with open(os.path.join(src, "job.ys"), "w", encoding="ascii") as f:
        f.write("\n".join(s["script"]) + "\n" + MODEL)
    log = open(os.path.join(work, "log"), "w", encoding="utf-8")
    if subprocess.run(["yosys", "-q", "-s", "job.ys"], cwd=src, stdout=log, stderr=log).returncode:
        die(f"{job}: yosys refuses the script, log: {work}/log")
    pdr = subprocess.run(["bash", "-c", "ulimit -t 60; exec yosys-abc -c 'read_aiger model.aig; fold; strash; scorr; pdr'"], cwd=src, capture_output=True, text=True)
    log.write(pdr.stdout + pdr.stderr)
    if "Property proved" in pdr.stdout or "Networks are equivalent" in pdr.stdout:
        print("proved")
        return 0
    if "was asserted in frame" in pdr.stdout or "is asserted" in pdr.stdout:
        print("broken")
        return 1
    print("unknown")
    return 2


sys.exit(main(*sys.argv[1:]))
