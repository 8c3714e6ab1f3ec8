#!/usr/bin/env python3
"""Makes the archives beside it: small, synthetic, and each with the one thing it is named after.

What Python cannot write comes from libarchive (7z, cpio, iso, xar) or is put together by hand (lha,
rar, cab).  People and addresses are made up; times are fixed, so that the files do not change.
"""
import bz2
import ctypes
import gzip
import io
import lzma
import os
import struct
import tarfile
import unicodedata
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
TEXT = ('顧客一覧\n山田太郎 taro@example.jp 03-9999-0001\n' * 6).encode()
SECOND = b'second member\n' * 3
DATE = (2010, 3, 1, 9, 30, 0)
DOS_DATE, DOS_TIME = (2010 - 1980) << 9 | 3 << 5 | 1, 9 << 11 | 30 << 5
UNIX = 1267435800


def save(name, data):
    with open(os.path.join(HERE, name + '.in'), 'wb') as f:
        f.write(data)


def local(name, data, method=8, flags=0, descriptor=False, packed=None):
    """A zip local header with its data; name is bytes."""
    crc = zlib.crc32(data)
    body = data
    if method == 8:
        c = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = c.compress(data) + c.flush()
    if packed is not None:
        body = packed
    sizes = (crc, len(body), len(data))
    head = struct.pack('<IHHHHHIIIHH', 0x04034b50, 20, flags | (8 if descriptor else 0), method,
                       DOS_TIME, DOS_DATE, *((0, 0, 0) if descriptor else sizes), len(name), 0)
    tail = struct.pack('<IIII', 0x08074b50, *sizes) if descriptor else b''
    return head + name + body + tail, sizes


def zip_file(members):
    """members: (name bytes, data, local() options)."""
    out, directory = b'', b''
    for name, data, options in members:
        part, sizes = local(name, data, **options)
        flags = options.get('flags', 0) | (8 if options.get('descriptor') else 0)
        directory += struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 20, 20, flags,
                                 options.get('method', 8), DOS_TIME, DOS_DATE, *sizes, len(name),
                                 0, 0, 0, 0, 0, len(out)) + name
        out += part
    end = struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, len(members), len(members), len(directory),
                      len(out), 0)
    return out + directory + end


def zips():
    cp932 = '表計算/見積書.txt'.encode('cp932')
    utf8 = '議事録.txt'.encode()
    nfd = unicodedata.normalize('NFD', 'ダイヤグラム.txt').encode()
    save('names.zip', zip_file([(cp932, TEXT, {}), (utf8, SECOND, {'flags': 0x800}),
                                (nfd, SECOND, {}), ('資料.txt'.encode('euc-jp'), SECOND, {}),
                                ('ﾒﾓ.txt'.encode('cp932'), SECOND, {}),
                                ('Übersicht.txt'.encode('cp1252'), SECOND, {})]))
    save('encrypted.zip', zip_file([(b'open.txt', SECOND, {}), ('給与.xlsx'.encode('cp932'), TEXT,
                                    {'flags': 1, 'packed': bytes(range(80))})]))
    good = zip_file([(b'one.txt', TEXT, {}), (b'two.txt', SECOND, {'method': 0}),
                     (b'three.txt', TEXT + SECOND, {})])
    save('damaged_member.zip', good[:60] + b'\xff' * 20 + good[80:])
    save('no_directory.zip', good[:len(good) * 2 // 3])
    save('descriptors.zip', zip_file([(b'a.txt', TEXT, {'descriptor': True}),
                                      (b'b.txt', SECOND, {'descriptor': True})]))
    save('empty.zip', zip_file([]))
    return good


def tars():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.USTAR_FORMAT,
                      encoding='cp932') as t:
        for name, data in (('契約/表.txt', TEXT), ('b.txt', SECOND)):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), UNIX
            t.addfile(info, io.BytesIO(data))
        info = tarfile.TarInfo('folder')
        info.type, info.mtime = tarfile.DIRTYPE, UNIX
        t.addfile(info)
    tar = out.getvalue()[:5 * 512 + 1024]
    save('cp932.tar', tar)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.PAX_FORMAT) as t:
        info = tarfile.TarInfo(unicodedata.normalize('NFD', 'がぎぐ.txt'))
        info.size, info.mtime = len(TEXT), UNIX + 0.5
        t.addfile(info, io.BytesIO(TEXT))
    save('pax_nfd.tar', out.getvalue()[:6 * 512])
    # the last member says it is a terabyte long
    info = tarfile.TarInfo('huge.bin')
    info.size, info.mtime = 1 << 40, UNIX
    save('huge.tar', tar[:1024] + info.tobuf(tarfile.GNU_FORMAT) + TEXT)
    save('tar.gz', gzip.compress(tar, 9, mtime=UNIX))
    save('cut.tar.bz2', bz2.compress(tar)[:-30])


def streams():
    out = io.BytesIO()
    with gzip.GzipFile('log.txt', 'wb', 9, out, UNIX) as g:
        g.write(TEXT)
    named = out.getvalue()
    save('named.gz', named)
    save('nameless.gz', gzip.compress(TEXT, 9, mtime=0))
    save('bad_crc.gz', named[:-8] + b'\0\1\2\3' + named[-4:])
    save('stream.bz2', bz2.compress(TEXT))
    # an lz4 frame of one block and no end: libarchive fails while it looks for the format inside
    block = b'\xaf for the t\x0a\0\x74\xf0\x57' + (b'made by hand ' * 8)[:98] + b'\0or '
    save('no_end.lz4', bytes.fromhex('04224d186440a776000000') + block)
    save('stream.xz', lzma.compress(TEXT))
    save('stream.lzma', lzma.compress(TEXT, lzma.FORMAT_ALONE))
    return named


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def lha():
    """Stored members, headers of level 0 and 2."""
    name = '名簿\\表.txt'.encode('cp932')
    head = b'-lh0-' + struct.pack('<II', len(TEXT), len(TEXT)) + \
        struct.pack('<HH', DOS_TIME, DOS_DATE) + b'\x20\0' + bytes([len(name)]) + name + \
        struct.pack('<H', crc16(TEXT))
    save('level0.lzh', bytes([len(head), sum(head) & 255]) + head + TEXT + b'\0')
    name = '名簿.txt'.encode('cp932')
    extra = struct.pack('<HB', 3 + len(name), 1) + name + struct.pack('<H', 0)
    size = 24 + len(extra)
    head = struct.pack('<H', size) + b'-lh0-' + \
        struct.pack('<III', len(TEXT), len(TEXT), UNIX) + b'\x20\2' + \
        struct.pack('<H', crc16(TEXT)) + b'M' + extra
    save('level2.lzh', head + TEXT + b'\0')


def rar4_block(kind, flags, fields, data=b''):
    body = struct.pack('<BHH', kind, flags, 7 + len(fields)) + fields
    return struct.pack('<H', zlib.crc32(body) & 0xFFFF) + body + data


def vint(value):
    out = b''
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def rar5_block(kind, flags, fields, extra=b'', data=b''):
    flags |= (1 if extra else 0) | (2 if data else 0)
    body = vint(kind) + vint(flags) + (vint(len(extra)) if extra else b'') + \
        (vint(len(data)) if data else b'') + fields + extra
    body = vint(len(body)) + body
    return struct.pack('<I', zlib.crc32(body)) + body + data


def rar5_file(name, data, extra=b''):
    fields = vint(4) + vint(len(data)) + vint(0x20) + struct.pack('<I', zlib.crc32(data)) + \
        vint(0) + vint(1) + vint(len(name)) + name
    return rar5_block(2, 0, fields, extra, data)


def rars():
    name = '機密.txt'.encode('cp932')

    def member(name, flags):
        fields = struct.pack('<IIBIIBBHI', len(TEXT), len(TEXT), 2, zlib.crc32(TEXT),
                             DOS_DATE << 16 | DOS_TIME, 20, 0x30, len(name), 0x20) + name
        return rar4_block(0x74, 0x8000 | flags, fields, TEXT)
    save('stored4.rar', b'Rar!\x1a\x07\0' + rar4_block(0x73, 0, b'\0' * 6) + member(name, 0) +
         member(b'locked.txt', 4) + rar4_block(0x7B, 0x4000, b''))
    mark, main = b'Rar!\x1a\x07\1\0', rar5_block(1, 0, vint(0))
    end = rar5_block(5, 0, vint(0))
    locked = vint(1) + vint(0) + vint(0) + b'\x0f' + b'\x55' * 32
    locked = vint(len(locked)) + locked
    save('stored5.rar', mark + main + rar5_file('人事.txt'.encode(), TEXT) +
         rar5_file(b'locked.txt', TEXT, locked) + rar5_file(b'last.txt', SECOND) + end)
    # Its name is no UTF-8, and its checksum right: libarchive has no name to give.
    save('unnamed5.rar', mark + main + rar5_file(b'\xe9t\xe9.txt', TEXT) + end)
    save('hidden5.rar', mark + rar5_block(4, 0, vint(0) + vint(0) + b'\x0f' + b'\x55' * 16) +
         b'\xAA' * 64)


def cab():
    """One stored folder; names in CP932 with backslashes as separators and as second bytes."""
    name = '表\\予定表.txt'.encode('cp932') + b'\0'
    data = struct.pack('<IHH', 0, len(TEXT), len(TEXT)) + TEXT
    files_at = 36 + 8
    data_at = files_at + 16 + len(name)
    head = b'MSCF' + struct.pack('<IIIIIBBHHHHH', 0, data_at + len(data), 0, files_at, 0, 3, 1, 1,
                                 1, 0, 0, 0)
    folder = struct.pack('<IHH', data_at, 1, 0)
    entry = struct.pack('<IIHHHH', len(TEXT), 0, 0, DOS_DATE, DOS_TIME, 0x20)
    save('stored.cab', head + folder + entry + name + data)


def by_libarchive(name, set_format):
    lib = ctypes.CDLL('libarchive.so.13')
    for f in ('archive_write_new', 'archive_entry_new'):
        getattr(lib, f).restype = ctypes.c_void_p
    lib.archive_write_data.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    p = ctypes.c_void_p
    a, e = p(lib.archive_write_new()), p(lib.archive_entry_new())
    getattr(lib, 'archive_write_set_format_' + set_format)(a)
    buffer, used = ctypes.create_string_buffer(1 << 20), ctypes.c_size_t()
    lib.archive_write_open_memory(a, buffer, ctypes.c_size_t(1 << 20), ctypes.byref(used))
    for member, data in (('週報.txt', TEXT), ('b.txt', SECOND)):
        lib.archive_entry_clear(e)
        lib.archive_entry_set_pathname_utf8(e, member.encode())
        lib.archive_entry_set_size(e, ctypes.c_int64(len(data)))
        lib.archive_entry_set_filetype(e, 0o100000)
        lib.archive_entry_set_perm(e, 0o644)
        lib.archive_entry_set_mtime(e, ctypes.c_int64(UNIX), ctypes.c_long(0))
        if lib.archive_write_header(a, e) < -20:
            raise RuntimeError(name)
        lib.archive_write_data(a, data, len(data))
    lib.archive_write_close(a)
    data = buffer.raw[:used.value]
    save(name, data)
    return data


def residue(good, named):
    """Free space: whole and broken streams among bytes that are none."""
    noise = b''.join(zlib.crc32(struct.pack('<I', i)).to_bytes(4, 'little') for i in range(500))
    pdf = b'5 0 obj\n<< /Length 99 /Filter /FlateDecode >>\nstream\r\n' + \
        zlib.compress(TEXT) + b'\r\nendstream\nendobj\n6 0 obj\n<</Subtype/Image' + \
        b'/Filter/FlateDecode>>stream\n' + zlib.compress(bytes(500)) + b'\nendstream'
    streamed, _ = local(b'streamed.xml', TEXT * 2, descriptor=True)
    locked, _ = local(b'locked.txt', TEXT, flags=1, packed=bytes(range(64)))
    broken, _ = local(b'broken.txt', TEXT * 40)
    false, _ = local(b'\x01\x02', TEXT)
    save('residue', noise[:1000] + good + noise[:77] + streamed + named + noise[:10] + pdf +
         locked + false + b'PK\3\4' + noise[500:600] + broken[:len(broken) - 40] + noise)


def main():
    import locale
    locale.setlocale(locale.LC_CTYPE, 'C.UTF-8')
    os.environ['TZ'] = 'UTC0'
    good = zips()
    tars()
    named = streams()
    lha()
    rars()
    cab()
    by_libarchive('lzma.7z', '7zip')
    by_libarchive('newc.cpio', 'cpio_newc')
    by_libarchive('odc.cpio', 'cpio_odc')
    by_libarchive('gnu.ar', 'ar_svr4')
    residue(good, named)


if __name__ == '__main__':
    main()
