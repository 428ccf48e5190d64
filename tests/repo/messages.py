# Every message that a user can see has a test: the texts of err_set() and of the functions that lead to it, taken out of the sources, must each be
# matched by a line of tests/expected/*.txt or by a string of tests/unit/*.c, tests/cosim/*, tests/cli/*.
# A string counts when it holds the whole message (directives as wildcards), or is a piece of this message and of no other.
# Messages that cannot be provoked stand in messages_untested.txt, one in a line: FILE: text of the source, a tab, the reason.
# usage: messages.py [ROOT]     Run by tests/repo/messages.sh, which also proves that it can fail.
# SPDX-License-Identifier: Apache-2.0
import glob
import os
import re
import sys

FOLDERS = ("common", "checkpoint", "workload", "sparsify", "golden", "train", "place", "map", "cost", "explore", "report", "regress", "gen", "adc", "spice", "cosim", "lib", "cli")
# function, or file and function -> which argument holds the text, from 0; what the function puts around it
CALLS = {
    "err_set": (2, "@"),
    "gm_refuse": (3, "program, instruction %ld: error code %d (%s): @"),
    "map/predict.c illegal": (2, "instruction %zu: @ (error code %d of docs/isa.md section 4)"),
    "checkpoint/npy.c fault": (1, "'%s': @"),
    "checkpoint/safetensors.c fault": (2, "'%s': tensor '%s': @"),
    "judge_differ": (1, "layer '%s': @"),
    "train/grammar_scan.c REFUSE": (1, "%s:%d: @"),
    "train/grammar_check.c REFUSE": (2, "%s:%d: @"),
    "cosim/judge.c counter": (1, "layer '%s': @: expected %d (%s), seen %d"),
}
STDERR = re.compile(r'\b(?:fprintf\(stderr, |fputs\()("bitline: [^\n]*)')
MIN_LETTERS = 6  # fewer outside the directives: the text carries another function's message ("'%s': %s")
MIN_PIECE = 12
DIRECTIVE = re.compile(r"%%|%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?(?:hh|h|ll|l|z|t|j)?[diouxXeEfgGcsp]")
LITERAL = r'"(?:[^"\\\n]|\\.)*"'
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "'": "'", "0": "\0"}


def unescape(s):
    return re.sub(r"\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3}|\\(.)", lambda m: ESCAPES.get(m.group(1) or "", "?"), s)


def strip_comments(text):
    return re.sub(LITERAL + r"|'(?:[^'\\\n]|\\.)+'|/\*.*?\*/|//[^\n]*",
                  lambda m: m.group() if m.group()[0] in "\"'" else re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def arguments(text, start):
    """of a call whose opening bracket stands before start"""
    args, depth, at, i = [], 0, start, start
    while i < len(text):
        m = re.compile(LITERAL + r"|'(?:[^'\\\n]|\\.)+'").match(text, i)
        if m:
            i = m.end()
            continue
        c = text[i]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            if depth == 0:
                return args + [text[at:i]]
            depth -= 1
        elif c == "," and depth == 0:
            args.append(text[at:i])
            at = i + 1
        i += 1
    return args


def literals(arg):
    """texts of an argument: neighbours joined, a macro between them (PRIu64, EMIT_MANIFEST) as %s; both sides of a ?:"""
    out, group = [], None
    for m in re.finditer(LITERAL + r"|[A-Z][A-Z0-9_a-z]*|[?:,]", arg):
        t = m.group()
        if t[0] == '"':
            group = (group or "") + unescape(t[1:-1])
        elif t in "?:,":
            out += [group] if group else []
            group = None
        elif group is not None:
            group = group[:-1] + "%s" if group.endswith("%") else re.sub(r"%(\d*)$", "%s", group) if re.search(r"%\d*$", group) else group + "%s"
    return out + ([group] if group else [])


def texts_of_sources(root):
    """(path, line, text)"""
    for folder in FOLDERS:
        for path in sorted(glob.glob(os.path.join(root, folder, "*.c"))):
            name = os.path.relpath(path, root)
            with open(path, encoding="latin-1") as f:
                code = strip_comments(f.read())
            calls = {k.split()[-1]: v for k, v in CALLS.items() if " " not in k or k.startswith(name + " ")}
            for m in re.finditer(r"\b(" + "|".join(calls) + r")\(", code):
                which, around = calls[m.group(1)]
                args = arguments(code, m.end())
                for t in literals(args[which]) if len(args) > which else []:
                    if letters(t) >= MIN_LETTERS:
                        yield name, code.count("\n", 0, m.start()) + 1, around.replace("@", t)
            for m in STDERR.finditer(code):
                yield name, code.count("\n", 0, m.start()) + 1, literals(m.group(1))[0].rstrip("\n")


def letters(text):
    return len(re.sub(r"[^A-Za-z]", "", DIRECTIVE.sub("", text)))


def pattern(text):
    out, at = "", 0
    for m in DIRECTIVE.finditer(text):
        # a directive stands for at least one character, except %s, which may be empty
        out += re.escape(text[at:m.start()]) + ("%" if m.group() == "%%" else ".*?" if m.group()[-1] == "s" else "[^ ]+?")
        at = m.end()
    return re.compile(out + re.escape(text[at:]))


def texts_of_tests(root):
    seen = set()
    for path in glob.glob(os.path.join(root, "tests/expected/*.txt")):
        with open(path, encoding="latin-1") as f:
            seen.update(f.read().split("\n"))
    for path in glob.glob(os.path.join(root, "tests/unit/*.[ch]")) + glob.glob(os.path.join(root, "tests/cosim/*")) + glob.glob(os.path.join(root, "tests/cli/*")):
        if not os.path.isfile(path):
            continue
        with open(path, encoding="latin-1") as f:
            code = f.read()
        if path.endswith((".c", ".h", ".cpp")):
            code = strip_comments(code)
            for m in re.finditer(LITERAL + r"(?:\s*(?:PRI\w+\s*)?" + LITERAL + ")*", code):
                seen.update(t.strip() for t in literals(m.group()))
        else:
            seen.update(l.strip() for l in code.split("\n") if not l.lstrip().startswith("#"))
    return [s for s in seen if letters(s)]


def untested(root):
    table = {}
    path = os.path.join(root, "tests/repo/messages_untested.txt")
    if os.path.exists(path):
        with open(path) as f:
            for n, line in enumerate(f, 1):
                if not line.startswith("#") and line.strip():
                    where, _, reason = line.rstrip("\n").partition("\t")
                    table[where] = (n, reason)
    return table


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    messages = list(texts_of_sources(root))
    tests, excused, passed, failed = texts_of_tests(root), untested(root), 0, 0
    used = set()
    distinct = {t for _, _, t in messages}
    pieces = {s for s in tests if len(s) >= MIN_PIECE and sum(s in t for t in distinct) == 1}
    for path, line, text in messages:
        key = f"{path}: {text}"
        p = pattern(text)
        tested = any(p.search(s) for s in tests) or any(s in text for s in pieces)
        if tested and key not in excused:
            passed += 1
        elif not tested and excused.get(key, (0, ""))[1]:
            passed += 1
            used.add(key)
        else:
            failed += 1
            used.add(key)
            print(f"FAIL - {path}:{line}: " + (f"listed as untested, but has a test: {text}" if tested else f"no test for: {text}"))
    for key in excused:
        if key not in used and key not in {f"{m[0]}: {m[2]}" for m in messages}:
            failed += 1
            print(f"FAIL - tests/repo/messages_untested.txt:{excused[key][0]}: no such message: {key}")
    print(f"ok - {passed} messages have a test or a reason ({len(excused)} of them a reason)")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
