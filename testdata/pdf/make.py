#!/usr/bin/env python3
"""Writes the PDFs of this folder: small, synthetic, with correct cross-reference tables."""
import os
import zlib

here = os.path.dirname(os.path.abspath(__file__))
HELVETICA = b'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'
HEISEI = (b'<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3 /Encoding /90ms-RKSJ-H'
          b' /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiMin-W3 /DW 1000'
          b' /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >>'
          b' /FontDescriptor << /Type /FontDescriptor /FontName /HeiseiMin-W3 /Flags 4'
          b' /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 723 /Descent -241'
          b' /CapHeight 709 /StemV 69 >> >>] >>')


def stream(data, extra=b''):
    return b'<< /Length %d %s>>\nstream\n' % (len(data), extra) + data + b'\nendstream'


def write(name, pages, info=b'<< >>', page_extra=b''):
    """pages: content streams"""
    objects = {1: b'<< /Type /Catalog /Pages 2 0 R >>', 3: HELVETICA, 4: HEISEI, 5: info,
               6: stream(zlib.compress(bytes(90000), 9), b'/Type /XObject /Subtype /Image /Width 300 '
                         b'/Height 300 /ColorSpace /DeviceGray /BitsPerComponent 8 '
                         b'/Filter /FlateDecode ')}
    kids = []
    for content in pages:
        n = max(objects) + 1
        objects[n] = stream(content)
        objects[n + 1] = (b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R'
                          b' /Resources << /Font << /F1 3 0 R /F2 4 0 R >> /XObject << /I1 6 0 R >> >> '
                          % n + page_extra + b'>>')
        kids.append(b'%d 0 R' % (n + 1))
    objects[2] = b'<< /Type /Pages /Count %d /Kids [%s] >>' % (len(kids), b' '.join(kids))
    out, offsets = b'%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', {}
    for n in sorted(objects):
        offsets[n] = len(out)
        out += b'%d 0 obj\n' % n + objects[n] + b'\nendobj\n'
    start = len(out)
    out += b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1)
    out += b''.join(b'%010d 00000 n \n' % offsets[n] for n in sorted(objects))
    out += b'trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n' % (
        len(objects) + 1, start)
    with open(os.path.join(here, name), 'wb') as file:
        file.write(out)
    return out


def sjis(text):
    return b'<' + text.encode('cp932').hex().encode() + b'>'


# Labels in one column, values in another, drawn column by column; a bold line drawn twice; a word
# in kerned pieces; a superscript.
rows = b'BT /F1 10 Tf 50 700 Td (Name) Tj 0 -14 Td (Phone) Tj 0 -14 Td (Mail) Tj ET\n'
rows += b'BT /F1 10 Tf 200 700 Td (Taro Example) Tj 0 -14 Td (03-9999-0001) Tj 0 -14 Td (taro@example.jp) Tj ET\n'
rows += b'BT /F1 10 Tf 50 650 Td (Bold) Tj ET BT /F1 10 Tf 50.3 650 Td (Bold) Tj ET\n'
rows += b'BT /F1 10 Tf 50 630 Td [(Con) 20 (fi) -15 (den) 10 (tial) -300 (paper)] TJ ET\n'
rows += b'BT /F1 10 Tf 50 610 Td (E = mc) Tj /F1 6 Tf 4 Ts (2) Tj /F1 10 Tf 0 Ts ( holds) Tj ET\n'
write('rows.pdf', [rows], b'<< /Title (Contacts) /Author <FEFF5C717530592A90CE> '
      b"/CreationDate (D:20100301183000+09'00') /Creator (Writer) /Company (Example) >>")

japanese = b'BT /F2 12 Tf 50 700 Td ' + sjis('氏名') + b' Tj 100 0 Td ' + sjis('山田 太郎') + b' Tj ET\n'
japanese += b'BT /F2 12 Tf 50 680 Td [' + sjis('電') + b' -300 ' + sjis('話') + b'] TJ 100 0 Td (03-9999-0001) Tj ET\n'
whole = write('japanese.pdf', [japanese, japanese])

write('scanned.pdf', [b'q 500 0 0 700 40 60 cm /I1 Do Q', rows])
with open(os.path.join(here, 'cut.pdf'), 'wb') as file:
    file.write(whole[:-500])
write('comment.pdf', [b'BT /F1 10 Tf 50 700 Td (Body) Tj ET'], page_extra=b'/Annots [<< /Type /Annot '
      b'/Subtype /Text /Rect [10 10 20 20] /Contents (Ask hanako@example.jp) >>] ')
with open(os.path.join(here, 'none.pdf'), 'wb') as file:
    file.write(b'%PDF-1.4\nnothing of the kind\n')


# --- documents with structures of their own: objects by number, 1 is the catalogue

def document(name, objects, trailer=b''):
    """Writes the objects with a cross-reference table; returns the bytes and the table's place."""
    out, offsets = b'%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', {}
    for n in sorted(objects):
        offsets[n] = len(out)
        out += b'%d 0 obj\n' % n + objects[n] + b'\nendobj\n'
    start = len(out)
    size = max(objects) + 1
    out += b'xref\n0 %d\n0000000000 65535 f \n' % size
    out += b''.join(b'%010d 00000 n \n' % offsets[n] if n in offsets else b'0000000000 00000 f \n'
                    for n in range(1, size))
    out += b'trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n' % (size, trailer, start)
    with open(os.path.join(here, name), 'wb') as file:
        file.write(out)
    return out, start


def appended(name, before, start, objects):
    """What a saving appends: changed objects and a table of them."""
    out, table = before, b''
    for n in sorted(objects):
        table += b'%d 1\n%010d 00000 n \n' % (n, len(out))
        out += b'%d 0 obj\n' % n + objects[n] + b'\nendobj\n'
    out += b'xref\n%strailer\n<< /Size 100 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n' % (
        table, start, len(out))
    with open(os.path.join(here, name), 'wb') as file:
        file.write(out)


def page(contents, resources=b'/Font << /F1 3 0 R >>', extra=b''):
    return (b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R '
            b'/Resources << %s >> %s>>' % (contents, resources, extra))


def lines(*texts):
    return stream(b'BT /F1 10 Tf 14 TL 50 700 Td\n' +
                  b''.join(b'(%s) Tj T*\n' % text.encode('cp1252') for text in texts) + b'ET\n')


def utf16(text):
    return b'<FEFF' + text.encode('utf-16-be').hex().encode() + b'>'


def font(encoding, descriptor=True, base=b'HeiseiMin-W3'):
    return (b'<< /Type /Font /Subtype /Type0 /BaseFont /' + base + b' /Encoding /' + encoding +
            b' /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /' + base +
            b' /DW 1000 /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 4 >>' +
            (b' /FontDescriptor << /Type /FontDescriptor /FontName /' + base + b' /Flags 4'
             b' /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 723 /Descent -241'
             b' /CapHeight 709 /StemV 69 >>' if descriptor else b'') + b' >>] >>')


def encoded(encoding, text):
    if 'RKSJ' in encoding:
        return text.encode('cp932')
    if 'EUC' in encoding:
        return text.encode('euc_jp')
    if encoding in ('H', 'V', '78-H', 'Ext-H'):
        return bytes(byte & 0x7F for byte in text.encode('euc_jp'))
    if 'Identity' in encoding:      # hiragana follow each other in Adobe-Japan1 from CID 842
        return b''.join((842 + ord(c) - 0x3041).to_bytes(2, 'big') for c in text)
    return text.encode('utf-16-be')


# Every CMap of Adobe-Japan1 that PDF names, some it does not, CIDs without any way back but the
# collection; a font without descriptor.
CMAPS = ('83pv-RKSJ-H 90ms-RKSJ-H 90ms-RKSJ-V 90msp-RKSJ-H 90msp-RKSJ-V 90pv-RKSJ-H Add-RKSJ-H '
         'Add-RKSJ-V EUC-H EUC-V Ext-RKSJ-H Ext-RKSJ-V H V UniJIS-UCS2-H UniJIS-UCS2-V '
         'UniJIS-UCS2-HW-H UniJIS-UCS2-HW-V UniJIS-UTF16-H UniJIS-UTF16-V Identity-H Identity-V '
         '78-RKSJ-H 78-H 78-EUC-H UniJIS2004-UTF16-H').split()
objects = {1: b'<< /Type /Catalog /Pages 2 0 R >>', 3: HELVETICA}
kids, number = [], 10
for cmap in CMAPS:
    text = 'やまだたろう' if 'Identity' in cmap else '山田太郎様'
    show = b'<' + encoded(cmap, text).hex().encode() + b'> Tj'
    objects[number] = font(cmap.encode(), descriptor=cmap != '78-H')
    objects[number + 1] = stream(b'BT /F1 10 Tf 50 750 Td (%s) Tj ET BT /F2 12 Tf 100 700 Td %s ET\n'
                                 % (cmap.encode(), show))
    objects[number + 2] = page(number + 1, b'/Font << /F1 3 0 R /F2 %d 0 R >>' % number)
    kids.append(b'%d 0 R' % (number + 2))
    number += 3
objects[2] = b'<< /Type /Pages /Count %d /Kids [%s] >>' % (len(kids), b' '.join(kids))
document('cmaps.pdf', objects)

# Everything that is written on a page besides its contents, one thing hidden.
notes = [
    b'<< /Type /Annot /Subtype /Text /Rect [10 10 20 20] /T %s /Subj (Memo) /Contents %s /Popup 31 0 R >>'
    % (utf16('佐藤花子'), utf16('山田様に\n電話 03-9999-0001')),
    b'<< /Type /Annot /Subtype /Popup /Rect [30 10 60 40] >>',
    b'<< /Type /Annot /Subtype /FreeText /Rect [10 50 90 60] /DA (/Helv 10 Tf) /T (Hanako) '
    b'/Contents (free text for taro@example.jp) >>',
    b'<< /Type /Annot /Subtype /Highlight /Rect [50 690 90 710] /QuadPoints [] /T (Hanako) '
    b'/Contents (check this) >>',
    b'<< /Type /Annot /Subtype /Stamp /Rect [200 600 300 620] /Contents (Confidential) '
    b'/AP << /N 40 0 R >> >>',
    b'<< /Type /Annot /Subtype /Link /Rect [50 690 90 710] '
    b'/A << /S /URI /URI (mailto:hanako@example.jp) >> >>',
    b'<< /Type /Annot /Subtype /Square /Rect [1 1 2 2] /RC (<body><p>rich &amp; poor</p></body>) >>',
    b'<< /Type /Annot /Subtype /FreeText /F 2 /Rect [200 500 300 520] /AP << /N 41 0 R >> >>',
    b'<< /Type /Annot /Subtype /Text /Rect [1 1 2 2] /Contents <%s> >>'
    % '見積書を送付'.encode('cp932').hex().encode(),
]
objects = {1: b'<< /Type /Catalog /Pages 2 0 R >>', 2: b'<< /Type /Pages /Count 1 /Kids [5 0 R] >>',
           3: HELVETICA, 4: lines('Body of the page'),
           5: page(4, extra=b'/Annots [%s] ' % b' '.join(b'%d 0 R' % (30 + i) for i in range(len(notes)))),
           40: stream(b'BT /F1 10 Tf 2 4 Td (STAMPED) Tj ET', b'/Type /XObject /Subtype /Form '
                      b'/BBox [0 0 100 20] /Resources << /Font << /F1 3 0 R >> >> '),
           41: stream(b'BT /F1 10 Tf 2 4 Td (hidden box) Tj ET', b'/Type /XObject /Subtype /Form '
                      b'/BBox [0 0 100 20] /Resources << /Font << /F1 3 0 R >> >> ')}
objects.update((30 + i, note) for i, note in enumerate(notes))
document('notes.pdf', objects)

# A form: names in levels, choices, a button, a signature; and the same as XFA.
XFA = ['<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">',
       '<template><subform><field name="name"><caption><value><text>お名前</text></value></caption>'
       '<event><script>app.alert("never")</script></event></field></subform></template>',
       '<xfa:datasets><xfa:data><form1><name>山田太郎</name><tel>03-9999-0001</tel></form1></xfa:data>'
       '</xfa:datasets>', '</xdp:xdp>']
objects = {
    1: b'<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [10 0 R 13 0 R 14 0 R 15 0 R 16 0 R] '
       b'/XFA [(preamble) 20 0 R (template) 21 0 R (datasets) 22 0 R (postamble) 23 0 R] >> >>',
    2: b'<< /Type /Pages /Count 1 /Kids [5 0 R] >>', 3: HELVETICA, 4: lines('Application form'),
    5: page(4, extra=b'/Annots [11 0 R 12 0 R 13 0 R 14 0 R 15 0 R 16 0 R] '),
    10: b'<< /T (customer) /Kids [11 0 R 12 0 R] >>',
    11: b'<< /Type /Annot /Subtype /Widget /Rect [1 1 2 2] /FT /Tx /Parent 10 0 R /T (name) /TU %s /V %s >>'
        % (utf16('お名前'), utf16('山田太郎')),
    12: b'<< /Type /Annot /Subtype /Widget /Rect [1 1 2 2] /FT /Tx /Parent 10 0 R /T (mail) '
        b'/V (taro@example.jp) >>',
    13: b'<< /Type /Annot /Subtype /Widget /Rect [1 1 2 2] /FT /Ch /T (branch) /V (o) '
        b'/Opt [[(t) %s] [(o) %s]] >>' % (utf16('東京支店'), utf16('大阪支店')),
    14: b'<< /Type /Annot /Subtype /Widget /Rect [1 1 2 2] /FT /Ch /T (goods) /V [(A) (C)] /Opt [(A) (B) (C)] >>',
    15: b'<< /Type /Annot /Subtype /Widget /Rect [1 1 2 2] /FT /Btn /T (agreed) /V /Yes /AS /Yes >>',
    16: b'<< /Type /Annot /Subtype /Widget /Rect [1 1 2 2] /FT /Sig /T (sign) /V << /Type /Sig '
        b'/Filter /Adobe.PPKLite /Name (Taro Example) /Reason (approved) /M (D:20200401) /Contents <00> >> >>',
}
objects.update((20 + i, stream(text.encode())) for i, text in enumerate(XFA))
document('form.pdf', objects)

# Attached files: in the tree, beside a page, twice the same, one damaged, one that is a PDF.
inner = open(os.path.join(here, 'comment.pdf'), 'rb').read()
objects = {
    1: b'<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Kids [10 0 R] >> >> >>',
    2: b'<< /Type /Pages /Count 1 /Kids [5 0 R] >>', 3: HELVETICA, 4: lines('See the files'),
    5: page(4, extra=b'/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [1 1 2 2] '
            b'/Contents (list of customers) /FS 13 0 R >> << /Type /Annot /Subtype /FileAttachment '
            b'/Rect [1 1 2 2] /FS 11 0 R >>] '),
    10: b'<< /Limits [(a) (z)] /Names [(a) 11 0 R (b) 12 0 R (c) 14 0 R] >>',
    11: b'<< /Type /Filespec /F (note.txt) /UF %s /EF << /F 20 0 R /UF 20 0 R >> >>' % utf16('覚書.txt'),
    12: b'<< /Type /Filespec /F (inner.pdf) /EF << /F 21 0 R >> >>',
    13: b'<< /Type /Filespec /F (list.csv) /EF << /F 22 0 R >> >>',
    14: b'<< /Type /Filespec /F (broken.bin) /EF << /F 23 0 R >> >>',
    20: stream('山田太郎 taro@example.jp\n'.encode(), b'/Type /EmbeddedFile '
               b"/Params << /Size 32 /CreationDate (D:20200401090000+09'00') >> "),
    21: stream(inner, b'/Type /EmbeddedFile '),
    22: stream(b'name,phone\nTaro,03-9999-0001\n', b'/Type /EmbeddedFile '),
    23: stream(b'\x78\x9cnot deflate at all', b'/Type /EmbeddedFile /Filter /FlateDecode '),
}
document('attached.pdf', objects)

# Bookmarks, properties in Info and XMP, a layer that is switched off.
XMP = '''<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmp:CreatorTool="Writer 7" pdf:Producer="Example PDF 3"><dc:creator><rdf:Seq><rdf:li>山田太郎</rdf:li>
<rdf:li>佐藤花子</rdf:li></rdf:Seq></dc:creator><dc:title><rdf:Alt><rdf:li xml:lang="x-default">見積書</rdf:li>
<rdf:li xml:lang="ja">見積書</rdf:li></rdf:Alt></dc:title><dc:subject><rdf:Bag><rdf:li>A&amp;B</rdf:li>
<rdf:li>C</rdf:li></rdf:Bag></dc:subject><pdfx:Company>株式会社Example</pdfx:Company>
<xmpMM:DocumentID>uuid:1</xmpMM:DocumentID></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'''
objects = {
    1: b'<< /Type /Catalog /Pages 2 0 R /Outlines 10 0 R /Metadata 20 0 R /Lang (ja-JP) '
       b'/OCProperties << /OCGs [30 0 R] /D << /OFF [30 0 R] >> >> >>',
    2: b'<< /Type /Pages /Count 1 /Kids [5 0 R] >>', 3: HELVETICA,
    4: stream(b'BT /F1 10 Tf 50 700 Td (Seen) Tj ET /OC /L1 BDC BT /F1 10 Tf 50 680 Td '
              b'(on a layer that is off) Tj ET EMC'),
    5: page(4, b'/Font << /F1 3 0 R >> /Properties << /L1 30 0 R >>'),
    10: b'<< /Type /Outlines /First 11 0 R /Last 12 0 R /Count 3 >>',
    11: b'<< /Title %s /Parent 10 0 R /Next 12 0 R /First 13 0 R /Last 13 0 R >>' % utf16('第一章'),
    12: b'<< /Title <%s> /Parent 10 0 R /Prev 11 0 R /Next 11 0 R >>' % '第二章'.encode('cp932').hex().encode(),
    13: b'<< /Title (Section 1.1) /Parent 11 0 R >>',
    20: stream(XMP.encode(), b'/Type /Metadata /Subtype /XML '),
    30: b'<< /Type /OCG /Name (hidden) >>',
    40: b'<< /Title %s /Author (Taro Example) /Producer (Example PDF 3) /Secret#20Note (internal) /Cl#e9 (key that is no UTF-8) >>'
        % utf16('見積書'),
}
document('described.pdf', objects, b'/Info 40 0 R ')

# Saved twice more: a line changed, then a note put in; what was there before is in the file.
objects = {1: b'<< /Type /Catalog /Pages 2 0 R >>', 2: b'<< /Type /Pages /Count 1 /Kids [5 0 R] >>',
           3: HELVETICA, 4: lines('Quotation', 'Price 900 for Taro, taro@example.jp', 'Thank you'),
           5: page(4)}
first, start = document('versions.pdf', objects)
appended('versions.pdf', first, start, {4: lines('Quotation', 'Price 1200 for Hanako', 'Thank you')})

# A page tree that claims too much, has a hole, goes round, and leaves a page out.
objects = {1: b'<< /Type /Catalog /Pages 2 0 R >>',
           2: b'<< /Type /Pages /Count 1000000000 /Kids [5 0 R 90 0 R 7 0 R 2 0 R null] >>',
           3: HELVETICA, 4: lines('first page'), 5: page(4), 6: lines('third page'), 7: page(6),
           8: lines('page outside the tree'), 9: page(8)}
document('pages.pdf', objects)

# Zeros in a picture as it is are black; between drawing operators they are a lost sector.
ZEROS = bytes(600)
PICTURE = stream(bytes(range(100, 200)) + ZEROS + bytes(range(100, 200)),
                 b'/Type /XObject /Subtype /Image /Width 40 /Height 20 /BitsPerComponent 8 /ColorSpace /DeviceGray ')
for name, lost in (('black.pdf', b''), ('lost_sector.pdf', ZEROS)):
    text = b'BT /F1 10 Tf 14 TL 50 700 Td\n(before) Tj T*\n0 0 0 rg 0 0 0 RG 1 w 0 J 0 j 4 M 0 i\n' + lost + (
        b'0 0 0 rg 0 0 0 RG 1 w 0 J 0 j 4 M 0 i 0 0 0 rg\n(behind) Tj T*\nET\n')
    document(name, {1: b'<< /Type /Catalog /Pages 2 0 R >>',
                    2: b'<< /Type /Pages /Count 1 /Kids [5 0 R] >>', 3: HELVETICA, 4: stream(text),
                    5: page(4, b'/Font << /F1 3 0 R >> /XObject << /I1 6 0 R >>'), 6: PICTURE})
