#!/usr/bin/env python3
# docs/configuration.md from configs/bitline.xsd (every key) and common/cfg_across.c (rules between keys).
# usage: tools/config_reference.py [--check]    --check writes nothing and fails when the page is another
# SPDX-License-Identifier: Apache-2.0
import os
import re
import sys
import xml.etree.ElementTree as ET

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PAGE = "docs/configuration.md"
XS = "{http://www.w3.org/2001/XMLSchema}"


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as f:
        return f.read()


def note(node, what="documentation"):
    found = node.find(f"{XS}annotation/{XS}{what}")
    return "" if found is None else " ".join(found.text.split())


def linked(text):
    """paths of pages become links, as seen from docs/"""
    return re.sub(r"docs/(\w[\w-]*\.md)", r"[\1](\1)", text).replace("|", "\\|")


def legal(schema, name):
    """(type, legal values, [(choice, meaning)])"""
    if name == "xs:boolean":
        return "boolean", "true, false", []
    simple = next(t for t in schema.iter(f"{XS}simpleType") if t.get("name") == name)
    rule = simple.find(f"{XS}restriction")
    values = [(e.get("value"), note(e)) for e in rule.findall(f"{XS}enumeration")]
    if rule.get("base") == "xs:int":
        if values:
            return "integer", f"a power of two, {values[0][0]}..{values[-1][0]}", []
        return "integer", f"{rule.find(f'{XS}minInclusive').get('value')}..{rule.find(f'{XS}maxInclusive').get('value')}", []
    if values:
        return "choice", ", ".join(f"`{v}`" for v, _ in values), values if any(n for _, n in values) else []
    return "text", note(simple), []


def groups(schema):
    out, choices = [], {}
    for kind in (e.get("type") for e in schema.iter(f"{XS}element") if e.get("type")):
        group = next(t for t in schema.iter(f"{XS}complexType") if t.get("name") == kind)
        out += [f"### {kind}", "", linked(note(group)), "", "| key | type | legal | default | unit | meaning |", "|---|---|---|---|---|---|"]
        for a in group.findall(f"{XS}attribute"):
            type_, range_, values = legal(schema, a.get("type"))
            out.append(f"| `{kind}.{a.get('name')}` | {type_} | {range_} | `{a.get('default')}` | {note(a, 'appinfo') or '-'} | {linked(note(a))} |")
            if values:
                choices[f"{kind}.{a.get('name')}"] = values
        out.append("")
    out += ["## Choices", "", "| key | value | meaning |", "|---|---|---|"]
    for key, values in choices.items():
        out += [f"| {'`' + key + '`' if n == 0 else ''} | `{v}` | {linked(meaning)} |" for n, (v, meaning) in enumerate(values)]
    return out


def rules(source):
    """every refusal of common/cfg_across.c as it is worded; numbers and names that the configuration gives are N and NAME"""
    kinds = re.findall(r'"(\w+)"', re.search(r"kind_name\[\] = \{(.*?)\}", source).group(1))
    bits = re.findall(r'\{ \d+, \d+, "([^"]+)" \}', source)
    out = ["| refused | legal | mend |", "|---|---|---|"]
    for call in re.findall(r'err_set\(e, ERR_INPUT,\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', source):
        text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', call)).replace('\\"', '"')
        text = text[text.index(": ") + 2:].replace('"%d"', "`N`").replace('"%s"', "`NAME`").replace("%d", "N").replace("%s", "NAME")
        text = re.sub(r'"(\w+)"', r"`\1`", text)
        m = re.fullmatch(r"(.*?)(?:: legal (.*?))?(?:[;:] ([a-z][^;:]*))?", text)
        refused, allowed, mend = (linked(g or "-") for g in m.groups())
        if allowed == "NAME":
            allowed = ", ".join(f"`{k}` {b}" for k, b in zip(kinds, bits))
        out.append(f"| {refused} | {allowed} | {mend} |")
    return out


def page():
    schema = ET.fromstring(read("configs/bitline.xsd"))
    return "\n".join([
        "<!-- Written by tools/config_reference.py from configs/bitline.xsd and common/cfg_across.c: edit those, then run it. -->",
        "# Configuration",
        "",
        "One XML file describes the hardware, its numbers and its converters. Groups and keys that it leaves out get the default below; `-s GROUP.KEY=VALUE` overrides any of them on the command line of every command that takes a configuration.",
        "`bitline config FILE` checks it and prints it complete; the SHA-256 of that text stands in everything that is made from it. `configs/` has one file per kind of converter and network.",
        "",
        "<!-- run -->",
        "```sh",
        "build/bitline config configs/tiny.xml -s array.rows=16 -s readout.bits=5    # checked, complete",
        "build/bitline config --fields                                               # this page as plain text",
        "```",
        "",
        "An editor that reads XML schemas completes and checks names and ranges: the files name `bitline.xsd` beside them.",
        "",
        "## Keys",
        "",
        "The element `bitline` has the attribute `name` (required): " + legal(schema, "name")[1] + ".",
        "",
    ] + groups(schema) + [
        "",
        "## Rules between keys",
        "",
        "Checked after the range of every key; the first that is broken is reported with file, line and column, and exit status 2. `N` and `NAME` stand for what the configuration says.",
        "Why they are: [numerics.md](numerics.md) section 4 (converters), [network.md](network.md) sections 1 and 2 (immersed references), [faults.md](faults.md) section 5 (spare positions).",
        "",
    ] + rules(read("common/cfg_across.c")) + [
        "",
        "Weight code `cell` is for cost only: `gen`, `golden` and `cosim` refuse it (`common/cfg_executable.c`). Sizes that are legal here and not reached elsewhere: [limits.md](limits.md).",
        "",
    ])


def main(args):
    text = page()
    if args == ["--check"]:
        if not os.path.exists(os.path.join(ROOT, PAGE)) or read(PAGE) != text:
            print(f"{PAGE}: not what configs/bitline.xsd and common/cfg_across.c say; run tools/config_reference.py", file=sys.stderr)
            return 1
        return 0
    if args:
        print("usage: tools/config_reference.py [--check]", file=sys.stderr)
        return 2
    with open(os.path.join(ROOT, PAGE), "w", encoding="utf-8") as f:
        f.write(text)
    return 0


sys.exit(main(sys.argv[1:]))
