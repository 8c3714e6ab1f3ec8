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

def crypt_tables():
    """The tables of [MS-PST] 5.1, as the reader has them: forward, middle."""
    import re
    source = open(os.path.join(HERE, '../../lib/format/mail/pst_crypt.c')).read()
    tables = re.findall(r'\[256\] = \{(.*?)\}', source, re.S)
    return [bytes(int(x) for x in t.replace('\n', ' ').split(',') if x.strip()) for t in tables]


class Pst:
    """A store; big: pages of 4 KiB, blocks deflated.  Everything fits under one allocation map."""

    def __init__(self, wide=True, big=False, crypt=1):
        self.wide, self.big, self.crypt = wide, big, crypt
        self.page = 4096 if big else 512
        self.out = bytearray(0x6000 if big else 0x4800)
        self.next_block, self.places, self.nodes = 4, {}, {}
        self.forward, self.middle, self.backward = crypt_tables()

    def align(self, unit):
        self.out += bytes(-len(self.out) % unit)

    def encode(self, data, bid):
        if self.crypt == 1:
            return bytes(self.forward[b] for b in data)
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
        self.align(unit)
        offset, trailer = len(self.out), 24 if self.big else 16 if self.wide else 12
        room = (len(packed) + trailer + unit - 1) // unit * unit
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

    def table(self, rows):
        """rows: [[(id, kind, value)]], all with the same columns of four bytes; rows in a subnode when
        there are many."""
        columns = [(0x67f2, I4), (0x67f3, I4)] + [(p[0], p[1]) for p in rows[0]]
        described = b''.join(struct.pack('<HHHBB', k, n, i * 4, 4, i)
                             for i, (n, k) in enumerate(columns))
        end = 4 * len(columns)
        bits = (len(columns) + 7) // 8
        items = [b'', b'', b'', b'']
        matrix, index = b'', b''
        for r, row in enumerate(rows):
            cells = struct.pack('<II', r + 1, 1)
            for number, kind, value in row:
                data = encode(kind, value, 'cp932')
                if kind == I4:
                    cells += data
                    continue
                items.append(data)
                cells += struct.pack('<I', len(items) << 5)
            matrix += cells + bytes([0xff] * bits)
            index += struct.pack('<II' if self.wide else '<IH', r + 1, r)
        many = len(rows) > 8
        items[1] = struct.pack('<BBBBI', 0xb5, 4, 4 if self.wide else 2, 0, 3 << 5)
        items[2] = index
        items[3] = b'' if many else matrix
        items[0] = struct.pack('<BBHHHHIII', 0x7c, len(columns), end, end, end, end + bits, 2 << 5,
                               0x3f if many else 4 << 5, 0) + described
        return self.tree(self.heap(0x7c, 1 << 5, items)), \
            self.subnodes([(0x3f, self.tree(matrix), 0)] if many else [])

    def node(self, nid, data, sub=0, parent=0):
        self.nodes[nid] = (data, sub, parent)

    def message(self, props, recipients=(), attachments=()):
        """(data, sub); attachments: bags, or (bag, message) for a message inside."""
        subs = []
        if recipients:
            subs.append((0x692,) + self.table(recipients))
        for i, a in enumerate(attachments):
            if isinstance(a, tuple):
                inner = (0x200004,) + a[1]
                subs.append((0x8025 + i * 0x20,) + self.bag(
                    a[0] + [(0x3701, OBJ, struct.pack('<II', 0x200004, 100))], [inner]))
            else:
                subs.append((0x8025 + i * 0x20,) + self.bag(a))
        return self.bag(props, subs)

    def page_write(self, kind, entries, size, level):
        self.align(self.page)
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
        """entries: [(key, bytes)]; a leaf, or leaves below a root."""
        per = (4056 if self.big else 488 if self.wide else 496) // size
        leaves = [entries[i:i + per] for i in range(0, len(entries), per)]
        written = [(leaf[0][0],) + self.page_write(kind, [e[1] for e in leaf], size, 0) for leaf in leaves]
        if len(written) == 1:
            return written[0][1:]
        return self.page_write(kind, [self.number(k) + self.number(b) + self.number(o)
                                      for k, o, b in written], 24 if self.wide else 12, 1)

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
        nodes, blocks = self.trees()
        self.align(self.page)
        if not self.big:
            for at, kind in ((0x4400, 0x84), (0x4600, 0x83)):
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
            h[184:248] = struct.pack('<QQQQQQQQ', size, 0x4400, 0, 0, nodes[1], nodes[0], blocks[1],
                                     blocks[0])
            h[248], h[512], h[513] = 2, 0x80, self.crypt
            h[256:512] = b'\xff' * 256
            h[516:524] = struct.pack('<Q', self.next_block)
            h[524:528] = struct.pack('<I', lzfu_crc(bytes(h[8:524])))
        else:
            h[168:200] = struct.pack('<IIIIIIII', size, 0x4400, 0, 0, nodes[1], nodes[0], blocks[1],
                                     blocks[0])
            h[200], h[460], h[461] = 2, 0x80, self.crypt
            h[204:460] = b'\xff' * 256
        h[4:8] = struct.pack('<I', lzfu_crc(bytes(h[8:479])))
        self.out[0:564] = h
        return bytes(self.out)


def pst_start(**kind):
    """A store with names, a root and two folders."""
    p = Pst(**kind)
    names = Names()
    for guid, name in ((ADDRESS, 0x8083), (APPOINTMENT, 0x8208), (STRINGS, '社員番号'), (ADDRESS, 0x8054)):
        names.id(guid, name)
    lists = names.storage()
    text = UNI if p.wide else S8
    p.node(0x21, *p.bag([(0x3001, text, '個人用フォルダ')]))
    p.node(0x61, *p.bag([(1, I4, 251), (2, BIN, lists['__substg1.0_00020102']),
                         (3, BIN, lists['__substg1.0_00030102']), (4, BIN, lists['__substg1.0_00040102'])]))
    p.node(0x122, *p.bag([(0x3001, text, '')]), parent=0x122)
    p.node(0x8022, *p.bag([(0x3001, text, '個人用フォルダの先頭')]), parent=0x122)
    p.node(0x8042, *p.bag([(0x3001, text, '受信/送信')]), parent=0x8022)
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
