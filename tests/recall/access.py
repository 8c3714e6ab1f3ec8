#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Cells of Access databases against mdb-export (mdbtools).

    python3 tests/recall/access.py build/gcc/unit/format_office FILE...

Each cell that mdb-export gives must be in the row with the same place in the sheet of that table."""
import csv
import io
import re
import subprocess
import sys


def run(*command):
    return subprocess.run(command, capture_output=True).stdout.decode('utf-8', 'replace')


def plain(cell):
    return re.sub(r'T00:00:00$', '', re.sub(r'\s+', ' ', cell).strip())


def same(wanted, got):
    if plain(wanted) == plain(got):
        return True
    try:
        return float(wanted) == float(got)
    except ValueError:
        return False


def main():
    reader, total, hits = sys.argv[1], 0, 0
    for path in sys.argv[2:]:
        sheets, current = {}, []
        dump = run(reader, '--dump', path)
        for line in dump.split('\n'):
            head = re.match(r'== (\w+): (.*)$', line)
            if head:
                current = sheets.setdefault(head.group(2), []) if head.group(1) == 'sheet' else []
            else:
                current.append(line.split('\t'))
        count = found = 0
        for table in run('mdb-tables', '-1', path).splitlines():
            text = run('mdb-export', '-b', 'strip', '-D', '%Y-%m-%d', '-T', '%Y-%m-%dT%H:%M:%S',
                       path, table)
            rows = list(csv.reader(io.StringIO(text)))
            have = sheets.get(table, [])
            for row, got in zip(rows, have + [[]] * len(rows)):
                for i, cell in enumerate(row):
                    if not cell:
                        continue
                    count += 1
                    ok = i < len(got) and same(cell, got[i])
                    found += ok
                    if not ok and count - found < 8:
                        print(f'{path}: {table}: {cell!r} is {got[i] if i < len(got) else None!r}')
        print(f'{found}/{count} cells  {path}  {dump.strip().splitlines()[-1]}')
        total += count
        hits += found
    print(f'{hits}/{total} cells')
    return hits < total


sys.exit(main())
