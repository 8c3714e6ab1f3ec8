#!/usr/bin/env python3
"""Makes the fixtures of Outlook's formats: testdata/format/{msg,tnef,dbx,pst,wab}/*.in.

Nothing here was written by Outlook; layouts follow [MS-CFB], [MS-OXMSG], [MS-OXTNEF], [MS-PST],
[MS-OXRTFCP] and A. Schloh's description of dbx.  People and addresses are made up.
"""
import os
import struct
import sys
import zlib

from store import (ADDRESS, APPOINTMENT, BIN, BOOL, I4, OBJ, S8, STRINGS, TIME, UNI, Names, Pst, encode, filetime,
                   lzfu_crc)

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


# --- .msg objects ---------------------------------------------------------------------------

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
    one_off = [bytes(4) + bytes.fromhex('812b1fa4bea310199d6e00dd010f5402') + struct.pack('<HH', 0, flags) +
               ('%s\0SMTP\0%s\0' % who).encode(page)
               for flags, page, who in ((0x9001, 'utf-16le', ('木村 一', 'kimura@example.jp')),
                                        (1, 'cp932', ('林 二', 'hayashi@example.jp')))]
    members = '__substg1.0_%04X1102' % names.id(ADDRESS, 0x8054)
    dist = msg([(0x1a, UNI, 'IPM.DistList'), (names.id(ADDRESS, 0x8053), UNI, '営業部の宛先'), (0x3ffd, I4, 932)],
               names=names)
    dist[members] = b''.join(struct.pack('<II', len(m), 0) for m in one_off)
    for i, m in enumerate(one_off):
        dist['%s-%08X' % (members, i)] = m
    write('msg', 'list', cfb(dist))
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
    rtf = (b'{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}\\pard\\plain\\f0\\fs20 '
           b'Only in rich text: call 03-5555-0111\\par }')
    for name, packed in (('rtf', lzfu(rtf)), ('rtf-plain', mela(rtf))):
        write('msg', name, cfb(msg([(0x1a, UNI, 'IPM.Note'), (0x37, UNI, 'Rich'), (0x1009, BIN, packed)])))


make_msg()


# --- winmail.dat ----------------------------------------------------------------------------

IMESSAGE = bytes.fromhex('0703020000000000c000000000000046')


def tnef_properties(props):
    """props: [(id or (guid, name), kind, value)]"""
    out = struct.pack('<I', len(props))
    for number, kind, value in props:
        named = isinstance(number, tuple)
        out += struct.pack('<HH', kind, 0x8001 if named else number)
        if named:
            guid, name = number
            out += guid
            if isinstance(name, str):
                raw = (name + '\0').encode('utf-16le')
                out += struct.pack('<II', 1, len(raw)) + raw + bytes(-len(raw) % 4)
            else:
                out += struct.pack('<II', 0, name)
        if kind in (UNI, S8, BIN, OBJ):
            data = encode(kind, value + '\0' if kind in (UNI, S8) else value, 'cp932')
            out += struct.pack('<II', 1, len(data)) + data + bytes(-len(data) % 4)
        else:
            data = encode(kind, value, '')
            out += data + bytes(-len(data) % 4)
    return out


def attribute(level, number, data):
    return struct.pack('<BII', level, number, len(data)) + data + \
        struct.pack('<H', sum(data) & 0xffff)


def tnef(props, recipients=(), attachments=()):
    out = struct.pack('<IH', 0x223e9f78, 1)
    out += attribute(1, 0x00089006, struct.pack('<I', 0x10000))
    out += attribute(1, 0x00069007, struct.pack('<II', 932, 0))
    out += attribute(1, 0x00078008, b'IPM.Microsoft Mail.Note\0')
    if recipients:
        out += attribute(1, 0x00069004, struct.pack('<I', len(recipients)) +
                         b''.join(tnef_properties(r) for r in recipients))
    out += attribute(1, 0x00069003, tnef_properties(props))
    for title, data, more in attachments:
        out += attribute(2, 0x00069002, bytes(14))
        if data is not None:
            out += attribute(2, 0x0006800f, data)
        out += attribute(2, 0x00018010, title + b'\0')
        if more:
            out += attribute(2, 0x00069005, tnef_properties(more))
    return out


def make_tnef():
    inner = tnef([(0x37, UNI, '内側の件名'), (0x1000, UNI, '内側の本文')])
    write('tnef', 'winmail', tnef(
        [(0x37, UNI, '在庫表の送付'), (0x1000, S8, '表を送ります。\r\n'), (0x39, TIME, filetime(2008, 7, 1, 3)),
         (0x42, UNI, '渡辺 五郎'), (0x5d02, UNI, 'goro@example.jp'), (0x0c1f, S8, 'goro@example.jp'),
         ((STRINGS, '案件番号'), UNI, 'A-42'), ((APPOINTMENT, 0x8208), UNI, '第二会議室'), (0x26, I4, 1)],
        [person('山田 太郎', 'taro.yamada@example.jp', 1)],
        [(b'ZAIKO~1.CSV', '品名,数\r\nねじ,10\r\n'.encode('cp932'),
          [(0x3707, UNI, '在庫表.csv'), (0x3705, I4, 1)]),
         (b'inner', None, [(0x3001, UNI, '内側'), (0x3705, I4, 5), (0x3701, OBJ, IMESSAGE + inner)])]))
    old = struct.pack('<IH', 0x223e9f78, 1) + attribute(1, 0x00069007, struct.pack('<II', 932, 0))
    name, address = '小林 六郎'.encode('cp932') + b'\0', b'SMTP:rokuro@example.jp\0'
    old += attribute(1, 0x00008000, struct.pack('<HHHH', 4, 0, len(name), len(address)) + name + address)
    old += attribute(1, 0x00018004, '古い形式'.encode('cp932') + b'\0')
    old += attribute(1, 0x0002800c, 'マイクロソフト メールの本文'.encode('cp932') + b'\0')
    write('tnef', 'old', old)
    damaged = bytearray(tnef([(0x37, UNI, '壊れた'), (0x1000, UNI, 'それでも読める')]))
    damaged[-1] ^= 0xff
    write('tnef', 'checksum', bytes(damaged))


# --- Outlook Express ------------------------------------------------------------------------

DBX_CLASS = {'mail': 'c5fd746f', 'folders': 'c6fd746f'}


class Dbx:
    def __init__(self, kind):
        self.bytes = bytearray(0x24bc)
        self.bytes[0:4] = bytes.fromhex('cfad12fe')
        self.bytes[4:20] = bytes.fromhex(DBX_CLASS[kind] + '66e3d1119a4e00c04fa309d4')
        self.entries = []

    def take(self, size):
        at = len(self.bytes)
        self.bytes += bytes((size + 3) & ~3)
        return at

    def message(self, data, freed=False):
        places = [self.take(16 + 0x200) for _ in range(max(1, (len(data) + 0x1ff) // 0x200))]
        places.reverse()    # not in their order
        for i, at in enumerate(places):
            part = data[i * 0x200:(i + 1) * 0x200]
            following = places[i + 1] if i + 1 < len(places) else 0
            if freed:
                part = struct.pack('<I', places[i - 1] if i else 0) + part[4:]
                head = struct.pack('<IIII', at, 0x1fc, 0x210, following)
            else:
                head = struct.pack('<IIII', at, 0x200, len(part), following)
            self.bytes[at:at + 16 + len(part)] = head + part
        return places[0]

    def entry(self, values):
        """values: {number: int or bytes}"""
        table, data = b'', b''
        for number in sorted(values):
            value = values[number]
            if isinstance(value, int):
                table += struct.pack('<I', 0x80 | number | value << 8)
            else:
                table += struct.pack('<I', number | len(data) << 8)
                data += value + b'\0'
        at = self.take(12 + len(table) + len(data))
        body = struct.pack('<IIHBB', at, len(table) + len(data), 12 + len(table) + len(data),
                           len(values), 1) + table + data
        self.bytes[at:at + len(body)] = body
        self.entries.append(at)

    def done(self):
        """A root with the first two entries, and a node below it with the others."""
        def node(entries, child):
            at = self.take(0x27c)
            body = struct.pack('<IIIIBBBBI', at, 0, child, 0, 0, len(entries), 0, 0, len(self.entries))
            body += b''.join(struct.pack('<III', e, 0, 0) for e in entries)
            self.bytes[at:at + len(body)] = body
            return at
        below = node(self.entries[2:], 0) if len(self.entries) > 2 else 0
        root = node(self.entries[:2], below)
        self.bytes[0xc4:0xc8] = struct.pack('<I', len(self.entries))
        self.bytes[0xe4:0xe8] = struct.pack('<I', root)
        return bytes(self.bytes)


def mail(subject, text):
    return ('From: hanako@example.jp\r\nTo: taro@example.jp\r\nSubject: %s\r\n'
            'Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n' % subject).encode() + \
        text.encode('iso2022_jp') + b'\r\n'


def make_dbx():
    d = Dbx('mail')
    first = d.message(mail('one', 'こんにちは。\r\n' * 60))
    d.message(mail('deleted', '消した手紙。\r\n' * 50))
    second = d.message(mail('two', '短い。'))
    d.message(mail('freed', '解放された手紙。\r\n' * 50), freed=True)
    d.entry({4: first, 8: '件名 一'.encode('cp932'), 0xd: '花子'.encode('cp932')})
    d.entry({4: second, 8: b'Re: a/b'})
    d.entry({0: 3, 8: '本文の無い見出し'.encode('cp932'), 0xd: '次郎'.encode('cp932'), 0xe: b'jiro@example.jp'})
    write('dbx', 'inbox', d.done())
    box = b''
    for number, mark, text in ((1, 0x7f007f00, mail('four', '四番。')), (2, 0x7f007f01, mail('gone', '消した。')),
                               (3, 0x7f007f00, mail('six', '六番。'))):
        room = (len(text) + 3) & ~3
        box += struct.pack('<IIII', mark, number, room + 16, len(text)) + text.ljust(room, b'\0')
    write('oe4', 'mailbox', struct.pack('<4sIIII', b'JMF6', 0x10003, 2, 3, 0x54 + len(box)) + bytes(64) + box)
    f = Dbx('folders')
    f.entry({0: 4, 2: '受信トレイ'.encode('cp932'), 3: '受信トレイ.dbx'.encode('cp932')})
    write('dbx', 'folders', f.done())


# --- Windows address book -------------------------------------------------------------------

def make_wab():
    def record(live, number, props):
        body, tags = b'', b''
        for prop, kind, value in props:
            tag = struct.pack('<HH', kind | (0x1000 if isinstance(value, list) else 0), prop)
            tags += tag
            if isinstance(value, list):
                items = b''.join(struct.pack('<I', len(encode(kind, v + '\0', 'cp932'))) +
                                 encode(kind, v + '\0', 'cp932') for v in value)
                body += tag + struct.pack('<II', len(value), len(items)) + items
            else:
                data = encode(kind, value + '\0', 'cp932')
                body += tag + struct.pack('<I', len(data)) + data
        head = struct.pack('<IIIIIIII', live, 1, number, len(props), 0x20, 0, 0, len(body))
        return head + tags + body + bytes(-(len(head) + len(tags) + len(body)) % 4)

    people = [record(1, 5, [(0x3001, UNI, '中村 七海'), (0x3003, UNI, 'nanami@example.jp'),
                            (0x3a1c, UNI, '090-5555-0177'),
                            (0x3a56, UNI, ['nanami@example.jp', 'n2@example.com'])]),
              record(1, 6, [(0x3001, S8, '古い 名前'), (0x3003, S8, 'furui@example.jp')]),
              record(0, 7, [(0x3001, UNI, '消えた 人'), (0x3003, UNI, 'gone@example.jp')])]
    at = 16 + 8 + 96
    tables = b''
    index_at = at + sum(map(len, people))
    index = b''
    for i, p in enumerate(people):
        index += struct.pack('<II', 5 + i, at)
        at += len(p)
    for i in range(6):
        tables += struct.pack('<IIII', 4000 if i == 0 else 34000, len(index) if i == 0 else 0,
                              index_at, len(people) if i == 0 else 0)
    write('wab', 'book', bytes.fromhex('9ccbcb8d1375d2119e5800c04fa3d1aa') +
          struct.pack('<II', len(people), 0) + tables + b''.join(people) + index)


# --- Outlook stores -------------------------------------------------------------------------

def pst_start(**kind):
    """A store with names, a root and two folders."""
    p = Pst(**kind)
    names = Names()
    for guid, name in ((ADDRESS, 0x8083), (APPOINTMENT, 0x8208), (STRINGS, '社員番号'), (ADDRESS, 0x8054)):
        names.id(guid, name)
    lists = names.storage()
    text = UNI if p.wide else S8
    provider = bytes(range(16))
    p.node(0x21, *p.bag([(0x3001, text, '個人用フォルダ'), (0xff9, BIN, provider),
                         (0x35e0, BIN, bytes(4) + provider + struct.pack('<I', 0x8022))]))
    p.node(0x61, *p.bag([(1, I4, 251), (2, BIN, lists['__substg1.0_00020102']),
                         (3, BIN, lists['__substg1.0_00030102']), (4, BIN, lists['__substg1.0_00040102'])]))
    p.folder(0x122, '', 0x122)
    p.folder(0x8022, '個人用フォルダの先頭', 0x122)
    p.folder(0x8042, '受信/送信', 0x8022)
    return p


def pst_letter(p, text, subject, body, **more):
    return p.message([(0x1a, text, 'IPM.Note'), (0x37, text, '\x01\x01' + subject), (0x1000, text, body),
                      (0x39, TIME, filetime(2012, 5, 6, 7, 8)), (0x42, text, '差出 人'),
                      (0x65, text, 'sashidashi@example.jp'), (0xc1a, text, '差出 人'),
                      (0xc1f, text, 'sashidashi@example.jp')], **more)


def to(text, name, address, kind):
    return [(0x3001, text, name), (0x3003, text, address), (0xc15, I4, kind)]


def make_pst():
    p = pst_start()
    gone = pst_letter(p, UNI, '消された手紙', '消されたが、まだ読める。')
    p.node(0x200084, *gone, parent=0x8042)
    p.trees()       # the state before the deletion stays in the file
    blocks = dict(p.places)
    del p.nodes[0x200084]
    del p.places[gone[0]]
    p.node(0x200024, *pst_letter(
        p, UNI, '契約書', '契約書を送ります。\r\n' * 3,
        recipients=[to(UNI, '山田 太郎', 'taro.yamada@example.jp', 1), to(UNI, '写し 係', 'cc@example.jp', 2)],
        attachments=[[(0x3707, UNI, '契約書.txt'), (0x3705, I4, 1), (0x3701, BIN, '甲と乙。\r\n'.encode('cp932'))],
                     [(0x3707, UNI, 'long.csv'), (0x3705, I4, 1), (0x3701, BIN, b''.join(b'%d,b\r\n' % i for i in range(1300)))],
                     ([(0x3001, UNI, '転送'), (0x3705, I4, 5)],
                      pst_letter(p, UNI, '内側の手紙', '内側の本文。'))]), parent=0x8042)
    p.node(0x200044, *p.message([(0x1a, UNI, 'IPM.Contact'), (0x37, UNI, '井上 八重'), (0x3001, UNI, '井上 八重'),
                                 (0x3a08, UNI, '03-5555-0142'), (0x8000, UNI, 'yae@example.jp'),
                                 (0x8002, UNI, 'E-77'), (0x8003, BIN, [bytes(22) + struct.pack('<H', 0x8000) +
                                  '一員\0SMTP\0ichiin@example.jp\0'.encode('utf-16le')]), (0x3a58, UNI, ['一郎', '二郎'])]), parent=0x8022)
    p.node(0x200064, *pst_letter(p, UNI, '迷子', '親の無い手紙'), parent=0x9999)
    write('pst', 'unicode', p.done())

    p = pst_start(wide=False)
    p.node(0x200024, *pst_letter(
        p, S8, 'ANSI の手紙', '古い形式のストアです。\r\n',
        recipients=[to(S8, '宛先 %d' % i, 'to%d@example.jp' % i, 1) for i in range(12)]), parent=0x8042)
    write('pst', 'ansi', p.done())

    p = pst_start(crypt=2)
    p.node(0x200024, *pst_letter(p, UNI, '高い暗号化', '鍵は要らない。'), parent=0x8042)
    write('pst', 'cyclic', p.done())

    p = pst_start(big=True)
    p.node(0x200024, *pst_letter(p, UNI, 'OST 2013', '縮めた塊。' * 100), parent=0x8042)
    write('pst', 'big', p.done())

    p = pst_start(crypt=0)
    p.node(0x200024, *p.message([(0x1a, UNI, 'IPM.Note'), (0x37, UNI, 'HTML'), (0x3fde, I4, 65001),
                                 (0x1013, BIN, '<p>本文は HTML だけ。</p>'.encode()),
                                 (0x7d, UNI, 'From: a@example.jp\r\nSubject: HTML\r\n')],
                                attachments=[[(0x3704, UNI, 'a.txt'), (0x3705, I4, 1), (0x3701, BIN, b'a')]]),
           parent=0x8042)
    write('pst', 'plain', p.done())

    p = pst_start()
    p.node(0x200024, *pst_letter(p, UNI, '木の無い手紙', '索引が壊れても読める手紙。'), parent=0x8042)
    broken = bytearray(p.done())
    broken[224:232] = struct.pack('<Q', 0x4e00)     # the root of the nodes
    write('pst', 'broken', bytes(broken))
    broken[8:564] = bytes(556)
    write('pst', 'headless', bytes(broken))


    p = pst_start(crypt=2)
    p.node(0x200024, *pst_letter(p, UNI, '頭の無い手紙', '何で隠したか、塊が教える。'), parent=0x8042)
    headless = bytearray(p.done())
    headless[8:564] = bytes(556)
    write('pst', 'headless-cyclic', bytes(headless))

    for name, kind in (('treeless', {'crypt': 2}), ('treeless-big', {'big': True})):
        p = pst_start(**kind)
        p.node(0x200024, *pst_letter(p, UNI, '木の無い手紙', '葉も無いが、塊は読める。' * 20), parent=0x8042)
        write('pst', name, p.without_trees())


def make_nk2():
    def row(props):
        out = struct.pack('<I', len(props))
        for number, kind, value in props:
            out += struct.pack('<HHI', kind, number, 0)
            if kind == I4:
                out += struct.pack('<II', value, 0)
            else:
                data = encode(kind, value + '\0' if kind != BIN else value, 'cp932')
                out += bytes(8) + struct.pack('<I', len(data)) + data
        return out

    rows = [row([(0x3001, UNI, '吉田 九'), (0x3002, UNI, 'SMTP'), (0x3003, UNI, 'yoshida@example.jp'),
                 (0x0fff, BIN, b'entry'), (0x3900, I4, 0)]),
            row([(0x3001, UNI, '社内 一郎'), (0x3003, UNI, '/o=EX/cn=ICHIRO'), (0x39fe, UNI, 'ichiro@example.jp')])]
    write('nk2', 'names', struct.pack('<IIII', 0xbaadf00d, 12, 0, len(rows)) + b''.join(rows) +
          struct.pack('<IQ', 0, 0x1cafe))


make_nk2()
make_tnef()
make_dbx()
make_wab()
make_pst()
