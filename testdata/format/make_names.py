#!/usr/bin/env python3
"""Makes testdata/format/{ds_store,fsevents,thumbs}/*.in: lists of names, with made-up names."""
import os
import struct
import unicodedata

import cfb

HERE = os.path.dirname(os.path.abspath(__file__))


def record(name, what, kind, value):
    units = unicodedata.normalize('NFD', name).encode('utf-16-be')
    return struct.pack('>I', len(units) // 2) + units + what + kind + value


def ustr(text):
    units = text.encode('utf-16-be')
    return struct.pack('>I', len(units) // 2) + units


def blob(data):
    return struct.pack('>I', len(data)) + data


def ds_store(records, freed=b''):
    """One leaf node; blocks: 0 the root, 1 DSDB, 2 the node."""
    node = struct.pack('>II', 0, len(records)) + b''.join(records) + freed
    node = node.ljust(4096, b'\0')
    places = [(2048, 11), (32, 5), (4096, 12)]    # offset, log2 of the length
    root = struct.pack('>II', len(places), 0)
    root += b''.join(struct.pack('>I', at | bits) for at, bits in places).ljust(1024, b'\0')
    root += struct.pack('>I', 1) + b'\4DSDB' + struct.pack('>I', 1)
    root += struct.pack('>I', 0) * 32
    root = root.ljust(2048, b'\0')
    data = bytearray(4096 + 4096 + 4)
    data[0:36] = struct.pack('>I4sIII', 1, b'Bud1', 2048, 2048, 2048) + bytes(16)
    data[36:36 + 20] = struct.pack('>IIIII', 2, 0, len(records), 1, 4096)
    data[2052:2052 + 2048] = root
    data[4100:] = node
    return bytes(data)


def thumbs(names):
    catalog = struct.pack('<HHIII', 16, 7, len(names), 96, 96)
    streams = {}
    for number, name in enumerate(names, 1):
        text = name.encode('utf-16-le') + b'\0\0\0\0'
        catalog += struct.pack('<IIQ', 16 + len(text), number,
                               116444736000000000 + 1300000000 * 10000000) + text
        streams[str(number)[::-1]] = bytes(12) + b'\xff\xd8\xff\xe0' + bytes(200)
    return cfb.cfb({'Catalog': catalog, **streams})


def page(version, events):
    body = b''
    for path, number, flags in events:
        body += path.encode() + b'\0' + struct.pack('<QI', number, flags)
        body += b'\0' * (0, 0, 8, 12)[version]
    return b'%dSLD' % version + b'\x91\xda\x9b\xbf' + struct.pack('<I', 12 + len(body)) + body


def put(folder, name, data):
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    with open(os.path.join(HERE, folder, name + '.in'), 'wb') as f:
        f.write(data)


def main():
    date = struct.pack('>Q', (2082844800 + 1300000000) << 16)
    put('ds_store', 'folder', ds_store([
        record('見積書(最終版).xls', b'Iloc', b'blob', blob(bytes(16))),
        record('見積書(最終版).xls', b'lg1S', b'comp', struct.pack('>Q', 41472)),
        record('見積書(最終版).xls', b'moDD', b'dutc', date),
        record('がんばる議事録.doc', b'cmmt', b'ustr', ustr('佐藤花子さんへ送付済み')),
        record('がんばる議事録.doc', b'dilc', b'blob', blob(bytes(32))),
        record('photos', b'vSrn', b'long', struct.pack('>I', 1)),
        record('photos', b'ICVO', b'bool', b'\1'),
    ], record('削除した契約書.pdf', b'Iloc', b'blob', blob(bytes(16)))))
    put('thumbs', 'folder', thumbs(['名刺 佐藤.jpg', 'scan-0001.tif', '見取図.bmp']))
    events = [('Users/sato/Desktop/顧客名簿.xlsx', 1000, 0x00800011),
              ('Users/sato/Desktop', 1001, 0x01000008),
              ('.Trashes/501/古い契約書.doc', 1002, 0x00800002)]
    for version in (1, 2, 3):
        put('fsevents', 'version-%d' % version, page(version, events))
    put('fsevents', 'pages', page(2, events[:1]) + page(2, events[1:]))


if __name__ == '__main__':
    main()
