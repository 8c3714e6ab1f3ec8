#!/usr/bin/env python3
"""Makes the Apple disk images beside it: each kind of run, and tables that are damaged."""
import base64
import bz2
import lzma
import os
import struct
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
PERSON = '山田太郎 taro@example.jp 03-9999-0001\n'.encode()


def save(name, data):
    with open(os.path.join(HERE, name + '.in'), 'wb') as f:
        f.write(data)


def plain(number, sectors):
    text = b'run %d ' % number + PERSON
    return (text * (sectors * 512 // len(text) + 1))[:sectors * 512]


def adc(data):
    """The first 64 bytes as they are, then one match after another."""
    out, at = b'\xbf' + data[:64], 64
    while at < len(data):
        best = (0, 0)
        for start in range(max(0, at - 900), at):
            n = 0
            while n < 67 and at + n < len(data) and data[start + n] == data[at + n]:
                n += 1
            best = max(best, (n, at - start - 1))
        n, far = best
        if n >= 19:
            out += bytes([0x40 | n - 4]) + struct.pack('>H', far)
        elif n >= 3:
            out += bytes([n - 3 << 2 | far >> 8, far & 255])
        else:
            n = 1
            out += b'\x80' + data[at:at + 1]
        at += n
    return out


def lzfse(data):
    return b'bvx-' + struct.pack('<I', len(data)) + data + b'bvx$'


KINDS = {'zero': (0, lambda d: b''), 'raw': (1, lambda d: d), 'ignore': (2, lambda d: b''),
         'adc': (0x80000004, adc), 'zlib': (0x80000005, zlib.compress),
         'bzip2': (0x80000006, bz2.compress), 'lzfse': (0x80000007, lzfse),
         'xz': (0x80000008, lzma.compress)}


def udif(partitions, change=lambda runs: runs, segments=1, list_size=None, hurt=None):
    """partitions: lists of (kind, sectors)."""
    data, tables, sector, number = b'\xEE' * 32, '', 0, 0
    data_at = 32            # of the data fork
    for parts in partitions:
        first, runs, at = sector, [], 0
        for kind, sectors in parts:
            code, pack = KINDS[kind]
            packed = pack(plain(number, sectors))
            if hurt == number:
                packed = packed[:len(packed) // 2] + b'\xff' * (len(packed) // 2)
            runs.append((code, at, sectors, len(data) - data_at, len(packed)))
            data, at, number = data + packed, at + sectors, number + 1
        sector += at
        runs = change(runs) + [(0xFFFFFFFF, at, 0, len(data) - data_at, 0)]
        mish = b'mish' + struct.pack('>IQQQII', 1, first, at, 0, 0, 0)
        mish = mish.ljust(200, b'\0') + struct.pack('>I', len(runs))
        mish += b''.join(struct.pack('>IIQQQQ', r[0], 0, *r[1:]) for r in runs)
        coded = base64.encodebytes(mish).decode().replace('\n', '\n\t\t\t\t')
        tables += f'<dict><key>Data</key><data>\n\t\t\t\t{coded}</data></dict>'
    listing = ('<?xml version="1.0"?><plist version="1.0"><dict><key>resource-fork</key><dict>'
               f'<key>blkx</key><array>{tables}</array><key>plst</key><array><dict><key>Data</key>'
               '<data>AAAA</data></dict></array></dict></dict></plist>').encode()
    trailer = b'koly' + struct.pack('>III', 4, 512, 1) + struct.pack(
        '>QQQQQII', 0, data_at, len(data) - data_at, 0, 0, 1, segments)
    trailer = trailer.ljust(216, b'\0') + struct.pack(
        '>QQ', len(data), len(listing) if list_size is None else list_size)
    trailer = trailer.ljust(488, b'\0') + struct.pack('>IQ', 1, sector + 3)
    return data + listing + trailer.ljust(512, b'\0')


def main():
    save('kinds.dmg', udif([[('raw', 1)], [('zlib', 8), ('zero', 3), ('bzip2', 8), ('adc', 5),
                           ('ignore', 1), ('lzfse', 2), ('xz', 8)], [('raw', 2), ('zlib', 1)]]))
    save('damaged_run.dmg', udif([[('raw', 2), ('zlib', 64), ('raw', 2)]], hurt=1))
    save('overlap.dmg', udif([[('raw', 4), ('zlib', 8)]],
                             change=lambda r: [r[0], (r[1][0], 2) + r[1][2:]]))
    save('outside.dmg', udif([[('raw', 4), ('zlib', 8)]],
                             change=lambda r: [r[0], r[1][:3] + (1 << 40, 50)]))
    save('beyond.dmg', udif([[('raw', 4)]], change=lambda r: [r[0][:2] + (1 << 50,) + r[0][3:]]))
    save('unknown_run.dmg', udif([[('raw', 4), ('raw', 1)]],
                                 change=lambda r: [r[0], (3,) + r[1][1:]]))
    save('segment.dmg', udif([[('raw', 4)]], segments=2))
    save('no_list.dmg', udif([[('raw', 4)]], list_size=0))


if __name__ == '__main__':
    main()
