# Option tables three times: what COMMAND --help prints, what the manual page says, what the shells' completion offers. All must be the same.
# usage: manual.py BITLINE MANUAL BASH   prints "ok NAME" and "FAIL NAME: why" lines. Run by tests/cli/help.sh.
# SPDX-License-Identifier: Apache-2.0
import re
import subprocess
import sys

bitline, manual, bash = sys.argv[1], open(sys.argv[2]).read(), open(sys.argv[3]).read()
failed = False


def run(*words):
    return subprocess.run([bitline, *words], capture_output=True, text=True, check=True).stdout


def result(name, why):
    global failed
    failed |= bool(why)
    print(f"FAIL {name}: {why}" if why else f"ok {name}")


def of_help(text):
    """usage lines and [(option, value, what)]; -q, -v, --help come last and are every command's"""
    head, _, table = text.partition("\n\n")
    usage = [line.strip() for line in head.removeprefix("usage: ").split("\n")]
    rows = [re.fullmatch(r"  (-\S+)(?: (\S+))? +(.*)", line) for line in table.rstrip("\n").split("\n")]
    if None in rows:
        raise SystemExit(f"a line of --help is no option: {table}")
    return usage, [m.groups() for m in rows]


def clear(text):
    return text.replace("\\&", "").replace("\\-", "-").replace("\\(aq", "'").replace("\\e", "\\")


def of_manual(section):
    """the same from man macros"""
    rows = re.findall(r"^\.TP\n\\fB(\S+?)\\fR(?: \\fI(\S+?)\\fR)?\n((?:(?!\.[A-Z]).*\n)*)", section, re.M)
    return [(clear(name), clear(value) or None, clear(" ".join(text.split("\n")).strip())) for name, value, text in rows]


def section_of(heading, level):
    m = re.search(rf"^\.{level} {re.escape(heading)}\n(.*?)(?=^\.S[HS] |\Z)", manual, re.M | re.S)
    return m.group(1) if m else ""


listed = [m.group(1) for m in re.finditer(r"^  ([a-z][a-z-]*) +\S", run("help").split("\nbitline help TOPIC")[0], re.M)]
in_manual = [clear(name) for name in re.findall(r"^\.SS (.*)$", manual, re.M)]
result("every command has an entry in the manual page, in the same order", "" if listed and listed == in_manual else f"listed {listed}, in the page {in_manual}")
everybody = of_manual(section_of("COMMON OPTIONS", "SH"))
for command in listed:
    usage, options = of_help(run(command, "--help"))
    entry = section_of(command.replace("-", "\\-"), "SS")
    why = ""
    if options[-len(everybody):] != everybody:
        why = f"common options differ: {options[-len(everybody):]}"
    elif options[:-len(everybody)] != of_manual(entry):
        ours = options[:-len(everybody)]
        why = f"{[a for a in ours if a not in of_manual(entry)] or 'order'} is not what the page says"
    elif not all(line in clear(entry).split("\n") for line in usage):
        why = f"usage {usage} is not in the page"
    result(f"{command}: --help and manual page agree", why)
    case = re.search(rf"^\t{command}\)\n(.*?)\n\t\twords=", bash, re.M | re.S)
    offered = re.search(r"options='([^']*)'", case.group(1)).group(1).split() if case else []
    result(f"{command}: completion offers the same options", "" if offered == [o[0] for o in options] else f"offered {offered}")
    taken = {w for line in re.findall(r"^\t\t(-[^)]*)\)", case.group(1), re.M) for w in line.split("|")} if case else set()
    result(f"{command}: completion knows which options have a value", "" if taken == {o[0] for o in options if o[1]} else f"{taken}")
sys.exit(failed)
