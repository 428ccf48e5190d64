# Runs a program on a terminal (80 columns) and shows what it wrote there, control characters spelt out: ESC, and CR at the end of a line that is rewritten.
# usage: on_terminal.py [--stderr] PROGRAM ARGUMENTS...   --stderr: standard error only is the terminal, standard output a pipe that nobody shows
# SPDX-License-Identifier: Apache-2.0
import os
import pty
import sys

words = sys.argv[1:]
only = words[0] == "--stderr"
if only:
    words = words[1:]
pid, terminal = pty.fork()
if pid == 0:
    if only:
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    os.execvp(words[0], words)
seen = b""
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:  # the other end is closed
        break
    if not piece:
        break
    seen += piece
status = os.waitpid(pid, 0)[1]
print(seen.decode(errors="replace").replace("\r\n", "\n").replace("\r", "CR\n").replace("\033", "ESC"), end="")
sys.exit(os.waitstatus_to_exitcode(status))
