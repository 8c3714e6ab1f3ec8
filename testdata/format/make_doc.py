#!/usr/bin/env python3
"""Makes the .in fixtures of doc/ (and one of rtf/): documents that LibreOffice writes from one source,
and damaged or unusual ones made of those and by hand.  People, companies and numbers are invented.

    python3 testdata/format/make_doc.py
    RMN_GOLDEN=1 RMN_FOLDER=doc build/gcc/unit/format_office    and read the .out files

What LibreOffice writes differs a little from run to run; `make_doc.py --hand` leaves it as it is."""
import os
import struct
import subprocess
import sys
import tempfile

from cfb import cfb

HERE = os.path.dirname(os.path.abspath(__file__))
NS = ' '.join(f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for p, n in (
    ('office', 'office'), ('text', 'text'), ('table', 'table'), ('style', 'style'),
    ('draw', 'drawing'), ('svg', 'svg-compatible'), ('fo', 'xsl-fo-compatible'),
    ('meta', 'meta'))) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"' \
    ' xmlns:xlink="http://www.w3.org/1999/xlink"'


def cell(text):
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def source():
    rows = ''.join('<table:table-row>' + ''.join(cell(c) for c in row) + '</table:table-row>'
                   for row in (('氏名', '電話', '備考'), ('山田 太郎', '03-9999-0001', ''),
                               ('', '03-9999-0002', '内線</text:p><text:p>12')))
    note = ('<text:note text:note-class="{0}"><text:note-citation>1</text:note-citation>'
            '<text:note-body><text:p>{1}</text:p></text:note-body></text:note>')
    body = (
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info>'
        '<dc:creator>佐藤花子</dc:creator><dc:date>2014-03-01T09:30:00</dc:date></office:change-info>'
        '<text:p>九百万円</text:p></text:deletion></text:changed-region></text:tracked-changes>'
        '<text:h text:outline-level="1">定例議事録</text:h>'
        '<text:p>出席: 佐藤<text:s/>花子 <text:a xlink:href="mailto:hanako@example.jp">連絡先</text:a>'
        + note.format('footnote', '脚注の文') + note.format('endnote', '文末の注') + '</text:p>'
        '<text:p>金額は<text:change text:change-id="c1"/>八百万円<text:tab/>です'
        '<office:annotation><dc:creator>鈴木一郎</dc:creator><dc:date>2014-03-01T09:30:00</dc:date>'
        '<text:p>要確認</text:p></office:annotation>。<text:span text:style-name="hidden">隠し文字'
        '</text:span>続き café €5 “q” 𠮷野家</text:p>'
        '<text:p><text:ruby><text:ruby-base>山田</text:ruby-base><text:ruby-text>やまだ</text:ruby-text>'
        '</text:ruby>様</text:p>'
        '<text:p>plain English text, all of it in one byte a character</text:p>'
        f'<table:table><table:table-column table:number-columns-repeated="3"/>{rows}</table:table>'
        '<text:p>枠<draw:frame text:anchor-type="paragraph" svg:width="4cm" svg:height="2cm">'
        '<draw:text-box><text:p>枠の中</text:p></draw:text-box></draw:frame></text:p>'
        '<text:list><text:list-item><text:p>項目一</text:p></text:list-item></text:list>')
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {NS} office:version="1.2" '
            'office:mimetype="application/vnd.oasis.opendocument.text"><office:meta>'
            '<dc:title>定例議事録</dc:title><meta:initial-creator>山田 太郎</meta:initial-creator>'
            '<meta:creation-date>2014-03-01T09:30:00</meta:creation-date>'
            '<meta:user-defined meta:name="文書番号">SN-2014-001</meta:user-defined></office:meta>'
            '<office:automatic-styles><style:style style:name="hidden" style:family="text">'
            '<style:text-properties text:display="none"/></style:style>'
            '<style:page-layout style:name="pm"><style:header-style/><style:footer-style/>'
            '</style:page-layout></office:automatic-styles><office:master-styles>'
            '<style:master-page style:name="Standard" style:page-layout-name="pm">'
            '<style:header><text:p>社外秘</text:p></style:header><style:footer><text:p>株式会社東雲'
            '</text:p></style:footer></style:master-page></office:master-styles>'
            f'<office:body><office:text>{body}</office:text></office:body></office:document>')


def save(name, data):
    path = os.path.join(HERE, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data)


def convert(text, end, written):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'a.fodt'), 'w', encoding='utf-8') as f:
            f.write(text)
        subprocess.run(['soffice', f'-env:UserInstallation=file://{folder}/profile', '--headless',
                        '--convert-to', f'{end}:{written}', '--outdir', folder,
                        os.path.join(folder, 'a.fodt')], check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(folder, 'a.' + end), 'rb') as f:
            return f.read()


def sttb(strings, extra=0):
    out = struct.pack('<HHH', 0xFFFF, len(strings), extra)
    for text in strings:
        out += struct.pack('<H', len(text)) + text.encode('utf-16-le') + bytes(extra)
    return out


def xst(text, end=b''):
    return struct.pack('<H', len(text)) + text.encode('utf-16-le') + end


def plc(positions, items):
    return struct.pack(f'<{len(positions)}I', *positions) + b''.join(items)


def page(runs, is_paragraph=False):
    """A formatted page of runs (start, end, modifiers) that follow each other."""
    out, end = bytearray(512), 510
    places = []
    for _, _, grpprl in runs:
        if is_paragraph:
            grpprl = b'\0\0' + grpprl                     # the style
            data = bytes([(len(grpprl) + 1) // 2]) + grpprl if len(grpprl) % 2 else \
                bytes([0, len(grpprl) // 2]) + grpprl
        else:
            data = bytes([len(grpprl)]) + grpprl if grpprl else b''
        if data:
            end = (end - len(data)) & ~1
            out[end:end + len(data)] = data
        places.append(bytes([end // 2 if data else 0]) + bytes(12 if is_paragraph else 0))
    head = plc([runs[0][0]] + [r[1] for r in runs], places)
    out[:len(head)] = head
    out[511] = len(runs)
    return bytes(out)


LENGTHS = ('main', 'footnotes', 'headers', 'macros', 'comments', 'endnotes', 'boxes', 'header_boxes')


def header(lengths, tables, flags=0, start=0x400, version=0xC1):
    """Header and table stream of Word 97."""
    table, places = b'\0' * 4, {}
    for number, data in tables.items():
        places[number] = (len(table), len(data))
        table += data
    fib = struct.pack('<HHHHHHHIBBHHII', 0xA5EC, version, 0, 0x411, 0, flags | 0x1200, 0xBF, 0, 0, 0,
                      0, 0, start, 0)
    fib += struct.pack('<H', 14) + bytes(28) + struct.pack('<H', 22) + bytes(12)
    fib += struct.pack('<8I', *(lengths.get(n, 0) for n in LENGTHS)) + bytes(88 - 44)
    fib += struct.pack('<H', 93)
    for i in range(93):
        fib += struct.pack('<II', *places.get(i, (0, 0)))
    return fib.ljust(start, b'\0'), table


def saved_fast():
    """Pieces in another order than in the stream, in both widths, with text between them that a fast
    save left behind; comments with their people, names and paths, an embedded file."""
    start = 0x400
    main = [('株式会社東雲 御中\r', 2), ('Tel 03-9999-0001 \x93caf\xe9\x94\r', 1),
            ('氏名\x07住所\x07\x07山田\x07\x07\x07', 2),
            ('\x13 EQ \\o\\ad(\\s\\up 9(さとう),佐藤)\x15様 \x13HYPERLINK "http://www.example.jp/"'
             '\x14案内\x15\r', 2), ('金額九百万円八百万円内緒(\r', 2)]
    comment = [('\x05要確認\r\x05済\r', 2)]
    lost = '旧社名は株式会社北斗でした。\r'.encode('utf-16-le')
    stream, pieces, position, order = b'', [], 0, [1, 0, 2, 3, 4, 5]
    texts = main + comment
    offsets = {}
    for i in order:
        text, width = texts[i]
        if i == 0:
            stream += lost
        offsets[i] = start + len(stream)
        stream += text.encode('utf-16-le') if width == 2 else text.encode('latin-1')
        if width == 1:
            stream += b'\0' * (len(stream) % 2)
    positions = [0]
    for i, (text, width) in enumerate(texts):
        positions.append(positions[-1] + len(text))
        fc = offsets[i] if width == 2 else 0x40000000 | offsets[i] * 2
        pieces.append(struct.pack('<HIH', 0, fc, 0))
    stream = stream.ljust((len(stream) + 511) // 512 * 512, b'\0')
    first_page = (start + len(stream)) // 512
    money, table = offsets[4], offsets[2]
    deleted = struct.pack('<HB', 0x0800, 1)
    hidden = struct.pack('<HB', 0x083C, 1)
    symbol = struct.pack('<HHH', 0x6A09, 3, 0xF0B7)
    stream += page([(start, money + 4, b''), (money + 4, money + 12, deleted),
                    (money + 12, money + 20, b''), (money + 20, money + 24, hidden),
                    (money + 24, money + 26, symbol), (money + 26, money + 28, b'')])
    cell = struct.pack('<HB', 0x2416, 1)
    row = cell + struct.pack('<HB', 0x2417, 1)
    stream += page([(start, table, b''), (table, table + 12, cell), (table + 12, table + 14, row),
                    (table + 14, table + 22, cell), (table + 22, table + 24, row),
                    (table + 24, start + len(stream), b'')], True)
    reference = [xst(initials).ljust(20, b'\0') + struct.pack('<HHHI', owner, 0, 0, 0)
                 for initials, owner in (('SI', 0), ('YT', 7))]
    tables = {
        4: plc([1, 2, 3], reference), 5: plc([0, 5, 8, 8], []),
        12: plc([start, start + len(stream)], [struct.pack('<I', first_page)]),
        13: plc([start, start + len(stream)], [struct.pack('<I', first_page + 1)]),
        32: sttb(['', 'C:\\Templates\\kaigi.dot', '題', '', '', '', '山田', '佐藤', '\\\\srv\\meibo.xls', '', '',
                  '', '', '', '', '', '', 'sesame']),
        33: b'\2' + struct.pack('<I', len(positions) * 4 + len(pieces) * 8) + plc(positions, pieces),
        36: xst('鈴木一郎'), 51: sttb(['Unknown', '佐藤花子']),
        60: sttb(['client'], 4) + xst('北斗電機', b'\0\0'),
        71: sttb(['山田 太郎', 'C:\\案件\\見積.doc', '佐藤花子', 'A:\\見積2.doc']),
    }
    fib, table_stream = header({'main': sum(len(t) for t, _ in main), 'comments': len(comment[0][0])},
                               tables, flags=4)
    native = (struct.pack('<H', 2) + '名簿.csv'.encode('cp932') + b'\0C:\\work\\meibo.csv\0' +
              struct.pack('<HHI', 0, 3, 19) + b'C:\\tmp\\meibo(1).csv'[:18] + b'\0' +
              struct.pack('<I', 9) + b'name,tel\n')
    pool = {'_1001': {'\1Ole10Native': struct.pack('<I', len(native)) + native, '\1CompObj': bytes(64)},
            '_1002': {'\3ObjInfo': bytes(6), 'CONTENTS': b'%PDF-1.4 made up'},
            '_1003': {'\1CompObj': bytes(64), 'WordDocument': old_document()}}
    return {'WordDocument': fib + stream, '1Table': table_stream, 'ObjectPool': pool}


def old_document(text='第一章 能力ソ表\r氏名\x07電話\x07\x07山田\x0703-9999\x07\x07おわり\r', version=104):
    """Word 95, Japanese: the text is one run of CP932."""
    data = text.encode('cp932')
    fib = struct.pack('<HHHHHHHIBBHHII', 0xA5DC, version, 0, 0x411, 0, 0, 0x65, 0, 0, 0, 0, 0, 0x300,
                      0x300 + len(data))
    fib = fib.ljust(52, b'\0') + struct.pack('<I', len(data))
    return (fib.ljust(0x300, b'\0') + data).ljust(0x800, b'\0')


def main():
    if '--hand' not in sys.argv:
        save('doc/libreoffice.in', convert(source(), 'doc', 'MS Word 97'))
        save('rtf/libreoffice.in', convert(source(), 'rtf', 'Rich Text Format').rstrip(b'\n'))
    tree = saved_fast()
    save('doc/saved_fast.in', cfb(tree))
    save('doc/no_table.in', cfb({'WordDocument': tree['WordDocument']}))
    save('doc/word95.in', cfb({'WordDocument': old_document()}))
    save('ole2/object.in', cfb({'\1Ole10Native': tree['ObjectPool']['_1001']['\1Ole10Native']}))
    fib, table = header({'main': 5}, {}, flags=0x100)
    # a notice in front, and the document itself where only its owner's server opens it
    save('doc/rights_managed.in', cfb({'WordDocument': old_document(
        'この文書のアクセス許可は現在制限されています。\r'), '\tDRMContent': bytes(range(256)) * 8,
        '\6DataSpaces': {'Version': bytes(12)}}))
    save('doc/encrypted.in', cfb({'WordDocument': fib + bytes(range(256)) * 8, '1Table': table}))


if __name__ == '__main__':
    main()
