#!/usr/bin/env python3
# Timing diagrams: WaveJSON (the format of WaveDrom) -> SVG, of the part that docs/waves uses: lanes and groups of them, `p n` clocks, levels `0 1`,
# data `= 2..9` with labels, unknown `x`, high impedance `z`, repetition `.`, gaps `|`, head text and tick numbers, foot text.
# Keys that WaveDrom does not know (`rtl`, `show`, `base`, `each`, `bitline`: where a lane comes from) are left alone, by it as here.
# usage: tools/wavedrom.py [--check] FILE.json ...    writes FILE.svg beside each; --check writes nothing and fails where the SVG is another
# SPDX-License-Identifier: Apache-2.0
import json
import os
import sys

BRICK, LANE, LEVEL, SLANT = 38, 26, 16, 3  # pixels: a clock, a lane, the height of a signal, of an edge
CHAR = 6.7                                  # width of a character of the labels
CHARS = "pn01=23456789xz.|"
STYLE = """
  text { font: 11px ui-monospace, 'DejaVu Sans Mono', monospace; fill: #1b1f24; }
  .head { font-weight: bold; } .tick, .foot { fill: #59636e; }
  .grid { stroke: #d1d9e0; stroke-dasharray: 2 3; } .wave { fill: none; stroke: #1b1f24; stroke-width: 1.3; }
  .bus { fill: #ddf4ff; stroke: #1b1f24; stroke-width: 1.3; } .none { fill: url(#hatch); stroke: #818b98; } .hatch { stroke: #818b98; }
  .gap { stroke: #59636e; fill: none; } .ground { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .tick, .foot { fill: #9198a1; } .grid { stroke: #3d444d; } .wave, .bus { stroke: #e6edf3; }
    .bus { fill: #0c2d6b; } .none, .hatch { stroke: #656c76; } .gap { stroke: #9198a1; } .ground { fill: #0d1117; }
  }
"""


class Bad(Exception):
    pass


def escape(text):
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def lanes_of(signal, group=""):
    """lanes in the order of drawing, as (name, lane); a group ["NAME", lane, ...] puts its name before theirs"""
    for item in signal:
        if isinstance(item, list):
            yield from lanes_of(item[1:], f"{group}{item[0]} ")
        elif item.get("name"):
            yield group + item["name"], item
        else:
            yield "", None


def states(name, lane):
    """one (letter, label) per clock; a `.` repeats the one before and draws no edge (label None)"""
    data, out = lane.get("data", []), []
    data = data.split() if isinstance(data, str) else list(data)
    letter, gap = "", False
    for n, c in enumerate(lane["wave"]):
        if c not in CHARS:
            raise Bad(f"lane '{name}', clock {n}: '{c}' is not drawn here: legal {CHARS}")
        if c in ".|":
            if not letter:
                raise Bad(f"lane '{name}', clock {n}: '{c}' with nothing before it")
            out.append((letter, None, c == "|"))
            continue
        letter = c
        label = ""
        if c == "=" or c.isdigit() and c not in "01":
            if not data:
                raise Bad(f"lane '{name}', clock {n}: no data left for '{c}'")
            label = data.pop(0)
        out.append((letter, label, False))
    if data:
        raise Bad(f"lane '{name}': {len(data)} data more than its wave has places")
    return out


def is_bus(letter):
    return letter == "=" or letter in "23456789x"


def draw_lane(clocks, x0, y):
    out, line, low, high, mid = [], [], y + LEVEL, y, y + LEVEL / 2
    height = {"0": low, "1": high, "z": mid}
    n = 0
    while n < len(clocks):
        letter, label, _ = clocks[n]
        x, end = x0 + n * BRICK, n + 1
        while end < len(clocks) and clocks[end][1] is None:
            end += 1
        right = x0 + end * BRICK
        if letter in "pn":
            first, second = (high, low) if letter == "p" else (low, high)
            for k in range(n, end):
                a = x0 + k * BRICK
                line += [(a, second), (a, first), (a + BRICK / 2, first), (a + BRICK / 2, second), (a + BRICK, second)]
        elif is_bus(letter):
            flush(line, out)
            left = x + SLANT
            shape = f"M{x} {mid} L{left} {high} H{right - SLANT} L{right} {mid} L{right - SLANT} {low} H{left} Z"
            out.append(f'<path class="{"none" if letter == "x" else "bus"}" d="{shape}"/>')
            if label:
                out.append(f'<text x="{(x + right) / 2:g}" y="{mid + 4:g}" text-anchor="middle">{escape(label)}</text>')
        else:
            if n and is_bus(clocks[n - 1][0]):
                line.append((x, mid))
            elif not line:
                line.append((x, height[letter]))
            line += [(x + SLANT, height[letter]), (right, height[letter])]
        n = end
    flush(line, out)
    for k, (_, _, gap) in enumerate(clocks):
        if gap:
            a = x0 + k * BRICK + BRICK / 2
            out.append(f'<path class="gap" d="M{a - 4:g} {low + 4} L{a:g} {high - 4} M{a:g} {low + 4} L{a + 4:g} {high - 4}"/>')
    return out


def flush(line, out):
    if line:
        out.append('<polyline class="wave" points="' + " ".join(f"{x:g},{y:g}" for x, y in line) + '"/>')
        line.clear()


def render(wave):
    lanes = [(name, states(name, lane) if lane else []) for name, lane in lanes_of(wave["signal"])]
    clocks = max((len(s) for _, s in lanes), default=0)
    for name, s in lanes:
        if s and len(s) != clocks:
            raise Bad(f"lane '{name}' has {len(s)} clocks, the longest has {clocks}")
    head, foot = wave.get("head", {}), wave.get("foot", {})
    left = 12 + CHAR * max((len(name) for name, _ in lanes), default=0)
    top = 10 + (18 if head.get("text") else 0) + (16 if "tick" in head else 0)
    bottom = top + LANE * len(lanes)
    width = round(max(left + clocks * BRICK, 16 + CHAR * max(len(str(p.get("text", ""))) for p in (head, foot))) + 8)
    height = bottom + (20 if foot.get("text") else 6)
    title = escape(head.get("text", "timing diagram"))
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d">',
           f'<title id="t">{title}</title>',
           '<desc id="d">' + escape("; ".join(f"{name}: {lane['wave']}" + (" with " + ", ".join(map(str, lane["data"])) if lane.get("data") else "")
                                               for name, lane in lanes_of(wave["signal"]) if lane)) + "</desc>",
           f"<style>{STYLE}</style>",
           '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse"><path class="hatch" d="M0 5 L5 0"/></pattern></defs>',
           f'<rect class="ground" width="{width}" height="{height}"/>']
    if head.get("text"):
        out.append(f'<text class="head" x="8" y="18">{title}</text>')
    for n in range(clocks + 1):
        x = left + n * BRICK
        out.append(f'<line class="grid" x1="{x:g}" y1="{top - 4}" x2="{x:g}" y2="{bottom}"/>')
        if "tick" in head and n < clocks:
            out.append(f'<text class="tick" x="{x + BRICK / 2:g}" y="{top - 8}" text-anchor="middle">{head["tick"] + n}</text>')
    for k, (name, s) in enumerate(lanes):
        y = top + k * LANE + 4
        out.append(f'<text x="8" y="{y + LEVEL - 4}">{escape(name)}</text>')
        out += draw_lane(s, left, y)
    if foot.get("text"):
        out.append(f'<text class="foot" x="8" y="{bottom + 14}">{escape(foot["text"])}</text>')
    return "\n".join(out) + "\n</svg>\n"


def main(args):
    check = args[:1] == ["--check"]
    failed = 0
    for name in args[check:]:
        svg = os.path.splitext(name)[0] + ".svg"
        try:
            with open(name, encoding="utf-8") as f:
                text = render(json.load(f))
            old = None
            if os.path.exists(svg):
                with open(svg, encoding="utf-8") as f:
                    old = f.read()
        except (OSError, ValueError, KeyError, Bad) as e:
            print(f"{name}: {e}", file=sys.stderr)
            failed = 1
            continue
        if check:
            if old != text:
                print(f"{svg}: not what {name} says; run tools/wavedrom.py {name}", file=sys.stderr)
                failed = 1
        elif old != text:
            with open(svg, "w", encoding="utf-8") as f:
                f.write(text)
    return failed


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1:] == ["--check"]:
        print("usage: tools/wavedrom.py [--check] FILE.json ...", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
