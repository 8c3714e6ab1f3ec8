#!/usr/bin/env python3
"""Makes fixtures of xls, xls95, biff and of macros in packages.  Everybody in them is made up.

    python3 testdata/format/make_excel.py     then: RMN_GOLDEN=1 build/gcc/unit/format_office
"""
import hashlib
import struct

from cfb import cfb
from make import package, rels, types, save, OOXML, XML
from vba import project

MODULE = '''Attribute VB_Name = "送信"
Attribute VB_Description = "名簿を送る"
' 作成: 山田 太郎 <taro.yamada@example.jp>
Sub 名簿を送る()
    Const SERVER = "smtp.example.jp"
    Const PASSWORD = "himitsu-2014"
    MsgBox "送りました。送りました。送りました。"
End Sub
'''


def macro():
    book = XML + ('<workbook xmlns:r="r"><sheets><sheet name="一" sheetId="1" r:id="rId1"/></sheets>'
                  '</workbook>')
    sheet = XML + '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    package('xlsx/macro.in', {
        '[Content_Types].xml': types({
            'xl/workbook.xml': 'application/vnd.ms-excel.sheet.macroEnabled.main+xml',
            'xl/worksheets/sheet1.xml': OOXML + 'spreadsheetml.worksheet+xml'}),
        'xl/workbook.xml': book,
        'xl/_rels/workbook.xml.rels': rels([('rId1', 'worksheet', 'worksheets/sheet1.xml', False)]),
        'xl/worksheets/sheet1.xml': sheet,
        'xl/vbaProject.bin': cfb(project({
            'ThisWorkbook': 'Attribute VB_Name = "ThisWorkbook"\nAttribute VB_Base = "0{1}"\n',
            '送信': MODULE}, references=['*\\CC:\\Users\\yamada\\名簿.xls'])),
    })


def rec(kind, data=b''):
    return struct.pack('<HH', kind, len(data)) + data


def units(text):
    """Characters behind their flag: bytes where they fit."""
    try:
        return b'\0' + text.encode('latin-1')
    except UnicodeEncodeError:
        return b'\1' + text.encode('utf-16-le')


def count(text):
    return len(text.encode('utf-16-le')) // 2


def long(text):
    return struct.pack('<H', count(text)) + units(text)


def short(text):
    return struct.pack('<B', count(text)) + units(text)


def rk(value, hundredths=False):
    if isinstance(value, int):
        return (value << 2 | 2 | hundredths) & 0xFFFFFFFF
    bits, = struct.unpack('<Q', struct.pack('<d', value))
    return (bits >> 32) & 0xFFFFFFFC | hundredths


def bof(kind, version=8):
    if version == 8:
        return rec(0x809, struct.pack('<HHHHII', 0x600, kind, 0x1234, 0x7CD, 0, 0x600))
    return rec(0x809, struct.pack('<HHHH', 0x500, kind, 0x1234, 0x7CD))


EOF = rec(0x0A)


def book(globals_before, sheets, version=8, globals_behind=b''):
    """sheets: (name, state, kind, records); BOUNDSHEETs get their places."""
    def listed(places):
        out = b''
        for (name, state, kind, _), place in zip(sheets, places):
            title = short(name) if version == 8 else (
                bytes([len(name.encode('cp932'))]) + name.encode('cp932'))
            out += rec(0x85, struct.pack('<IBB', place, state, kind) + title)
        return out
    head = bof(5, version) + globals_before
    at = len(head) + len(listed([0] * len(sheets))) + len(globals_behind) + len(EOF)
    places = []
    for *_, records in sheets:
        places.append(at)
        at += len(records)
    return head + listed(places) + globals_behind + EOF + b''.join(r for *_, r in sheets)


def xf(number):
    return rec(0xE0, struct.pack('<HH16x', 0, number))


def shared(strings, cut=60):
    """SST in pieces: a string goes on in a CONTINUE with other flags, sizes of runs and readings
    stand in front, what they count is skipped."""
    pieces, data = [], struct.pack('<II', len(strings) + 3, len(strings))
    for text, runs, reading in strings:
        wide = any(ord(c) > 255 for c in text)
        flags = wide | (8 if runs else 0) | (4 if reading else 0)
        data += struct.pack('<HB', count(text), flags)
        if runs:
            data += struct.pack('<H', runs)
        if reading:
            data += struct.pack('<I', len(reading))
        body = text.encode('utf-16-le' if wide else 'latin-1')
        while len(data) + len(body) > cut and len(body) > 8:
            take = max(2, (cut - len(data)) & ~1)
            pieces.append(data + body[:take])
            body = body[take:]
            rest = body.decode('utf-16-le' if wide else 'latin-1')
            if wide and all(ord(c) < 256 for c in rest):
                wide, body = False, rest.encode('latin-1')
            data = bytes([wide])
        data += body + b'\x55' * 4 * runs
        if reading and len(data) > cut - 10:
            pieces.append(data)
            data = b''
        data += reading or b''
    pieces.append(data)
    return rec(0xFC, pieces[0]) + b''.join(rec(0x3C, p) for p in pieces[1:])


def label(row, column, index):
    return rec(0xFD, struct.pack('<HHHI', row, column, 0, index))


def number(row, column, value, style=0):
    return rec(0x203, struct.pack('<HHHd', row, column, style, value))


def note_object(ident, text):
    common = struct.pack('<HHHHH12x', 0x15, 0x12, 0x19, ident, 0x4011)
    words = ('極秘' + '\0').encode('utf-16-le')     # lettering, its table cut by a CONTINUE
    table = struct.pack('<HHIHI', 0x13, 0xF00B, 6 + len(words), 0x80C0, len(words)) + words
    shape = struct.pack('<HHI', 15, 0xF004, len(table) + 8)
    return (rec(0xEC, shape + table[:12]) + rec(0x3C, table[12:]) + rec(0x5D, common + bytes(4)) +
            rec(0xEC, struct.pack('<HHI', 0, 0xF00D, 0)) +
            rec(0x1B6, struct.pack('<HH6xHHI', 0x212, 0, count(text), 16, 0)) +
            rec(0x3C, units(text)) + rec(0x3C, bytes(16)))


STRINGS = [
    ('氏名', 0, b''), ('電話', 0, b''), ('山田 太郎', 2, 'ヤマダ'.encode('utf-16-le')),
    ('A&amp;B & 社', 0, b''), ('二行の\n住所', 1, b''), ('', 0, b''),
    ('とても長い文字列で、続きの記録に渡る。' * 4 + 'and then plain letters to the end', 3, b'\x01\0' * 9),
    ('𠮟る', 0, b''), ('消された顧客: 田中 実', 0, b''),
]


def hyperlink():
    url = 'http://www.example.jp/名簿'.encode('utf-16-le') + b'\0\0'
    name = '社内名簿\0'.encode('utf-16-le')
    path = b'NAME~1.XLS\0'
    wide = '\\\\server\\名簿.xls'.encode('utf-16-le')
    head = struct.pack('<HHHH', 0, 0, 0, 0) + bytes(16) + struct.pack('<I', 2)
    web = (struct.pack('<I', 0x13) + struct.pack('<I', len(name) // 2) + name +
           bytes.fromhex('E0C9EA79F9BACE118C8200AA004BA90B') + struct.pack('<I', len(url)) + url)
    file = (struct.pack('<I', 0x0B) + bytes.fromhex('0303000000000000C000000000000046') +
            struct.pack('<HI', 1, len(path)) + path + bytes(24) +
            struct.pack('<IIH', len(wide) + 6, len(wide), 3) + wide +
            struct.pack('<I', 3) + 'A1\0'.encode('utf-16-le'))
    return rec(0x1B8, head + web) + rec(0x1B8, head + file)


def biff8():
    globals_before = (
        rec(0x5C, long('佐藤花子').ljust(112, b' ')) + rec(0x42, struct.pack('<H', 1200)) +
        rec(0x22, struct.pack('<H', 0)) + rec(0x5B, struct.pack('<HH', 0, 0) + long('鈴木')) +
        rec(0x41E, struct.pack('<H', 164) + long('000\\-0000')) +
        rec(0x41E, struct.pack('<H', 165) + long('[$-411]ggge"年"m"月"d"日"')) +
        xf(0) + xf(14) + xf(164) + xf(165) + xf(21))
    text = '内緒の定数'
    formula = b'\x17' + short(text)
    globals_behind = (
        rec(0x18, struct.pack('<HBBHHHBBBB', 0, 0, count('合言葉'), len(formula), 0, 0, 0, 0, 0, 0) +
            units('合言葉') + formula) +
        rec(0x1AE, struct.pack('<HH', 1, 0x0401)) +
        rec(0x1AE, struct.pack('<H', 1) + long('\x01\x01Cclients\x03北斗電機.xls') + long('売上')) +
        rec(0x59, struct.pack('<HH', 1, 0)) +
        rec(0x5A, struct.pack('<BBH', 1, 0, 4) + b'\2' + long('北斗電機株式会社') + b'\1' +
            struct.pack('<d', 1250000)) + shared(STRINGS))
    cells = (   # not in order: a writer that puts them as they come
        number(2, 3, 40238.395833333336, 1) + label(0, 0, 0) + label(0, 1, 1) + label(1, 0, 2) +
        number(1, 1, 9000001234.0) + number(1, 2, 1000001, 2) + number(1, 3, 27485, 3) +
        rec(0xBD, struct.pack('<HHHIHIHIH', 3, 1, 0, rk(12345), 0, rk(1.5), 1, rk(4111, True), 3)) +
        rec(0x27E, struct.pack('<HHHI', 2, 0, 0, rk(-7))) + label(2, 1, 3) + label(2, 5, 4) +
        label(3, 0, 5) + label(4, 0, 6) + label(4, 200, 7) +
        rec(0x205, struct.pack('<HHHBB', 5, 0, 0, 1, 0)) +
        rec(0x205, struct.pack('<HHHBB', 5, 1, 0, 0x2A, 1)) +
        rec(6, struct.pack('<HHHBBBBHHHI', 5, 2, 0, 0, 0, 0, 0, 0, 0xFFFF, 0, 0)) +
        rec(0x4BC, bytes(12)) + rec(0x207, long('式の結果')) +
        rec(6, struct.pack('<HHHdHI', 5, 3, 4, 0.5, 0, 0)) +
        rec(6, struct.pack('<HHHBBBBHHHI', 5, 4, 0, 1, 0, 1, 0, 0, 0xFFFF, 0, 0)) +
        rec(6, struct.pack('<HHHBBBBHHHI', 5, 5, 0, 2, 0, 7, 0, 0, 0xFFFF, 0, 0)) +
        rec(0x204, struct.pack('<HHH', 6, 0, 0) + long('札: ラベル')))
    rule = (struct.pack('<I', 0x83) + long('区分') + long('\0') + long('一つ選ぶ') + long('\0'))
    choice = b'\x17' + short('正社員\0派遣')
    rule += struct.pack('<HH', len(choice), 0) + choice + struct.pack('<HH', 0, 0)
    chart = (bof(0x20) + rec(0x100D, b'\0\0' + short('売上の推移')) +
             rec(0x204, struct.pack('<HHH', 0, 0, 0) + long('第一四半期')) + EOF)
    sheet = (bof(0x10) + rec(0x14, long('&C&"ＭＳ ゴシック,標準"&14社外秘 && 複製禁止&R&P')) +
             rec(0x15, long('&L株式会社東雲')) + cells + note_object(1, '退職予定。\n本人には未通知') +
             rec(0x5D, struct.pack('<HHHHH12x', 0x15, 0x12, 6, 2, 0x4011)) +
             rec(0x1B6, struct.pack('<HH6xHHI', 0x212, 0, 4, 16, 0)) + rec(0x3C, units('極秘')[:3]) +
             rec(0x3C, units('秘図形')) + rec(0x3C, bytes(16)) + chart +
             rec(0x1C, struct.pack('<HHHH', 1, 0, 0, 1) + long('人事部 佐藤')) + hyperlink() +
             rec(0x1BE, rule) + EOF)
    hidden = bof(0x10) + label(0, 0, 2) + number(0, 1, 412345.67) + EOF
    graph = bof(0x20) + rec(0x100D, b'\0\0' + short('棒グラフ')) + EOF
    data = book(globals_before, [('社員 & 名簿', 0, 0, sheet), ('給与', 2, 0, hidden),
                                 ('グラフ', 0, 2, graph)], 8, globals_behind)
    cache = rec(0xC6, bytes(20)) + rec(0xC7, bytes(12)) + rec(0xCD, long('元の得意先')) + EOF
    tree = {'Workbook': data, '_VBA_PROJECT_CUR': project({'Module1': MODULE}),
            '_SX_DB_CUR': {'0001': cache}}
    save('xls/all.in', cfb(tree))
    save('xls/both.in', cfb({'Workbook': data[:len(data) - len(graph)],
                             'Book': biff5_stream()}))     # the last sheet is lost
    save('xls/password.in', cfb({'Workbook': bof(5) + rec(0x2F, b'\1\0' + bytes(48)) + bytes(600)}))
    damaged = bytearray(data)
    at = data.index(rec(0x204, struct.pack('<HHH', 6, 0, 0))[4:10]) + 120
    damaged[at:at + 4] = bytes(4)
    save('xls/damaged.in', cfb({'Workbook': bytes(damaged[:at]) + bytes(512) + data[at:]}))
    save('biff/biff8.in', bof(5) + rec(0x42, struct.pack('<H', 1200)) + EOF + hidden)


def old(text, width=2):
    data = text.encode('cp932')
    return (bytes([len(data)]) if width == 1 else struct.pack('<H', len(data))) + data


def biff5_stream(filepass=b''):
    globals_before = (
        filepass +
        rec(0x42, struct.pack('<H', 932)) + rec(0x5C, old('山田 太郎', 1).ljust(32, b' ')) +
        rec(0x41E, struct.pack('<H', 164) + old('yyyy"年"m"月"d"日"', 1)) + xf(0) + xf(164) +
        rec(0x17, old('\x01\x01Dold\x03支店.xls', 1)))
    comment = '前任者のメモ。' * 200
    comment = comment.encode('cp932')
    first, rest = comment[:2047], comment[2047:]
    sheet = (bof(0x10, 5) + rec(0x14, old('&C旧版 社外秘', 1)) +
             rec(0x204, struct.pack('<HHH', 0, 0, 0) + old('得意先')) +
             rec(0xD6, struct.pack('<HHH', 0, 1, 0) + old('北斗電機㈱ ①') + b'\1\0\0') +
             number(1, 0, 35000, 1) +
             rec(6, struct.pack('<HHHBBBBHHHI', 1, 1, 0, 0, 0, 0, 0, 0, 0xFFFF, 0, 0)) +
             rec(0x207, old('表示値')) +
             rec(0x1C, struct.pack('<HHH', 0, 0, len(comment)) + first) +
             rec(0x1C, struct.pack('<HHH', 0xFFFF, 0, len(rest)) + rest) + EOF)
    return book(globals_before, [('売上一覧', 1, 0, sheet)], 5)


def biff5():
    save('xls95/cp932.in', cfb({'Book': biff5_stream()}))
    save('biff/biff5.in', biff5_stream())


def biff_old():
    attributes = b'\0\1\0'    # a style, and format 1
    save('biff/biff2.in', rec(9, struct.pack('<HH', 2, 0x10)) + rec(0, struct.pack('<HHHH', 0, 2, 0, 3)) +
         rec(0x1E, old('General', 1)) + rec(0x1E, old('yyyy/m/d', 1)) +
         rec(4, struct.pack('<HH', 0, 0) + bytes(3) + old('顧客名簿', 1)) +
         rec(2, struct.pack('<HH', 1, 0) + bytes(3) + struct.pack('<H', 1987)) +
         rec(3, struct.pack('<HH', 1, 1) + attributes + struct.pack('<d', 31778)) +
         rec(6, struct.pack('<HH', 1, 2) + bytes(3) + struct.pack('<d', 2.25) + bytes(3)) +
         rec(5, struct.pack('<HH', 1, 3) + bytes(3) + b'\1\0') +
         rec(6, struct.pack('<HH', 2, 0) + bytes(3) + b'\0' * 6 + b'\xff\xff' + bytes(3)) +
         rec(7, old('計算した文字', 1)) + EOF)
    save('biff/biff3.in', rec(0x209, struct.pack('<HHH', 3, 0x10, 0)) + rec(0x42, struct.pack('<H', 932)) +
         rec(0x1E, old('General', 1)) + rec(0x1E, old('m/d/yy', 1)) +
         rec(0x243, struct.pack('<BB10x', 0, 0)) + rec(0x243, struct.pack('<BB10x', 0, 1)) +
         rec(0x204, struct.pack('<HHH', 0, 0, 0) + old('部署')) + number(0, 1, 32874, 1) +
         rec(0x206, struct.pack('<HHHdHH', 0, 2, 0, 7.0, 0, 0)) + EOF)
    sheet = (rec(0x409, struct.pack('<HHH', 4, 0x10, 0)) + rec(0x41E, struct.pack('<H', 0) + old('General', 1)) +
             rec(0x443, struct.pack('<BB10x', 0, 0)) +
             rec(0x204, struct.pack('<HHH', 0, 0, 0) + old('四半期')) +
             rec(0x406, struct.pack('<HHHdHH', 0, 1, 0, 12.0, 0, 0)) + EOF)
    save('biff/workspace.in', rec(0x409, struct.pack('<HHH', 4, 0x100, 0)) +
         rec(0x42, struct.pack('<H', 932)) +
         rec(0x8F, struct.pack('<I', len(sheet)) + old('第一', 1)) + sheet +
         rec(0x8F, struct.pack('<I', len(sheet)) + old('第二', 1)) + sheet + EOF)


    # the sheet itself says that a password is needed
    save('biff/password.in', rec(9, struct.pack('<HH', 2, 0x10)) + rec(0x2F, b'\x12\x34\x56\x78') +
         rec(4, struct.pack('<HH', 0, 0) + bytes(3) + old('暗号文', 1)) + EOF)


def rc4(key):
    state, i, j = list(range(256)), 0, 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    i = j = 0
    while True:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        yield state[(state[i] + state[j]) & 255]


def records(stream):
    """Type, place of the data, size of each record; and the place where encrypted data begin in it."""
    at = 0
    while at < len(stream):
        kind, size = struct.unpack_from('<HH', stream, at)
        at += 4
        yield kind, at, size, at + (4 if kind == 0x85 else 0)
        at += size


def locked(stream, keys, said):
    """FILEPASS says what is said; heads, BOF and places of sheets stay."""
    out = bytearray(stream)
    for kind, at, size, start in records(stream):
        if kind == 0x2F:
            out[at:at + size] = said
        elif kind != 0x809:
            for i in range(start, at + size):
                out[i] ^= keys[i]
    return bytes(out)


PASSWORD = 'VelvetSweatshop'
SALT, VERIFIER = bytes(range(16)), bytes(range(50, 66))


def by_rc4(stream, password=PASSWORD):
    """RC4 of Excel 97: FILEPASS holds salt and verifier."""
    base = hashlib.md5(password.encode('utf-16-le')).digest()[:5]
    base = hashlib.md5((base + SALT) * 16).digest()[:5]
    keys = b''
    for block in range(len(stream) // 1024 + 1):
        pad = rc4(hashlib.md5(base + struct.pack('<I', block)).digest())
        keys += bytes(next(pad) for _ in range(1024))
    proof = VERIFIER + hashlib.md5(VERIFIER).digest()
    return locked(stream, keys, struct.pack('<HHH', 1, 1, 1) + SALT +
                  bytes(a ^ b for a, b in zip(proof, keys)))


def cryptoapi_block(block, bits, password=PASSWORD):
    base = hashlib.sha1(SALT + password.encode('utf-16-le')).digest()
    key = hashlib.sha1(base + struct.pack('<I', block)).digest()[:bits // 8]
    pad = rc4(key.ljust(16, b'\0') if bits == 40 else key)
    return bytes(next(pad) for _ in range(1024))


def cryptoapi_keys(size, bits, password=PASSWORD):
    return b''.join(cryptoapi_block(block, bits, password) for block in range(size // 1024 + 1))


def cryptoapi_said(bits, password=PASSWORD):
    name = 'Microsoft Enhanced Cryptographic Provider v1.0\0'.encode('utf-16-le')
    header = struct.pack('<IIIIIIII', 4, 0, 0x6801, 0x8004, bits, 1, 0, 0) + name
    proof = VERIFIER + hashlib.sha1(VERIFIER).digest()
    proof = bytes(a ^ b for a, b in zip(proof, cryptoapi_keys(64, bits, password)))
    return (struct.pack('<HHHII', 1, 4 if bits == 128 else 2, 2, 4, len(header)) + header + struct.pack('<I', 16) + SALT +
            proof[:16] + struct.pack('<I', 20) + proof[16:])


def title_set(title):
    title = title.encode('cp932') + b'\0'
    section = (struct.pack('<IIIIII', 24 + 8 + len(title), 2, 1, 24, 2, 32) + struct.pack('<IHH', 2, 932, 0) +
               struct.pack('<II', 30, len(title)) + title)
    return (struct.pack('<HHI', 0xFFFE, 0, 2) + bytes(16) + struct.pack('<I', 1) + bytes(16) +
            struct.pack('<I', 48) + section)


def together(apply, streams):
    """Streams in one, each under the key of its number; the list of them under that of 0."""
    listed, data = struct.pack('<I', len(streams)), b''
    for number, (name, stream) in enumerate(streams.items()):
        listed += struct.pack('<IIHBBI', 8 + len(data), len(stream), number, len(name), 1, 0)
        listed += (name + '\0').encode('utf-16-le')
        data += apply(number, stream)
    return apply(0, struct.pack('<II', 8 + len(data), len(listed))) + data + apply(0, listed)


def xor_step(value):
    return (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF


def xor_key(password):
    base, end, key = 0x8000, 0xFFFF, 0
    for byte in reversed(password):
        for bit in range(8):
            base, end = xor_step(base), xor_step(end)
            if byte >> bit & 1:
                key ^= base
    return key ^ end


def xor_proof(password):
    value = 0
    for byte in reversed(bytes([len(password)]) + password):
        value = (value << 1 & 0x7FFF | value >> 14 & 1) ^ byte
    return value ^ 0xCE4B


def by_xor(stream, version, password=PASSWORD.encode()):
    pad = bytes.fromhex('BBFFFFBAFFFFB98000BE0F00BF0F0000')
    key = struct.pack('<H', xor_key(password))
    turned = []
    for i, byte in enumerate((password + pad)[:16]):
        byte ^= key[i & 1]
        turned.append((byte >> 1 | byte << 7) & 255)
    out = bytearray(stream)
    for kind, at, size, start in records(stream):
        if kind == 0x2F:
            out[at:at + size] = (b'\0\0' if version == 8 else b'') + key + struct.pack(
                '<H', xor_proof(password))
        elif kind != 0x809:
            for i in range(start, at + size):
                out[i] = (out[i] << 5 | out[i] >> 3) & 255 ^ turned[(i + size) % 16]
    return bytes(out)


def protected():
    def whole(said_size):
        return book(rec(0x2F, bytes(said_size)) + rec(0x42, struct.pack('<H', 1200)) + xf(0) +
                    shared([('社外秘', 0, b''), ('山田太郎 03-9999-0001', 0, b'')], 200),
                    [('名簿', 0, 0, bof(0x10) + label(0, 0, 0) + label(1, 1, 1) +
                      number(2, 0, 3.5) + EOF)])
    save('xls/default_password.in', cfb({'Workbook': by_rc4(whole(54))}))
    cache = rec(0xC6, bytes(20)) + rec(0xCD, long('元の得意先')) + EOF
    for bits in (40, 128):
        said = cryptoapi_said(bits)
        stream = whole(len(said))
        tree = {'Workbook': locked(stream, cryptoapi_keys(len(stream), bits), said)}
        if bits == 40:
            tree['encryption'] = together(
                lambda block, data: bytes(a ^ b for a, b in zip(data, cryptoapi_block(block, bits))),
                {'\5SummaryInformation': title_set('社外秘の名簿')})
        if bits == 128:
            tree['_SX_DB_CUR'] = {'0001': locked(cache, cryptoapi_keys(len(cache), bits), b'')}
        save(f'xls/default_cryptoapi_{bits}.in', cfb(tree))
    said = cryptoapi_said(128, 'himitsu')
    stream = whole(len(said))
    save('xls/password_cryptoapi.in',
         cfb({'Workbook': locked(stream, cryptoapi_keys(len(stream), 128, 'himitsu'), said)}))
    save('xls/default_xor.in', cfb({'Workbook': by_xor(whole(6), 8)}))
    save('xls95/default_xor.in', cfb({'Book': by_xor(biff5_stream(rec(0x2F, bytes(4))), 5)}))
    save('xls95/password_xor.in', cfb({'Book': by_xor(biff5_stream(rec(0x2F, bytes(4))), 5, b'himitsu')}))


def hostile():
    """A string in very many pieces that very many cells show, and one that none shows."""
    pieces = (rec(0xFC, struct.pack('<II', 50, 2) + struct.pack('<HB', 2, 0) + b'a') +
              rec(0x3C, b'\0') * 300 + rec(0x3C, b'\0b' + long('どこにもない')))
    sheet = bof(0x10) + b''.join(label(i, 0, 0) for i in range(50)) + EOF
    save('xls/pieces.in', cfb({'Workbook': book(pieces, [('断片', 0, 0, sheet)])}))


if __name__ == '__main__':
    macro()
    protected()
    hostile()
    biff8()
    biff5()
    biff_old()
