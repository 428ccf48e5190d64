# The register map as each emitted document has it, in one form: a list of (address, name, access, [field]) with a field (name, lsb, width, access, reset), and
# windows (name, address, bytes, access, [field]). Readers of IP-XACT (two editions), SystemRDL, Markdown, HTML; the offsets and masks of the C header.
# SPDX-License-Identifier: Apache-2.0
import re
from html.parser import HTMLParser
from xml.etree import ElementTree


def number(text):
    m = re.fullmatch(r"(?:\d*'h([0-9A-Fa-f]+))|0x([0-9A-Fa-f]+)|(\d+)", text)
    if not m:
        raise ValueError(f"'{text}' is no number")
    return int(m.group(1) or m.group(2), 16) if m.group(1) or m.group(2) else int(m.group(3))


class Map:
    def __init__(self):
        self.registers = {}  # address -> (name, [field])
        self.windows = {}    # name -> (address, bytes, [field without reset])

    def add(self, address, name, fields):
        if address in self.registers:
            raise ValueError(f"two registers at {address:#x}")
        if address % 4 or address >= 256:
            raise ValueError(f"{name} at {address:#x}")
        bits = 0
        for n, lsb, width, _, reset in fields:
            mask = ((1 << width) - 1) << lsb
            if bits & mask or mask >> 32:
                raise ValueError(f"{name}.{n}: bits overlap")
            if reset is not None and reset >> width:
                raise ValueError(f"{name}.{n}: reset value {reset:#x} does not fit")
            bits |= mask
        self.registers[address] = (name, fields)


# ---- IP-XACT: access words of both editions become R/W and what a write does

ACCESS = {"read-only": "r", "read-write": "rw", "write-only": "w"}
MODIFIED = {None: "", "oneToClear": "1c", "oneToSet": "1s"}


def ipxact(path):
    root = ElementTree.parse(path).getroot()
    ns = {"i": re.match(r"\{(.*)\}", root.tag).group(1)}
    out = Map()

    def text(e, at, default=None):
        found = e.find(at, ns)
        return default if found is None else found.text

    def field(e):
        policy = e.find("i:fieldAccessPolicies/i:fieldAccessPolicy", ns)
        p = e if policy is None else policy
        reset = text(e, "i:resets/i:reset/i:value")
        access = ACCESS[text(p, "i:access")] + MODIFIED[text(p, "i:modifiedWriteValue")]
        return (text(e, "i:name"), int(text(e, "i:bitOffset")), int(text(e, "i:bitWidth")), access, None if reset is None else number(reset))

    def dim(e):
        d = text(e, "i:array/i:dim", text(e, "i:dim", "1"))
        return int(d), int(text(e, "i:array/i:stride", "0"))

    def registers(parent, base):
        for e in parent.findall("i:register", ns):
            n, stride = dim(e)
            for k in range(n):
                name = re.sub(r"\d$", "", text(e, "i:name")) if text(e, "i:name").startswith("HASH") else text(e, "i:name")
                out.add(base + number(text(e, "i:addressOffset")) + k * (stride or 4), name, [field(f) for f in e.findall("i:field", ns)])

    for block in root.findall("i:memoryMaps/i:memoryMap/i:addressBlock", ns):
        base = number(text(block, "i:baseAddress"))
        if base:
            fields = [field(f)[:4] for f in block.findall("i:register/i:field", ns)]
            access = ACCESS[text(block, "i:access", text(block, "i:accessPolicies/i:accessPolicy/i:access"))]
            size = number(text(block, "i:range"))
            if block.find("i:register", ns) is not None and dim(block.find("i:register", ns))[0] * 4 != size:
                raise ValueError(f"{text(block, 'i:name')}: its registers do not fill it")
            out.windows[text(block, "i:name")] = (base, size, access, fields)
            continue
        registers(block, base)
        for group in block.findall("i:registerFile", ns):
            n, stride = dim(group)
            size = number(text(group, "i:range"))
            if stride and stride != size:
                raise ValueError("a register file's stride is not its range")
            for k in range(n):
                registers(group, base + number(text(group, "i:addressOffset")) + k * size)
    return out


# ---- SystemRDL: a parser of what the emitter uses

def rdl(path):
    source = re.sub(r"//[^\n]*", "", open(path, encoding="ascii").read())
    tokens = re.findall(r'"(?:[^"\\]|\\.)*"|\d+\'[hd][0-9A-Fa-f]+|0x[0-9A-Fa-f]+|\w+|\+=|->|[{}\[\];:=@.]', source)
    if "".join(tokens).replace(" ", "") != re.sub(r"\s(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", "", source).replace(" ", ""):
        raise ValueError("characters that are no token")
    at = 0
    out, enums = Map(), {}

    def take(want=None):
        nonlocal at
        token = tokens[at]
        at += 1
        if want is not None and token != want:
            raise ValueError(f"'{token}' where '{want}' should be, after {' '.join(tokens[max(0, at - 8):at - 1])}")
        return token

    def value(token):
        m = re.fullmatch(r"(\d+)'([hd])([0-9A-Fa-f]+)", token)
        v = int(m.group(3), 16 if m.group(2) == "h" else 10) if m else int(token, 0)
        if m and v >> int(m.group(1)):
            raise ValueError(f"{token} does not fit its width")
        return v

    def bracket():
        take("[")
        first = value(take())
        if tokens[at] == ":":
            take(":")
            second = value(take())
            take("]")
            return first, second
        take("]")
        return first

    def properties():
        """name [= value]; ... of the component that was opened, as far as the next component"""
        found = {}
        while tokens[at] not in ("}", "reg", "regfile", "field", "external", "enum"):
            if tokens[at] == "default":
                take()
            name = take()
            if tokens[at] == "=":
                take()
                found[name] = take()
            else:
                found[name] = "true"
            take(";")
        return found

    def access(p):
        return p["sw"] + {"woclr": "1c", "woset": "1s"}.get(p.get("onwrite", ""), "1s" if "singlepulse" in p else "")

    def field():
        take("field")
        take("{")
        p = properties()
        take("}")
        name = take()
        high, low = bracket()
        reset = None
        if tokens[at] == "=":
            take()
            reset = value(take())
        take(";")
        if "encode" in p and max(enums[p["encode"]]) >> (high - low + 1):
            raise ValueError(f"{name}: a value of {p['encode']} does not fit")
        return (name, low, high - low + 1, access(p), reset)

    def reg():
        take("reg")
        take("{")
        properties()
        fields = []
        while tokens[at] == "field":
            fields.append(field())
        take("}")
        name, n, stride = take(), 1, 4
        if tokens[at] == "[":
            n = bracket()
        take("@")
        offset = value(take())
        if tokens[at] == "+=":
            take()
            stride = value(take())
        take(";")
        return name, offset, n, stride, fields

    take("addrmap")
    take()
    take("{")
    while tokens[at] != "}":
        if tokens[at] == "enum":
            take()
            name, values = take(), []
            take("{")
            while tokens[at] != "}":
                take()
                take("=")
                values.append(value(take()))
                take("{")
                properties()
                take("}")
                take(";")
            take("}")
            take(";")
            enums[name] = values
        elif tokens[at] == "reg":
            name, offset, n, stride, fields = reg()
            for k in range(n):
                out.add(offset + stride * k, name, list(fields))
        elif tokens[at] == "regfile":
            take()
            take("{")
            properties()
            inner = []
            while tokens[at] == "reg":
                inner.append(reg())
            take("}")
            take()
            n = bracket()
            take("@")
            offset = value(take())
            take("+=")
            stride = value(take())
            take(";")
            for k in range(n):
                for name, o, _, _, fields in inner:
                    out.add(offset + stride * k + o, name, fields)
        elif tokens[at] == "external":
            take()
            take("mem")
            take("{")
            p, fields = properties(), []
            if tokens[at] == "reg":
                _, offset, n, stride, f = reg()
                if offset or stride != 4 or n != int(p["mementries"]):
                    raise ValueError("the entries do not fill their memory")
                fields = [x[:4] for x in f]
            take("}")
            name = take()
            take("@")
            out.windows[name] = (value(take()), int(p["mementries"]) * 4, p["sw"], fields)
            take(";")
        elif tokens[at + 1] == "[":
            # NAME[i].FIELD->reset = value;
            name = take()
            k = bracket()
            take(".")
            f = take()
            take("->")
            take("reset")
            take("=")
            v = value(take())
            take(";")
            address = min(a for a, r in out.registers.items() if r[0] == name) + 4 * k
            fields = out.registers[address][1]
            out.registers[address] = (name, [x[:4] + (v,) if x[0] == f else x for x in fields])
        else:
            properties()
    take("}")
    take(";")
    if at != len(tokens):
        raise ValueError("text behind the address map")
    return out


# ---- tables of Markdown and HTML: rows of cells under a title

WORDS = {"RO": "r", "RW": "rw", "WO": "w", "W1C": "rw1c", "W1S": "rw1s", "W1P": "rw1s"}


def tables(rows, out, hashes):
    """rows: [(title, [cell])]; the title of the overview is ''"""
    places = {}
    for title, cells in rows:
        if title:
            continue
        m = re.fullmatch(r"0x(\w+)(?:\.\.0x(\w+)| \+ (\d+)s| \+ (\d+)i \+ (\d+)j)?", cells[0])
        name, n = re.match(r"\w+", cells[1]).group(), [int(x) + 1 for x in re.findall(r"\.\.(\d+)\]", cells[1])]
        count = n[0] * (n[1] if len(n) > 1 else 1) if n else 1
        places[name] = (int(m.group(1), 16), count, int(m.group(3) or 4), cells[2])
    for name, (address, count, stride, access) in places.items():
        fields = []
        for title, cells in rows:
            if re.match(r"\w*", title).group() != name:
                continue
            high, _, low = cells[0].partition(":")
            low = int(low or high)
            reset = None if cells[3] == "-" else int(cells[3], 0)
            fields.append((cells[1] if cells[1] != "-" else "VALUE", low, int(high) - low + 1, WORDS[cells[2]], reset))
        if address >= 256:
            out.windows[name] = (address, 4 * count, WORDS[access], [f[:4] for f in fields] if fields[0][0] != "VALUE" else [])
            continue
        for k in range(count):
            # the eight words of the hash do not fit into one cell: "-"
            own = [f[:4] + (hashes[k],) for f in fields] if name == "HASH" else list(fields)
            out.add(address + stride * k, name, own)
    return out


def markdown(path, hashes):
    rows, title = [], ""
    for line in open(path, encoding="ascii"):
        if line.startswith("## "):
            title = line[3:].strip()
        cells = [c.strip() for c in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if cells and cells[0] not in ("address", "bits") and not set(cells[0]) <= {"-"}:
            rows.append((title, cells))
    return tables(rows, Map(), hashes)


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.rows, self.title, self.cell, self.cells, self.ids, self.links = [], "", None, [], [], []

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if "id" in a:
            self.ids.append(a["id"])
        if "href" in a:
            self.links.append(a["href"])
        if tag == "h2":
            self.title = None
        if tag == "tr":
            self.cells = []
        if tag in ("td", "th"):
            self.cell = ""

    def handle_data(self, data):
        if self.title is None:
            self.title = data
        elif self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cells.append(self.cell)
            self.cell = None
        if tag == "tr" and self.cells[0] not in ("address", "bits"):
            self.rows.append((self.title, self.cells))


def html(path, hashes):
    page = Page()
    page.feed(open(path, encoding="ascii").read())
    if sorted(page.links) != sorted("#" + i for i in page.ids) or len(set(page.ids)) != len(page.ids):
        raise ValueError("links of the page lead nowhere")
    return tables(page.rows, Map(), hashes)


def header(path, upper):
    """{NAME: offset}, {NAME_FIELD: mask}"""
    text = open(path, encoding="ascii").read()
    offsets = {n: int(v, 16) for n, v in re.findall(rf"#define {upper}(\w+)_OFFSET(?:\([ij, ]+\))? \(?0x(\w+)u", text)}
    masks = {n: int(v, 16) for n, v in re.findall(rf"#define {upper}(\w+)_MASK 0x(\w+)u", text)}
    return offsets, masks
