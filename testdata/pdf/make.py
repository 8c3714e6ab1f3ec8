#!/usr/bin/env python3
"""Writes the PDFs of this folder: small, synthetic, with correct cross-reference tables."""
import os

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
               6: stream(b'\x00', b'/Type /XObject /Subtype /Image /Width 1 /Height 1 '
                         b'/ColorSpace /DeviceGray /BitsPerComponent 8 ')}
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
