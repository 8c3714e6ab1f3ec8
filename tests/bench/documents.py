# SPDX-License-Identifier: MIT
"""Writers of small, well-formed documents, with the standard library only.

Shared by tests/bench/gen.py and tools/demo-drive.py.  Each function returns bytes."""
import io
import zipfile
import zlib
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from xml.sax.saxutils import escape

OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006'
PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def archive(members, stamp=(2014, 4, 1, 9, 0, 0)):
    """A zip of (name, bytes) pairs."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as zipped:
        for name, data in members:
            info = zipfile.ZipInfo(name, stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, data)
    return out.getvalue()


def _package(main, main_type, parts, facts):
    """An OOXML package around its main part; facts: title, author, company, created."""
    core = ('%s<cp:coreProperties xmlns:cp="%s/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:dcterms="http://purl.org/dc/terms/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            '<dc:title>%s</dc:title><dc:creator>%s</dc:creator>'
            '<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created>'
            '<dcterms:modified xsi:type="dcterms:W3CDTF">%s</dcterms:modified>'
            '</cp:coreProperties>') % (
                XML, PACKAGE, escape(facts.get('title', '')), escape(facts.get('author', '')),
                facts.get('created', '2014-04-01T09:00:00Z'),
                facts.get('modified', facts.get('created', '2014-04-01T09:00:00Z')))
    app = '%s<Properties xmlns="%s/extended-properties"><Company>%s</Company></Properties>' % (
        XML, OFFICE, escape(facts.get('company', '')))
    types = ''.join('<Override PartName="/%s" ContentType="%s"/>' % (name, kind)
                    for name, kind, _ in [(main, main_type, None)] + parts if kind)
    content_types = ('%s<Types xmlns="%s/content-types">'
                     '<Default Extension="rels" ContentType="application/vnd.openxmlformats-'
                     'package.relationships+xml"/><Default Extension="xml" '
                     'ContentType="application/xml"/>%s</Types>') % (XML, PACKAGE, types)
    relations = ('%s<Relationships xmlns="%s/relationships">'
                 '<Relationship Id="rId1" Type="%s/relationships/officeDocument" Target="%s"/>'
                 '<Relationship Id="rId2" Type="%s/relationships/metadata/core-properties" '
                 'Target="docProps/core.xml"/>'
                 '<Relationship Id="rId3" Type="%s/relationships/extended-properties" '
                 'Target="docProps/app.xml"/></Relationships>') % (
                     XML, PACKAGE, OFFICE, main, PACKAGE, OFFICE)
    members = [('[Content_Types].xml', content_types), ('_rels/.rels', relations)]
    members += [(name, data) for name, _, data in parts]
    members += [('docProps/core.xml', core), ('docProps/app.xml', app)]
    return archive([(name, data.encode()) for name, data in members])


def docx(paragraphs, **facts):
    body = ''.join('<w:p><w:r><w:t xml:space="preserve">%s</w:t></w:r></w:p>' % escape(text)
                   for text in paragraphs)
    document = ('%s<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/'
                'main"><w:body>%s<w:sectPr/></w:body></w:document>') % (XML, body)
    return _package('word/document.xml', WORD, [('word/document.xml', None, document)], facts)


def xlsx(rows, sheet='Sheet1', **facts):
    """Rows of strings, as shared strings."""
    index, cells = {}, []
    for row in rows:
        line = ''.join('<c t="s"><v>%d</v></c>' % index.setdefault(cell, len(index))
                       for cell in row)
        cells.append('<row>%s</row>' % line)
    space = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
    strings = '%s<sst xmlns="%s">%s</sst>' % (
        XML, space, ''.join('<si><t>%s</t></si>' % escape(text) for text in index))
    worksheet = '%s<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (
        XML, space, ''.join(cells))
    workbook = ('%s<workbook xmlns="%s" xmlns:r="%s/relationships"><sheets><sheet name="%s" '
                'sheetId="1" r:id="rId1"/></sheets></workbook>') % (XML, space, OFFICE,
                                                                   escape(sheet))
    relations = ('%s<Relationships xmlns="%s/relationships"><Relationship Id="rId1" '
                 'Type="%s/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
                 '<Relationship Id="rId2" Type="%s/relationships/sharedStrings" '
                 'Target="sharedStrings.xml"/></Relationships>') % (XML, PACKAGE, OFFICE, OFFICE)
    return _package('xl/workbook.xml', SHEET + '.sheet.main+xml', [
        ('xl/workbook.xml', None, workbook),
        ('xl/_rels/workbook.xml.rels', None, relations),
        ('xl/sharedStrings.xml', SHEET + '.sharedStrings+xml', strings),
        ('xl/worksheets/sheet1.xml', SHEET + '.worksheet+xml', worksheet)], facts)


def _pdf_pages(lines, count):
    return [lines[i:i + count] for i in range(0, len(lines), count)] or [[]]


def _pdf_file(objects):
    """Numbers the objects from 1, with a cross-reference table."""
    out = bytearray(b'%PDF-1.5\n%\xe2\xe3\xcf\xd3\n')
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b'%d 0 obj\n' % number + body + b'\nendobj\n'
    start = len(out)
    out += b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1)
    out += b''.join(b'%010d 00000 n \n' % place for place in places)
    out += b'trailer\n<</Size %d/Root 1 0 R/Info 3 0 R>>\nstartxref\n%d\n%%%%EOF\n' % (
        len(objects) + 1, start)
    return bytes(out)


def pdf(lines, title='', author='', japanese=False, year=2014):
    """A text PDF: Helvetica, or a Japanese font by name only (UniJIS-UTF16-H), as many business
    programs write it, so a reader needs the CMaps of Adobe-Japan1."""
    def literal(text):
        return b'<' + (b'\xfe\xff' + text.encode('utf-16-be')).hex().encode() + b'>'

    def shown(line):
        if japanese:
            return b'<' + line.encode('utf-16-be').hex().encode() + b'> Tj T*'
        text = line.encode('cp1252', 'replace')
        for char in (b'\\', b'(', b')'):
            text = text.replace(char, b'\\' + char)
        return b'(' + text + b') Tj T*'

    pages = _pdf_pages(lines, 48)
    font = (b'<</Type/Font/Subtype/Type0/BaseFont/HeiseiMin-W3/Encoding/UniJIS-UTF16-H'
            b'/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiMin-W3'
            b'/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 5>>/DW 1000/W[1 632 500]'
            b'/FontDescriptor<</Type/FontDescriptor/FontName/HeiseiMin-W3/Flags 4'
            b'/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700'
            b'/StemV 80>>>>]>>') if japanese else (
                b'<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>')
    first = 5
    kids = b' '.join(b'%d 0 R' % (first + 2 * i) for i in range(len(pages)))
    objects = [b'<</Type/Catalog/Pages 2 0 R>>',
               b'<</Type/Pages/Count %d/Kids[%s]>>' % (len(pages), kids),
               b'<</Title %s/Author %s/CreationDate(D:%d0401090000Z)>>' % (
                   literal(title), literal(author), year), font]
    for i, page in enumerate(pages):
        stream = zlib.compress(b'BT /F1 10 Tf 14 TL 50 790 Td\n' +
                               b'\n'.join(shown(line) for line in page) + b'\nET')
        objects.append(b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]'
                       b'/Resources<</Font<</F1 4 0 R>>>>/Contents %d 0 R>>' % (first + 2 * i + 1))
        objects.append(b'<</Length %d/Filter/FlateDecode>>stream\n' % len(stream) + stream +
                       b'\nendstream')
    return _pdf_file(objects)


def mail(sender, recipient, subject, text, charset='utf-8', attachments=(), date=None):
    """A message; sender and recipient are (name, address); attachments (name, bytes).  Variant
    kanji that the charset has not make it UTF-8, as mail programs do."""
    try:
        (sender[0] + recipient[0] + subject + text).encode(charset)
    except UnicodeEncodeError:
        charset = 'utf-8'
    part = MIMEText(text, 'plain', charset)
    message = part
    if attachments:
        message = MIMEMultipart(boundary='part-%08x' % zlib.crc32(text.encode()))
        message.attach(part)
        for name, data in attachments:
            file = MIMEApplication(data)
            file.add_header('Content-Disposition', 'attachment', filename=('utf-8', '', name))
            message.attach(file)
    for field, (name, address) in (('From', sender), ('To', recipient)):
        message[field] = '%s <%s>' % (Header(name, charset).encode(), address)
    message['Subject'] = Header(subject, charset)
    message['Date'] = date or 'Tue, 01 Apr 2014 09:00:00 +0900'
    message['Message-ID'] = '<%08x@example.jp>' % zlib.crc32((subject + text).encode())
    return message.as_bytes()


def picture(random, size):
    """What looks like a JPEG from outside: the cost of a file that nothing is found in."""
    body = random.randbytes(max(size - 24, 0)).replace(b'\xff', b'\xfe')
    return (b'\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00H\x00H\x00\x00' + body +
            b'\xff\xd9')
