#!/usr/bin/env python3
"""Word recall where the truth is known: one text, one workbook and one set of slides, written here as flat
OpenDocument, saved by LibreOffice in every format it has, read by remnant-text.

    python3 tests/recall/made.py build/gcc/bin [--keep DIR]

A row a format: the words that must come out, those that did, and what is missing.  Exit status 1 when a
format gives less than 98 %.  Needs soffice.  Every person and number is made up."""
import argparse
import html
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

OFFICE = ('<?xml version="1.0" encoding="UTF-8"?><office:document '
          'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
          'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
          'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
          'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
          'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
          'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
          'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
          'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
          'xmlns:xlink="http://www.w3.org/1999/xlink" '
          'xmlns:dc="http://purl.org/dc/elements/1.1/" '
          'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
          'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
          'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" '
          'office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.{kind}">')
META = ('<office:meta><dc:title>{title}</dc:title><meta:initial-creator>山田太郎</meta:initial-creator>'
        '<dc:creator>佐藤花子</dc:creator><dc:subject>件名確認</dc:subject></office:meta>')

FAMILY = ['佐藤', '鈴木', '高橋', '田中', '伊藤', '渡辺', '山本', '中村', '小林', '加藤', '髙橋', '﨑山']
GIVEN = ['一郎', '花子', '次郎', '美咲', '健太', '由美', '隆', '恵子', '誠', '直美']


def people(count):
    """Rows of made-up people: name, reading, phone, mail, birth date."""
    for i in range(count):
        family, given = FAMILY[i % len(FAMILY)], GIVEN[i * 7 % len(GIVEN)]
        yield (f'{family}{given}', f'カナ{i:03d}', f'090-0000-{i:04d}', f'user{i:03d}@example.jp',
               f'19{50 + i % 49}-{1 + i % 12:02d}-{1 + i % 28:02d}')


def x(text):
    return html.escape(text)


def annotation(author, text):
    return (f'<office:annotation><dc:creator>{author}</dc:creator><dc:date>2014-01-02T03:04:05</dc:date>'
            f'<text:p>{x(text)}</text:p></office:annotation>')


def text_document(clauses=60, members=40):
    rows = ''.join('<table:table-row>' + ''.join(
        f'<table:table-cell office:value-type="string"><text:p>{x(v)}</text:p></table:table-cell>' for v in person)
        + '</table:table-row>' for person in people(members))
    paragraphs = ''.join(
        f'<text:p>第{i}条　甲は乙に対し、業務委託契約書第{i}項に基づき{i * 1000}円を支払う。Clause{i} payment due.</text:p>'
        for i in range(1, clauses))
    return OFFICE.format(kind='text') + META.format(title='業務委託契約書') + (
        '<office:automatic-styles><style:page-layout style:name="pl"><style:page-layout-properties '
        'fo:page-width="210mm" fo:page-height="297mm"/><style:header-style/><style:footer-style/>'
        '</style:page-layout></office:automatic-styles>'
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pl">'
        '<style:header><text:p>社外秘 頁見出し</text:p></style:header>'
        '<style:footer><text:p>株式会社東雲 頁脚</text:p></style:footer></style:master-page></office:master-styles>'
        '<office:body><office:text>'
        f'<text:h text:outline-level="1">秘密保持契約{annotation("鈴木一郎", "要確認の注釈")}</text:h>'
        '<text:p>半角ｶﾅと全角ＡＢＣ、①②㈱、~〜－–、髙﨑、絵文字は無し。</text:p>'
        '<text:p>連絡先は<text:a xlink:href="mailto:keiyaku@example.jp">契約係</text:a>'
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
        '<text:p>脚注の電話 03-9999-0001</text:p></text:note-body></text:note></text:p>'
        f'{paragraphs}<table:table table:name="名簿"><table:table-column table:number-columns-repeated="5"/>'
        f'{rows}</table:table><text:p>末尾の署名 taro.yamada@example.jp</text:p>'
        '</office:text></office:body></office:document>')


def cell(value, kind='string', style='', repeat=''):
    attribute = {'string': '', 'float': f' office:value="{value}"', 'date': f' office:date-value="{value}"'}[kind]
    style = f' table:style-name="{style}"' if style else ''
    body = f'<text:p>{x(str(value))}</text:p>' if kind == 'string' else ''
    return f'<table:table-cell office:value-type="{kind}"{attribute}{style}{repeat}>{body}</table:table-cell>'


def workbook(members=300):
    head = '<table:table-row>' + ''.join(cell(v) for v in ('氏名', 'フリガナ', '電話', 'メール', '生年月日')) + '</table:table-row>'
    rows = ''.join('<table:table-row>' + ''.join(cell(v) for v in p[:4]) + cell(p[4], 'date', 'day') + '</table:table-row>'
                   for p in people(members))
    noted = ('<table:table-row><table:table-cell office:value-type="string">'
             f'{annotation("鈴木一郎", "本人確認済みの注釈")}<text:p>注釈付き</text:p></table:table-cell>'
             '<table:table-cell/><table:table-cell table:formula="of:=1000+234" office:value-type="float" office:value="1234"/>'
             '<table:table-cell table:formula="of:=&quot;計算&quot;&amp;&quot;結果&quot;" office:value-type="string" '
             'office:string-value="計算結果"><text:p>計算結果</text:p></table:table-cell></table:table-row>')
    return OFFICE.format(kind='spreadsheet') + META.format(title='顧客名簿') + (
        '<office:automatic-styles><number:date-style style:name="d"><number:year number:style="long"/>'
        '<number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text>'
        '<number:day number:style="long"/></number:date-style>'
        '<style:style style:name="day" style:family="table-cell" style:data-style-name="d"/>'
        '<style:style style:name="wide" style:family="table-column"><style:table-column-properties '
        'style:column-width="6cm"/></style:style>'
        '<style:style style:name="hid" style:family="table"><style:table-properties table:display="false"/></style:style>'
        '</office:automatic-styles><office:body><office:spreadsheet>'
        f'<table:table table:name="顧客"><table:table-column table:style-name="wide" table:number-columns-repeated="5"/>{head}{rows}{noted}</table:table>'
        '<table:table table:name="隠し" table:style-name="hid"><table:table-row>'
        f'{cell("隠しシートの給与")}{cell("250000", "float")}</table:table-row></table:table>'
        '</office:spreadsheet></office:body></office:document>')


def frame(text, y, kind='outline'):
    return (f'<draw:frame svg:x="2cm" svg:y="{y}cm" svg:width="20cm" svg:height="3cm"><draw:text-box>'
            f'<text:p>{x(text)}</text:p></draw:text-box></draw:frame>')


def slides(count=20):
    pages = ''.join(
        f'<draw:page draw:name="p{i}">' + frame(f'提案書 第{i}章 Proposal{i}', 2) + frame(f'本文{i}：売上{i * 10}億円、担当は佐藤{i}号', 8)
        + f'<presentation:notes><draw:page-thumbnail/>{frame(f"発表者の覚え{i}", 15)}</presentation:notes></draw:page>'
        for i in range(1, count + 1))
    return OFFICE.format(kind='presentation') + META.format(title='提案書') + (
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name=""/></office:master-styles>'
        f'<office:body><office:presentation>{pages}</office:presentation></office:body></office:document>')


# What a format of LibreOffice does not carry over.
LOST = {
    'pdf': {'鈴木一郎', '要確認の注釈', '件名確認', '本人確認済みの注釈', '隠しシートの給与', '250000', '隠し'},
    'pdf-slides': {'発表者の覚え'},
    'html': {'鈴木一郎'},
    'ppt': set(), 'txt': {'鈴木一郎', '要確認の注釈', '社外秘', '頁見出し', '株式会社東雲', '頁脚', '件名確認', '山田太郎', '佐藤花子'},
}

TEXT = ('odt', 'fodt', 'docx', 'doc', 'rtf', 'pdf', 'txt')
SHEET = ('ods', 'fods', 'xlsx', 'xls', 'pdf')
SLIDE = ('odp', 'fodp', 'pptx', 'ppt', 'pdf')


def words(text):
    # writers of PDF put a space between Japanese and Latin
    return re.findall(r'[A-Za-z0-9]{2,}|[^\W_A-Za-z0-9]{2,}', unicodedata.normalize('NFKC', text))


def truth(document):
    """The words a reader must give: text and properties, without markup and the formulas."""
    found = re.sub(r'<dc:date>.*?</dc:date>|<text:note-citation>.*?</text:note-citation>', ' ', document)
    found = re.sub(r'office:date-value="([^"]*)"', r'>\1<', found)
    found = re.sub(r'office:value-type="float" office:value="([^"]*)"', r'>\1<', found)
    return words(html.unescape(re.sub(r'<[^>]*>', ' ', found)))


def convert(source, ending, folder):
    # two filters of one ending: the text of Writer must be UTF-8
    target = 'txt:Text (encoded):UTF8' if ending == 'txt' else ending
    subprocess.run(['soffice', f'-env:UserInstallation=file://{folder}/profile', '--headless', '--convert-to', target,
                    '--outdir', folder, source], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return os.path.join(folder, os.path.splitext(os.path.basename(source))[0] + '.' + ending)


def read(programs, path):
    done = subprocess.run([os.path.join(programs, 'remnant-text'), path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return words(done.stdout.decode('utf-8', 'replace')), done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('programs')
    parser.add_argument('--keep', metavar='DIR')
    options = parser.parse_args()
    folder = os.path.abspath(options.keep or tempfile.mkdtemp())
    os.makedirs(folder, exist_ok=True)
    worst = 100.0
    print(f'{"format":14s}{"words":>8s}{"read":>8s}{"recall":>9s}  exit  missing')
    for name, document, endings in (('contract.fodt', text_document(), TEXT), ('customers.fods', workbook(), SHEET),
                                    ('proposal.fodp', slides(), SLIDE)):
        source = os.path.join(folder, name)
        with open(source, 'w', encoding='utf-8') as f:
            f.write(document)
        for ending in endings:
            path = source if name.endswith('.' + ending) else convert(source, ending, folder)
            lost = LOST.get(ending, set()) | (LOST['pdf-slides'] if ending == 'pdf' and endings is SLIDE else set())
            expected = [w for w in truth(document) if not any(w.startswith(l) for l in lost)]
            found, status = read(options.programs, path)
            # a reader may join what stands side by side, and a page breaks words at its lines
            text = ('' if ending == 'pdf' else '\n').join(found)
            missing = [w for w in expected if w not in text]
            recall = 100.0 * (len(expected) - len(missing)) / len(expected)
            worst = min(worst, recall)
            print(f'{os.path.basename(path):14s}{len(expected):8d}{len(expected) - len(missing):8d}{recall:8.2f}%'
                  f'{status:6d}  {" ".join(sorted(set(missing))[:8])}')
    return worst < 98


if __name__ == '__main__':
    sys.exit(main())
