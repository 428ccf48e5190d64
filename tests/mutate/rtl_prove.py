"""Equivalence of surviving mutants with the original: the flat core, macro and memories cut away (their inputs are outputs of the miter, their
outputs free), a miter of growing depth around the mutated place, ABC's signal correspondence and property directed reachability.
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import subprocess

import aig
import rtl_model as rm

MEMORY_BITS = 128        # a larger memory is cut away, a smaller one becomes registers
REACH_SECONDS = 60
PATIENT_SECONDS = (60, 600)     # to find what a proof needs of the circuit, and to prove it
SECONDS = (10, 10, 20, 30, 30)  # of processor time, per depth: registers this far from the mutated place keep their meaning; at last all of them


def number(text):
    return int(text.split("'")[1], 2) if "'" in text else int(text)


def cut_memories(source, target):
    """memories become black boxes with ports of the right widths; {cell: bits of its words}"""
    boxes, word = [], {}

    def cut(m):
        body = m.group(0)
        p = {k: number(v) for k, v in re.findall(r"parameter (?:signed )?\\(ABITS|WIDTH|SIZE|RD_PORTS|WR_PORTS) (\S+)", body)}
        if p["WIDTH"] * p["SIZE"] <= MEMORY_BITS:
            return body
        name = f"\\cut_memory_{len(boxes)}"
        r, w, a, d = p["RD_PORTS"], p["WR_PORTS"], p["ABITS"], p["WIDTH"]
        ports = {"RD_CLK": r, "RD_EN": r, "RD_ADDR": r * a, "RD_DATA": r * d, "RD_ARST": r, "RD_SRST": r, "WR_CLK": w, "WR_EN": w * d, "WR_ADDR": w * a, "WR_DATA": w * d}
        boxes.append(f"attribute \\blackbox 1\nmodule {name}\n" + "".join(
            f"  wire width {n} {'output' if k == 'RD_DATA' else 'input'} {i} \\{k}\n" for i, (k, n) in enumerate(ports.items(), 1)) + "end\n")
        word[m.group(1).lstrip("\\")] = d
        lines = [x for x in body.split("\n") if not x.strip().startswith("parameter")]
        lines[0] = lines[0].replace("$mem_v2", name)
        return "\n".join(lines)
    text = re.sub(r"  cell \$mem_v2 (\S+)\n.*?\n  end\n", cut, open(source).read(), flags=re.S)
    open(target, "w").write(text + "".join(boxes))
    return word


def prepare(b, out, mutants):
    """a circuit in which number k + 1 is mutants[k]"""
    lines = [f"mutate -ctrl {aig.SELECT} {rm.SELECT_BITS} {k + 1} {m.args}" for k, m in enumerate(mutants)]
    script = "read_rtlil flat.il\n" + "\n".join(lines) + "\nsetattr -unset keep w:*\nopt -full\nclean\nwrite_rtlil prove.il\n"
    open(os.path.join(out, "prove0.ys"), "w").write(script)
    rm.run(["yosys", "-q", "prove0.ys"], os.path.join(out, "prove0.log"))
    word = cut_memories(os.path.join(out, "prove.il"), os.path.join(out, "cut.il"))
    open(os.path.join(out, "prove1.ys"), "w").write(f"""read_rtlil cut.il
hierarchy -top {b.top}
memory_map
expose -evert t:cut_memory_* t:cim_macro
opt -nodffe -nosdff
async2sync
simplemap
techmap
dffunmap
opt -nodffe -nosdff -fast
setundef -zero
setundef -undriven -zero
opt -nodffe -nosdff -fast
aigmap
clean
write_aiger -ascii -symbols prove.aag
""")
    rm.run(["yosys", "-q", "prove1.ys"], os.path.join(out, "prove1.log"))
    return aig.Circuit(os.path.join(out, "prove.aag"), "rst_ni", word)


def abc(path, script, seconds):
    """equivalent, different or unknown"""
    try:
        p = subprocess.run(["bash", "-c", f"ulimit -t {seconds}; exec yosys-abc -c 'read_aiger {path}; strash; scleanup; scorr; {script}'"], capture_output=True, text=True, timeout=10 * seconds)
    except subprocess.TimeoutExpired:
        return "unknown"
    if "Property proved" in p.stdout or "Networks are equivalent" in p.stdout or "constant 0" in p.stdout:
        return "equivalent"
    return "different" if "asserted in frame" in p.stdout else "unknown"


def ask(path, seconds):
    return abc(path, f"pdr -T {seconds}", seconds)


def ask_patiently(path):
    """Gate-level abstraction first: gates that a proof of some steps does not need become free inputs. What holds of the rest holds of the whole; a
    difference of the rest says nothing."""
    gla, pdr = PATIENT_SECONDS
    found = abc(path, f"&get; &gla -T {gla}; &gla_derive; &put; scleanup; scorr; pdr -T {pdr}", gla + pdr + 60)
    return found if found == "equivalent" else "unknown"


def prove(c, k, out):
    """(True, how) when number k is the original in everything that is seen; (False, why not)"""
    touched = c.touched(k)
    if touched is None:
        return True, "same logic"
    place, up, _ = touched
    down = 0
    for o in place:
        down |= c.supports()[o]
    inside, said = set(), []

    def asked(inside, how, rounds=None):
        """equivalent, different, unknown, or "" when the logic is the same"""
        path = os.path.join(out, f"miter_{k}.aig")
        if not c.miter(k, inside, path, rounds):
            return ""
        said.append(how(path))
        os.unlink(path)
        return said[-1]
    for depth, seconds in enumerate(SECONDS):
        if depth == 1 and asked(c.of_bits(-1), lambda path: ask(path, REACH_SECONDS), 0) == "equivalent":
            return True, "the original never comes where they differ"
        if depth > 1:
            down |= c.read_by(down)
            up |= c.readers_of(up)
        if depth:
            inside = c.of_bits(down | up if depth < len(SECONDS) - 1 else -1)
        verdict = asked(inside, lambda path: ask(path, seconds))
        if not verdict:
            return True, f"same logic at depth {depth}"
        if verdict == "equivalent":
            return True, f"proven at depth {depth}, {len(inside)} registers"
        if len(inside) == len(c.latches):
            break
    for rounds, how in enumerate(("the original never comes where they differ", "only registers that the place feeds ever differ, where nobody looks")):
        if asked(c.of_bits(-1), ask_patiently, rounds) == "equivalent":
            return True, how
    return False, ", ".join(said)
