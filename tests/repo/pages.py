# The pages of the repository: every relative link leads to a file and, with an anchor, to a heading; every page is reached from README.md; files and
# functions that a page names in `...` are there; every block of commands is run or says why not.
# usage: pages.py [ROOT]    prints `ok - NAME` / `FAIL - NAME: why` lines, exit 1 on any FAIL
# SPDX-License-Identifier: Apache-2.0
import glob
import itertools
import os
import re
import subprocess
import sys


def pages(root):
    """every .md that git tracks or would track; where there is no git, every one below the root that is not made by a build"""
    run = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "*.md"], capture_output=True, text=True)
    if run.returncode == 0:
        names = run.stdout.split("\n")
    else:
        names = [os.path.relpath(os.path.join(d, f), root) for d, _, files in os.walk(root) for f in files if f.endswith(".md")]
        names = [n for n in names if not n.startswith("build")]
    return sorted({n for n in names if n and os.path.isfile(os.path.join(root, n))})


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8") as f:
        return f.read()


def prose(text):
    """a page without its code"""
    text = re.sub(r"^(```+).*?^\1[ ]*$", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(text):
    """names that a heading can be linked by, as GitHub makes them"""
    seen, names = {}, set()
    for head in re.findall(r"^#{1,6} +(.*?) *#*$", re.sub(r"^(```+).*?^\1[ ]*$", "", text, flags=re.M | re.S), re.M):
        head = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head)
        name = re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-")
        n = seen.get(name, 0)
        seen[name] = n + 1
        names.add(f"{name}-{n}" if n else name)
    return names | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


def links(text):
    """targets in this repository"""
    text = prose(text)
    found = re.findall(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)", text) + re.findall(r"<(?:img|source|a)\b[^>]*?\b(?:src|srcset|href)=\"([^\"]+)\"", text)
    return [t for t in found if not re.match(r"[a-z][a-z0-9+.-]*:|//", t)]


def spelled(name):
    """`a/{b,c}.x` is two names"""
    parts = [p[1:-1].split(",") if p.startswith("{") else [p] for p in re.split(r"(\{[^}]*\})", name) if p]
    return ["".join(words) for words in itertools.product(*parts)]


def named(root, names, text):
    """files and functions that pages name: `folder/file.c`, with {a,b} and *, `function()`"""
    folders = {f for f in os.listdir(root) if os.path.isdir(os.path.join(root, f)) and f not in ("build", "tmp") and not f.startswith(".")}
    bad, words = [], None
    for n in names:
        if n.startswith("docs/decisions/"):  # of their time
            continue
        for code in re.findall(r"`([^`\n]+)`", re.sub(r"^(```+).*?^\1[ ]*$", "", text[n], flags=re.M | re.S)):
            if re.fullmatch(r"[\w./*{},-]+", code) and code.split("/")[0] in folders and "/" in code and not re.search("NAME|TARGET|\\.\\.\\.", code):
                for one in spelled(code):
                    # a list of files in the emitted directory, or what a build makes, is not here
                    if not glob.glob(os.path.join(root, one)):
                        bad.append(f"{n}: '{one}' is not there")
            elif re.fullmatch(r"\w+\(\)", code):
                if words is None:
                    words = sources(root, folders)
                if code[:-2] not in words:
                    bad.append(f"{n}: no source has '{code}'")
    return bad


def sources(root, folders):
    """words before a parenthesis in the sources"""
    words = set()
    for path in itertools.chain.from_iterable(glob.glob(os.path.join(root, f, "**", "*"), recursive=True) for f in sorted(folders)):
        if path.endswith((".c", ".h", ".cpp", ".sv", ".svh", ".py", ".sh")) and os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as f:
                words.update(re.findall(r"(\w+)[ ]?\(", f.read()))
    return words


def unmarked(names, text):
    """```sh blocks that neither run nor say why not (docs.sh runs those behind `<!-- run -->`)"""
    bad = []
    for n in names:
        lines, inside = text[n].split("\n"), False
        for k, line in enumerate(lines):
            if inside:
                inside = not re.fullmatch(r"```[ ]*", line)
            elif line.startswith("```"):
                inside = True
                if re.fullmatch(r"```(sh|bash|shell)[ ]*", line) and not re.match(r"<!-- (run|not run: \S)", lines[k - 1] if k else ""):
                    bad.append(f"{n}:{k + 1}: commands that are not run: write <!-- run --> or <!-- not run: WHY --> before them")
    return bad


def check(root):
    names = pages(root)
    text = {n: read(root, n) for n in names}
    broken, leads = [], {n: set() for n in names}
    for n in names:
        for target in links(text[n]):
            path, _, anchor = target.partition("#")
            there = os.path.normpath(os.path.join(os.path.dirname(n), path)) if path else n
            if there.startswith("..") or not os.path.exists(os.path.join(root, there)):
                broken.append(f"{n}: '{target}' is not there")
                continue
            if os.path.isdir(os.path.join(root, there)):
                there = os.path.join(there, "README.md")
            leads[n].add(there)
            if anchor and there.endswith(".md") and anchor not in anchors(read(root, there)):
                broken.append(f"{n}: '{target}' names no heading of {there}")
    reached, todo = set(), ["README.md"]
    while todo:
        n = todo.pop()
        if n not in reached and n in leads:
            reached.add(n)
            todo += leads[n]
    # a decision is named by its number; the folder is what is linked
    lost = [n for n in names if n not in reached and not n.startswith("docs/decisions/")]
    return [("links lead somewhere", broken), ("every page is reached from README.md", lost), ("files and functions that pages name are there", named(root, names, text)),
            ("every command is run, or says why not", unmarked(names, text))]


def main(root):
    failed = 0
    for name, bad in check(root):
        for line in bad:
            print(f"  {line}")
        print(f"FAIL - {name}: {bad[0]}" + (f" (and {len(bad) - 1} more)" if len(bad) > 1 else "") if bad else f"ok - {name}")
        failed |= bool(bad)
    return failed


sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
