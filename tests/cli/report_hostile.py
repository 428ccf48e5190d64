# `bitline report` on folders whose files are wrong: every value of every JSON file in turn becomes something else, and the files themselves are cut, empty, too deep.
# Whatever comes, the command ends with 0 and a page that is XML without a script, or with 2, one line that names the file, and no page.
# usage: report_hostile.py BITLINE DIR
# SPDX-License-Identifier: Apache-2.0
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

bitline, source = sys.argv[1:3]
random.seed(1)
EVIL = "</style><script>alert(1)</script>\"'&\x01\u2028"
VALUES = [None, True, -1, 0, 2**62, 1e300, 0.5, EVIL, [], {}, [[]], [1, 2, 3], {"a": EVIL}]
work = tempfile.mkdtemp()
runs = refused = 0
bad = []


def run(name, what):
    global runs, refused
    page = os.path.join(work, "report.html")
    if os.path.exists(page):
        os.remove(page)
    r = subprocess.run([bitline, "report", work], capture_output=True, timeout=60)
    runs += 1
    err = r.stderr.decode("utf-8", "replace")
    if r.returncode == 0:
        try:
            root = ET.parse(page).getroot()
            if any(e.tag.endswith("}script") for e in root.iter()):
                bad.append(f"{name}: {what}: a script came in")
        except ET.ParseError as x:
            bad.append(f"{name}: {what}: the page is no XML: {x}")
    elif r.returncode == 2:
        refused += 1
        if err.count("\n") != 1 or not err.startswith("bitline: ") or name not in err:
            bad.append(f"{name}: {what}: said {err[:200]!r}")
        if os.path.exists(page):
            bad.append(f"{name}: {what}: refused, and a page is there")
    else:
        bad.append(f"{name}: {what}: exit status {r.returncode}: {err[:200]!r}")


def places(j, path=()):
    """every place of a value, of long lists a few entries only"""
    yield path
    if isinstance(j, dict):
        for k in j:
            yield from places(j[k], path + (k,))
    elif isinstance(j, list):
        for i in sorted({0, 1, len(j) - 1} & set(range(len(j)))):
            yield from places(j[i], path + (i,))


def replaced(j, path, value):
    if not path:
        return value
    j = json.loads(json.dumps(j))
    at = j
    for k in path[:-1]:
        at = at[k]
    at[path[-1]] = value
    return j


names = sorted(n for n in os.listdir(source) if n.endswith((".json", ".xml", ".png")))
for n in names:
    shutil.copy(os.path.join(source, n), work)
run("nothing", "as it is")
for n in names:
    good = open(os.path.join(source, n), "rb").read()
    target = os.path.join(work, n)
    broken = [("empty", b""), ("cut", good[: len(good) // 2]), ("noise", bytes(random.randrange(256) for _ in range(300))), ("a NUL", good[:20] + b"\0" + good[20:])]
    if n.endswith(".json"):
        j = json.loads(good)
        broken += [("deep", b'{"a":' * 5000 + b"1" + b"}" * 5000), ("twice", good.rstrip()[:-1] + b',"config_sha256":"x","config_sha256":"y"}'), ("a list", b"[1]"), ("nothing in it", b"{}")]
        every = list(places(j))[1:]
        for path in random.sample(every, min(len(every), 24)):
            for value in random.sample(VALUES, 5):
                broken.append((f"{'.'.join(map(str, path))} = {value!r}", json.dumps(replaced(j, path, value)).encode()))
    for what, data in broken:
        with open(target, "wb") as f:
            f.write(data)
        run(n, what)
    with open(target, "wb") as f:
        f.write(good)
shutil.rmtree(work)
for b in bad[:20]:
    print("  " + b)
print(f"{runs} folders, {refused} refused, {len(bad)} wrong")
sys.exit(1 if bad or refused < runs // 4 else 0)
