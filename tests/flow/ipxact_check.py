# What the schema does not ask of an IP-XACT component: interfaces map ports that exist, all of them, in the direction of their mode; references meet;
# the file sets are the file lists, in order, and every file is there; both editions say the same. One `ok` or `FAIL` line per check.
# usage: ipxact_check.py DIR PREFIX
# SPDX-License-Identifier: Apache-2.0
import os
import re
import sys
from xml.etree import ElementTree

# signals that the target (slave) of a bus drives; everything else the initiator drives, but clock and reset
TARGET_DRIVES = {"AWREADY", "WREADY", "BRESP", "BVALID", "ARREADY", "RDATA", "RRESP", "RVALID", "TREADY"}
ALWAYS_IN = {"ACLK", "ARESETn"}
# what AXI4-Lite and AXI4-Stream cannot do without (AWPROT and ARPROT are optional for a target)
REQUIRED = {
    "AXI4-Lite": {"AWADDR", "AWVALID", "AWREADY", "WDATA", "WSTRB", "WVALID", "WREADY", "BRESP", "BVALID", "BREADY",
                  "ARADDR", "ARVALID", "ARREADY", "RDATA", "RRESP", "RVALID", "RREADY"},
    "AXI4Stream": {"TVALID", "TREADY", "TDATA", "TLAST"},
    "interrupt": {"IRQ"},
}
VLNV = {"AXI4-Lite": ("amba.com", "AMBA4", "r0p0_0"), "AXI4Stream": ("amba.com", "AMBA4", "r0p0_1"), "interrupt": ("spiritconsortium.org", "busdef.interrupt", "1.0")}
LISTS = {"fs_simulation": "sim.f", "fs_synthesis": "syn.f", "fs_blackbox": "blackbox.f"}


def strip(tag):
    return tag.split("}")[-1]


def texts(e, path):
    """texts of the elements at path, names without their name space"""
    at = [e]
    for name in path.split("/"):
        at = [c for x in at for c in x if strip(c.tag) == name]
    return [x.text for x in at]


def elements(e, path):
    at = [e]
    for name in path.split("/"):
        at = [c for x in at for c in x if strip(c.tag) == name]
    return at


def interfaces(root, bad):
    ports = {texts(p, "name")[0]: texts(p, "wire/direction")[0] for p in elements(root, "model/ports/port")}
    mapped, summary = set(), []
    for b in elements(root, "busInterfaces/busInterface"):
        name, bus = texts(b, "name")[0], elements(b, "busType")[0].attrib
        abstraction = elements(b, "abstractionTypes/abstractionType/abstractionRef")[0].attrib
        mode = [strip(c.tag) for c in b if strip(c.tag) in ("master", "slave", "initiator", "target")][0]
        drives = mode in ("slave", "target")
        seen = set()
        if (bus["vendor"], bus["library"], bus["version"]) != VLNV[bus["name"]] or abstraction != {**bus, "name": bus["name"] + "_rtl"}:
            bad.append(f"{name}: {bus} {abstraction}")
        for m in elements(b, "abstractionTypes/abstractionType/portMaps/portMap"):
            logical, physical = texts(m, "logicalPort/name")[0], texts(m, "physicalPort/name")[0]
            seen.add(logical)
            mapped.add(physical)
            out = logical not in ALWAYS_IN and (logical in TARGET_DRIVES) == drives
            if ports.get(physical) != ("out" if out else "in"):
                bad.append(f"{name}: {logical} of a {mode} is {physical}, {ports.get(physical)}")
        if seen - ALWAYS_IN != REQUIRED[bus["name"]]:
            bad.append(f"{name}: maps {sorted(seen)}")
        maps = [r.attrib["memoryMapRef"] for r in b.iter() if strip(r.tag) == "memoryMapRef"]
        if maps != (["registers"] if bus["name"] == "AXI4-Lite" else []) or (maps and maps != texts(root, "memoryMaps/memoryMap/name")):
            bad.append(f"{name}: memory maps {maps}")
        summary.append((name, bus["name"], drives, sorted(seen)))
    if mapped != set(ports):
        bad.append(f"ports of no interface: {sorted(set(ports) - mapped)}")
    return summary


def files(root, directory, bad):
    sets = {texts(s, "name")[0]: texts(s, "file/name") for s in elements(root, "fileSets/fileSet")}
    types = {f: t for s in elements(root, "fileSets/fileSet") for f, t in zip(texts(s, "file/name"), texts(s, "file/fileType"))}
    want = {".sv": ("systemVerilogSource",), ".sdc": ("SDC",), ".c": ("cSource",), ".h": ("cSource",), ".rdl": ("user", "systemRDL-2.0")}
    for name, found in sets.items():
        for f in found:
            if not os.path.isfile(os.path.join(directory, "ipxact", f)):
                bad.append(f"{name}: {f} is not there")
            if types[f] not in want[os.path.splitext(f)[1]]:
                bad.append(f"{f}: type {types[f]}")
    for name, path in LISTS.items():
        listed = ["../" + line.strip() for line in open(os.path.join(directory, path), encoding="ascii") if line.strip() and not line.startswith("//")]
        if sets.get(name) != listed:
            bad.append(f"{name} is not {path}")
    references = [texts(r, "localName")[0] for r in root.iter() if strip(r.tag) == "fileSetRef"]
    bad += [f"no file set {r}" for r in references if r not in sets]
    instances = texts(root, "model/instantiations/componentInstantiation/name")
    if texts(root, "model/views/view/componentInstantiationRef") != instances or len(set(instances)) != 3:
        bad.append(f"views and instantiations {instances}")
    emitted = {"../rtl/" + f for f in os.listdir(os.path.join(directory, "rtl")) if "_fpga_" not in f}
    if emitted - {f for s in sets.values() for f in s}:
        bad.append(f"in no file set: {sorted(emitted - {f for s in sets.values() for f in s})}")
    return sets


def main(directory, prefix):
    good, said = True, []
    for year in ("2014", "2022"):
        bad = []
        path = f"{directory}/ipxact/{prefix}top.{year}.xml"
        root = ElementTree.parse(path).getroot()
        if root.tag != "{http://www.accellera.org/XMLSchema/IPXACT/1685-%s}component" % year:
            bad.append(f"root {root.tag}")
        sets = files(root, directory, bad)
        said.append((interfaces(root, bad), sets, [texts(root, n) for n in ("vendor", "library", "name", "version", "description")],
                     [(texts(p, "name"), texts(p, "value")) for p in elements(root, "parameters/parameter")]))
        if re.search(r"(19|20)\d\d-\d\d-\d\d|/home/|/tmp/|/work/", open(path, encoding="utf-8").read()):
            bad.append("a date or a path of one machine")
        print(f"{'FAIL' if bad else 'ok'} ipxact {os.path.basename(directory)} {year}: {len(said[-1][0])} interfaces, {sum(map(len, sets.values()))} files{': ' + bad[0] if bad else ''}")
        good &= not bad
    alike = said[0] == said[1]
    print(f"{'ok' if alike else 'FAIL'} ipxact {os.path.basename(directory)}: both editions say the same of interfaces, files and parameters")
    return good and alike


sys.exit(0 if main(*sys.argv[1:]) else 1)
