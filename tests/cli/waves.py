# A waveform against its save files: every signal that FILE.gtkw and FILE.sucl name is in FILE.fst, and the groups are those that are wanted.
# The waveform is read with GTKWave's own reader (SIGNALS, made by wave.sh): lines "scope.name range|width", first line "start end" of time.
# usage: waves.py FILE.fst SIGNALS GROUP...   Ends with 0, or says what is wrong. Run by tests/cli/wave.sh.
# SPDX-License-Identifier: Apache-2.0
import os
import re
import sys

wave, groups = sys.argv[1].removesuffix(".fst"), sys.argv[3:]
with open(sys.argv[2]) as f:
    times, *lines = f.read().splitlines()
shown, plain = set(), set()
for line in lines:
    name, width = line.rsplit("|", 1)
    name, _, bits = name.partition(" ")
    m = re.fullmatch(r"\[(\d+):(\d+)\]", bits)
    # GTKWave shows a range as [7:0], that of a single bit as [0]
    shown.add(name + (f"[{m.group(1)}]" if m and width == "1" else bits))
    plain.add(name)


def fail(text):
    sys.exit(text)


with open(wave + ".gtkw") as f:
    text = f.read().splitlines()
if f'[dumpfile] "{os.path.basename(wave)}.fst"' not in text:
    fail("the save file does not name the waveform")
marker = [line.split() for line in text if line.startswith("*-")]
if len(marker) != 1 or len(marker[0]) != 28:
    fail("not one marker line of zoom, marker and 26 more")
at, open_group, seen, count = 0, None, [], {}
for line in text:
    if re.fullmatch(r"@[0-9a-f]+", line):
        at = int(line[1:], 16)
    elif line.startswith("-"):
        if at & 0x800000:
            open_group = line[1:]
            seen.append(open_group)
        elif line[1:] != open_group:
            fail(f"group {line[1:]} ends, {open_group} is open")
        else:
            open_group = None
    elif not line.startswith(("[", "*")):
        if line not in shown:
            fail(f"{line} is not in the waveform")
        if open_group is None:
            fail(f"{line} is in no group")
        count[open_group] = count.get(open_group, 0) + 1
with open(wave + ".sucl") as f:
    commands = f.read().splitlines()
for command in commands:
    if command.startswith("variable_add ") and command[13:] not in plain:
        fail(f"{command[13:]} is not in the waveform")
if [c[12:] for c in commands if c.startswith("divider_add ")] != seen:
    fail("the groups of .sucl are not those of .gtkw")
if sum(c.startswith("variable_add ") for c in commands) != sum(count.values()):
    fail(".sucl does not have the signals of .gtkw")
if sorted(seen) != sorted(groups):
    fail(f"groups {seen}")
empty = [g for g in seen if count.get(g, 0) < 2]
if empty:
    fail(f"hardly a signal in {empty}")
start, end = map(int, times.split())
if marker[0][1] != "-1" and not start <= int(marker[0][1]) <= end:
    fail(f"the marker {marker[0][1]} is outside {start}..{end}")
print(f"{sum(count.values())} signals, {start}..{end}, marker {marker[0][1]}")
