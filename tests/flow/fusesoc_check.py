# A CAPI2 core file as FuseSoC reads it (FuseSoC is in no Debian package): header, name, file sets, targets; every file is there, has its type, stands in the
# order of the file list; targets name file sets and a top that exist. Prints what is wrong, exit 1.
# usage: fusesoc_check.py DIR PREFIX
# SPDX-License-Identifier: Apache-2.0
import os
import re
import sys

import yaml

LISTS = {"simulation": "sim.f", "synthesis": "syn.f", "blackbox": "blackbox.f", "fpga": "fpga.f"}
TYPES = {".sv": "systemVerilogSource", ".sdc": "SDC", ".c": "cSource", ".h": "cSource"}
TOOLS = {"verilator": {"mode", "verilator_options"}, "icarus": {"iverilog_options"}}
KEYS = {"CAPI=2", "name", "description", "filesets", "targets"}
TARGET_KEYS = {"description", "default_tool", "filesets", "toplevel", "tools"}


def main(directory, prefix):
    path = f"{directory}/{prefix}top.core"
    text = open(path, encoding="ascii").read()
    bad = []
    if not text.startswith("CAPI=2:\n"):
        bad.append("the first line is not CAPI=2:")
    core = yaml.safe_load(text)
    if set(core) != KEYS:
        bad.append(f"keys {sorted(core)}")
    # vendor:library:name:version
    if not re.fullmatch(rf"bitline:cores:{prefix}top-[\w.-]+:\d+\.\d+\.\d+", core["name"]):
        bad.append(f"name {core['name']}")
    listed = set()
    for name, s in core["filesets"].items():
        if set(s) != {"files", "file_type"}:
            bad.append(f"file set {name}: {sorted(s)}")
        names = [f if isinstance(f, str) else next(iter(f)) for f in s["files"]]
        listed |= set(names)
        for f, n in zip(s["files"], names):
            if not os.path.isfile(os.path.join(directory, n)):
                bad.append(f"file set {name}: {n} is not there")
            if TYPES[os.path.splitext(n)[1]] != s["file_type"]:
                bad.append(f"file set {name}: {n} is no {s['file_type']}")
            if n.endswith(".h") != (f == {n: {"is_include_file": True}}):
                bad.append(f"file set {name}: {n} as an include file")
        if name in LISTS:
            lines = [line.strip() for line in open(os.path.join(directory, LISTS[name]), encoding="ascii") if line.strip() and not line.startswith("//")]
            if names != lines:
                bad.append(f"file set {name} is not {LISTS[name]}")
    rtl = {"rtl/" + f for f in os.listdir(os.path.join(directory, "rtl"))}
    bad += [f"{f} is in no file set" for f in sorted(rtl - listed)]
    modules = {m for f in rtl for m in re.findall(r"^module (\w+)", open(os.path.join(directory, f), encoding="ascii").read(), re.M)}
    if not {"default", "lint", "sim", "synth"} <= set(core["targets"]):
        bad.append(f"targets {sorted(core['targets'])}")
    for name, t in core["targets"].items():
        sets = t["filesets"]
        if set(t) - TARGET_KEYS or [x for x in sets if x not in core["filesets"]]:
            bad.append(f"target {name}: {t}")
        if t["toplevel"] not in modules:
            bad.append(f"target {name}: no module {t['toplevel']}")
        if len({"simulation", "synthesis", "blackbox"} & set(sets)) != 1:
            bad.append(f"target {name}: takes not one view of the macro")
        for tool, options in t.get("tools", {}).items():
            if set(options) - TOOLS[tool]:
                bad.append(f"target {name}: {tool} has no {sorted(set(options) - TOOLS[tool])}")
        if "default_tool" in t and t["default_tool"] not in t["tools"]:
            bad.append(f"target {name}: tool {t['default_tool']}")
    for b in bad:
        print(b)
    return not bad


sys.exit(0 if main(*sys.argv[1:]) else 1)
