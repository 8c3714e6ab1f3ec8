#!/usr/bin/env python3
"""Makes the tables in dbf/ beside it.  People are made up; addresses and numbers are reserved ones."""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))


def save(name, version, driver, fields, records, encoding, extra=b'', count=None):
    entries = b''.join(f[0].encode(encoding).ljust(11, b'\0') + f[1].encode() + b'\0' * 4 +
                       bytes([f[2], f[3]]) + b'\0' * 14 for f in fields)
    size = 1 + sum(f[2] for f in fields)
    head = bytes([version, 110, 3, 1]) + struct.pack('<IHH', len(records) if count is None else count,
                                                     33 + len(entries), size) + b'\0' * 17 + \
        bytes([driver, 0, 0]) + entries + b'\r'
    rows = b''
    for mark, values in records:
        rows += mark
        for field, value in zip(fields, values):
            raw = value if isinstance(value, bytes) else value.encode(encoding)
            rows += raw.ljust(field[2], b' ')[:field[2]]
    with open(os.path.join(HERE, 'dbf', name + '.in'), 'wb') as f:
        f.write(head + rows + extra)


if __name__ == '__main__':
    people = [('氏名', 'C', 20, 0), ('MAIL', 'C', 24, 0), ('TEL', 'C', 14, 0), ('BIRTH', 'D', 8, 0),
              ('AMOUNT', 'N', 10, 2), ('MEMO', 'M', 10, 0)]
    rows = [(b' ', ('山田 太郎', 'taro@example.jp', '03-9999-0001', '19700102', '   1000.50', '')),
            (b'*', ('佐藤 花子', 'hanako@example.jp', '03-9999-0002', '', '', '')),
            (b' ', ('髙橋 一郎', 'ichiro@example.co.jp', '', '19800229', '-3', '         2'))]
    save('cp932', 0x83, 0x13, people, rows, 'cp932', b'\x1a')
    save('no_driver', 0x03, 0, people[:3], [(m, v[:3]) for m, v in rows], 'cp932')
    save('emptied', 0x03, 0x7B, people[:3], [(m, v[:3]) for m, v in rows], 'cp932', count=1)
    fox = [('ID', 'I', 4, 0), ('PRICE', 'Y', 8, 4), ('AT', 'T', 8, 0), ('RATE', 'B', 8, 2),
           ('OK', 'L', 1, 0), ('NAME', 'C', 10, 0)]
    save('foxpro', 0x30, 0x03, fox, [(b' ', (
        struct.pack('<i', -7), struct.pack('<q', -12345), struct.pack('<II', 2455257, 34200000),
        struct.pack('<d', 0.25), 'T', 'Müller'))], 'cp1252', b'\x1a')
