#!/usr/bin/env python3
"""Makes the archives beside it: small, synthetic, and each with the one thing it is named after.

What Python cannot write comes from libarchive (7z, cpio, iso, xar) or is put together by hand (lha,
rar, cab).  People and addresses are made up; times are fixed, so that the files do not change.
"""
import binascii
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

def bits_join(fields):
    """(value, width) pairs, the highest bit first."""
    text = ''.join(format(v, f'0{w}b') if w else '' for v, w in fields)
    text += '0' * (-len(text) % 8)
    return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def matches(data, longest, shortest, window):
    """Greedy LZ77: a byte, or (distance - 1, length)."""
    at = 0
    while at < len(data):
        best = (0, 0)
        for start in range(max(0, at - window), at):
            length = 0
            while length < longest and at + length < len(data) and \
                    data[start + length] == data[at + length]:
                length += 1
            if length > best[1]:
                best = (at - start - 1, length)
        if best[1] >= shortest:
            yield best
            at += best[1]
        else:
            yield data[at]
            at += 1


def lzs(data):
    fields, at = [], 0
    for m in matches(data, 17, 2, 2000):
        if isinstance(m, tuple):
            fields += [(0, 1), ((at - m[0] - 1 - 17) % 2048, 11), (m[1] - 2, 4)]
            at += m[1]
        else:
            fields += [(1, 1), (m, 8)]
            at += 1
    return bits_join(fields)


def lz5(data):
    units, at = [], 0
    for m in matches(data, 18, 3, 4000):
        if isinstance(m, tuple):
            place = (at - m[0] - 1 - 18) % 4096
            units.append((0, bytes([place & 255, place >> 4 & 0xF0 | m[1] - 3])))
            at += m[1]
        else:
            units.append((1, bytes([m])))
            at += 1
    out = b''
    for i in range(0, len(units), 8):
        group = units[i:i + 8]
        out += bytes([sum(bit << n for n, (bit, _) in enumerate(group))])
        out += b''.join(body for _, body in group)
    return out


class Adaptive:
    """The tree of lh1 as LZHUF had it: nodes rise, the root is the last."""
    def __init__(self, count):
        self.count, self.top = count, 2 * count - 2
        self.freq = [1] * count + [0] * (count - 1) + [0xFFFF]
        self.son = [i + 2 * count for i in range(count)] + [0] * (count - 1)
        self.parent = {}
        for i in range(count):
            self.parent[i + 2 * count] = i
        for n, i in zip(range(count, 2 * count - 1), range(0, 2 * count, 2)):
            self.freq[n] = self.freq[i] + self.freq[i + 1]
            self.son[n] = i
            self.parent[i] = self.parent[i + 1] = n

    def encode(self, symbol):
        node, code = self.parent[symbol + 2 * self.count], []
        path = node
        while path != self.top:
            code.append((path & 1, 1))
            path = self.parent[path]
        while True:
            self.freq[node] += 1
            last = node
            while self.freq[last + 1] < self.freq[node]:
                last += 1
            if last != node:
                self.freq[node], self.freq[last] = self.freq[last], self.freq[node]
                a, b = self.son[node], self.son[last]
                self.son[node], self.son[last] = b, a
                for son, place in ((a, last), (b, node)):
                    self.parent[son] = place
                    if son < 2 * self.count:
                        self.parent[son + 1] = place
                node = last
            if node == self.top:
                break
            node = self.parent[node]
        return code[::-1]


def ready_made(first, steps, count):
    """Canonical codes whose lengths grow by one at each step."""
    out, code, length = [], 0, first
    for i in range(count):
        for _ in range(steps.count(i)):
            length += 1
            code <<= 1
        out.append((code, length))
        code += 1
    return out


def lh1(data):
    tree, fields = Adaptive(314), []
    far = ready_made(3, [1, 4, 12, 24, 48], 64)
    for m in matches(data, 60, 3, 4000):
        if isinstance(m, tuple):
            fields += tree.encode(m[1] + 253) + [far[m[0] >> 6], (m[0] & 63, 6)]
        else:
            fields += tree.encode(m)
    return bits_join(fields)


def lh_member(method, name, data, packed):
    head = method + struct.pack('<II', len(packed), len(data)) + \
        struct.pack('<HH', DOS_TIME, DOS_DATE) + b'\x20\0' + bytes([len(name)]) + name + \
        struct.pack('<H', crc16(data))
    return bytes([len(head), sum(head) & 255]) + head + packed


def lha_old():
    """The methods that came before lh5, and one that is not read."""
    long = TEXT * 8
    save('methods.lzh', lh_member(b'-lh1-', b'lh1.txt', long, lh1(long)) +
         lh_member(b'-lzs-', b'lzs.txt', TEXT, lzs(TEXT)) +
         lh_member(b'-lz5-', b'lz5.txt', TEXT, lz5(TEXT)) +
         lh_member(b'-pm0-', b'pm0.txt', SECOND, SECOND) +
         lh_member(b'-pm1-', b'pm1.txt', SECOND, SECOND) + b'\0')


def arj_number(value, first, last):
    width, base = first, 0
    while width < last and value >= base + (1 << width):
        base += 1 << width
        width += 1
    ones = [(1, 1)] * (width - first)
    return ones + ([(0, 1)] if width < last else []) + [(value - base, width)]


def arj_fastest(data):
    fields = []
    for m in matches(data, 256, 3, 15000):
        if isinstance(m, tuple):
            fields += arj_number(m[1] - 2, 0, 7) + arj_number(m[0], 9, 13)
        else:
            fields += arj_number(0, 0, 7) + [(m, 8)]
    return bits_join(fields)


def arj_header(kind, name, packed, data, method=0, flags=0, comment=b''):
    fixed = bytes([30, 11, 1, 0, flags, method, kind, 0]) + struct.pack(
        '<HHIIIHHH', DOS_TIME, DOS_DATE, len(packed), len(data), zlib.crc32(data), 0, 0, 0)
    basic = fixed + name + b'\0' + comment + b'\0'
    return b'\x60\xEA' + struct.pack('<H', len(basic)) + basic + \
        struct.pack('<IH', zlib.crc32(basic), 0)


def arj():
    main = arj_header(2, b'names.arj', b'', b'', comment='社内用 taro@example.jp'.encode('cp932'))
    out = main
    for name, data, packed, method, flags in (
            ('名簿\\表.txt'.encode('cp932'), TEXT, TEXT, 0, 0),
            (b'fast.txt', TEXT, arj_fastest(TEXT), 4, 0),
            # by arj 3.10 -m1, of SECOND
            (b'lzh.txt', SECOND, bytes.fromhex('000f3b6d90c6abb00585a3aa792192201389cba742835be8'), 1, 0),
            (b'secret.txt', TEXT, bytes(range(60)), 1, 1),
            (b'goes_on.txt', TEXT, TEXT[:40], 0, 4),
            (b'unknown.txt', TEXT, TEXT[:40], 8, 0)):
        out += arj_header(0, name, packed, data, method, flags) + packed
    save('members.arj', out + b'\x60\xEA\0\0')


def bplist(*strings):
    """An array of strings, as com.apple.metadata:kMDItemWhereFroms has it."""
    body, offsets = b'bplist00', [8]
    body += bytes([0xA0 | len(strings)]) + bytes(range(1, len(strings) + 1))
    for s in strings:
        offsets.append(len(body))
        if s.isascii():
            kind, raw, n = 0x50, s.encode(), len(s)
        else:
            kind, raw, n = 0x60, s.encode('utf-16-be'), len(s)
        body += (bytes([kind | n]) if n < 15 else bytes([kind | 15, 0x10, n])) + raw
    return body + bytes(offsets) + bytes(6) + b'\1\1' + struct.pack(
        '>QQQ', len(strings) + 1, 0, len(body))


def macs():
    froms = bplist('https://files.example.jp/kokyaku.zip', 'https://example.jp/社内/')
    name = b'com.apple.metadata:kMDItemWhereFroms\0'
    head_size = 26 + 2 * 12
    entry = struct.pack('>IIHB', 0, len(froms), 0, len(name)) + name
    entry += bytes(-(head_size + 34 + 36 + len(entry)) % 4)
    data_at = head_size + 34 + 36 + len(entry)
    attributes = bytes(34) + b'ATTR' + struct.pack('>IIII', 0, data_at + len(froms), data_at,
                                                   len(froms)) + bytes(12) + \
        struct.pack('>HH', 0, 1) + struct.pack('>I', data_at) + entry[4:] + froms
    fork = b'resources of taro@example.jp'
    save('attributes.appledouble', bytes.fromhex('0005160700020000') + b'Mac OS X        ' +
         struct.pack('>H', 2) + struct.pack('>III', 9, head_size, len(attributes)) +
         struct.pack('>III', 2, head_size + len(attributes), len(fork)) + attributes + fork)
    words = ('見積書.txt'.encode('cp932'), '担当は山本 健司'.encode('cp932'), b'?')
    at = [26 + 3 * 12 + sum(map(len, words[:i])) for i in range(3)]
    save('words.applesingle', bytes.fromhex('0005160000020000') + bytes(16) + struct.pack('>H', 3) +
         b''.join(struct.pack('>III', (3, 4, 99)[i], at[i], len(words[i])) for i in range(3)) +
         b''.join(words))
    stored = '見積.txt'.encode('cp932')
    head = bytearray(128)
    head[1], head[2:2 + len(stored)] = len(stored), stored
    head[65:73] = b'TEXTttxt'
    head[83:99] = struct.pack('>IIII', len(TEXT), len(fork), UNIX + 2082844800, UNIX + 2082844800)
    head[122:124] = b'\x81\x81'
    head[124:126] = struct.pack('>H', binascii.crc_hqx(bytes(head[:124]), 0))
    save('two_forks.macbinary', bytes(head) + TEXT + bytes(-len(TEXT) % 128) + fork +
         bytes(-len(fork) % 128))
    header = bytes([len(stored)]) + stored + b'\0TEXTttxt' + struct.pack(
        '>HII', 0, len(TEXT), len(fork))
    whole = b''
    for part in (header, TEXT, fork):
        whole += part + struct.pack('>H', binascii.crc_hqx(part + b'\0\0', 0))
    alphabet = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
    runs = whole.replace(b'\x90', b'\x90\0').replace(b'\0\0\0\0', b'\0\x90\x04')
    text = ''.join(format(b, '08b') for b in runs)
    text += '0' * (-len(text) % 6)
    coded = ''.join(alphabet[int(text[i:i + 6], 2)] for i in range(0, len(text), 6))
    lines = '\n'.join((':' + coded + ':')[i:i + 64] for i in range(0, len(coded) + 2, 64))
    save('two_forks.hqx', ('(This file must be converted with BinHex 4.0)\n\n' + lines +
                           '\n').encode())


def zips_more():
    """Comments; sizes that the header denies, so that libarchive refuses it; names told twice."""
    good = bytearray(zip_file([(b'a.txt', TEXT, {}), (b'a.txt', SECOND, {})]))
    comment = '社外秘 連絡先 hanako@example.jp'.encode('cp932')
    good[-2:] = struct.pack('<H', len(comment))
    save('comment.zip', bytes(good) + comment)
    save('prefixed.zip', b'\0' * 100 + bytes(good) + comment)
    utf8 = '顧客名簿.txt'.encode()
    raw = b'_.txt'
    extra = struct.pack('<HHBI', 0x7075, 5 + len(utf8), 1, zlib.crc32(raw)) + utf8
    one = zip_file([(raw, TEXT, {})])
    at = one.rindex(b'PK\1\2')
    central = bytearray(one[at:at + 46]) + raw + extra
    central[30:32] = struct.pack('<H', len(extra))
    end = bytearray(one[-22:])
    end[12:16] = struct.pack('<I', len(central))
    local = bytearray(one[:at])
    local[28:30] = struct.pack('<H', len(extra))
    local[30 + len(raw):30 + len(raw)] = extra
    end[16:20] = struct.pack('<I', len(local))
    save('unicode_path.zip', bytes(local) + bytes(central) + bytes(end))
    # sizes are told in front, though a flag says they come behind: Java 1.6 and others
    lie = bytearray(zip_file([(b'a.txt', SECOND, {'method': 0}), (b'b.txt', TEXT, {})]))
    second = lie.index(b'PK\3\4', 4)
    lie[second + 26:second + 28] = b'\xff\0'
    save('local_lies.zip', bytes(lie))


def xar():
    """A member that is linked twice: libarchive would never come back."""
    link = '<file id="%d"><name>f%d</name><type link="%s">hardlink</type>%s</file>'
    twice = '<type link="%s">hardlink</type>'
    for name, extra in (('twice.xar', True), ('once.xar', False)):
        table = '<?xml version="1.0"?><xar><toc><checksum style="none"><offset>0</offset>' \
            '<size>0</size></checksum>' + ''.join(
                link % (n, n, to, twice % to if extra else '') for n, to in
                ((1, 'original'), (2, '1'))) + '</toc></xar>'
        packed = zlib.compress(table.encode())
        save(name, b'xar!' + struct.pack('>HHQQI', 28, 1, len(packed), len(table), 0) + packed)


def unread():
    save('stuffit.sit', b'SIT!\0\1\0\0\1\0rLau\1\0\0\0\0\x16' + bytes(80))


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

    def packed(name, flags):
        fields = struct.pack('<IIBIIBBHI', 60, len(TEXT), 2, 0, DOS_DATE << 16 | DOS_TIME, 29, 0x33,
                             len(name), 0x20) + name
        return rar4_block(0x74, 0x8000 | flags, fields, b'\x5a' * 60)
    # Names in UTF-16: high byte, then two bits a unit, of which the second name's last is a run.
    kana = b'kana.txt\0\x30' + b'\x50\xab\xca.t' + b'\x00xt'
    book = b'__ 2010.xls\0\0' + b'\xac' + '名簿'.encode('utf-16-le') + b'\x07'
    solid = (b'Rar!\x1a\x07\0' + rar4_block(0x73, 8, b'\0' * 6) + packed(b'first\\one.txt', 0) +
             packed(kana, 0x210) + rar4_block(0x7A, 0x8000, struct.pack('<I', 4), b'\0' * 4) +
             packed(book, 0x214) + packed(b'folder', 0xF0))
    save('solid4.rar', solid + packed(b'damaged.txt', 0x10).replace(b'damaged', b'Damaged') +
         packed(b'behind.txt', 0x10) + rar4_block(0x7B, 0x4000, b''))
    mark, main = b'Rar!\x1a\x07\1\0', rar5_block(1, 0, vint(0))
    end = rar5_block(5, 0, vint(0))
    locked = vint(1) + vint(0) + vint(0) + b'\x0f' + b'\x55' * 32
    locked = vint(len(locked)) + locked
    save('stored5.rar', mark + main + rar5_file('人事.txt'.encode(), TEXT) +
         rar5_file(b'locked.txt', TEXT, locked) + rar5_file(b'last.txt', SECOND) + end)
    save('volume4.rar', b'Rar!\x1a\x07\0' + rar4_block(0x73, 1, b'\0' * 6) + member(name, 0) +
         member(b'goes_on.txt', 2)[:-60] + rar4_block(0x7B, 0x4001, b''))
    save('volume5.rar', mark + rar5_block(1, 0, vint(1)) + rar5_file('人事.txt'.encode(), TEXT) +
         rar5_file(b'goes_on.txt', TEXT)[:-60] + rar5_block(5, 0, vint(1)))
    goes_on = vint(6) + vint(900) + vint(0x20) + struct.pack('<II', UNIX, 0) + vint(0x5C0) + vint(1)
    save('solid5.rar', mark + rar5_block(1, 0, vint(7) + vint(1)) + b''.join(
        rar5_block(2, flags, goes_on + vint(len(n)) + n, b'', b'\x5a' * 40)
        for flags, n in ((8, '給与.xls'.encode()), (0, b'next.txt'), (16, b'last.txt'))) +
         rar5_block(5, 0, vint(1)))
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
    # One of a set: its folder goes on in the next.
    linked = b'disk2.cab\0Disk 2\0'
    files_at += len(linked)
    head = b'MSCF' + struct.pack('<IIIIIBBHHHHH', 0, data_at + len(linked) + len(data), 0, files_at, 0, 3, 1,
                                 1, 2, 2, 0, 0)
    folder = struct.pack('<IHH', data_at + len(linked), 1, 0)
    entry = struct.pack('<IIHHHH', len(TEXT) + 900, 0, 0xFFFE, DOS_DATE, DOS_TIME, 0x20)
    save('volume.cab', head + linked + folder + entry + name +
         struct.pack('<IIHHHH', 1200, len(TEXT) + 900, 0xFFFE, DOS_DATE, DOS_TIME, 0x20) +
         '見積.xls'.encode('cp932') + b'\0' + data)


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
    lha_old()
    arj()
    macs()
    zips_more()
    unread()
    xar()
    rars()
    cab()
    by_libarchive('lzma.7z', '7zip')
    by_libarchive('newc.cpio', 'cpio_newc')
    by_libarchive('odc.cpio', 'cpio_odc')
    by_libarchive('gnu.ar', 'ar_svr4')
    residue(good, named)


if __name__ == '__main__':
    main()
