#!/usr/bin/env python3
"""Makes the fixtures of Outlook's formats: testdata/format/{msg,tnef,dbx,pst,wab}/*.in.

Nothing here was written by Outlook; layouts follow [MS-CFB], [MS-OXMSG], [MS-OXTNEF], [MS-PST],
[MS-OXRTFCP] and A. Schloh's description of dbx.  People and addresses are made up.
"""
import os
import struct
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
FREE, END, FATSECT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def write(folder, name, data):
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    with open(os.path.join(HERE, folder, name + '.in'), 'wb') as f:
        f.write(data)


# --- compound files -------------------------------------------------------------------------

def cfb(tree):
    """tree: {name: bytes or tree}; sectors of 512 bytes, at most 109 sectors of FAT."""
    entries, sectors, fat, mini, minifat = [], [], [], bytearray(), []

    def chain(data):
        if not data:
            return END
        start, count = len(sectors), (len(data) + 511) // 512
        for i in range(count):
            sectors.append(data[i * 512:(i + 1) * 512].ljust(512, b'\0'))
            fat.append(start + i + 1 if i + 1 < count else END)
        return start

    def small(data):
        start, count = len(minifat), (len(data) + 63) // 64
        mini.extend(data.ljust(count * 64, b'\0'))
        minifat.extend(start + i + 1 if i + 1 < count else END for i in range(count))
        return start if count else END

    def add(name, kind, data):
        index = len(entries)
        entries.append({'name': name, 'kind': kind, 'right': FREE, 'child': FREE, 'start': 0,
                        'size': 0})
        if isinstance(data, dict):
            last = None
            for key in sorted(data, key=lambda k: (len(k), k.upper())):
                i = add(key, 1 if isinstance(data[key], dict) else 2, data[key])
                if last is None:
                    entries[index]['child'] = i
                else:
                    entries[last]['right'] = i
                last = i
        else:
            entries[index]['size'] = len(data)
            entries[index]['start'] = small(data) if len(data) < 4096 else chain(data)
        return index

    add('Root Entry', 5, tree)
    entries[0]['start'], entries[0]['size'] = chain(bytes(mini)), len(mini)
    mini_start = chain(b''.join(struct.pack('<I', x) for x in minifat) and
                       b''.join(struct.pack('<I', x) for x in minifat).ljust(
                           (len(minifat) * 4 + 511) // 512 * 512, b'\xff'))
    directory = b''
    for e in entries:
        name = e['name'].encode('utf-16le')
        directory += name.ljust(64, b'\0') + struct.pack(
            '<HBBIII', len(name) + 2, e['kind'], 1, FREE, e['right'], e['child']) + \
            bytes(36) + struct.pack('<IQ', e['start'], e['size'])
    directory = directory.ljust((len(directory) + 511) // 512 * 512, b'\0')
    directory_start = chain(directory)
    count = 1
    while (len(fat) + count + 127) // 128 > count:
        count += 1
    fat_start = len(sectors)
    fat += [FATSECT] * count
    table = b''.join(struct.pack('<I', x) for x in fat).ljust(count * 512, b'\xff')
    header = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(16) + struct.pack(
        '<HHHHH6sIIIIIIIII', 0x3e, 3, 0xfffe, 9, 6, bytes(6), 0, count, directory_start, 0, 4096,
        mini_start, (len(minifat) + 127) // 128, END, 0)
    header += b''.join(struct.pack('<I', fat_start + i if i < count else FREE)
                       for i in range(109))
    return header + b''.join(sectors) + table


# --- MAPI properties ------------------------------------------------------------------------

I4, BOOL, TIME, S8, UNI, BIN, OBJ = 3, 0xb, 0x40, 0x1e, 0x1f, 0x102, 0xd
ADDRESS = bytes.fromhex('0420060000000000c000000000000046')
APPOINTMENT = bytes.fromhex('0220060000000000c000000000000046')
STRINGS = bytes.fromhex('2903020000000000c000000000000046')


def filetime(year, month, day, hour=0, minute=0):
    import datetime
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


def msg_object(props, header, page='cp932'):
    """props: [(id, kind, value)]; the streams of one object."""
    streams, listed = {}, b''
    for number, kind, value in props:
        if kind == OBJ:
            streams['__substg1.0_%04X%04X' % (number, kind)] = value
            listed += struct.pack('<HHIII', kind, number, 6, 0xffffffff, 1)
            continue
        data = encode(kind, value, page)
        if kind in (I4, BOOL, TIME):
            listed += struct.pack('<HHI', kind, number, 6) + data.ljust(8, b'\0')
        else:
            extra = 2 if kind == UNI else 1 if kind == S8 else 0
            listed += struct.pack('<HHIII', kind, number, 6, len(data) + extra, 0)
            streams['__substg1.0_%04X%04X' % (number, kind)] = data
    streams['__properties_version1.0'] = header + listed
    return streams


def msg(props, recipients=(), attachments=(), names=None, embedded=False, page='cp932'):
    header = struct.pack('<8xIIII', len(recipients), len(attachments), len(recipients),
                         len(attachments)) + (b'' if embedded else bytes(8))
    tree = msg_object(props, header, page)
    for i, r in enumerate(recipients):
        tree['__recip_version1.0_#%08X' % i] = msg_object(r, bytes(8), page)
    for i, a in enumerate(attachments):
        tree['__attach_version1.0_#%08X' % i] = msg_object(a, bytes(8), page)
    if not embedded:
        tree['__nameid_version1.0'] = (names or Names()).storage()
    return tree


# --- compressed RTF -------------------------------------------------------------------------

PRESET = (b'{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern '
          b'\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0'
          b'\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx')


def lzfu_crc(data):
    return zlib.crc32(data, 0xffffffff) ^ 0xffffffff


def lzfu(rtf):
    window = bytearray(PRESET.ljust(4096, b'\0'))
    at, i, tokens = len(PRESET), 0, []

    def push(byte):
        nonlocal at
        window[at] = byte
        at = (at + 1) % 4096

    while i < len(rtf):
        best, where = 0, 0
        for size in range(min(17, len(rtf) - i), 1, -1):
            where = bytes(window).find(rtf[i:i + size])
            if where >= 0 and not where <= at < where + size and where != at:
                best = size
                break
        if best:
            tokens.append((True, struct.pack('>H', where << 4 | (best - 2))))
            for b in rtf[i:i + best]:
                push(b)
            i += best
        else:
            tokens.append((False, rtf[i:i + 1]))
            push(rtf[i])
            i += 1
    tokens.append((True, struct.pack('>H', at << 4)))
    out = b''
    for start in range(0, len(tokens), 8):
        group = tokens[start:start + 8]
        out += bytes([sum(1 << k for k, t in enumerate(group) if t[0])])
        out += b''.join(t[1] for t in group)
    return struct.pack('<III', len(out) + 12, len(rtf), 0x75465a4c) + \
        struct.pack('<I', lzfu_crc(out)) + out


def mela(rtf):
    return struct.pack('<IIII', len(rtf) + 12, len(rtf), 0x414c454d, 0) + rtf


# --- .msg -----------------------------------------------------------------------------------

def person(name, address, kind):
    return [(0x3001, UNI, name), (0x3003, UNI, address), (0x39fe, UNI, address), (0xc15, I4, kind)]


def make_msg():
    inner = msg([(0x1a, UNI, 'IPM.Note'), (0x37, UNI, '中の手紙'), (0x1000, UNI, '転送される本文です。'),
                 (0xc1a, UNI, '佐藤 花子'), (0x5d01, UNI, 'hanako.sato@example.jp')],
                [person('山田 太郎', 'taro.yamada@example.jp', 1)],
                [[(0x3707, UNI, '内側.txt'), (0x3701, BIN, '内側の添付'.encode('cp932'))]],
                embedded=True)
    word = {'CONTENTS': b'an object of a program nobody has', '\x01CompObj': b'x' * 80}
    whole = msg([
        (0x1a, UNI, 'IPM.Note'), (0x37, UNI, '\x01\x04Re: 見積書の件'), (0x39, TIME, filetime(2010, 3, 1, 9, 30)),
        (0x3007, TIME, filetime(2010, 3, 1, 9, 29)), (0x3008, TIME, filetime(2010, 3, 2)),
        (0x42, UNI, '鈴木 一郎'), (0x5d02, UNI, 'ichiro.suzuki@example.jp'),
        (0xc1a, UNI, '秘書'), (0xc1f, UNI, 'hisho@example.jp'),
        (0x7d, UNI, 'Received: from mail.example.jp by mx.example.com;\r\n Mon, 1 Mar 2010 18:30:00 +0900'
                    '\r\nSubject: =?iso-2022-jp?B?GyRCOCtAUT1xJE43bxsoQg==?=\r\nX-Mailer: Test 1.0\r\n'),
        (0x1035, UNI, '<abc@example.jp>'), (0x1000, UNI, '本文です。\r\n電話 03-5555-0123\r\n'),
        (0x1013, BIN, '<html><body><p>本文です。</p><p>電話 03-5555-0123</p></body></html>'.encode('cp932')),
        (0x3fde, I4, 932)],
        [person('山田 太郎', 'taro.yamada@example.jp', 1), person('Cc の人', 'cc@example.jp', 2),
         person('隠れた人', 'bcc@example.jp', 3)],
        [[(0x3704, UNI, 'KIMITS~1.CSV'), (0x3707, UNI, '機密一覧.csv'), (0x3705, I4, 1),
          (0x3701, BIN, ('名前,電話\r\n' + '田中 次郎,090-5555-0101\r\n' * 300).encode('cp932'))],
         [(0x3001, UNI, '中の手紙'), (0x3705, I4, 5), (0x3701, OBJ, inner)],
         [(0x3707, UNI, '物体'), (0x3705, I4, 6), (0x3701, OBJ, word)],
         [(0x3707, UNI, 'link.txt'), (0x3705, I4, 2), (0x370d, UNI, '\\\\server\\share\\link.txt')]])
    write('msg', 'letter', cfb(whole))
    old = msg([(0x1a, S8, 'IPM.Note'), (0x37, S8, '古いメール'), (0xc1a, S8, '高橋 三郎'),
               (0xc1f, S8, 'saburo@example.jp'), (0xe04, S8, '総務部; 山田 太郎'),
               (0x1000, S8, '表示名だけの宛先。コードページは無い。\r\n'),
               (0x1013, BIN, '<p>表示名だけの宛先。コードページは無い。</p><p style="display:none">隠し 0120-555-012</p>'
                .encode('cp932'))])
    write('msg', 'ansi', cfb(old))
    names = Names()
    contact = msg([
        (0x1a, UNI, 'IPM.Contact'), (0x37, UNI, '伊藤 四郎'), (0x3001, UNI, '伊藤 四郎'), (0x3a06, UNI, '四郎'),
        (0x3a11, UNI, '伊藤'), (0x3a16, UNI, '例示株式会社'), (0x3a08, UNI, '03-5555-0199'),
        (0x3a1c, UNI, '090-5555-0102'), (0x3a42, TIME, filetime(1970, 5, 6)),
        (names.id(ADDRESS, 0x8083), UNI, 'shiro.ito@example.jp'),
        (names.id(ADDRESS, 0x8093), UNI, 'shiro@example.com'),
        (names.id(ADDRESS, 0x8082), UNI, 'SMTP'), (names.id(ADDRESS, 0x802d), UNI, 'いとう'),
        (names.id(STRINGS, '社員番号'), UNI, 'E-1234'),
        (names.id(APPOINTMENT, 0x8208), UNI, '会議室A'),
        (names.id(APPOINTMENT, 0x820d), TIME, filetime(2011, 4, 5, 1))], names=names)
    write('msg', 'contact', cfb(contact))
    return
    rtf = (b'{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}\\pard\\plain\\f0\\fs20 '
           b'Only in rich text: call 03-5555-0111\\par }')
    for name, packed in (('rtf', lzfu(rtf)), ('rtf-plain', mela(rtf))):
        write('msg', name, cfb(msg([(0x1a, UNI, 'IPM.Note'), (0x37, UNI, 'Rich'), (0x1009, BIN, packed)])))


make_msg()
