#!/usr/bin/env python3
"""Recall of the rarer formats against other readers: property lists against plistlib (every key and value),
Visio, Publisher and iWork against LibreOffice (words of the PDF or text it makes).

    python3 tests/recall/rare.py build/gcc/unit/format_office FILE...

Prints a line a file, what is missing first, then totals.  LibreOffice runs with a profile of its own; what it
adds (fields it computes, capitals it draws, words its layout fuses) counts as missing here."""
import datetime
import os
import plistlib
import re
import subprocess
import sys
import tempfile


def ours(program, path):
    out = subprocess.run([program, '--dump', path], capture_output=True, check=False).stdout
    return re.sub(r'\s+', '', out.decode('utf-8', 'replace'))


def plist_words(path):
    words = []

    def walk(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if inner not in ({}, [], ''):
                    words.append(str(key))
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)
        elif isinstance(value, datetime.datetime):
            words.append(value.strftime('%Y-%m-%dT%H:%M:%S'))
        elif isinstance(value, float):
            words.append('%.15g' % value)
        elif isinstance(value, (int, str)) and not isinstance(value, bool):
            words.append(str(value))

    with open(path, 'rb') as f:
        walk(plistlib.load(f))
    return words


def office_words(path):
    kind = 'txt:Text' if path.endswith('.pages') else 'csv' if path.endswith('.numbers') else 'pdf'
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['soffice', '-env:UserInstallation=file://' + folder + '/profile', '--headless',
                        '--convert-to', kind, '--outdir', folder, path], capture_output=True,
                       timeout=120, check=False)
        made = [n for n in os.listdir(folder) if n != 'profile']
        if not made:
            return None
        made = os.path.join(folder, made[0])
        if kind == 'pdf':
            text = subprocess.run(['pdftotext', '-raw', made, '-'], capture_output=True,
                                  check=False).stdout.decode('utf-8', 'replace')
        else:
            with open(made, encoding='utf-8', errors='replace') as f:
                text = f.read()
    return re.findall(r'[\w@.]{2,}', text)


def main():
    program, files = sys.argv[1], sys.argv[2:]
    totals = {}
    for path in files:
        kind = path.rsplit('.', 1)[-1].lower()
        try:
            words = plist_words(path) if kind == 'plist' else office_words(path)
        except (plistlib.InvalidFileException, ValueError, OverflowError,
                subprocess.TimeoutExpired) as why:
            print('%s: the other reader: %s' % (path, why))
            continue
        if words is None:
            print('%s: the other reader gives nothing' % path)
            continue
        text = ours(program, path)
        missing = [w for w in words if re.sub(r'\s+', '', w) not in text]
        total = totals.setdefault(kind, [0, 0, 0])
        total[0] += 1
        total[1] += len(words)
        total[2] += len(missing)
        if missing:
            print('%s: %d of %d missing: %s' % (path, len(missing), len(words), missing[:8]))
    for kind in sorted(totals):
        print('%s: %d files, %d words, %d missing' % (kind, *totals[kind]))


if __name__ == '__main__':
    main()
