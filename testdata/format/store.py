"""Writes Outlook stores ([MS-PST]) for the fixtures of this folder and for tests/bench: pages, blocks, heaps,
bags and tables, nodes of messages and of folders with the tables that other readers go by.
"""
import datetime
import os
import re
import struct
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))

I4, BOOL, TIME, S8, UNI, BIN, OBJ = 3, 0xb, 0x40, 0x1e, 0x1f, 0x102, 0xd
ADDRESS = bytes.fromhex('0420060000000000c000000000000046')
APPOINTMENT = bytes.fromhex('0220060000000000c000000000000046')
STRINGS = bytes.fromhex('2903020000000000c000000000000046')


def filetime(year, month, day, hour=0, minute=0):
    t = datetime.datetime(year, month, day, hour, minute)
    return int((t - datetime.datetime(1601, 1, 1)).total_seconds()) * 10000000


def encode(kind, value, page):
    """The bytes of a value."""
    if kind == UNI:
        return value.encode('utf-16le')
    if kind == S8:
        return value.encode(page)
    if kind == TIME:
        return struct.pack('<Q', value)
    if kind in (I4,):
        return struct.pack('<I', value)
    if kind == BOOL:
        return struct.pack('<H', value)
    return value


class Names:
    """Named properties: numbers from 8000 on."""

    def __init__(self):
        self.list = []

    def id(self, guid, name):
        if (guid, name) not in self.list:
            self.list.append((guid, name))
        return 0x8000 + self.list.index((guid, name))

    def storage(self):
        guids, entries, strings = [], b'', b''
        for i, (guid, name) in enumerate(self.list):
            if guid not in guids:
                guids.append(guid)
            where = guids.index(guid) + 3
            if isinstance(name, str):
                entries += struct.pack('<IHH', len(strings), where << 1 | 1, i)
                raw = name.encode('utf-16le')
                strings += struct.pack('<I', len(raw)) + raw
                strings += bytes(-len(strings) % 4)
            else:
                entries += struct.pack('<IHH', name, where << 1, i)
        return {'__substg1.0_00020102': b''.join(guids), '__substg1.0_00030102': entries,
                '__substg1.0_00040102': strings}


def lzfu_crc(data):
    return zlib.crc32(data, 0xffffffff) ^ 0xffffffff


def crypt_tables():
    """The tables of [MS-PST] 5.1, as the reader has them: forward, middle."""
    source = open(os.path.join(HERE, '../../lib/format/mail/pst_crypt.c')).read()
    tables = re.findall(r'\[256\] = \{(.*?)\}', source, re.S)
    return [bytes(int(x) for x in t.replace('\n', ' ').split(',') if x.strip()) for t in tables]


FIRST_MAP, MAPPED = 0x4400, 496 * 8 * 64        # allocation maps ([MS-PST] 2.2.2.7.2), but for big stores


class Pst:
    """A store; big: pages of 4 KiB, blocks deflated."""

    def __init__(self, wide=True, big=False, crypt=1):
        self.wide, self.big, self.crypt = wide, big, crypt
        self.page = 4096 if big else 512
        self.out = bytearray(0x6000 if big else 0x4800)
        self.next_block, self.places, self.nodes = 4, {}, {}
        self.folders, self.maps = {}, [] if big else [FIRST_MAP]
        self.forward, self.middle, self.backward = crypt_tables()

    def align(self, unit, size):
        """To a multiple of unit from where size bytes fit: not across a map."""
        self.out += bytes(-len(self.out) % unit)
        if self.maps and len(self.out) + size > self.maps[-1] + MAPPED:
            self.maps.append(self.maps[-1] + MAPPED)
            self.out += bytes(self.maps[-1] + 1024 - len(self.out))     # and one page after each, for every eighth

    def encode(self, data, bid):
        if self.crypt == 1:
            return data.translate(self.forward)
        if self.crypt == 2:     # its own inverse
            w, out = (bid ^ bid >> 16) & 0xffff, bytearray()
            for b in data:
                low, high = w & 255, w >> 8
                b = self.middle[(self.forward[(b + low) & 255] + high) & 255]
                out.append((self.backward[(b - high) & 255] - low) & 255)
                w = (w + 1) & 0xffff
            return bytes(out)
        return data

    def signature(self, offset, bid):
        x = (offset ^ bid) & 0xffffffff
        return (x >> 16 ^ x) & 0xffff

    def block(self, data, internal=False):
        bid = self.next_block | (2 if internal else 0)
        self.next_block += 4
        raw = data if internal else self.encode(data, bid)
        packed = zlib.compress(raw) if self.big and len(raw) > 200 else raw
        unit = 512 if self.big else 64
        trailer = 24 if self.big else 16 if self.wide else 12
        room = (len(packed) + trailer + unit - 1) // unit * unit
        self.align(unit, room)
        offset = len(self.out)
        sig, crc = self.signature(offset, bid), lzfu_crc(packed)
        if self.wide:
            tail = struct.pack('<HHIQ', len(packed), sig, crc, bid)
        else:
            tail = struct.pack('<HHII', len(packed), sig, bid, crc)
        if self.big:
            tail += struct.pack('<HHI', 0, len(raw), 0)
        self.out += packed + bytes(room - len(packed) - trailer) + tail
        self.places[bid] = (offset, len(packed))
        return bid

    def number(self, value):
        return struct.pack('<Q' if self.wide else '<I', value)

    def tree(self, data, size=8000):
        """A chain of blocks."""
        if len(data) <= size:
            return self.block(data)
        blocks = [self.block(data[i:i + size]) for i in range(0, len(data), size)]
        return self.block(struct.pack('<BBHI', 1, 1, len(blocks), len(data)) +
                          b''.join(map(self.number, blocks)), True)

    def subnodes(self, entries):
        """entries: [(nid, data, sub)]"""
        if not entries:
            return 0
        head = struct.pack('<BBH', 2, 0, len(entries)) + (bytes(4) if self.wide else b'')
        return self.block(head + b''.join(self.number(n) + self.number(d) + self.number(s)
                                          for n, d, s in sorted(entries)), True)

    def heap(self, client, root, items):
        # items are told by where the next one begins: no gaps
        out = bytearray(12)
        offsets = []
        for item in items:
            offsets.append(len(out))
            out += item
        offsets.append(len(out))
        out += bytes(len(out) % 2)
        where = len(out)
        out += struct.pack('<HH', len(items), 0) + b''.join(struct.pack('<H', o) for o in offsets)
        out[0:12] = struct.pack('<HBBIHH', where, 0xec, client, root, 0, 0)
        assert len(out) <= 8000     # one block
        return bytes(out)

    def bag(self, props, extra=()):
        """(data, sub) of a property context; extra: more subnodes."""
        records, items, subs = b'', [b'', b''], list(extra)
        nid = 0x3f
        for number, kind, value in sorted(props, key=lambda p: p[0]):
            many = isinstance(value, list)
            if many:
                raw = [encode(kind, v, 'cp932') for v in value]
                data, at = struct.pack('<I', len(raw)), 4 + 4 * len(raw)
                for r in raw:
                    data += struct.pack('<I', at)
                    at += len(r)
                data += b''.join(raw)
            else:
                data = encode(kind, value, 'cp932')
            if kind in (I4, BOOL):
                cell = data.ljust(4, b'\0')
            elif len(data) > 1000:
                subs.append((nid, self.tree(data), 0))
                cell = struct.pack('<I', nid)
                nid += 0x20
            else:
                items.append(data)
                cell = struct.pack('<I', len(items) << 5)
            records += struct.pack('<HH', number, kind | (0x1000 if many else 0)) + cell
        items[0] = struct.pack('<BBBBI', 0xb5, 2, 6, 0, 2 << 5 if records else 0)
        items[1] = records
        return self.tree(self.heap(0xbc, 1 << 5, items)), self.subnodes(subs)

    def table(self, rows, ids=None):
        """rows: [[(id, kind, value)]], all with the same columns of four bytes, at most 440; ids: numbers of
        the rows.  Rows are in a subnode when there are many."""
        ids = ids or range(1, len(rows) + 1)
        columns = [(0x67f2, I4), (0x67f3, I4)] + [(p[0], p[1]) for p in (rows[0] if rows else [])]
        described = b''.join(struct.pack('<HHHBB', k, n, i * 4, 4, i)
                             for i, (n, k) in enumerate(columns))
        end = 4 * len(columns)
        bits = (len(columns) + 7) // 8
        items = [b'', b'', b'', b'']
        matrix, index = b'', b''
        for r, row in enumerate(rows):
            cells = struct.pack('<II', ids[r], 1)
            for number, kind, value in row:
                data = encode(kind, value, 'cp932')
                if kind == I4:
                    cells += data
                    continue
                items.append(data)
                cells += struct.pack('<I', len(items) << 5)
            matrix += cells + bytes([0xff] * bits)
            index += struct.pack('<II' if self.wide else '<IH', ids[r], r)
        many, per = len(rows) > 8, 8176 // (end + bits)
        items[1] = struct.pack('<BBBBI', 0xb5, 4, 4 if self.wide else 2, 0, 3 << 5 if rows else 0)
        items[2] = index
        items[3] = b'' if many else matrix
        items[0] = struct.pack('<BBHHHHIII', 0x7c, len(columns), end, end, end, end + bits, 2 << 5,
                               0x3f if many else 4 << 5 if rows else 0, 0) + described
        # no row lies in two blocks
        pieces = [matrix[i:i + per * (end + bits)] for i in range(0, len(matrix), per * (end + bits))]
        matrix = b''.join(p.ljust(8176, b'\0') for p in pieces[:-1]) + b''.join(pieces[-1:])
        return self.tree(self.heap(0x7c, 1 << 5, items)), \
            self.subnodes([(0x3f, self.tree(matrix, 8176), 0)] if many else [])

    def node(self, nid, data, sub=0, parent=0):
        self.nodes[nid] = (data, sub, parent)

    def folder(self, nid, name, parent):
        self.folders[nid] = parent
        self.node(nid, *self.bag([(0x3001, UNI if self.wide else S8, name), (0x3602, I4, 1), (0x3603, I4, 0),
                                  (0x360a, BOOL, 1)]), parent=parent)

    def tables(self):
        """What other readers find folders and messages by ([MS-PST] 2.4.4)."""
        for nid in self.folders:
            inside = sorted(n for n, node in self.nodes.items() if node[2] == nid and n != nid)
            for kind, ids in ((0xd, [n for n in inside if n & 0x1f == 2]), (0xe, [n for n in inside if n & 0x1f == 4]),
                              (0xf, [])):
                self.node(nid & ~0x1f | kind, *self.table([[(0xe08, I4, 1000)]] * len(ids), ids))

    def message(self, props, recipients=(), attachments=()):
        """(data, sub); attachments: bags, or (bag, message) for a message inside."""
        subs = []
        if recipients:
            subs.append((0x692,) + self.table(recipients))
        if attachments:
            subs.append((0x671,) + self.table([[(0xe20, I4, 100)]] * len(attachments),
                                              [0x8025 + i * 0x20 for i in range(len(attachments))]))
        for i, a in enumerate(attachments):
            if isinstance(a, tuple):
                inner = (0x200004,) + a[1]
                subs.append((0x8025 + i * 0x20,) + self.bag(
                    a[0] + [(0x3701, OBJ, struct.pack('<II', 0x200004, 100))], [inner]))
            else:
                subs.append((0x8025 + i * 0x20,) + self.bag(a))
        return self.bag(props, subs)

    def page_write(self, kind, entries, size, level):
        self.align(self.page, self.page)
        offset, bid = len(self.out), self.next_block
        self.next_block += 4
        room = 4056 if self.big else 488 if self.wide else 496
        body = b''.join(entries).ljust(room, b'\0')
        if self.big:
            body += struct.pack('<HHBB10x', len(entries), room // size, size, level)
        else:
            body += struct.pack('<BBBB', len(entries), room // size, size, level)
            body += bytes(4) if self.wide else b''
        sig, crc = self.signature(offset, bid), lzfu_crc(body)
        if self.wide:
            body += struct.pack('<BBHIQ', kind, kind, sig, crc, bid) + (bytes(8) if self.big else b'')
        else:
            body += struct.pack('<BBHII', kind, kind, sig, bid, crc)
        self.out += body
        return offset, bid

    def pages(self, kind, entries, size):
        """entries: [(key, bytes)]; leaves and what is above them; (offset, number) of the root."""
        room, level = 4056 if self.big else 488 if self.wide else 496, 0
        while True:
            groups = [entries[i:i + room // size] for i in range(0, len(entries), room // size)]
            written = [(group[0][0],) + self.page_write(kind, [e[1] for e in group], size, level) for group in groups]
            if len(written) == 1:
                return written[0][1:]
            entries = [(k, self.number(k) + self.number(b) + self.number(o)) for k, o, b in written]
            size, level = 24 if self.wide else 12, level + 1

    def trees(self):
        blocks = []
        for bid in sorted(self.places):
            offset, size = self.places[bid]
            entry = self.number(bid) + self.number(offset) + struct.pack('<HH', size, 2) + \
                (bytes(4) if self.wide else b'')
            blocks.append((bid, entry))
        nodes = []
        for nid in sorted(self.nodes):
            data, sub, parent = self.nodes[nid]
            nodes.append((nid, self.number(nid) + self.number(data) + self.number(sub) +
                          struct.pack('<I', parent) + (bytes(4) if self.wide else b'')))
        return self.pages(0x81, nodes, 32 if self.wide else 16), \
            self.pages(0x80, blocks, 24 if self.wide else 12)

    def done(self):
        self.tables()
        nodes, blocks = self.trees()
        self.align(self.page, self.page)
        for i, start in enumerate(self.maps):
            for at, kind in ((start, 0x84), (start + 512, 0x83))[:2 if i % 8 == 0 else 1]:
                body = (b'' if self.wide else bytes(4)) + b'\xff' * 496
                crc = lzfu_crc(body)
                tail = struct.pack('<BBHIQ', kind, kind, 0, crc, at) if self.wide else \
                    struct.pack('<BBHII', kind, kind, 0, at, crc)
                self.out[at:at + 512] = body + tail
        size = len(self.out)
        h = bytearray(564)
        h[0:4] = b'!BDN'
        h[8:16] = struct.pack('<2sHHBB', b'SM', 36 if self.big else 23 if self.wide else 14, 19, 1, 1)
        if self.wide:
            h[184:248] = struct.pack('<QQQQQQQQ', size, self.maps[-1] if self.maps else FIRST_MAP, 0, 0, nodes[1], nodes[0], blocks[1],
                                     blocks[0])
            h[248], h[512], h[513] = 2, 0x80, self.crypt
            h[256:512] = b'\xff' * 256
            h[516:524] = struct.pack('<Q', self.next_block)
            h[524:528] = struct.pack('<I', lzfu_crc(bytes(h[8:524])))
        else:
            h[168:200] = struct.pack('<IIIIIIII', size, self.maps[-1], 0, 0, nodes[1], nodes[0], blocks[1],
                                     blocks[0])
            h[200], h[460], h[461] = 2, 0x80, self.crypt
            h[204:460] = b'\xff' * 256
        h[4:8] = struct.pack('<I', lzfu_crc(bytes(h[8:479])))
        self.out[0:564] = h
        return bytes(self.out)

    def without_trees(self):
        """The store with every page of both trees overwritten."""
        store, at = bytearray(self.done()), 4072 if self.big else 496 if self.wide else 500
        for start in range(self.page, len(store), self.page):
            if store[start + at:start + at + 2] in (b'\x80\x80', b'\x81\x81'):
                store[start:start + self.page] = bytes(self.page)
        return bytes(store)
