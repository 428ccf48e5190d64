# An excerpt in a document against what its command printed: its lines come in this order, with others between them; `...` stands for anything in a line,
# and alone in a line for any lines. However many blanks are one.
# usage: docs_output.py EXCERPT LOG    says which line is not there, exit 1
# SPDX-License-Identifier: Apache-2.0
import re
import sys

with open(sys.argv[1], encoding="utf-8") as f:
    wanted = [" ".join(line.split()) for line in f]
with open(sys.argv[2], encoding="utf-8", errors="replace") as f:
    printed = [" ".join(line.split()) for line in f.read().replace("\r", "\n").split("\n")]
at = 0
for line in wanted:
    if line in ("", "..."):
        continue
    pattern = re.compile(".*".join(re.escape(part) for part in line.split("...")))
    while at < len(printed) and not pattern.fullmatch(printed[at]):
        at += 1
    if at == len(printed):
        print(f"not printed, or not in this order: {line}")
        sys.exit(1)
    at += 1
