"""What is known of mutants, kept in files: an interrupted campaign goes on where it was.
SPDX-License-Identifier: Apache-2.0"""
import hashlib
import os


def digest(paths):
    return hashlib.sha256(b"".join(open(x, "rb").read() for x in sorted(paths) if os.path.isfile(x))).hexdigest()


class Kept:
    """what is known of each mutant, in a file: an interrupted campaign goes on where it was, with the same circuit, mutants, tests. When only the
    tests are others, what was said before is a hint: which of them to ask first"""

    def __init__(self, path, circuit, name):
        self.path, self.known, self.before = path, {}, {}
        lines = open(path).read().split("\n") if os.path.exists(path) else [""]
        said = {int(k): v for k, _, v in (x.partition("\t") for x in lines[1:] if x)}
        if lines[0] == circuit + name:
            self.known = said
        else:
            self.before = said if lines[0].startswith(circuit) else {}
            open(path, "w").write(circuit + name + "\n")

    def all(self, numbers, find):
        """{number: words}; find takes the numbers that are not known and what was said of mutants before, and yields pairs"""
        with open(self.path, "a") as f:
            for k, words in find([k for k in numbers if k not in self.known], self.before):
                self.known[k] = words.replace("\n", " ")
                f.write(f"{k}\t{self.known[k]}\n")
                f.flush()
        return {k: self.known[k] for k in numbers}
