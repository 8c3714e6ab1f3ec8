#!/usr/bin/env python3
"""Word recall of older office formats against LibreOffice (or another reader).

    python3 tests/recall/legacy.py KIND build/gcc/unit/format_office FOLDER...

KIND is a row of KINDS.  Files are told by what they are, not by their names.  Prints one line a file
below 98 % with the words that are missing, then the totals; exit status 1 when they are below 98 %.
RMN_LO_PROFILE names LibreOffice's profile folder, RMN_LO_LOCK a file to flock around its runs."""
import collections
import glob
import html
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile

# how a file starts, endings of its name, and what LibreOffice makes of it
OLE2 = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'
KINDS = {
    'doc': (OLE2, ('doc', 'dot', 'wiz'), 'txt:Text (encoded):UTF8'),
    'rtf': (b'{\\rtf', ('rtf', 'doc'), 'txt:Text (encoded):UTF8'),
    # every sheet, numbers as they are stored: how they are shown is for the reader to decide
    'xls': (OLE2, ('xls', 'xlt'), 'csv:Text - txt - csv (StarCalc):'
            '9,34,76,1,,0,false,true,false,false,false,-1'),
    'ppt': (OLE2, ('ppt', 'pps', 'pot'), 'odp'),
}
# numbers that LibreOffice calculates anew, percents and fractions are no fault of either side
SPREADSHEET_NOISE = r'[\d_]+E?|Err|VALUE|MACRO|NAME|REF'
# what stands for a date or a number
FIELDS = r'<text:(page-number|date|time|page-count)[ >].*?</text:\1>|<presentation:date-time-decl.*?/presentation:date-time-decl>'
PARAGRAPH_ENDS = (r'</text:p>|</text:h>|<text:tab/>|<text:line-break/>|<text:s( [^>]*)?/>|</dc:creator>|'
                  r'</svg:desc>|</presentation:\w+-decl>|<dc:date>.*?</dc:date>')
ENOUGH = 98.0


def words(text):
    text = unicodedata.normalize('NFKC', text.replace('\u00ad', ''))    # optional hyphens
    return collections.Counter(re.findall(r'\w{2,}', text))


def slides_text(path):
    """The text of an OpenDocument presentation, a paragraph a line."""
    with zipfile.ZipFile(path) as package:
        xml = package.read('content.xml').decode('utf-8', 'replace')
    xml = re.sub(FIELDS, '', xml[xml.find('<office:body'):], flags=re.S)
    xml = re.sub(r'"[^"<]*"', '""', xml)    # attributes may hold ">"
    xml = re.sub(PARAGRAPH_ENDS, '\n', xml, flags=re.S)
    return html.unescape(re.sub(r'<[^>]*>', '', xml))


def read_text(path):
    if path.endswith('.odp'):
        return slides_text(path)
    with open(path, 'rb') as f:
        return f.read().decode('utf-8-sig', 'replace')


def files(kind, folders):
    start, endings, _ = KINDS[kind]
    for folder in folders:
        for top, _, names in os.walk(folder):
            for name in sorted(names):
                path = os.path.join(top, name)
                if name.rsplit('.', 1)[-1].lower() not in endings:
                    continue
                with open(path, 'rb') as f:
                    if f.read(len(start)) == start:
                        yield path


def convert(kind, paths, folder):
    """Each path under a number, so that names do not clash; gives number -> text."""
    lock = os.environ.get('RMN_LO_LOCK')
    profile = os.environ.get('RMN_LO_PROFILE', os.path.join(folder, 'profile'))
    sources, out = os.path.join(folder, 'in'), os.path.join(folder, 'out')
    os.mkdir(sources)
    names = []
    for number, path in enumerate(paths):
        names.append(os.path.join(sources, f'{number}.{path.rsplit(".", 1)[-1].lower()}'))
        os.symlink(os.path.abspath(path), names[-1])
    for first in range(0, len(names), 20):
        command = ['soffice', f'-env:UserInstallation=file://{profile}', '--headless',
                   '--convert-to', KINDS[kind][2], '--outdir', out] + names[first:first + 20]
        try:
            subprocess.run((['flock', lock] if lock else []) + command, timeout=600,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        except subprocess.TimeoutExpired:
            print(f'LibreOffice hangs on one of {paths[first:first + 20]}')
    texts = {}
    end = KINDS[kind][2].split(':')[0]
    for number in range(len(paths)):
        names = glob.glob(os.path.join(out, f'{number}.{end}'))
        names += glob.glob(os.path.join(out, f'{number}-*.{end}'))    # a file a sheet
        if names:
            texts[number] = '\n'.join(read_text(name) for name in names)
            if kind == 'xls':
                texts[number] = '\n'.join(w for w in re.findall(r'\w+', texts[number])
                                          if not re.fullmatch(SPREADSHEET_NOISE, w))
    return texts


def main():
    kind, reader = sys.argv[1], sys.argv[2]
    paths = list(files(kind, sys.argv[3:]))
    statuses, unread, expected, found = collections.Counter(), 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        texts = convert(kind, paths, folder)
    for number, path in enumerate(paths):
        dump = subprocess.run([reader, '--dump', path], capture_output=True, check=False).stdout
        dump = dump.decode('utf-8', 'replace')
        status = re.findall(r'^status (\w+)', dump, flags=re.M)
        statuses[status[-1] if status else 'crashed'] += 1
        if number not in texts:
            unread += 1
            print(f'not read by LibreOffice: {path}')
            continue
        wanted, ours = words(texts[number]), words(dump)
        missing = wanted - ours
        total, lost = sum(wanted.values()), sum(missing.values())
        expected, found = expected + total, found + total - lost
        if total and 100 * (total - lost) < ENOUGH * total:
            print(f'{100 * (total - lost) / total:6.2f} %  {path}: '
                  f'{" ".join(list(missing)[:12])}')
    recall = 100 * found / expected if expected else 100.0
    print(f'{kind}: {len(paths)} files ({dict(statuses)}), {unread} not read by LibreOffice, '
          f'{expected} words, recall {recall:.2f} %')
    return recall < ENOUGH


if __name__ == '__main__':
    sys.exit(main())
