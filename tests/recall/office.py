#!/usr/bin/env python3
"""Word recall of docx, xlsx, pptx and ODF against another reader: zipfile and re.

    python3 tests/recall/office.py build/gcc/unit/format_office FOLDER...

Prints one line a file below 99 %, then the totals; exit status 1 when a kind is below 99 %."""
import html
import os
import re
import subprocess
import sys
import zipfile

PARTS = {
    'docx': r'word/(document|header|footer|footnotes|endnotes|comments)\d*\.xml$',
    'pptx': r'ppt/(slides/slide|notesSlides/notesSlide)\d+\.xml$',
    'xlsx': r'xl/(sharedStrings\.xml|worksheets/sheet\d+\.xml)$',
    'odf': r'content\.xml$',
}
BREAKS = {
    'docx': r'</w:p>|<w:tab/>|<w:br/>|<w:cr/>',
    'pptx': r'</a:p>|<a:br/?>',
    'xlsx': r'</si>|</is>|</c>',
    'odf': r'</text:p>|</text:h>|</dc:creator>|</dc:date>|<text:tab/>|<text:line-break/>|<text:s(?: [^>]*)?/>',
}
TEXT = {'docx': r'<w:t(?: [^>]*)?>([^<]*)</w:t>', 'pptx': r'<a:t(?: [^>]*)?>([^<]*)</a:t>',
        'xlsx': r'<t(?: [^>]*)?>([^<]*)</t>'}


def kind_of(name):
    end = name.rsplit('.', 1)[-1].lower()
    if end in ('docx', 'docm', 'dotx'):
        return 'docx'
    if end in ('xlsx', 'xlsm', 'xltx'):
        return 'xlsx'
    if end in ('pptx', 'pptm', 'potx'):
        return 'pptx'
    return 'odf' if end in ('odt', 'ods', 'odp', 'odg') else None


def words(text):
    return re.findall(r'\w{2,}', text)


def expected(path, kind):
    found = []
    with zipfile.ZipFile(path) as z:
        for name in z.namelist():
            if not re.match(PARTS[kind], name):
                continue
            xml = z.read(name).decode('utf-8', 'replace')
            xml = re.sub(r'<mc:Fallback>.*?</mc:Fallback>', '', xml, flags=re.S)
            xml = re.sub(r'<rPh .*?</rPh>', '', xml, flags=re.S)
            if kind == 'odf':
                # dates come out as ISO 8601, not as they are shown
                xml = re.sub(r'<table:table-cell[^>]*value-type="date".*?</table:table-cell>', '',
                             xml, flags=re.S)
                xml = re.sub(r'"[^"<]*"', '""', xml)    # attributes may hold ">"
                xml = re.sub(r'<text:note-citation.*?</text:note-citation>', '', xml, flags=re.S)
                xml = xml[xml.find('<office:body'):]
            for paragraph in re.split(BREAKS[kind], xml):
                if not paragraph:
                    continue
                if kind == 'odf':
                    text = re.sub(r'<[^>]*>', '', paragraph)
                else:
                    text = ''.join(re.findall(TEXT[kind], paragraph))
                found += words(html.unescape(text))
    return found


def main():
    reader, totals, bad = sys.argv[1], {}, False
    for folder in sys.argv[2:]:
        for top, _, names in os.walk(folder):
            for name in sorted(names):
                kind, path = kind_of(name), os.path.join(top, name)
                if not kind:
                    continue
                try:
                    want = expected(path, kind)
                except Exception:   # no zip, encrypted: other tests have those
                    continue
                got = subprocess.run([reader, '--dump', path], capture_output=True).stdout
                have = set(words(got.decode('utf-8', 'replace')))
                hits = sum(w in have for w in want)
                total = totals.setdefault(kind, [0, 0, 0])
                total[0] += 1
                total[1] += len(want)
                total[2] += hits
                if want and hits < 0.99 * len(want):
                    missing = [w for w in want if w not in have]
                    print(f'{hits}/{len(want)} {path}: {missing[:8]}')
    for kind, (files, want, hits) in sorted(totals.items()):
        rate = hits / want if want else 1.0
        bad |= rate < 0.99
        print(f'{kind}: {files} files, {want} words, recall {rate:.5f}')
    return bad


sys.exit(main())
