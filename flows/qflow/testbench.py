"""RTL and laid-out netlist side by side under random inputs. usage: testbench.py LAYOUT.v RTL_MODULE PARAMETERS PERIOD_NS CYCLES CALLS, a file with the calls that annotate the delays
Writes a Verilog bench to standard output. Inputs change a third of the period after the edge, as the constraints say; outputs are compared shortly before the
next edge. Bits that the RTL itself does not know (registers without reset that were never written) are not compared; `known` says how many were.
SPDX-License-Identifier: Apache-2.0"""
import re
import sys


def main():
    layout, module, parameters, period, cycles, calls = sys.argv[1:7]
    ports = []
    with open(layout, encoding="utf-8") as f:
        for line in f:
            m = re.match(r"  (input|output) (?:\[(\d+):0\] )?(\w+);", line)
            if m:
                ports.append((m.group(1), int(m.group(2) or 0) + 1, m.group(3)))
    clock = next((p[2] for p in ports if re.match(r"clk", p[2])), None)
    reset = next((p[2] for p in ports if re.match(r"rst", p[2])), None)
    if clock is None:
        raise SystemExit("testbench: the layout has no clock port")
    ins = [p for p in ports if p[0] == "input" and p[2] not in (clock, reset)]
    outs = [p for p in ports if p[0] == "output"]
    period = float(period)
    out = ["`timescale 1ns/1ps", "module bench;", "reg clk = 0, rst = 0;", "integer cycle, seed = 1;", "integer bits = 0, known = 0, wrong = 0, cycles_wrong = 0, last;"]
    for _, w, name in ins:
        out.append(f"reg [{w - 1}:0] i_{name} = 0;")
    for _, w, name in outs:
        out.append(f"wire [{w - 1}:0] r_{name}, g_{name};")
    pins = lambda side: ", ".join([f".{clock}(clk)"] + ([f".{reset}(rst)"] if reset else []) + [f".{n}(i_{n})" for _, _, n in ins] + [f".{n}({side}_{n})" for _, _, n in outs])
    values = ", ".join(".%s(%s)" % tuple(p.split("=")) for p in parameters.split())
    out.append(f"{module} {f'#({values}) ' if values else ''}rtl ({pins('r')});")
    out.append(f"layout_{module} gate ({pins('g')});")
    out.append("task compare(input integer width, input [4095:0] r, input [4095:0] g); integer k;")
    out.append("for (k = 0; k < width; k = k + 1) begin bits = bits + 1; if (r[k] !== 1'bx && r[k] !== 1'bz) begin known = known + 1; if (r[k] !== g[k]) wrong = wrong + 1; end end endtask")
    out.append("initial begin")
    with open(calls, encoding="utf-8") as f:
        out.append(f.read().rstrip())
    out.append(f"for (cycle = 0; cycle < {cycles}; cycle = cycle + 1) begin")
    out.append(f"#{period / 2:.4f} clk = 1; #{period / 3:.4f};")
    out.append("if (cycle == 8) rst = 1; if (cycle > 12 && $random(seed) % 500 == 0) rst = 0; else if (cycle > 8) rst = 1;")
    for _, w, name in ins:
        words = ", ".join(["$random(seed)"] * ((w + 31) // 32))
        out.append(f"i_{name} = {{{words}}};")
    out.append(f"#{period / 2 - period / 3:.4f} clk = 0; #{period * 0.49:.4f};")
    out.append("if (cycle >= 8) begin last = wrong;")
    for _, w, name in outs:
        out.append(f"compare({w}, r_{name}, g_{name});")
    out.append(f"if (wrong != last) cycles_wrong = cycles_wrong + 1; end #{period * 0.01:.4f};")
    out.append("end")
    out.append('$display("@ cycles %0d bits %0d known %0d wrong %0d cycles_wrong %0d", cycle - 8, bits, known, wrong, cycles_wrong); $finish; end endmodule')
    print("\n".join(out))


main()
