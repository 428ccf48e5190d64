"""And-inverter graphs: reads what Yosys wrote (ASCII, with names), builds the sequential miter of mutant 0 and mutant k, writes binary AIGER for ABC.
Only a part of the registers keeps its meaning in a miter ("inside"); all others are free inputs, the same for both sides, and their next values are
compared as outputs are. That allows more behaviour than the circuit has, so what is proven holds; what is not proven may still be true.
SPDX-License-Identifier: Apache-2.0"""
import re

SELECT = "mutsel"
# enable -> what is looked at only while it is high
MATTERS = {
    "WR_EN": {"WR_ADDR", "WR_DATA"}, "RD_EN": {"RD_ADDR"},
    "we_i": {"waddr_i", "wdata_i"}, "re_i": {"raddr_i"},
    "precharge_i": {"plane_i"}, "evaluate_i": {"plane_i"}, "capture_i": {"plane_i"},
    "sample_i": {"sel_i", "lane_en_i", "pair_i", "force_i", "force_level_i"},
    "cmp_i": {"lane_en_i", "bits_i", "flash_i", "set_i", "lsb_i", "low_i", "nearest_i", "ref_i"},
    "serve_precharge_i": {"serve_ref_i"}, "serve_share_i": {"serve_ref_i"},
}


class Graph:
    """hash-consed ANDs"""

    def __init__(self):
        self.n, self.ands, self.seen = 0, [], {}

    def var(self):
        self.n += 1
        return 2 * self.n

    def land(self, a, b):
        if a > b:
            a, b = b, a
        if a == 0 or a == b ^ 1:
            return 0
        if a == 1 or a == b:
            return b
        v = self.seen.get((a, b))
        if v is None:
            v = self.seen[a, b] = self.var()
            self.ands.append((v, b, a))
        return v

    def lor(self, a, b):
        return self.land(a ^ 1, b ^ 1) ^ 1

    def xor(self, a, b):
        return self.lor(self.land(a, b ^ 1), self.land(a ^ 1, b))

    def mux(self, c, a, b):
        return self.lor(self.land(c, a), self.land(c ^ 1, b))

    def write(self, path, inputs, latches, output):
        at, n = {0: 0}, 0
        for v in inputs + [q for q, _ in latches] + [a[0] for a in self.ands]:
            n += 1
            at[v] = 2 * n

        def lit(x):
            return at[x & ~1] ^ (x & 1)
        body = bytearray()

        def put(x):
            while x & ~0x7f:
                body.append(x & 0x7f | 0x80)
                x >>= 7
            body.append(x)
        for o, a, b in self.ands:
            o, a, b = lit(o), lit(a), lit(b)
            put(o - max(a, b))
            put(max(a, b) - min(a, b))
        with open(path, "wb") as f:
            f.write(b"aig %d %d %d 1 %d\n" % (n, len(inputs), len(latches), len(self.ands)))
            for _, d in latches:
                f.write(b"%d\n" % lit(d))
            f.write(b"%d\n" % lit(output))
            f.write(bytes(body))


class Circuit:
    def __init__(self, path, reset, word):
        with open(path) as f:
            _, i, l, o, a = [int(x) for x in f.readline().split()[1:6]]
            self.inputs = [int(f.readline()) for _ in range(i)]
            self.latches = [tuple(int(x) for x in f.readline().split()[:2]) for _ in range(l)]
            self.outputs = [int(f.readline()) for _ in range(o)]
            self.ands = [tuple(int(x) for x in f.readline().split()) for _ in range(a)]
            names = {}
            for line in f:
                if line[0] == "c":
                    break
                k, _, n = line.rstrip("\n").partition(" ")
                names[k] = n
        self.input_name = [names.get(f"i{k}", "") for k in range(i)]
        self.output_name = [names.get(f"o{k}", "") for k in range(o)]
        self.hold_reads(word)
        self.select = {v: int(n[len(SELECT) + 1:-1]) for v, n in zip(self.inputs, self.input_name) if n.startswith(SELECT + "[")}
        self.gate, self.answer = self.gates(), self.answers()
        self.cache = None
        self.start = self.reset_values(reset)

    def hold_reads(self, word):
        """What a clocked read port of a cut memory gives stays until its next read: registers that load a free value when RD_EN is high. (A port without
        a clock has RD_EN high for ever: its register is as free as an input.) word: bits of a word of every memory"""
        value, n = dict(zip(self.output_name, self.outputs)), max([0] + self.inputs + [q for q, _ in self.latches] + [o for o, _, _ in self.ands])

        def var():
            nonlocal n
            n += 2
            return n

        def land(a, b):
            self.ands.append((var(), a, b))
            return n
        for k, name in enumerate(self.input_name):
            m = re.match(r"(.*)\.RD_DATA(?:\[(\d+)\])?$", name)
            if not m:
                continue
            of = int(m[2] or 0) // word[m[1]]

            def at(port):
                return value.get(f"{m[1]}.{port}[{of}]", value.get(f"{m[1]}.{port}"))
            if at("RD_ARST") or at("RD_SRST"):
                continue
            held, self.inputs[k], self.input_name[k] = self.inputs[k], var(), ""
            self.latches.append((held, land(land(at("RD_EN"), self.inputs[k]) ^ 1, land(at("RD_EN") ^ 1, held) ^ 1) ^ 1))

    def gates(self):
        """For every output the outputs of which one must be high for it to matter (none: always). A memory's address and data matter where it is
        written or read; the macro's inputs where docs/macro.md says that a macro looks at them (its rules 10, 11, 14..26)."""
        at, found = {}, []
        for v, n in zip(self.outputs, self.output_name):
            m = re.match(r"(.*)\.(\w+?)(?:\[\d+\])?$", n)
            at.setdefault(m.groups() if m else ("", n), []).append(v)
        for n in self.output_name:
            m = re.match(r"(.*)\.(\w+?)(?:\[\d+\])?$", n)
            cell, port = m.groups() if m else ("", n)
            names = [k for k, ports in MATTERS.items() if port in ports]
            found.append([v for k in names for v in at.get((cell, k), [])])
        return found

    def answers(self):
        """input -> nets that are all high in the clocks in which it may be one: an answer of the macro (rules 14 and 15), a phase of a link's client"""
        value, given, found = dict(zip(self.output_name, self.outputs)), dict(zip(self.input_name, self.inputs)), {}
        for v, n in zip(self.inputs, self.input_name):
            m = re.match(r"(.*)\.cmp_o(?:\[(\d+)\])?$", n)
            if m:
                cell, k = m.group(1), int(m.group(2) or 0)
                lanes = max(1, sum(1 for x in self.output_name if x.startswith(cell + ".lane_en_i")))
                answers = sum(1 for x in self.input_name if re.match(re.escape(cell) + r"\.cmp_o(\[|$)", x))
                lane = k // (answers // lanes)
                found[v] = [x for x in (value.get(cell + ".cmp_i"), value.get(f"{cell}.lane_en_i[{lane}]", value.get(cell + ".lane_en_i"))) if x is not None]
            m = re.match(r"(?:precharge|share)_i(\[\d+\])$", n)  # ports of cim_link
            if m:
                found[v] = [given["converting_i" + m[1]]]
        return found

    def reset_values(self, reset):
        """three-valued simulation of some clocks of reset: 0, 1, or 2 for a register that it does not set"""
        state = {q: 2 for q, _ in self.latches}
        for _ in range(4):
            v = {0: 0}
            for x, n in zip(self.inputs, self.input_name):
                v[x] = 0 if n == reset or x in self.select else 2
            v.update(state)

            def g(x):
                y = v[x & ~1]
                return y if y == 2 else y ^ (x & 1)
            for o, a, b in self.ands:
                p, q = g(a), g(b)
                v[o] = 0 if p == 0 or q == 0 else 1 if p == 1 and q == 1 else 2
            state = {q: g(d) for q, d in self.latches}
        return state

    def evaluate(self, g, pi, number, latch):
        v = {0: 0}
        for x in self.inputs:
            v[x] = number >> self.select[x] & 1 if x in self.select else pi[x]
        v.update(latch)
        for again in (False, True) if self.answer else (True,):   # first the strobes, then with answers that keep to them
            for o, a, b in self.ands:
                v[o] = g.land(v[a & ~1] ^ (a & 1), v[b & ~1] ^ (b & 1))
            if not again:
                for x, strobes in self.answer.items():
                    for s in strobes:
                        v[x] = g.land(v[x], v[s & ~1] ^ (s & 1))
        return v

    def observed(self, g, v):
        """outputs as they matter"""
        def at(x):
            return v[x & ~1] ^ (x & 1)
        result = []
        for x, enable in zip(self.outputs, self.gate):
            on = 1
            if enable:
                on = 0
                for e in enable:
                    on = g.lor(on, at(e))
            result.append(g.land(at(x), on))
        return result

    def supports(self):
        """variable -> the latches that it depends on within a clock, as bits of an integer: bit k is latch k"""
        if self.cache is None:
            self.cache = {0: 0}
            self.cache.update((x, 0) for x in self.inputs)
            self.cache.update((q, 1 << k) for k, (q, _) in enumerate(self.latches))
            for o, a, b in self.ands:
                self.cache[o] = self.cache[a & ~1] | self.cache[b & ~1]
        return self.cache

    def read_by(self, bits):
        """latches that the next values of these depend on"""
        s, found = self.supports(), 0
        for k, (_, d) in enumerate(self.latches):
            if bits >> k & 1:
                found |= s[d & ~1]
        return found

    def readers_of(self, bits):
        """latches whose next values depend on these"""
        s, found = self.supports(), 0
        for k, (_, d) in enumerate(self.latches):
            if s[d & ~1] & bits:
                found |= 1 << k
        return found

    def of_bits(self, bits):
        return {q for k, (q, _) in enumerate(self.latches) if bits >> k & 1}

    def touched(self, number):
        """(latches that the mutated place reads, latches whose next value it may change, whether it may change an output); None: nothing at all"""
        g = Graph()
        pi = {x: g.var() for x in self.inputs}
        latch = {q: g.var() for q, _ in self.latches}
        a, b = self.evaluate(g, pi, 0, latch), self.evaluate(g, pi, number, latch)
        targets = sum(1 << k for k, (q, d) in enumerate(self.latches) if a[d & ~1] != b[d & ~1])
        out = any(x != y for x, y in zip(self.observed(g, a), self.observed(g, b)))
        if not targets and not out:
            return None
        chosen = {0} | set(self.select)   # what depends on the selector alone is no place
        for o, p, q in self.ands:
            if p & ~1 in chosen and q & ~1 in chosen:
                chosen.add(o)
        place = {o for o, p, q in self.ands if a[o] != b[o] and o not in chosen and all(a[x] == b[x] or x in chosen for x in (p & ~1, q & ~1))}
        return place, targets, out

    def miter(self, number, inside, path, rounds=None):
        """Output 1: a difference is seen. False when there is none by structure alone. A register that a mutant changes is there twice; so is one that such a
        register changes, and so on for a number of rounds (none: to the end). The next value of a register that is there once is compared as an output is:
        with 0 rounds, can the original ever come where the mutant does another step?"""
        same, done = {q for q, _ in self.latches}, 0
        while True:
            g = Graph()
            pi = {x: g.var() for x in self.inputs if x not in self.select}
            free = {q: g.var() for q, _ in self.latches if q not in inside or self.start[q] == 2}
            one = {q: g.var() for q, _ in self.latches if q in inside}
            two = {q: one[q] if q in same else g.var() for q in one}
            began = g.var()

            def value(q, x):
                if q not in inside:
                    return free[q]
                return x ^ 1 if self.start[q] == 1 else g.mux(began, x, free[q]) if self.start[q] == 2 else x
            a = self.evaluate(g, pi, 0, {q: value(q, one.get(q)) for q, _ in self.latches})
            b = self.evaluate(g, pi, number, {q: value(q, two.get(q)) for q, _ in self.latches})
            moved = {q for q, d in self.latches if q in inside and q in same and a[d & ~1] != b[d & ~1]}
            if not moved or done == rounds:
                break
            same -= moved
            done += 1
        bad = 0
        for x, y in zip(self.observed(g, a), self.observed(g, b)):
            bad = g.lor(bad, g.xor(x, y))
        for q, d in self.latches:
            if q not in inside or q in same:
                bad = g.lor(bad, g.xor(a[d & ~1] ^ (d & 1), b[d & ~1] ^ (d & 1)))
        if bad == 0:
            return False

        def store(q, v, d):
            return v[d & ~1] ^ (d & 1) ^ (1 if self.start[q] == 1 else 0)
        latches = [(one[q], store(q, a, d)) for q, d in self.latches if q in inside]
        latches += [(two[q], store(q, b, d)) for q, d in self.latches if q in inside and q not in same]
        g.write(path, list(pi.values()) + list(free.values()), latches + [(began, 1)], bad)
        return True
