# Reads a page of `bitline report` as XML and asks for what docs/report.md promises.
# usage: report_page.py PAGE.html [SECTION ...]   the sections that must be there, in that order, and no other
# SPDX-License-Identifier: Apache-2.0
import re
import sys
import xml.etree.ElementTree as ET

H = "{http://www.w3.org/1999/xhtml}"
S = "{http://www.w3.org/2000/svg}"
text = open(sys.argv[1], encoding="ascii").read()
root = ET.fromstring(text)
bad = []


def say(condition, what):
    if not condition:
        bad.append(what)


ids = [e.get("id") for e in root.iter() if e.get("id")]
inside = {e for svg in root.iter(S + "svg") for e in svg.iter()}
main = root.find(f"{H}body/{H}main")
sections = [e.get("id") for e in main.findall(H + "section")]
say(len(ids) == len(set(ids)), f"ids twice: {sorted(i for i in set(ids) if ids.count(i) > 1)}")
say([e.tag for e in list(main)[:2]] == [H + "h1", H + "div"] and "verdict" in list(main)[1].get("class"), "the verdict does not stand first")
say(sections == sys.argv[2:], f"sections {sections}")
for e in root.iter():
    say(e.tag not in (H + "script", S + "script", H + "iframe", H + "object", S + "image", S + "foreignObject", H + "base"), f"element {e.tag}")
    for name, value in e.attrib.items():
        name = name.split("}")[-1]
        say(not name.startswith("on"), f"attribute {name}")
        if name in ("href", "src"):
            say(value.startswith(("#", "data:")), f"{name}={value[:60]}")
            say(not value.startswith("#") or value[1:] in ids, f"{value} leads nowhere")
for url in re.findall(r"https?://[^\s\"'<]*", re.sub(r"xmlns(:\w+)?=\"[^\"]*\"", "", text)):
    bad.append(f"address {url}")
say("@import" not in text and "url(" not in text, "the style sheet fetches something")
figures = list(root.iter(H + "figure"))
for f in figures:
    for e in f.iter():
        if e.tag == S + "svg":
            say(e.get("role") == "img" and len(e.get("aria-label") or "") > 40, f"a figure without a text alternative: {e.get('aria-label')}")
            x, y, w, h = map(float, e.get("viewBox").split())
            for t in e.iter(S + "text"):
                inside_transform = any("transform" in p.attrib for p in e.iter() if t in list(p.iter()) and p is not t)
                at = float(t.get("x"))
                say(inside_transform or -1 <= at <= w + 1 and -1 <= float(t.get("y")) <= h + 1, f"a label outside of its figure: {t.text} at {t.get('x')}, {t.get('y')} of {w} x {h}")
        if e.tag == H + "img":
            say(len(e.get("alt") or "") > 20, "a picture without a text alternative")
say(len([e for e in root.iter(S + "svg")]) == len([e for f in figures for e in f.iter(S + "svg")]), "a drawing outside of a figure")
for t in root.iter(H + "table"):
    say(t.find(H + "caption") is not None and t.find(f"{H}thead/{H}tr/{H}th") is not None, "a table without caption or head")
    n = len(t.findall(f"{H}thead/{H}tr/{H}th"))
    say(all(len(r.findall(H + "td")) == n for r in t.findall(f"{H}tbody/{H}tr")), "a row of another length than the head")
for b in bad:
    print("  " + b)
sys.exit(1 if bad else 0)
