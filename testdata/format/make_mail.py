#!/usr/bin/env python3
"""Makes the mails in eml/ and mbox/ beside it: each has the quirks it is named after.

Written out by hand and not with a mail library, which would write them too well.  People are made
up; addresses and numbers are reserved ones.
"""
import base64
import binascii
import os
import quopri

HERE = os.path.dirname(os.path.abspath(__file__))
BODY = '東雲株式会社\n営業部 山田太郎です。\n顧客一覧をお送りします。①㈱\n電話 03-9999-0001\n'


def save(name, data, folder='eml'):
    with open(os.path.join(HERE, folder, name + '.in'), 'wb') as f:
        f.write(data)


def word(text, charset, code='B'):
    raw = text.encode(charset)
    if code == 'B':
        return b'=?' + charset.encode() + b'?B?' + base64.b64encode(raw) + b'?='
    coded = ''.join('_' if b == 32 else '=%02X' % b for b in raw)
    return ('=?%s?Q?%s?=' % (charset, coded)).encode()


def head(*lines):
    return b'\n'.join(lines) + b'\n\n'


def part(boundary, *content):
    return b'--' + boundary + b'\n' + b'\n'.join(content) + b'\n'


def jis():
    # the first word of the subject ends inside a two-byte character
    raw = '顧客一覧の件'.encode('iso-2022-jp')
    halves = (raw[:8] + b'\x1b(B', b'\x1b$B' + raw[8:])
    subject = b'\n '.join(b'=?ISO-2022-JP?B?' + base64.b64encode(h) + b'?=' for h in halves)
    percent = ''.join('%%%02X' % b for b in '顧客一覧.csv'.encode('euc-jp'))
    mail = head(
        b'Received: from mx.example.jp (mx.example.jp [192.0.2.1])\n\tby mail.example.jp; '
        b'Mon, 1 Mar 2010 09:30:00 +0900',
        b'From: ' + word('山田 太郎', 'iso-2022-jp') + b' <taro@example.jp>',
        b'To: ' + word('佐藤', 'utf-8', 'Q') + b' <sato@example.co.jp>, hanako@example.jp',
        b'Subject: ' + subject, b'Date: Mon, 1 Mar 2010 09:30:00 +0900 (JST)',
        b'Message-ID: <1@example.jp>', b'MIME-Version: 1.0', b'X-Mailer: Tegaki 1.0',
        b'DKIM-Signature: v=1; b=AAAAAAAAAAAAAAAA',
        b'Content-Type: multipart/mixed;\n boundary="=_frontier"')
    mail += b'This is a multi-part message.\n'
    mail += part(b'=_frontier', b'Content-Type: text/plain; charset=ISO-2022-JP',
                 b'Content-Transfer-Encoding: 7bit', b'',
                 BODY.replace('①㈱', '').encode('iso-2022-jp'))
    mail += part(b'=_frontier', b'Content-Type: text/csv',
                 ("Content-Disposition: attachment; filename*0*=euc-jp'ja'%s;\n filename*1*=%s"
                  % (percent[:18], percent[18:])).encode(),
                 b'Content-Transfer-Encoding: base64', b'',
                 base64.encodebytes((BODY * 3).encode('cp932')))
    save('jis.eml', (mail + b'--=_frontier--\n').replace(b'\n', b'\r\n'))


def sjis():
    mail = head(b'From: ' + '田中'.encode('cp932') + b' <tanaka@example.jp>',
                b'Subject: ' + '予算表 ソート'.encode('cp932'), b'Date: 2 Jan 07 18:05 JST',
                b'MIME-Version: 1.0', b'Content-Type: multipart/mixed; boundary=b')
    mail += part(b'b', b'Content-Type: text/plain; charset="Shift_JIS"',
                 b'Content-Transfer-Encoding: quoted-printable', b'',
                 quopri.encodestring(BODY.encode('cp932')))
    mail += part(b'b', b'Content-Type: application/octet-stream; name="' +
                 '予定表'.encode('cp932') + b'"', b'Content-Transfer-Encoding: x-uuencode', b'',
                 b'begin 644 x\n' + b''.join(binascii.b2a_uu(BODY.encode()[i:i + 45])
                 for i in range(0, len(BODY.encode()), 45)) + b'`\nend\n')
    mail += part(b'b', b'Content-Type: image/png', b'Content-Disposition: inline;\n filename="' +
                 word('図 1', 'utf-8') + b'\n ' + word('.png', 'utf-8') + b'"',
                 b'Content-Transfer-Encoding: BASE64', b'', b'iVBORw0KGgo=', b'junk!!')
    save('sjis.eml', mail + b'--b--\n')


def wrong_labels():
    mail = head(b'From: a@example.jp', b'Subject: labels that are not true', b'MIME-Version: 1.0',
                b'Content-Type: multipart/mixed; boundary=b')
    for label, charset in (('us-ascii', 'utf-8'), ('iso-8859-1', 'utf-8'), ('x-unknown', 'cp932'),
                           ('iso-8859-1', 'iso-8859-1'), ('utf-8', 'cp932'),
                           ('windows-1251', 'cp1251')):
        text = {'iso-8859-1': 'Grüße aus Zürich\n', 'cp1251': 'Привет\n'}.get(charset, BODY)
        mail += part(b'b', b'Content-Type: text/plain; charset=' + label.encode(),
                     b'Content-Transfer-Encoding: 8bit', b'', text.encode(charset))
    save('wrong_labels.eml', mail + b'--b--\n')


def nested():
    inner = head(b'From: inner@example.jp', b'Subject: inside', b'Content-Type: text/plain') + \
        b'inner text\n'
    mail = head(b'Return-Path: <a@example.jp>', b'From: a@example.jp', b'Subject: nested',
                b'Content-Type: multipart/mixed; boundary="out er"')
    mail += part(b'out er', b'Content-Type: multipart/alternative; boundary="out er2"', b'',
                 part(b'out er2', b'', b'plain') +
                 part(b'out er2', b'Content-Type: text/html; charset=utf-8', b'',
                      '<p>装飾</p>'.encode()) + b'--out er2--')
    mail += part(b'out er', b'Content-Type: message/rfc822', b'', inner)
    mail += part(b'out er', b'Content-Type: multipart/digest; boundary=d', b'',
                 part(b'd', b'', inner) + b'--d--')
    mail += part(b'out er', b'Content-Type: message/delivery-status', b'',
                 b'Final-Recipient: rfc822; b@example.jp', b'Status: 5.1.1')
    save('nested.eml', mail + b'--out er--\n')


def others():
    save('encrypted.eml', head(
        b'From: a@example.jp', b'Subject: secret', b'MIME-Version: 1.0',
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b') +
        part(b'b', b'Content-Type: application/pgp-encrypted', b'', b'Version: 1') + b'--b--\n')
    save('smime.eml', head(
        b'From: a@example.jp', b'Subject: secret', b'MIME-Version: 1.0',
        b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
        b'Content-Transfer-Encoding: base64') + b'MIIB\n')
    save('pgp_inline.eml', head(b'From: a@example.jp', b'To: b@example.jp') +
         b'see below\n-----BEGIN PGP MESSAGE-----\n\nhQ==\n-----END PGP MESSAGE-----\n')
    mail = head(b'From: mac@example.jp', b'Subject: old Mac', b'Content-Type: multipart/mixed;',
                b' boundary=b') + part(b'b', b'', BODY.encode('cp932')) + \
        part(b'b', b'Content-Type: text/plain', b'Content-Transfer-Encoding: quoted-printable',
             b'', b'soft=\nbreak =3D') + b'--b--\n'
    save('mac.eml', mail.replace(b'\n', b'\r'))
    save('cut.eml', head(b'From: a@example.jp', b'Subject: cut',
                         b'Content-Type: multipart/mixed; boundary=b') +
         part(b'b', b'Content-Type: text/plain', b'', b'the first part') +
         b'--b\nContent-Disposition: attachment; filename=x.bin\n'
         b'Content-Transfer-Encoding: base64\n\n' + base64.encodebytes(bytes(range(200)))[:150])
    save('no_boundary.eml', head(b'From: a@example.jp', b'Subject: none',
                                 b'Content-Type: multipart/mixed') + b'only text\n')
    plain = head(b'From: a@example.jp', b'Subject: Apple', b'Date: Sat, 31 Dec 2016 23:59:60 GMT',
                 b'Junk line that is no field', b'To: b@example.jp') + b'text\n'
    save('apple.emlx', b'%-10d\n' % len(plain) + plain + b'<?xml version="1.0"?><plist/>\n')


def yenc(data, name):
    out = bytearray()
    for i, b in enumerate(data):
        c = (b + 42) % 256
        out += bytes([61, (c + 64) % 256]) if c in (0, 10, 13, 61) else bytes([c])
        if i % 64 == 63:
            out += b'\n'
    return b'=ybegin line=64 size=%d name=%s\n' % (len(data), name) + bytes(out) + \
        b'\n=yend size=%d\n' % len(data)


def binhex(data, name):
    alphabet = b'!"#$%&\'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr'
    raw = bytes([len(name)]) + name + b'\0TEXTttxt\0\0' + len(data).to_bytes(4, 'big') + \
        (4).to_bytes(4, 'big') + b'\0\0' + data + b'\0\0' + b'rsrc' + b'\0\0'
    raw = raw.replace(b'\x90', b'\x90\0').replace(b'=' * 10, b'=\x90\x0a')
    bits = ''.join('{:08b}'.format(b) for b in raw)
    bits += '0' * (-len(bits) % 6)
    text = bytes(alphabet[int(bits[i:i + 6], 2)] for i in range(0, len(bits), 6))
    text = b':' + text + b':'
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return b'(This file must be converted with BinHex 4.0)\n\n' + b'\n'.join(lines) + b'\n'


def inline():
    data = ('\u9867\u5ba2,' + '=' * 40 + ',\u5c71\u7530 \u592a\u90ce\n').encode('cp932') * 3
    uu = b'begin 644 ' + '\u4e00\u89a7.csv'.encode('cp932') + b'\n' + b''.join(
        binascii.b2a_uu(data[i:i + 45]) for i in range(0, len(data), 45)) + b'`\nend\n'
    save('inline.eml', head(b'From: a@example.jp', b'Subject: files in text', b'To: b@example.jp') +
         b'before\nbegin again, says the text\n' + uu + b'between\n' + yenc(data, b'b.csv') +
         b'then\n' + binhex(data, b'c.csv') + b'after\n')
    save('binhex.eml', head(b'From: a@example.jp', b'Subject: Mac', b'MIME-Version: 1.0',
                            b'Content-Type: application/mac-binhex40; name="d.csv"') +
         binhex(data, b'd.csv'))
    save('sent_in_pieces.eml', head(
        b'From: a@example.jp', b'Subject: piece', b'MIME-Version: 1.0',
        b'Content-Type: message/partial; id="x@example.jp"; number=2; total=3') + b'middle\n')


def labels_of_seven_bits():
    plain = BODY.replace('\u2460\u3231', '')
    mail = head(b'From: ' + word('\u9ad8\u6a4b', 'utf-7', 'Q') + b' <t@example.jp>', b'Subject: 7 bits',
                b'MIME-Version: 1.0', b'Content-Type: multipart/mixed; boundary=b')
    mail += part(b'b', b'Content-Type: text/plain; charset=utf-7', b'', plain.encode('utf-7'))
    jis = plain.encode('iso-2022-jp').replace(b'\x1b', b'')     # a gateway took the escapes out
    mail += part(b'b', b'Content-Type: text/plain; charset=iso-2022-jp', b'', jis)
    mail += part(b'b', b'Content-Type: text/plain; charset=iso-2022-jp', b'',
                 b'costs $Basic, (B) not $B')
    mail += part(b'b', b'Content-Type: text/plain; charset=iso-2022-jp', b'',
                 b'\x1b$B-!-j\x1b(B \x1b(I123\x1b(B \x0e123\x0f \xb1\xb2\xb3')
    save('seven_bits.eml', mail + b'--b--\n')


def fragments():
    csv = base64.encodebytes((BODY * 2).encode('cp932'))
    save('fragment.eml', b'\n' + part(b'bb', b'Content-Type: text/plain; charset=utf-8', b'',
         BODY.encode()) + part(b'bb', b'Content-Type: text/csv; name="a.csv"',
         b'Content-Transfer-Encoding: base64', b'', csv) + b'--bb--\n')
    save('boundary_lost.eml', head(b'From: a@example.jp', b'Subject: lost', b'MIME-Version: 1.0',
         b'Content-Type: multipart/mixed') + part(b'real', b'Content-Type: text/plain', b'', b'text') +
         part(b'real', b'Content-Disposition: attachment; filename=a.csv',
              b'Content-Transfer-Encoding: base64', b'', csv) + b'--real--\n')
    plain = head(b'From: a@example.jp', b'Subject: away', b'To: b@example.jp',
                 b'Content-Type: multipart/mixed; boundary=b') + \
        part(b'b', b'Content-Type: text/plain', b'', b'see attached') + \
        part(b'b', b'Content-Type: application/pdf; name=a.pdf', b'X-Apple-Content-Length: 12345',
             b'Content-Disposition: attachment; filename=a.pdf', b'') + b'--b--\n'
    plist = b'<?xml version="1.0"?>\n<plist><dict><key>flags</key>\n<integer>8590195713</integer>' \
        b'</dict></plist>\n'
    save('away.partial.emlx', b'%-10d\n' % len(plain) + plain + plist)
    save('cut.emlx', b'%-10d\n' % 5000 + plain)


def mboxes():
    body = b'\nFrom sato@example.jp Mon Mar  1 09:30:00 2010\n\nquoted by nobody\n'
    save('length.mbox', b''.join(
        b'From taro@example.jp Mon Mar  1 09:30:00 2010\nSubject: %d\nContent-Length: %d\n\n%s\n' %
        (i, len(body) + (i == 2), body) for i in range(3)), 'mbox')
    letter = head(b'From: taro@example.jp', b'Subject: becky', b'Date: Mon, 1 Mar 2010 09:30:00 +0900') + \
        b'first\n..two dots\n.one\n\n'
    save('becky.bmf', (letter + b'.\n' + letter.replace(b'becky', b'two') + b'.\n')
         .replace(b'\n', b'\r\n'), 'mbox')
    one = b'From taro@example.jp Mon Mar  1 09:30:00 2010\nFrom: taro@example.jp\n' \
        b'Subject: one\n\ntext\n>From here on\n>>From there\n\n\n'
    two = b'From - Sat Jan 01 12:00:00 2005\nSubject: two\n\nFrom now on no postmark\n\n'
    three = b'From ???@??? Tue Jul 23 19:39:23 1996\nSubject: three\n\nno end'
    save('three.mbox', one + two + three, 'mbox')
    save('mac.mbox', (one + two + three).replace(b'\n', b'\r'), 'mbox')
    save('crlf.mbox', (one + two + three).replace(b'\n', b'\r\n'), 'mbox')


def tlv(tag, *content):
    content = b''.join(content)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes(2, 'big')
    return bytes([tag, 0x82]) + size + content


def open_tlv(tag, *content):
    return bytes([tag, 0x80]) + b''.join(content) + b'\0\0'


def signed():
    def oid(n):
        return tlv(6, bytes.fromhex('2a864886f70d0107') + bytes([n]))
    sha = tlv(0x31, tlv(0x30, tlv(6, bytes.fromhex('608648016503040201')), tlv(5)))
    names = tlv(0x30, tlv(0x31, tlv(0x30, tlv(6, b'U\4\3'), tlv(12, '\u5c71\u7530 \u592a\u90ce'.encode()))),
                tlv(0x31, tlv(0x30, tlv(6, b'U\4\n'), tlv(0x1e, '\u6771\u96f2'.encode('utf-16-be')))),
                tlv(0x31, tlv(0x30, tlv(6, b'U\4\3'), tlv(0x16, b'taro@example.jp'))))
    certificates = tlv(0xa0, tlv(0x30, tlv(2, b'\1'), names))
    mail = head(b'Content-Type: text/plain; charset=utf-8') + BODY.encode()
    closed = tlv(0x30, oid(2), tlv(0xa0, tlv(0x30, tlv(2, b'\1'), sha, tlv(
        0x30, oid(1), tlv(0xa0, tlv(4, mail))), certificates, tlv(0x31))))
    opened = open_tlv(0x30, oid(2), open_tlv(0xa0, open_tlv(0x30, tlv(2, b'\1'), sha, open_tlv(
        0x30, oid(1), open_tlv(0xa0, open_tlv(0x24, tlv(4, mail[:50]), tlv(4, mail[50:])))),
        certificates, tlv(0x31))))
    detached = tlv(0x30, oid(2), tlv(0xa0, tlv(0x30, tlv(2, b'\1'), sha, tlv(0x30, oid(1)),
                                            certificates, tlv(0x31))))
    save('closed.p7m', closed, 'p7m')
    save('opened.p7m', opened, 'p7m')
    save('detached.p7s', detached, 'p7m')
    save('enveloped.p7m', tlv(0x30, oid(3), tlv(0xa0, tlv(0x30, tlv(2, b'\0')))), 'p7m')
    save('report.pdf.p7m', tlv(0x30, oid(2), tlv(0xa0, tlv(0x30, tlv(2, b'\1'), sha, tlv(
        0x30, oid(1), tlv(0xa0, tlv(4, b'%PDF-1.4'))), tlv(0x31)))), 'p7m')


if __name__ == '__main__':
    jis()
    sjis()
    wrong_labels()
    nested()
    others()
    inline()
    labels_of_seven_bits()
    fragments()
    mboxes()
    signed()
