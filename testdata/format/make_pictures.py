#!/usr/bin/env python3
"""Writes the pictures of jpeg/, png/, gif/, tiff/, webp/, heic/ and psd/: a few pixels with all the
properties their formats can hold, about people who do not exist."""
import os
import struct
import zlib

here = os.path.dirname(os.path.abspath(__file__))


def write(folder, name, data):
    os.makedirs(os.path.join(here, folder), exist_ok=True)
    with open(os.path.join(here, folder, name + '.in'), 'wb') as file:
        file.write(data)


# --- EXIF: directories of (tag, type, value), value bytes, a number or a list of them

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}


def directories(order, tables, start=8):
    """tables: name -> entries; an entry's value may be the name of another table."""
    def directory_size(entries):
        return 2 + 12 * len(entries) + 4

    places, at = {}, start
    for name, entries in tables.items():
        places[name] = at
        at += directory_size(entries)
    out, tail = b'', b''
    for name, entries in tables.items():
        out += struct.pack(order + 'H', len(entries))
        for tag, kind, value in sorted(entries, key=lambda entry: entry[0]):
            if isinstance(value, str):
                value, kind = [places[value]], 4
            if isinstance(value, int):
                value = [value]
            if isinstance(value, list):
                letter = {1: 'B', 3: 'H', 4: 'I', 5: 'II'}[kind]
                raw = b''.join(struct.pack(order + letter, *(item if kind == 5 else (item,)))
                               for item in value)
            else:
                raw = value
            out += struct.pack(order + 'HHI', tag, kind, len(raw) // SIZES[kind])
            if len(raw) > 4:
                out += struct.pack(order + 'I', at + len(tail))
                tail += raw + b'\0' * (len(raw) % 2)
            else:
                out += raw.ljust(4, b'\0')
        out += struct.pack(order + 'I', 0)
    return (b'MM\0*' if order == '>' else b'II*\0') + struct.pack(order + 'I', start) + out + tail


def exif(order='>', extra=()):
    utf16 = 'utf-16-be' if order == '>' else 'utf-16-le'
    return directories(order, {
        'main': [(270, 2, '打合せ資料\0'.encode('cp932')), (271, 2, b'Example Camera\0'),
                 (272, 2, b'EX-100\0'), (305, 2, b'Viewer 3\0'), (306, 2, b'2020:04:01 10:00:00\0'),
                 (315, 2, '山田太郎\0'.encode()), (316, 2, b'PC-0042\0'),
                 (33432, 2, b'(c) Example Corp.\0'), (34665, 4, 'exif'), (34853, 4, 'gps'),
                 (40091, 1, '議事録\0'.encode('utf-16-le')), (40092, 1, '社外秘\0'.encode('utf-16-le')),
                 (40093, 1, '佐藤花子\0'.encode('utf-16-le')), *extra],
        'exif': [(36867, 2, b'2020:03:01 09:30:00\0'),
                 (37510, 7, b'UNICODE\0' + '電話 03-9999-0001'.encode(utf16)),
                 (42032, 2, b'Taro Example\0'), (42033, 2, b'SN123456\0'), (42036, 2, b'EX 50mm\0')],
        'gps': [(1, 2, b'N\0'), (2, 5, [(35, 1), (40, 1), (5259, 100)]), (3, 2, b'E\0'),
                (4, 5, [(139, 1), (46, 1), (204, 100)]), (28, 7, b'JIS\0\0\0\0\0' + '東京'.encode('iso2022_jp'))],
    })


XMP = ('<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
       'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description photoshop:City="横浜" '
       'tiff:XResolution="72/1"><dc:creator><rdf:Seq><rdf:li>鈴木一郎</rdf:li></rdf:Seq></dc:creator>'
       '<Iptc4xmpCore:CreatorContactInfo rdf:parseType="Resource"><Iptc4xmpCore:CiEmailWork>'
       'ichiro@example.jp</Iptc4xmpCore:CiEmailWork></Iptc4xmpCore:CreatorContactInfo>'
       '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>').encode()


def iptc(encoding):
    def dataset(number, value, record=2):
        return struct.pack('>BBBH', 0x1C, record, number, len(value)) + value
    mark = dataset(90, b'\x1b%G', 1) if encoding == 'utf-8' else b''
    return mark + b''.join(dataset(number, text.encode(encoding)) for number, text in (
        (5, '社内行事'), (25, '花見'), (25, '社員'), (80, '高橋次郎'), (90, '名古屋市'), (118, 'jiro@example.jp'),
        (120, '営業部の花見。連絡先は 03-9999-0002')))


def photoshop(*blocks):
    return b''.join(b'8BIM' + struct.pack('>HHI', number, 0, len(data)) + data + b'\0' * (len(data) % 2)
                    for number, data in blocks)


# --- JPEG

def segment(marker, data):
    return struct.pack('>BBH', 0xFF, marker, len(data) + 2) + data


def jpeg(*segments):
    frame = segment(0xC0, b'\x08\x00\x01\x00\x01\x01\x01\x11\x00')
    scan = segment(0xDA, b'\x01\x01\x00\x00\x3f\x00') + b'\x12\x34\x56\xff\x00\x78'
    return b'\xff\xd8' + b''.join(segments) + frame + scan + b'\xff\xd9'


write('jpeg', 'plain', jpeg(segment(0xE0, b'JFIF\0\1\1\0\0\1\0\1\0\0')))
write('jpeg', 'exif_big', jpeg(segment(0xE1, b'Exif\0\0' + exif('>')),
                               segment(0xFE, 'スキャン担当 taro@example.jp'.encode('cp932'))))
write('jpeg', 'exif_little', jpeg(segment(0xE1, b'Exif\0\0' + exif('<'))))
write('jpeg', 'iptc_utf8', jpeg(segment(0xED, b'Photoshop 3.0\0' + photoshop((0x0404, iptc('utf-8'))))))
write('jpeg', 'iptc_sjis', jpeg(segment(0xED, b'Photoshop 3.0\0' + photoshop((0x0404, iptc('cp932'))))))
write('jpeg', 'iptc_jis', jpeg(segment(0xED, b'Photoshop 3.0\0' + photoshop((0x0404, iptc('iso2022_jp'))))))
write('jpeg', 'xmp', jpeg(segment(0xE1, b'http://ns.adobe.com/xap/1.0/\0' + XMP)))
# a directory that follows itself, values that lie outside, a comment that is cut off
write('jpeg', 'hostile', jpeg(segment(0xE1, b'Exif\0\0' + directories('<', {
    'main': [(271, 2, b'Example Camera\0'), (34665, 4, 'main'), (330, 4, [8, 8, 1 << 30])]}) + b'\0\0')) +
      b'trailing')

# --- PNG


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png(*chunks):
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 1, 1, 8, 0, 0, 0, 0)) +
            b''.join(chunks) + chunk(b'IDAT', zlib.compress(b'\0\0')) + chunk(b'IEND', b''))


write('png', 'texts', png(
    chunk(b'tEXt', b'Title\0Screen of customers'), chunk(b'tEXt', b'Author\0' + '山田太郎'.encode('cp932')),
    chunk(b'zTXt', b'Comment\0\0' + zlib.compress(b'sent to hanako@example.jp')),
    chunk(b'iTXt', b'Description\0\0\0ja\0\0' + '顧客画面'.encode()),
    chunk(b'iTXt', b'Source\0\1\0ja\0\0' + zlib.compress('業務端末'.encode())),
    chunk(b'iTXt', b'XML:com.adobe.xmp\0\0\0\0\0' + XMP), chunk(b'eXIf', exif('<'))))
write('png', 'profile', png(chunk(b'zTXt', b'Raw profile type exif\0\0' + zlib.compress(
    b'\nexif\n    %d\n' % (len(exif()) + 6) + (b'Exif\0\0' + exif()).hex().encode() + b'\n'))))
write('png', 'broken_text', png(chunk(b'zTXt', b'Comment\0\0\x78\x9cnothing')))

# --- GIF


def blocks(data):
    return b''.join(bytes([len(data[i:i + 255])]) + data[i:i + 255] for i in range(0, len(data), 255)) + b'\0'


MAGIC = bytes([1]) + bytes(range(255, -1, -1)) + b'\0'
write('gif', 'comment', b'GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff' + b'!\xfe' +
      blocks('社内限り 担当 taro@example.jp '.encode('cp932') + b'x' * 300) +
      b'!\x01\x0c' + bytes(12) + blocks(b'drawn text') + b'!\xff\x0bXMP DataXMP' + XMP + MAGIC +
      b',\0\0\0\0\1\0\1\0\0\2\2D\1\0;')

# --- TIFF: the directory first, the pixels last

for name, order in (('little', '<'), ('big', '>')):
    extra = [(256, 3, 4), (257, 3, 4), (700, 1, XMP), (33723, 7, iptc('utf-8')), (273, 4, 0), (279, 4, 16)]
    size = len(exif(order, extra))
    extra[4] = (273, 4, size)
    write('tiff', name, exif(order, extra) + bytes(range(16)))

# EXIF in a Photoshop resource in EXIF, and so on: only the first levels are read
nested = directories('<', {'main': [(271, 2, b'Innermost Camera\0')]})
for level in range(6):
    nested = directories('<', {'main': [(305, 2, b'Level %d\0' % level), (34377, 7, photoshop((0x0422, nested)))]})
write('tiff', 'nested', nested)

# --- WebP


def riff(kind, data):
    return kind + struct.pack('<I', len(data)) + data + b'\0' * (len(data) % 2)


body = b'WEBP' + riff(b'VP8X', b'\x0c' + bytes(9)) + riff(b'VP8L', b'\x2f\0\0\0\0\0') + \
    riff(b'EXIF', exif('<')) + riff(b'XMP ', XMP)
write('webp', 'both', b'RIFF' + struct.pack('<I', len(body)) + body)

# --- HEIC: items by number, their places, then the bytes


def box(kind, data):
    return struct.pack('>I', len(data) + 8) + kind + data


def full(kind, data, version=0):
    return box(kind, struct.pack('>I', version << 24) + data)


def heic(exif_data, xmp):
    entries = full(b'infe', struct.pack('>HH', 1, 0) + b'hvc1\0', 2) + \
        full(b'infe', struct.pack('>HH', 2, 0) + b'Exif\0', 2) + \
        full(b'infe', struct.pack('>HH', 3, 0) + b'mime\0application/rdf+xml\0', 2)
    items = [b'\0' * 8, b'\0\0\0\6Exif\0\0' + exif_data, xmp]

    def whole(start):
        places, at = b'', start
        for number, data in enumerate(items, 1):
            places += struct.pack('>HHHII', number, 0, 1, at, len(data))
            at += len(data)
        meta = full(b'meta', full(b'hdlr', bytes(4) + b'pict' + bytes(13)) +
                    full(b'iinf', struct.pack('>H', len(items)) + entries) +
                    full(b'iloc', b'\x44\0' + struct.pack('>H', len(items)) + places))
        return box(b'ftyp', b'heic\0\0\0\0mif1heic') + meta
    head = whole(0)
    return whole(len(head) + 8) + box(b'mdat', b''.join(items))


write('heic', 'both', heic(exif('>'), XMP))

# --- PSD: image resources, two layers with a text, pixels as they are


def unicode_string(text):
    return struct.pack('>I', len(text)) + text.encode('utf-16-be')


layers = b'8BIMluni' + struct.pack('>I', 4 + 2 * 4) + unicode_string('顧客名簿') + \
    b'8BIMTySh' + struct.pack('>I', 100) + b'\0\0\0\0Txt TEXT' + unicode_string('山田太郎 様\r電話 03-9999-0001\0')
resources = photoshop((0x0404, iptc('utf-8')), (0x0422, exif('>')), (0x0424, XMP), (0x040B, b'https://example.jp/'))
write('psd', 'layers', b'8BPS\0\1' + bytes(6) + struct.pack('>HIIHH', 1, 4, 4, 8, 1) + struct.pack('>I', 0) +
      struct.pack('>I', len(resources)) + resources + struct.pack('>I', len(layers)) + layers + b'\0\0' + bytes(16))
