"""qrouter reaches some pins of a hard macro from the track beside them and leaves out the last piece of wire. This adds it: for every macro pin whose net has metal of
the pin's layer on the neighbouring track, straight out of the pin, a short wire between the two. usage: stubs.py (job.json, TOP_route.def; changes the latter)
SPDX-License-Identifier: Apache-2.0"""
import json
import re

import lef as reader
import windows


def main():
    with open("job.json", encoding="utf-8") as f:
        job = json.load(f)
    lef, dbu = reader.Lef(job["lef"]), job["dbu"]
    path = f"{job['top']}_route.def"
    with open(path, encoding="utf-8") as f:
        text = f.read()
    widths = {y.name: round(y.width * dbu) for y in lef.layers}
    pitch = {y.name: round(y.pitch * dbu) for y in lef.layers}
    reach = max(pitch[y.name] for y in lef.layers[:3])
    above = {name: layers for layers, name in ((k, v) for k, v in lef.vias.items())}
    names = [y.name for y in lef.layers]
    net_text = re.search(r"\nNETS \d+ ;\n(.*?)END NETS", text, re.S).group(1)
    nets = {}
    for name, body in re.findall(r"- (\S+)\n(.*?);", net_text, re.S):
        nets[name] = body
    pin_net = {(c, p): n for n, body in nets.items() for c, p in re.findall(r"\( (\S+) (\S+) \)", body.split("+")[0])}
    added = []
    for name, kind, x, y in re.findall(r"\n- (\S+) (\S+) \+ PLACED \( (\S+) (\S+) \) N ;", text):
        m = lef.macros.get(kind)
        if m is None or m.kind != "BLOCK":
            continue
        x, y = int(x), int(y)
        for pin in m.pins.values():
            net = pin_net.get((name, pin.name))
            route = net and re.search(r"\+ ROUTED (.*)", nets[net], re.S)
            if not route:
                continue
            points = set()  # where the net has metal of a layer
            for layer, w, a, b, c, d, via in windows.segments(route.group(1), widths, False):
                if via:
                    low = above.get(via)
                    for k in (low, names[names.index(low) + 1]) if low else ():
                        points.add((k, a, b))
                else:
                    h = w // 2
                    points |= {(layer, a + h, b), (layer, c - h, d)} if b == d else {(layer, a, b + h), (layer, a, d - h)}
            for layer, x0, y0, x1, y1 in pin.rects:
                x0, x1, y0, y1 = (base + round(v * dbu) for v, base in ((x0, x), (x1, x), (y0, y), (y1, y)))
                for k, a, b in points:
                    if k != layer:
                        continue
                    if y0 <= b <= y1 and (x0 - reach <= a < x0 or x1 < a <= x1 + reach):
                        added.append((net, f"{layer} {widths[layer]} ( {a} {b} ) ( {x0 + widths[layer] if a < x0 else x1 - widths[layer]} * )"))
                    elif x0 <= a <= x1 and (y0 - reach <= b < y0 or y1 < b <= y1 + reach):
                        added.append((net, f"{layer} {widths[layer]} ( {a} {b} ) ( * {y0 + widths[layer] if b < y0 else y1 - widths[layer]} )"))
    if added:
        count = int(re.search(r"\nSPECIALNETS (\d+) ;", text).group(1))
        text = re.sub(r"\nSPECIALNETS \d+ ;", f"\nSPECIALNETS {count + len(added)} ;", text)
        text = text.replace("END SPECIALNETS", "".join(f"- {net}\n+ ROUTED {wire} ;\n" for net, wire in added) + "END SPECIALNETS")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    print(f"@ stubs {len(added)}")


main()
