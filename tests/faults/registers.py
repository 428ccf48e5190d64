#!/usr/bin/env python3
# The flip-flops and memories of an emitted core as Yosys sees them, and where they are in a Verilator model of the same files.
#   registers.py list NETLIST TOP                    one line each: path, module, register, bits, kind (ff, mem), clock net, asynchronous reset net
#   registers.py public NETLIST TOP                  Verilator configuration that leaves exactly them writable
#   registers.py table NETLIST TOP MODEL_HEADER      C++ table of them; dies when the model lacks one
#   registers.py from NETLIST TOP PORT               registers and memories that PORT reaches through logic alone; NETLIST flattened
# NETLIST: `write_json` after `proc`, not flattened but for `from`. Names as in the source; paths start below TOP.
# SPDX-License-Identifier: Apache-2.0
import json
import re
import sys


def die(text):
    print('registers.py: ' + text, file=sys.stderr)
    sys.exit(1)


def original(module):
    found = re.findall(r'cim_[A-Za-z0-9_]+', module)
    return found[0] if found else module


def local_registers(module):
    """name -> [bits, kind, clock, reset] of one module"""
    owners = {}
    for name, net in module['netnames'].items():
        for bit in net['bits']:
            if isinstance(bit, int):
                owners.setdefault(bit, []).append((net.get('hide_name', 0), not re.search(r'n?q(\[|$)', name), name in module['ports'], name))

    def net_name(bit):
        return min(owners[bit])[3] if bit in owners else str(bit)

    found = {}
    for cell in module['cells'].values():
        kind, wires = cell['type'], cell['connections']
        if kind in ('$dlatch', '$adlatch', '$sr', '$dffsr', '$dffsre', '$ff'):
            die("'%s' is no flip-flop of this design" % kind)
        if re.match(r'\$(a|s|al)?dffe?$', kind):
            clock = net_name(wires['CLK'][0])
            if int(cell['parameters'].get('CLK_POLARITY', '1'), 2) != 1:
                clock = '!' + clock
            reset = net_name(wires['ARST'][0]) if 'ARST' in wires else '-'
            for bit in wires['Q']:
                if '$' in net_name(bit):
                    die("a flip-flop has no name: '%s'" % net_name(bit))
                name = re.sub(r'\[\d+\]$', '', net_name(bit))
                entry = found.setdefault(name, [0, 'ff', set(), set()])
                entry[0] += 1
                entry[2].add(clock)
                entry[3].add(reset)
        elif kind in ('$memwr', '$memwr_v2', '$memrd', '$memrd_v2'):
            name = cell['parameters']['MEMID'].lstrip('\\')
            entry = found.setdefault(name, [int(cell['parameters']['WIDTH'], 2), 'mem', set(), set()])
            if kind.startswith('$memwr'):
                entry[2].add(net_name(wires['CLK'][0]))
    return found


def walk(modules, name, path, rows, ports):
    """ports: this module's port -> net of TOP (or path.net of the register that drives it)"""
    module = modules[name]
    drives = {}
    for net, d in module['netnames'].items():
        for bit in d['bits']:
            if isinstance(bit, int):
                drives.setdefault(bit, set()).add(net)
    registers = local_registers(module)

    def follow(net, seen=()):
        inverted = '!' if net.startswith('!') else ''
        net = net.lstrip('!')
        if net in ports:
            return inverted + ports[net]
        bits = module['netnames'].get(net, {}).get('bits', [])
        for alias in sorted(drives.get(bits[0], set()) if bits else []):
            if alias in ports:
                return inverted + ports[alias]
        for cell, d in module['cells'].items():     # an instance that drives it
            if d['type'] in modules and bits:
                for port, wires in d['connections'].items():
                    if d.get('port_directions', {}).get(port) == 'output' and wires == bits:
                        inner = modules[d['type']]
                        names = {n for n, x in inner['netnames'].items() if x['bits'] == inner['ports'][port]['bits']}
                        held = [n for n in names if n in local_registers(inner)]
                        return inverted + path + cell + '.' + (held[0] if held else port)
        return inverted + path + net

    for register, (bits, kind, clocks, resets) in sorted(registers.items()):
        rows.append((path + register, original(name), register, bits, kind, '+'.join(sorted({follow(c) for c in clocks})) or '-',
                     '+'.join(sorted({follow(r) if r != '-' else '-' for r in resets})) or '-'))
    for cell, d in sorted(module['cells'].items()):
        if d['type'] in modules and not d['type'].startswith('$__'):
            inner = {}
            for port, wires in d['connections'].items():
                nets = sorted(drives.get(wires[0], set()), key=lambda n: (n not in ports, n not in registers, n)) if wires and isinstance(wires[0], int) else []
                if nets and len(wires) == 1:
                    inner[port] = follow(nets[0])
            walk(modules, d['type'], path + cell + '.', rows, inner)


def read(netlist, top):
    with open(netlist) as f:
        modules = json.load(f)['modules']
    modules = {n.lstrip('\\'): m for n, m in modules.items() if int(m.get('attributes', {}).get('blackbox', '0'), 2) == 0}
    if top not in modules:
        die("'%s' has no module '%s'" % (netlist, top))
    rows = []
    walk(modules, top, '', rows, {p: p for p, d in modules[top]['ports'].items() if d['direction'] == 'input'})
    return rows


def reached(netlist, top, port):
    with open(netlist) as f:
        module = json.load(f)['modules'][top]
    owners = {}
    for name, net in module['netnames'].items():
        for i, bit in enumerate(net['bits']):
            owners.setdefault(bit, []).append((name.startswith('$'), not re.search(r'n?q$', name), name, i if len(net['bits']) > 1 else None))
    takers = {}
    for name, cell in module['cells'].items():
        for pin, bits in cell['connections'].items():
            if cell['port_directions'][pin] == 'input':
                for i, bit in enumerate(bits):
                    takers.setdefault(bit, []).append((name, pin, i))
    todo, seen, found = list(module['ports'][port]['bits']), set(), set()
    while todo:
        bit = todo.pop()
        if bit in seen:
            continue
        seen.add(bit)
        for name, pin, i in takers.get(bit, []):
            cell = module['cells'][name]
            if 'dff' in cell['type'] or '$mem' in cell['type'] or cell['type'].startswith('$dl'):
                if pin == 'D' and 'dff' in cell['type']:
                    _, _, net, index = min(owners[cell['connections']['Q'][i]])
                    found.add(net if index is None else '%s[%d]' % (net, index))
                else:
                    found.add('%s of %s' % (pin, name))
            else:
                todo += [b for p, bits in cell['connections'].items() if cell['port_directions'][p] == 'output' for b in bits]
    return sorted(found)


def member(top, path):
    name = (top + '.' + path).replace('.', '__DOT__')
    return plain(re.sub(r'\[(\d+)\]', r'__BRA__\1__KET__', name))


def plain(name):
    """without the levels that only one of the tools sees in `else if` of a generate block"""
    return re.sub(r'__DOT__genblk\d+(?=__DOT__)', '', name)


def main():
    if len(sys.argv) < 4 or sys.argv[1] not in ('list', 'public', 'table', 'from'):
        die('usage: registers.py list|public|table|from NETLIST TOP [MODEL_HEADER|PORT]')
    top = sys.argv[3]
    if sys.argv[1] == 'from':
        print(*reached(sys.argv[2], top, sys.argv[4]), sep='\n')
        return
    rows = read(sys.argv[2], top)
    if sys.argv[1] == 'list':
        for r in rows:
            print(*r)
    elif sys.argv[1] == 'public':
        print('`verilator_config')
        for module, register in sorted({(r[1], r[2]) for r in rows}):
            print('public_flat_rw -module "%s" -var "%s"' % (module, register))
    else:
        with open(sys.argv[4]) as f:
            text = f.read()
        members = {}
        for m in re.finditer(r'^\s*(?:VlUnpacked<)?(CData|SData|IData|QData|VlWide<(\d+)>)/\*(\d+):(\d+)\*/(?:, (\d+)>)? (\w+);', text, re.M):
            members[plain(m.group(6))] = (m.group(6), int(m.group(3)) - int(m.group(4)) + 1, int(m.group(5) or 1))
        for path, module, register, bits, kind, _, _ in rows:
            name = member(top, path)
            if name not in members:
                die("the model has no '%s'" % name)
            name, width, depth = members[name]
            if kind == 'ff' and width * depth != bits:
                print("// %s: %d of %d bits are flip-flops" % (path, bits, width * depth))
            print('{"%s", "%s", "%s", %d, %d, %d, (uint8_t *)&root->%s, sizeof root->%s / %d},'
                  % (path, module, register, kind == 'mem', width, depth, name, name, depth))


main()
