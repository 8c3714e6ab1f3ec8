#!/usr/bin/env python3
"""Makes the databases in access/ beside it: the least that Access would call one.  People are made up;
addresses and numbers are reserved ones."""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
BOOL, LONG, MONEY, DOUBLE, DATE, TEXT, OLE, MEMO, NUMERIC = 1, 4, 5, 7, 8, 10, 11, 12, 16
SIZES = {BOOL: 1, 3: 2, LONG: 4, MONEY: 8, DOUBLE: 8, DATE: 8, NUMERIC: 17}


def rc4(key, data):
    s, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) % 256
        s[i], s[j] = s[j], s[i]
    i = j = 0
    for b in data:
        i = (i + 1) % 256
        j = (j + s[i]) % 256
        s[i], s[j] = s[j], s[i]
        out.append(b ^ s[(s[i] + s[j]) % 256])
    return bytes(out)


class Jet:
    def __init__(self, old=False, key=0):
        self.old, self.key, self.size = old, key, 2048 if old else 4096
        head = bytearray(self.size)
        head[0:19] = b'\0\1\0\0Standard Jet DB'
        head[0x14] = 0 if old else 1
        head[0x3C:0x3E] = struct.pack('<H', 932 if old else 1252)
        head[0x3E:0x42] = struct.pack('<I', key)
        end = 0x18 + (126 if old else 128)
        head[0x18:end] = rc4(bytes([0xC7, 0xDA, 0x39, 0x6B]), head[0x18:end])
        self.pages = [bytes(head), bytes(self.size)]

    def text(self, s):
        if self.old:
            return s.encode('cp932')
        if all(0 < ord(c) < 256 for c in s) and len(s) > 2:
            return b'\xff\xfe' + s.encode('latin-1')
        return s.encode('utf-16-le')

    def table(self, columns):
        """columns: (name, type); returns the page."""
        var = fixed = 0
        entries, names = b'', b''
        for number, (name, kind) in enumerate(columns):
            size = SIZES.get(kind, 0)
            is_fixed = kind in SIZES
            if self.old:
                entry = bytearray(18)
                struct.pack_into('<BHH', entry, 0, kind, number, var)
                struct.pack_into('<BHH', entry, 13, 3 if is_fixed else 2, fixed, size)
                raw = name.encode('cp932')
                names += bytes([len(raw)]) + raw
            else:
                entry = bytearray(25)
                struct.pack_into('<B', entry, 0, kind)
                struct.pack_into('<HHH', entry, 5, number, var, number)
                entry[12] = 2
                entry[15] = 3 if is_fixed else 2
                struct.pack_into('<HH', entry, 21, fixed, size)
                raw = name.encode('utf-16-le')
                names += struct.pack('<H', len(raw)) + raw
            entries += bytes(entry)
            if is_fixed:
                fixed += 0 if kind == BOOL else size
            else:
                var += 1
        head = bytearray(43 if self.old else 63)
        head[0:2] = b'\2\1'
        struct.pack_into('<H', head, 25 if self.old else 45, len(columns))
        return self.add(bytes(head) + entries + names)

    def add(self, data):
        self.pages.append(data.ljust(self.size, b'\0'))
        return len(self.pages) - 1

    def row(self, columns, values):
        mask, fixed, var, offsets = 0, b'', b'', []
        head = 1 if self.old else 2
        fixed_size = sum(SIZES[k] for _, k in columns if k in SIZES and k != BOOL)
        for number, ((_, kind), value) in enumerate(zip(columns, values)):
            there = value is True if kind == BOOL else value is not None
            mask |= there << number
            if kind == BOOL:
                continue
            if kind in SIZES:
                fixed += (value if there else b'').ljust(SIZES[kind], b'\0')
            else:
                offsets.append(head + fixed_size + len(var))
                var += value if there else b''
        offsets.append(head + fixed_size + len(var))
        bits = mask.to_bytes((len(columns) + 7) // 8, 'little')
        if not self.old:
            return struct.pack('<H', len(columns)) + fixed + var + b''.join(
                struct.pack('<H', o) for o in reversed(offsets)) + \
                struct.pack('<H', len(offsets) - 1) + bits
        body = bytes([len(columns)]) + fixed + var + bytes(o % 256 for o in reversed(offsets))
        size = len(body) + 1 + len(bits)
        jumps = (size - 1) // 256
        jumps = (size + jumps - 1) // 256
        table = [next((i for i, o in enumerate(offsets) if o >= 256 * (j + 1)), 255)
                 for j in range(jumps)]
        return body + bytes(reversed(table)) + bytes([len(offsets) - 1]) + bits

    def data(self, owner, rows):
        """rows: (flags, bytes)"""
        page = bytearray(self.size)
        page[0:2] = b'\1\1'
        page[4:8] = owner if isinstance(owner, bytes) else struct.pack('<I', owner)
        at, offsets = self.size, 10 if self.old else 14
        struct.pack_into('<H', page, offsets - 2, len(rows))
        for i, (flags, row) in enumerate(rows):
            at -= len(row)
            page[at:at + len(row)] = row
            struct.pack_into('<H', page, offsets + 2 * i, at | flags)
        self.pages.append(bytes(page))
        return len(self.pages) - 1

    def save(self, name):
        with open(os.path.join(HERE, 'access', name + '.in'), 'wb') as f:
            for number, page in enumerate(self.pages):
                if self.key and number:
                    page = rc4(struct.pack('<I', self.key ^ number), page)
                f.write(page)


def date(days):
    return struct.pack('<d', days)


def build(name, old=False, key=0):
    jet = Jet(old, key)
    catalogue = [('Id', LONG), ('Type', 3), ('Name', TEXT)]
    columns = [('番号', LONG), ('氏名', TEXT), ('MAIL', TEXT), ('入社', DATE), ('OK', BOOL),
               ('給与', MONEY), ('備考', MEMO), ('長文', MEMO), ('文書', OLE)] + \
        ([] if old else [('率', NUMERIC)])
    jet.table(catalogue)                                        # page 2
    jet.data(2, [(0, jet.row(catalogue, (struct.pack('<i', n), struct.pack('<h', 1), jet.text(t))))
                 for n, t in ((2, 'MSysObjects'), (4, '社員'))])
    jet.table(columns)                                          # page 4
    inline, longer = jet.text('担当: 北斗電機'), jet.text('議事録。' * 60)
    pdf = b'\x15\x1cAcroExch\0' + b'%PDF-1.4\n%%EOF\n'
    tail = () if old else (b'\x80' + struct.pack('<IIII', 0, 0, 0, 1250),)

    def person(number, name, mail, when, ok, money, memo, long_memo, ole):
        return jet.row(columns, (struct.pack('<i', number), jet.text(name), jet.text(mail),
                       when and date(when), ok, struct.pack('<q', money), memo, long_memo, ole) + tail)

    def short(raw):
        return struct.pack('<III', 0x80000000 | len(raw), 0, 0) + raw
    one = struct.pack('<III', 0x40000000 | len(longer), 6 << 8, 0)
    two = struct.pack('<III', len(longer), 6 << 8 | 1, 0)
    away = person(3, '髙橋 一郎', 'ichiro@example.co.jp', None, True, -12345, None, two, None)
    jet.data(4, [                                               # page 5
        (0, person(1, '山田 太郎', 'taro@example.jp', 40238.395833333336, True, 2500000,
                   short(inline), one, short(pdf))),
        (0x8000, person(2, '佐藤 花子', 'hanako@example.jp', 40239, False, 0, None, None, None)),
        (0x4000, struct.pack('<I', 7 << 8)),
        (0, person(4, 'Smith', 'smith@example.com', 2.5, False, 100, None, None,
                   short(b'\1\2\3no document here')))])
    half = len(longer) // 2
    jet.data(b'LVAL', [(0, longer), (0, struct.pack('<I', 6 << 8 | 2) + longer[:half]),
                       (0, struct.pack('<I', 0) + longer[half:])])                      # page 6
    jet.data(4, [(0x8000, away)])                               # page 7
    jet.table(columns[:3])                                      # page 8: no longer in the catalogue
    jet.data(8, [(0, jet.row(columns[:3], (struct.pack('<i', 9), jet.text('鈴木 次郎'),
                                           jet.text('jiro@example.jp'))))])
    jet.save(name)


if __name__ == '__main__':
    build('jet4')
    build('jet4_scrambled', key=0x12345678)
    build('jet3', old=True)
    ace = bytearray(Jet(key=0x1234).pages[0])
    ace[0x04:0x13] = b'Standard ACE DB'
    ace[0x14] = 2
    with open(os.path.join(HERE, 'access', 'encrypted.in'), 'wb') as f:
        f.write(ace)
