#!/usr/bin/env python3
# Many small inputs as one file (replay.c reads it): pack.py pack DIR FILE, pack.py unpack DIR FILE. Sorted by length, then bytes: the same inputs make the same file.
# SPDX-License-Identifier: Apache-2.0
import hashlib
import os
import sys

FIRST = b"bitline fuzz pack\n"


def pack(folder, path):
    inputs = sorted((open(os.path.join(folder, f), "rb").read() for f in os.listdir(folder)), key=lambda b: (len(b), b))
    with open(path, "wb") as f:
        f.write(FIRST + b"".join(b"%d\n%s\n" % (len(b), b) for b in inputs))
    print(f"{path}: {len(inputs)} inputs, {os.path.getsize(path)} bytes")


def unpack(folder, path):
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(path):
        return
    data = open(path, "rb").read()
    at = len(FIRST)
    while at < len(data):
        end = data.index(b"\n", at)
        n = int(data[at:end])
        b = data[end + 1:end + 1 + n]
        with open(os.path.join(folder, "pack-" + hashlib.sha256(b).hexdigest()[:16]), "wb") as f:
            f.write(b)
        at = end + 1 + n + 1


{"pack": pack, "unpack": unpack}[sys.argv[1]](sys.argv[2], sys.argv[3])
