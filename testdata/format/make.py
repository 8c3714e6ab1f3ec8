#!/usr/bin/env python3
"""Makes the .in fixtures of this folder.  People, companies and numbers are invented: example.jp,
03-9999-xxxx and 090-0000-xxxx are not assigned, card numbers are the schemes' test numbers.

    python3 testdata/format/make.py     then: RMN_GOLDEN=1 build/gcc/unit/format_office
"""
import os
import struct
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
     'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
     'xmlns:v="urn:schemas-microsoft-com:vml"')
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELS = 'http://schemas.openxmlformats.org/package/2006/relationships'
TYPE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
OOXML = 'application/vnd.openxmlformats-officedocument.'


def save(name, data):
    path = os.path.join(HERE, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data)


def package(name, parts, mimetype=None, stored=()):
    path = os.path.join(HERE, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
        def add(n, body, method):
            info = zipfile.ZipInfo(n, (2015, 4, 1, 9, 0, 0))
            info.compress_type = method
            info.external_attr = 0o600 << 16
            z.writestr(info, body)
        if mimetype:
            add('mimetype', mimetype, zipfile.ZIP_STORED)
        for n, body in parts.items():
            add(n, body, zipfile.ZIP_STORED if n in stored else zipfile.ZIP_DEFLATED)


def types(overrides):
    rows = ''.join(f'<Override PartName="/{n}" ContentType="{t}"/>' for n, t in overrides.items())
    return (XML + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>' + rows + '</Types>')


def rels(items):
    rows = ''.join(
        f'<Relationship Id="{i}" Type="{TYPE}{t}" Target="{target}"'
        + (' TargetMode="External"' if external else '') + '/>'
        for i, t, target, external in items)
    return XML + f'<Relationships xmlns="{RELS}">' + rows + '</Relationships>'


CORE = XML + ('<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t">'
              '<dc:title>{title}</dc:title><dc:creator>山田 太郎</dc:creator>'
              '<cp:lastModifiedBy>佐藤花子</cp:lastModifiedBy><cp:keywords>見積 &amp; 契約</cp:keywords>'
              '<dcterms:created>2014-03-01T18:30:00+09:00</dcterms:created>'
              '<dcterms:modified>2015-04-01T00:00:00Z</dcterms:modified></cp:coreProperties>')
APP = XML + ('<Properties xmlns:vt="v"><Application>Microsoft Office Word</Application>'
             '<Company>株式会社東雲</Company><Manager>鈴木一郎</Manager></Properties>')
CUSTOM = XML + ('<Properties xmlns:vt="v"><property name="文書番号"><vt:lpwstr>SN-2014-001</vt:lpwstr>'
                '</property></Properties>')


def p(text):
    return f'<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


def docx():
    body = (
        p('議事録') + p('担当: 山田 太郎 &lt;taro.yamada@example.jp&gt;')
        + '<w:p><w:r><w:t>電話 03-9999</w:t></w:r><w:r><w:t>-0001</w:t><w:tab/><w:t>内線&#x31;2</w:t>'
          '<w:br/><w:t>次の行</w:t><w:noBreakHyphen/><w:t>続き</w:t></w:r></w:p>'
        + '<w:tbl><w:tr><w:tc>' + p('氏名') + '</w:tc><w:tc>' + p('住所') + '</w:tc></w:tr>'
          '<w:tr><w:tc>' + p('佐藤花子') + '</w:tc><w:tc>' + p('東京都架空区') + p('1-2-3')
        + '</w:tc></w:tr><w:tr><w:tc><w:p/></w:tc><w:tc><w:tbl><w:tr><w:tc>' + p('内') + '</w:tc><w:tc>'
        + p('側') + '</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>'
        + '<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>' + p('枠の中') + '</w:txbxContent>'
          '</mc:Choice><mc:Fallback><w:txbxContent>' + p('枠の中') + '</w:txbxContent></mc:Fallback>'
          '</mc:AlternateContent></w:r></w:p>'
        + '<w:p><w:r><w:t>金額は</w:t></w:r><w:del><w:r><w:delText>九百万円</w:delText></w:r></w:del>'
          '<w:ins><w:r><w:t>八百万円</w:t></w:r></w:ins></w:p>'
        + '<w:p><w:r><w:instrText>HYPERLINK "mailto:hanako@example.jp"</w:instrText></w:r>'
          '<w:r><w:ruby><w:rt><w:r><w:t>さとう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>佐藤</w:t></w:r>'
          '</w:rubyBase></w:ruby></w:r></w:p>')
    main = OOXML + 'wordprocessingml.'
    parts = {
        '[Content_Types].xml': types({
            'word/document.xml': main + 'document.main+xml',
            'word/header2.xml': main + 'header+xml', 'word/footer1.xml': main + 'footer+xml',
            'word/footnotes.xml': main + 'footnotes+xml', 'word/comments.xml': main + 'comments+xml',
            'docProps/core.xml': 'application/vnd.openxmlformats-package.core-properties+xml',
            'docProps/app.xml': OOXML + 'extended-properties+xml',
            'docProps/custom.xml': OOXML + 'custom-properties+xml'}),
        '_rels/.rels': rels([('rId1', 'officeDocument', 'word/document.xml', False)]),
        'word/document.xml': XML + f'<w:document {W}><w:body>{body}</w:body></w:document>',
        'word/header2.xml': XML + f'<w:hdr {W}>' + p('社外秘') + '<w:p><w:r><w:pict><v:shape>'
        '<v:textpath string="CONFIDENTIAL"/></v:shape></w:pict></w:r></w:p></w:hdr>',
        'word/footer1.xml': XML + f'<w:ftr {W}>' + p('株式会社東雲') + '</w:ftr>',
        'word/footnotes.xml': XML + f'<w:footnotes {W}><w:footnote>' + p('脚注の文') + '</w:footnote></w:footnotes>',
        'word/comments.xml': XML + f'<w:comments {W}><w:comment w:author="鈴木一郎">' + p('要確認') + '</w:comment></w:comments>',
        'word/_rels/document.xml.rels': rels([
            ('rId1', 'hyperlink', 'mailto:soumu@example.jp', True),
            ('rId2', 'package', 'embeddings/Sheet1.xlsx', False)]),
        'word/embeddings/Sheet1.xlsx': b'PK\3\4 not a whole workbook',
        'docProps/core.xml': CORE.format(title='定例議事録'), 'docProps/app.xml': APP,
        'docProps/custom.xml': CUSTOM,
    }
    package('docx/minutes.docx.in', parts)
    plain = {k: v for k, v in parts.items() if k in ('word/document.xml', '_rels/.rels')}
    package('docx/no_types.docx.in', plain)
    with open(os.path.join(HERE, 'docx/minutes.docx.in'), 'rb') as f:
        whole = f.read()
    save('docx/no_directory.docx.in', whole[:len(whole) - 700])
    damaged = bytearray(whole)
    at = whole.find(b'word/document.xml') + 17 + 300
    damaged[at:at + 8] = b'\0' * 8
    save('docx/damaged_stream.docx.in', bytes(damaged))
    utf16 = dict(plain)
    utf16['word/document.xml'] = f'<w:document {W}>'.encode('utf-16') + (p('十六ビット') + '</w:document>').encode('utf-16-le')
    package('docx/utf16.docx.in', utf16)
    hidden = dict(plain)
    hidden['word/document.xml'] = (
        f'<w:document {W}><w:body><w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>見える</w:t></w:r>'
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>隠した電話 03-9999-0005</w:t></w:r>'
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>、続き</w:t></w:r></w:p></w:body></w:document>')
    hidden['customXml/item1.xml'] = (
        '<CoverPageProperties xmlns="c"><CompanyAddress>東京都架空区1-2-3</CompanyAddress>\n <CompanyPhone>'
        '03-9999-0006</CompanyPhone><CompanyEmail/></CoverPageProperties>')
    hidden['customXml/itemProps1.xml'] = '<ds:datastoreItem xmlns:ds="d" ds:itemID="{0}">not read</ds:datastoreItem>'
    hidden['docMetadata/LabelInfo.xml'] = (
        '<clbl:labelList xmlns:clbl="l"><clbl:label id="{0}" enabled="1" method="Privileged" name="社外秘"/>'
        '</clbl:labelList>')
    package('docx/hidden.docx.in', hidden)
    bomb = ('<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
            f'<w:document {W}>' + p('&b; 前') + '<w:p><w:r><w:t>a &amp b & c < d</w:t></w:r></w:document>')
    utf16['word/document.xml'] = bomb
    package('docx/entities.docx.in', utf16)


def xlsx():
    def c(ref, value, t='', s=''):
        return (f'<c r="{ref}"' + (f' s="{s}"' if s else '') + (f' t="{t}"' if t else '') +
                f'><v>{value}</v></c>')
    styles = ('<styleSheet><numFmts>'
              '<numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/>'
              '<numFmt numFmtId="165" formatCode="000\\-0000"/>'
              '<numFmt numFmtId="166" formatCode="[&lt;=999]000;[&lt;=9999]000\\-00;000\\-0000"/>'
              '<numFmt numFmtId="167" formatCode="00000000000"/>'
              '<numFmt numFmtId="168" formatCode="[h]:mm"/>'
              '<numFmt numFmtId="169" formatCode="0.00E+00"/>'
              '<numFmt numFmtId="170" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
              '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
              + ''.join(f'<xf numFmtId="{n}"/>' for n in
                        (0, 14, 22, 164, 165, 166, 167, 168, 169, 170, 20)) + '</cellXfs></styleSheet>')
    strings = ('<sst><si><t>氏名</t></si><si><r><t>山田</t></r><r><t xml:space="preserve"> 太郎</t></r>'
               '<rPh><t>ヤマダ</t></rPh></si><si><t>東京都\n架空区&amp;1_x000D_2</t></si><si/><si><t>最後</t></si></sst>')
    rows = ('<row r="1">' + c('A1', 0, 's') + c('C1', 4, 's') + '</row>'
            '<row r="2">' + c('A2', 1, 's') + c('B2', 2, 's') + c('C2', 3, 's') + c('D2', 99, 's') + '</row>'
            '<row r="3">' + c('A3', '4111111111111111') + c('B3', '4.0123456789012E15') +
            c('C3', '9000000001', s=6) + c('D3', '0.30000000000000004') + c('E3', '1.5E-3') + '</row>'
            '<row r="4">' + c('A4', 41730, s=1) + c('B4', '41730.5', s=2) + c('C4', 41730, s=3) +
            c('D4', 41730, s=9) + c('E4', '0.5', s=10) + c('F4', '1.25', s=7) + c('G4', 59, s=1) + '</row>'
            '<row r="5">' + c('A5', 1000001, s=4) + c('B5', 1000001, s=5) + c('C5', 123, s=5) +
            c('D5', 12, s=8) + c('E5', -5) + '</row>'
            '<row r="6"><c r="A6" t="inlineStr"><is><t>直接の文字</t></is></c><c t="b"><v>1</v></c>'
            '<c t="str"><f>A1&amp;B1</f><v>式の&lt;結果&gt;</v></c><c t="e"><v>#N/A</v></c>'
            '<c r="ZZZ6"><v>7</v></c></row>')
    sheet = '<worksheet><sheetData>{}</sheetData>{}</worksheet>'
    main = OOXML + 'spreadsheetml.'
    parts = {
        '[Content_Types].xml': types({
            'xl/workbook.xml': main + 'sheet.main+xml', 'xl/worksheets/sheet1.xml': main + 'worksheet+xml',
            'xl/worksheets/sheet2.xml': main + 'worksheet+xml', 'xl/styles.xml': main + 'styles+xml',
            'xl/sharedStrings.xml': main + 'sharedStrings+xml', 'xl/comments1.xml': main + 'comments+xml',
            'xl/connections.xml': main + 'connections+xml',
            'xl/drawings/drawing1.xml': OOXML + 'drawing+xml',
            'xl/pivotCache/pivotCacheDefinition1.xml': main + 'pivotCacheDefinition+xml',
            'xl/pivotCache/pivotCacheRecords1.xml': main + 'pivotCacheRecords+xml'}),
        'xl/workbook.xml': XML + f'<workbook {R} xmlns:x15ac="a"><x15ac:absPath url="C:\\Users\\yamada\\顧客\\"/>'
        '<sheets><sheet name="給与" sheetId="2" state="hidden" r:id="rId2"/>'
        '<sheet name="名簿" sheetId="1" r:id="rId1"/><sheet name="失" sheetId="3" r:id="rId9"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels': rels([
            ('rId1', 'worksheet', 'worksheets/sheet1.xml', False),
            ('rId2', 'worksheet', '/xl/worksheets/sheet2.xml', False),
            ('rId3', 'externalLinkPath', 'file:///\\\\fs01\\share\\旧名簿.xlsx', True)]),
        'xl/worksheets/sheet1.xml': XML + sheet.format(
            rows, '<headerFooter><oddHeader>&amp;L&amp;"ＭＳ 明朝,標準"&amp;12社外秘&amp;R&amp;D</oddHeader></headerFooter>'),
        'xl/worksheets/sheet2.xml': XML + sheet.format('<row><c><v>250000</v></c><c><v>300000</v></c></row>', ''),
        'xl/styles.xml': XML + styles, 'xl/sharedStrings.xml': XML + strings,
        'xl/comments1.xml': XML + '<comments><authors><author>鈴木</author></authors><commentList><comment ref="A1">'
        '<text><r><t>本人確認</t></r><r><t>済み</t></r></text></comment></commentList></comments>',
        'xl/connections.xml': XML + '<connections><connection id="1" name="db"><dbPr connection="Provider=SQLOLEDB;'
        'Data Source=db.example.jp;User ID=sa;Password=not-a-real-one"/></connection></connections>',
        'xl/drawings/drawing1.xml': XML + '<xdr:wsDr><a:p><a:r><a:t>図の中の</a:t></a:r><a:r><a:t>文字</a:t></a:r></a:p></xdr:wsDr>',
        'xl/pivotCache/pivotCacheDefinition1.xml': XML + '<pivotCacheDefinition><cacheFields><cacheField name="氏名">'
        '<sharedItems><s v="高橋次郎"/><s v="伊藤三郎"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>',
        'xl/pivotCache/pivotCacheRecords1.xml': XML + '<pivotCacheRecords><r><x v="0"/><s v="090-0000-0001"/><n v="5"/></r></pivotCacheRecords>',
        'xl/embeddings/見積.txt': '埋め込み',
        'docProps/core.xml': CORE.format(title='顧客名簿'),
    }
    package('xlsx/customers.xlsx.in', parts)
    # one sheet listed over and over, another not at all
    parts['xl/workbook.xml'] = (XML + f'<workbook {R}><sheets>' +
                                '<sheet name="名簿" sheetId="1" r:id="rId1"/>' * 40 + '</sheets></workbook>')
    package('xlsx/unlisted.xlsx.in', parts)
    bare = {k: parts[k] for k in ('xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml', '[Content_Types].xml')}
    package('xlsx/no_workbook.xlsx.in', bare)
    last = {n: body for n, body in parts.items() if 'sharedStrings' not in n}
    last['xl/sharedStrings.xml'] = '<sst><si><t>氏名</t></si><si><t>佐久間 真澄、電話は 070-0000-1234、' + '以下余白。' * 9 + '</t></si></sst>'
    package('xlsx/cut_string.xlsx.in', last, stored=('xl/sharedStrings.xml',))
    with open('xlsx/cut_string.xlsx.in', 'r+b') as f:
        f.truncate(f.read().index('以下余白'.encode()) + 20)
    package('xlsx/binary_empty.xlsb.in', {'[Content_Types].xml': types({}), 'xl/workbook.bin': b'\0\1\2',
                                          'docProps/core.xml': CORE.format(title='二進')})


def xlsb():
    """A binary workbook (MS-XLSB): every kind of cell, a hidden sheet, comments."""
    def record(number, body=b''):
        head = bytes([number]) if number < 128 else bytes([number & 127 | 128, number >> 7])
        size = len(body)
        while size > 127:
            head += bytes([size & 127 | 128])
            size >>= 7
        return head + bytes([size]) + body

    def wide(text):
        return struct.pack('<I', len(text)) + text.encode('utf-16-le')

    def cell(number, column, body, style=0):
        return record(number, struct.pack('<II', column, style) + body)

    strings = record(159, struct.pack('<II', 3, 3)) + b''.join(
        record(19, b'\0' + wide(s)) for s in ('氏名', '山田\n太郎', '電話')) + record(160)
    styles = (record(44, struct.pack('<H', 164) + wide('000\\-0000')) + record(617, struct.pack('<I', 3))
              + b''.join(record(47, struct.pack('<HHH', 0, f, 0)) for f in (0, 14, 164)) + record(618))
    rows = (record(0, struct.pack('<I', 0)) + cell(7, 0, struct.pack('<I', 0)) + cell(7, 2, struct.pack('<I', 2))
            + record(0, struct.pack('<I', 1)) + cell(7, 0, struct.pack('<I', 1)) + cell(7, 1, struct.pack('<I', 9))
            + cell(6, 2, wide('090-0000-0007'))
            + record(0, struct.pack('<I', 2)) + cell(5, 0, struct.pack('<d', 41730.0), 1)
            + cell(2, 1, struct.pack('<I', 1000001 << 2 | 2), 2) + cell(2, 2, struct.pack('<I', 12345 << 2 | 3))
            + cell(4, 3, b'\1') + cell(3, 4, b'\x2a') + cell(8, 80, wide('式の文字') + b'\0\0')
            + cell(9, 81, struct.pack('<d', 0.1) + b'\0\0') + cell(10, 82, b'\0\0\0') + cell(62, 83, b'\0' + wide('飾り'))
            + record(479, b'\0\0' + wide('&L社外秘&R&"MS,Bold"&12 1頁') + b'\xff\xff\xff\xff' * 5))
    hidden = record(0, struct.pack('<I', 0)) + cell(6, 0, wide('給与 250000'))
    book = (record(153, struct.pack('<III', 0, 0, 0)) + record(2071, wide('C:\\Users\\taro\\Dropbox\\'))
            + record(156, struct.pack('<II', 0, 1) + wide('rId1') + wide('顧客'))
            + record(156, struct.pack('<II', 2, 2) + wide('rId2') + wide('給与'))
            + record(156, struct.pack('<II', 0, 3) + wide('rId9') + wide('無い')))
    package('xlsx/binary.xlsb.in', {
        '[Content_Types].xml': types({}), 'xl/workbook.bin': book,
        'xl/_rels/workbook.bin.rels': rels([('rId1', 'worksheet', 'worksheets/sheet1.bin', False),
                                            ('rId2', 'worksheet', 'worksheets/sheet2.bin', False)]),
        'xl/worksheets/sheet1.bin': rows, 'xl/worksheets/sheet2.bin': hidden,
        'xl/sharedStrings.bin': strings, 'xl/styles.bin': styles,
        'xl/comments1.bin': record(632, wide('鈴木')) + record(637, b'\0' + wide('本人確認済み')),
        'xl/pivotCache/pivotCacheRecords1.bin': b'\0\0',
        'docProps/core.xml': CORE.format(title='二進')})
    package('xlsx/binary_unlisted.xlsb.in', {
        '[Content_Types].xml': types({}), 'xl/workbook.bin': record(153, struct.pack('<III', 1, 0, 0)),
        'xl/worksheets/sheet2.bin': hidden})


def pptx():
    def sp(text, ph=''):
        return ('<p:sp><p:nvSpPr><p:nvPr>' + ph + '</p:nvPr></p:nvSpPr><p:txBody>' +
                ''.join(f'<a:p><a:r><a:t>{x}</a:t></a:r></a:p>' for x in text) + '</p:txBody></p:sp>')
    main = OOXML + 'presentationml.'
    table = ('<a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>部署</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody>'
             '<a:p><a:r><a:t>営業</a:t></a:r></a:p><a:p><a:r><a:t>本部</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl>')
    parts = {
        '[Content_Types].xml': types({
            'ppt/presentation.xml': main + 'presentation.main+xml', 'ppt/slides/slide1.xml': main + 'slide+xml',
            'ppt/slides/slide2.xml': main + 'slide+xml', 'ppt/slides/slide10.xml': main + 'slide+xml',
            'ppt/slideMasters/slideMaster1.xml': main + 'slideMaster+xml',
            'ppt/notesSlides/notesSlide1.xml': main + 'notesSlide+xml',
            'ppt/comments/comment1.xml': main + 'comments+xml',
            'ppt/commentAuthors.xml': main + 'commentAuthors+xml'}),
        'ppt/presentation.xml': XML + f'<p:presentation {R}><p:sldIdLst><p:sldId r:id="rId3"/><p:sldId r:id="rId1"/>'
        '</p:sldIdLst></p:presentation>',
        'ppt/_rels/presentation.xml.rels': rels([('rId1', 'slide', 'slides/slide1.xml', False),
                                                ('rId3', 'slide', 'slides/slide10.xml', False)]),
        'ppt/slides/slide1.xml': XML + '<p:sld show="0">' + sp(['隠した面', '原価 40%']) + '</p:sld>',
        'ppt/slides/slide2.xml': XML + '<p:sld>' + sp(['一覧から外された面']) + '</p:sld>',
        'ppt/slides/slide10.xml': XML + '<p:sld>' + sp(['新製品のご提案']) + table +
        sp(['10'], '<p:ph type="sldNum"/>') + '</p:sld>',
        'ppt/slides/_rels/slide10.xml.rels': rels([
            ('rId1', 'notesSlide', '../notesSlides/notesSlide1.xml', False),
            ('rId2', 'comments', '../comments/comment1.xml', False),
            ('rId4', 'hyperlink', 'https://intra.example.jp/計画', True)]),
        'ppt/notesSlides/notesSlide1.xml': XML + '<p:notes>' + sp(['ここで値引きの話をする']) + '</p:notes>',
        'ppt/comments/comment1.xml': XML + '<p:cmLst><p:cm authorId="0"><p:text>数字を確認</p:text></p:cm></p:cmLst>',
        'ppt/commentAuthors.xml': XML + '<p:cmAuthorLst><p:cmAuthor id="0" name="田中四郎"/></p:cmAuthorLst>',
        'ppt/slideMasters/slideMaster1.xml': XML + '<p:sldMaster>' + sp(['マスター タイトルの書式設定'], '<p:ph type="title"/>')
        + sp(['社外秘 株式会社東雲']) + '</p:sldMaster>',
        'docProps/core.xml': CORE.format(title='ご提案'),
    }
    package('pptx/proposal.pptx.in', parts)
    # one slide listed over and over, the others not at all
    parts['ppt/presentation.xml'] = (XML + f'<p:presentation {R}><p:sldIdLst>' + '<p:sldId r:id="rId3"/>' * 40 +
                                     '</p:sldIdLst></p:presentation>')
    package('pptx/repeated.pptx.in', parts)


def odf():
    ns = ('xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d" xmlns:dc="dc" '
          'xmlns:style="s" xmlns:xlink="x" xmlns:meta="m" xmlns:presentation="p"')
    meta = (XML + f'<office:document-meta {ns}><office:meta><meta:generator>LibreOffice/7.4</meta:generator>'
            '<dc:title>報告書</dc:title><meta:initial-creator>山田太郎</meta:initial-creator><dc:creator>佐藤花子</dc:creator>'
            '<meta:creation-date>2013-02-03T04:05:06</meta:creation-date><dc:date>2014-05-06T07:08:09.123456789</dc:date>'
            '<meta:user-defined meta:name="管理番号">R-7</meta:user-defined></office:meta></office:document-meta>')
    styles = (XML + f'<office:document-styles {ns}><office:styles><text:p>書式</text:p></office:styles><office:master-styles>'
              '<style:master-page><style:header><text:p>部外秘</text:p></style:header></style:master-page>'
              '</office:master-styles></office:document-styles>')

    def content(body, before=''):
        return XML + f'<office:document-content {ns}>{before}<office:body>{body}</office:body></office:document-content>'
    text = ('<office:text><text:tracked-changes><text:changed-region><text:deletion><text:p>消した行</text:p></text:deletion>'
            '</text:changed-region></text:tracked-changes><text:h>見出し</text:h>'
            '<text:p>電話<text:s text:c="2"/>03-9999-0002<text:tab/>内線<text:span>5</text:span>'
            '<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>脚注</text:p></text:note-body></text:note>'
            '続き<office:annotation><dc:creator>鈴木</dc:creator><dc:date>2014-01-01</dc:date><text:p>要確認</text:p></office:annotation>。'
            '<text:a xlink:href="mailto:info@example.jp">連絡先</text:a></text:p>'
            '<table:table table:name="表1"><table:table-row><table:table-cell><text:p>氏名</text:p></table:table-cell>'
            '<table:table-cell><text:p>住所</text:p><text:p>電話</text:p></table:table-cell></table:table-row></table:table></office:text>')
    kind = 'application/vnd.oasis.opendocument.'
    manifest = XML + '<manifest:manifest><manifest:file-entry manifest:full-path="content.xml">{}</manifest:file-entry></manifest:manifest>'
    package('odf/report.odt.in', {'content.xml': content(text), 'styles.xml': styles, 'meta.xml': meta,
                                 'Object 1/content.xml': content('<office:chart><text:p>図の題</text:p></office:chart>'),
                                 'META-INF/manifest.xml': manifest.format('')}, kind + 'text')
    package('odf/no_mimetype.odt.in', {'content.xml': content(text), 'meta.xml': meta,
                                      'META-INF/manifest.xml': manifest.format('')})
    package('odf/protected.odt.in', {'content.xml': bytes(range(256)), 'META-INF/manifest.xml': manifest.format(
        '<manifest:encryption-data manifest:checksum="x"/>')}, kind + 'text')
    def cell(shown, attrs=''):
        return f'<table:table-cell {attrs}><text:p>{shown}</text:p></table:table-cell>'
    sheet = ('<office:spreadsheet><table:table table:name="名簿" table:style-name="ta1"><table:table-row>'
             + cell('氏名') + '<table:table-cell table:number-columns-repeated="2"/>' + cell('生年月日') +
             '</table:table-row><table:table-row>' + cell('山田 &amp; 太郎') + cell('同', 'table:number-columns-repeated="2"')
             + cell('平成元年1月8日', 'office:value-type="date" office:date-value="1989-01-08"')
             + cell('4.11E+15', 'office:value-type="float" office:value="4.111111111111111E15"')
             + cell('100-0001', 'office:value-type="float" office:value="1000001"')
             + '<table:table-cell table:number-columns-repeated="16380"/></table:table-row>'
             '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/>'
             '</table:table-row></table:table><table:table table:name="隠し" table:style-name="ta2"><table:table-row>'
             + cell('原価') + '</table:table-row></table:table></office:spreadsheet>')
    hidden = ('<office:automatic-styles><style:style style:name="ta1"><style:table-properties table:display="true"/></style:style>'
              '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles>')
    package('odf/list.ods.in', {'content.xml': content(sheet, hidden), 'meta.xml': meta}, kind + 'spreadsheet')
    show = ('<office:presentation><presentation:footer-decl presentation:name="ftr1">社外秘</presentation:footer-decl>'
            '<presentation:date-time-decl presentation:name="dtd1" presentation:source="fixed">3月末</presentation:date-time-decl>'
            '<draw:page><draw:frame><draw:text-box><text:p>表題</text:p></draw:text-box></draw:frame>'
            '<presentation:notes><draw:frame><draw:text-box><text:p>話すこと</text:p></draw:text-box></draw:frame></presentation:notes>'
            '</draw:page><draw:page><text:p>二枚目</text:p></draw:page></office:presentation>')
    package('odf/show.odp.in', {'content.xml': content(show)}, kind + 'presentation')
    flat = meta.replace('office:document-meta', 'office:document').replace('</office:document>', '')
    save('odf/flat.fodt.in', (flat + '<office:body>' + text + '</office:body></office:document>').encode())


def html():
    page = ('<!DOCTYPE html>\n<html><head><meta http-equiv="Content-Type" content="text/html; charset={}">'
            '<title>社員 &amp; 連絡先</title><meta name="author" content="山田太郎"><meta name=generator content="Word 12">'
            '<style>p {{ color: red }}</style><script>if (a < b) document.write("<p>no</p>");</script></head><body>'
            '<!-- 旧: 03-9999-0009 --><h1>社員  名簿</h1><p>一行目<br>二行目&nbsp;&#65;&#x3042;&copy;</p>'
            '<table><tr><th>氏名<th>電話</tr><tr><td><p>佐藤</p><p>花子</p></td><td>03-9999-0003</td></tr></table>'
            '<pre>そのまま  の\n  行</pre><a href="mailto:hanako%2Esato@example.jp?subject=x">メール</a>'
            '<a href="mailto:taro@example.jp">taro@example.jp</a> <a href=tel:+81-3-9999-0004>電話</a>'
            '<input type=hidden name=id value="E-0042"><input type=submit value="送信">'
            '<ruby>山田<rp>(</rp><rt>やまだ</rt><rp>)</rp></ruby> 1 < 2 &unknown; &lt;終&gt;</body></html>')
    save('html/utf8.html.in', page.format('utf-8').encode())
    save('html/sjis.html.in', page.format('Shift_JIS').replace('&nbsp;', ' ').encode('cp932'))
    save('html/wrong_label.html.in', page.format('utf-8').encode('cp932'))
    save('html/utf16.html.in', page.format('utf-16').encode('utf-16'))
    save('html/cut.html.in', page.format('utf-8').encode()[:700])
    save('html/unclosed.html.in', ('<html><body><a title="never closed>山田</a> <b>太郎 <!-- and this').encode())


def xml():
    body = ('<顧客 xmlns="u"><氏名 区分="個人">山田 太郎</氏名><memo><![CDATA[<原文> & そのまま]]></memo>'
            '<password>not-a-real-one</password><!-- 注意 --><empty a="1" b="&lt;2&gt;"/></顧客>')
    save('xml/customer.xml.in', ('<?xml version="1.0" encoding="UTF-8"?>' + body).encode())
    save('xml/eucjp.xml.in', ('<?xml version="1.0" encoding="EUC-JP"?>' + body).encode('euc_jp'))
    save('xml/broken.xml.in', ('<?xml version="1.0"?><a><b>前</b><c x="1>後</c></a>').encode())
    save('xml/bomb.xml.in', ('<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
                             '<l>&b;&b; ok</l>').encode())
    save('xml/logo.svg.in', ('<svg xmlns="http://www.w3.org/2000/svg"><title>社章</title><text x="1">株式会社東雲</text></svg>').encode())


def text():
    words = '担当は山田太郎です。電話は03-9999-0005、メールはtaro@example.jpへ。\n'
    save('text/utf8.txt.in', words.encode())
    save('text/cp932.txt.in', (words * 3).encode('cp932'))
    save('text/eucjp.txt.in', (words * 3).encode('euc_jp'))
    save('text/jis.txt.in', (words * 3).encode('iso2022_jp'))
    save('text/utf16.txt.in', (words * 3).encode('utf-16'))
    save('text/mixed.log.in', (('2015-04-01 INFO start\n' * 3200).encode() + (words * 800).encode('cp932')
                               + (words * 1200).encode()))
    save('text/card.vcf.in', 'BEGIN:VCARD\nVERSION:3.0\nFN:山田太郎\nTEL:03-9999-0006\nEND:VCARD\n'.encode())
    save('text/data.json.in', '{"氏名": "山田太郎", "tel": "03-9999-0007"}\n'.encode())
    rows = '氏名,電話,住所\n山田太郎,03-9999-0001,"東京都, 架空区"\n佐藤花子,03-9999-0002,"大阪府\n架空市"\n'
    save('csv/customers.csv.in', rows.encode('cp932'))
    save('csv/semicolon.csv.in', rows.replace(',', ';').encode())
    save('csv/unicode_text.txt.in', rows.replace(',', '\t').encode('utf-16'))


def encrypted():
    """The smallest compound file with an EncryptedPackage and a summary."""
    def sector(data):
        return data + b'\0' * (512 - len(data))
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    title = '社外秘の見積'.encode('cp932') + b'\0'
    section = struct.pack('<IIIIII', 0, 2, 1, 24, 2, 32) + struct.pack('<IHH', 2, 932, 0) + struct.pack('<II', 30, len(title)) + title
    summary = struct.pack('<HHI', 0xFFFE, 0, 2) + b'\0' * 16 + struct.pack('<I', 1) + b'\0' * 16 + struct.pack('<I', 48) + section
    fat = [0xFFFFFFFD, end, end, end, end, end] + [free] * 122
    mini = [i + 1 for i in range(7)]
    used = (len(summary) + 63) // 64
    mini[used - 1] = end
    mini = mini[:used] + [end] + [free] * (127 - used)

    def entry(name, kind, left, right, child, start, size):
        n = name.encode('utf-16-le')
        return (n + b'\0' * (64 - len(n)) + struct.pack('<HBBIII', len(n) + 2, kind, 1, left, right, child)
                + b'\0' * 36 + struct.pack('<IQ', start, size))
    directory = (entry('Root Entry', 5, free, free, 1, 3, (used + 1) * 64)
                 + entry('EncryptedPackage', 2, free, 2, free, used, 40)
                 + entry('\5SummaryInformation', 2, free, free, free, 0, len(summary)))
    header = (b'\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1' + b'\0' * 16 + struct.pack('<HHHHH', 0x3E, 3, 0xFFFE, 9, 6) + b'\0' * 6
              + struct.pack('<IIIIIIIII', 0, 1, 1, 0, 4096, 2, 1, end, 0) + struct.pack('<I', 0) + b'\xFF' * 432)
    ministream = summary + b'\0' * (used * 64 - len(summary)) + b'secret' * 10
    save('ooxml_encrypted/quote.docx.in', header + sector(struct.pack('<128I', *fat)) + sector(directory)
         + sector(struct.pack('<128I', *mini)) + sector(ministream))


if __name__ == '__main__':
    docx()
    xlsx()
    xlsb()
    pptx()
    odf()
    html()
    xml()
    text()
    encrypted()
