#!/usr/bin/env python3
"""Makes fixtures of ppt by hand: what LibreOffice does not write.  Everybody in them is made up.

    python3 testdata/format/make_powerpoint.py     then: RMN_GOLDEN=1 build/gcc/unit/format_office
"""
import hashlib
import struct
import zlib

from cfb import cfb
from make import save
from make_excel import rc4, title_set, together
from vba import project

MODULE = 'Attribute VB_Name = "Module1"\nSub 送る()\n    MsgBox "taro.yamada@example.jp"\nEnd Sub\n'


def atom(kind, data, instance=0):
    return struct.pack('<HHI', instance << 4, kind, len(data)) + data


def box(kind, *records, instance=0):
    data = b''.join(records)
    return struct.pack('<HHI', instance << 4 | 15, kind, len(data)) + data


def chars(text):
    return atom(0x0F9F, struct.pack('<I', 4)) + atom(0x0FA0, text.encode('utf-16-le'))


def plain(text):
    return atom(0x0F9F, struct.pack('<I', 4)) + atom(0x0FA8, text.encode('latin-1'))


def string(text, instance=0):
    return atom(0x0FBA, text.encode('utf-16-le'), instance)


def shape(*textbox, placeholder=False, lettering=None, anchor=None):
    parts = []
    if lettering:
        units = lettering.encode('utf-16-le') + b'\0\0'
        path = 'C:\\写真\\山田太郎.jpg'.encode('utf-16-le') + b'\0\0'
        table = struct.pack('<HIHIHI', 0x0080, 7, 0x80C0, len(units), 0x8381, len(path))
        parts.append(atom(0xF00B, table + units + path, 3))
    if anchor:
        parts.append(atom(0xF00F, struct.pack('<4i', *anchor)))
    if placeholder:
        parts.append(box(0xF011, atom(0x0BC3, bytes(8))))
    return box(0xF004, *parts, box(0xF00D, *textbox))


def table(rows):
    """Cells as shapes of a group, columns first as some writers have them."""
    mark = struct.pack('<HI', 0x039F, 1)
    cells = [box(0xF004, atom(0xF122, mark, 1))]
    for x in range(len(rows[0])):
        for y in range(len(rows)):
            cells.append(shape(chars(rows[y][x]), anchor=(x * 100 - 50, y * 40 - 60, 0, 0)))
    return box(0xF003, *cells)


def drawing(*shapes):
    return box(0x040C, box(0xF002, atom(0xF008, bytes(8)), box(0xF003, *shapes)))


def slide(notes, *shapes, hidden=False, tail=b''):
    info = atom(0x03F9, struct.pack('<IIBBHI', 0, 0, 0, 0, 4, 0)) if hidden else b''
    return box(0x03EE, atom(0x03EF, struct.pack('<I8xIIHH', 1, 0, notes, 0, 0)), info,
               drawing(*shapes), tail)


def comment(author, text):
    body = box(0x2EE0, string(author), string(text, 1), string('Y', 2), atom(0x2EE1, bytes(28)))
    return box(0x1388, box(0x138A, string('___PPT10'), atom(0x138B, body)))


def persist(number, ident):
    return atom(0x03F3, struct.pack('<IIiII', number, 0, 0, ident, 0))


def storage(data):
    return atom(0x1011, struct.pack('<I', len(data)) + zlib.compress(data), 1)


class Stream:
    def __init__(self):
        self.data, self.at, self.new, self.last = b'', {}, {}, 0

    def put(self, number, record):
        self.new[number] = len(self.data)
        self.data += record

    def encrypt(self, session, password, bits=128):
        """RC4 by CryptoAPI: each object put since the last edit under the key of its number."""
        name = 'Microsoft Enhanced Cryptographic Provider v1.0\0'.encode('utf-16-le')
        salt, verifier = bytes(range(16)), bytes(range(50, 66))
        base = hashlib.sha1(salt + password.encode('utf-16-le')).digest()

        def apply(block, data):
            pad = rc4(hashlib.sha1(base + struct.pack('<I', block)).digest()[:bits // 8])
            return bytes(a ^ b for a, b in zip(data, pad))
        for number, at in self.new.items():
            size, = struct.unpack_from('<I', self.data, at + 4)
            end = at + 8 + size
            self.data = self.data[:at] + apply(number, self.data[at:end]) + self.data[end:]
        self.summary = together(apply, {'\5SummaryInformation': title_set('社外秘の提案'),
                                        '\5DocumentSummaryInformation': title_set('部外秘')})
        header = struct.pack('<IIIIIIII', 4, 0, 0x6801, 0x8004, bits, 1, 0, 0) + name
        proof = apply(0, verifier + hashlib.sha1(verifier).digest())
        self.put(session, atom(0x2F14, struct.pack('<HHII', 4, 2, 4, len(header)) + header +
                               struct.pack('<I', 16) + salt + proof[:16] + struct.pack('<I', 20) +
                               proof[16:]))

    def edit(self, encrypted=False, session=5):
        directory = len(self.data)
        self.data += atom(0x1772, b''.join(struct.pack('<II', 1 << 20 | n, at)
                                           for n, at in sorted(self.new.items())))
        place = len(self.data)
        self.data += atom(0x0FF5, struct.pack('<IHBBIIIIHH', 256, 0, 0, 3, self.last, directory,
                                              1, 20, 1, 0) + (struct.pack('<I', session) if encrypted else b''))
        self.last, self.new = place, {}

    def save(self, name, token=0xE391C05F, **more):
        user = atom(0x0FF6, struct.pack('<IIIHHBBH', 0x14, token, self.last, 4, 0x3F4, 3, 0, 0) +
                    b'taro\x08\0\0\0')
        save(name, cfb({'Current User': user, 'PowerPoint Document': self.data, **more}))


def document(slides, masters, notes, macros, texts):
    links = box(0x0409, box(0x0FD7, atom(0x0FD3, struct.pack('<I', 1)), string('社内', 0),
                            string('http://www.example.jp/人事', 1)),
                box(0x0FCC, atom(0x0FC3, struct.pack('<IIIIII', 1, 0, 2, 0, 7, 0)),
                    string('ワークシート', 1), string('Excel.Sheet.8', 2)))
    return box(
        0x03E8, atom(0x03E9, struct.pack('<24xII8x', 9, 0)), links,
        box(0x0FD9, atom(0x0FDA, bytes(4)), string('社外秘', 1), string('株式会社東雲', 2), instance=3),
        box(0x0FF0, *[persist(*m) for m in masters], instance=1),
        box(0x0FF0, *[persist(*s) + t for s, t in zip(slides, texts)], instance=0),
        box(0x0FF0, *[persist(*n) for n in notes], instance=2),
        box(0x07D0, box(0x03FF, atom(0x0400, struct.pack('<III', macros, 1, 2)))) if macros else b'')


def saved():
    """Saved three times by appending: slide 2 was changed, slide 4 was taken out."""
    s = Stream()
    first = document([(2, 256), (3, 257), (4, 258)], [(5, 512)], [(6, 300)], 8,
                     [chars('採用計画') + plain('Draft'), b'', b''])
    s.put(1, first)
    s.put(2, slide(300, shape(atom(0x0F9E, struct.pack('<I', 0)), placeholder=True),
                   shape(chars('担当: 山田 太郎\rtaro.yamada@example.jp\x0b内線 12')),
                   shape(plain('*')), shape(lettering='極秘'),
                   tail=comment('佐藤花子', '数字は\r未確定')))
    s.put(3, slide(0, shape(chars('売上 100億円')), shape(chars('変わらない行'))))
    s.put(4, slide(0, shape(chars('削除した候補者: 鈴木 一郎')), hidden=True))
    s.put(5, box(0x03F8, drawing(shape(chars('マスタ タイトルの書式設定'), placeholder=True),
                                 shape(chars('無断複製禁止')))))
    s.put(6, box(0x03F0, atom(0x03F1, struct.pack('<IHH', 256, 0, 0)),
                 drawing(shape(chars('発表者の覚え: 質問は人事部へ')))))
    s.put(7, storage(cfb({'\1Ole10Native': struct.pack('<I', 5) + b'hello', '\1Ole': bytes(20)})))
    s.put(8, storage(cfb(project({'Module1': MODULE}))))
    s.put(9, box(0x03F0, drawing(shape(chars('ノートの見本'), placeholder=True))))
    s.edit()
    s.put(3, slide(0, shape(chars('売上 97億円')), shape(chars('変わらない行')),
                   table([['氏名', '電話'], ['田中 実', '03-9999-0001'], ['高橋', '03-9999-0002']])))
    s.edit()
    s.put(1, document([(2, 256), (3, 257), (10, 259)], [(5, 512)], [(6, 300)], 8,
                      [chars('採用計画') + plain('Draft'), b'', chars('隠した題') + chars('本文のみ')]))
    s.put(10, slide(0, shape(chars('隠した題'), placeholder=True), hidden=True,
                    tail=box(0x0FD9, atom(0x0FDA, bytes(4)), string('配布先: 役員', 2))))
    s.edit()
    s.save('ppt/saved.in')
    # the place of the last edit is lost; then a part of the directory too
    whole = s.data
    s.last = 3
    s.save('ppt/no_user.in')
    at = whole.index(slide(300)[:4], 10)
    s.data = whole[:at] + bytes(600) + whole[at + 600:-60]
    s.save('ppt/damaged.in')


def others():
    s = Stream()
    s.put(1, document([], [], [], 0, []))
    s.edit(encrypted=True)
    s.save('ppt/password.in', token=0xF3D1C4DF)
    for name, password in (('default_password', '/01Hannes Ruescher/01'), ('password_cryptoapi', 'himitsu')):
        s = Stream()
        s.put(1, document([(2, 256)], [(3, 512)], [], 0, [chars('社外秘の提案')]))
        s.put(2, slide(0, shape(atom(0x0F9E, struct.pack('<I', 0)), placeholder=True),
                       shape(chars('担当: 山田 太郎\rtaro.yamada@example.jp'))))
        s.put(3, box(0x03F8, drawing(shape(chars('無断複製禁止')))))
        s.encrypt(4, password)
        s.edit(encrypted=True, session=4)
        s.save(f'ppt/{name}.in', token=0xF3D1C4DF, EncryptedSummary=s.summary)
    text = '旧形式の発表\r\r担当 山田太郎\r電話 03-9999-0001\r'.encode('cp932')
    save('ppt/powerpoint95.in', cfb({'Text_Content': text, 'Current User': b'\0' * 15,
                                     'PowerPoint Document': b'\3\0\0\0\xff\xff\0\0' + bytes(600)}))


def hostile():
    """Slides that are one object, and savings that have one directory: neither is read again and again."""
    s = Stream()
    s.put(1, document([(2, 256 + i) for i in range(12)], [], [], 0, [b''] * 12))
    s.put(2, slide(0, shape(chars('同じスライド' * 200))))
    s.edit()
    s.save('ppt/overlap.in')
    s = Stream()
    s.put(1, document([(2, 256)], [], [], 0, [b'']))
    s.put(2, slide(0, shape(chars('一枚だけ'))))
    s.new.update({n: 0 for n in range(3, 100)})
    directory = len(s.data)
    for _ in range(8):
        if not s.last:
            s.edit()
            continue
        place = len(s.data)
        s.data += atom(0x0FF5, struct.pack('<IHBBIIIIHH', 256, 0, 0, 3, s.last, directory, 1, 20, 1, 0))
        s.last = place
    s.save('ppt/directories.in')


if __name__ == '__main__':
    saved()
    others()
    hostile()
