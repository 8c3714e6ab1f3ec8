#!/usr/bin/env python3
"""Sectors of zeros in OLE2 files: those that real documents have, and the same places where they are a hole.

    python3 testdata/format/make_zeros.py

NAME_meant.in are complete, the others are not.  Runs are long enough to hold whole sectors wherever they lie."""
import hashlib
import struct
import zlib

from cfb import cfb
from make import save
from make_doc import header, page, plc
from make_excel import EOF, bof, book, label, rec, shared, xf
from make_powerpoint import Stream, atom, chars, document, shape, slide

ZEROS = bytes(1600)
HOLE = 'made up \x01'.encode() * 50


def md4_named(kind, instance, digest, body):
    return struct.pack('<HHI', instance << 4, kind, 16 + len(body)) + digest + body


def chunk(name, data, broken=False):
    return struct.pack('>I', len(data)) + name + data + struct.pack(
        '>I', zlib.crc32(name + data) ^ broken)


def png(broken=False):
    data = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 40, 40, 8, 0, 0, 0, 0))
    data += chunk(b'IDAT', zlib.compress(bytes(1640), 0), broken) + chunk(b'IEND', b'')
    return md4_named(0xF01E, 0x6E0, hashlib.md5(data).digest(), b'\xff' + data)


def metafile(broken=False):
    packed = bytearray(zlib.compress(b'made up' + ZEROS + b'metafile', 0))
    packed[-1] ^= broken
    return md4_named(0xF01A, 0x3D4, b'made up digest..', struct.pack(
        '<I16x8xIBB', len(ZEROS) + 15, len(packed), 0, 0xFE) + bytes(packed))


def jpeg(front, coded):
    data = b'\xff\xd8\xff\xe1' + struct.pack('>H', len(front) + 2) + front
    data += b'\xff\xda\0\x08\1\1\0\0\x3f\0' + coded + b'\xff\xd9'
    return data


def named_jpeg(data, digest=b'made up digest..'):
    return md4_named(0xF01D, 0x46A, digest, b'\xff' + data)


# of jpeg(b'Exif', ZEROS + b'\x55'): written down because Python's MD4 depends on its OpenSSL
JPEG_MD4 = bytes.fromhex('e8ffb93c9768427974ac67dac6fff35c')


def drawings(*blips):
    entries = b''.join(struct.pack('<HHI', 0x62, 0xF007, 36 + len(b)) + bytes([6, 6]) + HOLE[:16] +
                       struct.pack('<HIIIBBBB', 255, len(b), 1, 0, 0, 0, 0, 0) + b for b in blips)
    clusters = struct.pack('<HHIIIII', 0, 0xF006, 16 + len(ZEROS), 1026, 201, 2, 1) + ZEROS
    store = struct.pack('<HHI', len(blips) << 4 | 15, 0xF001, len(entries)) + entries
    body = struct.pack('<HHI', 15, 0xF000, len(clusters) + len(store)) + clusters + store
    pieces = [body[i:i + 2000] for i in range(0, len(body), 2000)]
    return rec(0xEB, pieces[0]) + b''.join(rec(0x3C, p) for p in pieces[1:])


def workbook(name, blips, colours=b''):
    head = xf(0) + shared([('株式会社東雲', 0, b''), ('山田太郎', 0, b'')], 200)
    sheet = (bof(0x10) + rec(0x4D, b'\0\0' + HOLE + ZEROS + HOLE) + label(0, 0, 0) + label(1, 0, 1) +
             rec(0x92, struct.pack('<H', 400) + HOLE + colours + HOLE) + EOF)
    save(f'zeros/{name}.xls.in', cfb({'Workbook': book(
        head, [('一覧', 0, 0, sheet)], globals_behind=drawings(*blips)) + bytes(1024)}))


def changed(name):
    """The table of sectors has a number that is none."""
    data = bytearray(cfb({'Workbook': book(xf(0) + shared([('山田太郎', 0, b'')], 200), [
        ('一覧', 0, 0, bof(0x10) + label(0, 0, 0) + EOF)])}))
    table, = struct.unpack_from('<I', data, 76)
    struct.pack_into('<I', data, (table + 2) * 512 - 4, 0xFFA3FFFF)
    save(f'zeros/{name}.xls.in', bytes(data))


def property_set(thumbnail, title=b'Plan'):
    """With a preview for which more place was kept than it needs."""
    title = struct.pack('<II', 30, len(title) + 1) + title + b'\0' * (-(len(title) + 1) % 4 + 1)
    data = struct.pack('<iI', -1, 8) + struct.pack('<IIIHHIIIIII', 40, 20, 20, 1, 24, 0, 1200, 0, 0, 0,
                                                   0) + thumbnail
    thumb = struct.pack('<II', 71, len(data)) + data
    rows = struct.pack('<IIII', 2, 24, 17, 24 + len(title))
    section = struct.pack('<II', 24 + len(title) + len(thumb), 2) + rows + title + thumb
    head = struct.pack('<HHI16sI16sI', 0xFFFE, 0, 0x20105, bytes(16), 1, bytes(range(16)), 48)
    return (head + section).ljust(5632, b'\0')


def presentation(name, pictures, front=b''):
    s = Stream()
    s.put(1, document([(2, 256)], [], [], 0, [b'']))
    sound = struct.pack('<HHI', 15, 0x07E4, 16 + len(HOLE) + len(ZEROS)) + atom(
        0x07E7, HOLE[:8] + ZEROS + HOLE)
    s.put(3, sound)
    s.put(2, slide(0, shape(chars('売上 100億円'), anchor=None), tail=front))
    s.edit()
    user = atom(0x0FF6, struct.pack('<IIIHHBBH', 20, 0xE391C05F, s.last, 4, 1012, 3, 0, 0) + b'sato')
    save(f'zeros/{name}.ppt.in', cfb({'PowerPoint Document': s.data.ljust(4608, b'\0'),
                                      'Current User': user.ljust(4096, b'\0'), 'Pictures': pictures}))


def picture(body):
    head = struct.pack('<IH', 0x44 + len(body), 0x44) + HOLE[:62]
    return head + body


def sheet_of_styles(empty, lost=b''):
    body = struct.pack('<HHHHHHHHHH', 18, empty + 2, 10, 1, 91, 15, 0, 0, 0, 0)
    return (body + struct.pack('<H', 400) + HOLE[:400 - len(lost)] + lost + bytes(2 * empty) +
            struct.pack('<H', 40) + HOLE[:40])


def text(name, data, styles, properties=None):
    start, main = 0x800, '株式会社東雲\r山田太郎\r'
    text = main.encode('utf-16-le')
    stream = text.ljust(0xC00 - start, b'\0')
    pages = page([(start, start + len(text), b'')]) + page([(start, start + len(text), b'')], True)
    section = struct.pack('<H', 4) + b'\x0b\x30\x01\0'
    stream += pages + section
    number = 0xC00 // 512
    pieces = plc([0, len(main)], [struct.pack('<HIH', 0, start, 0)])
    tables = {
        1: styles, 6: plc([0, len(main)], [struct.pack('<HIHI', 0, start + len(stream) - 6, 0, 0)]),
        12: plc([start, start + len(text)], [struct.pack('<I', number)]),
        13: plc([start, start + len(text)], [struct.pack('<I', number + 1)]),
        28: HOLE + ZEROS + HOLE, 90: HOLE[:16], 33: b'\2' + struct.pack('<I', len(pieces)) + pieces,
    }
    fib, table = header({'main': len(main)}, tables, start=start)
    tree = {'WordDocument': (fib + stream).ljust(4608, b'\1'), '1Table': table.ljust(7168, b'\0'),
            'Data': data}
    if properties:
        tree['\5SummaryInformation'] = properties
    save(f'zeros/{name}.doc.in', cfb(tree))


def main():
    coded = jpeg(b'Exif', ZEROS + b'\x55')
    front = named_jpeg(jpeg(HOLE + ZEROS, HOLE))
    workbook('meant', [png(), metafile(), front, named_jpeg(coded, JPEG_MD4)])
    workbook('record', [], ZEROS)
    changed('changed')
    workbook('png', [png(broken=True)])
    workbook('metafile', [metafile(broken=True)])
    workbook('jpeg', [named_jpeg(coded)])
    presentation('meant', png() + metafile() + bytes(1024))
    presentation('shape', png(), atom(0xF00B, HOLE + ZEROS + HOLE, 3))
    presentation('picture', named_jpeg(coded) + png())
    data = picture(png()) + ZEROS + picture(HOLE)
    text('meant', data.ljust(6144, b'\0'), sheet_of_styles(800), property_set(b'\x7f' * 1200 + ZEROS))
    text('data', picture(HOLE + ZEROS + HOLE).ljust(6144, b'\0'), sheet_of_styles(800))
    text('styles', data.ljust(6144, b'\0'), sheet_of_styles(801)[:-2])
    text('preview', data.ljust(6144, b'\0'), sheet_of_styles(800), property_set(
        b'\x7f' * 100 + bytes(1040) + b'\x7f' * 60))


if __name__ == '__main__':
    main()
