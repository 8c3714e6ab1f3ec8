#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rows of SQLite databases against the library itself.

    python3 tests/recall/sqlite.py build/gcc/unit/format_office FILE...

Every row that the library gives must be a line of the part with its table's name; cells with bytes in
them are not compared.  Exit status 1 when a row is missing."""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile


def cell(value):
    if value is None:
        return ''
    if isinstance(value, float):
        return '%.15g' % value
    if isinstance(value, bytes):
        return None
    return re.sub('[\0-\x1f\x7f]+', ' ', str(value))


def parts(dump):
    found, current = {}, []
    for line in dump.split('\n'):
        head = re.match(r'== (sheet): (.*)$', line)
        if head:
            current = found.setdefault(head.group(2), [])
        elif line.startswith('== ') or line.startswith('status '):
            current = []
        else:
            current.append(line)
    return found


def rows(path):
    """Tables and their rows, from a copy: the library would make files beside it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, 'copy')
        shutil.copy(path, copy)
        db = sqlite3.connect(copy)
        db.text_factory = lambda raw: raw.decode('utf-8', 'replace')
        names = db.execute("select name from sqlite_master where type='table' and rootpage > 0")
        for (name,) in names.fetchall():
            try:
                yield name, db.execute('select * from "%s"' % name.replace('"', '""')).fetchall()
            except sqlite3.Error as e:
                print(f'{path}: {name}: the library says {e}')


def main():
    reader, total, hits = sys.argv[1], 0, 0
    for path in sys.argv[2:]:
        dump = subprocess.run([reader, '--dump', path], capture_output=True).stdout
        dump = dump.decode('utf-8', 'replace')
        have, count, found = parts(dump), 0, 0
        for name, wanted in rows(path):
            lines = [line.split('\t') for line in have.get(name, [])]
            exact = {tuple(re.sub(' +', ' ', c) for c in line) for line in lines}
            for row in wanted:
                cells = [cell(v) for v in row]
                count += 1
                if None not in cells:
                    ok = tuple(re.sub(' +', ' ', c) for c in cells) in exact
                else:
                    ok = any(len(line) == len(cells) and all(
                        c is None or re.sub(' +', ' ', c) == re.sub(' +', ' ', g)
                        for c, g in zip(cells, line)) for line in lines)
                found += ok
                if not ok and count - found < 4:
                    print(f'{path}: {name}: {cells}')
        print(f'{found}/{count} rows  {path}  {dump.strip().splitlines()[-1]}')
        total += count
        hits += found
    print(f'{hits}/{total} rows')
    return hits < total


sys.exit(main())
