#!/usr/bin/env python3
"""make.py REMNANT-PDF: a letter of made-up people as a picture (letter.png), in a PDF whose page is that
picture (scan.pdf) and in a TIFF of two pages (fax.tif).  remnant-pdf renders it, with the font that
MuPDF has for Japanese."""
import os
import socket
import struct
import subprocess
import sys
import zlib

here = os.path.dirname(os.path.abspath(__file__))
LINES = ['御見積書', '株式会社エグザンプル', '担当者 山田太郎', '電話番号 03-9999-0001', 'mail: taro@example.jp']
WIDTH, HEIGHT = 200, 130        # points


def pdf(objects):
    out, places = b'%PDF-1.5\n', []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b'%d 0 obj\n' % number + body + b'\nendobj\n'
    table = b''.join(b'%010d 00000 n \n' % place for place in places)
    return out + b'xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n' % (
        len(objects) + 1, table, len(objects) + 1, len(out))


def stream(data, extra=b''):
    return b'<</Length %d%s>>stream\n' % (len(data), extra) + data + b'\nendstream'


def letter():
    show = b''.join(b'<%s> Tj T*\n' % line.encode('utf-16-be').hex().encode() for line in LINES)
    font = (b'<</Type/Font/Subtype/Type0/BaseFont/HeiseiKakuGo-W5/Encoding/UniJIS-UTF16-H'
            b'/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiKakuGo-W5/DW 1000'
            b'/W[1 632 500]/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 5>>'
            b'/FontDescriptor<</Type/FontDescriptor/FontName/HeiseiKakuGo-W5/Flags 4'
            b'/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/StemV 80>>>>]>>')
    return pdf([b'<</Type/Catalog/Pages 2 0 R>>', b'<</Type/Pages/Count 1/Kids[3 0 R]>>',
                b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Resources<</Font<</F1 4 0 R>>>>'
                b'/Contents 5 0 R>>' % (WIDTH, HEIGHT), font,
                stream(b'BT /F1 14 Tf 22 TL 15 %d Td\n' % (HEIGHT - 25) + show + b'ET')])


def ask(program, requests):
    """Sends requests, gives frames as (type, payload)."""
    ours, its = socket.socketpair()
    process = subprocess.Popen([program], close_fds=False, preexec_fn=lambda: os.dup2(its.fileno(), 3))
    its.close()
    ours.sendall(requests)
    ours.shutdown(socket.SHUT_WR)
    data = b''
    while piece := ours.recv(65536):
        data += piece
    process.wait()
    while data:
        kind, size = struct.unpack_from('<II', data)
        yield kind, data[8:8 + size]
        data = data[8 + size:]


def render(program, document):
    head = b'RMPF' + struct.pack('<IIIIQ', 0, 1, 0, 0, len(document))
    again = b'RMPF' + struct.pack('<IIIIQ', 1, 2, 1, 0, 0)
    width = height = 0
    pixels = b''
    for kind, payload in ask(program, head + document + again):
        if kind == 9:
            width, height = struct.unpack('<II', payload)
        elif kind == 10:
            pixels += payload
    return width, height, pixels


def bits(width, height, pixels):
    """Rows of one bit a pixel, 1 is white."""
    rows = []
    for y in range(height):
        row = pixels[y * width:(y + 1) * width]
        text = ''.join('1' if byte > 140 else '0' for byte in row).ljust((width + 7) // 8 * 8, '1')
        rows.append(int(text, 2).to_bytes(len(text) // 8, 'big'))
    return rows


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def tiff(pages):
    """Uncompressed pages of (width, rows)."""
    out, links = b'II*\0' + struct.pack('<I', 8), []
    for index, (width, rows) in enumerate(pages):
        data = b''.join(rows)
        tags = [(256, 4, width), (257, 4, len(rows)), (258, 3, 1), (259, 3, 1), (262, 3, 1),
                (273, 4, len(out) + 2 + 12 * 9 + 4), (277, 3, 1), (278, 4, len(rows)), (279, 4, len(data))]
        following = len(out) + 2 + 12 * 9 + 4 + len(data) + len(data) % 2
        out += struct.pack('<H', len(tags)) + b''.join(
            struct.pack('<HHI', tag, kind, 1) + struct.pack('<I', value) for tag, kind, value in tags)
        out += struct.pack('<I', following if index + 1 < len(pages) else 0) + data + b'\0' * (len(data) % 2)
    return out


width, height, pixels = render(sys.argv[1], letter())
rows = bits(width, height, pixels)
png = (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 1, 0, 0, 0, 0)) +
       chunk(b'IDAT', zlib.compress(b''.join(b'\0' + row for row in rows), 9)) + chunk(b'IEND', b''))
picture = stream(zlib.compress(b''.join(rows), 9), b'/Type/XObject/Subtype/Image/Width %d/Height %d'
                 b'/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/FlateDecode' % (width, height))
scan = pdf([b'<</Type/Catalog/Pages 2 0 R>>', b'<</Type/Pages/Count 2/Kids[3 0 R 6 0 R]>>',
            b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</Font<</F1<</Type/Font'
            b'/Subtype/Type1/BaseFont/Helvetica>>>>>>/Contents 4 0 R>>',
            stream(b'BT /F1 12 Tf 20 100 Td (A page with text: see the next one for more of it) Tj ET'),
            picture, b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Resources<</XObject<</I1 5 0 R>>>>'
            b'/Contents 7 0 R>>' % (WIDTH, HEIGHT), stream(b'q %d 0 0 %d 0 0 cm /I1 Do Q' % (WIDTH, HEIGHT))])
half = [row for row in rows[:height // 4]]
for name, data in (('letter.png', png), ('scan.pdf', scan), ('fax.tif', tiff([(width, half), (width, half)]))):
    with open(os.path.join(here, name), 'wb') as file:
        file.write(data)
