# Every public function of libbitline says what it takes and gives: lib/bitline.h is parsed, and the comment in front of each BL_API declaration must have a first
# sentence and the lines Shapes, Units, Errors, Source, each with something behind it. Array parameters must be named in Shapes, struct bl_error in Errors;
# a page that Source or Errors names must be there, and the sections it names in it.
# usage: library_doc.py [ROOT]     Run by tests/repo/library.sh, which also proves that it can fail.
# SPDX-License-Identifier: Apache-2.0
import os
import re
import sys

FIELDS = ("Shapes", "Units", "Errors", "Source")
NUMBERS = ("int8_t", "int32_t", "uint32_t", "uint64_t", "float")


def functions(text):
    """(line, name, declaration, comment in front or "") of every BL_API declaration"""
    for m in re.finditer(r"^BL_API\s+([^;]*?)(\w+)\(([^;]*)\);", text, re.M):
        before = re.search(r"/\*((?:(?!\*/).)*)\*/\s*\Z", text[: m.start()], re.S)
        yield text.count("\n", 0, m.start()) + 1, m.group(2), m.group(0), before.group(1) if before else ""


def fields(comment):
    """{"": what stands in front of the first field, "Shapes": ...}"""
    parts = re.split(r"^ \*   (%s):" % "|".join(FIELDS), comment, flags=re.M)
    words = [re.sub(r"\s+\*?\s*", " ", p).strip() for p in parts]
    return {"": words[0], **dict(zip(words[1::2], words[2::2]))}, words[1::2]


def sections(root, text):
    """what a text cites and what is not there"""
    bad = []
    for page, rest in re.findall(r"\b(docs/[\w-]+\.md)((?: sections? [\d, and]+)?)", text):
        path = os.path.join(root, page)
        if not os.path.isfile(path):
            bad.append(f"'{page}' does not exist")
            continue
        with open(path, encoding="ascii") as f:
            there = set(re.findall(r"^## (\d+)\.", f.read(), re.M))
        bad += [f"'{page}' has no section {n}" for n in re.findall(r"\d+", rest) if n not in there]
    return bad


def faults(root, name, declaration, comment):
    if not comment:
        return ["no comment in front of it"]
    said, order = fields(comment)
    bad = [f"no '{f}:' line" for f in FIELDS if not said.get(f)]
    if order != [f for f in FIELDS if f in order]:
        bad.append("the lines stand in another order than " + ", ".join(FIELDS))
    if not re.match(r"[A-Z].*[.:]", said[""]):
        bad.append("no sentence that says what it does")
    if bad:
        return bad
    bad += [f"array '{a}' is not in Shapes" for a in re.findall(r"const (?:%s) \*(\w+)" % "|".join(NUMBERS), declaration.partition("(")[2]) if not re.search(rf"\b{a}\b", said["Shapes"])]
    if "struct bl_error *" in declaration and ("BL_INPUT" not in said["Errors"] and "BL_ENVIRONMENT" not in said["Errors"]):
        bad.append("takes a struct bl_error and Errors says neither BL_INPUT nor BL_ENVIRONMENT")
    if "struct bl_error *" not in declaration and not said["Errors"].startswith("none"):
        bad.append("takes no struct bl_error and Errors does not begin with 'none'")
    if not re.search(r"docs/[\w-]+\.md|llama2\.c", said["Source"]):
        bad.append("Source names no page of docs/ and no paper")
    return bad + sections(root, said["Source"])


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    with open(os.path.join(root, "lib/bitline.h"), encoding="ascii") as f:
        text = f.read()
    found, bad = list(functions(text)), []
    if len(found) != text.count("\nBL_API "):
        bad.append(f"lib/bitline.h: {text.count(chr(10) + 'BL_API ')} lines begin with BL_API, {len(found)} declarations are understood")
    stray = re.findall(r"^(?!BL_API|typedef|#| \*|/\*)[a-z][\w *]*\b(\w+)\([^;{]*\);", text, re.M)
    bad += [f"lib/bitline.h: {n}() is declared without BL_API" for n in stray]
    for line, name, declaration, comment in found:
        bad += [f"lib/bitline.h:{line}: {name}(): {f}" for f in faults(root, name, declaration, comment)]
    for b in bad:
        print(f"FAIL library_doc: {b}")
    if not bad:
        print(f"ok library_doc: {len(found)} functions of libbitline say shapes, units, errors and source")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
