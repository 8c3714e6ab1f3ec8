#!/usr/bin/env python3
"""Makes the .in fixtures of rtf/.  People, companies and numbers are invented: example.jp and
03-9999-xxxx are not assigned.

    python3 testdata/format/make_rtf.py
    RMN_GOLDEN=1 RMN_FOLDER=rtf build/gcc/unit/format_office    and read the .out files
"""
import os
import struct

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'rtf')


def save(name, data):
    os.makedirs(HERE, exist_ok=True)
    with open(os.path.join(HERE, name + '.in'), 'wb') as f:
        f.write(data if isinstance(data, bytes) else data.encode('latin-1'))


def sjis(text, raw=False):
    """As Word writes it: first bytes escaped, second bytes as they are where they are printable."""
    out = b''
    for c in text:
        code = c.encode('cp932')
        if raw:
            out += code
        elif len(code) == 2:
            out += b"\\'%02x" % code[0]
            out += bytes(code[1:]) if 0x40 <= code[1] < 0x7B and code[1] != 0x5C else \
                b"\\'%02x" % code[1]
        else:
            out += code if code[0] < 0x80 else b"\\'%02x" % code[0]
    return out.decode('latin-1')


def uni(text):
    out = ''
    for unit in struct.unpack(f'<{len(text.encode("utf-16-le")) // 2}H', text.encode('utf-16-le')):
        out += chr(unit) if 0x20 <= unit < 0x80 else f'\\u{unit - 65536 if unit > 32767 else unit}?'
    return out


HEAD = ('{\\rtf1\\ansi\\ansicpg932\\uc1\\deff0\\deflang1033\\deflangfe1041'
        '{\\fonttbl{\\f0\\froman\\fcharset0 Times;}{\\f1\\fnil\\fcharset128{\\*\\panose 02}' +
        sjis('ＭＳ 明朝') + '{\\*\\falt MS Mincho};}{\\f2\\fnil\\fcharset204 Times Cyr;}'
        '{\\f3\\fnil\\fcharset2 Symbol;}{\\f31500\\fcharset238 Times CE;}}'
        '{\\colortbl;\\red0\\green0\\blue0;}{\\stylesheet{\\s0 Normal;}{\\*\\cs10 Default;}}'
        '{\\*\\revtbl {Unknown;}{' + sjis('佐藤花子') + ';}}'
        '{\\*\\generator Example Writer 1.0;}'
        '{\\info{\\title ' + sjis('定例議事録') + '}{\\subject {\\b x}y}{\\author ' + sjis('山田 太郎') +
        '}{\\*\\manager ' + sjis('鈴木一郎') + '}{\\*\\company ' + uni('株式会社東雲') +
        '}{\\operator hanako}{\\keywords k1, k2}{\\doccomm remark}'
        '{\\creatim\\yr2014\\mo3\\dy1\\hr18\\min30}{\\revtim\\yr2015\\mo4\\dy1}'
        '{\\upr{\\comment ?}{\\*\\ud{\\comment ' + uni('写し') + '}}}\\nofpages2}'
        '{\\*\\template C:\\\\Templates\\\\kaigi.dot}'
        '{\\*\\userprops {\\propname ' + uni('文書番号') + '}\\proptype30{\\staticval SN-2014-001}}'
        '{\\*\\docvar {client}{' + uni('北斗電機') + '}}'
        '{\\*\\unknown not shown {nor this}}\n')


def document():
    body = '\\pard\\plain \\f1 ' + sjis('議事録ソ表') + '\\par\n'
    body += '\\f1 ' + sjis('能力', raw=True) + ' ' + sjis('ソース', raw=True) + '\\par\n'
    body += '{\\b' + sjis('分')[:4] + '}{\\i' + sjis('分')[4:] + '}' + sjis('割') + '\\par\n'
    body += '\\f2\\\'cf\\\'f0\\\'e8\\f0  caf\\\'e9 \\f31500\\\'9e\\f3\\\'b7\\f0  ' + uni('髙﨑𠮷野家') + '\\par\n'
    body += '{\\uc2\\u26481\\\'93\\\'8c\\u20140\\\'8b\\\'9e}{\\uc0\\u-10179\\u-8704 x}\\par\n'
    body += 'a\\~b\\_c\\-d\\emdash e\\bullet\\tab f\\line g\\{h\\}\\\\\\ldblquote i\\rdblquote\\par\n'
    body += '{\\listtext\\tab 1.\\tab}' + uni('項目') + '\\par\n'
    return body


def table():
    return ('\\trowd\\cellx1\\cellx2\\cellx3\\pard\\intbl ' + uni('氏名') + '\\cell ' + uni('電話') +
            '\\par ' + uni('内線') + '\\cell\\cell\\row '
            '\\pard\\intbl {\\f1 ' + sjis('山田') + '}\\cell 03-9999-0001\\tab 12\\cell x\\cell\\row'
            '\\pard\\intbl\\itap2 in\\nestcell{\\*\\nesttableprops\\trowd\\nestrow}'
            '{\\nonesttables\\par}\\cell\\cell\\cell\\row\\pard\n')


def asides():
    return ('{\\headerr\\pard ' + uni('社外秘') + '\\par}{\\footer \\chpgn\\par}'
            'note{\\footnote\\pard\\plain {\\chftn} ' + uni('脚注の文') + '}'
            '{\\*\\atnid SI}{\\*\\atnauthor ' + uni('鈴木一郎') + '}{\\chatn{\\*\\annotation'
            '{\\*\\atnref 1}{\\*\\atndate 1234}\\pard ' + uni('要確認') + '}}'
            ' price {\\deleted ' + uni('九百万円') + '}{\\deleted ' + uni('です') + '} '
            + uni('八百万円') + '{\\v ' + uni('隠し') + '}\\v on\\v0 off\\par '
            '{\\field{\\*\\fldinst HYPERLINK "mailto:hanako@example.jp"}{\\fldrslt ' + uni('連絡先') +
            '}}{\\field{\\*\\fldinst PAGE \\\\* MERGEFORMAT}{\\fldrslt 1}}'
            '{\\field{\\*\\fldinst EQ \\\\* jc2 \\\\* "Font:MS" \\\\* hps10 \\\\o\\\\ad(\\\\s\\\\up 9('
            + uni('さとう') + '),' + uni('佐藤') + ')}{\\fldrslt}}'
            '{\\field{\\*\\fldinst IF {\\field{\\*\\fldinst MERGEFIELD sex}{\\fldrslt m}} = "m" "Mr" "Ms"}'
            '{\\fldrslt Mr}}\\par '
            '{\\field{\\*\\fldinst FORMTEXT{\\*\\formfield{\\fftype0{\\*\\ffname Text1}'
            '{\\*\\ffdeftext ' + uni('既定') + '}}}}{\\fldrslt ' + uni('入力') + '}}\\par '
            '{\\shp{\\*\\shpinst\\shpleft1{\\sp{\\sn gtextUNICODE}{\\sv CONFIDENTIAL}}'
            '{\\sp{\\sn fillColor}{\\sv 255}}{\\shptxt\\pard ' + uni('枠の中') + '\\par}}'
            '{\\shprslt ' + uni('枠の中') + '}}'
            '{\\pict{\\*\\picprop{\\sp{\\sn wzDescription}{\\sv C:\\\\a.png}}}\\wmetafile8 0102}'
            '{\\pict\\wmetafile8\\bin4 }{\\\\}end\\par\n')


def string(text):
    data = text.encode('cp932') + b'\0'
    return struct.pack('<I', len(data)) + data


def package(label, path, data):
    return (struct.pack('<H', 2) + label.encode('cp932') + b'\0' + path.encode('cp932') + b'\0' +
            struct.pack('<HH', 0, 3) + struct.pack('<I', len(path) + 1) + path.encode('ascii') + b'\0' +
            struct.pack('<I', len(data)) + data + bytes(12))


def objects():
    ole1 = struct.pack('<II', 0x501, 2) + string('Package') + struct.pack('<II', 0, 0)
    native = package('顧客名簿.csv', 'C:\\work\\list.csv', '氏名,電話\n山田,03-9999-0001\n'.encode('cp932'))
    first = ole1 + struct.pack('<I', len(native)) + native
    link = (struct.pack('<II', 0x501, 1) + string('Excel.Sheet.8') + string('\\\\srv\\見積\\a.xls') +
            string('R1C1'))
    other = (struct.pack('<II', 0x501, 2) + string('Custom.Thing') + struct.pack('<II', 0, 0) +
             struct.pack('<I', 5) + b'bytes')
    hexed = first.hex()
    return ('{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata\n' + hexed[:64] + '\n' + hexed[64:] +
            '}{\\result icon}}{\\object\\objlink{\\*\\objdata ' + link.hex() + '}{\\result sum}}'
            '{\\object\\objemb{\\*\\objclass Custom.Thing}{\\*\\objdata ' + other.hex() + '}}\\par\n')


def outlook():
    return ('{\\rtf1\\ansi\\ansicpg932\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\n'
            '{\\*\\htmltag64 <html>}{\\*\\htmltag72 <p>}\\htmlrtf {\\htmlrtf0 ' + uni('お世話になります。') +
            '\\htmlrtf\\par}\\htmlrtf0{\\*\\htmltag84 &nbsp;}\\htmlrtf \\\'a0\\htmlrtf0'
            '{\\*\\htmltag84 <a href="http://www.example.jp/">}\\htmlrtf {\\field{\\*\\fldinst'
            '{HYPERLINK "http://www.example.jp/"}}{\\fldrslt\\cf1\\ul \\htmlrtf0 ' + uni('詳細') +
            '\\htmlrtf }\\htmlrtf0 \\htmlrtf }\\htmlrtf0 {\\*\\htmltag92 </a>}'
            '{\\*\\htmltag80 </p>}{\\*\\htmltag58 </html>}}')


def main():
    save('document', HEAD + document() + table() + asides() + '}')
    save('objects', HEAD + objects() + '}')
    save('outlook', outlook())
    # a Western writer's header over bytes of the code page of the machine
    save('undeclared', '{\\rtf1\\ansi{\\fonttbl{\\f0 Gothic;}}\\f0 ' + sjis('見積書ソ') + '\\par}')
    save('mac', '{\\rtf1\\mac\\deff0{\\fonttbl{\\f0\\fcharset77 Geneva;}{\\f1\\fcharset78 Osaka;}}'
         'caf\\\'8e \\f1 ' + sjis('東京') + '}')
    save('cut', '{\\rtf1\\ansi before{\\footnote ' + uni('脚注') + ' {\\b cut')
    save('entries', '{\\rtf1\\ansi Body{\\xe\\bxe {\\v Yamada}\\:Taro} goes on{\\tc Chapter one\\tcl1} here.\\par}')
    save('deep', '{\\rtf1\\ansi ' + '{' * 9000 + 'inside' + '}' * 9000 + ' outside}')


main()
